//! What goes wrong is said plainly, to the right stream, with the right code, before anything is
//! half written.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{a_folder, copy_of, early_help, replace, repository, result_of, text};

/// A report that has to fail with this code: what it said.
fn fails(code: i32, arguments: &[&str]) -> String {
    let out = a_folder();
    let reports = out.path().join("reports");
    let ended = early_help(&[&["report", "monthly", "--out", text(&reports)], arguments].concat());
    assert_eq!(ended.code, code, "{}", ended.err);
    assert_eq!(ended.out, "", "results are for those who succeed");
    let left = fs::read_dir(&reports).map_or(0, Iterator::count);
    assert_eq!(left, 0, "something half written was left");
    ended.err
}

/// The exports of a small council.
fn exports() -> TempDir {
    let folder = a_folder();
    result_of(&["sample", "--families", "40", "--out", text(folder.path())]);
    folder
}

fn assert_says(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "no \"{part}\" in:\n{message}");
    }
}

#[test]
fn a_missing_export_is_named_with_the_mapping_that_wants_it() {
    let data = exports();
    fs::remove_file(data.path().join("taf_reviews.csv")).expect("it was there");
    let said = fails(4, &["--data", text(data.path())]);
    assert_says(&said, &["taf_reviews.csv", "`reviews`", "mend: put the file there"]);
}

#[test]
fn a_renamed_column_is_named_with_the_nearest_that_is_there() {
    let data = exports();
    replace(&data.path().join("taf_reviews.csv"), "Meeting Date", "Meeting Dates");
    let said = fails(4, &["--data", text(data.path())]);
    assert_says(
        &said,
        &[
            "taf_reviews.csv",
            "\"Meeting Date\"",
            "line 1",
            "mend:",
            "did you mean \"Meeting Dates\"?",
        ],
    );
}

#[test]
fn an_export_in_another_encoding_is_refused_without_its_text() {
    let data = exports();
    let file = data.path().join("feedback.csv");
    let mut bytes = fs::read(&file).expect("it is there");
    bytes.extend(b"FB1,Ren\xe9e,,,,\n");
    fs::write(&file, bytes).expect("it can be written");
    let said = fails(4, &["--data", text(data.path())]);
    assert_says(&said, &["feedback.csv", "UTF-8", "mend: correct `encoding`"]);
    assert!(!said.contains("Ren"), "{said}");
}

#[test]
fn every_mistake_in_the_definitions_is_shown_at_its_place_at_once() {
    let broken = copy_of("outcome-definitions");
    let file = |name: &str| broken.path().join(name);
    replace(&file("sf2022.toml"), "up_to = \"closed_on\"", "up_to = \"closd_on\"");
    replace(&file("sf2022.toml"), "param.minimum_needs", "param.minimum_neds");
    replace(&file("packs.toml"), "measure = \"contacts\"", "measure = \"contactz\"");
    let said = fails(3, &["--definitions", text(broken.path())]);
    for (name, wrong, mend) in [
        ("sf2022.toml", "closd_on", "closed_on"),
        ("sf2022.toml", "param.minimum_neds", "minimum_needs"),
        ("packs.toml", "contactz", "contacts"),
    ] {
        let line = line_with(&file(name), wrong);
        assert_says(&said, &[&format!("{name}:{line}:"), &format!("did you mean `{mend}`?")]);
        let shown = said
            .lines()
            .skip_while(|l| !l.contains("--> ") || !l.contains(&format!("{name}:{line}:")));
        let carets = "^".repeat(wrong.len());
        assert!(shown.take(5).any(|l| l.contains(&carets)), "no caret under {wrong}:\n{said}");
    }
    assert_says(&said, &["3 errors", "nothing was computed"]);
}

/// The line of a file on which a word first stands, counted from 1.
fn line_with(path: &Path, word: &str) -> usize {
    let content = fs::read_to_string(path).expect("it can be read");
    content.lines().position(|l| l.contains(word)).expect("the word is there") + 1
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    // Below a file there can be no folder, whoever asks.
    let below_a_file = repository().join("Cargo.toml").join("reports");
    let ended = early_help(&["report", "monthly", "--out", text(&below_a_file)]);
    assert_eq!((ended.code, ended.out.as_str()), (5, ""));
    assert_says(&ended.err, &[text(&below_a_file), "mend: choose another folder"]);
}

#[test]
fn a_command_that_is_not_understood_says_what_could_be_meant() {
    for (arguments, hint) in [
        (&["report", "weekly"][..], "monthly"),
        (&["report", "monthly", "--period", "2026-13"], "2026-09"),
        (&["report", "monthly", "--period", "2026-27-Q2"], "2026-09"),
        (&["report", "monthly", "--period", "2026-10"], "not over"),
        (&["pack", "quarterly", "--period", "2026-09"], "2026-27-Q2"),
        (&["reprot", "monthly"], "report"),
    ] {
        let ended = early_help(arguments);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{arguments:?}");
        assert!(ended.err.contains(hint), "{arguments:?}: {}", ended.err);
    }
}
