//! Checks comparisons and arithmetic: only like compares with like, and units come out right.

use std::sync::Arc;

use super::types::{is_amount, product_type, quotient_type, say, sum_type};
use super::{Checker, Typed};
use crate::definitions::diagnostic::nearest_or_list;
use crate::definitions::expression::parse::Raw;
use crate::definitions::expression::{Arithmetic, CodeList, Comparison, Expr, Literal, Type};

impl Checker<'_> {
    /// The same value as a member of `to`, where a bare constant has to become one.
    pub(super) fn adapt(&mut self, raw: &Raw, (expr, ty): Typed, to: &Type) -> Option<Typed> {
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

    pub(super) fn code(&mut self, raw: &Raw, word: &str, list: &Arc<CodeList>) -> Option<Literal> {
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
    pub(super) fn fit(
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

    pub(super) fn orderable(&mut self, whole: &Raw, ty: &Type) -> Option<()> {
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

    pub(super) fn compare(
        &mut self,
        whole: &Raw,
        op: Comparison,
        a: &Raw,
        b: &Raw,
    ) -> Option<Typed> {
        let (x, y) = (self.expr(a), self.expr(b));
        let (x, y) = self.fit(whole, (a, x?), (b, y?))?;
        if !matches!(op, Comparison::Equal | Comparison::NotEqual) {
            self.orderable(whole, &x.1)?;
        }
        Some((Expr::Compare(op, Box::new(x.0), Box::new(y.0)), Type::YesNo))
    }

    pub(super) fn between(
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

    pub(super) fn among(&mut self, of: &Raw, list: &[Raw], negated: bool) -> Option<Typed> {
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

    pub(super) fn arithmetic(
        &mut self,
        whole: &Raw,
        op: Arithmetic,
        a: &Raw,
        b: &Raw,
    ) -> Option<Typed> {
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
}
