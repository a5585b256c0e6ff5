//! Crosswalks: how a partner's identifiers reach ours.

use std::collections::BTreeMap;
use std::path::Path;

use crate::columns::Ring;
use crate::definitions::Definitions;
use crate::definitions::mapping::{self, MatchBy};
use crate::read::export::Batch;
use crate::read::files::{self, Export};
use crate::read::matching::Tiers;
use crate::read::near::Near;
use crate::read::{InputFile, ReadError};

/// The crosswalks of a run by name.
#[derive(Default)]
pub(super) struct Crosswalks {
    by_key: BTreeMap<String, Crosswalk>,
    by_tiers: BTreeMap<String, Tiers>,
}

impl Crosswalks {
    /// A crosswalk by one key.
    pub(super) fn named(&self, name: &str) -> Option<&Crosswalk> {
        self.by_key.get(name)
    }

    /// A crosswalk with tiers.
    pub(super) fn tiers(&self, name: &str) -> Option<&Tiers> {
        self.by_tiers.get(name)
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
    let mut all = Crosswalks::default();
    for crosswalk in definitions.crosswalks.values() {
        match &crosswalk.by {
            MatchBy::Key(key) => {
                let mut pairs = Crosswalk::default();
                let wanted: [&str; 2] = [key, &crosswalk.gives];
                each_row(crosswalk, folder, &wanted, files, |row| {
                    if let &[Some(foreign), Some(ours)] = row {
                        pairs.add(foreign.trim(), ours.trim());
                    }
                })?;
                all.by_key.insert(crosswalk.id.clone(), pairs);
            }
            MatchBy::Tiers(tiers) => {
                let mut tiers = Tiers::new(tiers);
                let columns = tiers.columns().to_vec();
                let mut wanted: Vec<&str> = columns.iter().map(String::as_str).collect();
                wanted.push(&crosswalk.gives);
                each_row(crosswalk, folder, &wanted, files, |row| {
                    if let [parts @ .., Some(ours)] = row {
                        tiers.add(parts, ours.trim(), &crosswalk.date_formats);
                    }
                })?;
                all.by_tiers.insert(crosswalk.id.clone(), tiers);
            }
        }
    }
    Ok(all)
}

/// Gives the wanted texts of each row of a crosswalk's files, in order.
fn each_row(
    crosswalk: &mapping::Crosswalk,
    folder: &Path,
    wanted: &[&str],
    files: &mut Vec<InputFile>,
    mut to: impl FnMut(&[Option<&str>]) + Send,
) -> Result<(), ReadError> {
    for name in files::names(folder, &crosswalk.files, &crosswalk.id)? {
        let from = Export { folder, name: &name, said: &crosswalk.files, feeds: &crosswalk.id };
        let (input, _) = files::each_batch(
            from,
            wanted,
            |batch| batch,
            |batch: Batch| {
                let mut row = Vec::with_capacity(wanted.len());
                for at in 0..batch.height() {
                    row.clear();
                    row.extend(batch.columns.iter().map(|column| column.get(at)));
                    to(&row);
                }
            },
        )?;
        if !files.iter().any(|f| f.name == input.name) {
            files.push(input);
        }
    }
    Ok(())
}
