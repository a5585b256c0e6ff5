//! Rules: how the verdicts of tests become the verdict of a need, an outcome or a claim.

use polars::prelude::{Expr as Plan, *};

use crate::columns::{Lowering, lower};
use crate::definitions::expression::{Expr, Name};
use crate::definitions::test::{Test, TestKind};
use crate::evaluate::Verdict;
use crate::evaluate::settle::{code, verdict_of};
use crate::evaluate::unit_scope::truth;

/// What a rule can speak of.
pub(super) struct RuleScope<'a> {
    /// The definition's name: tests stand in the column `owner.test`.
    pub(super) owner: &'a str,
    /// Its tests.
    pub(super) tests: &'a [Test],
    /// How names that are not tests are lowered (the counts in claims).
    pub(super) other: &'a dyn Fn(&Name) -> Plan,
    /// A further yes/no: something else the rule rests on is pending.
    pub(super) also_pending: Option<Plan>,
    /// For everything that is not particular to rules.
    pub(super) unit: &'a dyn Lowering,
}

impl RuleScope<'_> {
    /// The verdict of one test, as a column of the unit.
    pub(super) fn test(&self, id: &str) -> Plan {
        match self.tests.iter().find(|t| t.id == id).map(|t| &t.kind) {
            Some(TestKind::When(condition)) => {
                verdict_of(lower(&condition.expr, self.unit).cast(DataType::Boolean))
            }
            _ => col(format!("{}.{id}", self.owner)),
        }
    }

    /// The verdict of the rule.
    pub(super) fn verdict(&self, rule: &Expr) -> Plan {
        let value = self.value(rule);
        let tests: Vec<Plan> = rule
            .names()
            .iter()
            .filter_map(|n| if let Name::Test(id) = n { Some(self.test(id)) } else { None })
            .collect();
        let is = |v: Verdict| tests.iter().map(move |t| t.clone().eq(code(v)));
        let mut pending = is(Verdict::Pending).reduce(Plan::or).unwrap_or_else(|| lit(false));
        if let Some(also) = &self.also_pending {
            pending = pending.or(also.clone());
        }
        let nobody = is(Verdict::NotApplicable).reduce(Plan::and).unwrap_or_else(|| lit(false));
        when(value.truth.clone().eq(lit(true)))
            .then(code(Verdict::Met))
            .when(value.truth.eq(lit(false)))
            .then(code(Verdict::NotMet))
            .when(pending)
            .then(code(Verdict::Pending))
            .when(nobody)
            .then(code(Verdict::NotApplicable))
            .otherwise(code(Verdict::Unknown))
    }

    /// Three-valued truth, and whether the part is neutral because it does not apply.
    fn value(&self, rule: &Expr) -> Part {
        match rule {
            Expr::Name(Name::Test(id)) => {
                let verdict = self.test(id);
                Part {
                    truth: truth(verdict.clone()),
                    neutral: Some(verdict.eq(code(Verdict::NotApplicable))),
                }
            }
            Expr::Not(a) => {
                let a = self.value(a);
                Part { truth: a.truth.not(), neutral: a.neutral }
            }
            Expr::And(a, b) => self.value(a).with(self.value(b), Plan::and),
            Expr::Or(a, b) => self.value(a).with(self.value(b), Plan::or),
            other => {
                let scope = OtherNames { rule: self };
                Part { truth: lower(other, &scope).cast(DataType::Boolean), neutral: None }
            }
        }
    }
}

/// Part of a rule.
struct Part {
    truth: Plan,
    neutral: Option<Plan>,
}

impl Part {
    fn with(self, other: Self, join: fn(Plan, Plan) -> Plan) -> Self {
        let both = join(self.truth.clone(), other.truth.clone());
        match (self.neutral, other.neutral) {
            (None, None) => Self { truth: both, neutral: None },
            (Some(n), None) => {
                Self { truth: when(n).then(other.truth).otherwise(both), neutral: None }
            }
            (None, Some(n)) => {
                Self { truth: when(n).then(self.truth).otherwise(both), neutral: None }
            }
            (Some(a), Some(b)) => Self {
                truth: when(a.clone())
                    .then(other.truth)
                    .when(b.clone())
                    .then(self.truth)
                    .otherwise(both),
                neutral: Some(a.and(b)),
            },
        }
    }
}

/// Comparisons in rules of claims see the counts.
struct OtherNames<'a, 'b> {
    rule: &'a RuleScope<'b>,
}

impl Lowering for OtherNames<'_, '_> {
    fn name(&self, name: &Name) -> Plan {
        match name {
            Name::Test(id) => truth(self.rule.test(id)),
            other => (self.rule.other)(other),
        }
    }

    fn rings(&self) -> &crate::columns::Rings {
        self.rule.unit.rings()
    }

    fn working_days(&self) -> &std::sync::Arc<crate::calendar::WorkingDays> {
        self.rule.unit.working_days()
    }
}
