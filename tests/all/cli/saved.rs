//! Saved questions: one command each, answered as the measures and lists that they name.

use std::fs;
use std::path::Path;

use super::{a_folder, early_help, result_of, text};

#[test]
fn every_saved_question_is_answered() {
    let out = a_folder();
    let listed = result_of(&["query", "--list"]);
    let names: Vec<&str> = listed.lines().filter_map(|l| l.split_whitespace().next()).collect();
    assert!(names.len() >= 4, "{listed}");
    for name in names {
        let ask = ["query", "--saved", name, "--out", text(out.path())];
        let answer = result_of(&ask);
        assert!(!answer.trim().is_empty(), "{name}");
    }
    // A list of single people is printed nowhere: it goes into a restricted folder.
    let answer = result_of(&["query", "--saved", "annex_a_list_2", "--out", text(out.path())]);
    assert_eq!(answer.lines().count(), 1, "{answer}");
    let list = Path::new(answer.trim()).join("restricted/annex_a_list_2.csv");
    assert!(fs::read_to_string(list).expect("a list").lines().count() > 100);
    let verified = early_help(&["verify", answer.trim()]);
    assert_eq!(verified.code, 0, "{}", verified.out);
    for more in [["--audience", "public"], ["--period", "2025-26"]] {
        let refused = early_help(&[&["query", "--saved", "annex_a_list_2"], &more[..]].concat());
        assert_eq!(refused.code, 2, "{}", refused.err);
    }
}

#[test]
fn a_saved_question_says_what_its_measures_say_one_by_one() {
    let out = a_folder();
    let ask = |arguments: &[&str]| {
        result_of(
            &[&["query"], arguments, &["--format", "csv", "--out", text(out.path())]].concat(),
        )
    };
    let saved = ask(&["--saved", "foi_demand", "--period", "2024-25"]);
    for measure in ["contacts", "cases_started", "cases_closed"] {
        let single = ask(&[measure, "--audience", "public", "--period", "2024-25"]);
        let rest = saved.split(&format!("# {measure}, ")).nth(1).expect("it is there");
        let (_, table) = rest.split_once('\n').expect("lines");
        assert!(table.starts_with(single.trim_end()), "{measure}: {saved}");
    }
    let json = result_of(&[
        "query",
        "--saved",
        "foi_demand",
        "--format",
        "json",
        "--out",
        text(out.path()),
    ]);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json.as_array().map(Vec::len), Some(3));
    let refused = early_help(&["query", "--saved", "foi_demnd"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("did you mean `foi_demand`?"), "{}", refused.err);
}
