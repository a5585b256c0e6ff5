//! The chain of the release ledger: whether every line is as it was written, none is missing, and what was
//! published still is what it was.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::line::Line;
use super::{CELLS, LINES, LedgerError, RECORD, STRUCTURE};
use crate::fingerprint::fingerprint;

/// What is wrong with a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// A line cannot be read.
    NoLine(usize),
    /// A line is not as it was written.
    Line(usize),
    /// Lines before this one are missing, or stand in another order.
    Gap(usize),
    /// What was published is kept, but no line tells of it: lines at the end are missing.
    Untold(String),
    /// What was published is not kept any more.
    Missing {
        /// The release.
        release: String,
        /// The file.
        file: &'static str,
    },
    /// What was published is not what is kept.
    Changed {
        /// The release.
        release: String,
        /// The file.
        file: &'static str,
    },
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoLine(number) => write!(f, "line {number} of {LINES} cannot be read"),
            Self::Line(number) => {
                write!(f, "line {number} of {LINES} has changed since it was written")
            }
            Self::Gap(number) => {
                write!(
                    f,
                    "line {number} of {LINES} does not follow from the line before: earlier releases are missing"
                )
            }
            Self::Untold(folder) => {
                write!(
                    f,
                    "{folder} was released, but no line of {LINES} tells of it: lines at the end are missing (if a run was killed while it wrote there, delete that folder)"
                )
            }
            Self::Missing { release, file } => {
                write!(f, "{file} of an earlier release, {release}, is missing")
            }
            Self::Changed { release, file } => {
                write!(
                    f,
                    "{file} of an earlier release, {release}, has changed since it was written"
                )
            }
        }
    }
}

/// The lines of a ledger, each tied to the one before, and each copy with its line. None where nothing was
/// released.
pub(super) fn read(folder: &Path) -> Result<Vec<Line>, LedgerError> {
    let path = folder.join(LINES);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(cause) if cause.kind() == ErrorKind::NotFound => String::new(),
        Err(cause) => return Err(LedgerError::File { path, cause }),
    };
    let broken = |broken| LedgerError::Broken { path: folder.to_owned(), broken };
    let mut lines: Vec<Line> = Vec::new();
    for (number, text) in (1..).zip(text.lines()) {
        let line: Line = serde_json::from_str(text).map_err(|_| broken(Broken::NoLine(number)))?;
        if line.seal != line.expected_seal() || line.to_text() != text {
            return Err(broken(Broken::Line(number)));
        }
        let before = lines.last().map_or("", |line| line.seal.as_str());
        if line.number != number || line.previous != before {
            return Err(broken(Broken::Gap(number)));
        }
        lines.push(line);
    }
    let told: BTreeSet<String> = lines.iter().map(Line::folder).collect();
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut kept: Vec<String> = entries
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    kept.sort();
    match kept.into_iter().find(|name| !told.contains(name)) {
        Some(name) => Err(broken(Broken::Untold(name))),
        None => Ok(lines),
    }
}

/// A file of what a line published, if it still is what it was.
pub(super) fn kept(
    folder: &Path,
    line: &Line,
    name: &'static str,
    sha256: &str,
) -> Result<Vec<u8>, LedgerError> {
    let broken = |broken| LedgerError::Broken { path: folder.to_owned(), broken };
    let bytes = fs::read(folder.join(line.folder()).join(name))
        .map_err(|_| broken(Broken::Missing { release: line.name(), file: name }))?;
    if fingerprint(&bytes) == sha256 {
        Ok(bytes)
    } else {
        Err(broken(Broken::Changed { release: line.name(), file: name }))
    }
}

/// Whether a folder is a release ledger.
#[must_use]
pub fn is_ledger(folder: &Path) -> bool {
    folder.join(LINES).is_file()
}

/// Goes through a whole ledger: every line and every copy. Gives how many releases there are.
///
/// # Errors
/// When anything is not as it was written.
pub fn walk(folder: &Path) -> Result<usize, LedgerError> {
    let lines = read(folder)?;
    for line in &lines {
        let files = [(CELLS, &line.cells), (STRUCTURE, &line.structure), (RECORD, &line.record)];
        for (name, sha256) in files {
            kept(folder, line, name, sha256)?;
        }
    }
    Ok(lines.len())
}
