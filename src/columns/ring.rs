//! Key rings: every identifier and every word of a text column becomes a small integer.

use std::collections::BTreeMap;
use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

/// The words of one kind, each with its place. Places are given in order of arrival, so the same
/// input gives the same places on any machine.
#[derive(Default)]
pub struct Ring {
    /// Places with the hashes of their words: growing reads no words again.
    places: HashTable<(u32, u32)>,
    hasher: DefaultHashBuilder,
    words: String,
    ends: Vec<usize>,
}

impl std::fmt::Debug for Ring {
    /// Identifiers are personal: only their number is printed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ring({} words)", self.ends.len())
    }
}

impl Ring {
    /// The place of a word, given to it now if it is new.
    pub fn place(&mut self, word: &str) -> u32 {
        let Self { places, hasher, words, ends } = self;
        let hash = short_hash(hasher, word);
        let is_it = |&(p, h): &(u32, u32)| h == hash && word_at(words, ends, p) == Some(word);
        if let Some(&(found, _)) = places.find(spread(hash), is_it) {
            return found;
        }
        let new = u32::try_from(ends.len()).unwrap_or(u32::MAX);
        words.push_str(word);
        ends.push(words.len());
        places.insert_unique(spread(hash), (new, hash), |&(_, hash)| spread(hash));
        new
    }

    /// The place of a word that is known already.
    #[must_use]
    pub fn find(&self, word: &str) -> Option<u32> {
        let hash = short_hash(&self.hasher, word);
        let is_it = |&(p, h): &(u32, u32)| h == hash && self.word(p) == Some(word);
        self.places.find(spread(hash), is_it).map(|&(place, _)| place)
    }

    /// The word at a place.
    #[must_use]
    pub fn word(&self, place: u32) -> Option<&str> {
        word_at(&self.words, &self.ends, place)
    }

    /// How many words there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

fn short_hash(hasher: &DefaultHashBuilder, word: &str) -> u32 {
    let [a, b, c, d, ..] = hasher.hash_one(word).to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

/// A short hash over the 64 bits that the table goes by.
fn spread(hash: u32) -> u64 {
    u64::from(hash).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

fn word_at<'a>(words: &'a str, ends: &[usize], place: u32) -> Option<&'a str> {
    let at = place as usize;
    let end = *ends.get(at)?;
    let start = if at == 0 { 0 } else { *ends.get(at - 1)? };
    words.get(start..end)
}

/// The rings of a run: one for each kind of entity, and one for all text columns.
#[derive(Debug, Default)]
pub struct Rings {
    /// Identifiers by entity.
    pub entities: BTreeMap<String, Ring>,
    /// Words of text columns.
    pub text: Ring,
}

impl Rings {
    /// The ring of an entity, made if there is none.
    pub fn entity(&mut self, entity: &str) -> &mut Ring {
        self.entities.entry(entity.to_owned()).or_default()
    }

    /// The identifier at a place of an entity's ring.
    #[must_use]
    pub fn identifier(&self, entity: &str, place: u32) -> Option<&str> {
        self.entities.get(entity)?.word(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_follow_arrival_and_never_change() {
        let mut ring = Ring::default();
        for n in 0..2_000_u32 {
            assert_eq!(ring.place(&format!("P{n}")), n);
        }
        assert_eq!(ring.place("P7"), 7);
        assert_eq!(ring.find("P1999"), Some(1999));
        assert_eq!(ring.find("nobody"), None);
        assert_eq!(ring.word(42), Some("P42"));
        assert_eq!(ring.word(2_000), None);
    }
}
