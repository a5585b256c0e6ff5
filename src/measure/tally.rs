//! What is counted for one month and level, and how months add up to longer periods.

use crate::definitions::measure::MeasureKind;
use crate::measure::cell::{Amount, Flow};
use crate::measure::fates::Fate;

/// Sums over units; adding tallies gives the tally of all their units.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) considered: u64,
    pub(super) left_out: Vec<u64>,
    pub(super) pending: u64,
    pub(super) unknown: u64,
    pub(super) unknown_left_out: u64,
    pub(super) counted: u64,
    pub(super) numerator: u64,
    /// In ten-thousandths.
    pub(super) sum: i64,
    /// In ten-thousandths squared.
    pub(super) sum_of_squares: i128,
}

impl Tally {
    /// The tally of no units, for a measure with so many exclusions.
    pub(super) fn of_exclusions(exclusions: usize) -> Self {
        Self { left_out: vec![0; exclusions], ..Self::default() }
    }

    /// Takes in one unit. `value` is what it adds to a mean or sum, in ten-thousandths; unknown
    /// units stay out of the denominator if `leaves_out_unknown`.
    pub(super) fn take(&mut self, fate: Fate, value: i64, leaves_out_unknown: bool) {
        if fate == Fate::NotTaken {
            return;
        }
        self.considered += 1;
        match fate {
            Fate::NotTaken => {}
            Fate::LeftOut(exclusion) => {
                if let Some(count) = self.left_out.get_mut(usize::from(exclusion)) {
                    *count += 1;
                }
            }
            Fate::Pending => self.pending += 1,
            Fate::Unknown => {
                self.unknown += 1;
                if leaves_out_unknown {
                    self.unknown_left_out += 1;
                } else {
                    self.counted += 1;
                }
            }
            Fate::Holds | Fate::Fails => {
                self.counted += 1;
                self.numerator += u64::from(fate == Fate::Holds);
                self.sum += value;
                self.sum_of_squares += i128::from(value) * i128::from(value);
            }
        }
    }

    /// Adds another tally to this one.
    pub(super) fn add(&mut self, other: &Self) {
        self.considered += other.considered;
        self.left_out.resize(self.left_out.len().max(other.left_out.len()), 0);
        for (mine, theirs) in self.left_out.iter_mut().zip(&other.left_out) {
            *mine += theirs;
        }
        self.pending += other.pending;
        self.unknown += other.unknown;
        self.unknown_left_out += other.unknown_left_out;
        self.counted += other.counted;
        self.numerator += other.numerator;
        self.sum += other.sum;
        self.sum_of_squares += other.sum_of_squares;
    }

    /// The denominator flow.
    pub(super) fn flow(&self, exclusions: usize) -> Flow {
        let mut left_out = self.left_out.clone();
        left_out.resize(exclusions, 0);
        Flow {
            considered: self.considered,
            left_out,
            pending: self.pending,
            unknown: self.unknown,
            unknown_left_out: self.unknown_left_out,
            counted: self.counted,
        }
    }

    /// What the measure comes to. Ratios are made from two measures, distributions from their
    /// categories; both are not asked here.
    pub(super) fn amount(&self, kind: &MeasureKind) -> Amount {
        match kind {
            MeasureKind::Proportion { .. } => {
                Amount::Proportion { numerator: self.numerator, denominator: self.counted }
            }
            MeasureKind::Mean { .. } => Amount::Mean {
                units: self.counted,
                sum: self.sum,
                sum_of_squares: self.sum_of_squares,
            },
            MeasureKind::Sum { .. } => Amount::Sum { units: self.counted, sum: self.sum },
            MeasureKind::Count | MeasureKind::Distribution { .. } | MeasureKind::Ratio { .. } => {
                Amount::Count(self.counted)
            }
        }
    }
}
