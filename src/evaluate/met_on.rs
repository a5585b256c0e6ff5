//! The day on which the last condition of a claim was met: the last day of the last window behind it,
//! or of a decision that it rests on. Known when all these windows are over.

use std::collections::BTreeMap;

use polars::prelude::*;

use crate::calendar::Day;
use crate::definitions::Definitions;
use crate::definitions::expression::Name;
use crate::definitions::framework::{Claim, Framework};
use crate::definitions::measure::{Counted, Measure};
use crate::definitions::test::{Test, TestKind};
use crate::evaluate::cohort::Cohort;
use crate::evaluate::frameworks::{claim_owner, need_owner, outcome_owner, qualified};
use crate::evaluate::overrides::day_of_decision;
use crate::evaluate::results::open_of;
use crate::evaluate::task::Task;
use crate::evaluate::unit_scope::{claim_column, need_column, outcome_column};
use crate::evaluate::windows::end_of;
use crate::evaluate::{Verdict, horizon};
use crate::link::Linked;

/// Something that a claim rests on.
struct Behind {
    /// The verdict that has to be met for it to count; nothing for the claim's own tests.
    if_met: Option<String>,
    /// The columns with its days.
    days: Vec<String>,
}

/// Puts the day on which each claim was met, where somebody asks for it, beside the cases.
pub(super) fn date_claims<'t, 'd: 't>(
    cohort: &mut Cohort<'_>,
    tasks: impl Iterator<Item = &'t Task<'d>> + Clone,
) -> PolarsResult<()> {
    let definitions = cohort.definitions;
    let mut windows: BTreeMap<&str, usize> = BTreeMap::new();
    for (framework, claim) in counted_claims(definitions) {
        if windows.is_empty() {
            windows = tasks.clone().map(|task| (task.key.as_str(), task.window)).collect();
        }
        let column = claim_column(&qualified(framework, &claim.id));
        let codes = |name: &str| -> PolarsResult<UInt32Chunked> {
            Ok(cohort.units.column(name)?.as_materialized_series().u32()?.clone())
        };
        let (verdicts, open) = (codes(&column)?, cohort.units.column(&open_of(&column))?);
        let open = open.as_materialized_series().bool()?;
        let mut last: Vec<Option<i32>> = vec![None; cohort.units.height()];
        for behind in behind(framework, claim, &windows) {
            let counts = behind.if_met.as_deref().map(&codes).transpose()?;
            for days in behind.days.iter().filter_map(|name| cohort.units.column(name).ok()) {
                let days = days.as_materialized_series().i32()?;
                for (at, (last, day)) in last.iter_mut().zip(days.iter()).enumerate() {
                    let met = |codes: &UInt32Chunked| codes.get(at) == Some(Verdict::Met as u32);
                    if counts.as_ref().is_none_or(met) {
                        *last = (*last).max(day);
                    }
                }
            }
        }
        let known = verdicts.iter().zip(open.iter());
        let settled = known
            .map(|(verdict, open)| verdict == Some(Verdict::Met as u32) && open == Some(false));
        let days = last.into_iter().zip(settled).map(|(day, settled)| day.filter(|_| settled));
        let days = Int32Chunked::from_iter_options(claim.met_on(framework).into(), days);
        cohort.units.with_column(days.into_column())?;
    }
    Ok(())
}

/// Up to which day every claim that was met is known to have been, for a measure that counts claims on the day on
/// which they were met: as far as all feeds behind the claim are complete. Nothing for other measures.
pub(crate) fn known_to(
    definitions: &Definitions,
    linked: &Linked,
    measure: &Measure,
) -> Option<Day> {
    let Counted::On { column, .. } = &measure.counted else { return None };
    let (framework, claim) = definitions.claim_dated_by(column)?;
    let needs = framework.needs.iter().flat_map(|n| &n.tests);
    let outcomes = framework.outcomes.iter().flat_map(|o| &o.tests);
    let tests = claim.tests.iter().chain(needs).chain(outcomes);
    let sources = tests.filter_map(|test| match &test.kind {
        TestKind::Rows(rows) => Some(rows.source.as_str()),
        TestKind::When(_) => None,
    });
    // A source that no feed fills decides nothing.
    let fed = |source: &&str| linked.inputs.sources.get(*source).is_some_and(|s| s.is_fed());
    sources.filter(fed).map(|source| horizon(definitions, linked, source)).min()
}

/// The claims by whose day some measure counts, or that stand in the register of claims.
fn counted_claims(definitions: &Definitions) -> Vec<(&Framework, &Claim)> {
    let claims = definitions.frameworks.iter().flat_map(|f| f.claims.iter().map(move |c| (f, c)));
    let counts_by = |day: &str| {
        let on = |counted: &Counted| matches!(counted, Counted::On { column, .. } if column == day);
        definitions.measures.iter().any(|m| on(&m.counted))
    };
    let registered = definitions.claims_registered();
    let asked = |(framework, claim): &(&Framework, &Claim)| {
        registered.contains(qualified(framework, &claim.id).as_str())
            || counts_by(&claim.met_on(framework))
    };
    claims.filter(asked).collect()
}

/// What a claim rests on: its own tests, the needs and outcomes that it names, and those of all
/// identified needs where it speaks of them.
fn behind(framework: &Framework, claim: &Claim, windows: &BTreeMap<&str, usize>) -> Vec<Behind> {
    let names = claim.rule.expr.names();
    let of_all = [Name::NeedsIdentified, Name::HeadlinesIdentified, Name::EveryNeedMet];
    let speaks_of_needs = names.iter().any(|name| of_all.contains(name));
    let every_need_met = names.contains(&Name::EveryNeedMet);
    let named = |name: Name| names.contains(&name);
    let days = |owner: &str, tests: &[Test], column: String| {
        let ends = tests.iter().filter_map(|t| windows.get(format!("{owner}.{}", t.id).as_str()));
        ends.map(|window| end_of(*window)).chain([day_of_decision(&column)]).collect()
    };
    let own = claim_column(&qualified(framework, &claim.id));
    let mut all = vec![Behind {
        if_met: None,
        days: days(&claim_owner(framework, &claim.id), &claim.tests, own),
    }];
    for need in &framework.needs {
        let name = qualified(framework, &need.id);
        let column = need_column(&name);
        if speaks_of_needs || named(Name::Need(name)) {
            let days = days(&need_owner(framework, &need.id), &need.tests, column.clone());
            all.push(Behind { if_met: Some(column.clone()), days });
        }
        let Some(outcome) = framework.outcome_of(&need.id) else { continue };
        let name = qualified(framework, &outcome.id);
        let met = outcome_column(&name);
        if every_need_met || named(Name::Outcome(name)) {
            let owner = outcome_owner(framework, &outcome.id);
            let days = days(&owner, &outcome.tests, met.clone());
            all.push(Behind { if_met: Some(met), days });
        }
    }
    all
}
