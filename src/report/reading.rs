//! What a watched series says now, in a small grammar: what changed, since when, how sure. Never why.

use crate::calendar::{Period, PeriodKind};
use crate::definitions::Definitions;
use crate::definitions::measure::{Aim, GoodIs, Measure, MeasureKind, Target};
use crate::definitions::signal::SignalMethod;
use crate::protect::{
    PublishedCell, PublishedDirection, PublishedNumber, PublishedPoint, PublishedSeries, Shown,
    fewest_for_direction, watched,
};
use crate::report::chart::{Sense, SignalStretch};
use crate::report::figures::{Cells, levels_over};
use crate::report::plan::Plan;
use crate::report::sentences::{in_words, lower, spoken};
use crate::report::signals::stretches;
use crate::statistics::{Direction, Rule, RunChart, Side, Signals, Standing};

/// Fewer known periods than these, and no limits can be drawn.
const FEWEST: usize = 7;

/// The series that a document watches: those of its headlines and of its figures, each once.
pub(super) fn series(
    definitions: &Definitions,
    plan: &Plan<'_>,
    cells: Cells<'_>,
) -> Vec<PublishedSeries> {
    let headlines = plan.pack.headlines.iter().map(|m| (m.as_str(), plan.pack.headline_period));
    let figures = || plan.figures().filter(|f| f.chart.is_watched());
    let whole = figures().filter(|f| f.by.is_empty()).map(|f| (f.measure.as_str(), plan.kind(f)));
    let mut found: Vec<PublishedSeries> = Vec::new();
    for (id, kind) in headlines.chain(whole) {
        let Some(measure) = definitions.measure(id) else { continue };
        let there = found.iter().any(|s| s.measure() == id && s.kind() == Some(kind));
        let periods = plan.watched(measure, kind);
        if there || periods.is_empty() {
            continue;
        }
        let cells: Vec<_> = periods.iter().map(|p| (*p, cells.whole(id, *p))).collect();
        found.extend(watched(measure, &[], &[], &cells));
    }
    for figure in figures().filter(|f| !f.by.is_empty()) {
        let kind = plan.kind(figure);
        let table = cells.table(&figure.measure, &figure.by);
        let (Some(measure), Some(table)) = (definitions.measure(&figure.measure), table) else {
            continue;
        };
        let periods = plan.watched(measure, kind);
        // Those that are drawn, and all others that have enough: what doubles in a place that is not among the
        // largest is to be seen as well.
        let all = figure.most.map(|_| usize::MAX);
        let levels = levels_over(table, &plan.known(figure, measure), all);
        for (place, level) in levels.into_iter().enumerate() {
            let is_drawn = figure.most.is_none_or(|most| place < most);
            let level = std::slice::from_ref(level);
            let there = found.iter().any(|s| {
                s.measure() == figure.measure
                    && s.by() == figure.by
                    && s.kind() == Some(kind)
                    && s.level() == level
            });
            if there || periods.is_empty() {
                continue;
            }
            let at =
                |p: Period| table.cells().iter().find(|c| c.period() == p && c.level() == level);
            let cells: Vec<_> = periods.iter().map(|p| (*p, at(*p))).collect();
            if is_drawn || has_enough(measure, cells.iter().filter_map(|(_, cell)| *cell)) {
                found.extend(watched(measure, &figure.by, level, &cells));
            }
        }
    }
    found
}

/// So many have to be expected in a period before a chart of counts is drawn, by a common rule: rarer ones do not lie
/// evenly around their mean, so that limits and runs cry wolf.
const ENOUGH: f64 = 5.0;

/// Whether a level has on average enough in a period, by what is published of it, for it to be watched though it is
/// not drawn.
fn has_enough<'c>(measure: &Measure, cells: impl Iterator<Item = &'c PublishedCell>) -> bool {
    let count = |cell: &PublishedCell| match measure.kind {
        MeasureKind::Count => cell.value(),
        MeasureKind::Proportion { .. } => cell.numerator(),
        _ => cell.denominator(),
    };
    let known: Vec<f64> = cells.filter_map(|c| Some(count(c).number()?.as_f64())).collect();
    let periods = u32::try_from(known.len()).map_or(f64::INFINITY, f64::from);
    !known.is_empty() && known.iter().sum::<f64>() >= ENOUGH * periods
}

/// What each series says.
pub(super) fn readings<'r>(
    definitions: &'r Definitions,
    series: &'r [PublishedSeries],
) -> Vec<Reading<'r>> {
    let of = |s: &'r PublishedSeries| Some(Reading::of(definitions.measure(s.measure())?, s));
    series.iter().filter_map(of).collect()
}

/// A series with what it breaks.
pub(super) struct Reading<'a> {
    pub(super) measure: &'a Measure,
    pub(super) series: &'a PublishedSeries,
    pub(super) stretches: Vec<SignalStretch>,
}

impl<'a> Reading<'a> {
    pub(super) fn of(measure: &'a Measure, series: &'a PublishedSeries) -> Self {
        let marks: Vec<Signals> = series.points().iter().map(|p| p.signals).collect();
        let welcome = welcome(measure, series);
        Self { measure, series, stretches: stretches(&marks, welcome) }
    }

    /// The reading of a measure for the whole council, if it is watched over periods of this kind.
    pub(super) fn whole(
        measure: &'a Measure,
        kind: PeriodKind,
        all: &'a [PublishedSeries],
    ) -> Option<Self> {
        let found = all
            .iter()
            .find(|s| s.measure() == measure.id && s.kind() == Some(kind) && s.level().is_empty());
        found.map(|series| Self::of(measure, series))
    }

    /// What holds at the newest point: of several the one that began first, since it says most of the
    /// time.
    pub(super) fn current(&self) -> Option<&SignalStretch> {
        let (newest, _) = self.series.newest()?;
        let now = self.stretches.iter().filter(|s| s.first <= newest && newest <= s.last);
        now.min_by_key(|s| (s.first, s.rule != Rule::Outside))
    }

    /// Whether there is anything to tell a change by.
    pub(super) fn can_tell(&self) -> bool {
        self.series.standing() > Standing::TooFew
    }

    /// The kind of change, in a few words: `No clear change`, `Above its usual level since Mar 2026, 7
    /// months in a row`.
    pub(super) fn words(&self) -> String {
        let noun = self.noun();
        if self.series.standing() == Standing::TooFew {
            let known = self.series.known();
            return if known < FEWEST {
                format!("Too few {noun} to tell: {known} of at least {FEWEST}")
            } else {
                "Too little to tell its usual range".to_owned()
            };
        }
        let words = match self.current() {
            Some(now) => self.told(now),
            None if self.crosses_too_seldom() => self.crossings().unwrap_or_default(),
            None if self.stretches.is_empty() => "No clear change".to_owned(),
            None => "No clear change now".to_owned(),
        };
        let words = match self.series.newest() {
            Some((n, point)) if n + 1 < self.series.points().len() => {
                format!("{words} up to {}", spoken(point.period))
            }
            _ => words,
        };
        if self.series.standing() == Standing::Trial {
            format!("{words} (trial limits)")
        } else {
            words
        }
    }

    /// Whether a series about its median drifts more slowly than a run would show.
    fn crosses_too_seldom(&self) -> bool {
        self.series.run().is_some_and(RunChart::crosses_too_seldom)
    }

    /// How often a series crosses its median, beside the fewest that chance explains.
    fn crossings(&self) -> Option<String> {
        let run = self.series.run()?;
        let seldom = if run.crosses_too_seldom() {
            "Crosses its median too seldom"
        } else {
            "Crosses its median"
        };
        Some(format!(
            "{seldom}: {} times, where chance alone gives {} or more",
            in_words(run.crossings),
            in_words(run.fewest_expected)
        ))
    }

    fn told(&self, now: &SignalStretch) -> String {
        let above = now.side == Side::Above;
        let since = |n: usize| self.series.points().get(n).map(|p| spoken(p.period));
        let since = since(now.first).unwrap_or_default();
        let length = now.last - now.first + 1;
        let noun = self.noun();
        let usual =
            if self.series.rule().method == SignalMethod::Run { "median" } else { "usual level" };
        match now.rule {
            Rule::Outside if length == 1 => {
                format!("{} its usual range in {since}", if above { "Above" } else { "Below" })
            }
            Rule::Outside => format!(
                "{} its usual range since {since}, {length} {noun} in a row",
                if above { "Above" } else { "Below" }
            ),
            Rule::Run => format!(
                "{} its {usual} since {since}, {length} {noun} in a row",
                if above { "Above" } else { "Below" }
            ),
            Rule::Trend => format!(
                "{} since {since}, {length} {noun} in a row",
                if above { "Rising" } else { "Falling" }
            ),
            Rule::NearLimit => format!(
                "Close to its {} limit since {since}",
                if above { "upper" } else { "lower" }
            ),
        }
    }

    /// The words, with whether that is welcome.
    pub(super) fn judged(&self) -> String {
        match self.current() {
            Some(now) if now.sense != Sense::Neither => {
                format!("{} ({})", self.words(), now.sense.word())
            }
            _ => self.words(),
        }
    }

    /// One statement: the measure, and what became of it.
    pub(super) fn statement(&self) -> String {
        let level = self.series.level().iter().map(|l| format!(", {}", l.title));
        let level: String = level.collect();
        format!("{}{level}: {}", self.measure.title, lower(&self.judged()))
    }

    /// The statement with the newest value: counts as well as per cent.
    pub(super) fn finding(&self) -> String {
        let newest = self.newest().map(|words| format!(" {words}.")).unwrap_or_default();
        format!("{}.{newest}", self.statement())
    }

    /// Whether its limits are more than trial limits.
    pub(super) fn is_settled(&self) -> bool {
        self.series.standing() == Standing::Settled
    }

    /// Whether a target lies where the series usually is: met or missed by its usual swing alone. Nothing
    /// while limits are trial limits.
    pub(super) fn assurance(&self, target: &Target, percent: bool) -> Option<&'static str> {
        let usual = self.series.newest()?.1.usual?;
        if !self.is_settled() {
            return None;
        }
        if self.series.run().is_some() {
            return None;
        }
        // Where there is no limit, everything to that side is usual.
        let (lower, upper) = (usual.lower.number(), usual.upper.number());
        let lower = lower.map_or(f64::NEG_INFINITY, PublishedNumber::as_f64);
        let upper = upper.map_or(f64::INFINITY, PublishedNumber::as_f64);
        let scale = if percent { 100.0 } else { 1.0 };
        let (met, missed) = match target.aim {
            Aim::High(limits) => (lower >= limits.green * scale, upper < limits.green * scale),
            Aim::Low(limits) => (upper <= limits.green * scale, lower > limits.green * scale),
            Aim::Near(..) | Aim::Information(_) => return None,
        };
        Some(match (met, missed) {
            (true, _) => "Its usual range meets it",
            (_, true) => "Its usual range falls short of it",
            _ => "Its usual range spans it",
        })
    }

    /// The newest value with what it is made of, and what it usually is.
    pub(super) fn newest(&self) -> Option<String> {
        let (_, point) = self.series.newest()?;
        let made_of = match point.made_of.map(Shown::number) {
            [Some(above), Some(below)] => format!(" ({above} of {below})"),
            _ => String::new(),
        };
        let usual = self.usual(point).map(|words| format!("; {words}")).unwrap_or_default();
        Some(format!("{}{made_of} in {}{usual}", point.value, spoken(point.period)))
    }

    /// What a point usually is, in words.
    fn usual(&self, point: &PublishedPoint) -> Option<String> {
        let usual = point.usual?;
        let centre = usual.centre.number()?;
        Some(match (usual.lower.number(), usual.upper.number()) {
            _ if self.series.run().is_some() => format!("median {centre}"),
            (Some(lower), Some(upper)) => {
                format!("usual level {centre}, limits {lower} to {upper}")
            }
            (Some(lower), None) => format!("usual level {centre}, lower limit {lower}"),
            (None, Some(upper)) => format!("usual level {centre}, upper limit {upper}"),
            (None, None) => format!("usual level {centre}, too few for limits"),
        })
    }

    /// That some periods are too small for a limit; nothing where none is.
    fn too_small(&self) -> String {
        let noun = self.noun();
        let [lower, upper] = self.series.without_limits();
        let said = |n: usize, limit: &str| match n {
            0 => String::new(),
            1 => format!(
                " One of the {noun} rests on too few for {limit} limit that a share could pass: none is drawn there."
            ),
            n => format!(
                " {n} {noun} rest on too few for {limit} limit that a share could pass: none is drawn there."
            ),
        };
        said(lower, "a lower") + &said(upper, "an upper")
    }

    /// What the limits rest on, and which rule was broken.
    pub(super) fn how_sure(&self) -> String {
        let (rule, noun) = (self.series.rule(), self.noun());
        let known = self.series.known();
        let rest_on = rule.baseline.map_or(known, |n| n.min(known));
        let first = if rest_on < known { "the first " } else { "" };
        let kind = rule.method_words();
        let small = self.too_small();
        match self.series.standing() {
            Standing::TooFew => format!("{known} {noun} are known: no limits can be drawn."),
            Standing::Trial => format!(
                "{kind}. Trial limits, from {first}{rest_on} {noun}: the next ones will move them.{small}"
            ),
            Standing::Settled => format!(
                "{kind}, from {first}{rest_on} {noun}.{small}{} Of a hundred steady series, at most {} break a rule at their newest point by chance.",
                self.crossings().map(|words| format!(" {words}.")).unwrap_or_default(),
                rule.false_alarms()
            ),
        }
    }

    /// Which way the whole series goes, with how far in a year; nothing where that cannot be said.
    pub(super) fn direction(&self) -> Option<String> {
        let found = self.series.direction()?;
        let (periods, noun) = (found.periods, self.noun());
        let points = match self.measure.kind.is_share() {
            true => " percentage points",
            false => "",
        };
        let PublishedDirection { a_year, lower, upper, .. } = found;
        let by = format!("{a_year}{points} a year, 95% interval {lower} to {upper}");
        Some(format!(
            "{} over {periods} {noun} by the straight line through them: {by}",
            self.way()?
        ))
    }

    /// Which way the whole series goes, in a word or two, and whether that is welcome.
    pub(super) fn way(&self) -> Option<String> {
        let found = self.series.direction()?;
        let good = good_end(self.measure, found.stretch[1]);
        let judged = |word: &str, up: bool| match good {
            Some(good) if (good == GoodIs::High) == up => {
                format!("{word} ({})", Sense::Better.word())
            }
            Some(_) => format!("{word} ({})", Sense::Worse.word()),
            None => word.to_owned(),
        };
        Some(match found.way {
            Direction::Rising => judged("Rising", true),
            Direction::Falling => judged("Falling", false),
            Direction::NotClear => "No clear direction".to_owned(),
        })
    }

    /// Why it cannot be said which way the series goes.
    pub(super) fn no_way(&self) -> String {
        let (known, noun) = (self.series.known(), self.noun());
        let fewest = self.series.kind().map_or(usize::MAX, fewest_for_direction);
        match known {
            n if n < fewest => format!("Too few {noun} to tell: {n} of at least {fewest}"),
            _ if self.series.hides_some() => format!("Not told: some of its {noun} are hidden"),
            _ => "Not told before its usual range is known".to_owned(),
        }
    }

    pub(super) fn noun(&self) -> &'static str {
        match self.series.kind() {
            Some(PeriodKind::Month) | None => "months",
            Some(PeriodKind::Quarter) => "quarters",
            Some(_) => "years",
        }
    }
}

/// Which side of its centre is welcome, if anybody has said so.
fn welcome(measure: &Measure, series: &PublishedSeries) -> Option<Side> {
    // Without a newest point only the rule itself can say so.
    let by_target = || good_by_target(measure, series.newest()?.1.period);
    let good = series.rule().better.or_else(by_target)?;
    Some(if good == GoodIs::High { Side::Above } else { Side::Below })
}

/// Which end of the scale is good in a period, if the rule by which the measure is watched or its target says so.
pub(super) fn good_end(measure: &Measure, period: Period) -> Option<GoodIs> {
    let said = measure.signal.as_ref().and_then(|rule| rule.better);
    said.or_else(|| good_by_target(measure, period))
}

/// Which end of the scale is good by the target of a period, if it says so.
fn good_by_target(measure: &Measure, period: Period) -> Option<GoodIs> {
    match measure.target(period)?.aim {
        Aim::High(_) => Some(GoodIs::High),
        Aim::Low(_) => Some(GoodIs::Low),
        Aim::Near(..) | Aim::Information(_) => None,
    }
}
