//! Worked examples of scales: their scores go through the real stages, and the pairs must be those
//! that the examples expect.

use std::collections::BTreeMap;
use std::sync::Arc;

use polars::prelude::{DataFrame, PolarsResult};

use super::kept_apart;
use crate::calendar::Day;
use crate::columns::Rings;
use crate::definitions::Definitions;
use crate::definitions::example::GivenRows;
use crate::definitions::expression::{Literal, Type};
use crate::definitions::scale::{SCORES, pair_columns};
use crate::link::{link, whole_score_pairs};
use crate::read::given;

/// What became of one example of a scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreProof {
    /// Its place in the definitions.
    pub example: usize,
    /// What is not as expected, in words.
    pub wrong: Vec<String>,
}

/// Runs every example of a scale, all in one pass; their cases are kept apart.
///
/// # Errors
/// When the data frame library refuses, which is a bug.
pub fn prove_scores(definitions: &Definitions) -> PolarsResult<Vec<ScoreProof>> {
    if definitions.units.iter().all(|u| u.rows != super::UnitRows::ScorePairs) {
        return Ok(Vec::new());
    }
    let examples = || definitions.score_examples.iter().enumerate();
    let scores: GivenRows = examples()
        .flat_map(|(number, example)| {
            example.scores.iter().map(move |row| kept_apart(definitions, SCORES, row, number))
        })
        .map(Arc::new)
        .collect();
    let rows = BTreeMap::from([(SCORES.to_owned(), scores)]);
    let linked = link(definitions, given(definitions, &rows, &BTreeMap::new())?, &mut |_| {})?;
    let mut found: BTreeMap<usize, Vec<Pair>> = BTreeMap::new();
    let frame = whole_score_pairs(definitions, &linked)?;
    for pair in pairs(definitions, &frame, &linked.inputs.rings)? {
        let of = match pair.get("case_id") {
            Some(Literal::Text(id)) => id.split('/').next().and_then(|n| n.parse().ok()),
            _ => None,
        };
        if let Some(number) = of {
            found.entry(number).or_default().push(pair);
        }
    }
    Ok(examples()
        .map(|(number, example)| {
            let expected = example.pairs.iter().map(|p| kept_apart(definitions, SCORES, p, number));
            let wrong = differences(&expected.collect(), found.remove(&number).unwrap_or_default());
            ScoreProof { example: number, wrong }
        })
        .collect())
}

/// The values of a pair by column, nothing as null.
type Pair = BTreeMap<String, Literal>;

fn pairs(definitions: &Definitions, frame: &DataFrame, rings: &Rings) -> PolarsResult<Vec<Pair>> {
    let mut pairs = vec![Pair::new(); frame.height()];
    for (name, ty) in pair_columns(definitions.source(SCORES), &definitions.scales) {
        let column = frame.column(name)?.as_materialized_series();
        for (row, pair) in pairs.iter_mut().enumerate() {
            let value = match &ty {
                Type::Date => column.i32()?.get(row).map(|d| Literal::Date(Day(d))),
                Type::Number(_) | Type::Score => column.f64()?.get(row).map(Literal::Number),
                Type::Code(list) => {
                    let code = column.u32()?.get(row);
                    code.map(|c| Literal::Code(c, Arc::clone(list)))
                }
                Type::Id(entity) => {
                    let id = column.u32()?.get(row).and_then(|p| rings.identifier(entity, p));
                    id.map(|id| Literal::Text(id.to_owned()))
                }
                _ => {
                    let word = column.u32()?.get(row).and_then(|p| rings.text.word(p));
                    word.map(|w| Literal::Text(w.to_owned()))
                }
            };
            pair.insert(name.to_owned(), value.unwrap_or(Literal::Null));
        }
    }
    Ok(pairs)
}

/// Expected pairs that did not come, and pairs that nobody expected.
fn differences(expected: &Vec<Pair>, mut found: Vec<Pair>) -> Vec<String> {
    let mut missing = Vec::new();
    for wanted in expected {
        let fits = |pair: &Pair| {
            wanted.iter().all(|(column, value)| match (value, pair.get(column)) {
                (Literal::Number(a), Some(Literal::Number(b))) => (a - b).abs() < 1e-9,
                (a, b) => Some(a) == b,
            })
        };
        match found.iter().position(fits) {
            Some(at) => {
                found.remove(at);
            }
            None => missing.push(wanted),
        }
    }
    let missing = missing.into_iter().map(|p| format!("expected a pair with {}", said(p)));
    missing.chain(found.iter().map(|p| format!("found {}", said(p)))).collect()
}

fn said(pair: &Pair) -> String {
    let columns = pair.iter().map(|(column, value)| match value {
        Literal::Null => format!("no {column}"),
        Literal::Number(n) => format!("{column} {n}"),
        Literal::Date(day) => format!("{column} {}", day.iso()),
        Literal::Code(at, list) => format!("{column} {}", list.word(*at).unwrap_or_default()),
        Literal::Text(text) => format!("{column} {text}"),
        Literal::YesNo(yes) => format!("{column} {yes}"),
    });
    columns.collect::<Vec<_>>().join(", ")
}
