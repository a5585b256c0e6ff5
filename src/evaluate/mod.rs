//! Cases and sources in, a verdict for each test, need, outcome, fact and claim out, with evidence.
//!
//! The tests of one unit are grouped by the source they read and the way its rows reach the unit;
//! each group is one fused `pass`. Needs come first: who has a need decides whose rows its
//! outcome reads.

mod aggregate;
mod case_needs;
mod claimed;
mod claims;
mod cohort;
mod decision;
mod evidence;
mod folds;
mod frameworks;
mod hits;
mod in_periods;
mod judging;
mod kinds;
pub(crate) mod met_on;
mod outcome_states;
mod overrides;
mod parcels;
mod parts;
mod pass;
mod questions;
mod reach;
mod results;
mod rule;
mod runs;
mod settle;
mod single_rows;
mod standing;
mod task;
mod unit_scope;
mod windows;

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

pub use crate::definitions::verdict::Verdict;
pub(crate) use case_needs::{OVERRIDDEN, UNDECIDED};
pub(crate) use claimed::row_values;
pub use claimed::{ClaimedCases, Clause};
pub use decision::{Decision, Effect};
pub(crate) use evidence::verdicts_in;
pub use evidence::{Reason, TestRows, VerdictLine, Verdicts, evidence};
pub use frameworks::qualified;
pub(crate) use frameworks::{need_owner, outcome_owner};
pub(crate) use overrides::decided_of;
pub use overrides::may_decide;
pub use parcels::UNITS_IN_PARCEL;
pub(crate) use results::{open_of, value_of};
pub(crate) use single_rows::single_rows;
pub(crate) use unit_scope::{UnitScope, decisions_behind, rests_on};
pub use unit_scope::{claim_column, fact_column, need_column, outcome_column};

use crate::calendar::{Day, Period};
use crate::definitions::Definitions;
use crate::definitions::unit::UnitRows;
use crate::link::{Linked, with_parent};

use cohort::Units;
use in_periods::Standing;
pub(crate) use in_periods::{InPeriods, sources_asked_in_periods};
use judging::Judging;

/// Units with everything that has been found about them.
#[derive(Debug)]
pub struct Evaluated {
    /// What was read and linked.
    pub linked: Linked,
    /// The units by name, needs of cases among them, with verdicts beside their columns.
    pub units: BTreeMap<String, DataFrame>,
    /// The rows behind each test of needs, outcomes and claims, if they were asked for: cases that have
    /// the need, or whose claim is met, by their place, each with the number of a row; in order.
    evidence: BTreeMap<String, Vec<(u32, u32)>>,
    /// What each test of needs, outcomes and claims came to, case by case.
    tests: BTreeMap<String, Vec<Verdict>>,
    /// What was decided in the place of rules, and what became of it: what counts comes first.
    pub decisions: Vec<Decision>,
    /// What has been found about units in periods, by unit.
    pub(crate) in_periods: BTreeMap<String, InPeriods>,
}

impl Evaluated {
    /// The decisions that stand in the place of what a rule found.
    pub fn overrides(&self) -> impl Iterator<Item = &Decision> {
        self.decisions.iter().filter(|d| d.effect == Effect::Counted)
    }

    /// The identifier of the case at a place of the unit's frame.
    #[must_use]
    pub fn case_id(&self, case: u32) -> Option<&str> {
        let ids = self.units.get(frameworks::CASE)?.column("case_id").ok()?;
        let place = ids.as_materialized_series().u32().ok()?.get(case as usize)?;
        self.linked.inputs.rings.identifier(frameworks::CASE, place)
    }

    /// What a test of a need, outcome or claim came to, case by case, by its name:
    /// `sf2022.need.domestic_abuse.incident`. Nothing of a test that reads no rows.
    #[must_use]
    pub fn of_test(&self, name: &str) -> Option<&[Verdict]> {
        self.tests.get(name).map(Vec::as_slice)
    }

    /// Judges units as they stand at the end of these periods, as far as facts ask about periods; those that were
    /// asked about before are not judged again. No figure of a stock that asks about its period can be measured for
    /// a period that was not.
    ///
    /// # Errors
    /// As [`evaluate`].
    pub fn judge_in_periods(
        &mut self,
        definitions: &Definitions,
        periods: &BTreeSet<Period>,
        progress: &mut dyn FnMut(&str),
    ) -> PolarsResult<()> {
        self.judge_periods_in_parcels(definitions, Some(periods), UNITS_IN_PARCEL, progress)
    }

    /// The same at the end of all periods that have ended.
    ///
    /// # Errors
    /// As [`evaluate`].
    pub fn judge_in_all_periods(
        &mut self,
        definitions: &Definitions,
        progress: &mut dyn FnMut(&str),
    ) -> PolarsResult<()> {
        self.judge_periods_in_parcels(definitions, None, UNITS_IN_PARCEL, progress)
    }

    fn judge_periods_in_parcels(
        &mut self,
        definitions: &Definitions,
        asked: Option<&BTreeSet<Period>>,
        largest: usize,
        progress: &mut dyn FnMut(&str),
    ) -> PolarsResult<()> {
        for unit in &definitions.units {
            let known = self.in_periods.get(&unit.id);
            let is_new = |p: &&Period| known.is_none_or(|known| known.of(**p).is_none());
            let new = asked.map(|all| all.iter().filter(is_new).copied().collect::<BTreeSet<_>>());
            if known.is_some() && new.as_ref().is_some_and(BTreeSet::is_empty) {
                continue;
            }
            let standing = Standing::new(definitions, &self.linked, unit, new.as_ref())?;
            let Some(standing) = standing else { continue };
            let found = standing.judged(definitions, &self.linked, largest, progress)?;
            self.in_periods.entry(unit.id.clone()).or_default().add(found);
        }
        Ok(())
    }

    /// Lets go of the rows that were read, but for those of some sources: they are a third of the memory of a large
    /// run. Figures and evidence are made from units and verdicts alone; when feeds ended is still known.
    pub fn forget_rows(&mut self, but_of: &BTreeSet<&str>) {
        for (source, rows) in &mut self.linked.inputs.sources {
            if !but_of.contains(source.as_str()) {
                // Without its columns: whoever asked for them yet would be refused, not told of nobody.
                rows.frame = DataFrame::empty();
            }
        }
    }

    /// Lets go of who belonged to which family.
    pub fn forget_members(&mut self) {
        self.linked.members.clear();
    }
}

/// The day to which a source is known: the day of judgement, or earlier if its feed is.
#[must_use]
pub fn horizon(definitions: &Definitions, linked: &Linked, source: &str) -> Day {
    let complete_to = linked.inputs.sources.get(source).and_then(|s| s.complete_to);
    complete_to.map_or(Day(i32::MIN / 2), |day| day.min(definitions.project.as_at))
}

/// Judges every unit. `progress` is told the title of each kind of unit before it is judged.
///
/// # Errors
/// When a date lies beyond the table of bank holidays, or the data frame library refuses.
pub fn evaluate(
    definitions: &Definitions,
    linked: Linked,
    with_evidence: bool,
    progress: &mut dyn FnMut(&str),
) -> PolarsResult<Evaluated> {
    evaluate_in_parcels(definitions, linked, with_evidence, UNITS_IN_PARCEL, progress)
}

/// The same but for what facts ask about periods: who knows which periods are shown has those judged alone
/// ([`Evaluated::judge_in_periods`]).
///
/// # Errors
/// As [`evaluate`].
pub fn evaluate_units(
    definitions: &Definitions,
    linked: Linked,
    with_evidence: bool,
    progress: &mut dyn FnMut(&str),
) -> PolarsResult<Evaluated> {
    units_in_parcels(definitions, linked, with_evidence, UNITS_IN_PARCEL, progress)
}

/// The same in parcels of at most `largest` units. What comes of it does not depend on their size.
///
/// # Errors
/// As [`evaluate`].
pub fn evaluate_in_parcels(
    definitions: &Definitions,
    linked: Linked,
    with_evidence: bool,
    largest: usize,
    progress: &mut dyn FnMut(&str),
) -> PolarsResult<Evaluated> {
    let mut all = units_in_parcels(definitions, linked, with_evidence, largest, progress)?;
    all.judge_periods_in_parcels(definitions, None, largest, progress)?;
    Ok(all)
}

fn units_in_parcels(
    definitions: &Definitions,
    mut linked: Linked,
    with_evidence: bool,
    largest: usize,
    progress: &mut dyn FnMut(&str),
) -> PolarsResult<Evaluated> {
    case_needs::place_words(definitions, &mut linked.inputs.rings);
    let mut units = BTreeMap::new();
    let (mut evidence, mut tests, mut decisions) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
    for unit in definitions.units.iter().filter(|u| u.rows != UnitRows::CaseNeeds) {
        let facts = definitions.facts.iter().filter(|f| f.unit == unit.id);
        let facts = facts.filter(|f| !f.test.asks_about_period()).collect();
        let none = DataFrame::empty();
        let frame = linked.units.get(&unit.id).unwrap_or(&none);
        let plan = Judging::new(definitions, &linked, (unit, frame), facts, with_evidence)?;
        let of = Units { frame, members: linked.members.get(&unit.id) };
        let rows = plan.rows(progress)?;
        let judged = plan.judge(of, rows, largest)?;
        units.insert(unit.id.clone(), judged.units);
        evidence.extend(judged.evidence);
        tests.extend(judged.tests);
        decisions.extend(plan.decisions(&judged.decided));
    }
    for unit in definitions.units.iter().filter(|u| u.rows == UnitRows::CaseNeeds) {
        let none = DataFrame::empty();
        let cases = units.get(frameworks::CASE).unwrap_or(&none);
        let judged = evidence::JudgedCases { linked: &linked, cases, tests: &tests };
        let needs = case_needs::case_needs(definitions, &judged, unit)?;
        units.insert(unit.id.clone(), with_parent(definitions, &linked, unit, needs)?);
    }
    let in_periods = BTreeMap::new();
    Ok(Evaluated { linked, units, evidence, tests, decisions, in_periods })
}
