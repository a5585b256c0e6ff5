//! Words of a closed list, such as those of a code map, found without comparing them all.

/// Words with what each of them means. The first of two equal words holds.
pub(super) struct WordList<'a, T> {
    /// The words, dealt out by their length and their first and last letters.
    hands: [Vec<(&'a str, Option<T>)>; HANDS],
}

const HANDS: usize = 64;

impl<'a, T: Copy> WordList<'a, T> {
    /// A list of these words. A word may mean nothing.
    pub(super) fn new(words: impl IntoIterator<Item = (&'a str, Option<T>)>) -> Self {
        let mut hands: [Vec<_>; HANDS] = std::array::from_fn(|_| Vec::new());
        for (word, meaning) in words {
            if let Some(hand) = hands.get_mut(hand_of(word)) {
                hand.push((word, meaning));
            }
        }
        Self { hands }
    }

    /// What a word means.
    pub(super) fn get(&self, word: &str) -> Option<T> {
        let hand = self.hands.get(hand_of(word))?;
        hand.iter().find(|(known, _)| *known == word)?.1
    }
}

fn hand_of(word: &str) -> usize {
    let byte = |b: Option<&u8>| b.copied().map_or(0, usize::from);
    let bytes = word.as_bytes();
    (bytes.len() + 7 * byte(bytes.first()) + 31 * byte(bytes.last())) % HANDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_two_equal_words_holds() {
        let list = WordList::new([("Y", Some(1)), ("N", Some(2)), ("Y", Some(3)), ("?", None)]);
        assert_eq!(
            [list.get("Y"), list.get("N"), list.get("?"), list.get("")],
            [Some(1), Some(2), None, None]
        );
    }
}
