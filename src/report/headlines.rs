//! The table at the head of a report, and a small chart of each of its measures beside the other.

use crate::calendar::PeriodKind;
use crate::definitions::Definitions;
use crate::definitions::measure::{Aim, Counted, GoodIs, Interval, Measure, MeasureKind};
use crate::protect::{PublishedCell, PublishedSeries, PublishedTable, Shown};
use crate::report::chart::{Chart, Spark, Sparklines};
use crate::report::document::{Block, Figure, Head, Row, Section, Table, TableCell};
use crate::report::figures::{Cells, by_decision};
use crate::report::plan::Plan;
use crate::report::reading::{Reading, good_end};
use crate::report::sentences::{
    Change, capital, change, clustered, difference, in_words, made_of, near_from, provisional,
    standing, target_words,
};
use crate::report::{About, benchmarks, changes, directions};

/// A share of fewer than this swings too far to be held against a target, or against another.
pub(super) const FEW: f64 = 10.0;

/// A headline measure in its newest period that is known.
pub(super) struct Headline<'a> {
    pub(super) measure: &'a Measure,
    pub(super) table: &'a PublishedTable,
    pub(super) now: &'a PublishedCell,
    pub(super) before: Option<&'a PublishedCell>,
    /// The proportion that says how complete its records are, in the same period.
    pub(super) completeness: Option<(&'a Measure, &'a PublishedCell)>,
    pub(super) reading: Option<Reading<'a>>,
}

impl<'a> Headline<'a> {
    pub(super) fn all(
        definitions: &'a Definitions,
        plan: &Plan<'_>,
        cells: Cells<'a>,
        series: &'a [PublishedSeries],
    ) -> Vec<Self> {
        let kind = plan.pack.headline_period;
        let of = |id: &String| {
            let measure = definitions.measure(id)?;
            let now = cells.whole(id, plan.ripe(id, kind))?;
            let complete = measure.completeness.as_ref();
            let complete = complete
                .and_then(|c| Some((definitions.measure(c)?, cells.whole(c, now.period())?)));
            Some(Self {
                measure,
                table: cells.table(id, &[])?,
                now,
                before: cells.whole(id, now.period().a_year_before()),
                completeness: complete,
                reading: Reading::whole(measure, kind, series),
            })
        };
        plan.pack.headlines.iter().filter_map(of).collect()
    }

    /// What a value is made of, and how many answers are missing in it.
    fn made_of(&self) -> String {
        let (measure, cell) = (self.measure, self.now);
        let of = made_of(measure, self.table.unit(), cell).unwrap_or_else(|| "A count".to_owned());
        let of = match by_decision(cell) {
            Some(decided) => format!("{of}; by decision: {decided}"),
            None => of,
        };
        let asks = measure.kind.asks_each_unit();
        match cell.unknown() {
            Shown::Number(unknown) if asks && !unknown.is_zero() => {
                format!("{of}; no data: {unknown}")
            }
            Shown::Symbol(symbol) if asks && cell.value().number().is_some() => {
                format!("{of}; no data: {}", symbol.shorthand())
            }
            _ => of,
        }
    }

    /// What the series says, or where it is not watched, how the value compares with a year before.
    fn change(&self, definitions: &Definitions) -> String {
        if let Some(reading) = &self.reading {
            return reading.judged();
        }
        let Some(before) = self.before else { return "Nothing to compare with".to_owned() };
        let words = match change(self.now, before) {
            Change::Higher if clustered(definitions, self.measure) => {
                "Higher than a year before; how sure cannot be said"
            }
            Change::Lower if clustered(definitions, self.measure) => {
                "Lower than a year before; how sure cannot be said"
            }
            Change::Higher => "Clearly higher than a year before",
            Change::Lower => "Clearly lower than a year before",
            Change::NotClear => "No clear change from a year before",
            // What is neither watched nor has an interval is set beside the year before, and not judged.
            Change::NotKnown if self.measure.interval == Interval::None => {
                let both = self.now.value().number().zip(before.value().number());
                return both.map_or("Not known".to_owned(), |(now, then)| {
                    format!("Not judged: {} a year before", difference(now, then))
                });
            }
            Change::NotKnown => "Not known",
        };
        words.to_owned()
    }

    /// Which end of the scale is good, if anybody has said so.
    fn good_is(&self) -> &'static str {
        let period = self.now.period();
        match good_end(self.measure, period) {
            Some(GoodIs::High) => "High",
            Some(GoodIs::Low) => "Low",
            None => match self.measure.target(period).map(|target| target.aim) {
                Some(Aim::Near(..)) => "Near the target",
                _ => "Not judged",
            },
        }
    }

    /// Whether it is a share.
    pub(super) fn is_percent(&self) -> bool {
        matches!(self.measure.kind, MeasureKind::Proportion { .. })
    }

    /// Whether it is held against a target: not on a share of few, nor before its usual range is known.
    pub(super) fn may_be_judged(&self) -> bool {
        !self.is_share_of_few() && self.is_settled()
    }

    fn is_share_of_few(&self) -> bool {
        self.is_percent() && self.now.denominator().number().is_some_and(|n| n.as_f64() < FEW)
    }

    fn is_settled(&self) -> bool {
        self.reading.as_ref().is_none_or(Reading::is_settled)
    }

    /// Against the target, in words that need no colour, and whether that is chance.
    fn target(&self) -> String {
        let Some(target) = self.measure.target(self.now.period()) else {
            return "None".to_owned();
        };
        let percent = self.is_percent();
        let wanted = target_words(target, percent);
        let standing = match self.now.value().number() {
            Some(_) if provisional(self.now) => "Provisional",
            Some(_) if target.is_for_information() => "For information",
            Some(_) if self.is_share_of_few() => "Too few to judge",
            Some(_) if !self.is_settled() => "Not judged before its usual range is known",
            Some(value) => standing(target, value, if percent { 100.0 } else { 1.0 }),
            None => "Not shown",
        };
        let chance = self.reading.as_ref().and_then(|r| r.assurance(target, percent));
        let chance = chance.map(|words| format!(". {words}")).unwrap_or_default();
        let near = near_from(target, percent).filter(|_| standing == "Near target");
        let near = near.map(|from| format!(", near it {from}")).unwrap_or_default();
        format!("{standing}: {wanted}{near}{chance}")
    }

    /// How complete the records are that it rests on.
    fn completeness(&self) -> Option<String> {
        let (complete, cell) = self.completeness?;
        let of = made_of(complete, "", cell).filter(|_| cell.value().number().is_some());
        let of = of.map(|of| format!(" ({of})")).unwrap_or_default();
        Some(format!("; records complete: {}{of}", cell.value()))
    }

    fn row(&self, definitions: &Definitions) -> Row {
        let words = TableCell::Words;
        let cells = vec![
            words(self.good_is().to_owned()),
            TableCell::Figure(self.now.value()),
            words(format!("{}{}", self.made_of(), self.completeness().unwrap_or_default())),
            words(match (self.now.lower().number(), self.now.upper().number()) {
                (Some(low), Some(high)) => format!("{low} to {high}"),
                _ => "None".to_owned(),
            }),
            words(self.now.period().label()),
            self.before.map_or_else(
                || words("None".to_owned()),
                |before| TableCell::Figure(before.value()),
            ),
            words(self.change(definitions)),
            words(self.target()),
        ];
        Row { head: self.measure.title.clone(), cells }
    }

    fn spark(&self, plan: &Plan<'_>, cells: Cells<'_>) -> Spark {
        let signal = |reading: &Reading<'_>| reading.current().map(|now| now.sense);
        let (newest, points, usual) = match &self.reading {
            Some(reading) => {
                let points = reading.series.points();
                let usual = reading.series.newest().and_then(|(_, p)| p.usual);
                (
                    points.last().map_or(self.now.period(), |p| p.period),
                    points.iter().map(|p| p.value).collect(),
                    usual.map(|usual| [usual.lower, usual.centre, usual.upper]),
                )
            }
            None => {
                let until = self.now.period();
                let periods = plan.history(until.kind).into_iter();
                let periods = periods.filter(|p| p.number() <= until.number());
                let cell = |p| cells.whole(&self.measure.id, p).map(PublishedCell::value);
                (until, periods.filter_map(cell).collect(), None)
            }
        };
        Spark {
            label: self.measure.title.clone(),
            newest: newest.label(),
            points,
            // A median has no limits to stand between.
            usual: usual
                .filter(|[lower, _, upper]| [lower, upper].iter().any(|l| l.number().is_some())),
            words: match &self.reading {
                Some(reading) => reading.judged(),
                None if matches!(self.measure.counted, Counted::On { .. }) => {
                    "Not watched".to_owned()
                }
                None => "Not watched: its months share cases".to_owned(),
            },
            signal: self.reading.as_ref().and_then(signal),
        }
    }
}

/// The section at the head: what changed, one line a measure, and a small chart of each.
pub(super) fn section(
    definitions: &Definitions,
    plan: &Plan<'_>,
    cells: Cells<'_>,
    (series, readings): (&[PublishedSeries], &[Reading<'_>]),
    about: &About<'_>,
) -> Option<Section> {
    let all = Headline::all(definitions, plan, cells, series);
    if all.is_empty() {
        return None;
    }
    let kind = plan.pack.headline_period;
    let noun = match kind {
        PeriodKind::Month => "month",
        PeriodKind::Quarter => "quarter",
        PeriodKind::FinancialYear => "year",
        PeriodKind::FinancialYearToDate => "year to date",
        PeriodKind::Rolling12Months => "twelve months",
    };
    let is = if kind == PeriodKind::Rolling12Months { "are" } else { "is" };
    let head = Head::of;
    let heads = vec![
        head("Measure", false),
        head("Good is", false),
        head("Value", true),
        head("Made of", false),
        head("95% interval", false),
        head(period_head(kind), false),
        head("A year before", true),
        head("Change", false),
        head("Against target", false),
    ];
    let table = Table {
        caption: format!("The headline measures, each in the newest {noun} that {is} known"),
        head: heads,
        rows: all.iter().map(|h| h.row(definitions)).collect(),
    };
    let mut blocks = changes::findings(readings, &all);
    blocks.push(Block::Table(table));
    blocks.extend(benchmarks::table(definitions, &all, about.benchmarks).map(Block::Table));
    if all.iter().any(|h| h.reading.is_some()) {
        let rows = all.iter().map(|h| h.spark(plan, cells)).collect();
        blocks.push(Block::Figure(sparklines(definitions, &all, rows, noun)));
        blocks.extend(directions::blocks(&all));
    }
    blocks.extend(changes::so_what(definitions, cells, plan, (readings, &all), about));
    Some(Section {
        id: "headlines".to_owned(),
        title: "What do the headline measures say?".to_owned(),
        intro: format!(
            "Each measure is shown for the newest {noun} in which at most one answer in twenty is still outstanding. Measures that follow families up after closing are therefore about families who closed some time ago. A change is told when a series leaves its usual range by a stated rule; “clearly” means that the 95% interval of the difference between two times does not hold nought; of levels side by side, of which there are many, that their two intervals do not meet."
        ),
        blocks,
    })
}

/// What stands over the periods: which kind they are of.
fn period_head(kind: PeriodKind) -> &'static str {
    match kind {
        PeriodKind::Month => "Month",
        PeriodKind::Quarter => "Quarter",
        PeriodKind::FinancialYear => "Financial year",
        PeriodKind::FinancialYearToDate => "Financial year so far",
        PeriodKind::Rolling12Months => "Twelve months",
    }
}

fn sparklines(
    definitions: &Definitions,
    all: &[Headline<'_>],
    rows: Vec<Spark>,
    noun: &str,
) -> Figure {
    let watched = all.iter().filter_map(|h| h.reading.as_ref()).filter(|r| r.can_tell()).count();
    let changed = rows.iter().filter(|row| row.signal.is_some()).count();
    let title = match changed {
        0 if watched == 0 => "Too few figures are shown to tell a change".to_owned(),
        0 => format!("None of {} measures has left its usual range", in_words(watched)),
        1 => format!("One of {} measures has left its usual range", in_words(watched)),
        n => format!(
            "{} of {} measures have left their usual range",
            capital(&in_words(n)),
            in_words(watched)
        ),
    };
    let said = rows.iter().map(|row| format!("{}, {}: {}.", row.label, row.newest, row.words));
    let alt = format!("A small line for each measure. {}", said.collect::<Vec<_>>().join(" "));
    let chart = Chart::Sparklines(Sparklines { noun: format!("{noun}s"), rows });
    Figure {
        id: "headlines".to_owned(),
        title,
        subtitle: "The headline measures over time, each with what it usually does.".to_owned(),
        alt,
        table: chart.table("The headline measures over time".to_owned()),
        chart,
        caveats: Vec::new(),
        source: format!(
            "{} records, as at {}.",
            definitions.project.council, definitions.project.as_at
        ),
    }
}
