//! What becomes of each unit in the population of a measure: left out, pending, unknown, or counted.
//! One pass over their frame gives one fate a unit; every table of the measure is counted from these.

use polars::prelude::{Expr as Plan, *};

use crate::columns::{exact, held, lower, of_height, yes_no};
use crate::definitions::Definitions;
use crate::definitions::expression::{Checked, Expr, Name, Type};
use crate::definitions::measure::{ImmatureCounts, Measure, MeasureKind};
use crate::definitions::test::{PERIOD_END, PERIOD_START};
use crate::evaluate::{
    Evaluated, OVERRIDDEN, UNDECIDED, UnitScope, Verdict, claim_column, decided_of,
    decisions_behind, fact_column, need_column, open_of, outcome_column, rests_on, value_of,
};
use crate::link::{PARENT, UNIT};
use crate::measure::cell::Level;
use crate::measure::levels::not_recorded;

/// Where one unit of the population ends up in the denominator flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Left out for the reason at this place.
    LeftOut(u16),
    /// Its answer is not due yet.
    Pending,
    /// Its answer is not due yet, and it counts as not met until it is.
    PendingAsNotMet,
    /// Its answer is due and not known.
    Unknown,
    /// It is counted, and what is asked holds of it.
    Holds,
    /// It is counted, and what is asked does not hold of it.
    Fails,
}

impl Fate {
    /// Those of units that are not left out.
    pub(super) const IN_PLAY: [Self; 5] =
        [Self::Pending, Self::PendingAsNotMet, Self::Unknown, Self::Holds, Self::Fails];

    /// Its place among the reasons to leave units out and, behind so many of them, those in play.
    pub(super) fn place(self, reasons: usize) -> usize {
        reasons
            + match self {
                Self::LeftOut(reason) => return usize::from(reason),
                Self::Pending => 0,
                Self::PendingAsNotMet => 1,
                Self::Unknown => 2,
                Self::Holds => 3,
                Self::Fails => 4,
            }
    }
}

/// The fates of all units of a measure, in the order of the unit's frame.
pub(super) struct Fates {
    /// One for each unit.
    pub(super) fates: Vec<Fate>,
    /// The value of each unit in a mean, median or sum, in ten-thousandths; empty for others.
    pub(super) values: Vec<i64>,
    /// The place of each unit's own value among the categories; empty unless a distribution.
    pub(super) categories: Vec<usize>,
    /// Whether a verdict that the unit's fate rests on was decided by somebody; empty where none was.
    pub(super) decided: Vec<bool>,
}

/// A measure over the frame of its units.
pub(super) struct Judging<'a> {
    pub(super) definitions: &'a Definitions,
    pub(super) evaluated: &'a Evaluated,
    pub(super) measure: &'a Measure,
    pub(super) frame: &'a DataFrame,
}

const ANSWER: &str = "answer";
const PENDING: &str = "pending";
const POPULATION: &str = "population";
const DECIDED: &str = "decided";

impl Judging<'_> {
    /// The fate of every row of the frame: all are in the population.
    pub(super) fn fates(&self) -> PolarsResult<Fates> {
        let plans = self.plans();
        let found = match plans.as_slice() {
            [] => DataFrame::empty(),
            _ => self.frame.clone().lazy().select(plans).collect()?,
        };
        let height = self.frame.height();
        let mut fates = vec![Fate::Holds; height];
        let mut values = Vec::new();
        let mut categories = Vec::new();
        match &self.measure.kind {
            MeasureKind::Proportion { .. } => {
                for (fate, answer) in
                    fates.iter_mut().zip(yes_or_no(&found, ANSWER, height)?.iter())
                {
                    *fate = match answer {
                        Some(true) => Fate::Holds,
                        Some(false) => Fate::Fails,
                        None if self.measure.missing_is_not_met => Fate::Fails,
                        None => Fate::Unknown,
                    };
                }
            }
            MeasureKind::Mean { .. } | MeasureKind::Quartile { .. } | MeasureKind::Sum { .. } => {
                let answers = whole_length(&found, ANSWER, height)?;
                let answers = answers.as_materialized_series().f64()?;
                for (fate, answer) in fates.iter_mut().zip(answers.iter()) {
                    *fate = if answer.is_some() { Fate::Holds } else { Fate::Unknown };
                }
                values = answers.iter().map(|a| a.map_or(0, ten_thousandths)).collect();
            }
            MeasureKind::Distribution { .. } => {
                let answers = whole_length(&found, ANSWER, height)?;
                let answers = answers.as_materialized_series().u32()?;
                for (fate, answer) in fates.iter_mut().zip(answers.iter()) {
                    *fate = if answer.is_some() { Fate::Holds } else { Fate::Unknown };
                }
                categories = self.category_of_each(answers)?;
            }
            MeasureKind::Count | MeasureKind::Ratio { .. } => {}
        }
        let mut lay = |name: &str, over: &dyn Fn(Fate) -> Fate| -> PolarsResult<()> {
            if found.column(name).is_ok() {
                for (at, yes) in fates.iter_mut().zip(yes_or_no(&found, name, height)?.iter()) {
                    if yes == Some(true) {
                        *at = over(*at);
                    }
                }
            }
            Ok(())
        };
        match self.measure.immature {
            ImmatureCounts::LeaveOut => lay(PENDING, &|_| Fate::Pending)?,
            // What is certain already counts as what it is: all its peers are counted with it.
            ImmatureCounts::AsNotMet => lay(PENDING, &|fate| match fate {
                Fate::Unknown => Fate::PendingAsNotMet,
                settled => settled,
            })?,
        }
        // The first reason that holds is the one that counts, so it is laid on last; and what leaves a
        // unit out whatever its answer, after what only excuses it.
        let leaves_out_unknown = self.measure.leaves_out_unknown();
        let reasons: Vec<u16> = (0_u16..).zip(self.measure.reasons()).map(|(n, _)| n).collect();
        for &number in reasons.iter().skip(self.measure.exclude.len()).rev() {
            lay(&reason_name(usize::from(number)), &|fate| match fate {
                Fate::Fails | Fate::PendingAsNotMet | Fate::LeftOut(_) => Fate::LeftOut(number),
                Fate::Unknown if !leaves_out_unknown => Fate::LeftOut(number),
                other => other,
            })?;
        }
        lay(UNDECIDED, &|_| Fate::Pending)?;
        for &number in reasons.iter().take(self.measure.exclude.len()).rev() {
            lay(&reason_name(usize::from(number)), &|_| Fate::LeftOut(number))?;
        }
        let mut decided = Vec::new();
        if found.column(DECIDED).is_ok() {
            let found = yes_or_no(&found, DECIDED, height)?;
            decided.extend(found.iter().map(|yes| yes == Some(true)));
        }
        Ok(Fates { fates, values, categories, decided })
    }

    /// The rows of the frame that are in the population, in order; nothing where all are. A unit of which
    /// nobody knows it is not among them.
    pub(super) fn population(&self) -> PolarsResult<Option<Vec<u32>>> {
        let Some(population) = &self.measure.population else { return Ok(None) };
        let taken = lower(&population.expr, &self.scope()).cast(DataType::Boolean);
        let found = self.frame.clone().lazy().select([taken.alias(POPULATION)]).collect()?;
        let taken = yes_no(found.column(POPULATION)?, self.frame.height())?;
        let mut rows = Vec::with_capacity(taken.sum().unwrap_or(0) as usize);
        rows.extend(held(&taken).map(|row| u32::try_from(row).unwrap_or(u32::MAX)));
        Ok(Some(rows))
    }

    fn scope(&self) -> UnitScope<'_> {
        UnitScope {
            definitions: self.definitions,
            linked: &self.evaluated.linked,
            period: self.frame.column(PERIOD_END).is_ok().then_some([PERIOD_START, PERIOD_END]),
        }
    }

    /// The columns of the frame that the measure's expressions read.
    pub(super) fn asked_for(&self) -> Vec<String> {
        // The number of the unit keeps the frame as long as it is, whatever else is asked for; ages
        // are reckoned from a column that no expression names.
        let always = [UNIT, UNDECIDED, OVERRIDDEN, PERIOD_START, PERIOD_END, "date_of_birth"];
        let mut asked = always.map(str::to_owned).to_vec();
        for name in self.measure.expressions().flat_map(|e| e.expr.names()) {
            let column = match name {
                Name::Unit(column) | Name::Column(column) => column,
                Name::Parent(column) => format!("{PARENT}{column}"),
                Name::Fact(fact) => fact_column(&fact),
                Name::Need(need) => need_column(&need),
                Name::Outcome(outcome) => outcome_column(&outcome),
                Name::Claim(claim) => claim_column(&claim),
                _ => continue,
            };
            asked.extend([open_of(&column), value_of(&column), decided_of(&column), column]);
        }
        asked.sort_unstable();
        asked.dedup();
        asked.retain(|column| self.frame.column(column).is_ok());
        asked
    }

    /// The columns that fates are made from; those that say nothing are not asked for.
    fn plans(&self) -> Vec<Plan> {
        let scope = self.scope();
        let yes = |e: &Checked| lower(&e.expr, &scope).cast(DataType::Boolean);
        let mut plans = Vec::new();
        for (number, reason) in self.measure.reasons().enumerate() {
            plans.push(yes(&reason.when).alias(reason_name(number)));
        }
        let asks = self.measure.asks();
        let pending = asks.and_then(|e| self.pending(&e.expr));
        plans.extend(pending.map(|p| p.alias(PENDING)));
        if self.frame.column(UNDECIDED).is_ok() {
            plans.push(col(UNDECIDED));
        }
        plans.extend(self.decided().map(|decided| decided.alias(DECIDED)));
        plans.extend(asks.map(|e| {
            let kind = match &self.measure.kind {
                MeasureKind::Proportion { .. } => DataType::Boolean,
                MeasureKind::Distribution { .. } => DataType::UInt32,
                _ => DataType::Float64,
            };
            lower(&e.expr, &scope).cast(kind).alias(ANSWER)
        }));
        plans
    }

    /// Whether something that the answer rests on is undecided, or could still have changed when
    /// it was decided early: units are counted only once all their peers can be.
    fn pending(&self, answer: &Expr) -> Option<Plan> {
        rests_on(answer, self.frame)
            .into_iter()
            .map(|(verdict, open)| match verdict {
                Some(verdict) => col(verdict).eq(exact(Verdict::Pending as u32)).or(col(open)),
                None => col(open),
            })
            .reduce(Plan::or)
    }

    /// Whether a verdict that a unit's answer, or its place in the population, rests on was decided by
    /// somebody; nothing where no decision stands.
    fn decided(&self) -> Option<Plan> {
        self.evaluated.overrides().next()?;
        let asked = self.measure.population.iter().chain(self.measure.asks());
        let mut columns: Vec<String> =
            asked.flat_map(|e| decisions_behind(&e.expr, self.frame)).collect();
        // A need of a case rests on the need, and on its outcome, whatever is asked of it.
        columns.extend(self.frame.column(OVERRIDDEN).is_ok().then(|| OVERRIDDEN.to_owned()));
        columns.into_iter().map(col).reduce(Plan::or)
    }

    fn category_of_each(&self, values: &UInt32Chunked) -> PolarsResult<Vec<usize>> {
        let codes = self.codes().unwrap_or_default();
        let place = |value: Option<u32>| match value {
            None => Ok(codes.len()),
            Some(value) => codes.iter().position(|(code, _)| *code == value).ok_or_else(|| {
                bug(format!("`{}` has a value that is no category", self.measure.id))
            }),
        };
        values.iter().map(place).collect()
    }

    /// The codes of a distribution and their words, in the order of its tables.
    fn codes(&self) -> Option<Vec<(u32, &str)>> {
        let MeasureKind::Distribution { value, categories } = &self.measure.kind else {
            return None;
        };
        let Type::Code(list) = &value.ty else { return None };
        if categories.is_empty() {
            return Some((0..).zip(list.codes.iter().map(String::as_str)).collect());
        }
        Some(categories.iter().filter_map(|&code| Some((code, list.word(code)?))).collect())
    }

    /// The levels of a distribution's own values: the words of its list, and "not recorded".
    pub(super) fn categories(&self) -> Option<Vec<Level>> {
        let words = self.codes()?.into_iter().map(|(_, code)| {
            let title = code.replace('_', " ");
            let mut letters = title.chars();
            let title = letters
                .next()
                .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect());
            Level { code: code.to_owned(), title }
        });
        Some(words.chain([not_recorded()]).collect())
    }
}

/// What must not happen, as an error: nothing is left out of a figure silently.
pub(super) fn bug(what: String) -> PolarsError {
    PolarsError::ComputeError(what.into())
}

fn reason_name(number: usize) -> String {
    format!("left out {number}")
}

fn whole_length(found: &DataFrame, name: &str, height: usize) -> PolarsResult<Column> {
    Ok(of_height(found.column(name)?, height))
}

fn yes_or_no(found: &DataFrame, name: &str, height: usize) -> PolarsResult<BooleanChunked> {
    yes_no(found.column(name)?, height)
}

/// A value as whole ten-thousandths, half away from zero.
#[expect(clippy::cast_possible_truncation, reason = "saturates, and no value goes that far")]
fn ten_thousandths(value: f64) -> i64 {
    let scaled = value * 10_000.0;
    (if scaled >= 0.0 { scaled + 0.5 } else { scaled - 0.5 }) as i64
}
