//! The finest cells of a measure: one tally for each month and level, from one aggregation of the
//! unit's frame.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::{Expr as Plan, *};

use crate::calendar::{Day, Period, PeriodKind};
use crate::columns::{days_to_month_number, exact, in_halves, lower};
use crate::definitions::Definitions;
use crate::definitions::expression::{Checked, Expr, Type};
use crate::definitions::measure::{Counted, Measure, MeasureKind, UnknownCounts};
use crate::definitions::source::Shape;
use crate::definitions::unit::{Unit, UnitRows};
use crate::evaluate::{Evaluated, UNDECIDED, UnitScope, Verdict, rests_on};
use crate::link::PARENT;
use crate::measure::cell::Level;
use crate::measure::levels::{Levels, not_recorded};
use crate::measure::tally::Tally;

/// Tallies by number of the month and places of the levels.
pub(super) type Monthly = BTreeMap<(i32, Vec<usize>), Tally>;

/// Two to the 32nd: squares are summed in two halves, so that no sum overflows.
const HALF: i128 = 1 << 32;

/// The unit frame of a measure, reduced to what the measure needs.
pub(super) struct Counting<'a> {
    pub(super) definitions: &'a Definitions,
    pub(super) evaluated: &'a Evaluated,
    pub(super) measure: &'a Measure,
    pub(super) unit: &'a Unit,
    pub(super) frame: &'a DataFrame,
}

impl Counting<'_> {
    /// Tallies of a flow, or of a stock at the end of each of these months. A distribution has its
    /// categories as a last level.
    pub(super) fn monthly(
        &self,
        levels: &[&Levels],
        months: &BTreeSet<i32>,
    ) -> PolarsResult<Monthly> {
        let mut tallies = Monthly::new();
        match &self.measure.counted {
            Counted::On { column, parent } => {
                let column = if *parent { format!("{PARENT}{column}") } else { column.clone() };
                let month = days_to_month_number(col(column)).alias("month");
                self.aggregate(self.prepare(levels, None, month), levels, &mut tallies)?;
            }
            Counted::AtPeriodEnd => {
                let Some((start, end)) = self.spell() else { return Ok(tallies) };
                for &month in months {
                    let period = Period::from_number(PeriodKind::Month, month);
                    let last = lit(period.end().0);
                    let begun = col(start).lt_eq(last.clone());
                    let not_over = col(end).is_null().or(col(end).gt(last));
                    let days = (period.start(), period.end());
                    let plan = self.prepare(
                        levels,
                        Some((begun.and(not_over), days)),
                        exact(month).alias("month"),
                    );
                    self.aggregate(plan, levels, &mut tallies)?;
                }
            }
            Counted::FromParts => {}
        }
        Ok(tallies)
    }

    /// The levels of a distribution's own values.
    pub(super) fn categories(&self) -> Option<Vec<(u32, Level)>> {
        let MeasureKind::Distribution { value } = &self.measure.kind else { return None };
        let Type::Code(list) = &value.ty else { return None };
        let words = (0_u32..).zip(&list.codes).map(|(n, code)| {
            let title = code.replace('_', " ");
            let mut letters = title.chars();
            let title = letters
                .next()
                .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect());
            (n, Level { code: code.clone(), title })
        });
        Some(words.chain([(u32::MAX, not_recorded())]).collect())
    }

    pub(super) fn spell(&self) -> Option<(&str, &str)> {
        let UnitRows::Source(source) = &self.unit.rows else { return None };
        match &self.definitions.source(source)?.shape {
            Shape::Spell { start, end } => Some((start, end)),
            _ => None,
        }
    }

    /// One row a unit: month, levels, and where it ends up in the denominator flow.
    pub(super) fn prepare(
        &self,
        levels: &[&Levels],
        stock: Option<(Plan, (Day, Day))>,
        month: Plan,
    ) -> LazyFrame {
        let (taken, period) = stock.map_or((None, None), |(taken, days)| (Some(taken), Some(days)));
        let scope =
            UnitScope { definitions: self.definitions, linked: &self.evaluated.linked, period };
        let yes =
            |e: &Checked| lower(&e.expr, &scope).cast(DataType::Boolean).fill_null(lit(false));
        let mut population = self.measure.population.as_ref().map_or_else(|| lit(true), yes);
        if let Some(taken) = taken {
            population = population.and(taken.fill_null(lit(false)));
        }
        // 0: counted or not yet decided; n: left out by exclusion n.
        let mut left_out = exact(0_u32);
        let numbered: Vec<_> = (1_u32..).zip(&self.measure.exclude).collect();
        // The first exclusion that holds is the one that counts, so it is laid on last.
        for (number, exclusion) in numbered.into_iter().rev() {
            left_out = when(yes(&exclusion.when)).then(exact(number)).otherwise(left_out);
        }
        let asks = match &self.measure.kind {
            MeasureKind::Proportion { numerator: e }
            | MeasureKind::Mean { value: e }
            | MeasureKind::Sum { value: e }
            | MeasureKind::Distribution { value: e } => Some(e),
            MeasureKind::Count | MeasureKind::Ratio { .. } => None,
        };
        let mut pending = asks.map_or_else(|| lit(false), |e| self.pending(&e.expr));
        if self.frame.column(UNDECIDED).is_ok() {
            pending = pending.or(col(UNDECIDED));
        }
        let answer = asks.map_or_else(|| lit(true), |e| lower(&e.expr, &scope));
        let (answer, value) = match &self.measure.kind {
            MeasureKind::Proportion { .. } => (answer.cast(DataType::Boolean), exact(0_i64)),
            MeasureKind::Mean { .. } | MeasureKind::Sum { .. } => {
                (answer.clone().is_not_null(), ten_thousandths(answer))
            }
            MeasureKind::Distribution { .. } => (lit(true), answer.cast(DataType::UInt32)),
            MeasureKind::Count | MeasureKind::Ratio { .. } => (lit(true), exact(0_i64)),
        };
        let numbers = levels.iter().enumerate();
        let numbers = numbers.map(|(i, l)| l.column.clone().alias(level_name(i)));
        let columns: Vec<Plan> = [
            month,
            population.alias("taken"),
            left_out.alias("left out"),
            pending.fill_null(lit(false)).alias("pending"),
            answer.alias("answer"),
            value.alias("value"),
        ]
        .into_iter()
        .chain(numbers)
        .collect();
        self.frame
            .clone()
            .lazy()
            .with_columns(columns)
            .select(self.kept(levels.len()))
            .filter(col("taken").and(col("month").is_not_null()))
    }

    fn kept(&self, levels: usize) -> Vec<Plan> {
        let fixed = ["month", "taken", "left out", "pending", "answer", "value"];
        fixed.into_iter().map(col).chain((0..levels).map(|i| col(level_name(i)))).collect()
    }

    /// Whether something that the answer rests on is undecided, or could still have changed when
    /// it was decided early: units are counted only once all their peers can be.
    fn pending(&self, answer: &Expr) -> Plan {
        rests_on(answer, self.frame)
            .into_iter()
            .map(|(verdict, open)| match verdict {
                Some(verdict) => col(verdict).eq(exact(Verdict::Pending as u32)).or(col(open)),
                None => col(open),
            })
            .reduce(Plan::or)
            .unwrap_or_else(|| lit(false))
    }

    /// Adds up the units of each month and level.
    fn aggregate(
        &self,
        plan: LazyFrame,
        levels: &[&Levels],
        tallies: &mut Monthly,
    ) -> PolarsResult<()> {
        let distribution = matches!(self.measure.kind, MeasureKind::Distribution { .. });
        // A mean cannot take in what has no value.
        let leaves_out = match self.measure.kind {
            MeasureKind::Mean { .. } => true,
            _ => self.measure.unknown == UnknownCounts::LeaveOut,
        };
        let kept = col("left out").eq(exact(0_u32));
        let due = kept.clone().and(col("pending").not());
        let unknown = match self.measure.kind {
            MeasureKind::Mean { .. } | MeasureKind::Sum { .. } => col("answer").not(),
            MeasureKind::Distribution { .. } => col("value").is_null(),
            _ => col("answer").is_null(),
        };
        let unknown = due.clone().and(unknown);
        let counted = if leaves_out { due.clone().and(unknown.clone().not()) } else { due };
        let count = |yes: Plan| yes.cast(DataType::UInt32).sum().cast(DataType::UInt64);
        let mut sums = vec![
            len().cast(DataType::UInt64).alias("considered"),
            count(kept.clone().and(col("pending"))).alias("n pending"),
            count(unknown.clone()).alias("n unknown"),
            count(counted.clone()).alias("n counted"),
        ];
        for number in 1..=self.measure.exclude.len() {
            let this = col("left out").eq(exact(u32::try_from(number).unwrap_or(u32::MAX)));
            sums.push(count(this).alias(format!("n left out {number}")));
        }
        let mut keys: Vec<Plan> = [col("month")]
            .into_iter()
            .chain((0..levels.len()).map(|i| col(level_name(i))))
            .collect();
        if distribution {
            keys.push(col("value").alias("category"));
        } else {
            let holds = counted.clone().and(col("answer").fill_null(lit(false)));
            sums.push(count(holds).alias("n numerator"));
            let value =
                when(counted).then(col("value")).otherwise(exact(0_i64)).cast(DataType::Int64);
            let square = value.clone() * value.clone();
            sums.push(value.sum().alias("sum"));
            let (high, low) = in_halves(square);
            sums.push(high.sum().alias("squares high"));
            sums.push(low.sum().alias("squares low"));
        }
        let found = plan.group_by(keys).agg(sums).collect()?;
        let number = |name: &str| -> PolarsResult<UInt64Chunked> {
            Ok(found.column(name)?.as_materialized_series().u64()?.clone())
        };
        let months = found.column("month")?.as_materialized_series().i32()?.clone();
        let mut places: Vec<UInt32Chunked> = Vec::new();
        for i in 0..levels.len() {
            places.push(found.column(&level_name(i))?.as_materialized_series().u32()?.clone());
        }
        let (considered, pending) = (number("considered")?, number("n pending")?);
        let (unknown, counted) = (number("n unknown")?, number("n counted")?);
        let left_out: Vec<UInt64Chunked> = (1..=self.measure.exclude.len())
            .map(|n| number(&format!("n left out {n}")))
            .collect::<PolarsResult<_>>()?;
        let signed = |name: &str| -> PolarsResult<Int64Chunked> {
            Ok(found.column(name)?.as_materialized_series().i64()?.clone())
        };
        let sums = if distribution {
            None
        } else {
            Some((
                number("n numerator")?,
                signed("sum")?,
                signed("squares high")?,
                signed("squares low")?,
            ))
        };
        let categories = match self.categories() {
            Some(c) => Some((c, found.column("category")?.as_materialized_series().u32()?.clone())),
            None => None,
        };
        for row in 0..found.height() {
            let Some(month) = months.get(row) else { continue };
            let level: Option<Vec<usize>> =
                levels.iter().zip(&places).map(|(l, p)| l.place(p.get(row))).collect();
            let Some(mut level) = level else { continue };
            if let Some((categories, places)) = &categories {
                let place = places.get(row).unwrap_or(u32::MAX);
                let Some(at) = categories.iter().position(|(n, _)| *n == place) else { continue };
                level.push(at);
            }
            let get = |c: &UInt64Chunked| c.get(row).unwrap_or(0);
            let (numerator, sum, sum_of_squares) = match &sums {
                Some((numerator, sum, high, low)) => {
                    let high = i128::from(high.get(row).unwrap_or(0));
                    let squares = high * HALF + i128::from(low.get(row).unwrap_or(0));
                    (get(numerator), sum.get(row).unwrap_or(0), squares)
                }
                None => (0, 0, 0),
            };
            let unknown = get(&unknown);
            let tally = Tally {
                considered: get(&considered),
                left_out: left_out.iter().map(get).collect(),
                pending: get(&pending),
                unknown,
                unknown_left_out: if leaves_out { unknown } else { 0 },
                counted: get(&counted),
                numerator,
                sum,
                sum_of_squares,
            };
            tallies.entry((month, level)).or_default().add(&tally);
        }
        Ok(())
    }
}

fn level_name(number: usize) -> String {
    format!("level {number}")
}

/// A value as whole ten-thousandths, half away from zero.
fn ten_thousandths(value: Plan) -> Plan {
    let scaled = value * lit(10_000.0);
    when(scaled.clone().gt_eq(lit(0.0)))
        .then(scaled.clone() + lit(0.5))
        .otherwise(scaled - lit(0.5))
        .cast(DataType::Int64)
}
