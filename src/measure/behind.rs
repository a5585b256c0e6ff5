//! The units behind one cell, each with its place in the flow: what an auditor counts again by hand.

use std::collections::BTreeSet;

use polars::prelude::*;

use crate::calendar::Period;
use crate::definitions::measure::{Counted, MeasureKind};
use crate::measure::fates::Fate;
use crate::measure::{Measurer, periods_of};

/// Where a unit of a cell ended up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whereabouts {
    /// Counted, and in the numerator.
    Numerator,
    /// Counted, and not in the numerator. Measures without a numerator have all their units here.
    Counted,
    /// Counted as not met, because nobody can know.
    UnknownAsNotMet,
    /// Left out, because nobody can know.
    UnknownLeftOut,
    /// Not due yet.
    Pending,
    /// Not due yet, and counted as not met until it is.
    PendingAsNotMet,
    /// Left out for the reason with this place in the measure: its exclusions, then its exceptions.
    LeftOut(usize),
}

impl Measurer<'_> {
    /// The places of the units behind a cell in the frame of their unit, in order, each with where it
    /// ended up. `level` has the code of a level for each breakdown. Ratios have no units of their own.
    ///
    /// # Errors
    /// As [`measure`](crate::measure::measure).
    pub fn units_behind(
        &mut self,
        measure: &str,
        by: &[String],
        level: &[String],
        period: Period,
    ) -> PolarsResult<Vec<(u32, Whereabouts)>> {
        let Some(measure) = self.definitions.measure(measure) else { return Ok(Vec::new()) };
        if let Some((unit, frame)) = self.units_of(&measure.id) {
            self.look_up_levels(unit, frame, by)?;
        }
        let Some(counting) = self.counting(measure) else { return Ok(Vec::new()) };
        let Some(levels) = self.levels(counting.unit, by) else { return Ok(Vec::new()) };
        let periods: BTreeSet<Period> = match measure.counted {
            Counted::FromParts => return Ok(Vec::new()),
            _ => {
                let asked = self.definitions.asked_of_period(measure);
                periods_of(measure, asked, period).into_iter().collect()
            }
        };
        let places: Option<Vec<usize>> = levels
            .iter()
            .zip(level)
            .map(|(levels, code)| levels.levels.iter().position(|l| l.code == *code))
            .collect();
        let Some(places) = places else { return Ok(Vec::new()) };
        let in_cell = |row: usize| levels.iter().zip(&places).all(|(l, at)| l.place(row) == *at);
        let leaves_out = measure.leaves_out_unknown();
        let with_numerator = matches!(measure.kind, MeasureKind::Proportion { .. });
        let mut behind = Vec::new();
        let (fates, dated) = counting.fated(&periods)?;
        for (row, at, place) in dated.units() {
            if !dated.periods.get(place).is_some_and(|p| periods.contains(p)) || !in_cell(row) {
                continue;
            }
            let whereabouts = match fates.fates.get(at) {
                None => continue,
                Some(Fate::LeftOut(place)) => Whereabouts::LeftOut(usize::from(*place)),
                Some(Fate::Pending) => Whereabouts::Pending,
                Some(Fate::PendingAsNotMet) => Whereabouts::PendingAsNotMet,
                Some(Fate::Unknown) if leaves_out => Whereabouts::UnknownLeftOut,
                Some(Fate::Unknown) => Whereabouts::UnknownAsNotMet,
                Some(Fate::Holds) if with_numerator => Whereabouts::Numerator,
                Some(Fate::Holds | Fate::Fails) => Whereabouts::Counted,
            };
            behind.push((u32::try_from(row).unwrap_or(u32::MAX), whereabouts));
        }
        behind.sort_unstable();
        Ok(behind)
    }
}
