//! The attack on what is about to be published. A secret is safe when two whole tables agree with
//! everything the reader knows and differ in it by the width of the rule; every such table is verified by
//! adding up whole numbers. It is harmless when all tables agree that it is large, or that it is nought
//! where noughts may be known. What is neither is unsafe, whatever the reason.

use std::collections::{BTreeMap, BTreeSet};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::reader::{Bounds, Reader, UNBOUNDED};
use super::solver::{Answer, Edge, Part};
use super::swaps::{Move, Swaps};

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
    fn is_harmless(&self, (low, high): (i64, i64)) -> bool {
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

/// How many tables are sought in random directions before each secret is looked at by itself.
const DIRECTIONS: usize = 6;
/// How many of them in a row may bring nothing new.
const FRUITLESS: usize = 2;

/// Fewer secrets than this are settled sooner one by one.
const FEW: usize = 8;

/// How many inner cells are looked at around a secret, before more are.
const SIZES: [usize; 3] = [100, 600, LARGEST];
/// How many at last.
const LARGEST: usize = 5_000;
/// How many steps a search by moving people may take.
pub(super) const STEPS: usize = 40;

/// How many it may take for a secret that would cost a cell otherwise.
pub(super) const LONG: usize = 20_000;

/// How many corners are visited each way in search of a whole table.
const CORNERS: usize = 12;
/// How much more a person in the secret counts than one elsewhere meanwhile.
const HEIGHT: f64 = 4096.0;

/// Secrets, and the tables that prove them safe.
#[derive(Debug)]
pub(super) struct Audit {
    pub(super) secrets: Vec<Secret>,
    evidence: Vec<Evidence>,
    pool: Vec<Move>,
    /// For each inner cell the secrets that it is in, with its multiplicity.
    secrets_of: Vec<Vec<(usize, i64)>>,
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
            secrets_of: vec![Vec::new(); reader.inner.len()],
            work_left: work,
            failures: 0,
            random: ChaCha8Rng::seed_from_u64(1),
        }
    }

    /// Adds a secret and gives its number.
    pub(super) fn add(&mut self, reader: &Reader, secret: Secret) -> usize {
        let number = self.secrets.len();
        for (inner, times) in reader.sums[secret.sum].form.terms() {
            self.secrets_of[*inner].push((number, *times));
        }
        self.secrets.push(secret);
        self.evidence.push(Evidence::default());
        number
    }

    /// Lowers the width of all secrets of a sum, because the reader knows by now that it is not nought.
    pub(super) fn lower(&mut self, sum: usize, width: i64) {
        for secret in self.secrets.iter_mut().filter(|secret| secret.sum == sum) {
            secret.width = secret.width.min(width);
        }
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

    /// Whether tables were found that are far enough apart.
    pub(super) fn is_safe(&self, secret: usize) -> bool {
        let Evidence { low, high } = self.evidence[secret];
        self.secrets[secret].is_open(low.0, high.0)
    }

    /// Whether all that follows from single sums is that a secret tells of many, or of nobody.
    pub(super) fn is_harmless(&self, reader: &Reader, bounds: &Bounds, secret: usize) -> bool {
        let secret = &self.secrets[secret];
        secret.is_harmless(ends(reader, bounds, secret.sum))
    }

    /// Whether single sums give a secret away.
    pub(super) fn is_told(&self, reader: &Reader, bounds: &Bounds, secret: usize) -> bool {
        let secret = &self.secrets[secret];
        secret.is_told_by(ends(reader, bounds, secret.sum))
    }

    /// Takes a table into account, if it shows something new and is one: whole, not below nought, and in
    /// agreement with everything known.
    fn take(&mut self, reader: &Reader, found: Move) {
        let mut changes: BTreeMap<usize, i64> = BTreeMap::new();
        for (inner, by) in &found {
            for (secret, times) in self.secrets_of.get(*inner).into_iter().flatten() {
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

    /// Looks for tables by moving a few people, in searches of so many steps. Gives whether the secret
    /// is safe.
    pub(super) fn try_swaps(
        &mut self,
        reader: &Reader,
        bounds: &Bounds,
        secret: usize,
        steps: usize,
    ) -> bool {
        let Secret { sum, width, open_at_nought, truth, .. } = self.secrets[secret];
        let form = &reader.sums[sum].form;
        if open_at_nought
            && !self.is_safe(secret)
            && let Some(found) = self.swaps.find(reader, bounds, form, -truth, steps)
        {
            self.take(reader, found);
        }
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

    /// Where nothing is known of what hangs together with a secret but sums that are nought, there could as well
    /// be so many times as many of all. Gives whether the secret is safe.
    pub(super) fn try_manifold(&mut self, reader: &Reader, secret: usize) -> bool {
        let Secret { sum, width, truth, .. } = self.secrets[secret];
        if truth > 0 {
            let more = 1 + width / truth;
            let mut inside: BTreeSet<usize> =
                reader.sums[sum].form.terms().iter().map(|(inner, _)| *inner).collect();
            let mut to_visit: Vec<usize> = inside.iter().copied().collect();
            while let Some(inner) = to_visit.pop() {
                let known = reader.sums_of[inner].iter().map(|(sum, _)| &reader.sums[*sum]);
                for (other, _) in known.filter(|sum| sum.is_known()).flat_map(|s| s.form.terms()) {
                    if inside.insert(*other) {
                        to_visit.push(*other);
                    }
                }
            }
            let all = inside.into_iter().map(|inner| (inner, more * reader.inner[inner]));
            self.take(reader, all.filter(|(_, by)| *by != 0).collect());
        }
        self.is_safe(secret)
    }

    /// Attacks all secrets. Gives those that are not safe, with the reason: where single sums give some
    /// away, these alone, because what mends them mends others too.
    pub(super) fn attack(&mut self, reader: &Reader) -> Vec<(usize, Doubt)> {
        let bounds = reader.bounds();
        let unsure: Vec<usize> = (0..self.secrets.len())
            .filter(|secret| !self.is_safe(*secret) && !self.is_harmless(reader, &bounds, *secret))
            .collect();
        let told: Vec<(usize, Doubt)> = (unsure.iter())
            .filter_map(|&secret| {
                let (low, high) = ends(reader, &bounds, self.secrets[secret].sum);
                let is_told = self.secrets[secret].is_told_by((low, high));
                is_told.then_some((secret, Doubt::Between(low, high)))
            })
            .collect();
        if !told.is_empty() {
            return told;
        }
        let mut open: Vec<usize> = Vec::new();
        for secret in unsure {
            if !self.try_swaps(reader, &bounds, secret, STEPS) {
                open.push(secret);
            }
        }
        let mut doubts: Vec<(usize, Doubt)> = Vec::new();
        for most in SIZES {
            let mut unsettled: Vec<(usize, Doubt)> = Vec::new();
            while let Some(&first) = open.first() {
                let form = &reader.sums[self.secrets[first].sum].form;
                let mut part = Part::around(reader, &bounds, form, (most, Edge::Still));
                let is_free = |inner: usize| bounds.low[inner] < bounds.high[inner];
                let inside = |secret: &usize| {
                    let terms = reader.sums[self.secrets[*secret].sum].form.terms();
                    let mut free = terms.iter().filter(|(inner, _)| is_free(*inner));
                    free.all(|(inner, _)| part.inner.binary_search(inner).is_ok())
                };
                let (mut here, elsewhere): (Vec<usize>, Vec<usize>) =
                    open.iter().partition(|secret| **secret == first || inside(secret));
                self.in_random_directions(reader, &mut part, &mut here);
                for secret in here {
                    let doubt = match self.one_by_one(reader, &mut part, secret) {
                        Some(doubt) if !part.is_whole => {
                            let harmless = self.is_harmless_within(reader, &bounds, most, secret);
                            (!harmless).then_some(doubt)
                        }
                        doubt => doubt,
                    };
                    match doubt {
                        Some(Doubt::Unproven)
                            if part.is_whole && self.try_swaps(reader, &bounds, secret, LONG) => {}
                        Some(doubt) if part.is_whole => doubts.push((secret, doubt)),
                        Some(doubt) => unsettled.push((secret, doubt)),
                        None => {}
                    }
                }
                open = elsewhere;
            }
            open = unsettled.iter().map(|(secret, _)| *secret).collect();
            if most == LARGEST {
                doubts.append(&mut unsettled);
            }
        }
        doubts.sort_by_key(|(secret, _)| *secret);
        doubts
    }

    /// Tables that lie far out in directions made of all secrets of a part.
    fn in_random_directions(&mut self, reader: &Reader, part: &mut Part, open: &mut Vec<usize>) {
        let mut fruitless = 0;
        for _ in 0..DIRECTIONS {
            open.retain(|secret| !self.is_safe(*secret));
            if open.len() < FEW || fruitless >= FRUITLESS || self.is_spent() {
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
            self.ask(reader, part, &asked, |_| false);
            open.retain(|secret| !self.is_safe(*secret));
            fruitless = if open.len() < before { 0 } else { fruitless + 1 };
        }
    }

    /// Whether the work that is allowed is used up.
    pub(super) fn is_spent(&self) -> bool {
        self.work_left == 0
    }

    /// Asks the solver how large a sum can become, and takes every table on the way, until there is enough.
    fn ask(
        &mut self,
        reader: &Reader,
        part: &mut Part,
        asked: &BTreeMap<usize, f64>,
        enough: impl Fn(&Self) -> bool,
    ) -> Answer {
        let answer = part.most(asked, |table| {
            self.take(reader, table);
            enough(self)
        });
        self.work_left = self.work_left.saturating_sub(part.work());
        self.failures += u64::from(matches!(answer, Answer::Failed));
        answer
    }

    /// Goes as far as one secret can go, up and down, looking at every whole table on the way.
    fn one_by_one(&mut self, reader: &Reader, part: &mut Part, secret: usize) -> Option<Doubt> {
        if self.is_safe(secret) {
            return None;
        }
        let wanted = self.secrets[secret].clone();
        let truth = reader.sums[wanted.sum].value;
        let (mut low, mut high) = (-UNBOUNDED, UNBOUNDED);
        // What is large is settled when it cannot be small.
        let down_first = truth >= wanted.many || wanted.open_at_nought;
        let ways = if down_first { [-1, 1] } else { [1, -1] };
        for way in ways {
            let Some(answer) = self.reach(reader, part, secret, way) else {
                return Some(Doubt::Unproven);
            };
            match answer {
                Answer::Stopped => return None,
                Answer::AtMost(gain) if part.is_whole && way > 0 => high = truth + gain,
                Answer::AtMost(gain) if part.is_whole => low = truth - gain,
                Answer::AtMost(_) | Answer::Failed => {}
            }
            if wanted.is_harmless((low, high)) {
                return None;
            }
            if wanted.is_told_by((low, high)) {
                return Some(Doubt::Between(low, high));
            }
        }
        let proved =
            part.is_whole && ways.iter().any(|way| self.wander(reader, part, secret, *way));
        (!proved).then_some(Doubt::Unproven)
    }

    /// Looks for whole tables among those that are as far up (1) or down (−1) as one secret can go: where that
    /// is reached by fractions, other corners of the same height may be whole. Gives whether the secret is safe.
    fn wander(&mut self, reader: &Reader, part: &mut Part, secret: usize, way: i8) -> bool {
        let form = &reader.sums[self.secrets[secret].sum].form;
        for _ in 0..CORNERS {
            if self.is_spent() {
                return false;
            }
            let mut asked: BTreeMap<usize, f64> = BTreeMap::new();
            for inner in &part.inner {
                asked.insert(*inner, f64::from(self.random.random_range(-9..=9_i8)) / HEIGHT);
            }
            for (inner, times) in form.terms() {
                *asked.entry(*inner).or_insert(0.0) += f64::from(way) * *times as f64;
            }
            self.ask(reader, part, &asked, |audit| audit.is_safe(secret));
            if self.is_safe(secret) {
                return true;
            }
        }
        false
    }

    /// Whether the sums that about so many inner cells around a secret are in show by themselves that it tells
    /// of many, or of nobody.
    fn is_harmless_within(
        &mut self,
        reader: &Reader,
        bounds: &Bounds,
        most: usize,
        secret: usize,
    ) -> bool {
        let wanted = self.secrets[secret].clone();
        let truth = wanted.truth;
        if !wanted.is_harmless((truth, truth)) {
            return false;
        }
        let way = if truth >= wanted.many { -1 } else { 1 };
        let form = &reader.sums[wanted.sum].form;
        let mut part = Part::around(reader, bounds, form, (most, Edge::Loose));
        match self.reach(reader, &mut part, secret, way) {
            Some(Answer::AtMost(gain)) if way > 0 => wanted.is_harmless((truth, truth + gain)),
            Some(Answer::AtMost(gain)) => wanted.is_harmless((truth - gain, truth)),
            _ => false,
        }
    }

    /// How far one secret can go up (1) or down (−1) in a part; nothing if there is no work left for that.
    fn reach(
        &mut self,
        reader: &Reader,
        part: &mut Part,
        secret: usize,
        way: i8,
    ) -> Option<Answer> {
        if self.is_spent() {
            return None;
        }
        let terms = reader.sums[self.secrets[secret].sum].form.terms().iter();
        let asked = terms.map(|(inner, times)| (*inner, f64::from(way) * *times as f64)).collect();
        Some(self.ask(reader, part, &asked, |audit| audit.is_safe(secret)))
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
            let terms = reader.sums[self.secrets[secret].sum].form.terms().iter();
            let change = terms.map(|(i, times)| times * moved.get(i).copied().unwrap_or(0)).sum();
            agree[place].then_some(change)
        };
        (0..self.secrets.len())
            .filter(|secret| self.is_safe(*secret))
            .filter(|&secret| {
                let Evidence { low, high } = self.evidence[secret];
                let ends = value(secret, low).zip(value(secret, high));
                !ends.is_some_and(|(low, high)| self.secrets[secret].is_open(low, high))
            })
            .collect()
    }
}

/// Between which numbers a sum lies, as far as follows from single sums.
fn ends(reader: &Reader, bounds: &Bounds, sum: usize) -> (i64, i64) {
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
