//! Recorded decisions in the place of what rules found. A decision never shortens a window and never
//! makes a need of a case that the framework is not about; what is refused is kept, with why.

use std::collections::BTreeMap;

use polars::prelude::*;

use crate::calendar::Day;
use crate::columns::{ByKey, ROW, Rings};
use crate::definitions::Definitions;
use crate::definitions::expression::{CodeList, Type};
use crate::definitions::framework::Framework;
use crate::definitions::overrides::{
    DEFINITION, OVERRIDES, Override, REASON, ROLE, Ruled, VERDICT,
};
use crate::definitions::source::Source;
use crate::evaluate::Verdict;
use crate::evaluate::cohort::Cohort;
use crate::evaluate::decision::{Decision, Effect};
use crate::evaluate::frameworks::{CASE, qualified};
use crate::evaluate::results::open_of;
use crate::evaluate::unit_scope::{claim_column, need_column, outcome_column};
use crate::link::Linked;

/// The column that says whether a verdict, or one that it rests on, was decided by somebody. It is
/// there only where decisions are recorded.
pub(crate) fn decided_of(verdict_column: &str) -> String {
    format!("{verdict_column} decided")
}

/// The column with the day of the decision that stands in the place of what a rule found.
pub(super) fn day_of_decision(verdict_column: &str) -> String {
    format!("{verdict_column} decided on")
}

/// The recorded decisions, sorted by what they are about.
#[derive(Debug, Default)]
pub(super) struct Register {
    decisions: Vec<Decision>,
    /// The last word on each case, for each need, outcome and claim that anybody decided about.
    targets: Vec<Target>,
}

/// A need, outcome or claim that somebody decided about.
#[derive(Debug)]
struct Target {
    framework: String,
    kind: Ruled,
    id: String,
    /// The last word on each case, in order.
    last: Vec<Word>,
}

/// A decision that no later one about the same supersedes.
#[derive(Debug)]
struct Word {
    case: u32,
    verdict: Verdict,
    day: Day,
    /// The place of the decision.
    at: usize,
}

/// What was found of a decision when its rule had spoken: its place, its effect, what the rule found.
pub(super) type Found = (usize, Effect, Verdict);

impl Register {
    /// Reads the decisions; looks at all of them that does not hang on verdicts.
    pub(super) fn new(definitions: &Definitions, linked: &Linked) -> PolarsResult<Self> {
        let rows = linked.inputs.sources.get(OVERRIDES).map(|rows| &rows.frame);
        let (Some(source), Some(rows), Some(cases)) =
            (definitions.source(OVERRIDES), rows, linked.units.get(CASE))
        else {
            return Ok(Self::default());
        };
        if rows.height() == 0 || !definitions.allow_overrides() {
            return Ok(Self::default());
        }
        let rows = Rows::new(source, rows, &linked.inputs.rings)?;
        let ids = ByKey::new(cases.column("case_id")?.as_materialized_series().u32()?);
        let mut decisions: Vec<Decision> = Vec::new();
        type About<'d> = (&'d str, Ruled, &'d str);
        let mut last: BTreeMap<(About<'_>, u32), usize> = BTreeMap::new();
        for row in 0..rows.height {
            let mut decision = rows.decision(row);
            let place = rows.cases.get(row).and_then(|id| ids.rows(id).first().copied());
            decision.case = place;
            let target = target_of(definitions, &decision);
            decision.effect = match (place, &target) {
                (None, _) => Effect::NoSuchCase,
                (_, None) => Effect::NotOpenToDecision,
                (Some(case), Some((_, rule))) => {
                    let role = rows.roles.get(row);
                    let approved = role.is_some_and(|role| rule.roles.contains(&role));
                    let when = in_time(definitions, cases, case, rule, decision.decided_on)?;
                    match when {
                        _ if !approved => Effect::RoleNotApproved,
                        _ if decision.reason.is_empty() => Effect::NoReason,
                        Some(untimely) => untimely,
                        None => Effect::Counted,
                    }
                }
            };
            let at = decisions.len();
            if let (Some(case), Some(((framework, kind, id), _)), Effect::Counted) =
                (place, target, decision.effect)
            {
                // The later one stands; of one day, the row further down.
                let about = ((framework.id.as_str(), kind, id), case);
                let earlier = last.get(&about).and_then(|other| decisions.get_mut(*other));
                let order = |d: &Decision| (d.decided_on, d.row);
                match earlier {
                    Some(other) if order(other) > order(&decision) => {
                        decision.effect = Effect::Superseded;
                    }
                    earlier => {
                        if let Some(earlier) = earlier {
                            earlier.effect = Effect::Superseded;
                        }
                        last.insert(about, at);
                    }
                }
            }
            decisions.push(decision);
        }
        let mut targets: Vec<Target> = Vec::new();
        for (((framework, kind, id), case), at) in last {
            let said = decisions.get(at).and_then(|d| d.decided.zip(d.decided_on));
            let Some((verdict, day)) = said else { continue };
            let word = Word { case, verdict, day, at };
            let same = |t: &&mut Target| t.framework == framework && t.kind == kind && t.id == id;
            match targets.last_mut().filter(same) {
                Some(target) => target.last.push(word),
                None => targets.push(Target {
                    framework: framework.to_owned(),
                    kind,
                    id: id.to_owned(),
                    last: vec![word],
                }),
            }
        }
        Ok(Self { decisions, targets })
    }

    /// Puts decisions in the place of what the rules for needs, outcomes or claims of a cohort found.
    pub(super) fn decide(&self, cohort: &mut Cohort<'_>, kind: Ruled) -> PolarsResult<Vec<Found>> {
        let mut all = Vec::new();
        for target in self.targets.iter().filter(|t| t.kind == kind) {
            if let Some(framework) = cohort.definitions.framework(&target.framework) {
                all.extend(target.decide(cohort, framework)?);
            }
        }
        Ok(all)
    }

    /// The decisions with what became of each, those that count first, then in order of their rows.
    pub(super) fn decisions(mut self, found: &[Found]) -> Vec<Decision> {
        for (at, effect, by_rule) in found {
            if let Some(decision) = self.decisions.get_mut(*at) {
                decision.effect = *effect;
                decision.by_rule = Some(*by_rule);
            }
        }
        self.decisions.sort_by_key(|d| (d.effect, d.row));
        self.decisions
    }
}

impl Target {
    fn column(&self, framework: &Framework) -> String {
        column_of(framework, self.kind, &self.id)
    }

    fn decide(&self, cohort: &mut Cohort<'_>, framework: &Framework) -> PolarsResult<Vec<Found>> {
        let column = self.column(framework);
        let units = &cohort.units;
        let codes = |name: &str| -> PolarsResult<UInt32Chunked> {
            Ok(units.column(name)?.as_materialized_series().u32()?.clone())
        };
        let by_rule = codes(&column)?;
        let open = units.column(&open_of(&column))?.as_materialized_series().bool()?.clone();
        // Claims and facts carry on what they rest on.
        let resting = units.column(&decided_of(&column)).ok();
        let resting = resting.map(|c| c.as_materialized_series().bool().cloned()).transpose()?;
        let needs = self.needs(framework);
        let needs: Vec<UInt32Chunked> =
            needs.iter().map(|need| codes(need)).collect::<PolarsResult<_>>()?;
        let mut verdicts: Vec<Option<u32>> = by_rule.iter().collect();
        let mut decided: Vec<bool> = match &resting {
            Some(resting) => resting.iter().map(|yes| yes == Some(true)).collect(),
            None => vec![false; verdicts.len()],
        };
        let mut days: Vec<Option<i32>> = vec![None; verdicts.len()];
        let mut all = Vec::new();
        let begin = self.last.partition_point(|word| (word.case as usize) < cohort.first);
        for Word { case, verdict, day, at } in self.last.iter().skip(begin) {
            let place = *case as usize - cohort.first;
            let Some(found) = verdicts.get(place).copied().flatten().and_then(verdict_at) else {
                break;
            };
            let needs = needs.iter().filter_map(|need| need.get(place)).filter_map(verdict_at);
            let effect = match out_of_scope(self.kind, found, needs) {
                Some(refused) => refused,
                None if found == Verdict::Pending || open.get(place) == Some(true) => {
                    Effect::WindowOpen
                }
                None if found == *verdict => Effect::AsByRule,
                None => Effect::Counted,
            };
            if effect == Effect::Counted {
                verdicts.get_mut(place).into_iter().for_each(|v| *v = Some(*verdict as u32));
                decided.get_mut(place).into_iter().for_each(|by_somebody| *by_somebody = true);
                days.get_mut(place).into_iter().for_each(|on| *on = Some(day.0));
            }
            all.push((*at, effect, found));
        }
        let verdicts =
            UInt32Chunked::from_iter_options(column.as_str().into(), verdicts.into_iter());
        cohort.units.with_column(verdicts.into_column())?;
        cohort.units.with_column(Column::new(decided_of(&column).into(), decided))?;
        let days =
            Int32Chunked::from_iter_options(day_of_decision(&column).into(), days.into_iter());
        cohort.units.with_column(days.into_column())?;
        Ok(all)
    }

    /// The needs without which there is nothing to decide about.
    fn needs(&self, framework: &Framework) -> Vec<String> {
        let column = |id: &String| need_column(&qualified(framework, id));
        match self.kind {
            Ruled::Need => Vec::new(),
            Ruled::Outcome => {
                let outcome = framework.outcomes.iter().find(|o| o.id == self.id);
                outcome.map(|o| column(&o.need)).into_iter().collect()
            }
            Ruled::Claim => framework.needs.iter().map(|need| column(&need.id)).collect(),
        }
    }
}

/// Whether there is nothing to decide about: the framework is not about the case, or no need is there.
fn out_of_scope(
    kind: Ruled,
    found: Verdict,
    needs: impl Iterator<Item = Verdict>,
) -> Option<Effect> {
    if kind == Ruled::Need {
        let outside = found == Verdict::NotApplicable;
        return outside.then_some(Effect::OutsideTheFrameworkDates);
    }
    let needs: Vec<Verdict> = needs.collect();
    if needs.contains(&Verdict::Met) {
        return None;
    }
    Some(if needs.contains(&Verdict::Pending) {
        Effect::WindowOpen
    } else if needs.contains(&Verdict::NotMet) {
        Effect::NeedNotFound
    } else {
        Effect::OutsideTheFrameworkDates
    })
}

fn column_of(framework: &Framework, kind: Ruled, id: &str) -> String {
    let name = qualified(framework, id);
    match kind {
        Ruled::Need => need_column(&name),
        Ruled::Outcome => outcome_column(&name),
        Ruled::Claim => claim_column(&name),
    }
}

fn verdict_at(code: u32) -> Option<Verdict> {
    Verdict::ALL.get(code as usize).copied()
}

/// What lets a decision be made, if anything does.
#[must_use]
pub fn may_decide<'d>(definitions: &'d Definitions, decision: &Decision) -> Option<&'d Override> {
    target_of(definitions, decision).map(|(_, rule)| rule)
}

/// What a decision is about, and what lets it be made.
fn target_of<'d>(
    definitions: &'d Definitions,
    decision: &Decision,
) -> Option<((&'d Framework, Ruled, &'d str), &'d Override)> {
    let mut parts = decision.definition.splitn(3, '.');
    let framework = definitions.framework(parts.next()?)?;
    let kind = Ruled::from_word(parts.next()?)?;
    let id = parts.next()?;
    let rule = framework.overrides_of(kind, id).find(|o| Some(o.verdict) == decision.decided)?;
    let id = rule.only.iter().find(|only| *only == id)?;
    // In a framework that was cut down to some of its definitions the others are not decided about.
    let there = match kind {
        Ruled::Need => framework.needs.iter().any(|n| n.id == *id),
        Ruled::Outcome => framework.outcomes.iter().any(|o| o.id == *id),
        Ruled::Claim => framework.claims.iter().any(|c| c.id == *id),
    };
    there.then_some(((framework, kind, id.as_str()), rule))
}

/// Why a decision is not in time, if it is not.
fn in_time(
    definitions: &Definitions,
    cases: &DataFrame,
    case: u32,
    rule: &Override,
    day: Option<Day>,
) -> PolarsResult<Option<Effect>> {
    let mut anchors = Vec::new();
    for name in rule.window.anchors() {
        let day = cases.column(name)?.as_materialized_series().i32()?.get(case as usize);
        anchors.push((name, day.map(Day)));
    }
    let day_of = |name: &str| anchors.iter().find(|(anchor, _)| *anchor == name)?.1;
    let window = rule.window.days(day_of, definitions.project.calendars());
    let window = window.map_err(|e| PolarsError::ComputeError(e.to_string().into()))?;
    Ok(match (day, window) {
        (Some(day), _) if day > definitions.project.as_at => Some(Effect::AfterAsAt),
        (Some(day), Some((first, last))) if first <= day && day <= last => None,
        (Some(day), Some((_, last))) if day > last => Some(Effect::TooLate),
        // The time for it has not begun, or nobody can say that it has.
        _ => Some(Effect::TooEarly),
    })
}

/// The rows of the register, column by column.
struct Rows<'a> {
    height: usize,
    rings: &'a Rings,
    cases: &'a UInt32Chunked,
    definitions: &'a UInt32Chunked,
    verdicts: (&'a UInt32Chunked, &'a CodeList),
    roles: &'a UInt32Chunked,
    role_words: &'a CodeList,
    days: &'a Int32Chunked,
    reasons: (&'a UInt32Chunked, &'a Type),
    numbers: &'a UInt32Chunked,
}

impl<'a> Rows<'a> {
    fn new(source: &'a Source, frame: &'a DataFrame, rings: &'a Rings) -> PolarsResult<Self> {
        // The loader has checked that they are there.
        let lacks =
            |what: &str| PolarsError::ColumnNotFound(format!("{OVERRIDES} has no {what}").into());
        let places = |name: &str| frame.column(name)?.as_materialized_series().u32();
        let ty = |name: &str| source.column(name).map(|c| &c.ty).ok_or_else(|| lacks(name));
        let list = |name: &str| match ty(name)? {
            Type::Code(list) => Ok(&**list),
            _ => Err(lacks(name)),
        };
        let case = source.id_column(CASE).ok_or_else(|| lacks("case"))?;
        let (date, _) = source.shape.dates().ok_or_else(|| lacks("date"))?;
        Ok(Self {
            height: frame.height(),
            rings,
            cases: places(&case.name)?,
            definitions: places(DEFINITION)?,
            verdicts: (places(VERDICT)?, list(VERDICT)?),
            roles: places(ROLE)?,
            role_words: list(ROLE)?,
            days: frame.column(date)?.as_materialized_series().i32()?,
            reasons: (places(REASON)?, ty(REASON)?),
            numbers: places(ROW)?,
        })
    }

    /// A decision as it was recorded.
    fn decision(&self, row: usize) -> Decision {
        let text = |word: Option<&str>| word.unwrap_or_default().to_owned();
        let case = self.cases.get(row).and_then(|place| self.rings.identifier(CASE, place));
        let about = self.definitions.get(row).and_then(|place| self.rings.text.word(place));
        let decided = self.verdicts.0.get(row).and_then(|code| self.verdicts.1.word(code));
        let reason = self.reasons.0.get(row).and_then(|place| match self.reasons.1 {
            Type::Code(list) => list.word(place),
            _ => self.rings.text.word(place),
        });
        Decision {
            effect: Effect::NoSuchCase,
            case: None,
            case_id: text(case),
            definition: text(about),
            by_rule: None,
            decided: decided.and_then(Verdict::from_word),
            role: text(self.roles.get(row).and_then(|role| self.role_words.word(role))),
            decided_on: self.days.get(row).map(Day),
            reason: text(reason),
            row: self.numbers.get(row).unwrap_or_default(),
        }
    }
}
