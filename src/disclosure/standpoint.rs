//! Tables other than the true one, to look for further ones from.
//!
//! Where nobody is in most places, nobody can be taken from them, and few tables are near the true one that differ in
//! a secret. From a table in which some people stand elsewhere already, there are more; and to go from one to the
//! next takes a thousandth of what a linear program takes.

use rand::RngExt;

use super::audit::Audit;
use super::reader::{Bounds, Reader};
use super::swaps::Move;
use super::system::Form;

/// How often all secrets are gone through.
const ROUNDS: usize = 12;
/// How many rounds in a row may bring nothing.
const FRUITLESS: usize = 3;
/// How many inner cells are given more people before each round, and how many at most.
const KICKS: usize = 200;
const KICK: i64 = 3;
/// How many steps a search for that may take.
const SHORT: usize = 12;
/// How many steps a search from elsewhere may take for a secret.
const STEPS: usize = 60;

/// A table that agrees with everything known.
#[derive(Debug, Clone)]
pub(super) struct Standpoint {
    /// What each inner cell holds in it.
    pub(super) numbers: Vec<i64>,
    /// What separates it from the true one.
    pub(super) table: Move,
}

impl Standpoint {
    /// The true table.
    pub(super) fn truth(reader: &Reader) -> Self {
        Self { numbers: reader.inner.clone(), table: Move::new() }
    }

    /// A table that is separated from the true one by so much.
    pub(super) fn at(reader: &Reader, table: Move) -> Self {
        let mut numbers = reader.inner.clone();
        table.iter().for_each(|(inner, by)| numbers[*inner] += by);
        Self { numbers, table }
    }

    /// By how much a sum differs in it.
    pub(super) fn change(&self, reader: &Reader, form: &Form) -> i64 {
        let terms = form.terms().iter();
        terms.map(|(inner, times)| times * (self.numbers[*inner] - reader.inner[*inner])).sum()
    }

    /// What separates the table that a move leads to from the true one.
    pub(super) fn after(&self, by: &Move) -> Move {
        let mut after = Move::with_capacity(self.table.len() + by.len());
        let (mut a, mut b) = (self.table.iter().peekable(), by.iter().peekable());
        loop {
            let next = match (a.peek(), b.peek()) {
                (Some(x), Some(y)) if x.0 == y.0 => {
                    let both = (x.0, x.1 + y.1);
                    a.next();
                    b.next();
                    both
                }
                (Some(x), y) if y.is_none_or(|y| x.0 < y.0) => {
                    let x = **x;
                    a.next();
                    x
                }
                (_, Some(y)) => {
                    let y = **y;
                    b.next();
                    y
                }
                (Some(_), None) | (None, None) => return after,
            };
            if next.1 != 0 {
                after.push(next);
            }
        }
    }
}

impl Audit {
    /// Goes from table to table, and looks from each for others that prove what is still open.
    pub(super) fn walk(&mut self, reader: &Reader, bounds: &Bounds, open: &mut Vec<usize>) {
        let free: Vec<usize> =
            (0..reader.inner.len()).filter(|at| bounds.low[*at] < bounds.high[*at]).collect();
        if free.is_empty() {
            return;
        }
        let mut from = Standpoint::truth(reader);
        let mut fruitless = 0;
        for _ in 0..ROUNDS {
            if open.is_empty() || fruitless == FRUITLESS || self.work.is_spent() {
                return;
            }
            for _ in 0..KICKS.min(free.len()) {
                let inner = free[self.random.random_range(0..free.len())];
                let by = self.random.random_range(1..=KICK);
                let goal = Form::sum([inner]);
                let numbers = &from.numbers;
                if let Some(by) = self.swaps.find(reader, (numbers, bounds), &goal, by, SHORT) {
                    from = Standpoint::at(reader, from.after(&by));
                }
            }
            let before = open.len();
            self.look_from(reader, bounds, &mut from, open);
            fruitless = if open.len() < before { 0 } else { fruitless + 1 };
        }
    }

    /// Looks for tables that prove what is open, first from one and then from each that is found.
    pub(super) fn look_from(
        &mut self,
        reader: &Reader,
        bounds: &Bounds,
        from: &mut Standpoint,
        open: &mut Vec<usize>,
    ) {
        self.secrets.take(reader, from.table.clone());
        for &secret in open.iter() {
            if self.work.is_spent() {
                break;
            }
            if let Some(found) = self.move_apart(reader, bounds, secret, STEPS, from) {
                *from = Standpoint::at(reader, found);
            }
        }
        open.retain(|secret| !self.secrets.is_safe(*secret));
    }
}
