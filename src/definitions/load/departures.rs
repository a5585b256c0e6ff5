//! Definitions that depart from their files: amended, allowed, or left out.

use std::path::Path;

use super::mistakes::town;
use super::{Loaded, load_texts};
use crate::definitions::departure::Change;
use crate::definitions::diagnostic::render;

/// The town with replacements in its files, each of which has to be possible, and a file of its own
/// with local changes.
fn town_with(changes: &[(&str, &str)], local: &str) -> Loaded {
    let mut files: Vec<(String, String)> =
        town::FILES.iter().map(|(n, t)| ((*n).to_owned(), (*t).to_owned())).collect();
    for (sound, other) in changes {
        let file = files.iter_mut().find(|(_, text)| text.contains(sound));
        let (_, text) = file.unwrap_or_else(|| panic!("`{sound}` is not in the town"));
        *text = text.replacen(sound, other, 1);
    }
    if !local.is_empty() {
        let project = &mut files.iter_mut().find(|(n, _)| n == "project.toml").expect("project").1;
        *project = project.replace("\"stories\"]", "\"stories\", \"local\"]");
        let head = "[file]\nlanguage = 1\nid = \"local\"\ntitle = \"Local\"\n";
        files.push(("local.toml".to_owned(), format!("{head}{local}")));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    load_texts(Path::new("town"), &files)
}

const AGREED: &str =
    "why = \"Locally agreed\"\nagreed_by = \"The board\"\nagreed_on = 2026-01-18\n";
const KEEP_GOING: (&str, &str) = ("as_at = 2026-09-30", "as_at = 2026-09-30\nkeep_going = true");

/// What was left out, and why.
fn dropped(loaded: &Loaded) -> Vec<(String, String)> {
    let definitions = loaded.definitions.as_ref().expect("what is left");
    definitions.dropped.iter().map(|d| (d.name.clone(), d.because.clone())).collect()
}

fn codes(loaded: &Loaded) -> Vec<&str> {
    loaded.diagnostics.iter().map(|d| d.code).collect()
}

#[test]
fn an_amendment_changes_single_keys_and_the_difference_is_kept() {
    let local = format!(
        "[amend.\"rules.outcome.found\"]\nsustained = \"12 months\"\n{AGREED}[amend.\"rules.outcome.found\".test.none]\nwindow = {{ after = \"closed_on\", for = \"12 months\" }}\n"
    );
    let loaded = town_with(&[], &local);
    assert_eq!(render(&loaded.diagnostics, false), "");
    let definitions = loaded.definitions.expect("definitions");
    let outcome = &definitions.frameworks[0].outcomes[0];
    assert_eq!(outcome.sustained.map(|s| s.to_string()).as_deref(), Some("12 months"));
    assert_eq!(outcome.title, "Not missing for six months", "other keys stay");
    let [amendment] = definitions.amendments.as_slice() else { panic!("one amendment") };
    assert_eq!(amendment.of, "rules.outcome.found");
    assert_eq!(amendment.reason(), "Locally agreed (agreed by The board on 18 January 2026)");
    let change = |key: &str, was: &str, becomes: &str| Change {
        key: key.into(),
        was: Some(was.into()),
        becomes: becomes.into(),
    };
    let window = |length| format!("{{ after = \"closed_on\", for = \"{length}\" }}");
    let expected = [
        change("sustained", "\"6 months\"", "\"12 months\""),
        change("test.none.window", &window("6 months"), &window("12 months")),
    ];
    assert_eq!(amendment.changes, expected);
}

#[test]
fn an_amended_definition_is_checked_in_full_and_the_fault_stands_in_the_amendment() {
    let local = format!("[amend.\"rules.outcome.found\"]\nsustained = \"12 months\"\n{AGREED}");
    let loaded = town_with(&[], &local);
    let [found] = loaded.diagnostics.as_slice() else {
        panic!("one finding is due:\n{}", render(&loaded.diagnostics, false))
    };
    let place = found.place.as_ref().expect("a place");
    assert_eq!((found.code, place.text()), ("sustained", "\"12 months\""));
    assert_eq!(place.path(), Path::new("town/local.toml"));
}

#[test]
fn inline_tables_are_merged_but_windows_are_replaced() {
    let local = format!(
        "[amend.\"source.attendance\".columns]\nshare = {{ formula = \"(attended + 1) / possible\" }}\n{AGREED}[amend.\"rules.need.missing\".test.episode]\nwindow = {{ up_to = \"identified_on\", for = \"6 months\" }}\n{AGREED}"
    );
    let loaded = town_with(&[], &local);
    assert_eq!(render(&loaded.diagnostics, false), "");
    let keys: Vec<String> = loaded
        .definitions
        .expect("definitions")
        .amendments
        .iter()
        .flat_map(|a| a.changes.iter().map(|c| c.key.clone()))
        .collect();
    assert_eq!(keys, ["columns.share.formula", "test.episode.window"]);
}

#[test]
fn an_amendment_says_why_who_and_when_and_what_it_changes() {
    for (local, code) in [
        ("[amend.\"parameter.regular\"]\nvalue = 0.8\n".to_owned(), "required"),
        (format!("[amend.\"parameter.reglar\"]\nvalue = 0.8\n{AGREED}"), "reference"),
        (format!("[amend.\"parameter.regular\"]\nvalue = 0.9\n{AGREED}"), "unused"),
        (format!("[amend.\"parameter.regular\"]\nvalue = 90\n{AGREED}"), "unit"),
        (format!("[amend.\"parameter.regular\"]\nvaleu = 0.8\n{AGREED}"), "key"),
    ] {
        let loaded = town_with(&[], &local);
        assert!(codes(&loaded).contains(&code), "{local}\n{}", render(&loaded.diagnostics, false));
        assert!(loaded.definitions.is_none());
        let file = |d: &crate::definitions::diagnostic::Diagnostic| {
            d.place.as_ref().map(|p| p.path().to_owned())
        };
        let local = Path::new("town/local.toml").to_owned();
        assert!(loaded.diagnostics.iter().all(|d| file(d).as_ref() == Some(&local)));
    }
}

#[test]
fn examples_of_an_amended_definition_may_be_ones_own() {
    let amend = format!(
        "[amend.\"rules.outcome.found\"]\ntitle = \"Not missing\"\nown_examples = true\n{AGREED}"
    );
    let definitions = town_with(&[], &amend).definitions.expect("definitions");
    assert!(definitions.examples.is_empty());
}

#[test]
fn a_broken_outcome_goes_with_all_that_rests_on_it_and_with_nothing_else() {
    let broken = ("expect = \"count(*) = 0\"", "expect = \"cuont(*) = 0\"");
    let stopped = town_with(&[broken], "");
    assert!(stopped.definitions.is_none(), "unless the project says so, nothing runs");
    let loaded = town_with(&[broken, KEEP_GOING], "");
    assert_eq!(codes(&loaded), ["left_out", "function", "left_out", "left_out"]);
    let rests = |on: &str| format!("it rests on `{on}`, which was left out");
    let expected = [
        ("rules.outcome.found", "there is no function `cuont`".to_owned()),
        ("measure.met", rests("rules.outcome.found")),
        ("the example in line 8 of stories", rests("rules.outcome.found")),
        (
            "rules.claim.success",
            "it asks about all needs of its framework, and some were left out".to_owned(),
        ),
    ];
    let mut found = dropped(&loaded);
    let mut expected = expected.map(|(name, why)| (name.to_owned(), why)).to_vec();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    let left = loaded.definitions.expect("what is left");
    assert!(left.frameworks[0].needs.iter().any(|n| n.id == "missing"), "the need stays");
    let measures: Vec<&str> = left.measures.iter().map(|m| m.id.as_str()).collect();
    assert_eq!(measures, ["closed"]);
    let pack = left.pack("monthly").expect("the pack stays");
    assert_eq!(pack.headlines, ["closed"]);
    assert!(pack.sections[0].figures.is_empty(), "without the figure of the lost measure");
}

#[test]
fn nothing_goes_on_when_the_project_itself_or_an_amendment_is_at_fault() {
    let council = ("council = \"Town Council\"", "council = 3");
    assert!(town_with(&[council, KEEP_GOING], "").definitions.is_none());
    let nobody = format!("[amend.\"rules.outcome.fund\"]\ntitle = \"x\"\n{AGREED}");
    assert!(town_with(&[KEEP_GOING], &nobody).definitions.is_none());
}

#[test]
fn what_is_read_without_being_named_is_not_lost_in_silence() {
    // Without a calendar other days would be working days; without defaults other rules would hold.
    for (sound, mistaken) in [
        ("kind = \"named_periods\"", "kind = \"named_period\""),
        ("owner = \"Performance\"", "ownr = \"Performance\""),
    ] {
        assert!(
            town_with(&[(sound, mistaken), KEEP_GOING], "").definitions.is_none(),
            "{mistaken}"
        );
    }
    // The unit rests on its feed, and with it everything that counts cases.
    let feed = ("case_id = { column = \"ID\" }", "case_id = { colum = \"ID\" }");
    let loaded = town_with(&[feed, KEEP_GOING], "");
    assert!(loaded.definitions.is_none_or(|d| d.measures.is_empty() && d.frameworks.is_empty()));
    // Ages rest on the feed of people, though no test names it.
    let people = "[map.police]\nfrom = \"police.csv\"";
    let broken = "[map.people]\nfrom = 3\ncomplete_to = 2026-09-30\n[map.people.columns]\nperson_id = { column = \"ID\" }\ndate_of_birth = { column = \"DOB\" }\n[map.police]\nfrom = \"police.csv\"";
    let loaded = town_with(&[(people, broken), KEEP_GOING], "");
    let names: Vec<String> = dropped(&loaded).into_iter().map(|(name, _)| name).collect();
    assert!(names.contains(&"group.children".to_owned()), "{names:?}");
    assert!(names.contains(&"rules.need.missing".to_owned()), "{names:?}");
}

#[test]
fn an_amendment_with_a_fault_takes_its_definition_with_it() {
    let local = format!("[amend.\"measure.met\"]\nnumerator = \"outcome.fond\"\n{AGREED}");
    let loaded = town_with(&[KEEP_GOING], &local);
    let names: Vec<String> = dropped(&loaded).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["measure.met"], "the rule that nobody agreed to does not run instead");
}

#[test]
fn a_file_that_is_not_toml_goes_with_all_that_rests_on_it() {
    let loaded = town_with(&[("title = \"Stories\"", "title = Stories"), KEEP_GOING], "");
    let names: Vec<String> = dropped(&loaded).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["stories.toml"]);
}

#[test]
fn whatever_is_broken_what_is_left_is_sound() {
    // Each line in turn loses its last letter before the quote: most such slips are mistakes.
    for (name, text) in town::FILES.iter().filter(|(n, _)| *n != "project.toml") {
        for line in text.lines().filter(|l| l.contains('"')) {
            let Some(at) = line.rfind('"') else { continue };
            let Some(slip) =
                line.get(..at.saturating_sub(1)).map(|l| format!("{l}{}", &line[at..]))
            else {
                continue;
            };
            let files: Vec<(&str, String)> = town::FILES
                .iter()
                .map(|(n, t)| {
                    let t = if n == name { t.replacen(line, &slip, 1) } else { (*t).to_owned() };
                    (*n, t.replace(KEEP_GOING.0, KEEP_GOING.1))
                })
                .collect();
            let files: Vec<(&str, &str)> = files.iter().map(|(n, t)| (*n, t.as_str())).collect();
            let loaded = load_texts(Path::new("town"), &files);
            let errors = render(&loaded.diagnostics, false).contains("error");
            if let Some(left) = &loaded.definitions {
                assert_eq!(errors, !left.dropped.is_empty(), "{slip}");
            }
        }
    }
}

#[test]
fn a_warning_is_allowed_until_its_day_and_not_longer() {
    let allowed = town_with(&[], "");
    assert_eq!(codes(&allowed), [""; 0]);
    let those: Vec<&str> = allowed.allowed.iter().map(|d| d.code).collect();
    assert_eq!(those.iter().filter(|c| **c == "reference_unchecked").count(), 3);
    let over = town_with(
        &[("is not a real one\"\nuntil = 2026-12-31", "is not a real one\"\nuntil = 2026-09-29")],
        "",
    );
    assert_eq!(
        codes(&over),
        ["allow", "reference_unchecked", "reference_unchecked", "reference_unchecked"]
    );
    let ends = &over.diagnostics[0];
    assert_eq!(ends.message, "this exemption ended on 29 September 2026");
    let of_nothing = town_with(
        &[(
            "[allow.no_example]\nrules = [\"rules.*\"]",
            "[allow.no_example]\nrules = [\"other.*\"]",
        )],
        "",
    );
    assert_eq!(codes(&of_nothing).iter().filter(|c| **c == "unused").count(), 1);
    assert!(codes(&of_nothing).contains(&"no_example"));
    let of_no_warning = town_with(&[("[allow.no_example]", "[allow.no_exmple]")], "");
    assert!(codes(&of_no_warning).contains(&"reference"));
}

#[test]
fn a_review_that_is_overdue_is_a_warning() {
    let review = |day: &str| {
        let change = format!("owner = \"Performance\"\nnext_review = {day}");
        town_with(&[("owner = \"Performance\"", &change)], "")
    };
    assert_eq!(codes(&review("2026-09-29")), ["review_overdue"]);
    assert_eq!(codes(&review("2026-09-30")), [""; 0]);
}
