//! The table at the head of a report, and the findings in words under it.

use crate::calendar::PeriodKind;
use crate::definitions::Definitions;
use crate::definitions::measure::{Interval, Measure, MeasureKind};
use crate::protect::{PublishedCell, Shown};
use crate::report::document::{Block, Head, Row, Section, Table, TableCell};
use crate::report::figures::{Cells, by_decision};
use crate::report::plan::Plan;
use crate::report::sentences::{
    Change, change, clustered, finding, made_of, provisional, standing, target_words,
};

/// What a value is made of, and how many answers are missing in it.
fn made_of_all(measure: &Measure, unit: &str, cell: &PublishedCell) -> String {
    let of = made_of(measure, unit, cell).unwrap_or_else(|| "A count".to_owned());
    let asks = measure.kind.asks_each_unit();
    let of = match by_decision(cell) {
        Some(decided) => format!("{of}; by decision: {decided}"),
        None => of,
    };
    match cell.unknown() {
        Shown::Number(unknown) if asks && !unknown.is_zero() => format!("{of}; no data: {unknown}"),
        Shown::Symbol(symbol) if asks && cell.value().number().is_some() => {
            format!("{of}; no data: {}", symbol.shorthand())
        }
        _ => of,
    }
}

/// The section at the head: one line a measure, and what changed.
pub(super) fn section(
    definitions: &Definitions,
    plan: &Plan<'_>,
    cells: Cells<'_>,
) -> Option<Section> {
    let mut rows = Vec::new();
    let mut findings = Vec::new();
    for id in &plan.pack.headlines {
        let Some(measure) = definitions.measure(id) else { continue };
        let Some(table) = cells.table(id, &[]) else { continue };
        let period = plan.ripe(id, plan.pack.headline_period);
        let Some(now) = cells.whole(id, period) else { continue };
        let before = cells.whole(id, now.period().a_year_before());
        let percent = matches!(measure.kind, MeasureKind::Proportion { .. });
        let target = measure.target(period);
        let standing = match (target, now.value().number()) {
            (Some(t), Some(v)) if !provisional(now) => {
                standing(t, v, if percent { 100.0 } else { 1.0 }).to_owned()
            }
            (Some(_), Some(_)) => "Provisional".to_owned(),
            (Some(_), None) => "Not shown".to_owned(),
            (None, _) => "No target".to_owned(),
        };
        let compared = before.map_or("Nothing to compare with", |b| match change(now, b) {
            Change::Higher if clustered(definitions, measure) => "Higher; how sure cannot be said",
            Change::Lower if clustered(definitions, measure) => "Lower; how sure cannot be said",
            Change::Higher => "Clearly higher",
            Change::Lower => "Clearly lower",
            Change::NotClear => "No clear change",
            Change::NotKnown if measure.interval == Interval::None => "A count: see the chart",
            Change::NotKnown => "Not known",
        });
        let words = |text: String| TableCell::Words(text);
        rows.push(Row {
            head: measure.title.clone(),
            cells: vec![
                TableCell::Figure(now.value()),
                words(made_of_all(measure, table.unit(), now)),
                words(match (now.lower().number(), now.upper().number()) {
                    (Some(low), Some(high)) => format!("{low} to {high}"),
                    _ => "None".to_owned(),
                }),
                words(now.period().label()),
                before.map_or_else(|| words("None".to_owned()), |b| TableCell::Figure(b.value())),
                words(compared.to_owned()),
                words(target.map_or_else(|| "None".to_owned(), |t| target_words(t, percent))),
                words(standing),
            ],
        });
        findings.push(finding(definitions, measure, table.unit(), now, before));
    }
    if rows.is_empty() {
        return None;
    }
    let head = |text: &str, numeric| Head { text: text.to_owned(), numeric };
    let noun = match plan.pack.headline_period {
        PeriodKind::Month => "month",
        PeriodKind::Quarter => "quarter",
        PeriodKind::FinancialYear => "year",
        PeriodKind::FinancialYearToDate => "year to date",
        PeriodKind::Rolling12Months => "twelve months",
    };
    let is = if plan.pack.headline_period == PeriodKind::Rolling12Months { "are" } else { "is" };
    let table = Table {
        caption: format!("The headline measures, each in the newest {noun} that {is} known"),
        head: vec![
            head("Measure", false),
            head("Value", true),
            head("Made of", false),
            head("95% interval", false),
            head("Period", false),
            head("A year before", true),
            head("Change", false),
            head("Target", false),
            head("Against target", false),
        ],
        rows,
    };
    Some(Section {
        id: "headlines".to_owned(),
        title: "What do the headline measures say?".to_owned(),
        intro: format!(
            "Each measure is shown for the newest {noun} in which at most one answer in twenty is still outstanding. Measures that follow families up after closing are therefore about families who closed some time ago. “Clearly” means that the two 95% intervals do not meet."
        ),
        blocks: vec![Block::Table(table), Block::Findings(findings)],
    })
}
