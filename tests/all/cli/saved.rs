//! Saved questions: one command each, answered as the measures and lists that they name.

use super::{a_folder, early_help, result_of, text};

#[test]
fn every_saved_question_is_answered() {
    let out = a_folder();
    let listed = result_of(&["query", "--list"]);
    let names: Vec<&str> = listed.lines().filter_map(|l| l.split_whitespace().next()).collect();
    assert!(names.len() >= 4, "{listed}");
    for name in names {
        let answer =
            result_of(&["query", "--saved", name, "--format", "csv", "--out", text(out.path())]);
        assert!(answer.lines().count() > 1, "{name}: {answer}");
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
    let single = ["contacts", "cases_started", "cases_closed"]
        .map(|m| ask(&[m, "--audience", "public", "--period", "2024-25"]));
    assert_eq!(saved, single.concat());
    let refused = early_help(&["query", "--saved", "foi_demnd"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("did you mean `foi_demand`?"), "{}", refused.err);
}
