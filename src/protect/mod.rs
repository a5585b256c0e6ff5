//! All cells that one audience will see in, published cells out.
//!
//! The unit of protection is everything that one audience receives from one run: its tables share
//! cells and totals, and months add up to quarters. The path is
//!
//! 1. `figures`: the distinct figures behind the tables, each once;
//! 2. `constraints`: the sums that a reader can form among them;
//! 3. `primary`: which figures are small in themselves;
//! 4. `secondary`: which others have to be hidden so that the small ones cannot be found;
//! 5. `publish`: the cells, written with rounding, intervals and symbols.
//!
//! Nothing is altered to protect: a figure is shown true (rounded, where the policy says so) or not
//! at all. Nothing outside this folder can make a published number:
//!
//! ```compile_fail,E0451
//! use early_help::protect::{NumberKind, PublishedNumber};
//! use early_help::statistics::Decimal;
//!
//! let leaked = PublishedNumber { decimal: Decimal::whole(1), kind: NumberKind::Count };
//! ```

mod constraints;
mod data_quality;
mod figures;
mod ledger;
mod log;
mod overrides;
mod primary;
mod publish;
mod published;
mod secondary;
#[cfg(test)]
mod tests;

use crate::definitions::audience::DisclosurePolicy;
use crate::definitions::measure::Measure;
use crate::measure::{Flow, Table};

use constraints::{Balance, Constraints};
use figures::{Counts, Figures};
use publish::Status;
use secondary::{Hiding, Rule, Why};

pub use data_quality::{
    PublishedCheck, PublishedQuality, PublishedSplit, PublishedSpread, QualityFigures, SpreadLevel,
};
pub use ledger::{PublishedFeed, PublishedLedger, UnusedRows};
pub use log::{HiddenCell, Over, PrimaryRule, Reason, SumOf};
pub use overrides::{DecisionsOfRole, PublishedOverrides};
pub use published::{NumberKind, PublishedCell, PublishedNumber, PublishedTable, Shown, Symbol};

/// The tables of one audience, protected together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protected {
    tables: Vec<PublishedTable>,
    log: Vec<HiddenCell>,
}

impl Protected {
    /// The published tables, in the order of the tables that went in.
    #[must_use]
    pub fn tables(&self) -> &[PublishedTable] {
        &self.tables
    }

    /// Which cells are hidden and why, each once though it may stand in several tables. For those who
    /// answer for the release, never for the audience.
    #[must_use]
    pub fn log(&self) -> &[HiddenCell] {
        &self.log
    }

    /// How many distinct cells are hidden. The audience may know this.
    #[must_use]
    pub fn hidden(&self) -> usize {
        self.log.len()
    }
}

/// Protects all tables that one audience receives from one run, together.
///
/// Hidden cells lose everything that is a function of their counts: numerator, denominator, value,
/// limits and the counts beside them. Counts beside a shown cell (pending, unknown, left out) are
/// protected against subtraction by themselves. `measures` must hold the measures of the tables and,
/// for ratios, the measures above and below.
///
/// The same tables give the same cells, in whatever order they come.
#[must_use]
pub fn protect(tables: &[Table], measures: &[Measure], policy: &DisclosurePolicy) -> Protected {
    if policy.suppress_below == 0 {
        let tables = published(tables, measures, policy, |_, _, flow| open(flow));
        return Protected { tables, log: Vec::new() };
    }
    let figures = Figures::of(tables, measures);
    let constraints = Constraints::among(&figures);
    let hidden = hidden_figures(tables, &figures, &constraints, policy);
    let beside = hidden_beside(&figures, &constraints, &hidden, policy);
    let tables = published(tables, measures, policy, |table, cell, flow| {
        let figure = figures.of_table[table][cell];
        let bearer = figures.bearer_of_flow(figure);
        let hides = |kind: usize, count: u64| {
            let protects = beside.get(kind).is_some_and(|hidden| hidden[bearer]);
            protects || is_small_beside(count, policy)
        };
        Status {
            cell: hidden[figure].is_some(),
            pending: hides(0, flow.pending),
            unknown: hides(1, flow.unknown),
            left_out: flow.left_out.iter().zip(2..).map(|(n, kind)| hides(kind, *n)).collect(),
        }
    });
    Protected { tables, log: log_of(&figures, &constraints, &hidden) }
}

/// A count of rows of files in the row ledger, for an audience. Rows are not people, but few rows are
/// about few people.
#[must_use]
pub fn ledger_number(count: u64, policy: &DisclosurePolicy) -> Shown {
    if count > 0 && count < policy.suppress_below {
        Shown::Symbol(Symbol::Confidential)
    } else {
        publish::whole(count)
    }
}

/// The figures to hide, small ones and those that protect them.
fn hidden_figures(
    tables: &[Table],
    figures: &Figures<'_>,
    constraints: &Constraints,
    policy: &DisclosurePolicy,
) -> Vec<Option<Why>> {
    let mut small = Vec::new();
    for (table, numbers) in tables.iter().zip(&figures.of_table) {
        for (cell, &figure) in table.cells.iter().zip(numbers) {
            let rule = primary::primary(&cell.amount, policy)
                .or_else(|| primary::few_left_out(&cell.flow, policy));
            if let Some(rule) = rule {
                small.push((figure, Why::Primary(rule)));
            }
        }
    }
    small.sort_by_key(|(figure, _)| *figure);
    let counts: Vec<_> = figures.all.iter().map(|figure| Some(figure.counts)).collect();
    let rule = Rule { threshold: policy.suppress_below, zeros_shown: policy.show_zero };
    Hiding { figures, constraints, counts: &counts, rule, whole_cells: true }.settle(small)
}

/// Which counts beside the figures to hide: pending, unknown, then each exclusion, for every figure.
fn hidden_beside(
    figures: &Figures<'_>,
    constraints: &Constraints,
    hidden: &[Option<Why>],
    policy: &DisclosurePolicy,
) -> Vec<Vec<bool>> {
    let exclusions = figures.all.iter().map(|f| f.flow.left_out.len()).max().unwrap_or(0);
    let rule = Rule { threshold: policy.suppress_below, zeros_shown: true };
    (0..2 + exclusions)
        .map(|kind| {
            let counts: Vec<Option<Counts>> = (0..figures.all.len())
                .map(|number| count_beside(figures, number, kind).map(Counts::whole))
                .collect();
            let first = counts.iter().enumerate().filter_map(|(figure, counts)| {
                let small = is_small_beside(counts.as_ref()?.whole, policy);
                let why = small.then_some(Why::Primary(PrimaryRule::Denominator));
                Some((figure, why.or(hidden[figure].map(|_| Why::Linked))?))
            });
            let hiding = Hiding { figures, constraints, counts: &counts, rule, whole_cells: false };
            hiding.settle(first).iter().map(Option::is_some).collect()
        })
        .collect()
}

/// A count beside a figure. Figures that show through ratios have none, and categories share that of
/// their distribution.
fn count_beside(figures: &Figures<'_>, number: usize, kind: usize) -> Option<u64> {
    let figure = &figures.all[number];
    let through_ratio = figure.shows_in.iter().any(|through| figures.all[*through].ratio);
    if (!figure.own && through_ratio) || figures.bearer_of_flow(number) != number {
        return None;
    }
    match kind {
        0 => Some(figure.flow.pending),
        1 => Some(figure.flow.unknown),
        _ => figure.flow.left_out.get(kind - 2).copied(),
    }
}

/// Zeros beside a cell say nothing of anybody and are always shown.
fn is_small_beside(count: u64, policy: &DisclosurePolicy) -> bool {
    count > 0 && count < policy.suppress_below
}

fn open(flow: &Flow) -> Status {
    let left_out = vec![false; flow.left_out.len()];
    Status { cell: false, pending: false, unknown: false, left_out }
}

/// The tables, each cell with the status that `status` gives it by table and place.
fn published(
    tables: &[Table],
    measures: &[Measure],
    policy: &DisclosurePolicy,
    status: impl Fn(usize, usize, &Flow) -> Status,
) -> Vec<PublishedTable> {
    let of_table = |(number, table): (usize, &Table)| {
        let measure = measures.iter().find(|m| m.id == table.measure);
        let cells = table.cells.iter().enumerate().map(|(place, cell)| {
            publish::publish(cell, measure, &status(number, place, &cell.flow), policy)
        });
        PublishedTable {
            measure: table.measure.clone(),
            unit: table.unit.clone(),
            by: table.by.clone(),
            cells: cells.collect(),
        }
    };
    tables.iter().enumerate().map(of_table).collect()
}

fn log_of(
    figures: &Figures<'_>,
    constraints: &Constraints,
    hidden: &[Option<Why>],
) -> Vec<HiddenCell> {
    let name =
        |number: usize| figures.names.get(number).map(|n| (*n).to_owned()).unwrap_or_default();
    let sum_of = |balance: Balance<'_>| {
        let total = if balance.moving { balance.left.last() } else { balance.right.first() };
        let [total, part] =
            [total, balance.left.first()].map(|f| f.and_then(|f| figures.all.get(*f)));
        let (total, part) = (&total?.key, &part?.key);
        let over = part.levels.iter().filter(|level| !total.levels.contains(level));
        let kind = part.period.kind;
        Some(SumOf {
            over: if balance.moving {
                Over::MovingWindow(kind)
            } else {
                Over::Parts {
                    levels: over.map(|(by, _)| name(*by)).collect(),
                    periods: (kind != total.period.kind).then_some(kind),
                }
            },
            measure: name(total.measure),
            by: total.levels.iter().map(|(by, _)| name(*by)).collect(),
            level: total.levels.iter().map(|(_, level)| name(*level)).collect(),
            period: total.period,
        })
    };
    let entry = |(figure, why): (&figures::Figure<'_>, &Option<Why>)| {
        let reason = match (*why)? {
            Why::Primary(rule) => Reason::Primary(rule),
            Why::Secondary(number) => Reason::Secondary(sum_of(constraints.balance(number))?),
            Why::Linked => Reason::Linked,
        };
        figure.own.then(|| HiddenCell {
            measure: name(figure.key.measure),
            by: figure.key.levels.iter().map(|(by, _)| name(*by)).collect(),
            level: figure.key.levels.iter().map(|(_, level)| name(*level)).collect(),
            period: figure.key.period,
            reason,
        })
    };
    figures.all.iter().zip(hidden).filter_map(entry).collect()
}
