//! Formulae, each with its source. Nothing here knows what a family is.

mod confidence;
mod decimal;
mod median;
mod poisson;
mod proration;
mod reliable_change;
mod student;
mod wilson;

pub use confidence::{Confidence, Limits};
pub use decimal::Decimal;
pub use median::{median_ranks, twice_median};
pub use poisson::poisson;
pub use proration::{mean_of_answered, prorated_sum};
pub use reliable_change::reliable_change;
pub use student::student;
pub use wilson::wilson;
