//! The run chart: is a short series random about its median, with no limits to be drawn.

use statrs::distribution::{Binomial, DiscreteCDF};

use crate::statistics::{Side, twice_median};

/// Below so many points off the median, neither rule can tell anything.
const FEWEST: usize = 10;

/// Anhøj's two rules for a series about its median.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RunChart {
    /// The median of the known values, in their unit.
    pub median: f64,
    /// How many values are not on the median: the others say nothing.
    pub useful: usize,
    /// The longest run of useful values on one side of the median.
    pub longest_run: usize,
    /// On which side that run is; of several, the last one.
    pub longest_side: Side,
    /// The place of its first value among all that were given.
    pub longest_from: usize,
    /// The place of its last value.
    pub longest_to: usize,
    /// The longest run that chance explains.
    pub longest_expected: usize,
    /// How often neighbouring useful values lie on different sides.
    pub crossings: usize,
    /// The fewest crossings that chance explains.
    pub fewest_expected: usize,
}

impl RunChart {
    /// Whether the series shifted: a run too long for chance.
    #[must_use]
    pub fn shifted(&self) -> bool {
        self.longest_run > self.longest_expected
    }

    /// Whether the series crosses its median too seldom for chance.
    #[must_use]
    pub fn crosses_too_seldom(&self) -> bool {
        self.crossings < self.fewest_expected
    }
}

/// The run chart of values that are whole numbers of some unit; unknown ones are passed over.
///
/// With n useful values, chance explains runs up to `round(log₂ n) + 3`, and crossings from the 5% quantile
/// of a fair coin thrown n − 1 times. Nothing for fewer than ten useful values. There is no rule for
/// trends here: it finds next to nothing that these two do not.
///
/// Source: J. Anhøj and A. V. Olesen, *Run charts revisited: a simulation study of run chart rules for
/// detection of non-random variation in health care processes*, PLoS ONE 9 (2014).
#[must_use]
pub fn run_chart(values: &[Option<i64>]) -> Option<RunChart> {
    let mut sorted: Vec<i64> = values.iter().flatten().copied().collect();
    sorted.sort_unstable();
    let twice = i128::from(twice_median(&sorted)?);
    let known = (0..).zip(values).filter_map(|(n, v)| Some((n, 2 * i128::from((*v)?))));
    let sides: Vec<(usize, Side)> = known
        .filter(|(_, value)| *value != twice)
        .map(|(n, value)| (n, if value > twice { Side::Above } else { Side::Below }))
        .collect();
    if sides.len() < FEWEST {
        return None;
    }
    let runs = || sides.chunk_by(|a, b| a.1 == b.1);
    let longest = runs().max_by_key(|run| run.len())?;
    let ((longest_from, longest_side), (longest_to, _)) = (*longest.first()?, *longest.last()?);
    let throws = u64::try_from(sides.len() - 1).ok()?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the logarithm of a length is small and not negative"
    )]
    let longest_expected = (sides.len() as f64).log2().round() as usize + 3;
    Some(RunChart {
        median: twice as f64 / 2.0,
        useful: sides.len(),
        longest_run: longest.len(),
        longest_side,
        longest_from,
        longest_to,
        longest_expected,
        crossings: runs().count() - 1,
        fewest_expected: usize::try_from(Binomial::new(0.5, throws).ok()?.inverse_cdf(0.05))
            .ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(values: &[i64]) -> Option<RunChart> {
        run_chart(&values.iter().copied().map(Some).collect::<Vec<_>>())
    }

    /// So many values that go up and down about a median of 0.
    fn alternating(count: usize) -> Vec<i64> {
        (0..count).map(|n| if n % 2 == 0 { -1 } else { 1 }).collect()
    }

    /// scipy 1.17: `round(log2(n)) + 3` and `binom.ppf(.05, n - 1, .5)`.
    #[test]
    fn the_critical_values_are_those_of_a_second_implementation() {
        for (useful, longest, fewest) in
            [(10, 6, 2), (12, 7, 3), (14, 7, 4), (20, 7, 6), (24, 8, 8), (30, 8, 10), (60, 9, 23)]
        {
            let found = chart(&alternating(useful)).expect("values enough");
            assert_eq!(
                (found.useful, found.longest_expected, found.fewest_expected),
                (useful, longest, fewest)
            );
            assert_eq!((found.longest_run, found.crossings), (1, useful - 1));
        }
    }

    #[test]
    fn values_on_the_median_and_gaps_say_nothing() {
        let values = [Some(5), None, Some(1), Some(9), Some(5), Some(1), Some(9), Some(5)];
        let twice: Vec<_> = values.iter().chain(&values).copied().collect();
        assert_eq!(run_chart(&twice), None, "eight useful values");
        let thrice: Vec<_> = twice.iter().chain(&values).copied().collect();
        let found = run_chart(&thrice).expect("twelve useful values");
        assert_eq!((found.median, found.useful, found.crossings), (5.0, 12, 11));
        assert_eq!(run_chart(&[]), None);
    }

    #[test]
    fn a_shift_is_a_long_run_and_few_crossings() {
        let shifted = chart(&[3, 1, 2, 3, 1, 2, 3, 2, 9, 8, 7, 9, 8, 8, 7, 9]).expect("a chart");
        assert_eq!((shifted.longest_run, shifted.longest_expected), (8, 7));
        assert_eq!((shifted.crossings, shifted.fewest_expected), (1, 4));
        assert!(shifted.shifted() && shifted.crosses_too_seldom());
        let longest = (shifted.longest_side, shifted.longest_from, shifted.longest_to);
        assert_eq!(longest, (Side::Above, 8, 15), "the last of two that are equally long");
        let steady = chart(&alternating(16)).expect("a chart");
        assert!(!steady.shifted() && !steady.crosses_too_seldom());
    }
}
