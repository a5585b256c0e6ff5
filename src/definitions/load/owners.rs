//! Which definition a place in a file belongs to, so that a fault can be laid at one door and a
//! broken definition can be left out without the others.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::definitions::load::folder::{File, Folder, OF_A_FRAMEWORK};
use crate::definitions::load::reader::Written;
use crate::definitions::place::Place;

/// One definition of one file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Owner {
    /// The `id` of the file.
    pub(super) file: String,
    /// The kind of table: `outcome`, `measure`…
    pub(super) kind: String,
    /// The name; of a worked example, where it starts.
    pub(super) name: String,
    /// Its name as people write it: `sf2022.outcome.not_missing`.
    pub(super) full: String,
}

impl Owner {
    fn new(file: &str, kind: &str, name: &str) -> Self {
        let full = match kind {
            "file" | "project" => format!("[{kind}] of {file}"),
            _ if OF_A_FRAMEWORK.contains(&kind) => format!("{file}.{kind}.{name}"),
            _ => format!("{kind}.{name}"),
        };
        let [file, kind, name] = [file, kind, name].map(str::to_owned);
        Self { file, kind, name, full }
    }

    fn of_example(file: &str, at: &Place) -> Self {
        let full = format!("the example in line {} of {file}", at.line_and_column().0);
        Self { full, ..Self::new(file, "example", &at.span.start.to_string()) }
    }

    /// Whether this is the worked example that starts here.
    pub(super) fn is_example_at(&self, at: &Place) -> bool {
        self.kind == "example" && self.name == at.span.start.to_string()
    }

    /// Whether the others can go on without it. What the project says holds for all of them, and an
    /// amendment that is not understood must not let the unamended rule run.
    pub(super) fn can_be_left_out(&self) -> bool {
        !["file", "project", "amend"].contains(&self.kind.as_str())
    }

    /// Whether a pattern such as `sf2022.*` or `measure.open_cases` means it.
    pub(super) fn is_meant_by(&self, pattern: &str) -> bool {
        let whole = format!("{}.{}.{}", self.file, self.kind, self.name);
        [&self.full, &whole].into_iter().any(|name| match pattern.split_once('*') {
            Some((start, end)) => {
                name.len() >= start.len() + end.len()
                    && name.starts_with(start)
                    && name.ends_with(end)
            }
            None => name == pattern,
        })
    }
}

/// What has been left out so far.
#[derive(Debug, Default)]
pub(super) struct Left {
    /// Definitions.
    pub(super) definitions: BTreeSet<Owner>,
    /// Whether whole files could not be read.
    pub(super) has_files: bool,
}

impl Left {
    /// What is left out of one file.
    pub(super) fn of_file(&self, id: &str) -> Vec<Owner> {
        self.definitions.iter().filter(|o| o.file == id).cloned().collect()
    }
}

/// Where the definitions of a folder start and go on.
pub(super) struct Owners<'a> {
    /// For each file, every byte at which something of a definition starts.
    starts: BTreeMap<&'a Path, BTreeMap<usize, Owner>>,
}

impl<'a> Owners<'a> {
    pub(super) fn new(folder: &'a Folder<'a>) -> Self {
        let mut owners = Self { starts: BTreeMap::new() };
        for file in &folder.files {
            for (key, value) in file.root.entries() {
                let Some(tables) = value.written().entries() else {
                    for example in value.written().items() {
                        let owner = Owner::of_example(&file.id.text, &example.place());
                        owners.add(file, example, &owner);
                    }
                    continue;
                };
                for (name, written) in tables {
                    let owner = match key.text.as_str() {
                        "file" | "project" => Owner::new(&file.id.text, &key.text, ""),
                        "amend" => folder
                            .amended_by(&name)
                            .unwrap_or_else(|| Owner::new(&file.id.text, "amend", &name.text)),
                        kind => Owner::new(&file.id.text, kind, &name.text),
                    };
                    owners.mark(file, key.place.span.start, &owner);
                    owners.mark(file, name.place.span.start, &owner);
                    owners.add(file, written, &owner);
                }
            }
        }
        owners
    }

    fn mark(&mut self, file: &File<'a>, start: usize, owner: &Owner) {
        let starts = self.starts.entry(file.source.path.as_path()).or_default();
        starts.entry(start).or_insert_with(|| owner.clone());
    }

    fn add(&mut self, file: &File<'a>, written: Written<'_>, owner: &Owner) {
        let place = written.place();
        if !place.text().is_empty() {
            self.mark(file, place.span.start, owner);
        }
        for (key, inner) in written.entries().unwrap_or_default() {
            self.mark(file, key.place.span.start, owner);
            self.add(file, inner, owner);
        }
        for inner in written.items() {
            self.add(file, inner, owner);
        }
    }

    /// The definition that holds this place: the one of which something starts last before it.
    pub(super) fn of(&self, place: &Place) -> Option<&Owner> {
        let starts = self.starts.get(place.path())?;
        starts.range(..=place.span.start).next_back().map(|(_, owner)| owner)
    }
}

impl Folder<'_> {
    fn amended_by(&self, named: &crate::definitions::load::reader::Text) -> Option<Owner> {
        let targets = self.target_of(&named.text);
        let [target] = targets.as_slice() else { return None };
        let file = self.files.get(target.file)?;
        Some(Owner::new(&file.id.text, &target.kind, &target.name))
    }
}
