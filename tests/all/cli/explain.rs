//! Why: the picture of a case, the way to a figure, and what a change of the definitions moves.

use std::fs;
use std::sync::LazyLock;

use serde_json::Value;
use tempfile::TempDir;

use super::{MONTHLY, a_folder, copy_of, early_help, replace, result_of, text};

/// A small council: these tests read it several times.
static COUNCIL: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = a_folder();
    result_of(&["sample", "--families", "300", "--seed", "7", "--out", text(folder.path())]);
    folder
});

fn on_council(arguments: &[&str]) -> super::Ended {
    early_help(&[arguments, &["--data", text(COUNCIL.path())]].concat())
}

#[test]
fn a_case_is_drawn_on_pages_that_say_themselves_in_words() {
    let verdicts = MONTHLY.rows("2026-09-monthly/restricted/evidence/verdicts.csv");
    let met = verdicts.iter().find(|v| v["outcome_verdict"] == "met").expect("a success");
    let folder = a_folder();
    let file = folder.path().join("case.svg");
    result_of(&["explain", "case", &met["case_id"], "--out", text(&file)]);
    let mut pages = Vec::new();
    for entry in fs::read_dir(folder.path()).expect("the pages").flatten() {
        pages.push(fs::read_to_string(entry.path()).expect("text"));
    }
    assert!(!pages.is_empty());
    for page in &pages {
        assert!(page.starts_with("<svg") && page.contains("role=\"img\""));
        assert!(page.contains(&format!("Case {}", met["case_id"])) && page.contains("<desc"));
    }
    assert!(pages.concat().contains(": met, because "));
}

#[test]
fn a_figure_is_taken_apart_for_those_who_may_see_cases() {
    let asked =
        ["explain", "cell", "families_all_needs_met", "--period", "2025-26", "--format", "json"];
    let ended = on_council(&asked);
    assert_eq!(ended.code, 0, "{}", ended.err);
    let cells: Value = serde_json::from_str(&ended.out).expect("JSON");
    let cell = &cells[0];
    let steps = cell["steps"].as_array().expect("steps");
    let count = |what: &str| {
        let step = steps.iter().find(|s| s["what"].as_str().is_some_and(|w| w.starts_with(what)));
        step.and_then(|s| s["count"].as_u64())
    };
    let behind: u64 = cell["behind"]
        .as_array()
        .expect("units")
        .iter()
        .map(|b| b["units"].as_array().map_or(0, Vec::len) as u64)
        .sum();
    assert_eq!(count("cases considered"), Some(behind), "{}", ended.out);
    assert!(count("in the numerator") <= count("counted") && count("counted") > Some(0));
}

#[test]
fn others_are_told_what_is_published_and_no_more() {
    let out = a_folder();
    let asked = [
        "outcomes_met",
        "--period",
        "2025-26",
        "--by",
        "locality",
        "--audience",
        "commissioner",
        "--out",
        text(out.path()),
    ];
    let explained = on_council(&[&["explain", "cell"], asked.as_slice()].concat());
    let queried = on_council(&[&["query"], asked.as_slice()].concat());
    assert_eq!((explained.code, &explained.out), (0, &queried.out));
    assert!(!explained.out.contains("considered") && !explained.out.contains("EH0"));
}

#[test]
fn a_changed_definition_shows_which_cases_and_which_figures_it_moves() {
    let changed = copy_of("outcome-definitions");
    let file = changed.path().join("project.toml");
    replace(&file, "value = 3\ntitle = \"Needs a family", "value = 1\ntitle = \"Needs a family");
    let folders = ["outcome-definitions", text(changed.path())];
    let asked = [&["explain", "diff"], folders.as_slice(), &["--format", "json"]].concat();
    let ended = on_council(&asked);
    assert_eq!(ended.code, 0, "{}", ended.err);
    let found: Value = serde_json::from_str(&ended.out).expect("JSON");
    // Both readings of three rest on the number.
    let claim = "sf2022.claim.successful_family";
    let both = [claim, "sf2022.claim.successful_family_by_headlines"];
    let names: Vec<&Value> =
        found["definitions"].as_array().expect("a list").iter().map(|d| &d["name"]).collect();
    assert_eq!(names, both);
    let verdicts = found["verdicts"].as_array().expect("a list");
    assert!(
        !verdicts.is_empty() && verdicts.iter().all(|v| both.iter().any(|name| v["name"] == *name)),
        "{}",
        ended.out
    );
    let to_met = verdicts.iter().find(|v| v["from"] == "not_met" && v["to"] == "met");
    assert!(to_met.is_some_and(|v| !v["cases"].as_array().expect("cases").is_empty()));
    for cell in found["cells"].as_array().expect("a list") {
        assert!(both.iter().any(|name| cell["because"][0] == *name), "{}", ended.out);
    }
    // The same twice differs in nothing.
    let same = on_council(&["explain", "diff", "outcome-definitions", "outcome-definitions"]);
    assert_eq!(same.out.matches("  none\n").count(), 3, "{}", same.out);
}
