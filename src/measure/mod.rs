//! Verdicts and units in, cells out.
//!
//! Each measure is counted once by month and level; quarters, years and rolling twelve months are
//! sums of their months, a stock is that of its last month.

mod cell;
mod levels;
mod monthly;
mod tally;

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::PolarsResult;

pub use cell::{
    Amount, CATEGORY, Cell, Flow, Level, NOT_RECORDED, TEN_THOUSANDTHS, Table, TableRequest,
};

use crate::calendar::Period;
use crate::definitions::Definitions;
use crate::definitions::measure::{Counted, Measure, MeasureKind};
use crate::evaluate::Evaluated;

use levels::{Levels, levels_of};
use monthly::{Counting, Monthly};
use tally::Tally;

/// Computes the tables that were asked for, in the order of the requests. Requests for a measure
/// or breakdown that does not exist give no table: the definitions' checker has refused them.
///
/// # Errors
/// When a date lies beyond the table of bank holidays, or the data frame library refuses.
pub fn measure(
    definitions: &Definitions,
    evaluated: &Evaluated,
    requests: &[TableRequest],
) -> PolarsResult<Vec<Table>> {
    let mut cache = BTreeMap::new();
    let mut tables = Vec::new();
    for request in requests {
        let Some(measure) = definitions.measure(&request.measure) else { continue };
        let table = match &measure.kind {
            MeasureKind::Ratio { over, under } => {
                ratio(definitions, evaluated, measure, over, under, request, &mut cache)?
            }
            _ => plain(definitions, evaluated, measure, request, &mut cache)?,
        };
        tables.extend(table);
    }
    Ok(tables)
}

/// The levels of breakdowns that have been looked up, by unit and breakdown.
type LevelCache = BTreeMap<(String, String), Option<Levels>>;

fn plain(
    definitions: &Definitions,
    evaluated: &Evaluated,
    measure: &Measure,
    request: &TableRequest,
    cache: &mut LevelCache,
) -> PolarsResult<Option<Table>> {
    let (Some(unit), Some(frame)) =
        (definitions.unit(&measure.unit), evaluated.units.get(&measure.unit))
    else {
        return Ok(None);
    };
    let mut levels = Vec::new();
    for by in &request.by {
        let key = (unit.id.clone(), by.clone());
        if !cache.contains_key(&key) {
            let rings = &evaluated.linked.inputs.rings;
            let found = match definitions.breakdown(by) {
                Some(b) => levels_of(definitions, rings, unit, frame, b)?,
                None => None,
            };
            cache.insert(key.clone(), found);
        }
        match cache.get(&key) {
            Some(Some(found)) => levels.push(found.clone()),
            _ => return Ok(None),
        }
    }
    let counting = Counting { definitions, evaluated, measure, unit, frame };
    let months: BTreeSet<i32> = request.periods.iter().map(|p| p.number()).collect();
    let monthly = counting.monthly(&levels, &months)?;
    let categories = counting.categories();
    let mut by = request.by.clone();
    if categories.is_some() {
        by.push(CATEGORY.to_owned());
    }
    let crossings = crossings(&levels);
    let categories =
        categories.map(|all| (all.len(), occurring(measure, &monthly, request, &crossings, all)));
    let mut cells = Vec::new();
    for &period in &request.periods {
        for places in &crossings {
            let level: Vec<Level> = levels
                .iter()
                .zip(places)
                .filter_map(|(l, &at)| l.levels.get(at).map(|(_, level)| level.clone()))
                .collect();
            match &categories {
                None => {
                    let tally = roll_up(measure, &monthly, period, places);
                    let flow = tally.flow(measure.exclude.len());
                    cells.push(Cell { period, level, amount: tally.amount(&measure.kind), flow });
                }
                Some((all, shown)) => {
                    let row = (period, places.as_slice(), level.as_slice());
                    cells.extend(distribution(measure, &monthly, row, *all, shown));
                }
            }
        }
    }
    Ok(Some(Table { measure: measure.id.clone(), unit: unit.plural.clone(), by, cells }))
}

/// A category with its place among the levels of the tallies.
type Category = (usize, Level);

/// The categories of a distribution: every declared word, and "not recorded" where the table has
/// any.
fn occurring(
    measure: &Measure,
    monthly: &Monthly,
    request: &TableRequest,
    crossings: &[Vec<usize>],
    all: Vec<(u32, Level)>,
) -> Vec<Category> {
    let occurs = |at: usize| {
        crossings.iter().any(|places| {
            let key: Vec<usize> = places.iter().copied().chain([at]).collect();
            request.periods.iter().any(|p| roll_up(measure, monthly, *p, &key).counted > 0)
        })
    };
    let levels = all.into_iter().map(|(_, level)| level).enumerate();
    levels.filter(|(at, level)| level.code != NOT_RECORDED || occurs(*at)).collect()
}

/// The cells of one row of a distribution. Categories that are not shown have no counted units,
/// but pending ones may have no category yet: the flow is that of all.
fn distribution(
    measure: &Measure,
    monthly: &Monthly,
    (period, places, level): (Period, &[usize], &[Level]),
    all: usize,
    shown: &[Category],
) -> Vec<Cell> {
    let tally = |at: usize| {
        let key: Vec<usize> = places.iter().copied().chain([at]).collect();
        roll_up(measure, monthly, period, &key)
    };
    let mut whole = Tally::default();
    (0..all).for_each(|at| whole.add(&tally(at)));
    let flow = whole.flow(measure.exclude.len());
    let denominator = whole.counted;
    let cell = |(at, category): &Category| Cell {
        period,
        level: level.iter().cloned().chain([category.clone()]).collect(),
        amount: Amount::Proportion { numerator: tally(*at).counted, denominator },
        flow: flow.clone(),
    };
    shown.iter().map(cell).collect()
}

/// The tally of a period: its months added up, or for a stock its last month.
fn roll_up(measure: &Measure, monthly: &Monthly, period: Period, places: &[usize]) -> Tally {
    let months = match measure.counted {
        Counted::AtPeriodEnd => vec![period.last_month()],
        _ => period.months(),
    };
    let mut whole = Tally::default();
    for month in months {
        if let Some(tally) = monthly.get(&(month.number(), places.to_vec())) {
            whole.add(tally);
        }
    }
    whole
}

/// Every combination of levels, the first breakdown slowest.
fn crossings(levels: &[Levels]) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for breakdown in levels {
        all = all
            .into_iter()
            .flat_map(|before| {
                (0..breakdown.levels.len())
                    .map(move |at| before.iter().copied().chain([at]).collect::<Vec<usize>>())
            })
            .collect();
    }
    all
}

/// One measure over another, for the whole council.
fn ratio(
    definitions: &Definitions,
    evaluated: &Evaluated,
    measure: &Measure,
    over: &str,
    under: &str,
    request: &TableRequest,
    cache: &mut LevelCache,
) -> PolarsResult<Option<Table>> {
    let (Some(over), Some(under)) = (definitions.measure(over), definitions.measure(under)) else {
        return Ok(None);
    };
    let part = |measure: &Measure| TableRequest {
        measure: measure.id.clone(),
        by: Vec::new(),
        periods: request.periods.clone(),
    };
    let (over, under) = (
        plain(definitions, evaluated, over, &part(over), cache)?,
        plain(definitions, evaluated, under, &part(under), cache)?,
    );
    let (Some(over), Some(under)) = (over, under) else { return Ok(None) };
    let cells = over
        .cells
        .into_iter()
        .zip(under.cells)
        .map(|(above, below)| {
            let over = match above.amount {
                Amount::Count(n) => n,
                Amount::Proportion { numerator, .. } => numerator,
                Amount::Mean { units, .. } | Amount::Sum { units, .. } => units,
                Amount::Ratio { over, .. } => over,
            };
            let (under, under_units) = match below.amount {
                Amount::Sum { units, sum } => (sum, units),
                Amount::Count(n) => {
                    (i64::try_from(n).unwrap_or(i64::MAX).saturating_mul(TEN_THOUSANDTHS), n)
                }
                _ => (0, 0),
            };
            Cell { amount: Amount::Ratio { over, under, under_units }, ..above }
        })
        .collect();
    Ok(Some(Table { measure: measure.id.clone(), unit: over.unit, by: Vec::new(), cells }))
}

/// A period is ripe when at most one unit in this many is still pending.
const RIPE: u64 = 20;

/// The newest of these periods in which nearly everything is known; if there is none, the one in
/// which most is. Says when a figure is ripe without saying what it is.
///
/// # Errors
/// As [`measure`].
pub fn newest_ripe(
    definitions: &Definitions,
    evaluated: &Evaluated,
    measure_id: &str,
    periods: &[Period],
) -> PolarsResult<Option<Period>> {
    let request =
        TableRequest { measure: measure_id.to_owned(), by: Vec::new(), periods: periods.to_vec() };
    let tables = measure(definitions, evaluated, &[request])?;
    // A distribution has several cells for a period, all with the same flow.
    let filled: Vec<&Cell> =
        tables.iter().flat_map(|t| &t.cells).filter(|c| c.flow.considered > 0).collect();
    let ripe = filled.iter().filter(|c| c.flow.pending * RIPE <= c.flow.considered);
    let newest = ripe.map(|c| c.period).max_by_key(|p| p.number());
    let least_open = || {
        let by_share = |a: &&&Cell, b: &&&Cell| {
            let (left, right) =
                (a.flow.pending * b.flow.considered, b.flow.pending * a.flow.considered);
            left.cmp(&right).then(b.period.number().cmp(&a.period.number()))
        };
        filled.iter().min_by(by_share).map(|c| c.period)
    };
    Ok(newest.or_else(least_open).or_else(|| periods.last().copied()))
}

/// The same requests, each table asked for once with all its periods.
#[must_use]
pub fn merged(requests: Vec<TableRequest>) -> Vec<TableRequest> {
    let mut tables: BTreeMap<(String, Vec<String>), Vec<Period>> = BTreeMap::new();
    for request in requests {
        tables.entry((request.measure, request.by)).or_default().extend(request.periods);
    }
    tables
        .into_iter()
        .map(|((measure, by), mut periods)| {
            periods.sort_by_key(|p| (p.kind, p.number()));
            periods.dedup();
            TableRequest { measure, by, periods }
        })
        .collect()
}
