//! Units are looked at in the periods that a run shows and in no others. What is written is what would be written if
//! all had been looked at; and what was not looked at is refused, never counted as nobody.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use early_help::calendar::{Period, PeriodKind};
use early_help::definitions::Definitions;
use early_help::definitions::audience::Pack;
use early_help::definitions::load::load;
use early_help::evaluate::Evaluated;
use early_help::measure::{TableRequest, measure, periods_to_judge};
use early_help::report::Edition;
use early_help::run::Place;
use early_help::run::releases::ReleaseLedger;
use early_help::{Given, judge, judge_to_publish, publish};

fn shipped() -> Definitions {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("outcome-definitions");
    load(&shipped).definitions.expect("the shipped definitions")
}

/// Writes the reports of two months. Gives all that is written, by its place.
fn written(definitions: &Definitions, judged: impl Fn() -> Evaluated) -> Vec<(String, Vec<u8>)> {
    let out = tempfile::tempdir().expect("a folder");
    let mut ledger = ReleaseLedger::open(out.path()).expect("an empty ledger");
    let newest = Period::last_complete(PeriodKind::Month, definitions.project.as_at);
    for period in [newest.earlier(1), newest] {
        let monthly = |p: &&Pack| p.period == PeriodKind::Month && p.is_report;
        let packs = definitions.packs.iter().filter(monthly).collect();
        let given = Given { packs, row_packs: Vec::new(), edition: Edition::default() };
        let name = period.code();
        let place = Place { out: out.path(), name: &name, command: "", period, accepted: None };
        let evaluated = &mut judged();
        publish(definitions, evaluated, &given, &place, &mut ledger, &mut |_| {}).expect("written");
    }
    let mut files = Vec::new();
    let mut folders = vec![out.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry")) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let place = path.strip_prefix(out.path()).expect("below").display().to_string();
                files.push((place, fs::read(&path).expect("a file")));
            }
        }
    }
    files.sort();
    files
}

#[test]
fn a_run_is_the_same_whether_all_periods_were_judged_or_those_that_it_shows() {
    let definitions = shipped();
    let data = tempfile::tempdir().expect("a folder");
    early_help::sample::write(150, 5, data.path()).expect("a council");
    let all = written(&definitions, || {
        judge(&definitions, data.path(), true, &mut |_| {}).expect("judged")
    });
    let shown = written(&definitions, || {
        judge_to_publish(&definitions, data.path(), true, &mut |_| {}).expect("judged")
    });
    assert!(all.len() > 100, "{} files are too few to prove anything", all.len());
    let names = |files: &[(String, Vec<u8>)]| files.iter().map(|f| f.0.clone()).collect::<Vec<_>>();
    assert_eq!(names(&all), names(&shown));
    let differ: Vec<&String> =
        all.iter().zip(&shown).filter(|(a, b)| a.1 != b.1).map(|(a, _)| &a.0).collect();
    assert!(differ.is_empty(), "{differ:?}");
}

#[test]
fn a_period_that_was_not_judged_is_refused_and_those_that_were_are_the_same() {
    let definitions = shipped();
    let data = tempfile::tempdir().expect("a folder");
    early_help::sample::write(60, 3, data.path()).expect("a council");
    let newest = Period::last_complete(PeriodKind::Month, definitions.project.as_at);
    let of = |periods: &[Period]| -> Vec<TableRequest> {
        let of = |id: &String| TableRequest {
            measure: id.clone(),
            by: Vec::new(),
            periods: periods.to_vec(),
        };
        let measures = definitions.measures.iter().map(|m| of(&m.id));
        measures.filter(|request| !periods_to_judge(&definitions, request).is_empty()).collect()
    };
    let two = [newest.earlier(2), newest];
    assert!(of(&two).len() > 5, "the shipped measures ask about periods");
    let all = judge(&definitions, data.path(), false, &mut |_| {}).expect("judged");
    let expected = measure(&definitions, &all, &of(&two)).expect("figures");
    let mut some = judge_to_publish(&definitions, data.path(), false, &mut |_| {}).expect("judged");
    assert!(measure(&definitions, &some, &of(&two)).is_err(), "nothing was judged");
    // One after the other, and the same once more.
    for period in [newest, newest.earlier(2), newest] {
        some.judge_in_periods(&definitions, &BTreeSet::from([period]), &mut |_| {})
            .expect("judged");
    }
    assert_eq!(measure(&definitions, &some, &of(&two)).expect("figures"), expected);
    assert!(measure(&definitions, &some, &of(&[newest.earlier(1)])).is_err(), "not judged");
}
