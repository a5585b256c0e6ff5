//! So many of so many.

/// A proportion as it was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proportion {
    /// Those for whom it holds.
    pub numerator: u64,
    /// All that were counted.
    pub denominator: u64,
}

impl Proportion {
    /// So many of so many. Nothing when nobody was counted, or more hold than were counted.
    #[must_use]
    pub fn of(numerator: u64, denominator: u64) -> Option<Self> {
        (denominator > 0 && numerator <= denominator).then_some(Self { numerator, denominator })
    }

    /// Its value, from 0 to 1.
    #[must_use]
    pub fn value(self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }
}
