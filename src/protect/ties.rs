//! What holds by definition among the inner cells of an audience, and every reader knows: the levels of a
//! breakdown come to their total, part by part.

use std::collections::{BTreeMap, BTreeSet};

use crate::definitions::audience::DisclosurePolicy;
use crate::disclosure::{Form, System};
use crate::protect::ground::{Ground, Kind};
use crate::protect::parts::{Part, RowKey};
use crate::protect::people;
use crate::protect::primary::is_small;
use crate::protect::release::Inner;

/// By block the inner cell of what is counted there; nothing where nobody is.
pub(super) type Left = BTreeMap<usize, Option<usize>>;

/// How the blocks of a system lie in time.
pub(super) struct Times<'a> {
    /// Blocks of stocks that stand for the same evening.
    pub(super) same_evening: Vec<(usize, usize)>,
    /// For each kind of units the blocks that some published period has together.
    pub(super) together: BTreeMap<Kind<'a>, BTreeSet<BTreeSet<usize>>>,
}

impl Times<'_> {
    /// What a row of inner cells comes to over a published period may not follow if it is small: over each that has
    /// several of its blocks and no others. A block may have nobody.
    pub(super) fn may_not_follow(
        &self,
        kind: &Kind<'_>,
        row: &Left,
        policy: &DisclosurePolicy,
        system: &mut System,
    ) {
        for blocks in self.together.get(kind).into_iter().flatten() {
            let here: Option<Vec<Option<usize>>> =
                blocks.iter().map(|block| row.get(block).copied()).collect();
            let here: Vec<usize> = here.into_iter().flatten().flatten().collect();
            if here.len() > 1 {
                may_not_follow(Form::sum(here), policy, system);
            }
        }
    }
}

/// Adds the ties to what the reader knows.
pub(super) fn tie<'a>(
    inner: &Inner<'a>,
    ground: &Ground<'a>,
    times: &Times<'a>,
    policy: &DisclosurePolicy,
    system: &mut System,
) {
    for (measure, by) in inner.splits.keys() {
        levels_to_total(inner, ground, (measure, by), times, policy, system);
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

/// Tells the reader that some are among all. What is left is the difference of what is published side by
/// side: it may not be found out if it is small. Gives the inner cell of what is left, if anybody is.
pub(super) fn among(
    some: &[usize],
    all: usize,
    policy: &DisclosurePolicy,
    system: &mut System,
) -> Option<usize> {
    let inside: u64 = some.iter().map(|at| system.inner[*at]).sum();
    let rest = system.inner[all].checked_sub(inside)?;
    let outside = (rest > 0).then(|| system.add_inner(rest));
    if let Some(outside) = outside {
        may_not_follow(Form::sum([outside]), policy, system);
    }
    let sum = Form::sum(some.iter().copied().chain(outside));
    hold(sum.minus(&Form::sum([all])), system);
    outside
}

/// What no table shows by itself, but which may be the difference of what some show, may not follow if it is small.
pub(super) fn may_not_follow(sum: Form, policy: &DisclosurePolicy, system: &mut System) {
    let count = u64::try_from(sum.value(&system.inner)).unwrap_or(0);
    if count > 0 && is_small(count, policy) {
        system.differences.push(sum);
    }
}

/// Each part of a total is the sum of that part over the levels of every finer split.
fn levels_to_total<'a>(
    inner: &Inner<'a>,
    ground: &Ground<'a>,
    (measure, by): (&'a str, &[&'a str]),
    times: &Times<'a>,
    policy: &DisclosurePolicy,
    system: &mut System,
) {
    let kind = ground.kind(measure);
    let Some(totals) = inner.splits.get(&(measure, by.to_vec())) else { return };
    let splits = inner.splits.range((measure, Vec::new())..);
    for ((_, fine), rows) in splits.take_while(|((m, _), _)| *m == measure) {
        if fine.as_slice() == by {
            continue;
        }
        let mut sums: BTreeMap<(RowKey<'a>, usize, Part<'a>), Vec<usize>> = BTreeMap::new();
        for (row, blocks) in rows {
            let Some(levels) = total_of(&row.levels, by, ground, totals.keys()) else { continue };
            let total = RowKey { measure, levels };
            for block in blocks {
                for (key, number) in inner.parts(row, *block) {
                    sums.entry((total.clone(), *block, key.part)).or_default().push(*number);
                }
            }
        }
        for (row, blocks) in totals {
            let mut left: BTreeMap<Part<'a>, Left> = BTreeMap::new();
            for block in blocks {
                for (key, number) in inner.parts(row, *block) {
                    if let Some(levels) = sums.get(&(row.clone(), *block, key.part)) {
                        let rest = among(levels, *number, policy, system);
                        left.entry(key.part).or_default().insert(*block, rest);
                    }
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
