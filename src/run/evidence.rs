//! Restricted evidence: a line for each case and need, the rows behind each test, and the rows in
//! quarantine. Only for audiences that may see rows about single cases.

use std::io::{self, Write};

use crate::calendar::Day;
use crate::definitions::Definitions;
use crate::evaluate::{Evaluated, TestRows, Verdicts, evidence};
use crate::read::{Ledger, SetAside, SourceLedger};
use crate::run::records::{self, Days};
use crate::run::{RunError, RunFolder};

/// Writes the evidence files.
pub(super) fn write(
    folder: &mut RunFolder,
    definitions: &Definitions,
    ledger: &Ledger,
    evaluated: &Evaluated,
) -> Result<(), RunError> {
    let lines = Verdicts::new(definitions, evaluated)?;
    let as_at = definitions.project.as_at;
    folder.stream("restricted/evidence/verdicts.csv", |to| verdicts(to, &lines, as_at))?;
    let tests = evidence(definitions, evaluated)?;
    folder.stream("restricted/evidence/rows.csv", |to| rows(to, &lines, &tests))?;
    folder.stream("restricted/evidence/quarantine.csv", |to| quarantine(to, ledger))?;
    Ok(())
}

/// How many cases, and rows behind tests, are made into text at once: about a megabyte each.
const CASES: usize = 1 << 9;
const ROWS: usize = 1 << 14;

fn verdicts(to: &mut (dyn Write + Send), lines: &Verdicts<'_>, as_at: Day) -> io::Result<()> {
    to.write_all(b"case_id,framework,need,need_verdict,outcome,outcome_verdict,reason,window_start,window_end\n")?;
    let days = Days::around(as_at, 10_000, 2_000);
    records::write(to, lines.cases(), CASES, |records, cases| {
        for line in cases.flat_map(|case| lines.of_case(case)) {
            records.field(line.case_id);
            records.field(line.framework);
            records.field(line.need);
            records.field(line.need_verdict.word());
            records.field(line.outcome);
            records.field(line.outcome_verdict.word());
            match line.reason.test {
                Some(test) => records.joined(&[line.reason.word, ":", test]),
                None => records.field(line.reason.word),
            }
            days.field(records, line.window_start);
            days.field(records, line.window_end);
            records.end();
        }
    })
}

fn rows(
    to: &mut (dyn Write + Send),
    lines: &Verdicts<'_>,
    tests: &[TestRows<'_>],
) -> io::Result<()> {
    to.write_all(b"case_id,test,source,row\n")?;
    for test in tests {
        records::write(to, test.len(), ROWS, |records, places| {
            for (case, row) in places.filter_map(|at| test.get(at)) {
                records.field(lines.case_id(case as usize));
                records.field(&test.test);
                records.field(test.source);
                records.number(row);
                records.end();
            }
        })?;
    }
    Ok(())
}

fn quarantine(to: &mut (dyn Write + Send), ledger: &Ledger) -> io::Result<()> {
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
