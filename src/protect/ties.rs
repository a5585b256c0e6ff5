//! What holds by definition among the inner cells of an audience, and every reader knows: the levels of a
//! breakdown come to their total, part by part.

use std::collections::BTreeMap;

use crate::definitions::audience::DisclosurePolicy;
use crate::disclosure::{Form, System};
use crate::protect::ground::Ground;
use crate::protect::parts::{Part, RowKey};
use crate::protect::people;
use crate::protect::primary::is_small;
use crate::protect::release::Inner;

/// Adds the ties to what the reader knows. `same` are blocks of stocks that stand for the same evening.
pub(super) fn tie<'a>(
    inner: &Inner<'a>,
    ground: &Ground<'a>,
    same: &[(usize, usize)],
    policy: &DisclosurePolicy,
    system: &mut System,
) {
    for (measure, by) in inner.splits.keys() {
        levels_to_total(inner, ground, measure, by, policy, system);
    }
    people::tie(inner, ground, same, policy, system);
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
/// side: it may not be found out if it is small.
pub(super) fn among(some: &[usize], all: usize, policy: &DisclosurePolicy, system: &mut System) {
    let inside: u64 = some.iter().map(|at| system.inner[*at]).sum();
    let Some(rest) = system.inner[all].checked_sub(inside) else { return };
    let mut sum = some.to_vec();
    if rest > 0 {
        let outside = system.add_inner(rest);
        sum.push(outside);
        if is_small(rest, policy) {
            system.differences.push(Form::sum([outside]));
        }
    }
    hold(Form::sum(sum).minus(&Form::sum([all])), system);
}

/// Each part of a total is the sum of that part over the levels of every finer split.
fn levels_to_total<'a>(
    inner: &Inner<'a>,
    ground: &Ground<'a>,
    measure: &'a str,
    by: &[&'a str],
    policy: &DisclosurePolicy,
    system: &mut System,
) {
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
            for block in blocks {
                for (key, number) in inner.parts(row, *block) {
                    if let Some(levels) = sums.get(&(row.clone(), *block, key.part)) {
                        among(levels, *number, policy, system);
                    }
                }
            }
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
