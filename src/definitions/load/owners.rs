//! Which definition a place in a file belongs to, so that a fault can be laid at one door and a
//! broken definition can be left out without the others.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::definitions::diagnostic::Diagnostic;
use crate::definitions::load::folder::{Folder, OF_A_FRAMEWORK};
use crate::definitions::load::reader::{Text, Written};
use crate::definitions::place::Place;

/// One definition of one file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Owner {
    /// The `id` of the file.
    pub(super) file: String,
    /// The kind of table: `outcome`, `measure`…
    pub(super) kind: String,
    /// The name; of a worked example, the byte at which it starts.
    pub(super) name: String,
}

impl Owner {
    fn new(file: &str, kind: &str, name: &str) -> Self {
        let [file, kind, name] = [file, kind, name].map(str::to_owned);
        Self { file, kind, name }
    }

    /// Whether this is the worked example that starts here.
    pub(super) fn is_example_at(&self, at: &Place) -> bool {
        self.kind == "example" && self.name == at.span.start.to_string()
    }

    /// Whether the others can go on without it and still mean what they say. Calendars, defaults and
    /// links hold for all without being named by them, as overrides do, and an amendment that is not
    /// understood must not let the unamended rule run.
    pub(super) fn can_be_left_out(&self) -> bool {
        let holds_for_all =
            ["file", "project", "amend", "calendar", "defaults", "link", "override"];
        !holds_for_all.contains(&self.kind.as_str())
    }

    /// Its name as people write it: `sf2022.outcome.not_missing`. `at` is any place in its file.
    pub(super) fn words(&self, at: Option<&Place>) -> String {
        let Self { file, kind, name } = self;
        match (kind.as_str(), at, name.parse()) {
            ("example", Some(at), Ok(start)) => {
                let line = Place::new(&at.file, start..start).line_and_column().0;
                format!("the example in line {line} of {file}")
            }
            (kind, _, _) if OF_A_FRAMEWORK.contains(&kind) => format!("{file}.{kind}.{name}"),
            _ => format!("{kind}.{name}"),
        }
    }

    /// Whether a pattern such as `sf2022.*` or `measure.open_cases` means it.
    pub(super) fn is_meant_by(&self, pattern: &str) -> bool {
        let whole = format!("{}.{}.{}", self.file, self.kind, self.name);
        [self.words(None), whole].iter().any(|name| match pattern.split_once('*') {
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
    owners: Vec<Owner>,
    /// For each file, every byte at which something of a definition starts, and of which.
    starts: BTreeMap<&'a Path, Vec<(usize, usize)>>,
}

impl<'a> Owners<'a> {
    /// Of those files alone in which something was found: most of a folder is examples that are sound.
    pub(super) fn new(folder: &'a Folder<'a>, found: &[Diagnostic]) -> Self {
        let mut owners = Self { owners: Vec::new(), starts: BTreeMap::new() };
        let places = found.iter().filter_map(|d| d.place.as_ref());
        let paths: BTreeSet<&Path> = places.map(Place::path).collect();
        for file in folder.files.iter().filter(|f| paths.contains(f.source.path.as_path())) {
            let mut starts = Vec::new();
            for (key, value) in file.root.entries() {
                for example in value.written().items() {
                    let start = example.place().span.start.to_string();
                    owners.owners.push(Owner::new(&file.id.text, "example", &start));
                    owners.add(example, &mut starts);
                }
                for (at, (name, written)) in
                    value.written().entries().unwrap_or_default().into_iter().enumerate()
                {
                    let owner = match key.text.as_str() {
                        "file" | "project" => Owner::new(&file.id.text, &key.text, ""),
                        "amend" => folder
                            .amended_by(&name)
                            .unwrap_or_else(|| Owner::new(&file.id.text, "amend", &name.text)),
                        kind => Owner::new(&file.id.text, kind, &name.text),
                    };
                    owners.owners.push(owner);
                    if at == 0 {
                        starts.push((key.place.span.start, owners.owners.len() - 1));
                    }
                    starts.push((name.place.span.start, owners.owners.len() - 1));
                    owners.add(written, &mut starts);
                }
            }
            starts.sort_by_key(|(start, _)| *start);
            owners.starts.insert(file.source.path.as_path(), starts);
        }
        owners
    }

    /// Notes where something of the newest owner starts.
    fn add(&self, written: Written<'_>, starts: &mut Vec<(usize, usize)>) {
        let owner = self.owners.len() - 1;
        written.each_start(&mut |start| starts.push((start, owner)));
    }

    /// The definition that holds this place: the one of which something starts last before it.
    pub(super) fn of(&self, place: &Place) -> Option<&Owner> {
        let starts = self.starts.get(place.path())?;
        let after = starts.partition_point(|(start, _)| *start <= place.span.start);
        let (_, owner) = starts.get(after.checked_sub(1)?)?;
        self.owners.get(*owner)
    }
}

impl Folder<'_> {
    fn amended_by(&self, named: &Text) -> Option<Owner> {
        let targets = self.target_of(&named.text);
        let [target] = targets.as_slice() else { return None };
        let file = self.files.get(target.file)?;
        Some(Owner::new(&file.id.text, &target.kind, &target.name))
    }
}
