//! Identifiers and words on their way to places. A batch gives places of its own; afterwards they
//! become places of the column in the order of the file, and then of the run column by column, so
//! that places do not depend on where batches end or which is ready first.

use polars::prelude::*;

use crate::columns::Ring;
use crate::read::crosswalk::Crosswalk;
use crate::read::feed::Via;
use crate::read::texts::is_error;
use crate::read::values::clean;

/// Texts that have become places.
pub(super) struct Placed {
    pub(super) places: UInt32Chunked,
    /// The rows, counted from 0, whose identifier the crosswalk does not know.
    pub(super) strangers: Vec<usize>,
    /// How many texts were errors of a spreadsheet, and are nothing.
    pub(super) errors: u64,
}

/// The place of each text.
pub(super) fn places(
    texts: &StringChunked,
    nulls: &[String],
    via: Option<Via<'_>>,
    mut place: impl FnMut(&str) -> u32,
) -> Placed {
    let mut strangers = Vec::new();
    let mut errors = 0;
    let mut way = via.map(|Via(crosswalk)| crosswalk.map(Crosswalk::way));
    // Rows about one person or case mostly follow each other: the last answer is kept.
    let mut last: Option<(&str, Option<u32>)> = None;
    let places = texts.iter().enumerate().map(|(row, text)| {
        let text = clean(text, nulls)?;
        let found = match last {
            Some((known, found)) if known == text => found,
            _ if is_error(text) => {
                errors += 1;
                return None;
            }
            _ => match &mut way {
                Some(way) => way.as_mut().and_then(|ours| ours(text)).map(&mut place),
                None => Some(place(text)),
            },
        };
        last = Some((text, found));
        if found.is_none() {
            strangers.push(row);
        }
        found
    });
    let places = UInt32Chunked::from_iter_options(PlSmallStr::EMPTY, places);
    Placed { places, strangers, errors }
}

/// Gives the words of one ring places in another, in their order.
pub(super) fn merge(words: &Ring, into: &mut Ring) -> Vec<u32> {
    let all = 0..u32::try_from(words.len()).unwrap_or(u32::MAX);
    all.map(|place| into.place(words.word(place).unwrap_or_default())).collect()
}

/// Puts new places for old ones.
pub(super) fn renumber(places: &mut UInt32Chunked, new: &[u32]) {
    if (0..).zip(new).any(|(old, &new)| old != new) {
        let renumbered = |old: u32| new.get(old as usize).copied().unwrap_or(u32::MAX);
        *places = places.apply_values(renumbered);
    }
}

/// Gives the identifiers that a source owns their places in the ring of the run: those of the rows
/// that are used, in the order of the file. Gives the new place of each old one.
pub(super) fn settle<'p>(
    own: Ring,
    used: impl Iterator<Item = &'p UInt32Chunked>,
    ring: &mut Ring,
) -> Vec<u32> {
    let mut seen = vec![false; own.len()];
    let mut order = Vec::with_capacity(own.len());
    for place in used.flat_map(|places| places.iter().flatten()) {
        if let Some(seen) = seen.get_mut(place as usize).filter(|seen| !**seen) {
            *seen = true;
            order.push(place);
        }
    }
    let as_they_are = order.len() == own.len() && (0..).zip(&order).all(|(n, &place)| n == place);
    if as_they_are && ring.is_empty() {
        *ring = own;
        return order;
    }
    let mut new = vec![u32::MAX; own.len()];
    for place in order {
        if let (Some(new), Some(word)) = (new.get_mut(place as usize), own.word(place)) {
            *new = ring.place(word);
        }
    }
    new
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(words: &[&str]) -> Ring {
        let mut ring = Ring::default();
        words.iter().for_each(|w| {
            ring.place(w);
        });
        ring
    }

    #[test]
    fn identifiers_of_rows_that_are_not_used_get_no_place() {
        let used = UInt32Chunked::from_vec(PlSmallStr::EMPTY, vec![2, 0, 2]);
        let mut of_run = Ring::default();
        let mut places = used.clone();
        renumber(&mut places, &settle(ring(&["a", "b", "c"]), [&used].into_iter(), &mut of_run));
        assert_eq!((of_run.word(0), of_run.word(1), of_run.len()), (Some("c"), Some("a"), 2));
        assert_eq!(places.iter().flatten().collect::<Vec<_>>(), [0, 1, 0]);
    }

    #[test]
    fn known_words_keep_their_places() {
        let mut of_run = ring(&["x", "b"]);
        assert_eq!(merge(&ring(&["a", "b"]), &mut of_run), [2, 1]);
    }
}
