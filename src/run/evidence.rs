//! Restricted evidence: a line for each case and need, the rows behind each test, and the rows in
//! quarantine. Only for audiences that may see rows about single cases.

use std::io::{self, Write};

use polars::prelude::PolarsError;

use crate::definitions::Definitions;
use crate::evaluate::{Evaluated, evidence_rows, verdict_lines};
use crate::read::{Ledger, SetAside, SourceLedger};
use crate::run::{RunError, RunFolder};

/// Writes the evidence files.
pub(super) fn write(
    folder: &mut RunFolder,
    definitions: &Definitions,
    ledger: &Ledger,
    evaluated: &Evaluated,
) -> Result<(), RunError> {
    folder.stream("restricted/evidence/verdicts.csv", |to| verdicts(to, definitions, evaluated))?;
    folder.stream("restricted/evidence/rows.csv", |to| rows(to, definitions, evaluated))?;
    folder.stream("restricted/evidence/quarantine.csv", |to| quarantine(to, ledger))?;
    Ok(())
}

/// Polars' errors and those of the disk, while a file is being filled.
enum FillError {
    Frame(PolarsError),
    Disk(csv::Error),
}

impl From<PolarsError> for FillError {
    fn from(e: PolarsError) -> Self {
        Self::Frame(e)
    }
}

impl From<csv::Error> for FillError {
    fn from(e: csv::Error) -> Self {
        Self::Disk(e)
    }
}

impl From<FillError> for io::Error {
    fn from(e: FillError) -> Self {
        match e {
            FillError::Frame(e) => Self::other(e.to_string()),
            FillError::Disk(e) => Self::other(e),
        }
    }
}

fn verdicts(
    to: &mut dyn Write,
    definitions: &Definitions,
    evaluated: &Evaluated,
) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(to);
    csv.write_record([
        "case_id",
        "framework",
        "need",
        "need_verdict",
        "outcome",
        "outcome_verdict",
        "reason",
        "window_start",
        "window_end",
    ])?;
    verdict_lines(definitions, evaluated, |line| -> Result<(), FillError> {
        let day = |d: Option<crate::calendar::Day>| d.map(|d| d.iso()).unwrap_or_default();
        csv.write_record([
            line.case_id,
            line.framework,
            line.need,
            line.need_verdict.word(),
            line.outcome,
            line.outcome_verdict.word(),
            &line.reason,
            &day(line.window_start),
            &day(line.window_end),
        ])?;
        Ok(())
    })?;
    csv.flush()
}

fn rows(to: &mut dyn Write, definitions: &Definitions, evaluated: &Evaluated) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(to);
    csv.write_record(["case_id", "test", "source", "row"])?;
    let mut number = String::new();
    evidence_rows(definitions, evaluated, |row| -> Result<(), FillError> {
        number.clear();
        number.push_str(&row.row.to_string());
        csv.write_record([row.case_id, row.test, row.source, &number])?;
        Ok(())
    })?;
    csv.flush()
}

fn quarantine(to: &mut dyn Write, ledger: &Ledger) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(to);
    csv.write_record(["source", "file", "row", "line", "column", "what", "reason"])?;
    for source in &ledger.sources {
        for set_aside in &source.quarantined {
            csv.write_record(line(source, set_aside, "quarantined", &set_aside.why.to_string()))?;
        }
        for set_aside in &source.left_out {
            csv.write_record(line(source, set_aside, "left out", &set_aside.why.to_string()))?;
        }
    }
    csv.flush()
}

fn line<R>(source: &SourceLedger, row: &SetAside<R>, what: &str, reason: &str) -> [String; 7] {
    [
        source.source.clone(),
        source.file.clone(),
        row.row.to_string(),
        // True for files without line breaks inside fields.
        (source.first_line + row.row as usize - 1).to_string(),
        row.column.clone(),
        what.to_owned(),
        reason.to_owned(),
    ]
}
