//! What is wrong with the records: on the page, in the files, and on the command line.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{MONTHLY, early_help, small};

const INTERNAL: &str = "2026-09-monthly/internal/data/checks.csv";
const BOARD: &str = "2026-09-monthly/board/data/checks.csv";
const LIST: &str = "2026-09-monthly/restricted/evidence/checks.csv";

#[test]
fn the_planted_people_whom_nobody_linked_are_found_and_listed() {
    let truth = std::fs::read_to_string(super::repository().join("sample-data/truth.json"));
    let truth: early_help::sample::Truth =
        serde_json::from_str(&truth.expect("it is there")).expect("the truth");
    let planted = truth.planted.iter().find(|p| p.kind == "child_not_born_at_start");
    let planted: Vec<String> =
        planted.expect("planted").rows.iter().map(ToString::to_string).collect();
    let listed = MONTHLY.rows(LIST);
    let found: Vec<&String> = (listed.iter())
        .filter(|r| r["check"] == "person_without_family" && r["source"] == "people")
        .map(|r| &r["row"])
        .collect();
    assert_eq!(found, planted.iter().collect::<Vec<_>>());
}

#[test]
fn counts_levels_and_lists_agree() {
    let rows = MONTHLY.rows(INTERNAL);
    let number = |row: &BTreeMap<String, String>, field: &str| -> u64 {
        row[field].parse().unwrap_or_else(|_| panic!("{field} of {row:?}"))
    };
    let listed = MONTHLY.rows(LIST);
    let used: BTreeMap<String, u64> = (MONTHLY.manifest("2026-09-monthly/run.json").ledger)
        .into_iter()
        .map(|l| (l.source, l.used))
        .collect();
    let mut whole = 0;
    for row in rows.iter().filter(|r| r["breakdown"] == "all") {
        let (check, found) = (&row["check"], number(row, "found"));
        assert!(
            number(row, "checked") <= used[&row["source"]],
            "{check}: more rows than were used"
        );
        let in_list = listed.iter().filter(|r| r["check"] == *check).count() as u64;
        // What is no more than chance is not listed.
        assert!(in_list == found || in_list == 0, "{check}: {in_list} listed, {found} found");
        for by in ["team", "agency"] {
            let of: Vec<_> =
                rows.iter().filter(|r| r["check"] == *check && r["breakdown"] == by).collect();
            if !of.is_empty() {
                let sum = |field| of.iter().map(|r| number(r, field)).sum::<u64>();
                assert_eq!(
                    (sum("checked"), sum("found")),
                    (number(row, "checked"), found),
                    "{check}"
                );
            }
        }
        whole += 1;
    }
    assert!(whole > 40, "only {whole} checks looked at the sample");
    assert!(listed.iter().any(|r| r["source"] == "cases" && !r["case_id"].is_empty()));
}

#[test]
fn the_board_is_told_shares_and_neither_counts_nor_teams() {
    let internal = MONTHLY.rows(INTERNAL);
    let mut shown = 0;
    for row in MONTHLY.rows(BOARD) {
        assert_eq!((row["breakdown"].as_str(), row["found"].as_str()), ("all", ""), "{row:?}");
        let whole =
            |r: &&BTreeMap<String, String>| r["check"] == row["check"] && r["breakdown"] == "all";
        let known = internal.iter().find(whole).expect("the same check");
        let (checked, found): (f64, f64) =
            (known["checked"].parse().expect("a count"), known["found"].parse().expect("a count"));
        let hidden = small(found) || small(checked - found);
        assert_eq!(row["symbol"] == "c", hidden, "{}", row["check"]);
        shown += usize::from(!hidden);
    }
    assert!(shown > 20, "only {shown} shares are shown");
    let page = MONTHLY.text("2026-09-monthly/board/index.html");
    assert!(page.contains("Share of the records in which this is not wrong"));
    assert!(!page.contains("What to mend in the records"));
}

#[test]
fn the_managers_page_says_what_to_mend_first() {
    let page = MONTHLY.text("2026-09-monthly/internal/index.html");
    let health = page.split("id=\"section-data-health\"").nth(1).expect("the section");
    for words in ["things of high priority", "What to mend in the records", "Findings by team"] {
        assert!(health.contains(words), "{words}");
    }
    let high = health.find("<td>High priority</td>").expect("a finding");
    let warning = health.find("<td>Warning</td>").expect("a finding");
    assert!(high < warning, "the gravest come first");
}

#[test]
fn check_looks_at_the_records_and_fails_when_one_cannot_wait() {
    let asked = early_help(&["check", "--data", "sample-data", "--format", "json"]);
    assert_eq!(asked.code, 1, "{}", asked.err);
    let found: Value = serde_json::from_str(&asked.out).expect("JSON");
    let checks = found["checks"].as_array().expect("a list");
    let high = |c: &&Value| c["grade"] == "high_priority" && c["told"] == true;
    assert!(checks.iter().any(|c| high(&c)), "{}", asked.out);
    let unused = found["unused_rows"].as_array().expect("a list");
    let rows: u64 = unused.iter().filter_map(|u| u["rows"].as_u64()).sum();
    let aside = MONTHLY.rows("2026-09-monthly/restricted/evidence/quarantine.csv").len();
    assert_eq!(rows, aside as u64, "the rows of the ledger that were not used");

    let by = early_help(&["check", "--data", "sample-data", "--by", "team", "--quiet"]);
    assert!(by.out.contains("Findings by team"), "{}", by.out);
    let wrong = early_help(&["check", "--data", "sample-data", "--by", "teem"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("did you mean `team`?"), "{}", wrong.err);
}
