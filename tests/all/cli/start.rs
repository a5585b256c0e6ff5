//! The first hour of a new council: start a folder, make a council to try on, look at a report.

use super::{Run, a_folder, early_help, result_of, text};

#[test]
fn a_new_council_starts_a_folder_checks_it_and_reports_on_a_sample() {
    let folder = a_folder();
    let ours = folder.path().join("ours");
    let started = result_of(&["init", text(&ours), "--council", "Testshire"]);
    let definitions = ours.join("outcome-definitions");
    assert_eq!(started.trim_end(), text(&definitions));
    assert!(result_of(&["check", "--definitions", text(&definitions)]).contains("No errors"));

    let again = early_help(&["init", text(&ours)]);
    assert_eq!((again.code, again.out.as_str()), (5, ""));
    assert!(again.err.contains("mend:"), "{}", again.err);

    let exports = folder.path().join("exports");
    result_of(&["sample", "--families", "40", "--seed", "7", "--out", text(&exports)]);
    let run = Run::of(&[
        "report",
        "monthly",
        "--quiet",
        "--definitions",
        text(&definitions),
        "--data",
        text(&exports),
    ]);
    assert_eq!(run.said.err, "", "nothing is said to those who want quiet");
    let page = run.text("2026-09-monthly/board/index.html");
    assert!(page.contains("Testshire") && !page.contains("Marlshire Council"));
}

#[test]
fn the_same_seed_makes_the_same_council() {
    let folder = a_folder();
    let [one, same, other] = ["one", "same", "other"].map(|n| folder.path().join(n));
    for (out, seed) in [(&one, "7"), (&same, "7"), (&other, "8")] {
        result_of(&["sample", "--families", "40", "--seed", seed, "--out", text(out)]);
    }
    let [one, same, other] = [one, same, other].map(|f| super::files_below(&f));
    assert!(one == same, "one seed, two councils");
    assert!(one != other, "two seeds, one council");
}

#[test]
fn shells_can_complete_every_command() {
    let script = result_of(&["completions", "bash"]);
    for command in
        ["init", "sample", "check", "test", "report", "pack", "query", "explain", "verify"]
    {
        assert!(script.contains(&format!("early__help,{command})")), "{command}");
    }
}
