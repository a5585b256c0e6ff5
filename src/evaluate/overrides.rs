//! Recorded decisions that an outcome counts as met. They change what its rule finds only where that is
//! not met or unknown: an outcome that still waits goes on waiting, and a need is never decided so.

use std::collections::BTreeMap;

use polars::prelude::*;

use crate::calendar::Day;
use crate::columns::{ByKey, ROW};
use crate::definitions::Definitions;
use crate::definitions::expression::Type;
use crate::definitions::framework::{Framework, Override};
use crate::evaluate::cohort::Cohort;
use crate::evaluate::frameworks::{CASE, qualified};
use crate::evaluate::unit_scope::outcome_column;
use crate::evaluate::{Evaluated, Verdict};
use crate::link::Linked;

/// The column with the verdict that the rule of an outcome found, beside the one that counts.
pub(crate) fn by_rule(outcome_column: &str) -> String {
    format!("{outcome_column} by rule")
}

/// The column with the role of whoever decided an outcome first, as the place of a code.
pub(super) fn role_of(outcome_column: &str) -> String {
    format!("{outcome_column} role")
}

/// What becomes of one recorded decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// It has set the outcome to met.
    Counted,
    /// An earlier decision has done so.
    Repeats,
    /// The outcome is met without it.
    MetWithoutIt,
    /// The outcome still waits.
    StillPending,
    /// The need of the outcome was not found.
    NeedNotFound,
    /// Whoever decided may not.
    RoleNotApproved,
    /// It is dated before the case, after it, or in the future.
    OutsideTheCase,
    /// No outcome of the framework that may be decided has this name.
    OutcomeNotKnown,
}

impl Effect {
    /// The word for it in files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Counted => "counted",
            Self::Repeats => "repeats",
            Self::MetWithoutIt => "met_without_it",
            Self::StillPending => "still_pending",
            Self::NeedNotFound => "need_not_found",
            Self::RoleNotApproved => "role_not_approved",
            Self::OutsideTheCase => "outside_the_case",
            Self::OutcomeNotKnown => "outcome_not_known",
        }
    }
}

/// One recorded decision, for audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What became of it.
    pub effect: Effect,
    /// The place of the case.
    pub case: u32,
    /// The framework.
    pub framework: String,
    /// The outcome, as it was written.
    pub outcome: String,
    /// The verdict that the rule found.
    pub by_rule: Option<Verdict>,
    /// The role of whoever decided.
    pub role: String,
    /// The day of the decision.
    pub decided_on: Option<Day>,
    /// The source with the decisions.
    pub source: String,
    /// The number of the data row in its file, from 1.
    pub row: u32,
}

/// The rows of the decisions of a framework.
struct Rows<'a> {
    frame: &'a DataFrame,
    cases: &'a UInt32Chunked,
    outcomes: &'a UInt32Chunked,
    days: &'a Int32Chunked,
    roles: &'a UInt32Chunked,
}

impl<'a> Rows<'a> {
    fn new(definitions: &Definitions, linked: &'a Linked, rule: &Override) -> PolarsResult<Option<Self>> {
        let (Some(source), Some(rows)) =
            (definitions.source(&rule.source), linked.inputs.sources.get(&rule.source))
        else {
            return Ok(None);
        };
        let (Some(case), Some((date, _))) = (source.id_column(CASE), source.shape.dates()) else {
            return Ok(None);
        };
        let frame = &rows.frame;
        let places = |name: &str| frame.column(name)?.as_materialized_series().u32();
        Ok(Some(Self {
            frame,
            cases: places(&case.name)?,
            outcomes: places(&rule.outcome)?,
            days: frame.column(date)?.as_materialized_series().i32()?,
            roles: places(&rule.role)?,
        }))
    }
}

/// Cases with the dates between which a decision counts.
struct Cases<'a> {
    by_id: ByKey,
    from: &'a Int32Chunked,
    to: Option<&'a Int32Chunked>,
    as_at: i32,
}

impl<'a> Cases<'a> {
    fn new(cases: &'a DataFrame, rule: &Override, as_at: Day) -> PolarsResult<Self> {
        let days = |name: &str| cases.column(name)?.as_materialized_series().i32();
        Ok(Self {
            by_id: ByKey::new(cases.column("case_id")?.as_materialized_series().u32()?),
            from: days(&rule.from)?,
            to: rule.to.as_deref().map(days).transpose()?,
            as_at: as_at.0,
        })
    }

    /// Whether a day lies within the case.
    fn holds(&self, case: u32, day: Option<i32>) -> bool {
        let at = case as usize;
        let (Some(day), Some(from)) = (day, self.from.get(at)) else { return false };
        let last = self.to.and_then(|to| to.get(at)).unwrap_or(i32::MAX).min(self.as_at);
        from <= day && day <= last
    }
}

/// For each outcome of a framework that may be decided, the role of whoever decided it first, for
/// each case of a cohort. Nothing where there is no such decision.
pub(super) fn roles(cohort: &Cohort<'_>, framework: &Framework) -> PolarsResult<Vec<Column>> {
    let Some(rule) = &framework.discretion else { return Ok(Vec::new()) };
    let height = cohort.units.height();
    let mut first: Vec<Vec<Option<(i32, usize, u32)>>> = vec![vec![None; height]; rule.outcomes.len()];
    if let Some(rows) = Rows::new(cohort.definitions, cohort.linked, rule)? {
        let cases = Cases::new(&cohort.units, rule, cohort.definitions.project.as_at)?;
        let names = named(cohort.linked, framework, rule);
        for row in 0..rows.frame.height() {
            let case = rows.cases.get(row).and_then(|id| cases.by_id.rows(id).first().copied());
            let outcome = rows.outcomes.get(row).and_then(|word| names.get(&word));
            let (Some(case), Some(&outcome), Some(role)) = (case, outcome, rows.roles.get(row)) else {
                continue;
            };
            let Some(day) = rows.days.get(row) else { continue };
            if !rule.roles.contains(&role) || !cases.holds(case, Some(day)) {
                continue;
            }
            let slot = first.get_mut(outcome).and_then(|cases| cases.get_mut(case as usize));
            if let Some(slot) = slot
                && slot.is_none_or(|now| (day, row) < (now.0, now.1))
            {
                *slot = Some((day, row, role));
            }
        }
    }
    let columns = rule.outcomes.iter().zip(first).map(|(outcome, first)| {
        let roles = first.into_iter().map(|first| first.map(|(_, _, role)| role));
        let name = role_of(&outcome_column(&qualified(framework, outcome)));
        UInt32Chunked::from_iter_options(name.into(), roles).into_column()
    });
    Ok(columns.collect())
}

/// The outcomes that may be decided, by the place of their word.
fn named(linked: &Linked, framework: &Framework, rule: &Override) -> BTreeMap<u32, usize> {
    let place = |outcome: &String| linked.inputs.rings.text.find(&qualified(framework, outcome));
    rule.outcomes.iter().enumerate().filter_map(|(at, outcome)| Some((place(outcome)?, at))).collect()
}

/// The word of a role.
pub(super) fn role_word<'d>(definitions: &'d Definitions, rule: &Override, role: u32) -> &'d str {
    let column = definitions.source(&rule.source).and_then(|s| s.column(&rule.role));
    match column.map(|c| &c.ty) {
        Some(Type::Code(list)) => list.word(role).unwrap_or_default(),
        _ => "",
    }
}

/// Every recorded decision about a case, those that counted first, then in order of effect, case and
/// row.
///
/// # Errors
/// When a column is missing, which is a bug.
pub fn decisions(definitions: &Definitions, evaluated: &Evaluated) -> PolarsResult<Vec<Decision>> {
    let mut all = Vec::new();
    let Some(units) = evaluated.units.get(CASE) else { return Ok(all) };
    for framework in &definitions.frameworks {
        let Some(rule) = &framework.discretion else { continue };
        let Some(rows) = Rows::new(definitions, &evaluated.linked, rule)? else { continue };
        let cases = Cases::new(units, rule, definitions.project.as_at)?;
        let names = named(&evaluated.linked, framework, rule);
        let mut taken: BTreeMap<(u32, usize), ()> = BTreeMap::new();
        let mut order: Vec<usize> = (0..rows.frame.height()).collect();
        order.sort_by_key(|&row| (rows.days.get(row), row));
        let numbers = rows.frame.column(ROW)?.as_materialized_series().u32()?;
        for row in order {
            let case = rows.cases.get(row).and_then(|id| cases.by_id.rows(id).first().copied());
            let word = rows.outcomes.get(row);
            let written = word.and_then(|word| evaluated.linked.inputs.rings.text.word(word));
            let (Some(case), Some(word), Some(written)) = (case, word, written) else { continue };
            let outcome = names.get(&word).copied();
            // A decision about another framework's outcome is that framework's.
            if outcome.is_none() && written.split('.').next() != Some(&framework.id) {
                continue;
            }
            let found = match outcome.and_then(|at| rule.outcomes.get(at)) {
                Some(id) => {
                    let codes = units.column(&by_rule(&outcome_column(&qualified(framework, id))))?;
                    let code = codes.as_materialized_series().u32()?.get(case as usize);
                    code.and_then(|code| Verdict::ALL.get(code as usize)).copied()
                }
                None => None,
            };
            let role = rows.roles.get(row);
            let effect = match (outcome, role, found) {
                (None, _, _) => Effect::OutcomeNotKnown,
                (_, Some(role), _) if !rule.roles.contains(&role) => Effect::RoleNotApproved,
                _ if !cases.holds(case, rows.days.get(row)) => Effect::OutsideTheCase,
                (_, _, Some(Verdict::Met)) => Effect::MetWithoutIt,
                (_, _, Some(Verdict::Pending)) => Effect::StillPending,
                (_, _, Some(Verdict::NotApplicable)) => Effect::NeedNotFound,
                (Some(at), _, _) if taken.insert((case, at), ()).is_none() => Effect::Counted,
                _ => Effect::Repeats,
            };
            all.push(Decision {
                effect,
                case,
                framework: framework.id.clone(),
                outcome: written.to_owned(),
                by_rule: found,
                role: role.map_or("", |role| role_word(definitions, rule, role)).to_owned(),
                decided_on: rows.days.get(row).map(Day),
                source: rule.source.clone(),
                row: numbers.get(row).unwrap_or_default(),
            });
        }
    }
    all.sort_by(|a, b| (a.effect, a.case, a.row).cmp(&(b.effect, b.case, b.row)));
    Ok(all)
}
