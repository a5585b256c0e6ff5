//! From the rows of each test to what it asks of them: counts, sums, the first, the last, days
//! covered. Only units and people that have such a row are counted; for all others the answer is
//! that of no rows at all.

use std::borrow::Cow;

use polars::prelude::*;

use crate::columns::{of_height, yes_no};
use crate::definitions::expression::{Expr as Argument, Reads, RowFunction};
use crate::definitions::source::Shape;
use crate::evaluate::cohort::Cohort;
use crate::evaluate::folds::Groups;
use crate::evaluate::hits::{Hits, with_units};
use crate::evaluate::pass::Pass;
use crate::evaluate::reach::Rows;
use crate::evaluate::runs::{Spells, walk};
use crate::evaluate::task::{Reach, Task};
use crate::evaluate::windows::{end_of, start_of};

/// What the rows of a test come to.
pub(super) struct Counted {
    /// Those who have rows in the window or the baseline, in order: places of people for a test of
    /// single people, of units for one that pools its rows. In a split test, once for each part.
    pub(super) groups: Vec<u32>,
    /// The places of their units.
    pub(super) units: Vec<u32>,
    /// A row for each: [`ROW_COUNT`], and the results of the functions.
    pub(super) columns: Vec<Column>,
    /// The people who have rows in the window, in order, if the test is to name people.
    pub(super) people: Vec<u32>,
}

/// The column with the number of rows in the window.
pub(super) const ROW_COUNT: &str = "rows";

/// The column with the raw result of the function at this place.
pub(super) fn result_of(function: usize) -> String {
    format!("#{function}")
}

/// Whether a function goes by the order of rows: date, then place in the file.
fn goes_by_order(function: &RowFunction) -> bool {
    matches!(
        function,
        RowFunction::First(_)
            | RowFunction::Last(_)
            | RowFunction::DaysCovered(_)
            | RowFunction::LongestRun(_)
    )
}

impl<'d> Pass<'d> {
    /// Counts what a task asks of its rows.
    pub(super) fn count(
        &self,
        cohort: &Cohort<'d>,
        rows: &Rows<'d>,
        task: &Task<'d>,
        window: &Hits,
        baseline: Option<&Hits>,
    ) -> PolarsResult<Counted> {
        let functions = task.functions();
        // Rows of people stand person by person; what people share has to be in order of date.
        let by_date = task.pools()
            && matches!(self.reach, Reach::Members { .. })
            && functions.iter().any(|(_, f)| goes_by_order(f));
        let in_order =
            |hits| if by_date { self.by_date(rows, hits) } else { Ok(Cow::Borrowed(hits)) };
        let mut window: Cow<'_, Hits> = in_order(window)?;
        let mut baseline = baseline.map(in_order).transpose()?;
        let groups_of =
            |hits: &Hits| if task.pools() { hits.units.clone() } else { hits.people.clone() };
        let mut in_window = groups_of(&window);
        let mut in_baseline = baseline.as_deref().map(groups_of).unwrap_or_default();
        let mut groups: Vec<u32> = in_window.iter().chain(&in_baseline).copied().collect();
        let mut of_parts = None;
        if let Some(splits) = &task.test.splits {
            let parts = self.parts(rows, splits, &groups, [Some(&window), baseline.as_ref()])?;
            (window, in_window) = by_part(&window, parts.of_rows.get(..in_window.len()));
            if let Some(hits) = &baseline {
                let (hits, of) =
                    by_part(hits, parts.of_rows.get(groups.len() - in_baseline.len()..));
                (baseline, in_baseline) = (Some(hits), of);
            }
            groups = (0..).take(parts.groups.len()).collect();
            of_parts = Some(parts.groups);
        }
        groups.sort_unstable();
        groups.dedup();
        let count = groups.len();
        let owners = of_parts.as_ref().unwrap_or(&groups);
        let units = match &cohort.people {
            Some(people) if !task.pools() => {
                owners.iter().filter_map(|&p| people.units.get(p as usize).copied()).collect()
            }
            _ => owners.clone(),
        };
        let of_window =
            Piece { hits: &window, places: &places(&in_window, &groups), window: task.window };
        let rows_in_window = Groups { places: of_window.places, count }.count();
        let mut columns = vec![Column::new(ROW_COUNT.into(), rows_in_window)];
        let places_in_baseline = places(&in_baseline, &groups);
        for (number, (reads, function)) in functions.into_iter().enumerate() {
            let piece = match (reads, &baseline, task.baseline) {
                (Reads::Baseline, Some(hits), Some(window)) => {
                    Piece { hits, places: &places_in_baseline, window }
                }
                _ => Piece { ..of_window },
            };
            let result = self.function(cohort, rows, function, &piece, count)?;
            columns.extend(result.map(|r| r.with_name(result_of(number).into())));
        }
        let mut people = if task.names_people { window.people.clone() } else { Vec::new() };
        people.sort_unstable();
        people.dedup();
        Ok(Counted { groups: of_parts.unwrap_or(groups), units, columns, people })
    }

    /// What a function comes to for each group; nothing for one that asks nothing of rows.
    fn function(
        &self,
        cohort: &Cohort<'d>,
        rows: &Rows<'d>,
        function: &RowFunction,
        piece: &Piece<'_>,
        count: usize,
    ) -> PolarsResult<Option<Column>> {
        let groups = Groups { places: piece.places, count };
        let hits = piece.hits;
        let values = |argument: &Argument| match rows.argument(argument) {
            Some(values) => values.take(&IdxCa::from_slice(PlSmallStr::EMPTY, &hits.rows)),
            None => Ok(of_height(&with_units(cohort, rows, argument, hits)?, hits.rows.len())),
        };
        let numbers = |values: &Column| -> PolarsResult<Float64Chunked> {
            let numbers = values.as_materialized_series().cast(&DataType::Float64)?;
            Ok(numbers.f64()?.clone())
        };
        let numbers_of = |argument: &Argument| numbers(&values(argument)?);
        let answers = |argument: &Argument| {
            yes_no(&values(argument)?.cast(&DataType::Boolean)?, hits.rows.len())
        };
        let chosen = |argument: &Argument, better: fn(f64, f64) -> bool| {
            let values = values(argument)?;
            values.take(&groups.chosen(&numbers(&values)?, better))
        };
        let column = |of_groups: Vec<f64>| Column::new(PlSmallStr::EMPTY, of_groups);
        Ok(Some(match function {
            RowFunction::Count => column(groups.count()),
            RowFunction::CountDistinct(e) => column(groups.count_distinct(&numbers_of(e)?)),
            RowFunction::Sum(e) => {
                let sums = groups.sums(&numbers_of(e)?).into_iter();
                column(sums.map(|(sum, _)| sum).collect())
            }
            RowFunction::Average(e) => {
                let sums = groups.sums(&numbers_of(e)?).into_iter();
                let means = sums.map(|(sum, n)| (n > 0).then(|| sum / f64::from(n)));
                Float64Chunked::from_iter_options(PlSmallStr::EMPTY, means).into_column()
            }
            RowFunction::Median(e) => {
                let medians = groups.medians(&numbers_of(e)?).into_iter();
                Float64Chunked::from_iter_options(PlSmallStr::EMPTY, medians).into_column()
            }
            RowFunction::Minimum(e) => chosen(e, |new, before| new < before)?,
            RowFunction::Maximum(e) => chosen(e, |new, before| new > before)?,
            RowFunction::First(e) => chosen(e, |_, _| false)?,
            RowFunction::Last(e) => chosen(e, |_, _| true)?,
            // These three count the rows that decide: those that hold, or those that do not.
            RowFunction::Has(e) | RowFunction::NoneOf(e) => {
                column(groups.count_of(&answers(e)?, true))
            }
            RowFunction::Every(e) => column(groups.count_of(&answers(e)?, false)),
            RowFunction::Spread => {
                let Some((start, _)) = self.source.shape.dates() else { return Ok(None) };
                let spread = groups.spread(&days(rows, start, hits)?).into_iter();
                Float64Chunked::from_iter_options(PlSmallStr::EMPTY, spread).into_column()
            }
            RowFunction::DaysCovered(p) | RowFunction::LongestRun(p) => {
                let holds = p.as_deref().map(answers).transpose()?;
                let (covered, run) = self.covered(cohort, rows, piece, holds)?;
                column(match function {
                    RowFunction::LongestRun(_) => groups.most_days(&run),
                    _ => groups.sum_of_days(&covered),
                })
            }
            RowFunction::DaysInWindow => return Ok(None),
        }))
    }

    /// Hits in order of unit, date and row.
    fn by_date<'h>(&self, rows: &Rows<'_>, hits: &Hits) -> PolarsResult<Cow<'h, Hits>> {
        let Some((start, _)) = self.source.shape.dates() else {
            return Ok(Cow::Owned(hits.clone()));
        };
        let days = days(rows, start, hits)?;
        let mut order: Vec<_> = (hits.units.iter().zip(days.iter()).zip(&hits.rows).enumerate())
            .map(|(at, ((&unit, day), &row))| (unit, day, row, at))
            .collect();
        order.sort_unstable();
        let places: Vec<usize> = order.into_iter().map(|(.., at)| at).collect();
        Ok(Cow::Owned(hits.at(&places)))
    }

    /// For each row the days that it newly covers, and how long its run is so far.
    fn covered(
        &self,
        cohort: &Cohort<'d>,
        rows: &Rows<'d>,
        piece: &Piece<'_>,
        holds: Option<BooleanChunked>,
    ) -> PolarsResult<(Vec<i32>, Vec<i32>)> {
        let height = piece.hits.rows.len();
        let Shape::Spell { start, end } = &self.source.shape else {
            return Ok((vec![0; height], vec![0; height]));
        };
        let units = IdxCa::from_slice(PlSmallStr::EMPTY, &piece.hits.units);
        let of_unit = |name: String| -> PolarsResult<Int32Chunked> {
            Ok(cohort.units.column(&name)?.take(&units)?.as_materialized_series().i32()?.clone())
        };
        Ok(walk(&Spells {
            places: piece.places,
            holds: &holds.unwrap_or_else(|| BooleanChunked::full(PlSmallStr::EMPTY, true, height)),
            start: &days(rows, start, piece.hits)?,
            end: &days(rows, end, piece.hits)?,
            from: &of_unit(start_of(piece.window))?,
            to: &of_unit(end_of(piece.window))?,
            horizon: self.horizon,
        }))
    }
}

/// Hits in order of part, keeping their order within one, and the part of each.
fn by_part<'h>(hits: &Hits, parts: Option<&[u32]>) -> (Cow<'h, Hits>, Vec<u32>) {
    let parts = parts.unwrap_or_default();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|&at| parts.get(at));
    let of = order.iter().filter_map(|&at| parts.get(at).copied()).collect();
    (Cow::Owned(hits.at(&order)), of)
}

/// The rows of a window with the places of their groups.
#[derive(Clone, Copy)]
struct Piece<'h> {
    hits: &'h Hits,
    places: &'h [u32],
    window: usize,
}

/// A column of days, hit by hit.
fn days(rows: &Rows<'_>, column: &str, hits: &Hits) -> PolarsResult<Int32Chunked> {
    let places = IdxCa::from_slice(PlSmallStr::EMPTY, &hits.rows);
    let days = rows.frame.column(column)?.take(&places)?;
    Ok(days.as_materialized_series().i32()?.clone())
}

/// The places of groups, given in order, among all groups in order.
fn places(of: &[u32], groups: &[u32]) -> Vec<u32> {
    let mut at = 0;
    let place = |group: &u32| {
        while groups.get(at).is_some_and(|g| g < group) {
            at += 1;
        }
        u32::try_from(at).unwrap_or(u32::MAX)
    };
    of.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_have_the_places_in_which_they_stand() {
        assert_eq!(places(&[2, 2, 7, 9], &[1, 2, 7, 8, 9]), [1, 1, 2, 4]);
    }
}
