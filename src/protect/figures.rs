//! The distinct figures behind the tables of one audience. A figure that stands in three tables is
//! one figure; a count that shows through another figure is a figure of its own.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::Period;
use crate::definitions::measure::{Counted, Measure, MeasureKind};
use crate::measure::{Amount, CATEGORY, Cell, Flow, Table};

/// What a figure is about. Names are numbered in alphabetical order, so that the order of figures
/// does not depend on the order of the tables.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    /// The measure.
    pub(super) measure: usize,
    /// Breakdown and level, by breakdown.
    pub(super) levels: Vec<(usize, usize)>,
    /// The period.
    pub(super) period: Period,
}

/// The counts of people in a figure, all of which add up over levels and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    /// The denominator, the count, or the units behind a mean or a sum.
    pub(super) whole: u64,
    /// The numerator of a proportion.
    pub(super) part: Option<u64>,
}

impl Counts {
    /// The counts of a cell.
    pub(super) fn of(amount: &Amount) -> Self {
        match *amount {
            Amount::Proportion { numerator, denominator } => {
                Self { whole: denominator, part: Some(numerator) }
            }
            Amount::Count(units)
            | Amount::Mean { units, .. }
            | Amount::Median { units, .. }
            | Amount::Sum { units, .. } => Self::whole(units),
            Amount::Ratio { over, .. } => Self::whole(over),
        }
    }

    /// One count by itself.
    pub(super) fn whole(whole: u64) -> Self {
        Self { whole, part: None }
    }
}

/// One figure.
#[derive(Debug)]
pub(super) struct Figure<'a> {
    /// What it is about.
    pub(super) key: Key,
    /// Its counts.
    pub(super) counts: Counts,
    /// The counts that stand beside it.
    pub(super) flow: &'a Flow,
    /// Whether it has cells of its own. If not, it shows only through others.
    pub(super) own: bool,
    /// Whether it is a ratio: ratios do not add up.
    pub(super) ratio: bool,
    /// The figures through which it shows: hidden, it hides them.
    pub(super) shows_in: Vec<usize>,
    /// The figures that show through it.
    pub(super) shows: Vec<usize>,
}

/// All figures of one audience.
#[derive(Debug)]
pub(super) struct Figures<'a> {
    /// The figures, ordered by key.
    pub(super) all: Vec<Figure<'a>>,
    /// For each table, the figure of each of its cells.
    pub(super) of_table: Vec<Vec<usize>>,
    /// For each measure, by number, whether its periods add up.
    pub(super) adds_over_time: Vec<bool>,
    /// The name of each measure, breakdown and level.
    pub(super) names: Vec<&'a str>,
    /// The number of the breakdown of distributions by their own values.
    pub(super) category: Option<usize>,
}

impl<'a> Figures<'a> {
    /// The figures of these tables.
    pub(super) fn of(tables: &'a [Table], measures: &'a [Measure]) -> Self {
        let parts = |table: &Table| ratio_parts(&table.measure, measures);
        let mut numbered = BTreeMap::new();
        let names: BTreeSet<&str> = tables
            .iter()
            .flat_map(|table| {
                let levels = table.cells.iter().flat_map(|c| &c.level).map(|l| l.code.as_str());
                let by = table.by.iter().map(String::as_str);
                let own = std::iter::once(table.measure.as_str());
                levels.chain(by).chain(own).chain(parts(table).into_iter().flatten())
            })
            .collect();
        let names: Vec<&str> = names.into_iter().collect();
        for (number, name) in names.iter().enumerate() {
            numbered.insert(*name, number);
        }
        let number = |name: &str| numbered.get(name).copied().unwrap_or(usize::MAX);
        let category = numbered.get(CATEGORY).copied();

        let mut drafts: BTreeMap<Key, Draft<'a>> = BTreeMap::new();
        let mut shown_through: Vec<(Key, Key)> = Vec::new();
        let mut keys: Vec<Vec<Key>> = Vec::with_capacity(tables.len());
        for table in tables {
            let measure = number(&table.measure);
            let by: Vec<usize> = table.by.iter().map(|b| number(b)).collect();
            let mut keys_of_table = Vec::with_capacity(table.cells.len());
            for cell in &table.cells {
                let levels = cell.level.iter().map(|level| number(&level.code));
                let mut levels: Vec<(usize, usize)> = by.iter().copied().zip(levels).collect();
                levels.sort_unstable();
                let key = Key { measure, levels, period: cell.period };
                for (through, whole) in implied(&key, cell, category, parts(table), &number) {
                    let counts = Counts::whole(whole);
                    let draft = Draft { counts, flow: &cell.flow, own: false, ratio: false };
                    drafts.entry(through.clone()).or_insert(draft);
                    shown_through.push((through, key.clone()));
                }
                let draft = Draft {
                    counts: Counts::of(&cell.amount),
                    flow: &cell.flow,
                    own: true,
                    ratio: matches!(cell.amount, Amount::Ratio { .. }),
                };
                match drafts.get_mut(&key) {
                    Some(known) if known.own => {}
                    Some(known) => *known = draft,
                    None => drop(drafts.insert(key.clone(), draft)),
                }
                keys_of_table.push(key);
            }
            keys.push(keys_of_table);
        }

        let numbers: BTreeMap<&Key, usize> = drafts.keys().zip(0..).collect();
        let find = |key: &Key| numbers.get(key).copied().unwrap_or(usize::MAX);
        let of_table =
            keys.iter().map(|keys| keys.iter().map(find).collect()).collect::<Vec<Vec<usize>>>();
        let mut links: Vec<(usize, usize)> =
            shown_through.iter().map(|(shown, through)| (find(shown), find(through))).collect();
        links.sort_unstable();
        links.dedup();
        let mut all: Vec<Figure<'a>> =
            drafts.into_iter().map(|(key, draft)| draft.figure(key)).collect();
        for (shown, through) in links {
            all[shown].shows_in.push(through);
            all[through].shows.push(shown);
        }
        let adds_over_time = names.iter().map(|name| adds_over_time(name, measures)).collect();
        Self { all, of_table, adds_over_time, names, category }
    }

    /// The figure whose counts stand beside a figure: those of a distribution's category belong to
    /// the whole distribution.
    pub(super) fn bearer_of_flow(&self, figure: usize) -> usize {
        let found = &self.all[figure];
        let category = found.key.levels.iter().any(|(by, _)| Some(*by) == self.category);
        if category { found.shows.first().copied().unwrap_or(figure) } else { figure }
    }
}

/// A figure before its neighbours are known.
struct Draft<'a> {
    counts: Counts,
    flow: &'a Flow,
    own: bool,
    ratio: bool,
}

impl<'a> Draft<'a> {
    fn figure(self, key: Key) -> Figure<'a> {
        let Self { counts, flow, own, ratio } = self;
        Figure { key, counts, flow, own, ratio, shows_in: Vec::new(), shows: Vec::new() }
    }
}

/// The counts that show through a cell: the denominator of a distribution through each of its
/// categories, and the parts of a ratio through the ratio.
fn implied(
    key: &Key,
    cell: &Cell,
    category: Option<usize>,
    parts: Option<[&str; 2]>,
    number: &impl Fn(&str) -> usize,
) -> Vec<(Key, u64)> {
    match (cell.amount, parts) {
        (Amount::Proportion { denominator, .. }, _) => {
            let levels: Vec<_> =
                key.levels.iter().copied().filter(|(by, _)| Some(*by) != category).collect();
            if levels.len() == key.levels.len() {
                return Vec::new();
            }
            vec![(Key { levels, ..*key }, denominator)]
        }
        (Amount::Ratio { over, under_units, .. }, Some([above, below])) => {
            let of = |name: &str| Key { measure: number(name), ..key.clone() };
            vec![(of(above), over), (of(below), under_units)]
        }
        _ => Vec::new(),
    }
}

fn ratio_parts<'a>(measure: &str, measures: &'a [Measure]) -> Option<[&'a str; 2]> {
    match &measures.iter().find(|m| m.id == measure)?.kind {
        MeasureKind::Ratio { over, under } => Some([over, under]),
        _ => None,
    }
}

/// Stocks are those of the last month. A measure that nobody described is taken to add up: that can
/// only hide more.
fn adds_over_time(measure: &str, measures: &[Measure]) -> bool {
    measures
        .iter()
        .find(|m| m.id == measure)
        .is_none_or(|m| matches!(m.counted, Counted::On { .. }))
}
