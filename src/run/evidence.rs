//! Restricted evidence: a line for each case and need, the rows behind each test, and the rows in
//! quarantine. Only for audiences that may see rows about single cases.

use std::io::{self, Write};
use std::ops::Range;

use rayon::prelude::*;

use crate::calendar::Day;
use crate::definitions::Definitions;
use crate::evaluate::{Evaluated, TestRows, Verdicts, evidence};
use crate::read::{Ledger, SetAside, SourceLedger};
use crate::run::{RunError, RunFolder};

/// Writes the evidence files.
pub(super) fn write(
    folder: &mut RunFolder,
    definitions: &Definitions,
    ledger: &Ledger,
    evaluated: &Evaluated,
) -> Result<(), RunError> {
    let lines = Verdicts::new(definitions, evaluated)?;
    folder.stream("restricted/evidence/verdicts.csv", |to| verdicts(to, &lines))?;
    let tests = evidence(definitions, evaluated)?;
    folder.stream("restricted/evidence/rows.csv", |to| rows(to, evaluated, &tests))?;
    folder.stream("restricted/evidence/quarantine.csv", |to| quarantine(to, ledger))?;
    Ok(())
}

/// How many cases or rows are made into text at once, by all threads together.
const CHUNK: usize = 1 << 16;

/// Text for places `0..count`, made in parallel and written in order.
fn in_order(
    to: &mut dyn Write,
    count: usize,
    text: impl Fn(Range<usize>) -> io::Result<Vec<u8>> + Sync,
) -> io::Result<()> {
    let each = CHUNK.div_ceil(rayon::current_num_threads());
    for first in (0..count).step_by(CHUNK) {
        let last = (first + CHUNK).min(count);
        let starts: Vec<usize> = (first..last).step_by(each).collect();
        let parts: Vec<io::Result<Vec<u8>>> =
            starts.into_par_iter().map(|start| text(start..(start + each).min(last))).collect();
        for part in parts {
            to.write_all(&part?)?;
        }
    }
    Ok(())
}

/// Records as text.
fn records(
    fill: impl FnOnce(&mut csv::Writer<&mut Vec<u8>>) -> csv::Result<()>,
) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut csv = csv::Writer::from_writer(&mut bytes);
    fill(&mut csv)?;
    csv.flush()?;
    drop(csv);
    Ok(bytes)
}

fn verdicts(to: &mut dyn Write, verdicts: &Verdicts<'_>) -> io::Result<()> {
    to.write_all(b"case_id,framework,need,need_verdict,outcome,outcome_verdict,reason,window_start,window_end\n")?;
    in_order(to, verdicts.cases(), |cases| {
        records(|csv| {
            let day = |d: Option<Day>| d.map(|d| d.iso()).unwrap_or_default();
            for line in cases.flat_map(|case| verdicts.of_case(case)) {
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
            }
            Ok(())
        })
    })
}

fn rows(to: &mut dyn Write, evaluated: &Evaluated, tests: &[TestRows<'_>]) -> io::Result<()> {
    to.write_all(b"case_id,test,source,row\n")?;
    for test in tests {
        in_order(to, test.len(), |places| {
            records(|csv| {
                for (case, row) in places.filter_map(|at| test.get(at)) {
                    let case_id = evaluated.case_id(case).unwrap_or_default();
                    csv.write_record([case_id, &test.test, test.source, &row.to_string()])?;
                }
                Ok(())
            })
        })?;
    }
    Ok(())
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
