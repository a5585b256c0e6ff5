//! Rows that repeat the key of an earlier row.
//!
//! Nearly all keys stand once. Two sheets of marks, one for each hash of a key, find the few rows
//! whose hash stands twice; only these are compared with each other. Exports mostly list what belongs
//! together one after the other, so a hash begins with the first part of its key, and marks that are
//! made one after the other lie close together on the sheet.

use std::cmp::Reverse;

use hashbrown::HashTable;
use rayon::prelude::*;

use crate::read::values::Values;

/// What a key check finds of a row that is not the first with its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// Equal in every column.
    Exact,
    /// The same key, other values.
    OtherValues,
    /// The same key as a row of a later submission.
    Superseded,
}

/// A row by its batch and its place in the batch.
pub(super) type At = (usize, usize);

/// A column in its batches.
pub(super) type Pieces<'a> = &'a [Values];

/// The rows that repeat another row's key, in order of rows: that of an earlier row, or of one in a
/// later submission. `heights` are those of the batches, `submissions` the number of the submission
/// that each batch belongs to; where these do not matter they are all the same.
///
/// Rows are dealt out by the hash of their key, so that those with the same key meet in the same
/// hand, and each hand is looked through by one thread.
pub(super) fn repeats(
    key: &[Pieces<'_>],
    all: &[Pieces<'_>],
    heights: &[usize],
    submissions: &[usize],
) -> Vec<(At, Repeat)> {
    let hashes: Vec<Vec<u64>> = heights
        .par_iter()
        .enumerate()
        .map(|(batch, &height)| {
            let mut hashes = vec![0; height];
            let mut take = |values: &Values, into: fn(u64, u64) -> u64| {
                values.each_bits(|row, bits| {
                    hashes.get_mut(row).into_iter().for_each(|hash| *hash = into(*hash, bits));
                });
            };
            let mut columns = key.iter().filter_map(|column| column.get(batch));
            let first = columns.next();
            first.into_iter().chain(columns).for_each(|values| take(values, mixed));
            if let Some(places @ Values::Places(_)) = first {
                take(places, led_by);
            }
            hashes
        })
        .collect();
    let rows: usize = heights.iter().sum();
    let hands = if rows < SMALL { 1 } else { rayon::current_num_threads() };
    let mut found: Vec<(At, Repeat)> = (0..hands)
        .into_par_iter()
        .flat_map_iter(|hand| {
            let mut twice = standing_twice(&hashes, rows, (hand, hands));
            // The latest first, so that the row that is met first is the one that holds.
            let submission = |(batch, _): At| submissions.get(batch).copied().unwrap_or_default();
            twice.sort_by_key(|&(at, _)| Reverse(submission(at)));
            compared(key, all, twice, submission)
        })
        .collect();
    found.sort_unstable_by_key(|(at, _)| *at);
    found
}

/// Fewer rows than this are not worth dealing out.
const SMALL: usize = 10_000;

/// The hash so far with further bits in it. Any change of either spreads over all bits of the hash.
fn mixed(hash: u64, bits: u64) -> u64 {
    const ODD: u128 = 0x9E37_79B9_7F4A_7C15;
    let product = u128::from((hash ^ bits).wrapping_add(0xD1B5_4A32_D192_ED03)) * ODD;
    let [low, high] = [product & u128::from(u64::MAX), product >> 64];
    u64::try_from(low ^ high).unwrap_or_default().rotate_left(23)
}

/// The hash with the first part of the key before it: an identifier's place, which is a small number, or
/// nothing.
fn led_by(hash: u64, first: u64) -> u64 {
    u32::try_from(first).map_or(0, |place| u64::from(place) << 32) | (hash >> 32)
}

/// The first part of the key that a hash begins with.
fn leader(hash: u64) -> usize {
    (hash >> 32) as usize
}

/// The rows of a hand whose hash is perhaps not theirs alone, in order, each with its hash.
fn standing_twice(
    hashes: &[Vec<u64>],
    rows: usize,
    (hand, hands): (usize, usize),
) -> Vec<(At, u64)> {
    let words = (rows * MARKS_PER_ROW / hands / 64).next_power_of_two();
    // Each leader has a stretch of the sheet, or several share a word.
    let highest = hashes.iter().flatten().map(|&hash| leader(hash)).max().unwrap_or_default();
    let leaders = (highest / hands + 1).next_power_of_two();
    let (stretch, share) = ((words / leaders).max(1), (leaders / words).max(1));
    let mark = |hash: u64| {
        let begins = leader(hash) / hands / share * stretch;
        (begins + ((hash as usize >> 6) & (stretch - 1)), 1_u64 << (hash & 63))
    };
    let in_hand = |hash: u64| leader(hash) % hands == hand;
    let (mut once, mut twice) = (vec![0_u64; words], vec![0_u64; words]);
    for &hash in hashes.iter().flatten().filter(|hash| in_hand(**hash)) {
        let (word, bit) = mark(hash);
        if let (Some(once), Some(twice)) = (once.get_mut(word), twice.get_mut(word)) {
            *twice |= *once & bit;
            *once |= bit;
        }
    }
    let marked = |hash: u64| {
        let (word, bit) = mark(hash);
        twice.get(word).is_some_and(|marks| marks & bit != 0)
    };
    let batches = hashes.iter().enumerate();
    let rows = batches.flat_map(|(batch, hashes)| {
        hashes.iter().enumerate().map(move |(row, &hash)| ((batch, row), hash))
    });
    rows.filter(|&(_, hash)| in_hand(hash) && marked(hash)).collect()
}

/// More marks find fewer rows in vain and are slower to reach.
const MARKS_PER_ROW: usize = 16;

/// Compares rows with those of the same hash that come before them.
fn compared(
    key: &[Pieces<'_>],
    all: &[Pieces<'_>],
    rows: Vec<(At, u64)>,
    submission: impl Fn(At) -> usize,
) -> Vec<(At, Repeat)> {
    let bits = |column: &Pieces<'_>, (batch, row): At| column.get(batch).map(|v| v.bits(row));
    let same = |columns: &[Pieces<'_>], a: At, b: At| {
        columns.iter().all(|column| bits(column, a) == bits(column, b))
    };
    let mut seen: HashTable<(At, u64)> = HashTable::with_capacity(rows.len());
    let mut found = Vec::new();
    for (at, hash) in rows {
        match seen.find(hash, |&(first, _)| same(key, first, at)) {
            Some(&(first, _)) if submission(at) < submission(first) => {
                found.push((at, Repeat::Superseded));
            }
            Some(&(first, _)) if same(all, first, at) => found.push((at, Repeat::Exact)),
            Some(_) => found.push((at, Repeat::OtherValues)),
            None => {
                seen.insert_unique(hash, (at, hash), |&(_, hash)| hash);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use polars::prelude::{Float64Chunked, NewChunkedArray, PlSmallStr, UInt32Chunked};

    use super::*;

    fn column(batches: &[&[u32]]) -> Vec<Values> {
        let places = |b: &&[u32]| UInt32Chunked::from_slice(PlSmallStr::EMPTY, b);
        batches.iter().map(|b| Values::Places(places(b))).collect()
    }

    #[test]
    fn a_repeat_is_found_across_batches() {
        let key = column(&[&[1, 2, 3], &[2, 4, 1]]);
        let other = column(&[&[7, 7, 7], &[7, 7, 8]]);
        let found = repeats(&[&key], &[&key, &other], &[3, 3], &[0, 0]);
        assert_eq!(found, [((1, 0), Repeat::Exact), ((1, 2), Repeat::OtherValues)]);
    }

    #[test]
    fn a_row_of_a_later_submission_stands_for_those_before_it() {
        let key = column(&[&[1, 2, 3], &[2, 2, 4]]);
        let other = column(&[&[7, 7, 7], &[8, 9, 7]]);
        let found = repeats(&[&key], &[&key, &other], &[3, 3], &[0, 1]);
        assert_eq!(found, [((0, 1), Repeat::Superseded), ((1, 1), Repeat::OtherValues)]);
    }

    #[test]
    fn keys_that_begin_with_nothing_or_with_a_number_are_told_apart_as_well() {
        let places = [Some(1), None, None, Some(1), None];
        let places = UInt32Chunked::from_iter_options(PlSmallStr::EMPTY, places.into_iter());
        let numbers = Float64Chunked::from_slice(PlSmallStr::EMPTY, &[0.5, 0.5, 0.25, 2.0, 0.5]);
        let (places, numbers) = ([Values::Places(places)], [Values::Numbers(numbers)]);
        let [by_place, by_number]: [&[Pieces<'_>]; 2] =
            [&[&places, &numbers], &[&numbers, &places]];
        for key in [by_place, by_number] {
            assert_eq!(repeats(key, key, &[5], &[0]), [((0, 4), Repeat::Exact)]);
        }
    }

    #[test]
    fn no_repeat_is_found_among_many_different_keys_and_every_one_among_equal_keys() {
        let many: Vec<u32> = (0..50_000).collect();
        let key = column(&[&many, &many[..20_000]]);
        let found = repeats(&[&key], &[&key], &[50_000, 20_000], &[0, 0]);
        let expected: Vec<_> = (0..20_000).map(|row| ((1, row), Repeat::Exact)).collect();
        assert_eq!(found, expected);
    }
}
