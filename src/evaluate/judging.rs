//! How units of one kind are judged: what is asked of them, the rows that answer, and then parcel by
//! parcel needs, outcomes, claims and facts.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use polars::prelude::{Expr as Plan, *};

use crate::columns::{in_parallel, lower};
use crate::definitions::Definitions;
use crate::definitions::expression::Type;
use crate::definitions::measure::Fact;
use crate::definitions::overrides::Ruled;
use crate::definitions::test::TestKind;
use crate::definitions::unit::Unit;
use crate::evaluate::cohort::{Cohort, Units};
use crate::evaluate::decision::Decision;
use crate::evaluate::evidence::verdicts_in;
use crate::evaluate::overrides::{Found, Register, decided_of};
use crate::evaluate::pass::{Behind, Pass};
use crate::evaluate::reach::{Indexes, Rows};
use crate::evaluate::results::{open_of, value_of};
use crate::evaluate::settle::{code, verdict_of};
use crate::evaluate::task::{Reach, Task, reach};
use crate::evaluate::unit_scope::{UnitScope, decisions_behind, fact_column, rests_on};
use crate::evaluate::windows::{Windows, end_of, is_of_window, start_of};
use crate::evaluate::{Verdict, claims, frameworks, horizon, met_on, parcels};
use crate::link::Linked;

/// All that is asked of units of one kind.
pub(super) struct Judging<'a> {
    definitions: &'a Definitions,
    linked: &'a Linked,
    unit: &'a Unit,
    with_evidence: bool,
    windows: Windows,
    facts: Vec<&'a Fact>,
    /// What was decided in the place of rules; of cases only.
    register: Register,
    /// The passes that identify needs.
    needs: Vec<Pass<'a>>,
    /// The passes that may ask who has a need, and all others.
    outcomes: Vec<Pass<'a>>,
}

/// Units with what has been found about them, and the rows behind it.
pub(super) struct Judged {
    pub(super) units: DataFrame,
    /// For each test of a need or an outcome: units that have the need, each with the number of a
    /// row; in order. For each test of a claim: units that it is met for.
    pub(super) evidence: BTreeMap<String, Vec<(u32, u32)>>,
    /// What the tests of needs, outcomes and claims came to, unit by unit.
    pub(super) tests: BTreeMap<String, Vec<Verdict>>,
    /// What became of recorded decisions.
    pub(super) decided: Vec<Found>,
}

impl<'a> Judging<'a> {
    /// What definitions ask of a unit. `frame` has its columns.
    pub(super) fn new(
        definitions: &'a Definitions,
        linked: &'a Linked,
        (unit, frame): (&'a Unit, &DataFrame),
        facts: Vec<&'a Fact>,
        with_evidence: bool,
    ) -> PolarsResult<Self> {
        let mut windows = Windows::default();
        let is_case = unit.id == frameworks::CASE;
        let (mut needs, mut outcomes) = (Vec::new(), Vec::new());
        let mut register = Register::default();
        if is_case {
            register = Register::new(definitions, linked)?;
            needs = frameworks::need_tasks(definitions, &mut windows);
            outcomes = frameworks::outcome_tasks(definitions, &mut windows);
        }
        for fact in &facts {
            outcomes.extend(fact_task(fact, &mut windows));
        }
        let passes = |tasks| passes(definitions, linked, (unit, frame), tasks);
        let (needs, outcomes) = (passes(needs)?, passes(outcomes)?);
        Ok(Self {
            definitions,
            linked,
            unit,
            with_evidence,
            windows,
            facts,
            register,
            needs,
            outcomes,
        })
    }

    /// Finds the rows that answer, in the order in which they are looked for.
    pub(super) fn rows(&self, progress: &mut dyn FnMut(&str)) -> PolarsResult<Indexes<'a>> {
        if !(self.needs.is_empty() && self.outcomes.is_empty()) {
            progress(&format!("{}: whose rows", self.unit.title));
        }
        let rows = self.indexes()?;
        if !(self.needs.is_empty() && self.outcomes.is_empty()) {
            progress(&format!("{}: verdicts", self.unit.title));
        }
        Ok(rows)
    }

    /// Judges all units by these rows, at most `largest` at a time.
    pub(super) fn judge(
        &self,
        units: Units<'_>,
        rows: Indexes<'a>,
        largest: usize,
    ) -> PolarsResult<Judged> {
        let judged = self.in_parcels(units, &rows, largest)?;
        drop(rows);
        let (mut found, mut decided) = (Vec::new(), Vec::new());
        let mut evidence: BTreeMap<String, Vec<(u32, u32)>> = BTreeMap::new();
        let mut tests: BTreeMap<String, Vec<Verdict>> = BTreeMap::new();
        for judged in judged {
            found.push(judged.units);
            decided.extend(judged.decided);
            for (key, rows) in judged.evidence {
                evidence.entry(key).or_default().extend(rows);
            }
            for (key, verdicts) in judged.tests {
                tests.entry(key).or_default().extend(verdicts);
            }
        }
        let mut all = units.frame.clone();
        let found = parcels::together(found)?;
        all.hstack_mut(found.columns())?;
        Ok(Judged { units: all, evidence, tests, decided })
    }

    /// What was found of units, parcel by parcel: the columns that they did not have before.
    pub(super) fn in_parcels(
        &self,
        units: Units<'_>,
        rows: &Indexes<'a>,
        largest: usize,
    ) -> PolarsResult<Vec<Judged>> {
        let parcels = parcels::cut(units.frame.height(), largest);
        in_parallel(parcels.len(), |number| {
            self.parcel(units, rows, parcels.get(number).cloned().unwrap_or_default())
        })
    }

    /// The recorded decisions, with what was found of them.
    pub(super) fn decisions(self, found: &[Found]) -> Vec<Decision> {
        self.register.decisions(found)
    }

    /// The rows of all sources that are read. Passes that read one source in one way share them.
    fn indexes(&self) -> PolarsResult<Indexes<'a>> {
        let mut wanted: BTreeMap<(String, Reach), Vec<&Task<'a>>> = BTreeMap::new();
        for pass in self.needs.iter().chain(&self.outcomes) {
            let key = (pass.source.id.clone(), pass.reach.clone());
            wanted.entry(key).or_default().extend(&pass.tasks);
        }
        let mut wanted: Vec<_> = wanted.into_iter().collect();
        // The longest first: taken last, it would keep one thread busy while the others have no more.
        let sources = &self.linked.inputs.sources;
        let length = |id: &String| sources.get(id).map_or(0, |rows| rows.frame.height());
        wanted.sort_by_key(|((id, _), _)| Reverse(length(id)));
        let made = in_parallel(wanted.len(), |number| {
            let Some(((id, reach), tasks)) = wanted.get(number) else { return Ok(None) };
            let Some(source) = self.definitions.source(id) else { return Ok(None) };
            Rows::new(self.definitions, self.linked, source, reach, tasks).map(Some)
        })?;
        let keys = wanted.into_iter().map(|(key, _)| key);
        Ok(keys.zip(made).filter_map(|(key, rows)| Some((key, rows?))).collect())
    }

    /// Judges the units at some places. Gives the columns that were found.
    fn parcel<'u>(
        &'u self,
        units: Units<'u>,
        rows: &Indexes<'a>,
        places: Range<usize>,
    ) -> PolarsResult<Judged> {
        let (definitions, linked) = (self.definitions, self.linked);
        let of = (self.unit, units);
        let mut cohort = Cohort::new(definitions, linked, of, &self.windows, places)?;
        let mut behind = Vec::new();
        let mut run = |cohort: &mut Cohort<'u>, passes: &[Pass<'a>]| -> PolarsResult<()> {
            for pass in passes {
                let key = (pass.source.id.clone(), pass.reach.clone());
                let Some(rows) = rows.get(&key) else { continue };
                behind.extend(pass.run(cohort, rows, self.with_evidence)?);
            }
            Ok(())
        };
        let is_case = self.unit.id == frameworks::CASE;
        run(&mut cohort, &self.needs)?;
        let mut decided = Vec::new();
        if is_case {
            frameworks::decide_needs(&mut cohort)?;
            decided.extend(self.register.decide(&mut cohort, Ruled::Need)?);
            frameworks::name_people(&mut cohort)?;
        }
        run(&mut cohort, &self.outcomes)?;
        if is_case {
            frameworks::decide_outcomes(&mut cohort)?;
            decided.extend(self.register.decide(&mut cohort, Ruled::Outcome)?);
            claims::decide_claims(&mut cohort)?;
            decided.extend(self.register.decide(&mut cohort, Ruled::Claim)?);
            let tasks = self.needs.iter().chain(&self.outcomes).flat_map(|pass| &pass.tasks);
            met_on::date_claims(&mut cohort, tasks)?;
        }
        facts_of_own_columns(&mut cohort, &self.facts)?;
        let evidence = evidence_of(&cohort, behind)?;
        let tests = self.take_tests(&mut cohort.units)?;
        // The units' own columns are there already.
        let found = cohort.units.into_columns().into_iter();
        let found = found.filter(|c| units.frame.column(c.name()).is_err());
        // The windows of outcomes are told in evidence; nobody asks for the others any more.
        let mut told = BTreeSet::new();
        for task in self.outcomes.iter().flat_map(|p| &p.tasks).filter(|t| t.need.is_some()) {
            told.extend([start_of(task.window), end_of(task.window)]);
        }
        let found = found.filter(|c| !is_of_window(c.name()) || told.contains(c.name().as_str()));
        let units = DataFrame::new_infer_height(found.collect())?;
        Ok(Judged { units, evidence, tests, decided })
    }

    /// Takes what the tests of needs, outcomes and claims came to out of the units' frame: rules have been
    /// asked, and who tells of a test later needs no more than a byte for each unit.
    fn take_tests(&self, units: &mut DataFrame) -> PolarsResult<BTreeMap<String, Vec<Verdict>>> {
        let tasks = self.needs.iter().chain(&self.outcomes).flat_map(|pass| &pass.tasks);
        let tasks: Vec<_> = tasks.filter(|task| task.told_if.is_some()).collect();
        let verdicts = |key: &String| Ok((key.clone(), verdicts_in(units, key)?));
        let tests = tasks.iter().map(|task| verdicts(&task.key)).collect::<PolarsResult<_>>()?;
        *units = units.drop_many(tasks.iter().flat_map(|t| [t.key.clone(), open_of(&t.key)]));
        Ok(tests)
    }
}

/// The rows behind tests, of units that have the need, or whose claim is met, only.
fn evidence_of(
    cohort: &Cohort<'_>,
    behind: Vec<Behind>,
) -> PolarsResult<BTreeMap<String, Vec<(u32, u32)>>> {
    let first = u32::try_from(cohort.first).unwrap_or(u32::MAX);
    let told = |Behind { key, told_if, rows }: Behind| {
        let verdicts = cohort.units.column(&told_if)?.as_materialized_series().u32()?;
        let is_met = |unit: u32| verdicts.get(unit as usize) == Some(Verdict::Met as u32);
        let rows = rows.into_iter().filter(|(unit, _)| is_met(*unit));
        let mut rows: Vec<_> = rows.map(|(unit, row)| (first + unit, row)).collect();
        rows.sort_unstable();
        Ok((key, rows))
    };
    behind.into_iter().map(told).collect()
}

/// Groups tasks into passes.
fn passes<'a>(
    definitions: &'a Definitions,
    linked: &Linked,
    (unit, frame): (&Unit, &DataFrame),
    tasks: Vec<Task<'a>>,
) -> PolarsResult<Vec<Pass<'a>>> {
    let mut passes: BTreeMap<(String, Reach), Vec<Task<'a>>> = BTreeMap::new();
    for task in tasks {
        let source = definitions.source(&task.test.source);
        let Some(way) = source.and_then(|s| reach(definitions, (unit, frame), s, &task)) else {
            let why = format!("no way from `{}` to a {}", task.test.source, unit.id);
            return Err(PolarsError::ComputeError(format!("{}: {why}", task.key).into()));
        };
        passes.entry((task.test.source.clone(), way)).or_default().push(task);
    }
    let passes = passes.into_iter().filter_map(|((source, reach), tasks)| {
        let source = definitions.source(&source)?;
        let horizon = horizon(definitions, linked, &source.id).0;
        Some(Pass { source, reach, tasks, horizon })
    });
    Ok(passes.collect())
}

/// The test behind a fact, if it reads rows.
fn fact_task<'d>(fact: &'d Fact, windows: &mut Windows) -> Option<Task<'d>> {
    let mut task = Task::of("fact", [&fact.test], None, false, windows).pop()?;
    task.key = fact_column(&fact.id);
    Some(task)
}

/// Facts that read no rows but the unit's own columns and what has been found about it. One may use
/// another that stands above it.
fn facts_of_own_columns(cohort: &mut Cohort<'_>, facts: &[&Fact]) -> PolarsResult<()> {
    let scope = UnitScope { definitions: cohort.definitions, linked: cohort.linked, period: None };
    for fact in facts {
        let TestKind::When(asked) = &fact.test.kind else { continue };
        let column = fact_column(&fact.id);
        let value = lower(&asked.expr, &scope);
        let mut found = Vec::new();
        let settled = if asked.ty == Type::YesNo {
            verdict_of(value.cast(DataType::Boolean))
        } else {
            let value = value.cast(DataType::Float64);
            found.push(value.clone().alias(value_of(&column)));
            when(value.is_null()).then(code(Verdict::Unknown)).otherwise(code(Verdict::Met))
        };
        // What it rests on may still be open, or may have to wait for its peers.
        let rests_on = rests_on(&asked.expr, &cohort.units);
        let pending = |verdict: &String| col(verdict.as_str()).eq(code(Verdict::Pending));
        let waits = rests_on.iter().filter_map(|(verdict, _)| Some(pending(verdict.as_ref()?)));
        let verdict = match waits.reduce(Plan::or) {
            None => settled,
            Some(waits) => when(settled.clone().eq(code(Verdict::Unknown)).and(waits))
                .then(code(Verdict::Pending))
                .otherwise(settled),
        };
        let open = rests_on.iter().map(|(_, open)| col(open.as_str())).reduce(Plan::or);
        found.push(open.unwrap_or_else(|| lit(false)).alias(open_of(&column)));
        let decided = decisions_behind(&asked.expr, &cohort.units);
        let decided = decided.into_iter().map(col).reduce(Plan::or);
        found.extend(decided.map(|decided| decided.alias(decided_of(&column))));
        found.push(verdict.alias(column));
        let found = cohort.units.clone().lazy().select(found).collect()?;
        cohort.add_unit_columns(&found)?;
    }
    Ok(())
}
