//! The folder of an audit: what was drawn, the sheets for the auditors, and what they found.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::audit::{
    Auditor, Drawn, Finding, Item, Sample, evidence_of, records, sheets, timelines,
};
use crate::calendar::Day;
use crate::definitions::Definitions;
use crate::definitions::audit::{AuditStratum, OutcomeAudit};
use crate::evaluate::Evaluated;
use crate::fingerprint::fingerprint;
use crate::render::workbook::leaves;
use crate::run::manifest::{Check, Manifest};
use crate::run::{Place, RunError, RunFolder};

/// What was drawn from, and with what.
const ABOUT: &str = "restricted/audit.json";
/// The outcomes that were drawn.
const SAMPLE: &str = "restricted/sample.csv";
/// The workbook for the auditors.
pub const SHEETS: &str = "restricted/auditor-sheets.xlsx";
/// The workbook for a second auditor.
pub const SECOND_SHEETS: &str = "restricted/second-auditor-sheets.xlsx";

/// Why the folder of an audit cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be read as that of an audit: {why}\n  mend: name the folder that `early-help audit sample` wrote, unchanged", folder.display())]
pub struct NoAuditError {
    folder: PathBuf,
    why: String,
}

/// `audit.json`.
#[derive(Debug, Serialize, Deserialize)]
struct About {
    audit: String,
    as_at: String,
    seed: u64,
    strata: Vec<OfStratum>,
}

#[derive(Debug, Serialize, Deserialize)]
struct OfStratum {
    id: String,
    title: String,
    outcomes: usize,
    drawn: usize,
}

/// A line of the sample.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    number: usize,
    stratum: String,
    case_id: String,
    framework: String,
    need: String,
    looked_at_twice: bool,
}

impl Line {
    fn of(audit: &OutcomeAudit, item: &Item) -> Self {
        Self {
            number: item.number,
            stratum: audit.strata.get(item.stratum).map(|s| s.id.clone()).unwrap_or_default(),
            case_id: item.case_id.clone(),
            framework: item.framework.clone(),
            need: item.need.clone(),
            looked_at_twice: item.twice,
        }
    }
}

/// The name of an audit's folder: `2026-09-30-audit-outcomes_met-20260930`.
#[must_use]
pub fn audit_run(audit: &OutcomeAudit, as_at: Day, seed: u64) -> String {
    format!("{}-audit-{}-{seed}", as_at.iso(), audit.id)
}

/// Writes what was drawn, and the sheets for the auditors. Gives the finished folder.
///
/// # Errors
/// When something cannot be computed or written; then nothing is left that looks finished.
pub fn write_sample(
    place: &Place<'_>,
    definitions: &Definitions,
    evaluated: &Evaluated,
    audit: &OutcomeAudit,
    sample: &Sample,
) -> Result<PathBuf, RunError> {
    let folder = RunFolder::begin(place.out, place.name)?;
    let as_at = definitions.project.as_at;
    let stratum = |(stratum, drawn): (&AuditStratum, &Drawn)| OfStratum {
        id: stratum.id.clone(),
        title: stratum.title.clone(),
        outcomes: drawn.of,
        drawn: drawn.taken,
    };
    let about = About {
        audit: audit.id.clone(),
        as_at: as_at.iso(),
        seed: sample.seed,
        strata: audit.strata.iter().zip(&sample.strata).map(stratum).collect(),
    };
    let about = serde_json::to_string_pretty(&about).unwrap_or_default() + "\n";
    folder.file(ABOUT, about.as_bytes())?;
    folder.stream(SAMPLE, |to| {
        let mut lines = csv::Writer::from_writer(to);
        for item in &sample.items {
            lines.serialize(Line::of(audit, item))?;
        }
        lines.flush()
    })?;
    let cases = timelines(definitions, evaluated, sample)?;
    let behind = evidence_of(definitions, sample, &cases);
    let beside = records(definitions, evaluated, audit, sample)?;
    let council = &definitions.project.council;
    let book = |auditor: Auditor| {
        let worksheets = sheets(definitions, audit, sample, &behind, (&cases, &beside), auditor);
        leaves(&audit.title, council, as_at, &worksheets)
    };
    folder.file(SHEETS, &book(Auditor::First)?)?;
    if sample.items.iter().any(|item| item.twice) {
        folder.file(SECOND_SHEETS, &book(Auditor::Second)?)?;
    }
    let all = sample.strata.iter().map(|s| s.of as u64).sum();
    let check = "outcomes: each of the extract is in one stratum".to_owned();
    let checks = vec![Check { check, checked: all }];
    let inputs = &evaluated.linked.inputs;
    let manifest = Manifest::new(place, definitions, inputs, checks, None, &[]);
    Ok(folder.finish(manifest)?)
}

/// Reads a sample back: the audit that it was drawn for, and the sample.
///
/// # Errors
/// When the folder is not that of an audit, or of one that the definitions no longer have.
pub fn read_sample<'d>(
    definitions: &'d Definitions,
    folder: &Path,
) -> Result<(&'d OutcomeAudit, Sample), NoAuditError> {
    let fails = |why: String| NoAuditError { folder: folder.to_owned(), why };
    check_unchanged(folder).map_err(&fails)?;
    let about = fs::read_to_string(folder.join(ABOUT)).map_err(|e| fails(e.to_string()))?;
    let about: About = serde_json::from_str(&about).map_err(|e| fails(e.to_string()))?;
    let audit = definitions.audit(&about.audit);
    let audit = audit.ok_or_else(|| fails(format!("there is no [audit.{}]", about.audit)))?;
    let ids: Vec<&str> = audit.strata.iter().map(|s| s.id.as_str()).collect();
    let drawn_from: Vec<&str> = about.strata.iter().map(|s| s.id.as_str()).collect();
    if ids != drawn_from {
        return Err(fails(format!("the strata of [audit.{}] are others now", about.audit)));
    }
    let lines = csv::Reader::from_path(folder.join(SAMPLE)).map_err(|e| fails(e.to_string()))?;
    let mut items = Vec::new();
    for line in lines.into_deserialize() {
        let line: Line = line.map_err(|e| fails(e.to_string()))?;
        let stratum = ids.iter().position(|id| **id == line.stratum);
        items.push(Item {
            number: line.number,
            stratum: stratum.ok_or_else(|| fails("a stratum is unknown".to_owned()))?,
            case_id: line.case_id,
            framework: line.framework,
            need: line.need,
            twice: line.looked_at_twice,
            told: Vec::new(),
        });
    }
    let in_order = (1..).zip(&items).all(|(number, item)| item.number == number);
    let drawn = |at: usize| items.iter().filter(|i| i.stratum == at).count();
    if !in_order || about.strata.iter().enumerate().any(|(at, s)| drawn(at) != s.drawn) {
        return Err(fails("its lines are not those that were drawn".to_owned()));
    }
    let strata = about.strata.iter().map(|s| Drawn { of: s.outcomes, taken: s.drawn }).collect();
    Ok((audit, Sample { seed: about.seed, strata, items }))
}

/// What was drawn is what the manifest says. The sheets may have been filled in where they lie.
fn check_unchanged(folder: &Path) -> Result<(), String> {
    let manifest = fs::read_to_string(folder.join("run.json")).map_err(|e| e.to_string())?;
    let manifest: Manifest = serde_json::from_str(&manifest).map_err(|e| e.to_string())?;
    for name in [ABOUT, SAMPLE] {
        let bytes = fs::read(folder.join(name)).map_err(|e| e.to_string())?;
        let written = manifest.outputs.iter().find(|o| o.name == name);
        if written.is_none_or(|o| o.sha256 != fingerprint(&bytes)) {
            return Err(format!("{name} has changed since it was written"));
        }
    }
    Ok(())
}

/// The outcomes that have to be looked at again, as CSV.
///
/// # Errors
/// When they cannot be written.
pub fn again(audit: &OutcomeAudit, sample: &Sample, finding: &Finding) -> std::io::Result<Vec<u8>> {
    let mut lines = csv::Writer::from_writer(Vec::new());
    for item in sample.items.iter().filter(|i| finding.again.contains(&i.number)) {
        lines.serialize(Line::of(audit, item))?;
    }
    lines.into_inner().map_err(|e| std::io::Error::other(e.to_string()))
}
