//! Bad rows: each one that was planted in the sample is found, named without its values, and
//! counted; no other row is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use chrono::{Days, NaiveDate};
use early_help::sample::Truth;

use super::{MONTHLY, repository};

const QUARANTINE: &str = "2026-09-monthly/restricted/evidence/quarantine.csv";

/// What the quarantine says of each kind of planted row.
const REASONS: &[(&str, &str)] = &[
    ("after_as_at", "a date in the future"),
    ("american_date", "not a date in the expected form"),
    ("attended_more_than_possible", "a share below 0 or above 1"),
    ("duplicate_key", "the same key as an earlier row, with other values"),
    ("end_before_start", "ends before it starts"),
    ("exact_duplicate", "repeats an earlier row exactly"),
    ("impossible_date", "not a date in the expected form"),
    ("missing_date", "a required value is missing"),
    ("missing_identifier", "a required value is missing"),
    ("not_a_number", "not a number"),
    ("orphan_case", "refers to nobody in `cases`"),
    ("orphan_person", "refers to nobody in `people`"),
    ("score_as_text", "not a number"),
    ("score_off_step", "not a score of this scale"),
    ("score_out_of_range", "not a score of this scale"),
    ("too_few_fields", "a required value is missing"),
    ("too_many_fields", "more fields than the header has"),
    ("undeclared_date_form", "not a date in the expected form"),
    ("unknown_code", "a word that the code map does not know"),
    ("unmatched_crosswalk", "an identifier that the crosswalk does not know"),
];

/// What the ledger says of a spell that belongs to an episode which an earlier one began.
const MERGED: &str = "is part of the episode that an earlier spell began";

/// The rows of social care spells that overlap or touch an earlier one of the same person and kind,
/// found by looking at every two of them. Rows that cannot be read are no spells.
fn later_parts() -> BTreeSet<String> {
    let text =
        fs::read_to_string(repository().join("sample-data/csc_spells.csv")).expect("it is there");
    let day = |text: &str| NaiveDate::parse_from_str(text, "%d/%m/%Y").ok();
    let unusable: BTreeSet<u64> = truth()
        .planted
        .into_iter()
        .filter(|p| p.file == "csc_spells.csv" && p.quarantine)
        .flat_map(|p| p.rows)
        .collect();
    let spells: Vec<_> = (1_u64..)
        .zip(text.lines().skip(1))
        .filter(|(row, _)| !unusable.contains(row))
        .map(|(row, line)| {
            let fields: Vec<&str> = line.split(',').collect();
            let end = day(fields[3]).unwrap_or(NaiveDate::MAX - Days::new(1));
            (row, (fields[0], fields[1]), day(fields[2]).expect("a start"), end)
        })
        .collect();
    let mut later = BTreeSet::new();
    for (row, whose, start, _) in &spells {
        let begun = spells.iter().any(|(other, theirs, began, ended)| {
            let earlier = (began, other) < (start, row);
            whose == theirs && earlier && *ended + Days::new(1) >= *start
        });
        if begun {
            later.insert(row.to_string());
        }
    }
    later
}

fn truth() -> Truth {
    let text =
        fs::read_to_string(repository().join("sample-data/truth.json")).expect("it is there");
    serde_json::from_str(&text).expect("the truth")
}

#[test]
fn every_planted_row_is_set_aside_for_its_reason_and_no_other_row_is() {
    let reasons: BTreeMap<&str, &str> = REASONS.iter().copied().collect();
    let mut expected = BTreeSet::new();
    let mut kinds = BTreeSet::new();
    for planted in truth().planted.into_iter().filter(|p| p.quarantine) {
        for row in planted.rows {
            let reason = reasons.get(planted.kind.as_str()).copied().unwrap_or("no reason known");
            expected.insert((planted.file.clone(), row.to_string(), reason.to_owned()));
        }
        kinds.insert(planted.kind);
    }
    assert!(kinds.len() >= 12, "the sample has {} kinds of bad rows", kinds.len());
    let aside = MONTHLY.rows(QUARANTINE);
    let found: BTreeSet<_> =
        aside.iter().map(|r| (r["file"].clone(), r["row"].clone(), r["reason"].clone())).collect();
    // Spells of one person that overlap or touch are one episode: the rule leaves the later ones out.
    let (later, found): (BTreeSet<_>, BTreeSet<_>) =
        found.into_iter().partition(|(_, _, reason)| reason == MERGED);
    assert_eq!(later.into_iter().map(|(_, row, _)| row).collect::<BTreeSet<_>>(), later_parts());
    let missed: Vec<_> = expected.difference(&found).collect();
    let wrongly: Vec<_> = found.difference(&expected).collect();
    assert!(missed.is_empty() && wrongly.is_empty(), "missed {missed:?}, wrongly {wrongly:?}");
    assert!(aside.iter().all(|r| !r["source"].is_empty() && !r["column"].is_empty()));
}

#[test]
fn the_line_number_of_a_bad_row_leads_to_it_under_titles_and_headers() {
    let aside = MONTHLY.rows(QUARANTINE);
    let future = aside.iter().find(|r| r["file"] == "audits.csv" && r["row"] == "55");
    let line: usize = future.expect("it is set aside")["line"].parse().expect("a number");
    let audits = fs::read_to_string(repository().join("sample-data/audits.csv")).expect("text");
    let there = audits.lines().nth(line - 1).expect("the line");
    assert!(there.contains("/2027"), "line {line} is not the one with the date in the future");
}

#[test]
fn no_value_of_a_bad_row_is_repeated_in_the_quarantine_or_on_the_screen() {
    let run = &*MONTHLY;
    let aside = run.rows(QUARANTINE);
    let truth = truth();
    for planted in truth.planted.iter().filter(|p| p.quarantine) {
        let bytes = fs::read(repository().join("sample-data").join(&planted.file)).expect("a file");
        let content = String::from_utf8_lossy(&bytes);
        let lines: Vec<&str> = content.lines().collect();
        let rows = truth.files.iter().find(|f| f.file == planted.file).expect("listed").rows;
        let before = lines.len() - usize::try_from(rows).expect("few rows");
        for row in &planted.rows {
            let line = lines[before + usize::try_from(*row).expect("few rows") - 1];
            // Shorter values are numbers and words that stand everywhere.
            for value in line.split([',', ';']).filter(|v| v.len() > 4) {
                let repeats = |r: &BTreeMap<String, String>| {
                    r["reason"].contains(value) || r.values().any(|field| field == value)
                };
                assert!(!aside.iter().any(repeats), "{}: row {row}", planted.file);
                assert!(!run.said.err.contains(value), "{}: row {row}", planted.file);
            }
        }
    }
}

#[test]
fn the_ledger_accounts_for_every_row_of_every_export() {
    let manifest = MONTHLY.manifest("2026-09-monthly/run.json");
    let rows: BTreeMap<String, u64> = truth().files.into_iter().map(|f| (f.file, f.rows)).collect();
    let mut bad = 0;
    for source in &manifest.ledger {
        let aside: u64 = source.quarantined.iter().chain(&source.left_out).map(|(_, n)| n).sum();
        assert_eq!(source.read, source.used + aside, "{}", source.source);
        assert_eq!(Some(&source.read), rows.get(&source.file), "{}", source.source);
        bad += aside;
    }
    assert_eq!(bad, MONTHLY.rows(QUARANTINE).len() as u64);
}

#[test]
fn the_page_on_data_health_prints_the_ledger() {
    let page = MONTHLY.text("2026-09-monthly/internal/index.html");
    let health = page.split("id=\"section-data-health\"").nth(1).expect("the section");
    let health = health.split("</section>").next().expect("its end");
    let figure = |n: u64| format!("<td class=\"numeric\">{}</td>", thousands(n));
    for source in MONTHLY.manifest("2026-09-monthly/run.json").ledger {
        let sum = |counts: &[(String, u64)]| counts.iter().map(|(_, n)| n).sum::<u64>();
        let figures = [source.read, source.used, sum(&source.quarantined), sum(&source.left_out)];
        let row: String = figures.into_iter().map(figure).collect();
        assert!(health.contains(&row), "the page does not account for {}", source.source);
        for (reason, rows) in source.quarantined {
            let row = format!("<td>{reason}</td>{}", figure(rows));
            assert!(health.contains(&row), "{}: {reason}", source.source);
        }
    }
}

fn thousands(n: u64) -> String {
    if n < 1000 { n.to_string() } else { format!("{},{:03}", n / 1000, n % 1000) }
}
