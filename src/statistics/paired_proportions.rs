//! The same people asked twice: how a proportion of them changed.

use statrs::distribution::{Binomial, Discrete, DiscreteCDF};

use crate::statistics::{Confidence, Estimate, Limits, wilson};

/// People who were asked the same yes-or-no question twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PairedProportions {
    /// Yes both times.
    pub both: u64,
    /// Yes the first time only.
    pub first_only: u64,
    /// Yes the second time only.
    pub second_only: u64,
    /// No both times.
    pub neither: u64,
}

impl PairedProportions {
    fn pairs(self) -> u64 {
        self.both + self.first_only + self.second_only + self.neither
    }

    /// How much larger the proportion is the second time, with Newcombe's square-and-add interval.
    /// Nothing without pairs.
    ///
    /// As for independent proportions, but each square root loses `2ψ` times the product of its two
    /// parts, where ψ is how the answers of a pair go together. With a, b, c, d for both, first only,
    /// second only, neither, and A = ad − bc: ψ is 0 if a margin is empty, `(A − N/2) / √(margins)` for A
    /// over N/2, 0 for A from 0 to N/2, and `A / √(margins)` below 0.
    ///
    /// Source: R. G. Newcombe, *Improved confidence intervals for the difference between binomial
    /// proportions based on paired data*, Statistics in Medicine 17 (1998), method 10.
    #[must_use]
    pub fn change(self, confidence: Confidence) -> Option<Estimate> {
        let pairs = self.pairs();
        let (first, second) = (self.both + self.first_only, self.both + self.second_only);
        let (a, b) = (wilson(first, pairs, confidence)?, wilson(second, pairs, confidence)?);
        let n = pairs as f64;
        let (p, q) = (first as f64 / n, second as f64 / n);
        let psi = self.agreement();
        let root = |x: f64, y: f64| (x * x + y * y - 2.0 * psi * x * y).max(0.0).sqrt();
        let change = (self.second_only as f64 - self.first_only as f64) / n;
        Some(Estimate {
            value: change,
            limits: Limits {
                lower: change - root(q - b.lower, a.upper - p),
                upper: change + root(b.upper - q, p - a.lower),
            },
        })
    }

    /// ψ, with the continuity correction of the method.
    fn agreement(self) -> f64 {
        let [a, b, c, d] =
            [self.both, self.first_only, self.second_only, self.neither].map(|n| n as f64);
        let margins = (a + b) * (c + d) * (a + c) * (b + d);
        if margins == 0.0 {
            return 0.0;
        }
        let excess = a * d - b * c;
        let half = (a + b + c + d) / 2.0;
        let corrected = if excess > 0.0 { (excess - half).max(0.0) } else { excess };
        corrected / margins.sqrt()
    }

    /// The mid-P value of McNemar's test that nothing changed: how probable a split of those who
    /// changed would be that is at least as uneven, the split itself counted half.
    ///
    /// 1 where nobody changed: nothing speaks against no change.
    ///
    /// Source: Fagerland, Lydersen, Laake, *The McNemar test for binary matched-pairs data: mid-p and
    /// asymptotic are better than exact conditional*, BMC Medical Research Methodology 13 (2013).
    #[must_use]
    pub fn mid_p(self) -> f64 {
        let (fewer, more) =
            (self.first_only.min(self.second_only), self.first_only.max(self.second_only));
        let Ok(split) = Binomial::new(0.5, fewer + more) else { return 1.0 };
        if fewer == more {
            // Both tails together would count the middle twice.
            return if more == 0 { 1.0 } else { 1.0 - split.pmf(fewer) / 2.0 };
        }
        2.0 * split.cdf(fewer) - split.pmf(fewer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Bentur's children before and after stem cell transplantation, in Fagerland, Lydersen, Laake,
    /// *Recommended tests and confidence intervals for paired binomial proportions*, Statistics in
    /// Medicine 33 (2014).
    const BENTUR: PairedProportions =
        PairedProportions { both: 1, first_only: 1, second_only: 7, neither: 12 };

    #[test]
    fn it_gives_the_published_interval() {
        let found = BENTUR.change(Confidence::P95).expect("an interval");
        assert!((found.value - 0.286).abs() < 5e-4, "{found:?}");
        assert!((found.limits.lower - 0.026).abs() < 5e-4, "{found:?}");
        assert!((found.limits.upper - 0.507).abs() < 5e-4, "{found:?}");
    }

    #[test]
    fn it_gives_the_published_mid_p() {
        // 2 (1 + 8) / 2⁸ − 8 / 2⁸ = 10 / 256.
        assert!((BENTUR.mid_p() - 10.0 / 256.0).abs() < 1e-12);
        let even = PairedProportions { first_only: 2, second_only: 2, ..BENTUR };
        assert!((even.mid_p() - (1.0 - 6.0 / 16.0 / 2.0)).abs() < 1e-12);
    }

    #[test]
    fn nobody_changed_is_no_evidence_of_change() {
        let still = PairedProportions { both: 30, first_only: 0, second_only: 0, neither: 12 };
        assert_eq!(still.mid_p(), 1.0);
        let found = still.change(Confidence::P95).expect("an interval");
        assert!(found.value == 0.0 && found.limits.lower < 0.0 && found.limits.upper > 0.0);
        let none = PairedProportions { both: 0, first_only: 0, second_only: 0, neither: 0 };
        assert_eq!(none.change(Confidence::P95), None);
    }

    proptest! {
        #[test]
        fn swapping_first_and_second_mirrors_everything(
            both in 0_u64..60, b in 0_u64..60, c in 0_u64..60, neither in 1_u64..60,
        ) {
            let there = PairedProportions { both, first_only: b, second_only: c, neither };
            let back = PairedProportions { both, first_only: c, second_only: b, neither };
            let (t, r) = (there.change(Confidence::P95), back.change(Confidence::P95));
            let (t, r) = (t.expect("pairs"), r.expect("pairs"));
            prop_assert!((t.limits.lower + r.limits.upper).abs() < 1e-12);
            prop_assert!(-1.0 - 1e-12 <= t.limits.lower && t.limits.lower <= t.value);
            prop_assert!(t.value <= t.limits.upper && t.limits.upper <= 1.0 + 1e-12);
            let p = there.mid_p();
            prop_assert!(0.0 < p && p <= 1.0 && (p - back.mid_p()).abs() < 1e-12);
        }
    }
}
