//! The same people scored twice on an ordinal scale: did most of them move, and how far is typical.

use statrs::distribution::{ContinuousCDF, Normal};

use crate::statistics::{Confidence, Limits};

/// Up to this many changes without ties, the distribution of the ranks is counted out.
const EXACT_BELOW: usize = 50;

/// Wilcoxon's signed-rank test that changes are as often and as far up as down.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SignedRank {
    /// How many changed, and so were ranked.
    pub ranked: usize,
    /// How many did not: they are left out of the ranks.
    pub unchanged: usize,
    /// The sum of the ranks of those who rose; equal sizes share the mean of their ranks.
    pub rising: f64,
    /// The two-sided p value; 1 where nobody changed.
    pub p: f64,
}

/// Tests changes that are whole numbers of some unit. Ranks of sizes such as 0.3 and 0.1 + 0.2 tie as
/// whole tenths, and would not as floating point numbers.
///
/// Exact for fewer than fifty changes without ties and without any that did not change; otherwise the
/// normal approximation with continuity correction and the variance for ties,
/// `n (n + 1) (2n + 1) / 24 − Σ (t³ − t) / 48`.
///
/// Source: F. Wilcoxon, *Individual comparisons by ranking methods*, Biometrics Bulletin 1 (1945);
/// Hollander, Wolfe, Chicken, *Nonparametric Statistical Methods* (2014), section 3.1.
#[must_use]
pub fn signed_rank(changes: &[i64]) -> SignedRank {
    let mut changed: Vec<i64> = changes.iter().copied().filter(|c| *c != 0).collect();
    changed.sort_by_key(|c| c.unsigned_abs());
    let (ranked, unchanged) = (changed.len(), changes.len() - changed.len());
    let (mut rising, mut ties, mut before) = (0.0, 0.0, 0_usize);
    for alike in changed.chunk_by(|a, b| a.unsigned_abs() == b.unsigned_abs()) {
        let size = alike.len() as f64;
        let rank = before as f64 + (size + 1.0) / 2.0;
        rising += rank * alike.iter().filter(|c| **c > 0).count() as f64;
        ties += size.powi(3) - size;
        before += alike.len();
    }
    let exact = ranked < EXACT_BELOW && ties == 0.0 && unchanged == 0;
    let p = match ranked {
        0 => 1.0,
        _ if exact => exact_p(ranked, rising),
        _ => normal_p(ranked as f64, rising, ties),
    };
    SignedRank { ranked, unchanged, rising, p }
}

fn exact_p(ranked: usize, rising: f64) -> f64 {
    let shares = distribution(ranked);
    let up_to = |end: f64| -> f64 {
        shares.iter().enumerate().filter(|(v, _)| *v as f64 <= end).map(|(_, share)| share).sum()
    };
    let most = (shares.len() - 1) as f64;
    // The distribution is its own mirror image.
    (2.0 * up_to(rising.min(most - rising))).min(1.0)
}

/// How probable each sum of ranks 1 to n is when each rank rises or falls with equal chances.
fn distribution(ranked: usize) -> Vec<f64> {
    let mut shares = vec![1.0];
    for rank in 1..=ranked {
        let mut next = vec![0.0; shares.len() + rank];
        for (sum, share) in shares.iter().enumerate() {
            for place in [sum, sum + rank] {
                if let Some(slot) = next.get_mut(place) {
                    *slot += share / 2.0;
                }
            }
        }
        shares = next;
    }
    shares
}

fn normal_p(n: f64, rising: f64, ties: f64) -> f64 {
    let away = (rising - n * (n + 1.0) / 4.0).abs();
    let variance = n * (n + 1.0) * (2.0 * n + 1.0) / 24.0 - ties / 48.0;
    let z = (away - 0.5).max(0.0) / variance.sqrt();
    (2.0 * Normal::standard().sf(z)).min(1.0)
}

/// What becomes of those who did not change, when the typical change is estimated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unchanged {
    /// They count: no change is a change of nought. The typical change of everybody.
    Counted,
    /// They are left out, as R's `wilcox.test` does: the typical change of those who changed.
    LeftOut,
}

/// A typical change and, where there are changes enough for it, its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TypicalChange {
    /// In the unit of the changes.
    pub value: f64,
    /// Its interval. Nothing where there are too few changes for any interval to be this sure: at 95%
    /// fewer than six.
    pub limits: Option<Limits>,
}

/// The Hodges–Lehmann estimate: the median of the means of all pairs of changes, each with itself too.
/// Nothing without changes.
///
/// The interval lies between those means that the signed-rank distribution leaves outside; for fifty
/// changes and more between those of its normal approximation. With ties it is on the wide side.
///
/// Source: Hodges and Lehmann, *Estimates of location based on rank tests*, Annals of Mathematical
/// Statistics 34 (1963); Hollander, Wolfe, Chicken (2014), sections 3.2 and 3.3.
#[must_use]
pub fn hodges_lehmann(
    changes: &[i64],
    unchanged: Unchanged,
    confidence: Confidence,
) -> Option<TypicalChange> {
    let mut sorted: Vec<i64> =
        changes.iter().copied().filter(|c| *c != 0 || unchanged == Unchanged::Counted).collect();
    sorted.sort_unstable();
    let n = sorted.len() as u64;
    let means = n * (n + 1) / 2;
    let middle = nth_sum(&sorted, means.div_ceil(2))? + nth_sum(&sorted, means / 2 + 1)?;
    let limits = outside(sorted.len(), confidence).and_then(|outside| {
        let end = |nth: u64| nth_sum(&sorted, nth).map(|sum| sum as f64 / 2.0);
        Some(Limits { lower: end(outside)?, upper: end(means + 1 - outside)? })
    });
    Some(TypicalChange { value: middle as f64 / 4.0, limits })
}

/// Which mean, counted from either end, ends an interval of this confidence.
fn outside(count: usize, confidence: Confidence) -> Option<u64> {
    let tail = 1.0 - confidence.upper_tail_from();
    if count >= EXACT_BELOW {
        let n = count as f64;
        let half = confidence.z() * (n * (n + 1.0) * (2.0 * n + 1.0) / 24.0).sqrt();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at least fifty changes: positive, and far inside the range"
        )]
        return Some((n * (n + 1.0) / 4.0 - half).floor() as u64);
    }
    let mut below = 0.0;
    let reached = distribution(count).into_iter().position(|share| {
        below += share;
        // Halves of halves are exact: a tail of just this size is still inside.
        below > tail
    })?;
    u64::try_from(reached).ok().filter(|nth| *nth > 0)
}

/// The n-th smallest sum of two of the sorted values, each with itself too, counted from 1. Found by
/// halving the range: the sums themselves would be too many.
fn nth_sum(sorted: &[i64], nth: u64) -> Option<i128> {
    let (least, most) = (i128::from(*sorted.first()?), i128::from(*sorted.last()?));
    let (mut low, mut high) = (2 * least, 2 * most);
    while low < high {
        let middle = (low + high).div_euclid(2);
        if sums_up_to(sorted, middle) >= nth { high = middle } else { low = middle + 1 }
    }
    Some(low)
}

/// How many sums of two are at most this.
fn sums_up_to(sorted: &[i64], most: i128) -> u64 {
    let mut partners = sorted.len();
    let mut count = 0;
    for (place, value) in sorted.iter().enumerate() {
        let fits = |n: usize| {
            sorted.get(n - 1).is_some_and(|other| i128::from(*value) + i128::from(*other) <= most)
        };
        while partners > place && !fits(partners) {
            partners -= 1;
        }
        if partners <= place {
            break;
        }
        count += (partners - place) as u64;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Differences of Student's sleep data in tenths: one nought, one tie.
    const SLEEP: [i64; 10] = [12, 24, 13, 13, 0, 10, 18, 8, 46, 14];
    /// Depression scores of nine patients before and after a tranquilliser, in thousandths: Hollander
    /// and Wolfe, table 3.1.
    const DEPRESSION: [i64; 9] = [-952, 147, -1022, -430, -620, -590, -490, 80, -10];

    #[test]
    fn changes_without_ties_have_the_exact_p() {
        let found = signed_rank(&DEPRESSION);
        assert_eq!((found.ranked, found.rising), (9, 5.0));
        assert!((found.p - 0.039_062_5).abs() < 1e-12, "{found:?}");
        let typical = hodges_lehmann(&DEPRESSION, Unchanged::Counted, Confidence::P95);
        assert_eq!(typical.expect("nine changes").value, -460.0);
    }

    /// scipy 1.17, `wilcoxon(d, zero_method="wilcox", correction=True, method="approx")`.
    #[test]
    fn ties_and_noughts_ask_for_the_approximation() {
        let found = signed_rank(&SLEEP);
        assert_eq!((found.ranked, found.unchanged, found.rising), (9, 1, 45.0));
        assert!((found.p - 0.009_090_698_015_925_044).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn the_typical_change_with_and_without_those_who_did_not_change() {
        let typical = |unchanged| {
            hodges_lehmann(&SLEEP, unchanged, Confidence::P95).expect("ten changes").value / 10.0
        };
        assert!((typical(Unchanged::Counted) - 1.3).abs() < 1e-12);
        assert!((typical(Unchanged::LeftOut) - 1.4).abs() < 1e-12);
    }

    #[test]
    fn the_interval_needs_changes_enough() {
        let limits = |n: usize, c| {
            hodges_lehmann(&DEPRESSION[..n], Unchanged::Counted, c).expect("changes").limits
        };
        assert_eq!(limits(5, Confidence::P95), None);
        assert!(limits(6, Confidence::P95).is_some());
        assert_eq!(limits(9, Confidence::P998), None);
        let found = limits(9, Confidence::P95).expect("nine are enough");
        assert_eq!((found.lower, found.upper), (-786.0, -10.0));
    }

    #[test]
    fn nobody_is_no_change_and_no_evidence() {
        assert_eq!(signed_rank(&[]).p, 1.0);
        assert_eq!(signed_rank(&[0, 0]).p, 1.0);
        assert_eq!(hodges_lehmann(&[], Unchanged::Counted, Confidence::P95), None);
    }

    proptest! {
        /// Halving finds what sorting all means finds, and everything has its mirror image.
        #[test]
        fn the_typical_change_is_the_middle_of_all_means(
            changes in prop::collection::vec(-30_i64..30, 1..70),
        ) {
            let mut sums: Vec<i64> = changes
                .iter()
                .enumerate()
                .flat_map(|(n, a)| changes.iter().skip(n).map(move |b| a + b))
                .collect();
            sums.sort_unstable();
            let middle = sums[(sums.len() - 1) / 2] + sums[sums.len() / 2];
            let estimate = |changes: &[i64]| {
                hodges_lehmann(changes, Unchanged::Counted, Confidence::P95).expect("changes")
            };
            let found = estimate(&changes);
            prop_assert_eq!(found.value, middle as f64 / 4.0);
            let turned: Vec<i64> = changes.iter().map(|c| -c).collect();
            prop_assert_eq!(estimate(&turned).value, -found.value);
            let (there, back) = (signed_rank(&changes), signed_rank(&turned));
            prop_assert!((there.p - back.p).abs() < 1e-12 && 0.0 < there.p && there.p <= 1.0);
            if let (Some(there), Some(back)) = (found.limits, estimate(&turned).limits) {
                prop_assert_eq!((there.lower, there.upper), (-back.upper, -back.lower));
                prop_assert!(there.lower <= found.value && found.value <= there.upper);
            }
        }
    }
}
