//! The oracle on the shipped definitions: every worked example, and random councils that are whole.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use early_help::calendar::{Day, Period, PeriodKind};
use early_help::definitions::Definitions;
use early_help::definitions::example::{Comes, Example, Finding, GivenRows};
use early_help::definitions::load::load;
use early_help::evaluate::Verdict;
use early_help::measure::{Amount, TableRequest};

use super::cells::cells_in;
use super::checks::look;
use super::random_council::random_council;
use super::value::{Council, Value};
use super::verdicts;
use super::world::World;

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("outcome-definitions")
}

fn definitions() -> Definitions {
    let loaded = load(&shipped());
    loaded.definitions.unwrap_or_else(|| panic!("{:#?}", loaded.diagnostics))
}

/// The rows of an example, with every source there, if only empty.
fn council(
    definitions: &Definitions,
    given: &BTreeMap<String, GivenRows>,
    (as_at, complete_to): (Day, &BTreeMap<String, Day>),
) -> Council {
    let complete_to = complete_to.clone();
    let mut council = Council { sources: BTreeMap::new(), complete_to, as_at };
    for source in &definitions.sources {
        council.sources.insert(source.id.clone(), Vec::new());
    }
    for (source, rows) in given {
        for row in rows {
            let values = row.iter().map(|(name, value)| (name.clone(), Value::from(value)));
            council.add(source, values.collect());
        }
    }
    council
}

/// What the oracle says of the thing an example is about, for each unit.
fn said(definitions: &Definitions, example: &Example) -> BTreeMap<String, Finding> {
    let setting = (example.as_at, &example.complete_to);
    let council = council(definitions, &example.given, setting);
    let world = World::new(definitions, &council);
    let path: Vec<&str> = example.of.split('.').collect();
    let [.., kind, id] = path.as_slice() else { panic!("`{}` names nothing", example.of) };
    if *kind == "fact" {
        return verdicts::fact_by_unit(&world, id, example.period);
    }
    let [framework, ..] = path.as_slice() else { panic!("`{}` names nothing", example.of) };
    let mut said = BTreeMap::new();
    for case in world.cases() {
        let full = format!("{framework}.{id}");
        let verdict = match *kind {
            "need" => verdicts::need(&world, &case, &full),
            "outcome" => verdicts::outcome(&world, &case, &full),
            "claim" => verdicts::claim(&world, &case, &full),
            other => panic!("{other} has no verdict"),
        };
        let verdict = verdict.unwrap_or_else(|| panic!("no {full}"));
        said.insert(case.name().unwrap(), Finding { verdict, number: None });
    }
    said
}

#[test]
fn the_oracle_passes_every_worked_example() {
    let definitions = definitions();
    assert!(!definitions.examples.is_empty());
    let mut wrong = Vec::new();
    for example in &definitions.examples {
        let said = said(&definitions, example);
        for (unit, expected) in &example.expect {
            let got = said.get(unit);
            if !expected.agrees_with(got.copied()) {
                wrong.push(format!(
                    "{}: {}\n    {unit}: expected {expected}, got {got:?}",
                    example.of, example.says
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_oracle_passes_every_worked_example_of_a_check_or_an_extract() {
    let definitions = definitions();
    assert!(definitions.record_examples.len() > 60);
    for example in &definitions.record_examples {
        let setting = (example.as_at, &example.complete_to);
        let council = council(&definitions, &example.given, setting);
        let world = World::new(&definitions, &council);
        let named = |kind: &str| example.of.strip_prefix(kind);
        match &example.comes {
            Comes::Found(expected) => {
                let check = named("check.").and_then(|id| definitions.check(id)).expect("a check");
                let looked = look(&world, check);
                let found = if looked.told { looked.found } else { Vec::new() };
                assert_eq!(found, *expected, "{}: {}", example.of, example.says);
            }
            Comes::Rows(expected) => {
                let extract = named("extract.").and_then(|id| definitions.extract(id));
                let extract = extract.expect("an extract");
                let rows = super::extracts::rows(&world, extract);
                assert_eq!(rows.len(), expected.len(), "{}: {}", example.of, example.says);
                for (row, expected) in rows.iter().zip(expected) {
                    for (column, text) in extract.columns.iter().zip(row) {
                        let wanted = expected.get(&column.header).unwrap_or(text);
                        assert_eq!(text, wanted, "{}: {}", example.says, column.header);
                    }
                }
            }
        }
    }
}

#[test]
fn the_oracle_passes_every_worked_example_of_a_scale() {
    let definitions = definitions();
    assert!(!definitions.score_examples.is_empty());
    for example in &definitions.score_examples {
        let as_at = definitions.project.as_at;
        let mut council = Council { sources: BTreeMap::new(), complete_to: BTreeMap::new(), as_at };
        for row in &example.scores {
            let values = row.iter().map(|(name, value)| (name.clone(), Value::from(value)));
            council.add("scores", values.collect());
        }
        let world = World::new(&definitions, &council);
        let pairs = super::score_pairs::score_pairs(&world);
        assert_eq!(pairs.len(), example.pairs.len(), "{}: {pairs:#?}", example.says);
        for wanted in &example.pairs {
            let fits = |pair: &super::value::Row| {
                wanted.iter().all(|(column, value)| match (pair.get(column), Value::from(value)) {
                    (Value::Number(a), Value::Number(b)) => (a - b).abs() < 1e-9,
                    (a, b) => a.written() == b.written(),
                })
            };
            assert!(pairs.iter().any(fits), "{}: {wanted:?} in {pairs:#?}", example.says);
        }
    }
}

/// Every measure alone and by each of its breakdowns, in the last two years of months and quarters.
fn requests(definitions: &Definitions, council: &Council) -> Vec<TableRequest> {
    let mut periods = Vec::new();
    for kind in [PeriodKind::Month, PeriodKind::Quarter] {
        let last = Period::last_complete(kind, council.as_at);
        let back = 24 / kind.months();
        periods.extend((0..back).rev().map(|back| last.earlier(back)));
    }
    let mut requests = Vec::new();
    for measure in &definitions.measures {
        let alone = std::iter::once(Vec::new());
        for by in alone.chain(measure.by.iter().map(|b| vec![b.clone()])) {
            let (measure, periods) = (measure.id.clone(), periods.clone());
            requests.push(TableRequest { measure, by, periods });
        }
    }
    requests
}

#[test]
fn random_councils_meet_every_verdict_and_lose_no_unit() {
    let definitions = definitions();
    let mut seen: BTreeMap<Verdict, usize> = BTreeMap::new();
    let mut numerators = 0;
    for seed in 0..12 {
        let council = random_council(&definitions, seed, 6);
        let world = World::new(&definitions, &council);
        for line in world.need_lines() {
            *seen.entry(line.need_verdict).or_default() += 1;
            *seen.entry(line.outcome_verdict.unwrap_or(Verdict::Unknown)).or_default() += 1;
        }
        // The claims and facts of every council decide all that they are asked about.
        let cases = world.cases().len();
        let claims: usize = definitions.frameworks.iter().map(|f| f.claims.len()).sum();
        assert_eq!(verdicts::claims(&definitions, &council).len(), cases * claims);
        for line in verdicts::facts(&definitions, &council) {
            let decided = matches!(line.verdict, Verdict::Met | Verdict::NotMet);
            assert_eq!(decided, !line.value.is_nothing(), "{line:?}");
        }
        for request in requests(&definitions, &council) {
            let by_none = request.by.is_empty();
            for cell in cells_in(&world, &request).cells {
                assert!(cell.flow.sums(), "{} {cell:?}", request.measure);
                if let Amount::Proportion { numerator, .. } = cell.amount {
                    numerators += if by_none { numerator } else { 0 };
                }
            }
        }
    }
    for verdict in Verdict::ALL {
        assert!(seen.get(&verdict).is_some_and(|n| *n >= 3), "{verdict}: {seen:?}");
    }
    assert!(numerators > 0);
}

#[test]
fn the_same_seed_makes_the_same_files() {
    let definitions = definitions();
    let written = |seed| {
        let folder = tempfile::tempdir().unwrap();
        let council = random_council(&definitions, seed, 3);
        super::write_council::write(&definitions, &council, &shipped(), folder.path());
        let loaded = load(&folder.path().join("definitions"));
        let again = loaded.definitions.unwrap_or_else(|| panic!("{:#?}", loaded.diagnostics));
        assert_eq!(again.project.as_at, council.as_at);
        std::fs::read_to_string(folder.path().join("input/cases.csv")).unwrap()
    };
    assert_eq!(written(7), written(7));
    assert_ne!(written(7), written(8));
}
