//! How long something lasts, when some are still lasting and others were lost from sight.

use std::collections::BTreeMap;

use crate::statistics::{Confidence, Limits};

/// One person's or family's time under observation, in whole units of time since its own start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spell {
    /// When observation began: 0, or later for those who came into sight late. A spell counts among those
    /// at risk after this time.
    pub entry: u32,
    /// When the event came, or the last time without it that is known.
    pub exit: u32,
    /// Whether the event came; otherwise nobody knows what came after `exit`.
    pub ended: bool,
}

/// On which scale the limits are symmetric.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SurvivalLimits {
    /// That of log(−log S): never outside 0 and 1, and the best of the three for few spells.
    #[default]
    LogLog,
    /// That of log S, cut at 1: what R's `survfit` prints unless asked.
    Log,
    /// S itself, cut at 0 and 1.
    Plain,
}

/// A time at which the event came to somebody.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// The time.
    pub time: u32,
    /// How many were under observation just before it.
    pub at_risk: u64,
    /// To how many the event came.
    pub events: u64,
    /// The share for whom it has not come by then.
    pub survival: f64,
    /// The interval of that share. Nothing once it is nought: then its error cannot be told.
    pub limits: Option<Limits>,
}

/// The share for whom the event has not come, over time.
#[derive(Debug, Clone, PartialEq)]
pub struct Survival {
    /// Each time at which it fell.
    pub steps: Vec<Step>,
    /// How many entered, and how many left, by each time: for numbers at risk between the steps.
    comings_and_goings: BTreeMap<u32, (u64, u64)>,
}

/// The Kaplan–Meier estimate. At the same time, events come before losses from sight. A spell that ends no
/// later than it entered was never at risk, and is not used.
///
/// `S(t) = Π (1 − d / n)` over the times of events up to t, with Greenwood's variance
/// `S² Σ d / (n (n − d))`. With late entry, a time at which all of few early ones have the event takes the
/// estimate to nought for good: look at the numbers at risk.
///
/// Source: Kaplan and Meier, *Nonparametric estimation from incomplete observations*, JASA 53 (1958);
/// Kalbfleisch and Prentice, *The Statistical Analysis of Failure Time Data* (2002), for the limits.
#[must_use]
pub fn kaplan_meier(spells: &[Spell], limits: SurvivalLimits, confidence: Confidence) -> Survival {
    let mut events: BTreeMap<u32, u64> = BTreeMap::new();
    let mut comings_and_goings: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
    for spell in spells.iter().filter(|spell| spell.exit > spell.entry || spell.entry == 0) {
        comings_and_goings.entry(spell.entry).or_default().0 += 1;
        comings_and_goings.entry(spell.exit).or_default().1 += 1;
        if spell.ended {
            *events.entry(spell.exit).or_default() += 1;
        }
    }
    let mut survival = Survival { steps: Vec::new(), comings_and_goings };
    let (mut share, mut sum) = (1.0_f64, 0.0_f64);
    for (time, events) in events {
        let at_risk = survival.at_risk(time);
        let (n, d) = (at_risk as f64, events as f64);
        share *= 1.0 - d / n;
        sum += d / (n * (n - d));
        let limits =
            (events < at_risk && share > 0.0).then(|| ends(share, sum, limits, confidence));
        survival.steps.push(Step { time, at_risk, events, survival: share, limits });
    }
    survival
}

/// The limits of a share above nought, `sum` being Greenwood's.
fn ends(share: f64, sum: f64, limits: SurvivalLimits, confidence: Confidence) -> Limits {
    let half = confidence.z() * sum.sqrt();
    match limits {
        SurvivalLimits::LogLog => {
            let exponent = (half / share.ln().abs()).exp();
            Limits { lower: share.powf(exponent), upper: share.powf(1.0 / exponent) }
        }
        SurvivalLimits::Log => {
            Limits { lower: share * (-half).exp(), upper: (share * half.exp()).min(1.0) }
        }
        SurvivalLimits::Plain => Limits {
            lower: (share * (1.0 - half)).max(0.0),
            upper: (share * (1.0 + half)).min(1.0),
        },
    }
}

impl Survival {
    /// How many were under observation just before a time; at nought, those who began there.
    #[must_use]
    pub fn at_risk(&self, time: u32) -> u64 {
        let first = u32::from(time == 0);
        let passed = self.comings_and_goings.range(..time + first);
        let (came, went) = passed.fold((0, 0), |(came, went), (at, (comings, goings))| {
            // Those who leave at nought were there just before.
            (came + comings, went + if *at < time { *goings } else { 0 })
        });
        came - went
    }

    /// The last step up to a time; nothing while nobody has had the event.
    #[must_use]
    pub fn at(&self, time: u32) -> Option<Step> {
        self.steps.iter().take_while(|step| step.time <= time).last().copied()
    }

    /// The first time by which half have had the event. Nothing while more than half have not.
    #[must_use]
    pub fn median(&self) -> Option<u32> {
        self.steps.iter().find(|step| step.survival <= 0.5).map(|step| step.time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Weeks in remission of 21 children with leukaemia on 6-mercaptopurine: Freireich and others (1963), as
    /// in every textbook.
    fn remission() -> Vec<Spell> {
        let ended = [6, 6, 6, 7, 10, 13, 16, 22, 23].map(|t| (t, true));
        let lost = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35].map(|t| (t, false));
        ended.into_iter().chain(lost).map(|(exit, ended)| Spell { entry: 0, exit, ended }).collect()
    }

    fn of(spells: &[Spell]) -> Survival {
        kaplan_meier(spells, SurvivalLimits::LogLog, Confidence::P95)
    }

    /// Printed, for one, in Kleinbaum and Klein, *Survival Analysis*, chapter 2.
    #[test]
    fn the_remissions_have_their_published_estimates() {
        let found = of(&remission());
        let table = [
            (6, 21, 3, 0.8571),
            (7, 17, 1, 0.8067),
            (10, 15, 1, 0.7529),
            (13, 12, 1, 0.6902),
            (16, 11, 1, 0.6275),
            (22, 7, 1, 0.5378),
            (23, 6, 1, 0.4482),
        ];
        assert_eq!(found.steps.len(), table.len());
        for (step, (time, at_risk, events, survival)) in found.steps.iter().zip(table) {
            assert_eq!((step.time, step.at_risk, step.events), (time, at_risk, events));
            assert!((step.survival - survival).abs() < 5e-5, "{step:?}");
        }
        assert_eq!(found.median(), Some(23));
        assert_eq!([0, 6, 7, 23, 35].map(|t| found.at_risk(t)), [21, 21, 17, 6, 1]);
    }

    /// Log-log: lifelines 0.30, `KaplanMeierFitter`. The others: numpy, from the formulae of R's `survfit`.
    #[test]
    fn limits_are_those_of_second_implementations() {
        for (limits, lower, upper) in [
            (SurvivalLimits::LogLog, 0.26777893676713493, 0.7467907176353943),
            (SurvivalLimits::Log, 0.3370366161576848, 0.8582008480446652),
            (SurvivalLimits::Plain, 0.28648159112962135, 0.7891486609712192),
        ] {
            let found = kaplan_meier(&remission(), limits, Confidence::P95);
            let found = found.at(22).and_then(|s| s.limits).expect("limits");
            assert!((found.lower - lower).abs() < 1e-9, "{limits:?}: {found:?}");
            assert!((found.upper - upper).abs() < 1e-9, "{limits:?}: {found:?}");
        }
    }

    /// lifelines 0.30 with `entry`, half a unit later: there a spell is at risk at its entry already.
    #[test]
    fn those_who_came_late_are_at_risk_from_then_on() {
        let spell = |(entry, exit, ended)| Spell { entry, exit, ended };
        let spells = LATE.map(spell);
        let found = of(&spells);
        let steps: Vec<_> = found.steps.iter().map(|s| (s.time, s.at_risk, s.events)).collect();
        assert_eq!(steps, [(3, 5, 1), (5, 4, 2), (8, 4, 1), (9, 4, 1)]);
        let last = found.steps.last().expect("steps");
        assert!((last.survival - 0.225).abs() < 1e-12, "{last:?}");
        let limits = last.limits.expect("limits");
        assert!((limits.lower - 0.025730289996912358).abs() < 1e-9, "{limits:?}");
        assert!((limits.upper - 0.5444830246262546).abs() < 1e-9, "{limits:?}");
        // Over before it came into sight.
        let never = [spells.as_slice(), &[spell((6, 6, true)), spell((7, 4, true))]].concat();
        assert_eq!(of(&never), found);
    }
    const LATE: [(u32, u32, bool); 9] = [
        (0, 3, true),
        (0, 5, true),
        (0, 9, true),
        (2, 5, true),
        (2, 4, false),
        (4, 12, false),
        (5, 8, true),
        (6, 11, false),
        (8, 9, false),
    ];

    #[test]
    fn nobody_and_nothing_have_no_steps_and_all_end_at_nought() {
        assert_eq!(of(&[]).steps, []);
        let lasting = [Spell { entry: 0, exit: 9, ended: false }; 5];
        assert_eq!((of(&lasting).steps.len(), of(&lasting).median()), (0, None));
        assert_eq!(of(&lasting).at(9), None);
        let ended = [Spell { entry: 0, exit: 0, ended: true }; 5];
        let last = of(&ended).at(0).expect("a step");
        assert_eq!((last.at_risk, last.survival, last.limits), (5, 0.0, None));
    }

    proptest! {
        /// Without losses it is the plain share; with them it falls, stays within its limits, and the order
        /// of the spells does not matter.
        #[test]
        fn it_falls_within_its_limits_from_one(
            spells in prop::collection::vec((0_u32..6, 1_u32..30, any::<bool>()), 1..60),
        ) {
            let spells: Vec<Spell> = spells
                .into_iter()
                .map(|(entry, more, ended)| Spell { entry, exit: entry + more, ended })
                .collect();
            let found = of(&spells);
            let mut before = 1.0;
            for step in &found.steps {
                prop_assert!(step.events <= step.at_risk);
                prop_assert!(0.0 <= step.survival && (step.survival < before || before == 0.0));
                if let Some(Limits { lower, upper }) = step.limits {
                    prop_assert!(0.0 <= lower && lower <= step.survival + 1e-12);
                    prop_assert!(step.survival <= upper + 1e-12 && upper <= 1.0);
                }
                before = step.survival;
            }
            let mut turned = spells.clone();
            turned.reverse();
            prop_assert_eq!(of(&turned), found);
            let all: Vec<Spell> =
                spells.iter().map(|s| Spell { entry: 0, ended: true, ..*s }).collect();
            for step in of(&all).steps {
                let left = all.iter().filter(|s| s.exit > step.time).count() as f64;
                prop_assert!((step.survival - left / all.len() as f64).abs() < 1e-9);
            }
        }
    }
}
