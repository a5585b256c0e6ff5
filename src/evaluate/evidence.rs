//! What an auditor re-performs: a line for each case and need, and the rows behind each test.

use polars::prelude::*;

use crate::calendar::Day;
use crate::columns::ROW;
use crate::definitions::Definitions;
use crate::definitions::framework::{Framework, Outcome};
use crate::definitions::test::{Test, TestKind};
use crate::evaluate::frameworks::{CASE, qualified};
use crate::evaluate::task::Task;
use crate::evaluate::unit_scope::{need_column, outcome_column};
use crate::evaluate::windows::{Windows, end_of, start_of};
use crate::evaluate::{Evaluated, Verdict, horizon};
use crate::link::UNIT;

/// One case and need.
#[derive(Debug)]
pub struct VerdictLine<'a> {
    /// The case, by its own identifier.
    pub case_id: &'a str,
    /// The framework.
    pub framework: &'a str,
    /// The need.
    pub need: &'a str,
    /// Whether the need was there.
    pub need_verdict: Verdict,
    /// The outcome that answers it; empty if there is none.
    pub outcome: &'a str,
    /// Whether the outcome was reached and sustained.
    pub outcome_verdict: Verdict,
    /// What decided it, or what it waits for: `window_open:none`, `not_met:quiet`.
    pub reason: String,
    /// First day of the outcome's windows.
    pub window_start: Option<Day>,
    /// Last day of the outcome's windows.
    pub window_end: Option<Day>,
}

/// One row behind one test.
#[derive(Debug)]
pub struct EvidenceRow<'a> {
    /// The case, by its own identifier.
    pub case_id: &'a str,
    /// The test: `sf2022.need.domestic_abuse.incident`.
    pub test: &'a str,
    /// The source.
    pub source: &'a str,
    /// The data row in its file, from 1.
    pub row: u32,
}

/// A test of an outcome with the columns that its line is written from.
struct TestColumns<'a> {
    test: &'a Test,
    verdicts: Option<UInt32Chunked>,
    /// Window columns, and the day to which the source is known; none for tests without rows.
    window: Option<(Int32Chunked, Int32Chunked, Day)>,
}

/// Hands each case and need to `line`, in order of case, framework and need.
///
/// # Errors
/// When `line` gives one; or when a column is missing, which is a bug.
pub fn verdict_lines<E: From<PolarsError>>(
    definitions: &Definitions,
    evaluated: &Evaluated,
    mut line: impl FnMut(VerdictLine<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let Some(cases) = evaluated.units.get(CASE) else { return Ok(()) };
    let rings = &evaluated.linked.inputs.rings;
    let ids = cases.column("case_id")?.as_materialized_series().u32()?.clone();
    let verdicts = |column: &str| -> PolarsResult<UInt32Chunked> {
        Ok(cases.column(column)?.as_materialized_series().u32()?.clone())
    };
    // The windows get the same numbers as when the cases were judged: the same walk over the
    // same definitions.
    let mut windows = Windows::default();
    super::frameworks::need_tasks(definitions, &mut windows);
    let mut needs = Vec::new();
    for framework in &definitions.frameworks {
        for need in &framework.needs {
            let needed = verdicts(&need_column(&qualified(framework, &need.id)))?;
            needs.push((framework, need, needed, framework.outcome_of(&need.id)));
        }
    }
    let tasks = super::frameworks::outcome_tasks(definitions, &mut windows);
    let mut lines = Vec::new();
    for (framework, need, needed, outcome) in needs {
        let columns = match outcome {
            Some(o) => {
                let verdict = verdicts(&outcome_column(&qualified(framework, &o.id)))?;
                Some((o, verdict, outcome_columns(definitions, evaluated, framework, o, &tasks)?))
            }
            None => None,
        };
        lines.push((framework, need, needed, columns));
    }
    for case in 0..cases.height() {
        let case_id = ids.get(case).and_then(|p| rings.identifier(CASE, p)).unwrap_or_default();
        for (framework, need, needed, outcome) in &lines {
            let need_verdict = at(needed, case);
            let (outcome_id, outcome_verdict, reason, span) = match outcome {
                Some((o, verdict, tests)) => {
                    let verdict = at(verdict, case);
                    let reason = reason(definitions, need_verdict, verdict, tests, case);
                    (o.id.as_str(), verdict, reason, span(tests, case))
                }
                None => ("", Verdict::NotApplicable, "no_outcome".to_owned(), (None, None)),
            };
            line(VerdictLine {
                case_id,
                framework: &framework.id,
                need: &need.id,
                need_verdict,
                outcome: outcome_id,
                outcome_verdict,
                reason,
                window_start: span.0,
                window_end: span.1,
            })?;
        }
    }
    Ok(())
}

fn at(codes: &UInt32Chunked, row: usize) -> Verdict {
    let index = codes.get(row).unwrap_or(Verdict::Unknown as u32);
    Verdict::ALL.get(index as usize).copied().unwrap_or(Verdict::Unknown)
}

fn outcome_columns<'d>(
    definitions: &Definitions,
    evaluated: &Evaluated,
    framework: &Framework,
    outcome: &'d Outcome,
    tasks: &[Task<'_>],
) -> PolarsResult<Vec<TestColumns<'d>>> {
    let Some(cases) = evaluated.units.get(CASE) else { return Ok(Vec::new()) };
    let owner = format!("{}.outcome.{}", framework.id, outcome.id);
    let mut found = Vec::new();
    for test in &outcome.tests {
        let key = format!("{owner}.{}", test.id);
        let verdicts = match cases.column(&key) {
            Ok(column) => Some(column.as_materialized_series().u32()?.clone()),
            Err(_) => None,
        };
        let window = match (tasks.iter().find(|t| t.key == key), &test.kind) {
            (Some(task), TestKind::Rows(rows)) => {
                let days = |name: String| -> PolarsResult<Int32Chunked> {
                    Ok(cases.column(&name)?.as_materialized_series().i32()?.clone())
                };
                let known_to = horizon(definitions, &evaluated.linked, &rows.source);
                Some((days(start_of(task.window))?, days(end_of(task.window))?, known_to))
            }
            _ => None,
        };
        found.push(TestColumns { test, verdicts, window });
    }
    Ok(found)
}

/// What decided an outcome, or what it waits for.
fn reason(
    definitions: &Definitions,
    need: Verdict,
    outcome: Verdict,
    tests: &[TestColumns<'_>],
    case: usize,
) -> String {
    match need {
        Verdict::NotApplicable => return "outside_the_framework_dates".to_owned(),
        Verdict::Pending => return "need_not_decided_yet".to_owned(),
        Verdict::Met => {}
        _ => return "need_not_found".to_owned(),
    }
    let deciding =
        tests.iter().find(|t| t.verdicts.as_ref().is_some_and(|v| at(v, case) == outcome));
    let word = match (outcome, deciding.and_then(|t| t.window.as_ref())) {
        (Verdict::Met, _) => return "met".to_owned(),
        (Verdict::Pending, Some((start, end, known_to))) => {
            match (start.get(case), end.get(case)) {
                (Some(_), Some(end)) if end > definitions.project.as_at.0 => "window_open",
                (Some(_), Some(end)) if end > known_to.0 => "feed_incomplete",
                (Some(_), Some(_)) => "baseline_open",
                _ => "date_missing",
            }
        }
        (Verdict::Unknown, _) => "no_data",
        (other, _) => other.word(),
    };
    match deciding {
        Some(test) => format!("{word}:{}", test.test.id),
        None => word.to_owned(),
    }
}

/// The days from the first of an outcome's windows to the last.
fn span(tests: &[TestColumns<'_>], case: usize) -> (Option<Day>, Option<Day>) {
    let windows = || tests.iter().filter_map(|t| t.window.as_ref());
    let first = windows().filter_map(|(start, _, _)| start.get(case)).min();
    let last = windows().filter_map(|(_, end, _)| end.get(case)).max();
    (first.map(Day), last.map(Day))
}

/// Hands the rows behind each test of needs and outcomes to `row`: only of cases that have the
/// need, in order of test, case and row.
///
/// # Errors
/// When `row` gives one; or when a column is missing, which is a bug.
pub fn evidence_rows<E: From<PolarsError>>(
    definitions: &Definitions,
    evaluated: &Evaluated,
    mut row: impl FnMut(EvidenceRow<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let Some(cases) = evaluated.units.get(CASE) else { return Ok(()) };
    let rings = &evaluated.linked.inputs.rings;
    let ids = cases.column("case_id")?.as_materialized_series().u32()?.clone();
    for framework in &definitions.frameworks {
        for need in &framework.needs {
            let met = cases
                .column(&need_column(&qualified(framework, &need.id)))?
                .as_materialized_series()
                .u32()?
                .clone();
            let outcome = framework.outcome_of(&need.id);
            let needs = need
                .tests
                .iter()
                .map(|t| (format!("{}.need.{}.{}", framework.id, need.id, t.id), t));
            let outcomes = outcome.into_iter().flat_map(|o| {
                o.tests.iter().map(|t| (format!("{}.outcome.{}.{}", framework.id, o.id, t.id), t))
            });
            for (key, test) in needs.chain(outcomes) {
                let TestKind::Rows(rows) = &test.kind else { continue };
                let Some((_, found)) = evaluated.evidence.iter().find(|(k, _)| *k == key) else {
                    continue;
                };
                let sorted = found
                    .clone()
                    .lazy()
                    .sort([UNIT, ROW], SortMultipleOptions::default())
                    .collect()?;
                let numbers = |name: &str| -> PolarsResult<UInt32Chunked> {
                    Ok(sorted.column(name)?.as_materialized_series().u32()?.clone())
                };
                let pairs = (numbers(UNIT)?, numbers(ROW)?);
                for (unit, number) in pairs.0.iter().zip(pairs.1.iter()) {
                    let (Some(unit), Some(number)) = (unit, number) else { continue };
                    if at(&met, unit as usize) != Verdict::Met {
                        continue;
                    }
                    let case_id = ids.get(unit as usize).and_then(|p| rings.identifier(CASE, p));
                    row(EvidenceRow {
                        case_id: case_id.unwrap_or_default(),
                        test: &key,
                        source: &rows.source,
                        row: number,
                    })?;
                }
            }
        }
    }
    Ok(())
}
