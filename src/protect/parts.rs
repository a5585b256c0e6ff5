//! What became of the units behind a figure: each is in one part only, and the parts come to all that
//! were considered. Published numbers are sums of parts.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::Period;
use crate::measure::{Amount, CATEGORY, Cell, Table};

/// What became of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part<'a> {
    /// The rule holds.
    Holds,
    /// It does not, as far as is known.
    Fails,
    /// It is counted, by a measure that asks no rule.
    Counted,
    /// It is in this category of a distribution.
    Category(&'a str),
    /// It is counted in none of the categories that are shown.
    Elsewhere,
    /// The answer is not known, and it counts as one that fails.
    UnknownCounted,
    /// The answer is not known, and it is left out.
    UnknownLeftOut,
    /// The answer is not due yet, and it counts as one that fails.
    PendingCounted,
    /// The answer is not due yet, and it is left out.
    Pending,
    /// It was left out by this exclusion.
    LeftOut(usize),
}

impl Part<'_> {
    /// Whether its units are in the denominator.
    pub(super) fn is_counted(self) -> bool {
        !matches!(self, Self::UnknownLeftOut | Self::Pending | Self::LeftOut(_))
    }

    /// Whether a measure can do without it: some have no exclusions, and nothing that is pending.
    fn is_optional(self) -> bool {
        !self.is_counted()
            || matches!(self, Self::UnknownCounted | Self::PendingCounted | Self::Elsewhere)
    }
}

/// How many units are in each part.
pub(super) type Counts<'a> = BTreeMap<Part<'a>, u64>;

/// One measure at one level of a split.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RowKey<'a> {
    /// The measure.
    pub(super) measure: &'a str,
    /// Breakdown and level, by breakdown; a category is none of them.
    pub(super) levels: Vec<(&'a str, &'a str)>,
}

impl<'a> RowKey<'a> {
    /// The row of a cell, and its category if it is one of a distribution.
    pub(super) fn of(table: &'a Table, cell: &'a Cell) -> (Self, Option<&'a str>) {
        let codes = cell.level.iter().map(|level| level.code.as_str());
        let mut levels: Vec<(&str, &str)> =
            table.by.iter().map(String::as_str).zip(codes).collect();
        let category = levels.iter().position(|(by, _)| *by == CATEGORY);
        let category = category.map(|at| levels.remove(at).1);
        levels.sort_unstable();
        (Self { measure: &table.measure, levels }, category)
    }

    /// The breakdowns.
    pub(super) fn by(&self) -> Vec<&'a str> {
        self.levels.iter().map(|(by, _)| *by).collect()
    }
}

/// The finest counts that are known: by row and piece of time.
pub(super) type Pieces<'a> = BTreeMap<RowKey<'a>, BTreeMap<Period, Counts<'a>>>;

/// The parts of all cells of these tables, which are of the finest periods. Of the measures of `with_others` somebody
/// stood beside a figure, though it may be that nobody does today.
pub(super) fn pieces<'a>(tables: &'a [Table], with_others: &BTreeSet<&str>) -> Pieces<'a> {
    let mut rows = Pieces::new();
    for table in tables {
        for cell in &table.cells {
            let (row, category) = RowKey::of(table, cell);
            let counts = rows.entry(row).or_default().entry(cell.period).or_default();
            add(counts, cell, category);
        }
    }
    for counts in rows.values_mut().flat_map(BTreeMap::values_mut) {
        settle(counts);
    }
    drop_what_never_occurs(&mut rows, with_others);
    rows
}

/// The parts of one cell by itself.
pub(super) fn of_cell<'a>(cell: &Cell, category: Option<&'a str>) -> Counts<'a> {
    let mut counts = Counts::new();
    add(&mut counts, cell, category);
    settle(&mut counts);
    counts
}

fn add<'a>(counts: &mut Counts<'a>, cell: &Cell, category: Option<&'a str>) {
    let flow = &cell.flow;
    // Those of the denominator who have no answer.
    let without_answer = |within: u64| {
        let pending = flow.pending_as_not_met.min(within);
        let unknown = flow.unknown.saturating_sub(flow.unknown_left_out).min(within - pending);
        (pending, unknown)
    };
    match (cell.amount, category) {
        (Amount::Proportion { numerator, denominator }, Some(category)) => {
            counts.insert(Part::Category(category), numerator);
            // What is left of it once all categories are there.
            counts.insert(Part::Elsewhere, denominator);
        }
        (Amount::Proportion { numerator, denominator }, None) => {
            let fails = denominator.saturating_sub(numerator);
            let (pending, unknown) = without_answer(fails);
            counts.insert(Part::Holds, numerator);
            counts.insert(Part::Fails, fails - pending - unknown);
            counts.insert(Part::PendingCounted, pending);
            counts.insert(Part::UnknownCounted, unknown);
        }
        (
            Amount::Count(units)
            | Amount::Mean { units, .. }
            | Amount::Median { units, .. }
            | Amount::Sum { units, .. },
            _,
        ) => {
            let (pending, unknown) = without_answer(units);
            counts.insert(Part::Counted, units - pending - unknown);
            counts.insert(Part::PendingCounted, pending);
            counts.insert(Part::UnknownCounted, unknown);
        }
        // A ratio shows the counts of two other measures.
        (Amount::Ratio { .. }, _) => return,
    }
    counts.insert(Part::UnknownLeftOut, flow.unknown_left_out);
    counts.insert(Part::Pending, flow.pending.saturating_sub(flow.pending_as_not_met));
    for (number, left_out) in flow.left_out.iter().enumerate() {
        counts.insert(Part::LeftOut(number), *left_out);
    }
}

/// Takes the categories from all that were counted.
fn settle(counts: &mut Counts<'_>) {
    let in_category =
        |(part, n): (&Part<'_>, &u64)| matches!(part, Part::Category(_)).then_some(*n);
    let categories: u64 = counts.iter().filter_map(in_category).sum();
    if let Some(elsewhere) = counts.get_mut(&Part::Elsewhere) {
        *elsewhere = elsewhere.saturating_sub(categories);
    }
}

/// Parts that a measure never has are not unknown to its readers: they know that there are none.
fn drop_what_never_occurs(rows: &mut Pieces<'_>, with_others: &BTreeSet<&str>) {
    let mut occur: BTreeSet<(&str, Part<'_>)> = BTreeSet::new();
    for (row, pieces) in rows.iter() {
        for (part, count) in pieces.values().flatten() {
            if *count > 0 {
                occur.insert((row.measure, *part));
            }
        }
    }
    for (row, pieces) in rows.iter_mut() {
        let may_wait = with_others.contains(row.measure);
        for counts in pieces.values_mut() {
            counts.retain(|part, _| {
                !part.is_optional()
                    || occur.contains(&(row.measure, *part))
                    || (may_wait && *part == Part::Pending)
            });
        }
    }
}
