//! One figure: a statement as its title, a chart as data, the table behind it, and a text
//! alternative, all made from the same published cells.

mod control;
mod flows;
mod levels;
mod measures;
mod moved;
mod over_time;
mod places;
mod rates;
mod scatter;
mod series;
mod side_by_side;
mod survival;
mod tables;

pub(super) use series::levels_over;
pub(super) use tables::columns_of;

use crate::calendar::Period;
use crate::definitions::Definitions;
use crate::definitions::audience::{ChartForm, FigureSpec};
use crate::definitions::measure::{Aim, Breakdown, Measure, MeasureKind, Total};
use crate::definitions::population::{conjuncts, one_of};
use crate::measure::Level;
use crate::protect::{
    PublishedCell, PublishedNumber, PublishedSeries, PublishedTable, Shown, Symbol,
};
use crate::report::chart::{AxisKind, Chart, Point, ReferenceLine, Series};
use crate::report::document::{Block, Figure, Table};
use crate::report::plan::Plan;
use crate::report::sentences::{
    clustered, finding, heading, listed, lower, provisional, spoken as in_words, target_words,
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

/// The figure that a pack asks for, with the note under it; nothing when there are no cells for it.
pub(super) fn figure(
    definitions: &Definitions,
    plan: &Plan<'_>,
    cells: Cells<'_>,
    series: &[PublishedSeries],
    spec: &FigureSpec,
) -> Vec<Block> {
    let measure = definitions.measure(&spec.measure);
    let found = measure.and_then(|m| Some((m, cells.table(&m.id, &spec.by)?)));
    let Some((measure, table)) = found else { return Vec::new() };
    let drawing = Drawing { definitions, plan, cells, series, spec, measure, table };
    let Some(block) = drawn(&drawing) else { return Vec::new() };
    // What is a note already says all that there is to say.
    let is_table = matches!(block, Block::Table(_));
    let said = is_table.then(|| drawing.said_over_time()).flatten().map(Block::Findings);
    let sizes = drawing.sizes_a_change().then(|| drawing.of_sizes());
    let notes = spec.note.iter().cloned().chain(sizes).map(Block::Note);
    said.into_iter().chain([block]).chain(notes).collect()
}

fn drawn(drawing: &Drawing<'_>) -> Option<Block> {
    let spec = drawing.spec;
    let kind = drawing.plan.kind(spec);
    Some(match spec.chart {
        ChartForm::Line => drawing.line(kind)?,
        ChartForm::Control => Block::Figure(drawing.control(kind)?),
        ChartForm::Bars if spec.is_bars_of_measures() => {
            Block::Figure(drawing.bars_of_measures(kind)?)
        }
        ChartForm::Bars => Block::Figure(drawing.bars(kind)?),
        ChartForm::Shares | ChartForm::Stacked => Block::Figure(drawing.shares(kind)?),
        ChartForm::Funnel => Block::Figure(drawing.funnel(kind)?),
        ChartForm::Heat => Block::Figure(drawing.heat(kind)?),
        ChartForm::Flows => drawing.flows(kind)?,
        ChartForm::Pyramid => Block::Figure(drawing.pyramid(kind)?),
        ChartForm::Dumbbell => Block::Figure(drawing.dumbbell(kind)?),
        ChartForm::RateIndex => Block::Figure(drawing.rate_index(kind)?),
        ChartForm::Scatter => Block::Figure(drawing.scatter(kind)?),
        ChartForm::Survival => Block::Figure(drawing.survival(kind)?),
        ChartForm::Multiples => Block::Figure(drawing.multiples(kind)?),
        ChartForm::Table if spec.is_side_by_side() => Block::Table(drawing.side_by_side()?),
        ChartForm::Table if spec.by.is_empty() => drawing.line(kind)?,
        ChartForm::Table => Block::Table(drawing.table_only()?),
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

    /// A table behind a chart whose rows are the levels of the first breakdown.
    fn headed(&self, mut table: Table) -> Table {
        if let (Some(head), Some(breakdown)) = (table.head.first_mut(), self.by()) {
            head.text.clone_from(&breakdown.title);
        }
        table
    }

    /// What all levels together are called; nothing where they are not one thing.
    fn total(&self) -> Option<&str> {
        match self.by().map(|breakdown| &breakdown.total) {
            None | Some(Total::WholeCouncil) => Some("Whole council"),
            Some(Total::Called(words)) => Some(words),
            Some(Total::Apart) => None,
        }
    }

    /// The same within a sentence.
    fn in_all(&self) -> String {
        match self.by().map(|breakdown| &breakdown.total) {
            Some(Total::Called(words)) => lower(words),
            _ => "the whole council".to_owned(),
        }
    }

    /// The first breakdown of the figure.
    fn by(&self) -> Option<&Breakdown> {
        self.definitions.breakdown(self.spec.by.first()?)
    }

    /// The cells of a table at levels that the measure's population can have: of a plan that it is not about there is
    /// no nought to tell.
    fn own_cells(&self) -> impl Iterator<Item = &PublishedCell> {
        self.table.cells().iter().filter(|c| self.can_have(self.measure, c.level()))
    }

    fn can_have(&self, measure: &Measure, levels: &[Level]) -> bool {
        let conditions = measure.population.iter().flat_map(|p| conjuncts(&p.expr));
        let words: Vec<(&str, Vec<String>)> = conditions.filter_map(one_of).collect();
        let columns = self.spec.by.iter().filter_map(|by| self.definitions.breakdown(by));
        levels.iter().zip(columns).all(|(level, breakdown)| {
            let of_column = words.iter().filter(|(column, _)| *column == breakdown.column);
            !breakdown.bands.is_empty()
                || of_column.clone().all(|(_, words)| words.contains(&level.code))
        })
    }

    /// That several of its units can belong to one family, where they can.
    fn go_together(&self) -> Option<String> {
        clustered(self.definitions, self.measure).then(|| {
            format!(
                "Several {} can belong to one family and go together: the intervals are somewhat too narrow.",
                self.table.unit()
            )
        })
    }

    fn caveats(&self, shown: &[&PublishedCell]) -> Vec<String> {
        self.caveats_after(self.measure.caveats.iter().cloned().collect(), shown)
    }

    /// The same after other caveats than the measure's own.
    fn caveats_after(&self, mut caveats: Vec<String>, shown: &[&PublishedCell]) -> Vec<String> {
        let with_interval = shown.iter().any(|c| c.lower().number().is_some());
        caveats.extend(self.go_together().filter(|_| with_interval));
        let mut open = shown.iter().filter(|c| provisional(c)).peekable();
        let may_wait = open.peek().is_some();
        if open.any(|c| c.pending().number().is_some()) {
            caveats.push(format!(
                "Some {} are not yet known, because their follow-up has not passed or a feed is late. Periods marked as provisional will change.",
                self.table.unit()
            ));
        } else if may_wait {
            caveats.push(format!(
                "Of some figures it is hidden how many {} are not yet known, if any. Periods marked as provisional may change.",
                self.table.unit()
            ));
        }
        let mut decided: Vec<(String, PublishedNumber)> =
            shown.iter().filter_map(|c| Some((self.place_of(c), by_decision(c)?))).collect();
        decided.dedup_by(|(a, _), (b, _)| a == b);
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
        if self.spec.by.is_empty() {
            return in_words(cell.period());
        }
        // The categories of a distribution, the last of its levels, share their units.
        let mut levels = cell.level();
        if let MeasureKind::Distribution { .. } = self.measure.kind {
            levels = levels.split_last().map_or(levels, |(_, others)| others);
        }
        titles(levels)
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
        let (called, at) = match target.aim {
            Aim::Near(at, _) => ("Target", at),
            Aim::High(limits) | Aim::Low(limits) => ("Target", limits.green),
            Aim::Information(at) => ("For information", at),
        };
        Some(ReferenceLine {
            label: format!("{called}: {}", target_words(target, percent)),
            at: if percent { at * 100.0 } else { at },
        })
    }

    /// One value over time.
    fn line(&self, kind: Kind) -> Option<Block> {
        let history = self.plan.line(&self.measure.id, kind);
        let shown: Vec<&PublishedCell> = history
            .iter()
            .filter_map(|p| {
                self.table.cells().iter().find(|c| c.period() == *p && c.level().is_empty())
            })
            .collect();
        let labels: Vec<String> = shown.iter().map(|c| c.period().label()).collect();
        let first = labels.first()?.clone();
        let last = labels.last()?.clone();
        // What comes after the newest ripe period is not yet known. The title is about the point at which the line
        // ends; what cannot be shown is said of the newest period: hidden, or not yet known.
        let unripe = |c: &PublishedCell| unripe(self.plan, self.measure, c);
        let newest = shown.iter().rev().find(|c| c.value().number().is_some() && !unripe(c));
        let newest = newest.or(shown.last()).copied()?;
        let before = newest.period().a_year_before();
        let before = shown.iter().find(|c| c.period() == before).copied();
        let before = before.filter(|_| newest.value().number().is_some());
        let title = heading(self.definitions, self.measure, newest, before);
        let said = finding(self.definitions, self.measure, self.table.unit(), newest, before);
        if shown.iter().all(|c| nobody(c)) {
            let words = format!(
                "{}: nothing to compute it from in any period from {first} to {last}.",
                self.measure.title
            );
            return Some(Block::Note(words));
        }
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
                tables::withhold(row, &tables::columns_of(self.measure));
            }
        }
        let waiting: Vec<&PublishedCell> = shown.iter().copied().filter(|c| unripe(c)).collect();
        let shown_now: Vec<&PublishedCell> = shown.iter().copied().filter(|c| !unripe(c)).collect();
        if self.spec.chart == ChartForm::Table {
            return Some(Block::Table(table));
        }
        Some(Block::Figure(Figure {
            id: self.id(kind),
            alt: format!(
                "Line chart of {} points from {first} to {last}. {}{}",
                shown_now.len(),
                extremes(&shown_now),
                outstanding(&waiting).map(|words| format!(" {words}")).unwrap_or_default()
            ),
            title,
            subtitle: format!("{first} to {last}. {said}"),
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
        }))
    }
}

/// Whether most answers of a cell may still be outstanding: it is of a period after the newest ripe one, and some
/// are.
fn unripe(plan: &Plan<'_>, measure: &Measure, cell: &PublishedCell) -> bool {
    let hidden = matches!(cell.value(), Shown::Symbol(Symbol::Confidential));
    let open = !matches!(cell.pending(), Shown::Number(pending) if pending.is_zero());
    let young = !plan.is_ripe(&measure.id, cell.period());
    young && !hidden && (measure.counts_claims() || measure.kind.asks_each_unit() && open)
}

/// How many of the units in a cell rest on somebody's decision, if any do and it may be said.
pub(super) fn by_decision(cell: &PublishedCell) -> Option<PublishedNumber> {
    cell.overridden().number().filter(|number| !number.is_zero())
}

fn level_title(cell: &PublishedCell) -> String {
    titles(cell.level())
}

fn titles(levels: &[Level]) -> String {
    levels.iter().map(|l| l.title.as_str()).collect::<Vec<_>>().join(", ")
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

/// How much is known of periods that are not yet drawn, the newest of them in numbers.
fn outstanding(waiting: &[&PublishedCell]) -> Option<String> {
    let newest = waiting.last()?;
    let period = in_words(newest.period());
    let so_far =
        format!("{period}: {} answers known, {} not yet", newest.denominator(), newest.pending());
    if matches!(newest.pending(), Shown::Number(pending) if pending.is_zero()) {
        let from = waiting.first().map_or(period, |first| in_words(first.period()));
        return Some(format!("Not yet known from {from} on: not all feeds reach so far."));
    }
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
