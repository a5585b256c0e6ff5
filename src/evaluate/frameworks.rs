//! Needs, then outcomes of every framework, for every case.

use polars::prelude::{Expr as Plan, *};

use crate::definitions::Definitions;
use crate::definitions::framework::Framework;
use crate::evaluate::Verdict;
use crate::evaluate::cohort::{Cohort, People};
use crate::evaluate::results::open_of;
use crate::evaluate::rule::RuleScope;
use crate::evaluate::settle::code;
use crate::evaluate::task::Task;
use crate::evaluate::unit_scope::{UnitScope, claim_column, need_column, outcome_column};
use crate::evaluate::windows::Windows;

/// The unit that frameworks judge.
pub(super) const CASE: &str = "case";

/// The name of a need, outcome or claim across frameworks.
#[must_use]
pub fn qualified(framework: &Framework, id: &str) -> String {
    format!("{}.{id}", framework.id)
}

pub(crate) fn need_owner(framework: &Framework, id: &str) -> String {
    format!("{}.need.{id}", framework.id)
}

pub(crate) fn outcome_owner(framework: &Framework, id: &str) -> String {
    format!("{}.outcome.{id}", framework.id)
}

pub(super) fn claim_owner(framework: &Framework, id: &str) -> String {
    format!("{}.claim.{id}", framework.id)
}

/// The tests that identify needs.
pub(super) fn need_tasks<'d>(definitions: &'d Definitions, windows: &mut Windows) -> Vec<Task<'d>> {
    let mut tasks = Vec::new();
    for framework in &definitions.frameworks {
        for need in &framework.needs {
            let owner = need_owner(framework, &need.id);
            let name = qualified(framework, &need.id);
            tasks.extend(Task::of(&owner, &need.tests, Some(&name), true, windows));
        }
    }
    tasks
}

/// The tests of outcomes and claims.
pub(super) fn outcome_tasks<'d>(
    definitions: &'d Definitions,
    windows: &mut Windows,
) -> Vec<Task<'d>> {
    let mut tasks = Vec::new();
    for framework in &definitions.frameworks {
        for outcome in &framework.outcomes {
            let owner = outcome_owner(framework, &outcome.id);
            let need = qualified(framework, &outcome.need);
            tasks.extend(Task::of(&owner, &outcome.tests, Some(&need), false, windows));
        }
        for claim in &framework.claims {
            let owner = claim_owner(framework, &claim.id);
            let claimed = claim_column(&qualified(framework, &claim.id));
            let of_claim = Task::of(&owner, &claim.tests, None, false, windows).into_iter();
            tasks.extend(of_claim.map(|t| Task { told_if: Some(claimed.clone()), ..t }));
        }
    }
    tasks
}

/// Decides every need.
pub(super) fn decide_needs(cohort: &mut Cohort<'_>) -> PolarsResult<()> {
    let definitions = cohort.definitions;
    let scope = UnitScope { definitions, linked: cohort.linked, period: None };
    let mut verdicts = Vec::new();
    for framework in &definitions.frameworks {
        let in_force = in_force(framework);
        for need in &framework.needs {
            let rule = RuleScope {
                owner: &need_owner(framework, &need.id),
                tests: &need.tests,
                other: &|_| lit(NULL),
                also_pending: None,
                unit: &scope,
            };
            let verdict = rule.verdict(&need.rule.expr);
            // Silence in a need is a no; a window that is still open is not.
            let undecided = verdict.clone().gt_eq(code(Verdict::Unknown));
            let verdict = when(in_force.clone().not())
                .then(code(Verdict::NotApplicable))
                .when(undecided)
                .then(code(Verdict::NotMet))
                .otherwise(verdict);
            let name = qualified(framework, &need.id);
            verdicts.push(verdict.alias(need_column(&name)));
            let open = any_open(
                need.tests.iter().map(|t| format!("{}.{}", need_owner(framework, &need.id), t.id)),
                &cohort.units,
            );
            verdicts.push(open.alias(open_of(&need_column(&name))));
        }
    }
    let found = cohort.units.clone().lazy().select(verdicts).collect()?;
    cohort.add_unit_columns(&found)
}

/// Whether a framework is in force for a case.
fn in_force(framework: &Framework) -> Plan {
    match &framework.valid {
        None => lit(true),
        Some(valid) => {
            let by = col(valid.by.as_str());
            let begun = by.clone().gt_eq(lit(valid.from.0));
            let not_over = valid.to.map_or_else(|| lit(true), |to| by.lt_eq(lit(to.0)));
            begun.and(not_over).fill_null(lit(false))
        }
    }
}

/// Whether a window behind one of these tests is still open.
pub(super) fn any_open(keys: impl Iterator<Item = String>, units: &DataFrame) -> Plan {
    keys.map(|key| open_of(&key))
        .filter(|column| units.column(column).is_ok())
        .map(col)
        .reduce(Plan::or)
        .unwrap_or_else(|| lit(false))
}

/// Says for every need who has it: the people its tests name; if they name nobody, the members of
/// its groups; if it has none, everybody.
pub(super) fn name_people(cohort: &mut Cohort<'_>) -> PolarsResult<()> {
    let definitions = cohort.definitions;
    for framework in &definitions.frameworks {
        for need in &framework.needs {
            let name = qualified(framework, &need.id);
            let owner = need_owner(framework, &need.id);
            let tasks = Task::of(&owner, &need.tests, Some(&name), true, &mut Windows::default());
            // Groups that depend on a window do not occur in needs, whose groups are as identified.
            let groups: Vec<_> =
                tasks.iter().map(|t| cohort.group(t)).collect::<PolarsResult<_>>()?;
            let verdicts = cohort.units.column(&need_column(&name))?.as_materialized_series();
            let met: Vec<bool> =
                verdicts.u32()?.iter().map(|v| v == Some(Verdict::Met as u32)).collect();
            let Some(people) = &mut cohort.people else { return Ok(()) };
            let named = tasks.iter().flat_map(|t| people.named(&t.key)).copied().collect();
            let grouped = groups.iter().flatten().flat_map(|g| g.iter()).copied().collect();
            let theirs = people_with_need(people, &met, [named, grouped]);
            people.record(name, theirs);
        }
    }
    Ok(())
}

/// The people with a need, in order: in each unit that has it, those of the first of these lists that
/// names anybody there, else everybody.
fn people_with_need(people: &People<'_>, met: &[bool], lists: [Vec<u32>; 2]) -> Vec<u32> {
    let mut open = met.to_vec();
    let mut found = Vec::new();
    for list in lists {
        let mut answered = Vec::new();
        for person in list {
            let Some(&unit) = people.units.get(person as usize) else { continue };
            if open.get(unit as usize) == Some(&true) {
                found.push(person);
                answered.push(unit);
            }
        }
        for unit in answered {
            open.get_mut(unit as usize).into_iter().for_each(|open| *open = false);
        }
    }
    let units = open.iter().enumerate().filter(|(_, open)| **open);
    found.extend(units.flat_map(|(unit, _)| people.of_unit(unit)));
    found.sort_unstable();
    found.dedup();
    found
}

/// Decides every outcome.
pub(super) fn decide_outcomes(cohort: &mut Cohort<'_>) -> PolarsResult<()> {
    let definitions = cohort.definitions;
    let scope = UnitScope { definitions, linked: cohort.linked, period: None };
    let mut found = Vec::new();
    for framework in &definitions.frameworks {
        for outcome in &framework.outcomes {
            let owner = outcome_owner(framework, &outcome.id);
            let rule = RuleScope {
                owner: &owner,
                tests: &outcome.tests,
                other: &|_| lit(NULL),
                also_pending: None,
                unit: &scope,
            };
            let need = col(need_column(&qualified(framework, &outcome.need)));
            let verdict = when(need.clone().eq(code(Verdict::Met)))
                .then(rule.verdict(&outcome.rule.expr))
                .when(need.eq(code(Verdict::Pending)))
                .then(code(Verdict::Pending))
                .otherwise(code(Verdict::NotApplicable));
            let column = outcome_column(&qualified(framework, &outcome.id));
            let keys = outcome.tests.iter().map(|t| format!("{owner}.{}", t.id));
            found.push(any_open(keys, &cohort.units).alias(open_of(&column)));
            found.push(verdict.alias(column));
        }
    }
    let found = cohort.units.clone().lazy().select(found).collect()?;
    cohort.add_unit_columns(&found)
}
