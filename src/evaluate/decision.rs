//! A recorded decision in the place of a rule, and what became of it.

use crate::calendar::Day;
use crate::definitions::verdict::Verdict;

/// What became of a recorded decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// It stands in the place of what the rule found.
    Counted,
    /// The rule found the same without it.
    AsByRule,
    /// A later decision stands.
    Superseded,
    /// A window behind the rule is not over, or a feed is not complete to its end.
    WindowOpen,
    /// The need was not found.
    NeedNotFound,
    /// The framework was not in force for the case.
    OutsideTheFrameworkDates,
    /// It is dated after the day of judgement.
    AfterAsAt,
    /// It was made before the time for it.
    TooEarly,
    /// It was made after the time for it.
    TooLate,
    /// Whoever decided may not decide this.
    RoleNotApproved,
    /// No reason is recorded.
    NoReason,
    /// Nothing of that name may be decided so.
    NotOpenToDecision,
    /// There is no such case.
    NoSuchCase,
}

impl Effect {
    /// All of them, in the order in which lists have them: what counts comes first.
    pub const ALL: [Self; 13] = [
        Self::Counted,
        Self::AsByRule,
        Self::Superseded,
        Self::WindowOpen,
        Self::NeedNotFound,
        Self::OutsideTheFrameworkDates,
        Self::AfterAsAt,
        Self::TooEarly,
        Self::TooLate,
        Self::RoleNotApproved,
        Self::NoReason,
        Self::NotOpenToDecision,
        Self::NoSuchCase,
    ];

    /// What became of it, in words.
    #[must_use]
    pub const fn says(self) -> &'static str {
        match self {
            Self::Counted => "it stands in the place of what the rule found",
            Self::AsByRule => "the rule found the same",
            Self::Superseded => "a later decision stands",
            Self::WindowOpen => "what the rule looks at is not over yet",
            Self::NeedNotFound => "the need was not found",
            Self::OutsideTheFrameworkDates => "the framework was not in force for the case",
            Self::AfterAsAt => "it is dated after the day of judgement",
            Self::TooEarly => "it was made before the time for it",
            Self::TooLate => "it was made after the time for it",
            Self::RoleNotApproved => "whoever decided may not decide this",
            Self::NoReason => "no reason is recorded",
            Self::NotOpenToDecision => "nothing of that name may be decided so",
            Self::NoSuchCase => "there is no such case",
        }
    }

    /// The word for it in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Counted => "counted",
            Self::AsByRule => "as_by_rule",
            Self::Superseded => "superseded",
            Self::WindowOpen => "window_open",
            Self::NeedNotFound => "need_not_found",
            Self::OutsideTheFrameworkDates => "outside_the_framework_dates",
            Self::AfterAsAt => "after_as_at",
            Self::TooEarly => "too_early",
            Self::TooLate => "too_late",
            Self::RoleNotApproved => "role_not_approved",
            Self::NoReason => "no_reason",
            Self::NotOpenToDecision => "not_open_to_decision",
            Self::NoSuchCase => "no_such_case",
        }
    }
}

/// One recorded decision and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What became of it.
    pub effect: Effect,
    /// The place of the case, if there is such a case.
    pub case: Option<u32>,
    /// The identifier of the case, as it was recorded.
    pub case_id: String,
    /// What it is about: `sf2022.outcome.not_missing`.
    pub definition: String,
    /// What the rule found, where the decision was held against it.
    pub by_rule: Option<Verdict>,
    /// What was decided.
    pub decided: Option<Verdict>,
    /// The role of whoever decided; empty if it is not recorded.
    pub role: String,
    /// The day of the decision.
    pub decided_on: Option<Day>,
    /// Why it was decided; empty if it is not recorded.
    pub reason: String,
    /// The number of the data row of the source, from 1.
    pub row: u32,
}
