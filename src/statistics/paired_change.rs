//! The same people scored twice: how far the mean moved, and how large that is.

use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::statistics::{Confidence, Estimate, Limits, student};

/// Sums over pairs of scores, from which everything about their change follows.
///
/// Scores are whole numbers of some unit (ten-thousandths of a point, say), so that the sums are exact
/// and may be added up in any order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PairedChange {
    pairs: u64,
    before: i128,
    after: i128,
    before_squared: i128,
    after_squared: i128,
    change_squared: i128,
}

/// The size of a mean change in standard deviations. Each divides by another one, so each has its
/// own name: two of them must never be compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EffectSizes {
    /// By the standard deviation of the changes. Depends on how closely the two scores go together.
    pub d_z: f64,
    /// By the mean of the two standard deviations, before and after.
    pub d_av: f64,
    /// `d_av` for the standard deviation of all, of which few were seen: times Hedges' factor
    /// `1 − 3 / (4 (n − 1) − 1)`.
    pub g_av: f64,
    /// By the standard deviation before help (Glass): how far people moved among those who come.
    pub by_before: f64,
}

impl EffectSizes {
    /// The same from what is said of the means of so many pairs: the mean change with its Student's t interval, and
    /// the intervals of the means before and after. Nothing for fewer than three pairs, and where an interval has no
    /// width.
    ///
    /// The half of an interval is `t s/√n`, so that it tells the standard deviation s.
    #[must_use]
    pub fn of_means(
        pairs: u64,
        change: Estimate,
        [before, after]: [Limits; 2],
        confidence: Confidence,
    ) -> Option<Self> {
        if pairs < 3 {
            return None;
        }
        let n = pairs as f64;
        let t = StudentsT::new(0.0, 1.0, n - 1.0).ok()?.inverse_cdf(confidence.upper_tail_from());
        let behind = |limits: Limits| {
            let half = (limits.upper - limits.lower) / 2.0;
            (half > 0.0).then(|| half * n.sqrt() / t)
        };
        let deviations = [behind(change.limits)?, behind(before)?, behind(after)?];
        Some(Self::of(n, change.value, deviations))
    }

    /// The sizes of a mean change of n pairs, from the standard deviations of the changes, before and after.
    fn of(n: f64, mean: f64, [of_changes, of_before, of_after]: [f64; 3]) -> Self {
        let d_av = mean / f64::midpoint(of_before, of_after);
        Self {
            d_z: mean / of_changes,
            d_av,
            g_av: d_av * (1.0 - 3.0 / (4.0 * (n - 1.0) - 1.0)),
            by_before: mean / of_before,
        }
    }
}

impl PairedChange {
    /// The sums of these pairs, before and after.
    #[must_use]
    pub fn of(pairs: impl IntoIterator<Item = (i64, i64)>) -> Self {
        pairs
            .into_iter()
            .map(|(before, after)| Self::one(before, after))
            .fold(Self::default(), Self::and)
    }

    fn one(before: i64, after: i64) -> Self {
        let (before, after) = (i128::from(before), i128::from(after));
        Self {
            pairs: 1,
            before,
            after,
            before_squared: before * before,
            after_squared: after * after,
            change_squared: (after - before) * (after - before),
        }
    }

    /// The sums of both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            pairs: self.pairs + other.pairs,
            before: self.before + other.before,
            after: self.after + other.after,
            before_squared: self.before_squared + other.before_squared,
            after_squared: self.after_squared + other.after_squared,
            change_squared: self.change_squared + other.change_squared,
        }
    }

    /// How many pairs there are.
    #[must_use]
    pub fn pairs(self) -> u64 {
        self.pairs
    }

    /// The mean of after − before, in the unit of the scores, with Student's t interval of the
    /// changes. Nothing for fewer than two pairs.
    #[must_use]
    pub fn mean(self, confidence: Confidence) -> Option<Estimate> {
        let sum = i64::try_from(self.after - self.before).ok()?;
        let limits = student(self.pairs, sum, self.change_squared, confidence)?;
        Some(Estimate { value: sum as f64 / self.pairs as f64, limits })
    }

    /// The size of the change; positive where scores rose. Nothing for fewer than three pairs, and
    /// where scores do not differ from each other: then there is no standard deviation to divide by.
    ///
    /// Source: D. Lakens, *Calculating and reporting effect sizes to facilitate cumulative science*,
    /// Frontiers in Psychology 4 (2013), formulae 4, 7 and 10; L. V. Hedges, *Distribution theory for
    /// Glass's estimator of effect size*, Journal of Educational Statistics 6 (1981).
    #[must_use]
    pub fn effect_sizes(self) -> Option<EffectSizes> {
        if self.pairs < 3 {
            return None;
        }
        let n = self.pairs as f64;
        let mean = (self.after - self.before) as f64 / n;
        let of_changes = deviation(self.pairs, self.after - self.before, self.change_squared)?;
        let of_before = deviation(self.pairs, self.before, self.before_squared)?;
        let of_after = deviation(self.pairs, self.after, self.after_squared)?;
        Some(EffectSizes::of(n, mean, [of_changes, of_before, of_after]))
    }
}

/// The sample standard deviation; nothing where it is nought or the sums are beyond 128 bits.
fn deviation(count: u64, sum: i128, sum_of_squares: i128) -> Option<f64> {
    let squares = i128::from(count).checked_mul(sum_of_squares)?;
    let spread = squares.checked_sub(sum.checked_mul(sum)?)?;
    let n = count as f64;
    (spread > 0).then(|| (spread as f64 / (n * (n - 1.0))).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Student's sleep data: extra hours with two drugs, in tenths.
    const SLEEP: [(i64, i64); 10] = [
        (7, 19),
        (-16, 8),
        (-2, 11),
        (-12, 1),
        (-1, -1),
        (34, 44),
        (37, 55),
        (8, 16),
        (0, 46),
        (20, 34),
    ];

    /// The mean and interval are those in R's help page of `t.test`, with further digits from the closed form of t; the
    /// sizes were computed apart with numpy 2, `mean(d) / std(d, ddof=1)` and so on.
    #[test]
    fn students_sleep_data_give_their_published_interval_and_sizes() {
        let change = PairedChange::of(SLEEP);
        let mean = change.mean(Confidence::P95).expect("ten pairs");
        assert!((mean.value - 15.8).abs() < 1e-12);
        assert!((mean.limits.lower - 7.001_142_367_230_172).abs() < 1e-9, "{mean:?}");
        assert!((mean.limits.upper - 24.598_857_632_769_83).abs() < 1e-9, "{mean:?}");
        let sizes = change.effect_sizes().expect("ten pairs");
        for (found, reference) in [
            (sizes.d_z, 1.284_557_562_591_054_6),
            (sizes.d_av, 0.833_496_341_312_704_4),
            (sizes.g_av, 0.762_053_797_771_615_4),
            (sizes.by_before, 0.883_170_190_360_537_9),
        ] {
            assert!((found - reference).abs() < 1e-9, "{found} is not {reference}");
        }
    }

    #[test]
    fn intervals_of_means_tell_the_same_sizes() {
        let interval = |values: &[i64]| {
            let sum = values.iter().sum();
            let squares = values.iter().map(|v| i128::from(*v) * i128::from(*v)).sum();
            student(values.len() as u64, sum, squares, Confidence::P95).expect("ten values")
        };
        let change = PairedChange::of(SLEEP);
        let [before, after] = [SLEEP.map(|p| p.0), SLEEP.map(|p| p.1)].map(|v| interval(&v));
        let mean = change.mean(Confidence::P95).expect("ten pairs");
        let found = EffectSizes::of_means(10, mean, [before, after], Confidence::P95);
        let (found, exact) = (found.expect("sizes"), change.effect_sizes().expect("sizes"));
        for (found, exact) in [
            (found.d_z, exact.d_z),
            (found.d_av, exact.d_av),
            (found.g_av, exact.g_av),
            (found.by_before, exact.by_before),
        ] {
            assert!((found - exact).abs() < 1e-9, "{found} is not {exact}");
        }
        assert_eq!(EffectSizes::of_means(2, mean, [before, after], Confidence::P95), None);
        let flat = Limits { lower: 1.0, upper: 1.0 };
        assert_eq!(EffectSizes::of_means(10, mean, [flat, after], Confidence::P95), None);
    }

    #[test]
    fn without_spread_there_is_no_size() {
        let alike = PairedChange::of([(10, 20), (20, 30), (30, 40)]);
        assert_eq!(alike.effect_sizes(), None, "everybody moved by the same");
        assert_eq!(PairedChange::of([(1, 2), (3, 9)]).effect_sizes(), None);
        assert_eq!(PairedChange::of([(1, 2)]).mean(Confidence::P95), None);
    }

    proptest! {
        /// Added up in parts, turned round and moved along the scale.
        #[test]
        fn the_change_is_the_same_however_it_is_added_up(
            pairs in prop::collection::vec((-400_000_i64..400_000, -400_000_i64..400_000), 3..40),
            at in 0_usize..40,
            along in -1_000_000_i64..1_000_000,
        ) {
            let whole = PairedChange::of(pairs.clone());
            let (left, right) = pairs.split_at(at.min(pairs.len()));
            let parts = PairedChange::of(left.to_vec()).and(PairedChange::of(right.to_vec()));
            prop_assert_eq!(whole, parts);
            let moved = PairedChange::of(pairs.iter().map(|(a, b)| (a + along, b + along)));
            let turned = PairedChange::of(pairs.iter().map(|(a, b)| (*b, *a)));
            if let (Some(w), Some(m), Some(t)) =
                (whole.effect_sizes(), moved.effect_sizes(), turned.effect_sizes())
            {
                prop_assert!((w.d_z - m.d_z).abs() < 1e-9 && (w.d_av - m.d_av).abs() < 1e-9);
                prop_assert!((w.d_z + t.d_z).abs() < 1e-9 && (w.d_av + t.d_av).abs() < 1e-9);
                prop_assert!(w.g_av.abs() <= w.d_av.abs());
            }
        }
    }
}
