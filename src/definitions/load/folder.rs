//! The files of a definition folder: which of them take part, and in which order.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use toml::Spanned;
use toml::de::DeTable;

use crate::definitions::DefinitionFile;
use crate::definitions::diagnostic::{Diagnostic, nearest_or_list};
use crate::definitions::load::reader::{Log, Table, Text, Value};
use crate::definitions::place::{Place, SourceText};
use crate::fingerprint::fingerprint;

/// The kinds of table that may stand at the top of a file.
const KINDS: &[&str] = &[
    "file",
    "project",
    "calendar",
    "parameter",
    "breakdown",
    "disclosure",
    "audience",
    "unit",
    "link",
    "group",
    "source",
    "defaults",
    "map",
    "crosswalk",
    "codes",
    "scale",
    "headline",
    "need",
    "outcome",
    "claim",
    "fact",
    "measure",
    "pack",
    "cast",
    "example",
    "score_example",
];

/// Kinds whose names belong to their framework and may return in another file.
const OF_A_FRAMEWORK: &[&str] = &["headline", "need", "outcome", "claim"];

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

/// The definition files of a folder, in order of their names.
pub(super) fn read(folder: &Path, log: &Log) -> Vec<Read> {
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
            Ok(text) => files.push(Read::new(folder, &name, &text)),
            Err(error) => log.push(Diagnostic::of_folder(
                "folder",
                format!("the file {} cannot be read: {error}", path.display()),
                "save it as UTF-8 text, or move it out of the folder",
            )),
        }
    }
    files
}

/// The tables of a file, or a diagnostic that says where its TOML breaks.
pub(super) fn parse<'a>(read: &'a Read, log: &Log) -> Option<Spanned<DeTable<'a>>> {
    match DeTable::parse(&read.source.text) {
        Ok(table) => Some(table),
        Err(error) => {
            let end = read.source.text.len();
            let span = error.span().unwrap_or(end..end);
            let message = format!("this is not TOML: {}", error.message());
            log.push(
                Diagnostic::error("toml", &Place::new(&read.source, span), message).mend(
                    "mend this first; what the rest of the file says is not checked until then",
                ),
            );
            None
        }
    }
}

/// A file that takes part.
pub(super) struct File<'a> {
    pub(super) id: Text,
    pub(super) head: Table<'a>,
    pub(super) root: Table<'a>,
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
            if !KINDS.contains(&key.text.as_str()) {
                let message = format!("there is no kind of definition called `{}`", key.text);
                log.push(
                    Diagnostic::error("key", &key.place, message)
                        .mend(nearest_or_list(&key.text, KINDS)),
                );
            }
        }
        let place = root.key("file").map_or_else(|| root.place().clone(), |k| k.place.clone());
        let keys = ["language", "id", "title", "why", "valid", "reference"];
        let head = head.table("[file]", &place, &keys)?;
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
        let id = head.required_text("id")?;
        let sha256 = fingerprint(read.source.text.as_bytes());
        let definition_file = DefinitionFile { name: read.name.clone(), sha256 };
        Some(Self { id, head, root, definition_file })
    }

    /// The definitions of one kind in this file: `[need.x]`, `[need.y]`…
    pub(super) fn each(&self, kind: &str) -> Vec<(Text, Value<'a>)> {
        let Some(value) = self.root.get(kind) else { return Vec::new() };
        let place =
            self.root.key(kind).map_or_else(|| self.root.place().clone(), |k| k.place.clone());
        value
            .open_table(&format!("[{kind}.…]"), &place)
            .map(|t| t.entries().to_vec())
            .unwrap_or_default()
    }

    /// Whether the file is a framework.
    pub(super) fn is_framework(&self) -> bool {
        OF_A_FRAMEWORK.iter().any(|kind| self.root.has(kind))
    }
}

/// The files that take part: the project first, then those it uses, in its order.
pub(super) struct Folder<'a> {
    pub(super) files: Vec<File<'a>>,
}

impl<'a> Folder<'a> {
    /// Finds the project among the parsed files and the files that it uses.
    pub(super) fn new(
        log: &'a Log,
        path: &Path,
        parsed: &'a [(&'a Read, Spanned<DeTable<'a>>)],
    ) -> Option<Self> {
        let all: Vec<File<'a>> =
            parsed.iter().filter_map(|(read, table)| File::new(log, read, table)).collect();
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
        for file in &others {
            let message = format!(
                "the project does not use `{}`, so nothing in this file counts",
                file.id.text
            );
            log.push(
                Diagnostic::warning("unused", &file.id.place, message)
                    .mend("add its id to `uses` in the project file, or move the file away"),
            );
        }
        let folder = Self { files };
        folder.check_names_are_unique(log);
        Some(folder)
    }

    fn check_names_are_unique(&self, log: &Log) {
        for kind in KINDS.iter().filter(|k| !OF_A_FRAMEWORK.contains(k)) {
            if ["file", "project", "defaults", "example", "score_example"].contains(kind) {
                continue;
            }
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

    /// What took part, for the manifest.
    pub(super) fn definition_files(&self) -> Vec<DefinitionFile> {
        self.files.iter().map(|f| f.definition_file.clone()).collect()
    }
}
