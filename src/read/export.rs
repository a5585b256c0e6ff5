//! One export file: bytes to text to columns of text, each row with its number.

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use polars::prelude::*;
use polars_io::SerReader;
use polars_io::csv::read::CsvReadOptions;

use crate::definitions::diagnostic::nearest;
use crate::definitions::mapping::Encoding;
use crate::fingerprint::fingerprint;
use crate::read::{InputFile, ReadError};

/// Where a file is, how it is written, and for whom it is read.
pub(super) struct ExportFile<'a> {
    pub(super) folder: &'a Path,
    pub(super) name: &'a str,
    pub(super) encoding: Encoding,
    pub(super) delimiter: u8,
    /// The line with the column names, counted from 1.
    pub(super) header_row: usize,
    /// The source or crosswalk that it feeds.
    pub(super) feeds: &'a str,
}

/// The wanted columns of a file as text.
pub(super) struct Export {
    /// One text column for each wanted one, in the order in which they were asked for.
    columns: Vec<StringChunked>,
    /// Whether a line has more fields than the header.
    overflow: StringChunked,
    pub(super) file: InputFile,
}

impl Export {
    /// How many data rows there are.
    pub(super) fn height(&self) -> usize {
        self.overflow.len()
    }

    /// The text of the wanted column at this place of the list that was asked for.
    pub(super) fn column(&self, at: usize) -> Option<&StringChunked> {
        self.columns.get(at)
    }

    /// The rows, counted from 0, that have too many fields.
    pub(super) fn overflowing(&self) -> Vec<usize> {
        let found = self.overflow.iter().enumerate();
        found
            .filter(|(_, text)| text.is_some_and(|t| !t.trim().is_empty()))
            .map(|(i, _)| i)
            .collect()
    }
}

/// Reads the wanted columns of a file.
pub(super) fn read(from: &ExportFile<'_>, wanted: &[&str]) -> Result<Export, ReadError> {
    let path = from.folder.join(from.name);
    let bytes = fs::read(&path).map_err(|cause| ReadError::File {
        path,
        source_id: from.feeds.to_owned(),
        cause,
    })?;
    let file = InputFile {
        name: from.name.to_owned(),
        bytes: bytes.len() as u64,
        sha256: fingerprint(&bytes),
    };
    let text = decode(bytes, from)?;
    let (header, body) = split_header(&text, from)?;
    let mut places = Vec::with_capacity(wanted.len());
    for column in wanted {
        places.push(header.iter().position(|h| h == column).ok_or_else(|| ReadError::Column {
            file: from.name.to_owned(),
            column: (*column).to_owned(),
            header_row: from.header_row,
            source_id: from.feeds.to_owned(),
            nearest: nearest(column, header.iter().map(String::as_str)).map(str::to_owned),
        })?);
    }
    let frame = parse(body, header.len(), &places, from)?;
    let text_column = |at: usize| -> Result<StringChunked, ReadError> {
        let column = frame.column(&column_name(at)).map_err(|e| not_text(from, &e.to_string()))?;
        let column = column.as_materialized_series().str();
        column.cloned().map_err(|e| not_text(from, &e.to_string()))
    };
    Ok(Export {
        columns: places.iter().map(|&at| text_column(at)).collect::<Result<_, _>>()?,
        overflow: text_column(header.len())?,
        file,
    })
}

fn column_name(at: usize) -> String {
    format!("c{at}")
}

fn not_text(from: &ExportFile<'_>, cause: &str) -> ReadError {
    ReadError::Text {
        file: from.name.to_owned(),
        expected: "delimited text",
        cause: cause.to_owned(),
        source_id: from.feeds.to_owned(),
    }
}

fn decode(bytes: Vec<u8>, from: &ExportFile<'_>) -> Result<String, ReadError> {
    match from.encoding {
        Encoding::Windows1252 => {
            let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes);
            Ok(text.into_owned())
        }
        Encoding::Utf8 => {
            let mut text = String::from_utf8(bytes).map_err(|e| ReadError::Text {
                file: from.name.to_owned(),
                expected: "UTF-8",
                cause: format!("byte {} is not UTF-8", e.utf8_error().valid_up_to() + 1),
                source_id: from.feeds.to_owned(),
            })?;
            if text.starts_with('\u{feff}') {
                text.drain(..'\u{feff}'.len_utf8());
            }
            Ok(text)
        }
    }
}

/// The names in the header row, and everything below it.
fn split_header<'t>(
    text: &'t str,
    from: &ExportFile<'_>,
) -> Result<(Vec<String>, &'t str), ReadError> {
    let no_header = || ReadError::NoHeader {
        file: from.name.to_owned(),
        header_row: from.header_row,
        source_id: from.feeds.to_owned(),
    };
    let mut rest = text;
    for _ in 1..from.header_row {
        rest = rest.split_once('\n').ok_or_else(no_header)?.1;
    }
    let (line, body) = rest.split_once('\n').unwrap_or((rest, ""));
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .delimiter(from.delimiter)
        .from_reader(line.as_bytes());
    let record = reader.records().next().and_then(Result::ok).ok_or_else(no_header)?;
    Ok((record.iter().map(|name| name.trim().to_owned()).collect(), body))
}

/// All fields as text: which of them are dates or numbers is for the mapping to say, and a field
/// that is not what it should be must be found, not lost. One column more than the header has
/// catches lines that are too long.
fn parse(
    body: &str,
    width: usize,
    places: &[usize],
    from: &ExportFile<'_>,
) -> Result<DataFrame, ReadError> {
    let schema: Schema =
        (0..=width).map(|at| Field::new(column_name(at).into(), DataType::String)).collect();
    let mut projection: Vec<usize> = places.iter().copied().chain([width]).collect();
    projection.sort_unstable();
    projection.dedup();
    if body.trim().is_empty() {
        return Ok(DataFrame::empty_with_schema(&schema));
    }
    CsvReadOptions::default()
        .with_has_header(false)
        .with_schema(Some(Arc::new(schema)))
        .with_projection(Some(Arc::new(projection)))
        .with_rechunk(false)
        .map_parse_options(|o| o.with_separator(from.delimiter).with_truncate_ragged_lines(true))
        .into_reader_with_file_handle(Cursor::new(body.as_bytes()))
        .finish()
        .map_err(|e| not_text(from, &without_values(&e)))
}

/// Polars quotes the line it stumbles over; only its first words are safe to show.
fn without_values(error: &PolarsError) -> String {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default();
    first.split(['`', '"', '\'']).next().unwrap_or_default().trim().to_owned()
}
