//! Several measures side by side in a table: a row for each period, or for each level in one period.

use super::tables::NOT_PUBLISHED;
use super::{Drawing, distinct, unripe};
use crate::calendar::Period;
use crate::definitions::audience::Beside;
use crate::definitions::measure::{Interval, Measure, MeasureKind};
use crate::measure::Level;
use crate::protect::{PublishedCell, Shown};
use crate::report::document::{Head, Row, Table, TableCell};
use crate::report::sentences::provisional;

/// A column of one measure beside others.
struct Column {
    text: String,
    get: fn(&PublishedCell) -> TableCell,
    /// Whether it is told of what is not yet known, too.
    always: bool,
    /// Whether it holds numbers.
    numeric: bool,
}

impl Column {
    fn of(text: String, get: fn(&PublishedCell) -> TableCell) -> Self {
        Self { text, get, always: false, numeric: true }
    }
}

impl Drawing<'_> {
    /// Several measures side by side: a row for each period, or for each level in the newest period that is ripe
    /// for all; a proportion with what it is out of.
    pub(super) fn side_by_side(&self) -> Option<Table> {
        let measures: Vec<&Measure> =
            self.spec.measures().filter_map(|id| self.definitions.measure(id)).collect();
        let periods = self.plan.side_by_side(self.spec);
        let name = self.spec.title.clone().unwrap_or_default();
        let of_measures = self.is_of_measures();
        let columns: Vec<Vec<Column>> =
            measures.iter().map(|m| self.beside(m, &measures)).collect();
        // One row: what each measure has in it.
        let row = |head: String, found: Vec<Option<&PublishedCell>>| {
            let all = measures.iter().zip(&columns).zip(found);
            let cells = all.flat_map(|((measure, columns), cell)| {
                columns.iter().map(move |column| {
                    // Of what is not yet known only how many there are is told.
                    let known = cell.filter(|c| column.always || !unripe(self.plan, measure, c));
                    known.map_or(TableCell::Figure(NOT_PUBLISHED), column.get)
                })
            });
            Row { head, cells: cells.collect() }
        };
        let whole =
            |period| measures.iter().map(|m| self.cells.whole(&m.id, period)).collect::<Vec<_>>();
        let (first, caption, rows) = match (self.spec.by.first(), periods.as_slice()) {
            (None, [first, .., last]) => {
                let caption = format!("{name}, {} to {}", first.label(), last.label());
                let of_period = |period: &Period| {
                    let found = whole(*period);
                    let open = measures.iter().zip(&found).any(|(measure, cell)| {
                        cell.is_some_and(|c| is_open(measure, c) && !unripe(self.plan, measure, c))
                    });
                    let mark = if open { " (provisional)" } else { "" };
                    row(format!("{}{mark}", period.label()), found)
                };
                let rows: Vec<Row> = periods.iter().map(of_period).collect();
                ("Period".to_owned(), caption, rows)
            }
            (Some(by), [period]) => {
                let breakdown = self.definitions.breakdown(by)?;
                let tables: Vec<_> = measures
                    .iter()
                    .filter_map(|m| self.cells.table(&m.id, &self.spec.by))
                    .collect();
                let all = || {
                    let of_measure = |m| measures.iter().copied().find(|measure| measure.id == m);
                    let cells = tables.iter().flat_map(move |t| {
                        let own = of_measure(t.measure());
                        let can = move |c: &&PublishedCell| {
                            own.is_none_or(|m| self.can_have(m, c.level()))
                        };
                        t.cells().iter().filter(can)
                    });
                    cells.filter(|c| c.period() == *period)
                };
                let mut levels = distinct(all().map(PublishedCell::level));
                levels.retain(|level| {
                    let cells = || all().filter(|c| c.level() == *level);
                    level.iter().all(|one| !self.can_do_without(by, one, cells()))
                });
                // Those of whom nothing is recorded come last, whichever measure has them.
                levels.sort_by_key(|l| l.iter().any(|l| l.code == crate::measure::NOT_RECORDED));
                let at = |level: &[Level], m: &&Measure| {
                    let cells = tables.iter().find(|t| t.measure() == m.id)?.cells();
                    cells.iter().find(|c| c.period() == *period && c.level() == level)
                };
                let of_level = |level: &[Level]| {
                    let title: Vec<&str> = level.iter().map(|l| l.title.as_str()).collect();
                    let found = measures.iter().map(|m| at(level, m)).collect();
                    let mut row = row(title.join(", "), found);
                    let code = level.first().map_or("", |level| level.code.as_str());
                    row.cells.extend(of_measures.then(|| TableCell::Words(self.moved(code))));
                    row
                };
                let mut rows: Vec<Row> = levels.into_iter().map(of_level).collect();
                rows.extend(self.total().map(|all| {
                    let mut all = row(all.to_owned(), whole(*period));
                    let each = of_measures.then(|| TableCell::Words("Each by itself".to_owned()));
                    all.cells.extend(each);
                    all
                }));
                (breakdown.title.clone(), format!("{name}, {period}"), rows)
            }
            _ => return None,
        };
        let heads = columns.iter().flatten();
        let heads = heads.map(|column| Head { text: column.text.clone(), numeric: column.numeric });
        let moved = of_measures.then(|| Head {
            text: "The measure now, and a year before".to_owned(),
            numeric: false,
        });
        let heads = heads.chain(moved);
        let head = std::iter::once(Head { text: first, numeric: false }).chain(heads).collect();
        let table = Table { caption, head, rows };
        Some(if self.spec.by.is_empty() { table } else { self.without_noughts(table) })
    }

    /// The columns of one measure beside others: a share has what it is out of, and the first one its interval and how
    /// much is not known where that is asked for; of levels, some of which may be small, a mean or a median has its
    /// interval.
    fn beside(&self, measure: &Measure, all: &[&Measure]) -> Vec<Column> {
        let title = &measure.title;
        let mut columns = vec![Column::of(title.clone(), |c| TableCell::Figure(c.value()))];
        let has_interval = measure.interval != Interval::None;
        match measure.kind {
            MeasureKind::Proportion { .. } => {
                let out_of =
                    Column::of(format!("{title}: out of"), |c| TableCell::Figure(c.denominator()));
                columns.push(Column { always: true, ..out_of });
                // Measures side by side are about the same units, and a page is narrow: once is enough.
                let first = all.iter().find(|m| matches!(m.kind, MeasureKind::Proportion { .. }));
                let is_first = first.is_some_and(|first| first.id == measure.id);
                let mut words = |beside: Beside, text: String, get| {
                    if is_first && self.spec.columns.contains(&beside) {
                        columns.push(Column { numeric: false, ..Column::of(text, get) });
                    }
                };
                if has_interval {
                    words(Beside::Interval, format!("{title}: 95% interval"), interval);
                }
                words(Beside::NotKnown, format!("{title}: not known"), not_known);
            }
            MeasureKind::Mean { .. } | MeasureKind::Quartile { .. }
                if !self.spec.by.is_empty() && has_interval =>
            {
                let lower = |c: &PublishedCell| TableCell::Figure(c.lower());
                columns.push(Column::of(format!("{title}: 95% from"), lower));
                columns.push(Column::of(format!("{title}: to"), |c| TableCell::Figure(c.upper())));
            }
            _ => {}
        }
        columns
    }
}

/// An interval in words, or the shorthand in its place.
fn interval(cell: &PublishedCell) -> TableCell {
    match (cell.lower(), cell.upper()) {
        (Shown::Number(lower), Shown::Number(upper)) => {
            TableCell::Words(format!("{lower} to {upper}"))
        }
        (lower, _) => TableCell::Figure(lower),
    }
}

/// How many answers are not in yet, and how many can never be.
fn not_known(cell: &PublishedCell) -> TableCell {
    let parts = [(cell.pending(), "not yet"), (cell.unknown(), "no data")].map(|(many, words)| {
        let some = many.number().is_none_or(|number| !number.is_zero());
        some.then(|| format!("{many} {words}"))
    });
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    TableCell::Words(if parts.is_empty() { "None".to_owned() } else { parts.join(", ") })
}

/// Whether a figure in a row of several will change. Whether a count will may not be said where small numbers
/// are hidden; a row is not marked for that alone.
fn is_open(measure: &Measure, cell: &PublishedCell) -> bool {
    let said = measure.kind.asks_each_unit() || cell.pending().number().is_some();
    said && provisional(cell)
}
