//! Identifiers: who owns them, which rows repeat a key, and which refer to nobody.

use std::hash::{BuildHasher, Hasher};

use hashbrown::{DefaultHashBuilder, HashTable};
use rayon::prelude::*;

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

/// The rows that repeat an earlier sound row's key, in order of rows.
///
/// Rows are dealt out by the hash of their key, so that those with the same key meet in the same
/// hand, and each hand is looked through by one thread.
pub(super) fn repeats(key: &[&Values], all: &[&Values], sound: &[bool]) -> Vec<(usize, Repeat)> {
    let hasher = DefaultHashBuilder::default();
    let hashes: Vec<u64> = (0..sound.len())
        .into_par_iter()
        .map(|row| {
            let mut hash = hasher.build_hasher();
            key.iter().for_each(|c| hash.write_u64(c.bits(row)));
            hash.finish()
        })
        .collect();
    let hands = if sound.len() < SMALL { 1 } else { rayon::current_num_threads() };
    let mut found: Vec<(usize, Repeat)> = (0..hands)
        .into_par_iter()
        .flat_map_iter(|hand| repeats_in_hand(key, all, sound, &hashes, (hand, hands)))
        .collect();
    found.sort_unstable_by_key(|(row, _)| *row);
    found
}

/// Fewer rows than this are not worth dealing out.
const SMALL: usize = 10_000;

fn repeats_in_hand(
    key: &[&Values],
    all: &[&Values],
    sound: &[bool],
    hashes: &[u64],
    (hand, hands): (usize, usize),
) -> Vec<(usize, Repeat)> {
    let same =
        |columns: &[&Values], a: usize, b: usize| columns.iter().all(|c| c.bits(a) == c.bits(b));
    let mut seen: HashTable<usize> = HashTable::with_capacity(sound.len() / hands);
    let mut found = Vec::new();
    for (row, (&hash, &is_sound)) in hashes.iter().zip(sound).enumerate() {
        // The upper half of the hash deals; the table goes by all of it.
        if !is_sound || (hash >> 32) as usize % hands != hand {
            continue;
        }
        match seen.find(hash, |&first| same(key, first, row)) {
            Some(&first) if same(all, first, row) => found.push((row, Repeat::Exact)),
            Some(_) => found.push((row, Repeat::OtherValues)),
            None => {
                seen.insert_unique(hash, row, |&r| hashes.get(r).copied().unwrap_or_default());
            }
        }
    }
    found
}
