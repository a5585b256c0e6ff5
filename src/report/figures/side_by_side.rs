//! Several measures side by side in a table: a row for each period, or for each level in one period.

use super::tables::NOT_PUBLISHED;
use super::{Drawing, distinct, unripe};
use crate::calendar::Period;
use crate::definitions::audience::Beside;
use crate::definitions::measure::{Interval, Measure, MeasureKind};
use crate::measure::Level;
use crate::protect::{PublishedCell, Shown, effect};
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
        let sizes = self.sizes_a_change();
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
                    let found: Vec<_> = measures.iter().map(|m| at(level, m)).collect();
                    let effect = sizes.then(|| effect_of(&found)).into_iter().flatten();
                    let mut row = row(title.join(", "), found);
                    row.cells.extend(effect.map(TableCell::Figure));
                    let code = level.first().map_or("", |level| level.code.as_str());
                    row.cells.extend(of_measures.then(|| TableCell::Words(self.moved(code))));
                    row
                };
                let mut rows: Vec<Row> = levels.into_iter().map(of_level).collect();
                // The levels of one family go together: of all of them at once no size can be told.
                rows.extend(self.total().filter(|_| !sizes).map(|all| {
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
        let moved = of_measures.then(|| Head::of("The measure now, and a year before", false));
        let effect = ["Effect size, by changes (d_z)", "Effect size, by scores (g_av)"];
        let effect = effect.into_iter().filter(|_| sizes);
        let effect = effect.map(|text| Head::of(text, true));
        let heads = heads.chain(effect).chain(moved);
        let head = std::iter::once(Head { text: first, numeric: false }).chain(heads).collect();
        let table = Table { caption, head, rows };
        Some(if self.spec.by.is_empty() { table } else { self.without_noughts(table) })
    }

    /// Whether the table says how large a mean change is.
    pub(super) fn sizes_a_change(&self) -> bool {
        self.spec.columns.contains(&Beside::EffectSize)
    }

    /// What has to be known to read how large a change is.
    pub(super) fn of_sizes(&self) -> String {
        let apart = self.go_together().map(|words| format!(" {words}")).unwrap_or_default();
        format!(
            "An effect size is a mean change in standard deviations, worked out from the published means and intervals to within 0.1: d_z by that of the changes, g_av by the mean of those before and after. The two must not be compared with each other. None is told of fewer than ten pairs, or where a mean is hidden. Whoever is scored when things are worst is likely to score higher later in any case.{apart}"
        )
    }

    /// The columns of one measure beside others: a share has what it is out of, and the first one its interval and how
    /// much is not known where that is asked for; of levels, some of which may be small, a mean or a median has its
    /// interval.
    fn beside(&self, measure: &Measure, all: &[&Measure]) -> Vec<Column> {
        let title = &measure.title;
        let mut columns = vec![Column::of(title.clone(), |c| TableCell::Figure(c.value()))];
        let has_interval = measure.interval != Interval::None;
        if self.sizes_a_change() {
            // The intervals of the means before and after are not what such a table is read for.
            if all.first().is_some_and(|first| first.id == measure.id) {
                columns.extend(of_a_change(title));
            }
            return columns;
        }
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

/// What stands beside a mean change: its interval, and how many pairs it is of.
fn of_a_change(title: &str) -> [Column; 3] {
    [
        Column::of(format!("{title}: 95% from"), |c| TableCell::Figure(c.lower())),
        Column::of(format!("{title}: to"), |c| TableCell::Figure(c.upper())),
        Column::of("Pairs".to_owned(), |c| TableCell::Figure(c.denominator())),
    ]
}

/// The sizes of a change at one level, from the cells of the change, before and after.
fn effect_of(found: &[Option<&PublishedCell>]) -> [Shown; 2] {
    match found {
        [Some(change), Some(before), Some(after)] => {
            let sizes = effect(change, before, after);
            [sizes.of_changes, sizes.of_scores]
        }
        _ => [NOT_PUBLISHED; 2],
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
