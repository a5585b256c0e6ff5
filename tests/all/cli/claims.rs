//! The register of claims: what can be claimed, has been, lapsed or was refused, in the restricted folder alone.

use std::collections::{BTreeMap, BTreeSet};

use super::{MONTHLY, QUARTERLY, repository};

const BELOW: &str = "2026-27-Q2-quarterly/restricted";
const CLAIMS: [&str; 2] = ["sf2022.claim.successful_family", "tf2015.claim.tf_result"];

/// Case and claim.
type Of = (String, String);

/// What the council's own register says: the newest status of each that was sent or accepted, else the newest.
fn made() -> BTreeMap<Of, String> {
    let path = repository().join("sample-data/claims_made.csv");
    let mut rows = csv::Reader::from_path(path).expect("the claims");
    let mut all: BTreeMap<Of, Vec<(String, String)>> = BTreeMap::new();
    for row in rows.records().map(|row| row.expect("a claim")) {
        let day = format!("{}{}{}", &row[3][6..], &row[3][3..5], &row[3][..2]);
        let of = (row[1].to_owned(), row[2].to_owned());
        all.entry(of).or_default().push((day, row[4].to_owned()));
    }
    let newest = |mut made: Vec<(String, String)>| {
        made.sort();
        let stands = made.iter().rev().find(|(_, s)| s == "Sent" || s == "Accepted");
        stands.or_else(|| made.last()).expect("one at least").1.clone()
    };
    all.into_iter().map(|(of, made)| (of, newest(made))).collect()
}

/// The cases for which a claim holds, as auditors are told with all evidence.
fn held() -> BTreeSet<Of> {
    let mut all = BTreeSet::new();
    for claim in CLAIMS {
        let name = format!("{BELOW}/packs/claims/{}.csv", claim.replace(".claim.", "."));
        let cases = QUARTERLY.rows(&name).into_iter().map(|row| row["case_id"].clone());
        all.extend(cases.map(|case| (case, claim.to_owned())));
    }
    all
}

#[test]
fn every_result_stands_where_the_evidence_and_the_council_s_own_register_put_it() {
    let (made, held) = (made(), held());
    let mut stands: BTreeMap<Of, String> = BTreeMap::new();
    for line in QUARTERLY.rows(&format!("{BELOW}/claims/register.csv")) {
        let of = (line["case_id"].clone(), line["claim"].clone());
        let other = stands.insert(of, line["state"].clone());
        assert!(other.is_none_or(|other| other == line["state"]), "one state for all headlines");
    }
    let mut expected: BTreeMap<Of, String> = BTreeMap::new();
    for of in made.keys().chain(&held) {
        let state = match (held.contains(of), made.get(of).map(String::as_str)) {
            (true, Some("Sent" | "Accepted")) => "claimed",
            (false, Some("Sent" | "Accepted")) => "lapsed",
            (_, Some("Refused")) => "refused",
            (true, _) => "ready",
            (false, _) => continue,
        };
        expected.insert(of.clone(), state.to_owned());
    }
    // Besides them only what audit refused before anybody claimed it.
    stands.retain(|of, state| state != "refused" || expected.contains_key(of));
    assert_eq!(stands, expected);
    let states: BTreeSet<&str> = stands.values().map(String::as_str).collect();
    assert_eq!(states, BTreeSet::from(["claimed", "lapsed", "ready", "refused"]));
}

#[test]
fn totals_count_the_cases_of_the_register_and_every_line_says_by_which_definitions() {
    let lines = QUARTERLY.rows(&format!("{BELOW}/claims/register.csv"));
    for total in QUARTERLY.rows(&format!("{BELOW}/claims/totals.csv")) {
        let of = |name: &str| total[name].as_str();
        let whole = of("headline").is_empty();
        let counted = lines.iter().filter(|line| {
            line["claim"] == of("claim")
                && line["state"] == of("state")
                && (whole || line["headline"] == of("headline"))
        });
        let cases: BTreeSet<&str> = counted.map(|line| line["case_id"].as_str()).collect();
        assert_eq!(cases.len().to_string(), of("cases"), "{total:?}");
    }
    let versions: BTreeSet<(&str, &str)> =
        lines.iter().map(|line| (line["claim"].as_str(), line["version"].as_str())).collect();
    assert_eq!(versions.len(), 2, "one for each claim: {versions:?}");
    assert!(versions.iter().all(|(_, version)| version.len() == 12));
}

#[test]
fn each_line_leads_to_the_evidence_for_its_case() {
    let mut led: BTreeSet<bool> = BTreeSet::new();
    let held = held();
    // The cases of each file, read once.
    let mut cases: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in QUARTERLY.rows(&format!("{BELOW}/claims/register.csv")) {
        let of = (line["case_id"].clone(), line["claim"].clone());
        let claim = line["claim"].replace(".claim.", ".");
        let clauses = format!("restricted/packs/claims/{claim}.csv");
        let needs = "restricted/evidence/verdicts.csv".to_owned();
        let expected = if held.contains(&of) { clauses } else { needs };
        assert_eq!(line["evidence"], expected, "{of:?}");
        led.insert(held.contains(&of));
        let there = cases.entry(line["evidence"].clone()).or_insert_with(|| {
            let rows = QUARTERLY.rows(&format!("2026-27-Q2-quarterly/{}", line["evidence"]));
            rows.into_iter().map(|row| row["case_id"].clone()).collect()
        });
        assert!(there.contains(&line["case_id"]), "{of:?}");
    }
    assert_eq!(led.len(), 2, "some hold and some do not");
    for line in MONTHLY.rows("2026-09-monthly/restricted/claims/register.csv") {
        assert_eq!(line["evidence"], "restricted/evidence/verdicts.csv", "the month has no pack");
    }
}

#[test]
fn managers_read_the_totals_on_the_page_about_sustained_outcomes_and_nobody_else_does() {
    let page = MONTHLY.text("2026-09-monthly/internal/index.html");
    for total in MONTHLY.rows("2026-09-monthly/restricted/claims/totals.csv") {
        assert!(page.contains(&format!("{}</td>", total["cases"])), "{total:?}");
    }
    let says = |name: &str| MONTHLY.text(name).contains("Where claims stand, by headline");
    assert!(says("2026-09-monthly/internal/index.html"));
    assert!(!says("2026-09-monthly/board/index.html"));
}

#[test]
fn what_was_claimed_again_is_found_and_nobody_else_is_told() {
    let twice = QUARTERLY.rows(&format!("{BELOW}/claims/twice.csv"));
    let kinds: BTreeSet<&str> = twice.iter().map(|row| row["kind"].as_str()).collect();
    assert!(kinds.contains("claimed_again") && kinds.contains("other_framework"), "{kinds:?}");
    for run in [&*MONTHLY, &*QUARTERLY] {
        let register = |name: &&String| name.ends_with("/register.csv");
        let registers: Vec<&String> = run.files.keys().filter(register).collect();
        assert!(registers.len() == 1 && registers[0].contains("/restricted/"), "{registers:?}");
    }
}
