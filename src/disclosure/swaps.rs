//! Other tables that agree with everything published, found by moving a few people: what one inner
//! cell gains, others lose, until every known sum is as it was.

use super::reader::{Bounds, Reader};
use super::system::Form;

/// What separates another table from the true one: inner cells and by how much they differ.
pub(super) type Move = Vec<(usize, i64)>;

/// How many ways to mend a sum are tried.
const WAYS: usize = 8;
/// A sum of more members than this is long.
const LONG: usize = 128;
/// How many inner cells may change.
const MOST_CHANGED: usize = 48;
/// How many numbers of the solver's one number of a search is worth: it is looked up, not gone through in a line.
const EACH: u64 = 8;
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
    /// How many statements of each sum the search would do without.
    unsaid: Vec<u32>,
    /// What is left of the steps of a search.
    steps: usize,
    /// How many numbers were gone through.
    gone_through: u64,
}

/// What is sought: a table in which a sum differs.
struct Wanted<'r> {
    reader: &'r Reader,
    bounds: &'r Bounds,
    goal: &'r Form,
    upwards: bool,
}

/// A table that would agree with everything known if these cells were hidden too.
#[derive(Debug)]
pub(super) struct Bargain {
    pub(super) table: Move,
    pub(super) hidden: Vec<usize>,
    pub(super) price: u64,
}

/// The search for a bargain: which cells may be hidden and what that costs.
struct Haggling<'r> {
    wanted: Wanted<'r>,
    prices: &'r [Option<u64>],
    /// The cells that the search would hide, and what they cost.
    hidden: Vec<usize>,
    paid: u64,
    /// What is found has to be cheaper than this.
    limit: u64,
    best: Option<Bargain>,
}

impl Swaps {
    pub(super) fn new(inner: usize, sums: usize) -> Self {
        Self {
            moved: vec![0; inner],
            changed: Vec::new(),
            off_by: vec![0; sums],
            off: Vec::new(),
            place: vec![NOWHERE; sums],
            unsaid: vec![0; sums],
            steps: 0,
            gone_through: 0,
        }
    }

    /// How many numbers were gone through since this was asked last.
    pub(super) fn gone_through(&mut self) -> u64 {
        std::mem::take(&mut self.gone_through)
    }

    /// Whether a sum is known but for what the search would do without.
    fn is_known(&self, reader: &Reader, sum: usize) -> bool {
        reader.sums[sum].is_known_without(self.unsaid[sum])
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
        self.gone_through += EACH * reader.sums_of[inner].len() as u64;
        for &(sum, times) in &reader.sums_of[inner] {
            if reader.sums[sum].is_known() {
                self.off_by[sum] += times * amount;
                self.note(reader, sum);
            }
        }
    }

    /// Notes whether a sum is off.
    fn note(&mut self, reader: &Reader, sum: usize) {
        let is_off = self.off_by[sum] != 0 && self.is_known(reader, sum);
        match (is_off, self.place[sum]) {
            (true, NOWHERE) => {
                self.place[sum] = self.off.len();
                self.off.push(sum);
            }
            (false, place) if place != NOWHERE => {
                self.off.swap_remove(place);
                self.place[sum] = NOWHERE;
                if let Some(&other) = self.off.get(place) {
                    self.place[other] = place;
                }
            }
            _ => {}
        }
    }

    /// Puts all known sums right again.
    fn settle(&mut self, wanted: &Wanted<'_>) -> bool {
        let reader = wanted.reader;
        let Some(sum) = self.next_off(reader) else {
            return self.keeps_above_nought(reader);
        };
        if self.steps == 0 || self.changed.len() >= MOST_CHANGED {
            return false;
        }
        self.steps -= 1;
        for (_, inner, amount) in self.ways(wanted, sum) {
            self.change(reader, inner, amount);
            if self.settle(wanted) {
                return true;
            }
            self.take_back(reader, inner);
        }
        false
    }

    /// The sum that is off and has the fewest members: it leaves the least choice.
    fn next_off(&self, reader: &Reader) -> Option<usize> {
        let fewest = |sum: &usize| (reader.sums[*sum].form.terms().len(), *sum);
        self.off.iter().copied().min_by_key(fewest)
    }

    /// The best ways to put a sum right by one move: how many would be off then, the inner cell, and by how much.
    fn ways(&mut self, wanted: &Wanted<'_>, sum: usize) -> Vec<(usize, usize, i64)> {
        let reader = wanted.reader;
        let off = self.off_by[sum];
        let mut ways: Vec<(usize, usize, i64)> = Vec::new();
        self.gone_through += EACH * reader.sums[sum].form.terms().len() as u64;
        for &(inner, times) in reader.sums[sum].form.terms() {
            if wanted.is_fixed(inner) || self.moved[inner] != 0 || off % times != 0 {
                continue;
            }
            let amount = -off / times;
            if wanted.may_move(inner, amount) && !wanted.is_undone_by(inner, amount) {
                self.gone_through += EACH * reader.sums_of[inner].len() as u64;
                ways.push((self.off_after(reader, inner, amount), inner, amount));
            }
        }
        ways.sort_unstable();
        ways.truncate(WAYS);
        ways
    }

    /// The cheapest table, of those that a search of so many steps finds, that changes a sum by at least `by` and
    /// would agree with everything known if some cells were hidden, for less than a limit. `prices` say what it
    /// costs to hide each cell; nothing if it cannot be.
    pub(super) fn haggle(
        &mut self,
        reader: &Reader,
        (bounds, goal, by): (&Bounds, &Form, i64),
        prices: &[Option<u64>],
        (hidden, paid): (&[usize], u64),
        limit: u64,
        steps: usize,
    ) -> Option<Bargain> {
        let wanted = Wanted { reader, bounds, goal, upwards: by > 0 };
        let hidden = hidden.to_vec();
        hidden.iter().for_each(|cell| self.unsay(reader, *cell, true));
        let mut haggling = Haggling { wanted, prices, hidden, paid, limit, best: None };
        for &(inner, times) in goal.terms() {
            self.steps = steps;
            let amount = by.signum() * times.signum() * -(-by.abs()).div_euclid(times.abs());
            if haggling.wanted.may_move(inner, amount) {
                self.change(reader, inner, amount);
                self.strike(&mut haggling);
                self.take_back(reader, inner);
            }
        }
        haggling.hidden.iter().for_each(|cell| self.unsay(reader, *cell, false));
        haggling.best
    }

    /// Puts all known sums right again, or hides cells so that they are not known, as cheaply as it can.
    fn strike(&mut self, haggling: &mut Haggling<'_>) {
        let reader = haggling.wanted.reader;
        let Some(sum) = self.next_off(reader) else {
            if self.keeps_above_nought(reader) {
                let mut table: Move = self.changed.iter().map(|i| (*i, self.moved[*i])).collect();
                table.sort_unstable();
                haggling.limit = haggling.paid;
                let (hidden, price) = (haggling.hidden.clone(), haggling.paid);
                haggling.best = Some(Bargain { table, hidden, price });
            }
            return;
        };
        if self.steps == 0 || self.changed.len() >= MOST_CHANGED {
            return;
        }
        self.steps -= 1;
        let off = self.off.len();
        // Where even the shortest sum is long, there are too many ways to try any.
        let is_long = reader.sums[sum].form.terms().len() > LONG;
        let ways = if is_long { Vec::new() } else { self.ways(&haggling.wanted, sum) };
        let (soon, late) = ways.split_at(ways.partition_point(|(after, _, _)| *after < off));
        self.try_ways(soon, haggling);
        self.do_without(sum, haggling);
        self.try_ways(late, haggling);
    }

    fn try_ways(&mut self, ways: &[(usize, usize, i64)], haggling: &mut Haggling<'_>) {
        let reader = haggling.wanted.reader;
        for &(_, inner, amount) in ways {
            self.change(reader, inner, amount);
            self.strike(haggling);
            self.take_back(reader, inner);
        }
    }

    /// Hides all cells that state a sum, if that can be, and goes on.
    fn do_without(&mut self, sum: usize, haggling: &mut Haggling<'_>) {
        let reader = haggling.wanted.reader;
        let paid = haggling.paid;
        let before = haggling.hidden.len();
        for &cell in &reader.stating[sum] {
            let is_hidden = !reader.cells[cell].is_shown || haggling.hidden.contains(&cell);
            if let (false, Some(price)) = (is_hidden, haggling.prices[cell]) {
                haggling.paid += price;
                haggling.hidden.push(cell);
                self.unsay(reader, cell, true);
                if haggling.paid >= haggling.limit {
                    break;
                }
            }
        }
        if haggling.paid < haggling.limit && !self.is_known(reader, sum) {
            self.strike(haggling);
        }
        while haggling.hidden.len() > before {
            let Some(cell) = haggling.hidden.pop() else { break };
            self.unsay(reader, cell, false);
        }
        haggling.paid = paid;
    }

    /// Does without what a cell states, or no longer.
    fn unsay(&mut self, reader: &Reader, cell: usize, without: bool) {
        for &sum in &reader.cells[cell].shows {
            let unsaid = &mut self.unsaid[sum];
            *unsaid = if without { *unsaid + 1 } else { unsaid.saturating_sub(1) };
            self.note(reader, sum);
        }
    }

    /// How many sums would be off after a move.
    fn off_after(&self, reader: &Reader, inner: usize, amount: i64) -> usize {
        let mut count = self.off.len();
        for &(sum, times) in &reader.sums_of[inner] {
            if self.is_known(reader, sum) {
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
