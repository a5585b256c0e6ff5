//! The mapping: how a council's own exports feed the logical sources.

use crate::calendar::{Day, Length};
use crate::definitions::expression::Literal;
use crate::definitions::place::Place;

/// How the bytes of an export become text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// Windows-1252, what older case systems write.
    Windows1252,
}

/// One export mapped onto one source.
#[derive(Debug)]
pub struct Map {
    /// The source it feeds.
    pub source: String,
    /// The file, relative to the input folder.
    pub from: String,
    /// Its encoding.
    pub encoding: Encoding,
    /// The field separator.
    pub delimiter: u8,
    /// The line with the column names, counted from 1.
    pub header_row: usize,
    /// Texts that mean "nothing recorded".
    pub null_values: Vec<String>,
    /// Days that mean "nothing recorded", such as 1 January 1900.
    pub null_dates: Vec<Day>,
    /// Date forms to try, in order, in `strftime` words.
    pub date_formats: Vec<String>,
    /// How far the feed is complete.
    pub complete_to: CompleteTo,
    /// Where each column of the source comes from.
    pub columns: Vec<MapColumn>,
    /// Where it is defined.
    pub place: Place,
}

/// How far a feed tells us everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CompleteTo {
    /// To this day.
    Day(Day),
    /// To the newest date in this column, less a known lag.
    Newest {
        /// The column of the source.
        column: String,
        /// The lag.
        less: Option<Length>,
    },
}

/// Where one column of a source comes from.
#[derive(Debug)]
pub struct MapColumn {
    /// The column of the source.
    pub name: String,
    /// Where its values are found.
    pub from: MapFrom,
    /// Where it is defined.
    pub place: Place,
}

/// Where values are found.
#[derive(Debug)]
pub enum MapFrom {
    /// In a column of the export.
    Column {
        /// The export's own name for it.
        column: String,
        /// The code map's name, if its words have to be translated.
        codes: Option<String>,
        /// The crosswalk's name, if its identifiers have to be translated.
        via: Option<String>,
        /// A date form for this column only.
        format: Option<String>,
    },
    /// In a calendar: the first or last day of the period named in another column.
    Calendar {
        /// The calendar.
        calendar: String,
        /// The column of the source that names the period.
        key: String,
        /// Whether the last day is wanted rather than the first.
        end: bool,
    },
}

/// How a foreign identifier reaches ours.
#[derive(Debug)]
pub struct Crosswalk {
    /// Its name.
    pub id: String,
    /// The file, relative to the input folder.
    pub from: String,
    /// The column with the foreign identifier.
    pub key: String,
    /// The column with ours.
    pub gives: String,
    /// Its encoding.
    pub encoding: Encoding,
    /// Where it is defined.
    pub place: Place,
}

/// What happens to words that a code map does not know.
#[derive(Debug, Clone, PartialEq)]
pub enum Unmapped {
    /// The row is quarantined.
    Quarantine,
    /// The value counts as not recorded, and is counted.
    Missing,
    /// The value becomes this one, and is counted.
    Becomes(String),
}

/// A translation of a council's words into declared codes.
#[derive(Debug)]
pub struct CodeMap {
    /// Its name.
    pub id: String,
    /// The council's word, and the declared code or yes/no.
    pub pairs: Vec<(String, Literal)>,
    /// What happens to any other word.
    pub unmapped: Unmapped,
    /// Where it is defined.
    pub place: Place,
}
