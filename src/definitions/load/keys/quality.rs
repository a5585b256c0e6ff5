//! The keys of data checks.

use super::Holds::{Either, Expression, ListOf, Number, OneOf, Table, Text};
use super::{Key, TITLE, may, must, words};
use crate::definitions::load::data_checks::{GRADES, QUALITIES};

/// Keys that `[defaults.check]` may set for the checks of its file.
pub(in crate::definitions::load) const SHARED_BY_CHECKS: &[Key] = &[
    may("audience", Either(&[Text, ListOf(&Text)]), "Those who are told of it."),
    may("by", ListOf(&Text), "The breakdowns that findings are split by, where a row has them."),
];

/// `[check.…]`.
pub(in crate::definitions::load) const CHECK: &[Key] = &[
    TITLE,
    must("source", Text, "The source whose rows are looked at."),
    may("where", Expression, "Which of its rows; all if left out."),
    may("wrong", Expression, "The condition that must not be true of a row."),
    may(
        "by_chance",
        Number,
        "With `wrong`: the share of rows of which it is true when all is well; only more is told.",
    ),
    may("repeated", ListOf(&Text), "Wrong where another row is the same in these columns."),
    may("overlapping", ListOf(&Text), "Wrong where two spells of the same last at once."),
    may("without", Table(WITHOUT), "Wrong where another source has no row about the same thing."),
    must("quality", OneOf(&words(&QUALITIES)), "Which quality of the data it is about."),
    must("grade", OneOf(&words(&GRADES)), "How grave it is."),
    must("why", Text, "Why it matters."),
    must("mend", Text, "How it is mended."),
    must("mended_by", Text, "Who mends it."),
    may("audience", Either(&[Text, ListOf(&Text)]), "Those who are told of it."),
    may("by", ListOf(&Text), "The breakdowns that findings are split by, where a row has them."),
];

/// `without` of a check.
pub(in crate::definitions::load) const WITHOUT: &[Key] = &[
    must("source", Text, "The other source."),
    may("of", Text, "The entity that both are about; that of the first source if left out."),
    may("where", Expression, "Which rows of the other source count; all if left out."),
];
