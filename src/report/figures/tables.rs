//! Tables without a chart: the columns that each kind of measure has, one breakdown down and one across, and
//! several measures side by side.

use super::{Drawing, Kind, by_decision, distinct, level_title, nobody, unripe};
use crate::calendar::Period;
use crate::definitions::measure::{Interval, Measure, MeasureKind};
use crate::definitions::moves::{self, Step};
use crate::definitions::unit::UnitRows;
use crate::measure::Level;
use crate::protect::{PublishedCell, Shown, Symbol};
use crate::report::document::{Direction, Head, Row, Table, TableCell};
use crate::report::sentences::{capital, listed, provisional};

impl Drawing<'_> {
    /// A table without a chart in the newest ripe period: one breakdown down, or one down and one across.
    pub(super) fn table_only(&self, kind: Kind) -> Option<Table> {
        let period = self.plan.ripe(&self.measure.id, kind);
        let shown: Vec<&PublishedCell> =
            self.table.cells().iter().filter(|c| c.period() == period).collect();
        let titles: Vec<String> = self
            .spec
            .by
            .iter()
            .filter_map(|b| self.definitions.breakdown(b))
            .map(|b| b.title.clone())
            .collect();
        let by = listed(&titles.iter().map(|t| t.to_lowercase()).collect::<Vec<_>>());
        // Of two levels crossed nothing else says what is counted: it need not be the families of the section.
        let counts = match self.measure.kind {
            MeasureKind::Count if titles.len() > 1 => format!(", in {}", self.table.unit()),
            _ => String::new(),
        };
        let caption = format!("{} by {by}{counts}, {period}", self.measure.title);
        let whole = self.cells.whole(&self.measure.id, period);
        if self.spec.by.len() < 2 {
            let total = whole.map(|c| ("Whole council".to_owned(), c));
            let head = titles.first().map_or("", String::as_str);
            return Some(self.cells_table(
                caption,
                head,
                shown.iter().map(|c| (level_title(c), *c)).chain(total),
            ));
        }
        let levels = |n: usize| {
            let by = self.spec.by.get(n).map_or("", String::as_str);
            let mut levels = distinct(shown.iter().filter_map(|c| c.level().get(n)));
            let own = |level: &Level| {
                let cells = shown.iter().filter(|c| c.level().get(n) == Some(level));
                !self.can_do_without(by, level, cells.copied())
            };
            levels.retain(|level| own(level));
            levels
        };
        let (down, mut across) = (levels(0), levels(1));
        // The same levels stand in the same order on both sides, also where some do not cross.
        across.sort_by_key(|level| down.iter().position(|other| other == level));
        let margin = |by: &str, level: &Level| -> TableCell {
            let table = self.cells.table(&self.measure.id, &[by.to_owned()]);
            let cell = table.and_then(|t| {
                t.cells().iter().find(|c| c.period() == period && c.level().first() == Some(level))
            });
            cell.map_or_else(|| TableCell::Figure(NOT_PUBLISHED), |c| TableCell::Figure(c.value()))
        };
        let mut head =
            vec![Head { text: titles.first().cloned().unwrap_or_default(), numeric: false }];
        head.extend(across.iter().map(|l| Head { text: l.title.clone(), numeric: true }));
        head.push(Head { text: "All".to_owned(), numeric: true });
        let mut rows: Vec<Row> = down
            .iter()
            .map(|d| {
                let inner = across.iter().map(|a| {
                    let cell = shown
                        .iter()
                        .find(|c| c.level().first() == Some(d) && c.level().get(1) == Some(a));
                    let value = cell.map_or(NOT_PUBLISHED, |c| c.value());
                    match self.turn(d, a) {
                        Turn::Nowhere => TableCell::Words("–".to_owned()),
                        Turn::Step(direction) => TableCell::Stepped(direction, value),
                        Turn::Other => TableCell::Figure(value),
                    }
                });
                let total = self.spec.by.first().map(|b| margin(b, d));
                Row { head: d.title.clone(), cells: inner.chain(total).collect() }
            })
            .collect();
        let totals = across.iter().filter_map(|a| Some(margin(self.spec.by.get(1)?, a)));
        let corner = whole.map(|c| TableCell::Figure(c.value()));
        rows.push(Row { head: "All".to_owned(), cells: totals.chain(corner).collect() });
        Some(Table { caption, head, rows })
    }

    /// Whether a table can do without a level: its breakdown names others and not this one, and nobody has it. All
    /// scales have their areas and bands in the same columns, and a table is about one of them.
    fn can_do_without<'c>(
        &self,
        by: &str,
        level: &Level,
        mut cells: impl Iterator<Item = &'c PublishedCell>,
    ) -> bool {
        let named = self.definitions.breakdown(by).map_or(&[][..], |b| &b.order);
        let none = |cell: &PublishedCell| {
            nobody(cell) || cell.value().number().is_some_and(|n| n.as_f64() == 0.0)
        };
        !named.is_empty() && !named.contains(&level.code) && cells.all(none)
    }

    /// What it is to come from a level to another, in a table of moves: from the levels down to those across.
    fn turn(&self, from: &Level, to: &Level) -> Turn {
        let unit = self.definitions.unit(&self.measure.unit);
        let Some(UnitRows::Moves(ladder)) = unit.map(|u| &u.rows) else { return Turn::Other };
        let columns = self.spec.by.iter().filter_map(|b| self.definitions.breakdown(b));
        let columns: Vec<&str> = columns.map(|b| b.column.as_str()).collect();
        let level = |level: &Level| ladder.words().position(|word| word == level.code);
        match (columns.as_slice(), level(from), level(to)) {
            ([moves::FROM, moves::TO], Some(from), Some(to)) => match ladder.step(from, to) {
                _ if from == to => Turn::Nowhere,
                Step::Up => Turn::Step(Direction::Up),
                Step::Down => Turn::Step(Direction::Down),
                _ => Turn::Other,
            },
            _ => Turn::Other,
        }
    }

    /// A table with one cell a row, and the columns that the kind of measure has.
    pub(super) fn cells_table<'c>(
        &self,
        caption: String,
        first: &str,
        rows: impl Iterator<Item = (String, &'c PublishedCell)>,
    ) -> Table {
        let rows: Vec<(String, &PublishedCell)> = rows.collect();
        let mut columns = columns_of(self.measure);
        // Most counts are known at once; only of those that are not is it worth a column.
        let waits = rows.iter().any(|(_, cell)| provisional(cell));
        if waits && matches!(self.measure.kind, MeasureKind::Count) {
            columns.push(("Not yet known".to_owned(), PublishedCell::pending as Getter));
        }
        if rows.iter().any(|(_, cell)| by_decision(cell).is_some()) {
            columns.push(("By decision".to_owned(), PublishedCell::overridden as Getter));
        }
        let mut head = vec![Head { text: first.to_owned(), numeric: false }];
        head.extend(columns.iter().map(|(text, _)| Head { text: text.clone(), numeric: true }));
        let rows = rows
            .into_iter()
            .map(|(head, cell)| Row {
                head,
                cells: columns.iter().map(|(_, get)| TableCell::Figure(get(cell))).collect(),
            })
            .collect();
        Table { caption, head, rows }
    }

    /// Several measures side by side: a row for each period, or for each level in the newest period that is ripe
    /// for all; a proportion with what it is out of.
    pub(super) fn side_by_side(&self) -> Option<Table> {
        let measures: Vec<&Measure> =
            self.spec.measures().filter_map(|id| self.definitions.measure(id)).collect();
        let periods = self.plan.side_by_side(self.spec);
        let name = self.spec.title.clone().unwrap_or_default();
        let columns = measures.iter().flat_map(|measure| self.beside(measure));
        let mut head: Vec<Head> = columns.map(|(text, _)| Head { text, numeric: true }).collect();
        // One row: what each measure has in it.
        let row = |head: String, found: Vec<Option<&PublishedCell>>| {
            let columns = measures.iter().zip(found);
            let cells = columns.flat_map(|(measure, cell)| self.columns_beside(measure, cell));
            Row { head, cells: cells.map(TableCell::Figure).collect() }
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
                    let cells = tables.iter().flat_map(|t| t.cells());
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
                    row(title.join(", "), measures.iter().map(|m| at(level, m)).collect())
                };
                let mut rows: Vec<Row> = levels.into_iter().map(of_level).collect();
                rows.push(row("Whole council".to_owned(), whole(*period)));
                (breakdown.title.clone(), format!("{name}, {period}"), rows)
            }
            _ => return None,
        };
        head.insert(0, Head { text: first, numeric: false });
        Some(Table { caption, head, rows })
    }

    /// The columns of one measure beside others: a share has what it is out of; of levels, some of which may be
    /// small, a mean or a median has its interval.
    fn beside(&self, measure: &Measure) -> Vec<(String, Getter)> {
        let title = &measure.title;
        let mut columns = vec![(title.clone(), PublishedCell::value as Getter)];
        match measure.kind {
            MeasureKind::Proportion { .. } => {
                columns.push((format!("{title}: out of"), PublishedCell::denominator));
            }
            MeasureKind::Mean { .. } | MeasureKind::Quartile { .. }
                if !self.spec.by.is_empty() && measure.interval != Interval::None =>
            {
                columns.push((format!("{title}: 95% from"), PublishedCell::lower));
                columns.push((format!("{title}: to"), PublishedCell::upper));
            }
            _ => {}
        }
        columns
    }

    /// What stands in these columns. Of what is not yet known only how many there are is told.
    fn columns_beside(&self, measure: &Measure, cell: Option<&PublishedCell>) -> Vec<Shown> {
        let told = matches!(measure.kind, MeasureKind::Proportion { .. }).then_some(1);
        let columns = self.beside(measure).into_iter().enumerate();
        let shown = columns.map(|(n, (_, get))| {
            let known = cell.filter(|c| told == Some(n) || !unripe(self.plan, measure, c));
            known.map_or(NOT_PUBLISHED, get)
        });
        shown.collect()
    }
}

/// What a cell of a table of moves is about.
enum Turn {
    /// From a level to itself, which is no move.
    Nowhere,
    /// From help to more or to less of it.
    Step(Direction),
    /// From or to those who are not helped; or the table is not one of moves.
    Other,
}

/// Whether a figure in a row of several will change. Whether a count will may not be said where small numbers
/// are hidden; a row is not marked for that alone.
fn is_open(measure: &Measure, cell: &PublishedCell) -> bool {
    let said = measure.kind.asks_each_unit() || cell.pending().number().is_some();
    said && provisional(cell)
}

/// What stands where a table has a place for a figure that was not asked for.
const NOT_PUBLISHED: Shown = Shown::Symbol(Symbol::NotAvailable);

pub(in crate::report) type Getter = fn(&PublishedCell) -> Shown;

/// The columns of a measure's tables.
pub(in crate::report) fn columns_of(measure: &Measure) -> Vec<(String, Getter)> {
    let column = |text: &str, get: Getter| (text.to_owned(), get);
    let mut columns = match measure.kind {
        MeasureKind::Count => vec![column("Number", PublishedCell::value)],
        MeasureKind::Sum { .. } => vec![column("Sum", PublishedCell::value)],
        MeasureKind::Proportion { .. } | MeasureKind::Distribution { .. } => vec![
            column("Per cent", PublishedCell::value),
            column("Number", PublishedCell::numerator),
            column("Out of", PublishedCell::denominator),
        ],
        MeasureKind::Mean { .. } => vec![
            column("Mean", PublishedCell::value),
            column("Number measured", PublishedCell::denominator),
        ],
        MeasureKind::Quartile { which, .. } => vec![
            column(&capital(which.words()), PublishedCell::value),
            column("Number measured", PublishedCell::denominator),
        ],
        MeasureKind::Ratio { .. } => vec![
            column("Value", PublishedCell::value),
            column("Above", PublishedCell::numerator),
            column("Below", PublishedCell::denominator),
        ],
    };
    let counts = matches!(measure.kind, MeasureKind::Count | MeasureKind::Sum { .. });
    if !counts && measure.interval != Interval::None {
        columns.push(column("95% from", PublishedCell::lower));
        columns.push(column("to", PublishedCell::upper));
    }
    if measure.kind.asks_each_unit() {
        columns.push(column("Not yet known", PublishedCell::pending));
        columns.push(column("No data", PublishedCell::unknown));
    }
    columns
}

/// Takes from a row what is not yet known: all but how many answers there are and are not.
pub(super) fn withhold(row: &mut Row, columns: &[(String, Getter)]) {
    let said = ["Out of", "Number measured", "Not yet known", "No data"];
    for (cell, (title, _)) in row.cells.iter_mut().zip(columns) {
        if !said.contains(&title.as_str()) {
            *cell = TableCell::Figure(Shown::Symbol(Symbol::NotAvailable));
        }
    }
}
