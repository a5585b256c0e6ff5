//! The attack on what is about to be published. A secret is safe when two whole tables agree with
//! everything the reader knows and differ in it by the width of the rule; every such table is verified by
//! adding up whole numbers. What has no such tables is unsafe, whatever the reason.

use std::collections::{BTreeMap, BTreeSet};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::reader::{Bounds, Reader, UNBOUNDED};
use super::solver::{Answer, Part};
use super::swaps::{Move, Swaps};

/// A number that a reader may not find out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Secret {
    /// The sum.
    pub(super) sum: usize,
    /// How far apart two possible values must be.
    pub(super) width: i64,
    /// The hidden cell that it belongs to; nothing for secrets of the system's own.
    pub(super) cell: Option<usize>,
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

/// How many tables are sought in random directions before each secret is looked at by itself.
const DIRECTIONS: usize = 24;
/// How many of them in a row may bring nothing new.
const FRUITLESS: usize = 4;

/// How many steps a search by moving people may take.
pub(super) const STEPS: usize = 400;

/// Secrets, and the tables that prove them safe.
#[derive(Debug)]
pub(super) struct Audit {
    pub(super) secrets: Vec<Secret>,
    evidence: Vec<Evidence>,
    pool: Vec<Move>,
    /// For each inner cell the secrets that it is in.
    secrets_of: BTreeMap<usize, Vec<usize>>,
    /// What is left of the work that may be given to the solver.
    pub(super) work_left: u64,
    /// How often the solver failed or gave up.
    pub(super) failures: u64,
    swaps: Swaps,
    random: ChaCha8Rng,
}

impl Audit {
    pub(super) fn new(reader: &Reader, work: u64) -> Self {
        Self {
            swaps: Swaps::new(reader.inner.len(), reader.sums.len()),
            secrets: Vec::new(),
            evidence: Vec::new(),
            pool: Vec::new(),
            secrets_of: BTreeMap::new(),
            work_left: work,
            failures: 0,
            random: ChaCha8Rng::seed_from_u64(1),
        }
    }

    /// Adds a secret and gives its number.
    pub(super) fn add(&mut self, reader: &Reader, secret: Secret) -> usize {
        let number = self.secrets.len();
        for (inner, _) in reader.sums[secret.sum].form.terms() {
            self.secrets_of.entry(*inner).or_default().push(number);
        }
        self.secrets.push(secret);
        self.evidence.push(Evidence::default());
        number
    }

    /// Forgets a secret, because its cell is shown after all.
    pub(super) fn forget(&mut self, secret: usize) {
        self.secrets[secret].width = 0;
    }

    /// Forgets all tables.
    pub(super) fn restart(&mut self) {
        self.pool.clear();
        self.evidence.iter_mut().for_each(|evidence| *evidence = Evidence::default());
    }

    /// How far apart the tables found for a secret are.
    pub(super) fn width(&self, secret: usize) -> i64 {
        self.evidence[secret].high.0 - self.evidence[secret].low.0
    }

    pub(super) fn is_safe(&self, secret: usize) -> bool {
        self.width(secret) >= self.secrets[secret].width
    }

    /// Takes a table into account, if it is one: whole, not below nought, and in agreement with
    /// everything known.
    fn take(&mut self, reader: &Reader, found: Move) -> bool {
        if !agrees(reader, &found) {
            return false;
        }
        let touched: BTreeSet<usize> = found
            .iter()
            .filter_map(|(inner, _)| self.secrets_of.get(inner))
            .flatten()
            .copied()
            .collect();
        let moved: BTreeMap<usize, i64> = found.iter().copied().collect();
        let (mut used, place) = (false, self.pool.len());
        for secret in touched {
            if self.is_safe(secret) {
                continue;
            }
            let terms = reader.sums[self.secrets[secret].sum].form.terms();
            let change: i64 =
                terms.iter().map(|(i, times)| times * moved.get(i).copied().unwrap_or(0)).sum();
            let evidence = &mut self.evidence[secret];
            if change < evidence.low.0 {
                evidence.low = (change, Some(place));
                used = true;
            }
            if change > evidence.high.0 {
                evidence.high = (change, Some(place));
                used = true;
            }
        }
        if used {
            self.pool.push(found);
        }
        used
    }

    /// Looks for tables by moving a few people, in searches of so many steps. Gives whether the secret
    /// is safe.
    pub(super) fn try_swaps(
        &mut self,
        reader: &Reader,
        bounds: &Bounds,
        secret: usize,
        steps: usize,
    ) -> bool {
        let Secret { sum, width, .. } = self.secrets[secret];
        let form = &reader.sums[sum].form;
        let mut size = width;
        while size > 0 {
            for by in [size, -size] {
                if self.is_safe(secret) {
                    return true;
                }
                let Evidence { low, high } = self.evidence[secret];
                if (by > 0 && by <= high.0) || (by < 0 && by >= low.0) {
                    continue;
                }
                if let Some(found) = self.swaps.find(reader, bounds, form, by, steps) {
                    self.take(reader, found);
                }
            }
            // All at once if it can be, else half of it each way, and so on.
            size = if size == 1 { 0 } else { (size + 1) / 2 };
        }
        self.is_safe(secret)
    }

    /// Attacks all secrets. Gives those that are not safe, with the reason.
    pub(super) fn attack(&mut self, reader: &Reader) -> Vec<(usize, Doubt)> {
        let bounds = reader.bounds();
        let mut open: Vec<usize> = Vec::new();
        let mut doubts: Vec<(usize, Doubt)> = Vec::new();
        for secret in 0..self.secrets.len() {
            if self.is_safe(secret) {
                continue;
            }
            let (low, high) = bounds.of(&reader.sums[self.secrets[secret].sum].form);
            if high < UNBOUNDED && low > -UNBOUNDED && high - low < self.secrets[secret].width {
                doubts.push((secret, Doubt::Between(low, high)));
            } else if !self.try_swaps(reader, &bounds, secret, STEPS) {
                open.push(secret);
            }
        }
        while let Some(&first) = open.first() {
            let form = &reader.sums[self.secrets[first].sum].form;
            let mut part = Part::around(reader, &bounds, form);
            let inside = |secret: &usize| {
                let terms = reader.sums[self.secrets[*secret].sum].form.terms();
                terms.iter().any(|(inner, _)| part.inner.binary_search(inner).is_ok())
            };
            let (mut here, elsewhere): (Vec<usize>, Vec<usize>) =
                open.iter().partition(|secret| **secret == first || inside(secret));
            self.in_random_directions(reader, &mut part, &mut here);
            for secret in here {
                if let Some(doubt) = self.one_by_one(reader, &mut part, secret) {
                    doubts.push((secret, doubt));
                }
            }
            open = elsewhere;
        }
        doubts.sort_by_key(|(secret, _)| *secret);
        doubts
    }

    /// Tables that lie far out in directions made of all secrets of a part.
    fn in_random_directions(&mut self, reader: &Reader, part: &mut Part, open: &mut Vec<usize>) {
        let mut fruitless = 0;
        for _ in 0..DIRECTIONS {
            open.retain(|secret| !self.is_safe(*secret));
            // One or two are quicker to settle by themselves.
            if open.len() < 3 || fruitless >= FRUITLESS || !self.may_work(part.work()) {
                return;
            }
            let mut asked: BTreeMap<usize, f64> = BTreeMap::new();
            for secret in open.iter() {
                let weight = f64::from(self.random.random_range(1..=9_u8));
                let sign = if self.random.random::<bool>() { weight } else { -weight };
                for (inner, times) in reader.sums[self.secrets[*secret].sum].form.terms() {
                    *asked.entry(*inner).or_insert(0.0) += sign * *times as f64;
                }
            }
            let before = open.len();
            let answer = part.most(&asked, |table| {
                self.take(reader, table);
                false
            });
            self.failures += u64::from(matches!(answer, Answer::Failed));
            open.retain(|secret| !self.is_safe(*secret));
            fruitless = if open.len() < before { 0 } else { fruitless + 1 };
        }
    }

    fn may_work(&mut self, work: u64) -> bool {
        let enough = self.work_left >= work;
        self.work_left = self.work_left.saturating_sub(work);
        enough
    }

    /// Goes as far as one secret can go, up and down, looking at every whole table on the way.
    fn one_by_one(&mut self, reader: &Reader, part: &mut Part, secret: usize) -> Option<Doubt> {
        if self.is_safe(secret) {
            return None;
        }
        let Secret { sum, width, .. } = self.secrets[secret];
        let mut reach = [None; 2];
        for (way, sign) in [1.0, -1.0].into_iter().enumerate() {
            if !self.may_work(part.work()) {
                return Some(Doubt::Unproven);
            }
            let terms = reader.sums[sum].form.terms().iter();
            let asked = terms.map(|(inner, times)| (*inner, sign * *times as f64)).collect();
            let answer = part.most(&asked, |table| {
                self.take(reader, table);
                self.is_safe(secret)
            });
            match answer {
                Answer::AtMost(gain) => reach[way] = Some(gain),
                Answer::Stopped => return None,
                Answer::Failed => self.failures += 1,
            }
        }
        let truth = reader.sums[sum].value;
        Some(match reach {
            [Some(up), Some(down)] if up + down < width => Doubt::Between(truth - down, truth + up),
            _ => Doubt::Unproven,
        })
    }

    /// Secrets whose tables no longer agree with everything known, now that these sums are.
    pub(super) fn shaken(&mut self, reader: &Reader, known: &[usize]) -> Vec<usize> {
        let breaks = |found: &Move| {
            known.iter().any(|sum| {
                let terms = reader.sums[*sum].form.terms();
                let change = |(inner, by): &(usize, i64)| {
                    terms.binary_search_by_key(inner, |(i, _)| *i).map_or(0, |at| terms[at].1 * by)
                };
                found.iter().map(change).sum::<i64>() != 0
            })
        };
        let broken: Vec<bool> = self.pool.iter().map(breaks).collect();
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

    /// Goes through all evidence once more, from the tables alone: the secrets that are not safe.
    pub(super) fn recheck(&self, reader: &Reader) -> Vec<usize> {
        let agree: Vec<bool> = self.pool.iter().map(|found| agrees(reader, found)).collect();
        let value = |secret: usize, end: (i64, Option<usize>)| -> Option<i64> {
            let Some(place) = end.1 else { return Some(0) };
            let moved: BTreeMap<usize, i64> = self.pool[place].iter().copied().collect();
            let terms = reader.sums[self.secrets[secret].sum].form.terms().iter();
            let change = terms.map(|(i, times)| times * moved.get(i).copied().unwrap_or(0)).sum();
            agree[place].then_some(change)
        };
        (0..self.secrets.len())
            .filter(|secret| self.secrets[*secret].width > 0)
            .filter(|&secret| {
                let Evidence { low, high } = self.evidence[secret];
                let apart = value(secret, high).zip(value(secret, low)).map(|(h, l)| h - l);
                apart.is_none_or(|apart| apart < self.secrets[secret].width)
            })
            .collect()
    }
}

/// Evidence as it stood.
#[derive(Debug)]
pub(super) struct Remembered {
    evidence: Vec<Evidence>,
    pool: usize,
}

/// Whether a table agrees with everything that is known: in whole numbers.
fn agrees(reader: &Reader, found: &Move) -> bool {
    let mut changes: BTreeMap<usize, i64> = BTreeMap::new();
    for &(inner, by) in found {
        if reader.inner[inner] + by < 0 {
            return false;
        }
        for &(sum, times) in &reader.sums_of[inner] {
            *changes.entry(sum).or_insert(0) += times * by;
        }
    }
    changes.into_iter().all(|(number, change)| {
        let sum = &reader.sums[number];
        (!sum.is_known() || change == 0) && (!sum.is_above_nought() || sum.value + change >= 1)
    })
}
