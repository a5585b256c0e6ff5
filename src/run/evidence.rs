//! Restricted evidence: what came out of each case's needs, the rows behind each test, decisions in the place
//! of rules, the rows in quarantine, and those that data checks found. Only for audiences that may see rows about single cases.

use std::io::{self, Write};

use rayon::prelude::*;

use crate::calendar::Day;
use crate::definitions::Definitions;
use crate::definitions::extract::{EXTRACTS, Extract};
use crate::evaluate::{Evaluated, Reason, TestRows, Verdict, VerdictLine, Verdicts, evidence};
use crate::quality::DataQuality;
use crate::read::{Ledger, SetAside, SourceLedger};
use crate::render::csv::{guarded, list as csv_list};
use crate::run::records::{self, Days, Records};
use crate::run::{RunError, RunFolder, WriteError};

/// What became of each need of each case.
pub(super) const VERDICTS: &str = "restricted/evidence/verdicts.csv";

/// Writes the evidence files.
pub(super) fn write(
    folder: &RunFolder,
    definitions: &Definitions,
    evaluated: &Evaluated,
    quality: &DataQuality,
    lines: &Verdicts<'_>,
) -> Result<(), RunError> {
    let as_at = definitions.project.as_at;
    let tests = evidence(definitions, evaluated);
    // Most of a large run is written here. What is written to a file is made by all threads, but hashed and
    // written by one.
    let (of_rows, of_verdicts) = rayon::join(
        || rows(folder, lines, &tests),
        || folder.stream(VERDICTS, |to| verdicts(to, lines, as_at)),
    );
    of_rows.and(of_verdicts)?;
    folder.stream("restricted/evidence/cases.csv", |to| cases(to, lines))?;
    if definitions.allow_overrides() {
        folder.stream("restricted/evidence/overrides.csv", |to| overrides(to, evaluated))?;
    }
    folder.stream("restricted/evidence/quarantine.csv", |to| {
        quarantine(to, &evaluated.linked.inputs.ledger)
    })?;
    folder.stream("restricted/evidence/checks.csv", |to| {
        checks(to, definitions, evaluated, quality)
    })?;
    Ok(())
}

/// Writes the saved extracts that somebody of the run is given. Those of packs and audits go with these.
pub(super) fn extracts(
    folder: &RunFolder,
    definitions: &Definitions,
    evaluated: &Evaluated,
    may_see_cases: &[&str],
) -> Result<(), RunError> {
    let of_a_pack = |extract: &Extract| {
        let of_audits = definitions.audits.iter().any(|a| a.lists.contains(&extract.id));
        of_audits || definitions.row_packs.iter().any(|p| p.extracts.contains(&extract.id))
    };
    let given = |extract: &&Extract| {
        let to = extract.audiences.iter().any(|a| may_see_cases.contains(&a.as_str()));
        to && !of_a_pack(extract)
    };
    for given in definitions.extracts.iter().filter(given) {
        extract(folder, EXTRACTS, definitions, evaluated, given)?;
    }
    Ok(())
}

/// Writes a saved extract into a folder of the run.
pub(super) fn extract(
    folder: &RunFolder,
    below: &str,
    definitions: &Definitions,
    evaluated: &Evaluated,
    extract: &Extract,
) -> Result<(), RunError> {
    let rows = crate::extract::rows(definitions, evaluated, extract)?;
    let name = format!("{below}/{}.csv", extract.id);
    let headers = extract.columns.iter().map(|c| c.header.as_str());
    Ok(folder.stream(&name, |to| csv_list(to, headers, rows))?)
}

/// How many cases, and rows behind tests, are made into text at once: about a megabyte each.
const CASES: usize = 1 << 12;
const ROWS: usize = 1 << 14;

/// What came out of all needs that each case was asked about.
fn cases(to: &mut (dyn Write + Send), lines: &Verdicts<'_>) -> io::Result<()> {
    let words: Vec<&str> = Verdict::ALL.iter().map(|v| v.word()).collect();
    writeln!(to, "case_id,framework,{}", words.join(","))?;
    records::write(to, lines.cases(), CASES, |records, cases| {
        for case in cases {
            for asked in lines.asked_of_case(case) {
                records.field(lines.case_id(case));
                records.field(asked.framework);
                asked.of_verdict.iter().for_each(|&count| records.number(count));
                records.end();
            }
        }
    })
}

/// Every need of every case of which there is more to say than that it was not there.
fn verdicts(to: &mut (dyn Write + Send), lines: &Verdicts<'_>, as_at: Day) -> io::Result<()> {
    to.write_all(b"case_id,framework,need,need_verdict,outcome,outcome_verdict,reason,window_start,window_end\n")?;
    let days = Days::around(as_at, 10_000, 2_000);
    records::write(to, lines.cases(), CASES, |records, cases| {
        for line in cases.flat_map(|case| lines.told_of_case(case)) {
            records.field(line.case_id);
            tell(records, &days, &line);
        }
    })
}

/// Everything in a line but the case.
fn tell(records: &mut Records, days: &Days, line: &VerdictLine<'_>) {
    records.field(line.framework);
    records.field(line.need);
    records.field(line.need_verdict.word());
    records.field(line.outcome);
    records.field(line.outcome_verdict.word());
    reason(records, line.reason);
    days.field(records, line.window_start);
    days.field(records, line.window_end);
    records.end();
}

/// A field with what decided a verdict.
pub(super) fn reason(records: &mut Records, reason: Reason<'_>) {
    match reason.test {
        Some(test) => records.joined(&[reason.word, ":", test]),
        None => records.field(reason.word),
    }
}

/// The rows behind tests: a file for each test that has any, so that each can be opened in a spreadsheet, and a
/// list of them all.
fn rows(
    folder: &RunFolder,
    lines: &Verdicts<'_>,
    tests: &[TestRows<'_>],
) -> Result<(), WriteError> {
    folder.stream("restricted/evidence/tests.csv", |to| list_of_tests(to, tests))?;
    tests.par_iter().filter(|test| !test.is_empty()).try_for_each(|test| {
        let name = format!("restricted/evidence/rows/{}.csv", test.test);
        folder.stream(&name, |to| rows_of_test(to, lines, test))
    })
}

/// Every test that looks at rows, where it looks, and how much it found there.
fn list_of_tests(to: &mut (dyn Write + Send), tests: &[TestRows<'_>]) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(to);
    csv.write_record(["test", "source", "cases", "rows"])?;
    for test in tests {
        let cases = test.by_case(0..test.len()).count().to_string();
        csv.write_record([&test.test, test.source, &cases, &test.len().to_string()])?;
    }
    csv.flush()
}

/// A record for each case that a test has rows of.
fn rows_of_test(
    to: &mut (dyn Write + Send),
    lines: &Verdicts<'_>,
    test: &TestRows<'_>,
) -> io::Result<()> {
    to.write_all(b"case_id,rows\n")?;
    records::write(to, test.len(), ROWS, |records, places| {
        for (case, rows) in test.by_case(places) {
            records.field(lines.case_id(case as usize));
            records.numbers(rows.iter().map(|&(_, row)| row));
            records.end();
        }
    })
}

/// Every recorded decision and what became of it: those that stand in the place of what a rule found
/// come first, for whoever draws a sample.
fn overrides(to: &mut (dyn Write + Send), evaluated: &Evaluated) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(to);
    csv.write_record([
        "effect",
        "case_id",
        "definition",
        "by_rule",
        "decided",
        "role",
        "decided_on",
        "reason",
        "row",
    ])?;
    let word = |verdict: Option<Verdict>| verdict.map_or("", Verdict::word).to_owned();
    for decision in &evaluated.decisions {
        csv.write_record([
            decision.effect.word().to_owned(),
            guarded(&decision.case_id),
            guarded(&decision.definition),
            word(decision.by_rule),
            word(decision.decided),
            guarded(&decision.role),
            decision.decided_on.map(Day::iso).unwrap_or_default(),
            guarded(&decision.reason),
            decision.row.to_string(),
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
    let place = source.place(row.row);
    let (file, number, line) = place.map_or_else(Default::default, |(file, number)| {
        (file.name.clone(), number.to_string(), file.line(number).to_string())
    });
    [
        source.source.clone(),
        file,
        number,
        line,
        row.column.clone(),
        what.to_owned(),
        reason.to_owned(),
    ]
}
