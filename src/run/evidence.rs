//! Restricted evidence: a line for each case and need, the rows behind each test, the rows in
//! quarantine, and those that data checks found. Only for audiences that may see rows about single cases.

use std::io::{self, Write};

use crate::calendar::Day;
use crate::definitions::Definitions;
use crate::evaluate::{
    Decision, Evaluated, TestRows, Verdict, Verdicts, decisions, evidence,
};
use crate::quality::DataQuality;
use crate::read::{Ledger, SetAside, SourceLedger};
use crate::run::records::{self, Days};
use crate::run::{RunError, RunFolder};

/// Writes the evidence files.
pub(super) fn write(
    folder: &mut RunFolder,
    definitions: &Definitions,
    evaluated: &Evaluated,
    quality: &DataQuality,
) -> Result<(), RunError> {
    let lines = Verdicts::new(definitions, evaluated)?;
    let as_at = definitions.project.as_at;
    folder.stream("restricted/evidence/verdicts.csv", |to| verdicts(to, &lines, as_at))?;
    let tests = evidence(definitions, evaluated)?;
    folder.stream("restricted/evidence/rows.csv", |to| rows(to, &lines, &tests))?;
    folder.stream("restricted/evidence/overrides.csv", |to| {
        overrides(to, &lines, &decisions(definitions, evaluated).map_err(io::Error::other)?)
    })?;
    folder.stream("restricted/evidence/quarantine.csv", |to| {
        quarantine(to, &evaluated.linked.inputs.ledger)
    })?;
    folder.stream("restricted/evidence/checks.csv", |to| {
        checks(to, definitions, evaluated, quality)
    })?;
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

/// Every recorded decision, those that counted first: an audit begins with them.
fn overrides(
    to: &mut (dyn Write + Send),
    lines: &Verdicts<'_>,
    decisions: &[Decision],
) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(to);
    csv.write_record([
        "effect", "case_id", "framework", "outcome", "verdict_by_rule", "role", "decided_on", "source", "row",
    ])?;
    for d in decisions {
        csv.write_record([
            d.effect.word(),
            lines.case_id(d.case as usize),
            &d.framework,
            &d.outcome,
            d.by_rule.map_or("", Verdict::word),
            &d.role,
            &d.decided_on.map(Day::iso).unwrap_or_default(),
            &d.source,
            &d.row.to_string(),
        ])?;
    }
    csv.flush()
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

/// The rows that each check found, with the case that they are about where they are about one.
fn checks(
    to: &mut (dyn Write + Send),
    definitions: &Definitions,
    evaluated: &Evaluated,
    quality: &DataQuality,
) -> io::Result<()> {
    to.write_all(b"check,grade,source,row,case_id\n")?;
    let rings = &evaluated.linked.inputs.rings;
    for result in quality.results.iter().filter(|r| r.told) {
        let Some(check) = definitions.check(&result.check) else { continue };
        records::write(to, result.rows.len(), ROWS, |records, places| {
            for found in places.filter_map(|at| result.rows.get(at)) {
                records.field(&check.id);
                records.field(check.grade.word());
                records.field(&check.source);
                match found.row {
                    Some(row) => records.number(row),
                    None => records.field(""),
                }
                let case = found.case.and_then(|case| rings.identifier("case", case));
                records.field(case.unwrap_or_default());
                records.end();
            }
        })?;
    }
    Ok(())
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
