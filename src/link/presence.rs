//! When units that last are there: what a stock counts.

use polars::prelude::*;

use crate::calendar::Day;
use crate::definitions::Definitions;
use crate::definitions::source::Shape;
use crate::definitions::unit::{JOINED, LEFT, Unit, UnitRows};
use crate::link::PARENT;

/// The first and the last day of each unit of a frame.
pub(crate) struct Presence {
    start: Int32Chunked,
    end: Int32Chunked,
}

impl Presence {
    /// From the columns of the spells behind the units. Nothing for units that do not last.
    pub(crate) fn new(
        definitions: &Definitions,
        unit: &Unit,
        frame: &DataFrame,
    ) -> PolarsResult<Option<Self>> {
        let shape = definitions.source_of(unit).map(|s| &s.shape);
        let Some(Shape::Spell { start, end }) = shape else { return Ok(None) };
        let days = |name: &str| -> PolarsResult<Int32Chunked> {
            let own = frame.column(name);
            let column = own.or_else(|_| frame.column(&format!("{PARENT}{name}")))?;
            Ok(column.as_materialized_series().i32()?.clone())
        };
        let (mut start, mut end) = (days(start)?, days(end)?);
        if let UnitRows::Members { .. } = unit.rows {
            // Members are there while they belong to the family, too.
            let both = |a: &Int32Chunked, b: &Int32Chunked, of: fn(i32, i32) -> i32| {
                let days = a.iter().zip(b.iter()).map(|days| match days {
                    (Some(a), Some(b)) => Some(of(a, b)),
                    (a, b) => a.or(b),
                });
                Int32Chunked::from_iter_options(PlSmallStr::EMPTY, days)
            };
            start = both(&start, &days(JOINED)?, i32::max);
            end = both(&end, &days(LEFT)?, i32::min);
        }
        Ok(Some(Self { start, end }))
    }

    /// The first day of each unit, and its last, in the order of the frame.
    pub(crate) fn days(&self) -> impl Iterator<Item = (Option<i32>, Option<i32>)> + '_ {
        self.start.iter().zip(self.end.iter())
    }

    /// The places of the units that are there on the evening of a day, in order. On its last day a unit
    /// is over by then.
    pub(crate) fn on(&self, day: Day) -> impl Iterator<Item = u32> + '_ {
        let there = move |(start, end): (Option<i32>, Option<i32>)| {
            start.is_some_and(|start| start <= day.0) && end.is_none_or(|end| end > day.0)
        };
        (0_u32..).zip(self.days()).filter(move |(_, days)| there(*days)).map(|(at, _)| at)
    }

    /// The first day of all.
    pub(crate) fn begins(&self) -> Option<Day> {
        self.start.min().map(Day)
    }
}
