//! The widest that fractions allow: linear programming. Its ends are never inside those of whole
//! numbers, so they bound what a reader can find; that they are reached has to be shown by whole
//! numbers.
//!
//! An attack asks thousands of questions about one system. This is the simplex method with bounds on
//! all unknowns (G. B. Dantzig, *Linear Programming and Extensions*, 1963, chapter 18), on a full
//! tableau that stays where the last question ended, so that the next one takes a few steps only. It
//! is our own because libraries start each question anew, and because an attacker must not share a
//! solver's mistakes with the protection that it attacks.

use std::time::Instant;

use crate::attack::system::{FAR, System, is_endless};

/// How a linear programme ended.
#[derive(Debug)]
pub(super) enum Linear {
    /// The best that a weighted sum can be, and numbers where it is.
    Best(f64, Vec<f64>),
    /// Nothing agrees with what is known.
    Impossible,
    /// The arithmetic became too rough, or time ran out: nothing is proved.
    Failed,
}

/// A system with the basis in which the last question ended. Every member of the basis is a weighted
/// sum of those outside it; each row of the system has a member of its own, the row's sum.
#[derive(Debug)]
pub(super) struct Programme<'s> {
    system: &'s System,
    /// How many are outside the basis: the columns of the table.
    columns: usize,
    /// Exchanges since the start.
    steps: usize,
    table: Vec<f64>,
    basis: Vec<usize>,
    outside: Vec<usize>,
    low: Vec<f64>,
    high: Vec<f64>,
    now: Vec<f64>,
}

/// What counts as nothing: entries of the table come from small whole numbers, and none that means
/// something is as small as this.
const NOTHING: f64 = 1e-7;
/// By how much a bound may be missed.
const SLACK: f64 = 1e-6;
/// Without progress for so many steps, columns are taken in order: that cannot go in circles.
const PATIENCE: usize = 40;

/// Which way the unknown that enters the basis moves, and how far.
struct Step {
    column: usize,
    direction: f64,
    length: f64,
    /// The row of the member that leaves; none if the unknown goes from one bound to the other.
    row: Option<usize>,
}

impl<'s> Programme<'s> {
    pub(super) fn new(system: &'s System) -> Self {
        let (columns, rows) = (system.bounds.len(), system.rows.len());
        let mut programme = Self {
            system,
            columns,
            steps: 0,
            table: Vec::new(),
            basis: Vec::new(),
            outside: Vec::new(),
            low: vec![0.0; columns + rows],
            high: vec![0.0; columns + rows],
            now: vec![0.0; columns + rows],
        };
        for (number, row) in system.rows.iter().enumerate() {
            programme.low[columns + number] = far(row.least);
            programme.high[columns + number] = far(row.most);
        }
        programme.start();
        programme
    }

    /// The basis in which each row stands for its own sum.
    fn start(&mut self) {
        let (columns, rows) = (self.columns, self.system.rows.len());
        self.steps = 0;
        self.basis = (columns..columns + rows).collect();
        self.outside = (0..columns).collect();
        self.table = vec![0.0; columns * rows];
        for (number, row) in self.system.rows.iter().enumerate() {
            for &(unknown, times) in &row.terms {
                self.table[number * columns + unknown] = times as f64;
            }
        }
    }

    /// The most that a weighted sum of the unknowns can be, within these bounds.
    pub(super) fn most(
        &mut self,
        bounds: &[(i64, i64)],
        weight: impl Fn(usize) -> f64,
        until: Option<Instant>,
    ) -> Linear {
        for (unknown, &(least, most)) in bounds.iter().enumerate() {
            self.low[unknown] = far(least);
            self.high[unknown] = far(most);
        }
        self.settle_outside();
        let mut possible = self.become_possible(until);
        if possible != Some(true) && self.steps > 0 {
            // Roughness adds up from question to question: ask once more from the start.
            self.start();
            self.settle_outside();
            possible = self.become_possible(until);
        }
        match possible {
            None => return Linear::Failed,
            Some(false) => return Linear::Impossible,
            Some(true) => {}
        }
        let weights: Vec<f64> = (0..self.now.len())
            .map(|member| if member < self.columns { weight(member) } else { 0.0 })
            .collect();
        let mut gains: Vec<f64> = self.outside.iter().map(|member| weights[*member]).collect();
        for (row, member) in self.basis.iter().enumerate() {
            add(&mut gains, self.line(row), weights[*member]);
        }
        let mut stalled = 0;
        while let Some((column, direction)) = self.entering(&gains, stalled > PATIENCE) {
            let step = self.step(column, direction, false);
            if step.length.is_infinite() {
                return Linear::Best(f64::INFINITY, Vec::new());
            }
            stalled = if step.length > NOTHING { 0 } else { stalled + 1 };
            if stalled > PATIENCE + self.now.len() * 2 || is_over(until) {
                return Linear::Failed;
            }
            let row = step.row;
            self.take(&step);
            if let Some(row) = row {
                let gain = gains[column];
                gains[column] = 0.0;
                add(&mut gains, self.line(row), gain);
            }
        }
        if !self.is_true() {
            self.start();
            return Linear::Failed;
        }
        let best = weights.iter().zip(&self.now).map(|(w, x)| w * x).sum();
        Linear::Best(best, self.now[..self.columns].to_vec())
    }

    fn line(&self, row: usize) -> &[f64] {
        &self.table[row * self.columns..(row + 1) * self.columns]
    }

    /// Puts those outside the basis within their bounds, and all in it where that puts them.
    fn settle_outside(&mut self) {
        for &member in &self.outside {
            let (low, high) = (self.low[member], self.high[member]);
            let now = self.now[member].clamp(low, high);
            self.now[member] = if now.is_finite() { now } else { low.max(-(FAR as f64)) };
        }
        for (row, &member) in self.basis.iter().enumerate() {
            let line = &self.table[row * self.columns..(row + 1) * self.columns];
            self.now[member] =
                line.iter().zip(&self.outside).map(|(times, other)| times * self.now[*other]).sum();
        }
    }

    /// Moves until every member is within its bounds. Whether that can be; nothing if it was given up.
    fn become_possible(&mut self, until: Option<Instant>) -> Option<bool> {
        let mut stalled = 0;
        loop {
            let mut gains = vec![0.0; self.columns];
            let mut missed = false;
            for (row, &member) in self.basis.iter().enumerate() {
                if self.now[member] < self.low[member] - SLACK {
                    add(&mut gains, self.line(row), 1.0);
                    missed = true;
                } else if self.now[member] > self.high[member] + SLACK {
                    add(&mut gains, self.line(row), -1.0);
                    missed = true;
                }
            }
            if !missed {
                return Some(true);
            }
            let Some((column, direction)) = self.entering(&gains, stalled > PATIENCE) else {
                return Some(false);
            };
            let step = self.step(column, direction, true);
            stalled = if step.length > NOTHING { 0 } else { stalled + 1 };
            if step.length.is_infinite()
                || stalled > PATIENCE + self.now.len() * 2
                || is_over(until)
            {
                return None;
            }
            self.take(&step);
        }
    }

    /// The unknown whose move gains most, or the first that gains, and its direction.
    fn entering(&self, gains: &[f64], first: bool) -> Option<(usize, f64)> {
        let gains_by = |column: usize| {
            let (member, gain) = (self.outside[column], gains[column]);
            let up = gain > NOTHING && self.now[member] < self.high[member] - NOTHING;
            let down = gain < -NOTHING && self.now[member] > self.low[member] + NOTHING;
            (up || down).then_some((column, gain))
        };
        let mut all = (0..self.columns).filter_map(gains_by);
        let found = if first {
            all.min_by_key(|(column, _)| self.outside[*column])
        } else {
            // The earlier of equals.
            all.next().map(|start| {
                all.fold(start, |best, one| if one.1.abs() > best.1.abs() { one } else { best })
            })
        };
        found.map(|(column, gain)| (column, gain.signum()))
    }

    /// How far an unknown can move until a bound is met. While not everything is possible yet, a
    /// member that is beyond a bound stops there on its way back.
    fn step(&self, column: usize, direction: f64, missing: bool) -> Step {
        let entering = self.outside[column];
        let mut step =
            Step { column, direction, length: self.high[entering] - self.low[entering], row: None };
        let mut pivot = 0.0_f64;
        for (row, &member) in self.basis.iter().enumerate() {
            let rate = direction * self.table[row * self.columns + column];
            if rate.abs() <= NOTHING {
                continue;
            }
            let (now, low, high) = (self.now[member], self.low[member], self.high[member]);
            let (below, above) = (now < low - SLACK, now > high + SLACK);
            let end = match (rate > 0.0, missing && below, missing && above) {
                (true, true, _) => low,
                (false, _, true) => high,
                (true, _, true) | (false, true, _) => continue,
                (true, false, false) => high,
                (false, false, false) => low,
            };
            let length = ((end - now) / rate).max(0.0);
            if length.is_finite()
                && (length < step.length - NOTHING
                    || (length < step.length + NOTHING && rate.abs() > pivot.abs()))
            {
                step.length = length.min(step.length);
                step.row = Some(row);
                pivot = rate;
            }
        }
        step
    }

    fn take(&mut self, step: &Step) {
        let &Step { column, direction, length, row } = step;
        let entering = self.outside[column];
        let moved = direction * length;
        for (line, &member) in self.basis.iter().enumerate() {
            let times = self.table[line * self.columns + column];
            if times != 0.0 {
                self.now[member] += times * moved;
            }
        }
        self.now[entering] += moved;
        let Some(row) = row else { return };
        self.steps += 1;
        // The member that leaves is written as those outside, and put into all others.
        let pivot = self.table[row * self.columns + column];
        let start = row * self.columns;
        for at in start..start + self.columns {
            self.table[at] =
                if at == start + column { 1.0 / pivot } else { -self.table[at] / pivot };
            if self.table[at].abs() < NOTHING {
                self.table[at] = 0.0;
            }
        }
        let (before, rest) = self.table.split_at_mut(start);
        let (line, after) = rest.split_at_mut(self.columns);
        for other in
            before.chunks_exact_mut(self.columns).chain(after.chunks_exact_mut(self.columns))
        {
            let times = other[column];
            if times == 0.0 {
                continue;
            }
            other[column] = 0.0;
            for (to, from) in other.iter_mut().zip(&*line) {
                *to += times * from;
                if to.abs() < NOTHING {
                    *to = 0.0;
                }
            }
        }
        let leaving = std::mem::replace(&mut self.basis[row], entering);
        self.outside[column] = leaving;
        // Exactly at its bound, so that roughness does not add up.
        let now = self.now[leaving];
        let (low, high) = (self.low[leaving], self.high[leaving]);
        self.now[leaving] = if (now - low).abs() < (now - high).abs() { low } else { high };
    }

    /// Whether the numbers still agree with the rows as they were given.
    fn is_true(&self) -> bool {
        self.system.rows.iter().all(|row| {
            let sum: f64 = row.terms.iter().map(|&(at, times)| times as f64 * self.now[at]).sum();
            let size = row.terms.iter().map(|&(_, times)| times.abs()).max().unwrap_or(1) as f64;
            sum >= far(row.least) - 1e-5 * size && sum <= far(row.most) + 1e-5 * size
        })
    }
}

/// Adds so many times a line.
fn add(to: &mut [f64], line: &[f64], times: f64) {
    if times != 0.0 {
        to.iter_mut().zip(line).for_each(|(to, from)| *to += times * from);
    }
}

fn far(number: i64) -> f64 {
    if is_endless(number) { f64::INFINITY.copysign(number as f64) } else { number as f64 }
}

fn is_over(until: Option<Instant>) -> bool {
    until.is_some_and(|until| Instant::now() >= until)
}
