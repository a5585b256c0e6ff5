//! What becomes of each unit in a measure: not in its population, left out, pending, unknown, or
//! counted. One pass over the unit's frame gives one fate a unit; every table of the measure is
//! counted from these.

use polars::prelude::{Expr as Plan, *};

use crate::calendar::Day;
use crate::columns::{exact, lower};
use crate::definitions::Definitions;
use crate::definitions::expression::{Checked, Expr, Name, Type};
use crate::definitions::measure::{Measure, MeasureKind, UnknownCounts};
use crate::evaluate::{Evaluated, UNDECIDED, UnitScope, Verdict, rests_on};
use crate::measure::cell::Level;
use crate::measure::levels::not_recorded;

/// Where one unit ends up in the denominator flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Not in the population.
    NotTaken,
    /// Left out by the exclusion at this place.
    LeftOut(u16),
    /// Its answer is not due yet.
    Pending,
    /// Its answer is due and not known.
    Unknown,
    /// It is counted, and what is asked holds of it.
    Holds,
    /// It is counted, and what is asked does not hold of it.
    Fails,
}

/// The fates of all units of a measure, in the order of the unit's frame.
pub(super) struct Fates {
    /// One for each unit.
    pub(super) fates: Vec<Fate>,
    /// What each unit adds to a mean or sum, in ten-thousandths; empty for other measures.
    pub(super) values: Vec<i64>,
    /// The place of each unit's own value among the categories; empty unless a distribution.
    pub(super) categories: Vec<usize>,
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

impl Judging<'_> {
    /// Whether the fates depend on the reporting period, so that each asks for its own.
    pub(super) fn depends_on_period(&self) -> bool {
        let conditions = self.measure.population.iter();
        let conditions = conditions.chain(self.measure.exclude.iter().map(|e| &e.when));
        conditions
            .chain(self.asks())
            .flat_map(|e| e.expr.names())
            .any(|name| matches!(name, Name::PeriodStart | Name::PeriodEnd))
    }

    /// The fate of every unit; `period` are the first and last day of the reporting period, for a
    /// stock.
    pub(super) fn fates(&self, period: Option<(Day, Day)>) -> PolarsResult<Fates> {
        let plans = self.plans(period);
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
                        None => Fate::Unknown,
                    };
                }
            }
            MeasureKind::Mean { .. } | MeasureKind::Sum { .. } => {
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
        let mut lay = |name: &str, when: bool, fate: Fate| -> PolarsResult<()> {
            if found.column(name).is_ok() {
                for (at, yes) in fates.iter_mut().zip(yes_or_no(&found, name, height)?.iter()) {
                    if yes.unwrap_or(false) == when {
                        *at = fate;
                    }
                }
            }
            Ok(())
        };
        lay(PENDING, true, Fate::Pending)?;
        // The first exclusion that holds is the one that counts, so it is laid on last.
        let exclusions = (0_u16..).zip(&self.measure.exclude).map(|(number, _)| number);
        for number in exclusions.collect::<Vec<_>>().into_iter().rev() {
            lay(&exclusion_name(usize::from(number)), true, Fate::LeftOut(number))?;
        }
        lay(POPULATION, false, Fate::NotTaken)?;
        Ok(Fates { fates, values, categories })
    }

    /// Whether units whose answer is unknown are left out. A mean cannot take in what has no value.
    pub(super) fn leaves_out_unknown(&self) -> bool {
        match self.measure.kind {
            MeasureKind::Mean { .. } => true,
            _ => self.measure.unknown == UnknownCounts::LeaveOut,
        }
    }

    /// What a measure asks of each unit; nothing for counts.
    fn asks(&self) -> Option<&Checked> {
        match &self.measure.kind {
            MeasureKind::Proportion { numerator: e }
            | MeasureKind::Mean { value: e }
            | MeasureKind::Sum { value: e }
            | MeasureKind::Distribution { value: e } => Some(e),
            MeasureKind::Count | MeasureKind::Ratio { .. } => None,
        }
    }

    /// The columns that fates are made from; those that say nothing are not asked for.
    fn plans(&self, period: Option<(Day, Day)>) -> Vec<Plan> {
        let scope =
            UnitScope { definitions: self.definitions, linked: &self.evaluated.linked, period };
        let yes = |e: &Checked| lower(&e.expr, &scope).cast(DataType::Boolean);
        let mut plans = Vec::new();
        plans.extend(self.measure.population.as_ref().map(|e| yes(e).alias(POPULATION)));
        for (number, exclusion) in self.measure.exclude.iter().enumerate() {
            plans.push(yes(&exclusion.when).alias(exclusion_name(number)));
        }
        let asks = self.asks();
        let mut pending = asks.and_then(|e| self.pending(&e.expr));
        if self.frame.column(UNDECIDED).is_ok() {
            pending = [pending, Some(col(UNDECIDED))].into_iter().flatten().reduce(Plan::or);
        }
        plans.extend(pending.map(|p| p.alias(PENDING)));
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

    fn category_of_each(&self, values: &UInt32Chunked) -> PolarsResult<Vec<usize>> {
        let declared = self.categories().map_or(0, |all| all.len().saturating_sub(1));
        let place = |value: Option<u32>| match value.map(|v| v as usize) {
            None => Ok(declared),
            Some(place) if place < declared => Ok(place),
            Some(_) => Err(bug(format!("`{}` has a value that is no category", self.measure.id))),
        };
        values.iter().map(place).collect()
    }

    /// The levels of a distribution's own values: the words of its list, and "not recorded".
    pub(super) fn categories(&self) -> Option<Vec<Level>> {
        let MeasureKind::Distribution { value } = &self.measure.kind else { return None };
        let Type::Code(list) = &value.ty else { return None };
        let words = list.codes.iter().map(|code| {
            let title = code.replace('_', " ");
            let mut letters = title.chars();
            let title = letters
                .next()
                .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect());
            Level { code: code.clone(), title }
        });
        Some(words.chain([not_recorded()]).collect())
    }
}

/// What must not happen, as an error: nothing is left out of a figure silently.
pub(super) fn bug(what: String) -> PolarsError {
    PolarsError::ComputeError(what.into())
}

fn exclusion_name(number: usize) -> String {
    format!("left out {number}")
}

/// A column of a result as long as the frame: what is the same for all units comes once only.
fn whole_length(found: &DataFrame, name: &str, height: usize) -> PolarsResult<Column> {
    let column = found.column(name)?;
    Ok(if column.len() == height { column.clone() } else { column.new_from_index(0, height) })
}

fn yes_or_no(found: &DataFrame, name: &str, height: usize) -> PolarsResult<BooleanChunked> {
    Ok(whole_length(found, name, height)?.as_materialized_series().bool()?.clone())
}

/// A value as whole ten-thousandths, half away from zero.
#[expect(clippy::cast_possible_truncation, reason = "saturates, and no value goes that far")]
fn ten_thousandths(value: f64) -> i64 {
    let scaled = value * 10_000.0;
    (if scaled >= 0.0 { scaled + 0.5 } else { scaled - 0.5 }) as i64
}
