//! `run.json`: what went in, by which rules, and what came out, each with its hash. It holds no
//! times, so that the same inputs give the same bytes.

use serde::{Deserialize, Serialize};

use crate::definitions::Definitions;
use crate::definitions::departure::{Amendment, Dropped};
use crate::read::{FileRead, Inputs, SourceLedger};
use crate::run::releases::Line;
use crate::run::{LastRun, Place};

/// The manifest of a run.
#[derive(Debug, Serialize, Deserialize)]
pub struct Manifest {
    /// The engine and its version.
    pub engine: String,
    /// The name of the run.
    pub run: String,
    /// The command that makes it again.
    pub command: String,
    /// The council.
    pub council: String,
    /// The day as of which everything was judged.
    pub as_at: String,
    /// The period.
    pub period: String,
    /// The export files that were read.
    pub inputs: Vec<FileEntry>,
    /// The definition files that took part.
    pub definitions: Vec<FileEntry>,
    /// The last published run of the series, with which this one is compared, and its manifest's hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compared_with: Option<ComparedWith>,
    /// Local changes to definitions.
    #[serde(default)]
    pub amendments: Vec<AmendmentEntry>,
    /// Definitions that were left out because of mistakes in them or in what they rest on.
    #[serde(default)]
    pub left_out: Vec<LeftOutEntry>,
    /// Rules that nobody has compared with their published text.
    #[serde(default)]
    pub unchecked: Vec<String>,
    /// What became of every row.
    pub ledger: Vec<LedgerEntry>,
    /// What was checked before anything was written. A run in which a check fails is not written.
    pub checks: Vec<Check>,
    /// The lines of the release ledger that tell of it.
    #[serde(default)]
    pub released: Vec<ReleasedEntry>,
    /// The files of the run.
    pub outputs: Vec<OutputFile>,
}

/// A run that another one is compared with.
#[derive(Debug, Serialize, Deserialize)]
pub struct ComparedWith {
    /// Its name.
    pub run: String,
    /// SHA-256 of its `run.json`.
    pub sha256: String,
}

/// What was released to an audience.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReleasedEntry {
    /// The audience.
    pub audience: String,
    /// The number of the line in the release ledger.
    pub line: usize,
    /// Its seal.
    pub seal: String,
}

/// A file with its hash.
#[derive(Debug, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its name.
    pub file: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// A local change.
#[derive(Debug, Serialize, Deserialize)]
pub struct AmendmentEntry {
    /// The definition.
    pub of: String,
    /// Why.
    pub why: String,
    /// Who agreed to it.
    pub agreed_by: String,
    /// When they did.
    pub agreed_on: String,
    /// Each key, with what it said and what it says.
    pub changes: Vec<(String, Option<String>, String)>,
}

/// A definition that was left out.
#[derive(Debug, Serialize, Deserialize)]
pub struct LeftOutEntry {
    /// The definition.
    pub name: String,
    /// Why.
    pub because: String,
}

/// A file of the run.
#[derive(Debug, Serialize, Deserialize)]
pub struct OutputFile {
    /// Its name within the run folder.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// A check that held.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Check {
    /// What was checked.
    pub check: String,
    /// How many things were checked.
    pub checked: u64,
}

/// The ledger of one source.
#[derive(Debug, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// The source.
    pub source: String,
    /// The file; the names of several with commas between them.
    pub file: String,
    /// Rows read.
    pub read: u64,
    /// Rows used.
    pub used: u64,
    /// Rows quarantined, by reason.
    pub quarantined: Vec<(String, u64)>,
    /// Rows left out, by rule.
    pub left_out: Vec<(String, u64)>,
    /// Dates that mean "nothing recorded".
    pub null_dates: u64,
    /// Words that became another value or none.
    pub unmapped_words: u64,
    /// How far the feed is complete.
    pub complete_to: Option<String>,
    /// How each file was read, and its rows.
    #[serde(default)]
    pub files: Vec<ReadEntry>,
    /// What else is odd: the column, what it is, and in how many rows.
    #[serde(default)]
    pub oddities: Vec<(String, String, u64)>,
}

/// How a file was read.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadEntry {
    /// The file.
    pub file: String,
    /// The sheet of a workbook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// The encoding of a text file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// The field separator of a text file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<char>,
    /// The line with the column names; 0 where there is none.
    pub header_row: usize,
    /// Its data rows. They are counted on from one file to the next.
    pub rows: u64,
}

impl Manifest {
    /// The manifest of a run, without its outputs.
    pub(super) fn new(
        place: &Place<'_>,
        definitions: &Definitions,
        inputs: &Inputs,
        checks: Vec<Check>,
        last: Option<&LastRun>,
        released: &[Line],
    ) -> Self {
        let files = inputs
            .files
            .iter()
            .map(|f| FileEntry { file: f.name.clone(), sha256: f.sha256.clone() });
        let rules = definitions.files.iter();
        let rules = rules.map(|f| FileEntry { file: f.name.clone(), sha256: f.sha256.clone() });
        let complete = |source: &str| inputs.sources.get(source)?.complete_to.map(|d| d.iso());
        Self {
            engine: format!("early-help {}", env!("CARGO_PKG_VERSION")),
            run: place.name.to_owned(),
            command: place.command.to_owned(),
            council: definitions.project.council.clone(),
            as_at: definitions.project.as_at.iso(),
            period: place.period.code(),
            inputs: files.collect(),
            definitions: rules.collect(),
            compared_with: last
                .map(|l| ComparedWith { run: l.name().to_owned(), sha256: l.sha256.clone() }),
            amendments: definitions.amendments.iter().map(amended).collect(),
            left_out: definitions.dropped.iter().map(left_out).collect(),
            unchecked: definitions.unchecked_rules().iter().map(|rule| rule.name()).collect(),
            ledger: inputs.ledger.sources.iter().map(|l| entry(l, complete(&l.source))).collect(),
            checks,
            released: released.iter().map(released_entry).collect(),
            outputs: Vec::new(),
        }
    }

    /// As JSON text, with a line break at the end.
    pub(super) fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).map(|text| text + "\n").unwrap_or_default()
    }
}

fn released_entry(line: &Line) -> ReleasedEntry {
    ReleasedEntry { audience: line.audience.clone(), line: line.number, seal: line.seal.clone() }
}

fn amended(amendment: &Amendment) -> AmendmentEntry {
    let changes = amendment.changes.iter();
    AmendmentEntry {
        of: amendment.of.clone(),
        why: amendment.why.clone(),
        agreed_by: amendment.agreed_by.clone(),
        agreed_on: amendment.agreed_on.iso(),
        changes: changes.map(|c| (c.key.clone(), c.was.clone(), c.becomes.clone())).collect(),
    }
}

fn left_out(dropped: &Dropped) -> LeftOutEntry {
    LeftOutEntry { name: dropped.name.clone(), because: dropped.because.clone() }
}

fn entry(ledger: &SourceLedger, complete_to: Option<String>) -> LedgerEntry {
    LedgerEntry {
        source: ledger.source.clone(),
        file: ledger.files.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join(", "),
        read: ledger.read,
        used: ledger.used,
        quarantined: ledger.reasons().into_iter().map(|(r, n)| (r.to_string(), n)).collect(),
        left_out: ledger.rules().into_iter().map(|(r, n)| (r.to_string(), n)).collect(),
        null_dates: ledger.null_dates(),
        unmapped_words: ledger.unmapped_words(),
        complete_to,
        files: ledger.files.iter().map(read_as).collect(),
        oddities: ledger
            .oddities
            .iter()
            .map(|((column, what), rows)| (column.clone(), what.to_string(), *rows))
            .collect(),
    }
}

fn read_as(file: &FileRead) -> ReadEntry {
    ReadEntry {
        file: file.name.clone(),
        sheet: file.sheet.clone(),
        encoding: file.encoding.map(str::to_owned),
        delimiter: file.delimiter,
        header_row: file.header_row,
        rows: file.rows,
    }
}
