//! The rules by which a point of a control chart is a signal.

use std::cmp::Ordering;

use super::{ProcessPoint, Zone};

/// A side of the centre.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Above the centre, or upwards.
    Above,
    /// Below the centre, or downwards.
    Below,
}

/// The rules, in the order in which they are told when a point breaks several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Beyond a limit.
    Outside,
    /// One of so many points that each move the same way.
    Trend,
    /// Two of three close to the same limit.
    NearLimit,
    /// One of so many points in a row on one side of the centre.
    Run,
}

/// A rule that a point breaks, and on which side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signal {
    /// The rule.
    pub rule: Rule,
    /// The side, or for a trend the direction.
    pub side: Side,
}

/// All rules that a point breaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Signals {
    /// Beyond a limit.
    pub outside: Option<Side>,
    /// Part of a trend.
    pub trend: Option<Side>,
    /// One of two in three close to a limit.
    pub near_limit: Option<Side>,
    /// Part of a run on one side.
    pub run: Option<Side>,
}

impl Signals {
    /// The one to tell.
    #[must_use]
    pub fn first(self) -> Option<Signal> {
        let of = |rule, side: Option<Side>| side.map(|side| Signal { rule, side });
        of(Rule::Outside, self.outside)
            .or(of(Rule::Trend, self.trend))
            .or(of(Rule::NearLimit, self.near_limit))
            .or(of(Rule::Run, self.run))
    }
}

/// Where the third point of "two of three close to a limit" may stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NearLimit {
    /// All three on the side of that limit: the NHS's method in R.
    #[default]
    AllOnOneSide,
    /// Anywhere: the NHS's visual for Power BI.
    ThirdAnywhere,
}

/// The lengths that anchors differ in. As in *Making Data Count*: 7, 7, all on one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// How many points on one side of the centre are a run. A point on the centre ends it.
    pub run: usize,
    /// How many points, each higher (or lower) than the one before, are a trend. Equal points end it.
    pub trend: usize,
    /// Where the third of three points may stand.
    pub near_limit: NearLimit,
}

impl Default for Rules {
    fn default() -> Self {
        Self { run: 7, trend: 7, near_limit: NearLimit::default() }
    }
}

/// Marks every point with the rules that it breaks.
pub(super) fn mark(points: &mut [Option<ProcessPoint>], rules: Rules) {
    for known in points.chunk_by_mut(|a, b| a.is_some() == b.is_some()) {
        let mut known: Vec<&mut ProcessPoint> = known.iter_mut().flatten().collect();
        for point in &mut known {
            point.signals.outside = side_in(point, Zone::Outside);
        }
        runs(&mut known, rules.run);
        trends(&mut known, rules.trend);
        near_limits(&mut known, rules.near_limit);
    }
}

fn side(ordering: Ordering) -> Option<Side> {
    match ordering {
        Ordering::Greater => Some(Side::Above),
        Ordering::Less => Some(Side::Below),
        Ordering::Equal => None,
    }
}

fn runs(points: &mut [&mut ProcessPoint], length: usize) {
    for run in points.chunk_by_mut(|a, b| a.side == b.side) {
        if run.len() >= length {
            for point in run {
                point.signals.run = side(point.side);
            }
        }
    }
}

fn trends(points: &mut [&mut ProcessPoint], length: usize) {
    let moves: Vec<Option<Side>> = points
        .windows(2)
        .map(|pair| match pair {
            [a, b] => side(b.value.total_cmp(&a.value)),
            _ => None,
        })
        .collect();
    let mut start = 0;
    for alike in moves.chunk_by(|a, b| a == b) {
        // So many moves join one point more.
        if alike.len() + 1 >= length {
            let trend = alike.first().copied().flatten();
            for point in points.iter_mut().skip(start).take(alike.len() + 1) {
                // Where a trend turns, the turning point belongs to both; the later one is told.
                point.signals.trend = trend.or(point.signals.trend);
            }
        }
        start += alike.len();
    }
}

/// The side of a point that stands in a zone.
fn side_in(point: &ProcessPoint, zone: Zone) -> Option<Side> {
    side(point.side).filter(|_| point.zone == zone)
}

fn near_limits(points: &mut [&mut ProcessPoint], third: NearLimit) {
    let near: Vec<Option<Side>> =
        points.iter().map(|point| side_in(point, Zone::NearLimit)).collect();
    let sides: Vec<Option<Side>> = points.iter().map(|point| side(point.side)).collect();
    for (start, three) in near.windows(3).enumerate() {
        for wanted in [Side::Above, Side::Below].map(Some) {
            let enough = three.iter().filter(|n| **n == wanted).count() >= 2;
            let all = sides.iter().skip(start).take(3).all(|s| *s == wanted);
            if enough && (all || third == NearLimit::ThirdAnywhere) {
                for (point, _) in
                    points.iter_mut().skip(start).zip(three).filter(|(_, near)| **near == wanted)
                {
                    point.signals.near_limit = wanted;
                }
            }
        }
    }
}
