//! Where the outcomes of a need stand, case by case: sustained, holding while a window runs, lapsed, or waiting for
//! something, and for what. For whoever has to see to it before it is too late.

use polars::prelude::*;

use crate::calendar::Day;
use crate::definitions::Definitions;
use crate::definitions::case_need::OutcomeState;
use crate::definitions::framework::{Framework, Outcome};
use crate::definitions::source::{Silence, Source};
use crate::definitions::test::{Asks, RowTest, TestKind};
use crate::evaluate::Verdict;
use crate::evaluate::evidence::{JudgedCases, TestColumns, span, verdicts_in};
use crate::evaluate::frameworks::outcome_owner;
use crate::evaluate::rule::RuleScope;
use crate::evaluate::settle::{only_undone, silence};
use crate::evaluate::task::Task;
use crate::evaluate::unit_scope::UnitScope;

/// What is told of an outcome besides its verdict.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stand<'d> {
    /// Where it stands.
    pub(super) state: OutcomeState,
    /// The last day of its windows, where it arises and they have any.
    pub(super) window_ends: Option<i32>,
    /// The source on which it turns: what it waits for, what undid it, what is silent.
    pub(super) turns_on: Option<&'d Source>,
}

/// What was found of a need of a case, and of its outcome.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given {
    /// The place of the case.
    pub(super) case: usize,
    /// Whether the need itself is not decided yet.
    pub(super) need_undecided: bool,
    /// The verdict on the outcome.
    pub(super) verdict: Verdict,
    /// Whether windows behind it are still open.
    pub(super) open: bool,
    /// Whether somebody decided it in the place of its rule.
    pub(super) decided: bool,
}

/// A test of the outcome.
struct Asked<'d> {
    key: String,
    columns: TestColumns<'d>,
    /// The test on rows, if it is one.
    rows: Option<&'d RowTest>,
    /// Whether more rows can only undo it.
    only_undone: bool,
    /// What it comes to if there are no rows in its window when that is over.
    silent: Verdict,
}

impl Asked<'_> {
    /// Whether it holds as it stands, and only the end of its window is waited for.
    fn holds_so_far(&self, verdict: Verdict, as_at: i32, case: usize) -> bool {
        let runs = |(start, end, _): &(Int32Chunked, Int32Chunked, Day)| {
            start.get(case).is_some() && end.get(case).is_some_and(|end| end > as_at)
        };
        self.only_undone
            && verdict == Verdict::Pending
            && self.columns.window.as_ref().is_some_and(runs)
    }

    /// What it waits for, when it is pending and does not hold as it stands.
    fn lacks(&self, as_at: i32, case: usize) -> OutcomeState {
        let dates = self.columns.window.as_ref();
        let ends = dates.and_then(|(start, end, known)| {
            start.get(case).and(end.get(case)).map(|end| (end, known.0))
        });
        match ends {
            None => OutcomeState::NotBegun,
            Some((end, known_to)) if end <= as_at && end > known_to => OutcomeState::FeedLate,
            Some(_) => OutcomeState::Awaiting,
        }
    }
}

/// Where the outcomes of some cases stand. `whens` gives what the outcome's tests on the case's own columns came to.
pub(super) fn stands<'d>(
    definitions: &'d Definitions,
    judged: &JudgedCases<'d>,
    (framework, outcome): (&Framework, &'d Outcome),
    tasks: &[Task<'_>],
    given: &[Given],
    whens: &DataFrame,
) -> PolarsResult<Vec<Stand<'d>>> {
    let owner = outcome_owner(framework, &outcome.id);
    let columns = judged.outcome_columns(definitions, framework, outcome, tasks)?;
    let tests: Vec<Asked<'_>> =
        columns.into_iter().map(|columns| asked(definitions, &owner, columns)).collect();
    let found = tests.iter().map(|test| match test.columns.verdicts {
        Some(all) => Ok(given.iter().map(|g| at(all, g.case)).collect()),
        None => verdicts_in(whens, &test.key),
    });
    let found: Vec<Vec<Verdict>> = found.collect::<PolarsResult<_>>()?;
    let as_at = definitions.project.as_at.0;
    // The rule over what tests came to, put in other words.
    let scope = UnitScope { definitions, linked: judged.linked, period: None };
    let rule = |instead: &dyn Fn(&Asked<'_>, Verdict, usize) -> Verdict| {
        let column = |(test, verdicts): (&Asked<'_>, &Vec<Verdict>)| {
            let codes = verdicts.iter().zip(given).map(|(v, g)| instead(test, *v, g.case) as u32);
            Column::new(test.key.as_str().into(), codes.collect::<Vec<u32>>())
        };
        let columns = tests.iter().zip(&found).map(column).collect();
        let frame = DataFrame::new(given.len(), columns)?;
        // Without its tests the rule reads all of them from columns.
        let rule = RuleScope {
            owner: &owner,
            tests: &[],
            other: &|_| lit(NULL),
            also_pending: None,
            unit: &scope,
        };
        let verdict = rule.verdict(&outcome.rule.expr).alias("verdict");
        verdicts_in(&frame.lazy().select([verdict]).collect()?, "verdict")
    };
    let if_kept = rule(&|test, verdict, case| {
        if test.holds_so_far(verdict, as_at, case) { Verdict::Met } else { verdict }
    })?;
    let if_silent = rule(&|test, verdict, case| {
        if test.holds_so_far(verdict, as_at, case) { test.silent } else { verdict }
    })?;
    let if_not_undone = rule(&|test, verdict, _| {
        if test.only_undone && verdict == Verdict::NotMet { Verdict::Met } else { verdict }
    })?;
    let stand = |(row, given): (usize, &Given)| {
        let [kept, silent, not_undone] =
            [&if_kept, &if_silent, &if_not_undone].map(|all| at(all, row));
        let first = |fits: &dyn Fn(&Asked<'_>, Verdict) -> bool| {
            let mut all = tests.iter().zip(&found);
            all.find(|(test, verdicts)| fits(test, at(verdicts, row))).map(|(test, _)| test)
        };
        let case = given.case;
        let lacking = first(&|test, v| v == Verdict::Pending && !test.holds_so_far(v, as_at, case));
        let state = match given.verdict {
            _ if given.need_undecided => OutcomeState::NeedUndecided,
            Verdict::Met if given.open => OutcomeState::Met,
            Verdict::Met => OutcomeState::Sustained,
            Verdict::NotMet if given.decided => OutcomeState::NotReached,
            Verdict::NotMet => match not_undone {
                Verdict::Met | Verdict::Pending => OutcomeState::Lapsed,
                _ => OutcomeState::NotReached,
            },
            Verdict::Unknown => OutcomeState::NotEvidenced,
            Verdict::NotApplicable => OutcomeState::NotApplicable,
            Verdict::Pending => match (kept, silent) {
                (Verdict::Met, Verdict::Met) => OutcomeState::Holding,
                (Verdict::Unknown, _) => OutcomeState::NotEvidenced,
                (Verdict::Pending, _) => {
                    lacking.map_or(OutcomeState::Awaiting, |test| test.lacks(as_at, case))
                }
                _ => OutcomeState::Awaiting,
            },
        };
        let on_rows = |test: &Asked<'_>| test.rows.is_some();
        let turns_on = match state {
            OutcomeState::Holding => first(&|test, v| test.holds_so_far(v, as_at, case)),
            OutcomeState::Awaiting => lacking.or_else(|| {
                first(&|test, v| test.holds_so_far(v, as_at, case) && test.silent != Verdict::Met)
            }),
            OutcomeState::FeedLate => lacking,
            OutcomeState::Lapsed => first(&|test, v| test.only_undone && v == Verdict::NotMet),
            OutcomeState::NotReached if !given.decided => {
                let lost = |test: &Asked<'_>, v| v == Verdict::NotMet && on_rows(test);
                first(&|test, v| lost(test, v) && !test.only_undone).or_else(|| first(&lost))
            }
            OutcomeState::NotEvidenced => first(&|test, v| v == Verdict::Unknown && on_rows(test)),
            _ => None,
        };
        let arises = given.verdict != Verdict::NotApplicable;
        let columns = tests.iter().map(|test| &test.columns);
        Stand {
            state,
            window_ends: span(columns, case).1.filter(|_| arises).map(|day| day.0),
            turns_on: turns_on.and_then(|test| definitions.source(&test.rows?.source)),
        }
    };
    Ok(given.iter().enumerate().map(stand).collect())
}

fn asked<'d>(definitions: &Definitions, owner: &str, columns: TestColumns<'d>) -> Asked<'d> {
    let rows = match &columns.test.kind {
        TestKind::Rows(rows) => Some(rows.as_ref()),
        TestKind::When(_) => None,
    };
    let no_rows = rows.and_then(|rows| definitions.source(&rows.source)).map(|s| s.no_rows);
    let silent = silence(rows.and_then(|rows| rows.missing), no_rows.unwrap_or(Silence::Unknown));
    // What is compared with a baseline, or holds part by part, may turn either way.
    let only_undone = rows.is_some_and(|rows| {
        let plain = rows.baseline.is_none() && rows.splits.is_none();
        plain && matches!(&rows.asks, Asks::Expect(ask) if only_undone(&ask.expr))
    });
    Asked {
        key: format!("{owner}.{}", columns.test.id),
        columns,
        rows,
        only_undone,
        silent: silent.unwrap_or(Verdict::Met),
    }
}

fn at(verdicts: &[Verdict], row: usize) -> Verdict {
    verdicts.get(row).copied().unwrap_or(Verdict::Unknown)
}
