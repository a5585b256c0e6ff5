//! How far a feed tells us everything.

use polars::prelude::*;

use crate::calendar::Day;
use crate::definitions::expression::Type;
use crate::definitions::mapping::CompleteTo;
use crate::read::feed::Feed;

/// The newest date in a feed, and the day to which it is complete.
pub(super) fn completeness(feed: &Feed<'_>, frame: &DataFrame) -> PolarsResult<(Option<Day>, Day)> {
    let today = feed.definitions.project.as_at;
    let newest_in = |column: &str| -> PolarsResult<Option<Day>> {
        Ok(frame.column(column)?.as_materialized_series().i32()?.max().map(Day))
    };
    let mut newest = None;
    let columns = feed.source.columns.iter();
    for column in columns.filter(|c| c.ty == Type::Date && c.formula.is_none()) {
        newest = newest.max(newest_in(&column.name)?.map(|d| d.min(today)));
    }
    let complete_to = match &feed.map.complete_to {
        CompleteTo::Day(day) => *day,
        CompleteTo::Newest { column, less } => {
            let day = newest_in(column)?.unwrap_or(Day(i32::MIN / 2)).min(today);
            less.and_then(|less| less.before(day)).unwrap_or(day)
        }
    };
    Ok((newest, complete_to))
}
