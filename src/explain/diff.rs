//! Two versions of the definitions over the same inputs: which definitions differ, which verdicts
//! move, and which figures with them.
//!
//! A change that looks small in the file may move many families; whoever agrees to it should see
//! which. Nothing here is protected.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::PolarsResult;
use serde_json::{Value, json};

use crate::calendar::Period;
use crate::definitions::Definitions;
use crate::definitions::verdict::Verdict;
use crate::definitions::words::{self, Changed};
use crate::evaluate::Evaluated;
use crate::explain::story::subjects;
use crate::measure::{Amount, Cell, Level, Measurer, TableRequest, merged};
use crate::protect::unhidden;

/// One version with what it makes of the inputs.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// The definitions.
    pub definitions: &'a Definitions,
    /// The verdicts under them.
    pub evaluated: &'a Evaluated,
}

/// What differs between two versions.
#[derive(Debug, Default)]
pub struct Difference {
    /// Definitions that are said differently, by name.
    pub definitions: Vec<Changed>,
    /// Verdicts that move, by definition, then from and to.
    pub verdicts: Vec<Moved>,
    /// Figures that move.
    pub cells: Vec<CellMoved>,
}

/// Cases whose verdict on one definition moves in one way.
#[derive(Debug)]
pub struct Moved {
    /// The definition.
    pub name: String,
    /// The verdict under the first version; nothing where it has no such definition or unit.
    pub from: Option<Verdict>,
    /// The verdict under the second.
    pub to: Option<Verdict>,
    /// The cases.
    pub cases: Vec<String>,
}

/// A figure that moves.
#[derive(Debug)]
pub struct CellMoved {
    /// The measure.
    pub measure: String,
    /// Its title.
    pub title: String,
    /// The period.
    pub period: Period,
    /// The level of a distribution; empty for other measures.
    pub level: Vec<Level>,
    /// The figure under the first version, in words.
    pub before: String,
    /// The figure under the second.
    pub after: String,
    /// The changed definitions that it rests on, itself among them.
    pub because: Vec<String>,
}

/// Compares two versions. Figures are those of the whole council in these periods.
///
/// # Errors
/// When a date lies beyond the table of bank holidays, or the data frame library refuses.
pub fn difference(a: Side<'_>, b: Side<'_>, periods: &[Period]) -> PolarsResult<Difference> {
    let definitions = words::changed(&words::said(a.definitions), &words::said(b.definitions));
    let names: BTreeSet<&str> = definitions.iter().map(|c| c.name.as_str()).collect();
    let verdicts = moved_verdicts(a, b)?;
    let cells = moved_cells(a, b, periods, &names)?;
    Ok(Difference { definitions, verdicts, cells })
}

/// Verdicts on cases by definition and case.
type Judged = BTreeMap<String, BTreeMap<String, Verdict>>;

fn judged(side: Side<'_>) -> PolarsResult<Judged> {
    let mut all = Judged::new();
    let Some(cases) = side.evaluated.units.get("case") else { return Ok(all) };
    for subject in subjects(side.definitions).into_iter().filter(|s| s.unit == "case") {
        let Ok(column) = cases.column(&subject.column) else { continue };
        let codes = column.as_materialized_series().u32()?.clone();
        let mut of_cases = BTreeMap::new();
        for row in 0..cases.height() {
            let id = u32::try_from(row).ok().and_then(|r| side.evaluated.case_id(r));
            let verdict = codes.get(row).and_then(|c| Verdict::ALL.get(c as usize).copied());
            if let (Some(id), Some(verdict)) = (id, verdict) {
                of_cases.insert(id.to_owned(), verdict);
            }
        }
        all.insert(subject.name, of_cases);
    }
    Ok(all)
}

fn moved_verdicts(a: Side<'_>, b: Side<'_>) -> PolarsResult<Vec<Moved>> {
    let (before, after) = (judged(a)?, judged(b)?);
    let mut moved: BTreeMap<(String, Option<Verdict>, Option<Verdict>), Vec<String>> =
        BTreeMap::new();
    // A definition that only one version has moves no verdict: it is said to be new or gone.
    for (name, old) in &before {
        let Some(new) = after.get(name) else { continue };
        let cases: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for case in cases {
            let (from, to) = (old.get(case).copied(), new.get(case).copied());
            if from != to {
                moved.entry((name.clone(), from, to)).or_default().push(case.clone());
            }
        }
    }
    let moved = moved.into_iter();
    Ok(moved.map(|((name, from, to), cases)| Moved { name, from, to, cases }).collect())
}

fn moved_cells(
    a: Side<'_>,
    b: Side<'_>,
    periods: &[Period],
    changed: &BTreeSet<&str>,
) -> PolarsResult<Vec<CellMoved>> {
    let (before, after) = (figures(a, periods)?, figures(b, periods)?);
    let mut moved = Vec::new();
    for (key, (new, new_words)) in &after {
        let Some((old, old_words)) = before.get(key) else { continue };
        if old.amount == new.amount && old.flow == new.flow {
            continue;
        }
        let Some(measure) = b.definitions.measure(&key.0) else { continue };
        moved.push(CellMoved {
            measure: measure.id.clone(),
            title: measure.title.clone(),
            period: new.period,
            level: new.level.clone(),
            before: old_words.clone(),
            after: new_words.clone(),
            because: words::definitions_behind(measure, b.definitions)
                .into_iter()
                .filter(|name| changed.contains(name.as_str()))
                .collect(),
        });
    }
    Ok(moved)
}

/// A cell by measure, period and level, with its figure in words.
type Figures = BTreeMap<(String, Period, Vec<Level>), (Cell, String)>;

fn figures(side: Side<'_>, periods: &[Period]) -> PolarsResult<Figures> {
    let definitions = side.definitions;
    let requests = definitions
        .measures
        .iter()
        .map(|m| TableRequest {
            measure: m.id.clone(),
            by: Vec::new(),
            periods: periods.iter().copied().filter(|p| m.periods.contains(&p.kind)).collect(),
        })
        .collect();
    let tables = Measurer::new(definitions, side.evaluated).tables(&merged(requests))?;
    let published = unhidden(&tables, &definitions.measures);
    let mut all = Figures::new();
    for (table, published) in tables.iter().zip(&published) {
        for (cell, shown) in table.cells.iter().zip(published.cells()) {
            let of = match cell.amount {
                Amount::Proportion { numerator, denominator } => {
                    format!("{} ({numerator} of {denominator})", shown.value())
                }
                _ => shown.value().to_string(),
            };
            let pending = match cell.flow.pending {
                0 => String::new(),
                n => format!(", {n} not due yet"),
            };
            let key = (table.measure.clone(), cell.period, cell.level.clone());
            all.insert(key, (cell.clone(), of + &pending));
        }
    }
    Ok(all)
}

impl Difference {
    /// For the terminal.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::from("Definitions that differ\n");
        if self.definitions.is_empty() {
            text.push_str("  none\n");
        }
        for changed in &self.definitions {
            let what = match (changed.before.is_empty(), changed.after.is_empty()) {
                (true, false) => " (new)",
                (false, true) => " (gone)",
                _ => "",
            };
            text.push_str(&format!("  {}{what}\n", changed.name));
            let lines = changed.before.iter().map(|l| ('-', l));
            for (sign, line) in lines.chain(changed.after.iter().map(|l| ('+', l))) {
                text.push_str(&format!("    {sign} {}\n", line.trim()));
            }
        }
        text.push_str("\nVerdicts that move\n");
        if self.verdicts.is_empty() {
            text.push_str("  none\n");
        }
        for moved in &self.verdicts {
            let count = moved.cases.len();
            let plural = if count == 1 { "" } else { "s" };
            text.push_str(&format!(
                "  {}: {count} case{plural} from {} to {}\n",
                moved.name,
                said(moved.from),
                said(moved.to)
            ));
            for line in moved.cases.chunks(8) {
                text.push_str(&format!("    {}\n", line.join(", ")));
            }
        }
        text.push_str("\nFigures that move\n");
        if self.cells.is_empty() {
            text.push_str("  none\n");
        }
        for cell in &self.cells {
            let level: Vec<&str> = cell.level.iter().map(|l| l.title.as_str()).collect();
            let level =
                if level.is_empty() { String::new() } else { format!(", {}", level.join(", ")) };
            text.push_str(&format!(
                "  {} ({}), {}{level}: {} \u{2192} {}\n",
                cell.title, cell.measure, cell.period, cell.before, cell.after
            ));
            if !cell.because.is_empty() {
                text.push_str(&format!("    because of {}\n", cell.because.join(", ")));
            }
        }
        text
    }

    /// For programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let definitions = self
            .definitions
            .iter()
            .map(|c| json!({ "name": c.name, "before": c.before, "after": c.after }));
        let word = |v: Option<Verdict>| v.map(Verdict::word);
        let verdicts = self.verdicts.iter().map(
            |m| json!({ "name": m.name, "from": word(m.from), "to": word(m.to), "cases": m.cases }),
        );
        let cells = self.cells.iter().map(|c| {
            json!({
                "measure": c.measure,
                "period": c.period.code(),
                "level": c.level.iter().map(|l| l.code.as_str()).collect::<Vec<_>>(),
                "before": c.before,
                "after": c.after,
                "because": c.because,
            })
        });
        json!({
            "definitions": definitions.collect::<Vec<_>>(),
            "verdicts": verdicts.collect::<Vec<_>>(),
            "cells": cells.collect::<Vec<_>>(),
        })
    }
}

fn said(verdict: Option<Verdict>) -> String {
    verdict.map_or_else(|| "no such case".to_owned(), |v| v.word().replace('_', " "))
}
