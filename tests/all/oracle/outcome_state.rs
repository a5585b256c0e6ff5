//! Where the outcome of a need stands: what it would come to if nothing more happened, and what it waits for.

use std::collections::BTreeMap;

use early_help::calendar::Day;
use early_help::definitions::case_need::OutcomeState;
use early_help::definitions::expression::{Comparison, Expr, Literal, Reads, RowFunction};
use early_help::definitions::framework::Outcome;
use early_help::definitions::source::Silence;
use early_help::definitions::test::{Asks, RowTest, Stated, Test, TestKind};
use early_help::evaluate::Verdict;

use super::test_result::TestResult;
use super::window;
use super::world::{Subject, World};

/// Where it stands, and the source on which it turns.
pub(super) type Stand = (OutcomeState, Option<String>);

/// One outcome of one case, with what its tests came to.
pub(super) struct OutcomeOf<'o> {
    pub(super) world: &'o World<'o>,
    pub(super) case: &'o Subject<'o>,
    pub(super) outcome: &'o Outcome,
    pub(super) results: &'o BTreeMap<String, TestResult>,
    /// What the rule says of any tests.
    pub(super) rule: &'o dyn Fn(&BTreeMap<String, TestResult>) -> Verdict,
}

impl OutcomeOf<'_> {
    /// `verdict` stands, by the rule or by a decision.
    pub(super) fn stand(&self, need: Verdict, verdict: Verdict, decided: bool) -> Stand {
        if need == Verdict::Pending {
            return (OutcomeState::NeedUndecided, None);
        }
        let finished = self.results.values().all(|r| r.finished);
        match verdict {
            Verdict::Met if finished => (OutcomeState::Sustained, None),
            Verdict::Met => (OutcomeState::Met, None),
            Verdict::NotApplicable => (OutcomeState::NotApplicable, None),
            Verdict::Unknown => (OutcomeState::NotEvidenced, self.silent_source()),
            Verdict::NotMet if decided => (OutcomeState::NotReached, None),
            Verdict::NotMet => self.not_met(),
            Verdict::Pending => self.pending(),
        }
    }

    fn not_met(&self) -> Stand {
        let lost = |test: &&Test| self.is(test, Verdict::NotMet) && rows(test).is_some();
        let undone = |test: &&Test| lost(test) && can_only_be_lost(test);
        let without = self.with(|test, found| {
            if found == Verdict::NotMet && can_only_be_lost(test) { Verdict::Met } else { found }
        });
        let tests = &self.outcome.tests;
        if matches!(without, Verdict::Met | Verdict::Pending) {
            return (OutcomeState::Lapsed, source(tests.iter().find(undone)));
        }
        let other = tests.iter().find(|test| lost(test) && !can_only_be_lost(test));
        (OutcomeState::NotReached, source(other.or_else(|| tests.iter().find(lost))))
    }

    fn pending(&self) -> Stand {
        let tests = &self.outcome.tests;
        let holds = |test: &&Test| self.holds_so_far(test);
        let if_rows = self.with(|test, v| if self.holds_so_far(test) { Verdict::Met } else { v });
        let if_none =
            self.with(|test, v| if self.holds_so_far(test) { self.of_nothing(test) } else { v });
        if (if_rows, if_none) == (Verdict::Met, Verdict::Met) {
            return (OutcomeState::Holding, source(tests.iter().find(holds)));
        }
        if if_rows == Verdict::Unknown {
            return (OutcomeState::NotEvidenced, self.silent_source());
        }
        let waits = tests.iter().find(|t| self.is(t, Verdict::Pending) && !self.holds_so_far(t));
        let Some(waits) = waits else {
            let needs_rows = tests.iter().find(|t| holds(t) && self.of_nothing(t) != Verdict::Met);
            return (OutcomeState::Awaiting, source(needs_rows));
        };
        if if_rows != Verdict::Pending {
            return (OutcomeState::Awaiting, source(Some(waits)));
        }
        let test = rows(waits).expect("a test on rows");
        match window::dates(self.world, self.case, &test.window) {
            None => (OutcomeState::NotBegun, None),
            Some((_, end)) if end > self.world.as_at() || end <= self.horizon(test) => {
                (OutcomeState::Awaiting, source(Some(waits)))
            }
            Some(_) => (OutcomeState::FeedLate, source(Some(waits))),
        }
    }

    fn horizon(&self, test: &RowTest) -> Day {
        self.world.horizon(&test.source)
    }

    fn is(&self, test: &Test, verdict: Verdict) -> bool {
        self.results[&test.id].verdict == verdict
    }

    /// Whether nothing but the end of its window is waited for.
    fn holds_so_far(&self, test: &Test) -> bool {
        let Some(of) = rows(test) else { return false };
        let days = window::dates(self.world, self.case, &of.window);
        let runs = days.is_some_and(|(_, end)| end > self.world.as_at());
        runs && self.is(test, Verdict::Pending) && can_only_be_lost(test)
    }

    /// What a test that can only be lost comes to when its window is over without a row.
    fn of_nothing(&self, test: &Test) -> Verdict {
        let Some(of) = rows(test) else { return Verdict::Unknown };
        match of.missing {
            Some(Stated::Met) => Verdict::Met,
            Some(Stated::NotMet) => Verdict::NotMet,
            Some(Stated::Unknown) => Verdict::Unknown,
            Some(Stated::NotApplicable) => Verdict::NotApplicable,
            None if self.world.source(&of.source).no_rows == Silence::Unknown => Verdict::Unknown,
            None => Verdict::Met,
        }
    }

    /// What the rule says with the results of its tests put in other words.
    fn with(&self, instead: impl Fn(&Test, Verdict) -> Verdict) -> Verdict {
        let mut results = self.results.clone();
        for test in &self.outcome.tests {
            let result = results.get_mut(&test.id).expect("a result for each test");
            result.verdict = instead(test, result.verdict);
        }
        (self.rule)(&results)
    }

    fn silent_source(&self) -> Option<String> {
        let tests = self.outcome.tests.iter();
        source(tests.into_iter().find(|t| self.is(t, Verdict::Unknown) && rows(t).is_some()))
    }
}

fn rows(test: &Test) -> Option<&RowTest> {
    match &test.kind {
        TestKind::Rows(rows) => Some(rows),
        TestKind::When(_) => None,
    }
}

fn source(test: Option<&Test>) -> Option<String> {
    Some(rows(test?)?.source.clone())
}

fn can_only_be_lost(test: &Test) -> bool {
    let Some(of) = rows(test) else { return false };
    let Asks::Expect(ask) = &of.asks else { return false };
    of.baseline.is_none() && of.splits.is_none() && falls(&ask.expr)
}

/// Whether it holds of no rows, and a further row can only make it false.
fn falls(ask: &Expr) -> bool {
    match ask {
        Expr::Not(inner) => rises(inner),
        Expr::And(a, b) | Expr::Or(a, b) => falls(a) && falls(b),
        Expr::Rows(Reads::Window, function) => {
            matches!(function, RowFunction::Every(_) | RowFunction::NoneOf(_))
        }
        Expr::Compare(Comparison::Equal, a, b) => {
            let nought = |e: &Expr| number(e) == Some(0.0);
            (is_a_count(a) && nought(b)) || (nought(a) && is_a_count(b))
        }
        Expr::Compare(Comparison::Less | Comparison::LessOrEqual, a, b) => {
            is_a_count(a) && number(b).is_some()
        }
        Expr::Compare(Comparison::Greater | Comparison::GreaterOrEqual, a, b) => {
            number(a).is_some() && is_a_count(b)
        }
        _ => false,
    }
}

/// Whether it is false of no rows, and a further row can only make it true.
fn rises(ask: &Expr) -> bool {
    match ask {
        Expr::Not(inner) => falls(inner),
        Expr::And(a, b) | Expr::Or(a, b) => rises(a) && rises(b),
        Expr::Rows(Reads::Window, RowFunction::Has(_)) => true,
        Expr::Compare(Comparison::Greater | Comparison::GreaterOrEqual, a, b) => {
            is_a_count(a) && number(b).is_some()
        }
        Expr::Compare(Comparison::Less | Comparison::LessOrEqual, a, b) => {
            number(a).is_some() && is_a_count(b)
        }
        _ => false,
    }
}

fn is_a_count(ask: &Expr) -> bool {
    use RowFunction::{Count, CountDistinct};
    matches!(ask, Expr::Rows(Reads::Window, Count | CountDistinct(_)))
}

fn number(ask: &Expr) -> Option<f64> {
    match ask {
        Expr::Literal(Literal::Number(n)) | Expr::Parameter(_, Literal::Number(n)) => Some(*n),
        _ => None,
    }
}
