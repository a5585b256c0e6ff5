//! Numbers that agree with everything known, made from others: what one unknown gains others lose, until every
//! sum holds again.
//!
//! Where thousands of sums hang together, most counts are open for a simple reason: a few people could stand
//! elsewhere, and nobody would see it. Such a move is found in less than a thousandth of the time that a linear
//! programme takes, which is for what moves do not settle.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::attack::system::{Row, System};

/// How many ways to mend a sum are tried.
const WAYS: usize = 6;
/// How many unknowns may change.
const MOST_CHANGED: usize = 96;
/// Not among the sums that do not hold.
const NOWHERE: usize = usize::MAX;

/// Numbers, the sums that they miss, and what was moved since they were given.
#[derive(Debug)]
pub(super) struct Moves<'s> {
    system: &'s System,
    /// For each unknown the sums that it is in, and how often it counts.
    sums_of: Vec<Vec<(usize, i64)>>,
    now: Vec<i64>,
    sums: Vec<i64>,
    /// The sums that do not hold, and for each sum its place among them.
    off: Vec<usize>,
    place: Vec<usize>,
    /// What was moved, oldest first, and what it was before; and for each unknown whether it was.
    moved: Vec<(usize, i64)>,
    is_moved: Vec<bool>,
    /// What is left of the steps of a search.
    steps: usize,
    chance: ChaCha8Rng,
}

impl<'s> Moves<'s> {
    pub(super) fn new(system: &'s System) -> Self {
        let (unknowns, rows) = (system.bounds.len(), system.rows.len());
        let mut sums_of = vec![Vec::new(); unknowns];
        for (number, row) in system.rows.iter().enumerate() {
            for &(unknown, times) in &row.terms {
                sums_of[unknown].push((number, times));
            }
        }
        Self {
            system,
            sums_of,
            now: vec![0; unknowns],
            sums: vec![0; rows],
            off: Vec::new(),
            place: vec![NOWHERE; rows],
            moved: Vec::new(),
            is_moved: vec![false; unknowns],
            steps: 0,
            chance: ChaCha8Rng::seed_from_u64(unknowns as u64),
        }
    }

    /// Starts from these numbers.
    pub(super) fn start_from(&mut self, numbers: &[i64]) {
        self.now = numbers.to_vec();
        self.off.clear();
        for (number, row) in self.system.rows.iter().enumerate() {
            self.sums[number] = row.terms.iter().map(|&(at, times)| times * numbers[at]).sum();
            self.place[number] = NOWHERE;
            self.note(number);
        }
    }

    /// Numbers that agree, near to those that are not quite right; nothing if a search of so many steps finds none.
    pub(super) fn mended(
        &mut self,
        bounds: &[(i64, i64)],
        numbers: &[i64],
        steps: usize,
    ) -> Option<Vec<i64>> {
        let inside = numbers.iter().zip(bounds).map(|(n, (least, most))| (*n).clamp(*least, *most));
        self.start_from(&inside.collect::<Vec<_>>());
        self.found(bounds, usize::MAX, steps)
    }

    /// Numbers that agree in which an unknown is so much larger, or smaller, than in those from which this started;
    /// nothing if a search of so many steps finds none.
    pub(super) fn find(
        &mut self,
        bounds: &[(i64, i64)],
        unknown: usize,
        by: i64,
        steps: usize,
    ) -> Option<Vec<i64>> {
        let (least, most) = bounds[unknown];
        let wanted = self.now[unknown] + by;
        if wanted < least || wanted > most {
            return None;
        }
        self.change(unknown, by);
        self.found(bounds, MOST_CHANGED, steps)
    }

    fn found(
        &mut self,
        bounds: &[(i64, i64)],
        most_changed: usize,
        steps: usize,
    ) -> Option<Vec<i64>> {
        self.steps = steps;
        let found = self.settle(bounds, most_changed).then(|| self.now.clone());
        while !self.moved.is_empty() {
            self.take_back();
        }
        found
    }

    /// Makes every sum hold.
    fn settle(&mut self, bounds: &[(i64, i64)], most_changed: usize) -> bool {
        let rows = &self.system.rows;
        // The shortest leaves the least choice.
        let Some(row) = self.off.iter().copied().min_by_key(|row| (rows[*row].terms.len(), *row))
        else {
            return true;
        };
        if self.steps == 0 || self.moved.len() >= most_changed {
            return false;
        }
        self.steps -= 1;
        for (unknown, by) in self.ways(bounds, row) {
            self.change(unknown, by);
            if self.settle(bounds, most_changed) {
                return true;
            }
            self.take_back();
        }
        false
    }

    /// The best ways to make one sum hold by one move, or to come nearer where no move is enough: those that leave
    /// the fewest sums that do not hold. Which of equals comes first is left to chance.
    fn ways(&mut self, bounds: &[(i64, i64)], row: usize) -> Vec<(usize, i64)> {
        let it = &self.system.rows[row];
        let missing = missing(it, self.sums[row]);
        let mut ways: Vec<(usize, u32, usize, i64)> = Vec::new();
        for &(unknown, times) in &it.terms {
            if self.is_moved[unknown] {
                continue;
            }
            let (least, most) = bounds[unknown];
            let now = self.now[unknown];
            // As much as is missing; of a sum that has room above what is missing, a little more will do.
            let exact = it.least == it.most;
            let wanted = match missing % times {
                0 => missing / times,
                _ if exact => continue,
                _ => missing / times + missing.signum() * times.signum(),
            };
            let by = wanted.clamp(least - now, most - now);
            if by != 0 {
                ways.push((self.off_after(unknown, by), self.chance.random(), unknown, by));
            }
        }
        ways.sort_unstable();
        ways.truncate(WAYS);
        ways.into_iter().map(|(.., unknown, by)| (unknown, by)).collect()
    }

    /// How many sums would not hold after a move.
    fn off_after(&self, unknown: usize, by: i64) -> usize {
        let mut count = self.off.len();
        for &(row, times) in &self.sums_of[unknown] {
            let holds = missing(&self.system.rows[row], self.sums[row] + times * by) == 0;
            match (self.place[row] == NOWHERE, holds) {
                (true, false) => count += 1,
                (false, true) => count -= 1,
                _ => {}
            }
        }
        count
    }

    fn change(&mut self, unknown: usize, by: i64) {
        self.moved.push((unknown, self.now[unknown]));
        self.is_moved[unknown] = true;
        self.shift(unknown, by);
    }

    fn take_back(&mut self) {
        if let Some((unknown, before)) = self.moved.pop() {
            self.is_moved[unknown] = false;
            self.shift(unknown, before - self.now[unknown]);
        }
    }

    fn shift(&mut self, unknown: usize, by: i64) {
        self.now[unknown] += by;
        for at in 0..self.sums_of[unknown].len() {
            let (row, times) = self.sums_of[unknown][at];
            self.sums[row] += times * by;
            self.note(row);
        }
    }

    /// Notes whether a sum holds.
    fn note(&mut self, row: usize) {
        let is_off = missing(&self.system.rows[row], self.sums[row]) != 0;
        match (is_off, self.place[row]) {
            (true, NOWHERE) => {
                self.place[row] = self.off.len();
                self.off.push(row);
            }
            (false, place) if place != NOWHERE => {
                self.off.swap_remove(place);
                self.place[row] = NOWHERE;
                if let Some(&other) = self.off.get(place) {
                    self.place[other] = place;
                }
            }
            _ => {}
        }
    }
}

/// How much a sum is short of what is known of it; below nought where it is too large.
fn missing(row: &Row, sum: i64) -> i64 {
    if sum < row.least { row.least - sum } else { row.most.min(sum) - sum }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three places by two years: what is in each, and the sums of each place and each year, which are known.
    fn table() -> (System, Vec<i64>) {
        let mut system = System::default();
        let truth = vec![4, 0, 7, 2, 1, 9];
        for _ in &truth {
            system.unknown(0, 100);
        }
        let lines = [vec![0, 1], vec![2, 3], vec![4, 5], vec![0, 2, 4], vec![1, 3, 5]];
        for line in lines {
            let sum = line.iter().map(|at| truth[*at]).sum();
            system.between(line.into_iter().map(|at| (at, 1)), sum, sum);
        }
        (system, truth)
    }

    #[test]
    fn what_one_gains_others_lose_until_every_sum_holds() {
        let (system, truth) = table();
        let mut moves = Moves::new(&system);
        moves.start_from(&truth);
        // Nobody is in the second year of the first place, so nobody can be taken from there.
        assert_eq!(moves.find(&system.bounds, 1, -1, 100), None);
        for by in [1, 3] {
            let found = moves.find(&system.bounds, 1, by, 100).expect("there are such numbers");
            assert_eq!(found[1], truth[1] + by);
            assert!(system.allows(&found), "{found:?}");
        }
        // Only four are in the first place.
        assert_eq!(moves.find(&system.bounds, 1, 5, 100), None);
    }

    #[test]
    fn numbers_that_nearly_agree_are_mended() {
        let (system, truth) = table();
        let mut moves = Moves::new(&system);
        let nearly: Vec<i64> = truth.iter().map(|n| n + n % 2).collect();
        let mended = moves.mended(&system.bounds, &nearly, 100).expect("there are such numbers");
        assert!(system.allows(&mended), "{mended:?}");
    }
}
