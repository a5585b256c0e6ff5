//! The finest cells of a measure: one tally for each month and level. All splits of a measure are
//! counted from the same fates of its units.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use polars::prelude::*;

use crate::calendar::Period;
use crate::definitions::Definitions;
use crate::definitions::measure::{AskedOfPeriod, Counted, Measure};
use crate::definitions::unit::Unit;
use crate::evaluate::Evaluated;
use crate::link::{PARENT, Presence};
use crate::measure::cell::Level;
use crate::measure::fates::{Fate, Fates, Judging, bug};
use crate::measure::levels::Levels;
use crate::measure::tally::Tally;

/// For each month the tallies of all combinations of levels, the first breakdown slowest; a
/// distribution has its categories as the last and quickest. A stock that asks when the period began
/// has other periods beside months.
pub(super) type Monthly = BTreeMap<Period, Vec<Tally>>;

/// The unit frame of a measure and how it is counted.
pub(super) struct Counting<'a> {
    pub(super) definitions: &'a Definitions,
    pub(super) evaluated: &'a Evaluated,
    pub(super) measure: &'a Measure,
    pub(super) unit: &'a Unit,
    pub(super) frame: &'a DataFrame,
    /// The key of each unit, where keys are added up in the place of units.
    pub(super) keys: Option<Arc<Vec<u8>>>,
}

impl Counting<'_> {
    pub(super) fn judging(&self) -> Judging<'_> {
        let Self { definitions, evaluated, measure, frame, .. } = self;
        Judging { definitions, evaluated, measure, frame }
    }

    /// The levels of a distribution's own values.
    pub(super) fn categories(&self) -> Option<Vec<Level>> {
        self.judging().categories()
    }

    /// Tallies of a flow in each of these months, or of a stock at the end of each of these periods, for
    /// each split.
    pub(super) fn monthly(
        &self,
        splits: &[Vec<&Levels>],
        periods: &BTreeSet<Period>,
    ) -> PolarsResult<Vec<Monthly>> {
        let mut counted: Vec<Monthly> = splits.iter().map(|_| Monthly::new()).collect();
        let (fates, dated) = self.fated(periods)?;
        self.count(&fates, &dated, splits, &mut counted);
        Ok(counted)
    }

    /// What becomes of the units in the population, and in which months or periods they count.
    pub(super) fn fated(&self, periods: &BTreeSet<Period>) -> PolarsResult<(Fates, Dated)> {
        let standing;
        let mut judging = self.judging();
        let mut dated = match &self.measure.counted {
            Counted::On { column, parent } => {
                let column = if *parent { format!("{PARENT}{column}") } else { column.clone() };
                return self.fated_on(&column, periods);
            }
            Counted::AtPeriodEnd => {
                let periods: Vec<Period> = periods.iter().copied().collect();
                if self.definitions.asked_of_period(self.measure) == AskedOfPeriod::Nothing {
                    self.there_at_end(periods)?
                } else {
                    let (frame, dated) = self.standing(&periods)?;
                    standing = frame;
                    judging.frame = &standing;
                    dated
                }
            }
            Counted::FromParts => {
                return Err(bug(format!("`{}` is counted from its parts only", self.measure.id)));
            }
        };
        let Some(taken) = judging.population()? else { return Ok((judging.fates()?, dated)) };
        let fates = fates_at(&judging, &taken)?;
        dated.only(taken, judging.frame.height());
        Ok((fates, dated))
    }

    /// What becomes of the units in the population that count in one of these months by a day of theirs.
    /// Often these are few of many: nobody else is asked anything.
    fn fated_on(&self, column: &str, months: &BTreeSet<Period>) -> PolarsResult<(Fates, Dated)> {
        let judging = self.judging();
        let days = self.frame.column(column)?.as_materialized_series().i32()?.rechunk();
        let days = days.downcast_as_array();
        let months_of = MonthsOfDays::new(months);
        let month = |row: u32| Some((row, months_of.place(days.get(row as usize)?)?));
        let units: Vec<(u32, u16)> = match judging.population()? {
            Some(taken) => taken.into_iter().filter_map(month).collect(),
            None => (0_u32..).take(days.len()).filter_map(month).collect(),
        };
        let rows: Vec<u32> = units.iter().map(|(row, _)| *row).collect();
        let whole = rows.len() == self.frame.height();
        let fates = if whole { judging.fates()? } else { fates_at(&judging, &rows)? };
        Ok((fates, Dated::each(months.iter().copied().collect(), units)))
    }

    /// The units of a stock that are there on the evening of the last day of each period.
    fn there_at_end(&self, periods: Vec<Period>) -> PolarsResult<Dated> {
        match Presence::new(self.definitions, self.unit, self.frame)? {
            Some(presence) => Ok(Dated::by_presence(&presence, periods)),
            None => Err(bug(format!("`{}` is a stock of units without an end", self.measure.id))),
        }
    }

    /// Adds each unit to the tally of its month and levels, in every split.
    fn count(
        &self,
        fates: &Fates,
        dated: &Dated,
        splits: &[Vec<&Levels>],
        counted: &mut [Monthly],
    ) {
        let categories = self.categories().map_or(1, |all| all.len());
        let places = |split: &Vec<&Levels>| {
            split.iter().map(|l| l.levels.len()).product::<usize>() * categories
        };
        let sizes: Vec<usize> = splits.iter().map(places).collect();
        let cells: Vec<usize> = sizes.iter().map(|places| dated.periods.len() * places).collect();
        let spread = Spread { fates, dated, splits, categories };
        let tallies = if fates.values.is_empty() {
            self.count_fates(&spread, &cells)
        } else {
            self.sum_values(&spread, &cells)
        };
        for ((tallies, places), monthly) in tallies.into_iter().zip(sizes).zip(counted) {
            let mut tallies = tallies.into_iter();
            for &period in &dated.periods {
                monthly.insert(period, tallies.by_ref().take(places).collect());
            }
        }
    }

    /// The tallies of units without values: how many there are of each fate.
    fn count_fates(&self, spread: &Spread<'_>, cells: &[usize]) -> Vec<Vec<Tally>> {
        let leaves_out = self.measure.leaves_out_unknown();
        let left_out = (0_u16..).zip(self.measure.reasons()).map(|(n, _)| Fate::LeftOut(n));
        let kinds: Vec<Fate> = left_out.chain(Fate::IN_PLAY).collect();
        let reasons = kinds.len() - Fate::IN_PLAY.len();
        // Each fate twice: the second time for those that somebody decided.
        let width = 2 * kinds.len();
        let mut counts: Vec<Vec<u32>> = cells.iter().map(|cells| vec![0; cells * width]).collect();
        let keys = self.keys.as_ref().map(|keys| keys.as_slice());
        spread.each(|split, cell, (row, at), fate| {
            let decided = usize::from(spread.fates.decided.get(at) == Some(&true));
            let place = cell * width + decided * kinds.len() + fate.place(reasons);
            let count = counts.get_mut(split).and_then(|counts| counts.get_mut(place));
            let weight = keys.map_or(1, |keys| keys.get(row).map_or(0, |key| u32::from(*key)));
            count.into_iter().for_each(|count| *count += weight);
        });
        let tally = |counts: &[u32]| {
            let mut tally = Tally::of(self.measure);
            for (by_decision, decided) in counts.chunks(kinds.len()).zip([false, true]) {
                for (&units, &fate) in by_decision.iter().zip(&kinds).filter(|(n, _)| **n > 0) {
                    tally.take_units(fate, u64::from(units), leaves_out);
                    if decided {
                        tally.note_decided(fate, u64::from(units), leaves_out);
                    }
                }
            }
            tally
        };
        counts.iter().map(|counts| counts.chunks(width).map(tally).collect()).collect()
    }

    /// The tallies of units with values.
    fn sum_values(&self, spread: &Spread<'_>, cells: &[usize]) -> Vec<Vec<Tally>> {
        let leaves_out = self.measure.leaves_out_unknown();
        let none = Tally::of(self.measure);
        let mut tallies: Vec<Vec<Tally>> =
            cells.iter().map(|&cells| vec![none.clone(); cells]).collect();
        spread.each(|split, cell, (_, at), fate| {
            let tally = tallies.get_mut(split).and_then(|tallies| tallies.get_mut(cell));
            let Some(tally) = tally else { return };
            tally.take(fate, spread.fates.values.get(at).copied().unwrap_or(0), leaves_out);
            if spread.fates.decided.get(at) == Some(&true) {
                tally.note_decided(fate, 1, leaves_out);
            }
        });
        tallies
    }
}

/// Units of a measure over the cells of its splits.
struct Spread<'c> {
    fates: &'c Fates,
    dated: &'c Dated,
    splits: &'c [Vec<&'c Levels>],
    /// How many values a distribution has; one for others.
    categories: usize,
}

impl Spread<'_> {
    /// Tells of every unit, in every split, the place of the split, that of its cell, its own and that of its
    /// fate, and the fate.
    fn each(&self, mut take: impl FnMut(usize, usize, (usize, usize), Fate)) {
        let Self { fates, dated, splits, categories } = *self;
        let mut units = (dated.units())
            .filter_map(|(row, at, period)| Some((row, at, period, *fates.fates.get(at)?)));
        let mut block = Vec::with_capacity(BLOCK);
        loop {
            block.clear();
            block.extend(units.by_ref().take(BLOCK));
            if block.is_empty() {
                return;
            }
            for (number, split) in splits.iter().enumerate() {
                for &(row, at, period, fate) in &block {
                    let cell =
                        split.iter().fold(period, |at, l| at * l.levels.len() + l.place(row));
                    let category = fates.categories.get(at).copied().unwrap_or(0);
                    take(number, cell * categories + category, (row, at), fate);
                }
            }
        }
    }
}

/// The fates of some rows of the frame.
fn fates_at(judging: &Judging<'_>, rows: &[u32]) -> PolarsResult<Fates> {
    let places = IdxCa::from_slice(PlSmallStr::EMPTY, rows);
    let frame = judging.frame.select(judging.asked_for())?.take(&places)?;
    Judging { frame: &frame, ..*judging }.fates()
}

/// The month of each day from the first to the last of some months: the calendar is asked once for each
/// month, not once for each unit.
struct MonthsOfDays {
    first: i32,
    places: Vec<Option<u16>>,
}

impl MonthsOfDays {
    fn new(months: &BTreeSet<Period>) -> Self {
        let first = months.iter().map(|month| month.start().0).min().unwrap_or_default();
        let mut places = Vec::new();
        for (place, month) in (0_u16..).zip(months) {
            for day in month.start().0..=month.end().0 {
                let Ok(at) = usize::try_from(day - first) else { continue };
                places.resize(places.len().max(at + 1), None);
                places.get_mut(at).into_iter().for_each(|at| *at = Some(place));
            }
        }
        Self { first, places }
    }

    /// The place of the month of a day among the months, if it is in one of them.
    fn place(&self, day: i32) -> Option<u16> {
        *self.places.get(usize::try_from(day.checked_sub(self.first)?).ok()?)?
    }
}

/// How many units are looked at together: few enough to stay in reach of the processor while all
/// splits count them, one after the other.
const BLOCK: usize = 1 << 11;

/// Which units count in which months or periods.
pub(super) struct Dated {
    /// The months or periods.
    pub(super) periods: Vec<Period>,
    /// Places of units in their frame, each with the place of a period above. Narrow, because there
    /// are millions.
    units: Vec<(u32, u16)>,
    fates: FatesOf,
}

/// Whose fates those are that units are counted with.
enum FatesOf {
    /// One for each row of the frame.
    Rows,
    /// One for each of some rows of the frame: the place of the fate by the place of the row.
    SomeRows(Vec<u32>),
    /// One for each of the units, one after the other.
    Each,
}

impl Dated {
    /// Places of units in their frame, of their fates, and of a period above.
    pub(super) fn units(&self) -> impl Iterator<Item = (usize, usize, usize)> {
        self.units.iter().enumerate().map(|(at, (row, period))| {
            let row = *row as usize;
            let fate = match &self.fates {
                FatesOf::Rows => row,
                FatesOf::SomeRows(places) => places.get(row).map_or(usize::MAX, |p| *p as usize),
                FatesOf::Each => at,
            };
            (row, fate, usize::from(*period))
        })
    }

    /// Keeps the units alone that have one of these fates, given in order among `height`; of these, none
    /// had been kept back before.
    fn only(&mut self, taken: Vec<u32>, height: usize) {
        if let FatesOf::Each = self.fates {
            let units = taken.iter().filter_map(|&at| self.units.get(at as usize).copied());
            self.units = units.collect();
            return;
        }
        let mut places = vec![u32::MAX; height];
        for (place, row) in (0_u32..).zip(taken) {
            places.get_mut(row as usize).into_iter().for_each(|at| *at = place);
        }
        self.units.retain(|(row, _)| places.get(*row as usize).is_some_and(|p| *p < u32::MAX));
        self.fates = FatesOf::SomeRows(places);
    }

    /// Units, each with a period, in the order of their fates.
    pub(super) fn each(periods: Vec<Period>, units: Vec<(u32, u16)>) -> Self {
        Self { periods, units, fates: FatesOf::Each }
    }

    /// Each unit in every period at whose end it is there.
    fn by_presence(presence: &Presence, mut periods: Vec<Period>) -> Self {
        periods.sort_by_key(|period| period.end());
        let last_days: Vec<i32> = periods.iter().map(|period| period.end().0).collect();
        let mut units = Vec::new();
        for (row, (start, end)) in (0_u32..).zip(presence.days()) {
            let Some(start) = start else { continue };
            let first = last_days.partition_point(|last| *last < start);
            let there = (0_u16..).zip(&last_days).skip(first);
            let there = there.take_while(|(_, last)| end.is_none_or(|end| end > **last));
            units.extend(there.map(|(period, _)| (row, period)));
        }
        Self { periods, units, fates: FatesOf::Rows }
    }
}
