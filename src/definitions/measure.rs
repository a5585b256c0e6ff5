//! Facts, breakdowns and measures: what is counted, when, among whom, split by what.

use crate::calendar::{Day, Period, PeriodKind};
use crate::definitions::expression::Checked;
use crate::definitions::framework::MET_ON;
use crate::definitions::place::Place;
use crate::definitions::signal::SignalRule;
use crate::definitions::test::Test;
use crate::statistics::Quartile;

/// A named value or yes/no about a unit that measures share.
#[derive(Debug, Clone)]
pub struct Fact {
    /// Its name in expressions.
    pub id: String,
    /// What it says.
    pub title: String,
    /// The unit it is about.
    pub unit: String,
    /// How it is found.
    pub test: Test,
}

/// A named way to split; one value for each unit, or 'Not recorded'.
#[derive(Debug)]
pub struct Breakdown {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The column of the unit, or of the unit's parent, that holds the value.
    pub column: String,
    /// The order of the values; values not named follow in alphabetical order.
    pub order: Vec<String>,
    /// Words for code values: code and title. Codes without one print as they are.
    pub titles: Vec<(String, String)>,
    /// Bands of a number, if it is one.
    pub bands: Vec<Band>,
    /// The breakdown of which each level holds whole levels of this one: the locality of a ward.
    pub within: Option<String>,
    /// The audiences that may see figures split by it; empty for all.
    pub audiences: Vec<String>,
    /// What all its levels are together.
    pub total: Total,
    /// Whether its levels, those of its order, are names of measures: those that something was meant to move.
    pub of_measures: bool,
    /// Where it is defined.
    pub place: Place,
}

/// What all levels of a breakdown are together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Total {
    /// Everybody in the council.
    #[default]
    WholeCouncil,
    /// All of something, by these words.
    Called(String),
    /// Not one thing: each level stands for itself.
    Apart,
}

impl Breakdown {
    /// Whether an audience may see figures split by it.
    #[must_use]
    pub fn released_to(&self, audience: &str) -> bool {
        self.audiences.is_empty() || self.audiences.iter().any(|a| a == audience)
    }
}

/// A stretch of numbers with a name, both ends included.
#[derive(Debug, Clone, PartialEq)]
pub struct Band {
    /// Its name.
    pub name: String,
    /// Lowest value in it.
    pub from: f64,
    /// Highest value in it.
    pub to: f64,
}

/// What a measure computes.
#[derive(Debug)]
pub enum MeasureKind {
    /// How many units.
    Count,
    /// The sum of a value over units.
    Sum {
        /// The value; unit scope.
        value: Checked,
    },
    /// The share of units for which the numerator holds.
    Proportion {
        /// The condition; unit scope.
        numerator: Checked,
    },
    /// The mean of a value over units.
    Mean {
        /// The value; unit scope.
        value: Checked,
    },
    /// The value that so many quarters of the units have or are below: with two, the one in the middle.
    Quartile {
        /// Which of the three.
        which: Quartile,
        /// The value; unit scope.
        value: Checked,
    },
    /// How many units have each value of a code column; shares sum to the whole.
    Distribution {
        /// The code; unit scope.
        value: Checked,
        /// The order in which the codes stand; empty for that of their list.
        categories: Vec<u32>,
    },
    /// One measure over another.
    Ratio {
        /// The measure above.
        over: String,
        /// The measure below.
        under: String,
    },
}

impl MeasureKind {
    /// Whether its values are shares of a hundred.
    #[must_use]
    pub fn is_share(&self) -> bool {
        matches!(self, Self::Proportion { .. } | Self::Distribution { .. })
    }

    /// Whether each unit has an answer that may be pending or unknown: a yes or no, or a number to
    /// find the middle of.
    #[must_use]
    pub fn asks_each_unit(&self) -> bool {
        matches!(self, Self::Proportion { .. } | Self::Mean { .. } | Self::Quartile { .. })
    }
}

/// What puts a unit in a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Counted {
    /// Flow: the day in this column of the unit (or of its parent, when `parent` is set).
    On {
        /// The column or anchor.
        column: String,
        /// Whether it is the parent's.
        parent: bool,
    },
    /// Stock: the unit's spell covers the last day of the period.
    AtPeriodEnd,
    /// From the measures above and below (ratios).
    FromParts,
}

/// What is asked of the reporting period itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AskedOfPeriod {
    /// Nothing.
    Nothing,
    /// When it ends: a quarter asks what its last month does.
    End,
    /// When it begins: every kind of period asks for itself.
    Start,
}

/// What happens to units whose answer is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownCounts {
    /// In the denominator, as not met: a missing answer never flatters.
    AsNotMet,
    /// Left out of the denominator; the number is printed beside.
    LeaveOut,
}

/// What happens to units whose answer is not due yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImmatureCounts {
    /// Left out until their windows have closed; the number is printed beside.
    LeaveOut,
    /// In the denominator at once, as not met until they are; the number is printed beside.
    AsNotMet,
}

/// A named reason for leaving units out of a measure.
#[derive(Debug)]
pub struct Exclusion {
    /// Its name.
    pub name: String,
    /// Which units; unit scope.
    pub when: Checked,
    /// Why.
    pub why: String,
}

/// Which end of the scale is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GoodIs {
    /// Higher is better.
    High,
    /// Lower is better.
    Low,
}

/// What is wanted of a value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Aim {
    /// To be at a limit or above it.
    High(Limits),
    /// To be at a limit or below it.
    Low(Limits),
    /// To be no further than a limit from this value, to either side.
    Near(f64, Limits),
    /// Nothing: this value is what was expected, or is usual elsewhere. Nobody is judged by it.
    Information(f64),
}

/// From where on a target is met, and nearly met.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Met at or beyond this.
    pub green: f64,
    /// Nearly met at or beyond this.
    pub amber: f64,
}

/// A dated target.
#[derive(Debug, Clone)]
pub struct Target {
    /// In force from this day.
    pub from: Day,
    /// What is wanted.
    pub aim: Aim,
    /// The kind of period that it is for; nothing if it is for all.
    pub per: Option<PeriodKind>,
}

impl Target {
    /// Whether it judges nobody.
    #[must_use]
    pub fn is_for_information(&self) -> bool {
        matches!(self.aim, Aim::Information(_))
    }
}

/// The interval printed beside a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interval {
    /// Wilson's score interval, for proportions.
    Wilson,
    /// Byar's approximation (exact below ten), for counts and rates.
    Byar,
    /// Student's t, for means.
    T,
    /// Two of the values themselves, for medians.
    OrderStatistic,
    /// None.
    None,
}

/// A measure.
#[derive(Debug)]
pub struct Measure {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What exactly is counted, in words.
    pub description: String,
    /// Why anybody should care.
    pub why: String,
    /// What a reader must know before reading anything into it.
    pub caveats: Option<String>,
    /// Who answers for it.
    pub owner: String,
    /// The unit counted; for ratios, of the measure above.
    pub unit: String,
    /// What is computed.
    pub kind: MeasureKind,
    /// When a unit counts.
    pub counted: Counted,
    /// Which units at all; unit scope.
    pub population: Option<Checked>,
    /// Which of them are left out, each with its reason.
    pub exclude: Vec<Exclusion>,
    /// Which of those that would count as not met are excused, each with its reason: they leave the
    /// denominator. Proportions only.
    pub except: Vec<Exclusion>,
    /// What happens to units whose answer is not due yet.
    pub immature: ImmatureCounts,
    /// Whether an answer that is not recorded is a plain "not met": what is not done yet is not done.
    pub missing_is_not_met: bool,
    /// What happens to units whose answer is unknown.
    pub unknown: UnknownCounts,
    /// The kinds of period it is computed for.
    pub periods: Vec<PeriodKind>,
    /// The breakdowns it may be split by.
    pub by: Vec<String>,
    /// The interval.
    pub interval: Interval,
    /// Dated targets, oldest first.
    pub targets: Vec<Target>,
    /// The proportion that says how complete the records behind it are, if there is one.
    pub completeness: Option<String>,
    /// How its series is watched, if it is.
    pub signal: Option<SignalRule>,
    /// The audiences it is released to.
    pub audiences: Vec<String>,
    /// Decimal places of a mean or ratio; proportions print as per cent with one.
    pub decimals: u8,
    /// Where it is defined.
    pub place: Place,
}

impl Measure {
    /// Whether units whose answer is unknown are left out. A mean cannot take in what has no value.
    #[must_use]
    pub fn leaves_out_unknown(&self) -> bool {
        match self.kind {
            MeasureKind::Mean { .. } | MeasureKind::Quartile { .. } => true,
            _ => self.unknown == UnknownCounts::LeaveOut,
        }
    }

    /// What it asks of each unit: its numerator or value; nothing for counts and ratios.
    #[must_use]
    pub fn asks(&self) -> Option<&Checked> {
        match &self.kind {
            MeasureKind::Proportion { numerator: asks }
            | MeasureKind::Sum { value: asks }
            | MeasureKind::Mean { value: asks }
            | MeasureKind::Quartile { value: asks, .. }
            | MeasureKind::Distribution { value: asks, .. } => Some(asks),
            MeasureKind::Count | MeasureKind::Ratio { .. } => None,
        }
    }

    /// The reasons for which units leave its denominator: exclusions, then exceptions.
    pub fn reasons(&self) -> impl Iterator<Item = &Exclusion> {
        self.exclude.iter().chain(&self.except)
    }

    /// Everything that it asks of its units: population, reasons to leave them out, numerator or value.
    pub fn expressions(&self) -> impl Iterator<Item = &Checked> {
        let reasons = self.reasons().map(|e| &e.when);
        self.asks().into_iter().chain(&self.population).chain(reasons)
    }

    /// Whether it counts claims on the day on which they were met: what nobody knows yet stands in no period of it.
    #[must_use]
    pub fn counts_claims(&self) -> bool {
        matches!(&self.counted, Counted::On { column, .. } if column.ends_with(MET_ON))
    }

    /// The target in force at the end of a period, for periods of its kind.
    #[must_use]
    pub fn target(&self, period: Period) -> Option<&Target> {
        let mut newest_first = self.targets.iter().rev();
        newest_first.find(|t| t.from <= period.end() && t.per.is_none_or(|per| per == period.kind))
    }
}
