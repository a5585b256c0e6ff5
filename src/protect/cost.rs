//! What protection costs each table that one audience receives: for whoever chooses its bands.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::PeriodKind;
use crate::measure::CATEGORY;
use crate::protect::{CellName, Found, Protected, PublishedCell, PublishedTable, Reason};

/// What is hidden of one measure by some breakdowns, in all its periods of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableCost {
    /// The measure.
    pub measure: String,
    /// The breakdowns, in alphabetical order, a distribution's own categories last.
    pub by: Vec<String>,
    /// The kind of its periods.
    pub kind: PeriodKind,
    /// How many different figures it has, hidden ones and others.
    pub figures: usize,
    /// How many are hidden because a count of their own is small.
    pub by_rule: usize,
    /// How many are hidden so that these, or others elsewhere, cannot be worked out.
    pub to_protect: usize,
    /// How many of the latter because of what was released before.
    pub by_ledger: usize,
    /// How many of them only because it was not proved in time that they give nothing away.
    pub unproved: usize,
    /// How many people or cases the hidden figures count.
    pub counts: u64,
}

impl TableCost {
    /// How many figures are hidden.
    #[must_use]
    pub fn hidden(&self) -> usize {
        self.by_rule + self.to_protect
    }
}

/// The tables with hidden figures, those that lose most first.
pub(super) fn of(protected: &Protected) -> Vec<TableCost> {
    let mut figures: BTreeMap<(&str, Vec<String>, PeriodKind), BTreeSet<CellName>> =
        BTreeMap::new();
    for table in protected.tables() {
        for cell in table.cells() {
            let name = name(table, cell);
            let of = (table.measure(), name.by.clone(), cell.period().kind);
            figures.entry(of).or_default().insert(name);
        }
    }
    let mut costs: Vec<TableCost> = figures
        .into_iter()
        .map(|((measure, by, kind), figures)| {
            let mut cost = TableCost {
                measure: measure.to_owned(),
                by,
                kind,
                figures: figures.len(),
                by_rule: 0,
                to_protect: 0,
                by_ledger: 0,
                unproved: 0,
                counts: 0,
            };
            for hidden in protected.log().iter().filter(|hidden| figures.contains(&hidden.cell)) {
                cost.counts += hidden.count;
                cost.by_ledger += usize::from(hidden.reason.release().is_some());
                match &hidden.reason {
                    Reason::Primary(_) => cost.by_rule += 1,
                    Reason::HiddenBefore { .. } => cost.to_protect += 1,
                    Reason::Secondary { found, .. } => {
                        cost.to_protect += 1;
                        cost.unproved += usize::from(*found == Found::Unproved);
                    }
                }
            }
            cost
        })
        .filter(|cost| cost.hidden() > 0)
        .collect();
    costs.sort_by_key(|cost| std::cmp::Reverse(cost.hidden()));
    costs
}

/// The name of a published cell, as the log has it.
fn name(table: &PublishedTable, cell: &PublishedCell) -> CellName {
    let levels = table.by().iter().zip(cell.level());
    let mut levels: Vec<(String, String)> =
        levels.map(|(by, level)| (by.clone(), level.code.clone())).collect();
    levels.sort_by_key(|(by, _)| (by == CATEGORY, by.clone()));
    let (by, level) = levels.into_iter().unzip();
    CellName { measure: table.measure().to_owned(), by, level, period: Some(cell.period()) }
}
