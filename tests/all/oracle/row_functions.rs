//! The functions over the many rows of a window.

use std::collections::BTreeSet;

use early_help::calendar::Day;
use early_help::definitions::expression::{Expr, Reads, RowFunction};
use early_help::definitions::source::Source;

use super::expression::{Setting, evaluate};
use super::value::{Row, Value};
use super::window::{Days, days_of};

/// The rows that a test reads, and its windows.
pub(crate) struct Pools<'p> {
    pub(crate) source: &'p Source,
    pub(crate) rows: Vec<&'p Row>,
    pub(crate) baseline: Vec<&'p Row>,
    pub(crate) window: Option<Days>,
    pub(crate) baseline_window: Option<Days>,
    /// The end of what the feed knows.
    pub(crate) horizon: Day,
}

/// What a function over rows comes to.
pub(crate) fn over_rows(
    pools: &Pools,
    reads: Reads,
    function: &RowFunction,
    here: &Setting,
) -> Value {
    let (rows, window) = match reads {
        Reads::Window => (&pools.rows, pools.window),
        Reads::Baseline => (&pools.baseline, pools.baseline_window),
    };
    // What the argument comes to on each row, in order of date and then of the file.
    let mut rows = rows.clone();
    rows.sort_by_key(|row| (days_of(pools.source, row).map(|d| d.0), row.number));
    let each = |e: &Expr| -> Vec<Value> {
        rows.iter().map(|row| evaluate(e, &here.row(pools.source, row))).collect()
    };
    let recorded =
        |e: &Expr| -> Vec<Value> { each(e).into_iter().filter(|v| !v.is_nothing()).collect() };
    let numbers = |e: &Expr| -> Vec<f64> { each(e).iter().filter_map(Value::number).collect() };
    let holding = |e: &Expr| each(e).iter().filter(|v| v.truth() == Some(true)).count();
    let number = |n: usize| Value::Number(n as f64);

    match function {
        RowFunction::Count => number(rows.len()),
        RowFunction::CountDistinct(e) => {
            let mut seen: Vec<Value> = Vec::new();
            for value in recorded(e) {
                if !seen.contains(&value) {
                    seen.push(value);
                }
            }
            number(seen.len())
        }
        RowFunction::Sum(e) => Value::Number(numbers(e).iter().sum()),
        RowFunction::Average(e) => match numbers(e).as_slice() {
            [] => Value::Nothing,
            some => Value::Number(some.iter().sum::<f64>() / some.len() as f64),
        },
        RowFunction::Median(e) => {
            let mut sorted = numbers(e);
            sorted.sort_by(f64::total_cmp);
            match sorted.len() {
                0 => Value::Nothing,
                n => Value::Number((sorted[(n - 1) / 2] + sorted[n / 2]) / 2.0),
            }
        }
        RowFunction::Minimum(e) => best(recorded(e), std::cmp::Ordering::is_lt),
        RowFunction::Maximum(e) => best(recorded(e), std::cmp::Ordering::is_gt),
        RowFunction::First(e) => recorded(e).first().cloned().unwrap_or_default(),
        RowFunction::Last(e) => recorded(e).last().cloned().unwrap_or_default(),
        RowFunction::Has(p) => Value::YesNo(holding(p) > 0),
        RowFunction::Every(p) => Value::YesNo(holding(p) == rows.len()),
        RowFunction::NoneOf(p) => Value::YesNo(holding(p) == 0),
        RowFunction::DaysCovered(p) => {
            number(covered(pools, &rows, window, p.as_deref(), here).len())
        }
        RowFunction::LongestRun(p) => {
            let (mut longest, mut run, mut before) = (0, 0, None);
            for day in covered(pools, &rows, window, p.as_deref(), here) {
                let follows = before == Some(day.plus_days(-1));
                run = if follows { run + 1 } else { 1 };
                longest = longest.max(run);
                before = Some(day);
            }
            number(longest)
        }
        RowFunction::DaysInWindow => match window {
            Some((first, last)) => Value::Number(f64::from((last.0 - first.0 + 1).max(0))),
            None => Value::Nothing,
        },
        RowFunction::Spread => {
            let dates: Vec<Day> =
                rows.iter().filter_map(|row| days_of(pools.source, row)).map(|d| d.0).collect();
            match (dates.first(), dates.last()) {
                (Some(first), Some(last)) => Value::Number(f64::from(last.0 - first.0)),
                _ => Value::Nothing,
            }
        }
    }
}

fn best(values: Vec<Value>, wins: fn(std::cmp::Ordering) -> bool) -> Value {
    let mut best = Value::Nothing;
    for value in values {
        if best.is_nothing() || value.compare(&best).is_some_and(wins) {
            best = value;
        }
    }
    best
}

/// The days of the window inside at least one spell for which the condition is true.
fn covered(
    pools: &Pools,
    rows: &[&Row],
    window: Option<Days>,
    condition: Option<&Expr>,
    here: &Setting,
) -> BTreeSet<Day> {
    let mut days = BTreeSet::new();
    let Some((first, last)) = window else { return days };
    for row in rows {
        let holds = condition
            .is_none_or(|p| evaluate(p, &here.row(pools.source, row)).truth() == Some(true));
        let Some((start, end)) = days_of(pools.source, row).filter(|_| holds) else { continue };
        let end = end.unwrap_or(pools.horizon).min(last);
        let mut day = start.max(first);
        while day <= end {
            days.insert(day);
            day = day.plus_days(1);
        }
    }
    days
}
