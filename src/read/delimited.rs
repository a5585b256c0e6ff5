//! Delimited text to text columns. All fields are text: which of them are dates or numbers is for
//! the mapping to say, and a field that is not what it should be must be found, not lost.

use std::sync::Arc;

use memchr::{memchr_iter, memmem};
use polars::prelude::*;
use polars_io::csv::read::_csv_read_internal::read_chunk;
use polars_io::csv::read::CsvParseOptions;

use crate::read::ReadError;
use crate::read::export::{Batch, ExportFile};
use crate::read::header::{Looked, places};
use crate::read::texts::MOJIBAKE;

/// How the records of a file are laid out, and which of their fields are wanted.
pub(super) struct Layout {
    /// One column more than the header has: it catches records that are too long.
    schema: SchemaRef,
    /// The columns to be parsed, in the order of the file.
    projection: Vec<usize>,
    options: CsvParseOptions,
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
            projection,
            options: CsvParseOptions {
                separator: from.delimiter,
                truncate_ragged_lines: true,
                ..CsvParseOptions::default()
            },
            places,
            width,
        })
    }

    /// Parses some records.
    pub(super) fn parse(&self, text: &str, from: &ExportFile<'_>) -> Result<Batch, ReadError> {
        let failed = |e: &PolarsError| from.not_text("delimited text", without_values(e));
        let bytes = text.as_bytes();
        let lines = memchr_iter(b'\n', bytes).count();
        // The reader of whole files looks for the ends of records first, and then takes them piece by
        // piece. These are whole records already, and no more than one thread wants at a time; so they
        // go straight to what stands inside it. Polars keeps that open for its own other crates: with
        // the minor version held, it does not change under us.
        let frame = read_chunk(
            bytes,
            &self.options,
            &self.schema,
            false,
            &self.projection,
            0,
            lines,
            None,
            usize::MAX,
            bytes.len(),
            Some(0),
        )
        .map_err(|e| failed(&e))?;
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
        if MOJIBAKE.iter().any(|trace| memmem::find(bytes, trace.as_bytes()).is_some()) {
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
