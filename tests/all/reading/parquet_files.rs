//! Parquet: the same rows and the same ledger as from text.

use std::sync::Arc;

use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::{Exports, assert_lines};

/// A file of four rows in two groups.
pub(super) fn visits(compression: Compression) -> Vec<u8> {
    let schema = "message visits {
        REQUIRED BYTE_ARRAY id (UTF8);
        OPTIONAL INT32 day (DATE);
        OPTIONAL DOUBLE minutes;
        OPTIONAL BYTE_ARRAY note (UTF8);
        OPTIONAL INT64 seen (TIMESTAMP(MICROS,true));
        OPTIONAL BOOLEAN done;
    }";
    let schema = Arc::new(parse_message_type(schema).expect("a schema"));
    let options = WriterProperties::builder().set_compression(compression).build();
    let mut writer =
        SerializedFileWriter::new(Vec::new(), schema, Arc::new(options)).expect("a writer");
    for group in 0..2_i32 {
        let mut rows = writer.next_row_group().expect("a group");
        let mut at = 0;
        while let Some(mut column) = rows.next_column().expect("a column") {
            let there = Some([1, i16::from(group == 0)]);
            let there = there.as_ref().map(<[i16; 2]>::as_slice);
            match at {
                0 => {
                    let ids =
                        [0, 1].map(|n| ByteArray::from(format!("00{}", group * 2 + n).as_str()));
                    column.typed::<ByteArrayType>().write_batch(&ids, None, None).map(drop)
                }
                1 => column
                    .typed::<Int32Type>()
                    .write_batch(&[20_212, 20_213], there, None)
                    .map(drop),
                2 => column
                    .typed::<DoubleType>()
                    .write_batch(&[1001.0, f64::NAN], there, None)
                    .map(drop),
                3 => {
                    let notes = ["a", "b"].map(ByteArray::from);
                    column.typed::<ByteArrayType>().write_batch(&notes, there, None).map(drop)
                }
                4 => {
                    // Midnight of 1 July 2025 on the British clock, in universal time.
                    let moments = [1_751_324_400_000_000, 1_735_689_600_000_000];
                    column.typed::<Int64Type>().write_batch(&moments, there, None).map(drop)
                }
                _ => column
                    .typed::<parquet::data_type::BoolType>()
                    .write_batch(&[true, false], there, None)
                    .map(drop),
            }
            .expect("written");
            column.close().expect("closed");
            at += 1;
        }
        rows.close().expect("closed");
    }
    writer.into_inner().expect("whole")
}

const MAP: &str = "[map.visits]\nfrom = \"a.parquet\"\ncomplete_to = 2026-09-30\n\
    date_formats = [\"%d/%m/%Y\"]\n[map.visits.columns]\nvisit_id = { column = \"id\" }\n\
    on = { column = \"day\" }\nminutes = { column = \"minutes\" }\nnote = { column = \"note\" }\n\
    done = { column = \"done\" }";

#[test]
fn columns_are_taken_by_what_the_file_says_they_are() {
    for compression in [Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::LZ4_RAW] {
        let said = Exports::new(&[("a.parquet", &visits(compression))]).says(MAP);
        assert_lines(
            &said,
            &[
                "visits: 4 read, 4 used",
                "a.parquet, names in line 0: 4 rows",
                "= 000 | 2025-05-04 | true | 1001 | a",
                "= 001 | 2025-05-05 | false | b",
                "= 002 | 2025-05-04 | true | 1001 | a",
                "= 003",
                "day: dates written as a date cell (3)",
                "minutes: error values, taken as nothing recorded (1)",
            ],
        );
    }
}

#[test]
fn a_moment_is_put_on_the_british_clock() {
    let map = MAP.replace("\"day\"", "\"seen\"");
    let said = Exports::new(&[("a.parquet", &visits(Compression::SNAPPY))]).says(&map);
    assert_lines(
        &said,
        &["= 000 | 2025-07-01 | true | 1001 | a", "= 001 | 2025-01-01 | false | b"],
    );
}

#[test]
fn what_cannot_be_read_is_said_with_its_mend() {
    let map = MAP.replace("\"day\"", "\"daay\"");
    let whole = visits(Compression::SNAPPY);
    let error = Exports::new(&[("a.parquet", &whole)]).read(&map).expect_err("no such column");
    assert!(error.contains("a.parquet has no column \"daay\"\n"), "{error}");
    assert!(error.contains("did you mean \"day\"?"), "{error}");
    let cut = whole.get(..whole.len() / 2).expect("half");
    let error = Exports::new(&[("a.parquet", cut)]).read(MAP).expect_err("it is cut off");
    assert!(error.contains("it is no whole Parquet file") && error.contains("mend:"), "{error}");
    let _ = ZstdLevel::default();
}
