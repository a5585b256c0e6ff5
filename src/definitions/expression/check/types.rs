//! Types in words, and what arithmetic does to types and their units.

use crate::definitions::expression::Type;

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

pub(super) fn is_amount(ty: &Type) -> bool {
    matches!(ty, Type::Number(_) | Type::Proportion | Type::Money | Type::Score)
}

/// The type of `a + b` and `a - b`, if the two can be added.
pub(super) fn sum_type(a: &Type, b: &Type) -> Option<Type> {
    match (a, b) {
        (Type::Number(None), other) | (other, Type::Number(None)) => Some(other.clone()),
        (x, y) if x == y => Some(x.clone()),
        _ => None,
    }
}

/// The type of `a * b`: a number or a proportion of something is more or less of that thing.
pub(super) fn product_type(a: &Type, b: &Type) -> Type {
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
pub(super) fn quotient_type(a: &Type, b: &Type) -> Type {
    match (a, b) {
        (Type::Number(Some(x)), Type::Number(Some(y))) if x == y => Type::Proportion,
        (Type::Money, Type::Money) => Type::Proportion,
        (other, Type::Number(None) | Type::Proportion) => other.clone(),
        _ => Type::Number(None),
    }
}
