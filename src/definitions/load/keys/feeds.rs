//! The keys of the mapping: which export feeds which source.

use super::Holds::{Any, Date, Either, ListOf, Named, OneOf, Table, Text, Whole};
use super::{Key, WHY, may, must, words};
use crate::definitions::load::mappings::{ENCODINGS, PARTS};

/// `[map.…]`.
pub(in crate::definitions::load) const MAP: &[Key] = &[
    must("from", Text, "The file in the folder of exports."),
    may("encoding", OneOf(&words(&ENCODINGS)), "How it is encoded."),
    may("delimiter", Text, "What stands between the fields of a line."),
    may("header_row", Whole, "The line with the column names, counted from 1."),
    must("complete_to", Either(&[Date, Table(NEWEST)]), "How far the feed is complete."),
    may("date_formats", ListOf(&Text), "How dates are written: \"%d/%m/%Y\"."),
    may("null_values", ListOf(&Text), "Words that mean that nothing was recorded."),
    may("null_dates", ListOf(&Date), "Dates that mean that nothing was recorded."),
    must("columns", Named(MAP_COLUMN), "Where each column of the source comes from."),
    WHY,
];

/// Complete to the newest date, less a lag.
pub(in crate::definitions::load) const NEWEST: &[Key] = &[
    must("newest", Text, "The column whose newest date says how far the feed goes."),
    may("less", super::Holds::Length, "How late rows arrive."),
];

/// Where one column comes from.
pub(in crate::definitions::load) const MAP_COLUMN: &[Key] = &[
    may("column", Text, "The column of the export."),
    may("codes", Text, "The code map for its words."),
    may("via", Text, "The crosswalk for its identifiers."),
    may("format", Text, "How its dates are written."),
    may("calendar", Text, "The calendar of named periods that gives the date."),
    may("key", Text, "The column with the name of the period."),
    may("part", OneOf(&words(&PARTS)), "Which day of the period."),
];

/// `[codes.…]`.
pub(in crate::definitions::load) const CODES: &[Key] = &[
    may("unmapped", Any, "What becomes of other words: \"quarantine\", \"missing\" or a code."),
    must("map", Any, "Each of the council's words with its code."),
    WHY,
];

/// `[crosswalk.…]`.
pub(in crate::definitions::load) const CROSSWALK: &[Key] = &[
    must("from", Text, "The file in the folder of exports."),
    must("key", Text, "The column with the other agency's identifier."),
    must("gives", Text, "The column with ours."),
    may("encoding", OneOf(&words(&ENCODINGS)), "How it is encoded."),
    may("unmatched", OneOf(&["quarantine"]), "Rows without a match are put aside and counted."),
    WHY,
];
