//! Crosswalks: how a partner's identifiers reach ours.

use std::collections::BTreeMap;
use std::path::Path;

use hashbrown::HashMap;

use crate::definitions::Definitions;
use crate::read::export::{self, ExportFile};
use crate::read::{InputFile, ReadError};

/// The crosswalks of a run by name: foreign identifier to ours. Only ever looked up, never walked.
pub(super) struct Crosswalks(BTreeMap<String, HashMap<Box<str>, Box<str>>>);

impl Crosswalks {
    /// Our identifier for a foreign one.
    pub(super) fn ours(&self, crosswalk: &str, foreign: &str) -> Option<&str> {
        self.0.get(crosswalk)?.get(foreign).map(AsRef::as_ref)
    }
}

/// Reads every crosswalk once; a file that serves two is listed once.
pub(super) fn read_all(
    definitions: &Definitions,
    folder: &Path,
    files: &mut Vec<InputFile>,
) -> Result<Crosswalks, ReadError> {
    let mut all = BTreeMap::new();
    for crosswalk in definitions.crosswalks.values() {
        let from = ExportFile {
            folder,
            name: &crosswalk.from,
            encoding: crosswalk.encoding,
            delimiter: b',',
            header_row: 1,
            feeds: &crosswalk.id,
        };
        let export = export::read(&from, &[&crosswalk.key, &crosswalk.gives])?;
        let mut pairs = HashMap::with_capacity(export.height());
        if let (Some(keys), Some(ours)) = (export.column(0), export.column(1)) {
            for (key, ours) in keys.iter().zip(ours.iter()) {
                if let (Some(key), Some(ours)) = (key, ours) {
                    // The first row for a key holds; a later one would silently move people.
                    pairs.entry(key.trim().into()).or_insert_with(|| ours.trim().into());
                }
            }
        }
        if !files.iter().any(|f| f.name == export.file.name) {
            files.push(export.file);
        }
        all.insert(crosswalk.id.clone(), pairs);
    }
    Ok(Crosswalks(all))
}
