//! Formulae, each with its source. Nothing here knows what a family is.

mod decimal;

pub use decimal::Decimal;
