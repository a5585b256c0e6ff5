//! A sheet of an XLSX workbook as batches of text columns. Cells are taken by what they are: dates as
//! days, numbers without `.0`, errors and formulae without a saved value as nothing, counted.
//!
//! The sheet is read as a stream. The words that cells share stand in a table of the workbook of their
//! own, which the format needs in memory.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;

use calamine::{DataRef, Reader, Xlsx, XlsxCellFormulaMetadataRecord, XlsxError};
use polars::prelude::*;

use crate::calendar::Day;
use crate::read::ReadError;
use crate::read::dates::{IMPOSSIBLE, NO_DATE, day_of_serial, iso_day};
use crate::read::export::{Batch, NO_COLUMN};
use crate::read::files::{Export, in_turn};
use crate::read::folding::folded;
use crate::read::header::{LINES, Looked, best, fit, places};
use crate::read::ledger::{FileRead, Oddity};
use crate::read::texts::number_as_text;

/// How many rows are judged at once.
const ROWS: usize = 8192;

const WORKBOOK: &str = "a workbook";

type Book = Xlsx<BufReader<File>>;

/// Takes a sheet through `work`, batch by batch, and hands the results to `gather` in order.
pub(super) fn each_batch<T: Send>(
    from: Export<'_>,
    wanted: &[&str],
    work: impl Fn(Batch) -> T + Sync + Send,
    gather: impl FnMut(T) + Send,
) -> Result<FileRead, ReadError> {
    let mut book = open(&from)?;
    let (sheet, header_row, names) = find_header(&from, &mut book, wanted)?;
    let looked =
        Looked { file: from.name, line: header_row, sheet: Some(&sheet), feeds: from.feeds };
    let places = places(&names, wanted, looked)?;
    let is_1904 = book.has_1904_epoch();
    let cells = book.worksheet_cells_reader(&sheet).map_err(|e| broken(&from, &e))?;
    let mut rows = Rows {
        from,
        cells,
        is_1904,
        header_row,
        places,
        width: names.len(),
        line: 0,
        ahead: None,
        expected: header_row,
        rows: 0,
        blank_lines: Vec::new(),
        unknown_errors: 0,
        ended: false,
    };
    in_turn(|| rows.batch(), work, gather)?;
    let blank_lines = rows.blank_lines;
    Ok(FileRead {
        name: from.name.to_owned(),
        sheet: Some(sheet),
        header_row,
        blank_lines,
        ..FileRead::default()
    })
}

fn open(from: &Export<'_>) -> Result<Book, ReadError> {
    let file = File::open(from.path()).map_err(|e| from.unreadable(e))?;
    Xlsx::new(BufReader::new(file)).map_err(|e| broken(from, &e))
}

/// The error of a broken workbook. Only errors about its structure are told in the library's words:
/// others may quote a cell.
fn broken(from: &Export<'_>, error: &XlsxError) -> ReadError {
    let cause = match error {
        XlsxError::Io(_) | XlsxError::Zip(_) => "it is no complete .xlsx file".to_owned(),
        XlsxError::FileNotFound(_) | XlsxError::RelationshipNotFound => {
            "a part of the workbook is missing".to_owned()
        }
        XlsxError::NotAWorksheet(_) => "the sheet holds no cells".to_owned(),
        XlsxError::Password => "it is protected by a password".to_owned(),
        _ => "the workbook is damaged".to_owned(),
    };
    from.damaged(WORKBOOK, cause)
}

/// The sheet, its header row and the names in it. What the map does not say is what fits best.
fn find_header(
    from: &Export<'_>,
    book: &mut Book,
    wanted: &[&str],
) -> Result<(String, usize, Vec<String>), ReadError> {
    let all = book.sheet_names();
    let sheets: Vec<String> = match &from.said.sheet {
        None => all.clone(),
        Some(said) => {
            let found = all.iter().find(|s| *s == said);
            let found = found.or_else(|| all.iter().find(|s| loose(s) == loose(said)));
            found.into_iter().cloned().collect()
        }
    };
    let mut heads = Vec::new();
    for sheet in sheets {
        // A sheet of charts has no cells; it only matters when it is the one that is meant.
        match head(book, &sheet, from.said.header_row) {
            Ok(lines) => heads.push((sheet, lines)),
            Err(XlsxError::NotAWorksheet(_)) if from.said.sheet.is_none() => {}
            Err(error) => return Err(broken(from, &error)),
        }
    }
    let lines = heads.iter().flat_map(|(sheet, lines)| lines.iter().map(move |l| (sheet, l)));
    let lines =
        lines.filter(|(_, (line, _))| from.said.header_row.is_none_or(|said| said == *line));
    let best =
        best(lines.map(|(sheet, (line, names))| {
            ((sheet.clone(), *line, names.clone()), fit(names, wanted))
        }));
    if let Some((found, _)) = best {
        return Ok(found);
    }
    let no_sheet = || ReadError::Sheet {
        file: from.name.to_owned(),
        sheet: from.said.sheet.clone().unwrap_or_default(),
        there: all.clone(),
        source_id: from.feeds.to_owned(),
    };
    // Nothing fits: the error to come is about the first sheet that may be meant.
    let (sheet, lines) = heads.into_iter().next().ok_or_else(no_sheet)?;
    let line = from.said.header_row.unwrap_or(1);
    let names = lines.into_iter().find(|(at, _)| *at == line).map(|(_, names)| names);
    Ok((sheet, line, names.unwrap_or_default()))
}

/// The name of a sheet, whether its words are joined by blanks or by low lines.
fn loose(sheet: &str) -> String {
    folded(&sheet.replace('_', " "))
}

/// The first lines of a sheet that hold anything, each with its number counted from 1.
fn head(
    book: &mut Book,
    sheet: &str,
    header_row: Option<usize>,
) -> Result<Vec<(usize, Vec<String>)>, XlsxError> {
    let last = header_row.unwrap_or(LINES);
    let mut cells = book.worksheet_cells_reader(sheet)?;
    let mut lines: Vec<(usize, Vec<String>)> = Vec::new();
    while let Some(cell) = cells.next_cell()? {
        let (row, column) = cell.get_position();
        let (line, column) = (row as usize + 1, column as usize);
        if line > last {
            break;
        }
        let text = match cell.get_value() {
            DataRef::String(text) => text.trim().to_owned(),
            DataRef::SharedString(text) => text.trim().to_owned(),
            DataRef::Float(number) => number_as_text(*number),
            DataRef::Int(number) => number.to_string(),
            _ => String::new(),
        };
        if lines.last().is_none_or(|(at, _)| *at != line) {
            lines.push((line, Vec::new()));
        }
        if let Some((_, names)) = lines.last_mut().filter(|_| column < MOST_COLUMNS) {
            if names.len() <= column {
                names.resize(column + 1, String::new());
            }
            if let Some(name) = names.get_mut(column) {
                *name = text;
            }
        }
    }
    Ok(lines)
}

/// A sheet has no more columns.
const MOST_COLUMNS: usize = 16_384;

type Cells<'b> = calamine::XlsxCellReader<'b, BufReader<File>>;
type CellAt<'b> = XlsxCellFormulaMetadataRecord<'b>;

/// The rows below the header, on their way through.
struct Rows<'a, 'b> {
    from: Export<'a>,
    cells: Cells<'b>,
    is_1904: bool,
    header_row: usize,
    /// The column of the sheet for each wanted one.
    places: Vec<usize>,
    /// How many columns the header has.
    width: usize,
    /// The line, counted from 0, of the last cell that was read.
    line: usize,
    /// The first cell of the row after the last one given out.
    ahead: Option<CellAt<'b>>,
    /// The line, counted from 0, on which the next row is expected.
    expected: usize,
    rows: u64,
    blank_lines: Vec<(u64, usize)>,
    /// Error values that have no place.
    unknown_errors: u64,
    /// Whether the sheet has been read to its end: the library must not be asked again.
    ended: bool,
}

/// What one cell says.
#[derive(Default)]
struct Said {
    text: Option<String>,
    day: Option<i32>,
    odd: Option<Oddity>,
}

impl<'b> Rows<'_, 'b> {
    /// The next rows; nothing at the end. Lines without any value are no rows.
    fn batch(&mut self) -> Result<Option<Batch>, ReadError> {
        let mut columns: Vec<Wanted> = self.places.iter().map(|_| Wanted::default()).collect();
        let mut overflow: Vec<Option<String>> = Vec::new();
        while overflow.len() < ROWS {
            let first = match self.ahead.take() {
                Some(first) => Some(first),
                None => self.next_cell()?,
            };
            let Some(first) = first else { break };
            let line = first.pos.0;
            let mut row: Vec<Said> = self.places.iter().map(|_| Said::default()).collect();
            let (mut beyond, mut blank) = (None, true);
            let mut cell = Some(first);
            while let Some(now) = cell.take_if(|c| c.pos.0 == line) {
                let said = self.said(&now);
                if said.text.is_some() || said.odd.is_some() {
                    blank = false;
                    let at = now.pos.1 as usize;
                    let wanted = self.places.iter().position(|place| *place == at);
                    if let Some(cell) = wanted.and_then(|wanted| row.get_mut(wanted)) {
                        *cell = said;
                    } else if at >= self.width {
                        beyond = beyond.or(said.text);
                    }
                }
                cell = self.next_cell()?;
            }
            self.ahead = cell;
            if blank {
                continue;
            }
            self.note_blank_lines(line as usize);
            columns.iter_mut().zip(row).for_each(|(column, said)| column.push(said));
            overflow.push(beyond);
        }
        if overflow.is_empty() {
            return Ok(None);
        }
        let mut batch = Batch {
            columns: Vec::new(),
            overflow: StringChunked::from_iter_options(PlSmallStr::EMPTY, overflow.into_iter()),
            days: Vec::new(),
            odd: Vec::new(),
        };
        for (at, mut column) in columns.into_iter().enumerate() {
            let days = std::mem::take(&mut column.days);
            let has_days = days.iter().any(Option::is_some);
            let days = Int32Chunked::from_iter_options(PlSmallStr::EMPTY, days.into_iter());
            batch.days.push(has_days.then_some(days));
            let odd = std::mem::take(&mut column.odd).into_iter();
            batch.odd.extend(odd.map(|(what, rows)| (at, what, rows)));
            batch.columns.push(column.texts());
        }
        let unknown = std::mem::take(&mut self.unknown_errors);
        if unknown > 0 {
            batch.odd.push((NO_COLUMN, Oddity::ErrorValue, unknown));
        }
        batch.notice_mojibake();
        Ok(Some(batch))
    }

    /// Remembers the lines without any value before the row on this line, counted from 0.
    fn note_blank_lines(&mut self, line: usize) {
        let blank = line.saturating_sub(self.expected);
        if blank > 0 {
            self.blank_lines.push((self.rows, blank));
        }
        self.expected = line + 1;
        self.rows += 1;
    }

    /// The next cell below the header.
    fn next_cell(&mut self) -> Result<Option<CellAt<'b>>, ReadError> {
        while !self.ended {
            let cell = match self.cells.next_cell_with_formula_metadata() {
                Ok(Some(cell)) => cell,
                Ok(None) => break,
                // An error of a newer spreadsheet than the library knows: nothing, like the others.
                Err(XlsxError::CellError(_)) => {
                    self.unknown_errors += 1;
                    continue;
                }
                Err(error) => return Err(broken(&self.from, &error)),
            };
            let line = cell.pos.0 as usize;
            if line < self.header_row {
                continue;
            }
            if line < self.line {
                let cause = "its rows do not stand in order".to_owned();
                return Err(self.from.damaged(WORKBOOK, cause));
            }
            self.line = line;
            return Ok(Some(cell));
        }
        self.ended = true;
        Ok(None)
    }

    /// What a cell says.
    fn said(&self, cell: &CellAt<'_>) -> Said {
        let text = |text: String| Said { text: Some(text), ..Said::default() };
        let odd = |odd| Said { odd: Some(odd), ..Said::default() };
        match &cell.value {
            DataRef::Empty if cell.formula.is_some() => odd(Oddity::FormulaWithoutValue),
            DataRef::Empty => Said::default(),
            DataRef::String(s) if s.trim().is_empty() => Said::default(),
            DataRef::SharedString(s) if s.trim().is_empty() => Said::default(),
            DataRef::String(s) | DataRef::DurationIso(s) => text(s.clone()),
            DataRef::SharedString(s) => text((*s).to_owned()),
            DataRef::Int(n) => text(n.to_string()),
            DataRef::Float(n) => text(number_as_text(*n)),
            DataRef::Bool(b) => text(b.to_string()),
            DataRef::Error(_) => odd(Oddity::ErrorValue),
            DataRef::DateTime(d) if d.is_duration() => text(number_as_text(d.as_f64())),
            DataRef::DateTime(d) => {
                let day = day_of_serial(d.as_f64(), self.is_1904);
                let words = match day {
                    Some(day) if day != NO_DATE => day.iso(),
                    _ => number_as_text(d.as_f64()),
                };
                Said { text: Some(words), day: Some(day.unwrap_or(IMPOSSIBLE).0), odd: None }
            }
            DataRef::DateTimeIso(s) => {
                let day = iso_day(s);
                let words = day.map_or_else(|| s.clone(), Day::iso);
                Said { text: Some(words), day: day.map(|d| d.0), odd: None }
            }
        }
    }
}

/// A wanted column of a batch, as it grows.
#[derive(Default)]
struct Wanted {
    texts: Vec<Option<String>>,
    days: Vec<Option<i32>>,
    odd: BTreeMap<Oddity, u64>,
}

impl Wanted {
    fn push(&mut self, said: Said) {
        self.texts.push(said.text);
        self.days.push(said.day);
        if let Some(odd) = said.odd {
            *self.odd.entry(odd).or_insert(0) += 1;
        }
    }

    fn texts(self) -> StringChunked {
        StringChunked::from_iter_options(PlSmallStr::EMPTY, self.texts.into_iter())
    }
}
