//! The keys of saved questions.

use super::Holds::{ListOf, OneOf, Table, Text};
use super::{Key, REFERENCE, TITLE, WHY, may, must, words};
use crate::definitions::load::measures::PERIODS;

/// `[query.…]`.
pub(in crate::definitions::load) const SAVED_QUERY: &[Key] = &[
    TITLE,
    WHY,
    may("reference", Table(REFERENCE), "Who asks it, and where that is said."),
    must("audience", Text, "Who is told the answer; it decides what is hidden."),
    may("measures", ListOf(&Text), "The measures that answer it, each in a table of its own."),
    may("by", ListOf(&Text), "The breakdowns to split by."),
    may(
        "period",
        OneOf(&words(&PERIODS)),
        "The kind of period: the newest complete one is answered.",
    ),
    may("extract", Text, "The list of single cases that answers it."),
];
