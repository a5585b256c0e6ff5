//! One additive count in all the ways in which it was published: split by this and that, for months,
//! quarters and years. What adds up to what follows from levels and days alone.
//!
//! For each combination of levels the time axis is cut wherever a published period begins or ends. A
//! published figure is the sum of its stretches; a stretch of a total is the sum of the same stretch
//! of its parts. So windows that overlap can be subtracted, and a quarter can be had from a year and
//! the other three. Where crossings overlap in a circle (A by B, B by C, C by A), they say more than
//! each by itself: a table over all dimensions, that nobody published, has to fit them all.

use std::collections::{BTreeMap, BTreeSet};

use crate::attack::system::{FAR, System};

/// Dimension and level. A level may be several words that go together, `a|b`.
pub(super) type Levels = BTreeMap<String, String>;

/// Months since year nought, both ends included.
pub(super) type Stretch = (i32, i32);

/// Which level of a coarser dimension a level belongs to: finer dimension, coarser dimension, level by
/// level.
pub(super) type Within = BTreeMap<(String, String), BTreeMap<String, String>>;

/// One published figure of an additive count.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    /// Its levels.
    pub(super) levels: Levels,
    /// The dimensions of which its table lists every level.
    pub(super) split: BTreeSet<String>,
    /// Its months.
    pub(super) months: Stretch,
    /// The unknown of the system.
    pub(super) unknown: usize,
}

/// Something smaller inside something larger, and what lies between.
#[derive(Debug, Clone)]
pub(super) struct Between {
    /// The larger.
    pub(super) levels: Levels,
    /// The smaller.
    pub(super) without: Levels,
    /// When.
    pub(super) months: Stretch,
    /// What lies between.
    pub(super) unknown: usize,
}

/// The stretches of all levels, and what the rows could not say as an equation.
#[derive(Debug, Default)]
pub(super) struct Stretches {
    /// The unknown of each stretch.
    pub(super) unknowns: BTreeMap<Levels, BTreeMap<Stretch, usize>>,
    /// What lies between one figure and a larger one that holds it.
    pub(super) between: Vec<Between>,
    /// Circles of crossings whose common table is too large to be thought of.
    pub(super) unexplored: usize,
}

/// The most inner cells of a table that nobody published.
const INNER: usize = 4_096;

/// The dimensions, and of those that are not split in full the one level.
type Family = BTreeMap<String, Option<String>>;

/// The figures of a family, and when.
type Members = BTreeMap<Levels, BTreeSet<Stretch>>;

/// Learns everything that adds up among these figures.
pub(super) fn learn(placed: &[Placed], within: &Within, system: &mut System) -> Stretches {
    let dimensions = |levels: &Levels| levels.keys().cloned().collect::<BTreeSet<String>>();
    let mut cuts: BTreeMap<BTreeSet<String>, BTreeSet<i32>> = BTreeMap::new();
    for one in placed {
        let of = cuts.entry(dimensions(&one.levels)).or_default();
        of.extend([one.months.0, one.months.1 + 1]);
    }
    // Totals are cut where their parts are, so that the same stretch stands on both sides.
    let own = cuts.clone();
    for (coarse, of) in &mut cuts {
        for (_, finer) in own.iter().filter(|(fine, _)| refines(fine, coarse, within)) {
            of.extend(finer);
        }
    }
    let mut found = Stretches::default();
    let mut families: BTreeMap<Family, Members> = BTreeMap::new();
    for one in placed {
        let family = one.levels.iter().map(|(dimension, level)| {
            let whole = one.split.contains(dimension);
            (dimension.clone(), (!whole).then(|| level.clone()))
        });
        let Some(cuts) = cuts.get(&dimensions(&one.levels)) else { continue };
        let stretches = stretches(one.months, cuts);
        // A table that lists every level does so for its own periods only.
        let members = families.entry(family.collect()).or_default();
        members.entry(one.levels.clone()).or_default().extend(&stretches);
        let of = found.unknowns.entry(one.levels.clone()).or_default();
        let parts: Vec<usize> = stretches
            .into_iter()
            .map(|s| *of.entry(s).or_insert_with(|| system.unknown(0, FAR)))
            .collect();
        system.sum(parts, one.unknown);
    }
    within_circles(&families, within, &mut found, system);
    let totals: Vec<&Levels> = found.unknowns.keys().collect();
    for (family, members) in &families {
        let fine: BTreeSet<String> = family.keys().cloned().collect();
        for total in &totals {
            let coarse = dimensions(total);
            if !refines(&fine, &coarse, within) {
                continue;
            }
            let parts: Vec<(&Levels, &BTreeSet<Stretch>)> = members
                .iter()
                .filter(|(part, _)| part != total && is_in(part, total, within))
                .collect();
            let stretches: BTreeSet<Stretch> =
                parts.iter().flat_map(|(_, of)| of.iter().copied()).collect();
            let whole = is_whole(family, total, members, within);
            for stretch in stretches {
                let Some(of_total) = found.unknowns.get(*total) else { continue };
                let Some(total_parts) = tiles(of_total, stretch) else { continue };
                let of_parts: Vec<(usize, &Levels)> = parts
                    .iter()
                    .filter(|(_, of)| of.contains(&stretch))
                    .filter_map(|(part, _)| {
                        Some((*found.unknowns.get(*part)?.get(&stretch)?, *part))
                    })
                    .collect();
                let terms = of_parts.iter().map(|(part, _)| (*part, 1));
                let terms = terms.chain(total_parts.iter().map(|total| (*total, -1)));
                if whole {
                    system.between(terms, 0, 0);
                    continue;
                }
                let rest = system.unknown(0, FAR);
                system.between(terms.chain([(rest, 1)]), 0, 0);
                if let [(_, part)] = of_parts.as_slice() {
                    found.between.push(Between {
                        levels: (*total).clone(),
                        without: (*part).clone(),
                        months: stretch,
                        unknown: rest,
                    });
                }
            }
        }
    }
    found
}

/// Learns that the crossings of a circle are margins of one table of people.
fn within_circles(
    families: &BTreeMap<Family, Members>,
    within: &Within,
    found: &mut Stretches,
    system: &mut System,
) {
    let crossings: Vec<(BTreeSet<String>, &Members)> = families
        .iter()
        .filter(|(family, _)| family.len() > 1 && family.values().all(Option::is_none))
        .map(|(family, members)| (family.keys().cloned().collect(), members))
        .collect();
    let circle = circle(crossings.iter().map(|(dimensions, _)| dimensions.clone()).collect());
    let inside: Vec<_> = crossings.iter().filter(|(of, _)| circle.contains(of)).collect();
    let mut levels: BTreeMap<&String, BTreeSet<&String>> = BTreeMap::new();
    for member in inside.iter().flat_map(|(_, members)| members.keys()) {
        for (dimension, level) in member {
            levels.entry(dimension).or_default().insert(level);
        }
    }
    let count = levels.values().map(BTreeSet::len).try_fold(1_usize, |n, of| n.checked_mul(of));
    if inside.is_empty() || count.is_none_or(|count| count > INNER) {
        found.unexplored += usize::from(!inside.is_empty());
        return;
    }
    let mut inner: Vec<Levels> = vec![Levels::new()];
    for (dimension, levels) in levels {
        let with = |cell: &Levels| -> Vec<Levels> {
            let one = |level: &&String| {
                let mut cell = cell.clone();
                cell.insert(dimension.clone(), (**level).clone());
                cell
            };
            levels.iter().map(one).collect()
        };
        inner = inner.iter().flat_map(with).collect();
    }
    // A need is in its own headline only.
    inner.retain(|cell| {
        within.iter().all(|((fine, coarse), map)| {
            let levels = cell.get(fine).zip(cell.get(coarse));
            levels.is_none_or(|(fine, coarse)| map.get(fine) == Some(coarse))
        })
    });
    let of_member = |members: &Members| members.values().cloned().reduce(|a, b| &a & &b);
    let common = inside.iter().filter_map(|(_, members)| of_member(members)).reduce(|a, b| &a & &b);
    for stretch in common.unwrap_or_default() {
        let unknowns: Vec<usize> = inner.iter().map(|_| system.unknown(0, FAR)).collect();
        for member in inside.iter().flat_map(|(_, members)| members.keys()) {
            let Some(&whole) = found.unknowns.get(member).and_then(|of| of.get(&stretch)) else {
                continue;
            };
            let parts = inner.iter().zip(&unknowns).filter(|(cell, _)| is_in(cell, member, within));
            system.sum(parts.map(|(_, unknown)| *unknown).collect::<Vec<_>>(), whole);
        }
    }
}

/// The crossings that are left when all that hang on others by one side are taken away (M. H. Graham,
/// *On the universal relation*, 1979): none, unless some overlap in a circle.
fn circle(crossings: BTreeSet<BTreeSet<String>>) -> BTreeSet<BTreeSet<String>> {
    let mut left: Vec<(BTreeSet<String>, BTreeSet<String>)> =
        crossings.into_iter().map(|crossing| (crossing.clone(), crossing)).collect();
    loop {
        let before: usize = left.iter().map(|(_, open)| open.len() + 1).sum();
        let often =
            |dimension: &String| left.iter().filter(|(_, open)| open.contains(dimension)).count();
        let alone: BTreeSet<String> =
            left.iter().flat_map(|(_, open)| open).filter(|d| often(d) == 1).cloned().collect();
        for (_, open) in &mut left {
            open.retain(|dimension| !alone.contains(dimension));
        }
        let inside_another = left.iter().enumerate().position(|(at, (_, open))| {
            left.iter()
                .enumerate()
                .any(|(other, (_, larger))| other != at && open.is_subset(larger))
        });
        if let Some(at) = inside_another {
            left.remove(at);
        }
        let after: usize = left.iter().map(|(_, open)| open.len() + 1).sum();
        if after == before {
            break;
        }
    }
    if left.len() < 2 {
        return BTreeSet::new();
    }
    left.into_iter().map(|(crossing, _)| crossing).collect()
}

/// Whether the levels of some dimensions say those of others.
fn refines(fine: &BTreeSet<String>, coarse: &BTreeSet<String>, within: &Within) -> bool {
    coarse.iter().all(|dimension| {
        fine.contains(dimension)
            || fine.iter().any(|f| within.contains_key(&(f.clone(), dimension.clone())))
    })
}

/// Whether a figure is a part of another.
fn is_in(part: &Levels, total: &Levels, within: &Within) -> bool {
    total.iter().all(|(dimension, level)| match part.get(dimension) {
        Some(own) => words(level).any(|word| word == own) || own == level || among(own, level),
        None => part.iter().any(|(finer, own)| {
            let map = within.get(&(finer.clone(), dimension.clone()));
            map.and_then(|map| map.get(own)).is_some_and(|parent| parent == level)
        }),
    })
}

fn words(level: &str) -> impl Iterator<Item = &str> {
    level.split('|')
}

fn among(some: &str, all: &str) -> bool {
    words(some).all(|word| words(all).any(|other| other == word))
}

/// Whether the members of a family that are in a total make it up in full.
fn is_whole(family: &Family, total: &Levels, members: &Members, within: &Within) -> bool {
    family.iter().all(|(dimension, pinned)| {
        let of_total = total.get(dimension);
        match pinned {
            // Pinned to one level: in full only of that level.
            Some(level) => of_total == Some(level),
            None => {
                // Every level is listed; each has to have its place in what the total is split by.
                total.keys().filter(|d| !family.contains_key(*d)).all(|coarser| {
                    match within.get(&(dimension.clone(), coarser.clone())) {
                        None => true,
                        Some(map) => members
                            .keys()
                            .filter_map(|m| m.get(dimension))
                            .all(|level| map.contains_key(level)),
                    }
                })
            }
        }
    })
}

/// A period, cut.
fn stretches(months: Stretch, cuts: &BTreeSet<i32>) -> Vec<Stretch> {
    let inside: Vec<i32> = cuts.range(months.0..=months.1 + 1).copied().collect();
    inside.windows(2).map(|pair| (pair[0], pair[1] - 1)).collect()
}

/// The stretches that make up one, if all are there.
fn tiles(of: &BTreeMap<Stretch, usize>, stretch: Stretch) -> Option<Vec<usize>> {
    let mut next = stretch.0;
    let mut found = Vec::new();
    for (&(from, to), &unknown) in of.range((stretch.0, i32::MIN)..=(stretch.1, i32::MAX)) {
        if from == next && to <= stretch.1 {
            found.push(unknown);
            next = to + 1;
        }
    }
    (next == stretch.1 + 1).then_some(found)
}
