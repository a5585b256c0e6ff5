//! What is counted for one month and level, and how months add up to longer periods.

use crate::definitions::measure::{Measure, MeasureKind};
use crate::measure::cell::{Amount, Flow};
use crate::measure::fates::Fate;
use crate::statistics::{Confidence, Quartile, quartile_ranks, twice_quartile};

/// Sums over units; adding tallies gives the tally of all their units.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) considered: u64,
    pub(super) left_out: Vec<u64>,
    pub(super) pending: u64,
    pub(super) pending_as_not_met: u64,
    pub(super) unknown: u64,
    pub(super) unknown_left_out: u64,
    pub(super) counted: u64,
    pub(super) overridden: u64,
    pub(super) numerator: u64,
    /// In ten-thousandths.
    pub(super) sum: i64,
    /// In ten-thousandths squared.
    pub(super) sum_of_squares: i128,
    /// Every value, in ten-thousandths, where the one in the middle is asked for.
    pub(super) values: Option<Vec<i64>>,
}

impl Tally {
    /// The tally of no units.
    pub(super) fn of(measure: &Measure) -> Self {
        let values = matches!(measure.kind, MeasureKind::Quartile { .. }).then(Vec::new);
        Self { left_out: vec![0; measure.reasons().count()], values, ..Self::default() }
    }

    /// Takes in one unit. `value` is what it adds to a mean or sum, in ten-thousandths; unknown
    /// units stay out of the denominator if `leaves_out_unknown`.
    pub(super) fn take(&mut self, fate: Fate, value: i64, leaves_out_unknown: bool) {
        self.take_units(fate, 1, leaves_out_unknown);
        if matches!(fate, Fate::Holds | Fate::Fails) {
            self.sum += value;
            self.sum_of_squares += i128::from(value) * i128::from(value);
            if let Some(values) = &mut self.values {
                values.push(value);
            }
        }
    }

    /// Takes in so many units of one fate, none of which has a value.
    pub(super) fn take_units(&mut self, fate: Fate, units: u64, leaves_out_unknown: bool) {
        self.considered += units;
        match fate {
            Fate::LeftOut(exclusion) => {
                if let Some(count) = self.left_out.get_mut(usize::from(exclusion)) {
                    *count += units;
                }
            }
            Fate::Pending => self.pending += units,
            Fate::PendingAsNotMet => {
                self.pending += units;
                self.pending_as_not_met += units;
                self.counted += units;
            }
            Fate::Unknown => {
                self.unknown += units;
                if leaves_out_unknown {
                    self.unknown_left_out += units;
                } else {
                    self.counted += units;
                }
            }
            Fate::Holds => {
                self.counted += units;
                self.numerator += units;
            }
            Fate::Fails => self.counted += units,
        }
    }

    /// Notes that so many units which were taken in rest on somebody's decision.
    pub(super) fn note_decided(&mut self, fate: Fate, units: u64, leaves_out_unknown: bool) {
        let counted = match fate {
            Fate::Holds | Fate::Fails | Fate::PendingAsNotMet => true,
            Fate::Unknown => !leaves_out_unknown,
            _ => false,
        };
        self.overridden += if counted { units } else { 0 };
    }

    /// Adds another tally to this one.
    pub(super) fn add(&mut self, other: &Self) {
        self.considered += other.considered;
        self.left_out.resize(self.left_out.len().max(other.left_out.len()), 0);
        for (mine, theirs) in self.left_out.iter_mut().zip(&other.left_out) {
            *mine += theirs;
        }
        self.pending += other.pending;
        self.pending_as_not_met += other.pending_as_not_met;
        self.unknown += other.unknown;
        self.unknown_left_out += other.unknown_left_out;
        self.counted += other.counted;
        self.overridden += other.overridden;
        self.numerator += other.numerator;
        self.sum += other.sum;
        self.sum_of_squares += other.sum_of_squares;
        if let Some(theirs) = &other.values {
            self.values.get_or_insert_default().extend(theirs);
        }
    }

    /// The denominator flow, for a measure with so many reasons to leave units out.
    pub(super) fn flow(&self, reasons: usize) -> Flow {
        let mut left_out = self.left_out.clone();
        left_out.resize(reasons, 0);
        Flow {
            considered: self.considered,
            left_out,
            pending: self.pending,
            pending_as_not_met: self.pending_as_not_met,
            unknown: self.unknown,
            unknown_left_out: self.unknown_left_out,
            counted: self.counted,
            overridden: self.overridden,
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
            MeasureKind::Quartile { which, .. } => self.quartile(*which),
            MeasureKind::Sum { .. } => Amount::Sum { units: self.counted, sum: self.sum },
            MeasureKind::Count | MeasureKind::Distribution { .. } | MeasureKind::Ratio { .. } => {
                Amount::Count(self.counted)
            }
        }
    }

    /// A quartile, the middle one most often, and the two values between which it lies with confidence.
    fn quartile(&self, which: Quartile) -> Amount {
        let mut values = self.values.clone().unwrap_or_default();
        values.sort_unstable();
        let at = |place: u64| {
            let place = usize::try_from(place.checked_sub(1)?).ok()?;
            values.get(place).copied()
        };
        let ranks = quartile_ranks(self.counted, which, Confidence::P95);
        // The least and the greatest value are those of single units. Whether a median may have them as its limits
        // policies say; another quartile goes without.
        let inside = |(lower, upper): &(u64, u64)| {
            which == Quartile::Middle || (*lower > 1 && *upper < self.counted)
        };
        let limits = ranks.filter(inside).and_then(|(lower, upper)| Some((at(lower)?, at(upper)?)));
        let twice = twice_quartile(&values, which).unwrap_or(0);
        Amount::Median { units: self.counted, twice, limits }
    }
}
