//! Sums that are known exactly, solved each for one of its unknowns, which is put into all others: before anything is
//! laid out as a table, while the sums are short. What one run says of a figure and what the next says of it, a total
//! and its parts, a quarter and its months: most of what a reader knows is of this kind.

use std::collections::BTreeSet;

use crate::attack::system::System;

/// Unknowns with how often each counts, by unknown.
type Terms = Vec<(usize, f64)>;

/// What is left of a system.
#[derive(Debug)]
pub(super) struct Solved {
    /// The unknowns that no sum was solved for.
    pub(super) free: Vec<usize>,
    /// All others, and the sums that are known within limits only, each by the free ones.
    pub(super) lines: Vec<Line>,
}

/// One that follows from the free unknowns.
#[derive(Debug)]
pub(super) struct Line {
    /// Which.
    pub(super) of: Follows,
    /// How often each free unknown counts.
    pub(super) terms: Terms,
    /// And so many besides.
    pub(super) constant: f64,
}

/// What follows from the free unknowns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Follows {
    /// This unknown.
    Unknown(usize),
    /// The sum of this row.
    Row(usize),
}

impl Follows {
    /// Its number where the rows come after so many unknowns.
    pub(super) fn member(self, unknowns: usize) -> usize {
        match self {
            Self::Unknown(unknown) => unknown,
            Self::Row(row) => unknowns + row,
        }
    }
}

/// What counts as nothing.
const NOTHING: f64 = 1e-9;

/// Solves the exact sums of a system, the shortest first, each for the unknown that occurs in the fewest others. One
/// that contradicts others is kept as it is.
pub(super) fn solved(system: &System) -> Solved {
    let unknowns = system.bounds.len();
    let mut lines: Vec<Line> = Vec::with_capacity(system.rows.len());
    let mut occurs: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); unknowns];
    for (number, row) in system.rows.iter().enumerate() {
        let terms = row.terms.iter().map(|&(unknown, times)| (unknown, times as f64)).collect();
        for (unknown, _) in &row.terms {
            occurs[*unknown].insert(number);
        }
        lines.push(Line { of: Follows::Row(number), terms, constant: 0.0 });
    }
    let exact = |number: &usize| system.rows[*number].least == system.rows[*number].most;
    let mut waiting: BTreeSet<(usize, usize)> =
        (0..lines.len()).filter(exact).map(|number| (lines[number].terms.len(), number)).collect();
    let mut said_by_others: BTreeSet<usize> = BTreeSet::new();
    while let Some((_, number)) = waiting.pop_first() {
        let sum = system.rows[number].least as f64;
        let largest = lines[number].terms.iter().map(|(_, n)| n.abs()).fold(0.0, f64::max);
        // To divide by much less than the largest would make the arithmetic rough.
        let fit = lines[number].terms.iter().filter(|(_, n)| n.abs() > 0.1 * largest);
        let fewest = fit.min_by_key(|(unknown, _)| (occurs[*unknown].len(), *unknown)).copied();
        let Some((unknown, by)) = fewest else {
            if (lines[number].constant - sum).abs() < NOTHING {
                said_by_others.insert(number);
            }
            continue;
        };
        // sum = by · unknown + terms + constant
        let Line { terms, constant, .. } = &lines[number];
        let others = terms.iter().filter(|(other, _)| *other != unknown);
        let terms: Terms = others.map(|(other, n)| (*other, -n / by)).collect();
        let constant = (sum - constant) / by;
        for other in std::mem::take(&mut occurs[unknown]) {
            if other == number {
                continue;
            }
            let line = &mut lines[other];
            let is_waiting = waiting.remove(&(line.terms.len(), other));
            let at = line.terms.binary_search_by_key(&unknown, |(unknown, _)| *unknown);
            let Ok(at) = at else { continue };
            let (_, times) = line.terms.remove(at);
            let before: BTreeSet<usize> = line.terms.iter().map(|(unknown, _)| *unknown).collect();
            line.terms = plus(&line.terms, times, &terms);
            line.constant += times * constant;
            let after: BTreeSet<usize> = line.terms.iter().map(|(unknown, _)| *unknown).collect();
            for gone in before.difference(&after) {
                occurs[*gone].remove(&other);
            }
            for come in after.difference(&before) {
                occurs[*come].insert(other);
            }
            if is_waiting {
                waiting.insert((line.terms.len(), other));
            }
        }
        for (other, _) in &lines[number].terms {
            occurs[*other].remove(&number);
        }
        for (other, _) in &terms {
            occurs[*other].insert(number);
        }
        lines[number] = Line { of: Follows::Unknown(unknown), terms, constant };
    }
    let mut follows = vec![false; unknowns];
    for line in &lines {
        if let Follows::Unknown(unknown) = line.of {
            follows[unknown] = true;
        }
    }
    let mut number = 0..;
    lines.retain(|_| number.next().is_none_or(|number| !said_by_others.contains(&number)));
    Solved { free: (0..unknowns).filter(|unknown| !follows[*unknown]).collect(), lines }
}

/// Terms, and so many times others.
fn plus(one: &Terms, times: f64, other: &Terms) -> Terms {
    let mut sum = Terms::with_capacity(one.len() + other.len());
    let (mut a, mut b) = (one.iter().copied().peekable(), other.iter().copied().peekable());
    loop {
        let next = match (a.peek(), b.peek()) {
            (Some(x), Some(y)) if x.0 == y.0 => {
                let both = (x.0, x.1 + times * y.1);
                a.next();
                b.next();
                both
            }
            (Some(x), y) if y.is_none_or(|y| x.0 < y.0) => {
                let x = *x;
                a.next();
                x
            }
            (_, Some(y)) => {
                let y = (y.0, times * y.1);
                b.next();
                y
            }
            (Some(_), None) | (None, None) => return sum,
        };
        if next.1.abs() > NOTHING {
            sum.push(next);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the lines say of all unknowns, for some numbers of the free ones.
    fn follow(system: &System, free: impl Fn(usize) -> f64) -> Vec<f64> {
        let solved = solved(system);
        let mut all: Vec<f64> = (0..system.bounds.len()).map(&free).collect();
        for line in &solved.lines {
            let sum: f64 = line.terms.iter().map(|(unknown, times)| times * free(*unknown)).sum();
            if let Follows::Unknown(unknown) = line.of {
                all[unknown] = sum + line.constant;
            }
        }
        all
    }

    #[test]
    fn whatever_the_free_unknowns_are_every_exact_sum_holds() {
        let mut system = System::default();
        let all: Vec<usize> = (0..9).map(|_| system.unknown(0, 100)).collect();
        // A table of three by three with its margins, one of which says nothing new; and one sum twice.
        for at in 0..3 {
            system.between((0..3).map(|n| (all[3 * at + n], 1)), 10, 10);
            system.between((0..3).map(|n| (all[3 * n + at], 1)), 10, 10);
        }
        system.between([(all[0], 2), (all[4], 2)], 7, 7);
        system.between([(all[0], 1), (all[8], -1)], -3, 20);
        let left = solved(&system);
        assert_eq!(left.free.len(), 3, "of 9, five margins and one sum apart from them");
        assert_eq!(left.lines.len(), 7, "the 6 that follow, and the sum within limits");
        for by in [0.0, 1.0, 4.5] {
            let numbers = follow(&system, |unknown| by * unknown as f64);
            for row in system.rows.iter().filter(|row| row.least == row.most) {
                let sum: f64 = row.terms.iter().map(|(at, n)| *n as f64 * numbers[*at]).sum();
                assert!((sum - row.least as f64).abs() < 1e-9, "{row:?}");
            }
        }
    }

    #[test]
    fn a_sum_that_contradicts_others_is_kept() {
        let mut system = System::default();
        let [one, other] = [(); 2].map(|()| system.unknown(0, 100));
        system.between([(one, 1), (other, 1)], 5, 5);
        system.between([(one, 1), (other, 1)], 6, 6);
        let left = solved(&system);
        let kept = left.lines.iter().find(|line| matches!(line.of, Follows::Row(_)));
        assert!(kept.is_some_and(|line| line.terms.is_empty()));
    }
}
