//! Which cells of each audience are hidden, and why: for those who answer for a release and choose its bands.
//! Never for the audience itself.

use std::io::{self, Write};

use crate::protect::crossing;
use crate::protect::{CellName, Found, HiddenCell, PrimaryRule, Reason};
use crate::render::csv::guarded;
use crate::run::{RunError, RunFolder};

/// The hidden cells of one audience.
#[derive(Debug)]
pub struct ProtectionLog {
    /// Whose.
    pub audience: String,
    /// The cells with the reasons.
    pub cells: Vec<HiddenCell>,
}

/// Writes a file for each audience from whom something is hidden.
pub(super) fn write(folder: &RunFolder, logs: &[ProtectionLog]) -> Result<(), RunError> {
    for log in logs.iter().filter(|log| !log.cells.is_empty()) {
        let name = format!("restricted/protection/{}.csv", log.audience);
        folder.stream(&name, |to| cells(to, &log.cells))?;
    }
    Ok(())
}

fn cells(to: &mut (dyn Write + Send), cells: &[HiddenCell]) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(to);
    csv.write_record([
        "measure",
        "period",
        "breakdown",
        "level",
        "count",
        "why",
        "protects",
        "release",
    ])?;
    for HiddenCell { cell, count, reason } in cells {
        let CellName { measure, by, level, period } = cell;
        let protects = match reason {
            Reason::Primary(_) | Reason::HiddenBefore { .. } => String::new(),
            Reason::Secondary { protects, .. } => protects.to_string(),
        };
        csv.write_record([
            guarded(measure),
            period.map(|period| period.code()).unwrap_or_default(),
            guarded(&crossing(by.iter().map(String::as_str))),
            guarded(&crossing(level.iter().map(String::as_str))),
            count.to_string(),
            word(reason).to_owned(),
            guarded(&protects),
            guarded(reason.release().unwrap_or_default()),
        ])?;
    }
    csv.flush()
}

/// The reason in a word.
fn word(reason: &Reason) -> &'static str {
    match reason {
        Reason::HiddenBefore { .. } | Reason::Secondary { release: Some(_), .. } => "ledger",
        Reason::Primary(PrimaryRule::Denominator) => "small_denominator",
        Reason::Primary(PrimaryRule::Numerator) => "small_numerator",
        Reason::Primary(PrimaryRule::Remainder) => "few_outside_the_numerator",
        Reason::Primary(PrimaryRule::FullOrEmpty) => "everybody_or_nobody",
        Reason::Secondary { found: Found::ByArithmetic, .. } => "follows_by_subtraction",
        Reason::Secondary { found: Found::ByAttack, .. } => "found_by_attack",
        Reason::Secondary { found: Found::Unproved, .. } => "not_proved",
    }
}
