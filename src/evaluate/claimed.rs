//! The cases for which a claim is met, with every clause that it rests on: its own tests, the needs
//! that were found with theirs, and the outcomes that answer them.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use crate::calendar::Day;
use crate::columns::{ROW, lower, texts};
use crate::definitions::Definitions;
use crate::definitions::framework::Framework;
use crate::definitions::test::{RowTest, Test, TestKind};
use crate::evaluate::evidence::{Reason, Verdicts, verdicts_in, word_for};
use crate::evaluate::frameworks::{CASE, qualified};
use crate::evaluate::unit_scope::{UnitScope, claim_column};
use crate::evaluate::windows::{Days, bounds};
use crate::evaluate::{Evaluated, Verdict, horizon};

/// One clause of one claimed case: a claim, need or outcome as a whole, or one test of it.
#[derive(Debug)]
pub struct Clause<'a> {
    /// The case, by its own identifier.
    pub case_id: &'a str,
    /// The claim, need or outcome: `sf2022.need.missing_from_home`.
    pub of: &'a str,
    /// The test; empty where the whole is meant.
    pub test: &'a str,
    /// Its verdict.
    pub status: Verdict,
    /// What decided it, or what it waits for.
    pub reason: Reason<'a>,
    /// First and last day of the test's window.
    pub window: Option<(Day, Day)>,
    /// The source that the test reads; empty where it reads none.
    pub source: &'a str,
    /// The rows behind the test: the place of the case, and the number of a data row.
    rows: &'a [(u32, u32)],
    /// What stands in them, by their numbers.
    values: &'a BTreeMap<u32, String>,
}

impl Clause<'_> {
    /// The numbers of the data rows that stand behind the test, in order.
    pub fn rows(&self) -> impl Iterator<Item = u32> {
        self.rows.iter().map(|(_, row)| *row)
    }

    /// What stands in each of these rows, in the columns that the test keeps: `happened_on 2024-10-10`.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.rows().map(|row| self.values.get(&row).map_or("", String::as_str))
    }
}

/// Nothing stands in no rows.
static NOTHING: BTreeMap<u32, String> = BTreeMap::new();

/// The cases for which a claim is met.
pub struct ClaimedCases<'a> {
    definitions: &'a Definitions,
    verdicts: &'a Verdicts<'a>,
    framework: &'a Framework,
    /// Their places among all cases, in order.
    cases: Vec<usize>,
    claim: Part<'a>,
    /// For each need of the framework what is asked to find it, and to answer it.
    needs: Vec<(Part<'a>, Option<Part<'a>>)>,
}

/// A claim, need or outcome with its tests.
struct Part<'a> {
    of: String,
    tests: Vec<Asked<'a>>,
}

/// A test with what was found of each claimed case.
struct Asked<'a> {
    test: &'a str,
    source: &'a str,
    /// The last day to which its source is known.
    known_to: Day,
    verdicts: Vec<Verdict>,
    windows: (Days, Days),
    /// The rows behind it, in order of case and row.
    rows: &'a [(u32, u32)],
    /// What stands in those of claimed cases, by their numbers.
    values: BTreeMap<u32, String>,
}

impl<'a> ClaimedCases<'a> {
    /// The cases of a claim, by its name: `sf2022.successful_family`. `with_values` says whether anybody
    /// asks what stands in the rows.
    ///
    /// # Errors
    /// When a column is missing, which is a bug.
    pub fn new(
        definitions: &'a Definitions,
        evaluated: &'a Evaluated,
        verdicts: &'a Verdicts<'a>,
        name: &str,
        with_values: bool,
    ) -> PolarsResult<Option<Self>> {
        let frameworks = definitions.frameworks.iter();
        let claims = frameworks.flat_map(|f| f.claims.iter().map(move |c| (f, c)));
        let found = claims.into_iter().find(|(f, c)| qualified(f, &c.id) == name);
        let Some((framework, claim)) = found else { return Ok(None) };
        let none = DataFrame::empty();
        let all = evaluated.units.get(CASE).unwrap_or(&none);
        let mut cases = Vec::new();
        let mut frame = all.clone();
        if all.height() > 0 {
            let met = verdicts_in(all, &claim_column(name))?;
            let met: Vec<bool> = met.into_iter().map(|v| v == Verdict::Met).collect();
            cases.extend(met.iter().enumerate().filter(|(_, met)| **met).map(|(at, _)| at));
            frame = all.filter(&BooleanChunked::from_iter_values("met".into(), met.into_iter()))?;
        }
        let claimed = Claimed { frame: &frame, places: &cases, with_values };
        let part = |kind: &str, id: &str, tests: &'a [Test]| -> PolarsResult<Part<'a>> {
            let of = format!("{}.{kind}.{id}", framework.id);
            let asked = |test| asked(definitions, evaluated, &claimed, &of, test);
            let tests = if cases.is_empty() { &[] } else { tests };
            Ok(Part { tests: tests.iter().map(asked).collect::<PolarsResult<_>>()?, of })
        };
        let claim = part("claim", &claim.id, &claim.tests)?;
        let mut needs = Vec::new();
        for need in &framework.needs {
            let outcome = framework.outcome_of(&need.id);
            let outcome = outcome.map(|o| part("outcome", &o.id, &o.tests)).transpose()?;
            needs.push((part("need", &need.id, &need.tests)?, outcome));
        }
        Ok(Some(Self { definitions, verdicts, framework, claim, cases, needs }))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cases.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty()
    }

    /// Every clause about the claimed case at a place, the claim first, then each need that was found
    /// with the outcome that answers it.
    #[must_use]
    pub fn clauses(&self, at: usize) -> Vec<Clause<'_>> {
        let Some(&case) = self.cases.get(at) else { return Vec::new() };
        let place = (at, case, self.verdicts.case_id(case));
        let mut all = Vec::new();
        self.tell(&mut all, place, &self.claim, (Verdict::Met, Reason::word("met")));
        let lines = self.verdicts.of_case(case).filter(|l| l.framework == self.framework.id);
        for (line, (need, outcome)) in lines.zip(&self.needs) {
            if line.need_verdict != Verdict::Met {
                continue;
            }
            self.tell(&mut all, place, need, (Verdict::Met, Reason::word("met")));
            if let Some(outcome) = outcome {
                self.tell(&mut all, place, outcome, (line.outcome_verdict, line.reason));
            }
        }
        all
    }

    /// A claim, need or outcome as a whole, and each of its tests.
    fn tell<'c>(
        &'c self,
        all: &mut Vec<Clause<'c>>,
        (at, case, case_id): (usize, usize, &'c str),
        part: &'c Part<'a>,
        (status, reason): (Verdict, Reason<'c>),
    ) {
        let of = part.of.as_str();
        let reason = self.verdicts.decided(|| of.to_owned(), case).unwrap_or(reason);
        all.push(Clause {
            case_id,
            of,
            test: "",
            status,
            reason,
            window: None,
            source: "",
            rows: &[],
            values: &NOTHING,
        });
        for asked in &part.tests {
            let Asked { test, source, .. } = *asked;
            let status = asked.verdicts.get(at).copied().unwrap_or(Verdict::Unknown);
            let day = |days: &[Option<i32>]| days.get(at).copied().flatten();
            let (first, last) = (day(&asked.windows.0), day(&asked.windows.1));
            let dates = (!source.is_empty()).then_some((first, last, asked.known_to));
            let reason = Reason::word(word_for(self.definitions, status, dates));
            let window = first.zip(last).map(|(first, last)| (Day(first), Day(last)));
            let begin = asked.rows.partition_point(|(c, _)| (*c as usize) < case);
            let end = asked.rows.partition_point(|(c, _)| (*c as usize) <= case);
            let rows = asked.rows.get(begin..end).unwrap_or_default();
            let values = &asked.values;
            all.push(Clause { case_id, of, test, status, reason, window, source, rows, values });
        }
    }
}

/// The cases for which the claim is met.
struct Claimed<'c> {
    frame: &'c DataFrame,
    /// Their places among all cases, in order.
    places: &'c [usize],
    /// Whether anybody asks what stands in the rows behind them.
    with_values: bool,
}

/// What was found of a test for each of these cases, and what stands in its rows if that is asked.
fn asked<'a>(
    definitions: &'a Definitions,
    evaluated: &'a Evaluated,
    cases: &Claimed<'_>,
    of: &str,
    test: &'a Test,
) -> PolarsResult<Asked<'a>> {
    let key = format!("{of}.{}", test.id);
    match &test.kind {
        TestKind::Rows(test_of) => {
            let rows = evaluated.evidence.get(&key).map(Vec::as_slice).unwrap_or_default();
            let claimed = |case: u32| {
                cases.with_values && cases.places.binary_search(&(case as usize)).is_ok()
            };
            let verdicts = evaluated.of_test(&key).unwrap_or_default();
            let verdict = |case: &usize| verdicts.get(*case).copied().unwrap_or(Verdict::Unknown);
            let wanted = rows.iter().filter(|(case, _)| claimed(*case)).map(|(_, row)| *row);
            Ok(Asked {
                test: &test.id,
                source: &test_of.source,
                known_to: horizon(definitions, &evaluated.linked, &test_of.source),
                verdicts: cases.places.iter().map(verdict).collect(),
                windows: bounds(cases.frame, &test_of.window, &definitions.project)?,
                rows,
                values: row_values(definitions, evaluated, test_of, &wanted.collect())?,
            })
        }
        TestKind::When(when) => {
            let scope = UnitScope { definitions, linked: &evaluated.linked, period: None };
            let holds = lower(&when.expr, &scope).cast(DataType::Boolean).alias("holds");
            let found = cases.frame.clone().lazy().with_column(holds).collect()?;
            let verdict = |holds: Option<bool>| match holds {
                Some(true) => Verdict::Met,
                Some(false) => Verdict::NotMet,
                None => Verdict::Unknown,
            };
            let holds = found.column("holds")?.as_materialized_series().bool()?;
            Ok(Asked {
                test: &test.id,
                source: "",
                known_to: definitions.project.as_at,
                verdicts: holds.iter().map(verdict).collect(),
                windows: (Vec::new(), Vec::new()),
                rows: &[],
                values: BTreeMap::new(),
            })
        }
    }
}

/// What stands in some rows of a test's source, in the columns that it keeps, by the numbers of the rows.
pub(crate) fn row_values(
    definitions: &Definitions,
    evaluated: &Evaluated,
    test: &RowTest,
    wanted: &BTreeSet<u32>,
) -> PolarsResult<BTreeMap<u32, String>> {
    let inputs = &evaluated.linked.inputs;
    let rows = inputs.sources.get(&test.source).filter(|_| !wanted.is_empty());
    let (Some(source), Some(rows)) = (definitions.source(&test.source), rows) else {
        return Ok(BTreeMap::new());
    };
    let numbers = rows.frame.column(ROW)?.as_materialized_series().u32()?;
    let is_wanted = numbers.iter().map(|n| n.is_some_and(|n| wanted.contains(&n)));
    let frame = rows.frame.filter(&BooleanChunked::from_iter_values("wanted".into(), is_wanted))?;
    let mut told = vec![String::new(); frame.height()];
    for column in test.kept.iter().filter_map(|name| source.column(name)) {
        let found =
            texts(&inputs.rings, &column.ty, frame.column(&column.name)?, &|day| day.iso())?;
        for (told, text) in told.iter_mut().zip(found) {
            let Some(text) = text else { continue };
            let comma = if told.is_empty() { "" } else { ", " };
            told.push_str(&format!("{comma}{} {text}", column.name));
        }
    }
    let numbers = frame.column(ROW)?.as_materialized_series().u32()?;
    Ok(numbers.iter().zip(told).filter_map(|(number, told)| Some((number?, told))).collect())
}
