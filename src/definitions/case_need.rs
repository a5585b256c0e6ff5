//! A need of a case as something that can be counted: its columns, and the words for where its outcome stands.

use std::sync::Arc;

use crate::definitions::expression::{CodeList, Type};

/// The column of a need of a case with where its outcome stands.
pub const OUTCOME_STATE: &str = "outcome_state";

/// Where the outcome of a need stands, for whoever has to see to it. A verdict says whether it is met; this says
/// what has become of it, and while it is not decided, what it waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OutcomeState {
    /// Met, and all windows behind it are over.
    Sustained,
    /// Met already, while a window runs on.
    Met,
    /// Pending, and met if nothing more happens until its windows are over.
    Holding,
    /// Pending: something has yet to be recorded while a window runs.
    Awaiting,
    /// Pending: the window is over, and the feed does not reach to its end.
    FeedLate,
    /// Pending: a date from which its window counts is not there yet.
    NotBegun,
    /// Whether the need is there is pending itself.
    NeedUndecided,
    /// Not met: what would have held was undone.
    Lapsed,
    /// Not met for any other reason.
    NotReached,
    /// Nobody can know: something that it rests on is not recorded.
    NotEvidenced,
    /// The question does not arise.
    NotApplicable,
    /// No outcome answers the need.
    NoOutcome,
}

impl OutcomeState {
    /// All of them, in the order in which tables list them.
    pub const ALL: [Self; 12] = [
        Self::Sustained,
        Self::Met,
        Self::Holding,
        Self::Awaiting,
        Self::FeedLate,
        Self::NotBegun,
        Self::NeedUndecided,
        Self::Lapsed,
        Self::NotReached,
        Self::NotEvidenced,
        Self::NotApplicable,
        Self::NoOutcome,
    ];

    /// The word in files and definitions.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sustained => "sustained",
            Self::Met => "met",
            Self::Holding => "holding",
            Self::Awaiting => "awaiting",
            Self::FeedLate => "feed_late",
            Self::NotBegun => "not_begun",
            Self::NeedUndecided => "need_undecided",
            Self::Lapsed => "lapsed",
            Self::NotReached => "not_reached",
            Self::NotEvidenced => "not_evidenced",
            Self::NotApplicable => "not_applicable",
            Self::NoOutcome => "no_outcome",
        }
    }

    /// What has become of the outcome, where that is settled.
    pub const RESULTS: [Self; 5] =
        [Self::Sustained, Self::Lapsed, Self::NotReached, Self::NotEvidenced, Self::NotApplicable];

    /// Whether somebody can still mend what it lacks by sending or recording something.
    #[must_use]
    pub fn lacks_records(self) -> bool {
        matches!(self, Self::Awaiting | Self::FeedLate | Self::NotEvidenced)
    }
}

/// The column of a need of a case with what has become of its outcome, where that is settled.
pub const OUTCOME_RESULT: &str = "outcome_result";

/// The columns of a need of a case with their types, in their order.
#[must_use]
pub fn case_need_columns() -> Vec<(&'static str, Type)> {
    let code = |states: &[OutcomeState]| {
        let codes = states.iter().map(|state| state.word().to_owned()).collect();
        Type::Code(Arc::new(CodeList { codes, ordered: false }))
    };
    vec![
        ("case_id", Type::Id("case".to_owned())),
        ("need", Type::Text),
        ("need_title", Type::Text),
        ("framework", Type::Text),
        ("headline", Type::Text),
        ("identified_on", Type::Date),
        ("outcome_verdict", Type::Text),
        ("outcome_met", Type::YesNo),
        ("overridden", Type::YesNo),
        (OUTCOME_STATE, code(&OutcomeState::ALL)),
        (OUTCOME_RESULT, code(&OutcomeState::RESULTS)),
        ("window_ends_on", Type::Date),
        ("turns_on", Type::Text),
        ("ask", Type::Text),
        ("others_met", Type::YesNo),
    ]
}
