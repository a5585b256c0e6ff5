//! The dice: whole-number draws from a portable generator.
//!
//! Only integer arithmetic is used, so that the same seed gives the same council on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of draws. Each family has a stream of its own, so that families are independent.
pub(super) struct Draw {
    rng: ChaCha8Rng,
}

impl Draw {
    /// The stream with this number under this seed.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut rng = ChaCha8Rng::from_seed(key);
        rng.set_stream(stream);
        Self { rng }
    }

    /// A whole number from 0 up to but without `n`; 0 when `n` is 0.
    pub(super) fn below(&mut self, n: u32) -> u32 {
        let wide = u64::from(self.rng.next_u32()) * u64::from(n);
        u32::try_from(wide >> 32).unwrap_or(0)
    }

    /// A whole number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i32, high: i32) -> i32 {
        let width = u32::try_from(high - low + 1).unwrap_or(1);
        low.saturating_add_unsigned(self.below(width))
    }

    /// True so many times in a thousand.
    pub(super) fn chance(&mut self, per_mille: i32) -> bool {
        self.between(0, 999) < per_mille
    }

    /// One of these, each as likely as the next.
    pub(super) fn pick<T: Copy, const N: usize>(&mut self, choices: &[T; N]) -> T {
        choices[self.index(N)]
    }

    /// An index into a list of this length; 0 for an empty list.
    pub(super) fn index(&mut self, length: usize) -> usize {
        self.below(u32::try_from(length).unwrap_or(u32::MAX)) as usize
    }

    /// One of these, as likely as the weight beside it.
    pub(super) fn weighted<T: Copy, const N: usize>(&mut self, choices: &[(T, u32); N]) -> T {
        let at = self.weighted_index(choices.iter().map(|c| c.1));
        choices[at.min(N - 1)].0
    }

    /// The place of a weight in the list, drawn in proportion to it.
    pub(super) fn weighted_index(&mut self, weights: impl Iterator<Item = u32> + Clone) -> usize {
        let mut left = self.below(weights.clone().sum());
        for (at, weight) in weights.enumerate() {
            if left < weight {
                return at;
            }
            left -= weight;
        }
        0
    }

    /// A bell-shaped whole number: the sum of four even draws, moved to this mean and spread
    /// (standard deviation). It never strays further than three and a half spreads.
    pub(super) fn bell(&mut self, mean: i32, spread: i32) -> i32 {
        let sum: i32 = (0..4).map(|_| self.between(-500, 500)).sum();
        mean + sum * spread / 578
    }
}
