//! Checks calls of functions: over the many rows of a window, and of single values.

use super::on_scales::ON_SCALES;
use super::types::{is_amount, say};
use super::{Checker, Rows, Typed};
use crate::definitions::diagnostic::nearest_or_list;
use crate::definitions::expression::parse::{Call, Raw};
use crate::definitions::expression::{Expr, Reads, RowFunction, Type, ValueFunction};
use crate::definitions::source::Shape;

impl<'a> Checker<'a> {
    pub(super) fn call(&mut self, raw: &Raw, call: &Call) -> Option<Typed> {
        let (reads, name) = match call.name.strip_prefix("baseline.") {
            Some(rest) => (Reads::Baseline, rest),
            None => (Reads::Window, call.name.as_str()),
        };
        if reads == Reads::Window
            && let Some(function) = value_function(name)
        {
            return self.value_call(raw, function, call);
        }
        if reads == Reads::Window && ON_SCALES.contains(&name) {
            return self.on_scale(raw, call);
        }
        if !ROW_FUNCTIONS.contains(&name) {
            let known = ROW_FUNCTIONS.iter().chain(VALUE_FUNCTIONS).chain(&ON_SCALES);
            let known: Vec<&str> = known.copied().collect();
            self.fault(
                "function",
                raw,
                format!("there is no function `{}`", call.name),
                nearest_or_list(name, &known),
            );
            return None;
        }
        let place = self.scope.place;
        let Some(rows) = self.scope.rows.as_ref() else {
            let message = format!("`{name}(…)` looks over many rows, but {place} looks at one");
            self.fault(
                "scope",
                raw,
                message,
                "use it in `expect` or `value` of a test, or make a fact of it",
            );
            return None;
        };
        if self.inside.is_some() {
            self.fault(
                "scope",
                raw,
                "a function over rows cannot stand inside another",
                "make two tests",
            );
            return None;
        }
        if reads == Reads::Baseline && !rows.baseline {
            self.fault(
                "scope",
                raw,
                "this test has no baseline to read",
                "add `baseline = { before = …, for = … }` to the test",
            );
            return None;
        }
        let (function, ty) = self.row_function(raw, name, call, rows)?;
        Some((Expr::Rows(reads, function), ty))
    }

    fn row_function(
        &mut self,
        raw: &Raw,
        name: &str,
        call: &Call,
        rows: &'a Rows,
    ) -> Option<(RowFunction, Type)> {
        let days = || Type::Number(Some("days".to_owned()));
        let spells = matches!(rows.shape, Shape::Spell { .. });
        if matches!(name, "days_covered" | "longest_run") && !spells {
            let message = format!(
                "`{name}(…)` needs spells with a start and an end, and `{}` has none",
                rows.source
            );
            self.fault(
                "shape",
                raw,
                message,
                "use count(*), every(…), has(…), first(…) or last(…)",
            );
            return None;
        }
        if name != "count" && (call.star || call.distinct) {
            self.fault(
                "form",
                raw,
                format!("`{name}` takes no `*` and no `distinct`"),
                format!("write {name}(column)"),
            );
            return None;
        }
        let many = call.arguments.len();
        let wants = match name {
            "count" if call.star => 0,
            "days_in_window" | "spread" => 0,
            "days_covered" | "longest_run" => many.min(1),
            _ => 1,
        };
        if many != wants {
            let message = format!(
                "`{name}` takes {wants} argument{}, and {many} are given",
                if wants == 1 { "" } else { "s" }
            );
            self.fault("form", raw, message, format!("write {}", usage(name)));
            return None;
        }
        if name == "count" && !call.star && !call.distinct {
            self.fault(
                "form",
                raw,
                "`count(x)` is easily misread",
                "write count(*) for all rows, or count(distinct x)",
            );
            return None;
        }
        self.inside = Some(rows);
        let argument = match call.arguments.first() {
            Some(a) => self.expr(a).map(|typed| Some((a, typed))),
            None => Some(None),
        };
        self.inside = None;
        let Some((at, (argument, ty))) = argument? else {
            return Some(match name {
                "count" => (RowFunction::Count, Type::Number(None)),
                "days_in_window" => (RowFunction::DaysInWindow, days()),
                "spread" => (RowFunction::Spread, days()),
                "days_covered" => (RowFunction::DaysCovered(None), days()),
                _ => (RowFunction::LongestRun(None), days()),
            });
        };
        let condition = matches!(name, "has" | "every" | "none" | "days_covered" | "longest_run");
        let refusal = match name {
            _ if condition && ty != Type::YesNo => Some("a condition"),
            "sum" | "avg" | "median" if !is_amount(&ty) => Some("a number"),
            "min" | "max" if !is_amount(&ty) && ty != Type::Date => match &ty {
                Type::Code(list) if list.ordered => None,
                _ => Some("a number, a date or an ordered code"),
            },
            _ => None,
        };
        if let Some(needed) = refusal {
            self.fault(
                "type",
                at,
                format!("`{name}(…)` needs {needed}, but this is {}", say(&ty)),
                format!("write {}", usage(name)),
            );
            return None;
        }
        let e = Box::new(argument);
        Some(match name {
            "count" => (RowFunction::CountDistinct(e), Type::Number(None)),
            "sum" => {
                (RowFunction::Sum(e), if ty == Type::Proportion { Type::Number(None) } else { ty })
            }
            "avg" => (RowFunction::Average(e), ty),
            "median" => (RowFunction::Median(e), ty),
            "min" => (RowFunction::Minimum(e), ty),
            "max" => (RowFunction::Maximum(e), ty),
            "first" => (RowFunction::First(e), ty),
            "last" => (RowFunction::Last(e), ty),
            "has" => (RowFunction::Has(e), Type::YesNo),
            "every" => (RowFunction::Every(e), Type::YesNo),
            "none" => (RowFunction::NoneOf(e), Type::YesNo),
            "days_covered" => (RowFunction::DaysCovered(Some(e)), days()),
            _ => (RowFunction::LongestRun(Some(e)), days()),
        })
    }

    fn value_call(&mut self, raw: &Raw, function: ValueFunction, call: &Call) -> Option<Typed> {
        let name = call.name.as_str();
        let alone = matches!(function, ValueFunction::AgeOn | ValueFunction::DayOfMonth);
        let wants = if alone { 1 } else { 2 };
        if call.star || call.distinct || call.arguments.len() != wants {
            self.fault(
                "form",
                raw,
                format!("`{name}` takes {wants} argument{}", if wants == 1 { "" } else { "s" }),
                format!("write {}", usage(name)),
            );
            return None;
        }
        if function == ValueFunction::AgeOn && !self.scope.person {
            let message = format!(
                "`age_on(…)` asks for a person's age, but {} is not about one person",
                self.scope.place
            );
            self.fault(
                "scope",
                raw,
                message,
                "use it in the condition of a [group.…] and name the group in `who`",
            );
            return None;
        }
        let read: Vec<Option<Typed>> = call.arguments.iter().map(|a| self.expr(a)).collect();
        let read: Vec<Typed> = read.into_iter().collect::<Option<_>>()?;
        let number = |unit: &str| Type::Number(Some(unit.to_owned()));
        let is_date = |ty: &Type| *ty == Type::Date;
        let is_count =
            |ty: &Type| matches!(ty, Type::Number(None)) || *ty == number("working_days");
        let (right, ty): (Vec<bool>, Type) = match function {
            ValueFunction::AgeOn => {
                (read.iter().map(|(_, t)| is_date(t)).collect(), number("years"))
            }
            ValueFunction::DayOfMonth => {
                (read.iter().map(|(_, t)| is_date(t)).collect(), Type::Number(None))
            }
            ValueFunction::Months => {
                (read.iter().map(|(_, t)| is_date(t)).collect(), number("months"))
            }
            ValueFunction::Days => (read.iter().map(|(_, t)| is_date(t)).collect(), number("days")),
            ValueFunction::WorkingDays => {
                (read.iter().map(|(_, t)| is_date(t)).collect(), number("working_days"))
            }
            ValueFunction::AddWorkingDays => {
                let checks: [fn(&Type) -> bool; 1] = [|t| *t == Type::Date];
                let right = read
                    .iter()
                    .enumerate()
                    .map(|(i, (_, t))| if i == 0 { checks[0](t) } else { is_count(t) });
                (right.collect(), Type::Date)
            }
            ValueFunction::Coalesce => return self.coalesce(raw, call, read),
        };
        if let Some((wrong, (_, ty))) =
            call.arguments.iter().zip(&read).zip(&right).find(|(_, ok)| !**ok).map(|(pair, _)| pair)
        {
            let message = format!("`{name}` cannot use {} here", say(ty));
            self.fault("type", wrong, message, format!("write {}", usage(name)));
            return None;
        }
        Some((Expr::Value(function, read.into_iter().map(|(e, _)| e).collect()), ty))
    }

    fn coalesce(&mut self, raw: &Raw, call: &Call, read: Vec<Typed>) -> Option<Typed> {
        let [ra, rb] = call.arguments.as_slice() else { return None };
        let Ok([a, b]) = <[Typed; 2]>::try_from(read) else { return None };
        let (a, b) = self.fit(raw, (ra, a), (rb, b))?;
        Some((Expr::Value(ValueFunction::Coalesce, vec![a.0, b.0]), a.1))
    }
}

const ROW_FUNCTIONS: &[&str] = &[
    "count",
    "sum",
    "avg",
    "median",
    "min",
    "max",
    "first",
    "last",
    "has",
    "every",
    "none",
    "days_covered",
    "longest_run",
    "days_in_window",
    "spread",
];
const VALUE_FUNCTIONS: &[&str] =
    &["age_on", "days", "months", "working_days", "add_working_days", "coalesce", "day_of_month"];

fn value_function(name: &str) -> Option<ValueFunction> {
    Some(match name {
        "age_on" => ValueFunction::AgeOn,
        "days" => ValueFunction::Days,
        "months" => ValueFunction::Months,
        "working_days" => ValueFunction::WorkingDays,
        "add_working_days" => ValueFunction::AddWorkingDays,
        "coalesce" => ValueFunction::Coalesce,
        "day_of_month" => ValueFunction::DayOfMonth,
        _ => return None,
    })
}

pub(super) fn usage(name: &str) -> &'static str {
    match name {
        "count" => "count(*) or count(distinct column)",
        "days_in_window" => "days_in_window()",
        "spread" => "spread()",
        "days_covered" => "days_covered() or days_covered(condition)",
        "longest_run" => "longest_run() or longest_run(condition)",
        "has" => "has(condition)",
        "every" => "every(condition)",
        "none" => "none(condition)",
        "sum" => "sum(column)",
        "avg" => "avg(column)",
        "median" => "median(column)",
        "min" => "min(column)",
        "max" => "max(column)",
        "first" => "first(column)",
        "last" => "last(column)",
        "age_on" => "age_on(date)",
        "days" => "days(from_date, to_date)",
        "months" => "months(from_date, to_date)",
        "band" => "band('scale', score)",
        "reliable_change" => "reliable_change('scale', first_score, last_score)",
        "improved_reliably" => "improved_reliably('scale', first_score, last_score)",
        "working_days" => "working_days(from_date, to_date)",
        "add_working_days" => "add_working_days(date, number)",
        "day_of_month" => "day_of_month(date)",
        _ => "coalesce(a, b)",
    }
}
