//! What holds by definition among the inner cells of an audience, and every reader knows: the levels of a
//! breakdown come to their total, part by part.

use std::collections::{BTreeMap, BTreeSet};

use crate::definitions::audience::DisclosurePolicy;
use crate::disclosure::{Form, System};
use crate::protect::ground::{Ground, Kind};
use crate::protect::parts::{Part, RowKey};
use crate::protect::people;
use crate::protect::primary::is_small;
use crate::protect::release::{Inner, Split};
use crate::protect::spans::{Blocks, Spans, common_stretches, fill};

/// For stretches of time that do not overlap those who are counted there.
pub(super) type Left = Vec<(Blocks, Form)>;

/// How the blocks of a system lie in time.
pub(super) struct Times<'a> {
    /// Blocks of stocks that stand for the same evening.
    pub(super) same_evening: Vec<(usize, usize)>,
    /// For each kind of units the blocks that some published period has together, and those that it has before another.
    pub(super) together: BTreeMap<Kind<'a>, BTreeSet<BTreeSet<usize>>>,
    /// For each kind of units those of the quarters that published periods lie in.
    pub(super) quarters: BTreeMap<Kind<'a>, BTreeSet<BTreeSet<usize>>>,
}

impl Times<'_> {
    /// What a row of inner cells comes to over a published period, or over the rest of one, may not follow if it is
    /// small: where several of its stretches come to that and nothing else. A stretch may have nobody.
    pub(super) fn may_not_follow(
        &self,
        kind: &Kind<'_>,
        row: &Left,
        policy: &DisclosurePolicy,
        system: &mut System,
    ) {
        let periods = [&self.together, &self.quarters].into_iter().filter_map(|all| all.get(kind));
        for sum in periods.flatten().filter_map(|period| over(row, period)) {
            may_not_follow(sum, policy, system);
        }
    }

    /// What a row of the whole council comes to over a quarter will be a figure, though it is none yet: what months and
    /// years say of it is said before anybody asks for the quarter, and cannot be taken back then.
    pub(super) fn foresee(
        &self,
        kind: &Kind<'_>,
        row: &Left,
        policy: &DisclosurePolicy,
        system: &mut System,
    ) {
        for quarter in self.quarters.get(kind).into_iter().flatten() {
            let sum = over(row, quarter);
            system.secrets.extend(sum.filter(|sum| is_few(sum, policy, system)));
        }
    }
}

/// What a row comes to over a period, where several of its stretches with somebody come to that and nothing else.
fn over(row: &Left, period: &Blocks) -> Option<Form> {
    let here = || row.iter().filter(|(stretch, _)| !stretch.is_disjoint(period));
    let somebody = here().filter(|(_, some)| !some.terms().is_empty()).count();
    let is_whole = somebody > 1 && fill(here().map(|(stretch, _)| stretch), period);
    is_whole.then(|| sum_of(here().map(|(_, some)| some)))
}

/// Adds the ties to what the reader knows.
pub(super) fn tie<'a>(
    inner: &Inner<'a>,
    ground: &Ground<'a>,
    times: &Times<'a>,
    policy: &DisclosurePolicy,
    system: &mut System,
) {
    for split in inner.splits.keys() {
        levels_to_total(inner, ground, split, times, policy, system);
    }
    people::tie(inner, ground, times, policy, system);
    system.known.sort_unstable();
    system.known.dedup();
}

/// Tells the reader that a sum is nought, which it is by definition. Should it not be, because a level has
/// no place in a total, they are not tied.
pub(super) fn hold(sum: Form, system: &mut System) {
    if !sum.terms().is_empty() && sum.value(&system.inner) == 0 {
        system.known.push(sum);
    }
}

/// What several sums come to.
pub(super) fn sum_of<'f>(forms: impl Iterator<Item = &'f Form>) -> Form {
    Form::of(forms.flat_map(|form| form.terms().iter().copied()))
}

/// Tells the reader that some are among all. What is left is the difference of what is published side by
/// side: it may not be found out if it is small. Gives those who are left.
pub(super) fn among(
    some: &[usize],
    all: &[usize],
    policy: &DisclosurePolicy,
    system: &mut System,
) -> Form {
    let count = |of: &[usize]| -> u64 { of.iter().map(|at| system.inner[*at]).sum() };
    let Some(rest) = count(all).checked_sub(count(some)) else { return Form::default() };
    let outside = (rest > 0).then(|| system.add_inner(rest));
    if let Some(outside) = outside {
        may_not_follow(Form::sum([outside]), policy, system);
    }
    let sum = Form::sum(some.iter().copied().chain(outside));
    hold(sum.minus(&Form::sum(all.iter().copied())), system);
    Form::sum(outside)
}

/// What no table shows by itself, but which may be the difference of what some show, may not follow if it is small.
pub(super) fn may_not_follow(sum: Form, policy: &DisclosurePolicy, system: &mut System) {
    if is_few(&sum, policy, system) {
        system.differences.push(sum);
    }
}

/// Whether somebody is in a sum, and so few that a policy calls them small.
fn is_few(sum: &Form, policy: &DisclosurePolicy, system: &System) -> bool {
    let count = system.count(sum);
    count > 0 && is_small(count, policy)
}

/// Each part of a total is the sum of that part over the levels of every finer split, in every stretch of time that
/// both have.
fn levels_to_total<'a>(
    inner: &Inner<'a>,
    ground: &Ground<'a>,
    total: &Split<'a>,
    times: &Times<'a>,
    policy: &DisclosurePolicy,
    system: &mut System,
) {
    let (measure, by) = total;
    let kind = ground.kind(measure);
    let Some(totals) = inner.splits.get(total) else { return };
    let splits = inner.splits.range((*measure, Vec::new())..);
    for (fine, rows) in splits.take_while(|((m, _), _)| m == measure) {
        if fine == total {
            continue;
        }
        let (Some(of_fine), Some(of_total)) = (inner.spans.get(fine), inner.spans.get(total))
        else {
            continue;
        };
        let stretches = common_stretches(of_fine, of_total);
        let stretch_of = |span: &Blocks| stretches.iter().position(|all| span.is_subset(all));
        let by_span = |spans: &Spans| -> BTreeMap<usize, usize> {
            let spans = spans.iter();
            spans.filter_map(|(span, blocks)| Some((*span, stretch_of(blocks)?))).collect()
        };
        let (in_fine, in_total) = (by_span(of_fine), by_span(of_total));
        let mut sums: BTreeMap<(RowKey<'a>, usize, Part<'a>), Vec<usize>> = BTreeMap::new();
        for (row, has) in rows {
            let Some(levels) = total_of(&row.levels, by, ground, totals.keys()) else { continue };
            let of_total = RowKey { measure, levels };
            for span in has {
                let Some(stretch) = in_fine.get(span) else { continue };
                for (key, number) in inner.parts(row, *span) {
                    let sum = sums.entry((of_total.clone(), *stretch, key.part)).or_default();
                    sum.push(*number);
                }
            }
        }
        for (row, has) in totals {
            let mut all: BTreeMap<(Part<'a>, usize), Vec<usize>> = BTreeMap::new();
            let mut is_whole = vec![true; stretches.len()];
            for (span, stretch) in &in_total {
                is_whole[*stretch] &= has.contains(span);
                for (key, number) in inner.parts(row, *span) {
                    all.entry((key.part, *stretch)).or_default().push(*number);
                }
            }
            let mut left: BTreeMap<Part<'a>, Left> = BTreeMap::new();
            for ((part, stretch), all) in all.into_iter().filter(|((_, at), _)| is_whole[*at]) {
                if let Some(levels) = sums.get(&(row.clone(), stretch, part)) {
                    let rest = among(levels, &all, policy, system);
                    left.entry(part).or_default().push((stretches[stretch].clone(), rest));
                }
            }
            left.values().for_each(|left| times.may_not_follow(&kind, left, policy, system));
        }
    }
}

/// The levels of the total that some levels belong to; nothing if they do not say it.
fn total_of<'a, 'r>(
    levels: &[(&'a str, &'a str)],
    by: &[&'a str],
    ground: &Ground<'a>,
    mut totals: impl Iterator<Item = &'r RowKey<'a>>,
) -> Option<Vec<(&'a str, &'a str)>>
where
    'a: 'r,
{
    let level = |breakdown: &&'a str| -> Option<String> {
        if let Some((_, own)) = levels.iter().find(|(by, _)| by == breakdown) {
            return Some((*own).to_owned());
        }
        let coarse = ground.column(breakdown);
        let mut finer = levels.iter().map(|(by, level)| (ground.column(by), *level));
        finer.find_map(|fine| ground.coarser(fine, coarse)).map(str::to_owned)
    };
    let wanted: Vec<String> = by.iter().map(level).collect::<Option<_>>()?;
    let found = totals.find(|total| {
        total.levels.iter().map(|(_, level)| *level).eq(wanted.iter().map(String::as_str))
    });
    found.map(|total| total.levels.clone())
}
