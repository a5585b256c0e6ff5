//! The keys of saved extracts.

use super::Holds::{Either, Expression, Length, List, ListOf, NamedAs, OneOf, Table, Text, YesNo};
use super::{Key, REFERENCE, TITLE, WHY, may, must, words};
use crate::definitions::load::extracts::DATES;

/// `[extract.…]`.
pub(in crate::definitions::load) const EXTRACT: &[Key] = &[
    TITLE,
    WHY,
    may("reference", Table(REFERENCE), "Whose layout it follows."),
    must("unit", Text, "What each row is about."),
    may("where", Expression, "Which of them; all if left out."),
    may("first", Expression, "Which of them come before all others; as the units are if left out."),
    may("date", Text, "The date that decides, with `last`."),
    may("last", Length, "How far back that date may lie from the day of judgement."),
    may("or_open", YesNo, "With `last`: whether those without the date are in too."),
    may("dates", OneOf(&words(&DATES)), "How days are written: 2026-09-30 or 30/09/2026."),
    must("columns", List(EXTRACT_COLUMN), "Its columns in order."),
    may(
        "agencies",
        Table(AGENCIES),
        "How its rows belong to agencies: an audience with an agreement (`feedback`) is told of its own.",
    ),
    may(
        "audience",
        Either(&[Text, ListOf(&Text)]),
        "Those who get all of it; each has to be allowed to see single cases. Only a list for agencies may do without.",
    ),
];

/// How the rows of an extract belong to agencies.
pub(in crate::definitions::load) const AGENCIES: &[Key] = &[
    must("by", Expression, "The agency that a row belongs to: a code, such as who referred."),
    must("reference", Text, "The header of the column with what that agency calls the row."),
];

/// A column of an extract.
pub(in crate::definitions::load) const EXTRACT_COLUMN: &[Key] = &[
    must("header", Text, "The header as it is published."),
    must("value", Expression, "What stands in it."),
    may("codes", NamedAs(&Text), "What our words are called there."),
    may("missing", Text, "What stands there where nothing is recorded."),
];
