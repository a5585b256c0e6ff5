//! What two versions of the definitions say differently.

use std::collections::{BTreeMap, BTreeSet};

/// Definitions by their whole name, each with the lines that say it.
pub type Said = BTreeMap<String, Vec<String>>;

/// A definition that differs.
#[derive(Debug, Clone)]
pub struct Changed {
    /// Its name.
    pub name: String,
    /// What only the first version says, line by line; empty when it is new.
    pub before: Vec<String>,
    /// What only the second says; empty when it has gone.
    pub after: Vec<String>,
}

/// The definitions that two versions say differently, by name.
#[must_use]
pub fn changed(before: &Said, after: &Said) -> Vec<Changed> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let lines = |all: &Said, name: &String| all.get(name).cloned().unwrap_or_default();
    let differing = names.into_iter().filter_map(|name| {
        let (old, new) = (lines(before, name), lines(after, name));
        (old != new).then(|| Changed {
            name: name.clone(),
            before: old.iter().filter(|l| !new.contains(l)).cloned().collect(),
            after: new.iter().filter(|l| !old.contains(l)).cloned().collect(),
        })
    });
    differing.collect()
}
