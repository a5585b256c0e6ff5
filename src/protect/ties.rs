//! What holds by definition among the inner cells of an audience, and every reader knows: the levels of a
//! breakdown come to their total, part by part.

use std::collections::{BTreeMap, BTreeSet};

use crate::definitions::audience::DisclosurePolicy;
use crate::disclosure::{Form, System};
use crate::protect::ground::Ground;
use crate::protect::parts::{Part, RowKey};
use crate::protect::people;
use crate::protect::primary::is_small;
use crate::protect::release::{Inner, Split};

/// By block the inner cell of what is counted there; nothing where nobody is.
pub(super) type Left = BTreeMap<usize, Option<usize>>;

/// Blocks that a published period has together.
pub(super) type Span = BTreeSet<usize>;

/// How the blocks of a system lie in time.
pub(super) struct Times<'a> {
    /// Blocks of stocks that stand for the same evening.
    pub(super) same_evening: Vec<(usize, usize)>,
    /// For each measure and its breakdowns the periods for which figures are published.
    pub(super) published: BTreeMap<Split<'a>, BTreeSet<Span>>,
}

impl<'a> Times<'a> {
    /// The periods for which figures of a row are published.
    pub(super) fn of(&self, measure: &'a str, by: Vec<&'a str>) -> &BTreeSet<Span> {
        static NONE: BTreeSet<Span> = BTreeSet::new();
        self.published.get(&(measure, by)).unwrap_or(&NONE)
    }
}

/// For which stretches of time two kinds of figures can be told from each other, by adding and subtracting those of
/// different periods: the shortest, and every published period. What is published of both for a quarter alone says
/// nothing of its months.
pub(super) fn comparable(one: &BTreeSet<Span>, other: &BTreeSet<Span>) -> BTreeSet<Span> {
    let mut shortest: Vec<Span> = Vec::new();
    for atom in atoms(one).into_iter().chain(atoms(other)) {
        let (touched, mut apart): (Vec<Span>, Vec<Span>) =
            shortest.into_iter().partition(|span| !span.is_disjoint(&atom));
        apart.push(touched.into_iter().flatten().chain(atom).collect());
        shortest = apart;
    }
    let is_made_of_them = |period: &&Span| {
        shortest.iter().all(|span| span.is_subset(period) || span.is_disjoint(period))
    };
    let periods = one.union(other).filter(is_made_of_them).cloned();
    let both = |span: &Span| {
        let is_known = |of: &BTreeSet<Span>| span.iter().all(|b| of.iter().any(|s| s.contains(b)));
        is_known(one) && is_known(other)
    };
    periods.chain(shortest.iter().cloned()).filter(both).collect()
}

/// Blocks that each of some periods has all of or none of.
fn atoms(periods: &BTreeSet<Span>) -> Vec<Span> {
    let mut alike: BTreeMap<Vec<bool>, Span> = BTreeMap::new();
    for block in periods.iter().flatten() {
        let within = periods.iter().map(|period| period.contains(block)).collect();
        alike.entry(within).or_default().insert(*block);
    }
    alike.into_values().collect()
}

/// What is left between figures, or is shown by none, may not follow for any of these stretches of time if it is
/// small.
pub(super) fn may_not_follow(
    left: &Left,
    spans: &BTreeSet<Span>,
    policy: &DisclosurePolicy,
    system: &mut System,
) {
    for span in spans {
        let here: Option<Vec<Option<usize>>> =
            span.iter().map(|block| left.get(block).copied()).collect();
        let Some(here) = here else { continue };
        let sum = Form::sum(here.into_iter().flatten());
        let count = u64::try_from(sum.value(&system.inner)).unwrap_or(0);
        if count > 0 && is_small(count, policy) {
            system.differences.push(sum);
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

/// Tells the reader that some are among all. Gives the inner cell of what is left, if anybody is: it is the
/// difference of what is published side by side.
pub(super) fn among(some: &[usize], all: usize, system: &mut System) -> Option<usize> {
    let inside: u64 = some.iter().map(|at| system.inner[*at]).sum();
    let rest = system.inner[all].checked_sub(inside)?;
    let outside = (rest > 0).then(|| system.add_inner(rest));
    let sum = Form::sum(some.iter().copied().chain(outside));
    hold(sum.minus(&Form::sum([all])), system);
    outside
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
        let spans = comparable(times.of(measure, by.to_vec()), times.of(measure, fine.clone()));
        for (row, blocks) in totals {
            let mut left: BTreeMap<Part<'a>, Left> = BTreeMap::new();
            for block in blocks {
                for (key, number) in inner.parts(row, *block) {
                    if let Some(levels) = sums.get(&(row.clone(), *block, key.part)) {
                        let rest = among(levels, *number, system);
                        left.entry(key.part).or_default().insert(*block, rest);
                    }
                }
            }
            for left in left.values() {
                may_not_follow(left, &spans, policy, system);
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

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(all: &[&[usize]]) -> BTreeSet<Span> {
        all.iter().map(|blocks| blocks.iter().copied().collect()).collect()
    }

    #[test]
    fn what_is_published_by_the_quarter_alone_says_nothing_of_its_months() {
        let (months, quarter) = (spans(&[&[0], &[1], &[2]]), spans(&[&[0, 1, 2]]));
        assert_eq!(comparable(&months, &quarter), quarter);
        assert_eq!(comparable(&quarter, &quarter), quarter);
        assert_eq!(comparable(&months, &months), months);
    }

    #[test]
    fn years_that_overlap_also_tell_what_only_one_of_them_has() {
        let years = spans(&[&[0, 1], &[1, 2]]);
        assert_eq!(comparable(&years, &years), spans(&[&[0], &[0, 1], &[1], &[1, 2], &[2]]));
        // With one of them alone nothing is told apart.
        let (one, other) = (spans(&[&[0, 1]]), spans(&[&[1, 2]]));
        assert_eq!(comparable(&one, &other), BTreeSet::new());
    }

    #[test]
    fn a_small_rest_of_a_quarter_may_not_follow_though_each_of_its_months_may() {
        let mut system = System::default();
        let left: Left = (0..3).map(|month| (month, Some(system.add_inner(1)))).collect();
        let policy = DisclosurePolicy { suppress_below: 5, ..DisclosurePolicy::open() };
        may_not_follow(&left, &spans(&[&[0, 1, 2]]), &policy, &mut system);
        assert_eq!(system.differences, [Form::sum([0, 1, 2])]);
    }
}
