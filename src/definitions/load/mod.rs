//! Loads a folder of definition files: everything in it is read, resolved and checked, or every
//! fault is reported, with the place where it stands.
//!
//! The order matters, because an expression can only be checked when the types of its names are
//! known: the project and its parameters, then sources, units and groups, frameworks, facts,
//! measures, packs, the mapping and the worked examples. A broken definition is left out and the
//! others go on, so that one run reports everything.

use std::path::Path;

use crate::definitions::Definitions;
use crate::definitions::diagnostic::{Diagnostic, Severity};

mod cross_checks;
mod examples;
mod facts;
mod folder;
mod frameworks;
mod ground;
mod mappings;
mod measures;
mod packs;
mod project;
mod reader;
mod scale_rules;
mod scales;
mod scopes;
mod score_examples;
mod sources;
mod targets;
mod tests_of_rows;
mod translations;
mod units;
mod windows;

#[cfg(test)]
pub(in crate::definitions) mod mistakes;

use folder::{Folder, Read};
use ground::Ground;
use reader::Log;

/// What came of loading a folder.
#[derive(Debug)]
pub struct Loaded {
    /// The definitions; none when there is any error.
    pub definitions: Option<Definitions>,
    /// Errors and warnings, in order of file and place.
    pub diagnostics: Vec<Diagnostic>,
}

/// Loads every `*.toml` file of a folder; folders inside it are not read.
#[must_use]
pub fn load(folder: &Path) -> Loaded {
    let log = Log::default();
    let files = folder::read(folder, &log);
    finish(folder, files, log)
}

/// Loads files that are already in memory, in the order given, each with its name in the folder.
#[must_use]
pub fn load_texts(folder: &Path, files: &[(&str, &str)]) -> Loaded {
    let files = files.iter().map(|(name, text)| Read::new(folder, name, text)).collect();
    finish(folder, files, Log::default())
}

fn finish(path: &Path, files: Vec<Read>, log: Log) -> Loaded {
    let parsed: Vec<_> =
        files.iter().filter_map(|read| Some((read, folder::parse(read, &log)?))).collect();
    let every_file_was_read = parsed.len() == files.len();
    let definitions = if log.errors() > 0 && files.is_empty() {
        None
    } else {
        Folder::new(&log, path, &parsed).and_then(|folder| Ground::new(&log, &folder).definitions())
    };
    drop(parsed);
    let mut diagnostics = log.into_found();
    if !every_file_was_read {
        // What is missed may stand in the file that could not be read.
        diagnostics.retain(|d| d.code != "reference");
    }
    crate::definitions::diagnostic::sort(&mut diagnostics);
    let sound = diagnostics.iter().all(|d| d.severity != Severity::Error);
    Loaded { definitions: definitions.filter(|_| sound), diagnostics }
}
