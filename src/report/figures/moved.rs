//! What the measures did that something was meant to move: beside a table whose levels are measures. Never that it
//! moved them.

use super::Drawing;
use crate::protect::PublishedCell;
use crate::report::actions;
use crate::report::sentences::change;

impl Drawing<'_> {
    /// Whether the levels of this figure's breakdown are names of measures.
    pub(super) fn is_of_measures(&self) -> bool {
        self.by().is_some_and(|breakdown| breakdown.of_measures)
    }

    /// The newest quarter of a measure beside the same of a year before, and whether they differ by more than chance.
    pub(super) fn moved(&self, measure: &str) -> String {
        let told = || {
            let measure = self.definitions.measure(measure)?;
            let [before, newest] = self.plan.year_of_quarters(&measure.id);
            let at = |period| self.cells.whole(&measure.id, period);
            let (then, now): (&PublishedCell, &PublishedCell) = (at(before)?, at(newest)?);
            let moved = change(now, then).words().unwrap_or("Not known");
            let [then, now] = [then, now].map(|cell| actions::figure(measure, cell));
            Some(format!("{moved}: {now}, {then}"))
        };
        told().unwrap_or_else(|| "Not said".to_owned())
    }
}
