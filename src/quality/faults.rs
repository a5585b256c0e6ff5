//! Which rows a check finds fault with.

use polars::prelude::*;

use crate::definitions::Definitions;
use crate::definitions::data_check::{DataCheck, Fault, Without};
use crate::evaluate::Evaluated;
use crate::quality::groups::{groups, overlapping, repeated};
use crate::quality::record::Records;

/// Of which rows of the frame something is wrong. Only rows `among` which the check looks are
/// compared with each other.
pub(super) fn wrong(
    definitions: &Definitions,
    evaluated: &Evaluated,
    records: &Records<'_>,
    frame: &DataFrame,
    check: &DataCheck,
    among: &[bool],
) -> PolarsResult<Vec<bool>> {
    match &check.fault {
        Fault::Holds { condition, .. } => records.holds(frame, condition),
        Fault::Repeated(columns) => Ok(repeated(&groups(frame, columns, among)?)),
        Fault::Overlapping(columns) => {
            overlapping(frame, &records.source.shape, &groups(frame, columns, among)?)
        }
        Fault::Without(other) => without(definitions, evaluated, frame, other),
    }
}

/// The rows of whose identifier the other source has no row. A row without the identifier looks for
/// nothing.
fn without(
    definitions: &Definitions,
    evaluated: &Evaluated,
    frame: &DataFrame,
    without: &Without,
) -> PolarsResult<Vec<bool>> {
    let Some(source) = definitions.source(&without.source) else {
        return Ok(vec![false; frame.height()]);
    };
    let there = Records::new(definitions, evaluated, source);
    let others = there.with_related(without.condition.iter(), &[])?;
    let counts = match &without.condition {
        Some(condition) => there.holds(&others, condition)?,
        None => vec![true; others.height()],
    };
    let (here, beyond) = &without.columns;
    let mut has: Vec<bool> = Vec::new();
    let ids = others.column(beyond)?.as_materialized_series().u32()?.clone();
    for id in ids.iter().zip(counts).filter_map(|(id, counts)| id.filter(|_| counts)) {
        let place = id as usize;
        if place >= has.len() {
            has.resize(place + 1, false);
        }
        if let Some(has) = has.get_mut(place) {
            *has = true;
        }
    }
    let is_there = |id: u32| has.get(id as usize).copied().unwrap_or(false);
    let ids = frame.column(here)?.as_materialized_series().u32()?.clone();
    Ok(ids.iter().map(|id| id.is_some_and(|id| !is_there(id))).collect())
}
