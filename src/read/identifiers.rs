//! Identifiers: who owns them, which rows repeat a key, and which refer to nobody.

use std::hash::{BuildHasher, Hasher};

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::definitions::expression::Type;
use crate::definitions::source::Source;
use crate::read::values::Values;

/// The entity whose identifiers a source owns: its key is that one identifier.
pub(super) fn owned_entity(source: &Source) -> Option<&str> {
    match source.key.as_slice() {
        [only] => match &source.column(only)?.ty {
            Type::Id(entity) => Some(entity),
            _ => None,
        },
        _ => None,
    }
}

/// The source that owns an entity's identifiers.
pub(super) fn owner<'s>(sources: &'s [Source], entity: &str) -> Option<&'s Source> {
    sources.iter().find(|s| owned_entity(s) == Some(entity))
}

/// Owners before those that refer to them; otherwise the order of the definitions.
pub(super) fn reading_order(sources: &[Source]) -> Vec<&Source> {
    let mut order: Vec<&Source> = Vec::with_capacity(sources.len());
    let mut waiting: Vec<&Source> = sources.iter().collect();
    while !waiting.is_empty() {
        let ready = |s: &Source, done: &[&Source]| {
            s.columns.iter().all(|c| match &c.ty {
                Type::Id(e) if owned_entity(s) != Some(e) => {
                    owner(sources, e).is_none_or(|o| done.iter().any(|d| d.id == o.id))
                }
                _ => true,
            })
        };
        let (now, later): (Vec<_>, Vec<_>) = waiting.iter().partition(|s| ready(s, &order));
        if now.is_empty() {
            // Owners that refer to each other: the order of the definitions decides.
            order.extend(later);
            break;
        }
        order.extend(now);
        waiting = later;
    }
    order
}

/// What a key check finds of a row that is not the first with its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// Equal in every column.
    Exact,
    /// The same key, other values.
    OtherValues,
}

/// The rows that repeat an earlier sound row's key.
pub(super) fn repeats(key: &[&Values], all: &[&Values], sound: &[bool]) -> Vec<(usize, Repeat)> {
    let hasher = DefaultHashBuilder::default();
    let hash = |row: usize| {
        let mut h = hasher.build_hasher();
        key.iter().for_each(|c| h.write_u64(c.bits(row)));
        h.finish()
    };
    let same =
        |columns: &[&Values], a: usize, b: usize| columns.iter().all(|c| c.bits(a) == c.bits(b));
    let mut seen: HashTable<usize> = HashTable::with_capacity(sound.len());
    let mut found = Vec::new();
    for row in (0..sound.len()).filter(|&row| sound[row]) {
        let h = hash(row);
        match seen.find(h, |&first| same(key, first, row)) {
            Some(&first) if same(all, first, row) => found.push((row, Repeat::Exact)),
            Some(_) => found.push((row, Repeat::OtherValues)),
            None => {
                seen.insert_unique(h, row, |&r| hash(r));
            }
        }
    }
    found
}
