//! The keys of what everything else stands on: units, links and sources.

use super::Holds::{
    Expression, Length, List, ListOf, Named, NamedAs, OneOf, Table, Text, Whole, YesNo,
};
use super::{Key, TITLE, WHY, may, must, words};
use crate::definitions::load::episodes::OVERLAPS;
use crate::definitions::load::sources::{COLUMN_TYPES, SHAPES, SILENCES};
use crate::definitions::load::units::DERIVED;

/// `[unit.…]`.
pub(in crate::definitions::load) const UNIT: &[Key] = &[
    TITLE,
    must("plural", Text, "Several of them, in words: \"cases\"."),
    may("source", Text, "The source whose rows they are."),
    may(
        "each",
        Text,
        "A group: one of them for each of its members in the unit that they belong to.",
    ),
    may("derived", OneOf(&words(&DERIVED)), "How the engine makes them, where no source has them."),
    may("framework", Text, "Derived needs: the framework whose needs they are."),
    may("levels", List(LEVEL), "Derived moves: the levels of help, from the lowest up."),
    may(
        "lasts",
        Length,
        "Derived moves: how long a child counts as at a level after its last day there, if nothing else begins.",
    ),
    may("of", Text, "The unit that they belong to."),
    WHY,
    may("anchor", NamedAs(&Text), "Its named dates, from which windows are counted."),
];

/// One of `levels` of a unit of moves.
pub(in crate::definitions::load) const LEVEL: &[Key] = &[
    must("name", Text, "Its name; several entries in a row with one name are one level."),
    must("source", Text, "The source of events or spells whose rows put a child there."),
    may("where", Expression, "Which of its rows do; all if it is not said."),
    may("helps", YesNo, "Whether a child is helped there; false for the front door."),
];

/// `[link.…]`.
pub(in crate::definitions::load) const LINK: &[Key] = &[
    must("source", Text, "The source with the pairs."),
    must("from", Text, "The entity that belongs."),
    must("to", Text, "The entity that it belongs to."),
    may("dated", YesNo, "Whether it holds only from and to the dates of the row."),
    may("title", Text, "What it is."),
    WHY,
];

/// `[source.…]`.
pub(in crate::definitions::load) const SOURCE: &[Key] = &[
    TITLE,
    must(
        "shape",
        OneOf(&words(&SHAPES)),
        "What its rows are; it decides which windows and functions make sense.",
    ),
    must("about", Text, "The entity that each row is about."),
    must("key", ListOf(&Text), "The columns that together name a row."),
    may("date", Text, "Event or reading: the column with the day."),
    may("start", Text, "Period or spell: the column with the first day."),
    may("end", Text, "Period or spell: the column with the last day."),
    may("calendar", Text, "Period: the calendar of named periods."),
    may(
        "no_rows",
        OneOf(&words(&SILENCES)),
        "What it means that there are no rows: nothing happened, or nobody knows.",
    ),
    may(
        "episodes",
        Table(EPISODES),
        "Spell: how episodes are made of spells that were written in pieces.",
    ),
    must("columns", Named(COLUMN), "Its columns."),
    WHY,
];

/// `episodes` of a source of spells.
pub(in crate::definitions::load) const EPISODES: &[Key] = &[
    must(
        "per",
        ListOf(&Text),
        "The columns that say whose the spells are: those with the same values may be of one episode.",
    ),
    must(
        "overlap",
        OneOf(&words(&OVERLAPS)),
        "What becomes of spells that overlap: kept as they are, merged, or the inner ones left out.",
    ),
    may("merge_gap_days", Whole, "overlap merge: days without a spell that an episode bridges; 0."),
    may(
        "from_last",
        ListOf(&Text),
        "overlap merge: columns that come from the spell that ends last, such as the reason.",
    ),
];

/// A column of a source.
pub(in crate::definitions::load) const COLUMN: &[Key] = &[
    must("type", OneOf(&words(&COLUMN_TYPES)), "What stands in it."),
    may("of", Text, "Type id: the entity."),
    may("codes", ListOf(&Text), "Type code: the codes."),
    may("ordered", YesNo, "Type code: whether the codes have an order, lowest first."),
    may("unit", Text, "Type number: the unit."),
    may("optional", YesNo, "Whether a row may lack it."),
    may("formula", Expression, "How it follows from the other columns of the row."),
    may("scale_column", Text, "Type score: the column that says on which scale."),
    may("title", Text, "What it is."),
    WHY,
];
