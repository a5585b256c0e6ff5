//! The outcomes engine for Early Help.

pub mod calendar;
pub mod definitions;
pub mod evaluate;
pub mod measure;
pub mod protect;
pub mod render;
pub mod report;
pub mod statistics;
