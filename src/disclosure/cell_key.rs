//! Noise in the place of hiding, for cubes that are too wide for anything to be left once cells go together.
//!
//! Every record has a key that nobody outside can guess, a number below 256, and a cell's key is the sum of
//! those of its records. It says by how much the cell's count is changed: so the same people give the same
//! changed count in whichever table they stand, today and next year, and laying tables side by side or asking
//! again wears nothing off. What is given up is that levels add up. The method is that of the Australian
//! Bureau of Statistics (Fraser and Wooton 2005; Thompson, Broadfoot and Elazar 2013).
//!
//! The changed counts of a true count are noughts, or no smaller than the threshold, and lie as near as that
//! allows to a bell around it, tilted so that their mean is the true count itself.

use std::collections::BTreeMap;

/// How many keys there are.
const KEYS: u64 = 256;

/// How counts are changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noise {
    /// No count from 1 to one less than this is published.
    below: u64,
    /// The most by which a count is changed, unless it is so near the threshold that it may become a nought.
    most: u64,
    /// By true count, the changed one for each key; of large counts that for one that stands for them all.
    changed: BTreeMap<u64, Vec<u64>>,
}

impl Noise {
    /// Noise that changes counts by at most `most`, and leaves none from 1 to one less than `below`.
    #[must_use]
    pub fn new(below: u64, most: u64) -> Self {
        let mut noise = Self { below, most, changed: BTreeMap::new() };
        for count in 1..=noise.free() {
            noise.changed.insert(count, noise.by_key(count));
        }
        noise
    }

    /// From this count on every count is changed alike: one less may still become a nought.
    fn free(&self) -> u64 {
        Self::furthest(self.below, self.most) + 1
    }

    /// What a count is published as, if its records' keys add up to this. A true nought is one.
    #[must_use]
    pub fn of(&self, count: u64, keys: u64) -> u64 {
        let stands_for = count.min(self.free());
        let changed = self.changed.get(&stands_for);
        let key = usize::try_from(keys % KEYS).unwrap_or_default();
        changed.and_then(|by_key| by_key.get(key)).map_or(0, |changed| changed + count - stands_for)
    }

    /// The furthest that a published count can be from the true one under such noise.
    #[must_use]
    pub fn furthest(below: u64, most: u64) -> u64 {
        below.max(1) + most - 1
    }

    /// What a count may become: a nought or the threshold at least, so that any count can be the mean of both.
    fn may_become(&self, count: u64) -> Vec<u64> {
        let near = |value: &u64| value.abs_diff(count) <= self.most;
        let floor = self.below.max(1);
        let above = (floor..=count.max(floor) + self.most).filter(|v| near(v) || *v == floor);
        let noughts = (count < self.free()).then_some(0);
        noughts.into_iter().chain(above).collect()
    }

    /// The changed count for each key.
    fn by_key(&self, count: u64) -> Vec<u64> {
        let values = self.may_become(count);
        let shares = tilted(&values, count, self.most);
        // So many keys for each value as are nearest to its share.
        let mut keys: Vec<(u64, f64)> = shares
            .iter()
            .map(|share| share * KEYS as f64)
            .map(|k| (k.floor() as u64, k.fract()))
            .collect();
        let given: u64 = keys.iter().map(|(whole, _)| whole).sum();
        let mut by_rest: Vec<usize> = (0..keys.len()).collect();
        by_rest.sort_by(|a, b| keys[*b].1.total_cmp(&keys[*a].1).then(a.cmp(b)));
        let missing = usize::try_from(KEYS - given).unwrap_or_default();
        by_rest.into_iter().take(missing).for_each(|at| keys[at].0 += 1);
        let each = values.iter().zip(keys);
        each.flat_map(|(&value, (keys, _))| (0..keys).map(move |_| value)).collect()
    }
}

/// The shares of some values that are a bell around a count, tilted until their mean is the count.
fn tilted(values: &[u64], count: u64, most: u64) -> Vec<f64> {
    let from = |value: u64| value as f64 - count as f64;
    let spread = (most as f64 / 2.0).max(0.5);
    let shares = |tilt: f64| -> Vec<f64> {
        let weights = values.iter().map(|&v| {
            let z = from(v) / spread;
            tilt * from(v) - z * z / 2.0
        });
        let weights: Vec<f64> = weights.collect();
        let largest = weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let weights: Vec<f64> = weights.iter().map(|w| (w - largest).exp()).collect();
        let all: f64 = weights.iter().sum();
        weights.iter().map(|w| w / all).collect()
    };
    let mean = |shares: &[f64]| -> f64 {
        values.iter().zip(shares).map(|(v, share)| from(*v) * share).sum()
    };
    // The mean grows with the tilt: halve until nothing is left of the difference.
    let (mut low, mut high) = (-64.0_f64, 64.0_f64);
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if mean(&shares(middle)) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    shares(f64::midpoint(low, high))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published counts of a true one, for all keys.
    fn all(noise: &Noise, count: u64) -> Vec<u64> {
        (0..KEYS).map(|key| noise.of(count, key)).collect()
    }

    #[test]
    fn changed_counts_are_right_on_average_and_never_small() {
        for (below, most) in [(6, 3), (6, 5), (10, 4), (1, 2), (3, 1)] {
            let noise = Noise::new(below, most);
            for count in 1..=60 {
                let changed = all(&noise, count);
                let mean = changed.iter().sum::<u64>() as f64 / KEYS as f64;
                assert!((mean - count as f64).abs() < 0.05, "{below} {most}: {count} is {mean}");
                assert!(changed.iter().all(|c| *c == 0 || *c >= below), "{count}: {changed:?}");
                let furthest = changed.iter().map(|c| c.abs_diff(count)).max();
                assert!(furthest.is_some_and(|f| f <= Noise::furthest(below, most)));
                assert!(changed.iter().any(|c| *c != count), "{count} is always shown as it is");
            }
        }
    }

    #[test]
    fn nobody_is_nobody_and_the_same_people_always_give_the_same_count() {
        let noise = Noise::new(6, 3);
        assert!(all(&noise, 0).iter().all(|count| *count == 0));
        assert_eq!(noise.of(41, 7), noise.of(41, 7 + KEYS));
        // Large counts are all changed alike.
        let change =
            |count: u64| all(&noise, count).iter().map(|c| c + 100 - count).collect::<Vec<_>>();
        assert_eq!(change(40), change(90));
    }
}
