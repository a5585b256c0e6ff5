//! Tables without a chart: the columns that each kind of measure has, and one breakdown down and one across.

use super::{Drawing, by_decision, distinct, level_title, nobody};
use crate::definitions::measure::{Interval, Measure, MeasureKind};
use crate::definitions::moves::{self, Step};
use crate::definitions::unit::UnitRows;
use crate::measure::Level;
use crate::protect::{PublishedCell, Shown, Symbol};
use crate::report::document::{Direction, Head, Row, Table, TableCell};
use crate::report::sentences::{capital, in_words, listed, provisional};

impl Drawing<'_> {
    /// A table without a chart in the newest ripe period: one breakdown down, or one down and one across.
    pub(super) fn table_only(&self) -> Option<Table> {
        let period = self.plan.newest(self.spec, &self.measure.id);
        let shown: Vec<&PublishedCell> =
            self.own_cells().filter(|c| c.period() == period).collect();
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
            let total = whole.zip(self.total()).map(|(c, all)| (all.to_owned(), c));
            let head = titles.first().map_or("", String::as_str);
            let rows = shown.iter().map(|c| (level_title(c), *c)).chain(total);
            return Some(self.without_noughts(self.cells_table(caption, head, rows)));
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
        head.push(Head::of("All", true));
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
        Some(self.without_noughts(Table { caption, head, rows }))
    }

    /// The same without the rows of levels in which all is a nought that is shown, where there are some and nobody
    /// has named the levels: a measure of a few needs has a row for each of all. What is hidden stays.
    pub(super) fn without_noughts(&self, mut table: Table) -> Table {
        let down = self.spec.by.first().and_then(|by| self.definitions.breakdown(by));
        let named = down.is_none_or(|b| !b.order.is_empty() || !b.bands.is_empty());
        // The last row is that of the whole.
        let levels = table.rows.len().saturating_sub(1);
        let empty = |row: &Row| row.cells.iter().all(is_nought);
        let noughts = table.rows.iter().take(levels).filter(|row| empty(row)).count();
        if named || noughts < SOME {
            return table;
        }
        let mut at = 0..;
        table.rows.retain(|row| at.next() == Some(levels) || !empty(row));
        let caption = table.caption.trim_end_matches('.');
        table.caption =
            format!("{caption}. {} rows with none are left out", capital(&in_words(noughts)));
        table
    }

    /// Whether a table can do without a level: its breakdown names others and not this one, and nobody has it. All
    /// scales have their areas and bands in the same columns, and a table is about one of them.
    pub(super) fn can_do_without<'c>(
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
        let mut head = vec![Head::of(first, false)];
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
}

/// So many rows of noughts are worth a sentence in their place.
const SOME: usize = 3;

/// Whether a cell says that there is nobody.
fn is_nought(cell: &TableCell) -> bool {
    match cell {
        TableCell::Figure(shown) | TableCell::Stepped(_, shown) => match shown {
            Shown::Number(number) => number.is_zero(),
            Shown::Symbol(symbol) => *symbol == Symbol::NotApplicable,
        },
        TableCell::Words(words) => words == "–",
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

/// What stands where a table has a place for a figure that was not asked for.
pub(super) const NOT_PUBLISHED: Shown = Shown::Symbol(Symbol::NotAvailable);

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
