//! Cases and sources in, a verdict for each test, need, outcome, fact and claim out, with evidence.

mod verdict;

pub use verdict::Verdict;
