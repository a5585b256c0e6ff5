//! Writing a cell: rounding, intervals and symbols. The one place where published numbers are made.

use crate::definitions::audience::DisclosurePolicy;
use crate::definitions::measure::{Interval, Measure};
use crate::measure::{Amount, Cell, TEN_THOUSANDTHS};
use crate::protect::published::{NumberKind, PublishedCell, PublishedNumber, Shown, Symbol};
use crate::statistics::{Confidence, Decimal, Limits, median_ranks, poisson, student, wilson};

const HIDDEN: Shown = Shown::Symbol(Symbol::Confidential);
const NONE: Shown = Shown::Symbol(Symbol::NotApplicable);

/// What is hidden of one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Status {
    /// The cell itself, and all that goes with it.
    pub(super) cell: bool,
    /// How many are pending.
    pub(super) pending: bool,
    /// How many are unknown.
    pub(super) unknown: bool,
    /// How many are left out, by exclusion.
    pub(super) left_out: Vec<bool>,
}

/// A cell as it may be shown.
pub(super) fn publish(
    cell: &Cell,
    measure: Option<&Measure>,
    status: &Status,
    policy: &DisclosurePolicy,
) -> PublishedCell {
    let beside = |count: u64, hidden: bool| {
        if status.cell || hidden { HIDDEN } else { whole(rounded(count, policy)) }
    };
    let left_out = cell.flow.left_out.iter().zip(&status.left_out);
    // What a reader could work out from these is not looked at, so that they are shown to those alone
    // from whom nothing is hidden.
    let open = policy.suppress_below == 0;
    let overridden = if open { whole(cell.flow.overridden) } else { HIDDEN };
    let figures = if status.cell {
        Figures { numerator: HIDDEN, denominator: HIDDEN, value: HIDDEN, limits: [HIDDEN; 2] }
    } else {
        Figures::of(cell, measure, policy)
    };
    PublishedCell {
        period: cell.period,
        level: cell.level.clone(),
        numerator: figures.numerator,
        denominator: figures.denominator,
        value: figures.value,
        lower: figures.limits[0],
        upper: figures.limits[1],
        pending: beside(cell.flow.pending, status.pending),
        unknown: beside(cell.flow.unknown, status.unknown),
        left_out: left_out.map(|(count, hidden)| beside(*count, *hidden)).collect(),
        overridden,
    }
}

/// A whole number of things.
pub(super) fn whole(count: u64) -> Shown {
    Shown::Number(PublishedNumber { decimal: count.into(), kind: NumberKind::Count })
}

/// A count to the nearest multiple of the policy's base, halves up.
fn rounded(count: u64, policy: &DisclosurePolicy) -> u64 {
    let base = policy.round_to.max(1);
    count.saturating_add(base / 2) / base * base
}

/// The figures of a cell that is shown.
struct Figures {
    numerator: Shown,
    denominator: Shown,
    value: Shown,
    limits: [Shown; 2],
}

impl Figures {
    fn of(cell: &Cell, measure: Option<&Measure>, policy: &DisclosurePolicy) -> Self {
        let round = |count| rounded(count, policy);
        let places = measure.map_or(1, |m| m.decimals);
        let interval = measure.map_or(Interval::None, |m| m.interval);
        // A cell whose units are all still pending is not yet known; one without units has no value.
        let absent =
            if cell.flow.pending > 0 { Symbol::NotAvailable } else { Symbol::NotApplicable };
        let absent = Shown::Symbol(absent);
        let plain = |decimal| number(decimal, NumberKind::Plain, absent);
        match cell.amount {
            Amount::Count(count) => {
                let count = round(count);
                let limits = (interval == Interval::Byar).then(|| poisson(count, Confidence::P95));
                let limits = ends(limits, |x| Decimal::nearest(x, 0), NumberKind::Count, NONE);
                Self { numerator: whole(count), denominator: NONE, value: whole(count), limits }
            }
            Amount::Proportion { numerator, denominator } => {
                let (x, n) = (round(numerator), round(denominator));
                let limits =
                    if interval == Interval::Wilson { wilson(x, n, Confidence::P95) } else { None };
                let missing = if n == 0 { absent } else { NONE };
                let percent = |p: f64| Decimal::nearest(100.0 * p, 1);
                let value = Decimal::ratio(100 * i128::from(x), i128::from(n), 1);
                Self {
                    numerator: whole(x),
                    denominator: whole(n),
                    value: number(value, NumberKind::Percent, absent),
                    limits: ends(limits, percent, NumberKind::Percent, missing),
                }
            }
            Amount::Mean { units, sum, sum_of_squares } => {
                let below = i128::from(units) * i128::from(TEN_THOUSANDTHS);
                let limits = (interval == Interval::T)
                    .then(|| student(units, sum, sum_of_squares, Confidence::P95))
                    .flatten();
                let missing = if units == 0 { absent } else { NONE };
                let scaled = |x: f64| Decimal::nearest(x / TEN_THOUSANDTHS as f64, places);
                Self {
                    numerator: NONE,
                    denominator: whole(round(units)),
                    value: plain(Decimal::ratio(sum.into(), below, places)),
                    limits: ends(limits, scaled, NumberKind::Plain, missing),
                }
            }
            Amount::Median { units, twice, limits } => {
                // The least and the greatest value are somebody's: a policy that hides few does not
                // show them either.
                let ends_of_all =
                    median_ranks(units, Confidence::P95).is_some_and(|(lower, _)| lower == 1);
                let open = policy.suppress_below == 0 || !ends_of_all;
                let limits = limits.filter(|_| open && interval == Interval::OrderStatistic);
                let missing = if units == 0 { absent } else { NONE };
                let scaled = |x: i64| Decimal::ratio(x.into(), TEN_THOUSANDTHS.into(), places);
                let twice = (units > 0).then_some(twice);
                Self {
                    numerator: NONE,
                    denominator: whole(round(units)),
                    value: plain(twice.and_then(|twice| {
                        Decimal::ratio(twice.into(), 2 * i128::from(TEN_THOUSANDTHS), places)
                    })),
                    limits: limits.map_or([missing; 2], |(lower, upper)| {
                        [lower, upper].map(|end| number(scaled(end), NumberKind::Plain, missing))
                    }),
                }
            }
            Amount::Sum { units, sum } => Self {
                numerator: NONE,
                denominator: whole(round(units)),
                value: plain(Decimal::ratio(sum.into(), TEN_THOUSANDTHS.into(), places)),
                limits: [NONE; 2],
            },
            Amount::Ratio { over, under, .. } => {
                let over = round(over);
                let above = i128::from(over) * i128::from(TEN_THOUSANDTHS);
                let limits = (interval == Interval::Byar && under > 0)
                    .then(|| poisson(over, Confidence::P95));
                let missing = if under == 0 { absent } else { NONE };
                let per =
                    |x: f64| Decimal::nearest(x * TEN_THOUSANDTHS as f64 / under as f64, places);
                Self {
                    numerator: whole(over),
                    denominator: plain(Decimal::ratio(under.into(), TEN_THOUSANDTHS.into(), 1)),
                    value: plain(Decimal::ratio(above, under.into(), places)),
                    limits: ends(limits, per, NumberKind::Plain, missing),
                }
            }
        }
    }
}

fn number(decimal: Option<Decimal>, kind: NumberKind, absent: Shown) -> Shown {
    decimal.map_or(absent, |decimal| Shown::Number(PublishedNumber { decimal, kind }))
}

fn ends(
    limits: Option<Limits>,
    write: impl Fn(f64) -> Option<Decimal>,
    kind: NumberKind,
    absent: Shown,
) -> [Shown; 2] {
    limits.map_or([absent; 2], |limits| {
        [limits.lower, limits.upper].map(|end| number(write(end), kind, absent))
    })
}
