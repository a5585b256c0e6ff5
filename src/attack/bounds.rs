//! Between which whole numbers each unknown lies: no further out, because nothing there agrees with
//! what is known, and no nearer, because numbers that agree reach both ends.
//!
//! Three means, the cheap first: what each sum leaves for its members; linear programmes, rounded
//! inwards; and a search among whole numbers. What a search finds is checked by exact arithmetic
//! against every sum before it counts, so an error of the solver can raise an alarm but never silence
//! one.

use std::time::Instant;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::attack::linear::{Linear, Programme};
use crate::attack::propagate::{Contradiction, Propagator};
use crate::attack::search::{Effort, Search, search};
use crate::attack::system::{FAR, System};

/// What is known of one unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Interval {
    /// Nothing outside these agrees with what is known.
    pub(super) outer: (i64, i64),
    /// Both of these do; nothing when no numbers that agree were found.
    pub(super) inner: Option<(i64, i64)>,
}

impl Interval {
    /// How far apart two possible numbers are at least.
    #[must_use]
    pub(super) fn shown_width(&self) -> Option<i64> {
        self.inner.map(|(least, most)| most - least)
    }

    /// How far apart two possible numbers are at most.
    #[must_use]
    pub(super) fn widest(&self) -> i64 {
        self.outer.1 - self.outer.0
    }

    /// Whether both ends are reached.
    #[must_use]
    pub(super) fn exact(&self) -> bool {
        self.inner == Some(self.outer)
    }
}

/// How hard to try.
#[derive(Debug, Clone, Copy)]
pub(super) struct Diligence {
    /// An interval that is shown to be this wide is wide enough; nothing asks for both ends exactly.
    pub(super) enough: Option<i64>,
    /// When to stop.
    pub(super) until: Option<Instant>,
}

/// By which means ends were found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Means {
    /// Linear programmes solved.
    pub(super) programmes: usize,
    /// Searches among whole numbers.
    pub(super) searches: usize,
}

/// Parts of at most this many unknowns are searched without linear programmes.
const SMALL: usize = 8;
/// The cases of one search.
const CASES: usize = 20_000;
/// Those of a search that only tries its luck.
const CASES_FOR_LUCK: usize = 400;
/// How many linear programmes with chance weights are tried before each unknown gets its own.
const ROUNDS: usize = 24;
/// How near a number has to be to a whole one to be it.
const NEAR: f64 = 1e-6;

/// The intervals of these unknowns of one part. All others have the bounds that sums alone leave.
///
/// # Errors
/// When nothing agrees with what is known.
pub(super) fn intervals(
    system: &System,
    asked: &[usize],
    diligence: Diligence,
    means: &mut Means,
) -> Result<Vec<Interval>, Contradiction> {
    let propagator = Propagator::new(system);
    let mut bounds = system.bounds.clone();
    propagator.settle(&mut bounds, None)?;
    let programme = Programme::new(system);
    let mut finding =
        Finding { propagator, programme, diligence, outer: bounds, inner: Vec::new(), means };
    finding.first()?;
    if system.bounds.len() > SMALL {
        finding.by_chance(asked)?;
    }
    for &unknown in asked {
        if finding.enough(unknown) {
            continue;
        }
        finding.end(unknown, true)?;
        if !finding.enough(unknown) {
            finding.end(unknown, false)?;
        }
    }
    Ok(finding.all())
}

struct Finding<'s, 'm> {
    propagator: Propagator<'s>,
    programme: Programme<'s>,
    diligence: Diligence,
    outer: Vec<(i64, i64)>,
    /// Empty while no numbers that agree were found.
    inner: Vec<(i64, i64)>,
    means: &'m mut Means,
}

impl Finding<'_, '_> {
    fn all(&self) -> Vec<Interval> {
        let inner = |at: usize| self.inner.get(at).copied();
        self.outer
            .iter()
            .enumerate()
            .map(|(at, &outer)| Interval { outer, inner: inner(at) })
            .collect()
    }

    fn enough(&self, unknown: usize) -> bool {
        let Some(&(least, most)) = self.inner.get(unknown) else { return false };
        (least, most) == self.outer[unknown]
            || self.diligence.enough.is_some_and(|width| most - least >= width)
    }

    fn over(&self) -> bool {
        self.diligence.until.is_some_and(|until| Instant::now() >= until)
    }

    fn effort(&self, cases: usize) -> Effort {
        Effort { cases, until: self.diligence.until }
    }

    /// Takes note of numbers that agree with everything.
    fn note(&mut self, numbers: &[i64]) {
        if self.inner.is_empty() {
            self.inner = numbers.iter().map(|n| (*n, *n)).collect();
            return;
        }
        for ((least, most), number) in self.inner.iter_mut().zip(numbers) {
            *least = (*least).min(*number);
            *most = (*most).max(*number);
        }
    }

    /// Any numbers that agree.
    fn first(&mut self) -> Result<(), Contradiction> {
        let system = self.propagator.system();
        if system.bounds.len() > SMALL {
            match self.programme(|_| 0.0) {
                Linear::Best(_, at) => {
                    self.try_near(&at, CASES)?;
                }
                // That nothing agrees only whole numbers can say: the solver may have erred.
                Linear::Impossible | Linear::Failed => {}
            }
        }
        if self.inner.is_empty() {
            let middle: Vec<i64> =
                self.outer.iter().map(|&(least, most)| least + (most - least).min(8) / 2).collect();
            self.means.searches += 1;
            match search(&self.propagator, &self.outer, &middle, self.effort(CASES)) {
                Search::Found(numbers) => self.note(&numbers),
                Search::None => return Err(Contradiction),
                Search::GivenUp => {}
            }
        }
        Ok(())
    }

    fn programme(&mut self, weight: impl Fn(usize) -> f64) -> Linear {
        self.means.programmes += 1;
        self.programme.most(&self.outer, weight, self.diligence.until)
    }

    /// Numbers that agree near to those of a linear programme, most often the same.
    fn try_near(&mut self, at: &[f64], cases: usize) -> Result<bool, Contradiction> {
        if at.is_empty() {
            return Ok(false);
        }
        let near = whole(at);
        if self.propagator.system().allows(&near) {
            self.note(&near);
            return Ok(true);
        }
        self.means.searches += 1;
        match search(&self.propagator, &self.outer, &near, self.effort(cases)) {
            Search::Found(numbers) => {
                self.note(&numbers);
                Ok(true)
            }
            Search::None => Err(Contradiction),
            Search::GivenUp => Ok(false),
        }
    }

    /// Linear programmes with chance weights on what is not wide enough yet: each that ends in whole
    /// numbers moves the ends of many unknowns at once.
    fn by_chance(&mut self, asked: &[usize]) -> Result<(), Contradiction> {
        let mut chance = ChaCha8Rng::seed_from_u64(self.outer.len() as u64);
        for _ in 0..ROUNDS {
            let open: Vec<usize> = asked.iter().copied().filter(|u| !self.enough(*u)).collect();
            if open.len() < 2 || self.over() {
                break;
            }
            let mut weights = vec![0.0; self.outer.len()];
            for unknown in &open {
                weights[*unknown] = if chance.random::<bool>() { 1.0 } else { -1.0 };
            }
            match self.programme(|at| weights[at]) {
                Linear::Best(_, at) => {
                    self.try_near(&at, CASES_FOR_LUCK)?;
                }
                Linear::Impossible => self.nothing_agrees()?,
                Linear::Failed => {}
            }
        }
        Ok(())
    }

    /// A linear programme says that nothing agrees with what is known. Where numbers are known that do, it
    /// has erred.
    fn nothing_agrees(&self) -> Result<(), Contradiction> {
        if self.inner.is_empty() { Err(Contradiction) } else { Ok(()) }
    }

    /// The upper or the lower end of one unknown.
    fn end(&mut self, unknown: usize, upper: bool) -> Result<(), Contradiction> {
        let sign = if upper { 1.0 } else { -1.0 };
        let mut wish: Option<Vec<i64>> = None;
        if self.outer.len() > SMALL && !self.over() {
            match self.programme(|at| if at == unknown { sign } else { 0.0 }) {
                Linear::Best(best, at) => {
                    let bounds = &mut self.outer[unknown];
                    if best.is_finite() && upper {
                        bounds.1 = bounds.1.min(inwards(best));
                    } else if best.is_finite() {
                        bounds.0 = bounds.0.max(-inwards(best));
                    }
                    if bounds.0 > bounds.1 {
                        return Err(Contradiction);
                    }
                    if !at.is_empty() {
                        let near = whole(&at);
                        if self.propagator.system().allows(&near) {
                            self.note(&near);
                        }
                        wish = Some(near);
                    }
                }
                Linear::Impossible => self.nothing_agrees()?,
                Linear::Failed => {}
            }
        }
        // Only whole numbers can show that an end is reached, or that it is not.
        while !self.end_is_reached(unknown, upper) && !self.enough(unknown) {
            let (least, most) = self.outer[unknown];
            let beyond = match (self.inner.get(unknown), upper) {
                (Some(inner), true) => (inner.1 + 1, most),
                (Some(inner), false) => (least, inner.0 - 1),
                (None, _) => (least, most),
            };
            let mut wish = wish.clone().unwrap_or_else(|| self.inner_or_least());
            wish[unknown] = match (upper, beyond.1) {
                (false, _) => beyond.0,
                // Without an end, a little further is far enough.
                (true, FAR..) => beyond.0 + self.diligence.enough.unwrap_or(1_000),
                (true, end) => end,
            };
            let mut bounds = self.outer.clone();
            bounds[unknown] = beyond;
            self.means.searches += 1;
            match search(&self.propagator, &bounds, &wish, self.effort(CASES)) {
                Search::Found(numbers) => self.note(&numbers),
                Search::None => match (self.inner.get(unknown).copied(), upper) {
                    (Some(inner), true) => self.outer[unknown].1 = inner.1,
                    (Some(inner), false) => self.outer[unknown].0 = inner.0,
                    (None, _) => return Err(Contradiction),
                },
                Search::GivenUp => break,
            }
        }
        Ok(())
    }

    fn end_is_reached(&self, unknown: usize, upper: bool) -> bool {
        let (least, most) = self.outer[unknown];
        self.inner
            .get(unknown)
            .is_some_and(|inner| if upper { inner.1 == most } else { inner.0 == least })
    }

    fn inner_or_least(&self) -> Vec<i64> {
        let source = if self.inner.is_empty() { &self.outer } else { &self.inner };
        source.iter().map(|(least, _)| *least).collect()
    }
}

/// The whole numbers nearest to these.
#[expect(clippy::cast_possible_truncation, reason = "far inside the range, or checked afterwards")]
fn whole(at: &[f64]) -> Vec<i64> {
    at.iter().map(|x| x.round() as i64).collect()
}

/// A best value that is reached by no whole number beyond it.
#[expect(clippy::cast_possible_truncation, reason = "bounded by FAR")]
fn inwards(best: f64) -> i64 {
    (best + NEAR).floor().clamp(-(FAR as f64), FAR as f64) as i64
}
