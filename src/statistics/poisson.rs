//! The interval of a count of events.

use statrs::distribution::{ChiSquared, ContinuousCDF};

use crate::statistics::{Confidence, Limits};

/// From this count on, Byar's approximation takes over from the exact interval.
const BYAR_FROM: u64 = 10;

/// The interval of a count as a Poisson variable: exact below ten, Byar's approximation from ten.
///
/// Exact: half the χ² quantiles with 2x (lower) and 2x + 2 (upper) degrees of freedom; 0 events have
/// a lower end of 0. Byar: `x (1 − 1/(9x) − z/(3√x))³` and the same with x + 1 and plus; a lower end
/// that came out negative would be 0. The two do not meet quite smoothly at ten.
///
/// Source: Breslow and Day, *Statistical Methods in Cancer Research*, volume II (1987), page 69; the
/// method of the Office for Health Improvement and Disparities for rates.
#[must_use]
pub fn poisson(count: u64, confidence: Confidence) -> Limits {
    if count < BYAR_FROM { exact(count, confidence) } else { byar(count, confidence) }
}

fn exact(count: u64, confidence: Confidence) -> Limits {
    let upper_tail_from = confidence.upper_tail_from();
    let quantile = |freedom: u64, p: f64| {
        // No χ² has 0 degrees of freedom; as the limit of the others it is all at nought.
        ChiSquared::new(freedom as f64).map_or(0.0, |chi| chi.inverse_cdf(p) / 2.0)
    };
    Limits {
        lower: quantile(2 * count, 1.0 - upper_tail_from),
        upper: quantile(2 * count + 2, upper_tail_from),
    }
}

fn byar(count: u64, confidence: Confidence) -> Limits {
    let z = confidence.z();
    let end = |x: f64, z: f64| x * (1.0 - 1.0 / (9.0 * x) + z / (3.0 * x.sqrt())).powi(3);
    let x = count as f64;
    Limits { lower: end(x, -z).max(0.0), upper: end(x + 1.0, z) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(count: u64, confidence: Confidence, lower: f64, upper: f64) {
        let found = poisson(count, confidence);
        let close = (found.lower - lower).abs() < 6e-4 && (found.upper - upper).abs() < 6e-4;
        assert!(close, "{count}: {found:?} is not {lower} to {upper}");
    }

    /// Exact limits as in the standard tables (Pearson and Hartley, table 40).
    #[test]
    fn small_counts_have_the_tabled_exact_limits() {
        near(1, Confidence::P95, 0.0253, 5.5716);
        near(5, Confidence::P95, 1.6235, 11.6683);
        near(9, Confidence::P95, 4.1154, 17.0848);
        near(1, Confidence::P998, 0.0010, 9.2334);
    }

    /// scipy 1.17: `chi2.ppf` with the degrees of freedom above, and Byar's formula with `norm.ppf`.
    #[test]
    fn limits_are_those_of_a_second_implementation() {
        for (count, confidence, lower, upper) in [
            (5, Confidence::P95, 1.623_486_390_118_420_7, 11.668_332_079_322_67),
            (9, Confidence::P998, 2.452_424_404_363_775, 22.657_373_309_062_93),
            (100, Confidence::P95, 81.362_105_490_527_88, 121.627_937_579_206_5),
        ] {
            let found = poisson(count, confidence);
            assert!((found.lower - lower).abs() < 1e-9 && (found.upper - upper).abs() < 1e-9);
        }
    }

    #[test]
    fn no_events_start_at_nought_exactly() {
        let found = poisson(0, Confidence::P95);
        assert!(found.lower == 0.0, "not merely near it");
        near(0, Confidence::P95, 0.0, 3.6889);
    }

    #[test]
    fn ten_and_more_have_byars_limits() {
        near(10, Confidence::P95, 4.7874, 18.3910);
        near(100, Confidence::P95, 81.3624, 121.6279);
    }

    #[test]
    fn a_lower_limit_is_never_negative() {
        for count in 0..2000 {
            for confidence in [Confidence::P95, Confidence::P998] {
                let found = poisson(count, confidence);
                assert!(0.0 <= found.lower && found.lower <= count as f64);
                assert!(found.upper > count as f64);
            }
        }
    }
}
