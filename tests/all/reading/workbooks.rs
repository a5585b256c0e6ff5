//! XLSX: cells are taken by what they are.

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

use super::{Exports, assert_lines};

/// A sheet: its name, and what is written into it.
pub(crate) type Sheet<'a> = (&'a str, &'a dyn Fn(&mut Worksheet));

/// The bytes of a workbook with these sheets.
pub(crate) fn workbook(sheets: &[Sheet<'_>]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, fill) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(*name).expect("a name");
        fill(sheet);
    }
    book.save_to_buffer().expect("it can be written")
}

pub(crate) fn write_day(sheet: &mut Worksheet, row: u32, column: u16, day: &str) {
    let form = Format::new().set_num_format("dd/mm/yyyy");
    let day = ExcelDateTime::parse_from_str(day).expect("a day");
    sheet.write_datetime_with_format(row, column, &day, &form).expect("written");
}

fn fill_with(rows: &[&[&str]]) -> impl Fn(&mut Worksheet) {
    let rows: Vec<Vec<String>> =
        rows.iter().map(|r| r.iter().map(|&t| t.to_owned()).collect()).collect();
    move |sheet| {
        for (row, cells) in (0..).zip(&rows) {
            for (column, text) in (0..).zip(cells) {
                if !text.is_empty() {
                    sheet.write_string(row, column, text).expect("written");
                }
            }
        }
    }
}

const MAP: &str = "[map.visits]\nfrom = \"a.xlsx\"\ncomplete_to = 2026-09-30\n\
    date_formats = [\"%d/%m/%Y\"]\n[map.visits.columns]\nvisit_id = { column = \"ID\" }\n\
    on = { column = \"On\" }\nminutes = { column = \"N\" }\n\
    done = { column = \"Done\" }\nnote = { column = \"Note\" }";

#[test]
fn cells_are_dates_numbers_answers_and_texts_as_the_workbook_says() {
    let sheet = |sheet: &mut Worksheet| {
        let serial = Format::new().set_num_format("dd/mm/yyyy");
        sheet.write_string(0, 0, "Visits of the year").expect("written");
        for (column, name) in (0..).zip(["ID", "On", "N", "Done", "Note"]) {
            sheet.write_string(1, column, name).expect("written");
        }
        // An identifier as a number, a true date, an answer.
        sheet.write_number(2, 0, 1001.0).expect("written");
        write_day(sheet, 2, 1, "2025-05-04");
        sheet.write_number(2, 2, 2.5).expect("written");
        sheet.write_boolean(2, 3, true).expect("written");
        // Lost noughts cannot be known; text keeps them. A date as text, a number as text.
        sheet.write_string(3, 0, "0566910").expect("written");
        sheet.write_string(3, 1, "04/05/2025").expect("written");
        sheet.write_string(3, 2, "7").expect("written");
        // Line 5 is blank. 1900 traps: a nought, a one and a sixty in the form of dates.
        for (row, (id, number)) in (5..).zip([("zero", 0.0), ("one", 1.0), ("sixty", 60.0)]) {
            sheet.write_string(row, 0, id).expect("written");
            sheet.write_number_with_format(row, 1, number, &serial).expect("written");
        }
        // An error with its saved value, and a formula with one.
        sheet.write_string(8, 0, "formulae").expect("written");
        sheet
            .write_formula_with_format(8, 1, Formula::new("B3+5").set_result("45786"), &serial)
            .expect("written");
        sheet.write_formula(8, 4, Formula::new("NA()").set_result("#N/A")).expect("written");
        sheet.write_string(9, 0, "long").expect("written");
        sheet.write_string(9, 7, "beyond the names").expect("written");
    };
    let exports = Exports::new(&[("a.xlsx", &workbook(&[("Visits", &sheet)]))]);
    let said = exports.says(MAP);
    assert_lines(
        &said,
        &[
            "visits: 7 read, 5 used",
            "a.xlsx, sheet Visits, names in line 2: 7 rows",
            "= 1001 | 2025-05-04 | true | 2.5",
            "= 0566910 | 2025-05-04 | 7",
            "= zero",
            "= one",
            "On: dates that mean that nothing was recorded (2)",
            "On: dates written as a date cell (2)",
            "On: dates written as %d/%m/%Y (1)",
            "a.xlsx row 5 line 8, On: not a date in the expected form",
            "= formulae | 2025-05-09",
            "Note: error values, taken as nothing recorded (1)",
            "a.xlsx row 7 line 10, (the line): more fields than the header has",
        ],
    );
}

#[test]
fn a_formula_whose_value_was_never_saved_is_nothing_and_counted() {
    let sheet = |sheet: &mut Worksheet| {
        fill_with(&[&["ID", "On", "N", "Done", "Note"], &["1"], &["2"]])(sheet);
        sheet.write_formula(1, 2, Formula::new("1+1").set_result("UNSAVED")).expect("written");
        sheet.write_formula(2, 2, Formula::new("1+1").set_result("2")).expect("written");
    };
    // What libraries write that do not compute: the formula, and no value.
    let book = without_saved_value(&workbook(&[("Visits", &sheet)]), "<v>UNSAVED</v>");
    let said = Exports::new(&[("a.xlsx", &book)]).says(MAP);
    assert_lines(
        &said,
        &["= 1", "N: formulae without a saved value, taken as nothing recorded (1)", "= 2 | 2"],
    );
}

/// The workbook without this text in its first sheet.
fn without_saved_value(book: &[u8], value: &str) -> Vec<u8> {
    use std::io::{Cursor, Read, Write};
    let mut from = zip::ZipArchive::new(Cursor::new(book)).expect("a workbook");
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..from.len() {
        let mut part = from.by_index(at).expect("a part");
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).expect("it can be read");
        let name = part.name().to_owned();
        if name.ends_with("sheet1.xml") {
            let text = String::from_utf8(bytes).expect("text");
            assert!(text.contains(value), "the sheet has no {value}");
            bytes = text.replace(value, "").replace(" t=\"str\"", "").into_bytes();
        }
        to.start_file(name, zip::write::SimpleFileOptions::default()).expect("begun");
        to.write_all(&bytes).expect("written");
    }
    to.finish().expect("whole").into_inner()
}

#[test]
fn a_workbook_that_counts_days_from_1904_gives_the_same_days() {
    let sheet = |sheet: &mut Worksheet| {
        fill_with(&[&["ID", "On", "N", "Done", "Note"], &["1"]])(sheet);
        let form = Format::new().set_num_format("dd/mm/yyyy");
        sheet.write_number_with_format(1, 1, 44_469.0, &form).expect("written");
    };
    let book = workbook(&[("Visits", &sheet)]);
    let said = Exports::new(&[("a.xlsx", &counting_from_1904(&book))]).says(MAP);
    assert_lines(&said, &["= 1 | 2025-10-01"]);
}

/// The same workbook, which now says that it counts days from 1904.
fn counting_from_1904(book: &[u8]) -> Vec<u8> {
    use std::io::{Cursor, Read, Write};
    let mut from = zip::ZipArchive::new(Cursor::new(book)).expect("a workbook");
    let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..from.len() {
        let mut part = from.by_index(at).expect("a part");
        let mut text = String::new();
        part.read_to_string(&mut text).expect("text");
        let text = text.replace("<workbookPr ", "<workbookPr date1904=\"1\" ");
        let name = part.name().to_owned();
        to.start_file(name, zip::write::SimpleFileOptions::default()).expect("begun");
        to.write_all(text.as_bytes()).expect("written");
    }
    to.finish().expect("whole").into_inner()
}

#[test]
fn the_sheet_is_the_one_that_is_said_else_the_one_that_fits_best() {
    let front = fill_with(&[&["Guidance", "ID"]]);
    let visits = fill_with(&[&["Visits"], &["ID", "On", "N", "Done", "Note"], &["1"]]);
    let other = fill_with(&[&["ID", "On", "N", "Done", "Note"], &["2"]]);
    let sheets: [Sheet<'_>; 3] = [("Front", &front), ("List_1", &visits), ("Other", &other)];
    let exports = Exports::new(&[("a.xlsx", &workbook(&sheets))]);
    assert_lines(&exports.says(MAP), &["a.xlsx, sheet List_1, names in line 2: 1 rows", "= 1"]);
    let said =
        |sheet: &str| MAP.replace("complete_to", &format!("sheet = \"{sheet}\"\ncomplete_to"));
    assert_lines(&exports.says(&said("list 1")), &["= 1"]);
    assert_lines(&exports.says(&said("Other")), &["= 2"]);
    let error = exports.read(&said("List 9")).expect_err("there is none");
    for part in ["no sheet \"List 9\"", "\"Front\", \"List_1\", \"Other\"", "mend:"] {
        assert!(error.contains(part), "{error}");
    }
    let error = exports.read(&said("Front")).expect_err("it lacks columns");
    assert!(error.contains("in line 1 of sheet \"Front\""), "{error}");
}
