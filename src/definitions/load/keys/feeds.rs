//! The keys of the mapping: which export feeds which source.

use super::Holds::{Any, Date, Either, Expression, List, ListOf, Named, NamedAs};
use super::Holds::{OneOf, Table, Text, Whole};
use super::{Key, WHY, may, must, words};
use crate::definitions::load::mappings::{BAD_ROWS, ENCODINGS, ID_CHECKS, PARTS, REPEATED_KEYS};

const FROM: Key = must(
    "from",
    Text,
    "The file in the folder of exports: CSV, XLSX or Parquet. `attendance/*.csv` is all that fit.",
);
const SHEET: Key =
    may("sheet", Text, "The sheet of a workbook; the one whose names fit best if left out.");
const ENCODING: Key = may("encoding", OneOf(&words(&ENCODINGS)), "How text is encoded.");
const DELIMITER: Key = may("delimiter", Text, "What stands between the fields of a line.");
const HEADER_ROW: Key = may(
    "header_row",
    Whole,
    "The line with the column names, counted from 1; found in the first ten if left out.",
);
const DATE_FORMATS: Key = may(
    "date_formats",
    ListOf(&Text),
    "How dates are written: \"%d/%m/%Y\"; \"serial\" is a spreadsheet's day number.",
);

/// `[map.…]`.
pub(in crate::definitions::load) const MAP: &[Key] = &[
    may("feeds", Text, "The source, where several maps feed one; the map's name if left out."),
    FROM,
    SHEET,
    ENCODING,
    DELIMITER,
    HEADER_ROW,
    may("keep_when", Expression, "Which rows take part, in the export's own column names."),
    may("bad_rows", OneOf(&words(&BAD_ROWS)), "What becomes of rows that are wrong."),
    may(
        "repeated_keys",
        OneOf(&words(&REPEATED_KEYS)),
        "What becomes of a row with the key of another: \"keep_latest\" takes the last file's.",
    ),
    must("complete_to", Either(&[Date, Table(NEWEST)]), "How far the feed is complete."),
    may("owner", Text, "Who sends it, by role; whom to ask where something is missing."),
    DATE_FORMATS,
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
    may("columns", ListOf(&Text), "Several columns that make one identifier together."),
    may("value", Any, "What every row has."),
    may("codes", Text, "The code map for its words."),
    may("via", Text, "The crosswalk for its identifiers."),
    may(
        "with",
        NamedAs(&Text),
        "For a crosswalk with tiers: each of its columns with the export's that answers to it.",
    ),
    may("format", Text, "How its dates are written."),
    may(
        "ahead",
        super::Holds::Length,
        "How far after `as_at` its dates may lie: children not born yet.",
    ),
    may("digits", Whole, "How many digits an identifier has: lost noughts are put before it."),
    may("check", OneOf(&words(&ID_CHECKS)), "The check character that an identifier carries."),
    may("calendar", Text, "The calendar of named periods that gives the date."),
    may("key", Text, "The column with the name of the period."),
    may("part", OneOf(&words(&PARTS)), "Which day of the period."),
];

/// `[codes.…]`.
pub(in crate::definitions::load) const CODES: &[Key] = &[
    may(
        "unmapped",
        Any,
        "What becomes of other words: \"quarantine\", \"stop\", \"missing\" or a code.",
    ),
    must("map", Any, "Each of the council's words with its code."),
    WHY,
];

/// `[crosswalk.…]`.
pub(in crate::definitions::load) const CROSSWALK: &[Key] = &[
    FROM,
    SHEET,
    ENCODING,
    DELIMITER,
    HEADER_ROW,
    DATE_FORMATS,
    may("key", Text, "The column with the other agency's identifier."),
    may("tiers", List(TIER), "Ways of matching, from the surest on, instead of one key."),
    must("gives", Text, "The column with ours."),
    may("unmatched", OneOf(&["quarantine"]), "Rows without a match are put aside and counted."),
    WHY,
];

/// One way of matching.
pub(in crate::definitions::load) const TIER: &[Key] = &[
    must("title", Text, "What the ledger calls it: \"name and date of birth\"."),
    must("key", ListOf(&Text), "The crosswalk's columns that have to agree."),
    may("check", OneOf(&words(&ID_CHECKS)), "The check character that the first of them carries."),
];
