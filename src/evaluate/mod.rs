//! Cases and sources in, a verdict for each test, need, outcome, fact and claim out, with evidence.
//!
//! The tests of one unit are grouped by the source they read and the way its rows reach the unit;
//! each group is one fused `pass`. Needs come first: who has a need decides whose rows its
//! outcome reads.

mod case_needs;
mod cohort;
mod evidence;
mod frameworks;
mod pass;
mod results;
mod rule;
mod runs;
mod settle;
mod task;
mod unit_scope;

mod windows;

use std::collections::BTreeMap;

use polars::prelude::*;

pub use crate::definitions::verdict::Verdict;
pub(crate) use case_needs::UNDECIDED;
pub use evidence::{TestRows, VerdictLine, Verdicts, evidence};
pub use frameworks::qualified;
pub(crate) use unit_scope::{UnitScope, rests_on};
pub use unit_scope::{claim_column, fact_column, need_column, outcome_column};

use crate::calendar::Day;
use crate::columns::lower;
use crate::definitions::Definitions;
use crate::definitions::expression::Type;
use crate::definitions::measure::Fact;
use crate::definitions::test::TestKind;
use crate::definitions::unit::{Unit, UnitRows};
use crate::link::{Linked, with_parent};

use cohort::Cohort;
use pass::Pass;
use results::{open_of as open_column, value_of};
use settle::verdict_of;
use task::{Reach, Task, reach};
use windows::Windows;

/// Units with everything that has been found about them.
#[derive(Debug)]
pub struct Evaluated {
    /// What was read and linked.
    pub linked: Linked,
    /// The units by name, needs of cases among them, with verdicts beside their columns.
    pub units: BTreeMap<String, DataFrame>,
    /// The rows behind each test of needs and outcomes, if they were asked for: the test's name,
    /// and unit and row numbers.
    evidence: Vec<(String, DataFrame)>,
}

impl Evaluated {
    /// The identifier of the case at a place of the unit's frame.
    #[must_use]
    pub fn case_id(&self, case: u32) -> Option<&str> {
        let ids = self.units.get(frameworks::CASE)?.column("case_id").ok()?;
        let place = ids.as_materialized_series().u32().ok()?.get(case as usize)?;
        self.linked.inputs.rings.identifier(frameworks::CASE, place)
    }
}

/// The day to which a source is known: the day of judgement, or earlier if its feed is.
#[must_use]
pub fn horizon(definitions: &Definitions, linked: &Linked, source: &str) -> Day {
    let complete_to = linked.inputs.sources.get(source).and_then(|s| s.complete_to);
    complete_to.map_or(Day(i32::MIN / 2), |day| day.min(definitions.project.as_at))
}

/// Judges every unit. `progress` is told the title of each kind of unit before it is judged.
///
/// # Errors
/// When a date lies beyond the table of bank holidays, or the data frame library refuses.
pub fn evaluate(
    definitions: &Definitions,
    mut linked: Linked,
    with_evidence: bool,
    progress: &mut dyn FnMut(&str),
) -> PolarsResult<Evaluated> {
    case_needs::place_words(definitions, &mut linked.inputs.rings);
    let mut units = BTreeMap::new();
    let mut evidence = Vec::new();
    for unit in definitions.units.iter().filter(|u| u.rows != UnitRows::CaseNeeds) {
        let judged = judge(definitions, &linked, unit, with_evidence, &mut evidence, progress)?;
        units.insert(unit.id.clone(), judged);
    }
    for unit in definitions.units.iter().filter(|u| u.rows == UnitRows::CaseNeeds) {
        let none = DataFrame::empty();
        let cases = units.get(frameworks::CASE).unwrap_or(&none);
        let needs = case_needs::case_needs(definitions, &linked.inputs.rings, cases, unit)?;
        units.insert(unit.id.clone(), with_parent(definitions, &linked, unit, needs)?);
    }
    Ok(Evaluated { linked, units, evidence })
}

/// Judges all units of one kind.
fn judge(
    definitions: &Definitions,
    linked: &Linked,
    unit: &Unit,
    with_evidence: bool,
    evidence: &mut Vec<(String, DataFrame)>,
    progress: &mut dyn FnMut(&str),
) -> PolarsResult<DataFrame> {
    let mut windows = Windows::default();
    let is_case = unit.id == frameworks::CASE;
    let facts: Vec<&Fact> = definitions.facts.iter().filter(|f| f.unit == unit.id).collect();
    let mut first =
        if is_case { frameworks::need_tasks(definitions, &mut windows) } else { Vec::new() };
    let mut second =
        if is_case { frameworks::outcome_tasks(definitions, &mut windows) } else { Vec::new() };
    for fact in &facts {
        second.extend(fact_task(fact, &mut windows));
    }
    let mut cohort = Cohort::new(definitions, linked, unit, &windows)?;
    run_passes(&mut cohort, &mut first, with_evidence, evidence, progress)?;
    if is_case {
        progress("Needs");
        frameworks::decide_needs(&mut cohort)?;
    }
    run_passes(&mut cohort, &mut second, with_evidence, evidence, progress)?;
    if is_case {
        progress("Outcomes and claims");
        frameworks::decide_outcomes(&mut cohort)?;
        frameworks::decide_claims(&mut cohort)?;
    }
    facts_of_own_columns(&mut cohort, &facts)?;
    Ok(cohort.units)
}

/// The test behind a fact, if it reads rows.
fn fact_task<'d>(fact: &'d Fact, windows: &mut Windows) -> Option<Task<'d>> {
    let mut task = Task::of("fact", [&fact.test], None, false, windows).pop()?;
    task.key = fact_column(&fact.id);
    Some(task)
}

/// Groups tasks into passes and runs them.
fn run_passes<'a>(
    cohort: &mut Cohort<'a>,
    tasks: &mut Vec<Task<'a>>,
    with_evidence: bool,
    evidence: &mut Vec<(String, DataFrame)>,
    progress: &mut dyn FnMut(&str),
) -> PolarsResult<()> {
    let mut passes: BTreeMap<(String, Reach), Vec<Task<'a>>> = BTreeMap::new();
    for task in tasks.drain(..) {
        let source = cohort.definitions.source(&task.test.source);
        let way =
            source.and_then(|s| reach(cohort.definitions, cohort.linked, cohort.unit, s, &task));
        let Some(way) = way else {
            let why = format!("no way from `{}` to a {}", task.test.source, cohort.unit.id);
            return Err(PolarsError::ComputeError(format!("{}: {why}", task.key).into()));
        };
        passes.entry((task.test.source.clone(), way)).or_default().push(task);
    }
    for ((source, reach), tasks) in passes {
        let Some(source) = cohort.definitions.source(&source) else { continue };
        let horizon = horizon(cohort.definitions, cohort.linked, &source.id).0;
        progress(&format!("{}: {}", cohort.unit.title, source.title));
        let pass = Pass { source, reach, tasks, horizon };
        let counted = pass.run(cohort, with_evidence)?;
        pass.judge(cohort, &counted)?;
        evidence.extend(counted.evidence);
    }
    Ok(())
}

/// Facts that read no rows but the unit's own columns.
fn facts_of_own_columns(cohort: &mut Cohort<'_>, facts: &[&Fact]) -> PolarsResult<()> {
    let scope = UnitScope { definitions: cohort.definitions, linked: cohort.linked, period: None };
    let mut found = Vec::new();
    for fact in facts {
        let TestKind::When(condition) = &fact.test.kind else { continue };
        let column = fact_column(&fact.id);
        let value = lower(&condition.expr, &scope);
        if condition.ty == Type::YesNo {
            found.push(verdict_of(value.cast(DataType::Boolean)).alias(column.as_str()));
        } else {
            let value = value.cast(DataType::Float64);
            found.push(
                verdict_of(
                    when(value.clone().is_null())
                        .then(lit(NULL))
                        .otherwise(lit(true))
                        .cast(DataType::Boolean),
                )
                .alias(column.as_str()),
            );
            found.push(value.alias(value_of(&column)));
        }
        found.push(lit(false).alias(open_column(&column)));
    }
    if found.is_empty() {
        return Ok(());
    }
    let height = cohort.units.height();
    let found = cohort.units.clone().lazy().select(found).collect()?;
    for column in found.columns() {
        let column =
            if column.len() == height { column.clone() } else { column.new_from_index(0, height) };
        cohort.units.with_column(column)?;
    }
    Ok(())
}
