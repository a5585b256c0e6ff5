//! How often each of several ends has come by a time, when any one of them rules the others out.

use std::collections::BTreeMap;

use crate::statistics::{Confidence, Limits};

/// One person's or family's time under observation, and how it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompetingSpell {
    /// When observation began: 0, or later for those who came into sight late.
    pub entry: u32,
    /// When the end came, or the last time without one that is known.
    pub exit: u32,
    /// Which end it was, as its place among the ends; nothing for those lost from sight.
    pub end: Option<usize>,
}

/// A time at which some end came to somebody.
#[derive(Debug, Clone, PartialEq)]
pub struct Incidence {
    /// The time.
    pub time: u32,
    /// How many were under observation just before it.
    pub at_risk: u64,
    /// The share to whom no end has come by then.
    pub none: f64,
    /// For each end, the share to whom it has come by then. With `none` they sum to 1.
    pub of_each: Vec<f64>,
    /// The intervals of these shares; nothing for shares of nought or of all.
    pub limits: Vec<Option<Limits>>,
}

/// The Aalen–Johansen estimate of how often each of so many ends comes first. One minus the Kaplan–Meier
/// estimate of one end, the others taken as losses, would be too much: who moved away cannot come back
/// into care here.
///
/// `F_k(t) = Σ S(t−) d_k / n` over the times of ends up to t, S the share without any end. The variance is
/// that of the delta method, in its form with Greenwood's terms; the limits are symmetric on the scale of
/// log(−log F). Ends beyond `ends` count as losses.
///
/// Source: Aalen and Johansen, *An empirical transition matrix for non-homogeneous Markov chains based on
/// censored observations*, Scandinavian Journal of Statistics 5 (1978); Collett, *Modelling Survival Data in
/// Medical Research* (2015), section 12.3.
#[must_use]
pub fn aalen_johansen(
    spells: &[CompetingSpell],
    ends: usize,
    confidence: Confidence,
) -> Vec<Incidence> {
    let mut counts: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
    let used: Vec<&CompetingSpell> =
        spells.iter().filter(|s| s.exit > s.entry || s.entry == 0).collect();
    for spell in &used {
        if let Some(end) = spell.end.filter(|end| *end < ends) {
            let counts = counts.entry(spell.exit).or_insert_with(|| vec![0; ends]);
            if let Some(count) = counts.get_mut(end) {
                *count += 1;
            }
        }
    }
    let mut entries: Vec<u32> = used.iter().map(|s| s.entry).collect();
    let mut exits: Vec<u32> = used.iter().map(|s| s.exit).collect();
    entries.sort_unstable();
    exits.sort_unstable();

    let mut none = 1.0;
    let mut of_each = vec![0.0; ends];
    let mut variances = vec![Variance::default(); ends];
    let mut found = Vec::new();
    for (time, counts) in counts {
        let came = entries.partition_point(|entry| *entry < time || *entry == 0);
        let went = exits.partition_point(|exit| *exit < time);
        let at_risk = (came - went) as u64;
        let n = at_risk as f64;
        let all = counts.iter().sum::<u64>() as f64;
        let mut limits = Vec::with_capacity(ends);
        for ((count, share), variance) in counts.iter().zip(&mut of_each).zip(&mut variances) {
            let d = *count as f64;
            *share += none * d / n;
            variance.step(*share, none, n, all, d);
            limits.push(interval(*share, variance.at(*share), confidence));
        }
        none *= 1.0 - all / n;
        found.push(Incidence { time, at_risk, none, of_each: of_each.clone(), limits });
    }
    found
}

/// The sums of the variance of one share, so that each step costs the same:
/// `Σ (F − F_j)² a_j + Σ b_j − 2 Σ (F − F_j) c_j`, opened up by powers of F.
#[derive(Debug, Clone, Copy, Default)]
struct Variance {
    squares: [f64; 3],
    own: f64,
    shared: [f64; 2],
}

impl Variance {
    fn step(&mut self, share: f64, none: f64, n: f64, all: f64, d: f64) {
        // Where everybody under observation ends, nothing comes after, and F − F_j stays nought.
        let a = if all < n { all / (n * (n - all)) } else { 0.0 };
        let c = none * d / (n * n);
        self.squares[0] += a;
        self.squares[1] += a * share;
        self.squares[2] += a * share * share;
        self.own += none * none * d * (n - d) / n.powi(3);
        self.shared[0] += c;
        self.shared[1] += c * share;
    }

    fn at(&self, share: f64) -> f64 {
        let [one, by, by_by] = self.squares;
        let squares = share * share * one - 2.0 * share * by + by_by;
        let shared = share * self.shared[0] - self.shared[1];
        (squares + self.own - 2.0 * shared).max(0.0)
    }
}

fn interval(share: f64, variance: f64, confidence: Confidence) -> Option<Limits> {
    if share <= 0.0 || share >= 1.0 {
        return None;
    }
    let exponent = (confidence.z() * variance.sqrt() / (share * share.ln().abs())).exp();
    Some(Limits { lower: share.powf(exponent), upper: share.powf(1.0 / exponent) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::{Spell, SurvivalLimits, kaplan_meier};
    use proptest::prelude::*;

    const SPELLS: [(u32, u32, Option<usize>); 14] = [
        (0, 2, Some(0)),
        (0, 3, Some(1)),
        (0, 4, None),
        (0, 5, Some(0)),
        (0, 7, Some(1)),
        (0, 8, Some(0)),
        (0, 9, None),
        (0, 11, Some(1)),
        (3, 12, Some(0)),
        (3, 14, None),
        (4, 15, Some(0)),
        (6, 17, Some(1)),
        (8, 18, None),
        (10, 20, None),
    ];

    fn spells(of: &[(u32, u32, Option<usize>)]) -> Vec<CompetingSpell> {
        of.iter()
            .map(|(entry, exit, end)| CompetingSpell { entry: *entry, exit: *exit, end: *end })
            .collect()
    }

    /// lifelines 0.30, `AalenJohansenFitter(calculate_variance=True)` with `entry` half a unit later: there a
    /// spell is at risk at its entry already.
    #[test]
    fn it_agrees_with_a_second_implementation() {
        let found = aalen_johansen(&spells(&SPELLS), 2, Confidence::P95);
        let at = |time: u32| found.iter().find(|i| i.time == time).expect("a step");
        for (time, end, share, lower, upper) in [
            (8, 0, 0.30078125, 0.07075690794519487, 0.579872554428035),
            (12, 0, 0.37109375, 0.1128153390657519, 0.6374015881179368),
            (17, 0, 0.458984375, 0.1651955048627049, 0.7140580240656463),
            (8, 1, 0.20703125, 0.030805728813359554, 0.4903143896805635),
            (12, 1, 0.27734375, 0.06386099412016788, 0.5499754884228988),
            (17, 1, 0.365234375, 0.10865462342423673, 0.6331416697030053),
        ] {
            let (step, limits) = (at(time), at(time).limits[end].expect("limits"));
            assert!((step.of_each[end] - share).abs() < 1e-9, "{step:?}");
            assert!((limits.lower - lower).abs() < 1e-9, "{step:?}");
            assert!((limits.upper - upper).abs() < 1e-9, "{step:?}");
        }
    }

    #[test]
    fn ends_at_the_same_time_share_it() {
        let together = [(0, 5, Some(0)), (0, 5, Some(1)), (0, 5, Some(1)), (0, 9, None)];
        let found = aalen_johansen(&spells(&together), 2, Confidence::P95);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].none, found[0].of_each.as_slice()), (0.25, [0.25, 0.5].as_slice()));
        assert_eq!(aalen_johansen(&[], 2, Confidence::P95), []);
    }

    proptest! {
        /// Everybody has one end or none; with one end only, it is what Kaplan and Meier leave over.
        #[test]
        fn all_shares_are_one(
            of in prop::collection::vec((0_u32..5, 1_u32..25, prop::option::of(0_usize..3)), 1..50),
        ) {
            let of: Vec<_> = of.into_iter().map(|(e, more, end)| (e, e + more, end)).collect();
            for step in aalen_johansen(&spells(&of), 3, Confidence::P95) {
                let sum: f64 = step.none + step.of_each.iter().sum::<f64>();
                prop_assert!((sum - 1.0).abs() < 1e-9);
                for (share, limits) in step.of_each.iter().zip(&step.limits) {
                    if let Some(Limits { lower, upper }) = limits {
                        prop_assert!(0.0 <= *lower && *lower <= *share && share <= upper);
                        prop_assert!(*upper <= 1.0);
                    }
                }
            }
            let one: Vec<_> = of.iter().map(|(e, x, end)| (*e, *x, end.map(|_| 0))).collect();
            let plain: Vec<Spell> = of
                .iter()
                .map(|(entry, exit, end)| Spell { entry: *entry, exit: *exit, ended: end.is_some() })
                .collect();
            let km = kaplan_meier(&plain, SurvivalLimits::LogLog, Confidence::P95);
            let steps = aalen_johansen(&spells(&one), 1, Confidence::P95);
            prop_assert_eq!(steps.len(), km.steps.len());
            for (step, km) in steps.iter().zip(&km.steps) {
                prop_assert_eq!((step.time, step.at_risk), (km.time, km.at_risk));
                prop_assert!((step.of_each[0] - (1.0 - km.survival)).abs() < 1e-9);
            }
        }
    }
}
