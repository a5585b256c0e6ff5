//! The difference of two proportions of different people.

use crate::statistics::{Confidence, Estimate, Limits, Proportion, wilson};

/// `first − second` with Newcombe's hybrid score interval, for two groups of different people.
///
/// With the Wilson limits l and u of each, the ends are `d − √((p₁ − l₁)² + (u₂ − p₂)²)` and
/// `d + √((u₁ − p₁)² + (p₂ − l₂)²)`. Groups in which nobody, or everybody, holds still have an interval
/// that tells small groups from large ones. The same people before and after are not two groups: for them
/// there is [`PairedProportions`](crate::statistics::PairedProportions).
///
/// Source: R. G. Newcombe, *Interval estimation for the difference between independent proportions*,
/// Statistics in Medicine 17 (1998), method 10.
#[must_use]
pub fn newcombe(first: Proportion, second: Proportion, confidence: Confidence) -> Option<Estimate> {
    let estimate = |p: Proportion| {
        let limits = wilson(p.numerator, p.denominator, confidence)?;
        Some(Estimate { value: p.value(), limits })
    };
    Some(difference(estimate(first)?, estimate(second)?))
}

/// `first − second` of two estimates of different people, from the interval of each: of proportions with Wilson's
/// limits it is [`newcombe`], and it serves means, medians and rates as well.
///
/// Source: G. Y. Zou and A. Donner, *Construction of confidence limits about effect measures: a general approach*,
/// Statistics in Medicine 27 (2008): the variance of each is recovered from the limit that faces the other.
#[must_use]
pub fn difference(first: Estimate, second: Estimate) -> Estimate {
    let (p, a) = (first.value, first.limits);
    let (q, b) = (second.value, second.limits);
    let value = p - q;
    Estimate {
        value,
        limits: Limits {
            lower: value - (p - a.lower).hypot(b.upper - q),
            upper: value + (a.upper - p).hypot(q - b.lower),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_95(first: (u64, u64), second: (u64, u64)) -> Estimate {
        let proportion = |(x, n)| Proportion::of(x, n).expect("a proportion");
        newcombe(proportion(first), proportion(second), Confidence::P95).expect("an interval")
    }

    /// Newcombe's table II, the method he numbers 10.
    #[test]
    fn it_gives_the_published_intervals_to_four_places() {
        for (first, second, lower, upper) in [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((6, 7), (2, 7), 0.0582, 0.8062),
            ((5, 56), (0, 29), -0.0381, 0.1926),
            ((0, 10), (0, 20), -0.1611, 0.2775),
            ((0, 10), (0, 10), -0.2775, 0.2775),
            ((10, 10), (0, 20), 0.6791, 1.0),
            ((10, 10), (0, 10), 0.6075, 1.0),
        ] {
            let Limits { lower: l, upper: u } = at_95(first, second).limits;
            assert!(
                (l - lower).abs() < 5.1e-5 && (u - upper).abs() < 5.1e-5,
                "{first:?} − {second:?}: {l} to {u}"
            );
        }
    }

    /// statsmodels 0.15, `confint_proportions_2indep(56, 70, 48, 80, method="newcomb")`.
    #[test]
    fn it_agrees_with_a_second_implementation() {
        let found = at_95((56, 70), (48, 80));
        assert!((found.limits.lower - 0.052_431_472_402_364_98).abs() < 1e-9, "{found:?}");
        assert!((found.limits.upper - 0.333_872_654_036_906_14).abs() < 1e-9, "{found:?}");
    }

    /// Of two means whose limits lie as far to either side it is the usual interval: √(3² + 4²) = 5.
    #[test]
    fn limits_of_the_same_width_to_either_side_add_up_as_variances_do() {
        let mean = |value: f64, half: f64| Estimate {
            value,
            limits: Limits { lower: value - half, upper: value + half },
        };
        let found = difference(mean(20.0, 3.0), mean(14.0, 4.0));
        assert_eq!((found.value, found.limits.lower, found.limits.upper), (6.0, 1.0, 11.0));
    }

    #[test]
    fn the_other_way_round_is_its_mirror() {
        for (a, b) in [((3, 17), (8, 9)), ((0, 4), (4, 4)), ((1, 1), (500, 1000))] {
            let (there, back) = (at_95(a, b), at_95(b, a));
            assert!((there.value + back.value).abs() < 1e-12);
            assert!((there.limits.lower + back.limits.upper).abs() < 1e-12);
            assert!(-1.0 <= there.limits.lower && there.limits.upper <= 1.0);
        }
    }
}
