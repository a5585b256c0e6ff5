//! Decisions in the place of rules: what a run says of the sample council's register.

use std::collections::BTreeMap;
use std::fs;

use early_help::sample::Truth;

use super::{MONTHLY, QUARTERLY, repository, result_of};

const OVERRIDES: &str = "2026-09-monthly/restricted/evidence/overrides.csv";
const VERDICTS: &str = "2026-09-monthly/restricted/evidence/verdicts.csv";

#[test]
fn every_decision_is_listed_with_what_became_of_it_and_those_that_count_come_first() {
    let truth = fs::read(repository().join("sample-data/truth.json")).expect("the truth");
    let truth: Truth = serde_json::from_slice(&truth).expect("JSON");
    let rows = MONTHLY.rows(OVERRIDES);
    let file = truth.files.iter().find(|f| f.file == "decisions.csv").expect("the register");
    assert_eq!(rows.len() as u64, file.rows);
    let first = rows.iter().take_while(|r| r["effect"] == "counted").count();
    assert!(first > 20 && rows.iter().skip(first).all(|r| r["effect"] != "counted"));
    let effects: BTreeMap<u64, &str> =
        rows.iter().map(|r| (r["row"].parse().expect("a row"), r["effect"].as_str())).collect();
    for (kind, effect) in [
        ("decision_without_reason", "no_reason"),
        ("decision_by_no_approved_role", "role_not_approved"),
        ("decision_too_late", "too_late"),
        ("decision_after_as_at", "after_as_at"),
    ] {
        let planted = truth.planted.iter().find(|p| p.kind == kind).expect("planted");
        for row in &planted.rows {
            assert_eq!(effects[row], effect, "row {row}");
        }
    }
    // Some decide what the rule finds anyway.
    assert!(rows.iter().any(|r| r["effect"] == "as_by_rule"));
}

#[test]
fn an_outcome_decided_by_a_role_says_so_beside_its_verdict() {
    let verdicts = MONTHLY.rows(VERDICTS);
    let decided: Vec<_> = MONTHLY
        .rows(OVERRIDES)
        .into_iter()
        .filter(|r| r["effect"] == "counted" && r["definition"].contains(".outcome."))
        .collect();
    for decision in &decided {
        let line = verdicts
            .iter()
            .find(|v| {
                let about = format!("{}.outcome.{}", v["framework"], v["outcome"]);
                v["case_id"] == decision["case_id"] && about == decision["definition"]
            })
            .expect("a verdict");
        assert_eq!(line["outcome_verdict"], decision["decided"]);
        assert_eq!(line["reason"], format!("override:{}", decision["role"]));
        assert_ne!(decision["by_rule"], decision["decided"]);
    }
    let said = verdicts.iter().filter(|v| v["reason"].starts_with("override:")).count();
    assert_eq!(said, decided.len());
    // The list from which an audit draws its sample begins with them.
    let audit = MONTHLY.rows("2026-09-monthly/restricted/extracts/outcomes_to_audit.csv");
    let by_role: Vec<bool> = audit.iter().map(|r| r["Decided by a named role"] == "yes").collect();
    assert!(by_role[0] && !by_role[by_role.len() - 1]);
    assert!(by_role.is_sorted_by(|a, b| a >= b), "decisions come first");
}

#[test]
fn a_decision_is_told_in_words_and_on_the_line_of_time() {
    let decisions = MONTHLY.rows(OVERRIDES);
    let counted = &decisions[0];
    let told = result_of(&["explain", "case", &counted["case_id"]]);
    let because = format!(
        "{}: {}, because {} decided so on ",
        counted["definition"],
        counted["decided"],
        counted["role"].replace('_', " ")
    );
    assert!(told.contains(&because), "{told}");
    assert!(told.contains(&format!("overrides row {}: ", counted["row"])), "{told}");
    let refused = decisions.iter().find(|r| r["effect"] == "too_late").expect("one too late");
    let told = result_of(&["explain", "case", &refused["case_id"]]);
    assert!(told.contains("decision that does not count: met"), "{told}");
    assert!(told.contains(", too late"), "{told}");
}

#[test]
fn those_who_may_see_small_counts_are_told_how_many_by_role_and_others_that_there_are_some() {
    let inside = MONTHLY.text("2026-09-monthly/internal/index.html");
    assert!(inside.contains("Decisions by the role of whoever decided"));
    assert!(inside.contains("Why decisions do not count"));
    let board = MONTHLY.text("2026-09-monthly/board/index.html");
    assert!(!board.contains("Decisions by the role") && board.contains("each is listed for audit"));
    let all = |folder: &str| ["internal", "auditor"].contains(&folder);
    let partners = QUARTERLY.files.keys().filter(|name| name.ends_with("index.html"));
    for page in partners.filter(|name| name.split('/').nth(1).is_some_and(|f| !all(f))) {
        assert!(!QUARTERLY.text(page).contains("Decisions by the role"), "{page}");
    }
}
