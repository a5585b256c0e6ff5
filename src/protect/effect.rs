//! How large a change is, in standard deviations, from what is published of three means: the change, before and after.
//!
//! The interval of a mean says how far its values lie apart. A reader with a calculator has the sizes already, so they
//! give nothing away; and where one of the three is hidden there are none.

use crate::protect::derived::count;
use crate::protect::{NumberKind, PublishedCell, PublishedNumber, Shown, Symbol};
use crate::statistics::{Confidence, Decimal, EffectSizes, Estimate, Limits};

/// A size from fewer pairs than these follows chance.
const FEWEST: u64 = 10;

/// What is rounded away in means and intervals may move a size by as much, and no more, for it to be shown: half of
/// what separates one from the next.
const NEAR_ENOUGH: f64 = 0.05;

/// The sizes of a mean change that are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublishedEffect {
    /// In standard deviations of the changes (`d_z`).
    pub of_changes: Shown,
    /// In the mean of the standard deviations before and after, for few pairs made smaller (`g_av`).
    pub of_scores: Shown,
}

/// The sizes of a change, from the published means of it, of before and of after. Not available for fewer than ten
/// pairs, and where the means were rounded too much to tell them to one decimal place.
#[must_use]
pub fn effect(
    change: &PublishedCell,
    before: &PublishedCell,
    after: &PublishedCell,
) -> PublishedEffect {
    let all = [change, before, after];
    let symbol = all.iter().find_map(|cell| match cell.value() {
        Shown::Symbol(symbol) => Some(symbol),
        Shown::Number(_) => None,
    });
    let none = Shown::Symbol(symbol.unwrap_or(Symbol::NotAvailable));
    let sizes = match symbol {
        Some(_) => None,
        None => sizes(all),
    };
    let size = |of: fn(&EffectSizes) -> f64| {
        let found = sizes.map(|[exact, least, most]| (of(&exact), of(&least), of(&most)));
        let near = found.filter(|(exact, least, most)| {
            (exact - least).abs() <= NEAR_ENOUGH && (most - exact).abs() <= NEAR_ENOUGH
        });
        let decimal = near.and_then(|(exact, ..)| Decimal::nearest(exact, 1));
        decimal.map_or(none, |decimal| {
            Shown::Number(PublishedNumber { decimal, kind: NumberKind::Plain })
        })
    };
    PublishedEffect { of_changes: size(|s| s.d_z), of_scores: size(|s| s.g_av) }
}

/// The sizes of three published means; and the least and greatest that means can have which are published like these.
fn sizes([change, before, after]: [&PublishedCell; 3]) -> Option<[EffectSizes; 3]> {
    // Means of others are no pairs.
    let alike = [before, after].iter().all(|cell| cell.denominator() == change.denominator());
    let pairs = count(change.denominator()).filter(|n| alike && *n >= FEWEST)?;
    let number = |shown: Shown| Some(shown.number()?.as_f64());
    let limits = |cell: &PublishedCell, wider: f64| {
        let (lower, upper) = (number(cell.lower())?, number(cell.upper())?);
        Some(Limits { lower: lower - wider, upper: upper + wider })
    };
    let half =
        |cell: &PublishedCell| Some(0.5 * 10_f64.powi(-i32::from(cell.value().number()?.places())));
    let [of_change, of_before, of_after] = [half(change)?, half(before)?, half(after)?];
    // A wider interval and a smaller mean make a smaller size.
    let of = |away: f64| {
        let mean = number(change.value())?;
        let value = mean - away * of_change * mean.signum();
        let change = Estimate { value, limits: limits(change, away * of_change)? };
        let before = limits(before, away * of_before)?;
        let after = limits(after, away * of_after)?;
        EffectSizes::of_means(pairs, change, [before, after], Confidence::P95)
    };
    Some([of(0.0)?, of(1.0)?, of(-1.0)?])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Period;

    fn mean(pairs: u64, value: f64, half: f64, places: u8) -> PublishedCell {
        let number = |x| Shown::Number(PublishedNumber::for_tests(x, places, NumberKind::Plain));
        let count =
            |n: u64| Shown::Number(PublishedNumber { decimal: n.into(), kind: NumberKind::Count });
        let none = Shown::Symbol(Symbol::NotApplicable);
        let period = Period::parse("2026-09").expect("a month");
        let shown = [
            none,
            count(pairs),
            number(value),
            number(value - half),
            number(value + half),
            none,
            none,
        ];
        PublishedCell::for_tests(period, vec![], shown)
    }

    fn told(pairs: u64, places: u8) -> [String; 2] {
        let cells = [(1.36, 0.25), (5.53, 0.24), (6.89, 0.14)];
        let [change, before, after] = cells.map(|(value, half)| mean(pairs, value, half, places));
        let found = effect(&change, &before, &after);
        [found.of_changes, found.of_scores].map(|shown| shown.to_string())
    }

    #[test]
    fn sizes_are_those_that_a_reader_works_out() {
        // 0.25 √278 / 1.9686 is 2.117, 0.24 gives 2.033 and 0.14 gives 1.186; 1.36 / 2.117, and over 1.610.
        assert_eq!(told(278, 2), ["0.6", "0.8"]);
        // In tenths the interval may be of half the width: nothing can be said.
        assert_eq!(told(278, 1), ["[x]", "[x]"]);
    }

    #[test]
    fn below_ten_pairs_and_where_a_mean_is_hidden_there_is_no_size() {
        assert_eq!(told(9, 3), ["[x]", "[x]"]);
        assert_ne!(told(10, 3), ["[x]", "[x]"]);
        let hidden = Shown::Symbol(Symbol::Confidential);
        let period = Period::parse("2026-09").expect("a month");
        let gone = PublishedCell::for_tests(period, vec![], [hidden; 7]);
        let [one, other] = [mean(278, 1.36, 0.25, 2), mean(278, 5.53, 0.24, 2)];
        for found in
            [effect(&gone, &one, &other), effect(&one, &gone, &other), effect(&one, &other, &gone)]
        {
            assert_eq!(found, PublishedEffect { of_changes: hidden, of_scores: hidden });
        }
        // The mean of others than those who were scored twice is no mean before.
        let strangers = mean(300, 5.53, 0.24, 2);
        assert_eq!(effect(&one, &strangers, &other).of_changes.to_string(), "[x]");
    }
}
