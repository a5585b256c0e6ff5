//! Column-wise calendar arithmetic that polars does not have: whole columns in, whole columns out.

use std::sync::{Arc, LazyLock};

use polars::prelude::*;

use crate::calendar::{Day, WorkingDays};

/// Applies a day function to a column of days; nothing stays nothing.
fn each_day(column: &Column, f: impl Fn(Day) -> PolarsResult<i32>) -> PolarsResult<Column> {
    let days = column.as_materialized_series().i32()?;
    // Neighbouring rows often hold the same day; the calendar is asked once for a run of them.
    let mut before: Option<(i32, i32)> = None;
    let mut out: Vec<Option<i32>> = Vec::with_capacity(days.len());
    for day in days.iter() {
        let Some(day) = day else {
            out.push(None);
            continue;
        };
        let value = match before {
            Some((d, v)) if d == day => v,
            _ => f(Day(day))?,
        };
        before = Some((day, value));
        out.push(Some(value));
    }
    Ok(Int32Chunked::from_iter_options(column.name().clone(), out.into_iter()).into_column())
}

fn same_type(_: &Schema, field: &Field) -> PolarsResult<Field> {
    Ok(Field::new(field.name().clone(), DataType::Int32))
}

/// The packed dates of the days on which people who are in exports were born, and of those that they
/// live to see: looking one up is quicker than reckoning it, and large frames ask millions of times.
static PACKED: LazyLock<(i32, Vec<i32>)> = LazyLock::new(|| {
    let of = |year| Day::from_ymd(year, 1, 1).map_or(0, |day| day.0);
    let (first, end) = (of(1900), of(2100));
    (first, (first..end).map(|day| packed(Day(day))).collect())
});

/// A day as `year × 10000 + month × 100 + day`.
fn packed(day: Day) -> i32 {
    let month_and_day = day.month() * 100 + day.day_of_month();
    day.year() * 10_000 + i32::try_from(month_and_day).unwrap_or_default()
}

/// Applies a function of packed dates to a column of days; nothing stays nothing.
fn each_packed(column: &Column, f: impl Fn(i32) -> i32) -> PolarsResult<Column> {
    let days = column.as_materialized_series().i32()?;
    let (first, known) = &*PACKED;
    let look_up = |day: i32| usize::try_from(day - first).ok().and_then(|at| known.get(at));
    let value = |day: i32| f(look_up(day).copied().unwrap_or_else(|| packed(Day(day))));
    Ok(days.apply_values(value).into_column())
}

/// Days as `year × 10000 + month × 100 + day`, so that completed years are a subtraction and a
/// division: born 20040229, on 20050228 gives 9999 / 10000 = 0.
pub(super) fn days_to_packed_date(days: Expr) -> Expr {
    days.map(|c| each_packed(&c, |packed| packed), same_type)
}

/// Days as the day of their month, 1 to 31.
pub(super) fn days_to_day_of_month(days: Expr) -> Expr {
    days.map(|c| each_packed(&c, |packed| packed % 100), same_type)
}

/// Completed years between two packed dates; negative before birth.
pub(super) fn years_between(born: Expr, on: Expr) -> Expr {
    (on - born).map(
        |c| {
            let years = c.as_materialized_series().i32()?.apply_values(|v| v.div_euclid(10_000));
            Ok(years.into_column())
        },
        same_type,
    )
}

/// Completed months from one day to another: the most that can be added to the first without passing
/// the second, where a month that is too short ends on its last day.
pub(super) fn months_between(from: Expr, to: Expr) -> Expr {
    let whole = |days: &Expr, of: fn(Day) -> i32| {
        days.clone().map(move |c| each_day(&c, |day| Ok(of(day))), same_type)
    };
    let month = |day: Day| day.year() * 12 + i32::try_from(day.month()).unwrap_or_default();
    let wanted = days_to_day_of_month(from.clone());
    let there_are = whole(&to, |day| {
        let first = day.plus_days(1 - i32::try_from(day.day_of_month()).unwrap_or(1));
        first.plus_months(1).0 - first.0
    });
    let wanted = when(wanted.clone().gt(there_are.clone())).then(there_are).otherwise(wanted);
    let not_yet = days_to_day_of_month(to.clone()).lt(wanted).cast(DataType::Int32);
    whole(&to, month) - whole(&from, month) - not_yet
}

/// Days as the number of working days up to and with them.
pub(super) fn working_day_index(days: Expr, calendar: &Arc<WorkingDays>) -> Expr {
    let calendar = Arc::clone(calendar);
    days.map(move |c| each_day(&c, |day| calendar.index(day).map_err(beyond)), same_type)
}

/// Days on which `count` working days have elapsed.
pub(super) fn add_working_days(days: Expr, count: i32, calendar: &Arc<WorkingDays>) -> Expr {
    let calendar = Arc::clone(calendar);
    days.map(
        move |c| each_day(&c, |day| calendar.add(day, count).map(|d| d.0).map_err(beyond)),
        same_type,
    )
}

fn beyond(e: crate::calendar::BeyondTable) -> PolarsError {
    PolarsError::ComputeError(e.to_string().into())
}
