//! Other tables that agree with everything published, found by moving a few people: what one inner
//! cell gains, others lose, until every known sum is as it was.

use super::reader::{Bounds, Reader};
use super::system::Form;

/// What separates another table from the true one: inner cells and by how much they differ.
pub(super) type Move = Vec<(usize, i64)>;

/// How many ways to mend a sum are tried.
const WAYS: usize = 8;
/// How many inner cells may change.
const MOST_CHANGED: usize = 48;
/// Not among the sums that are off.
const NOWHERE: usize = usize::MAX;

/// The search for moves. Between searches nothing is moved.
#[derive(Debug)]
pub(super) struct Swaps {
    /// By how much each inner cell is moved.
    moved: Vec<i64>,
    /// Those that are.
    changed: Vec<usize>,
    /// By how much each known sum is off.
    off_by: Vec<i64>,
    /// Those that are, and for each sum its place among them.
    off: Vec<usize>,
    place: Vec<usize>,
    /// What is left of the steps of a search.
    steps: usize,
}

/// What is sought: a table in which a sum differs.
struct Wanted<'r> {
    reader: &'r Reader,
    bounds: &'r Bounds,
    goal: &'r Form,
    upwards: bool,
}

impl Swaps {
    pub(super) fn new(inner: usize, sums: usize) -> Self {
        Self {
            moved: vec![0; inner],
            changed: Vec::new(),
            off_by: vec![0; sums],
            off: Vec::new(),
            place: vec![NOWHERE; sums],
            steps: 0,
        }
    }

    /// A move that changes a sum by at least `by` (upwards if positive), if a search of so many steps
    /// finds one.
    pub(super) fn find(
        &mut self,
        reader: &Reader,
        bounds: &Bounds,
        goal: &Form,
        by: i64,
        steps: usize,
    ) -> Option<Move> {
        let wanted = Wanted { reader, bounds, goal, upwards: by > 0 };
        self.steps = steps;
        for &(inner, times) in goal.terms() {
            let amount = by.signum() * times.signum() * -(-by.abs()).div_euclid(times.abs());
            if !wanted.may_move(inner, amount) {
                continue;
            }
            self.change(reader, inner, amount);
            let found = self.settle(&wanted).then(|| {
                let mut found: Move = self.changed.iter().map(|i| (*i, self.moved[*i])).collect();
                found.sort_unstable();
                found
            });
            while let Some(&last) = self.changed.last() {
                self.take_back(reader, last);
            }
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// Moves an inner cell and notes which known sums that puts off or right.
    fn change(&mut self, reader: &Reader, inner: usize, amount: i64) {
        self.moved[inner] = amount;
        self.changed.push(inner);
        self.put_off(reader, inner, amount);
    }

    fn take_back(&mut self, reader: &Reader, inner: usize) {
        self.changed.pop();
        let amount = std::mem::take(&mut self.moved[inner]);
        self.put_off(reader, inner, -amount);
    }

    fn put_off(&mut self, reader: &Reader, inner: usize, amount: i64) {
        for &(sum, times) in &reader.sums_of[inner] {
            if !reader.sums[sum].is_known() {
                continue;
            }
            self.off_by[sum] += times * amount;
            match (self.off_by[sum] == 0, self.place[sum]) {
                (false, NOWHERE) => {
                    self.place[sum] = self.off.len();
                    self.off.push(sum);
                }
                (true, place) if place != NOWHERE => {
                    self.off.swap_remove(place);
                    self.place[sum] = NOWHERE;
                    if let Some(&other) = self.off.get(place) {
                        self.place[other] = place;
                    }
                }
                _ => {}
            }
        }
    }

    /// Puts all known sums right again.
    fn settle(&mut self, wanted: &Wanted<'_>) -> bool {
        let reader = wanted.reader;
        // The sum with the fewest members leaves the least choice.
        let fewest = |sum: &&usize| (reader.sums[**sum].form.terms().len(), **sum);
        let Some(&sum) = self.off.iter().min_by_key(fewest) else {
            return self.keeps_above_nought(reader);
        };
        if self.steps == 0 || self.changed.len() >= MOST_CHANGED {
            return false;
        }
        self.steps -= 1;
        let off = self.off_by[sum];
        let mut ways: Vec<(usize, usize, i64)> = Vec::new();
        for &(inner, times) in reader.sums[sum].form.terms() {
            if wanted.is_fixed(inner) || self.moved[inner] != 0 || off % times != 0 {
                continue;
            }
            let amount = -off / times;
            if wanted.may_move(inner, amount) && !wanted.is_undone_by(inner, amount) {
                ways.push((self.off_after(reader, inner, amount), inner, amount));
            }
        }
        ways.sort_unstable();
        ways.truncate(WAYS);
        for (_, inner, amount) in ways {
            self.change(reader, inner, amount);
            if self.settle(wanted) {
                return true;
            }
            self.take_back(reader, inner);
        }
        false
    }

    /// How many sums would be off after a move.
    fn off_after(&self, reader: &Reader, inner: usize, amount: i64) -> usize {
        let mut count = self.off.len();
        for &(sum, times) in &reader.sums_of[inner] {
            if reader.sums[sum].is_known() {
                match self.off_by[sum] {
                    0 => count += 1,
                    off if off + times * amount == 0 => count -= 1,
                    _ => {}
                }
            }
        }
        count
    }

    fn keeps_above_nought(&self, reader: &Reader) -> bool {
        let change = |form: &Form| -> i64 {
            form.terms().iter().map(|(at, times)| times * self.moved[*at]).sum()
        };
        let touched = self.changed.iter().flat_map(|inner| &reader.sums_of[*inner]);
        touched
            .map(|(sum, _)| &reader.sums[*sum])
            .filter(|sum| sum.is_above_nought())
            .all(|sum| sum.value + change(&sum.form) >= 1)
    }
}

impl Wanted<'_> {
    fn is_fixed(&self, inner: usize) -> bool {
        self.bounds.low[inner] == self.bounds.high[inner]
    }

    fn may_move(&self, inner: usize, amount: i64) -> bool {
        let new = self.reader.inner[inner] + amount;
        new >= self.bounds.low[inner] && new <= self.bounds.high[inner]
    }

    /// Whether a move would take back what was to be changed.
    fn is_undone_by(&self, inner: usize, amount: i64) -> bool {
        let terms = self.goal.terms();
        terms
            .binary_search_by_key(&inner, |(at, _)| *at)
            .is_ok_and(|at| (terms[at].1 * amount > 0) != self.upwards)
    }
}
