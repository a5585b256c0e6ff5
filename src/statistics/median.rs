//! The value in the middle, and between which two values the median lies.

use statrs::distribution::{Binomial, DiscreteCDF};

use crate::statistics::Confidence;

/// Twice the median of values in ascending order: whole numbers stay whole. Nothing for no values.
///
/// With an even number of values the median is the mean of the two in the middle.
#[must_use]
pub fn twice_median(ascending: &[i64]) -> Option<i64> {
    let last = ascending.len().checked_sub(1)?;
    let low = ascending.get(last / 2)?;
    let high = ascending.get(last.div_ceil(2))?;
    low.checked_add(*high)
}

/// The places, from 1, of the two values of `count` in ascending order between which the median of
/// those who might have been lies, with at least this confidence.
///
/// Each value lies below that median with probability ½, so the number below it is binomial. The lower
/// place is the greatest r for which `P(X ≤ r − 1) ≤ α/2`; the upper one is as far from the other
/// end. Nothing is assumed about how the values are spread. Nothing for counts so small that even the
/// least and the greatest value are not sure enough: below 6 at 95%, below 10 at 99.8%.
///
/// Source: Thompson, *On confidence ranges for the median and other expectation distributions*, Annals
/// of Mathematical Statistics 7 (1936); Conover, *Practical Nonparametric Statistics* (1999), 3.2.
#[must_use]
pub fn median_ranks(count: u64, confidence: Confidence) -> Option<(u64, u64)> {
    let below = Binomial::new(0.5, count).ok()?;
    let tail = 1.0 - confidence.upper_tail_from();
    // The first number of values below the median that is likely enough to be reckoned with.
    let (mut unlikely_before, mut end) = (0, count);
    while unlikely_before < end {
        let middle = unlikely_before + (end - unlikely_before) / 2;
        if below.cdf(middle) <= tail {
            unlikely_before = middle + 1;
        } else {
            end = middle;
        }
    }
    let lower = unlikely_before;
    (lower > 0).then(|| (lower, count + 1 - lower))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_even_number_has_its_median_between_two() {
        assert_eq!(twice_median(&[]), None);
        assert_eq!(twice_median(&[7]), Some(14));
        assert_eq!(twice_median(&[1, 4]), Some(5));
        assert_eq!(twice_median(&[1, 4, 100]), Some(8));
    }

    /// The places in the tables of Conover and of Hahn and Meeker.
    #[test]
    fn the_places_are_those_of_the_tables() {
        let at = |count| median_ranks(count, Confidence::P95);
        assert_eq!(at(5), None);
        assert_eq!(at(6), Some((1, 6)));
        assert_eq!(at(10), Some((2, 9)));
        assert_eq!(at(20), Some((6, 15)));
        assert_eq!(at(100), Some((40, 61)));
        assert_eq!(median_ranks(9, Confidence::P998), None);
        assert_eq!(median_ranks(11, Confidence::P998), Some((1, 11)));
    }

    #[test]
    fn many_values_have_the_places_of_the_normal_approximation() {
        let (lower, upper) = median_ranks(300_000, Confidence::P95).expect("many");
        let half = 1.96 * 300_000_f64.sqrt() / 2.0;
        assert!((lower as f64 - (150_000.0 - half)).abs() < 2.0, "{lower}");
        assert_eq!(lower + upper, 300_001);
    }
}
