//! The median and the other quartiles, and between which two values each of them lies.

use statrs::distribution::{Binomial, DiscreteCDF};

use crate::statistics::Confidence;

/// One of the three values that cut others into four parts of one size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quartile {
    /// A quarter have it or are below.
    Lower,
    /// The median.
    Middle,
    /// Three quarters have it or are below.
    Upper,
}

impl Quartile {
    /// The word for it in definitions and files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Lower => "lower_quartile",
            Self::Middle => "median",
            Self::Upper => "upper_quartile",
        }
    }

    /// What it is called on pages.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Lower => "lower quartile",
            Self::Middle => "median",
            Self::Upper => "upper quartile",
        }
    }

    /// How many quarters of the values it has below it.
    const fn quarters(self) -> usize {
        match self {
            Self::Lower => 1,
            Self::Middle => 2,
            Self::Upper => 3,
        }
    }

    /// The one as far from the other end.
    const fn mirrored(self) -> Self {
        match self {
            Self::Lower => Self::Upper,
            Self::Middle => Self::Middle,
            Self::Upper => Self::Lower,
        }
    }
}

/// Twice a quartile of values in ascending order: whole numbers stay whole. Nothing for no values.
///
/// Where a quarter of the values, or two or three, is a whole number of them, the quartile is the mean of the last
/// of these and the next; else it is the value in which the quarter ends. For the median that is the mean of the two in
/// the middle, or the one there.
///
/// Source: the second definition of Hyndman and Fan, *Sample quantiles in statistical packages*, The American
/// Statistician 50 (1996): the inverse of the distribution function, averaged where it jumps.
#[must_use]
pub fn twice_quartile(ascending: &[i64], which: Quartile) -> Option<i64> {
    let quarters = ascending.len().checked_mul(which.quarters())?;
    let place = quarters.div_ceil(4).checked_sub(1)?;
    let next = if quarters.is_multiple_of(4) { place + 1 } else { place };
    ascending.get(place)?.checked_add(*ascending.get(next)?)
}

/// Twice the median of values in ascending order: whole numbers stay whole. Nothing for no values.
#[must_use]
pub fn twice_median(ascending: &[i64]) -> Option<i64> {
    twice_quartile(ascending, Quartile::Middle)
}

/// The places, from 1, of the two values of `count` in ascending order between which the quartile of those who
/// might have been lies, with at least this confidence.
///
/// Each value lies below it with a probability of so many quarters, so the number below it is binomial. The lower
/// place is the greatest r for which `P(X ≤ r − 1) ≤ α/2`; the upper one is found alike from the other
/// end. Nothing is assumed about how the values are spread. Nothing for counts so small that even the
/// least or the greatest value is not sure enough: for the median below 6 at 95% and below 10 at 99.8%, for the others
/// below 13 at 95%.
///
/// Source: Thompson, *On confidence ranges for the median and other expectation distributions*, Annals
/// of Mathematical Statistics 7 (1936); Conover, *Practical Nonparametric Statistics* (1999), 3.2.
#[must_use]
pub fn quartile_ranks(count: u64, which: Quartile, confidence: Confidence) -> Option<(u64, u64)> {
    let lower = lower_rank(count, which, confidence)?;
    let from_above = lower_rank(count, which.mirrored(), confidence)?;
    Some((lower, count + 1 - from_above))
}

/// The same for the median.
#[must_use]
pub fn median_ranks(count: u64, confidence: Confidence) -> Option<(u64, u64)> {
    quartile_ranks(count, Quartile::Middle, confidence)
}

fn lower_rank(count: u64, which: Quartile, confidence: Confidence) -> Option<u64> {
    let below = Binomial::new(which.quarters() as f64 / 4.0, count).ok()?;
    let tail = 1.0 - confidence.upper_tail_from();
    // The first number of values below the quartile that is likely enough to be reckoned with.
    let (mut unlikely_before, mut end) = (0, count);
    while unlikely_before < end {
        let middle = unlikely_before + (end - unlikely_before) / 2;
        if below.cdf(middle) <= tail {
            unlikely_before = middle + 1;
        } else {
            end = middle;
        }
    }
    (unlikely_before > 0).then_some(unlikely_before)
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

    /// By hand, from the definition.
    #[test]
    fn quartiles_cut_values_into_four_parts_of_one_size() {
        let at = |values: &[i64]| {
            [Quartile::Lower, Quartile::Middle, Quartile::Upper].map(|q| twice_quartile(values, q))
        };
        assert_eq!(at(&[]), [None; 3]);
        assert_eq!(at(&[7]), [Some(14); 3]);
        assert_eq!(at(&[1, 4, 9, 20]), [Some(5), Some(13), Some(29)]);
        assert_eq!(at(&[1, 4, 9, 20, 30]), [Some(8), Some(18), Some(40)]);
        assert_eq!(at(&[1, 4, 9, 20, 30, 40]), [Some(8), Some(29), Some(60)]);
        assert_eq!(at(&[1, 4, 9, 20, 30, 40, 50]), [Some(8), Some(40), Some(80)]);
        assert_eq!(at(&[1, 4, 9, 20, 30, 40, 50, 60]), [Some(13), Some(50), Some(90)]);
    }

    /// From the binomial distribution: of 20 with a chance of a quarter, at most 1 falls below with 2.4%; at most 9 with
    /// 98.6%.
    #[test]
    fn the_places_of_a_quartile_lean_to_its_end() {
        let at = |count, which| quartile_ranks(count, which, Confidence::P95);
        assert_eq!(at(12, Quartile::Lower), None);
        assert_eq!(at(13, Quartile::Lower), Some((1, 7)));
        assert_eq!(at(20, Quartile::Lower), Some((2, 10)));
        assert_eq!(at(20, Quartile::Upper), Some((11, 19)));
        assert_eq!(at(20, Quartile::Middle), Some((6, 15)));
    }
}
