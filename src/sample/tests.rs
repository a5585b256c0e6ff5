//! What the sample council promises: the same bytes, true counts, and a mapping that fits.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use csv::StringRecord;
use encoding_rs::WINDOWS_1252;
use tempfile::TempDir;
use toml::{Table, Value};

use super::*;

const FAMILIES: u32 = 150;

fn council(seed: u64) -> TempDir {
    let folder = TempDir::new().unwrap();
    write(FAMILIES, seed, folder.path()).unwrap();
    folder
}

fn bytes(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let name = |p: &Path| p.file_name().unwrap().to_string_lossy().into_owned();
    let files = fs::read_dir(folder).unwrap().map(|f| f.unwrap().path());
    files.map(|p| (name(&p), fs::read(&p).unwrap())).collect()
}

fn truth(folder: &Path) -> Truth {
    serde_json::from_slice(&fs::read(folder.join(TRUTH_FILE)).unwrap()).unwrap()
}

fn mapping() -> Table {
    include_str!("../../outcome-definitions/mapping.toml").parse().unwrap()
}

/// A file read as its map says: the header, then the data rows.
fn read(folder: &Path, map: &Table) -> (StringRecord, Vec<StringRecord>) {
    let bytes = fs::read(folder.join(map["from"].as_str().unwrap())).unwrap();
    let text = match map.get("encoding").and_then(Value::as_str) {
        Some("windows-1252") => WINDOWS_1252.decode(&bytes).0.into_owned(),
        _ => String::from_utf8(bytes).expect("UTF-8 where the mapping does not say otherwise"),
    };
    let header_row = map.get("header_row").and_then(Value::as_integer).unwrap_or(1);
    let titles = usize::try_from(header_row).unwrap() - 1;
    let table = text.trim_start_matches('\u{feff}').splitn(titles + 1, '\n').last().unwrap();
    let delimiter = map.get("delimiter").map_or(b',', |d| d.as_str().unwrap().as_bytes()[0]);
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(table.as_bytes());
    (reader.headers().unwrap().clone(), reader.records().map(Result::unwrap).collect())
}

#[test]
fn a_seed_fixes_every_byte() {
    let (one, again, other) = (council(7), council(7), council(8));
    assert!(bytes(one.path()) == bytes(again.path()), "the same seed gave other bytes");
    assert!(bytes(one.path()) != bytes(other.path()), "another seed gave the same bytes");
}

#[test]
fn the_committed_council_is_what_the_generator_writes() {
    let folder = TempDir::new().unwrap();
    write(1500, 2026, folder.path()).unwrap();
    let committed = bytes(&Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data"));
    let written = bytes(folder.path());
    assert_eq!(
        committed.keys().collect::<Vec<_>>(),
        written.keys().collect::<Vec<_>>(),
        "sample-data/ holds other files; write it again with `early-help sample`"
    );
    for (file, bytes) in written {
        assert!(committed[&file] == bytes, "sample-data/{file} differs; write it again");
    }
}

#[test]
fn the_truth_counts_the_rows_and_points_at_the_planted_ones() {
    let folder = council(7);
    let truth = truth(folder.path());
    let kinds: BTreeSet<&str> = truth.planted.iter().map(|p| p.kind.as_str()).collect();
    assert!(kinds.len() >= 12, "{kinds:?}");

    let mapping = mapping();
    for (source, map) in mapping["map"].as_table().unwrap() {
        let map = map.as_table().unwrap();
        let (header, rows) = read(folder.path(), map);
        let file = map["from"].as_str().unwrap();
        let counted = truth.files.iter().find(|f| f.file == file).expect("a count");
        assert_eq!(counted.rows, rows.len() as u64, "{source}");
        for planted in truth.planted.iter().filter(|p| p.file == file) {
            for number in &planted.rows {
                let row = &rows[usize::try_from(*number).unwrap() - 1];
                let has = |text: &str| row.iter().any(|field| field == text);
                let as_it_says = match planted.kind.as_str() {
                    "impossible_date" => has("31/02/2025") || has("30/02/2025"),
                    "american_date" => has("04/25/2025"),
                    "score_out_of_range" => has("14"),
                    "score_off_step" => has("3.3"),
                    "score_as_text" => has("7/10"),
                    "sentinel_date" => has("01/01/1900"),
                    "too_many_fields" => row.len() == header.len() + 1,
                    "too_few_fields" => row.len() + 1 == header.len(),
                    "exact_duplicate" => rows[..*number as usize - 1].contains(row),
                    _ => true,
                };
                assert!(as_it_says, "{} in row {number} of {file}: {row:?}", planted.kind);
            }
        }
    }
}

#[test]
fn every_mapped_column_and_every_word_has_its_place() {
    let folder = council(7);
    let (truth, mapping) = (truth(folder.path()), mapping());
    for (source, map) in mapping["map"].as_table().unwrap() {
        let map = map.as_table().unwrap();
        let (header, rows) = read(folder.path(), map);
        let file = map["from"].as_str().unwrap();
        let planted: BTreeSet<u64> =
            truth.planted.iter().filter(|p| p.file == file).flat_map(|p| p.rows.clone()).collect();
        let clean = || (1..).zip(&rows).filter(|(number, _)| !planted.contains(number));
        for (name, from) in map["columns"].as_table().unwrap() {
            let Some(column) = from.get("column").and_then(Value::as_str) else { continue };
            let at = header.iter().position(|h| h == column);
            let at = at.unwrap_or_else(|| panic!("{source}.{name}: {file} has no column {column}"));
            let Some(codes) = from.get("codes").and_then(Value::as_str) else { continue };
            let known = mapping["codes"][codes]["map"].as_table().unwrap();
            let quarantines = mapping["codes"][codes]["unmapped"].as_str() == Some("quarantine");
            for (number, row) in clean().filter(|_| quarantines) {
                let word = row.get(at).unwrap();
                assert!(
                    word.is_empty() || known.contains_key(word),
                    "{file}, row {number}: '{word}' is not in codes.{codes}"
                );
            }
        }
    }
    for (name, crosswalk) in mapping["crosswalk"].as_table().unwrap() {
        let (header, _) = read(folder.path(), crosswalk.as_table().unwrap());
        for end in ["key", "gives"] {
            let column = crosswalk[end].as_str().unwrap();
            assert!(header.iter().any(|h| h == column), "crosswalk {name}: no column {column}");
        }
    }
}

#[test]
fn exports_have_the_council_s_habits() {
    let folder = council(7);
    let files = bytes(folder.path());
    assert!(files["persons.csv"].starts_with(b"\xEF\xBB\xBFPERSON_ID"), "a byte order mark");
    assert!(files["school_attendance.csv"].starts_with(b"UPN;Term;"), "semicolons");
    let services = &files["services.csv"];
    assert!(std::str::from_utf8(services).is_err(), "not UTF-8");
    assert!(services.windows(6).any(|w| w == b"Br\xF3nac"), "an accent in Windows-1252");
}
