//! Checked expressions to polars expressions. Polars' own logic is three-valued like ours; what
//! differs (division by nought, ages, working days) is written out here.

use std::sync::Arc;

use polars::prelude::{Expr as Plan, *};

use crate::calendar::WorkingDays;
use crate::columns::exact;
use crate::columns::kernel::{
    add_working_days, days_to_day_of_month, days_to_packed_date, months_between, working_day_index,
    years_between,
};
use crate::columns::ring::Rings;
use crate::definitions::expression::{
    Arithmetic, Comparison, Expr, Literal, Name, Placed, Reads, RowFunction, ValueFunction,
};

/// What an expression needs to know of the frame that it will run over.
pub trait Lowering {
    /// The column behind a name, or a constant.
    fn name(&self, name: &Name) -> Plan;

    /// What a function over rows has been computed to. Only test expressions have any.
    fn rows(&self, _reads: Reads, _function: &RowFunction) -> Plan {
        lit(NULL)
    }

    /// The words of the run, to find the place of a word that a text column is compared with.
    fn rings(&self) -> &Rings;

    /// The working days.
    fn working_days(&self) -> &Arc<WorkingDays>;

    /// The date of birth of the person in the row.
    fn date_of_birth(&self) -> Plan {
        col("date_of_birth")
    }
}

/// A checked expression as a polars expression.
pub fn lower(expr: &Expr, over: &dyn Lowering) -> Plan {
    match expr {
        Expr::Literal(l) | Expr::Parameter(_, l) => literal(l, over.rings()),
        Expr::Name(n) => over.name(n),
        Expr::Not(a) => lower(a, over).not(),
        Expr::And(a, b) => lower(a, over).and(lower(b, over)),
        Expr::Or(a, b) => lower(a, over).or(lower(b, over)),
        Expr::Compare(op, a, b) => compare(*op, lower(a, over), lower(b, over)),
        Expr::Arithmetic(op, a, b) => arithmetic(*op, lower(a, over), lower(b, over)),
        Expr::IsNull { of, negated: false } => lower(of, over).is_null(),
        Expr::IsNull { of, negated: true } => lower(of, over).is_not_null(),
        Expr::In { of, list, negated } => {
            let of = lower(of, over);
            let found = list
                .iter()
                .map(|l| of.clone().eq(literal(l, over.rings())))
                .reduce(Plan::or)
                .unwrap_or_else(|| lit(false));
            if *negated { found.not() } else { found }
        }
        Expr::Between { of, low, high, negated } => {
            let of = lower(of, over);
            let inside = of.clone().gt_eq(lower(low, over)).and(of.lt_eq(lower(high, over)));
            if *negated { inside.not() } else { inside }
        }
        Expr::Value(function, args) => value_function(*function, args, over),
        Expr::Place(placed) => place(placed, over),
        Expr::Rows(reads, function) => over.rows(*reads, function),
    }
}

/// The word that begins last at or below a number.
fn place(placed: &Placed, over: &dyn Lowering) -> Plan {
    let of = lower(&placed.of, over).cast(DataType::Float64);
    let mut word = lit(NULL).cast(DataType::UInt32);
    for (begins, code) in &placed.begins {
        word = when(of.clone().gt_eq(lit(*begins))).then(exact(*code)).otherwise(word);
    }
    word
}

/// A constant. A word that no text column holds gets a place that no row has.
fn literal(value: &Literal, rings: &Rings) -> Plan {
    match value {
        Literal::Number(n) => lit(*n),
        Literal::Text(word) => lit(rings.text.find(word).unwrap_or(u32::MAX)),
        Literal::Code(index, _) => lit(*index),
        Literal::YesNo(b) => lit(*b),
        Literal::Date(day) => lit(day.0),
        Literal::Null => lit(NULL),
    }
}

fn compare(op: Comparison, a: Plan, b: Plan) -> Plan {
    match op {
        Comparison::Equal => a.eq(b),
        Comparison::NotEqual => a.neq(b),
        Comparison::Less => a.lt(b),
        Comparison::LessOrEqual => a.lt_eq(b),
        Comparison::Greater => a.gt(b),
        Comparison::GreaterOrEqual => a.gt_eq(b),
    }
}

fn arithmetic(op: Arithmetic, a: Plan, b: Plan) -> Plan {
    let (a, b) = (a.cast(DataType::Float64), b.cast(DataType::Float64));
    match op {
        Arithmetic::Plus => a + b,
        Arithmetic::Minus => a - b,
        Arithmetic::Times => a * b,
        Arithmetic::Over => {
            when(b.clone().eq(lit(0.0))).then(lit(NULL).cast(DataType::Float64)).otherwise(a / b)
        }
    }
}

fn value_function(function: ValueFunction, args: &[Expr], over: &dyn Lowering) -> Plan {
    let arg = |i: usize| args.get(i).map_or_else(|| lit(NULL), |a| lower(a, over));
    match function {
        ValueFunction::AgeOn => {
            let on = days_to_packed_date(arg(0).cast(DataType::Int32));
            let born = days_to_packed_date(over.date_of_birth());
            years_between(born, on).cast(DataType::Float64)
        }
        ValueFunction::Days => (arg(1) - arg(0)).cast(DataType::Float64),
        ValueFunction::Months => months_between(arg(0), arg(1)).cast(DataType::Float64),
        ValueFunction::WorkingDays => {
            let calendar = over.working_days();
            let index = |days: Plan| working_day_index(days, calendar);
            (index(arg(1)) - index(arg(0))).cast(DataType::Float64)
        }
        ValueFunction::AddWorkingDays => {
            let count = match args.get(1) {
                Some(
                    Expr::Literal(Literal::Number(n)) | Expr::Parameter(_, Literal::Number(n)),
                ) => whole(*n),
                _ => 0,
            };
            add_working_days(arg(0), count, over.working_days())
        }
        ValueFunction::DayOfMonth => days_to_day_of_month(arg(0)).cast(DataType::Float64),
        ValueFunction::Coalesce => {
            let first = arg(0);
            when(first.clone().is_null()).then(arg(1)).otherwise(first)
        }
    }
}

/// A number of days that the checker has found to be whole.
#[expect(clippy::cast_possible_truncation, reason = "saturates, and no calendar goes that far")]
fn whole(n: f64) -> i32 {
    n.round() as i32
}
