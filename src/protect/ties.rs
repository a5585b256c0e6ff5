//! What holds by definition among the inner cells of an audience, and every reader knows: levels come to
//! their total, measures of the same units consider the same number of them, and a population within
//! another is no larger.

use std::collections::{BTreeMap, BTreeSet};

use crate::definitions::audience::DisclosurePolicy;
use crate::definitions::expression::Expr;
use crate::disclosure::{Form, System};
use crate::protect::parts::{Part, RowKey};
use crate::protect::release::{Ground, Inner};

/// The conditions that make a population, each as text.
type Population<'a> = ((&'a str, String), BTreeSet<String>);

/// Breakdown and level, by breakdown.
type Levels<'a> = Vec<(&'a str, &'a str)>;

/// Units considered, of a population at a level in a block of months.
type Considered<'a> = BTreeMap<Levels<'a>, BTreeMap<usize, usize>>;

/// Adds the ties to what the reader knows.
pub(super) fn tie<'a>(
    inner: &Inner<'a>,
    ground: &Ground<'a>,
    policy: &DisclosurePolicy,
    system: &mut System,
) {
    let mut populations: BTreeMap<Population<'a>, Vec<(&'a str, &[&'a str])>> = BTreeMap::new();
    for (measure, by) in inner.splits.keys() {
        let population = population(measure, ground);
        populations.entry(population).or_default().push((*measure, by.as_slice()));
        levels_to_totals(inner, measure, by, system);
    }
    let considered: BTreeMap<&Population<'a>, Considered<'a>> = populations
        .iter()
        .map(|(population, splits)| (population, considered(inner, splits, system)))
        .collect();
    for (population, rows) in &considered {
        totals_considered(rows, system);
        for (within, theirs) in &considered {
            let narrower = within.0 == population.0
                && within.1.len() > population.1.len()
                && within.1.is_superset(&population.1);
            if narrower {
                nest(rows, theirs, policy, system);
            }
        }
    }
}

/// The population of a measure. One whose measure nobody described is its own.
fn population<'a>(measure: &'a str, ground: &Ground<'a>) -> Population<'a> {
    let mut conditions = BTreeSet::new();
    match ground.measure(measure) {
        Some(m) => {
            if let Some(population) = &m.population {
                conjuncts(&population.expr, &mut conditions);
            }
        }
        None => drop(conditions.insert(measure.to_owned())),
    }
    (ground.family(measure), conditions)
}

/// What is joined by `and`.
fn conjuncts(expression: &Expr, into: &mut BTreeSet<String>) {
    match expression {
        Expr::And(a, b) => {
            conjuncts(a, into);
            conjuncts(b, into);
        }
        other => drop(into.insert(format!("{other:?}"))),
    }
}

/// Tells the reader that a sum is nought, which it is by definition. Should it not be, because a level has
/// no place in a total, they are not tied.
fn hold(sum: Form, system: &mut System) {
    if sum.value(&system.inner) == 0 && !sum.terms().is_empty() {
        system.known.push(sum);
    }
}

/// Each part of a total is the sum of that part over the levels.
fn levels_to_totals<'a>(inner: &Inner<'a>, measure: &'a str, by: &[&'a str], system: &mut System) {
    let Some(totals) = inner.splits.get(&(measure, by.to_vec())) else { return };
    let finer: Vec<_> = inner
        .splits
        .range((measure, Vec::new())..)
        .take_while(|((m, _), _)| *m == measure)
        .filter(|((_, fine), _)| fine.len() > by.len() && by.iter().all(|b| fine.contains(b)))
        .collect();
    for (_, rows) in finer {
        let mut sums: BTreeMap<(RowKey<'a>, usize, Part<'a>), Vec<usize>> = BTreeMap::new();
        for (row, blocks) in rows {
            let mut total = row.clone();
            total.levels.retain(|(b, _)| by.contains(b));
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
                        let total = Form::sum([*number]);
                        hold(Form::sum(levels.iter().copied()).minus(&total), system);
                    }
                }
            }
        }
    }
}

/// For each level and block of a population an inner cell for all that were considered, tied to the parts
/// of every measure.
fn considered<'a>(
    inner: &Inner<'a>,
    splits: &[(&'a str, &[&'a str])],
    system: &mut System,
) -> Considered<'a> {
    let mut considered = Considered::new();
    for (measure, by) in splits {
        let Some(rows) = inner.splits.get(&(*measure, by.to_vec())) else { continue };
        for (row, blocks) in rows {
            for block in blocks {
                let parts = Form::sum(inner.parts(row, *block).map(|(_, number)| *number));
                let count = parts.value(&system.inner);
                let all = considered.entry(row.levels.clone()).or_default();
                let all = *all
                    .entry(*block)
                    .or_insert_with(|| system.add_inner(u64::try_from(count).unwrap_or(0)));
                hold(parts.minus(&Form::sum([all])), system);
            }
        }
    }
    considered
}

/// Those considered at the levels come to those considered in the total.
fn totals_considered(rows: &Considered<'_>, system: &mut System) {
    let splits: BTreeSet<Vec<&str>> =
        rows.keys().map(|levels| levels.iter().map(|(by, _)| *by).collect()).collect();
    for coarse in &splits {
        for fine in &splits {
            if fine.len() <= coarse.len() || !coarse.iter().all(|by| fine.contains(by)) {
                continue;
            }
            let mut sums: BTreeMap<(Levels<'_>, usize), Vec<usize>> = BTreeMap::new();
            let of = |levels: &[(&str, &str)], split: &[&str]| {
                levels.len() == split.len() && levels.iter().zip(split).all(|((a, _), b)| a == b)
            };
            for (levels, blocks) in rows.iter().filter(|(levels, _)| of(levels, fine)) {
                let total: Vec<_> =
                    levels.iter().copied().filter(|(by, _)| coarse.contains(by)).collect();
                for (block, number) in blocks {
                    sums.entry((total.clone(), *block)).or_default().push(*number);
                }
            }
            for ((levels, block), numbers) in sums {
                if let Some(total) = rows.get(&levels).and_then(|blocks| blocks.get(&block)) {
                    hold(Form::sum(numbers).minus(&Form::sum([*total])), system);
                }
            }
        }
    }
}

/// Those of a population who are not in a narrower one are what separates the two: published side by side
/// they give that away too.
fn nest(
    wide: &Considered<'_>,
    narrow: &Considered<'_>,
    policy: &DisclosurePolicy,
    system: &mut System,
) {
    for (levels, blocks) in narrow {
        for (block, inside) in blocks {
            let all = wide.get(levels).and_then(|blocks| blocks.get(block));
            let Some(&all) = all else { continue };
            let Some(rest) = system.inner[all].checked_sub(system.inner[*inside]) else { continue };
            let outside = system.add_inner(rest);
            hold(Form::sum([*inside, outside]).minus(&Form::sum([all])), system);
            if rest > 0 && rest < policy.suppress_below {
                system.secrets.push(Form::sum([outside]));
            }
        }
    }
}
