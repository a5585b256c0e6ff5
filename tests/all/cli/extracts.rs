//! Saved extracts: under their published headers, and in the restricted folder alone.

use std::collections::BTreeSet;

use super::{MONTHLY, QUARTERLY};

const LIST_2: &str = "2026-09-monthly/restricted/extracts/annex_a_list_2.csv";

#[test]
fn the_list_of_early_help_has_the_headers_and_forms_that_inspectors_ask_for() {
    assert_eq!(
        MONTHLY.header(LIST_2),
        "Child Unique ID,Gender,Ethnicity,Date of Birth,Age of Child (Years),\
         Assessment start date,Assessment completion date,Organisation completing assessment"
    );
    let rows = MONTHLY.rows(LIST_2);
    assert!(rows.len() > 300, "only {} children", rows.len());
    let is_day = |text: &str| {
        let parts: Vec<&str> = text.split('/').collect();
        parts.iter().map(|p| p.len()).eq([2, 2, 4]) && parts.concat().parse::<u64>().is_ok()
    };
    let genders: BTreeSet<&str> = rows.iter().map(|r| r["Gender"].as_str()).collect();
    assert_eq!(
        genders,
        BTreeSet::from(["a) Male", "b) Female", "c) Not stated/recorded (or unborn)"])
    );
    for row in &rows {
        assert!(!row["Child Unique ID"].is_empty() && is_day(&row["Assessment start date"]));
        let completed = &row["Assessment completion date"];
        assert!(completed.is_empty() || is_day(completed), "{completed}");
        let age: i32 = row["Age of Child (Years)"].parse().expect("whole years");
        // A child of the case may have come of age since it was identified.
        assert!((-1..22).contains(&age), "{age}");
        assert!(!row["Organisation completing assessment"].is_empty());
    }
}

#[test]
fn extracts_are_for_those_who_may_see_cases_and_for_nobody_else() {
    let extracts = |files: &mut dyn Iterator<Item = &String>| {
        files.filter(|name| name.contains("annex_a")).cloned().collect::<Vec<String>>()
    };
    assert_eq!(extracts(&mut MONTHLY.files.keys()), [LIST_2]);
    let quarter = LIST_2.replace("2026-09-monthly", "2026-27-Q2-quarterly");
    assert_eq!(extracts(&mut QUARTERLY.files.keys()), [quarter], "managers have a pack there too");
}
