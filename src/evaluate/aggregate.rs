//! From rows with a yes or no for each test to what each test asks of them: counts, sums, the first,
//! the last, days covered.

use polars::prelude::{Expr as Plan, *};

use crate::columns::lower;
use crate::definitions::expression::{Reads, RowFunction};
use crate::definitions::source::Shape;
use crate::evaluate::cohort::lent;
use crate::evaluate::folds::{Groups, of_height, yes_no};
use crate::evaluate::pass::{Pass, RowScope, mask_of};
use crate::evaluate::runs::{Spells, walk};
use crate::evaluate::task::Task;
use crate::evaluate::windows::{end_of, start_of};
use crate::link::Linked;

/// The place of a row's group, for aggregates of the data frame library.
const PLACE: &str = "place";

/// Whether a function goes by the order of rows: date, then place in the file.
pub(super) fn goes_by_order(function: &RowFunction) -> bool {
    matches!(
        function,
        RowFunction::First(_)
            | RowFunction::Last(_)
            | RowFunction::DaysCovered(_)
            | RowFunction::LongestRun(_)
    )
}

/// The functions that one walk over the rows answers; the others are left to the library.
#[derive(Clone, Copy)]
enum Fold {
    First,
    Last,
    Sum,
    Mean,
    Holds,
    HoldsNot,
}

/// A function with its walk, and what it asks of each row.
fn fold_of(function: &RowFunction, scope: &RowScope<'_>) -> Option<(Fold, Plan)> {
    let holds = |e| lower(e, scope).cast(DataType::Boolean).fill_null(lit(false));
    Some(match function {
        RowFunction::First(e) => (Fold::First, lower(e, scope)),
        RowFunction::Last(e) => (Fold::Last, lower(e, scope)),
        RowFunction::Sum(e) => (Fold::Sum, lower(e, scope).cast(DataType::Float64)),
        RowFunction::Average(e) => (Fold::Mean, lower(e, scope).cast(DataType::Float64)),
        RowFunction::Has(e) | RowFunction::NoneOf(e) => (Fold::Holds, holds(e)),
        RowFunction::Every(e) => (Fold::HoldsNot, holds(e)),
        _ => return None,
    })
}

impl Fold {
    fn of(self, groups: Groups<'_>, value: &Column, mask: &BooleanChunked) -> PolarsResult<Column> {
        let numbers = || value.as_materialized_series().f64();
        Ok(match self {
            Self::First => groups.first(value, mask)?,
            Self::Last => groups.last(value, mask)?,
            Self::Sum => {
                let sums = groups.sums(numbers()?, mask).into_iter();
                Column::new(PlSmallStr::EMPTY, sums.map(|(sum, _)| sum).collect::<Vec<_>>())
            }
            Self::Mean => {
                let means = groups.sums(numbers()?, mask).into_iter();
                let means = means.map(|(sum, n)| (n > 0).then(|| sum / f64::from(n)));
                Float64Chunked::from_iter_options(PlSmallStr::EMPTY, means).into_column()
            }
            Self::Holds => groups.count(&(mask & &yes_no(value, mask.len())?)),
            Self::HoldsNot => groups.count(&(mask & &!&yes_no(value, mask.len())?)),
        })
    }
}

impl<'d> Pass<'d> {
    /// A row for each group, with a column for each function of each task, and the row counts.
    /// Rows stand in order of group, and of date within a group.
    pub(super) fn aggregate(
        &self,
        linked: &Linked,
        frame: &DataFrame,
        groups: Groups<'_>,
        tasks: &[&Task<'d>],
        only_rows: &[&Task<'d>],
    ) -> PolarsResult<DataFrame> {
        let scope = RowScope { linked };
        let mask = |mask: &str| yes_no(frame.column(mask)?, frame.height());
        let mut found: Vec<Column> = Vec::new();
        // Values of rows for our own walks, and aggregates for the library.
        let (mut values, mut folds) = (Vec::new(), Vec::new());
        let mut aggregates: Vec<Plan> = Vec::new();
        for task in tasks.iter().chain(only_rows) {
            let count = groups.count(&mask(&mask_of(task, Reads::Window))?);
            found.push(count.with_name(task.row_count().into()));
        }
        for task in tasks {
            for (number, (reads, function)) in task.functions().into_iter().enumerate() {
                let name = task.aggregate(number);
                let in_window = mask_of(task, reads);
                if let Some(argument) = spell_argument(function) {
                    let holds = argument.map_or_else(|| lit(true), |p| lower(p, &scope));
                    let window =
                        if reads == Reads::Window { Some(task.window) } else { task.baseline };
                    let Some(window) = window else { continue };
                    let holds = holds.and(col(in_window.as_str()));
                    let (covered, run) = self.walk(frame, groups.places, holds, window)?;
                    let days = if matches!(function, RowFunction::LongestRun(_)) {
                        groups.most_days(&run)
                    } else {
                        groups.sum_of_days(&covered)
                    };
                    found.push(Column::new(name.into(), days));
                } else if *function == RowFunction::Count {
                    found.push(groups.count(&mask(&in_window)?).with_name(name.into()));
                } else if let Some((fold, value)) = fold_of(function, &scope) {
                    values.push(value.alias(name.as_str()));
                    folds.push((name, fold, in_window));
                } else if let Some(plan) = self.aggregated(function, &in_window, &scope) {
                    aggregates.push(plan.alias(name));
                }
            }
        }
        let values = frame.clone().lazy().select(values).collect()?;
        for (name, fold, in_window) in folds {
            let value = of_height(values.column(&name)?, frame.height());
            let column = fold.of(groups, &value, &mask(&in_window)?)?;
            found.push(column.with_name(name.into()));
        }
        if !aggregates.is_empty() {
            found.extend(by_library(frame, groups, aggregates)?);
        }
        DataFrame::new(groups.count, found)
    }

    /// A function over the rows where the mask is true, as an aggregate.
    fn aggregated(&self, function: &RowFunction, mask: &str, scope: &RowScope<'_>) -> Option<Plan> {
        let inside = col(mask);
        let masked = |e: &crate::definitions::expression::Expr| {
            let value = lower(e, scope);
            when(col(mask)).then(value).otherwise(lit(NULL))
        };
        let holds = |e| lower(e, scope).cast(DataType::Boolean).fill_null(lit(false));
        let ordered = |e: &crate::definitions::expression::Expr| {
            let value = lower(e, scope);
            value.clone().filter(col(mask).and(value.is_not_null()))
        };
        Some(match function {
            RowFunction::Count => count(inside),
            RowFunction::CountDistinct(e) => {
                masked(e).drop_nulls().n_unique().cast(DataType::Float64)
            }
            RowFunction::Sum(e) => masked(e).sum().cast(DataType::Float64),
            RowFunction::Average(e) => masked(e).mean(),
            RowFunction::Median(e) => masked(e).cast(DataType::Float64).median(),
            RowFunction::Minimum(e) => masked(e).min(),
            RowFunction::Maximum(e) => masked(e).max(),
            RowFunction::First(e) => ordered(e).first(),
            RowFunction::Last(e) => ordered(e).last(),
            // These three count the rows that decide: those that hold, or those that do not.
            RowFunction::Has(e) | RowFunction::NoneOf(e) => count(inside.and(holds(e))),
            RowFunction::Every(e) => count(inside.and(holds(e).not())),
            RowFunction::Spread => {
                let (start, _) = self.source.shape.dates()?;
                let day = when(inside).then(col(start)).otherwise(lit(NULL));
                (day.clone().max() - day.min()).cast(DataType::Float64)
            }
            RowFunction::DaysCovered(_)
            | RowFunction::LongestRun(_)
            | RowFunction::DaysInWindow => {
                return None;
            }
        })
    }

    fn walk(
        &self,
        frame: &DataFrame,
        places: &[u32],
        holds: Plan,
        window: usize,
    ) -> PolarsResult<(Vec<i32>, Vec<i32>)> {
        let Shape::Spell { start, end } = &self.source.shape else {
            return Ok((vec![0; frame.height()], vec![0; frame.height()]));
        };
        let holds =
            frame.clone().lazy().select([holds.fill_null(lit(false)).alias("holds")]).collect()?;
        let days = |name: &str| frame.column(name)?.as_materialized_series().i32();
        Ok(walk(&Spells {
            places,
            holds: &yes_no(holds.column("holds")?, frame.height())?,
            start: days(start)?,
            end: days(end)?,
            from: days(&lent(&start_of(window)))?,
            to: days(&lent(&end_of(window)))?,
            horizon: self.horizon,
        }))
    }
}

/// Aggregates by the data frame library, a row for each group.
fn by_library(
    frame: &DataFrame,
    groups: Groups<'_>,
    aggregates: Vec<Plan>,
) -> PolarsResult<Vec<Column>> {
    let mut frame = frame.clone();
    frame.with_column(Column::new(PLACE.into(), groups.places))?;
    // Rows keep their order within a group.
    let found = frame.lazy().group_by([col(PLACE)]).agg(aggregates).collect()?;
    let mut at: Vec<Option<IdxSize>> = vec![None; groups.count];
    let places = found.column(PLACE)?.as_materialized_series().u32()?;
    for (row, place) in (0..).zip(places.iter()) {
        if let Some(slot) = place.and_then(|place| at.get_mut(place as usize)) {
            *slot = Some(row);
        }
    }
    let at = IdxCa::from_iter_options(PlSmallStr::EMPTY, at.into_iter());
    let columns = found.drop(PLACE)?.take(&at)?;
    Ok(columns.into_columns())
}

fn count(yes: Plan) -> Plan {
    yes.cast(DataType::UInt32).sum().cast(DataType::Float64)
}

/// The condition of a function over spells: `Some(None)` when it has none.
fn spell_argument(function: &RowFunction) -> Option<Option<&crate::definitions::expression::Expr>> {
    match function {
        RowFunction::DaysCovered(p) | RowFunction::LongestRun(p) => Some(p.as_deref()),
        _ => None,
    }
}
