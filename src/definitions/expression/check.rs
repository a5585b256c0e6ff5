//! Resolves the names of an expression and checks its types and units.
//!
//! An expression stands in one of four scopes, each with a closed list of names. A fault is
//! reported at the word it concerns; one expression can have several.

mod comparisons;
mod functions;
mod on_scales;
mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::definitions::diagnostic::{Diagnostic, nearest_or_list};
use crate::definitions::expression::parse::{Raw, RawKind, parse};
use crate::definitions::expression::{Arithmetic, Checked, Expr, Literal, Name, Type};
use crate::definitions::place::Place;
use crate::definitions::scale::Scale;
use crate::definitions::source::Shape;

use types::is_amount;
pub use types::say;

/// The names that an expression may use, with what each stands for.
pub type Names = BTreeMap<String, (Expr, Type)>;

/// Where an expression stands.
#[derive(Debug, Clone)]
pub struct Scope {
    /// What authors call the place: "a `where`", "an `expect`".
    pub place: &'static str,
    /// The names in reach.
    pub names: Arc<Names>,
    /// Whether a person is at hand whose age can be asked.
    pub person: bool,
    /// The rows of a window, where functions over rows are allowed.
    pub rows: Option<Rows>,
    /// The scales that functions may name.
    pub scales: Arc<Vec<Scale>>,
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
    pub names: Arc<Names>,
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
    /// Whatever it is.
    Anything,
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
}

/// A name with its type, for the tables of names.
#[must_use]
pub fn named(name: Name, ty: &Type) -> (Expr, Type) {
    (Expr::Name(name), ty.clone())
}
