//! Work that is allowed, counted and not timed: the same system gets as far on every machine.

/// Work, in numbers gone through: about a third of a nanosecond each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Work {
    left: u64,
}

impl Work {
    /// So much of it.
    pub(super) fn of(numbers: u64) -> Self {
        Self { left: numbers }
    }

    /// Takes what was done from what is left.
    pub(super) fn charge(&mut self, numbers: u64) {
        self.left = self.left.saturating_sub(numbers);
    }

    /// How much of it is left.
    pub(super) fn left(self) -> u64 {
        self.left
    }

    /// Whether it is used up.
    pub(super) fn is_spent(&self) -> bool {
        self.left == 0
    }
}
