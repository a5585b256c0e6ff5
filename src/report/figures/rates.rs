//! How often each group is counted beside all others, by how many people there are in it.

use super::{Drawing, Kind, level_title};
use crate::protect::{PublishedCell, PublishedIndex, rate_index};
use crate::report::chart::{AxisKind, Bar, Chart, Point, ReferenceLine};
use crate::report::document::Figure;
use crate::report::sentences::listed;

impl Drawing<'_> {
    /// The index of each level in the newest ripe period, and what it is made of.
    pub(super) fn rate_index(&self, kind: Kind) -> Option<Figure> {
        let period = self.plan.newest(self.spec, &self.measure.id);
        let base = self.definitions.measure(self.spec.with.first()?)?;
        let people = self.cells.table(&base.id, &self.spec.by)?.cells();
        let events = self.table.cells().iter().filter(|c| c.period() == period);
        let groups: Vec<(&PublishedCell, &PublishedCell)> = events
            .filter_map(|cell| {
                let same = |c: &&PublishedCell| c.period() == period && c.level() == cell.level();
                Some((cell, people.iter().find(same)?))
            })
            .collect();
        let found = rate_index(&groups);
        let drawn: Vec<(&(&PublishedCell, &PublishedCell), &PublishedIndex)> =
            groups.iter().zip(&found).filter(|(_, index)| index.value.number().is_some()).collect();
        if drawn.is_empty() {
            return None;
        }
        let bars = drawn.iter().map(|((cell, people), index)| Bar {
            label: level_title(cell),
            point: Point {
                value: index.value,
                lower: index.lower,
                upper: index.upper,
                provisional: super::provisional(cell),
            },
            note: format!("{} of {}", cell.value(), people.value()),
        });
        let chart = Chart::Bars {
            bars: bars.collect(),
            axis: AxisKind::Plain,
            reference: Some(ReferenceLine { label: "As often as all others".to_owned(), at: 1.0 }),
        };
        let beyond = |more: bool| {
            let clear = drawn.iter().filter(|(_, index)| {
                let end = if more { index.lower } else { index.upper };
                end.number().is_some_and(|end| (end.as_f64() > 1.0) == more && end.as_f64() != 1.0)
            });
            clear.map(|((cell, _), _)| level_title(cell)).collect::<Vec<_>>()
        };
        let clear: Vec<String> = [(beyond(true), "more"), (beyond(false), "less")]
            .into_iter()
            .filter(|(groups, _)| !groups.is_empty())
            .map(|(groups, side)| format!("{} {side} often", listed(&groups)))
            .collect();
        let says = if clear.is_empty() {
            "no group clearly more or less often than all others".to_owned()
        } else {
            format!("{} than all others", listed(&clear))
        };
        let breakdown = self.definitions.breakdown(self.spec.by.first()?)?;
        let subtitle = format!(
            "For its size, and beside all others: “{}” for each of those in “{}”, by {}; 1 is as often. {period}.",
            self.measure.title,
            base.title,
            breakdown.title.to_lowercase()
        );
        let mut caveats: Vec<String> = base.caveats.iter().cloned().collect();
        caveats.push(
            "Children of one family come together, so the intervals are narrower than they should be. Those of whom nothing is recorded are in no group.".to_owned(),
        );
        let cells: Vec<&PublishedCell> = groups.iter().map(|(cell, _)| *cell).collect();
        caveats.extend(self.caveats(&cells));
        let spoken = drawn.iter().map(|((cell, _), index)| {
            format!("{} {} ({} to {})", level_title(cell), index.value, index.lower, index.upper)
        });
        let alt = format!("Bars with intervals. {}.", listed(&spoken.collect::<Vec<_>>()));
        Some(Figure {
            id: format!("{}-index", self.id(kind)),
            title: format!("{}: {says}", self.measure.title),
            table: chart.table(subtitle.clone()),
            alt,
            subtitle,
            chart,
            caveats,
            source: self.source(),
        })
    }
}
