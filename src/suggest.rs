//! Which levels of a breakdown could stand together, so that more is published: neighbouring bands, or areas
//! of which too little can be shown by themselves. What it would bring is never guessed: each pair is
//! measured and protected as if it were one level.

use std::collections::BTreeMap;

use crate::definitions::Definitions;
use crate::definitions::measure::Breakdown;
use crate::measure::{NOT_RECORDED, Together};
use crate::protect::Protected;

/// What protection costs an audience.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loss {
    /// How many figures are hidden.
    pub hidden: usize,
    /// How many people or cases the hidden figures count, each figure for itself.
    pub counts: u64,
    /// How many figures are shown.
    pub shown: usize,
}

impl Loss {
    /// What it costs to protect these figures.
    #[must_use]
    pub fn of(protected: &Protected) -> Self {
        let hidden = protected.hidden();
        let counts = protected.log().iter().map(|hidden| hidden.count).sum();
        let figures: usize = protected.tables().iter().map(|table| table.cells().len()).sum();
        Self { hidden, counts, shown: figures.saturating_sub(hidden) }
    }
}

/// Two levels that could stand together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// Which.
    pub together: Together,
    /// Their words.
    pub titles: [String; 2],
    /// The words of the breakdown.
    pub breakdown: String,
}

/// What it would bring to let two levels stand together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The levels.
    pub pair: Pair,
    /// What protection costs as things are.
    pub now: Loss,
    /// What it would cost.
    pub then: Loss,
}

/// How many pairs of one breakdown are tried, and how many in all. Each takes as long as to protect all that
/// the audience is given.
const OF_ONE: usize = 3;
const IN_ALL: usize = 12;

/// The pairs that are worth a try: in each breakdown the level that loses most figures with its neighbours, or,
/// where levels have no order, with the others that lose most.
pub(crate) fn pairs(definitions: &Definitions, protected: &Protected) -> Vec<Pair> {
    let mut lost: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    for hidden in protected.log() {
        for (by, level) in hidden.cell.by.iter().zip(&hidden.cell.level) {
            *lost.entry(by).or_default().entry(level).or_default() += 1;
        }
    }
    let mut breakdowns: Vec<(&Breakdown, BTreeMap<&str, usize>)> = lost
        .into_iter()
        .filter_map(|(by, levels)| Some((definitions.breakdown(by)?, levels)))
        .filter(|(breakdown, _)| !is_of_definitions(breakdown))
        .collect();
    breakdowns.sort_by_key(|(_, levels)| std::cmp::Reverse(levels.values().sum::<usize>()));
    let of_one = |(breakdown, levels): (&Breakdown, BTreeMap<&str, usize>)| {
        let titles = titles(protected, &breakdown.id);
        with_partners(breakdown, &levels, &titles).into_iter().take(OF_ONE).collect::<Vec<_>>()
    };
    breakdowns.into_iter().flat_map(of_one).take(IN_ALL).collect()
}

/// Whether a breakdown's levels are needs, headlines, scales and the like: things apart, whatever their numbers.
fn is_of_definitions(breakdown: &Breakdown) -> bool {
    matches!(breakdown.column.as_str(), "need" | "headline" | "framework" | "domain" | "scale")
}

/// The levels of a breakdown that an audience is given, in the order of its tables, with their words.
fn titles(protected: &Protected, breakdown: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for table in protected.tables() {
        let Some(at) = table.by().iter().position(|by| by == breakdown) else { continue };
        for level in table.cells().iter().filter_map(|cell| cell.level().get(at)) {
            if level.code != NOT_RECORDED && found.iter().all(|(code, _)| *code != level.code) {
                found.push((level.code.clone(), level.title.clone()));
            }
        }
    }
    found
}

/// The level that loses most, with those that could stand beside it.
fn with_partners(
    breakdown: &Breakdown,
    lost: &BTreeMap<&str, usize>,
    titles: &[(String, String)],
) -> Vec<Pair> {
    let of = |at: usize| titles.get(at).and_then(|(code, _)| lost.get(code.as_str())).copied();
    let most_first = |places: &mut Vec<usize>| {
        places.sort_by_key(|&at| (std::cmp::Reverse(of(at).unwrap_or_default()), at));
    };
    let mut places: Vec<usize> = (0..titles.len()).collect();
    most_first(&mut places);
    let Some(&worst) = places.first() else { return Vec::new() };
    let has_order = !breakdown.bands.is_empty() || !breakdown.order.is_empty();
    places.retain(|&at| at != worst && (!has_order || at.abs_diff(worst) == 1));
    let pair = |other: usize| {
        let [first, second] = [worst.min(other), worst.max(other)].map(|at| titles.get(at));
        let (first, second) = (first?, second?);
        Some(Pair {
            together: Together {
                breakdown: breakdown.id.clone(),
                levels: [first.0.clone(), second.0.clone()],
            },
            titles: [first.1.clone(), second.1.clone()],
            breakdown: breakdown.title.clone(),
        })
    };
    places.into_iter().filter_map(pair).collect()
}

/// Those by which fewer people stand in hidden figures, what brings most first.
pub(crate) fn worth_it(mut tried: Vec<Suggestion>) -> Vec<Suggestion> {
    tried.retain(|it| it.then.counts < it.now.counts && it.then.hidden < it.now.hidden);
    tried.sort_by_key(|it| (it.then.counts, it.then.hidden));
    tried
}
