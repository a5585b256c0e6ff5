//! What an auditor re-performs: a line for each case and need, and the rows behind each test.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use polars::prelude::*;

use crate::calendar::Day;
use crate::columns::Rings;
use crate::definitions::Definitions;
use crate::definitions::framework::{Framework, Need, Outcome};
use crate::definitions::test::{Test, TestKind};
use crate::evaluate::decision::Decision;
use crate::evaluate::frameworks::{
    CASE, need_owner, need_tasks, outcome_owner, outcome_tasks, qualified,
};
use crate::evaluate::questions::verdict_at;
use crate::evaluate::task::Task;
use crate::evaluate::unit_scope::{need_column, outcome_column};
use crate::evaluate::windows::{Windows, end_of, start_of};
use crate::evaluate::{Evaluated, Verdict, horizon};
use crate::link::Linked;

/// One case and need.
#[derive(Debug)]
pub struct VerdictLine<'a> {
    /// The case, by its own identifier.
    pub case_id: &'a str,
    /// The framework.
    pub framework: &'a str,
    /// The need.
    pub need: &'a str,
    /// Whether the need was there.
    pub need_verdict: Verdict,
    /// The outcome that answers it; empty if there is none.
    pub outcome: &'a str,
    /// Whether the outcome was reached and sustained.
    pub outcome_verdict: Verdict,
    /// What decided it, or what it waits for.
    pub reason: Reason<'a>,
    /// First day of the outcome's windows.
    pub window_start: Option<Day>,
    /// Last day of the outcome's windows.
    pub window_end: Option<Day>,
}

/// What decided an outcome, or what it waits for: `met`, `window_open:none`, `not_met:quiet`,
/// `override:head_of_service`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reason<'a> {
    /// The word for it.
    pub word: &'static str,
    /// The test that it is about, if it is about one; of an override, the role of whoever decided.
    pub test: Option<&'a str>,
}

impl Reason<'_> {
    pub(super) fn word(word: &'static str) -> Self {
        Self { word, test: None }
    }
}

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.test {
            Some(test) => write!(f, "{}:{test}", self.word),
            None => f.write_str(self.word),
        }
    }
}

/// The rows behind one test: those in its window, of cases that have the need.
#[derive(Debug)]
pub struct TestRows<'a> {
    /// The test: `sf2022.need.domestic_abuse.incident`.
    pub test: String,
    /// The source that it reads.
    pub source: &'a str,
    /// Places of cases, each with the number of a data row in the file, from 1.
    rows: &'a [(u32, u32)],
}

impl TestRows<'_> {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The cases of which the first row stands at one of these places, each with all its rows. Whoever
    /// takes the places part by part meets every case once.
    pub fn by_case(&self, places: Range<usize>) -> impl Iterator<Item = (u32, &[(u32, u32)])> {
        let case_of = |at: usize| self.rows.get(at).map(|&(case, _)| case);
        let runs_on = |at: usize| at > 0 && case_of(at) == case_of(at - 1);
        let first = places.clone().find(|&at| !runs_on(at)).unwrap_or(places.end);
        let more = (places.end..self.rows.len()).take_while(|&at| runs_on(at)).count();
        // The last case may run on beyond the places; none of which the first row lies before them is told.
        let end = if first < places.end { places.end + more } else { first };
        let rows = self.rows.get(first..end).unwrap_or_default();
        let cases = rows.chunk_by(|a, b| a.0 == b.0);
        cases.filter_map(|rows| Some((rows.first()?.0, rows)))
    }
}

/// A test of an outcome with the columns that its line is written from.
pub(super) struct TestColumns<'a> {
    pub(super) test: &'a Test,
    pub(super) verdicts: Option<&'a [Verdict]>,
    /// Window columns, and the day to which the source is known; none for tests without rows.
    pub(super) window: Option<(Int32Chunked, Int32Chunked, Day)>,
}

/// The verdicts of all cases, ready to be written line by line.
pub struct Verdicts<'a> {
    definitions: &'a Definitions,
    rings: &'a Rings,
    ids: UInt32Chunked,
    needs: Vec<NeedColumns<'a>>,
    /// The roles of those who decided needs, outcomes and claims otherwise than their rules found, by case.
    deciders: BTreeMap<u32, Vec<(&'a str, &'a str)>>,
}

/// How many of a case's needs in one framework came out how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedNeeds<'a> {
    /// The framework.
    pub framework: &'a str,
    /// How many needs of each verdict there are, in the order of [`Verdict::ALL`].
    pub of_verdict: [u32; Verdict::ALL.len()],
}

/// One need of one framework with the columns that its lines are written from.
struct NeedColumns<'a> {
    framework: &'a Framework,
    need: &'a Need,
    verdicts: Vec<Verdict>,
    outcome: Option<(&'a Outcome, Vec<Verdict>, Vec<TestColumns<'a>>)>,
}

impl<'a> Verdicts<'a> {
    /// Collects the columns.
    ///
    /// # Errors
    /// When a column is missing, which is a bug.
    pub fn new(definitions: &'a Definitions, evaluated: &'a Evaluated) -> PolarsResult<Self> {
        let rings = &evaluated.linked.inputs.rings;
        let Some(cases) = evaluated.units.get(CASE) else {
            let ids = UInt32Chunked::from_vec("case_id".into(), Vec::new());
            let (needs, deciders) = (Vec::new(), BTreeMap::new());
            return Ok(Self { definitions, rings, ids, needs, deciders });
        };
        let tasks = numbered_outcome_tasks(definitions);
        let judged = JudgedCases { linked: &evaluated.linked, cases, tests: &evaluated.tests };
        let mut needs = Vec::new();
        for framework in &definitions.frameworks {
            for need in &framework.needs {
                let outcome = match framework.outcome_of(&need.id) {
                    Some(o) => {
                        let verdicts =
                            verdicts_in(cases, &outcome_column(&qualified(framework, &o.id)))?;
                        let tests = judged.outcome_columns(definitions, framework, o, &tasks)?;
                        Some((o, verdicts, tests))
                    }
                    None => None,
                };
                let verdicts = verdicts_in(cases, &need_column(&qualified(framework, &need.id)))?;
                needs.push(NeedColumns { framework, need, verdicts, outcome });
            }
        }
        let ids = cases.column("case_id")?.as_materialized_series().u32()?.rechunk().into_owned();
        let mut deciders: BTreeMap<u32, Vec<(&str, &str)>> = BTreeMap::new();
        let decider = |d: &'a Decision| Some((d.case?, (d.definition.as_str(), d.role.as_str())));
        for (case, decided) in evaluated.overrides().filter_map(decider) {
            deciders.entry(case).or_default().push(decided);
        }
        Ok(Self { definitions, rings, ids, needs, deciders })
    }

    /// How many cases there are.
    #[must_use]
    pub fn cases(&self) -> usize {
        self.ids.len()
    }

    /// The identifier of a case, by its place.
    #[must_use]
    pub fn case_id(&self, case: usize) -> &str {
        let id = self.ids.get(case).and_then(|place| self.rings.identifier(CASE, place));
        id.unwrap_or_default()
    }

    /// The lines of one case, by its place: one for each framework and need.
    pub fn of_case(&self, case: usize) -> impl Iterator<Item = VerdictLine<'_>> {
        let case_id = self.case_id(case);
        self.needs.iter().map(move |columns| self.line(columns, case_id, case))
    }

    /// The lines of one case that say more than that a need was not there, by its place: needs that were
    /// found, that may yet be, of which nobody knows, and those that somebody decided on.
    pub fn told_of_case(&self, case: usize) -> impl Iterator<Item = VerdictLine<'_>> {
        let case_id = self.case_id(case);
        // Nobody has decided anything about most cases.
        let has_decisions = u32::try_from(case).is_ok_and(|case| self.deciders.contains_key(&case));
        let told = move |columns: &&NeedColumns<'a>| match at(&columns.verdicts, case) {
            Verdict::Met | Verdict::Pending | Verdict::Unknown => true,
            Verdict::NotMet | Verdict::NotApplicable => {
                let framework = columns.framework;
                let need = || need_owner(framework, &columns.need.id);
                let outcome = columns.outcome.as_ref().map(|(outcome, ..)| outcome);
                has_decisions
                    && (self.decided(need, case).is_some()
                        || outcome.is_some_and(|outcome| {
                            self.decided(|| outcome_owner(framework, &outcome.id), case).is_some()
                        }))
            }
        };
        self.needs.iter().filter(told).map(move |columns| self.line(columns, case_id, case))
    }

    /// What came out of all needs that one case was asked about, by its place: a line for each framework,
    /// so that whoever has the lines of [`Self::told_of_case`] knows of the others as well.
    pub fn asked_of_case(&self, case: usize) -> impl Iterator<Item = AskedNeeds<'_>> {
        let frameworks = self.needs.chunk_by(|a, b| a.framework.id == b.framework.id);
        frameworks.map(move |needs| {
            let mut of_verdict = [0; Verdict::ALL.len()];
            for columns in needs {
                let verdict = at(&columns.verdicts, case) as usize;
                of_verdict.get_mut(verdict).into_iter().for_each(|count| *count += 1);
            }
            let framework = needs.first().map_or("", |n| n.framework.id.as_str());
            AskedNeeds { framework, of_verdict }
        })
    }

    /// The decision in the place of what a rule found about a need, outcome or claim, if there is one.
    pub(super) fn decided(
        &self,
        definition: impl Fn() -> String,
        case: usize,
    ) -> Option<Reason<'a>> {
        let decided = self.deciders.get(&u32::try_from(case).ok()?)?;
        let of = definition();
        let (_, role) = *decided.iter().find(|(definition, _)| *definition == of)?;
        Some(Reason { word: "override", test: Some(role) })
    }

    fn line<'l>(
        &'l self,
        columns: &'l NeedColumns<'a>,
        case_id: &'l str,
        case: usize,
    ) -> VerdictLine<'l> {
        let need_verdict = at(&columns.verdicts, case);
        let (outcome, outcome_verdict, reason, window) = match &columns.outcome {
            Some((outcome, verdicts, tests)) => {
                let verdict = at(verdicts, case);
                let name = || outcome_owner(columns.framework, &outcome.id);
                let reason = self.decided(name, case).unwrap_or_else(|| {
                    reason(self.definitions, need_verdict, verdict, tests, case)
                });
                // Windows of an outcome that does not arise would only mislead.
                let arises = verdict != Verdict::NotApplicable;
                let window = if arises { span(tests.iter(), case) } else { (None, None) };
                (outcome.id.as_str(), verdict, reason, window)
            }
            None => ("", Verdict::NotApplicable, Reason::word("no_outcome"), (None, None)),
        };
        VerdictLine {
            case_id,
            framework: &columns.framework.id,
            need: &columns.need.id,
            need_verdict,
            outcome,
            outcome_verdict,
            reason,
            window_start: window.0,
            window_end: window.1,
        }
    }
}

fn at(verdicts: &[Verdict], row: usize) -> Verdict {
    verdicts.get(row).copied().unwrap_or(Verdict::Unknown)
}

/// A column of verdicts, unpacked.
pub(crate) fn verdicts_in(cases: &DataFrame, name: &str) -> PolarsResult<Vec<Verdict>> {
    let codes = cases.column(name)?.as_materialized_series().u32()?;
    // Every unit has a verdict: nothing has to be asked of each whether it has.
    Ok(match codes.cont_slice() {
        Ok(codes) => codes.iter().map(|&code| verdict_at(Some(code))).collect(),
        Err(_) => codes.iter().map(verdict_at).collect(),
    })
}

/// The tests of outcomes and claims. Their windows get the same numbers as when the cases were judged: the same
/// walk over the same definitions.
pub(super) fn numbered_outcome_tasks(definitions: &Definitions) -> Vec<Task<'_>> {
    let mut windows = Windows::default();
    need_tasks(definitions, &mut windows);
    outcome_tasks(definitions, &mut windows)
}

/// Cases with what was found about them.
#[derive(Clone, Copy)]
pub(super) struct JudgedCases<'a> {
    pub(super) linked: &'a Linked,
    /// One row for each case: verdicts, and the windows of outcomes.
    pub(super) cases: &'a DataFrame,
    /// What tests came to, case by case.
    pub(super) tests: &'a BTreeMap<String, Vec<Verdict>>,
}

impl<'a> JudgedCases<'a> {
    /// The tests of an outcome with what was found of each.
    pub(super) fn outcome_columns(
        &self,
        definitions: &Definitions,
        framework: &Framework,
        outcome: &'a Outcome,
        tasks: &[Task<'_>],
    ) -> PolarsResult<Vec<TestColumns<'a>>> {
        let owner = outcome_owner(framework, &outcome.id);
        let mut found = Vec::new();
        for test in &outcome.tests {
            let key = format!("{owner}.{}", test.id);
            let verdicts = self.tests.get(&key).map(Vec::as_slice);
            let window = match (tasks.iter().find(|t| t.key == key), &test.kind) {
                (Some(task), TestKind::Rows(rows)) => {
                    let days = |name: String| -> PolarsResult<Int32Chunked> {
                        Ok(self.cases.column(&name)?.as_materialized_series().i32()?.clone())
                    };
                    let known_to = horizon(definitions, self.linked, &rows.source);
                    Some((days(start_of(task.window))?, days(end_of(task.window))?, known_to))
                }
                _ => None,
            };
            found.push(TestColumns { test, verdicts, window });
        }
        Ok(found)
    }
}

/// What decided an outcome, or what it waits for.
fn reason<'a>(
    definitions: &Definitions,
    need: Verdict,
    outcome: Verdict,
    tests: &[TestColumns<'a>],
    case: usize,
) -> Reason<'a> {
    match need {
        Verdict::NotApplicable => return Reason::word("outside_the_framework_dates"),
        Verdict::Pending => return Reason::word("need_not_decided_yet"),
        Verdict::Met => {}
        _ => return Reason::word("need_not_found"),
    }
    let deciding = tests.iter().find(|t| t.verdicts.is_some_and(|v| at(v, case) == outcome));
    if outcome == Verdict::Met {
        return Reason::word("met");
    }
    let window = deciding.and_then(|t| t.window.as_ref());
    let dates = window.map(|(start, end, known_to)| (start.get(case), end.get(case), *known_to));
    let word = word_for(definitions, outcome, dates);
    Reason { word, test: deciding.map(|t| t.test.id.as_str()) }
}

/// The first and last day of a window as far as it has any, and the day to which its source is known.
type Dates = (Option<i32>, Option<i32>, Day);

/// The word for why a verdict is as it is, by the dates of the test that decides.
pub(super) fn word_for(
    definitions: &Definitions,
    verdict: Verdict,
    dates: Option<Dates>,
) -> &'static str {
    match (verdict, dates) {
        (Verdict::Pending, Some((Some(_), Some(end), known_to))) => {
            if end > definitions.project.as_at.0 {
                "window_open"
            } else if end > known_to.0 {
                "feed_incomplete"
            } else {
                "baseline_open"
            }
        }
        (Verdict::Pending, Some(_)) => "date_missing",
        (Verdict::Unknown, _) => "no_data",
        (other, _) => other.word(),
    }
}

/// The days from the first of an outcome's windows to the last.
pub(super) fn span<'t, 'a: 't>(
    tests: impl Iterator<Item = &'t TestColumns<'a>> + Clone,
    case: usize,
) -> (Option<Day>, Option<Day>) {
    let windows = tests.filter_map(|t| t.window.as_ref());
    let first = windows.clone().filter_map(|(start, _, _)| start.get(case)).min();
    let last = windows.filter_map(|(_, end, _)| end.get(case)).max();
    (first.map(Day), last.map(Day))
}

/// The rows behind each test of needs and outcomes, one test after the other, each in order of
/// case and row.
#[must_use]
pub fn evidence<'a>(definitions: &'a Definitions, evaluated: &'a Evaluated) -> Vec<TestRows<'a>> {
    let mut all = Vec::new();
    for framework in &definitions.frameworks {
        for need in &framework.needs {
            let named = |kind: &str, owner: &str, test: &'a Test| {
                (format!("{}.{kind}.{owner}.{}", framework.id, test.id), test)
            };
            let needs = need.tests.iter().map(|t| named("need", &need.id, t));
            let outcome = framework.outcome_of(&need.id).into_iter();
            let outcomes = outcome.flat_map(|o| o.tests.iter().map(|t| named("outcome", &o.id, t)));
            for (test, of) in needs.chain(outcomes) {
                let TestKind::Rows(of_rows) = &of.kind else { continue };
                let Some(rows) = evaluated.evidence.get(&test) else { continue };
                all.push(TestRows { test, source: &of_rows.source, rows });
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_is_told_once_with_all_its_rows_wherever_the_parts_end() {
        let rows = [(0, 5), (0, 6), (0, 9), (2, 1), (3, 4), (3, 8)];
        let test = TestRows { test: String::new(), source: "police", rows: &rows };
        let whole: Vec<_> = test.by_case(0..rows.len()).collect();
        assert_eq!(whole, [(0, &rows[..3]), (2, &rows[3..4]), (3, &rows[4..])]);
        for part in 1..=rows.len() {
            let starts = (0..rows.len()).step_by(part);
            let parts = starts.flat_map(|at| test.by_case(at..(at + part).min(rows.len())));
            assert_eq!(parts.collect::<Vec<_>>(), whole, "parts of {part}");
        }
    }
}
