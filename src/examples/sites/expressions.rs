//! Every way in which an expression can be written slightly wrong.

use crate::definitions::expression::{Comparison, Expr, Literal, Name, Reads, RowFunction, Type};
use crate::definitions::words;
use crate::examples::sites::At;

/// An expression with one thing in it changed, in every way, each in words.
pub(super) fn expressions(at: At<'_>, expr: &Expr) -> Vec<(String, Expr)> {
    let inner = |a: &Expr| expressions(at, a);
    let boxed = |a: Expr| Box::new(a);
    let mut all: Vec<(String, Expr)> = Vec::new();
    match expr {
        Expr::And(a, b) | Expr::Or(a, b) => {
            let is_and = matches!(expr, Expr::And(..));
            let join = |a: Expr, b: Expr| {
                if is_and { Expr::And(boxed(a), boxed(b)) } else { Expr::Or(boxed(a), boxed(b)) }
            };
            let without = |e: &Expr| format!("without \u{201c}{}\u{201d}", at.say(e));
            all.push((without(b), (**a).clone()));
            // Of `a and b and c`, the parts of `a and b` are left out further in.
            if !same_joint(expr, a) {
                all.push((without(a), (**b).clone()));
            }
            let (says, other) = if is_and {
                ("or for and", Expr::Or(a.clone(), b.clone()))
            } else {
                ("and for or", Expr::And(a.clone(), b.clone()))
            };
            all.push((format!("{says} before \u{201c}{}\u{201d}", at.say(b)), other));
            all.extend(inner(a).into_iter().map(|(s, a)| (s, join(a, (**b).clone()))));
            all.extend(inner(b).into_iter().map(|(s, b)| (s, join((**a).clone(), b))));
        }
        Expr::Not(a) => {
            all.push((format!("without not before \u{201c}{}\u{201d}", at.say(a)), (**a).clone()));
            all.extend(inner(a).into_iter().map(|(s, a)| (s, Expr::Not(boxed(a)))));
        }
        Expr::Compare(op, a, b) => {
            let swapped = other_comparison(*op);
            let says =
                format!("{} for {} in \u{201c}{}\u{201d}", sign(swapped), sign(*op), at.say(expr));
            all.push((says, Expr::Compare(swapped, a.clone(), b.clone())));
            all.extend(
                inner(a).into_iter().map(|(s, a)| (s, Expr::Compare(*op, boxed(a), b.clone()))),
            );
            for (says, threshold) in thresholds(b) {
                all.push((says, Expr::Compare(*op, a.clone(), boxed(threshold))));
            }
            if !matches!(**b, Expr::Literal(_) | Expr::Parameter(..)) {
                all.extend(
                    inner(b).into_iter().map(|(s, b)| (s, Expr::Compare(*op, a.clone(), boxed(b)))),
                );
            }
        }
        Expr::Between { of, low, high, negated } => {
            let rebuilt = |low: Box<Expr>, high: Box<Expr>| Expr::Between {
                of: of.clone(),
                low,
                high,
                negated: *negated,
            };
            for (says, low) in thresholds(low) {
                all.push((says, rebuilt(boxed(low), high.clone())));
            }
            for (says, high) in thresholds(high) {
                all.push((says, rebuilt(low.clone(), boxed(high))));
            }
        }
        Expr::In { of, list, negated } => {
            for (place, word) in list.iter().enumerate().filter(|_| list.len() > 1) {
                let mut list = list.clone();
                list.remove(place);
                let says = format!("without the word {}", words::literal(word));
                all.push((says, Expr::In { of: of.clone(), list, negated: *negated }));
            }
        }
        Expr::Arithmetic(op, a, b) => {
            all.extend(
                inner(a).into_iter().map(|(s, a)| (s, Expr::Arithmetic(*op, boxed(a), b.clone()))),
            );
            all.extend(
                inner(b).into_iter().map(|(s, b)| (s, Expr::Arithmetic(*op, a.clone(), boxed(b)))),
            );
        }
        Expr::Rows(reads, function) => all.extend(functions(at, *reads, function)),
        Expr::IsNull { of, negated } => {
            let says = if *negated { "is null for is not null" } else { "is not null for is null" };
            all.push((says.to_owned(), Expr::IsNull { of: of.clone(), negated: !negated }));
        }
        Expr::Name(name @ (Name::Column(_) | Name::Unit(_))) if at.is_yes_no(name) => {
            all.push((format!("not {}", at.say(expr)), Expr::Not(boxed(expr.clone()))));
        }
        _ => {}
    }
    all
}

impl At<'_> {
    /// Whether a name by itself is true or false: as a test of a rule, or a yes/no column.
    fn is_yes_no(self, name: &Name) -> bool {
        let yes_no = |column: &str| {
            let mut columns = self.definitions.sources.iter().filter_map(|s| s.column(column));
            columns.any(|c| c.ty == Type::YesNo)
        };
        match name {
            Name::Column(column) | Name::Unit(column) => yes_no(column),
            _ => false,
        }
    }
}

/// Whether `part` is a chain of the same `and` or `or` as the whole.
fn same_joint(whole: &Expr, part: &Expr) -> bool {
    matches!((whole, part), (Expr::And(..), Expr::And(..)) | (Expr::Or(..), Expr::Or(..)))
}

fn functions(at: At<'_>, reads: Reads, function: &RowFunction) -> Vec<(String, Expr)> {
    use RowFunction as F;
    let swapped: Option<(&str, F)> = match function {
        F::First(e) => Some(("last for first", F::Last(e.clone()))),
        F::Last(e) => Some(("first for last", F::First(e.clone()))),
        F::Minimum(e) => Some(("max for min", F::Maximum(e.clone()))),
        F::Maximum(e) => Some(("min for max", F::Minimum(e.clone()))),
        F::Average(e) => Some(("max for avg", F::Maximum(e.clone()))),
        F::Median(e) => Some(("max for median", F::Maximum(e.clone()))),
        F::Has(e) => Some(("every for has", F::Every(e.clone()))),
        F::Every(e) => Some(("has for every", F::Has(e.clone()))),
        F::LongestRun(e) => Some(("days_covered for longest_run", F::DaysCovered(e.clone()))),
        F::DaysCovered(e) => Some(("longest_run for days_covered", F::LongestRun(e.clone()))),
        _ => None,
    };
    let mut all: Vec<(String, Expr)> =
        swapped.into_iter().map(|(s, f)| (s.to_owned(), Expr::Rows(reads, f))).collect();
    if reads == Reads::Baseline {
        all.iter_mut().for_each(|(says, _)| says.push_str(" in the baseline"));
        let window = Expr::Rows(Reads::Window, function.clone());
        all.push(("the window for the baseline".to_owned(), window));
    }
    if let Some(argument) = function.argument() {
        for (says, changed) in expressions(at, argument) {
            let changed = Box::new(changed);
            let rebuilt = match function {
                F::Has(_) => F::Has(changed),
                F::Every(_) => F::Every(changed),
                F::NoneOf(_) => F::NoneOf(changed),
                F::DaysCovered(_) => F::DaysCovered(Some(changed)),
                F::LongestRun(_) => F::LongestRun(Some(changed)),
                // The others take a value, in which there is nothing to compare.
                _ => continue,
            };
            all.push((says, Expr::Rows(reads, rebuilt)));
        }
    }
    all
}

fn other_comparison(op: Comparison) -> Comparison {
    match op {
        Comparison::Equal => Comparison::NotEqual,
        Comparison::NotEqual => Comparison::Equal,
        Comparison::Less => Comparison::LessOrEqual,
        Comparison::LessOrEqual => Comparison::Less,
        Comparison::Greater => Comparison::GreaterOrEqual,
        Comparison::GreaterOrEqual => Comparison::Greater,
    }
}

fn sign(op: Comparison) -> &'static str {
    match op {
        Comparison::Equal => "=",
        Comparison::NotEqual => "<>",
        Comparison::Less => "<",
        Comparison::LessOrEqual => "<=",
        Comparison::Greater => ">",
        Comparison::GreaterOrEqual => ">=",
    }
}

/// A threshold one lower and one higher: a whole number by 1, a share by one percentage point.
fn thresholds(expr: &Expr) -> Vec<(String, Expr)> {
    let moved = |now: f64| {
        let step = if now.fract() == 0.0 { 1.0 } else { 0.01 };
        [now - step, now + step].map(|n| (n * 1e6).round() / 1e6)
    };
    match expr {
        Expr::Literal(Literal::Number(now)) => moved(*now)
            .into_iter()
            .map(|n| (format!("{n} for {now}"), Expr::Literal(Literal::Number(n))))
            .collect(),
        Expr::Parameter(name, Literal::Number(now)) => moved(*now)
            .into_iter()
            .map(|n| {
                let says = format!("{n} for {now} (param.{name})");
                (says, Expr::Parameter(name.clone(), Literal::Number(n)))
            })
            .collect(),
        _ => Vec::new(),
    }
}
