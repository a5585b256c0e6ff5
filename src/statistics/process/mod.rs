//! Process control charts: which months differ from the usual swing of a series, by stated rules.
//!
//! A chart has a centre, limits three deviations from it, and for each point the rules that it breaks.
//! What a month is compared with, where anchors of the field differ, is an option with a name.

mod attributes;
mod rules;
#[cfg(test)]
mod tests;
mod xmr;

pub use attributes::{Variation, c_chart, p_chart, u_chart};
pub use rules::{NearLimit, Rule, Rules, Side, Signal, Signals};
pub use xmr::{Screening, Spread, Xmr, xmr};

use std::cmp::Ordering;

/// How far the limits of a chart may be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Fewer than seven points: limits are a guess, and no rule is asked.
    TooFew,
    /// Seven to eleven points: trial limits, which the next points will move.
    Trial,
    /// Twelve points or more.
    Settled,
}

impl Standing {
    fn of(points: usize) -> Self {
        match points {
            0..=6 => Self::TooFew,
            7..=11 => Self::Trial,
            _ => Self::Settled,
        }
    }
}

/// How a chart is made, whatever its kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ChartOptions {
    /// Centre and limits rest on so many of the first known points; all of them if nothing is said.
    pub baseline: Option<usize>,
    /// The rules that are asked.
    pub rules: Rules,
}

impl ChartOptions {
    /// The points that centre and limits rest on.
    fn base<'p, T>(&self, points: &'p [Option<T>]) -> &'p [Option<T>] {
        let ends = (1..).zip(points).filter(|(_, point)| point.is_some()).map(|(end, _)| end);
        let end = match self.baseline {
            Some(known) => ends.take(known).last().unwrap_or(0),
            None => points.len(),
        };
        points.get(..end).unwrap_or(points)
    }
}

/// A point with what it is compared with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProcessPoint {
    /// Its value.
    pub value: f64,
    /// The centre of the chart.
    pub centre: f64,
    /// The limits at this point.
    pub limits: ProcessLimits,
    /// The rules that it breaks.
    pub signals: Signals,
    /// On which side of the centre it stands, compared without rounding.
    side: Ordering,
    /// How far from the centre it stands.
    zone: Zone,
}

/// The limits at a point. One that no value can pass is none, and nothing is near it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProcessLimits {
    /// The lower limit.
    pub lower: Option<f64>,
    /// The upper limit.
    pub upper: Option<f64>,
}

impl ProcessLimits {
    /// Three deviations to both sides of the centre.
    fn around(centre: f64, reach: f64) -> Self {
        Self { lower: Some(centre - reach), upper: Some(centre + reach) }
    }
}

/// How far from the centre a point stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Zone {
    /// Within two thirds of the way to the limit.
    Middle,
    /// Beyond that, and not beyond the limit.
    NearLimit,
    /// Beyond the limit.
    Outside,
}

impl Zone {
    /// Of a distance from the centre, where the limit is so far from it.
    fn of(distance: f64, limit: f64) -> Self {
        match () {
            () if distance > limit => Self::Outside,
            () if distance > limit * 2.0 / 3.0 => Self::NearLimit,
            () => Self::Middle,
        }
    }
}

/// A chart: a point for each month, and nothing for a month whose value is not known. A gap ends a run,
/// because nobody knows on which side the month was.
#[derive(Debug, Clone, PartialEq)]
pub struct ProcessChart {
    /// The points in order of time.
    pub points: Vec<Option<ProcessPoint>>,
    /// How far the limits may be believed.
    pub standing: Standing,
}

impl ProcessChart {
    /// The rules that each point breaks; a gap breaks none.
    #[must_use]
    pub fn marks(&self) -> Vec<Signals> {
        self.points.iter().map(|p| p.map(|p| p.signals).unwrap_or_default()).collect()
    }

    fn judged(mut points: Vec<Option<ProcessPoint>>, base: usize, rules: Rules) -> Self {
        let standing = Standing::of(base);
        if standing > Standing::TooFew {
            rules::mark(&mut points, rules);
        }
        Self { points, standing }
    }
}
