//! Row-level packs: every case of a claim with each clause behind it, in the restricted folder alone.

use std::collections::{BTreeMap, BTreeSet};

use super::{MONTHLY, QUARTERLY};

const BELOW: &str = "2026-27-Q2-quarterly/restricted";

/// The cases of the auditor's list for which a claim says so.
fn listed(says: &str) -> BTreeSet<String> {
    let families = QUARTERLY.rows(&format!("{BELOW}/packs/claims/claimed_families.csv"));
    let claimed = families.iter().filter(|row| row[says] == "yes");
    claimed.map(|row| row["Case"].clone()).collect()
}

#[test]
fn the_claimed_cases_are_those_that_the_saved_list_names() {
    for (claim, says) in [
        ("sf2022.successful_family", "Supporting Families result"),
        ("tf2015.tf_result", "Troubled Families result"),
    ] {
        let clauses = QUARTERLY.rows(&format!("{BELOW}/packs/claims/{claim}.csv"));
        let cases: BTreeSet<String> = clauses.iter().map(|row| row["case_id"].clone()).collect();
        assert_eq!(cases, listed(says), "{claim}");
        assert!(cases.len() > 50, "{claim}: only {} cases", cases.len());
    }
}

#[test]
fn each_claimed_family_has_three_needs_that_were_met_and_all_that_practice_asks_for() {
    let name = format!("{BELOW}/packs/claims/sf2022.successful_family.csv");
    assert_eq!(
        QUARTERLY.header(&name),
        "case_id,of,test,status,reason,window_start,window_end,source,rows,values"
    );
    let clauses = QUARTERLY.rows(&name);
    let mut of_case: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for clause in &clauses {
        of_case.entry(&clause["case_id"]).or_default().push(clause);
    }
    for (case, clauses) in of_case {
        let whole = |kind: &str| {
            let of_kind = clauses.iter().filter(move |c| c["of"].contains(kind));
            of_kind.filter(|c| c["test"].is_empty() && c["status"] == "met").count()
        };
        assert!(whole(".need.") >= 3 && whole(".need.") == whole(".outcome."), "{case}");
        for practice in ["assessed", "planned", "led", "supported"] {
            let of_claim = clauses.iter().filter(|c| c["of"].contains(".claim."));
            let met = of_claim.filter(|c| c["test"] == practice && c["status"] == "met");
            assert_eq!(met.count(), 1, "{case}, {practice}");
        }
        let of_claim = clauses.iter().filter(|c| c["of"].contains(".claim."));
        for clause in of_claim.filter(|c| c["test"] == "assessed") {
            let shown = clause["rows"].split(' ').count();
            let told: Vec<&str> = clause["values"].split("; ").collect();
            assert_eq!(told.len(), shown, "{case}: a row is told of that is not there");
            let whole =
                |row: &&str| row.starts_with("assessment_id ") && row.contains(", referred_on 20");
            assert!(told.iter().all(whole), "{case}: {told:?}");
        }
    }
}

#[test]
fn the_rows_behind_a_clause_are_those_of_the_evidence() {
    let mut behind: BTreeMap<(String, String), String> = BTreeMap::new();
    for test in QUARTERLY.rows(&format!("{BELOW}/evidence/tests.csv")) {
        if test["rows"] == "0" {
            continue;
        }
        let (mut cases, mut rows) = (0, 0);
        for of_case in QUARTERLY.rows(&format!("{BELOW}/evidence/rows/{}.csv", test["test"])) {
            cases += 1;
            rows += of_case["rows"].split(' ').count();
            let key = (of_case["case_id"].clone(), test["test"].clone());
            let twice = behind.insert(key, of_case["rows"].clone());
            assert_eq!(twice, None, "a case and test stands twice");
        }
        assert_eq!(
            (cases.to_string(), rows.to_string()),
            (test["cases"].clone(), test["rows"].clone())
        );
    }
    let mut compared = 0;
    for clause in QUARTERLY.rows(&format!("{BELOW}/packs/claims/sf2022.successful_family.csv")) {
        if clause["test"].is_empty() || clause["of"].contains(".claim.") {
            continue;
        }
        let key = (clause["case_id"].clone(), format!("{}.{}", clause["of"], clause["test"]));
        let rows = behind.get(&key).cloned().unwrap_or_default();
        assert_eq!(clause["rows"], rows, "{key:?}");
        compared += rows.split_whitespace().count();
    }
    assert!(compared > 500, "only {compared} rows");
}

#[test]
fn packs_of_cases_go_with_the_runs_of_their_period() {
    assert!(MONTHLY.files.keys().all(|f| !f.contains("/packs/")));
    let said = &QUARTERLY.said.err;
    assert!(said.contains("Results claimed, with the evidence for each: "), "{said}");
}
