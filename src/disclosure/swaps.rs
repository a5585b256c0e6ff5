//! Other tables that agree with everything published, found by moving a few people: what one inner
//! cell gains, others lose, until every known sum is as it was.

use std::collections::BTreeMap;

use super::reader::{Bounds, Reader};
use super::system::Form;

/// What separates another table from the true one: inner cells and by how much they differ.
pub(super) type Move = Vec<(usize, i64)>;

/// How many steps one search may take.
const STEPS: usize = 400;
/// How many ways to mend a sum are tried.
const WAYS: usize = 8;
/// How many inner cells may change.
const MOST_CHANGED: usize = 48;

/// A search for a move that changes a sum in one direction.
struct Search<'r> {
    reader: &'r Reader,
    bounds: &'r Bounds,
    /// What has to change.
    goal: &'r Form,
    /// In which direction.
    upwards: bool,
    moved: BTreeMap<usize, i64>,
    /// Known sums that no longer come to what they should, and by how much.
    off: BTreeMap<usize, i64>,
    steps: usize,
}

/// A move that changes a sum by at least `by` (upwards if positive), as good as a short search finds.
pub(super) fn find(reader: &Reader, bounds: &Bounds, goal: &Form, by: i64) -> Option<Move> {
    let mut search = Search {
        reader,
        bounds,
        goal,
        upwards: by > 0,
        moved: BTreeMap::new(),
        off: BTreeMap::new(),
        steps: STEPS,
    };
    for &(inner, times) in goal.terms() {
        let amount = by.signum() * times.signum() * -(-by.abs()).div_euclid(times.abs());
        if !search.may_move(inner, amount) {
            continue;
        }
        search.change(inner, amount);
        if search.settle() {
            return Some(search.moved.into_iter().collect());
        }
        search.change(inner, -amount);
        search.moved.remove(&inner);
    }
    None
}

impl Search<'_> {
    fn may_move(&self, inner: usize, amount: i64) -> bool {
        let new = self.reader.inner[inner] + amount;
        new >= self.bounds.low[inner] && new <= self.bounds.high[inner]
    }

    /// Moves an inner cell and notes which known sums that puts off or right.
    fn change(&mut self, inner: usize, amount: i64) {
        *self.moved.entry(inner).or_insert(0) += amount;
        for &(sum, times) in &self.reader.sums_of[inner] {
            if self.reader.sums[sum].is_known() {
                let off = self.off.entry(sum).or_insert(0);
                *off += times * amount;
                if *off == 0 {
                    self.off.remove(&sum);
                }
            }
        }
    }

    /// Puts all known sums right again.
    fn settle(&mut self) -> bool {
        // The sum with the fewest members leaves the least choice.
        let Some((&sum, &off)) =
            self.off.iter().min_by_key(|(sum, _)| self.reader.sums[**sum].form.terms().len())
        else {
            return self.keeps_above_nought();
        };
        if self.steps == 0 || self.moved.len() >= MOST_CHANGED {
            return false;
        }
        self.steps -= 1;
        let mut ways: Vec<(usize, usize, i64)> = Vec::new();
        for &(inner, times) in self.reader.sums[sum].form.terms() {
            if off % times != 0 || self.moved.contains_key(&inner) {
                continue;
            }
            let amount = -off / times;
            if self.may_move(inner, amount) && !self.against_goal(inner, amount) {
                ways.push((self.off_after(inner, amount), inner, amount));
            }
        }
        ways.sort_unstable();
        ways.truncate(WAYS);
        for (_, inner, amount) in ways {
            self.change(inner, amount);
            if self.settle() {
                return true;
            }
            self.change(inner, -amount);
            self.moved.remove(&inner);
        }
        false
    }

    /// Whether a move would take back what was to be changed.
    fn against_goal(&self, inner: usize, amount: i64) -> bool {
        let terms = self.goal.terms();
        terms
            .binary_search_by_key(&inner, |(at, _)| *at)
            .is_ok_and(|at| (terms[at].1 * amount > 0) != self.upwards)
    }

    /// How many sums would be off after a move.
    fn off_after(&self, inner: usize, amount: i64) -> usize {
        let mut count = self.off.len();
        for &(sum, times) in &self.reader.sums_of[inner] {
            if self.reader.sums[sum].is_known() {
                match self.off.get(&sum) {
                    None => count += 1,
                    Some(off) if off + times * amount == 0 => count -= 1,
                    Some(_) => {}
                }
            }
        }
        count
    }

    fn keeps_above_nought(&self) -> bool {
        let reader = self.reader;
        let touched = self.moved.keys().flat_map(|inner| &reader.sums_of[*inner]);
        let changed = |form: &Form| -> i64 {
            let terms = form.terms().iter();
            terms.map(|(at, times)| times * self.moved.get(at).copied().unwrap_or(0)).sum()
        };
        touched
            .map(|(sum, _)| &reader.sums[*sum])
            .filter(|sum| sum.is_above_nought())
            .all(|sum| sum.value + changed(&sum.form) >= 1)
    }
}
