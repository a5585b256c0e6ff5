//! Interprets one expression for one row or one unit, in three-valued logic.

use std::collections::BTreeMap;

use early_help::calendar::{Day, Period};
use early_help::definitions::Definitions;
use early_help::definitions::expression::{
    Among, Arithmetic, Comparison, Expr, Name, Placed, Reads, RowFunction, ValueFunction,
};
use early_help::definitions::scale::Change;
use early_help::definitions::source::Source;
use early_help::evaluate::Verdict;

use super::row_functions::{Pools, over_rows};
use super::test_result::fact;
use super::value::{Row, Value};
use super::verdicts;
use super::window::Days;
use super::world::{Subject, World};

/// What a claim knows of its case's needs.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct NeedsSeen {
    pub(crate) needs: usize,
    pub(crate) headlines: usize,
    pub(crate) every_met: Option<bool>,
}

/// What the names of an expression stand for, here and now.
#[derive(Clone, Copy)]
pub(crate) struct Setting<'s> {
    pub(crate) world: &'s World<'s>,
    pub(crate) row: Option<(&'s Source, &'s Row)>,
    pub(crate) subject: Option<&'s Subject<'s>>,
    pub(crate) window: Option<Days>,
    pub(crate) period: Option<Period>,
    pub(crate) has_need: Option<bool>,
    /// The rows of the window and of the baseline.
    pub(crate) pools: Option<&'s Pools<'s>>,
    /// The window has not finished: only what more rows cannot change is said.
    pub(crate) early: bool,
    /// The tests of a rule.
    pub(crate) tests: Option<&'s BTreeMap<String, Verdict>>,
    pub(crate) needs: Option<NeedsSeen>,
}

impl<'s> Setting<'s> {
    pub(crate) fn new(world: &'s World<'s>) -> Self {
        Self {
            world,
            row: None,
            subject: None,
            window: None,
            period: None,
            has_need: None,
            pools: None,
            early: false,
            tests: None,
            needs: None,
        }
    }

    pub(crate) fn row(self, source: &'s Source, row: &'s Row) -> Self {
        Self { row: Some((source, row)), ..self }
    }

    pub(crate) fn subject(self, subject: &'s Subject<'s>) -> Self {
        Self { subject: Some(subject), ..self }
    }
}

/// What an expression comes to.
pub(crate) fn evaluate(expr: &Expr, here: &Setting) -> Value {
    let truth = |e: &Expr| evaluate(e, here).truth();
    match expr {
        Expr::Literal(literal) | Expr::Parameter(_, literal) => Value::from(literal),
        Expr::Name(wanted) => name(wanted, here),
        Expr::Not(a) => truth(a).map(|a| !a).into(),
        Expr::And(a, b) => match (truth(a), truth(b)) {
            (Some(false), _) | (_, Some(false)) => Value::YesNo(false),
            (Some(true), Some(true)) => Value::YesNo(true),
            _ => Value::Nothing,
        },
        Expr::Or(a, b) => match (truth(a), truth(b)) {
            (Some(true), _) | (_, Some(true)) => Value::YesNo(true),
            (Some(false), Some(false)) => Value::YesNo(false),
            _ => Value::Nothing,
        },
        Expr::Compare(op, a, b) => {
            if here.early
                && let Some(settled) = count_against_constant(*op, a, b, here)
            {
                return settled.into();
            }
            compare(*op, &evaluate(a, here), &evaluate(b, here)).into()
        }
        Expr::Place(placed) => match evaluate(&placed.of, here).number() {
            Some(number) => placed_at(placed, number, here.world.definitions),
            None => Value::Nothing,
        },
        Expr::Arithmetic(op, a, b) => arithmetic(*op, &evaluate(a, here), &evaluate(b, here)),
        Expr::IsNull { of, negated } => Value::YesNo(evaluate(of, here).is_nothing() != *negated),
        Expr::In { of, list, negated } => {
            let value = evaluate(of, here);
            if value.is_nothing() {
                return Value::Nothing;
            }
            let found = list
                .iter()
                .any(|item| compare(Comparison::Equal, &value, &item.into()) == Some(true));
            Value::YesNo(found != *negated)
        }
        Expr::Between { of, low, high, negated } => {
            let value = evaluate(of, here);
            let above = compare(Comparison::GreaterOrEqual, &value, &evaluate(low, here));
            let below = compare(Comparison::LessOrEqual, &value, &evaluate(high, here));
            match (above, below) {
                (Some(above), Some(below)) => Value::YesNo((above && below) != *negated),
                _ => Value::Nothing,
            }
        }
        Expr::Value(function, arguments) => {
            let arguments: Vec<Value> = arguments.iter().map(|a| evaluate(a, here)).collect();
            of_values(*function, &arguments, here)
        }
        Expr::Rows(reads, function) => rows(*reads, function, here),
    }
}

fn compare(op: Comparison, a: &Value, b: &Value) -> Option<bool> {
    let order = a.compare(b)?;
    Some(match op {
        Comparison::Equal => order.is_eq(),
        Comparison::NotEqual => order.is_ne(),
        Comparison::Less => order.is_lt(),
        Comparison::LessOrEqual => order.is_le(),
        Comparison::Greater => order.is_gt(),
        Comparison::GreaterOrEqual => order.is_ge(),
    })
}

fn arithmetic(op: Arithmetic, a: &Value, b: &Value) -> Value {
    let whole_days = |n: f64| n as i32;
    match (op, a, b) {
        (Arithmetic::Minus, Value::Day(a), Value::Day(b)) => Value::Number(f64::from(a.0 - b.0)),
        (Arithmetic::Plus, Value::Day(a), Value::Number(n)) => {
            Value::Day(a.plus_days(whole_days(*n)))
        }
        (Arithmetic::Minus, Value::Day(a), Value::Number(n)) => {
            Value::Day(a.plus_days(-whole_days(*n)))
        }
        (_, Value::Number(a), Value::Number(b)) => match op {
            Arithmetic::Plus => Value::Number(a + b),
            Arithmetic::Minus => Value::Number(a - b),
            Arithmetic::Times => Value::Number(a * b),
            Arithmetic::Over if *b == 0.0 => Value::Nothing,
            Arithmetic::Over => Value::Number(a / b),
        },
        _ => Value::Nothing,
    }
}

fn of_values(function: ValueFunction, arguments: &[Value], here: &Setting) -> Value {
    let working_days = &here.world.definitions.project.working_days;
    let day = |at: usize| arguments.get(at).and_then(Value::day);
    let found = || match function {
        ValueFunction::AgeOn => {
            Some(Value::Number(f64::from(day(0)?.age_of(date_of_birth(here)?))))
        }
        ValueFunction::Months => {
            let (from, to) = (day(0)?, day(1)?);
            let mut months = (to.0 - from.0) / 28 + 2;
            while from.plus_months(months) > to {
                months -= 1;
            }
            Some(Value::Number(f64::from(months)))
        }
        ValueFunction::Days => Some(Value::Number(f64::from(day(1)?.0 - day(0)?.0))),
        ValueFunction::WorkingDays => {
            let elapsed = working_days.between(day(0)?, day(1)?).ok()?;
            Some(Value::Number(f64::from(elapsed)))
        }
        ValueFunction::AddWorkingDays => {
            let count = arguments.get(1)?.number()? as i32;
            Some(Value::Day(working_days.add(day(0)?, count).ok()?))
        }
        ValueFunction::DayOfMonth => Some(Value::Number(f64::from(day(0)?.day_of_month()))),
        ValueFunction::Coalesce => arguments.iter().find(|v| !v.is_nothing()).cloned(),
    };
    found().unwrap_or_default()
}

/// The word for where a number lies on its scale.
fn placed_at(placed: &Placed, number: f64, definitions: &Definitions) -> Value {
    let scale = definitions.scale(&placed.scale).expect("a declared scale");
    let word = match placed.among {
        Among::Bands => {
            scale.bands.iter().rfind(|band| band.from <= number).map(|band| &*band.name)
        }
        Among::Changes => scale.change(number).map(|change| match change {
            Change::Improved => "improved",
            Change::Same => "same",
            Change::Worse => "worse",
        }),
    };
    word.map_or(Value::Nothing, |word| Value::code(&placed.list, word))
}

/// Of the person the row is about.
fn date_of_birth(here: &Setting) -> Option<Day> {
    let (source, row) = here.row?;
    if source.column("date_of_birth").is_some() {
        return row.get("date_of_birth").day();
    }
    let person = row.get(&source.id_column("person")?.name);
    let people = here.world.rows("people");
    people.iter().find(|p| p.get("person_id") == person)?.get("date_of_birth").day()
}

fn name(wanted: &Name, here: &Setting) -> Value {
    let day = |day: Option<Day>| day.map_or(Value::Nothing, Value::Day);
    let number = |count: usize| Value::Number(count as f64);
    let parent = || here.subject.and_then(|s| s.parent.as_deref());
    let truth = |verdict: Option<Verdict>| Value::from(verdict.and_then(truth_of));
    match wanted {
        Name::Column(column) => here.row.map(|(_, row)| row.get(column)).unwrap_or_default(),
        Name::Unit(column) => here.subject.map(|s| s.value(column)).unwrap_or_default(),
        Name::Parent(column) => parent().map(|p| p.value(column)).unwrap_or_default(),
        Name::WindowStart => day(here.window.map(|w| w.0)),
        Name::WindowEnd => day(here.window.map(|w| w.1)),
        Name::PeriodStart => day(here.period.map(Period::start)),
        Name::AsAt => day(Some(here.world.as_at())),
        Name::PeriodEnd => day(here.period.map(Period::end)),
        Name::HasThisNeed => here.has_need.into(),
        Name::Fact(id) => here.subject.map(|s| fact(here.world, s, id).value).unwrap_or_default(),
        Name::Need(id) => truth(here.subject.and_then(|s| verdicts::need(here.world, s, id))),
        Name::Outcome(id) => truth(here.subject.and_then(|s| verdicts::outcome(here.world, s, id))),
        Name::Claim(id) => truth(here.subject.and_then(|s| verdicts::claim(here.world, s, id))),
        Name::Test(id) => truth(here.tests.and_then(|tests| tests.get(id).copied())),
        Name::NeedsIdentified => here.needs.map(|n| number(n.needs)).unwrap_or_default(),
        Name::HeadlinesIdentified => here.needs.map(|n| number(n.headlines)).unwrap_or_default(),
        Name::EveryNeedMet => here.needs.and_then(|n| n.every_met).into(),
    }
}

/// Met is true, not met is false, all else is nothing.
pub(crate) fn truth_of(verdict: Verdict) -> Option<bool> {
    match verdict {
        Verdict::Met => Some(true),
        Verdict::NotMet => Some(false),
        Verdict::Pending | Verdict::Unknown | Verdict::NotApplicable => None,
    }
}

fn rows(reads: Reads, function: &RowFunction, here: &Setting) -> Value {
    let Some(pools) = here.pools else { return Value::Nothing };
    let full = Setting { early: false, ..*here };
    let value = over_rows(pools, reads, function, &full);
    if !here.early || reads == Reads::Baseline {
        return value;
    }
    // More rows may come: only these can no longer change.
    let settled = match function {
        RowFunction::Has(_) => value == Value::YesNo(true),
        RowFunction::Every(_) | RowFunction::NoneOf(_) => value == Value::YesNo(false),
        RowFunction::DaysInWindow => true,
        _ => false,
    };
    if settled { value } else { Value::Nothing }
}

/// In an unfinished window: a count of its rows compared with a constant. The outer nothing says
/// that the comparison is not of that kind, the inner one that it is not settled.
fn count_against_constant(
    op: Comparison,
    a: &Expr,
    b: &Expr,
    here: &Setting,
) -> Option<Option<bool>> {
    let constant = |e: &Expr| match e {
        Expr::Literal(k) | Expr::Parameter(_, k) => Value::from(k).number(),
        _ => None,
    };
    let (count, op, k) = match (constant(a), constant(b)) {
        (None, Some(k)) => (a, op, k),
        (Some(k), None) => (b, mirrored(op), k),
        _ => return None,
    };
    let Expr::Rows(Reads::Window, function @ (RowFunction::Count | RowFunction::CountDistinct(_))) =
        count
    else {
        return None;
    };
    let full = Setting { early: false, ..*here };
    let n = over_rows(here.pools?, Reads::Window, function, &full).number()?;
    Some(match op {
        Comparison::Equal if k == 0.0 => (n != 0.0).then_some(false),
        Comparison::Less => (n >= k).then_some(false),
        Comparison::LessOrEqual => (n > k).then_some(false),
        Comparison::Greater => (n > k).then_some(true),
        Comparison::GreaterOrEqual => (n >= k).then_some(true),
        Comparison::Equal | Comparison::NotEqual => None,
    })
}

fn mirrored(op: Comparison) -> Comparison {
    match op {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        same @ (Comparison::Equal | Comparison::NotEqual) => same,
    }
}
