//! Flows between the levels of two breakdowns, where each of them may be seen; else the table that crosses them.

use super::{Drawing, Kind, distinct};
use crate::measure::Level;
use crate::protect::{PublishedCell, Shown};
use crate::report::chart::{Chart, FlowLink, FlowStage, Flows};
use crate::report::document::{Block, Figure};

impl Drawing<'_> {
    /// The flows of the newest ripe period. What cannot be seen has no width: where a flow or the whole of a level
    /// is hidden, the table is shown, which says where.
    pub(super) fn flows(&self, kind: Kind) -> Option<Block> {
        if let Some(figure) = self.flows_seen(kind) {
            return Some(Block::Figure(figure));
        }
        let mut table = self.table_only()?;
        table.caption.push_str(". Not drawn as flows, because some of them may not be shown");
        Some(Block::Table(table))
    }

    /// The flow chart; nothing where anything in it is not a number.
    fn flows_seen(&self, kind: Kind) -> Option<Figure> {
        let period = self.plan.newest(self.spec, &self.measure.id);
        let shown: Vec<&PublishedCell> =
            self.table.cells().iter().filter(|c| c.period() == period).collect();
        let [first, second] = self.spec.by.as_slice() else { return None };
        // The same levels stand in the same order, and have the same colours, on both sides.
        let order = distinct(shown.iter().filter_map(|c| c.level().first()));
        let stage = |n: usize, by: &String| -> Option<(FlowStage, Vec<&Level>)> {
            let margins = self.cells.table(&self.measure.id, std::slice::from_ref(by))?;
            let margin = |level: &Level| {
                let mut cells = margins.cells().iter().filter(|c| c.period() == period);
                Some(cells.find(|c| c.level().first() == Some(level))?.value())
            };
            let mut levels = Vec::new();
            let mut places = Vec::new();
            let mut all = distinct(shown.iter().filter_map(|c| c.level().get(n)));
            all.sort_by_key(|level| order.iter().position(|other| other == level));
            for level in all {
                let count = margin(level)?;
                if !count.number()?.is_zero() {
                    levels.push(level);
                    places.push((level.title.clone(), count));
                }
            }
            let title = self.definitions.breakdown(by)?.title.clone();
            Some((FlowStage { title, places }, levels))
        };
        let ((left, from), (right, to)) = (stage(0, first)?, stage(1, second)?);
        let mut links = Vec::new();
        for cell in &shown {
            let place = |n: usize, levels: &[&Level]| {
                levels.iter().position(|level| cell.level().get(n) == Some(level))
            };
            // A cell of a level that nobody has is nought, if it can be seen.
            let count = cell.value();
            if let (false, Some(from), Some(to)) =
                (count.number()?.is_zero(), place(0, &from), place(1, &to))
            {
                links.push(FlowLink { stage: 0, from, to, count });
            }
        }
        links.sort_by_key(|link| (link.from, link.to));
        let largest = links.iter().filter_map(|link| Some((link, link.count.number()?)));
        let (most, count) = largest.max_by(|a, b| a.1.as_f64().total_cmp(&b.1.as_f64()))?;
        let name = |stage: &FlowStage, place: usize| {
            stage.places.get(place).map_or_else(String::new, |(name, _)| name.clone())
        };
        let title = format!(
            "{}: most from {} to {} ({count})",
            self.measure.title,
            name(&left, most.from),
            name(&right, most.to)
        );
        let whole = self.cells.whole(&self.measure.id, period).map(PublishedCell::value);
        let whole: Shown = whole.filter(|whole| whole.number().is_some())?;
        let alt = format!(
            "Flows between {} levels on the left and {} on the right: {} flows, {whole} {} in all.",
            left.places.len(),
            right.places.len(),
            links.len(),
            self.table.unit()
        );
        let subtitle = format!("{}, {period}.", self.measure.title);
        let chart = Chart::Flows(Flows { stages: vec![left, right], links });
        Some(Figure {
            id: self.id(kind),
            title,
            table: chart.table(subtitle.clone()),
            subtitle,
            alt,
            chart,
            caveats: self.caveats(&[]),
            source: self.source(),
        })
    }
}
