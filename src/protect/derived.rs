//! Numbers made from published cells alone: what a series usually does, and where it leaves that.
//!
//! Centre and limits are a function of the cells that the same audience is shown: a reader with a
//! calculator has them already, so they can give nothing back. That is why a hidden cell is left out
//! before anything is computed, instead of computed with and hidden afterwards: a centre that rests on a
//! hidden count is an equation about it. It costs a little; the limits of a small place rest on its
//! larger months, and below seven of these there are none.

use crate::calendar::{Period, PeriodKind};
use crate::definitions::measure::{Measure, MeasureKind};
use crate::definitions::signal::{SignalMethod, SignalRule};
use crate::measure::Level;
use crate::protect::direction::{PublishedDirection, direction};
use crate::protect::{NumberKind, PublishedCell, PublishedNumber, Shown, Symbol};
use crate::statistics::{
    ChartOptions, Decimal, Limits, ProcessChart, ProcessPoint, Proportion, Rate, RunChart, Signals,
    Standing, Xmr, p_chart, run_chart, u_chart, xmr,
};

/// A series of published values, with what it usually does.
#[derive(Debug, Clone, PartialEq)]
pub struct PublishedSeries {
    measure: String,
    by: Vec<String>,
    level: Vec<Level>,
    rule: SignalRule,
    standing: Standing,
    points: Vec<PublishedPoint>,
    run: Option<RunChart>,
    direction: Option<PublishedDirection>,
}

/// A point of such a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PublishedPoint {
    /// The period.
    pub period: Period,
    /// The value.
    pub value: Shown,
    /// What the value is made of, as the cell has it: those above the line, and those below.
    pub made_of: [Shown; 2],
    /// What it is compared with; nothing where the value is not shown, and while there is too little to
    /// compare with.
    pub usual: Option<PublishedUsual>,
    /// The rules that it breaks.
    pub signals: Signals,
}

impl PublishedPoint {
    /// Whether its value is hidden.
    pub(super) fn is_hidden(&self) -> bool {
        self.value == Shown::Symbol(Symbol::Confidential)
    }
}

/// What a series usually does at one point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublishedUsual {
    /// The centre: a mean, of a run chart the median.
    pub centre: Shown,
    /// The lower limit. A run chart has none, nor has a share of so few that none of them is within chance.
    pub lower: Shown,
    /// The upper limit. A run chart has none, nor has a share of so few that all of them is within chance.
    pub upper: Shown,
}

impl PublishedSeries {
    /// The measure.
    #[must_use]
    pub fn measure(&self) -> &str {
        &self.measure
    }

    /// The breakdowns of its level; none for the whole council.
    #[must_use]
    pub fn by(&self) -> &[String] {
        &self.by
    }

    /// The level; empty for the whole council.
    #[must_use]
    pub fn level(&self) -> &[Level] {
        &self.level
    }

    /// How it is watched.
    #[must_use]
    pub fn rule(&self) -> SignalRule {
        self.rule
    }

    /// How far its limits may be believed.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// Its points, oldest first.
    #[must_use]
    pub fn points(&self) -> &[PublishedPoint] {
        &self.points
    }

    /// The newest point with a value.
    #[must_use]
    pub fn newest(&self) -> Option<(usize, &PublishedPoint)> {
        self.points.iter().enumerate().rev().find(|(_, p)| p.value.number().is_some())
    }

    /// The kind of its periods.
    #[must_use]
    pub fn kind(&self) -> Option<PeriodKind> {
        self.points.first().map(|p| p.period.kind)
    }

    /// How many points have a value.
    #[must_use]
    pub fn known(&self) -> usize {
        self.points.iter().filter(|p| p.value.number().is_some()).count()
    }

    /// How many points have no lower limit, and how many no upper one, because they rest on too few.
    #[must_use]
    pub fn without_limits(&self) -> [usize; 2] {
        let without = |of: fn(&PublishedUsual) -> Shown| {
            let usual = self.points.iter().filter_map(|p| p.usual);
            usual.filter(|usual| of(usual).number().is_none()).count()
        };
        match self.run {
            Some(_) => [0, 0],
            None => [without(|u| u.lower), without(|u| u.upper)],
        }
    }

    /// Which way it goes as a whole; nothing for fewer than twelve points or than two years have, and where one of
    /// them is hidden.
    #[must_use]
    pub fn direction(&self) -> Option<&PublishedDirection> {
        self.direction.as_ref()
    }

    /// Whether one of its points is hidden.
    #[must_use]
    pub fn hides_some(&self) -> bool {
        self.points.iter().any(PublishedPoint::is_hidden)
    }

    /// Of a run chart: its two rules.
    #[must_use]
    pub fn run(&self) -> Option<&RunChart> {
        self.run.as_ref()
    }
}

/// How what the statistics say of a series is written.
#[derive(Clone, Copy)]
struct Scale {
    /// From their unit to that of the values.
    times: f64,
    places: u8,
    kind: NumberKind,
    /// Between which values of this kind lie.
    range: Limits,
}

impl Scale {
    /// For a measure whose values have so many places.
    fn of(measure: &Measure, method: SignalMethod, places: u8) -> Self {
        let times = match method {
            SignalMethod::SpcP => 100.0,
            SignalMethod::SpcU => 1.0,
            SignalMethod::Xmr | SignalMethod::Run => 10_f64.powi(i32::from(places)).recip(),
        };
        let (kind, lower, upper) = match measure.kind {
            MeasureKind::Proportion { .. } | MeasureKind::Distribution { .. } => {
                (NumberKind::Percent, 0.0, 100.0)
            }
            MeasureKind::Count | MeasureKind::Ratio { .. } => (NumberKind::Plain, 0.0, f64::MAX),
            MeasureKind::Sum { .. } | MeasureKind::Mean { .. } | MeasureKind::Quartile { .. } => {
                (NumberKind::Plain, f64::MIN, f64::MAX)
            }
        };
        // The centre of whole numbers is no whole number.
        Self { times, places: places.max(1), kind, range: Limits { lower, upper } }
    }

    fn write(self, value: f64) -> Shown {
        let value = (value * self.times).clamp(self.range.lower, self.range.upper);
        match Decimal::nearest(value, self.places) {
            Some(decimal) => Shown::Number(PublishedNumber { decimal, kind: self.kind }),
            None => Shown::Symbol(Symbol::NotApplicable),
        }
    }
}

/// A whole number of things, as it was published.
pub(super) fn count(shown: Shown) -> Option<u64> {
    u64::try_from(shown.number()?.decimal.in_places(0)?).ok()
}

/// What the statistics say of a series.
enum Said {
    Chart(ProcessChart),
    Run(RunChart),
    TooLittle,
}

/// The series of a measure over these periods, in order of time. A period without a cell is a gap, and so
/// is one whose cell is hidden or has no value. Nothing if the measure is not watched.
#[must_use]
pub fn watched(
    measure: &Measure,
    by: &[String],
    level: &[Level],
    cells: &[(Period, Option<&PublishedCell>)],
) -> Option<PublishedSeries> {
    let rule = measure.signal?;
    // A series begins with its first unit: before that nobody recorded anything.
    let nothing = |cell: Option<&PublishedCell>| match cell.map(PublishedCell::value) {
        Some(Shown::Number(n)) => matches!(measure.kind, MeasureKind::Count) && n.is_zero(),
        Some(Shown::Symbol(symbol)) => symbol == Symbol::NotApplicable,
        None => true,
    };
    let before = cells.iter().take_while(|(_, cell)| nothing(*cell)).count();
    let cells = cells.get(before..)?;
    let shown: Vec<Option<&PublishedCell>> =
        cells.iter().map(|(_, cell)| cell.filter(|c| c.value().number().is_some())).collect();
    // Single values are compared in the unit of their last decimal place.
    let numbers = || shown.iter().flatten().filter_map(|c| c.value().number());
    let places = numbers().map(|n| n.decimal.places()).max().unwrap_or(0);
    let scale = Scale::of(measure, rule.method, places);
    let said = said(measure, rule, &shown, places);
    let standing = match &said {
        Said::Chart(chart) => chart.standing,
        Said::Run(_) => Standing::Settled,
        Said::TooLittle => Standing::TooFew,
    };
    let point = |(n, (period, cell)): (usize, &(Period, Option<&PublishedCell>))| {
        let none = Shown::Symbol(Symbol::NotAvailable);
        let known = shown.get(n).is_some_and(Option::is_some);
        let (usual, signals) = match &said {
            Said::Chart(chart) => at_point(chart, n, scale),
            Said::Run(run) if known => about_median(run, n, scale),
            Said::Run(_) | Said::TooLittle => (None, Signals::default()),
        };
        PublishedPoint {
            period: *period,
            value: cell.map_or(none, PublishedCell::value),
            made_of: cell.map_or([none; 2], |c| [c.numerator(), c.denominator()]),
            usual,
            signals,
        }
    };
    let points: Vec<PublishedPoint> = cells.iter().enumerate().map(point).collect();
    Some(PublishedSeries {
        measure: measure.id.clone(),
        by: by.to_vec(),
        level: level.to_vec(),
        rule,
        standing,
        direction: direction(&points, places, standing),
        points,
        run: if let Said::Run(run) = said { Some(run) } else { None },
    })
}

fn said(measure: &Measure, rule: SignalRule, shown: &[Option<&PublishedCell>], places: u8) -> Said {
    let options = ChartOptions { baseline: rule.baseline, ..ChartOptions::default() };
    let values = || -> Vec<Option<i64>> {
        let value =
            |c: &PublishedCell| i64::try_from(c.value().number()?.decimal.in_places(places)?).ok();
        shown.iter().map(|c| c.and_then(value)).collect()
    };
    let chart = match rule.method {
        SignalMethod::SpcP => {
            let of =
                |c: &PublishedCell| Proportion::of(count(c.numerator())?, count(c.denominator())?);
            let periods: Vec<_> = shown.iter().map(|c| c.and_then(of)).collect();
            p_chart(&periods, rule.variation, options)
        }
        SignalMethod::SpcU => {
            // A count is a rate in its period, and periods of a kind are taken as alike.
            let alone = matches!(measure.kind, MeasureKind::Count);
            let of = |c: &PublishedCell| {
                let exposure = if alone { 1.0 } else { c.denominator().number()?.as_f64() };
                Some(Rate { events: count(c.numerator())?, exposure })
            };
            let periods: Vec<_> = shown.iter().map(|c| c.and_then(of)).collect();
            u_chart(&periods, rule.variation, options)
        }
        SignalMethod::Xmr => xmr(&values(), Xmr::default(), options),
        SignalMethod::Run => {
            return run_chart(&values()).map_or(Said::TooLittle, Said::Run);
        }
    };
    // A series that never moved has no usual swing to leave.
    let moves = |chart: &ProcessChart| {
        let away =
            |p: &ProcessPoint| [p.limits.lower, p.limits.upper].map(|l| l.map(|l| l != p.centre));
        chart.points.iter().flatten().flat_map(away).any(|away| away == Some(true))
    };
    match chart.filter(|c| moves(c) && c.standing > Standing::TooFew) {
        Some(chart) => Said::Chart(chart),
        None => Said::TooLittle,
    }
}

fn at_point(chart: &ProcessChart, n: usize, scale: Scale) -> (Option<PublishedUsual>, Signals) {
    let Some(point) = chart.points.get(n).copied().flatten() else {
        return (None, Signals::default());
    };
    let limit = |limit: Option<f64>| {
        limit.map_or(Shown::Symbol(Symbol::NotApplicable), |limit| scale.write(limit))
    };
    let usual = PublishedUsual {
        centre: scale.write(point.centre),
        lower: limit(point.limits.lower),
        upper: limit(point.limits.upper),
    };
    (Some(usual), point.signals)
}

/// A run chart says one thing of a point: whether it is in a run that is too long for chance.
fn about_median(run: &RunChart, n: usize, scale: Scale) -> (Option<PublishedUsual>, Signals) {
    let none = Shown::Symbol(Symbol::NotApplicable);
    let usual = PublishedUsual { centre: scale.write(run.median), lower: none, upper: none };
    let within = run.shifted() && run.longest_from <= n && n <= run.longest_to;
    let side = within.then_some(run.longest_side);
    (Some(usual), Signals { run: side, ..Signals::default() })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::definitions::measure::Interval;
    use crate::definitions::signal::SignalRule;
    use crate::measure::{Amount, Table};
    use crate::protect::tests::{cell, measure, policy, table};
    use crate::protect::{Ground, ToRelease, protect};
    use crate::statistics::{Side, Variation};

    fn rule(method: SignalMethod) -> SignalRule {
        let (variation, periods) = (Variation::Within, 24);
        SignalRule { method, variation, periods, baseline: None, better: None }
    }

    /// The series of monthly counts as an audience sees it that is not told of 1 to 5.
    pub(in crate::protect) fn series_of(
        counts: &[u64],
        method: SignalMethod,
        baseline: Option<usize>,
    ) -> PublishedSeries {
        let newest = Period::parse("2026-09").expect("a month");
        let months =
            (0..u32::try_from(counts.len()).expect("few")).rev().map(|n| newest.earlier(n));
        let cells = months.zip(counts).map(|(m, n)| cell(m, &[], Amount::Count(*n))).collect();
        let tables: Vec<Table> = vec![table("contacts", &[], cells)];
        let mut watched_measure = measure("contacts", Interval::None);
        watched_measure.signal = Some(SignalRule { baseline, ..rule(method) });
        let measures = [watched_measure];
        let protected =
            protect(&ToRelease::first(&tables, &tables), &Ground::new(&measures), &policy(6, true))
                .expect("safe");
        let shown = protected.tables()[0].cells();
        let cells: Vec<_> = shown.iter().map(|c| (c.period(), Some(c))).collect();
        watched(&measures[0], &[], &[], &cells).expect("it is watched")
    }

    fn centre(series: &PublishedSeries) -> Vec<String> {
        let words = |p: &PublishedPoint| match p.usual {
            Some(usual) => format!("{} {} to {}", usual.centre, usual.lower, usual.upper),
            None => p.value.to_string(),
        };
        series.points().iter().map(words).collect()
    }

    #[test]
    fn a_hidden_count_moves_no_limit() {
        let counts = |hidden| [20, 24, hidden, 19, 22, 21, 25, 18, 23, 20, 22, 24, 21];
        for method in [SignalMethod::SpcU, SignalMethod::Xmr, SignalMethod::Run] {
            let [two, five] = [2, 5].map(|hidden| series_of(&counts(hidden), method, None));
            assert_eq!(two.known(), 12);
            assert_eq!(two, five, "{method:?}");
            assert_eq!(two.points()[2].usual, None, "a limit of its own would tell its size");
        }
    }

    #[test]
    fn limits_are_those_that_a_reader_finds_from_what_is_shown() {
        let series = series_of(
            &[20, 24, 3, 19, 22, 21, 25, 18, 23, 20, 22, 24, 21],
            SignalMethod::SpcU,
            None,
        );
        // 259 in 12 months: 21.58, and three times its root to both sides.
        assert_eq!(centre(&series)[0], "21.6 7.6 to 35.5");
        assert_eq!((series.standing(), centre(&series)[2].as_str()), (Standing::Settled, "[c]"));
    }

    #[test]
    fn with_too_few_months_left_there_are_no_limits_and_no_signal() {
        let series =
            series_of(&[3, 40, 3, 22, 4, 21, 5, 18, 2, 20, 3, 90], SignalMethod::SpcU, None);
        assert_eq!((series.known(), series.standing()), (6, Standing::TooFew));
        assert!(series.points().iter().all(|p| p.usual.is_none()));
        assert!(series.points().iter().all(|p| p.signals == Signals::default()));
    }

    #[test]
    fn limits_of_a_stated_baseline_stay_where_they_were() {
        let mut counts = vec![20, 24, 23, 19, 22, 21, 25, 18];
        let before = series_of(&counts, SignalMethod::Xmr, Some(8));
        assert_eq!(before.standing(), Standing::Trial);
        counts.extend([60, 61]);
        let after = series_of(&counts, SignalMethod::Xmr, Some(8));
        assert_eq!(centre(&before), centre(&after)[..8]);
        assert_eq!(after.points()[9].signals.outside, Some(Side::Above));
    }

    #[test]
    fn what_cannot_be_negative_has_no_negative_limit_and_what_never_moves_has_none() {
        let wide = series_of(&[30, 0, 31, 0, 29, 0, 30, 0], SignalMethod::Xmr, None);
        assert!(centre(&wide)[0].starts_with("15.0 0.0 to "));
        let still = series_of(&[20; 12], SignalMethod::Xmr, None);
        assert_eq!((still.standing(), centre(&still)[0].as_str()), (Standing::TooFew, "20"));
    }

    #[test]
    fn a_series_begins_with_its_first_unit() {
        let late =
            series_of(&[0, 0, 0, 20, 0, 19, 22, 21, 25, 18, 23, 20], SignalMethod::SpcU, None);
        assert_eq!((late.points().len(), late.known()), (9, 9), "a nought among others counts");
    }
}
