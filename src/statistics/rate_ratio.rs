//! How many times as often something happens to one group as to another.

use statrs::distribution::{Beta, ContinuousCDF};

use crate::statistics::{Confidence, Estimate, Limits};

/// Events, and the people or time in which they could happen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// How many happened.
    pub events: u64,
    /// Among how many people, or in how much time: above nought.
    pub exposure: f64,
}

/// `first / second` with the exact interval.
///
/// Given all events together, those of the first group are binomial: the limits are those of Clopper
/// and Pearson for that share, turned into a ratio. No events in the first group give a ratio and a
/// lower end of 0. Nothing where the second group has no events, because no ratio is the largest then,
/// and for exposures that are not above nought.
///
/// Source: Przyborowski and Wilenski, *Homogeneity of results in testing samples from Poisson series*,
/// Biometrika 31 (1940); the method of R's `poisson.test` for two samples.
#[must_use]
pub fn rate_ratio(first: Rate, second: Rate, confidence: Confidence) -> Option<Estimate> {
    let sound = |r: Rate| r.exposure > 0.0 && r.exposure.is_finite();
    if second.events == 0 || !sound(first) || !sound(second) {
        return None;
    }
    let (x, y) = (first.events as f64, second.events as f64);
    let exposures = second.exposure / first.exposure;
    let odds = |a: f64, b: f64, p: f64| {
        let share = Beta::new(a, b).ok()?.inverse_cdf(p);
        Some(share / (1.0 - share) * exposures)
    };
    let upper_tail_from = confidence.upper_tail_from();
    Some(Estimate {
        value: x / y * exposures,
        limits: Limits {
            lower: if first.events == 0 { 0.0 } else { odds(x, y + 1.0, 1.0 - upper_tail_from)? },
            upper: odds(x + 1.0, y, upper_tail_from)?,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_95(first: (u64, f64), second: (u64, f64)) -> Option<Estimate> {
        let rate = |(events, exposure)| Rate { events, exposure };
        rate_ratio(rate(first), rate(second), Confidence::P95)
    }

    /// Worked in R's help page of `poisson.test`, and breast cancers among women with and without
    /// fluoroscopy: Rothman, Greenland, Lash, *Modern Epidemiology*.
    #[test]
    fn it_gives_the_published_intervals() {
        for (first, second, ratio, lower, upper) in [
            ((11, 800.0), (21, 3011.0), 1.971_488, 0.858_426_4, 4.277_265_9),
            ((41, 28_010.0), (15, 19_017.0), 1.855_759, 1.005_7, 3.609_3),
        ] {
            let found = at_95(first, second).expect("events");
            assert!((found.value - ratio).abs() < 1e-5, "{found:?}");
            assert!((found.limits.lower - lower).abs() < 6e-5, "{found:?}");
            assert!((found.limits.upper - upper).abs() < 6e-5, "{found:?}");
        }
    }

    /// scipy: `beta.ppf(.025, 11, 22)` and `beta.ppf(.975, 12, 21)` as odds, times 3011 / 800.
    #[test]
    fn it_agrees_with_a_second_implementation() {
        let found = at_95((11, 800.0), (21, 3011.0)).expect("events");
        assert!((found.limits.lower - 0.858_426_403_391_639_7).abs() < 1e-9, "{found:?}");
        assert!((found.limits.upper - 4.277_265_943_654_075).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn no_events_are_no_ratio_or_a_ratio_of_nought() {
        assert_eq!(at_95((3, 100.0), (0, 100.0)), None);
        assert_eq!(at_95((3, 0.0), (3, 100.0)), None);
        let none = at_95((0, 100.0), (5, 100.0)).expect("events in the second");
        assert!(none.value == 0.0 && none.limits.lower == 0.0 && none.limits.upper > 0.0);
    }

    #[test]
    fn the_other_way_round_is_its_reciprocal() {
        let (there, back) = (at_95((7, 30.0), (12, 41.5)), at_95((12, 41.5), (7, 30.0)));
        let (there, back) = (there.expect("events"), back.expect("events"));
        assert!((there.value * back.value - 1.0).abs() < 1e-9);
        assert!((there.limits.lower * back.limits.upper - 1.0).abs() < 1e-9);
    }
}
