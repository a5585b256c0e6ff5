//! Stocks that ask about the period itself: units stand once for each period at whose end they are
//! there, with the period's ends and what was found about them in it as further columns. All periods
//! are judged at once.

use polars::prelude::*;

use crate::calendar::Period;
use crate::definitions::measure::Fact;
use crate::definitions::test::{PERIOD_END, PERIOD_START};
use crate::link::Presence;
use crate::measure::fates::bug;
use crate::measure::monthly::{Counting, Dated};

impl Counting<'_> {
    /// The units that are there at the end of each of these periods, under each other, with the columns
    /// that the measure asks for.
    pub(super) fn standing(&self, periods: &[Period]) -> PolarsResult<(DataFrame, Dated)> {
        let none = || bug(format!("`{}` is a stock of units without an end", self.measure.id));
        let presence = Presence::new(self.definitions, self.unit, self.frame)?.ok_or_else(none)?;
        let found = self.evaluated.in_periods.get(&self.unit.id);
        // What asks for the end only is the same for a month and for what ends with it.
        let asks_for_start =
            |fact: &Fact| fact.unit == self.unit.id && fact.test.asks_about_period_start();
        let month_will_do = !self.definitions.facts.iter().any(asks_for_start);
        let (mut units, mut facts) = (Vec::new(), None::<DataFrame>);
        let (mut starts, mut ends) = (Vec::new(), Vec::new());
        for (period, place) in periods.iter().zip(0_u16..) {
            let there: Vec<u32> = presence.on(period.end()).collect();
            starts.resize(starts.len() + there.len(), period.start().0);
            ends.resize(ends.len() + there.len(), period.end().0);
            if let Some(found) = found {
                let of_month = || found.of(period.last_month()).filter(|_| month_will_do);
                let of = found.of(*period).or_else(of_month);
                // Nobody was asked about periods that end before the first unit is there.
                let of = of.or_else(|| found.of_nobody().filter(|_| there.is_empty()));
                let (known, columns) =
                    of.ok_or_else(|| bug(format!("nothing was found for {}", period.code())))?;
                if known != there.as_slice() {
                    return Err(bug(format!("others were there in {}", period.code())));
                }
                match &mut facts {
                    Some(all) => {
                        all.vstack_mut(&columns)?;
                    }
                    None => facts = Some(columns),
                }
            }
            units.extend(there.into_iter().map(|unit| (unit, place)));
        }
        let places: Vec<u32> = units.iter().map(|(unit, _)| *unit).collect();
        let places = IdxCa::from_slice(PlSmallStr::EMPTY, &places);
        let mut frame = self.frame.select(self.judging().asked_for())?.take(&places)?;
        frame.with_column(Column::new(PERIOD_START.into(), starts))?;
        frame.with_column(Column::new(PERIOD_END.into(), ends))?;
        if let Some(facts) = facts {
            frame.hstack_mut(facts.columns())?;
        }
        Ok((frame, Dated::each(periods.to_vec(), units)))
    }
}
