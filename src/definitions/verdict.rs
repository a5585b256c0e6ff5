//! The five verdicts. No data is never a success.

use std::fmt;

/// What the evidence says of a need, an outcome or a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// It holds.
    Met,
    /// It does not hold.
    NotMet,
    /// Not decided yet: a window, or the feed that fills it, has not finished.
    Pending,
    /// Everything has finished, and there is no data to decide it.
    Unknown,
    /// The question does not arise.
    NotApplicable,
}

impl Verdict {
    /// All of them, in the order in which tables list them.
    pub const ALL: [Self; 5] =
        [Self::Met, Self::NotMet, Self::Pending, Self::Unknown, Self::NotApplicable];

    /// The word in files and definitions.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::NotMet => "not_met",
            Self::Pending => "pending",
            Self::Unknown => "unknown",
            Self::NotApplicable => "not_applicable",
        }
    }

    /// The verdict with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|v| v.word() == word)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
