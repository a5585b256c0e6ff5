//! Worked examples: a small cast, a few rows, and the verdict that must come out.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::calendar::{Day, Period};
use crate::definitions::expression::Literal;
use crate::definitions::place::Place;
use crate::definitions::verdict::Verdict;

/// A row as column and value.
pub type GivenRow = BTreeMap<String, Literal>;

/// Rows of one source. Those of a cast are the same in every example that has it.
pub type GivenRows = Vec<Arc<GivenRow>>;

/// A worked example.
#[derive(Debug)]
pub struct Example {
    /// The need, outcome, claim or fact it is about: `sf2022.outcome.not_missing`.
    pub of: String,
    /// What it shows, in a sentence.
    pub says: String,
    /// The rows, by source: the cast's, with the example's own after them.
    pub given: BTreeMap<String, GivenRows>,
    /// The day on which it is judged.
    pub as_at: Day,
    /// How far single feeds are complete, if not to `as_at`.
    pub complete_to: BTreeMap<String, Day>,
    /// The reporting period, for a fact that asks about it.
    pub period: Option<Period>,
    /// What comes out for each unit, by its identifier.
    pub expect: BTreeMap<String, Finding>,
    /// Where it is defined.
    pub place: Place,
}

/// What comes out for a unit: a verdict, and of a fact that gives a number, which.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Finding {
    /// The verdict.
    pub verdict: Verdict,
    /// The number; nothing where there is none, or where it does not matter.
    pub number: Option<f64>,
}

impl Finding {
    /// Whether this is expected where that is found: a number that nobody stated does not matter.
    #[must_use]
    pub fn agrees_with(self, found: Option<Self>) -> bool {
        let same = |found: Self| {
            let near = |n: f64| found.number.is_some_and(|f| (f - n).abs() < 1e-9);
            self.verdict == found.verdict && self.number.is_none_or(near)
        };
        found.is_some_and(same)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number {
            Some(number) => write!(f, "{} with {number}", self.verdict),
            None => self.verdict.fmt(f),
        }
    }
}

/// A worked example of a scale: scores, and the pairs that come of them.
#[derive(Debug)]
pub struct ScoreExample {
    /// The scale it is about.
    pub of: String,
    /// What it shows, in a sentence.
    pub says: String,
    /// Rows of scores.
    pub scores: GivenRows,
    /// For each pair, some of its columns; null for those that have to be empty.
    pub pairs: Vec<GivenRow>,
    /// Where it is defined.
    pub place: Place,
}

/// A worked example of a data check or a saved extract: rows, and those that come of them.
#[derive(Debug)]
pub struct RecordExample {
    /// What it is about: `check.not_reviewed`, `extract.annex_a_list_2`.
    pub of: String,
    /// What it shows, in a sentence.
    pub says: String,
    /// The rows, by source: the cast's, with the example's own after them.
    pub given: BTreeMap<String, GivenRows>,
    /// The day on which it is judged.
    pub as_at: Day,
    /// How far single feeds are complete, if not to `as_at`.
    pub complete_to: BTreeMap<String, Day>,
    /// What must come of the rows.
    pub comes: Comes,
    /// Where it is defined.
    pub place: Place,
}

/// What comes of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comes {
    /// A check finds these of its source's rows, by their places among those given: 1 is the first.
    Found(Vec<u32>),
    /// An extract gives these rows in this order: of each some columns, by header and what stands there.
    Rows(Vec<BTreeMap<String, String>>),
}
