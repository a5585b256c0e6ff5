//! What definitions mean, whether they are sound, and whether their examples still come out.

use serde_json::Value;

use super::{MONTHLY, copy_of, early_help, replace, result_of, text};

#[test]
fn findings_can_be_read_by_an_editor() {
    let sound: Value =
        serde_json::from_str(&result_of(&["check", "--format", "json"])).expect("JSON");
    assert_eq!(sound, Value::Array(Vec::new()));

    let broken = copy_of("outcome-definitions");
    replace(&broken.path().join("sf2022.toml"), "up_to = \"closed_on\"", "up_to = \"closd_on\"");
    let ended = early_help(&["check", "--format", "json", "--definitions", text(broken.path())]);
    assert_eq!(ended.code, 3);
    let findings: Value = serde_json::from_str(&ended.out).expect("JSON");
    assert_eq!(findings[0]["severity"], "error");
    assert_eq!(findings[0]["help"], "did you mean `closed_on`?");
    assert!(findings[0]["line"].is_u64() && findings[0]["column"].is_u64());
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
        assert!(line.contains("examples.toml:") && line.contains("not_missing"), "{line}");
    }
    assert!(ended.err.contains("examples do not come out as they say"));
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
    let need = format!("{}.{}: need met", met["framework"], met["need"]);
    let outcome = format!("{}: met", met["outcome"]);
    assert!(told.contains(&need) && told.contains(&outcome), "{told}");
    let rows = MONTHLY.rows("2026-09-monthly/restricted/evidence/rows.csv");
    let test = format!("{}.need.{}.", met["framework"], met["need"]);
    let behind =
        rows.iter().find(|r| r["case_id"] == met["case_id"] && r["test"].starts_with(&test));
    let behind = behind.expect("a row behind the need");
    assert!(told.contains(&format!("{} row {} ", behind["source"], behind["row"])), "{told}");
}
