//! A policy that changes counts in the place of hiding some: for cubes so wide that hiding would leave little.

use std::collections::BTreeMap;

use tempfile::TempDir;

use super::{copy_of, early_help, replace, result_of, text};

/// Definitions by which commissioners are given changed counts.
fn definitions() -> TempDir {
    let definitions = copy_of("outcome-definitions");
    let policy = "[disclosure.wide]\ntitle = \"Changed counts\"\nsuppress_below = 6\nround_to = 1\ncell_key = { most = 3, secret = \"seventeen letters\" }\n\n[audience.commissioner]";
    let project = definitions.path().join("project.toml");
    replace(&project, "[audience.commissioner]", policy);
    let commissioner = "title      = \"Commissioners of family support\"\ndisclosure = ";
    replace(
        &project,
        &format!("{commissioner}\"partnership\""),
        &format!("{commissioner}\"wide\""),
    );
    definitions
}

/// The answer to a question as numbers, by the words of its levels; what is hidden has none.
fn answer(
    definitions: &TempDir,
    audience: &str,
    asked: &[&str],
) -> BTreeMap<Vec<String>, Option<i64>> {
    let fixed =
        ["--audience", audience, "--format", "csv", "--definitions", text(definitions.path())];
    let answer = result_of(&[&["query"], asked, &fixed].concat());
    let mut reader = csv::Reader::from_reader(answer.as_bytes());
    let records = reader.records().map(|r| r.expect("a line"));
    let numbers = records.map(|r| {
        let mut fields: Vec<String> = r.iter().map(str::to_owned).collect();
        let number = fields.pop().expect("a number");
        (fields, number.parse().ok())
    });
    numbers.collect()
}

#[test]
fn a_wide_cube_is_answered_whole_with_counts_that_are_right_on_average_and_never_small() {
    let definitions = definitions();
    let cube = ["needs_at_entry", "--by", "need,locality"];
    let truth = answer(&definitions, "internal", &cube);
    let told = answer(&definitions, "commissioner", &cube);
    assert_eq!(told.keys().collect::<Vec<_>>(), truth.keys().collect::<Vec<_>>());
    let (mut changed, mut off, mut small) = (0, 0, 0);
    for (place, truth) in &truth {
        let (truth, told) = (truth.expect("the truth"), told[place].expect("nothing is hidden"));
        assert!(told == 0 || told >= 6, "{place:?}: {told}");
        assert!(
            (told - truth).abs() <= 8 && (truth > 0 || told == 0),
            "{place:?}: {truth} is {told}"
        );
        changed += i64::from(told != truth);
        small += i64::from((1..6).contains(&truth));
        off += told - truth;
    }
    assert!(small > 10 && changed > 50, "{small} small, {changed} changed: too easy");
    assert!(off.abs() < 60, "{off} too many in {} counts", truth.len());
    assert_eq!(told, answer(&definitions, "commissioner", &cube), "asked again, it is the same");
}

#[test]
fn the_same_people_are_the_same_number_in_whichever_table_they_stand() {
    let definitions = definitions();
    let by = |by: &str| answer(&definitions, "commissioner", &["needs_at_entry", "--by", by]);
    let one = by("locality");
    let restricted = ["needs_at_entry", "--by", "locality", "--where", "locality=Northmoor"];
    let other = answer(&definitions, "commissioner", &restricted);
    assert_eq!(other.len(), 1);
    assert!(other.iter().all(|(place, number)| one[place] == *number), "{other:?} {one:?}");
}

#[test]
fn what_is_no_count_is_refused_with_what_to_do() {
    let definitions = definitions();
    let asked = ["query", "mean_change_by_domain", "--audience", "commissioner"];
    let refused = early_help(&[&asked[..], &["--definitions", text(definitions.path())]].concat());
    assert_eq!((refused.code, refused.out.as_str()), (3, ""), "{}", refused.err);
    assert!(refused.err.contains("is no count, share or distribution"), "{}", refused.err);
    assert!(refused.err.contains("mend: "), "{}", refused.err);
}
