//! How many times as often something happens to one group as to all others, from published counts and the published
//! sizes of the groups. As all that is made from what is shown, it gives nothing back.

use crate::measure::NOT_RECORDED;
use crate::protect::{NumberKind, PublishedCell, PublishedNumber, Shown, Symbol};
use crate::statistics::{Confidence, Decimal, Estimate, Rate, rate_ratio};

/// The index of one group, with its 95% interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublishedIndex {
    /// How many times as often as among all others.
    pub value: Shown,
    /// Lower end.
    pub lower: Shown,
    /// Upper end.
    pub upper: Shown,
}

/// The index of each group: the first of each pair is how often it happened there, the second how many there are.
/// All others are the groups that are recorded, without this one. Where one of them is hidden nothing is said of any:
/// the others would not be all.
#[must_use]
pub fn rate_index(groups: &[(&PublishedCell, &PublishedCell)]) -> Vec<PublishedIndex> {
    let none = |symbol| {
        let shown = Shown::Symbol(symbol);
        PublishedIndex { value: shown, lower: shown, upper: shown }
    };
    let is_recorded = |cell: &PublishedCell| cell.level().iter().all(|l| l.code != NOT_RECORDED);
    let rates: Vec<Option<Rate>> = groups.iter().map(|(events, size)| rate(events, size)).collect();
    let recorded = groups.iter().zip(&rates).filter(|((events, _), _)| is_recorded(events));
    let all: Option<Vec<Rate>> = recorded.map(|(_, rate)| *rate).collect();
    let index = |((events, _), rate): (&(&PublishedCell, &PublishedCell), &Option<Rate>)| {
        let (Some(all), Some(own)) = (&all, rate) else { return none(Symbol::NotAvailable) };
        if !is_recorded(events) {
            return none(Symbol::NotApplicable);
        }
        let others = Rate {
            events: all.iter().map(|r| r.events).sum::<u64>() - own.events,
            exposure: all.iter().map(|r| r.exposure).sum::<f64>() - own.exposure,
        };
        rate_ratio(*own, others, Confidence::P95).map_or(none(Symbol::NotApplicable), published)
    };
    groups.iter().zip(&rates).map(index).collect()
}

/// What was published of one group: how often, among how many.
fn rate(events: &PublishedCell, size: &PublishedCell) -> Option<Rate> {
    let events = u64::try_from(events.value().number()?.decimal.in_places(0)?).ok()?;
    Some(Rate { events, exposure: size.value().number()?.as_f64() })
}

fn published(found: Estimate) -> PublishedIndex {
    let written = |value: f64| match Decimal::nearest(value, 2) {
        Some(decimal) => Shown::Number(PublishedNumber { decimal, kind: NumberKind::Plain }),
        None => Shown::Symbol(Symbol::NotApplicable),
    };
    PublishedIndex {
        value: written(found.value),
        lower: written(found.limits.lower),
        upper: written(found.limits.upper),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Period;
    use crate::definitions::measure::Interval;
    use crate::measure::Amount;
    use crate::protect::publish::{Status, publish};
    use crate::protect::tests::{cell, measure, policy};

    fn count(of: &str, number: u64, hidden: bool) -> PublishedCell {
        let month = Period::parse("2026-09").expect("a month");
        let status = Status { cell: hidden, pending: false, unknown: false, left_out: Vec::new() };
        let made = cell(month, &[of], Amount::Count(number));
        publish(&made, Some(&measure("children", Interval::None)), &status, &policy(6, true))
    }

    fn words(found: &PublishedIndex) -> [String; 3] {
        [found.value, found.lower, found.upper].map(|shown| shown.to_string())
    }

    /// The example of R's `poisson.test`: 11 among 800, and 21 among 3,011.
    #[test]
    fn a_group_is_laid_beside_all_others_and_those_of_whom_nothing_is_recorded_are_none() {
        let cells = [
            (count("one", 11, false), count("one", 800, false)),
            (count("two", 15, false), count("two", 2000, false)),
            (count("three", 6, false), count("three", 1011, false)),
            (count(NOT_RECORDED, 40, false), count(NOT_RECORDED, 0, false)),
        ];
        let groups: Vec<_> = cells.iter().map(|(a, b)| (a, b)).collect();
        let found = rate_index(&groups);
        assert_eq!(words(&found[0]), ["1.97", "0.86", "4.28"]);
        assert_eq!(words(&found[3]), ["[z]"; 3]);
    }

    #[test]
    fn beside_a_hidden_group_nothing_is_said() {
        let cells = [
            (count("one", 11, false), count("one", 800, false)),
            (count("two", 2, true), count("two", 2000, false)),
        ];
        let groups: Vec<_> = cells.iter().map(|(a, b)| (a, b)).collect();
        assert!(rate_index(&groups).iter().all(|i| i.value.number().is_none()));
    }
}
