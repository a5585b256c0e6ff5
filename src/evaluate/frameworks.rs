//! Needs, then outcomes, then claims of every framework, for every case.

use polars::prelude::{Expr as Plan, *};

use crate::columns::Lowering;
use crate::definitions::Definitions;
use crate::definitions::expression::Name;
use crate::definitions::framework::{Claim, Framework, Need};
use crate::evaluate::{Verdict, overrides};
use crate::evaluate::cohort::{Cohort, has_need};
use crate::evaluate::folds::{Groups, yes_no};
use crate::evaluate::results::{names_of, open_of};
use crate::evaluate::rule::RuleScope;
use crate::evaluate::settle::code;
use crate::evaluate::task::Task;
use crate::evaluate::unit_scope::{UnitScope, claim_column, need_column, outcome_column, truth};
use crate::evaluate::windows::Windows;

/// The unit that frameworks judge.
pub(super) const CASE: &str = "case";

/// The name of a need, outcome or claim across frameworks.
#[must_use]
pub fn qualified(framework: &Framework, id: &str) -> String {
    format!("{}.{id}", framework.id)
}

fn need_owner(framework: &Framework, id: &str) -> String {
    format!("{}.need.{id}", framework.id)
}

fn outcome_owner(framework: &Framework, id: &str) -> String {
    format!("{}.outcome.{id}", framework.id)
}

fn claim_owner(framework: &Framework, id: &str) -> String {
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
            tasks.extend(Task::of(&owner, &claim.tests, None, false, windows));
        }
    }
    tasks
}

/// Decides every need, and says which people have it.
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
    cohort.add_unit_columns(&found)?;
    name_people(cohort)
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
fn any_open(keys: impl Iterator<Item = String>, units: &DataFrame) -> Plan {
    keys.map(|key| open_of(&key))
        .filter(|column| units.column(column).is_ok())
        .map(col)
        .reduce(Plan::or)
        .unwrap_or_else(|| lit(false))
}

/// Says for every need who has it: the people its tests name; if they name nobody, the members of
/// its groups; if it has none, everybody. All needs at once, because families are many.
fn name_people(cohort: &mut Cohort<'_>) -> PolarsResult<()> {
    let definitions = cohort.definitions;
    let mut flags = Vec::new();
    let mut needs = Vec::new();
    for framework in &definitions.frameworks {
        for need in &framework.needs {
            let name = qualified(framework, &need.id);
            let (named, grouped) = people_of_tests(cohort, framework, need)?;
            flags.push(named.alias(format!("named {name}")));
            flags.push(grouped.alias(format!("grouped {name}")));
            needs.push(name);
        }
    }
    let Some(people) = &cohort.people else { return Ok(()) };
    let height = people.frame.height();
    let flags = people.frame.clone().lazy().select(flags).collect()?;
    let by_unit = Groups { places: &people.units, count: cohort.units.height() };
    let mut has = Vec::new();
    for name in needs {
        let named = yes_no(flags.column(&format!("named {name}"))?, height)?;
        let grouped = yes_no(flags.column(&format!("grouped {name}"))?, height)?;
        let (any_named, any_grouped) = (by_unit.any(&named), by_unit.any(&grouped));
        let verdicts = cohort.units.column(&need_column(&name))?.as_materialized_series().u32()?;
        let met: Vec<bool> = verdicts.iter().map(|v| v == Some(Verdict::Met as u32)).collect();
        let yes = |flags: &BooleanChunked, at: usize| flags.get(at) == Some(true);
        let theirs = people.units.iter().enumerate().map(|(person, &unit)| {
            let unit = unit as usize;
            met.get(unit) == Some(&true)
                && if yes(&any_named, unit) {
                    yes(&named, person)
                } else {
                    !yes(&any_grouped, unit) || yes(&grouped, person)
                }
        });
        let theirs: BooleanChunked = theirs.collect();
        has.push(theirs.with_name(has_need(&name).into()).into_column());
    }
    cohort.add_people_columns(DataFrame::new(height, has)?)
}

/// Whom the tests of a need name, and who is in their groups, as yes/no columns of the people.
fn people_of_tests(
    cohort: &mut Cohort<'_>,
    framework: &Framework,
    need: &Need,
) -> PolarsResult<(Plan, Plan)> {
    let name = qualified(framework, &need.id);
    let owner = need_owner(framework, &need.id);
    let tasks = Task::of(&owner, &need.tests, Some(&name), true, &mut Windows::default());
    let mut named = Vec::new();
    let mut grouped = Vec::new();
    for task in &tasks {
        // Groups that depend on a window do not occur in needs, whose groups are as identified.
        if let Some(group) = cohort.group_column(task)? {
            grouped.push(col(group));
        }
        let column = names_of(&task.key);
        let people = cohort.people.as_ref().map(|p| &p.frame);
        if people.is_some_and(|p| p.column(&column).is_ok()) {
            named.push(col(column));
        }
    }
    let any = |all: Vec<Plan>| {
        let any = all.into_iter().reduce(Plan::or).unwrap_or_else(|| lit(false));
        any.fill_null(lit(false))
    };
    Ok((any(named), any(grouped)))
}

/// Decides every outcome.
pub(super) fn decide_outcomes(cohort: &mut Cohort<'_>) -> PolarsResult<()> {
    let definitions = cohort.definitions;
    let scope = UnitScope { definitions, linked: cohort.linked, period: None };
    for framework in &definitions.frameworks {
        let roles = overrides::roles(cohort, framework)?;
        cohort.add_unit_columns(&DataFrame::new(cohort.units.height(), roles)?)?;
    }
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
            let may_be_decided =
                framework.discretion.as_ref().is_some_and(|o| o.outcomes.contains(&outcome.id));
            let verdict = if may_be_decided {
                found.push(verdict.clone().alias(overrides::by_rule(&column)));
                let lacks = verdict.clone().eq(code(Verdict::NotMet)).or(verdict.clone().eq(code(Verdict::Unknown)));
                let decided = col(overrides::role_of(&column)).is_not_null();
                when(lacks.and(decided)).then(code(Verdict::Met)).otherwise(verdict)
            } else {
                verdict
            };
            let keys = outcome.tests.iter().map(|t| format!("{owner}.{}", t.id));
            found.push(any_open(keys, &cohort.units).alias(open_of(&column)));
            found.push(verdict.alias(column));
        }
    }
    let found = cohort.units.clone().lazy().select(found).collect()?;
    cohort.add_unit_columns(&found)
}

/// Decides every claim.
pub(super) fn decide_claims(cohort: &mut Cohort<'_>) -> PolarsResult<()> {
    let definitions = cohort.definitions;
    let mut found = Vec::new();
    for framework in &definitions.frameworks {
        for claim in &framework.claims {
            found.extend(decide_claim(cohort, framework, claim));
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    let found = cohort.units.clone().lazy().select(found).collect()?;
    cohort.add_unit_columns(&found)
}

fn decide_claim(cohort: &Cohort<'_>, framework: &Framework, claim: &Claim) -> Vec<Plan> {
    let definitions = cohort.definitions;
    let scope = UnitScope { definitions, linked: cohort.linked, period: None };
    let has =
        |need: &Need| col(need_column(&qualified(framework, &need.id))).eq(code(Verdict::Met));
    let count = |yes: Vec<Plan>| {
        let numbers = yes.into_iter().map(|y| y.cast(DataType::Float64));
        numbers.reduce(|a, b| a + b).unwrap_or_else(|| lit(0.0))
    };
    let needs = || count(framework.needs.iter().map(has).collect());
    let headlines = || {
        let any_of = |id: &str| {
            let needs = framework.needs.iter().filter(|n| n.headline == id);
            needs.map(has).reduce(Plan::or).unwrap_or_else(|| lit(false))
        };
        count(framework.headlines.iter().map(|h| any_of(&h.id)).collect())
    };
    let every_need_met = || {
        let each = framework.needs.iter().map(|need| {
            let met = match framework.outcome_of(&need.id) {
                Some(o) => truth(col(outcome_column(&qualified(framework, &o.id)))),
                None => lit(NULL).cast(DataType::Boolean),
            };
            when(has(need)).then(met).otherwise(lit(true))
        });
        let all = each.reduce(Plan::and).unwrap_or_else(|| lit(true));
        when(needs().eq(lit(0.0))).then(lit(false)).otherwise(all)
    };
    let outcome_pending = framework.needs.iter().filter_map(|need| {
        let outcome = framework.outcome_of(&need.id)?;
        let column = outcome_column(&qualified(framework, &outcome.id));
        Some(has(need).and(col(column).eq(code(Verdict::Pending))))
    });
    // One need that is lost settles them all, whatever the others wait for.
    let waits = outcome_pending.reduce(Plan::or).map(|one| one.and(every_need_met().is_null()));
    let asks_needs = claim.rule.expr.names().contains(&Name::EveryNeedMet);
    let owner = claim_owner(framework, &claim.id);
    let other = |name: &Name| match name {
        Name::NeedsIdentified => needs(),
        Name::HeadlinesIdentified => headlines(),
        Name::EveryNeedMet => every_need_met(),
        other => scope.name(other),
    };
    let rule = RuleScope {
        owner: &owner,
        tests: &claim.tests,
        other: &other,
        also_pending: if asks_needs { waits } else { None },
        unit: &scope,
    };
    let column = claim_column(&qualified(framework, &claim.id));
    let mut open = any_open(claim.tests.iter().map(|t| format!("{owner}.{}", t.id)), &cohort.units);
    let names = claim.rule.expr.names();
    let speaks_of_needs = asks_needs
        || names.contains(&Name::NeedsIdentified)
        || names.contains(&Name::HeadlinesIdentified);
    for need in &framework.needs {
        let outcome = framework.outcome_of(&need.id);
        if speaks_of_needs {
            let need_column = need_column(&qualified(framework, &need.id));
            open =
                open.or(col(open_of(&need_column)).or(col(need_column).eq(code(Verdict::Pending))));
        }
        if let (true, Some(outcome)) = (asks_needs, outcome) {
            let outcome = open_of(&outcome_column(&qualified(framework, &outcome.id)));
            open = open.or(has(need).and(col(outcome)));
        }
    }
    for name in &names {
        if let Name::Outcome(outcome) = name {
            open = open.or(col(open_of(&outcome_column(outcome))));
        }
    }
    vec![open.alias(open_of(&column)), rule.verdict(&claim.rule.expr).alias(column)]
}
