//! Why inputs could not be read at all. Messages never hold a value from a file.

use std::path::PathBuf;

/// A failure that stops reading.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
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
    #[error("{file} has no column \"{column}\" in line {header_row}\n  mend: correct the mapping of `{source_id}`, or ask for an export with that column{}", nearest.as_ref().map(|n| format!("; did you mean \"{n}\"?")).unwrap_or_default())]
    Column {
        /// The file.
        file: String,
        /// The column.
        column: String,
        /// The line with the names.
        header_row: usize,
        /// The source it feeds.
        source_id: String,
        /// The most similar name that is there.
        nearest: Option<String>,
    },
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
    /// The data frame library refused; a bug, or a calendar that does not reach far enough.
    #[error("the rows of `{source_id}` could not be computed: {cause}")]
    Compute {
        /// The source.
        source_id: String,
        /// What it said.
        cause: String,
    },
}
