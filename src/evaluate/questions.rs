//! What tests ask of their rows, answered. Tests that ask the same are answered together, whatever
//! rows and windows they have; and those who have no rows get one answer for each way in which the
//! windows can stand, because it depends on nothing else.

use std::sync::Arc;

use polars::prelude::{Expr as Plan, *};

use crate::calendar::WorkingDays;
use crate::columns::{Lowering, Rings, lower, of_height};
use crate::definitions::expression::{Expr as Ask, Name, Reads, RowFunction};
use crate::evaluate::Verdict;
use crate::evaluate::aggregate::{Counted, ROW_COUNT, result_of};
use crate::evaluate::cohort::{Cohort, lent};
use crate::evaluate::parcels::together;
use crate::evaluate::parts::without_parts;
use crate::evaluate::pass::Pass;
use crate::evaluate::settle::{code, settle, silence};
use crate::evaluate::standing::{Standing, Standings, closing};
use crate::evaluate::task::{Task, functions, unit_columns};
use crate::evaluate::windows::{end_of, start_of};
use crate::link::{Linked, PARENT};

/// A verdict, and the number behind it where one was asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answer {
    pub(super) verdict: Verdict,
    pub(super) value: Option<f64>,
}

/// The answers to one task.
pub(super) struct Answers {
    /// Of those who have rows, in the order in which they were counted.
    pub(super) with_rows: Vec<Answer>,
    without_rows: Vec<Answer>,
    by_unit: bool,
}

impl Answers {
    /// The answer of each unit, and of people in it, without rows.
    pub(super) fn without_rows<'a>(
        &'a self,
        task: &'a Task<'_>,
        standings: &'a Standings,
    ) -> impl Fn(usize) -> Answer + 'a {
        let splits = task.test.splits.as_ref();
        let window = standings.of(task.window);
        let baseline = task.baseline.map(|b| standings.of(b));
        move |unit| {
            let found = if self.by_unit {
                self.without_rows.get(unit)
            } else {
                let standing = |all: &[Standing]| all.get(unit).map_or(0, |s| *s as usize);
                let baseline = baseline.map_or(0, standing);
                self.without_rows.get(baseline * Standing::ALL.len() + standing(window))
            };
            let found = found.copied().unwrap_or(Answer { verdict: Verdict::Unknown, value: None });
            match splits {
                Some(splits) => {
                    let grows = standings.may_grow(task, unit);
                    let verdict = without_parts(splits.pass, found.verdict, grows);
                    Answer { verdict, ..found }
                }
                None => found,
            }
        }
    }
}

/// One question, and the places of the tasks that ask it.
struct Question<'d> {
    asks: &'d Ask,
    gives_value: bool,
    silence: Option<Verdict>,
    has_baseline: bool,
    /// Whether the answer depends on the unit and the days of its windows, and not only on how
    /// these stand.
    about_the_unit: bool,
    tasks: Vec<usize>,
}

/// The column with the standing of the window, and of the baseline.
const WINDOW: &str = "window";
const BASELINE: &str = "baseline";
/// The first and the last day of a window, and how many days it has.
fn first_day(window: &str) -> String {
    format!("first day of {window}")
}
fn last_day(window: &str) -> String {
    format!("last day of {window}")
}

impl<'d> Pass<'d> {
    /// The answers to all tasks, from what was counted for each.
    pub(super) fn answers(
        &self,
        cohort: &Cohort<'d>,
        standings: &Standings,
        counted: &[Counted],
    ) -> PolarsResult<Vec<Answers>> {
        let mut found = Vec::new();
        for question in self.questions() {
            let asking = question.tasks.iter();
            let asking: Vec<(usize, &Task<'d>, &Counted)> = asking
                .filter_map(|&at| Some((at, self.tasks.get(at)?, counted.get(at)?)))
                .collect();
            found.extend(question.answers(cohort, standings, &asking)?);
        }
        found.sort_unstable_by_key(|(at, _)| *at);
        Ok(found.into_iter().map(|(_, answers)| answers).collect())
    }

    /// What the tasks ask, each thing once.
    fn questions(&self) -> Vec<Question<'d>> {
        let mut questions: Vec<Question<'d>> = Vec::new();
        for (at, task) in self.tasks.iter().enumerate() {
            let question = Question {
                asks: task.asks(),
                gives_value: task.gives_value(),
                silence: silence(task.test.missing, self.source.no_rows),
                has_baseline: task.baseline.is_some(),
                about_the_unit: is_about_the_unit(task.asks()),
                tasks: vec![at],
            };
            match questions.iter_mut().find(|q| q.is_the_same(&question)) {
                Some(same) => same.tasks.push(at),
                None => questions.push(question),
            }
        }
        questions
    }
}

impl<'d> Question<'d> {
    fn is_the_same(&self, other: &Self) -> bool {
        let how = |q: &Self| (q.gives_value, q.silence, q.has_baseline);
        how(self) == how(other) && self.asks == other.asks
    }

    /// The answers to the tasks that ask this, each with its place in the pass.
    fn answers(
        &self,
        cohort: &Cohort<'d>,
        standings: &Standings,
        asking: &[(usize, &Task<'d>, &Counted)],
    ) -> PolarsResult<Vec<(usize, Answers)>> {
        let Some((_, _, any)) = asking.first() else { return Ok(Vec::new()) };
        let mut frames = Vec::new();
        for (_, task, counted) in asking {
            let columns = counted.columns.clone();
            frames.push(self.situated(cohort, standings, task, &counted.units, columns)?);
        }
        let all_units: Vec<u32> = (0..).take(cohort.units.height()).collect();
        if self.about_the_unit {
            for (_, task, _) in asking {
                let nothing = nothing_counted(&any.columns, all_units.len());
                frames.push(self.situated(cohort, standings, task, &all_units, nothing)?);
            }
        } else {
            frames.push(self.in_every_standing(&any.columns)?);
        }
        let answers = self.answer(cohort.linked, together(frames)?)?;
        let (mut with_rows, mut without_rows) =
            (0, asking.iter().map(|(.., counted)| counted.groups.len()).sum::<usize>());
        let mut found = Vec::new();
        for (at, _, counted) in asking {
            let some = |first: usize, count: usize| {
                answers.iter().skip(first).take(count).copied().collect::<Vec<_>>()
            };
            found.push((
                *at,
                Answers {
                    with_rows: some(with_rows, counted.groups.len()),
                    without_rows: match self.about_the_unit {
                        true => some(without_rows, all_units.len()),
                        false => some(without_rows, usize::MAX),
                    },
                    by_unit: self.about_the_unit,
                },
            ));
            with_rows += counted.groups.len();
            if self.about_the_unit {
                without_rows += all_units.len();
            }
        }
        Ok(found)
    }

    /// What was counted, with how the windows stand, and what the question asks of the units.
    fn situated(
        &self,
        cohort: &Cohort<'d>,
        standings: &Standings,
        task: &Task<'d>,
        units: &[u32],
        mut columns: Vec<Column>,
    ) -> PolarsResult<DataFrame> {
        let windows = [(WINDOW, Some(task.window)), (BASELINE, task.baseline)];
        for (name, window) in windows {
            let Some(window) = window else { continue };
            let all = standings.of(window);
            let standing = |unit: &u32| all.get(*unit as usize).map_or(0, |s| *s as u32);
            columns.push(Column::new(name.into(), units.iter().map(standing).collect::<Vec<_>>()));
        }
        if self.about_the_unit {
            let mut lends = unit_columns(self.asks);
            lends.sort_unstable();
            lends.dedup();
            columns.extend(cohort.lent_to(units, &lends)?);
            let places = IdxCa::from_slice(PlSmallStr::EMPTY, units);
            for (name, window) in windows {
                let Some(window) = window else { continue };
                let day = |of_window: String, name: String| -> PolarsResult<Column> {
                    Ok(cohort.units.column(&of_window)?.take(&places)?.with_name(name.into()))
                };
                columns.push(day(start_of(window), first_day(name))?);
                columns.push(day(end_of(window), last_day(name))?);
            }
        }
        DataFrame::new(units.len(), columns)
    }

    /// No rows, in every standing of window and baseline.
    fn in_every_standing(&self, counted: &[Column]) -> PolarsResult<DataFrame> {
        let standings = || (0_u32..).take(Standing::ALL.len());
        let baselines: Vec<u32> = if self.has_baseline { standings().collect() } else { vec![0] };
        let all: Vec<(u32, u32)> =
            baselines.iter().flat_map(|&b| standings().map(move |w| (w, b))).collect();
        let mut columns = nothing_counted(counted, all.len());
        columns.push(Column::new(WINDOW.into(), all.iter().map(|a| a.0).collect::<Vec<_>>()));
        if self.has_baseline {
            columns.push(Column::new(BASELINE.into(), all.iter().map(|a| a.1).collect::<Vec<_>>()));
        }
        DataFrame::new(all.len(), columns)
    }

    /// Answers the question for each row.
    fn answer(&self, linked: &Linked, frame: DataFrame) -> PolarsResult<Vec<Answer>> {
        let scope = QuestionScope { linked, functions: functions(self.asks) };
        let window = closing(WINDOW);
        let baseline = self.has_baseline.then(|| closing(BASELINE));
        let rows = col(ROW_COUNT).fill_null(lit(0.0));
        let height = frame.height();
        let mut plans = Vec::new();
        if self.gives_value {
            let window_finished = window.finished.clone();
            let (finished, never) = match baseline {
                Some(b) => (window.finished.and(b.finished), window.never.or(b.never)),
                None => (window.finished, window.never),
            };
            let silent = self.silence.map_or_else(|| lit(false), |_| rows.eq(lit(0.0)));
            let silence = self.silence.unwrap_or(Verdict::Unknown);
            let value = when(finished.clone().and(silent.clone().not()))
                .then(lower(self.asks, &scope).cast(DataType::Float64))
                .otherwise(lit(NULL).cast(DataType::Float64));
            let verdict = when(window_finished.and(silent))
                .then(code(silence))
                .when(finished.or(never).not())
                .then(code(Verdict::Pending))
                .when(value.clone().is_null())
                .then(code(Verdict::Unknown))
                .otherwise(code(Verdict::Met));
            plans.extend([verdict.alias(VERDICT), value.alias(VALUE)]);
        } else {
            let verdict = settle(self.asks, &scope, rows, &window, baseline.as_ref(), self.silence);
            plans.push(verdict.alias(VERDICT));
        }
        let found = frame.lazy().select(plans).collect()?;
        let verdicts = of_height(found.column(VERDICT)?, height);
        let verdicts = verdicts.as_materialized_series().u32()?.iter().map(verdict_at);
        if !self.gives_value {
            return Ok(verdicts.map(|verdict| Answer { verdict, value: None }).collect());
        }
        let values = of_height(found.column(VALUE)?, height);
        let values = values.as_materialized_series().f64()?.iter();
        Ok(verdicts.zip(values).map(|(verdict, value)| Answer { verdict, value }).collect())
    }
}

const VERDICT: &str = "verdict";
const VALUE: &str = "value";

/// The verdict that a number in a column stands for; unknown where there is none.
pub(super) fn verdict_at(code: Option<u32>) -> Verdict {
    let found = code.and_then(|code| Verdict::ALL.get(code as usize));
    found.copied().unwrap_or(Verdict::Unknown)
}

/// What is counted where there are no rows, for so many.
fn nothing_counted(counted: &[Column], height: usize) -> Vec<Column> {
    let nothing = |c: &Column| Column::full_null(c.name().clone(), height, c.dtype());
    counted.iter().map(nothing).collect()
}

/// Whether an expectation depends on the unit's columns or on the days of the window.
fn is_about_the_unit(asks: &Ask) -> bool {
    let mut found = false;
    asks.walk(&mut |e| {
        found |= matches!(
            e,
            Ask::Name(Name::Unit(_) | Name::Parent(_) | Name::WindowStart | Name::WindowEnd)
                | Ask::Rows(_, RowFunction::DaysInWindow)
        );
    });
    found
}

/// Expectations see what has been counted, the unit, and the window.
struct QuestionScope<'a> {
    linked: &'a Linked,
    functions: Vec<(Reads, &'a RowFunction)>,
}

impl Lowering for QuestionScope<'_> {
    fn name(&self, name: &Name) -> Plan {
        match name {
            Name::Unit(column) => col(lent(column)),
            Name::Parent(column) => col(lent(&format!("{PARENT}{column}"))),
            Name::WindowStart => col(first_day(WINDOW)),
            Name::WindowEnd => col(last_day(WINDOW)),
            _ => lit(NULL),
        }
    }

    fn rows(&self, reads: Reads, function: &RowFunction) -> Plan {
        if *function == RowFunction::DaysInWindow {
            let window = if reads == Reads::Window { WINDOW } else { BASELINE };
            let days = col(last_day(window)) - col(first_day(window)) + lit(1);
            let days = when(days.clone().lt(lit(0))).then(lit(0)).otherwise(days);
            return days.cast(DataType::Float64);
        }
        let Some(number) = self.functions.iter().position(|(r, f)| *r == reads && *f == function)
        else {
            return lit(NULL);
        };
        let counted = col(result_of(number));
        let or_none = || counted.clone().fill_null(lit(0.0));
        match function {
            RowFunction::Count
            | RowFunction::CountDistinct(_)
            | RowFunction::Sum(_)
            | RowFunction::DaysCovered(_)
            | RowFunction::LongestRun(_) => or_none(),
            RowFunction::Has(_) => or_none().gt(lit(0.0)),
            RowFunction::Every(_) | RowFunction::NoneOf(_) => or_none().eq(lit(0.0)),
            _ => counted,
        }
    }

    fn rings(&self) -> &Rings {
        &self.linked.inputs.rings
    }

    fn working_days(&self) -> &Arc<WorkingDays> {
        &self.linked.inputs.working_days
    }
}
