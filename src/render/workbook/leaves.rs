//! The workbook of an audit: worksheets of words with columns to be filled in.

use rust_xlsxwriter::{
    Color, DataValidation, DocProperties, ExcelDateTime, Format, FormatBorder, FormatPattern,
    Table, TableColumn, TableStyle, Workbook, Worksheet, XlsxError,
};

use crate::audit::{Column, Leaf};
use crate::calendar::Day;
use crate::render::RenderError;
use crate::render::workbook::{
    LINE_HEIGHT, MIDDLE, NARROW, PAPER, WIDE, cell, lines, room, text, title,
};

/// Behind what is to be filled in: black on it has a contrast of 17 to 1.
const TO_FILL_IN: Color = Color::RGB(0x00FF_F7D6);

/// The width of numbers and of yes and no.
const SHORT: f64 = 10.0;

/// How many lines a row may be high at most: Excel has an end to it.
const HIGHEST: u32 = 25;

/// A workbook of these worksheets.
///
/// # Errors
/// When it cannot be made.
pub fn leaves(
    name: &str,
    council: &str,
    as_at: Day,
    leaves: &[Leaf],
) -> Result<Vec<u8>, RenderError> {
    written(name, council, as_at, leaves).map_err(|error| RenderError::Workbook(error.to_string()))
}

fn written(name: &str, council: &str, as_at: Day, leaves: &[Leaf]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.set_default_format(&text(), 21, 72)?;
    let made = ExcelDateTime::parse_from_str(&as_at.iso())?;
    let properties = DocProperties::new().set_title(name).set_author(council).set_company(council);
    book.set_properties(&properties.set_status("Restricted").set_creation_datetime(&made));
    for (number, leaf) in (1..).zip(leaves) {
        let to = book.add_worksheet();
        to.set_name(&leaf.tab)?;
        to.set_paper_size(PAPER).set_landscape().set_print_fit_to_pages(1, 0);
        worksheet(to, number, leaf)?;
    }
    book.save_to_buffer()
}

fn worksheet(to: &mut Worksheet, number: u32, leaf: &Leaf) -> Result<(), XlsxError> {
    to.write_string_with_format(0, 0, &leaf.title, &title())?;
    let mut row = 1;
    // Prose is wrapped where there is room for it.
    let wraps = leaf.head.first().is_some_and(|head| head.wide);
    for line in &leaf.lines {
        if wraps {
            to.write_string_with_format(row, 0, line, &cell(false))?;
            room(to, row, lines(line, WIDE), LINE_HEIGHT)?;
        } else {
            to.write_string(row, 0, line)?;
        }
        row += 1;
    }
    let widths: Vec<f64> = (0..leaf.head.len()).map(|at| width(leaf, at)).collect();
    for (column, width) in (0..).zip(&widths) {
        to.set_column_width(column, *width)?;
    }
    let head = leaf.head.iter().map(|column| {
        let format = format(column).set_bold().set_border_bottom(FormatBorder::Thin);
        TableColumn::new().set_header(&column.header).set_header_format(format)
    });
    let marked = Table::new()
        .set_name(format!("table_{number}"))
        .set_alt_text_title(&leaf.title)
        .set_style(TableStyle::None)
        .set_autofilter(false)
        .set_banded_rows(false)
        .set_columns(&head.collect::<Vec<_>>());
    let too_many = |_| XlsxError::RowColumnLimitError;
    // A table has at least one row.
    let last_row = row + u32::try_from(leaf.rows.len().max(1)).map_err(too_many)?;
    let last_column = u16::try_from(leaf.head.len().saturating_sub(1)).map_err(too_many)?;
    to.add_table(row, 0, last_row, last_column, &marked)?;
    to.set_repeat_rows(row, row)?;
    to.set_freeze_panes(row + 1, 0)?;
    let heads = leaf.head.iter().zip(&widths).map(|(head, width)| lines(&head.header, width * 0.9));
    room(to, row, heads.max().unwrap_or(1), LINE_HEIGHT)?;
    for (column, head) in (0..).zip(&leaf.head) {
        if let Some(words) = head.filled_in.as_ref().filter(|words| !words.is_empty()) {
            let choice = DataValidation::new()
                .allow_list_strings(words)?
                .set_error_title("Not one of the answers")?
                .set_error_message("Choose one from the list, or leave it empty.")?;
            to.add_data_validation(row + 1, column, last_row, column, &choice)?;
        }
    }
    for (row, entries) in (row + 1..).zip(&leaf.rows) {
        let mut tallest = 1;
        for (column, ((entry, head), width)) in
            (0..).zip(entries.iter().zip(&leaf.head).zip(&widths))
        {
            let format = format(head);
            match entry.parse::<u32>() {
                _ if head.filled_in.is_some() && entry.is_empty() => {
                    to.write_blank(row, column, &format)?;
                }
                // A number stays one, but not an identifier that would lose its noughts.
                Ok(number) if number.to_string() == *entry => {
                    to.write_number_with_format(row, column, number, &format)?;
                }
                _ => {
                    to.write_string_with_format(row, column, entry, &format)?;
                }
            }
            let high: u32 = entry.lines().map(|line| lines(line, *width)).sum();
            tallest = tallest.max(high);
        }
        room(to, row, tallest.min(HIGHEST), LINE_HEIGHT)?;
    }
    Ok(())
}

fn format(column: &Column) -> Format {
    let format = cell(false);
    match column.filled_in {
        Some(_) => format
            .set_pattern(FormatPattern::Solid)
            .set_background_color(TO_FILL_IN)
            .set_border(FormatBorder::Hair),
        None => format,
    }
}

fn width(leaf: &Leaf, column: usize) -> f64 {
    let wide = leaf.head.get(column).is_some_and(|head| head.wide);
    let entries = leaf.rows.iter().filter_map(|row| row.get(column));
    match entries.map(|entry| entry.chars().count()).max().unwrap_or(0) {
        _ if wide => WIDE,
        1..=6 => SHORT,
        0..=18 => NARROW,
        _ => MIDDLE,
    }
}
