//! The finest cells of a measure: one tally for each month and level. All splits of a measure are
//! counted from the same fates of its units.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use crate::calendar::{Day, Period, PeriodKind};
use crate::definitions::Definitions;
use crate::definitions::measure::{Counted, Measure};
use crate::definitions::source::Shape;
use crate::definitions::unit::{JOINED, LEFT, Unit, UnitRows};
use crate::evaluate::Evaluated;
use crate::link::PARENT;
use crate::measure::cell::Level;
use crate::measure::fates::{Fate, Fates, Judging, bug};
use crate::measure::levels::{Levels, unit_column};
use crate::measure::tally::Tally;

/// For the number of each month the tallies of all combinations of levels, the first breakdown
/// slowest; a distribution has its categories as the last and quickest.
pub(super) type Monthly = BTreeMap<i32, Vec<Tally>>;

/// The unit frame of a measure and how it is counted.
pub(super) struct Counting<'a> {
    pub(super) definitions: &'a Definitions,
    pub(super) evaluated: &'a Evaluated,
    pub(super) measure: &'a Measure,
    pub(super) unit: &'a Unit,
    pub(super) frame: &'a DataFrame,
}

impl Counting<'_> {
    fn judging(&self) -> Judging<'_> {
        let Self { definitions, evaluated, measure, frame, .. } = *self;
        Judging { definitions, evaluated, measure, frame }
    }

    /// Whether units whose answer is unknown are left out.
    pub(super) fn leaves_out_unknown(&self) -> bool {
        self.judging().leaves_out_unknown()
    }

    /// The levels of a distribution's own values.
    pub(super) fn categories(&self) -> Option<Vec<Level>> {
        self.judging().categories()
    }

    /// Tallies of a flow, or of a stock at the end of each of these months, for each split.
    pub(super) fn monthly(
        &self,
        splits: &[Vec<&Levels>],
        months: &BTreeSet<i32>,
    ) -> PolarsResult<Vec<Monthly>> {
        let mut counted: Vec<Monthly> = splits.iter().map(|_| Monthly::new()).collect();
        for (fates, dated) in self.fated(months)? {
            self.count(&fates, &dated, splits, &mut counted);
        }
        Ok(counted)
    }

    /// What becomes of the units and in which months they count: all at once, or month by month
    /// where the measure asks about the month itself.
    pub(super) fn fated(&self, months: &BTreeSet<i32>) -> PolarsResult<Vec<(Fates, Dated)>> {
        let judging = self.judging();
        match &self.measure.counted {
            Counted::On { column, parent } => {
                let column = if *parent { format!("{PARENT}{column}") } else { column.clone() };
                let column = self.frame.column(&column)?.as_materialized_series();
                Ok(vec![(judging.fates(None)?, Dated::by_day(column.i32()?))])
            }
            Counted::AtPeriodEnd if judging.depends_on_period() => months
                .iter()
                .map(|&month| {
                    let period = Period::from_number(PeriodKind::Month, month);
                    let fates = judging.fates(Some((period.start(), period.end())))?;
                    Ok((fates, self.there_at_end(&BTreeSet::from([month]))?))
                })
                .collect(),
            Counted::AtPeriodEnd => Ok(vec![(judging.fates(None)?, self.there_at_end(months)?)]),
            Counted::FromParts => {
                Err(bug(format!("`{}` is counted from its parts only", self.measure.id)))
            }
        }
    }

    /// The units of a stock that are there on the evening of the last day of each month.
    fn there_at_end(&self, months: &BTreeSet<i32>) -> PolarsResult<Dated> {
        let shape = self.definitions.source_of(self.unit).map(|s| &s.shape);
        let Some(Shape::Spell { start, end }) = shape else {
            return Err(bug(format!("`{}` is a stock of units without an end", self.measure.id)));
        };
        let days = |name: &str| -> PolarsResult<Int32Chunked> {
            let column = unit_column(self.definitions, self.unit, name);
            let column = column.map_or_else(|| name.to_owned(), |(column, _)| column);
            Ok(self.frame.column(&column)?.as_materialized_series().i32()?.clone())
        };
        let (mut start, mut end) = (days(start)?, days(end)?);
        if let UnitRows::Members { .. } = self.unit.rows {
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
        Ok(Dated::by_spell(&start, &end, months))
    }

    /// Adds each unit to the tally of its month and levels, in every split.
    fn count(
        &self,
        fates: &Fates,
        dated: &Dated,
        splits: &[Vec<&Levels>],
        counted: &mut [Monthly],
    ) {
        let leaves_out = self.leaves_out_unknown();
        let none = Tally::of(self.measure);
        let categories = self.categories().map_or(1, |all| all.len());
        // Splits go through those alone that are in the population: often few of many.
        let taken: Vec<(u32, u16, Fate)> = (dated.units.iter())
            .filter_map(|&(row, month)| Some((row, month, *fates.fates.get(row as usize)?)))
            .filter(|(.., fate)| *fate != Fate::NotTaken)
            .collect();
        for (split, monthly) in splits.iter().zip(counted) {
            let places = split.iter().map(|l| l.levels.len()).product::<usize>() * categories;
            let mut tallies = vec![none.clone(); dated.months.len() * places];
            for &(row, month, fate) in &taken {
                let (row, month) = (row as usize, usize::from(month));
                let crossed = split.iter().fold(0, |at, l| at * l.levels.len() + l.place(row));
                let place = crossed * categories + fates.categories.get(row).copied().unwrap_or(0);
                if let Some(tally) = tallies.get_mut(month * places + place) {
                    tally.take(fate, fates.values.get(row).copied().unwrap_or(0), leaves_out);
                }
            }
            let mut tallies = tallies.into_iter();
            for &month in &dated.months {
                monthly.insert(month, tallies.by_ref().take(places).collect());
            }
        }
    }
}

/// Which units count in which months.
pub(super) struct Dated {
    /// The numbers of the months.
    pub(super) months: Vec<i32>,
    /// Places of units in their frame, each with the place of a month above. Narrow, because there
    /// are millions.
    units: Vec<(u32, u16)>,
}

impl Dated {
    /// Places of units in their frame, each with the place of a month above.
    pub(super) fn units(&self) -> impl Iterator<Item = (usize, usize)> {
        self.units.iter().map(|(row, month)| (*row as usize, usize::from(*month)))
    }

    /// Each unit in the month of its day; a unit without one counts nowhere.
    fn by_day(days: &Int32Chunked) -> Self {
        let (Some(first), Some(last)) = (days.min(), days.max()) else {
            return Self { months: Vec::new(), units: Vec::new() };
        };
        let number = |day: i32| Period::month_of(Day(day)).number();
        let months: Vec<i32> = (number(first)..=number(last)).collect();
        // The calendar is asked once for each day, not once for each unit.
        let places = (first..=last).map(|day| u16::try_from(number(day) - number(first)).ok());
        let places: Vec<Option<u16>> = places.collect();
        let place = |day: i32| *places.get(usize::try_from(day - first).ok()?)?;
        let dated = (0_u32..).zip(days.iter());
        let units = dated.filter_map(|(row, day)| Some((row, place(day?)?))).collect();
        Self { months, units }
    }

    /// Each unit in every month at whose end it is there; on its last day it is over by then.
    fn by_spell(start: &Int32Chunked, end: &Int32Chunked, months: &BTreeSet<i32>) -> Self {
        let months: Vec<i32> = months.iter().copied().collect();
        let last_day = |month: &i32| Period::from_number(PeriodKind::Month, *month).end().0;
        let last_days: Vec<i32> = months.iter().map(last_day).collect();
        let mut units = Vec::new();
        for (row, (start, end)) in (0_u32..).zip(start.iter().zip(end.iter())) {
            let Some(start) = start else { continue };
            let first = last_days.partition_point(|last| *last < start);
            let there = (0_u16..).zip(&last_days).skip(first);
            let there = there.take_while(|(_, last)| end.is_none_or(|end| end > **last));
            units.extend(there.map(|(month, _)| (row, month)));
        }
        Self { months, units }
    }
}
