//! Feedback to those who refer: each agency its own referrals by its own references, where an agreement says so.

use std::collections::BTreeSet;

use super::{QUARTERLY, a_folder, copy_of, early_help, replace, repository, text};

const BELOW: &str = "2026-27-Q2-quarterly/restricted/feedback";

/// The references on the front door's own forms, of what came from a referrer in the six months to the end of
/// September 2026.
fn on_the_forms(source: &str) -> BTreeSet<String> {
    let path = repository().join("sample-data/front_door_contacts.csv");
    let mut forms = csv::Reader::from_path(path).expect("the forms");
    let recent = |day: &str| {
        let (month, year) = (&day[3..5], &day[6..]);
        year == "2026" && (("04".."10").contains(&month) || ["30/03", "31/03"].contains(&&day[..5]))
    };
    let forms = forms.records().map(|form| form.expect("a form"));
    let own = forms.filter(|form| &form[5] == source && recent(&form[2]) && !form[9].is_empty());
    own.map(|form| form[9].to_owned()).collect()
}

#[test]
fn an_agency_with_an_agreement_is_told_of_its_own_referrals_and_of_no_other() {
    let lists = |name: &&String| name.starts_with(BELOW);
    let written: Vec<&String> = QUARTERLY.files.keys().filter(lists).collect();
    assert_eq!(
        written,
        [&format!("{BELOW}/housing/referrals.csv"), &format!("{BELOW}/police/referrals.csv")]
    );
    for (audience, source, fewest) in [("police", "Police", 60), ("housing", "Housing officer", 8)]
    {
        let name = format!("{BELOW}/{audience}/referrals.csv");
        assert_eq!(
            QUARTERLY.header(&name),
            "Your reference,Received,Decided,What was decided,Why it was returned,\
             Needs of the whole family assessed"
        );
        let rows = QUARTERLY.rows(&name);
        let told: BTreeSet<String> = rows.iter().map(|r| r["Your reference"].clone()).collect();
        assert_eq!(told, on_the_forms(source), "{audience}");
        assert!(rows.len() >= fewest, "{audience}: only {} rows", rows.len());
        // Ours would say who they are, and their order which of them are about one family.
        assert!(rows.is_sorted_by_key(|row| row["Your reference"].clone()), "{audience}");
        for row in &rows {
            let returned = row["What was decided"].starts_with("Returned");
            assert!(returned || row["Why it was returned"].is_empty(), "{row:?}");
        }
    }
}

#[test]
fn no_reference_of_a_referrer_stands_anywhere_else() {
    let lists = QUARTERLY.files.keys().filter(|name| name.starts_with(BELOW));
    let rows: Vec<_> = lists.flat_map(|name| QUARTERLY.rows(name)).collect();
    let references: BTreeSet<&str> = rows.iter().map(|r| r["Your reference"].as_str()).collect();
    let others = QUARTERLY.files.iter().filter(|(name, _)| !name.starts_with(BELOW));
    for (name, bytes) in others {
        let told = String::from_utf8_lossy(bytes);
        let found = references.iter().filter(|reference| told.contains(**reference)).count();
        assert_eq!(found, 0, "{name} tells references of referrers");
    }
}

#[test]
fn an_agreement_that_has_ended_gives_nothing_and_the_run_says_so() {
    let (definitions, out) = (copy_of("outcome-definitions"), a_folder());
    replace(&definitions.path().join("project.toml"), "until = 2027-03-31", "until = 2026-09-29");
    let folder = text(definitions.path()).to_owned();
    let ended =
        early_help(&["pack", "quarterly", "--definitions", &folder, "--out", text(out.path())]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.err.contains("because the agreement has ended: police\n"), "{}", ended.err);
    let without = "because there is no agreement: board, schools, partnership, health, voluntary, specialist, jobcentre\n";
    assert!(ended.err.contains(without), "{}", ended.err);
    let told = out.path().join(BELOW);
    assert!(told.join("housing").is_dir() && !told.join("police").exists());
}
