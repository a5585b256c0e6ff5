//! The outcomes engine for Early Help.

pub mod calendar;
pub mod columns;
pub mod definitions;
pub mod evaluate;
pub mod link;
pub mod measure;
pub mod protect;
pub mod read;

pub mod report;
pub mod sample;
pub mod statistics;
