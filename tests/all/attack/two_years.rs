//! The long attack: two years of monthly reports and quarterly packs of the sample council, and two
//! hundred questions of commissioners, each audience with everything that it was ever given; then all
//! audiences together.
//!
//! `cargo test --release --test all -- --ignored --nocapture two_years` prints what was found.
#![allow(clippy::print_stderr)] // it is a report for whoever asked for it

use std::path::{Path, PathBuf};
use std::time::Duration;

use early_help::attack::{Findings, Release, attack, releases};
use early_help::calendar::{Period, PeriodKind};
use early_help::definitions::Definitions;
use early_help::definitions::load::load;
use early_help::measure::{Measurer, TableRequest, merged};
use early_help::protect::Earlier;
use early_help::render;
use early_help::report::Structure;
use early_help::{judge, protected_tables};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::cli::{copy_of, replace, repository, result_of, text};

const MONTHS: u32 = 24;
const QUESTIONS: usize = 200;
const NEWEST: &str = "2026-09-30";

#[test]
#[ignore = "takes minutes; what it finds is what protection does not remember yet"]
fn two_years_of_releases_and_two_hundred_questions_give_nothing_away() {
    let out = tempfile::tempdir().expect("a folder");
    let mut given: Vec<Release> = Vec::new();
    let newest = Period::parse("2026-09").expect("a month");
    for back in (0..MONTHS).rev() {
        let month = newest.earlier(back);
        let definitions = copy_of("outcome-definitions");
        let as_at = month.end().iso();
        if as_at != NEWEST {
            let project = definitions.path().join("project.toml");
            replace(&project, &format!("as_at   = {NEWEST}"), &format!("as_at   = {as_at}"));
        }
        let mut commands = vec![vec!["report", "monthly"]];
        if month.end().month().is_multiple_of(3) {
            commands.push(vec!["pack", "quarterly"]);
        }
        for command in commands {
            let places = ["--definitions", text(definitions.path()), "--out", text(out.path())];
            let folder = result_of(&[&command[..], &places[..]].concat());
            given.extend(releases(Path::new(folder.trim_end())).expect("published files"));
        }
    }
    given.retain(|r| r.structure.policy.threshold > 0);
    given.extend(questions());
    let mut audiences: Vec<String> = given.iter().map(|r| r.structure.audience.clone()).collect();
    audiences.sort();
    audiences.dedup();
    let mut all = Vec::new();
    for audience in &audiences {
        let theirs: Vec<&Release> =
            given.iter().filter(|r| r.structure.audience == *audience).collect();
        all.push(report(audience, &theirs));
    }
    all.push(report("all of them", &given.iter().collect::<Vec<_>>()));
    let open: Vec<&str> = all.iter().filter(|f| !f.holds()).map(|f| f.reader.as_str()).collect();
    assert!(open.is_empty(), "open to {open:?}");
}

fn report(reader: &str, given: &[&Release]) -> Findings {
    let findings = attack(reader, given, Duration::from_secs(600));
    let f = &findings;
    eprintln!(
        "{reader}: {} releases, {} figures, {} of them hidden somewhere; {} counts below {} wide, {} known exactly, {} unproved, {} contradictions; largest part {}, {:.1} s",
        f.runs,
        f.figures,
        f.hidden,
        f.below,
        f.width,
        f.pinned,
        f.unproved,
        f.contradictions,
        f.method.largest,
        f.seconds
    );
    findings
}

/// Two hundred questions of commissioners, each answered by itself.
fn questions() -> Vec<Release> {
    let definitions = load(&repository().join("outcome-definitions")).definitions.expect("sound");
    let evaluated =
        judge(&definitions, &repository().join("sample-data"), false, &mut |_| {}).expect("judged");
    let mut measurer = Measurer::new(&definitions, &evaluated);
    let audience = definitions.audience("commissioner").expect("the audience");
    let policy = &definitions.policies[&audience.disclosure];
    let mut dice = ChaCha8Rng::seed_from_u64(2026);
    let asked: Vec<Vec<TableRequest>> =
        (0..QUESTIONS).map(|_| question(&definitions, &mut dice)).collect();
    asked
        .iter()
        .map(|requests| {
            let tables = measurer.tables(requests).expect("measured");
            let (asked, nothing) = ((&requests[..], &tables[..]), Earlier::default());
            let protected = protected_tables(&definitions, &mut measurer, asked, &nothing, policy);
            let protected = protected.expect("it can be protected");
            let structure = Structure::of(&definitions, &protected, &audience.id, policy);
            let cells = render::csv::cells(protected.tables()).expect("a file");
            let structure = render::json::structure(&structure);
            Release::of(&cells, structure.as_bytes(), PathBuf::new()).expect("sound files")
        })
        .collect()
}

/// What is measured for a question: the crossing, its margins and the whole.
fn question(definitions: &Definitions, dice: &mut ChaCha8Rng) -> Vec<TableRequest> {
    let measures: Vec<_> = definitions
        .measures
        .iter()
        .filter(|m| m.audiences.iter().any(|a| a == "commissioner"))
        .collect();
    let measure = measures[dice.random_range(0..measures.len())];
    let mut by: Vec<String> = measure.by.clone();
    by.retain(|b| definitions.breakdown(b).is_some_and(|b| b.released_to("commissioner")));
    while by.len() > 2 || (!by.is_empty() && dice.random_range(0..3) == 0) {
        by.remove(dice.random_range(0..by.len()));
    }
    let kinds = [PeriodKind::Quarter, PeriodKind::FinancialYear, PeriodKind::Rolling12Months];
    let newest = Period::parse("2026-09").expect("a month").end();
    let kind = kinds[dice.random_range(0..kinds.len())];
    let period = Period::last_complete(kind, newest).earlier(dice.random_range(0..4));
    let request =
        |by: Vec<String>| TableRequest { measure: measure.id.clone(), by, periods: vec![period] };
    let margins = by.iter().map(|b| request(vec![b.clone()])).collect::<Vec<_>>();
    merged([request(by.clone()), request(Vec::new())].into_iter().chain(margins).collect())
}
