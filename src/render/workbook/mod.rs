//! The workbook: every table of a document in one accessible XLSX file.
//!
//! It follows the UK Government Analysis Function's advice on spreadsheets: a cover, contents with links,
//! one marked table to a worksheet that begins in the first column under its title, no blank, merged or
//! coloured cells, no filters or frozen panes, shorthand that is explained, and numbers that are numbers.
//! `sheets` says what stands where; this file writes it. [`crate::run::verify()`] reads it again.

mod leaves;
mod sheets;

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Table, TableColumn,
    TableStyle, Url, Workbook, Worksheet, XlsxError,
};

use crate::protect::{NumberKind, PublishedNumber, Shown};
use crate::render::RenderError;
use crate::report::document::Document;

pub use leaves::leaves;
use sheets::{CONTENTS, Entry, Grid, Line, Sheet};

/// Widths of columns, in characters: of short entries, of names, of prose.
const NARROW: f64 = 16.0;
const MIDDLE: f64 = 32.0;
const WIDE: f64 = 72.0;
/// Of links to worksheets by their titles: some programs do not wrap links.
const LINKS: f64 = 90.0;

/// Heights of a line of text, of one of a title, and of a heading with the gap above it, in points.
const LINE_HEIGHT: f64 = 15.75;
const TITLE_HEIGHT: f64 = 21.0;
const HEADING_HEIGHT: f64 = 34.0;

/// What keeps a number at the right of its column from the words in the next: the width of a bracket.
const GAP: &str = "_)";

/// A4.
const PAPER: u8 = 9;

/// The colour of links: 5.9 to 1 on white.
const LINK: u32 = 0x0005_63C1;

/// The workbook of a document whose page has this file name.
///
/// # Errors
/// When it cannot be made.
pub fn workbook(document: &Document, page: &str) -> Result<Vec<u8>, RenderError> {
    written(document, page).map_err(|error| RenderError::Workbook(error.to_string()))
}

fn written(document: &Document, page: &str) -> Result<Vec<u8>, XlsxError> {
    let sheets = sheets::sheets(document, page);
    let mut book = Workbook::new();
    book.set_default_format(&text(), 21, 72)?;
    book.set_properties(&properties(document)?);
    for sheet in &sheets {
        let to = book.add_worksheet();
        to.set_name(&sheet.tab)?;
        to.set_paper_size(PAPER).set_landscape().set_print_fit_to_pages(1, 0);
        match &sheet.grid {
            None => cover(to, sheet)?,
            Some(grid) => table(to, sheet, grid)?,
        }
    }
    book.save_to_buffer()
}

/// What the file says of itself: nothing of the machine or of the person who made it.
fn properties(document: &Document) -> Result<DocProperties, XlsxError> {
    let as_at = ExcelDateTime::parse_from_str(&document.as_at.iso())?;
    let properties = DocProperties::new()
        .set_title(format!("{}, {}", document.title, document.period))
        .set_subject(format!("For {}", document.audience))
        .set_author(&document.council)
        .set_company(&document.council)
        .set_status(format!("As at {}, run {}", document.as_at, document.run))
        .set_creation_datetime(&as_at);
    Ok(properties)
}

fn cover(to: &mut Worksheet, sheet: &Sheet<'_>) -> Result<(), XlsxError> {
    to.set_column_width(0, WIDE)?;
    to.write_string_with_format(0, 0, &sheet.title, &title().set_text_wrap())?;
    room(to, 0, lines(&sheet.title, WIDE * 0.7), TITLE_HEIGHT)?;
    for (row, line) in (1..).zip(&sheet.lines) {
        match line {
            Line::Heading(words) => {
                to.set_row_height(row, HEADING_HEIGHT)?;
                to.write_string_with_format(row, 0, *words, &heading())?;
            }
            Line::Words(words) => {
                to.write_string_with_format(row, 0, words, &cell(false))?;
                room(to, row, lines(words, WIDE), LINE_HEIGHT)?;
            }
            Line::ToContents => link(to, row, CONTENTS, "Contents", &hyperlink())?,
        }
    }
    Ok(())
}

fn table(to: &mut Worksheet, sheet: &Sheet<'_>, grid: &Grid<'_>) -> Result<(), XlsxError> {
    let notes: String = sheet.notes.iter().map(|number| format!(" [note {number}]")).collect();
    to.write_string_with_format(0, 0, format!("{}{notes}", sheet.title), &title())?;
    to.write_string(1, 0, "This worksheet contains one table.")?;
    let mut row = 2;
    if !sheet.notes.is_empty() {
        let says = "This table contains notes, which can be found in the Notes worksheet.";
        to.write_string(row, 0, says)?;
        row += 1;
    }
    for line in &sheet.lines {
        match line {
            Line::Words(words) => {
                to.write_string(row, 0, words)?;
            }
            Line::Heading(words) => {
                to.write_string_with_format(row, 0, *words, &heading())?;
            }
            Line::ToContents => link(to, row, CONTENTS, "Back to the contents", &hyperlink())?,
        }
        row += 1;
    }
    let columns: Vec<TableColumn> = grid
        .head
        .iter()
        .map(|head| {
            let format = cell(head.numeric).set_bold().set_border_bottom(FormatBorder::Thin);
            TableColumn::new().set_header(&head.text).set_header_format(format)
        })
        .collect();
    let marked = Table::new()
        .set_name(&grid.name)
        .set_alt_text_title(&sheet.title)
        .set_alt_text(&grid.alt)
        .set_style(TableStyle::None)
        .set_autofilter(false)
        .set_banded_rows(false)
        .set_columns(&columns);
    let last_row =
        row + u32::try_from(grid.rows.len()).map_err(|_| XlsxError::RowColumnLimitError)?;
    let last_column = u16::try_from(grid.head.len().saturating_sub(1))
        .map_err(|_| XlsxError::RowColumnLimitError)?;
    to.add_table(row, 0, last_row, last_column, &marked)?;
    to.set_repeat_rows(row, row)?;
    let widths: Vec<f64> = (0..grid.head.len()).map(|column| width(grid, column)).collect();
    for (column, width) in (0..).zip(&widths) {
        to.set_column_width(column, *width)?;
    }
    // Bold letters are wider.
    let heads = grid.head.iter().zip(&widths).map(|(head, width)| lines(&head.text, width * 0.9));
    room(to, row, heads.max().unwrap_or(1), LINE_HEIGHT)?;
    for (row, entries) in (row + 1..).zip(&grid.rows) {
        for (column, (entry, head)) in (0..).zip(entries.iter().zip(&grid.head)) {
            write(to, row, column, entry, head.numeric)?;
        }
        let tallest = entries.iter().zip(&widths).map(|(entry, width)| lines(entry.text(), *width));
        room(to, row, tallest.max().unwrap_or(1), LINE_HEIGHT)?;
    }
    Ok(())
}

fn write(
    to: &mut Worksheet,
    row: u32,
    column: u16,
    entry: &Entry<'_>,
    numeric: bool,
) -> Result<(), XlsxError> {
    match entry {
        Entry::Figure(Shown::Number(number)) => {
            let (value, format) = number_in_excel(*number);
            to.write_number_with_format(row, column, value, &cell(true).set_num_format(format))?;
        }
        Entry::Link { tab, text } => link(to, row, tab, text, &hyperlink().set_text_wrap())?,
        Entry::Figure(Shown::Symbol(_)) | Entry::Words(_) => {
            to.write_string_with_format(row, column, entry.text(), &cell(numeric))?;
        }
    }
    Ok(())
}

/// A number as a spreadsheet holds it, and how it is shown: exactly as it was published. A percentage is
/// a share shown as one, so that a formula may multiply by it.
fn number_in_excel(number: PublishedNumber) -> (f64, String) {
    let digits = number.plain();
    let places = usize::from(number.places());
    let point = if places > 0 { "." } else { "" };
    let behind = format!("{point}{}", "0".repeat(places));
    match number.kind() {
        // Moving the point in the digits gives the nearest number; dividing might give its neighbour.
        NumberKind::Percent => {
            let share = format!("{digits}e-2").parse().unwrap_or_else(|_| number.as_f64() / 100.0);
            (share, format!("0{behind}%{GAP}"))
        }
        NumberKind::Count | NumberKind::Plain => (number.as_f64(), format!("#,##0{behind}{GAP}")),
    }
}

/// A link to the first cell of a worksheet, in the first column.
fn link(
    to: &mut Worksheet,
    row: u32,
    tab: &str,
    words: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    let url = Url::new(format!("internal:'{tab}'!A1")).set_text(words);
    to.write_url_with_format(row, 0, url, format)?;
    Ok(())
}

/// How wide a column is, in characters, by its longest entry.
fn width(grid: &Grid<'_>, column: usize) -> f64 {
    let entries = || grid.rows.iter().filter_map(|row| row.get(column));
    if entries().any(|entry| matches!(entry, Entry::Link { .. })) {
        return LINKS;
    }
    match entries().map(|entry| entry.text().chars().count()).max().unwrap_or(0) {
        0..=18 => NARROW,
        19..=120 => MIDDLE,
        _ => WIDE,
    }
}

/// How many lines words take in a column so many characters wide. Letters are narrower than the digits
/// that a width is counted in, so that even with a tenth more this is rather too many than too few.
fn lines(words: &str, width: f64) -> u32 {
    let width = width * 1.1;
    let (mut lines, mut used) = (1, 0.0);
    for word in words.split_whitespace() {
        let length = f64::from(u32::try_from(word.chars().count()).unwrap_or(u32::MAX));
        let gap = if used > 0.0 { 1.0 } else { 0.0 };
        if used > 0.0 && used + gap + length > width {
            lines += 1;
            used = 0.0;
        } else {
            used += gap;
        }
        used += length;
        while used > width {
            lines += 1;
            used -= width;
        }
    }
    lines
}

/// Makes a row high enough for so many lines. Excel would do so by itself; other programs do not.
fn room(to: &mut Worksheet, row: u32, lines: u32, height: f64) -> Result<(), XlsxError> {
    if lines > 1 {
        to.set_row_height(row, f64::from(lines) * height)?;
    }
    Ok(())
}

fn text() -> Format {
    Format::new().set_font_name("Arial").set_font_size(12)
}

fn title() -> Format {
    text().set_font_size(16).set_bold()
}

fn heading() -> Format {
    text().set_font_size(14).set_bold()
}

fn hyperlink() -> Format {
    text().set_hyperlink().set_font_color(LINK).set_align(FormatAlign::Top)
}

/// A cell of a table: wrapped, so that nothing is cut off, and read from the top.
fn cell(right: bool) -> Format {
    let format = text().set_text_wrap().set_align(FormatAlign::Top);
    if right {
        format.set_align(FormatAlign::Right).set_num_format(format!("@{GAP}"))
    } else {
        format
    }
}
