//! The control chart of a watched measure: its statement, its marked signals, and the table behind it.

use super::{Drawing, Kind};
use crate::protect::{PublishedCell, Shown, Symbol};
use crate::report::chart::{Chart, Control, ControlPoint};
use crate::report::document::{Figure, Head, TableCell};
use crate::report::reading::Reading;
use crate::report::sentences::{provisional, spoken};
use crate::statistics::Standing;

impl Drawing<'_> {
    /// A value over time with what it usually does.
    pub(super) fn control(&self, kind: Kind) -> Option<Figure> {
        let reading = Reading::whole(self.measure, kind, self.series)?;
        let points = reading.series.points();
        let (first, last) = (points.first()?.period, points.last()?.period);
        let cell = |period| self.cells.whole(&self.measure.id, period);
        let cells: Vec<Option<&PublishedCell>> = points.iter().map(|p| cell(p.period)).collect();
        let none = Shown::Symbol(Symbol::NotAvailable);
        let control = Control {
            labels: points.iter().map(|p| p.period.label()).collect(),
            name: self.measure.title.clone(),
            points: points
                .iter()
                .zip(&cells)
                .map(|(p, cell)| ControlPoint {
                    value: p.value,
                    provisional: cell.is_some_and(provisional),
                    centre: p.usual.map_or(none, |u| u.centre),
                    lower: p.usual.map_or(none, |u| u.lower),
                    upper: p.usual.map_or(none, |u| u.upper),
                })
                .collect(),
            signals: reading.stretches.clone(),
            axis: self.axis(),
            reference: self.target(kind),
            trial: reading.series.standing() == Standing::Trial,
        };
        let chart = Chart::Control(control);
        let stretch = format!("{} to {}", spoken(first), spoken(last));
        let newest = reading.newest().map(|words| format!("{words}. ")).unwrap_or_default();
        let shown: Vec<&PublishedCell> = cells.iter().copied().flatten().collect();
        let mut caveats = vec![reading.how_sure()];
        caveats.extend(reading.direction().map(|words| format!("{words}.")));
        caveats.extend(self.not_yet(last, kind));
        caveats.extend(self.caveats(&shown));
        Some(Figure {
            id: self.id(kind),
            title: reading.statement(),
            alt: format!(
                "Control chart of {} points, {stretch}. {newest}{}.",
                reading.series.known(),
                reading.judged()
            ),
            table: self.table_of_control(
                &chart,
                &cells,
                format!("{}, {stretch}", self.measure.title),
            ),
            subtitle: match reading.newest() {
                Some(newest) => format!("{stretch}. Newest: {newest}."),
                None => format!("{stretch}."),
            },
            chart,
            caveats,
            source: self.source(),
        })
    }

    /// The table of the chart, with what each value is made of after it.
    fn table_of_control(
        &self,
        chart: &Chart,
        cells: &[Option<&PublishedCell>],
        caption: String,
    ) -> crate::report::document::Table {
        let mut table = chart.table(caption);
        let columns = super::tables::columns_of(self.measure);
        let parts: Vec<_> = columns
            .iter()
            .filter(|(title, _)| ["Number", "Out of", "Number measured"].contains(&title.as_str()))
            .filter(|_| columns.len() > 1)
            .collect();
        let at = table.head.len().min(2);
        let heads = parts.iter().map(|(title, _)| Head { text: title.clone(), numeric: true });
        table.head.splice(at..at, heads);
        for (row, cell) in table.rows.iter_mut().zip(cells) {
            let none = Shown::Symbol(Symbol::NotAvailable);
            let of = |get: fn(&PublishedCell) -> Shown| TableCell::Figure(cell.map_or(none, get));
            row.cells.splice(at - 1..at - 1, parts.iter().map(|(_, get)| of(*get)));
        }
        table
    }

    /// What comes after the newest period that is known.
    fn not_yet(&self, known: crate::calendar::Period, kind: Kind) -> Option<String> {
        let newest = crate::calendar::Period::last_complete(kind, self.plan.period.end());
        (known.number() < newest.number()).then(|| {
            format!(
                "Known up to {}: what comes after has more than one answer in twenty outstanding, and is not drawn.",
                spoken(known)
            )
        })
    }
}
