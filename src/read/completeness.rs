//! How far a feed tells us everything.

use polars::prelude::*;

use crate::calendar::Day;
use crate::definitions::expression::Type;
use crate::definitions::mapping::CompleteTo;
use crate::read::feed::Feed;

/// The newest date in the rows of a source, and the day to which all of its feeds are complete.
pub(super) fn completeness(
    feeds: &[Feed<'_>],
    frame: &DataFrame,
) -> PolarsResult<(Option<Day>, Option<Day>)> {
    let newest_in = |column: &str| -> PolarsResult<Option<Day>> {
        Ok(frame.column(column)?.as_materialized_series().i32()?.max().map(Day))
    };
    let Some(first) = feeds.first() else { return Ok((None, None)) };
    let today = first.definitions.project.as_at;
    let mut newest = None;
    let columns = first.source.columns.iter();
    for column in columns.filter(|c| c.ty == Type::Date && c.formula.is_none()) {
        newest = newest.max(newest_in(&column.name)?.map(|d| d.min(today)));
    }
    let mut complete_to: Option<Day> = None;
    for feed in feeds {
        let day = match &feed.map.complete_to {
            CompleteTo::Day(day) => *day,
            CompleteTo::Newest { column, less } => {
                let day = newest_in(column)?.unwrap_or(Day(i32::MIN / 2)).min(today);
                less.and_then(|less| less.before(day)).unwrap_or(day)
            }
        };
        complete_to = Some(complete_to.map_or(day, |earlier| earlier.min(day)));
    }
    Ok((newest, complete_to))
}
