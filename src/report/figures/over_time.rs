//! What a table over time says, in a sentence or two: what is clearly other than a year before, and what is not.

use super::{Drawing, distinct, unripe};
use crate::calendar::Period;
use crate::definitions::audience::ChartForm;
use crate::definitions::measure::Measure;
use crate::protect::PublishedCell;
use crate::report::sentences::{Change, capital, change, clustered, finding, made_of, spoken};

/// What a measure did in a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moved {
    /// As far as the interval of the difference tells.
    Clearly(Change),
    /// Higher or lower, of units that go together.
    Somehow(Change),
    /// It has no interval to tell by.
    NotJudged,
    /// There is nothing of a year before.
    Alone,
}

impl Moved {
    /// The order in which they are said, and the words that begin each.
    const ALL: [(Self, &'static str); 7] = [
        (Self::Clearly(Change::Higher), "clearly higher than a year before"),
        (Self::Clearly(Change::Lower), "clearly lower than a year before"),
        (Self::Somehow(Change::Higher), "higher than a year before, how sure cannot be said"),
        (Self::Somehow(Change::Lower), "lower than a year before, how sure cannot be said"),
        (Self::Clearly(Change::NotClear), "no clear change in a year"),
        (Self::NotJudged, "beside a year before"),
        (Self::Alone, "without a year before to compare with"),
    ];
}

impl Drawing<'_> {
    /// The sentences; nothing for what is no table over time, or shows no value.
    pub(super) fn said_over_time(&self) -> Option<Vec<String>> {
        if self.spec.chart != ChartForm::Table || !self.spec.by.is_empty() {
            return None;
        }
        let kind = self.plan.kind(self.spec);
        if !self.spec.is_side_by_side() {
            let now = self.newest_of(self.measure, &self.plan.line(&self.measure.id, kind))?;
            let before = self.cells.whole(&self.measure.id, now.period().a_year_before());
            let unit = self.table.unit();
            return Some(vec![finding(self.definitions, self.measure, unit, now, before)]);
        }
        let periods = self.plan.side_by_side(self.spec);
        let measures = self.spec.measures().filter_map(|id| self.definitions.measure(id));
        let said: Vec<(Moved, Period, String)> =
            measures.filter_map(|measure| self.beside_a_year_before(measure, &periods)).collect();
        let mut groups = Vec::new();
        for (moved, words) in Moved::ALL {
            let own = || said.iter().filter(move |(m, ..)| *m == moved);
            for period in distinct(own().map(|(_, period, _)| *period)) {
                let items = own().filter(|(_, p, _)| *p == period).map(|(.., item)| item.as_str());
                let items = items.collect::<Vec<_>>().join("; ");
                groups.push(format!("{}, {words}: {items}.", capital(&spoken(period))));
            }
        }
        (!groups.is_empty()).then_some(groups)
    }

    /// The newest cell of the whole council among these periods that is shown and no longer mostly open.
    fn newest_of(&self, measure: &Measure, periods: &[Period]) -> Option<&PublishedCell> {
        let mut cells = periods.iter().rev().filter_map(|p| self.cells.whole(&measure.id, *p));
        cells.find(|c| c.value().number().is_some() && !unripe(self.plan, measure, c))
    }

    /// What a measure did in a year, of which period that is told, and how it is put in a list of several.
    fn beside_a_year_before(
        &self,
        measure: &Measure,
        periods: &[Period],
    ) -> Option<(Moved, Period, String)> {
        let now = self.newest_of(measure, periods)?;
        let before = self.cells.whole(&measure.id, now.period().a_year_before());
        let before = before.filter(|c| c.value().number().is_some());
        let moved = match before.map(|before| change(now, before)) {
            None => Moved::Alone,
            Some(Change::NotKnown) => Moved::NotJudged,
            Some(clear @ (Change::Higher | Change::Lower))
                if clustered(self.definitions, measure) =>
            {
                Moved::Somehow(clear)
            }
            Some(found) => Moved::Clearly(found),
        };
        let of = made_of(measure, "", now).filter(|of| of.contains(" of "));
        let was = before.map(|before| format!("was {}", before.value()));
        let beside: Vec<String> = of.into_iter().chain(was).collect();
        let beside = match beside.as_slice() {
            [] => String::new(),
            all => format!(" ({})", all.join("; ")),
        };
        Some((moved, now.period(), format!("“{}” {}{beside}", measure.title, now.value())))
    }
}
