//! Rules: how the verdicts of tests become the verdict of a need, an outcome or a claim.

use polars::prelude::{Expr as Plan, *};

use crate::columns::{Lowering, lower};
use crate::definitions::expression::{Expr, Name};
use crate::definitions::test::{Test, TestKind};
use crate::evaluate::Verdict;
use crate::evaluate::settle::{code, settled_by, verdict_of};
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
        // Most rules are one test, whose verdict is theirs.
        if let (Expr::Name(Name::Test(id)), None) = (rule, &self.also_pending) {
            return self.test(id);
        }
        let value = self.value(rule);
        let undecided = || lit(NULL).cast(DataType::Boolean);
        let value = match value.neutral {
            None => value.truth,
            Some(all) => when(all).then(undecided()).otherwise(value.truth),
        };
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
        let undecided = when(pending)
            .then(code(Verdict::Pending))
            .when(nobody)
            .then(code(Verdict::NotApplicable))
            .otherwise(code(Verdict::Unknown));
        settled_by(value).fill_null(undecided)
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
            Expr::And(a, b) => self.value(a).with(self.value(b), Plan::and, true),
            Expr::Or(a, b) => self.value(a).with(self.value(b), Plan::or, false),
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
    /// Two parts joined by `and` (which `true` leaves as it is) or by `or` (which `false` does). A
    /// neutral part becomes that constant, so that each part stands in the plan once: rules are long,
    /// and a plan that doubled with each join would outgrow the data.
    fn with(self, other: Self, join: fn(Plan, Plan) -> Plan, leaves: bool) -> Self {
        let truth = join(self.truth_unless_neutral(leaves), other.truth_unless_neutral(leaves));
        let neutral = match (self.neutral, other.neutral) {
            (Some(a), Some(b)) => Some(a.and(b)),
            _ => None,
        };
        Self { truth, neutral }
    }

    fn truth_unless_neutral(&self, instead: bool) -> Plan {
        match &self.neutral {
            None => self.truth.clone(),
            Some(neutral) => when(neutral.clone()).then(lit(instead)).otherwise(self.truth.clone()),
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
