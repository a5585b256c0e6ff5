//! Worked examples as tests: their rows go through the real stages, and the verdicts must be
//! those that the examples expect.

mod scores;

use std::collections::BTreeMap;

use polars::prelude::{DataFrame, PolarsResult};

use crate::calendar::Day;
use crate::definitions::Definitions;
use crate::definitions::example::{Example, GivenRows};
use crate::definitions::expression::{Literal, Type};
use crate::definitions::unit::UnitRows;
use crate::evaluate::{
    Evaluated, Verdict, claim_column, evaluate, fact_column, need_column, outcome_column,
};
use crate::link::link;
use crate::read::given;

pub use scores::{ScoreProof, prove_scores};

/// What became of one example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Its place in the definitions.
    pub example: usize,
    /// The units whose verdict is not what was expected: identifier, expected, found. Nothing
    /// found means that there is no such unit or definition.
    pub wrong: Vec<(String, Verdict, Option<Verdict>)>,
}

/// The day an example is judged on, and how far its feeds reach.
type Setting = (Day, Vec<(String, Day)>);

/// Runs every example. Examples that are judged on the same day with the same feeds share one pass
/// through the stages; their identifiers are kept apart.
///
/// # Errors
/// When a date lies beyond the table of bank holidays, or the data frame library refuses.
pub fn prove(definitions: &mut Definitions) -> PolarsResult<Vec<Proof>> {
    let mut batches: BTreeMap<Setting, Vec<usize>> = BTreeMap::new();
    for (number, example) in definitions.examples.iter().enumerate() {
        let feeds = example.complete_to.iter().map(|(s, d)| (s.clone(), *d)).collect();
        batches.entry((example.as_at, feeds)).or_default().push(number);
    }
    let today = definitions.project.as_at;
    let mut proofs = Vec::new();
    for ((as_at, feeds), numbers) in batches {
        definitions.project.as_at = as_at;
        let found = batch(definitions, &numbers, &feeds.into_iter().collect());
        definitions.project.as_at = today;
        proofs.extend(found?);
    }
    proofs.sort_by_key(|p| p.example);
    Ok(proofs)
}

fn batch(
    definitions: &Definitions,
    numbers: &[usize],
    complete_to: &BTreeMap<String, Day>,
) -> PolarsResult<Vec<Proof>> {
    let mut rows: BTreeMap<String, GivenRows> = BTreeMap::new();
    for &number in numbers {
        let Some(example) = definitions.examples.get(number) else { continue };
        for (source, given) in &example.given {
            let apart = given.iter().map(|row| kept_apart(definitions, source, row, number));
            rows.entry(source.clone()).or_default().extend(apart);
        }
    }
    let linked = link(definitions, given(definitions, &rows, complete_to)?, &mut |_| {})?;
    let evaluated = evaluate(definitions, linked, false, &mut |_| {})?;
    let mut proofs = Vec::new();
    for &number in numbers {
        if let Some(example) = definitions.examples.get(number) {
            proofs.push(Proof {
                example: number,
                wrong: wrong(definitions, example, number, &evaluated)?,
            });
        }
    }
    Ok(proofs)
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

fn name(number: usize, id: &str) -> String {
    format!("{number}/{id}")
}

/// The expectations of an example that did not come true.
fn wrong(
    definitions: &Definitions,
    example: &Example,
    number: usize,
    evaluated: &Evaluated,
) -> PolarsResult<Vec<(String, Verdict, Option<Verdict>)>> {
    let subject = subject(definitions, &example.of);
    let mut wrong = Vec::new();
    for (id, expected) in &example.expect {
        let found = match &subject {
            Some((unit, column)) => match evaluated.units.get(unit) {
                Some(frame) => {
                    verdict(definitions, evaluated, unit, frame, column, &name(number, id))?
                }
                None => None,
            },
            None => None,
        };
        if found != Some(*expected) {
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

fn verdict(
    definitions: &Definitions,
    evaluated: &Evaluated,
    unit: &str,
    frame: &DataFrame,
    column: &str,
    id: &str,
) -> PolarsResult<Option<Verdict>> {
    let Some(unit) = definitions.unit(unit) else { return Ok(None) };
    let Some(key) = crate::link::own_identifier(definitions, unit) else { return Ok(None) };
    let rings = &evaluated.linked.inputs.rings;
    let entity = definitions.sources.iter().find_map(|s| match s.column(key).map(|c| &c.ty) {
        Some(Type::Id(entity)) => Some(entity.as_str()),
        _ => None,
    });
    let place = entity.and_then(|e| rings.entities.get(e)).and_then(|ring| ring.find(id));
    let (Some(place), Ok(verdicts)) = (place, frame.column(column)) else { return Ok(None) };
    let ids = frame.column(key)?.as_materialized_series().u32()?.clone();
    let row = ids.iter().position(|p| p == Some(place));
    let code = match row {
        Some(row) => verdicts.as_materialized_series().u32()?.get(row),
        None => None,
    };
    Ok(code.and_then(|c| Verdict::ALL.get(c as usize).copied()))
}
