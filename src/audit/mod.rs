//! The audit of outcomes: a sample that anybody can draw again, and what its auditors found.
//!
//! It stands beside the stages, as `explain` does: it reads what `evaluate` has found, and nothing of it flows
//! into a report. Everything here but counts is about single cases, for those who may see them.

pub mod answers;
mod draw;
mod evidence;
mod finding;
mod record_sheets;
mod records;
mod sheets;

pub use answers::{Answer, Answered, AnswersError, read, read_second};
pub use draw::{Drawn, Item, Sample, draw};
pub use evidence::{Behind, evidence_of, timelines};
pub use finding::{Finding, OfStratum, find};
pub use records::{Records, records};
pub use sheets::{Auditor, Column, Leaf, sheets};
