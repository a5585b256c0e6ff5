//! Worked examples: a small cast, a few rows, and the verdict that must come out.

use std::collections::BTreeMap;
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
    /// The verdict for each unit, by its identifier.
    pub expect: BTreeMap<String, Verdict>,
    /// Where it is defined.
    pub place: Place,
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
