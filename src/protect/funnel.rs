//! The limits of a funnel: how far places of a size stray from the whole by chance alone, from the
//! published whole and the published sizes. As all that is made from what is shown, it gives nothing back.

use crate::protect::{NumberKind, PublishedCell, PublishedNumber, Shown, Symbol};
use crate::statistics::{
    Confidence, Decimal, FunnelMethod, Limits, Proportion, funnel_of_proportion,
};

/// The limits of places of a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublishedLimits {
    /// The size.
    pub size: Shown,
    /// Lower and upper limit of 95%.
    pub near: [Shown; 2],
    /// Lower and upper limit of 99.8%.
    pub far: [Shown; 2],
}

/// A funnel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedFunnel {
    /// For each place its limits, and the widest of them that it lies beyond.
    pub places: Vec<(PublishedLimits, Option<Confidence>)>,
    /// Limits from small sizes to large, for the lines of the funnel.
    pub lines: Vec<PublishedLimits>,
}

/// How many sizes the lines are drawn from.
const SIZES: u64 = 16;

/// The funnel of these places around the whole. Nothing where the whole, or every place, is hidden.
#[must_use]
pub fn funnel(whole: &PublishedCell, places: &[&PublishedCell]) -> Option<PublishedFunnel> {
    let of_whole = proportion(whole)?;
    let sizes: Vec<u64> =
        places.iter().filter_map(|p| proportion(p)).map(|p| p.denominator).collect();
    let (least, most) = (*sizes.iter().min()?, *sizes.iter().max()?);
    let place = |cell: &&PublishedCell| {
        let hidden = PublishedLimits {
            size: cell.denominator(),
            near: [cell.value(); 2],
            far: [cell.value(); 2],
        };
        let Some(own) = proportion(cell) else { return (hidden, None) };
        let outside = |confidence| {
            let limits = limits(of_whole, own.denominator, confidence)?;
            (own.value() < limits.lower || own.value() > limits.upper).then_some(confidence)
        };
        let beyond = outside(Confidence::P998).or_else(|| outside(Confidence::P95));
        (published(of_whole, own.denominator, cell.denominator()), beyond)
    };
    // From half the least to a little beyond the most, closer together where the lines bend.
    let (from, to) = ((least / 2).max(1) as f64, most as f64 * 1.1);
    let mut lines: Vec<u64> = (0..=SIZES)
        .map(|n| from * (to / from).powf(n as f64 / SIZES as f64))
        .filter_map(|size| u64::try_from(Decimal::nearest(size, 0)?.in_places(0)?).ok())
        .collect();
    lines.dedup();
    let line = |size: u64| published(of_whole, size, super::publish::whole(size));
    Some(PublishedFunnel {
        places: places.iter().map(place).collect(),
        lines: lines.into_iter().map(line).collect(),
    })
}

/// The proportion of a cell, as it was published.
fn proportion(cell: &PublishedCell) -> Option<Proportion> {
    let count = |shown: Shown| u64::try_from(shown.number()?.decimal.in_places(0)?).ok();
    Proportion::of(count(cell.numerator())?, count(cell.denominator())?)
}

fn limits(whole: Proportion, size: u64, confidence: Confidence) -> Option<Limits> {
    funnel_of_proportion(whole, size, confidence, FunnelMethod::default())
}

fn published(whole: Proportion, size: u64, shown: Shown) -> PublishedLimits {
    let written = |value: f64| match Decimal::nearest(100.0 * value, 1) {
        Some(decimal) => Shown::Number(PublishedNumber { decimal, kind: NumberKind::Percent }),
        None => Shown::Symbol(Symbol::NotApplicable),
    };
    let both = |confidence| match limits(whole, size, confidence) {
        Some(limits) => [written(limits.lower), written(limits.upper)],
        None => [Shown::Symbol(Symbol::NotApplicable); 2],
    };
    PublishedLimits { size: shown, near: both(Confidence::P95), far: both(Confidence::P998) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Period;
    use crate::definitions::measure::Interval;
    use crate::measure::Amount;
    use crate::protect::publish::{Status, publish};
    use crate::protect::tests::{cell, measure, policy};

    fn shown(numerator: u64, denominator: u64, hidden: bool) -> PublishedCell {
        let month = Period::parse("2026-09").expect("a month");
        let status = Status { cell: hidden, pending: false, unknown: false, left_out: Vec::new() };
        let made = cell(month, &[], Amount::Proportion { numerator, denominator });
        publish(&made, Some(&measure("met", Interval::Wilson)), &status, &policy(6, true))
    }

    #[test]
    fn places_stand_to_the_limits_of_their_size_and_a_hidden_one_has_none() {
        let whole = shown(700, 1000, false);
        let places = [shown(70, 100, false), shown(59, 100, false), shown(48, 100, false)];
        let hidden = shown(2, 9, true);
        let all: Vec<&PublishedCell> = places.iter().chain([&hidden]).collect();
        let found = funnel(&whole, &all).expect("a funnel");
        let beyond: Vec<Option<Confidence>> = found.places.iter().map(|(_, b)| *b).collect();
        assert_eq!(beyond, [None, Some(Confidence::P95), Some(Confidence::P998), None]);
        let of_hidden = found.places[3].0;
        assert!(of_hidden.near.iter().chain(&of_hidden.far).all(|l| l.number().is_none()));
        assert_eq!(of_hidden.size.number(), None);
        let widths = found.lines.iter().filter_map(|line| {
            Some(line.far[1].number()?.as_f64() - line.far[0].number()?.as_f64())
        });
        assert!(widths.clone().count() > 10);
        assert!(widths.collect::<Vec<_>>().windows(2).all(|w| w[0] >= w[1]), "it narrows");
        assert_eq!(funnel(&hidden, &all), None);
    }
}
