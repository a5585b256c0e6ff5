//! The search around one secret: for tables that leave it open, or for the proof that it tells of nobody.

use std::collections::{BTreeMap, BTreeSet};

use rand::RngExt;

use super::audit::Audit;
use super::reader::{Bounds, Reader, UNBOUNDED};
use super::secrets::{Doubt, Secret};
use super::solver::{Answer, Edge, Part};

/// How many corners are visited each way in search of a whole table.
const CORNERS: usize = 12;
/// How much more a person in the secret counts than one elsewhere meanwhile.
const HEIGHT: f64 = 4096.0;

impl Audit {
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
            && !self.secrets.is_safe(secret)
            && let Some(found) = self.swaps.find(reader, bounds, form, -truth, steps)
        {
            self.secrets.take(reader, found);
        }
        let mut size = width;
        while size > 0 {
            for by in [size, -size] {
                if self.secrets.is_safe(secret) {
                    return true;
                }
                let (low, high) = self.secrets.found(secret);
                if (by > 0 && by <= high) || (by < 0 && by >= low) {
                    continue;
                }
                if let Some(found) = self.swaps.find(reader, bounds, form, by, steps) {
                    self.secrets.take(reader, found);
                }
            }
            // All at once if it can be, else half of it each way, and so on.
            size = if size == 1 { 0 } else { (size + 1) / 2 };
        }
        self.work.charge(self.swaps.gone_through());
        self.secrets.is_safe(secret)
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
            self.secrets.take(reader, all.filter(|(_, by)| *by != 0).collect());
        }
        self.secrets.is_safe(secret)
    }

    /// Goes as far as one secret can go, up and down, looking at every whole table on the way.
    pub(super) fn one_by_one(
        &mut self,
        reader: &Reader,
        part: &mut Part,
        secret: usize,
    ) -> Option<Doubt> {
        if self.secrets.is_safe(secret) {
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
            if self.work.is_spent() || self.patience.is_spent() {
                return false;
            }
            let mut asked: BTreeMap<usize, f64> = BTreeMap::new();
            for inner in &part.inner {
                asked.insert(*inner, f64::from(self.random.random_range(-9..=9_i8)) / HEIGHT);
            }
            for (inner, times) in form.terms() {
                *asked.entry(*inner).or_insert(0.0) += f64::from(way) * *times as f64;
            }
            self.ask(reader, part, &asked, |audit| audit.secrets.is_safe(secret));
            if self.secrets.is_safe(secret) {
                return true;
            }
        }
        false
    }

    /// Whether the sums that about so many inner cells around a secret are in show by themselves that it tells
    /// of many, or of nobody.
    pub(super) fn is_harmless_within(
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
        self.work.charge(part.laid_out());
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
        if self.work.is_spent() {
            return None;
        }
        let terms = reader.sums[self.secrets[secret].sum].form.terms().iter();
        let asked = terms.map(|(inner, times)| (*inner, f64::from(way) * *times as f64)).collect();
        Some(self.ask(reader, part, &asked, |audit| audit.secrets.is_safe(secret)))
    }
}
