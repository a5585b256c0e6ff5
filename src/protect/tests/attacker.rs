//! A reader who subtracts. Written without a glance at how the engine protects: it sees the published
//! tables only, forms every sum it can think of, and fills in what is missing while it can. The true
//! tables serve only to see whether a sum that it knows is small.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::{Period, PeriodKind};
use crate::measure::{Amount, Table};
use crate::protect::PublishedTable;
use crate::protect::tests::random_council::count;

const WHOLE: usize = 0;
const PART: usize = 1;
const REST: usize = 2;
const PENDING: usize = 3;

/// One figure: what the reader sees of it, and what is true.
#[derive(Clone)]
struct Seen {
    levels: BTreeMap<String, String>,
    by: Vec<String>,
    period: Period,
    months: Vec<i32>,
    shown: [Option<u64>; 4],
    truth: [Option<u64>; 4],
}

impl Seen {
    fn new(
        levels: BTreeMap<String, String>,
        period: Period,
        shown: [Option<u64>; 4],
        truth: [Option<u64>; 4],
    ) -> Self {
        let by = levels.keys().cloned().collect();
        let months = period.months().iter().map(|m| m.number()).collect();
        Self { levels, by, period, months, shown, truth }
    }

    fn within(&self, other: &Self) -> bool {
        other.levels.iter().all(|(by, level)| self.levels.get(by) == Some(level))
    }

    fn lasts_within(&self, months: &[i32]) -> bool {
        self.months.iter().all(|m| months.contains(m))
    }
}

/// Places and quantities that come to the same.
struct Equation(Vec<(usize, usize)>, Vec<(usize, usize)>);

/// What can be found by subtraction, in words.
pub(super) fn attack(
    truth: &[Table],
    published: &[PublishedTable],
    threshold: u64,
    zeros_shown: bool,
) -> Vec<String> {
    let mut seen = look(truth, published);
    let equations = sums(&seen);
    let mut found = Vec::new();
    for Equation(left, right) in &equations {
        for (one, other) in [(left, right), (right, left)] {
            let hidden = |(i, q): &&(usize, usize)| seen[*i].shown[*q].is_none();
            if other.iter().any(|x| hidden(&x)) || !one.iter().any(|x| hidden(&x)) {
                continue;
            }
            let sum: u64 = one.iter().filter(hidden).filter_map(|(i, q)| seen[*i].truth[*q]).sum();
            let pending = one.iter().any(|(_, q)| *q == PENDING);
            let zero_is_fine = zeros_shown || pending;
            if (sum > 0 && sum < threshold) || (sum == 0 && !zero_is_fine) {
                let (i, q) = other[0];
                let (levels, period) = (&seen[i].levels, seen[i].period.code());
                found.push(format!("{sum} hidden (quantity {q}) in {levels:?} {period}"));
            }
        }
    }
    while let Some((i, q, value)) = equations.iter().find_map(|e| solve(e, &seen)) {
        // What is large may be known; what follows from it may not be small.
        seen[i].shown[q] = Some(value);
        let zero_is_fine = zeros_shown || q == PENDING;
        if (value > 0 && value < threshold) || (value == 0 && !zero_is_fine) {
            let (levels, period) = (&seen[i].levels, seen[i].period.code());
            found.push(format!("{levels:?} {period} quantity {q} is {value}"));
        }
    }
    found
}

/// The one member of an equation that is missing.
fn solve(Equation(left, right): &Equation, seen: &[Seen]) -> Option<(usize, usize, u64)> {
    let mut missing = left.iter().chain(right).filter(|(i, q)| seen[*i].shown[*q].is_none());
    let &(i, q) = missing.next()?;
    if missing.next().is_some() {
        return None;
    }
    let sum = |side: &[(usize, usize)]| -> u64 {
        side.iter().filter_map(|(i, q)| seen[*i].shown[*q]).sum()
    };
    Some((i, q, sum(left).abs_diff(sum(right))))
}

/// Every distinct figure, and the denominator that the categories of a distribution share.
fn look(truth: &[Table], published: &[PublishedTable]) -> Vec<Seen> {
    let mut seen: BTreeMap<(BTreeMap<String, String>, Period), Seen> = BTreeMap::new();
    let mut add = |one: Seen| {
        let key = (one.levels.clone(), one.period);
        let known = seen.entry(key).or_insert_with(|| one.clone());
        for q in 0..4 {
            known.shown[q] = known.shown[q].or(one.shown[q]);
            known.truth[q] = known.truth[q].or(one.truth[q]);
        }
    };
    for (table, published) in truth.iter().zip(published) {
        for (cell, shown) in table.cells.iter().zip(published.cells()) {
            let codes = cell.level.iter().map(|l| l.code.clone());
            let levels: BTreeMap<_, _> = table.by.iter().cloned().zip(codes).collect();
            let (numerator, denominator) = (count(shown.numerator()), count(shown.denominator()));
            let pending = (count(shown.pending()), Some(cell.flow.pending));
            let (shown, truth) = match cell.amount {
                Amount::Proportion { numerator: part, denominator: whole } => {
                    let rest = numerator.zip(denominator).map(|(part, whole)| whole - part);
                    ([denominator, numerator, rest], [Some(whole), Some(part), Some(whole - part)])
                }
                Amount::Count(n) => ([numerator, Some(0), Some(0)], [Some(n), Some(0), Some(0)]),
                _ => unreachable!("no other amounts are made"),
            };
            let fill = |x: [Option<u64>; 3], pending| [x[0], x[1], x[2], pending];
            let period = cell.period;
            if levels.contains_key("category") {
                let mut shared = levels.clone();
                shared.remove("category");
                let zero = Some(0);
                let whole = |of: [Option<u64>; 3], pending| [of[WHOLE], zero, zero, pending];
                let (seen, true_) = (whole(shown, pending.0), whole(truth, pending.1));
                add(Seen::new(shared, period, seen, true_));
                add(Seen::new(levels, period, fill(shown, zero), fill(truth, zero)));
            } else {
                let (shown, truth) = (fill(shown, pending.0), fill(truth, pending.1));
                add(Seen::new(levels, period, shown, truth));
            }
        }
    }
    seen.into_values().collect()
}

/// Every sum: the finer figures inside a figure, and windows of twelve months that overlap.
fn sums(seen: &[Seen]) -> Vec<Equation> {
    let mut equations = Vec::new();
    let shapes: BTreeSet<(&[String], PeriodKind)> =
        seen.iter().map(|s| (&s.by[..], s.period.kind)).collect();
    for (total, whole) in seen.iter().enumerate() {
        for &(by, kind) in &shapes {
            let finer = whole.by.iter().all(|b| by.contains(b));
            if !finer || (by == whole.by && kind == whole.period.kind) {
                continue;
            }
            let is_part = |part: &Seen| {
                part.period.kind == kind
                    && part.by == by
                    && part.within(whole)
                    && part.lasts_within(&whole.months)
            };
            let parts: Vec<usize> = (0..seen.len()).filter(|&i| is_part(&seen[i])).collect();
            let periods: BTreeSet<Period> = parts.iter().map(|&i| seen[i].period).collect();
            let covered: usize = periods.iter().map(|p| p.months().len()).sum();
            if covered != whole.months.len() {
                continue;
            }
            let across =
                by.iter().any(|b| b == "category") && !whole.levels.contains_key("category");
            let quantities: &[(usize, usize)] = if across {
                &[(PART, WHOLE)]
            } else {
                &[(WHOLE, WHOLE), (PART, PART), (REST, REST), (PENDING, PENDING)]
            };
            for &(q, of) in quantities {
                let left = parts.iter().map(|&i| (i, q)).collect();
                equations.push(Equation(left, vec![(total, of)]));
            }
        }
    }
    for (later, a) in seen.iter().enumerate().filter(|(_, s)| s.period.kind.months() == 12) {
        for (earlier, b) in seen.iter().enumerate().filter(|(_, s)| s.period.kind.months() == 12) {
            if a.levels != b.levels || a.period.number() <= b.period.number() {
                continue;
            }
            for kind in [PeriodKind::Month, PeriodKind::Quarter] {
                let only = |mine: &Seen, theirs: &Seen| -> Option<Vec<usize>> {
                    let theirs = &theirs.months;
                    let mine: Vec<i32> =
                        mine.months.iter().copied().filter(|m| !theirs.contains(m)).collect();
                    let parts: Vec<usize> = (0..seen.len())
                        .filter(|&i| seen[i].period.kind == kind && seen[i].levels == a.levels)
                        .filter(|&i| seen[i].lasts_within(&mine))
                        .collect();
                    let covered: usize = parts.iter().map(|&i| seen[i].months.len()).sum();
                    (covered == mine.len()).then_some(parts)
                };
                let (Some(mut right), Some(mut left)) = (only(a, b), only(b, a)) else { continue };
                left.push(later);
                right.push(earlier);
                for q in [WHOLE, PART, REST, PENDING] {
                    let at = |side: &[usize]| side.iter().map(|&i| (i, q)).collect();
                    equations.push(Equation(at(&left), at(&right)));
                }
            }
        }
    }
    equations
}
