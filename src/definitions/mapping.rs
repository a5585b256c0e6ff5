//! The mapping: how a council's own exports feed the logical sources.

use crate::calendar::{Day, Length};
use crate::definitions::expression::Literal;
use crate::definitions::keep_when::KeepWhen;
use crate::definitions::place::Place;

/// How the bytes of an export become text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16 with the low byte first, what spreadsheets call "Unicode text".
    Utf16Le,
    /// Windows-1252, what older case systems write.
    Windows1252,
}

/// Which files are read, and how they are written. What is not said is found out from the file, and
/// the ledger tells what was found.
#[derive(Debug)]
pub struct Files {
    /// The file, or a pattern for several (`attendance/*.csv`), relative to the input folder.
    pub from: String,
    /// The sheet of a workbook. Not said: the one whose names fit best.
    pub sheet: Option<String>,
    /// The encoding of text. Not said: UTF-8 where the bytes are, else Windows-1252.
    pub encoding: Option<Encoding>,
    /// The field separator. Not said: the one of comma, tab, semicolon and pipe that fits best.
    pub delimiter: Option<u8>,
    /// The line with the column names, counted from 1. Not said: of the first ten the one in which
    /// most of the names stand.
    pub header_row: Option<usize>,
}

/// What becomes of rows that are wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadRows {
    /// They are set aside, counted and listed.
    Quarantine,
    /// The run stops and says how many there are and where the first one stands.
    Stop,
}

/// What becomes of a row with the key of another row and other values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RepeatedKeys {
    /// The first row holds; the later ones are set aside.
    Quarantine,
    /// The row of the last file holds, and those of earlier files are left out by this rule: each
    /// file is a later submission of the same return. Within a file the first row holds.
    KeepLatest,
}

/// Exports of one layout mapped onto one source. Several maps may feed a source.
#[derive(Debug)]
pub struct Map {
    /// Its name: that of the source, unless several maps feed it.
    pub id: String,
    /// The source it feeds.
    pub source: String,
    /// Its files.
    pub files: Files,
    /// Which rows take part; the others are left out by this rule.
    pub keep_when: Option<KeepWhen>,
    /// What becomes of rows that are wrong.
    pub bad_rows: BadRows,
    /// What becomes of rows that repeat a key.
    pub repeated_keys: RepeatedKeys,
    /// Texts that mean "nothing recorded".
    pub null_values: Vec<String>,
    /// Days that mean "nothing recorded", such as 1 January 1900.
    pub null_dates: Vec<Day>,
    /// Date forms to try, in order, in `strftime` words.
    pub date_formats: Vec<String>,
    /// How far the feed is complete.
    pub complete_to: CompleteTo,
    /// Who sends it, by role: whom to ask where something is missing. Nothing where our own teams record it.
    pub owner: Option<String>,
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
        /// The export's own name for it; several make one identifier together.
        columns: Vec<String>,
        /// The code map's name, if its words have to be translated.
        codes: Option<String>,
        /// The crosswalk's name, if its identifiers have to be translated.
        via: Option<String>,
        /// A date form for this column only.
        format: Option<String>,
        /// How far after `as_at` its dates may lie, such as those of children not born yet.
        ahead: Option<Length>,
        /// Digits that an identifier has; a spreadsheet may have lost noughts before them.
        digits: Option<usize>,
        /// What its identifiers are checked for; those that fail are counted, and used all the same.
        check: Option<IdCheck>,
    },
    /// In a crosswalk with tiers: our identifier of whoever the row is about.
    Matched {
        /// The crosswalk's name.
        crosswalk: String,
        /// Each column of the crosswalk with the export's column that answers to it.
        with: Vec<(String, String)>,
    },
    /// Nowhere: every row has this value.
    Value(Literal),
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

/// How a foreign identifier, or what is known of a person, reaches our identifier.
#[derive(Debug)]
pub struct Crosswalk {
    /// Its name.
    pub id: String,
    /// Its files.
    pub files: Files,
    /// The column with ours.
    pub gives: String,
    /// Date forms to try, in order, where a tier compares dates.
    pub date_formats: Vec<String>,
    /// What is compared.
    pub by: MatchBy,
    /// Where it is defined.
    pub place: Place,
}

/// What a crosswalk compares.
#[derive(Debug)]
pub enum MatchBy {
    /// One foreign identifier, in this column.
    Key(String),
    /// Several columns together: the first tier that knows exactly one of ours decides.
    Tiers(Vec<Tier>),
}

/// One way of matching, from the surest on.
#[derive(Debug)]
pub struct Tier {
    /// What it is called in the ledger.
    pub title: String,
    /// The columns of the crosswalk that have to agree.
    pub key: Vec<String>,
    /// What the first of them is checked for; an identifier that fails matches nobody.
    pub check: Option<IdCheck>,
}

/// Identifiers that carry a check character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdCheck {
    /// Unique pupil number.
    Upn,
    /// NHS number.
    NhsNumber,
}

/// What happens to words that a code map does not know.
#[derive(Debug, Clone, PartialEq)]
pub enum Unmapped {
    /// The row is quarantined.
    Quarantine,
    /// The run stops.
    Stop,
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
