//! Worked examples as tests: their rows go through the real stages, and the verdicts must be
//! those that the examples expect.

mod coverage;
mod discretion;
pub mod excused;
mod mutate;
mod records;
mod retell;
mod scores;
mod sites;
mod slim;

use std::collections::BTreeMap;
use std::sync::Arc;

use polars::prelude::{DataFrame, DataType, PolarsResult};

pub use coverage::{Covered, Edges, Shown, coverage, warnings};
pub use mutate::{Fate, Mutant, mutate, subjects};
pub use records::{RecordProof, prove_records};
pub use retell::retell;

use crate::calendar::{Day, Period};
use crate::definitions::Definitions;
use crate::definitions::example::{Example, Finding, GivenRows};
use crate::definitions::expression::{Literal, Type};
use crate::definitions::source::{Shape, Source};
use crate::definitions::unit::{Unit, UnitRows};
use crate::evaluate::{
    Evaluated, Verdict, claim_column, evaluate, fact_column, need_column, outcome_column, value_of,
};
use crate::link::{Linked, PERSON, link, own_identifier};
use crate::read::given;

pub use scores::{ScoreProof, prove_scores};

/// What became of one example.
#[derive(Debug, Clone, PartialEq)]
pub struct Proof {
    /// Its place in the definitions.
    pub example: usize,
    /// The units for which something else came out than was expected: identifier, expected, found.
    /// Nothing found means that there is no such unit or definition.
    pub wrong: Vec<(String, Finding, Option<Finding>)>,
}

/// The day an example is judged on, and how far its feeds reach.
type Setting = (Day, Vec<(String, Day)>);

/// Runs every example. Examples that are judged on the same day with the same feeds share one pass
/// through the stages; their identifiers are kept apart.
///
/// # Errors
/// When a date lies beyond the table of bank holidays, or the data frame library refuses.
pub fn prove(definitions: &mut Definitions) -> PolarsResult<Vec<Proof>> {
    let all: Vec<usize> = (0..definitions.examples.len()).collect();
    prove_these(definitions, &all, &mut |_| {})
}

/// Runs these examples, by their places in the definitions. `done` is told how many more have been
/// run.
///
/// # Errors
/// As [`prove`].
pub fn prove_these(
    definitions: &mut Definitions,
    numbers: &[usize],
    done: &mut dyn FnMut(usize),
) -> PolarsResult<Vec<Proof>> {
    let mut proofs = Vec::new();
    for (setting, numbers) in settings(definitions, numbers) {
        let judged = judged(definitions, &setting, &numbers, &|_, _| Ok(()))?;
        for &number in &numbers {
            let Some(example) = definitions.examples.get(number) else { continue };
            let wrong = wrong(definitions, example, number, &judged)?;
            proofs.push(Proof { example: number, wrong });
        }
        done(numbers.len());
    }
    proofs.sort_by_key(|p| p.example);
    Ok(proofs)
}

/// Examples that can share a pass, by their settings.
fn settings(definitions: &Definitions, numbers: &[usize]) -> BTreeMap<Setting, Vec<usize>> {
    let mut batches: BTreeMap<Setting, Vec<usize>> = BTreeMap::new();
    for &number in numbers {
        let Some(example) = definitions.examples.get(number) else { continue };
        let feeds = example.complete_to.iter().map(|(s, d)| (s.clone(), *d)).collect();
        batches.entry((example.as_at, feeds)).or_default().push(number);
    }
    batches
}

/// The rows of these examples, judged in their setting.
fn judged(
    definitions: &mut Definitions,
    setting: &Setting,
    numbers: &[usize],
    linked: &dyn Fn(&Definitions, &mut Linked) -> PolarsResult<()>,
) -> PolarsResult<Evaluated> {
    let mut rows: BTreeMap<String, GivenRows> = BTreeMap::new();
    for &number in numbers {
        let Some(example) = definitions.examples.get(number) else { continue };
        for (source, given) in &example.given {
            let apart = given.iter().map(|row| kept_apart(definitions, source, row, number));
            let apart = apart.map(Arc::new);
            rows.entry(source.clone()).or_default().extend(apart);
        }
    }
    judged_rows(definitions, setting, &rows, linked)
}

/// These rows, judged in a setting. `linked` may change what was linked before it is judged.
fn judged_rows(
    definitions: &mut Definitions,
    (as_at, feeds): &Setting,
    rows: &BTreeMap<String, GivenRows>,
    linked: &dyn Fn(&Definitions, &mut Linked) -> PolarsResult<()>,
) -> PolarsResult<Evaluated> {
    let today = std::mem::replace(&mut definitions.project.as_at, *as_at);
    let run = |definitions: &Definitions| {
        let feeds = feeds.iter().cloned().collect();
        let mut all = link(definitions, given(definitions, rows, &feeds)?, &mut |_| {})?;
        linked(definitions, &mut all)?;
        evaluate(definitions, all, false, &mut |_| {})
    };
    let found = run(definitions);
    definitions.project.as_at = today;
    found
}

/// A row whose identifiers carry the number of their example.
fn kept_apart(
    definitions: &Definitions,
    source: &str,
    row: &BTreeMap<String, Literal>,
    number: usize,
) -> BTreeMap<String, Literal> {
    let is_id = |column: &str| {
        let source = definitions.source(source);
        source.and_then(|s| s.column(column)).is_some_and(|c| matches!(c.ty, Type::Id(_)))
    };
    row.iter()
        .map(|(column, value)| {
            let value = match value {
                Literal::Text(id) if is_id(column) => Literal::Text(name(number, id)),
                other => other.clone(),
            };
            (column.clone(), value)
        })
        .collect()
}

/// The column by which examples name a unit: its own identifier. A unit without one, such as a spell of
/// social care, goes by the first identifier of its key; of several rows the first in the file is meant.
fn identified_by<'d>(definitions: &'d Definitions, unit: &Unit) -> Option<&'d str> {
    own_identifier(definitions, unit).or_else(|| {
        let UnitRows::Source(source) = &unit.rows else { return None };
        let source = definitions.source(source)?;
        let ids = source.columns.iter().filter(|c| matches!(c.ty, Type::Id(_)));
        ids.map(|c| c.name.as_str()).find(|c| source.key.iter().any(|k| k == c))
    })
}

/// The place of the unit that an example names: by its own identifier, a member as `P1 in C2`.
fn place_named(
    definitions: &Definitions,
    evaluated: &Evaluated,
    unit: &Unit,
    frame: &DataFrame,
    (number, id): (usize, &str),
) -> PolarsResult<Option<usize>> {
    let parts: Vec<(Option<&str>, &str)> = match (&unit.rows, id.split_once(" in ")) {
        (UnitRows::Members { .. }, Some((person, parent))) => {
            let of = unit.of.as_deref().and_then(|of| definitions.unit(of));
            let key = of.and_then(|of| own_identifier(definitions, of));
            vec![(Some(PERSON), person), (key, parent)]
        }
        _ => vec![(identified_by(definitions, unit), id)],
    };
    let mut rows: Vec<usize> = (0..frame.height()).collect();
    for (key, id) in parts {
        let Some(key) = key else { return Ok(None) };
        let entity = definitions.sources.iter().find_map(|s| match s.column(key).map(|c| &c.ty) {
            Some(Type::Id(entity)) => Some(entity.as_str()),
            _ => None,
        });
        let ring = entity.and_then(|e| evaluated.linked.inputs.rings.entities.get(e));
        let Some(place) = ring.and_then(|ring| ring.find(&name(number, id))) else {
            return Ok(None);
        };
        let ids = frame.column(key)?.as_materialized_series().u32()?.clone();
        rows.retain(|&row| ids.get(row) == Some(place));
    }
    Ok(rows.first().copied())
}

/// The day in a column of a given row; for a period, that of the named one if the row has no day.
fn given_day(
    definitions: &Definitions,
    source: &Source,
    column: &str,
    row: &BTreeMap<String, Literal>,
) -> Option<Day> {
    if let Some(Literal::Date(day)) = row.get(column) {
        return Some(*day);
    }
    let Shape::Period { start, calendar, .. } = &source.shape else { return None };
    let periods = definitions.project.named_periods.get(calendar)?;
    let named = row.values().find_map(|v| match v {
        Literal::Text(name) => periods.named(name),
        _ => None,
    })?;
    Some(if column == start { named.start } else { named.end })
}

fn name(number: usize, id: &str) -> String {
    format!("{number}/{id}")
}

/// The expectations of an example that did not come true.
fn wrong(
    definitions: &Definitions,
    example: &Example,
    number: usize,
    evaluated: &Evaluated,
) -> PolarsResult<Vec<(String, Finding, Option<Finding>)>> {
    let subject = subject(definitions, &example.of);
    let mut wrong = Vec::new();
    for (id, expected) in &example.expect {
        let found = match &subject {
            Some((unit, column)) => match evaluated.units.get(unit) {
                Some(frame) => finding(
                    definitions,
                    evaluated,
                    unit,
                    frame,
                    (example.period, column),
                    (number, id),
                )?,
                None => None,
            },
            None => None,
        };
        if !expected.agrees_with(found) {
            wrong.push((id.clone(), *expected, found));
        }
    }
    Ok(wrong)
}

/// The unit and the verdict column that an example is about.
fn subject(definitions: &Definitions, of: &str) -> Option<(String, String)> {
    let parts: Vec<&str> = of.split('.').collect();
    let case = "case".to_owned();
    match parts.as_slice() {
        [framework, "need", id] => Some((case, need_column(&format!("{framework}.{id}")))),
        [framework, "outcome", id] => Some((case, outcome_column(&format!("{framework}.{id}")))),
        [framework, "claim", id] => Some((case, claim_column(&format!("{framework}.{id}")))),
        [.., "fact", id] => Some((definitions.fact(id)?.unit.clone(), fact_column(id))),
        _ => None,
    }
}

/// What came out for the unit that an example names.
fn finding(
    definitions: &Definitions,
    evaluated: &Evaluated,
    unit: &str,
    frame: &DataFrame,
    (period, column): (Option<Period>, &str),
    (number, id): (usize, &str),
) -> PolarsResult<Option<Finding>> {
    let Some(unit) = definitions.unit(unit) else { return Ok(None) };
    let row = place_named(definitions, evaluated, unit, frame, (number, id))?;
    let (row, frame) = match period {
        None => (row, frame.clone()),
        // What was found in a period stands with those who are there at its end.
        Some(period) => {
            let found = evaluated.in_periods.get(&unit.id).and_then(|found| found.of(period));
            let Some((units, found)) = found else { return Ok(None) };
            (units.iter().position(|unit| Some(*unit as usize) == row), found)
        }
    };
    let Ok(verdicts) = frame.column(column) else { return Ok(None) };
    let Some(row) = row else { return Ok(None) };
    let code = verdicts.as_materialized_series().u32()?.get(row);
    let number = match frame.column(&value_of(column)) {
        Ok(numbers) => numbers.as_materialized_series().cast(&DataType::Float64)?.f64()?.get(row),
        Err(_) => None,
    };
    let verdict = code.and_then(|c| Verdict::ALL.get(c as usize).copied());
    Ok(verdict.map(|verdict| Finding { verdict, number }))
}
