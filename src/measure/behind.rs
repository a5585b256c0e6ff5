//! The units behind one cell, each with its place in the flow: what an auditor counts again by hand.

use polars::prelude::*;

use crate::calendar::{Period, PeriodKind};
use crate::columns::{days_to_month_number, exact};
use crate::definitions::measure::{Counted, MeasureKind, UnknownCounts};
use crate::link::{PARENT, UNIT};
use crate::measure::Measurer;
use crate::measure::levels::Levels;

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
    /// Left out by the exclusion with this place in the measure.
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
        let request = crate::measure::TableRequest {
            measure: measure.id.clone(),
            by: by.to_vec(),
            periods: vec![period],
        };
        self.look_up_levels(&request)?;
        let Some(counting) = self.counting(measure) else { return Ok(Vec::new()) };
        let Some(levels) = self.levels(counting.unit, by) else { return Ok(Vec::new()) };
        // The unit itself is the last breakdown: one level for each.
        let itself = Levels { column: col(UNIT), levels: Vec::new() };
        let with_itself: Vec<&Levels> = levels.iter().copied().chain([&itself]).collect();
        let mut plan = match &measure.counted {
            Counted::On { column, parent } => {
                let column = if *parent { format!("{PARENT}{column}") } else { column.clone() };
                let month = days_to_month_number(col(column)).alias("month");
                counting.prepare(&with_itself, None, month)
            }
            Counted::AtPeriodEnd => {
                let Some((start, end)) = counting.spell() else { return Ok(Vec::new()) };
                let last_month = period.last_month();
                let last = lit(last_month.end().0);
                let begun = col(start).lt_eq(last.clone());
                let not_over = col(end).is_null().or(col(end).gt(last));
                let days = (last_month.start(), last_month.end());
                let month = exact(last_month.number()).alias("month");
                counting.prepare(&with_itself, Some((begun.and(not_over), days)), month)
            }
            Counted::FromParts => return Ok(Vec::new()),
        };
        let months = match measure.counted {
            Counted::AtPeriodEnd => vec![period.last_month()],
            _ => period.months(),
        };
        let (Some(first), Some(last)) = (months.first(), months.last()) else {
            return Ok(Vec::new());
        };
        debug_assert!(months.iter().all(|m| m.kind == PeriodKind::Month));
        plan = plan.filter(
            col("month").gt_eq(lit(first.number())).and(col("month").lt_eq(lit(last.number()))),
        );
        for (number, (levels, code)) in levels.iter().zip(level).enumerate() {
            let found = levels.levels.iter().find(|(_, l)| l.code == *code);
            let Some((place, _)) = found else { return Ok(Vec::new()) };
            plan = plan.filter(col(format!("level {number}")).eq(exact(*place)));
        }
        let unit = format!("level {}", levels.len());
        let found = plan.sort([unit.as_str()], SortMultipleOptions::default()).collect()?;
        let series = |name: &str| found.column(name).map(|c| c.as_materialized_series().clone());
        let units = series(&unit)?.cast(&DataType::UInt32)?.u32()?.clone();
        let left_out = series("left out")?.u32()?.clone();
        let pending = series("pending")?.bool()?.clone();
        let answers = series("answer")?.cast(&DataType::Boolean)?.bool()?.clone();
        let values = series("value")?;
        let leaves_out = matches!(measure.kind, MeasureKind::Mean { .. })
            || measure.unknown == UnknownCounts::LeaveOut;
        let whereabouts = |row: usize| {
            if let Some(place) = left_out.get(row).and_then(|n| n.checked_sub(1)) {
                return Whereabouts::LeftOut(place as usize);
            }
            if pending.get(row) == Some(true) {
                return Whereabouts::Pending;
            }
            let unknown = match measure.kind {
                MeasureKind::Mean { .. } | MeasureKind::Sum { .. } => {
                    answers.get(row) == Some(false)
                }
                MeasureKind::Distribution { .. } => values.is_null().get(row) == Some(true),
                _ => answers.get(row).is_none(),
            };
            match (unknown, &measure.kind) {
                (true, _) if leaves_out => Whereabouts::UnknownLeftOut,
                (true, _) => Whereabouts::UnknownAsNotMet,
                (false, MeasureKind::Proportion { .. }) if answers.get(row) == Some(true) => {
                    Whereabouts::Numerator
                }
                _ => Whereabouts::Counted,
            }
        };
        Ok((0..found.height())
            .filter_map(|row| Some((units.get(row)?, whereabouts(row))))
            .collect())
    }
}
