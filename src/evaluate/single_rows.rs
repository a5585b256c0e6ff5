//! Single rows of a source, by their numbers in the file: when they were, and whether a condition holds.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use crate::calendar::Day;
use crate::columns::{ROW, lower};
use crate::definitions::expression::Checked;
use crate::definitions::source::Source;
use crate::evaluate::pass::RowScope;
use crate::link::Linked;

/// What is told of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SingleRow {
    /// Its day, or the first of a spell or period.
    pub(crate) from: Option<Day>,
    /// The last day; nothing for a spell that is still open.
    pub(crate) to: Option<Day>,
    /// Whether the condition holds; true if there is none.
    pub(crate) holds: bool,
}

/// The rows with these numbers. A condition sees the columns of the row alone.
pub(crate) fn single_rows(
    linked: &Linked,
    source: &Source,
    numbers: &BTreeSet<u32>,
    condition: Option<&Checked>,
) -> PolarsResult<BTreeMap<u32, SingleRow>> {
    const HOLDS: &str = "holds";
    let Some(rows) = linked.inputs.sources.get(&source.id) else { return Ok(BTreeMap::new()) };
    let holds = condition.map_or_else(
        || lit(true),
        |c| lower(&c.expr, &RowScope { linked }).cast(DataType::Boolean).fill_null(lit(false)),
    );
    let dates = source.shape.dates();
    let mut asked = vec![col(ROW), holds.alias(HOLDS)];
    asked.extend(dates.map(|(from, _)| col(from).cast(DataType::Int32).alias("from")));
    asked.extend(dates.map(|(_, to)| col(to).cast(DataType::Int32).alias("to")));
    let found = rows.frame.clone().lazy().select(asked).collect()?;
    let days = |name: &str| match dates {
        Some(_) => found.column(name)?.as_materialized_series().i32().cloned().map(Some),
        None => Ok(None),
    };
    let (from, to) = (days("from")?, days("to")?);
    let day = |days: &Option<Int32Chunked>, at: usize| days.as_ref()?.get(at).map(Day);
    let holds = found.column(HOLDS)?.as_materialized_series().bool()?;
    let of_rows = found.column(ROW)?.as_materialized_series().u32()?;
    let wanted = of_rows.iter().enumerate().filter_map(|(at, number)| {
        let number = number.filter(|n| numbers.contains(n))?;
        let holds = holds.get(at).unwrap_or(false);
        Some((number, SingleRow { from: day(&from, at), to: day(&to, at), holds }))
    });
    Ok(wanted.collect())
}
