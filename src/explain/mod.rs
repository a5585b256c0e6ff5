//! Why? The answers to it: the timeline of one family, the way to one figure, and what two versions
//! of the definitions make of the same inputs.
//!
//! This room stands beside the stages, not among them. It reads what `evaluate` and `measure` have
//! found and what the definitions say, computes no verdict and no figure of its own, and nothing of
//! it flows on into a report. What it makes is about single families or unprotected, unless it
//! says otherwise: it is for audiences with `row_level = true`.

pub mod cell;
pub mod diff;
pub mod timeline;

mod decisions;
mod story;
mod text;

pub use text::text;
pub(crate) use timeline::verdict_at;
pub use timeline::{Lane, Mark, Story, Timeline};
