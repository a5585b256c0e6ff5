//! Looking words up one after the other, when they come mostly in the order of their ring: files
//! about the same people or cases are mostly sorted alike.

use crate::columns::Ring;

/// A ring and where the word after the last one found stands.
pub(super) struct Near<'a> {
    ring: &'a Ring,
    next: u32,
}

/// How many places further on a word is looked for before it is looked for everywhere. A file
/// without rows about some people passes over their places.
const AHEAD: u32 = 8;

impl<'a> Near<'a> {
    /// Looks into a ring from its beginning.
    pub(super) fn new(ring: &'a Ring) -> Self {
        Self { ring, next: 0 }
    }

    /// The place of a word, if it has one.
    pub(super) fn find(&mut self, word: &str) -> Option<u32> {
        let mut ahead = self.next..self.next.saturating_add(AHEAD);
        let found = ahead.find(|&place| self.ring.word(place) == Some(word));
        let found = found.or_else(|| self.ring.find(word))?;
        self.next = found.saturating_add(1);
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_any_order() {
        let mut ring = Ring::default();
        let words: Vec<String> = (0..100).map(|n| format!("P{n}")).collect();
        words.iter().for_each(|w| {
            ring.place(w);
        });
        let mut near = Near::new(&ring);
        let found = ["P3", "P4", "P11", "P99", "P0", "nobody", "P1"].map(|w| near.find(w));
        assert_eq!(found, [Some(3), Some(4), Some(11), Some(99), Some(0), None, Some(1)]);
    }
}
