//! What the outsider found, reader by reader.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::attack::bounds::{Asked, Interval, Means, intervals};
use crate::attack::knowledge::{Knowledge, Target};
use crate::attack::propagate::Propagator;
use crate::attack::published::{Printed, Release};
use crate::attack::system::{Place, System};
use crate::report::PolicyNumbers;
use crate::statistics::{Confidence, Decimal, wilson};

/// What one reader can work out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Findings {
    /// The audience, or several that lay side by side what they were given.
    pub reader: String,
    /// How many runs they hold.
    pub runs: usize,
    /// Distinct figures that they were given.
    pub figures: usize,
    /// How many of them are hidden.
    pub hidden: usize,
    /// Counts that are not printed: of hidden figures, beside figures, and between figures.
    pub counts: usize,
    /// The width that the policy asks for.
    pub width: u64,
    /// The narrowest interval of a hidden figure's count that may be small; nothing if there is none.
    pub narrowest: Option<Narrowest>,
    /// Counts with a narrower interval than the policy asks for, that may be small.
    pub below: usize,
    /// How many of these are known exactly.
    pub pinned: usize,
    /// Counts that may be safe or not: what was tried in the time did not settle it.
    pub unproved: usize,
    /// Sums of published figures that cannot be true together; a bug, if nothing was revised.
    pub contradictions: usize,
    /// Crossings that overlap in a circle too large to be thought of as one table: more may follow from
    /// them than was looked for.
    pub unexplored: usize,
    /// Parts in which something was revised between runs, though nothing shown says so.
    pub revised: usize,
    /// Which counts are below, without their values.
    pub exposed: Vec<Exposed>,
    /// How the ends were found.
    pub method: Method,
    /// How long it took.
    pub seconds: f64,
}

/// A width and whether it is exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Narrowest {
    /// The width.
    pub width: i64,
    /// Whether it is exact; else it is at least this.
    pub exact: bool,
}

/// A count that can be worked out nearer than the policy allows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Exposed {
    /// The measure.
    pub measure: String,
    /// The period.
    pub period: String,
    /// Column and level.
    pub levels: BTreeMap<String, String>,
    /// Which count.
    pub count: String,
    /// How far its possible values lie apart: 0 means that it is known.
    pub width: i64,
}

/// By which means ends were found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Method {
    /// Unknowns.
    pub unknowns: usize,
    /// Sums.
    pub sums: usize,
    /// Parts that say nothing of each other.
    pub parts: usize,
    /// Unknowns of the largest part.
    pub largest: usize,
    /// Moves found from numbers that agree to others that do.
    pub moves: usize,
    /// Linear programmes solved.
    pub programmes: usize,
    /// Searches among whole numbers.
    pub searches: usize,
}

impl Findings {
    /// Whether nothing hidden can be worked out, as far as can be proved.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.below == 0 && self.unproved == 0 && self.contradictions == 0
    }
}

/// Attacks what one reader holds. `patience` is the time after which what is not proved is called so.
#[must_use]
pub fn attack(reader: &str, releases: &[&Release], patience: Duration) -> Findings {
    let start = Instant::now();
    let mut knowledge = Knowledge::of(releases);
    use_intervals(&mut knowledge);
    let width = knowledge.targets.iter().map(|(.., policy)| policy.width).max().unwrap_or_default();
    let mut attack = Attack {
        until: start + patience,
        means: Means::default(),
        method: Method::default(),
        contradictions: 0,
        revised: 0,
    };
    let mut asked = Questions::new();
    for (target, unknown, policy) in &knowledge.targets {
        ask(&mut asked, *unknown, asks(target, *policy));
    }
    attack.method.unknowns = knowledge.system.bounds.len();
    attack.method.sums = knowledge.system.rows.len();
    let found = attack.solve(&knowledge.system, &asked);
    let mut verdict = Verdict::default();
    for (target, unknown, policy) in &knowledge.targets {
        if let Some(interval) = found.get(unknown) {
            verdict.consider(target, *interval, *policy);
        }
    }
    verdict.exposed.sort();
    verdict.exposed.dedup();
    Findings {
        reader: reader.to_owned(),
        runs: releases.len(),
        figures: knowledge.figures.len(),
        hidden: knowledge.hidden.len(),
        counts: asked.len(),
        width,
        narrowest: verdict.narrowest,
        below: verdict.exposed.len(),
        pinned: verdict.exposed.iter().filter(|e| e.width == 0).count(),
        unproved: verdict.unproved,
        contradictions: attack.contradictions,
        unexplored: knowledge.unexplored,
        revised: attack.revised,
        exposed: verdict.exposed,
        method: Method {
            moves: attack.means.moves,
            programmes: attack.means.programmes,
            searches: attack.means.searches,
            ..attack.method
        },
        seconds: start.elapsed().as_secs_f64(),
    }
}

#[derive(Default)]
struct Verdict {
    exposed: Vec<Exposed>,
    unproved: usize,
    narrowest: Option<Narrowest>,
}

/// What is asked of some unknowns.
type Questions = BTreeMap<usize, Asked>;

/// Asks this of an unknown too.
fn ask(questions: &mut Questions, unknown: usize, asked: Asked) {
    questions.entry(unknown).and_modify(|all| *all = all.and(asked)).or_insert(asked);
}

/// What has to be known of a count, for it to be safe: that it may be one of several that are far enough apart; that
/// it tells of many; or, where it is no figure's own, that it may be nought, which says nothing of anybody.
fn asks(target: &Target, policy: PolicyNumbers) -> Asked {
    Asked {
        enough: Some(i64::try_from(policy.width).unwrap_or(i64::MAX)),
        many: i64::try_from(policy.threshold).unwrap_or(i64::MAX),
        open_at_nought: !target.quantity.is_of_a_figure(),
    }
}

impl Verdict {
    fn consider(&mut self, target: &Target, interval: Interval, policy: PolicyNumbers) {
        let asked = asks(target, policy);
        let is_a_figures = target.quantity.is_of_a_figure();
        let (least, most) = interval.outer;
        // A true nought that may be shown tells of nobody, nor does one that is no figure's own.
        let is_nought = most <= 0 && (policy.zeros_shown || !is_a_figures);
        if least >= asked.many || is_nought {
            return;
        }
        let is_told = asked.enough.is_some_and(|width| interval.widest() < width);
        if is_told && (is_a_figures || least >= 1) {
            self.exposed.push(Exposed {
                measure: target.measure.clone(),
                period: target.period.clone(),
                levels: target.levels.clone(),
                count: target.quantity.word().to_owned(),
                width: interval.widest(),
            });
        } else if !asked.is_answered_by(interval) {
            self.unproved += 1;
        }
        if is_a_figures && let Some(shown) = interval.shown_width() {
            let this = Narrowest { width: shown, exact: interval.exact() };
            let narrower = |known: Narrowest| {
                this.width < known.width || (this.width == known.width && this.exact)
            };
            if self.narrowest.is_none_or(narrower) {
                self.narrowest = Some(this);
            }
        }
    }
}

struct Attack {
    until: Instant,
    means: Means,
    method: Method,
    contradictions: usize,
    revised: usize,
}

impl Attack {
    /// The intervals of what is asked; none of what is in a part that contradicts itself.
    fn solve(&mut self, system: &System, asked: &Questions) -> BTreeMap<usize, Interval> {
        let (parts, places) = system.parts();
        let mut asked_of: Vec<Questions> = vec![Questions::new(); parts.len()];
        for (unknown, asked) in asked {
            if let Place::In(part, inside) = places[*unknown] {
                ask(&mut asked_of[part], inside, *asked);
            }
        }
        let parts = parts.iter().zip(&asked_of);
        let found: Vec<BTreeMap<usize, Interval>> = parts
            .map(|(part, asked)| {
                if part.contradicted {
                    // That two known numbers are the same was only taken for granted: one was revised.
                    let is_assumed = part.system.has_assumptions();
                    self.revised += usize::from(is_assumed);
                    self.contradictions += usize::from(!is_assumed);
                    return BTreeMap::new();
                }
                self.solve_part(&part.system, asked)
            })
            .collect();
        let of = |unknown: &usize| match places[*unknown] {
            Place::Known(n) => Some(Interval { outer: (n, n), inner: Some((n, n)) }),
            Place::In(part, inside) => found[part].get(&inside).copied(),
        };
        asked.keys().filter_map(|unknown| Some((*unknown, of(unknown)?))).collect()
    }

    /// One part: what sums leave may cut it into smaller ones. Where nobody asks, what is published should hold
    /// together all the same.
    fn solve_part(&mut self, system: &System, asked: &Questions) -> BTreeMap<usize, Interval> {
        let mut narrowed = system.clone();
        let settled = Propagator::new(system).settle(&mut narrowed.bounds, None);
        if settled.is_err() {
            return self.without_assumptions(system, asked);
        }
        if asked.is_empty() {
            return BTreeMap::new();
        }
        let (parts, _) = narrowed.parts();
        let size = parts.iter().map(|p| p.system.bounds.len()).max().unwrap_or(0);
        if parts.len() > 1 || size < system.bounds.len() {
            let contradictions = self.contradictions;
            let mut found = self.solve(&narrowed, asked);
            if self.contradictions > contradictions && system.has_assumptions() {
                // What was taken for granted is in the bounds by now, where nobody sees it.
                self.contradictions = contradictions;
                return self.without_assumptions(system, asked);
            }
            for unknown in asked.keys() {
                let nothing = Interval { outer: narrowed.bounds[*unknown], inner: None };
                found.entry(*unknown).or_insert(nothing);
            }
            return found;
        }
        self.method.parts += 1;
        self.method.largest = self.method.largest.max(size);
        match intervals(&narrowed, asked, Some(self.until), &mut self.means) {
            Ok(found) => asked.keys().map(|unknown| (*unknown, found[*unknown])).collect(),
            Err(_) => self.without_assumptions(system, asked),
        }
    }

    /// Something was taken for granted that is not so; or what is published contradicts itself.
    fn without_assumptions(
        &mut self,
        system: &System,
        asked: &Questions,
    ) -> BTreeMap<usize, Interval> {
        let mut found = if system.has_assumptions() {
            self.revised += 1;
            self.solve(&system.without_assumptions(), asked)
        } else {
            self.contradictions += 1;
            BTreeMap::new()
        };
        for unknown in asked.keys() {
            let nothing = Interval { outer: system.bounds[*unknown], inner: None };
            found.entry(*unknown).or_insert(nothing);
        }
        found
    }
}

/// The most denominators that are tried for one interval.
const DENOMINATORS: i64 = 20_000;

/// Where an interval is printed and its counts are not: every pair of counts that would be printed
/// like that.
fn use_intervals(knowledge: &mut Knowledge) {
    if knowledge.shares.is_empty() {
        return;
    }
    let mut bounds = knowledge.system.bounds.clone();
    if Propagator::new(&knowledge.system).settle(&mut bounds, None).is_err() {
        return;
    }
    for share in knowledge.shares.clone() {
        let Some(ends) = share.ends else { continue };
        let (of, among) = (bounds[share.part], bounds[share.whole]);
        if among.1 - among.0 > DENOMINATORS {
            continue;
        }
        let mut fitting: Option<[i64; 4]> = None;
        for whole in among.0.max(1)..=among.1 {
            let about = whole.saturating_mul(share.value.units)
                / (100 * 10_i64.pow(share.value.places.min(6)));
            for part in (about - 1).max(of.0)..=(about + 2).min(of.1).min(whole) {
                if !is_printed_so(part, whole, share.value, ends) {
                    continue;
                }
                let [least, most, fewest, all] = fitting.unwrap_or([part, part, whole, whole]);
                fitting =
                    Some([least.min(part), most.max(part), fewest.min(whole), all.max(whole)]);
            }
        }
        if let Some([least, most, fewest, all]) = fitting {
            knowledge.system.narrow(share.part, least, most);
            knowledge.system.narrow(share.whole, fewest, all);
        }
    }
}

fn is_printed_so(part: i64, whole: i64, value: Printed, ends: [Printed; 2]) -> bool {
    let counts = u64::try_from(part).ok().zip(u64::try_from(whole).ok());
    let limits = counts.and_then(|(part, whole)| wilson(part, whole, Confidence::P95));
    let Some(limits) = limits else { return false };
    let same = |decimal: Option<Decimal>, printed: Printed| {
        decimal.and_then(|d| Printed::parse(&d.to_string())) == Some(printed)
    };
    let places = |printed: Printed| u8::try_from(printed.places).unwrap_or(0);
    same(Decimal::ratio(100 * i128::from(part), i128::from(whole), places(value)), value)
        && same(Decimal::nearest(100.0 * limits.lower, places(ends[0])), ends[0])
        && same(Decimal::nearest(100.0 * limits.upper, places(ends[1])), ends[1])
}
