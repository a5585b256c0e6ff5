//! How many of all things are wrong, from samples drawn within strata of known size.
//!
//! Korn and Graubard, Confidence intervals for proportions with small expected number of positive counts
//! estimated from survey data, Survey Methodology 24 (1998): Clopper and Pearson's exact interval for as many
//! draws as the design is worth, which holds its level where few or none are found wrong.

use statrs::distribution::{Beta, ContinuousCDF, StudentsT};

use crate::statistics::{Confidence, Estimate, Limits};

/// One stratum: how many there are, how many of them were looked at, and how many of those were wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stratum {
    /// All of them.
    pub of: u64,
    /// Those that were drawn and answered for.
    pub looked_at: u64,
    /// Those found wrong.
    pub wrong: u64,
}

impl Stratum {
    fn is_a_census(&self) -> bool {
        self.looked_at >= self.of
    }
}

/// How many are wrong in all strata together, as a count, with its interval. What was looked at whole is known
/// and adds nothing to the width. Nothing where there is nothing, and where of a stratum nothing was looked at:
/// nobody knows about that one.
#[must_use]
pub fn wrong_in_all(strata: &[Stratum], confidence: Confidence) -> Option<Estimate> {
    let there: Vec<Stratum> = strata.iter().copied().filter(|s| s.of > 0).collect();
    if there.is_empty() || there.iter().any(|s| s.looked_at == 0) {
        return None;
    }
    let (whole, drawn): (Vec<Stratum>, Vec<Stratum>) =
        there.into_iter().partition(Stratum::is_a_census);
    let known = whole.iter().map(|s| s.wrong as f64).sum::<f64>();
    if drawn.is_empty() {
        return Some(Estimate { value: known, limits: Limits { lower: known, upper: known } });
    }
    let all = drawn.iter().map(|s| s.of as f64).sum::<f64>();
    let share = drawn.iter().map(|s| s.of as f64 / all * s.wrong as f64 / s.looked_at as f64).sum();
    let Limits { lower, upper } = limits(&drawn, all, share, confidence);
    // What was seen is known, whatever the interval says.
    let seen = drawn.iter().map(|s| s.wrong as f64).sum::<f64>();
    let right = drawn.iter().map(|s| (s.looked_at - s.wrong) as f64).sum::<f64>();
    Some(Estimate {
        value: known + all * share,
        limits: Limits {
            lower: known + (all * lower).max(seen),
            upper: known + (all * upper).min(all - right),
        },
    })
}

/// The interval of the share that is wrong, among strata that were drawn from.
fn limits(drawn: &[Stratum], all: f64, share: f64, confidence: Confidence) -> Limits {
    let nothing_known = Limits { lower: 0.0, upper: 1.0 };
    let answers = drawn.iter().map(|s| s.looked_at as f64).sum::<f64>();
    let free = answers - drawn.len() as f64;
    if free < 1.0 {
        return nothing_known;
    }
    // The variance as found, and as it would be if the strata did not differ. The interval rests on the larger:
    // few answers may look alike by chance.
    let (mut found, mut alike) = (0.0, 0.0);
    for s in drawn {
        let (of, n) = (s.of as f64, s.looked_at as f64);
        let weight = (of / all).powi(2) * (1.0 - n / of);
        let p = s.wrong as f64 / n;
        found += weight * if n > 1.0 { p * (1.0 - p) / (n - 1.0) } else { share * (1.0 - share) };
        alike += weight / n;
    }
    let worth = match found / (share * (1.0 - share)) {
        by_found if by_found.is_finite() => 1.0 / by_found.max(alike),
        _ => 1.0 / alike,
    };
    let quantile = |free: f64| {
        let student = StudentsT::new(0.0, 1.0, free).ok()?;
        Some(student.inverse_cdf(confidence.upper_tail_from()))
    };
    let Some((plain, design)) = quantile(answers - 1.0).zip(quantile(free)) else {
        return nothing_known;
    };
    let draws = worth * (plain / design).powi(2);
    let wrong = draws * share;
    let beta = |a: f64, b: f64, p: f64| Beta::new(a, b).ok().map(|beta| beta.inverse_cdf(p));
    let upper_tail = confidence.upper_tail_from();
    Limits {
        lower: beta(wrong, draws - wrong + 1.0, 1.0 - upper_tail).unwrap_or(0.0),
        upper: beta(wrong + 1.0, draws - wrong, upper_tail).unwrap_or(1.0),
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    fn stratum(of: u64, looked_at: u64, wrong: u64) -> Stratum {
        Stratum { of, looked_at, wrong }
    }

    #[test]
    fn what_was_looked_at_whole_is_known() {
        let found = wrong_in_all(&[stratum(12, 12, 3), stratum(4, 4, 0)], Confidence::P95);
        let limits = Limits { lower: 3.0, upper: 3.0 };
        assert_eq!(found, Some(Estimate { value: 3.0, limits }));
    }

    #[test]
    fn of_a_stratum_that_nobody_looked_at_nobody_knows() {
        assert_eq!(wrong_in_all(&[stratum(12, 12, 3), stratum(4, 0, 0)], Confidence::P95), None);
        assert_eq!(wrong_in_all(&[], Confidence::P95), None);
        assert_eq!(
            wrong_in_all(&[stratum(0, 0, 0), stratum(2, 2, 1)], Confidence::P95).map(|e| e.value),
            Some(1.0)
        );
    }

    /// Values worked out apart from this code, with another library's quantiles: one stratum of very many, where it is
    /// Clopper and Pearson's interval for as many draws as the variance is worth; four strata, one of them looked at
    /// whole; a single answer; all wrong; none wrong.
    #[test]
    fn the_ends_are_those_of_reference() {
        let many = 1_000_000_000_u64;
        let whole = stratum(27, 27, 3);
        let four = [whole, stratum(253, 20, 2), stratum(350, 20, 4), stratum(906, 30, 1)];
        let one = [stratum(27, 27, 0), stratum(200, 1, 0), stratum(300, 30, 2)];
        let all_wrong = [stratum(100, 10, 10), stratum(200, 20, 20)];
        let none_wrong = [stratum(27, 27, 1), stratum(253, 20, 0), stratum(906, 30, 0)];
        let cases: [(&[Stratum], [f64; 3]); 6] = [
            (&[stratum(many, 40, 2)], [5e7, 5_871_131.897_601, 171_405_478.027_447]),
            (&[stratum(many, 30, 0)], [0.0, 0.0, 115_703_304.959_964]),
            (&four, [128.5, 46.752_063, 272.880_227]),
            (&one, [20.0, 2.0, 264.734_541]),
            (&all_wrong, [300.0, 268.478_801, 300.0]),
            (&none_wrong, [1.0, 1.0, 90.995_661]),
        ];
        for (strata, expected) in cases {
            let found = wrong_in_all(strata, Confidence::P95).expect("known");
            let found = [found.value, found.limits.lower, found.limits.upper];
            for (found, expected) in found.into_iter().zip(expected) {
                let near = (found - expected).abs() <= 1e-6 * expected.max(1.0);
                assert!(near, "{strata:?}: {found} is not {expected}");
            }
        }
    }

    #[test]
    fn the_interval_covers_what_is_there() {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        for rates in [[0.5, 0.1, 0.02], [0.3, 0.0, 0.05], [0.02, 0.02, 0.02], [0.9, 0.4, 0.2]] {
            let of = [40_usize, 150, 900];
            let take = [40_usize, 20, 40];
            let (mut covered, mut width, tries) = (0, 0.0, 400);
            let planted: Vec<Vec<bool>> = of
                .iter()
                .zip(rates)
                .map(|(&of, rate)| (0..of).map(|i| (i as f64) < rate * of as f64).collect())
                .collect();
            let true_wrong = planted.iter().flatten().filter(|w| **w).count() as f64;
            for _ in 0..tries {
                let strata = planted.iter().zip(take).map(|(all, take)| {
                    let mut left: Vec<bool> = all.clone();
                    let mut wrong = 0;
                    for _ in 0..take {
                        wrong += u64::from(left.swap_remove(rng.random_range(0..left.len())));
                    }
                    stratum(all.len() as u64, take as u64, wrong)
                });
                let strata: Vec<Stratum> = strata.collect();
                let found = wrong_in_all(&strata, Confidence::P95).expect("known").limits;
                width += (found.upper - found.lower) / 1090.0 / f64::from(tries);
                covered += u32::from(found.lower <= true_wrong && true_wrong <= found.upper);
            }
            assert!(covered * 100 >= tries * 94, "{rates:?}: {covered} of {tries}");
            // It covers not by saying nothing.
            assert!(width < 0.25, "{rates:?}: {width} wide");
        }
    }
}
