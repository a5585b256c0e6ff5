//! Claims of every framework, for every case: what their rules ask of its needs as a whole, and of their
//! own tests.

use polars::prelude::{Expr as Plan, *};

use crate::columns::{Lowering, exact};
use crate::definitions::expression::Name;
use crate::definitions::framework::{Claim, Framework, Need};
use crate::evaluate::Verdict;
use crate::evaluate::cohort::Cohort;
use crate::evaluate::frameworks::{any_open, claim_owner, qualified};
use crate::evaluate::overrides::decided_of;
use crate::evaluate::results::open_of;
use crate::evaluate::rule::RuleScope;
use crate::evaluate::settle::code;
use crate::evaluate::unit_scope::{
    UnitScope, claim_column, decisions_behind, need_column, outcome_column, truth,
};

/// What a claim can ask of all needs of its framework together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whole {
    /// How many were found.
    Needs,
    /// How many headlines have one that was found.
    Headlines,
    /// Whether each that was found has been met.
    EveryNeedMet,
    /// Whether one waits for its outcome, and none is lost.
    Waits,
    /// Whether a window behind one is still open, or it may yet be found.
    OpenNeeds,
    /// Whether a window behind the outcome of one that was found is still open.
    OpenOutcomes,
}

impl Whole {
    const ALL: [Self; 6] = [
        Self::Needs,
        Self::Headlines,
        Self::EveryNeedMet,
        Self::Waits,
        Self::OpenNeeds,
        Self::OpenOutcomes,
    ];

    /// The column that holds it while claims are decided.
    fn column(self, framework: &Framework) -> String {
        let what = match self {
            Self::Needs => "needs identified",
            Self::Headlines => "headlines identified",
            Self::EveryNeedMet => "every need met",
            Self::Waits => "needs that wait",
            Self::OpenNeeds => "needs still open",
            Self::OpenOutcomes => "outcomes still open",
        };
        format!("{} {what}", framework.id)
    }

    fn of(self, framework: &Framework) -> Plan {
        col(self.column(framework))
    }
}

/// The column that says, while claims are decided, whether a need was found.
fn found_column(framework: &Framework, need: &Need) -> String {
    format!("found {}", qualified(framework, &need.id))
}

/// Decides every claim.
pub(super) fn decide_claims(cohort: &mut Cohort<'_>) -> PolarsResult<()> {
    let definitions = cohort.definitions;
    let frameworks = || definitions.frameworks.iter().filter(|f| !f.claims.is_empty());
    // What many claims ask is worked out once, and forgotten when they are decided.
    let found = frameworks().flat_map(|framework| {
        let found =
            |need: &Need| col(need_column(&qualified(framework, &need.id))).eq(code(Verdict::Met));
        framework.needs.iter().map(move |need| found(need).alias(found_column(framework, need)))
    });
    let found: Vec<Plan> = found.collect();
    let wholes = |waits: bool| -> Vec<Plan> {
        let asked = Whole::ALL.into_iter().filter(move |w| (*w == Whole::Waits) == waits);
        frameworks().flat_map(|f| asked.clone().map(|w| as_a_whole(f, w))).collect()
    };
    // Whether anything waits rests on whether all are met.
    for plans in [found, wholes(false), wholes(true)] {
        if !plans.is_empty() {
            let found = cohort.units.clone().lazy().select(plans).collect()?;
            cohort.add_unit_columns(&found)?;
        }
    }
    let claims = frameworks().flat_map(|f| f.claims.iter().map(move |claim| (f, claim)));
    let claims: Vec<Plan> =
        claims.flat_map(|(framework, claim)| decide_claim(cohort, framework, claim)).collect();
    if claims.is_empty() {
        return Ok(());
    }
    let claims = cohort.units.clone().lazy().select(claims).collect()?;
    cohort.add_unit_columns(&claims)?;
    let asked = frameworks().flat_map(|framework| {
        let found = framework.needs.iter().map(|need| found_column(framework, need));
        found.chain(Whole::ALL.map(|whole| whole.column(framework)))
    });
    cohort.units = cohort.units.drop_many(asked);
    Ok(())
}

/// What all needs of a framework come to.
fn as_a_whole(framework: &Framework, whole: Whole) -> Plan {
    let found = |need: &Need| col(found_column(framework, need));
    let no = || lit(false);
    let any = |of: Vec<Plan>| of.into_iter().reduce(Plan::or).unwrap_or_else(no);
    let count = |yes: Vec<Plan>| {
        let ones = yes.into_iter().map(|yes| yes.cast(DataType::UInt32));
        let all = ones.reduce(|a, b| a + b).unwrap_or_else(|| exact(0_u32));
        all.cast(DataType::Float64)
    };
    let outcome = |need: &Need| {
        let outcome = framework.outcome_of(&need.id)?;
        Some(outcome_column(&qualified(framework, &outcome.id)))
    };
    let needs = || framework.needs.iter();
    let plan = match whole {
        Whole::Needs => count(needs().map(found).collect()),
        Whole::Headlines => {
            let of = |id: &str| any(needs().filter(|n| n.headline == id).map(found).collect());
            count(framework.headlines.iter().map(|h| of(&h.id)).collect())
        }
        Whole::EveryNeedMet => every_need_met(framework),
        Whole::Waits => {
            let pending = |column: String| col(column).eq(code(Verdict::Pending));
            let waits = needs().filter_map(|n| Some(found(n).and(pending(outcome(n)?))));
            // One need that is lost settles them all, whatever the others wait for.
            any(waits.collect()).and(Whole::EveryNeedMet.of(framework).is_null())
        }
        Whole::OpenNeeds => any(needs()
            .flat_map(|need| {
                let column = need_column(&qualified(framework, &need.id));
                [col(open_of(&column)), col(column).eq(code(Verdict::Pending))]
            })
            .collect()),
        Whole::OpenOutcomes => {
            any(needs().filter_map(|n| Some(found(n).and(col(open_of(&outcome(n)?))))).collect())
        }
    };
    plan.alias(whole.column(framework))
}

/// Whether every need that was found has been met; not where none was found.
fn every_need_met(framework: &Framework) -> Plan {
    let found = |need: &Need| col(found_column(framework, need));
    let each = framework.needs.iter().map(|need| {
        let met = match framework.outcome_of(&need.id) {
            Some(o) => truth(col(outcome_column(&qualified(framework, &o.id)))),
            None => lit(NULL).cast(DataType::Boolean),
        };
        when(found(need)).then(met).otherwise(lit(true))
    });
    let all = each.reduce(Plan::and).unwrap_or_else(|| lit(true));
    let none = framework.needs.iter().map(found).reduce(Plan::or).map(Plan::not);
    when(none.unwrap_or_else(|| lit(true))).then(lit(false)).otherwise(all)
}

fn decide_claim(cohort: &Cohort<'_>, framework: &Framework, claim: &Claim) -> Vec<Plan> {
    let definitions = cohort.definitions;
    let scope = UnitScope { definitions, linked: cohort.linked, period: None };
    let asks_needs = claim.rule.expr.names().contains(&Name::EveryNeedMet);
    let owner = claim_owner(framework, &claim.id);
    let other = |name: &Name| match name {
        Name::NeedsIdentified => Whole::Needs.of(framework),
        Name::HeadlinesIdentified => Whole::Headlines.of(framework),
        Name::EveryNeedMet => Whole::EveryNeedMet.of(framework),
        other => scope.name(other),
    };
    let rule = RuleScope {
        owner: &owner,
        tests: &claim.tests,
        other: &other,
        also_pending: asks_needs.then(|| Whole::Waits.of(framework)),
        unit: &scope,
    };
    let column = claim_column(&qualified(framework, &claim.id));
    let mut open = any_open(claim.tests.iter().map(|t| format!("{owner}.{}", t.id)), &cohort.units);
    let names = claim.rule.expr.names();
    let speaks_of_needs = asks_needs
        || names.contains(&Name::NeedsIdentified)
        || names.contains(&Name::HeadlinesIdentified);
    if speaks_of_needs {
        open = open.or(Whole::OpenNeeds.of(framework));
    }
    if asks_needs {
        open = open.or(Whole::OpenOutcomes.of(framework));
    }
    for name in &names {
        if let Name::Outcome(outcome) = name {
            open = open.or(col(open_of(&outcome_column(outcome))));
        }
    }
    let mut found = vec![open.alias(open_of(&column))];
    let decided = decided_behind(cohort, framework, claim);
    found.extend(decided.map(|decided| decided.alias(decided_of(&column))));
    found.push(rule.verdict(&claim.rule.expr).alias(column));
    found
}

/// Whether a verdict that a claim rests on was decided by somebody; nothing where none was.
fn decided_behind(cohort: &Cohort<'_>, framework: &Framework, claim: &Claim) -> Option<Plan> {
    let names = claim.rule.expr.names();
    let every_need_met = names.contains(&Name::EveryNeedMet);
    let of_all = [Name::NeedsIdentified, Name::HeadlinesIdentified, Name::EveryNeedMet];
    let mut columns = decisions_behind(&claim.rule.expr, &cohort.units);
    if names.iter().any(|name| of_all.contains(name)) {
        let needs = framework.needs.iter();
        columns.extend(needs.map(|n| decided_of(&need_column(&qualified(framework, &n.id)))));
    }
    if every_need_met {
        let outcomes = framework.outcomes.iter();
        columns.extend(outcomes.map(|o| decided_of(&outcome_column(&qualified(framework, &o.id)))));
    }
    columns.retain(|column| cohort.units.column(column).is_ok());
    columns.into_iter().map(col).reduce(Plan::or)
}
