//! The interval of a mean.

use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::statistics::{Confidence, Limits};

/// Student's t interval of the mean of `count` values, from their sum and the sum of their squares.
///
/// The values are whole numbers of some unit (ten-thousandths, say), and the limits are in that unit.
/// The numerator of the variance, `n Σx² − (Σx)²`, is a whole number and computed as one: nothing
/// cancels, however large the mean is beside its spread. The ends are `x̄ ∓ t s/√n` with the sample
/// standard deviation s and n − 1 degrees of freedom. Values that are all alike have an interval of no
/// width.
///
/// Nothing for fewer than two values, for sums that no values can have, and for sums beyond 128 bits.
///
/// Source: Student, *The probable error of a mean*, Biometrika 6 (1908).
#[must_use]
pub fn student(
    count: u64,
    sum: i64,
    sum_of_squares: i128,
    confidence: Confidence,
) -> Option<Limits> {
    if count < 2 {
        return None;
    }
    let squared_sum = i128::from(sum).checked_mul(i128::from(sum))?;
    let spread = i128::from(count).checked_mul(sum_of_squares)?.checked_sub(squared_sum)?;
    if spread < 0 {
        return None;
    }
    let n = count as f64;
    let standard_error = (spread as f64 / (n - 1.0)).sqrt() / n;
    let t = StudentsT::new(0.0, 1.0, n - 1.0).ok()?.inverse_cdf(confidence.upper_tail_from());
    let (mean, half) = (sum as f64 / n, t * standard_error);
    Some(Limits { lower: mean - half, upper: mean + half })
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNIT: f64 = 10_000.0;

    /// The differences of Student's own sleep data: 1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4. R prints 0.7001142 and
    /// 2.4598858; the further digits are from the closed form of t with nine degrees of freedom, to fifty places.
    #[test]
    fn students_sleep_data_have_their_published_interval() {
        let found = student(10, 158_000, 3_858_000_000, Confidence::P95).expect("ten values");
        assert!((found.lower / UNIT - 0.700_114_236_723_017_2).abs() < 1e-9, "{found:?}");
        assert!((found.upper / UNIT - 2.459_885_763_276_983).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn a_large_mean_does_not_swallow_a_small_spread() {
        let (a, b) = (3_000_000_000_000_i64, 3_000_000_000_002_i64);
        let squares = i128::from(a).pow(2) + i128::from(b).pow(2);
        let found = student(2, a + b, squares, Confidence::P95).expect("two values");
        // s = √2, s/√2 = 1, and t with one degree of freedom is 12.7062.
        assert!((found.upper - found.lower - 2.0 * 12.706_2).abs() < 1e-2, "{found:?}");
    }

    #[test]
    fn equal_values_have_an_interval_without_width() {
        let found = student(3, 30, 300, Confidence::P95).expect("three values");
        assert!(found.lower == 10.0 && found.upper == 10.0);
    }

    #[test]
    fn nothing_comes_of_one_value_or_of_sums_that_cannot_be() {
        assert_eq!(student(0, 0, 0, Confidence::P95), None);
        assert_eq!(student(1, 5, 25, Confidence::P95), None);
        assert_eq!(student(2, 10, 49, Confidence::P95), None, "(5, 5) is the least: 50");
        assert_eq!(student(u64::MAX, i64::MAX, i128::MAX, Confidence::P95), None);
    }
}
