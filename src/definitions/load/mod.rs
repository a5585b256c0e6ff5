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

mod allow;
mod amendments;
mod audits;
mod charts;
mod cross_checks;
mod data_checks;
mod dropping;
mod examples;
mod exports;
mod extracts;
mod facts;
mod feedback;
mod folder;
mod frameworks;
mod governance;
mod ground;
mod keep_rows;
mod keys;
mod mappings;
mod measures;
mod overrides;
mod owners;
mod pack_parts;
mod packs;
mod parameters;
mod project;
mod ratios;
mod reader;
mod row_packs;
mod saved_queries;
mod scale_rules;
mod scales;
mod schema;
mod scopes;
mod score_examples;
mod signals;
mod sources;
mod targets;
mod tests_of_rows;
mod translations;
mod units;
mod windows;

#[cfg(test)]
mod departures;
mod episodes;
#[cfg(test)]
pub(crate) mod mistakes;
mod moves;

pub use schema::{schema, schema_text};

use folder::{Folder, Parsed, Read};
use ground::Ground;
use owners::{Left, Owner, Owners};
use reader::Log;

/// What came of loading a folder.
#[derive(Debug)]
pub struct Loaded {
    /// The definitions. When there is any error there are none, unless the project says
    /// `keep_going`: then they are what is left without the broken ones and all that rests on them.
    pub definitions: Option<Definitions>,
    /// Errors and warnings, in order of file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// Warnings that the project allows for a while.
    pub allowed: Vec<Diagnostic>,
}

/// Loads every `*.toml` file of a folder, and those in its folder `mappings`: these wait until the
/// project uses them. Other folders inside it are not read.
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
    let parsed = folder::parse(&files, &log);
    let every_file_was_read = parsed.len() == files.len();
    let definitions = if log.errors() > 0 && files.is_empty() { &[] } else { parsed.as_slice() };
    let mut first = attempt(path, definitions, &Left::default(), log);
    if !every_file_was_read {
        // What is missed may stand in the file that could not be read.
        first.found.retain(|(d, _)| d.code != "reference");
    }
    let sound = first.found.iter().all(|(d, _)| d.severity != Severity::Error);
    let definitions = if sound {
        first.definitions
    } else if first.keeps_going {
        dropping::without_the_broken(path, &parsed, &first.found, !every_file_was_read)
    } else {
        None
    };
    let mut diagnostics: Vec<Diagnostic> = first.found.into_iter().map(|(d, _)| d).collect();
    diagnostics.extend(definitions.iter().flat_map(dropping::warnings));
    crate::definitions::diagnostic::sort(&mut diagnostics);
    Loaded { definitions, diagnostics, allowed: first.allowed }
}

/// What came of reading the files once.
struct Attempt {
    definitions: Option<Definitions>,
    /// Each finding, with the definition that it belongs to.
    found: Vec<(Diagnostic, Option<Owner>)>,
    keeps_going: bool,
    allowed: Vec<Diagnostic>,
}

/// Reads everything but what is left out.
fn attempt(path: &Path, parsed: &[Parsed<'_>], left: &Left, log: Log) -> Attempt {
    let folder = Folder::new(&log, path, parsed, left);
    let definitions = folder.as_ref().and_then(|f| Ground::new(&log, f).definitions());
    let keeps_going = folder.as_ref().is_some_and(Folder::keeps_going);
    let found = log.take();
    let owners = folder.as_ref().map(|folder| Owners::new(folder, &found));
    let of = |d: &Diagnostic| Some(owners.as_ref()?.of(d.place.as_ref()?)?.clone());
    let mut found: Vec<_> = found.into_iter().map(|d| (of(&d), d)).map(|(o, d)| (d, o)).collect();
    let as_at = definitions.as_ref().map(|d| d.project.as_at);
    let allowed = match (&folder, as_at) {
        (Some(folder), Some(as_at)) => allow::take_out(folder, as_at, &mut found),
        _ => Vec::new(),
    };
    found.extend(log.take().into_iter().map(|d| (d, None)));
    Attempt { definitions, found, keeps_going, allowed }
}
