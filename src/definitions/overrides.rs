//! Discretion: recorded decisions of approved roles that stand in the place of what a rule found.
//!
//! A framework says what may be decided, to what verdict, by whom and when; the source `overrides`
//! holds the decisions.

use crate::definitions::Definitions;
use crate::definitions::expression::{CodeList, Type};
use crate::definitions::framework::Framework;
use crate::definitions::place::Place;
use crate::definitions::test::Window;
use crate::definitions::verdict::Verdict;

/// The source with the decisions.
pub const OVERRIDES: &str = "overrides";
/// Its column with what was decided about: `sf2022.outcome.not_missing`.
pub const DEFINITION: &str = "definition";
/// Its column with the verdict that was decided.
pub const VERDICT: &str = "verdict";
/// Its column with the role of whoever decided.
pub const ROLE: &str = "role";
/// Its column with the reason.
pub const REASON: &str = "reason";

/// What has a verdict of a rule that may be decided otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ruled {
    /// A need.
    Need,
    /// An outcome.
    Outcome,
    /// A claim.
    Claim,
}

impl Ruled {
    /// The kind of definition, as it is written.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Need => "need",
            Self::Outcome => "outcome",
            Self::Claim => "claim",
        }
    }

    /// The kind with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Need, Self::Outcome, Self::Claim].into_iter().find(|r| r.word() == word)
    }
}

/// What may be decided, by whom and when.
#[derive(Debug, Clone)]
pub struct Override {
    /// Its name.
    pub id: String,
    /// What is decided, in words.
    pub title: String,
    /// What kind of definition may be decided about.
    pub decides: Ruled,
    /// Which of them.
    pub only: Vec<String>,
    /// The verdict that a decision may give: met or not met.
    pub verdict: Verdict,
    /// The roles whose decision counts, as places in the code list of the column.
    pub roles: Vec<u32>,
    /// When a decision has to be made to count.
    pub window: Window,
    /// Why there is room for discretion.
    pub why: String,
    /// Where it is defined.
    pub place: Place,
}

impl Framework {
    /// The decisions that may be made about a definition; one at most for each verdict.
    pub fn overrides_of(&self, kind: Ruled, id: &str) -> impl Iterator<Item = &Override> {
        let about = move |o: &&Override| o.decides == kind && o.only.iter().any(|o| o == id);
        self.overrides.iter().filter(about)
    }
}

impl Definitions {
    /// The roles that somebody who decides may have.
    #[must_use]
    pub fn roles(&self) -> Option<&CodeList> {
        match &self.source(OVERRIDES)?.column(ROLE)?.ty {
            Type::Code(list) => Some(list),
            _ => None,
        }
    }

    /// Whether any framework leaves room for discretion.
    #[must_use]
    pub fn allow_overrides(&self) -> bool {
        self.frameworks.iter().any(|f| !f.overrides.is_empty())
    }
}
