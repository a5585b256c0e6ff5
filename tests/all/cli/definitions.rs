//! What definitions mean, whether they are sound, and whether their examples still come out.

use serde_json::Value;

use super::{MONTHLY, Run, copy_of, early_help, replace, result_of, text};

#[test]
fn findings_can_be_read_by_an_editor() {
    let sound: Value =
        serde_json::from_str(&result_of(&["check", "--format", "json"])).expect("JSON");
    let of_sound = sound.as_array().expect("a list");
    assert!(of_sound.iter().all(|f| f["severity"] == "warning"), "{sound}");

    let broken = copy_of("outcome-definitions");
    replace(&broken.path().join("sf2022.toml"), "up_to = \"closed_on\"", "up_to = \"closd_on\"");
    let ended = early_help(&["check", "--format", "json", "--definitions", text(broken.path())]);
    assert_eq!(ended.code, 3);
    let findings: Value = serde_json::from_str(&ended.out).expect("JSON");
    let findings = findings.as_array().expect("a list");
    let found = findings.iter().find(|f| f["severity"] == "error").expect("the error");
    assert_eq!(
        (&found["code"], &found["help"]),
        (&"anchor".into(), &"did you mean `closed_on`?".into())
    );
    let numbers = ["line", "column", "end_line", "end_column"];
    assert!(numbers.iter().all(|n| found[*n].is_u64()), "{found}");
    assert!(found["file"].as_str().is_some_and(|f| f.ends_with("sf2022.toml")), "{found}");
}

#[test]
fn what_is_left_of_broken_definitions_runs_and_says_so_at_the_head() {
    let broken = copy_of("outcome-definitions");
    replace(&broken.path().join("sf2022.toml"), "up_to = \"closed_on\"", "up_to = \"closd_on\"");
    let place = text(broken.path()).to_owned();
    let report = ["report", "monthly", "--definitions", &place];
    let stopped = early_help(&[&report[..], &["--out", &place]].concat());
    assert_eq!((stopped.code, stopped.out.as_str()), (3, ""), "without keep_going nothing runs");

    replace(&broken.path().join("project.toml"), "[project]", "[project]\nkeep_going = true");
    let checked = early_help(&["check", "--definitions", &place]);
    assert_eq!(checked.code, 3);
    assert!(checked.err.contains("the project keeps going without:"), "{}", checked.err);
    assert!(checked.err.contains("which was left out"), "{}", checked.err);

    let run = Run::of(&report);
    assert!(run.said.err.contains("warning: "), "{}", run.said.err);
    let page = run.text("2026-09-monthly/board/index.html");
    let notice =
        page.find("left out because of mistakes in the definition files").expect("the notice");
    assert!(notice < page.find("In this report").expect("the contents"));
    let manifest: Value = serde_json::from_str(run.text("2026-09-monthly/run.json")).expect("JSON");
    let left_out = manifest["left_out"].as_array().expect("a list");
    assert!(left_out.iter().any(|d| d["because"].as_str().is_some_and(|b| b.contains("closd_on"))));
    let query = ["query", "cases_closed", "--audience", "internal", "--format", "json"];
    let asked = early_help(&[&query[..], &["--definitions", &place]].concat());
    let answer: Value = serde_json::from_str(&asked.out).expect("JSON");
    assert!(answer["notices"][0].as_str().is_some_and(|n| n.contains("left out")), "{answer}");
    assert!(asked.err.contains("warning: "), "{}", asked.err);
}

#[test]
fn a_local_change_is_printed_wherever_the_definition_is() {
    let amended = copy_of("outcome-definitions");
    let local = "[file]\nlanguage = 1\nid = \"local\"\ntitle = \"Local\"\n[amend.\"measure.cases_closed\"]\ntitle = \"Cases ended\"\nwhy = \"Our word\"\nagreed_by = \"The board\"\nagreed_on = 2026-01-18\n";
    std::fs::write(amended.path().join("local.toml"), local).expect("it can be written");
    let uses = ("\"examples_local\"]", "\"examples_local\", \"local\"]");
    replace(&amended.path().join("project.toml"), uses.0, uses.1);
    let place = text(amended.path()).to_owned();
    let reason = "Our word (agreed by The board on 18 January 2026)";
    let change = "title: \"Cases closed\" becomes \"Cases ended\"";
    let checked = result_of(&["check", "--definitions", &place]);
    assert!(checked.contains(reason) && checked.contains(change), "{checked}");
    let told =
        result_of(&["explain", "definition", "measure.cases_closed", "--definitions", &place]);
    assert!(
        told.starts_with("Cases ended") && told.contains(reason) && told.contains(change),
        "{told}"
    );
    let run = Run::of(&["report", "monthly", "--definitions", &place]);
    let page = run.text("2026-09-monthly/board/index.html");
    assert!(page.contains("Definitions that were changed locally"), "the section on data health");
    let manifest: Value = serde_json::from_str(run.text("2026-09-monthly/run.json")).expect("JSON");
    assert_eq!(manifest["amendments"][0]["of"], "measure.cases_closed");
    assert_eq!(manifest["amendments"][0]["agreed_on"], "2026-01-18");
}

#[test]
fn a_loosened_window_fails_the_worked_examples_on_its_edge() {
    let loose = copy_of("outcome-definitions");
    let file = loose.path().join("sf2022.toml");
    let block = "[outcome.not_missing]\nneed      = \"missing_from_home\"\ntitle     = \"No missing episodes for six months\"\nsustained = ";
    replace(&file, &format!("{block}\"6 months\""), &format!("{block}\"5 months\""));
    let test = "where   = \"kind = 'missing' and role = 'subject'\"\nwindow  = { after = \"sustain_from\", for = ";
    replace(&file, &format!("{test}\"6 months\""), &format!("{test}\"5 months\""));
    let ended = early_help(&["test", "--definitions", text(loose.path())]);
    assert_eq!(ended.code, 1, "{}", ended.err);
    let failed: Vec<&str> = ended.out.lines().filter(|l| l.starts_with("FAILED ")).collect();
    assert!(!failed.is_empty(), "{}", ended.out);
    for line in failed {
        // So do those of the lists that tell how long this window still runs.
        let rests_on_it = line.contains("not_missing") || line.contains(" extract.");
        assert!(line.contains("/examples") && rests_on_it, "{line}");
    }
    assert!(ended.err.contains("examples do not come out as they say"));
    // The family's timeline says what came and why.
    assert!(ended.out.contains("1 September 2024 to 31 January 2025"), "{}", ended.out);
    assert!(ended.out.contains("28 February 2025  police: "), "{}", ended.out);
}

#[test]
fn examples_can_be_picked_by_name_and_read_by_a_program() {
    let told = result_of(&["test", "claim.has_need", "--format", "json"]);
    let all: Value = serde_json::from_str(&told).expect("JSON");
    let all = all.as_array().expect("a list");
    assert!(!all.is_empty() && all.iter().all(|e| e["of"] == "sf2022.claim.has_need"));
    assert!(all.iter().all(|e| e["passed"] == true && e["line"].is_u64()));
    let none = early_help(&["test", "no_such_definition"]);
    assert_eq!((none.code, none.out.as_str()), (2, ""));
}

#[test]
fn every_change_to_a_definition_is_noticed_until_the_example_that_would_has_gone() {
    let told = result_of(&["test", "youth_crime", "--mutate"]);
    assert!(told.contains("0 are noticed by nobody"), "{told}");

    let thin = copy_of("outcome-definitions");
    replace(&thin.path().join("project.toml"), ", \"examples_edges\"", "");
    let ended =
        early_help(&["test", "youth_crime", "--mutate", "--definitions", text(thin.path())]);
    assert_eq!(ended.code, 1, "{}", ended.out);
    assert!(ended.out.contains("  none: the window starts a day earlier\n"), "{}", ended.out);
}

#[test]
fn a_definition_without_an_example_for_a_verdict_is_warned_of() {
    let thin = copy_of("outcome-definitions");
    replace(&thin.path().join("project.toml"), ", \"examples_edges\"", "");
    let ended = early_help(&["check", "--format", "json", "--definitions", text(thin.path())]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    let findings: Value = serde_json::from_str(&ended.out).expect("JSON");
    let of = |name: &str| {
        let all = findings.as_array().expect("a list").iter();
        all.filter(|f| f["code"] == "coverage")
            .filter_map(|f| f["message"].as_str())
            .find(|m| m.contains(name))
            .unwrap_or_default()
    };
    assert_eq!(of("fact.reviewed_within_6_weeks"), "`fact.reviewed_within_6_weeks` has no example");
    assert!(
        of("need.youth_crime")
            .ends_with("with a row on the day after its last day (window of `incident`)")
    );
    assert_eq!(of("outcome.not_missing"), "");
}

#[test]
fn a_definition_is_said_in_words_and_an_unknown_one_is_refused() {
    let words = result_of(&["explain", "definition", "sf2022.outcome.not_missing"]);
    assert!(words.contains("No missing episodes for six months"), "{words}");
    assert!(words.contains("6 months"), "{words}");
    let unknown = early_help(&["explain", "definition", "measure.no_such_thing"]);
    assert_eq!((unknown.code, unknown.out.as_str()), (2, ""));
    assert!(unknown.err.contains("mend:"), "{}", unknown.err);
}

#[test]
fn a_case_is_explained_as_the_evidence_has_it() {
    let verdicts = MONTHLY.rows("2026-09-monthly/restricted/evidence/verdicts.csv");
    let met = verdicts.iter().find(|v| v["outcome_verdict"] == "met").expect("a success");
    let told = result_of(&["explain", "case", &met["case_id"]]);
    let need = format!("{}.need.{}: met, because ", met["framework"], met["need"]);
    let outcome = format!("{}.outcome.{}: met, because ", met["framework"], met["outcome"]);
    assert!(told.contains(&need) && told.contains(&outcome), "{told}");
    let tests = MONTHLY.rows("2026-09-monthly/restricted/evidence/tests.csv");
    let of_need = format!("{}.need.{}.", met["framework"], met["need"]);
    let (source, behind) = tests
        .iter()
        .filter(|t| t["test"].starts_with(&of_need) && t["rows"] != "0")
        .find_map(|t| {
            let of_test = format!("2026-09-monthly/restricted/evidence/rows/{}.csv", t["test"]);
            let rows = MONTHLY.rows(&of_test);
            let of_case = rows.into_iter().find(|r| r["case_id"] == met["case_id"])?;
            Some((t["source"].clone(), of_case["rows"].clone()))
        })
        .expect("a row behind the need");
    for row in behind.split(' ') {
        let row = format!("  {source} row {row}\n");
        assert!(told.contains(&row), "{told}");
    }
}
