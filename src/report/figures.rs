//! One figure: a statement as its title, a chart as data, the table behind it, and a text
//! alternative, all made from the same published cells.

mod control;
mod places;
mod series;

use crate::calendar::Period;
use crate::definitions::Definitions;
use crate::definitions::audience::{ChartForm, FigureSpec};
use crate::definitions::measure::{Better, Measure, MeasureKind};
use crate::measure::Level;
use crate::protect::{
    PublishedCell, PublishedNumber, PublishedSeries, PublishedTable, Shown, Symbol,
};
use crate::report::chart::{AxisKind, Bar, Chart, Point, ReferenceLine, Series};
use crate::report::document::{Block, Figure, Head, Row, Table, TableCell};
use crate::report::plan::Plan;
use crate::report::sentences::{
    Change, change, clustered, finding, listed, made_of, provisional, spoken as in_words,
    target_words,
};

/// The published tables of an audience, to look cells up in.
#[derive(Clone, Copy)]
pub(super) struct Cells<'a>(pub(super) &'a [PublishedTable]);

impl<'a> Cells<'a> {
    /// The table of a measure by these breakdowns. A distribution's own categories come last and
    /// are not asked for.
    pub(super) fn table(self, measure: &str, by: &[String]) -> Option<&'a PublishedTable> {
        let category = crate::measure::CATEGORY;
        self.0.iter().find(|t| {
            let own = t.by().last().is_some_and(|b| b == category);
            let length = t.by().len() - usize::from(own);
            t.measure() == measure && t.by().get(..length) == Some(by)
        })
    }

    /// The cell for the whole council in a period.
    pub(super) fn whole(
        self,
        measure: &str,
        period: crate::calendar::Period,
    ) -> Option<&'a PublishedCell> {
        self.table(measure, &[])?.cells().iter().find(|c| c.period() == period)
    }
}

/// The figure that a pack asks for; nothing when there are no cells for it.
pub(super) fn figure(
    definitions: &Definitions,
    plan: &Plan<'_>,
    cells: Cells<'_>,
    series: &[PublishedSeries],
    spec: &FigureSpec,
) -> Option<Block> {
    let measure = definitions.measure(&spec.measure)?;
    let table = cells.table(&measure.id, &spec.by)?;
    let kind = plan.kind(spec);
    let drawing = Drawing { definitions, plan, cells, series, spec, measure, table };
    Some(match spec.chart {
        ChartForm::Line => Block::Figure(drawing.line(kind)?),
        ChartForm::Control => Block::Figure(drawing.control(kind)?),
        ChartForm::Bars => Block::Figure(drawing.bars(kind)?),
        ChartForm::Shares | ChartForm::Stacked => Block::Figure(drawing.shares(kind)?),
        ChartForm::Funnel => Block::Figure(drawing.funnel(kind)?),
        ChartForm::Heat => Block::Figure(drawing.heat(kind)?),
        ChartForm::Pyramid => Block::Figure(drawing.pyramid(kind)?),
        ChartForm::Dumbbell => Block::Figure(drawing.dumbbell(kind)?),
        ChartForm::Survival => Block::Figure(drawing.survival(kind)?),
        ChartForm::Multiples => Block::Figure(drawing.multiples(kind)?),
        ChartForm::Table if spec.by.is_empty() => Block::Table(drawing.line(kind)?.table),
        ChartForm::Table => Block::Table(drawing.table_only(kind)?),
    })
}

struct Drawing<'a> {
    definitions: &'a Definitions,
    plan: &'a Plan<'a>,
    cells: Cells<'a>,
    series: &'a [PublishedSeries],
    spec: &'a FigureSpec,
    measure: &'a Measure,
    table: &'a PublishedTable,
}

type Kind = crate::calendar::PeriodKind;

impl Drawing<'_> {
    fn axis(&self) -> AxisKind {
        match self.measure.kind {
            MeasureKind::Proportion { .. } | MeasureKind::Distribution { .. } => AxisKind::Percent,
            MeasureKind::Count => AxisKind::Count,
            _ => AxisKind::Plain,
        }
    }

    fn id(&self, kind: Kind) -> String {
        let by = if self.spec.by.is_empty() {
            String::new()
        } else {
            format!("-by-{}", self.spec.by.join("-"))
        };
        format!("{}{by}-{}", self.measure.id, kind.word())
    }

    fn caveats(&self, shown: &[&PublishedCell]) -> Vec<String> {
        let mut caveats: Vec<String> = self.measure.caveats.iter().cloned().collect();
        if shown.iter().any(|c| provisional(c)) {
            caveats.push(format!(
                "Some {} are not yet known, because their follow-up has not passed or a feed is late. Periods marked as provisional will change.",
                self.table.unit()
            ));
        }
        let decided: Vec<(String, PublishedNumber)> =
            shown.iter().filter_map(|c| Some((self.place_of(c), by_decision(c)?))).collect();
        let said = format!(
            "Some {} rest on a verdict that a named role decided in the place of its rule",
            self.table.unit()
        );
        let over_time = self.spec.by.is_empty();
        match decided.as_slice() {
            [] => {}
            [.., (period, count)] if over_time => caveats.push(format!(
                "{said}: {count} in {period}. The table says how many there are in each period."
            )),
            all => {
                let all: Vec<String> = all.iter().map(|(l, n)| format!("{n} in {l}")).collect();
                caveats.push(format!("{said}: {}.", listed(&all)));
            }
        }
        caveats
    }

    /// What tells a cell from the others of its figure: its level, or its period.
    fn place_of(&self, cell: &PublishedCell) -> String {
        // The categories of a distribution share their units.
        if self.spec.by.is_empty() { in_words(cell.period()) } else { level_title(cell) }
    }

    fn source(&self) -> String {
        format!(
            "{} records of {}, as at {}.",
            self.definitions.project.council,
            self.table.unit(),
            self.definitions.project.as_at
        )
    }

    /// The target for a kind of period, as a line.
    fn target(&self, kind: Kind) -> Option<ReferenceLine> {
        let newest = Period::last_complete(kind, self.plan.period.end());
        let target = self.measure.target(newest)?;
        let percent = self.axis() == AxisKind::Percent;
        let at = match target.better {
            Better::Near(at) => at,
            Better::High | Better::Low => target.green,
        };
        Some(ReferenceLine {
            label: format!("Target: {}", target_words(target, percent)),
            at: if percent { at * 100.0 } else { at },
        })
    }

    /// One value over time.
    fn line(&self, kind: Kind) -> Option<Figure> {
        let history = self.plan.history(kind);
        let shown: Vec<&PublishedCell> = history
            .iter()
            .filter_map(|p| {
                self.table.cells().iter().find(|c| c.period() == *p && c.level().is_empty())
            })
            .collect();
        let labels: Vec<String> = shown.iter().map(|c| c.period().label()).collect();
        let first = labels.first()?.clone();
        let last = labels.last()?.clone();
        // A figure is settled up to its newest ripe period. What comes after it is not yet known.
        let ripe = self.plan.ripe(&self.measure.id, kind);
        let asks = self.measure.kind.asks_each_unit();
        let unripe = |c: &PublishedCell| {
            let hidden = matches!(c.value(), Shown::Symbol(Symbol::Confidential));
            let open = !matches!(c.pending(), Shown::Number(pending) if pending.is_zero());
            asks && c.period().number() > ripe.number() && open && !hidden
        };
        let newest = shown.iter().rev().find(|c| c.value().number().is_some() && !provisional(c));
        let newest = newest
            .or_else(|| shown.iter().rev().find(|c| c.value().number().is_some() && !unripe(c)))
            .copied();
        let title = match newest {
            Some(now) => {
                let before =
                    shown.iter().find(|c| c.period() == now.period().a_year_before()).copied();
                finding(self.definitions, self.measure, self.table.unit(), now, before)
            }
            // What cannot be shown is said of the newest period: hidden, or not yet known.
            None => finding(self.definitions, self.measure, self.table.unit(), shown.last()?, None),
        };
        let mut table = self.cells_table(
            format!("{}, {first} to {last}", self.measure.title),
            "Period",
            shown.iter().map(|c| {
                let mark = match () {
                    () if unripe(c) => " (not yet known)",
                    () if provisional(c) => " (provisional)",
                    () => "",
                };
                (format!("{}{mark}", c.period().label()), *c)
            }),
        );
        // What is still open in most cases is said, not drawn.
        for (row, cell) in table.rows.iter_mut().zip(&shown) {
            if unripe(cell) {
                withhold(row, &columns_of(self.measure));
            }
        }
        let waiting: Vec<&PublishedCell> = shown.iter().copied().filter(|c| unripe(c)).collect();
        let shown_now: Vec<&PublishedCell> = shown.iter().copied().filter(|c| !unripe(c)).collect();
        Some(Figure {
            id: self.id(kind),
            alt: format!(
                "Line chart of {} points from {first} to {last}. {}{}",
                shown_now.len(),
                extremes(&shown_now),
                outstanding(&waiting).map(|words| format!(" {words}")).unwrap_or_default()
            ),
            title,
            subtitle: format!("{}. {first} to {last}.", self.measure.title),
            chart: Chart::Line {
                labels,
                series: vec![Series {
                    name: self.measure.title.clone(),
                    points: shown.iter().map(|c| point_if(!unripe(c), c)).collect(),
                }],
                axis: self.axis(),
                reference: self.target(kind),
            },
            table,
            caveats: self.caveats(&shown).into_iter().chain(outstanding(&waiting)).collect(),
            source: self.source(),
        })
    }

    /// One value for each level in the newest ripe period.
    fn bars(&self, kind: Kind) -> Option<Figure> {
        let period = self.plan.ripe(&self.measure.id, kind);
        let shown: Vec<&PublishedCell> = self
            .table
            .cells()
            .iter()
            .filter(|c| c.period() == period && c.level().len() == 1)
            .collect();
        if shown.is_empty() {
            return None;
        }
        let whole = self.cells.whole(&self.measure.id, period);
        let breakdown = self.definitions.breakdown(self.spec.by.first()?)?;
        let is_share = !matches!(self.measure.kind, MeasureKind::Count | MeasureKind::Sum { .. });
        let title = if is_share { self.compared(&shown, whole) } else { self.ranked(&shown) };
        let subtitle =
            format!("{} by {}, {period}.", self.measure.title, breakdown.title.to_lowercase());
        let rows = shown.iter().map(|c| (level_title(c), *c));
        let total = whole.map(|c| ("Whole council".to_owned(), c));
        let table = self.cells_table(subtitle.clone(), &breakdown.title, rows.chain(total));
        let reference = match whole.and_then(|c| c.value().number()) {
            Some(value) if is_share => {
                Some(ReferenceLine { label: format!("Whole council: {value}"), at: value.as_f64() })
            }
            _ => None,
        };
        let hidden = shown.iter().filter(|c| c.value().number().is_none()).count();
        let hidden = if hidden > 0 { format!(" {hidden} not shown.") } else { String::new() };
        Some(Figure {
            id: self.id(kind),
            alt: format!("Bar chart of {} bars. {}{hidden}", shown.len(), spoken(&shown)),
            title,
            subtitle,
            chart: Chart::Bars {
                bars: shown
                    .iter()
                    .map(|c| Bar {
                        label: level_title(c),
                        point: point(c),
                        note: made_of(self.measure, self.table.unit(), c)
                            .filter(|_| c.value().number().is_some())
                            .unwrap_or_default(),
                    })
                    .collect(),
                axis: self.axis(),
                reference,
            },
            table,
            caveats: self.caveats(&shown),
            source: self.source(),
        })
    }

    /// Which levels differ clearly from the whole council.
    fn compared(&self, shown: &[&PublishedCell], whole: Option<&PublishedCell>) -> String {
        let Some(whole) = whole else { return self.measure.title.clone() };
        let that = |wanted: Change| -> Vec<String> {
            shown.iter().filter(|c| change(c, whole) == wanted).map(|c| level_title(c)).collect()
        };
        let (above, below) = (that(Change::Higher), that(Change::Lower));
        let clearly = if clustered(self.definitions, self.measure) { "" } else { "clearly " };
        let part = |levels: &[String], word: &str| {
            (!levels.is_empty()).then(|| format!("{} {clearly}{word}", listed(levels)))
        };
        let parts: Vec<String> =
            [part(&above, "above the council as a whole"), part(&below, "below it")]
                .into_iter()
                .flatten()
                .collect();
        match parts.as_slice() {
            [] => {
                format!("{}: no clear difference from the council as a whole", self.measure.title)
            }
            [only] if above.is_empty() => {
                format!(
                    "{}: {}",
                    self.measure.title,
                    only.replace("below it", "below the council as a whole")
                )
            }
            parts => format!("{}: {}", self.measure.title, parts.join("; ")),
        }
    }

    /// The level with most, among those shown.
    fn ranked(&self, shown: &[&PublishedCell]) -> String {
        let values = || shown.iter().filter_map(|c| Some((level_title(c), c.value().number()?)));
        let top = values().max_by(|a, b| a.1.as_f64().total_cmp(&b.1.as_f64()));
        let Some((level, most)) = top else { return self.measure.title.clone() };
        let shared = values().filter(|(_, v)| v.as_f64() >= most.as_f64()).count() > 1;
        let among = if values().count() < shown.len() { " among those shown" } else { "" };
        if shared || most.is_zero() {
            return self.measure.title.clone();
        }
        format!("{}: most for “{level}”{among} ({most})", self.measure.title)
    }

    /// Shares of a distribution in the newest ripe period.
    fn shares(&self, kind: Kind) -> Option<Figure> {
        let period = self.plan.ripe(&self.measure.id, kind);
        let cells = self.table.cells().iter().filter(|c| c.period() == period);
        let shown: Vec<&PublishedCell> = cells.filter(|c| !nobody(c)).collect();
        let category =
            |c: &PublishedCell| c.level().last().map(|l| l.title.clone()).unwrap_or_default();
        let mut categories: Vec<String> = Vec::new();
        let mut rows: Vec<(String, Vec<Shown>)> = Vec::new();
        for cell in &shown {
            let name = category(cell);
            if !categories.contains(&name) {
                categories.push(name);
            }
            let row = match cell.level() {
                [first, _] => first.title.clone(),
                _ => "Whole council".to_owned(),
            };
            match rows.last_mut() {
                Some((last, shares)) if *last == row => shares.push(cell.value()),
                _ => rows.push((row, vec![cell.value()])),
            }
        }
        // Those of whom nothing is recorded come last, as a part of their own.
        let unknown =
            shown.iter().filter_map(|c| c.level().last()).any(|l| l.code == "not_recorded");
        let stacked = self.spec.chart == ChartForm::Stacked && unknown;
        let subtitle = format!("{}, {period}.", self.measure.title);
        let most = shown
            .iter()
            .filter_map(|c| Some((category(c), c.value().number()?)))
            .max_by(|a, b| a.1.as_f64().total_cmp(&b.1.as_f64()));
        let hidden = shown.iter().any(|c| c.value().number().is_none());
        let title = match most {
            Some((name, share)) if rows.len() == 1 && !share.is_zero() => {
                format!(
                    "{}: “{}” is the largest share{} ({share})",
                    self.measure.title,
                    name.to_lowercase(),
                    if hidden { " of those shown" } else { "" },
                )
            }
            _ => self.most_of_first(&shown),
        };
        let head = |c: &PublishedCell| {
            c.level().iter().map(|l| l.title.clone()).collect::<Vec<_>>().join(", ")
        };
        let table =
            self.cells_table(subtitle.clone(), "Category", shown.iter().map(|c| (head(c), *c)));
        // A full bar cannot be drawn of some of its parts: those that are shown stand by themselves.
        let apart = rows.len() == 1 && hidden;
        let bar =
            |c: &&PublishedCell| Bar { label: category(c), point: point(c), note: String::new() };
        Some(Figure {
            id: self.id(kind),
            alt: format!(
                "{} of shares. {}",
                if apart { "Bar chart" } else { "Stacked bar" },
                spoken(&shown)
            ),
            title,
            subtitle,
            chart: if apart {
                let bars = shown.iter().map(bar).collect();
                Chart::Bars { bars, axis: self.axis(), reference: None }
            } else {
                Chart::Shares { categories, rows, unknown_last: stacked }
            },
            table,
            caveats: self.caveats(&shown),
            source: self.source(),
        })
    }

    /// Of several rows of shares: the one with most of the first category.
    fn most_of_first(&self, shown: &[&PublishedCell]) -> String {
        let first = shown.first().and_then(|c| c.level().last());
        let of_first = shown.iter().filter(|c| c.level().len() == 2 && c.level().last() == first);
        let known = of_first.filter_map(|c| Some((c.level().first()?, c.value().number()?)));
        let most = known.max_by(|a, b| a.1.as_f64().total_cmp(&b.1.as_f64()));
        match (most, first) {
            (Some((level, share)), Some(first)) if !share.is_zero() => format!(
                "{}: most “{}” for “{}” ({share})",
                self.measure.title,
                first.title.to_lowercase(),
                level.title
            ),
            _ => self.measure.title.clone(),
        }
    }

    /// A table without a chart in the newest ripe period: one breakdown down, or one down and one across.
    fn table_only(&self, kind: Kind) -> Option<Table> {
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
        let caption = format!("{} by {by}, {period}", self.measure.title);
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
        let across = distinct(shown.iter().filter_map(|c| c.level().get(1)));
        let down = distinct(shown.iter().filter_map(|c| c.level().first()));
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
                    cell.map_or_else(
                        || TableCell::Figure(NOT_PUBLISHED),
                        |c| TableCell::Figure(c.value()),
                    )
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

    /// A table with one cell a row, and the columns that the kind of measure has.
    fn cells_table<'c>(
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
}

/// What stands where a table has a place for a figure that was not asked for.
const NOT_PUBLISHED: Shown = Shown::Symbol(Symbol::NotAvailable);

type Getter = fn(&PublishedCell) -> Shown;

/// The columns of a measure's tables.
pub(super) fn columns_of(measure: &Measure) -> Vec<(String, Getter)> {
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
        MeasureKind::Median { .. } => vec![
            column("Median", PublishedCell::value),
            column("Number measured", PublishedCell::denominator),
        ],
        MeasureKind::Ratio { .. } => vec![
            column("Value", PublishedCell::value),
            column("Above", PublishedCell::numerator),
            column("Below", PublishedCell::denominator),
        ],
    };
    if !matches!(measure.kind, MeasureKind::Count | MeasureKind::Sum { .. }) {
        columns.push(column("95% from", PublishedCell::lower));
        columns.push(column("to", PublishedCell::upper));
    }
    if measure.kind.asks_each_unit() {
        columns.push(column("Not yet known", PublishedCell::pending));
        columns.push(column("No data", PublishedCell::unknown));
    }
    columns
}

/// How many of the units in a cell rest on somebody's decision, if any do and it may be said.
pub(super) fn by_decision(cell: &PublishedCell) -> Option<PublishedNumber> {
    cell.overridden().number().filter(|number| !number.is_zero())
}

fn level_title(cell: &PublishedCell) -> String {
    cell.level().iter().map(|l| l.title.as_str()).collect::<Vec<_>>().join(", ")
}

fn point(cell: &PublishedCell) -> Point {
    Point {
        value: cell.value(),
        lower: cell.lower(),
        upper: cell.upper(),
        provisional: provisional(cell),
    }
}

/// A point that is not yet known unless it is.
fn point_if(known: bool, cell: &PublishedCell) -> Point {
    let unknown = Shown::Symbol(Symbol::NotAvailable);
    if known {
        point(cell)
    } else {
        Point { value: unknown, lower: unknown, upper: unknown, provisional: true }
    }
}

/// Takes from a row what is not yet known: all but how many answers there are and are not.
fn withhold(row: &mut Row, columns: &[(String, Getter)]) {
    let said = ["Out of", "Number measured", "Not yet known", "No data"];
    for (cell, (title, _)) in row.cells.iter_mut().zip(columns) {
        if !said.contains(&title.as_str()) {
            *cell = TableCell::Figure(Shown::Symbol(Symbol::NotAvailable));
        }
    }
}

/// How much is known of periods that are not yet drawn, the newest of them in numbers.
fn outstanding(waiting: &[&PublishedCell]) -> Option<String> {
    let newest = waiting.last()?;
    let period = in_words(newest.period());
    let so_far =
        format!("{period}: {} answers known, {} not yet", newest.denominator(), newest.pending());
    Some(match waiting {
        [_] => format!("Not yet known for {so_far}."),
        [first, ..] => format!(
            "Not yet known from {} on: less than 95% of answers are in ({so_far}).",
            in_words(first.period())
        ),
        [] => return None,
    })
}

/// Whether nobody belongs to a cell: there is nothing to draw.
fn nobody(cell: &PublishedCell) -> bool {
    cell.value() == Shown::Symbol(Symbol::NotApplicable)
}

/// Each item once, in the order in which they came first.
pub(super) fn distinct<T: PartialEq>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut found = Vec::new();
    for item in items {
        if !found.contains(&item) {
            found.push(item);
        }
    }
    found
}

/// The highest, the lowest and the last value that are shown.
fn extremes(shown: &[&PublishedCell]) -> String {
    let values = || shown.iter().filter_map(|c| Some((c.period().label(), c.value().number()?)));
    let most = values().max_by(|a, b| a.1.as_f64().total_cmp(&b.1.as_f64()));
    let least = values().min_by(|a, b| a.1.as_f64().total_cmp(&b.1.as_f64()));
    match (most, least, values().next_back()) {
        (Some(most), Some(least), Some(last)) => format!(
            "Highest {} in {}, lowest {} in {}, last {} in {}.",
            most.1, most.0, least.1, least.0, last.1, last.0
        ),
        _ => "No value is known yet.".to_owned(),
    }
}

/// The levels and their values, in order, as far as they are shown.
fn spoken(shown: &[&PublishedCell]) -> String {
    let values =
        shown.iter().filter_map(|c| Some(format!("{} {}", level_title(c), c.value().number()?)));
    let values: Vec<String> = values.collect();
    if values.is_empty() {
        "No value is shown.".to_owned()
    } else {
        format!("{}.", values.join(", "))
    }
}
