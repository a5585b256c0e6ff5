//! Releases that follow one another: the packs of four quarters; and the long attack, two years of monthly and
//! quarterly reports and partner packs of the sample council, and two hundred questions of commissioners. Each is
//! protected with all that was released before; then each audience is attacked with everything that it and the
//! public were ever given, as it stands in the release ledger.
//!
//! `cargo test --release --test all -- --ignored --nocapture two_years` prints what was found; with
//! `EARLY_HELP_MONTHS=3` the last three months alone.
#![allow(clippy::print_stderr)] // it is a report for whoever asked for it

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use early_help::attack::{Findings, Release, attack, releases};
use early_help::calendar::{Period, PeriodKind};
use early_help::definitions::Definitions;
use early_help::definitions::audience::Pack;
use early_help::definitions::load::load;
use early_help::definitions::measure::Measure;
use early_help::evaluate::Evaluated;
use early_help::measure::{Measurer, TableRequest};
use early_help::protect::UnprotectedError;
use early_help::run::Place;
use early_help::run::releases::{FOLDER, Occasion, QUERY, ReleaseLedger};
use early_help::{Asked, EngineError, judge, protected_for, rehearse};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::cli::{copy_of, replace, repository};

const NEWEST: &str = "2026-09-30";

const MONTHS: u32 = 24;
const QUESTIONS: u32 = 200;
/// How long the attack on one reader may take.
const PATIENCE: Duration = Duration::from_secs(600);

#[test]
#[ignore = "takes minutes"]
fn two_years_of_releases_and_two_hundred_questions_give_nothing_away() {
    let months = std::env::var("EARLY_HELP_MONTHS").ok().and_then(|months| months.parse().ok());
    let out = tempfile::tempdir().expect("a folder");
    release(out.path(), months.unwrap_or(MONTHS));
    nothing_is_given_away(&releases(&out.path().join(FOLDER)).expect("published files"));
}

#[test]
fn the_packs_of_four_quarters_laid_together_give_nothing_away() {
    let out = tempfile::tempdir().expect("a folder");
    let newest = Period::parse("2026-27-Q2").expect("a quarter");
    let mut ledger = ReleaseLedger::open(out.path()).expect("an empty ledger");
    for back in (0..4).rev() {
        let quarter = newest.earlier(back);
        let (definitions, evaluated) = &as_of(&quarter);
        let name = format!("{}-quarterly", quarter.code());
        let place =
            Place { out: out.path(), name: &name, command: "", period: quarter, accepted: None };
        let is_of = |p: &Pack| !p.is_report && p.period == PeriodKind::Quarter;
        assert!(run(definitions, evaluated, &place, &mut ledger, &is_of), "{name} is refused");
    }
    ledger.write().expect("written");
    let given = releases(&out.path().join(FOLDER)).expect("published files");
    nothing_is_given_away(&given);
    nothing_is_given_away_side_by_side(&given);
}

/// Each audience with all that it and the public were ever given.
fn nothing_is_given_away(given: &[Release]) {
    let audiences: BTreeSet<&str> = given.iter().map(|r| r.structure.audience.as_str()).collect();
    let mut open = Vec::new();
    for audience in audiences {
        let theirs = |r: &&Release| r.structure.public || r.structure.audience == audience;
        let theirs: Vec<&Release> = given.iter().filter(theirs).collect();
        let findings = attack(audience, &theirs, PATIENCE);
        report(&findings);
        if !findings.holds() {
            open.push((audience.to_owned(), findings.exposed));
        }
    }
    assert!(open.is_empty(), "open: {open:#?}");
}

/// All of them together, who lay all that they were ever given side by side.
fn nothing_is_given_away_side_by_side(given: &[Release]) {
    let findings = attack("all together", &given.iter().collect::<Vec<_>>(), PATIENCE);
    report(&findings);
    assert!(findings.holds(), "open: {:#?}", findings.exposed);
}

/// Releases some packs into a ledger. Gives whether they were not refused for what was released before.
fn run(
    definitions: &Definitions,
    evaluated: &Evaluated,
    place: &Place<'_>,
    ledger: &mut ReleaseLedger,
    is_of: &dyn Fn(&Pack) -> bool,
) -> bool {
    let packs: Vec<&Pack> = definitions.packs.iter().filter(|p| is_of(p)).collect();
    let (start, name) = (Instant::now(), place.name);
    let told = rehearse(definitions, evaluated, &packs, place, ledger, &mut |_| {});
    let told = match told {
        Ok(told) => told,
        Err(EngineError::Unprotected(e @ UnprotectedError::ToldBefore { .. })) => {
            eprintln!("{name}: refused: {e}");
            return false;
        }
        Err(error) => panic!("{name}: {error}"),
    };
    let hidden = told.iter().map(|r| format!("{} {}", r.audience.id, r.protected.hidden()));
    let hidden: Vec<String> = hidden.collect();
    eprintln!("{name}: hidden {}; {:.1} s", hidden.join(", "), start.elapsed().as_secs_f64());
    true
}

/// Releases everything into a ledger: each month on its own last day, so that later months restate it.
fn release(out: &Path, months: u32) {
    let dice = &mut ChaCha8Rng::seed_from_u64(2026);
    let newest = Period::parse("2026-09").expect("a month");
    let mut ledger = ReleaseLedger::open(out).expect("an empty ledger");
    let (mut asked, mut refused, mut runs_refused) = (0, 0, 0);
    for back in (0..months).rev() {
        let month = newest.earlier(back);
        let (definitions, evaluated) = &as_of(&month);
        let mut run = |name: String, period: Period, is_of: &dyn Fn(&Pack) -> bool| {
            let place = Place { out, name: &name, command: "", period, accepted: None };
            let is_released = self::run(definitions, evaluated, &place, &mut ledger, is_of);
            runs_refused += u32::from(!is_released);
        };
        run(format!("{}-monthly", month.code()), month, &|p| {
            p.is_report && p.period == PeriodKind::Month
        });
        if month.end().month().is_multiple_of(3) {
            let quarter = Period::ending_with(PeriodKind::Quarter, month.end()).expect("ends");
            let is_quarterly = |p: &Pack| p.period == PeriodKind::Quarter;
            run(format!("{}-quarterly-report", quarter.code()), quarter, &|p| {
                p.is_report && is_quarterly(p)
            });
            run(format!("{}-quarterly", quarter.code()), quarter, &|p| {
                !p.is_report && is_quarterly(p)
            });
        }
        let due = QUESTIONS * (months - back) / MONTHS;
        let start = Instant::now();
        for _ in asked..due {
            refused += u32::from(!ask(definitions, evaluated, &month, &mut ledger, dice));
        }
        let seconds = start.elapsed().as_secs_f64();
        eprintln!("{} questions, {refused} refused so far; {seconds:.1} s", due - asked);
        asked = due;
    }
    ledger.write().expect("written");
    eprintln!(
        "{} releases; {runs_refused} runs and {refused} of {asked} questions refused",
        ledger.lines().len()
    );
}

/// The sample council, judged on the last day of a month or quarter.
fn as_of(period: &Period) -> (Definitions, Evaluated) {
    let copy = copy_of("outcome-definitions");
    let as_at = period.end().iso();
    if as_at != NEWEST {
        let project = copy.path().join("project.toml");
        replace(&project, &format!("as_at   = {NEWEST}"), &format!("as_at   = {as_at}"));
    }
    let definitions = load(copy.path()).definitions.expect("sound");
    let data = repository().join("sample-data");
    let evaluated = judge(&definitions, &data, false, &mut |_| {}).expect("judged");
    (definitions, evaluated)
}

/// Asks a question of commissioners: the crossing, its margins and the whole. Gives whether it was answered.
fn ask(
    definitions: &Definitions,
    evaluated: &Evaluated,
    month: &Period,
    ledger: &mut ReleaseLedger,
    dice: &mut ChaCha8Rng,
) -> bool {
    let audience = definitions.audience("commissioner").expect("the audience");
    let policy = &definitions.policies[&audience.disclosure];
    let theirs = |m: &&Measure| m.audiences.contains(&audience.id);
    let measures: Vec<_> = definitions.measures.iter().filter(theirs).collect();
    let measure = measures[dice.random_range(0..measures.len())];
    let mut by: Vec<String> = measure.by.clone();
    by.retain(|b| audience.query_by.contains(b));
    by.retain(|b| definitions.breakdown(b).is_some_and(|b| b.released_to(&audience.id)));
    while by.len() > 2 || (!by.is_empty() && dice.random_range(0..3) == 0) {
        by.remove(dice.random_range(0..by.len()));
    }
    let kinds = [PeriodKind::Quarter, PeriodKind::FinancialYear, PeriodKind::Rolling12Months];
    let kind = kinds[dice.random_range(0..kinds.len())];
    let period = Period::last_complete(kind, month.end()).earlier(dice.random_range(0..4));
    let period = if by.is_empty() { period } else { period.with_its_quarter() };
    let request =
        |by: Vec<String>| TableRequest { measure: measure.id.clone(), by, periods: vec![period] };
    let margins = by.iter().map(|b| request(vec![b.clone()]));
    let requests = [request(by.clone()), request(Vec::new())].into_iter().chain(margins).collect();
    let mut content = by.clone();
    content.sort();
    content.insert(0, measure.id.clone());
    let occasion = Occasion { run: QUERY.to_owned(), period, content, accepted: None };
    let mut measurer = Measurer::new(definitions, evaluated);
    let asked = Asked { audience, requests, occasion };
    let answer = protected_for(definitions, &mut measurer, asked, policy, ledger);
    match answer {
        Ok(released) => {
            released.publication.map(|publication| ledger.add(publication));
            true
        }
        Err(EngineError::Unprotected(UnprotectedError::ToldBefore { .. })) => false,
        Err(error) => panic!("{error}"),
    }
}

fn report(f: &Findings) {
    eprintln!(
        "{}: {} releases, {} figures, {} of them hidden somewhere; {} counts below {} wide, {} known exactly, {} unproved, {} contradictions; largest part {}, {:.1} s",
        f.reader,
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
}
