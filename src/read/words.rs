//! Words of a closed list, such as those of a code map, found without comparing them all.

use crate::read::folding::{code_at_head, folded, without_letter};

/// Words with what each of them means. The first of two equal words holds.
pub(super) struct WordList<'a, T> {
    /// The words, dealt out by their length and their first and last letters.
    hands: [Vec<(&'a str, Option<T>)>; HANDS],
    /// The words folded, and those with a letter before them without it too.
    folded: Vec<(String, Option<T>)>,
}

const HANDS: usize = 64;

impl<'a, T: Copy + PartialEq> WordList<'a, T> {
    /// A list of these words. A word may mean nothing.
    pub(super) fn new(words: impl IntoIterator<Item = (&'a str, Option<T>)>) -> Self {
        let mut hands: [Vec<_>; HANDS] = std::array::from_fn(|_| Vec::new());
        let mut all = Vec::new();
        for (word, meaning) in words {
            if let Some(hand) = hands.get_mut(hand_of(word)) {
                hand.push((word, meaning));
            }
            let fold = folded(word);
            all.extend(without_letter(&fold).map(|word| (word.to_owned(), meaning)));
            all.push((fold, meaning));
        }
        Self { hands, folded: all }
    }

    /// What a word means that differs from one of the list only in how it is typed, in the letter before
    /// it or in what is said after its code; nothing where it is like words of different meaning.
    pub(super) fn alike(&self, word: &str) -> Option<T> {
        let fold = folded(word);
        let meant = |word: &str| {
            let mut found = self.folded.iter().filter(|(known, _)| known == word).map(|(_, m)| m);
            let first = *found.next()?;
            found.all(|other| *other == first).then_some(first)?
        };
        let bare = without_letter(&fold).unwrap_or(&fold);
        meant(&fold).or_else(|| meant(bare)).or_else(|| meant(code_at_head(bare)?))
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
    fn a_word_typed_differently_means_the_same_unless_it_could_mean_two_things() {
        let list = WordList::new([
            ("MWBC - White", Some(1)),
            ("s) REFU", Some(2)),
            ("s) NOBT", Some(3)),
            ("a) Yes", Some(4)),
            ("A) yes", Some(5)),
            ("1A", Some(6)),
        ]);
        let words = ["MWBC \u{2013} white", "REFU", "t) nobt", "s)", "YES", "MWBC"];
        let found = words.map(|w| list.alike(w));
        assert_eq!(found, [Some(1), Some(2), Some(3), None, None, None]);
        let words = ["a) 1a: Individual", "1A \u{2013} family", "1A family", "11A: other"];
        assert_eq!(words.map(|w| list.alike(w)), [Some(6), Some(6), None, None]);
    }

    #[test]
    fn the_first_of_two_equal_words_holds() {
        let list = WordList::new([("Y", Some(1)), ("N", Some(2)), ("Y", Some(3)), ("?", None)]);
        assert_eq!(
            [list.get("Y"), list.get("N"), list.get("?"), list.get("")],
            [Some(1), Some(2), None, None]
        );
    }
}
