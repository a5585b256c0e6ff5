//! Which units a condition is about, as far as it can be compared with other conditions: words of columns.
//! Measures that count among the same units, or some of them, tell of each other.

use std::collections::BTreeMap;

use crate::definitions::Definitions;
use crate::definitions::expression::{Comparison, Expr, Literal, Name};
use crate::definitions::measure::Measure;
use crate::definitions::unit::{Unit, UnitRows};

/// The conditions that all have to hold for a condition to hold, in order.
#[must_use]
pub fn conjuncts(expr: &Expr) -> Vec<&Expr> {
    let (mut parts, mut found) = (vec![expr], Vec::new());
    while let Some(part) = parts.pop() {
        match part {
            Expr::And(one, other) => parts.extend([&**other, &**one]),
            _ => found.push(part),
        }
    }
    found
}

/// "This column of the unit holds one of these words", if that is what a condition says; the words in
/// alphabetical order.
#[must_use]
pub fn one_of(expr: &Expr) -> Option<(&str, Vec<String>)> {
    let (column, mut words): (&str, Vec<String>) = match expr {
        Expr::In { of, list, negated: false } => {
            (own_column(of)?, list.iter().map(word).collect::<Option<_>>()?)
        }
        Expr::Compare(comparison, of, with) => {
            let column = own_column(of)?;
            match (&**with, comparison) {
                (Expr::Literal(literal), Comparison::Equal) => (column, vec![word(literal)?]),
                (Expr::Literal(Literal::Code(at, list)), comparison) => {
                    let fits = |place: u32| match comparison {
                        Comparison::NotEqual => place != *at,
                        Comparison::Less => place < *at,
                        Comparison::LessOrEqual => place <= *at,
                        Comparison::Greater => place > *at,
                        Comparison::GreaterOrEqual | Comparison::Equal => place >= *at,
                    };
                    let words = (0_u32..).zip(&list.codes).filter(|(place, _)| fits(*place));
                    (column, words.map(|(_, word)| word.clone()).collect())
                }
                _ => return None,
            }
        }
        _ => return None,
    };
    words.sort();
    words.dedup();
    Some((column, words))
}

/// The column of the unit that an expression is.
#[must_use]
pub fn own_column(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(Name::Unit(column)) => Some(column),
        _ => None,
    }
}

fn word(literal: &Literal) -> Option<String> {
    match literal {
        Literal::Text(text) => Some(text.clone()),
        Literal::Code(at, list) => list.word(*at).map(str::to_owned),
        _ => None,
    }
}

/// The headline of each need, where it is the same in all frameworks whose needs these measures count.
#[must_use]
pub fn headline_of_needs<'m>(
    definitions: &Definitions,
    measures: impl Iterator<Item = &'m Measure>,
) -> BTreeMap<String, String> {
    let units = measures.filter_map(|m| definitions.unit(&m.unit));
    let units: Vec<&Unit> = units.filter(|u| u.rows == UnitRows::CaseNeeds).collect();
    let counted = |framework: &str| {
        units.iter().any(|u| u.framework.as_deref().is_none_or(|only| only == framework))
    };
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut differ: Vec<String> = Vec::new();
    for need in definitions.frameworks.iter().filter(|f| counted(&f.id)).flat_map(|f| &f.needs) {
        let before = found.insert(need.id.clone(), need.headline.clone());
        if before.is_some_and(|headline| headline != need.headline) {
            differ.push(need.id.clone());
        }
    }
    found.retain(|need, _| !differ.contains(need));
    found
}
