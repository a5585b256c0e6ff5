//! Saved extracts: units in, rows of text out, under the headers that somebody else has published.
//!
//! They are rows about single people. Only `run` writes them, into the restricted folder, and only
//! where an audience of the run may see single cases.

use polars::prelude::{Expr as Plan, *};

use crate::calendar::Day;
use crate::columns::{lower, texts};
use crate::definitions::Definitions;
use crate::definitions::extract::{DateForm, Extract, ExtractColumn, Recent};
use crate::evaluate::{Evaluated, UnitScope};
use crate::link::{PARENT, UNIT};

const TAKEN: &str = "taken";
const FIRST: &str = "first";

/// The rows of an extract, those that come first before the others, else in the order of its units:
/// one text for each column.
///
/// # Errors
/// When a date lies beyond the table of bank holidays, or the data frame library refuses.
pub fn rows(
    definitions: &Definitions,
    evaluated: &Evaluated,
    extract: &Extract,
) -> PolarsResult<Vec<Vec<String>>> {
    match listed(definitions, evaluated, extract, Vec::new())? {
        Some(found) => written_rows(evaluated, extract, &found),
        None => Ok(Vec::new()),
    }
}

/// The units that an extract lists, in its order, with its columns and what else is asked of each; nothing when
/// there are no such units at all.
pub(crate) fn listed(
    definitions: &Definitions,
    evaluated: &Evaluated,
    extract: &Extract,
    also: Vec<Plan>,
) -> PolarsResult<Option<DataFrame>> {
    let Some(units) = evaluated.units.get(&extract.unit).filter(|u| u.height() > 0) else {
        return Ok(None);
    };
    let scope = UnitScope { definitions, linked: &evaluated.linked, period: None };
    let among = extract.among.as_ref();
    let among = among.map(|c| lower(&c.expr, &scope).cast(DataType::Boolean));
    let recent = extract.recent.as_ref().map(|r| is_recent(r, definitions.project.as_at));
    let taken = [among, recent].into_iter().flatten().reduce(Plan::and);
    let values = extract
        .columns
        .iter()
        .enumerate()
        .map(|(at, column)| lower(&column.value.expr, &scope).alias(column_name(at)));
    let taken = taken.unwrap_or_else(|| lit(true)).fill_null(lit(false)).alias(TAKEN);
    let first = extract.first.as_ref().map(|c| lower(&c.expr, &scope).cast(DataType::Boolean));
    let first = first.map(|first| first.fill_null(lit(false)).alias(FIRST));
    // Of the units' own columns, of which there are hundreds, only their number: it says how many they are.
    let asked = [col(UNIT)].into_iter().chain(values).chain([taken]).chain(first).chain(also);
    let found = units.clone().lazy().select(asked.collect::<Vec<_>>());
    let mut found = found.filter(col(TAKEN)).collect()?;
    if extract.first.is_some() {
        let order = SortMultipleOptions::default().with_order_descending(true);
        found = found.sort([FIRST], order.with_maintain_order(true))?;
    }
    Ok(Some(found))
}

/// What stands in the fields of the units that an extract lists.
pub(crate) fn written_rows(
    evaluated: &Evaluated,
    extract: &Extract,
    found: &DataFrame,
) -> PolarsResult<Vec<Vec<String>>> {
    let mut rows = vec![Vec::with_capacity(extract.columns.len()); found.height()];
    for (at, column) in extract.columns.iter().enumerate() {
        let values = found.column(&column_name(at))?;
        let rings = &evaluated.linked.inputs.rings;
        let values = texts(rings, &column.value.ty, values, &|day| date(day, extract.dates))?;
        for (row, value) in rows.iter_mut().zip(values) {
            row.push(written(column, value));
        }
    }
    Ok(rows)
}

fn column_name(at: usize) -> String {
    format!("column {at}")
}

/// Whether the date lies in the last so many months up to and with the day of judgement.
fn is_recent(recent: &Recent, as_at: Day) -> Plan {
    let name = if recent.parent { format!("{PARENT}{}", recent.date) } else { recent.date.clone() };
    let date = || col(name.as_str());
    // The loader takes no length here that only a calendar could tell.
    let first = recent.last.before(as_at).unwrap_or(as_at);
    let within = date().gt_eq(lit(first.0)).and(date().lt_eq(lit(as_at.0)));
    if recent.or_open { date().is_null().or(within) } else { within }
}

/// What stands in a field.
fn written(column: &ExtractColumn, value: Option<String>) -> String {
    let Some(value) = value else { return column.missing.clone() };
    let called = column.codes.iter().find(|(word, _)| *word == value);
    called.map_or(value, |(_, text)| text.clone())
}

fn date(day: Day, form: DateForm) -> String {
    match form {
        DateForm::Iso => day.iso(),
        DateForm::DayFirst => {
            format!("{:02}/{:02}/{:04}", day.day_of_month(), day.month(), day.year())
        }
    }
}
