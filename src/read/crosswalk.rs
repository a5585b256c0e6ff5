//! Crosswalks: how a partner's identifiers reach ours.

use std::collections::BTreeMap;
use std::path::Path;

use crate::columns::Ring;
use crate::definitions::Definitions;
use crate::read::export::{self, ExportFile};
use crate::read::near::Near;
use crate::read::{InputFile, ReadError};

/// The crosswalks of a run by name.
pub(super) struct Crosswalks(BTreeMap<String, Crosswalk>);

impl Crosswalks {
    /// A crosswalk by name.
    pub(super) fn named(&self, name: &str) -> Option<&Crosswalk> {
        self.0.get(name)
    }
}

/// Foreign identifiers and ours.
#[derive(Default)]
pub(super) struct Crosswalk {
    foreign: Ring,
    ours: Ring,
    /// The place of ours for each place of a foreign one.
    ours_of: Vec<u32>,
}

impl Crosswalk {
    /// A way through the crosswalk for foreign identifiers that come one after the other: each
    /// gives ours, if it is known.
    pub(super) fn way<'c>(&'c self) -> impl FnMut(&str) -> Option<&'c str> {
        let mut foreign = Near::new(&self.foreign);
        move |id| self.ours.word(*self.ours_of.get(foreign.find(id)? as usize)?)
    }

    /// The first row for a foreign identifier holds; a later one would silently move people.
    fn add(&mut self, foreign: &str, ours: &str) {
        if self.foreign.place(foreign) as usize == self.ours_of.len() {
            self.ours_of.push(self.ours.place(ours));
        }
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
        let mut pairs = Crosswalk::default();
        let columns: [&str; 2] = [&crosswalk.key, &crosswalk.gives];
        let file = export::each_batch(
            &from,
            &columns,
            |batch| batch.columns,
            |columns| {
                let [foreign, ours] = columns.as_slice() else { return };
                for (foreign, ours) in foreign.iter().zip(ours.iter()) {
                    if let (Some(foreign), Some(ours)) = (foreign, ours) {
                        pairs.add(foreign.trim(), ours.trim());
                    }
                }
            },
        )?;
        if !files.iter().any(|f| f.name == file.name) {
            files.push(file);
        }
        all.insert(crosswalk.id.clone(), pairs);
    }
    Ok(Crosswalks(all))
}
