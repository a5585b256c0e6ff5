//! No identifier of a person, family, case or worker stands anywhere outside the restricted folder.

use std::collections::BTreeSet;
use std::fs;

use super::{MONTHLY, QUARTERLY, repository};

/// The columns of the sample's exports that hold identifiers.
const IDENTIFIERS: &[&str] = &[
    "PERSON_ID",
    "FAMILY_REF",
    "Family Ref",
    "Episode ID",
    "UPN",
    "NOMINAL",
    "URN",
    "Worker Ref",
    "Contact ID",
    "Assessment ID",
    "Audit ID",
    "Form ID",
];

/// All identifiers of the sample council.
fn identifiers() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(repository().join("sample-data")).expect("it is there").flatten() {
        let bytes = fs::read(entry.path()).expect("it can be read");
        let content = String::from_utf8_lossy(&bytes);
        let mut places = Vec::new();
        for line in content.lines() {
            let fields: Vec<&str> =
                line.split([',', ';']).map(|f| f.trim_matches(['"', ' ', '\u{feff}'])).collect();
            if places.is_empty() {
                places =
                    (0..fields.len()).filter(|&at| IDENTIFIERS.contains(&fields[at])).collect();
            } else {
                let here = places.iter().filter_map(|&at| fields.get(at));
                found.extend(here.filter(|f| !f.is_empty()).map(|f| (*f).to_owned()));
            }
        }
    }
    found
}

#[test]
fn no_identifier_leaves_the_restricted_folder() {
    let identifiers = identifiers();
    assert!(identifiers.len() > 20_000, "only {} identifiers found", identifiers.len());
    let first_in = |bytes: &[u8]| {
        bytes
            .split(|b| !b.is_ascii_alphanumeric())
            .filter_map(|word| str::from_utf8(word).ok())
            .find(|word| identifiers.contains(*word))
            .map(str::to_owned)
    };
    let evidence = MONTHLY.bytes("2026-09-monthly/restricted/evidence/verdicts.csv");
    assert!(first_in(evidence).is_some(), "the search finds what is there");
    for run in [&*MONTHLY, &*QUARTERLY] {
        for (name, bytes) in run.files.iter().filter(|(n, _)| !n.contains("/restricted/")) {
            assert_eq!(first_in(bytes), None, "in {name}");
            assert_eq!(first_in(name.as_bytes()), None, "in a file name");
        }
        assert_eq!(first_in(run.said.err.as_bytes()), None, "on the screen");
        assert_eq!(first_in(run.said.out.as_bytes()), None, "on the screen");
    }
}
