//! All integration tests, as one program: it links once.
#![allow(clippy::expect_used, clippy::unwrap_used)] // the whole program is a test

mod agreement;
mod attack;
mod audits;
mod cli;
mod constructs;
mod first_report;
mod oracle;
mod reading;
mod score_pairs;
mod stocktaking;
mod story;
mod unbiased;
mod units_behind;
