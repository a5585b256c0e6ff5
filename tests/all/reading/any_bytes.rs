//! No bytes make the reader fall over: it reads, or says why it cannot.

use proptest::prelude::*;
use rust_xlsxwriter::Worksheet;

use super::parquet_files::visits;
use super::{Exports, workbooks};

fn map(file: &str) -> String {
    format!(
        "[map.visits]\nfrom = \"{file}\"\ncomplete_to = 2026-09-30\n\
         date_formats = [\"%d/%m/%Y\", \"serial\"]\nkeep_when = \"id <> 'x'\"\n[map.visits.columns]\n\
         visit_id = {{ column = \"id\", digits = 3, check = \"upn\" }}\non = {{ column = \"day\" }}\n\
         minutes = {{ column = \"minutes\" }}\nnote = {{ column = \"note\" }}\n\
         done = {{ column = \"done\" }}"
    )
}

fn a_workbook() -> Vec<u8> {
    let sheet = |sheet: &mut Worksheet| {
        for (column, name) in (0..).zip(["id", "day", "minutes", "note", "done"]) {
            sheet.write_string(0, column, name).expect("written");
            sheet.write_number(1, column, f64::from(column)).expect("written");
        }
        workbooks::write_day(sheet, 2, 1, "2025-05-04");
    };
    workbooks::workbook(&[("Visits", &sheet)])
}

/// Reads the bytes as a file of this name. What comes does not matter, as long as something does.
fn reads(name: &str, bytes: &[u8]) {
    drop(Exports::new(&[(name, bytes)]).read(&map(name)));
}

/// A whole file in which some bytes are other ones, and perhaps the end is missing.
fn spoilt(whole: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let length = whole.len();
    let changes = prop::collection::vec((0..length, any::<u8>()), 0..12);
    (changes, prop::option::of(0..length)).prop_map(move |(changes, cut)| {
        let mut bytes = whole.clone();
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        bytes.truncate(cut.unwrap_or(length));
        bytes
    })
}

/// Text as exports have it, and as they should not.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(b"id,day,minutes,note,done\n".to_vec()),
        Just(b"\"".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b",".to_vec()),
        Just(b"\xFF\xFE".to_vec()),
        Just(b"\xEF\xBB\xBF".to_vec()),
        Just(b"1,31/12/9999,1e999,#N/A,true\n".to_vec()),
        Just(b"1,-0,nan,,\n".to_vec()),
        prop::collection::vec(any::<u8>(), 0..8),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_the_reader_fall_over(bytes in text()) {
        reads("a.csv", &bytes);
    }

    #[test]
    fn no_workbook_makes_the_reader_fall_over(bytes in spoilt(a_workbook())) {
        reads("a.xlsx", &bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_parquet_file_makes_the_reader_fall_over(
        bytes in prop_oneof![
            spoilt(visits(parquet::basic::Compression::UNCOMPRESSED)),
            spoilt(visits(parquet::basic::Compression::SNAPPY)),
        ]
    ) {
        reads("a.parquet", &bytes);
    }
}
