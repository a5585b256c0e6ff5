//! Resolves the names of an expression and checks its types and units.
//!
//! An expression stands in one of four scopes, each with a closed list of names. A fault is
//! reported at the word it concerns; one expression can have several.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::definitions::diagnostic::{Diagnostic, nearest_or_list};
use crate::definitions::expression::parse::{Call, Raw, RawKind, parse};
use crate::definitions::expression::{
    Arithmetic, Checked, CodeList, Comparison, Expr, Literal, Name, Reads, RowFunction, Type,
    ValueFunction,
};
use crate::definitions::place::Place;
use crate::definitions::source::Shape;

/// The names that an expression may use, with what each stands for.
pub type Names = BTreeMap<String, (Expr, Type)>;

/// Where an expression stands.
#[derive(Debug, Clone)]
pub struct Scope {
    /// What authors call the place: "a `where`", "an `expect`".
    pub place: &'static str,
    /// The names in reach.
    pub names: Names,
    /// Whether a person is at hand whose age can be asked.
    pub person: bool,
    /// The rows of a window, where functions over rows are allowed.
    pub rows: Option<Rows>,
    /// Names whose own definition is at fault; that is reported there, and not again here.
    pub broken: Arc<BTreeSet<String>>,
}

/// The rows that functions such as `count(*)` and `every(…)` read.
#[derive(Debug, Clone)]
pub struct Rows {
    /// The source.
    pub source: String,
    /// Its shape.
    pub shape: Shape,
    /// The columns, and what else is in reach inside a function.
    pub names: Names,
    /// Whether the test has a second window.
    pub baseline: bool,
}

/// What an expression has to give.
#[derive(Debug, Clone, PartialEq)]
pub enum Wanted {
    /// A condition.
    YesNo,
    /// A number of any unit.
    Amount,
    /// A word of a code list.
    Code,
    /// Something that fits this type.
    Fits(Type),
}

/// Reads and checks the expression in the TOML string at `place`.
///
/// # Errors
/// Everything that is wrong with it; nothing when only a name that it uses is broken elsewhere.
pub fn check(place: &Place, scope: &Scope, wanted: &Wanted) -> Result<Checked, Vec<Diagnostic>> {
    let (text, raw) = parse(place).map_err(|d| vec![d])?;
    let mut checker = Checker { scope, faults: Vec::new(), inside: None };
    let found = checker.expr(&raw);
    match found {
        Some((expr, ty)) if checker.faults.is_empty() => {
            let expr = checker.wanted(&raw, expr, &ty, wanted);
            match expr {
                Some(expr) if checker.faults.is_empty() => Ok(Checked { text, expr, ty }),
                _ => Err(checker.faults),
            }
        }
        _ => Err(checker.faults),
    }
}

/// A type in words.
#[must_use]
pub fn say(ty: &Type) -> String {
    match ty {
        Type::YesNo => "a yes or no".into(),
        Type::Number(None) => "a number".into(),
        Type::Number(Some(unit)) => format!("a number of {}", unit.replace('_', " ")),
        Type::Proportion => "a proportion".into(),
        Type::Money => "an amount of money".into(),
        Type::Score => "a score".into(),
        Type::Date => "a date".into(),
        Type::Text => "text".into(),
        Type::Code(_) => "a code".into(),
        Type::Id(of) => format!("the identifier of a {of}"),
        Type::Null => "nothing".into(),
    }
}

fn is_amount(ty: &Type) -> bool {
    matches!(ty, Type::Number(_) | Type::Proportion | Type::Money | Type::Score)
}

struct Checker<'a> {
    scope: &'a Scope,
    faults: Vec<Diagnostic>,
    /// The function over rows whose argument is being read.
    inside: Option<&'a Rows>,
}

type Typed = (Expr, Type);

impl<'a> Checker<'a> {
    fn fault(
        &mut self,
        code: &'static str,
        at: &Raw,
        message: impl Into<String>,
        mend: impl Into<String>,
    ) {
        self.faults.push(Diagnostic::error(code, &at.place, message).mend(mend));
    }

    fn wanted(&mut self, raw: &Raw, expr: Expr, ty: &Type, wanted: &Wanted) -> Option<Expr> {
        let place = self.scope.place;
        match wanted {
            Wanted::YesNo if *ty != Type::YesNo => {
                let message = format!("{place} has to be a yes or no, but this is {}", say(ty));
                self.fault("type", raw, message, "compare it with something: `… >= 1`");
            }
            Wanted::Amount if !is_amount(ty) => {
                let message = format!("{place} has to be a number, but this is {}", say(ty));
                self.fault(
                    "type",
                    raw,
                    message,
                    "give a number, such as `count(*)` or `days(a, b)`",
                );
            }
            Wanted::Code if !matches!(ty, Type::Code(_)) => {
                let message = format!("{place} has to be a code, but this is {}", say(ty));
                self.fault("type", raw, message, "give a column with a list of codes");
            }
            Wanted::Fits(to) => {
                let (expr, ty) = self.adapt(raw, (expr, ty.clone()), to)?;
                // A column that declares its unit may be filled from plain arithmetic, not the reverse.
                let undeclared = ty == Type::Number(None) && is_amount(to);
                if ty != *to && ty != Type::Null && !undeclared {
                    let message =
                        format!("{place} has to be {}, but this is {}", say(to), say(&ty));
                    let code = if is_amount(&ty) && is_amount(to) { "unit" } else { "type" };
                    self.fault(code, raw, message, "change the declared type, or the formula");
                }
                return Some(expr);
            }
            _ => {}
        }
        Some(expr)
    }

    fn expr(&mut self, raw: &Raw) -> Option<Typed> {
        match &raw.kind {
            RawKind::Number(n) => Some((Expr::Literal(Literal::Number(*n)), Type::Number(None))),
            RawKind::Text(t) => Some((Expr::Literal(Literal::Text(t.clone())), Type::Text)),
            RawKind::YesNo(b) => Some((Expr::Literal(Literal::YesNo(*b)), Type::YesNo)),
            RawKind::Date(d) => Some((Expr::Literal(Literal::Date(*d)), Type::Date)),
            RawKind::Null => Some((Expr::Literal(Literal::Null), Type::Null)),
            RawKind::Name(name) => self.name(raw, name),
            RawKind::Negative(a) => self.negative(a),
            RawKind::Not(a) => Some((Expr::Not(Box::new(self.condition(a)?)), Type::YesNo)),
            RawKind::And(a, b) => self.both(a, b, Expr::And),
            RawKind::Or(a, b) => self.both(a, b, Expr::Or),
            RawKind::Compare(op, a, b) => self.compare(raw, *op, a, b),
            RawKind::Arithmetic(op, a, b) => self.arithmetic(raw, *op, a, b),
            RawKind::IsNull(a, negated) => {
                let (of, _) = self.expr(a)?;
                Some((Expr::IsNull { of: Box::new(of), negated: *negated }, Type::YesNo))
            }
            RawKind::In(of, list, negated) => self.among(of, list, *negated),
            RawKind::Between(of, low, high, negated) => self.between(raw, of, low, high, *negated),
            RawKind::Call(call) => self.call(raw, call),
        }
    }

    fn condition(&mut self, raw: &Raw) -> Option<Expr> {
        let (expr, ty) = self.expr(raw)?;
        if ty != Type::YesNo {
            let message = format!("a yes or no is needed here, but this is {}", say(&ty));
            self.fault("type", raw, message, "compare it with something: `… >= 1`, `… = 'word'`");
            return None;
        }
        Some(expr)
    }

    fn both(&mut self, a: &Raw, b: &Raw, make: fn(Box<Expr>, Box<Expr>) -> Expr) -> Option<Typed> {
        // Both sides are read before either can end the matter, so that both are reported.
        let (a, b) = (self.condition(a), self.condition(b));
        Some((make(Box::new(a?), Box::new(b?)), Type::YesNo))
    }

    fn negative(&mut self, a: &Raw) -> Option<Typed> {
        let (expr, ty) = self.expr(a)?;
        if !is_amount(&ty) {
            self.fault(
                "type",
                a,
                format!("only a number can be negative, and this is {}", say(&ty)),
                "take the sign away",
            );
            return None;
        }
        Some(match expr {
            Expr::Literal(Literal::Number(n)) => (Expr::Literal(Literal::Number(-n)), ty),
            other => {
                let nought = Box::new(Expr::Literal(Literal::Number(0.0)));
                (Expr::Arithmetic(Arithmetic::Minus, nought, Box::new(other)), ty)
            }
        })
    }

    // ------------------------------------------------------------------ names

    fn names(&self) -> &'a Names {
        self.inside.map_or(&self.scope.names, |rows| &rows.names)
    }

    fn name(&mut self, raw: &Raw, name: &str) -> Option<Typed> {
        if let Some(found) = self.names().get(name) {
            return Some(found.clone());
        }
        if self.scope.broken.contains(name.rsplit('.').next().unwrap_or(name)) {
            return None;
        }
        let place = self.scope.place;
        if let (None, Some(rows)) = (self.inside, &self.scope.rows) {
            if rows.names.contains_key(name) {
                let message = format!(
                    "`{name}` is a column with one value for each row; {place} looks at all rows at once"
                );
                let mend = format!(
                    "put it inside a function: last({name}), every({name} …), has({name} …)"
                );
                self.fault("scope", raw, message, mend);
                return None;
            }
            if let Some(column) = name.strip_prefix("baseline.") {
                let mend = format!("put `baseline.` before a function: baseline.last({column})");
                self.fault(
                    "scope",
                    raw,
                    "`baseline.` goes before a function, not before a column",
                    mend,
                );
                return None;
            }
        }
        let endings = |prefix: &str| {
            let prefix = format!("{prefix}.");
            self.names()
                .keys()
                .filter_map(|k| k.strip_prefix(&prefix))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        if let Some((prefix, rest)) = name.split_once('.') {
            let known = endings(prefix);
            if !known.is_empty() {
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                let message = format!("there is no `{rest}` under `{prefix}.`");
                self.fault("reference", raw, message, nearest_or_list(rest, &known));
                return None;
            }
        }
        let names = self.names();
        let own: Vec<&str> = names.keys().map(String::as_str).collect();
        // A bare word is most often meant to be a bare name, or to stand in quotes.
        let bare: Vec<&str> = own.iter().copied().filter(|n| !n.contains('.')).collect();
        let near = if name.contains('.') || bare.is_empty() { own } else { bare };
        self.fault(
            "reference",
            raw,
            format!("{place} knows no `{name}`"),
            nearest_or_list(name, &near),
        );
        None
    }

    // ------------------------------------------------------------ comparisons

    /// The same value as a member of `to`, where a bare constant has to become one.
    fn adapt(&mut self, raw: &Raw, (expr, ty): Typed, to: &Type) -> Option<Typed> {
        match (&expr, to) {
            (Expr::Literal(Literal::Text(word)), Type::Code(list)) => {
                let code = self.code(raw, word, list)?;
                Some((Expr::Literal(code), to.clone()))
            }
            (Expr::Literal(Literal::Number(n)), Type::Proportion) if *n > 1.0 => {
                let message = format!("a proportion runs from 0 to 1, but is compared with {n}");
                let share = n / 100.0;
                self.fault("unit", raw, message, format!("{n}% is {share}"));
                None
            }
            (Expr::Literal(Literal::Number(_)), _) if is_amount(to) => Some((expr, to.clone())),
            _ => Some((expr, ty)),
        }
    }

    fn code(&mut self, raw: &Raw, word: &str, list: &Arc<CodeList>) -> Option<Literal> {
        let Some(index) = list.index_of(word) else {
            let words: Vec<&str> = list.codes.iter().map(String::as_str).collect();
            self.fault(
                "code",
                raw,
                format!("'{word}' is not one of the codes"),
                nearest_or_list(word, &words),
            );
            return None;
        };
        Some(Literal::Code(index, Arc::clone(list)))
    }

    /// Brings two sides together, or says why they cannot be compared.
    fn fit(
        &mut self,
        whole: &Raw,
        (ra, a): (&Raw, Typed),
        (rb, b): (&Raw, Typed),
    ) -> Option<(Typed, Typed)> {
        for (raw, side) in [(ra, &a), (rb, &b)] {
            if side.1 == Type::Null {
                self.fault(
                    "type",
                    raw,
                    "nothing is ever equal to null",
                    "write `is null` or `is not null`",
                );
                return None;
            }
        }
        let (to_a, to_b) = (a.1.clone(), b.1.clone());
        let (a, b) = (self.adapt(ra, a, &to_b), self.adapt(rb, b, &to_a));
        let (a, b) = (a?, b?);
        let literal = |e: &Expr| matches!(e, Expr::Literal(Literal::Text(_)));
        let fault = match (&a.1, &b.1) {
            (Type::Code(x), Type::Code(y)) if x == y => return Some((a, b)),
            (Type::Code(_), Type::Code(_)) => (
                "type",
                "these two codes come from different lists".to_owned(),
                "compare codes of the same list",
            ),
            (x, y) if x == y => return Some((a, b)),
            (Type::Number(None), y) if is_amount(y) => return Some((a, b)),
            (x, Type::Number(None)) if is_amount(x) => return Some((a, b)),
            (x, y) if is_amount(x) && is_amount(y) => {
                let mend = match (x, y) {
                    (Type::Number(Some(x)), Type::Number(Some(y)))
                        if [x.as_str(), y.as_str()].contains(&"working_days")
                            && [x.as_str(), y.as_str()].contains(&"days") =>
                    {
                        "count both the same way: days(a, b) or working_days(a, b)"
                    }
                    _ => "bring both to one unit; a parameter can have a unit too",
                };
                ("unit", format!("{} and {} do not compare", say(x), say(y)), mend)
            }
            (Type::Date, Type::Text) if literal(&b.0) => (
                "type",
                "a date and text do not compare".into(),
                "write the day as date '2026-09-30'",
            ),
            (Type::Text, Type::Date) if literal(&a.0) => (
                "type",
                "a date and text do not compare".into(),
                "write the day as date '2026-09-30'",
            ),
            (x, y) => (
                "type",
                format!("{} and {} do not compare", say(x), say(y)),
                "compare two things of the same kind",
            ),
        };
        self.fault(fault.0, whole, fault.1, fault.2);
        None
    }

    fn orderable(&mut self, whole: &Raw, ty: &Type) -> Option<()> {
        match ty {
            Type::Code(list) if !list.ordered => {
                self.fault(
                    "code",
                    whole,
                    "these codes have no order",
                    "use = or in (…), or declare the codes as `ordered = true`",
                );
                None
            }
            Type::Text | Type::Id(_) | Type::YesNo => {
                self.fault("type", whole, format!("{} has no order", say(ty)), "use = or in (…)");
                None
            }
            _ => Some(()),
        }
    }

    fn compare(&mut self, whole: &Raw, op: Comparison, a: &Raw, b: &Raw) -> Option<Typed> {
        let (x, y) = (self.expr(a), self.expr(b));
        let (x, y) = self.fit(whole, (a, x?), (b, y?))?;
        if !matches!(op, Comparison::Equal | Comparison::NotEqual) {
            self.orderable(whole, &x.1)?;
        }
        Some((Expr::Compare(op, Box::new(x.0), Box::new(y.0)), Type::YesNo))
    }

    fn between(
        &mut self,
        whole: &Raw,
        of: &Raw,
        low: &Raw,
        high: &Raw,
        negated: bool,
    ) -> Option<Typed> {
        let (x, l, h) = (self.expr(of), self.expr(low), self.expr(high));
        let (x, l, h) = (x?, l?, h?);
        let (_, l) = self.fit(whole, (of, x.clone()), (low, l))?;
        let (x, h) = self.fit(whole, (of, x), (high, h))?;
        self.orderable(whole, &x.1)?;
        if let (Expr::Literal(Literal::Number(from)), Expr::Literal(Literal::Number(to))) =
            (&l.0, &h.0)
            && from > to
        {
            self.fault(
                "value",
                whole,
                "no number lies between these two",
                "write the smaller one first",
            );
            return None;
        }
        let (of, low, high) = (Box::new(x.0), Box::new(l.0), Box::new(h.0));
        Some((Expr::Between { of, low, high, negated }, Type::YesNo))
    }

    fn among(&mut self, of: &Raw, list: &[Raw], negated: bool) -> Option<Typed> {
        let x = self.expr(of)?;
        let mut literals = Vec::new();
        for item in list {
            let Some(y) = self.expr(item) else { continue };
            let Some((_, y)) = self.fit(item, (of, x.clone()), (item, y)) else { continue };
            match y.0 {
                Expr::Literal(l) | Expr::Parameter(_, l) => literals.push(l),
                _ => self.fault(
                    "form",
                    item,
                    "a list holds constants only",
                    "write the words or numbers themselves",
                ),
            }
        }
        if literals.len() < list.len() {
            return None;
        }
        Some((Expr::In { of: Box::new(x.0), list: literals, negated }, Type::YesNo))
    }

    // ------------------------------------------------------------- arithmetic

    fn arithmetic(&mut self, whole: &Raw, op: Arithmetic, a: &Raw, b: &Raw) -> Option<Typed> {
        let (x, y) = (self.expr(a), self.expr(b));
        let (x, y) = (x?, y?);
        let days = || Type::Number(Some("days".to_owned()));
        let ty = match (op, &x.1, &y.1) {
            (Arithmetic::Minus, Type::Date, Type::Date) => days(),
            (_, Type::Date, _) | (_, _, Type::Date) => {
                let mend = "take one date from another, or use add_working_days(a, n), or a window";
                self.fault("type", whole, "dates cannot be reckoned with like numbers", mend);
                return None;
            }
            (_, p, q) if !is_amount(p) || !is_amount(q) => {
                let (side, ty) = if is_amount(p) { (b, q) } else { (a, p) };
                self.fault(
                    "type",
                    side,
                    format!("{} cannot be reckoned with", say(ty)),
                    "use numbers",
                );
                return None;
            }
            (Arithmetic::Plus | Arithmetic::Minus, p, q) => match sum_type(p, q) {
                Some(ty) => ty,
                None => {
                    let message =
                        format!("{} and {} cannot be added or taken apart", say(p), say(q));
                    self.fault("unit", whole, message, "bring both to one unit");
                    return None;
                }
            },
            (Arithmetic::Times, p, q) => product_type(p, q),
            (Arithmetic::Over, p, q) => quotient_type(p, q),
        };
        Some((Expr::Arithmetic(op, Box::new(x.0), Box::new(y.0)), ty))
    }

    // -------------------------------------------------------------- functions

    fn call(&mut self, raw: &Raw, call: &Call) -> Option<Typed> {
        let (reads, name) = match call.name.strip_prefix("baseline.") {
            Some(rest) => (Reads::Baseline, rest),
            None => (Reads::Window, call.name.as_str()),
        };
        if reads == Reads::Window
            && let Some(function) = value_function(name)
        {
            return self.value_call(raw, function, call);
        }
        if !ROW_FUNCTIONS.contains(&name) {
            let known: Vec<&str> = ROW_FUNCTIONS.iter().chain(VALUE_FUNCTIONS).copied().collect();
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
            "sum" | "avg" if !is_amount(&ty) => Some("a number"),
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
        let wants = if function == ValueFunction::AgeOn { 1 } else { 2 };
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
    &["age_on", "days", "working_days", "add_working_days", "coalesce"];

fn value_function(name: &str) -> Option<ValueFunction> {
    Some(match name {
        "age_on" => ValueFunction::AgeOn,
        "days" => ValueFunction::Days,
        "working_days" => ValueFunction::WorkingDays,
        "add_working_days" => ValueFunction::AddWorkingDays,
        "coalesce" => ValueFunction::Coalesce,
        _ => return None,
    })
}

fn usage(name: &str) -> &'static str {
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
        "min" => "min(column)",
        "max" => "max(column)",
        "first" => "first(column)",
        "last" => "last(column)",
        "age_on" => "age_on(date)",
        "days" => "days(from_date, to_date)",
        "working_days" => "working_days(from_date, to_date)",
        "add_working_days" => "add_working_days(date, number)",
        _ => "coalesce(a, b)",
    }
}

/// The type of `a + b` and `a - b`, if the two can be added.
fn sum_type(a: &Type, b: &Type) -> Option<Type> {
    match (a, b) {
        (Type::Number(None), other) | (other, Type::Number(None)) => Some(other.clone()),
        (x, y) if x == y => Some(x.clone()),
        _ => None,
    }
}

/// The type of `a * b`: a number or a proportion of something is more or less of that thing.
fn product_type(a: &Type, b: &Type) -> Type {
    match (a, b) {
        (Type::Proportion, Type::Proportion) => Type::Proportion,
        (Type::Number(None) | Type::Proportion, other)
        | (other, Type::Number(None) | Type::Proportion) => {
            if *other == Type::Proportion {
                Type::Number(None)
            } else {
                other.clone()
            }
        }
        _ => Type::Number(None),
    }
}

/// The type of `a / b`: like by like gives a proportion.
fn quotient_type(a: &Type, b: &Type) -> Type {
    match (a, b) {
        (Type::Number(Some(x)), Type::Number(Some(y))) if x == y => Type::Proportion,
        (Type::Money, Type::Money) => Type::Proportion,
        (other, Type::Number(None) | Type::Proportion) => other.clone(),
        _ => Type::Number(None),
    }
}

/// A name with its type, for the tables of names.
#[must_use]
pub fn named(name: Name, ty: &Type) -> (Expr, Type) {
    (Expr::Name(name), ty.clone())
}
