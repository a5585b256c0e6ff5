//! Between which whole numbers each unknown lies: no further out, because nothing there agrees with
//! what is known, and no nearer, because numbers that agree reach both ends.
//!
//! Four means, the cheap first: what each sum leaves for its members; moves from numbers that agree to
//! others that do; linear programmes, rounded inwards; and a search among whole numbers. What is found is
//! checked by exact arithmetic against every sum before it counts, so an error of the solver can raise an
//! alarm but never silence one.

use std::collections::BTreeMap;
use std::time::Instant;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::attack::branch::branch;
use crate::attack::linear::{Linear, Programme};
use crate::attack::moves::Moves;
use crate::attack::propagate::{Contradiction, Propagator};
use crate::attack::search::{Effort, Search, search};
use crate::attack::system::{FAR, System, is_endless};

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

/// What is asked of one unknown: when its interval is known well enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked {
    /// When it is shown to be this wide; nothing asks for both ends exactly.
    pub(super) enough: Option<i64>,
    /// When it is sure to be at least this.
    pub(super) many: i64,
    /// When it may be nought for all that is known.
    pub(super) open_at_nought: bool,
}

impl Asked {
    /// Both ends, exactly.
    #[cfg(test)]
    pub(super) const EXACTLY: Self = Self { enough: None, many: i64::MAX, open_at_nought: false };

    /// What answers this and that.
    #[must_use]
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            enough: self.enough.zip(other.enough).map(|(one, other)| one.max(other)),
            many: self.many.max(other.many),
            open_at_nought: self.open_at_nought && other.open_at_nought,
        }
    }

    /// Whether an interval answers it.
    #[must_use]
    pub(super) fn is_answered_by(self, interval: Interval) -> bool {
        let Interval { outer, inner } = interval;
        outer.0 >= self.many
            || inner.is_some_and(|(least, most)| {
                (least, most) == outer
                    || self.enough.is_some_and(|width| most - least >= width)
                    || (self.open_at_nought && least <= 0)
            })
    }
}

/// By which means ends were found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Means {
    /// Moves found.
    pub(super) moves: usize,
    /// Linear programmes solved.
    pub(super) programmes: usize,
    /// Searches among whole numbers.
    pub(super) searches: usize,
}

/// Parts of at most this many unknowns are searched without linear programmes, if each unknown has so few numbers to
/// go through.
const SMALL: (usize, i64) = (8, 1_000);
/// The cases of one search.
const CASES: usize = 20_000;
/// Those of a search that only tries its luck.
const CASES_FOR_LUCK: usize = 400;
/// The steps of a search for a move: at first, then for what these did not find.
const STEPS: [usize; 2] = [60, 1_000];
/// The steps that numbers which nearly agree are mended in.
const STEPS_TO_MEND: usize = 20_000;
/// How many linear programmes with chance weights are tried before each unknown gets its own.
const ROUNDS: usize = 24;
/// The cases of a search by linear programmes, for what nothing else has settled.
const BRANCHES: usize = 400;
/// How near a number has to be to a whole one to be it.
const NEAR: f64 = 1e-6;

/// The intervals of all unknowns of one part: of those that are asked, as good as they are asked for; of all others
/// as they come.
///
/// # Errors
/// When nothing agrees with what is known.
pub(super) fn intervals(
    system: &System,
    asked: &BTreeMap<usize, Asked>,
    until: Option<Instant>,
    means: &mut Means,
) -> Result<Vec<Interval>, Contradiction> {
    let propagator = Propagator::new(system);
    let mut bounds = system.bounds.clone();
    propagator.settle(&mut bounds, None)?;
    let ranges = bounds.iter().map(|(least, most)| most - least);
    let mut finding = Finding {
        is_large: bounds.len() > SMALL.0 || ranges.max().is_some_and(|range| range > SMALL.1),
        propagator,
        programme: Programme::new(system),
        moves: Moves::new(system),
        asked,
        until,
        outer: bounds,
        inner: Vec::new(),
        last: Vec::new(),
        means,
    };
    finding.first()?;
    if finding.is_large {
        finding.by_moves();
        finding.by_chance()?;
    }
    for &unknown in asked.keys() {
        let begin_below = finding.begins_below(unknown);
        for upper in [!begin_below, begin_below] {
            if !finding.is_answered(unknown) {
                finding.end(unknown, upper)?;
            }
        }
    }
    if finding.is_large {
        finding.by_branches()?;
    }
    Ok(finding.all())
}

struct Finding<'s, 'm> {
    propagator: Propagator<'s>,
    programme: Programme<'s>,
    moves: Moves<'s>,
    asked: &'m BTreeMap<usize, Asked>,
    until: Option<Instant>,
    outer: Vec<(i64, i64)>,
    /// Empty while no numbers that agree were found.
    inner: Vec<(i64, i64)>,
    /// The numbers that agree which were found last.
    last: Vec<i64>,
    means: &'m mut Means,
    /// Whether it takes more than going through numbers.
    is_large: bool,
}

impl Finding<'_, '_> {
    fn all(&self) -> Vec<Interval> {
        (0..self.outer.len()).map(|unknown| self.interval(unknown)).collect()
    }

    fn interval(&self, unknown: usize) -> Interval {
        Interval { outer: self.outer[unknown], inner: self.inner.get(unknown).copied() }
    }

    fn is_answered(&self, unknown: usize) -> bool {
        let interval = self.interval(unknown);
        self.asked.get(&unknown).is_none_or(|asked| asked.is_answered_by(interval))
    }

    /// What of all that is asked is still open.
    fn open(&self) -> Vec<usize> {
        self.asked.keys().copied().filter(|unknown| !self.is_answered(*unknown)).collect()
    }

    /// Whether it is the lower end that may answer what is asked of an unknown.
    fn begins_below(&self, unknown: usize) -> bool {
        let asked = self.asked.get(&unknown);
        asked.is_some_and(|asked| {
            asked.open_at_nought || self.inner.get(unknown).is_some_and(|n| n.0 >= asked.many)
        })
    }

    fn over(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() >= until)
    }

    fn effort(&self, cases: usize) -> Effort {
        Effort { cases, until: self.until }
    }

    /// Takes note of numbers that agree with everything, to go on from there.
    fn note(&mut self, numbers: &[i64]) {
        self.last = numbers.to_vec();
        self.widen(numbers);
    }

    /// Takes note of numbers that agree with everything.
    fn widen(&mut self, numbers: &[i64]) {
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
        if self.is_large {
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
        self.programme.most(&self.outer, weight, self.until)
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
        if let Some(numbers) = self.mended(&near) {
            self.note(&numbers);
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

    /// Numbers that agree near to some that nearly do.
    fn mended(&mut self, near: &[i64]) -> Option<Vec<i64>> {
        let mended = self.moves.mended(&self.outer, near, STEPS_TO_MEND);
        mended.filter(|numbers| self.propagator.system().allows(numbers))
    }

    /// Cases on either side of a fraction, for what is still open: further up, then further down, or at nought.
    fn by_branches(&mut self) -> Result<(), Contradiction> {
        if self.inner.is_empty() {
            match self.branch(self.outer.clone()) {
                Search::Found(numbers) => self.note(&numbers),
                Search::None => return Err(Contradiction),
                Search::GivenUp => return Ok(()),
            }
        }
        for unknown in self.open() {
            let Some(asked) = self.asked.get(&unknown).copied() else { continue };
            for upper in [true, false] {
                if self.over() {
                    return Ok(());
                }
                if self.is_answered(unknown) {
                    break;
                }
                let ((least, most), (lowest, highest)) = (self.inner[unknown], self.outer[unknown]);
                let width = asked.enough.unwrap_or(most - least + 1);
                let beyond = if upper {
                    (least + width, highest)
                } else if asked.open_at_nought {
                    (lowest, 0)
                } else {
                    (lowest, most - width)
                };
                let mut bounds = self.outer.clone();
                bounds[unknown] = beyond;
                match self.branch(bounds) {
                    Search::Found(numbers) => self.note(&numbers),
                    Search::None if upper => self.outer[unknown].1 = highest.min(beyond.0 - 1),
                    Search::None => self.outer[unknown].0 = lowest.max(beyond.1 + 1),
                    Search::GivenUp => {}
                }
            }
        }
        Ok(())
    }

    fn branch(&mut self, bounds: Vec<(i64, i64)>) -> Search {
        self.means.searches += 1;
        let effort = self.effort(BRANCHES);
        branch(&mut self.programme, &self.propagator, &mut self.moves, &bounds, effort)
    }

    /// Moves from the numbers that were found last, for all that is still open.
    fn by_moves(&mut self) {
        if self.last.is_empty() {
            return;
        }
        self.moves.start_from(&self.last);
        for steps in STEPS {
            for unknown in self.open() {
                if self.over() {
                    return;
                }
                self.move_apart(unknown, steps);
            }
        }
    }

    /// Moves that show an unknown to be wide: all of it one way, or half of it each way, and so on.
    fn move_apart(&mut self, unknown: usize, steps: usize) {
        let Some(asked) = self.asked.get(&unknown).copied() else { return };
        let from = self.last[unknown];
        if asked.open_at_nought {
            self.move_by(unknown, -from, steps);
        }
        let mut size = asked.enough.unwrap_or(1);
        while size > 0 {
            for by in [size, -size] {
                let (least, most) = self.inner[unknown];
                let is_known = least <= from + by && from + by <= most;
                if self.is_answered(unknown) {
                    return;
                }
                if !is_known {
                    self.move_by(unknown, by, steps);
                }
            }
            size = if size == 1 { 0 } else { (size + 1) / 2 };
        }
    }

    fn move_by(&mut self, unknown: usize, by: i64, steps: usize) {
        if let Some(numbers) = self.moves.find(&self.outer, unknown, by, steps)
            && self.propagator.system().allows(&numbers)
        {
            self.means.moves += 1;
            self.widen(&numbers);
        }
    }

    /// Linear programmes with chance weights on what is not wide enough yet: each that ends in whole
    /// numbers moves the ends of many unknowns at once, and from there others can be moved.
    fn by_chance(&mut self) -> Result<(), Contradiction> {
        let mut chance = ChaCha8Rng::seed_from_u64(self.outer.len() as u64);
        for _ in 0..ROUNDS {
            let open = self.open();
            if open.len() < 2 || self.over() {
                break;
            }
            let mut weights = vec![0.0; self.outer.len()];
            for unknown in &open {
                weights[*unknown] = if chance.random::<bool>() { 1.0 } else { -1.0 };
            }
            match self.programme(|at| weights[at]) {
                Linear::Best(_, at) => {
                    if self.try_near(&at, CASES_FOR_LUCK)? {
                        self.by_moves();
                    }
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
        if self.is_large && !self.over() {
            // Without an end, a little further is far enough, and there are numbers to begin with.
            let is_without_end = upper && is_endless(self.outer[unknown].1);
            let mut within = self.outer.clone();
            if is_without_end {
                let known = self.inner.get(unknown).map_or(within[unknown].0, |inner| inner.1);
                within[unknown].1 = known + self.far_enough(unknown);
            }
            self.means.programmes += 1;
            let aim = |at| if at == unknown { sign } else { 0.0 };
            match self.programme.most(&within, aim, self.until) {
                Linear::Best(best, at) => {
                    let ceiling = within[unknown].1;
                    let bounds = &mut self.outer[unknown];
                    if upper && !(is_without_end && inwards(best) >= ceiling) {
                        bounds.1 = bounds.1.min(inwards(best));
                    } else if !upper && best.is_finite() {
                        bounds.0 = bounds.0.max(-inwards(best));
                    }
                    if bounds.0 > bounds.1 {
                        return Err(Contradiction);
                    }
                    if !at.is_empty() {
                        let near = whole(&at);
                        if self.propagator.system().allows(&near) {
                            self.note(&near);
                        } else if let Some(numbers) = self.mended(&near) {
                            self.note(&numbers);
                        }
                        wish = Some(near);
                    }
                }
                Linear::Impossible => self.nothing_agrees()?,
                Linear::Failed => {}
            }
        }
        // Only whole numbers can show that an end is reached, or that it is not.
        while !self.end_is_reached(unknown, upper) && !self.is_answered(unknown) {
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
                (true, end) if is_endless(end) => beyond.0 + self.far_enough(unknown),
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

    /// By how much more than what was found an unknown without an end has to be possible.
    fn far_enough(&self, unknown: usize) -> i64 {
        self.asked.get(&unknown).and_then(|asked| asked.enough).unwrap_or(1_000)
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
pub(super) fn whole(at: &[f64]) -> Vec<i64> {
    at.iter().map(|x| x.round() as i64).collect()
}

/// A best value that is reached by no whole number beyond it.
#[expect(clippy::cast_possible_truncation, reason = "bounded by FAR")]
fn inwards(best: f64) -> i64 {
    (best + NEAR).floor().clamp(-(FAR as f64), FAR as f64) as i64
}
