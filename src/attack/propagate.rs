//! The first thing that a reader tries: in each sum, what the others leave for one.

use std::collections::VecDeque;

use crate::attack::system::{Row, System};

/// Nothing fits any more: what is known contradicts itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Contradiction;

/// A system with the rows of each unknown at hand.
#[derive(Debug)]
pub(super) struct Propagator<'s> {
    system: &'s System,
    rows_of: Vec<Vec<usize>>,
}

/// How often each row may be looked at: unknowns without an end can narrow by one for ever. To stop
/// early is safe, it only leaves wider bounds.
const VISITS: usize = 64;

impl<'s> Propagator<'s> {
    /// For this system.
    #[must_use]
    pub(super) fn new(system: &'s System) -> Self {
        let mut rows_of = vec![Vec::new(); system.bounds.len()];
        for (number, row) in system.rows.iter().enumerate() {
            for (unknown, _) in &row.terms {
                rows_of[*unknown].push(number);
            }
        }
        Self { system, rows_of }
    }

    /// The system.
    #[must_use]
    pub(super) fn system(&self) -> &'s System {
        self.system
    }

    /// Narrows bounds until nothing changes. `changed` is the unknown whose bounds are new; none means
    /// that all may be.
    ///
    /// # Errors
    /// When no number is left for an unknown, or a sum cannot hold.
    pub(super) fn settle(
        &self,
        bounds: &mut [(i64, i64)],
        changed: Option<usize>,
    ) -> Result<(), Contradiction> {
        if bounds.iter().any(|(least, most)| least > most) {
            return Err(Contradiction);
        }
        let rows = &self.system.rows;
        let mut waits = vec![false; rows.len()];
        let mut queue: VecDeque<usize> = match changed {
            Some(unknown) => self.rows_of[unknown].iter().copied().collect(),
            None => (0..rows.len()).collect(),
        };
        queue.iter().for_each(|row| waits[*row] = true);
        let mut visits = VISITS.saturating_mul(rows.len());
        while let Some(number) = queue.pop_front() {
            waits[number] = false;
            if visits == 0 {
                break;
            }
            visits -= 1;
            self.narrow(&rows[number], bounds, |unknown| {
                for &row in &self.rows_of[unknown] {
                    if !waits[row] && row != number {
                        waits[row] = true;
                        queue.push_back(row);
                    }
                }
            })?;
        }
        Ok(())
    }

    fn narrow(
        &self,
        row: &Row,
        bounds: &mut [(i64, i64)],
        mut changed: impl FnMut(usize),
    ) -> Result<(), Contradiction> {
        let (mut lowest, mut highest) = (0_i64, 0_i64);
        for &(unknown, times) in &row.terms {
            let (least, most) = ends(bounds[unknown], times);
            lowest += least;
            highest += most;
        }
        if lowest > row.most || highest < row.least {
            return Err(Contradiction);
        }
        // A sum that may be anything within its members' bounds says nothing about them.
        if lowest >= row.least && highest <= row.most {
            return Ok(());
        }
        for &(unknown, times) in &row.terms {
            let (least, most) = ends(bounds[unknown], times);
            // What the others leave for this one, times included.
            let from = row.least.saturating_sub(highest - most);
            let to = row.most.saturating_sub(lowest - least);
            if from <= least && to >= most {
                continue;
            }
            let (from, to) = if times > 0 {
                (ceiling(from, times), floor(to, times))
            } else {
                (ceiling(to, times), floor(from, times))
            };
            let old = bounds[unknown];
            let new = (old.0.max(from), old.1.min(to));
            if new.0 > new.1 {
                return Err(Contradiction);
            }
            if new != old {
                bounds[unknown] = new;
                let (new_least, new_most) = ends(new, times);
                lowest += new_least - least;
                highest += new_most - most;
                changed(unknown);
            }
        }
        Ok(())
    }
}

/// The least and most of so many times an unknown.
fn ends((least, most): (i64, i64), times: i64) -> (i64, i64) {
    if times > 0 { (least * times, most * times) } else { (most * times, least * times) }
}

fn floor(above: i64, below: i64) -> i64 {
    let quotient = above / below;
    if above % below != 0 && (above < 0) != (below < 0) { quotient - 1 } else { quotient }
}

fn ceiling(above: i64, below: i64) -> i64 {
    let quotient = above / below;
    if above % below != 0 && (above < 0) == (below < 0) { quotient + 1 } else { quotient }
}
