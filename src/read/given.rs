//! Rows that stand in a definition file, as worked examples give them: the same frames as from
//! exports, without a mapping.

use std::collections::BTreeMap;

use polars::prelude::*;

use crate::calendar::Day;
use crate::columns::Rings;
use crate::definitions::Definitions;
use crate::definitions::example::GivenRows;
use crate::definitions::expression::{Literal, Type};
use crate::definitions::source::{self, Source};
use crate::read::episodes::{Made, episodes, follow};
use crate::read::formulas::with_formulas;
use crate::read::frame::typed_frame;
use crate::read::values::Values;
use crate::read::{Inputs, SourceRows};

/// Inputs of these rows. A feed that is not named in `complete_to` is complete to the day of
/// judgement; sources without rows are fed and empty.
///
/// # Errors
/// When the data frame library refuses, which is a bug.
pub fn given(
    definitions: &Definitions,
    rows: &BTreeMap<String, GivenRows>,
    complete_to: &BTreeMap<String, Day>,
) -> PolarsResult<Inputs> {
    let mut inputs = Inputs::nothing_yet(definitions);
    let none = Vec::new();
    for source in &definitions.sources {
        let rows = rows.get(&source.id).unwrap_or(&none);
        let columns: Vec<Column> = source
            .columns
            .iter()
            .filter(|c| c.formula.is_none())
            .map(|c| values(definitions, source, c, rows, &mut inputs.rings).into_column(&c.name))
            .collect();
        let numbers = 1..=u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let numbers = UInt32Chunked::from_vec(PlSmallStr::EMPTY, numbers.collect());
        let Made { frame, merged, .. } = episodes(source, typed_frame(source, numbers, columns)?)?;
        inputs.note_merged(source, merged);
        let frame = with_formulas(source, frame, &inputs)?;
        let day = complete_to.get(&source.id).copied().unwrap_or(definitions.project.as_at);
        let read = SourceRows { frame, complete_to: Some(day), newest: None };
        inputs.sources.insert(source.id.clone(), read);
    }
    for source in &definitions.sources {
        follow(source, &mut inputs)?;
    }
    Ok(inputs)
}

/// One column of given rows.
fn values(
    definitions: &Definitions,
    source: &Source,
    column: &source::Column,
    rows: &GivenRows,
    rings: &mut Rings,
) -> Values {
    let cells = rows.iter().map(|row| row.get(&column.name));
    match &column.ty {
        Type::Date => Values::Days(
            rows.iter()
                .map(|row| match row.get(&column.name) {
                    Some(Literal::Date(day)) => Some(day.0),
                    _ => from_calendar(definitions, source, column, row),
                })
                .collect(),
        ),
        Type::YesNo => Values::YesNo(
            cells.map(|c| if let Some(Literal::YesNo(b)) = c { Some(*b) } else { None }).collect(),
        ),
        Type::Code(list) => Values::Places(
            cells
                .map(|c| match c {
                    Some(Literal::Code(index, _)) => Some(*index),
                    Some(Literal::Text(word)) => list.index_of(word),
                    _ => None,
                })
                .collect(),
        ),
        Type::Id(entity) => {
            let ring = rings.entity(entity);
            let text = |c: Option<&Literal>| {
                if let Some(Literal::Text(t)) = c { Some(ring.place(t)) } else { None }
            };
            Values::Places(cells.map(text).collect())
        }
        Type::Text => {
            let ring = &mut rings.text;
            let text = |c: Option<&Literal>| {
                if let Some(Literal::Text(t)) = c { Some(ring.place(t)) } else { None }
            };
            Values::Places(cells.map(text).collect())
        }
        _ => Values::Numbers(
            cells.map(|c| if let Some(Literal::Number(n)) = c { Some(*n) } else { None }).collect(),
        ),
    }
}

/// The first or last day of the period that a row names, where the row does not say it itself.
fn from_calendar(
    definitions: &Definitions,
    source: &Source,
    column: &source::Column,
    row: &BTreeMap<String, Literal>,
) -> Option<i32> {
    let crate::definitions::source::Shape::Period { start, end, calendar } = &source.shape else {
        return None;
    };
    let periods = definitions.project.named_periods.get(calendar)?;
    let named = row.values().find_map(|v| match v {
        Literal::Text(name) => periods.named(name),
        _ => None,
    })?;
    if column.name == *start {
        Some(named.start.0)
    } else if column.name == *end {
        Some(named.end.0)
    } else {
        None
    }
}
