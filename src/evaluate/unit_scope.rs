//! Expressions about a unit: its columns, its parent's, and what has been found about it.

use std::sync::Arc;

use polars::prelude::{Expr as Plan, *};

use crate::calendar::WorkingDays;
use crate::columns::{Lowering, Rings};
use crate::definitions::Definitions;
use crate::definitions::expression::{Expr, Name, Type};
use crate::definitions::test::{Asks, TestKind};
use crate::evaluate::Verdict;
use crate::evaluate::overrides::decided_of;
use crate::evaluate::results::{open_of, value_of};
use crate::evaluate::settle::code;
use crate::link::{Linked, PARENT};

/// The column with the verdict on a need, `framework.need`.
#[must_use]
pub fn need_column(need: &str) -> String {
    format!("need {need}")
}

/// The column with the verdict on an outcome, `framework.outcome`.
#[must_use]
pub fn outcome_column(outcome: &str) -> String {
    format!("outcome {outcome}")
}

/// The column with the verdict on a claim, `framework.claim`.
#[must_use]
pub fn claim_column(claim: &str) -> String {
    format!("claim {claim}")
}

/// The column with the verdict on a fact.
#[must_use]
pub fn fact_column(fact: &str) -> String {
    format!("fact {fact}")
}

/// A verdict as three-valued truth: met is true, not met is false, the rest is nothing.
pub(crate) fn truth(verdict: Plan) -> Plan {
    // Met and not met come first among verdicts.
    when(verdict.clone().lt_eq(code(Verdict::NotMet)))
        .then(verdict.eq(code(Verdict::Met)))
        .otherwise(lit(NULL).cast(DataType::Boolean))
}

/// Names in expressions about a unit.
pub(crate) struct UnitScope<'a> {
    pub(crate) definitions: &'a Definitions,
    pub(crate) linked: &'a Linked,
    /// The columns with the first and the last day of the reporting period, where there is one.
    pub(crate) period: Option<[&'a str; 2]>,
}

impl Lowering for UnitScope<'_> {
    fn name(&self, name: &Name) -> Plan {
        match name {
            Name::Unit(column) | Name::Column(column) => col(column.as_str()),
            Name::Parent(column) => col(format!("{PARENT}{column}")),
            Name::AsAt => lit(self.definitions.project.as_at.0),
            Name::PeriodStart => self.period.map_or_else(|| lit(NULL), |[start, _]| col(start)),
            Name::PeriodEnd => self.period.map_or_else(|| lit(NULL), |[_, end]| col(end)),
            Name::Fact(fact) if gives_value(self.definitions, fact) => {
                col(value_of(&fact_column(fact)))
            }
            Name::Fact(fact) => truth(col(fact_column(fact))),
            Name::Need(need) => truth(col(need_column(need))),
            Name::Outcome(outcome) => truth(col(outcome_column(outcome))),
            Name::Claim(claim) => truth(col(claim_column(claim))),
            _ => lit(NULL),
        }
    }

    fn rings(&self) -> &Rings {
        &self.linked.inputs.rings
    }

    fn working_days(&self) -> &Arc<WorkingDays> {
        &self.linked.inputs.working_days
    }
}

/// Whether a fact is a number rather than a yes or no.
pub(crate) fn gives_value(definitions: &Definitions, fact: &str) -> bool {
    definitions.fact(fact).is_some_and(|f| match &f.test.kind {
        TestKind::Rows(test) => matches!(test.asks, Asks::Value(_)),
        TestKind::When(value) => value.ty != Type::YesNo,
    })
}

/// The column with the verdict that a name in an expression about a unit stands for.
fn verdict_column(name: &Name) -> Option<String> {
    Some(match name {
        Name::Fact(fact) => fact_column(fact),
        Name::Need(need) => need_column(need),
        Name::Outcome(outcome) => outcome_column(outcome),
        Name::Claim(claim) => claim_column(claim),
        _ => return None,
    })
}

/// The verdict columns that an expression about a unit rests on, each with its column that says
/// whether a window behind it is still open.
pub(crate) fn rests_on(expr: &Expr, frame: &DataFrame) -> Vec<(Option<String>, String)> {
    let mut found = Vec::new();
    for name in expr.names() {
        if let Some(column) = verdict_column(&name) {
            let open = open_of(&column);
            if frame.column(&open).is_ok() {
                found.push((Some(column), open));
            }
        } else if let Name::Unit(column) = &name {
            // A derived column, such as `outcome_met` of a need, has its open column beside it.
            let open = open_of(column);
            if frame.column(&open).is_ok() {
                found.push((None, open));
            }
        }
    }
    found
}

/// The columns that say whether a verdict that an expression about a unit rests on was decided by
/// somebody; none where no decisions are recorded.
pub(crate) fn decisions_behind(expr: &Expr, frame: &DataFrame) -> Vec<String> {
    let columns = expr.names().into_iter().filter_map(|name| verdict_column(&name));
    let mut decided: Vec<String> = columns.map(|column| decided_of(&column)).collect();
    decided.retain(|column| frame.column(column).is_ok());
    decided
}
