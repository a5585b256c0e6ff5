//! Charts of counted things: the limits follow from how counts vary, and are wider for small months.

use std::cmp::Ordering;

use super::{ChartOptions, ProcessChart, ProcessLimits, ProcessPoint, Signals, Zone};
use crate::statistics::{Proportion, Rate};

/// What makes months differ.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Variation {
    /// Chance within each month alone.
    #[default]
    Within,
    /// Also something between months, as with large months there always is: Laney's charts, called p′
    /// and u′.
    Between,
}

/// One month: its value, how far chance alone lets it stray, and its side of the centre.
#[derive(Clone, Copy)]
struct Month {
    value: f64,
    deviation: f64,
    side: Ordering,
}

/// The p chart of a proportion: centre Σx / Σn, limits three of `√(p (1 − p) / n)` from it. Nothing without a
/// known month in the baseline, and for p′ without two neighbours in it.
///
/// A month of `9 (1 − p) / p` or fewer is too small for a lower limit above 0, one of `9 p / (1 − p)` or fewer
/// for an upper limit below 1: it has none on that side.
///
/// Source: W. A. Shewhart (1931); for p′ D. B. Laney, *Improved control charts for attributes*, Quality
/// Engineering 14 (2002); for the smallest months D. C. Montgomery, *Introduction to Statistical Quality
/// Control*, on the sample size of the fraction nonconforming chart.
#[must_use]
pub fn p_chart(
    months: &[Option<Proportion>],
    variation: Variation,
    options: ChartOptions,
) -> Option<ProcessChart> {
    let base = options.base(months);
    let sum = |of: fn(Proportion) -> u64| -> u128 {
        base.iter().copied().flatten().map(|p| u128::from(of(p))).sum()
    };
    let (numerators, denominators) = (sum(|p| p.numerator), sum(|p| p.denominator));
    let centre = numerators as f64 / denominators as f64;
    let month = |p: Proportion| Month {
        value: p.value(),
        deviation: (centre * (1.0 - centre) / p.denominator as f64).sqrt(),
        side: (u128::from(p.numerator) * denominators)
            .cmp(&(numerators * u128::from(p.denominator))),
    };
    let months: Vec<_> = months.iter().map(|p| p.map(month)).collect();
    let possible = |limits: ProcessLimits| ProcessLimits {
        lower: limits.lower.filter(|lower| *lower > 0.0),
        upper: limits.upper.filter(|upper| *upper < 1.0),
    };
    chart(&months, centre, possible, variation, options)
}

/// The u chart of a rate, in events for one of the exposure: centre Σx / Σe, limits three of `√(u / e)`
/// from it, not below nought. Nothing where the p chart has nothing, and for an exposure of nought.
///
/// Source: as for [`p_chart`].
#[must_use]
pub fn u_chart(
    months: &[Option<Rate>],
    variation: Variation,
    options: ChartOptions,
) -> Option<ProcessChart> {
    if months.iter().flatten().any(|r| r.exposure.is_nan() || r.exposure <= 0.0) {
        return None;
    }
    let base = options.base(months);
    let events: f64 = base.iter().flatten().map(|r| r.events as f64).sum();
    let exposure: f64 = base.iter().flatten().map(|r| r.exposure).sum();
    let centre = events / exposure;
    let month = |r: Rate| Month {
        value: r.events as f64 / r.exposure,
        deviation: (centre / r.exposure).sqrt(),
        side: (r.events as f64 * exposure).total_cmp(&(events * r.exposure)),
    };
    let months: Vec<_> = months.iter().map(|r| r.map(month)).collect();
    let possible = |limits: ProcessLimits| ProcessLimits {
        lower: limits.lower.map(|lower| lower.max(0.0)),
        ..limits
    };
    chart(&months, centre, possible, variation, options)
}

/// The c chart of a count: the u chart of months that are all alike.
#[must_use]
pub fn c_chart(months: &[Option<u64>], options: ChartOptions) -> Option<ProcessChart> {
    let rates: Vec<Option<Rate>> =
        months.iter().map(|count| count.map(|events| Rate { events, exposure: 1.0 })).collect();
    u_chart(&rates, Variation::Within, options)
}

fn chart(
    months: &[Option<Month>],
    centre: f64,
    possible: impl Fn(ProcessLimits) -> ProcessLimits,
    variation: Variation,
    options: ChartOptions,
) -> Option<ProcessChart> {
    let base = options.base(months);
    let known = base.iter().flatten().count();
    if known == 0 {
        return None;
    }
    let wider = match variation {
        Variation::Within => 1.0,
        Variation::Between => between(base, centre)?,
    };
    let points = months
        .iter()
        .map(|month| {
            month.map(|m| {
                let reach = 3.0 * m.deviation * wider;
                let limits = possible(ProcessLimits::around(centre, reach));
                let limit = if m.side == Ordering::Less { limits.lower } else { limits.upper };
                let zone = limit.map(|_| Zone::of((m.value - centre).abs(), reach));
                ProcessPoint {
                    value: m.value,
                    centre,
                    limits,
                    signals: Signals::default(),
                    side: m.side,
                    zone: zone.unwrap_or(Zone::Middle),
                }
            })
        })
        .collect();
    Some(ProcessChart::judged(points, known, options.rules))
}

/// When a moving range is out of the ordinary, in mean moving ranges.
const WIDE: f64 = 3.267;

/// How much more months differ than chance within each explains: the mean moving range of their z
/// scores, over 1.128. As for single values, ranges of 3.267 times their mean or more are left out once: one leap
/// between two neighbours is what a chart is to find, and would hide the next.
fn between(base: &[Option<Month>], centre: f64) -> Option<f64> {
    let score = |m: Month| {
        // Where nobody, or everybody, ever holds, nothing strays at all.
        if m.deviation > 0.0 { (m.value - centre) / m.deviation } else { 0.0 }
    };
    let mut ranges: Vec<f64> = base
        .windows(2)
        .filter_map(|pair| match pair {
            [Some(a), Some(b)] => Some((score(*b) - score(*a)).abs()),
            _ => None,
        })
        .collect();
    let mean = |ranges: &[f64]| {
        (!ranges.is_empty()).then(|| ranges.iter().sum::<f64>() / ranges.len() as f64)
    };
    let widest = WIDE * mean(&ranges)?;
    if widest > 0.0 {
        ranges.retain(|range| *range < widest);
    }
    Some(mean(&ranges)? / 1.128)
}
