//! Two councils that differ only behind hidden figures must give the same bytes to everybody from whom
//! these are hidden: no axis, gap, order, sentence or interval may know more than the figures say.
//!
//! A new kind of file is covered as soon as it lies in an audience's folder.

use std::collections::BTreeMap;
use std::fs;

use early_help::calendar::Day;

use crate::cli::{QUARTERLY, Run, copy_of, text};

/// The files below a folder of a run.
fn folder<'r>(run: &'r Run, name: &str) -> BTreeMap<&'r str, &'r [u8]> {
    let below = format!("{RUN}/{name}/");
    let files = run.files.iter();
    files.filter_map(|(file, bytes)| Some((file.strip_prefix(&below)?, &bytes[..]))).collect()
}

const RUN: &str = "2026-27-Q2-quarterly";

#[test]
fn a_decision_behind_a_hidden_share_changes_no_byte_of_a_pack() {
    let data = copy_of("sample-data");
    let path = data.path().join("front_door_contacts.csv");
    let before = fs::read_to_string(&path).expect("text");
    // One contact from a school, decided for social care, of which the decision is not recorded now.
    // Both shares are hidden from schools; all else that they are given stays as it was.
    let within = |line: &str| {
        let received: Vec<&str> = line.split(',').nth(2)?.split('/').collect();
        let [day, month, year] = received[..] else { return None };
        let day = Day::parse_iso(&format!("{year}-{month}-{day}"))?;
        let (from, to) = (Day::parse_iso("2025-10-01")?, Day::parse_iso("2026-09-30")?);
        (from <= day && day <= to).then_some(())
    };
    let found = before
        .lines()
        .find(|line| line.contains(",To social care,School,") && within(line).is_some())
        .expect("there is such a contact");
    let changed = found.replace(",To social care,School,", ",,School,");
    fs::write(&path, before.replacen(found, &changed, 1)).expect("it can be written");
    let other = Run::of(&["pack", "quarterly", "--data", text(data.path())]);

    let hidden = |run: &Run| {
        let cells = run.text(&format!("{RUN}/schools/data/cells.csv"));
        let header = cells.lines().next().expect("a header");
        let symbol = header.split(',').position(|c| c == "symbol").expect("a column");
        let rows = cells.lines().filter(|l| l.starts_with("contacts_from_schools_by_decision,"));
        let hidden = rows.filter(|l| l.split(',').nth(symbol) == Some("c"));
        hidden.map(str::to_owned).collect::<Vec<_>>()
    };
    assert!(hidden(&QUARTERLY).len() == 2, "both shares are hidden: {:?}", hidden(&QUARTERLY));
    assert_ne!(
        QUARTERLY.bytes(&format!("{RUN}/run.json")),
        other.bytes(&format!("{RUN}/run.json")),
        "the councils do differ"
    );
    for audience in ["schools", "police"] {
        let (one, same) = (folder(&QUARTERLY, audience), folder(&other, audience));
        assert!(one.len() > 20, "pages, charts and tables: {}", one.len());
        assert!(one.keys().eq(same.keys()), "{audience} is given other files");
        let differ: Vec<&&str> = one.keys().filter(|file| one[**file] != same[**file]).collect();
        assert!(differ.is_empty(), "{audience} can see the difference in {differ:?}");
    }
}

#[test]
fn nothing_in_an_audiences_folder_comes_from_the_manifest() {
    // The hashes of inputs, and of what others are given, change with hidden figures.
    let manifest = QUARTERLY.manifest(&format!("{RUN}/run.json"));
    for audience in ["schools", "police", "board"] {
        for (file, bytes) in folder(&QUARTERLY, audience) {
            let words = String::from_utf8_lossy(bytes);
            for input in &manifest.inputs {
                assert!(
                    !words.contains(&input.sha256),
                    "{audience}/{file} holds a hash of an input"
                );
            }
        }
    }
}
