//! The score interval of a proportion.

use crate::statistics::{Confidence, Limits};

/// Wilson's score interval of `numerator / denominator`, without continuity correction, as
/// proportions between 0 and 1.
///
/// With x of n and the normal quantile z, the ends are
/// `(2x + z² ∓ z √(z² + 4x(1 − x/n))) / (2(n + z²))`.
/// No successes give a lower end of exactly 0, nothing but successes an upper end of exactly 1.
/// Nothing when the denominator is 0 or the numerator is greater.
///
/// Source: E. B. Wilson, *Probable inference, the law of succession, and statistical inference*,
/// JASA 22 (1927); the method of the Office for Health Improvement and Disparities for proportions.
#[must_use]
pub fn wilson(numerator: u64, denominator: u64, confidence: Confidence) -> Option<Limits> {
    if denominator == 0 || numerator > denominator {
        return None;
    }
    let (x, n, z) = (numerator as f64, denominator as f64, confidence.z());
    let middle = 2.0 * x + z * z;
    let half = z * (z * z + 4.0 * x * (1.0 - x / n)).sqrt();
    let scale = 2.0 * (n + z * z);
    Some(Limits {
        lower: if numerator == 0 { 0.0 } else { (middle - half) / scale },
        upper: if numerator == denominator { 1.0 } else { (middle + half) / scale },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_95(x: u64, n: u64) -> (f64, f64) {
        let limits = wilson(x, n, Confidence::P95).expect("there is a denominator");
        (limits.lower, limits.upper)
    }

    /// Newcombe, *Two-sided confidence intervals for the single proportion*, Statistics in Medicine
    /// 17 (1998), table I, method 3.
    #[test]
    fn it_gives_the_published_intervals_to_four_places() {
        for (x, n, lower, upper) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let (l, u) = at_95(x, n);
            assert!((l - lower).abs() < 5e-5 && (u - upper).abs() < 5e-5, "{x} of {n}: {l} to {u}");
        }
    }

    /// statsmodels 0.15, `proportion_confint(method="wilson")`.
    #[test]
    fn it_agrees_with_a_second_implementation() {
        for (x, n, confidence, lower, upper) in [
            (81, 263, Confidence::P95, 0.255_288_519_878_274_2, 0.366_209_576_982_800_04),
            (1, 29, Confidence::P998, 0.003_016_001_358_716_963, 0.296_586_458_036_421_36),
        ] {
            let found = wilson(x, n, confidence).expect("there is a denominator");
            assert!((found.lower - lower).abs() < 1e-9 && (found.upper - upper).abs() < 1e-9);
        }
    }

    #[test]
    fn none_and_all_reach_the_ends_exactly() {
        for n in [1, 3, 7, 1_000_003] {
            let ((none, above), (below, all)) = (at_95(0, n), at_95(n, n));
            assert!(none == 0.0 && all == 1.0, "the ends themselves");
            assert!((above - (1.0 - below)).abs() < 1e-12, "and they mirror each other");
        }
    }

    #[test]
    fn nothing_comes_of_an_empty_or_impossible_denominator() {
        assert_eq!(wilson(0, 0, Confidence::P95), None);
        assert_eq!(wilson(2, 1, Confidence::P95), None);
    }
}
