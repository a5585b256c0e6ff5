//! Formulae, each with its source. Nothing here knows what a family is.

mod confidence;
mod decimal;
mod poisson;
mod student;
mod wilson;

pub use confidence::{Confidence, Limits};
pub use decimal::Decimal;
pub use poisson::poisson;
pub use student::student;
pub use wilson::wilson;
