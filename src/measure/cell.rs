//! Cells: what a measure comes to in one period for one level of a breakdown, before protection.

use crate::calendar::Period;

/// Values of means, sums and ratios are kept as whole ten-thousandths, so that adding them up gives
/// the same figure in any order and on any machine.
pub const TEN_THOUSANDTHS: i64 = 10_000;

/// The name and the title of one level of a breakdown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Level {
    /// The name in files.
    pub code: String,
    /// The words on pages.
    pub title: String,
}

/// The name of the level for units whose value was not recorded.
pub const NOT_RECORDED: &str = "not_recorded";

/// What was computed, exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// How many.
    Count(u64),
    /// So many of so many.
    Proportion {
        /// Those for which it holds.
        numerator: u64,
        /// All that were counted.
        denominator: u64,
    },
    /// A mean over units.
    Mean {
        /// How many units.
        units: u64,
        /// Sum of the values, in ten-thousandths.
        sum: i64,
        /// Sum of the squared values, in ten-thousandths squared.
        sum_of_squares: i128,
    },
    /// The value in the middle, or another quartile.
    Median {
        /// How many units.
        units: u64,
        /// Twice the value, in ten-thousandths: between two values it may lie halfway.
        twice: i64,
        /// The two values between which it lies with 95% confidence, in ten-thousandths;
        /// nothing for few units.
        limits: Option<(i64, i64)>,
    },
    /// A sum over units.
    Sum {
        /// How many units.
        units: u64,
        /// The sum, in ten-thousandths.
        sum: i64,
    },
    /// A count over the sum of another measure.
    Ratio {
        /// The count above.
        over: u64,
        /// The sum below, in ten-thousandths.
        under: i64,
        /// How many units stand behind the sum below.
        under_units: u64,
    },
}

/// How the units of a population came to be in the denominator. It sums:
/// `considered = left_out + (pending − pending_as_not_met) + unknown_left_out + counted`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flow {
    /// Units in the population that the period took in.
    pub considered: u64,
    /// Units left out, for each exclusion of the measure in its order, then for each exception.
    pub left_out: Vec<u64>,
    /// Units whose answer is not due yet.
    pub pending: u64,
    /// Of the pending, those in the denominator all the same, as not met.
    pub pending_as_not_met: u64,
    /// Units whose answer is not known.
    pub unknown: u64,
    /// Of the unknown, those left out of the denominator (the rest are in it, as not met).
    pub unknown_left_out: u64,
    /// Units counted: the denominator.
    pub counted: u64,
    /// Of the counted, those that rest on a verdict which somebody decided in the place of its rule.
    pub overridden: u64,
}

impl Flow {
    /// Whether no unit has got lost.
    #[must_use]
    pub fn sums(&self) -> bool {
        let left_out: u64 = self.left_out.iter().sum();
        let waiting = self.pending.saturating_sub(self.pending_as_not_met);
        self.considered == left_out + waiting + self.unknown_left_out + self.counted
    }
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// The period.
    pub period: Period,
    /// The level in each breakdown of the table; empty for the whole council.
    pub level: Vec<Level>,
    /// What it comes to.
    pub amount: Amount,
    /// How the denominator came about.
    pub flow: Flow,
}

/// A request for cells: one measure, split by these breakdowns, in these periods.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TableRequest {
    /// The measure.
    pub measure: String,
    /// The breakdowns crossed; empty for the whole council.
    pub by: Vec<String>,
    /// The periods, oldest first.
    pub periods: Vec<Period>,
}

/// The cells of one request: every level of every period, zeros included.
///
/// The name `category` stands among the breakdowns of a distribution, last, for its own values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The measure.
    pub measure: String,
    /// What is counted, in the plural: `cases`.
    pub unit: String,
    /// The breakdowns crossed.
    pub by: Vec<String>,
    /// Period by period, levels in declared order.
    pub cells: Vec<Cell>,
}

/// The breakdown of a distribution by its own values.
pub const CATEGORY: &str = "category";
