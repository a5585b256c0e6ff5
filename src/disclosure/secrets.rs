//! What may not be found out, and the tables that prove that it cannot be. A secret is safe when two whole
//! tables agree with everything the reader knows and differ in it by the width of the rule; every such table
//! is verified by adding up whole numbers. It is harmless when all tables agree that it is large, or that it
//! is nought where noughts may be known.

use std::collections::BTreeMap;
use std::ops::Index;

use super::reader::{Bounds, Reader};
use super::swaps::Move;

/// A number that a reader may not find out, as far as it tells of few.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Secret {
    /// The sum.
    pub(super) sum: usize,
    /// How far apart two possible values must be.
    pub(super) width: i64,
    /// From here on it tells of many, and may be known.
    pub(super) many: i64,
    /// Whether it may be known that it is nought.
    pub(super) nought: bool,
    /// Whether it is enough that it may be nought for all that the reader knows.
    pub(super) open_at_nought: bool,
    /// What it truly is.
    pub(super) truth: i64,
    /// The hidden cell that it belongs to; nothing for secrets of the system's own.
    pub(super) cell: Option<usize>,
}

impl Secret {
    /// Whether tables that differ from the truth by so much leave it open.
    fn is_open(&self, low: i64, high: i64) -> bool {
        high - low >= self.width || (self.open_at_nought && self.truth + low <= 0)
    }

    /// Whether nothing is told of few by one who knows that it lies between these, near though they be.
    pub(super) fn is_harmless(&self, (low, high): (i64, i64)) -> bool {
        low >= self.many || (self.nought && high == 0)
    }

    /// Whether it tells of few that it lies between these, and nowhere else.
    pub(super) fn is_told_by(&self, ends: (i64, i64)) -> bool {
        let (low, high) = (ends.0 - self.truth, ends.1 - self.truth);
        !self.is_open(low, high) && !self.is_harmless(ends)
    }
}

/// Why a secret is not safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// It must lie between these, which are too close.
    Between(i64, i64),
    /// No two tables were found that are far enough apart, within the work that is allowed; or the
    /// solver failed. It counts as unsafe.
    Unproven,
}

/// The tables found for one secret.
#[derive(Debug, Clone, Copy, Default)]
struct Evidence {
    /// The smallest change found, and the table.
    low: (i64, Option<usize>),
    /// The largest.
    high: (i64, Option<usize>),
}

/// All secrets, each with the tables that were found for it.
#[derive(Debug)]
pub(super) struct Secrets {
    all: Vec<Secret>,
    evidence: Vec<Evidence>,
    pool: Vec<Move>,
    /// For each inner cell the secrets that it is in, with its multiplicity.
    of_inner: Vec<Vec<(usize, i64)>>,
}

impl Index<usize> for Secrets {
    type Output = Secret;

    fn index(&self, secret: usize) -> &Secret {
        &self.all[secret]
    }
}

impl Secrets {
    pub(super) fn new(reader: &Reader) -> Self {
        Self {
            all: Vec::new(),
            evidence: Vec::new(),
            pool: Vec::new(),
            of_inner: vec![Vec::new(); reader.inner.len()],
        }
    }

    /// How many there are, those that were forgotten among them.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// Adds a secret and gives its number.
    pub(super) fn add(&mut self, reader: &Reader, secret: Secret) -> usize {
        let number = self.all.len();
        for (inner, times) in reader.sums[secret.sum].form.terms() {
            self.of_inner[*inner].push((number, *times));
        }
        self.all.push(secret);
        self.evidence.push(Evidence::default());
        number
    }

    /// Lowers the width of all secrets of a sum, because the reader knows by now that it is not nought.
    pub(super) fn lower(&mut self, sum: usize, width: i64) {
        for secret in self.all.iter_mut().filter(|secret| secret.sum == sum) {
            secret.width = secret.width.min(width);
        }
    }

    /// Forgets a secret, because its cell is shown after all.
    pub(super) fn forget(&mut self, secret: usize) {
        self.all[secret].width = 0;
    }

    /// How far apart the tables found for a secret are.
    pub(super) fn width(&self, secret: usize) -> i64 {
        self.evidence[secret].high.0 - self.evidence[secret].low.0
    }

    /// Whether tables were found that are far enough apart.
    pub(super) fn is_safe(&self, secret: usize) -> bool {
        let Evidence { low, high } = self.evidence[secret];
        self.all[secret].is_open(low.0, high.0)
    }

    /// Whether all that follows from single sums is that a secret tells of many, or of nobody.
    pub(super) fn is_harmless(&self, reader: &Reader, bounds: &Bounds, secret: usize) -> bool {
        let secret = &self.all[secret];
        secret.is_harmless(ends(reader, bounds, secret.sum))
    }

    /// Whether single sums give a secret away.
    pub(super) fn is_told(&self, reader: &Reader, bounds: &Bounds, secret: usize) -> bool {
        let secret = &self.all[secret];
        secret.is_told_by(ends(reader, bounds, secret.sum))
    }

    /// Takes a table into account, if it shows something new and is one: whole, not below nought, and in
    /// agreement with everything known.
    pub(super) fn take(&mut self, reader: &Reader, found: Move) {
        let mut changes: BTreeMap<usize, i64> = BTreeMap::new();
        for (inner, by) in &found {
            for (secret, times) in self.of_inner.get(*inner).into_iter().flatten() {
                if !self.is_safe(*secret) {
                    *changes.entry(*secret).or_insert(0) += times * by;
                }
            }
        }
        changes.retain(|secret, change| {
            let Evidence { low, high } = &self.evidence[*secret];
            *change < low.0 || *change > high.0
        });
        if changes.is_empty() || !agrees(reader, &found) {
            return;
        }
        let place = self.pool.len();
        self.pool.push(found);
        for (secret, change) in changes {
            let Evidence { low, high } = &mut self.evidence[secret];
            let end = if change < low.0 { low } else { high };
            *end = (change, Some(place));
        }
    }

    /// The smallest and the largest change found.
    pub(super) fn found(&self, secret: usize) -> (i64, i64) {
        let Evidence { low, high } = self.evidence[secret];
        (low.0, high.0)
    }

    /// Secrets whose tables no longer agree with everything known, now that these sums are.
    pub(super) fn shaken(&mut self, reader: &Reader, known: &[usize]) -> Vec<usize> {
        let mut broken = vec![false; self.pool.len()];
        let mut counts = vec![0; reader.inner.len()];
        for sum in known {
            let terms = reader.sums[*sum].form.terms();
            terms.iter().for_each(|(inner, times)| counts[*inner] = *times);
            for (found, broken) in self.pool.iter().zip(&mut broken) {
                *broken |= found.iter().map(|(inner, by)| counts[*inner] * by).sum::<i64>() != 0;
            }
            terms.iter().for_each(|(inner, _)| counts[*inner] = 0);
        }
        let mut shaken = Vec::new();
        for (secret, evidence) in self.evidence.iter_mut().enumerate() {
            for end in [&mut evidence.low, &mut evidence.high] {
                if end.1.is_some_and(|place| broken[place]) {
                    *end = (0, None);
                    shaken.push(secret);
                }
            }
        }
        shaken.dedup();
        shaken
    }

    /// The tables by which secrets are safe, to put them back with [`restore`](Self::restore).
    pub(super) fn remember(&self) -> Remembered {
        Remembered { evidence: self.evidence.clone(), pool: self.pool.len() }
    }

    pub(super) fn restore(&mut self, remembered: Remembered) {
        self.evidence = remembered.evidence;
        self.pool.truncate(remembered.pool);
    }

    /// Goes through all evidence once more, from the tables alone: the secrets that seem safe by them and
    /// are not.
    pub(super) fn recheck(&self, reader: &Reader) -> Vec<usize> {
        let agree: Vec<bool> = self.pool.iter().map(|found| agrees(reader, found)).collect();
        let value = |secret: usize, end: (i64, Option<usize>)| -> Option<i64> {
            let Some(place) = end.1 else { return Some(0) };
            let moved: BTreeMap<usize, i64> = self.pool[place].iter().copied().collect();
            let terms = reader.sums[self.all[secret].sum].form.terms().iter();
            let change = terms.map(|(i, times)| times * moved.get(i).copied().unwrap_or(0)).sum();
            agree[place].then_some(change)
        };
        (0..self.all.len())
            .filter(|secret| self.is_safe(*secret))
            .filter(|&secret| {
                let Evidence { low, high } = self.evidence[secret];
                let ends = value(secret, low).zip(value(secret, high));
                !ends.is_some_and(|(low, high)| self.all[secret].is_open(low, high))
            })
            .collect()
    }
}

/// Between which numbers a sum lies, as far as follows from single sums.
pub(super) fn ends(reader: &Reader, bounds: &Bounds, sum: usize) -> (i64, i64) {
    let it = &reader.sums[sum];
    if it.is_known() {
        return (it.value, it.value);
    }
    let (low, high) = bounds.of(&it.form);
    (if it.is_above_nought() { low.max(1) } else { low }, high)
}

/// Evidence as it stood.
#[derive(Debug)]
pub(super) struct Remembered {
    evidence: Vec<Evidence>,
    pool: usize,
}

/// Whether a table agrees with everything that is known: in whole numbers.
fn agrees(reader: &Reader, found: &Move) -> bool {
    let mut touched: Vec<(usize, i64)> = Vec::with_capacity(4 * found.len());
    for &(inner, by) in found {
        if reader.inner[inner] + by < 0 {
            return false;
        }
        touched.extend(reader.sums_of[inner].iter().map(|(sum, times)| (*sum, times * by)));
    }
    touched.sort_unstable_by_key(|(sum, _)| *sum);
    touched.chunk_by(|a, b| a.0 == b.0).all(|of_sum| {
        let change: i64 = of_sum.iter().map(|(_, change)| change).sum();
        let sum = &reader.sums[of_sum[0].0];
        (!sum.is_known() || change == 0) && (!sum.is_above_nought() || sum.value + change >= 1)
    })
}
