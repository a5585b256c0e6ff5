//! The attack on what is about to be published: for each secret, tables that leave it open are sought, first
//! by moving a few people, then by the solver. What is neither safe nor harmless then is unsafe, whatever the
//! reason.

use std::collections::BTreeMap;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::reader::Reader;
use super::secrets::{Doubt, Secrets, ends};
use super::solver::{Answer, Edge, Part};
use super::swaps::Swaps;
use super::work::Work;

/// How many tables are sought in random directions before each secret is looked at by itself.
const DIRECTIONS: usize = 16;
/// How many of them in a row may bring nothing new.
const FRUITLESS: usize = 2;

/// Fewer secrets than this are settled sooner one by one.
const FEW: usize = 8;

/// Once so many secrets are found to be told, they are mended before others are looked at: what mends them mends
/// others too.
const ENOUGH: usize = 24;

/// How much work one secret may take whose tables are whole nowhere that is looked at: about 10 milliseconds. A few
/// such would use up what is enough for thousands of others.
const PATIENCE: u64 = 30_000_000;
/// Where none but such are left, they may take so many times as much.
const MORE: u64 = 8;
/// One attack takes up to this share of the work that is left: what is still open then is mended, which costs a figure
/// and much less work.
const SHARE: u64 = 2;

/// How many inner cells are looked at around a secret, before more are.
const SIZES: [usize; 4] = [100, 600, 1_500, 5_000];
/// How many steps a search by moving people may take.
pub(super) const STEPS: usize = 40;

/// How many it may take for a secret that would cost a cell otherwise.
pub(super) const LONG: usize = 20_000;

/// Secrets, and what is used to attack them.
#[derive(Debug)]
pub(super) struct Audit {
    pub(super) secrets: Secrets,
    /// What is left of the work that is allowed.
    pub(super) work: Work,
    /// Whether secrets are looked at with more and more around them.
    thorough: bool,
    /// How often the solver failed or gave up.
    pub(super) failures: u64,
    /// What is left of the work that one secret may take.
    pub(super) patience: Work,
    pub(super) swaps: Swaps,
    pub(super) random: ChaCha8Rng,
}

impl Audit {
    pub(super) fn new(reader: &Reader, work: Work, thorough: bool) -> Self {
        Self {
            secrets: Secrets::new(reader),
            work,
            thorough,
            failures: 0,
            patience: Work::of(0),
            swaps: Swaps::new(reader.inner.len(), reader.sums.len()),
            random: ChaCha8Rng::seed_from_u64(1),
        }
    }

    /// Attacks all secrets. Gives those that are not safe, with the reason: where single sums give some
    /// away, these alone, because what mends them mends others too.
    pub(super) fn attack(&mut self, reader: &Reader) -> Vec<(usize, Doubt)> {
        let all = self.work.left();
        // What is not enough for one secret is as good as nothing.
        let share = if all / SHARE < PATIENCE { all } else { all / SHARE };
        self.work = Work::of(share);
        let doubts = self.attack_more_and_more(reader);
        self.work = Work::of(all - share + self.work.left());
        doubts
    }

    /// The same with a share of the work.
    fn attack_more_and_more(&mut self, reader: &Reader) -> Vec<(usize, Doubt)> {
        let doubts = self.attack_with(PATIENCE, reader);
        if doubts.is_empty() || doubts.iter().any(is_told) || self.work.is_spent() {
            return doubts;
        }
        self.attack_with(MORE * PATIENCE, reader)
    }

    /// The same with so much work for each secret.
    fn attack_with(&mut self, patience: u64, reader: &Reader) -> Vec<(usize, Doubt)> {
        let bounds = reader.bounds();
        let unsure: Vec<usize> = (0..self.secrets.len())
            .filter(|secret| {
                !self.secrets.is_safe(*secret)
                    && !self.secrets.is_harmless(reader, &bounds, *secret)
            })
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
        let sizes = if self.thorough { &SIZES[..] } else { &SIZES[..1] };
        for &most in sizes {
            if self.work.is_spent() {
                break;
            }
            let mut unsettled: Vec<(usize, Doubt)> = Vec::new();
            while let Some(&first) = open.first() {
                if self.work.is_spent() || is_enough(&doubts) {
                    unsettled.extend(open.iter().map(|secret| (*secret, Doubt::Unproven)));
                    break;
                }
                let form = &reader.sums[self.secrets[first].sum].form;
                let mut part = Part::around(reader, &bounds, form, (most, Edge::Still));
                self.work.charge(part.laid_out());
                let is_free = |inner: usize| bounds.low[inner] < bounds.high[inner];
                let inside = |secret: &usize| {
                    let terms = reader.sums[self.secrets[*secret].sum].form.terms();
                    let mut free = terms.iter().filter(|(inner, _)| is_free(*inner));
                    free.all(|(inner, _)| part.inner.binary_search(inner).is_ok())
                };
                let (mut here, elsewhere): (Vec<usize>, Vec<usize>) =
                    open.iter().partition(|secret| **secret == first || inside(secret));
                self.in_random_directions(reader, &mut part, &mut here);
                let mut here = here.into_iter();
                for secret in here.by_ref() {
                    if self.work.is_spent() || is_enough(&doubts) {
                        unsettled.push((secret, Doubt::Unproven));
                        break;
                    }
                    self.patience = Work::of(patience);
                    let doubt = match self.one_by_one(reader, &mut part, secret) {
                        Some(doubt) if !part.is_whole => {
                            let harmless = self.is_harmless_within(reader, &bounds, most, secret);
                            (!harmless).then_some(doubt)
                        }
                        doubt => doubt,
                    };
                    match doubt {
                        Some(Doubt::Unproven)
                            if part.is_whole
                                && !self.work.is_spent()
                                && self.try_swaps(reader, &bounds, secret, LONG) => {}
                        Some(doubt) if part.is_whole => doubts.push((secret, doubt)),
                        Some(doubt) => unsettled.push((secret, doubt)),
                        None => {}
                    }
                }
                unsettled.extend(here.map(|secret| (secret, Doubt::Unproven)));
                open = elsewhere;
            }
            open = unsettled.iter().map(|(secret, _)| *secret).collect();
        }
        if is_enough(&doubts) {
            doubts.retain(is_told);
        } else if doubts.is_empty() || !self.work.is_spent() {
            // There was no time to look at these: to mend a few may be enough.
            let some = if self.work.is_spent() { FEW } else { open.len() };
            doubts.extend(open.into_iter().take(some).map(|secret| (secret, Doubt::Unproven)));
        }
        doubts.sort_by_key(|(secret, _)| *secret);
        doubts
    }

    /// Tables that lie far out in directions made of all secrets of a part.
    fn in_random_directions(&mut self, reader: &Reader, part: &mut Part, open: &mut Vec<usize>) {
        let mut fruitless = 0;
        for _ in 0..DIRECTIONS {
            open.retain(|secret| !self.secrets.is_safe(*secret));
            if open.len() < FEW || fruitless >= FRUITLESS || self.work.is_spent() {
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
            open.retain(|secret| !self.secrets.is_safe(*secret));
            fruitless = if open.len() < before { 0 } else { fruitless + 1 };
        }
    }

    /// Asks the solver how large a sum can become, and takes every table on the way, until there is enough.
    pub(super) fn ask(
        &mut self,
        reader: &Reader,
        part: &mut Part,
        asked: &BTreeMap<usize, f64>,
        enough: impl Fn(&Self) -> bool,
    ) -> Answer {
        let answer = part.most(asked, |table| {
            self.secrets.take(reader, table);
            enough(self)
        });
        self.work.charge(part.gone_through());
        self.patience.charge(part.gone_through());
        self.failures += u64::from(matches!(answer, Answer::Failed));
        answer
    }
}

/// Whether it was found what follows of a secret.
fn is_told((_, doubt): &(usize, Doubt)) -> bool {
    *doubt != Doubt::Unproven
}

fn is_enough(doubts: &[(usize, Doubt)]) -> bool {
    doubts.iter().filter(|doubt| is_told(doubt)).count() >= ENOUGH
}
