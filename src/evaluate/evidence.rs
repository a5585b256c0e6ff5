//! What an auditor re-performs: a line for each case and need, and the rows behind each test.

use std::borrow::Cow;

use polars::prelude::*;

use crate::calendar::Day;
use crate::columns::{ROW, Rings, exact};
use crate::definitions::Definitions;
use crate::definitions::framework::{Framework, Need, Outcome};
use crate::definitions::test::{Test, TestKind};
use crate::evaluate::frameworks::{CASE, need_tasks, outcome_tasks, qualified};
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
    pub reason: Cow<'a, str>,
    /// First day of the outcome's windows.
    pub window_start: Option<Day>,
    /// Last day of the outcome's windows.
    pub window_end: Option<Day>,
}

/// The rows behind one test: those in its window, of cases that have the need.
#[derive(Debug)]
pub struct TestRows<'a> {
    /// The test: `sf2022.need.domestic_abuse.incident`.
    pub test: String,
    /// The source that it reads.
    pub source: &'a str,
    /// Places of cases.
    cases: UInt32Chunked,
    /// Numbers of data rows in the file, from 1.
    rows: UInt32Chunked,
}

impl TestRows<'_> {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The place of the case and the number of the row.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<(u32, u32)> {
        Some((self.cases.get(at)?, self.rows.get(at)?))
    }
}

/// A test of an outcome with the columns that its line is written from.
struct TestColumns<'a> {
    test: &'a Test,
    verdicts: Option<UInt32Chunked>,
    /// Window columns, and the day to which the source is known; none for tests without rows.
    window: Option<(Int32Chunked, Int32Chunked, Day)>,
}

/// The verdicts of all cases, ready to be written line by line.
pub struct Verdicts<'a> {
    definitions: &'a Definitions,
    rings: &'a Rings,
    ids: UInt32Chunked,
    needs: Vec<NeedColumns<'a>>,
}

/// One need of one framework with the columns that its lines are written from.
struct NeedColumns<'a> {
    framework: &'a Framework,
    need: &'a Need,
    verdicts: UInt32Chunked,
    outcome: Option<(&'a Outcome, UInt32Chunked, Vec<TestColumns<'a>>)>,
}

impl<'a> Verdicts<'a> {
    /// Collects the columns.
    ///
    /// # Errors
    /// When a column is missing, which is a bug.
    pub fn new(definitions: &'a Definitions, evaluated: &'a Evaluated) -> PolarsResult<Self> {
        let rings = &evaluated.linked.inputs.rings;
        let Some(cases) = evaluated.units.get(CASE) else {
            let ids = UInt32Chunked::from_vec("case_id".into(), Vec::new());
            return Ok(Self { definitions, rings, ids, needs: Vec::new() });
        };
        let column = |name: &str| -> PolarsResult<UInt32Chunked> {
            Ok(cases.column(name)?.as_materialized_series().u32()?.rechunk().into_owned())
        };
        // The windows get the same numbers as when the cases were judged: the same walk over the
        // same definitions.
        let mut windows = Windows::default();
        need_tasks(definitions, &mut windows);
        let tasks = outcome_tasks(definitions, &mut windows);
        let mut needs = Vec::new();
        for framework in &definitions.frameworks {
            for need in &framework.needs {
                let outcome = match framework.outcome_of(&need.id) {
                    Some(o) => {
                        let verdicts = column(&outcome_column(&qualified(framework, &o.id)))?;
                        let tests = outcome_columns(definitions, evaluated, framework, o, &tasks)?;
                        Some((o, verdicts, tests))
                    }
                    None => None,
                };
                let verdicts = column(&need_column(&qualified(framework, &need.id)))?;
                needs.push(NeedColumns { framework, need, verdicts, outcome });
            }
        }
        Ok(Self { definitions, rings, ids: column("case_id")?, needs })
    }

    /// How many cases there are.
    #[must_use]
    pub fn cases(&self) -> usize {
        self.ids.len()
    }

    /// The lines of one case, by its place: one for each framework and need.
    pub fn of_case(&self, case: usize) -> impl Iterator<Item = VerdictLine<'_>> {
        let id = self.ids.get(case).and_then(|place| self.rings.identifier(CASE, place));
        let case_id = id.unwrap_or_default();
        self.needs.iter().map(move |columns| self.line(columns, case_id, case))
    }

    fn line<'l>(
        &'l self,
        columns: &'l NeedColumns<'a>,
        case_id: &'l str,
        case: usize,
    ) -> VerdictLine<'l> {
        let need_verdict = at(&columns.verdicts, case);
        let (outcome, outcome_verdict, reason, window) = match &columns.outcome {
            Some((outcome, verdicts, tests)) => {
                let verdict = at(verdicts, case);
                let reason = reason(self.definitions, need_verdict, verdict, tests, case);
                // Windows of an outcome that does not arise would only mislead.
                let arises = verdict != Verdict::NotApplicable;
                let window = if arises { span(tests, case) } else { (None, None) };
                (outcome.id.as_str(), verdict, reason, window)
            }
            None => ("", Verdict::NotApplicable, Cow::Borrowed("no_outcome"), (None, None)),
        };
        VerdictLine {
            case_id,
            framework: &columns.framework.id,
            need: &columns.need.id,
            need_verdict,
            outcome,
            outcome_verdict,
            reason,
            window_start: window.0,
            window_end: window.1,
        }
    }
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
) -> Cow<'static, str> {
    match need {
        Verdict::NotApplicable => return "outside_the_framework_dates".into(),
        Verdict::Pending => return "need_not_decided_yet".into(),
        Verdict::Met => {}
        _ => return "need_not_found".into(),
    }
    let deciding =
        tests.iter().find(|t| t.verdicts.as_ref().is_some_and(|v| at(v, case) == outcome));
    let word = match (outcome, deciding.and_then(|t| t.window.as_ref())) {
        (Verdict::Met, _) => return "met".into(),
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
        Some(test) => format!("{word}:{}", test.test.id).into(),
        None => word.into(),
    }
}

/// The days from the first of an outcome's windows to the last.
fn span(tests: &[TestColumns<'_>], case: usize) -> (Option<Day>, Option<Day>) {
    let windows = || tests.iter().filter_map(|t| t.window.as_ref());
    let first = windows().filter_map(|(start, _, _)| start.get(case)).min();
    let last = windows().filter_map(|(_, end, _)| end.get(case)).max();
    (first.map(Day), last.map(Day))
}

/// The rows behind each test of needs and outcomes, one test after the other, each in order of
/// case and row.
///
/// # Errors
/// When a column is missing, which is a bug.
pub fn evidence<'a>(
    definitions: &'a Definitions,
    evaluated: &'a Evaluated,
) -> PolarsResult<Vec<TestRows<'a>>> {
    let Some(cases) = evaluated.units.get(CASE) else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for framework in &definitions.frameworks {
        for need in &framework.needs {
            let needed = col(need_column(&qualified(framework, &need.id)));
            let with_need = cases
                .clone()
                .lazy()
                .filter(needed.eq(exact(Verdict::Met as u32)))
                .select([col(UNIT)]);
            let named = |kind: &str, owner: &str, test: &'a Test| {
                (format!("{}.{kind}.{owner}.{}", framework.id, test.id), test)
            };
            let needs = need.tests.iter().map(|t| named("need", &need.id, t));
            let outcome = framework.outcome_of(&need.id).into_iter();
            let outcomes = outcome.flat_map(|o| o.tests.iter().map(|t| named("outcome", &o.id, t)));
            for (key, test) in needs.chain(outcomes) {
                let TestKind::Rows(rows) = &test.kind else { continue };
                let Some((_, found)) = evaluated.evidence.iter().find(|(k, _)| *k == key) else {
                    continue;
                };
                let inner = JoinArgs::new(JoinType::Inner);
                let sorted = found
                    .clone()
                    .lazy()
                    .join(with_need.clone(), [col(UNIT)], [col(UNIT)], inner)
                    .sort([UNIT, ROW], SortMultipleOptions::default())
                    .collect()?;
                let numbers = |name: &str| -> PolarsResult<UInt32Chunked> {
                    Ok(sorted.column(name)?.as_materialized_series().u32()?.rechunk().into_owned())
                };
                all.push(TestRows {
                    test: key,
                    source: &rows.source,
                    cases: numbers(UNIT)?,
                    rows: numbers(ROW)?,
                });
            }
        }
    }
    Ok(all)
}
