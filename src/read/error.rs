//! Why inputs could not be read at all. Messages never hold a value from a file.

use std::path::PathBuf;

/// A failure that stops reading.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The exports need more memory than this process may have.
    #[error(
        "{} GB of exports need about {} GB of memory, and {by} allows {} GB: nothing was read\n  mend: raise that limit, or run this where there is more memory",
        gigabytes(*exports),
        gigabytes(*needed),
        gigabytes(*allowed)
    )]
    Memory {
        /// The size of the exports, in bytes.
        exports: u64,
        /// What they need, in bytes.
        needed: u64,
        /// What is allowed, in bytes.
        allowed: u64,
        /// What allows no more.
        by: &'static str,
    },
    /// The file is not there or cannot be opened.
    #[error("the export {} cannot be opened: {cause}\n  mend: put the file there, or change `from` in the mapping of `{source_id}`", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The source or crosswalk it feeds.
        source_id: String,
        /// What the operating system said.
        cause: std::io::Error,
    },
    /// A file beside the exports that people keep by hand is wrong.
    #[error(
        "line {row} of {file} {what}\n  mend: correct it; docs/exports.md says what belongs into it"
    )]
    Register {
        /// Its name.
        file: &'static str,
        /// Which line below the header; 0 is the whole file.
        row: u64,
        /// What is wrong.
        what: String,
    },
    /// The header row is missing.
    #[error(
        "{file} has no line {header_row} to take the column names from\n  mend: correct `header_row` in the mapping of `{source_id}`"
    )]
    NoHeader {
        /// The file.
        file: String,
        /// The line.
        header_row: usize,
        /// The source it feeds.
        source_id: String,
    },
    /// A column that the mapping names is not in the file.
    #[error("{file} has no column \"{column}\"{place}\n  mend: correct the mapping of `{source_id}`, or ask for an export with that column{}", nearest.as_ref().map(|n| format!("; did you mean \"{n}\"?")).unwrap_or_default())]
    Column {
        /// The file.
        file: String,
        /// The column.
        column: String,
        /// Where the names were looked for: ` in line 3`.
        place: String,
        /// The source it feeds.
        source_id: String,
        /// The most similar name that is there.
        nearest: Option<String>,
    },
    /// A column that the mapping names is there twice.
    #[error(
        "{file} has more than one column \"{column}\"{place}, and which of them is meant cannot be known\n  mend: give them different names where the export is made, or map another column in `{source_id}`"
    )]
    TwoColumns {
        /// The file.
        file: String,
        /// The column.
        column: String,
        /// Where the names were looked for.
        place: String,
        /// The source it feeds.
        source_id: String,
    },
    /// No file fits the pattern.
    #[error(
        "no file in the folder of exports fits \"{pattern}\"\n  mend: put the files there, or change `from` in the mapping of `{source_id}`"
    )]
    NoFiles {
        /// The pattern.
        pattern: String,
        /// The source it feeds.
        source_id: String,
    },
    /// The pattern for files cannot be read.
    #[error(
        "\"{pattern}\" is no pattern for files: {cause}\n  mend: correct `from` in the mapping of `{source_id}`; `*` stands for any letters"
    )]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        cause: &'static str,
        /// The source it feeds.
        source_id: String,
    },
    /// The workbook has no such sheet.
    #[error(
        "{file} has no sheet \"{sheet}\"; it has {}\n  mend: correct `sheet` in the mapping of `{source_id}`",
        named(there)
    )]
    Sheet {
        /// The file.
        file: String,
        /// The sheet.
        sheet: String,
        /// The sheets that are there.
        there: Vec<String>,
        /// The source it feeds.
        source_id: String,
    },
    /// The mapping says that the run stops at rows like these.
    #[error(transparent)]
    BadRows(#[from] Box<BadRows>),
    /// The file is not the text that the mapping says it is.
    #[error(
        "{file} cannot be read as {expected}: {cause}\n  mend: correct `encoding` or `delimiter` in the mapping of `{source_id}`"
    )]
    Text {
        /// The file.
        file: String,
        /// What it should be.
        expected: &'static str,
        /// What went wrong.
        cause: String,
        /// The source it feeds.
        source_id: String,
    },
    /// The file is not what its name says, or is broken.
    #[error(
        "{file} cannot be read as {expected}: {cause}\n  mend: open and save it again where it comes from, or correct `from` in the mapping of `{source_id}`"
    )]
    Damaged {
        /// The file.
        file: String,
        /// What it should be.
        expected: &'static str,
        /// What went wrong.
        cause: String,
        /// The source it feeds.
        source_id: String,
    },
    /// The data frame library refused; a bug, or a calendar that does not reach far enough.
    #[error("the rows of `{source_id}` could not be computed: {cause}")]
    Compute {
        /// The source.
        source_id: String,
        /// What it said.
        cause: String,
    },
}

/// Rows that cannot be used, where the mapping says that the run stops at them.
#[derive(Debug, thiserror::Error)]
#[error(
    "{file}: {rows} rows cannot be used, and the mapping of `{source_id}` says to stop\n  first: row {row} (line {line}), column \"{column}\": {reason}\n  mend: correct the export{}", self.other_mend()
)]
pub struct BadRows {
    /// The file with the first of them.
    pub file: String,
    /// How many there are in the source.
    pub rows: usize,
    /// The first one, counted from 1 below the header.
    pub row: u64,
    /// The line on which it stands.
    pub line: u64,
    /// The column at fault.
    pub column: String,
    /// What is wrong with it.
    pub reason: String,
    /// Whether it is about words that a code map does not know.
    pub codes: bool,
    /// The map that says to stop.
    pub source_id: String,
}

impl BadRows {
    fn other_mend(&self) -> &'static str {
        if self.codes {
            "; or add the words to the code map"
        } else {
            "; or write bad_rows = \"quarantine\" to go on without these rows"
        }
    }
}

fn named(sheets: &[String]) -> String {
    if sheets.is_empty() {
        return "none".to_owned();
    }
    sheets.iter().map(|s| format!("\"{s}\"")).collect::<Vec<_>>().join(", ")
}

/// Bytes as gigabytes, to one decimal.
fn gigabytes(bytes: u64) -> String {
    let tenths = (bytes + 50_000_000) / 100_000_000;
    format!("{}.{}", tenths / 10, tenths % 10)
}
