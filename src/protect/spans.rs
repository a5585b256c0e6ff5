//! How finely the rows of a split are divided in time: as finely as what is published of them, and no finer.
//!
//! Somebody who closed a case did so in one month, whatever is printed of it by month or by year. Where a split is
//! printed by the year alone, in which of its months each of its people stands can be thought of at will, as long as
//! one other division only, such as the whole county's, is printed by month: people can be dealt out to months so
//! that any monthly totals come out, whatever places they belong to. So nothing is learnt about the places from the
//! months of the whole, but that the sums agree, and the rows need not be divided by month. Where two divisions that
//! cross are printed by month, such as by locality and by need, a split by both has to be divided by month too: what
//! is in which month of the one says something about the other.
//!
//! Not followed is what could be learnt by weighing the months of several measures of the whole against each other
//! for the sake of a place: that those whom one counts in some months and those whom another counts in others are
//! not the same people.

use std::collections::{BTreeMap, BTreeSet};

use crate::protect::ground::{Ground, Kind};
use crate::protect::release::{FigureKey, Split};

/// Blocks of time.
pub(super) type Blocks = BTreeSet<usize>;

/// The spans of a split, each by its first block. No two have a block in common.
pub(super) type Spans = BTreeMap<usize, Blocks>;

/// Stretches of time that are just long enough for each of these to lie within one.
pub(super) fn stretches<'b>(of: impl IntoIterator<Item = &'b Blocks>) -> Vec<Blocks> {
    let mut stretches: Vec<Blocks> = Vec::new();
    for blocks in of {
        let (touching, apart): (Vec<_>, Vec<_>) =
            stretches.into_iter().partition(|stretch| !stretch.is_disjoint(blocks));
        stretches = apart;
        stretches.push(touching.into_iter().flatten().chain(blocks.iter().copied()).collect());
    }
    stretches.sort();
    stretches
}

/// Whether some spans, which do not overlap, come to a stretch.
pub(super) fn fill<'b>(mut spans: impl Iterator<Item = &'b Blocks>, stretch: &Blocks) -> bool {
    let mut blocks = 0;
    let all_within = spans.all(|span| {
        blocks += span.len();
        span.is_subset(stretch)
    });
    all_within && blocks == stretch.len()
}

/// The spans of each split, from what is published of it: for each figure the blocks that it has, by the measures
/// that it counts.
pub(super) fn spans<'a>(
    published: impl Iterator<Item = (FigureKey<'a>, &'a str, Blocks)>,
    ground: &Ground<'a>,
) -> BTreeMap<Split<'a>, Spans> {
    let mut periods: BTreeMap<Kind<'a>, BTreeMap<Split<'a>, BTreeSet<Blocks>>> = BTreeMap::new();
    for (figure, measure, blocks) in published {
        let splits = periods.entry(ground.kind(measure)).or_default();
        splits.entry((measure, figure.row.by())).or_default().insert(blocks);
    }
    periods.into_values().flat_map(|splits| of_kind(splits, ground)).collect()
}

/// The spans of the splits of one kind of units.
fn of_kind<'a>(
    periods: BTreeMap<Split<'a>, BTreeSet<Blocks>>,
    ground: &Ground<'a>,
) -> impl Iterator<Item = (Split<'a>, Spans)> {
    let splits: Vec<Split<'a>> = periods.keys().cloned().collect();
    let mut spans: Vec<Spans> = periods.values().map(told_apart).collect();
    let above: Vec<Vec<usize>> = splits
        .iter()
        .map(|split| (0..splits.len()).filter(|o| is_above(&splits[*o], split, ground)).collect())
        .collect();
    // Dividing one may ask for another to be divided; each time there is less left to divide.
    loop {
        let mut changed = false;
        for (split, above) in above.iter().enumerate() {
            for &one in above {
                changed |= align(&mut spans, split, one);
            }
            let divided: Vec<usize> =
                above.iter().copied().filter(|other| spans[*other].len() > 1).collect();
            for (place, &one) in divided.iter().enumerate() {
                for &other in &divided[place + 1..] {
                    let is_open = spans[split].values().any(|span| span.len() > 1);
                    if is_open && cross((&splits[one], &splits[other]), &splits[split], ground) {
                        let told = common_stretches(&spans[one], &spans[other]);
                        changed |= divide(&mut spans[split], &told);
                    }
                }
            }
        }
        if !changed {
            return splits.into_iter().zip(spans);
        }
    }
}

/// Spans of blocks that no period tells apart.
fn told_apart(periods: &BTreeSet<Blocks>) -> Spans {
    let mut alike: BTreeMap<Vec<usize>, Blocks> = BTreeMap::new();
    for block in periods.iter().flatten().collect::<BTreeSet<_>>() {
        let having = periods.iter().enumerate().filter(|(_, blocks)| blocks.contains(block));
        alike.entry(having.map(|(place, _)| place).collect()).or_default().insert(*block);
    }
    by_first(alike.into_values())
}

fn by_first(spans: impl IntoIterator<Item = Blocks>) -> Spans {
    spans.into_iter().filter_map(|span| Some((*span.first()?, span))).collect()
}

/// Divides spans where some stretches begin and end. Gives whether that changed any.
fn divide(spans: &mut Spans, stretches: &[Blocks]) -> bool {
    let before = spans.len();
    for stretch in stretches {
        let parts = spans.values().flat_map(|span| [span & stretch, span - stretch]);
        *spans = by_first(parts.collect::<Vec<_>>());
    }
    spans.len() > before
}

/// Divides two splits so that their spans can be put side by side: one of the one is some of the other, or the other
/// way about, or has nothing to do with it. Gives whether that changed any.
fn align(spans: &mut [Spans], one: usize, other: usize) -> bool {
    let covered = |spans: &Spans| -> Blocks { spans.values().flatten().copied().collect() };
    let both = &covered(&spans[one]) & &covered(&spans[other]);
    let mut changed = divide(&mut spans[one], std::slice::from_ref(&both));
    changed |= divide(&mut spans[other], &[both]);
    for stretch in stretches(spans[one].values().chain(spans[other].values())) {
        let within = |spans: &Spans| spans.values().filter(|s| s.is_subset(&stretch)).count();
        if within(&spans[one]) > 1 && within(&spans[other]) > 1 {
            let single: Vec<Blocks> = stretch.iter().map(|block| [*block].into()).collect();
            changed |= divide(&mut spans[one], &single);
            changed |= divide(&mut spans[other], &single);
        }
    }
    changed
}

/// The shortest stretches of time that each of two splits has for itself.
pub(super) fn common_stretches(one: &Spans, other: &Spans) -> Vec<Blocks> {
    let covers = |spans: &Spans, stretch: &Blocks| {
        fill(spans.values().filter(|span| !span.is_disjoint(stretch)), stretch)
    };
    let all = stretches(one.values().chain(other.values()));
    all.into_iter().filter(|stretch| covers(one, stretch) && covers(other, stretch)).collect()
}

/// Whether the rows of one split are made of those of another, or of the same people.
fn is_above(one: &Split<'_>, other: &Split<'_>, ground: &Ground<'_>) -> bool {
    one != other && is_coarser(one, other, ground)
}

/// Whether each place of a split is within one place of a coarser one.
fn is_coarser(coarse: &Split<'_>, fine: &Split<'_>, ground: &Ground<'_>) -> bool {
    coarse.1.iter().all(|breakdown| {
        let column = ground.column(breakdown);
        let says = |own: &&str| ground.column(own) == column || ground.lies_within(own, column);
        fine.1.iter().any(says)
    })
}

/// Whether two splits above a third divide its people in ways that cross. What is above one of its own measure is not
/// another way to divide them, nor are two divisions by place of which one is within the other.
fn cross((one, other): (&Split<'_>, &Split<'_>), of: &Split<'_>, ground: &Ground<'_>) -> bool {
    let goes_with = |fine: &Split<'_>, coarse: &Split<'_>| {
        let is_own = |split: &Split<'_>| split.0 == of.0;
        is_coarser(coarse, fine, ground) && (is_own(fine) || !is_own(coarse))
    };
    !goes_with(one, other) && !goes_with(other, one)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Period;
    use crate::definitions::measure::Interval;
    use crate::protect::parts::RowKey;
    use crate::protect::tests::measure;

    /// How many spans each split has, from the stretches of months that are printed of it.
    fn spans_of(printed: &[(&'static [&'static str], &[&[usize]])]) -> Vec<usize> {
        let measures = [measure("m", Interval::None)];
        let ground = Ground::new(&measures);
        let month = Period::parse("2026-09").expect("a month");
        let figure = |by: &[&'static str]| {
            let levels = by.iter().map(|breakdown| (*breakdown, "any")).collect();
            FigureKey { row: RowKey { measure: "m", levels }, category: None, period: month }
        };
        let published = printed.iter().flat_map(|(by, stretches)| {
            let blocks = stretches.iter().map(|blocks| blocks.iter().copied().collect());
            blocks.map(move |blocks| (figure(by), "m", blocks))
        });
        let spans = spans(published, &ground);
        printed.iter().map(|(by, _)| spans[&("m", by.to_vec())].len()).collect()
    }

    const MONTHS: &[&[usize]] = &[&[0], &[1], &[2], &[3]];
    const YEAR: &[&[usize]] = &[&[0, 1, 2, 3]];

    #[test]
    fn what_is_printed_by_the_year_is_divided_by_month_only_where_two_ways_cross() {
        assert_eq!(spans_of(&[(&[], MONTHS), (&["locality"], YEAR)]), [4, 1]);
        let months_of_one = [(&[][..], MONTHS), (&["locality"], MONTHS), (&["need"], YEAR)];
        assert_eq!(spans_of(&months_of_one), [4, 4, 1]);
        let by_both: &[&str] = &["locality", "need"];
        assert_eq!(
            spans_of(&[(&["locality"], MONTHS), (&["need"], YEAR), (by_both, YEAR)]),
            [4, 1, 1]
        );
        let crossing = [(&["locality"][..], MONTHS), (&["need"], MONTHS), (by_both, YEAR)];
        assert_eq!(spans_of(&crossing), [4, 4, 4]);
    }

    #[test]
    fn spans_can_be_put_side_by_side() {
        // A quarter within a year divides it in two; what overlaps is divided to the last.
        assert_eq!(spans_of(&[(&[], &[&[1, 2]]), (&["locality"], YEAR)]), [1, 2]);
        assert_eq!(
            spans_of(&[(&[], &[&[0, 1], &[2, 3]]), (&["locality"], &[&[0, 1, 2], &[3]])]),
            [4, 4]
        );
        let touching = [Blocks::from([0, 1]), [4].into(), [1, 2].into()];
        assert_eq!(stretches(&touching), [Blocks::from([0, 1, 2]), [4].into()]);
    }
}
