//! The files of a definition folder: which of them take part, and in which order.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;
use toml::Spanned;
use toml::de::DeTable;

use crate::definitions::DefinitionFile;
use crate::definitions::departure::Amendment;
use crate::definitions::diagnostic::{Diagnostic, nearest_or_list};
use crate::definitions::load::keys::{self, Holds};
use crate::definitions::load::owners::{Left, Owner};
use crate::definitions::load::reader::{Log, Table, Text, Value, Written};
use crate::definitions::place::{Place, SourceText};
use crate::fingerprint::fingerprint;

/// Kinds whose names belong to their framework and may return in another file.
pub(super) const OF_A_FRAMEWORK: &[&str] = &["headline", "need", "outcome", "claim", "override"];

/// The version of the definition language that this engine reads.
const LANGUAGE: i64 = 1;

/// A file of the folder as read: its name in the folder and its text.
pub(super) struct Read {
    pub(super) name: String,
    pub(super) source: Arc<SourceText>,
}

impl Read {
    pub(super) fn new(folder: &Path, name: &str, text: &str) -> Self {
        let source = SourceText { path: folder.join(name), text: text.to_owned() };
        Self { name: name.to_owned(), source: Arc::new(source) }
    }
}

/// The folder of mappings of which a project uses those that fit its exports.
pub(super) const MAPPINGS: &str = "mappings";

/// The definition files of a folder, in order of their names, and those of its `mappings`.
pub(super) fn read(folder: &Path, log: &Log) -> Vec<Read> {
    let mut files = read_folder(folder, "", log);
    if folder.join(MAPPINGS).is_dir() {
        files.extend(read_folder(folder, &format!("{MAPPINGS}/"), log));
    }
    files
}

fn read_folder(top: &Path, below: &str, log: &Log) -> Vec<Read> {
    let folder = &top.join(below);
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            log.push(Diagnostic::of_folder(
                "folder",
                format!("the definition folder {} cannot be read: {error}", folder.display()),
                "name the folder with the definition files, or run `early-help init` to write one",
            ));
            return Vec::new();
        }
    };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| Path::new(name).extension().is_some_and(|e| e == "toml"))
        .collect();
    names.sort();
    let mut files = Vec::new();
    for name in names {
        let path = folder.join(&name);
        match std::fs::read_to_string(&path) {
            Ok(text) => files.push(Read::new(top, &format!("{below}{name}"), &text)),
            Err(error) => log.push(Diagnostic::of_folder(
                "folder",
                format!("the file {} cannot be read: {error}", path.display()),
                "save it as UTF-8 text, or move it out of the folder",
            )),
        }
    }
    files
}

/// A file with its tables.
pub(super) type Parsed<'a> = (&'a Read, Spanned<DeTable<'a>>);

/// The tables of each file that is TOML; of the others a diagnostic that says where it breaks.
pub(super) fn parse<'a>(files: &'a [Read], log: &Log) -> Vec<Parsed<'a>> {
    let parsed: Vec<_> = files.par_iter().map(|r| DeTable::parse(&r.source.text)).collect();
    let sound =
        |(read, parsed): (&'a Read, Result<_, toml::de::Error>)| match parsed {
            Ok(tables) => Some((read, tables)),
            Err(error) => {
                let end = read.source.text.len();
                let span = error.span().unwrap_or(end..end);
                let message = format!("this is not TOML: {}", error.message());
                log.push(Diagnostic::error("toml", &Place::new(&read.source, span), message).mend(
                    "mend this first; what the rest of the file says is not checked until then",
                ));
                None
            }
        };
    files.iter().zip(parsed).filter_map(sound).collect()
}

/// A file that takes part.
pub(super) struct File<'a> {
    pub(super) id: Text,
    pub(super) head: Table<'a>,
    pub(super) root: Table<'a>,
    pub(super) source: &'a Arc<SourceText>,
    /// Amendments of definitions in this file: kind, name, and what is laid over.
    pub(super) over: Vec<(String, String, Written<'a>)>,
    /// What was left out of this file: kind and name.
    left_out: Vec<Owner>,
    definition_file: DefinitionFile,
}

impl<'a> File<'a> {
    fn new(log: &'a Log, read: &'a Read, parsed: &'a Spanned<DeTable<'a>>) -> Option<Self> {
        let root = Table::root(log, &read.source, parsed.get_ref());
        let Some(head) = root.get("file") else {
            let message = "the file does not say what it is called";
            log.push(
                Diagnostic::error("required", root.place(), message)
                    .mend("begin it with [file] and language = 1, id = …, title = …"),
            );
            return None;
        };
        for (key, _) in root.entries() {
            if !keys::KINDS.iter().any(|k| k.name == key.text) {
                let kinds: Vec<&str> = keys::KINDS.iter().map(|k| k.name).collect();
                let message = format!("there is no kind of definition called `{}`", key.text);
                log.push(
                    Diagnostic::error("key", &key.place, message)
                        .mend(nearest_or_list(&key.text, &kinds)),
                );
            }
        }
        let place = root.key("file").map_or_else(|| root.place().clone(), |k| k.place.clone());
        let head = head.table("[file]", &place, keys::FILE)?;
        if let Some(language) = head.required("language")
            && let Some(version) = language.whole(1, i64::MAX)
            && version > LANGUAGE
        {
            let message = format!(
                "the file is written in version {version} of the language; this engine reads version {LANGUAGE}"
            );
            log.push(
                Diagnostic::error("language", &language.place(), message)
                    .mend("use a newer engine"),
            );
        }
        if let Some(due) = head.get("next_review") {
            due.date();
        }
        let id = head.required_text("id")?;
        let sha256 = fingerprint(read.source.text.as_bytes());
        let definition_file = DefinitionFile { name: read.name.clone(), sha256 };
        let (source, over) = (&read.source, Vec::new());
        Some(Self { id, head, root, source, over, left_out: Vec::new(), definition_file })
    }

    /// The definitions of one kind in this file: `[need.x]`, `[need.y]`…
    pub(super) fn each(&self, kind: &str) -> Vec<(Text, Value<'a>)> {
        let mut all = self.all(kind);
        all.retain(|(key, _)| !self.lacks(kind, &key.text));
        for (key, value) in &mut all {
            let over = self.over.iter().find(|(k, name, _)| k == kind && *name == key.text);
            *value = value.amended(over.map(|(_, _, written)| *written));
        }
        all
    }

    /// Whether a definition of this file was left out.
    pub(super) fn lacks(&self, kind: &str, name: &str) -> bool {
        self.left_out.iter().any(|o| o.kind == kind && o.name == name)
    }

    /// The definitions of one kind as they are written, those that were left out too.
    pub(super) fn all(&self, kind: &str) -> Vec<(Text, Value<'a>)> {
        let Some(value) = self.root.get(kind) else { return Vec::new() };
        let place =
            self.root.key(kind).map_or_else(|| self.root.place().clone(), |k| k.place.clone());
        value
            .open_table(&format!("[{kind}.…]"), &place)
            .map(|t| t.entries().to_vec())
            .unwrap_or_default()
    }

    /// The worked examples in this file.
    pub(super) fn examples(&self) -> Vec<Value<'a>> {
        let mut all = self.root.get("example").map(|v| v.list()).unwrap_or_default();
        all.retain(|v| !self.left_out.iter().any(|o| o.is_example_at(&v.place())));
        all
    }

    /// Whether needs or outcomes of this framework were left out.
    pub(super) fn lacks_rules(&self) -> bool {
        self.left_out.iter().any(|o| o.kind == "need" || o.kind == "outcome")
    }

    /// Whether it is one of the mappings that wait for a project to use them.
    fn waits(&self) -> bool {
        self.definition_file.name.starts_with(&format!("{MAPPINGS}/"))
    }

    /// Whether the file is a framework.
    pub(super) fn is_framework(&self) -> bool {
        OF_A_FRAMEWORK.iter().any(|kind| self.root.has(kind))
    }
}

/// The files that take part: the project first, then those it uses, in its order.
pub(super) struct Folder<'a> {
    pub(super) files: Vec<File<'a>>,
    pub(super) amendments: Vec<Amendment>,
    left: &'a Left,
    log: &'a Log,
}

impl<'a> Folder<'a> {
    /// Finds the project among the parsed files and the files that it uses.
    pub(super) fn new(
        log: &'a Log,
        path: &Path,
        parsed: &'a [(&'a Read, Spanned<DeTable<'a>>)],
        left: &'a Left,
    ) -> Option<Self> {
        let mut all: Vec<File<'a>> =
            parsed.iter().filter_map(|(read, table)| File::new(log, read, table)).collect();
        for file in &mut all {
            file.left_out = left.of_file(&file.id.text);
        }
        let mut by_id: BTreeMap<String, Place> = BTreeMap::new();
        for file in &all {
            if by_id.insert(file.id.text.clone(), file.id.place.clone()).is_some() {
                let message = format!("two files are called `{}`", file.id.text);
                log.push(
                    Diagnostic::error("twice", &file.id.place, message)
                        .mend("give each file its own id"),
                );
            }
        }
        let (projects, mut others): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|f| f.root.has("project"));
        let mut projects = projects.into_iter();
        let Some(project) = projects.next() else {
            if log.errors() == 0 {
                log.push(Diagnostic::of_folder(
                    "folder",
                    format!("no file in {} has a [project] table", path.display()),
                    "add a project file, or run `early-help init` to write one",
                ));
            }
            return None;
        };
        for second in projects {
            let place =
                second.root.key("project").map_or(second.id.place.clone(), |k| k.place.clone());
            let message = "the folder already has a project file";
            log.push(
                Diagnostic::error("twice", &place, message).mend("keep one project in a folder"),
            );
        }
        let uses = project
            .root
            .get("project")
            .and_then(|p| p.open_table("[project]", &p.place()))
            .and_then(|t| t.required("uses").map(|u| u.texts()))
            .unwrap_or_default();
        let mut files = vec![project];
        for used in uses {
            match others.iter().position(|f| f.id.text == used.text) {
                Some(at) => files.push(others.remove(at)),
                None if files.iter().any(|f| f.id.text == used.text) => {
                    let message = format!("`{}` is used already", used.text);
                    log.push(
                        Diagnostic::error("twice", &used.place, message)
                            .mend("name each file once"),
                    );
                }
                None if left.has_files => {}
                None => {
                    let ids: Vec<&str> = others.iter().map(|f| f.id.text.as_str()).collect();
                    let message = format!("no file in the folder has the id `{}`", used.text);
                    log.push(
                        Diagnostic::error("reference", &used.place, message)
                            .mend(nearest_or_list(&used.text, &ids)),
                    );
                }
            }
        }
        for file in others.iter().filter(|f| !f.waits()) {
            let message = format!(
                "the project does not use `{}`, so nothing in this file counts",
                file.id.text
            );
            log.push(
                Diagnostic::warning("unused", &file.id.place, message)
                    .mend("add its id to `uses` in the project file, or move the file away"),
            );
        }
        let mut folder = Self { files, amendments: Vec::new(), left, log };
        folder.check_names_are_unique(log);
        folder.amendments = folder.amend(log);
        Some(folder)
    }

    fn check_names_are_unique(&self, log: &Log) {
        let named = keys::KINDS.iter().filter(|k| matches!(k.holds, Holds::Named(_)));
        for kind in named.map(|k| k.name).filter(|k| !OF_A_FRAMEWORK.contains(k)) {
            let mut seen = BTreeSet::new();
            for (key, _) in self.each(kind) {
                if !seen.insert(key.text.clone()) {
                    let message =
                        format!("[{kind}.{}] is defined in another file already", key.text);
                    log.push(
                        Diagnostic::error("twice", &key.place, message)
                            .mend("give it another name"),
                    );
                }
            }
        }
    }

    /// The definitions of one kind in all files.
    pub(super) fn each(&self, kind: &str) -> Vec<(Text, Value<'a>)> {
        self.files.iter().flat_map(|f| f.each(kind)).collect()
    }

    /// The names of the definitions of one kind, sound or not.
    pub(super) fn declared(&self, kind: &str) -> Vec<String> {
        self.each(kind).into_iter().map(|(key, _)| key.text).collect()
    }

    /// Whether the project goes on without definitions that are broken.
    pub(super) fn keeps_going(&self) -> bool {
        let project = self.files.first().and_then(|f| f.root.get("project"));
        let table = project.and_then(|p| p.open_table("[project]", &p.place()));
        table.and_then(|t| t.get("keep_going")?.yes_no_if_it_is_one()).unwrap_or(false)
    }

    /// Whether a definition of this kind and name was left out.
    pub(super) fn is_left_out(&self, kind: &str, name: &str) -> bool {
        self.left.definitions.iter().any(|o| o.kind == kind && o.name == name)
    }

    /// Whether any definition of this kind was left out.
    pub(super) fn left_out_any(&self, kind: &str) -> bool {
        self.left.definitions.iter().any(|o| o.kind == kind)
    }

    /// Where faults are noted.
    pub(super) fn log(&self) -> &'a Log {
        self.log
    }

    /// What took part, for the manifest.
    pub(super) fn definition_files(&self) -> Vec<DefinitionFile> {
        self.files.iter().map(|f| f.definition_file.clone()).collect()
    }
}
