//! Amendments: a council's changes to a definition, laid over it before anything is read.
//!
//! Because they are laid over the tables and not over what was made of them, everything that is
//! checked of a definition is checked again of the amended one, and a fault that the change brought
//! in is found in the change.
//!
//! Tables are merged key by key. Lists are replaced as a whole, and so are the tables that take one
//! of several forms: half of one form and half of another would say nothing.

use toml::de::DeValue;

use crate::definitions::departure::{Amendment, Change};
use crate::definitions::diagnostic::{Diagnostic, nearest_or_list};
use crate::definitions::load::folder::{Folder, OF_A_FRAMEWORK};
use crate::definitions::load::keys::{self, Holds};
use crate::definitions::load::reader::{Log, Text, Value, Written};

/// Keys whose table is one of several forms.
const REPLACED_AS_A_WHOLE: [&str; 5] =
    ["window", "baseline", "complete_to", "meaningful_change", "reliable_change"];

/// What an amendment says about itself; these keys change nothing.
const ABOUT: [&str; 4] = ["why", "agreed_by", "agreed_on", "own_examples"];

/// What cannot be amended, because it belongs to a council or proves what it amends.
const NOT_AMENDED: [&str; 5] = ["file", "project", "amend", "allow", "cast"];

/// The definition that an amendment changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    /// The file's place in the folder's list.
    pub(super) file: usize,
    pub(super) kind: String,
    pub(super) name: String,
}

/// Puts the keys of an amendment over the keys of the table that it amends.
pub(super) fn lay_over<'a>(
    entries: &mut Vec<(Text, Value<'a>)>,
    amended: Written<'a>,
    new: &impl Fn((Text, Written<'a>)) -> (Text, Value<'a>),
) {
    for (key, written) in changes_in(amended) {
        match entries.iter_mut().find(|(k, _)| k.text == key.text) {
            Some((_, value)) if merges(&key, value.written(), written) => {
                *value = value.amended(Some(written));
            }
            Some(entry) => *entry = new((key, written)),
            None => entries.push(new((key, written))),
        }
    }
}

fn merges(key: &Text, base: Written<'_>, over: Written<'_>) -> bool {
    let table = |w: Written<'_>| matches!(w.value.get_ref(), DeValue::Table(_));
    table(base) && table(over) && !REPLACED_AS_A_WHOLE.contains(&key.text.as_str())
}

/// The keys that change something.
fn changes_in(over: Written<'_>) -> Vec<(Text, Written<'_>)> {
    // What is written between braces is a value; only a table with a head speaks of itself.
    let in_braces = over.place().text().starts_with('{');
    let mut entries = over.entries().unwrap_or_default();
    entries.retain(|(key, _)| in_braces || !ABOUT.contains(&key.text.as_str()));
    entries
}

/// What an amendment says about itself, at its head or at the head of a table inside it.
fn said<'a>(over: Written<'a>, key: &str) -> Option<Written<'a>> {
    if over.place().text().starts_with('{') {
        return None;
    }
    let entries = over.entries()?;
    let here = entries.iter().find(|(k, _)| k.text == key).map(|(_, w)| *w);
    here.or_else(|| entries.iter().find_map(|(_, inner)| said(*inner, key)))
}

/// Every key below that the amendment changes, with the text before and after.
fn differences(base: Option<Written<'_>>, over: Written<'_>, way: &str, into: &mut Vec<Change>) {
    for (key, written) in changes_in(over) {
        let way = if way.is_empty() { key.text.clone() } else { format!("{way}.{}", key.text) };
        let before = base
            .and_then(|b| b.entries())
            .and_then(|e| e.into_iter().find(|(k, _)| k.text == key.text))
            .map(|(_, w)| w);
        let goes_on = match before {
            Some(before) => merges(&key, before, written),
            None => written.entries().is_some() && !written.place().text().starts_with('{'),
        };
        if goes_on {
            differences(before, written, &way, into);
            continue;
        }
        let (was, becomes) = (before.map(|b| b.text()), written.text());
        if was.as_ref() != Some(&becomes) {
            into.push(Change { key: way, was, becomes });
        }
    }
}

impl<'a> Folder<'a> {
    /// Finds the amendments of all files and lays each over its definition.
    pub(super) fn amend(&mut self, log: &'a Log) -> Vec<Amendment> {
        let mut found = Vec::new();
        let mut targets: Vec<Target> = Vec::new();
        for at in 0..self.files.len() {
            let Some(file) = self.files.get(at) else { continue };
            let id = file.id.text.clone();
            for (key, value) in file.each("amend") {
                let Some(target) = self.target(log, &key) else { continue };
                if self.files.get(target.file).is_some_and(|f| f.lacks(&target.kind, &target.name))
                {
                    continue;
                }
                if targets.contains(&target) {
                    let message = format!("`{}` is amended already", key.text);
                    log.push(
                        Diagnostic::error("twice", &key.place, message)
                            .mend("join the amendments, and say once why"),
                    );
                    continue;
                }
                let over = value.written();
                let base = self.definition(&target).map(|v| v.written());
                if let Some(amendment) = amendment(log, &key, base, over, &id, self.name(&target)) {
                    found.push(amendment);
                }
                if let Some(file) = self.files.get_mut(target.file) {
                    file.over.push((target.kind.clone(), target.name.clone(), over));
                }
                targets.push(target);
            }
        }
        found
    }

    /// The whole name of a definition.
    pub(super) fn name(&self, target: &Target) -> String {
        let file = self.files.get(target.file).map_or("", |f| f.id.text.as_str());
        match OF_A_FRAMEWORK.contains(&target.kind.as_str()) {
            true => format!("{file}.{}.{}", target.kind, target.name),
            false => format!("{}.{}", target.kind, target.name),
        }
    }

    fn definition(&self, target: &Target) -> Option<Value<'a>> {
        let all = self.files.get(target.file)?.each(&target.kind);
        all.into_iter().find(|(key, _)| key.text == target.name).map(|(_, value)| value)
    }

    /// What an amendment's name means: `file.kind.name`, or `kind.name` where that is one thing.
    pub(super) fn target_of(&self, named: &str) -> Vec<Target> {
        let mut found = Vec::new();
        for (file, kind, name) in self.amendable() {
            let id = self.files.get(file).map_or("", |f| f.id.text.as_str());
            let bare = format!("{kind}.{name}");
            if named == bare
                || named.strip_prefix(id).and_then(|r| r.strip_prefix('.')) == Some(&bare)
            {
                found.push(Target { file, kind: kind.to_owned(), name });
            }
        }
        found
    }

    fn amendable(&self) -> Vec<(usize, &'static str, String)> {
        let mut all = Vec::new();
        // Worked examples stand in lists and have no names.
        let named = keys::KINDS.iter().filter(|k| !matches!(k.holds, Holds::List(_)));
        for kind in named.map(|k| k.name).filter(|k| !NOT_AMENDED.contains(k)) {
            for (at, file) in self.files.iter().enumerate() {
                all.extend(file.all(kind).into_iter().map(|(key, _)| (at, kind, key.text)));
            }
        }
        all
    }

    fn target(&self, log: &Log, key: &Text) -> Option<Target> {
        let mut found = self.target_of(&key.text);
        if found.len() == 1 {
            return found.pop();
        }
        let known: Vec<String> = self
            .amendable()
            .into_iter()
            .map(|(file, kind, name)| self.name(&Target { file, kind: kind.to_owned(), name }))
            .collect();
        let diagnostic = if found.is_empty() {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let message = format!("there is no definition `{}` to amend", key.text);
            Diagnostic::error("reference", &key.place, message)
                .mend(nearest_or_list(&key.text, &known))
        } else {
            let names: Vec<String> = found.iter().map(|t| format!("`{}`", self.name(t))).collect();
            let message = format!("`{}` could be one of several definitions", key.text);
            Diagnostic::error("reference", &key.place, message)
                .mend(format!("write {}", names.join(" or ")))
        };
        log.push(diagnostic);
        None
    }
}

fn amendment(
    log: &Log,
    key: &Text,
    base: Option<Written<'_>>,
    over: Written<'_>,
    file: &str,
    of: String,
) -> Option<Amendment> {
    if over.entries().is_none() {
        log.push(
            Diagnostic::error("value", &over.place(), "an amendment is a table of keys")
                .mend("write [amend.\"…\"] and the keys that change below it"),
        );
        return None;
    }
    let value = |name: &str| said(over, name).map(|w| Value::new(log, w));
    let required = |name: &str| {
        let found = value(name);
        if found.is_none() {
            let message = format!("the amendment of `{of}` has no `{name}`");
            log.push(
                Diagnostic::error("required", &key.place, message)
                    .mend("say why, who agreed and when: `why`, `agreed_by`, `agreed_on`"),
            );
        }
        found
    };
    let why = required("why").and_then(|v| v.text());
    let agreed_by = required("agreed_by").and_then(|v| v.text());
    let agreed_on = required("agreed_on").and_then(|v| v.date());
    let own_examples = value("own_examples").and_then(|v| v.yes_no()).unwrap_or(false);
    let mut changes = Vec::new();
    differences(base, over, "", &mut changes);
    if changes.is_empty() {
        let message = format!("this amendment of `{of}` changes nothing");
        log.push(
            Diagnostic::error("unused", &key.place, message)
                .mend("write the keys that are to say something else, or take it away"),
        );
    }
    Some(Amendment {
        of,
        why: why?.text,
        agreed_by: agreed_by?.text,
        agreed_on: agreed_on?,
        changes,
        own_examples,
        file: file.to_owned(),
        place: key.place.clone(),
    })
}
