//! Going on without what is broken.
//!
//! A definition with a mistake in it is left out, and everything is read again as if it had never
//! been written. What rests on it has a mistake then, and is left out in its turn, until nothing is
//! wrong with what is left. So whatever the loader checks decides who depends on whom; there is no
//! second account of it.

use std::path::Path;

use crate::definitions::Definitions;
use crate::definitions::departure::Dropped;
use crate::definitions::diagnostic::{Diagnostic, Severity};
use crate::definitions::load::attempt;
use crate::definitions::load::folder::Parsed;
use crate::definitions::load::owners::{Left, Owner};
use crate::definitions::load::reader::Log;

/// What is left without the broken definitions; nothing when a fault belongs to none of them.
pub(super) fn without_the_broken(
    path: &Path,
    parsed: &[Parsed<'_>],
    found: &[(Diagnostic, Option<Owner>)],
    has_files: bool,
) -> Option<Definitions> {
    let mut left = Left { has_files, ..Left::default() };
    let mut dropped = Vec::new();
    let mut found = found.to_vec();
    found.retain(|(d, _)| {
        let whole_file = d.code == "toml";
        if let (true, Some(place)) = (whole_file, &d.place) {
            let name = place.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
            let (because, place) = (d.message.clone(), d.place.clone());
            dropped.push(Dropped { name, because, place, mistaken: true });
        }
        !whole_file
    });
    let mut mistaken = true;
    loop {
        found.retain(|(d, _)| d.severity == Severity::Error);
        found.sort_by_key(|(d, _)| d.place.as_ref().map(|p| p.span.start));
        let before = left.definitions.len();
        for (diagnostic, owner) in &found {
            let owner = owner.as_ref().filter(|o| o.can_be_left_out())?;
            if left.definitions.contains(owner) {
                continue;
            }
            dropped.push(Dropped {
                name: owner.words(diagnostic.place.as_ref()),
                because: because(diagnostic, &left),
                place: diagnostic.place.clone(),
                mistaken,
            });
            left.definitions.insert(owner.clone());
        }
        if left.definitions.len() == before && !found.is_empty() {
            return None;
        }
        let next = attempt(path, parsed, &left, Log::default());
        found = next.found;
        mistaken = false;
        if found.iter().all(|(d, _)| d.severity != Severity::Error) {
            return next.definitions.map(|definitions| Definitions { dropped, ..definitions });
        }
    }
}

/// A warning at each definition that rests on a broken one.
pub(super) fn warnings(definitions: &Definitions) -> Vec<Diagnostic> {
    let warn = |d: &Dropped| {
        let place = d.place.as_ref().filter(|_| !d.mistaken)?;
        let message = format!("`{}` is left out: {}", d.name, d.because);
        Some(Diagnostic::warning("left_out", place, message).mend("mend what it rests on"))
    };
    definitions.dropped.iter().filter_map(warn).collect()
}

/// Why a definition goes: its own mistake, or what it rests on.
fn because(diagnostic: &Diagnostic, left: &Left) -> String {
    let text = diagnostic.place.as_ref().map_or("", |p| p.text());
    let named = text.trim_matches('"').rsplit('.').next().unwrap_or_default();
    match left.definitions.iter().find(|o| o.name == named) {
        Some(gone) if diagnostic.code == "reference" => {
            format!("it rests on `{}`, which was left out", gone.words(None))
        }
        _ => diagnostic.message.clone(),
    }
}
