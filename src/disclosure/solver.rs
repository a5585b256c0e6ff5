//! The part of the tables that hangs together with one secret, as a linear program. Nothing that the
//! solver says is trusted to be safe: tables it passes are verified in whole numbers, bounds are rounded
//! inward, and what it cannot answer counts as unsafe.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::reader::{Bounds, Reader};
use super::simplex::{End, Row, Simplex};
use super::swaps::Move;
use super::system::Form;

/// No reader needs to be shown that a count could be larger by more than this.
const FAR: i64 = 4096;
/// How far from a whole number a number may be that is meant to be whole.
const TOLERANCE: f64 = 1e-3;
/// Bounds are loosened by at most this, each by a different share of it. Where many meet in one point, as they do
/// where all are ones, the search would step on the spot otherwise. It only ever allows more.
const SLACK: f64 = 1e-6;
/// The largest program that is solved, in numbers once what is known is put in: 100 MB.
const LARGEST: usize = 12 << 20;
/// How many steps one question may take.
const STEPS: usize = 2_000;

/// Unknown inner cells and the sums that tie them together.
#[derive(Debug)]
pub(super) struct Part {
    /// The inner cells, in order.
    pub(super) inner: Vec<usize>,
    /// Whether nothing outside has to do with it.
    pub(super) is_whole: bool,
    truth: Vec<i64>,
    laid_out: u64,
    simplex: Option<Simplex>,
}

/// What is made of the sums at the edge of a part that reach beyond it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    /// They hold, and what is outside stands still: tables that are found are tables, but there may be
    /// others.
    Still,
    /// They are forgotten: there are no tables beyond what is found, but not all that is found is one.
    Loose,
}

/// What the solver found.
#[derive(Debug)]
pub(super) enum Answer {
    /// No table of the part has more than this more than the truth.
    AtMost(i64),
    /// It was told to stop.
    Stopped,
    /// It failed or gave up.
    Failed,
}

impl Part {
    /// What a secret hangs together with most closely, up to about so many inner cells.
    pub(super) fn around(
        reader: &Reader,
        bounds: &Bounds,
        secret: &Form,
        (most, edge): (usize, Edge),
    ) -> Self {
        let free = |inner: usize| bounds.low[inner] < bounds.high[inner];
        let mut inside: BTreeSet<usize> =
            secret.terms().iter().map(|(inner, _)| *inner).filter(|i| free(*i)).collect();
        let mut to_visit: VecDeque<usize> = inside.iter().copied().collect();
        let mut rows: BTreeSet<usize> = BTreeSet::new();
        let mut is_whole = true;
        while let Some(inner) = to_visit.pop_front() {
            if edge == Edge::Loose && inside.len() >= most {
                is_whole = false;
                break;
            }
            for &(number, _) in &reader.sums_of[inner] {
                let sum = &reader.sums[number];
                if !(sum.is_known() || sum.is_above_nought()) || !rows.insert(number) {
                    continue;
                }
                for &(other, _) in sum.form.terms() {
                    if !free(other) || inside.contains(&other) {
                        continue;
                    }
                    if edge == Edge::Loose || inside.len() < most {
                        inside.insert(other);
                        to_visit.push_back(other);
                    } else {
                        is_whole = false;
                    }
                }
            }
        }
        let inner: Vec<usize> = inside.into_iter().collect();
        let place: BTreeMap<usize, usize> = inner.iter().copied().zip(0..).collect();
        let row = |number: usize| {
            let sum = &reader.sums[number];
            let fixed = |at: &usize| if place.contains_key(at) { 0 } else { reader.inner[*at] };
            let rest: i64 = sum.form.terms().iter().map(|(at, times)| times * fixed(at)).sum();
            let in_part = |(at, times): &(usize, i64)| Some((*place.get(at)?, *times as f64));
            let terms: Vec<(usize, f64)> = sum.form.terms().iter().filter_map(in_part).collect();
            let within = if sum.is_known() {
                ((sum.value - rest) as f64, (sum.value - rest) as f64)
            } else {
                ((1 - rest) as f64 - slack(number), f64::INFINITY)
            };
            (terms, within)
        };
        let rows: Vec<Row> = rows.into_iter().map(row).filter(|row| !row.0.is_empty()).collect();
        let terms: u64 = rows.iter().map(|(terms, _)| terms.len() as u64).sum();
        let truth: Vec<i64> = inner.iter().map(|at| reader.inner[*at]).collect();
        let ends = inner.iter().zip(&truth).map(|(at, truth)| {
            let (low, high) = (bounds.low[*at].max(truth - FAR), bounds.high[*at].min(truth + FAR));
            (low as f64 - slack(*at), high as f64 + slack(*at + 1))
        });
        let point = truth.iter().map(|n| *n as f64).collect();
        let simplex = Simplex::new(point, ends.collect(), &rows, LARGEST);
        // It is looked up in trees, and eliminated line by line.
        let laid_out = 16 * terms + simplex.as_ref().map_or(0, Simplex::size) as u64;
        Self { is_whole, simplex, truth, laid_out, inner }
    }

    /// How many numbers it took to lay it out.
    pub(super) fn laid_out(&self) -> u64 {
        self.laid_out
    }

    /// How many numbers the last question went through.
    pub(super) fn gone_through(&self) -> u64 {
        self.simplex.as_ref().map_or(0, Simplex::gone_through) as u64
    }

    /// How large a sum with these coefficients by inner cell can become. `visit` is given each whole
    /// table on the way and may end the search.
    pub(super) fn most(
        &mut self,
        asked: &BTreeMap<usize, f64>,
        mut visit: impl FnMut(Move) -> bool,
    ) -> Answer {
        let Some(simplex) = &mut self.simplex else { return Answer::Failed };
        let (inner, truth) = (&self.inner, &self.truth);
        let asked: Vec<(usize, f64)> =
            asked.iter().filter_map(|(at, n)| Some((inner.binary_search(at).ok()?, *n))).collect();
        let end = simplex
            .most(&asked, STEPS, |simplex| whole(simplex, inner, truth).is_some_and(&mut visit));
        match end {
            End::Optimal => {
                let gain: f64 =
                    asked.iter().map(|(at, n)| n * (simplex.value(*at) - truth[*at] as f64)).sum();
                // Rounded inward: a bound that is meant to be whole may fall a little short of it.
                Answer::AtMost((gain + TOLERANCE).floor() as i64)
            }
            End::Stopped => Answer::Stopped,
            End::GaveUp => Answer::Failed,
        }
    }
}

/// By how much the bound of this number is loosened: at least half of all that may be, and hardly two alike.
fn slack(number: usize) -> f64 {
    let scattered = (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
    SLACK * (0.5 + 0.5 * scattered as f64 / (1 << 24) as f64)
}

/// What separates the table at which the solver stands from the true one, if it is whole.
fn whole(simplex: &Simplex, inner: &[usize], truth: &[i64]) -> Option<Move> {
    let mut to = Move::new();
    for (at, (inner, truth)) in inner.iter().zip(truth).enumerate() {
        let change = simplex.value(at) - *truth as f64;
        let nearest = change.round();
        if (change - nearest).abs() > TOLERANCE {
            return None;
        }
        if nearest != 0.0 {
            to.push((*inner, nearest as i64));
        }
    }
    Some(to)
}
