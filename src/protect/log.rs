//! Why cells were hidden, for those who answer for it. Never for the audience: to know which cell was
//! small and which only protects it is half of undoing the protection.

use std::fmt;

use crate::calendar::{Period, PeriodKind};

/// One hidden cell and the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HiddenCell {
    /// The measure.
    pub measure: String,
    /// The breakdowns of the cell, in alphabetical order.
    pub by: Vec<String>,
    /// Its level in each.
    pub level: Vec<String>,
    /// The period.
    pub period: Period,
    /// Why it is hidden.
    pub reason: Reason,
}

/// Why a cell is hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// A count of its own is small.
    Primary(PrimaryRule),
    /// With it a hidden cell could be found by subtraction in this sum.
    Secondary(SumOf),
    /// It shows the same count as another hidden cell.
    Linked,
}

/// Which count of a cell is small.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PrimaryRule {
    /// All that were counted, the count itself, or the units behind a mean or a sum.
    Denominator,
    /// Those for which it holds.
    Numerator,
    /// Those for which it does not hold.
    Remainder,
    /// Those that exclusions left out.
    LeftOut,
}

/// A sum that a reader can form: these parts come to that total.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SumOf {
    /// What the parts run over.
    pub over: Over,
    /// The measure of the total.
    pub measure: String,
    /// The breakdowns of the total.
    pub by: Vec<String>,
    /// The level of the total in each.
    pub level: Vec<String>,
    /// The period of the total.
    pub period: Period,
}

/// What the parts of a sum run over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Over {
    /// The levels of these breakdowns, and shorter periods if a kind is given.
    Parts {
        /// The breakdowns; none if the parts are periods only.
        levels: Vec<String>,
        /// The kind of the shorter periods.
        periods: Option<PeriodKind>,
    },
    /// What a window of twelve months takes in and leaves behind when it moves on.
    MovingWindow(PeriodKind),
}

impl fmt::Display for HiddenCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.measure)?;
        for (by, level) in self.by.iter().zip(&self.level) {
            write!(f, ", {by} {level}")?;
        }
        write!(f, ", {}: {}", self.period.code(), self.reason)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Primary(PrimaryRule::Denominator) => f.write_str("small denominator"),
            Self::Primary(PrimaryRule::Numerator) => f.write_str("small numerator"),
            Self::Primary(PrimaryRule::Remainder) => f.write_str("few outside the numerator"),
            Self::Primary(PrimaryRule::LeftOut) => f.write_str("few left out"),
            Self::Secondary(sum) => write!(f, "protects the {sum}"),
            Self::Linked => f.write_str("shows the count of another hidden cell"),
        }
    }
}

impl fmt::Display for SumOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.over {
            Over::Parts { levels, periods } => {
                let kind = periods.map(|kind| format!("each {}", kind.word()));
                let parts: Vec<_> = levels.iter().cloned().chain(kind).collect();
                write!(f, "sum over {} to {}", parts.join(" and "), self.measure)?;
            }
            Over::MovingWindow(kind) => {
                write!(f, "move of the twelve months by one {} of {}", kind.word(), self.measure)?;
            }
        }
        for (by, level) in self.by.iter().zip(&self.level) {
            write!(f, ", {by} {level}")?;
        }
        write!(f, ", {}", self.period.code())
    }
}
