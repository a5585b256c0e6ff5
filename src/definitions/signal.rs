//! How the series of a measure is watched: by which method, over how many periods, which side is welcome.

use crate::calendar::PeriodKind;
use crate::definitions::measure::GoodIs;
use crate::statistics::Variation;

/// How a change in a series is told from its usual swing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignalMethod {
    /// The p chart of a proportion: limits from how shares of so many vary by chance.
    SpcP,
    /// The u chart of a count in each period, or of one count over another.
    SpcU,
    /// Values one by one: limits from how far neighbours differ.
    Xmr,
    /// About the median, without limits.
    Run,
}

impl SignalMethod {
    /// The word in definitions and files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::SpcP => "spc_p",
            Self::SpcU => "spc_u",
            Self::Xmr => "xmr",
            Self::Run => "run",
        }
    }
}

/// What `signal` of a measure says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignalRule {
    /// The method.
    pub method: SignalMethod,
    /// What makes periods differ, for charts of counted things.
    pub variation: Variation,
    /// How many periods are looked at, the newest known one included.
    pub periods: usize,
    /// Centre and limits rest on so many of the first known of them; on all if nothing is said.
    pub baseline: Option<usize>,
    /// Which side is welcome, if not that of the target in force.
    pub better: Option<GoodIs>,
}

impl SignalRule {
    /// The method in a few words.
    #[must_use]
    pub fn method_words(&self) -> &'static str {
        match (self.method, self.variation) {
            (SignalMethod::SpcP, Variation::Within) => "Control chart of a proportion (p)",
            (SignalMethod::SpcP, Variation::Between) => {
                "Control chart of a proportion that also varies between periods (p′)"
            }
            (SignalMethod::SpcU, Variation::Within) => "Control chart of a count (u)",
            (SignalMethod::SpcU, Variation::Between) => {
                "Control chart of a count that also varies between periods (u′)"
            }
            (SignalMethod::Xmr, _) => "Control chart of single values (XmR)",
            (SignalMethod::Run, _) => "Run chart about the median",
        }
    }

    /// How it watches, in a sentence or two.
    #[must_use]
    pub fn words(&self) -> String {
        let rest_on = match self.baseline {
            Some(first) => format!(
                "Centre and limits rest on the first {first} known periods of {}.",
                self.periods
            ),
            None if self.method == SignalMethod::Run => {
                format!("The median is that of {} periods.", self.periods)
            }
            None => format!("Centre and limits rest on {} periods.", self.periods),
        };
        let rules = match self.method {
            SignalMethod::Run => "Told: a run about the median that is too long for chance.",
            _ => {
                "Told: a value beyond a limit, seven in a row on one side of the centre, seven that each move the same way, two of three close to one limit."
            }
        };
        let direction = "Over two years or more, with none hidden: which way the least-squares line goes, by the 95% interval of its slope.";
        format!("{}. {rest_on} {rules} {direction}", self.method_words())
    }

    /// In how many of a hundred steady series the newest period breaks a rule by chance, at most: the
    /// tests of the charts look at thousands. Limits from a part of the series are less certain.
    #[must_use]
    pub fn false_alarms(&self) -> u32 {
        match (self.method, self.baseline) {
            (SignalMethod::Run, _) => 5,
            (_, Some(first)) if first < self.periods => 7,
            _ => 2,
        }
    }

    /// Whether periods of a kind can be watched. Twelve months that move on by one share eleven with those
    /// before: their values go together, and every rule would mistake that for a change.
    #[must_use]
    pub fn watches(kind: PeriodKind) -> bool {
        kind.months() == kind.step()
    }
}
