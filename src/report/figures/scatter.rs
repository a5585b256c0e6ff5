//! Two wholes of each level against each other: how many cases a team has, say, and how heavy they are.

use super::{Drawing, Kind, level_title, nobody};
use crate::definitions::measure::{Measure, MeasureKind};
use crate::protect::{PublishedCell, Shown, Symbol};
use crate::report::chart::{AxisKind, Chart, Scatter, ScatterPlace};
use crate::report::document::Figure;

/// Up to so many places all have their names beside them; of more, only those that stand out.
const NAMED: usize = 12;

const NONE: Shown = Shown::Symbol(Symbol::NotAvailable);

impl Drawing<'_> {
    /// A mark for each level, in the newest period that is ripe for both measures.
    pub(super) fn scatter(&self, kind: Kind) -> Option<Figure> {
        let period = self.plan.ripe_for_all(self.spec)?;
        let other = self.definitions.measure(self.spec.with.first()?)?;
        let ups = self.cells.table(&other.id, &self.spec.by)?.cells();
        let of_time = |c: &&PublishedCell| c.period() == period && !nobody(c);
        let shown: Vec<&PublishedCell> = self.table.cells().iter().filter(of_time).collect();
        let mut places: Vec<ScatterPlace> = shown
            .iter()
            .map(|cell| {
                let same = |c: &&PublishedCell| c.period() == period && c.level() == cell.level();
                let up = ups.iter().find(same).map_or(NONE, PublishedCell::value);
                ScatterPlace { label: level_title(cell), has: [cell.value(), up], is_named: false }
            })
            .collect();
        if places.is_empty() {
            return None;
        }
        let each = |p: &ScatterPlace| {
            let [across, up] = numbers(p.has)?;
            (across > 0.0).then(|| up / across)
        };
        let mut ranked: Vec<(f64, String)> =
            places.iter().filter_map(|p| Some((each(p)?, p.label.clone()))).collect();
        ranked.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        let few = places.len() <= NAMED;
        let ends = [ranked.first(), ranked.last()];
        for place in &mut places {
            let stands_out = ends.iter().flatten().any(|(_, label)| *label == place.label);
            place.is_named = few || stands_out;
        }
        let (across, up) = (&self.measure.title, &other.title);
        let title = match ranked.as_slice() {
            [(high, most), .., (low, least)] if high > low => {
                format!("{up}: most for its size in {most}, least in {least}")
            }
            _ => format!("{up}, by size"),
        };
        let whole = |id: &str| self.cells.whole(id, period).map_or(NONE, PublishedCell::value);
        let breakdown = self.definitions.breakdown(self.spec.by.first()?)?.title.to_lowercase();
        let drawn = places.iter().filter(|p| numbers(p.has).is_some());
        let said: Vec<String> =
            drawn.map(|p| format!("{} {} and {}", p.label, p.has[0], p.has[1])).collect();
        let alt = format!(
            "Scatter plot of {} marks: “{across}” to the right, “{up}” upwards. {}.",
            said.len(),
            if said.is_empty() { "No value is shown".to_owned() } else { said.join(", ") }
        );
        let chart = Chart::Scatter(Scatter {
            across: across.clone(),
            up: up.clone(),
            places,
            whole: [whole(&self.measure.id), whole(&other.id)],
            axes: [axis(self.measure), axis(other)],
        });
        let subtitle = format!("“{up}” and “{across}” by {breakdown}, {period}.");
        let mut caveats = vec![format!(
            "Size is “{across}”. A mark above the line has more “{up}” for its size than the whole council, one below it less. One number says little of how hard the work is: ask before judging."
        )];
        caveats.extend(other.caveats.iter().cloned());
        caveats.extend(self.caveats(&shown));
        Some(Figure {
            id: format!("{}-and-{}", self.id(kind), other.id),
            alt,
            title,
            table: chart.table(subtitle.clone()),
            subtitle,
            chart,
            caveats,
            source: self.source(),
        })
    }
}

/// Both, where both may be seen.
fn numbers(has: [Shown; 2]) -> Option<[f64; 2]> {
    let [across, up] = has.map(|shown| shown.number().map(|n| n.as_f64()));
    Some([across?, up?])
}

fn axis(measure: &Measure) -> AxisKind {
    match measure.kind {
        MeasureKind::Count => AxisKind::Count,
        _ => AxisKind::Plain,
    }
}
