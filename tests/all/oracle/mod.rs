//! The second implementation: what `docs/semantics.md` says, as plain loops over rows.
//!
//! It was written from that page and from the types of the definitions, never from the engine.
//! It is slow and obvious on purpose. Where it and the engine differ on a random small council,
//! one of them has misread the page.

mod aim;
mod by_hand;
pub(crate) mod cells;
pub(crate) mod checks;
pub(crate) mod claimed;
pub(crate) mod dice;
mod episodes;
mod examples;
mod expression;
pub(crate) mod extracts;
mod levels;
mod moves;
mod outcome_state;
pub(crate) mod overrides;
mod people;
pub(crate) mod random_council;
pub(crate) mod random_definitions;
mod row_functions;
pub(crate) mod score_pairs;
mod test_result;
pub(crate) mod value;
pub(crate) mod verdicts;
mod window;
pub(crate) mod world;
pub(crate) mod write_council;
