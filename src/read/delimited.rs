//! Delimited text to text columns. All fields are text: which of them are dates or numbers is for
//! the mapping to say, and a field that is not what it should be must be found, not lost.

use std::io::Cursor;
use std::sync::Arc;

use polars::prelude::*;
use polars_io::SerReader;
use polars_io::csv::read::CsvReadOptions;

use crate::read::ReadError;
use crate::read::export::{Batch, ExportFile};
use crate::read::header::{Looked, places};
use crate::read::texts::MOJIBAKE;

/// How the records of a file are laid out, and which of their fields are wanted.
pub(super) struct Layout {
    /// One column more than the header has: it catches records that are too long.
    schema: SchemaRef,
    /// The columns to be parsed, in the order of the file.
    projection: Arc<Vec<usize>>,
    /// The place of each wanted column in the header.
    places: Vec<usize>,
    width: usize,
}

impl Layout {
    /// Finds the wanted columns in a header.
    pub(super) fn new(
        from: &ExportFile<'_>,
        header: &[String],
        wanted: &[&str],
    ) -> Result<Self, ReadError> {
        let looked =
            Looked { file: from.name, line: from.header_row, sheet: None, feeds: from.feeds };
        let places = places(header, wanted, looked)?;
        let width = header.len();
        let fields = (0..=width).map(|at| Field::new(column_name(at), DataType::String));
        let mut projection: Vec<usize> = places.iter().copied().chain([width]).collect();
        projection.sort_unstable();
        projection.dedup();
        Ok(Self {
            schema: Arc::new(fields.collect()),
            projection: Arc::new(projection),
            places,
            width,
        })
    }

    /// Parses some records.
    pub(super) fn parse(&self, text: &str, from: &ExportFile<'_>) -> Result<Batch, ReadError> {
        let failed = |e: &PolarsError| from.not_text("delimited text", without_values(e));
        // What stands first in a text is to polars perhaps a mark or a compressed file; in the
        // middle of a file it is a record. An empty record before it, taken away afterwards, says so.
        let guarded = text.starts_with(['\u{feff}', 'x']).then(|| format!("\n{text}"));
        let body = guarded.as_deref().unwrap_or(text);
        let frame = CsvReadOptions::default()
            .with_has_header(false)
            .with_schema(Some(Arc::clone(&self.schema)))
            .with_projection(Some(Arc::clone(&self.projection)))
            .with_rechunk(false)
            .with_n_threads(Some(1))
            .map_parse_options(|o| {
                o.with_separator(from.delimiter).with_truncate_ragged_lines(true)
            })
            .into_reader_with_file_handle(Cursor::new(body.as_bytes()))
            .finish()
            .map_err(|e| failed(&e))?;
        let frame = if guarded.is_some() { frame.slice(1, usize::MAX) } else { frame };
        let column = |at: usize| -> Result<StringChunked, ReadError> {
            let column = frame.column(&column_name(at)).map_err(|e| failed(&e))?;
            column.as_materialized_series().str().cloned().map_err(|e| failed(&e))
        };
        let mut batch = Batch {
            columns: self.places.iter().map(|&at| column(at)).collect::<Result<_, _>>()?,
            overflow: column(self.width)?,
            days: Vec::new(),
            odd: Vec::new(),
        };
        if MOJIBAKE.iter().any(|trace| text.contains(trace)) {
            batch.notice_mojibake();
        }
        Ok(batch)
    }
}

fn column_name(at: usize) -> PlSmallStr {
    format!("c{at}").into()
}

/// Polars quotes the line it stumbles over; only its first words are safe to show.
fn without_values(error: &PolarsError) -> String {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default();
    first.split(['`', '"', '\'']).next().unwrap_or_default().trim().to_owned()
}
