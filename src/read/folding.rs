//! Words that differ only in how they were typed: blanks, dashes, quotes and capitals.
//!
//! Case systems, Word and Excel exchange a plain apostrophe for a curly one, a hyphen for a dash, a
//! blank for one that does not break. Column names and code words are first looked for as they stand;
//! only what is not found is looked for folded. What is kept is always the original.

/// A word without its accidents. Blanks are single, dashes and quotes plain, letters small.
pub(super) fn folded(text: &str) -> String {
    let plain = text.chars().filter_map(|c| match c {
        '\u{feff}' | '\u{200b}' => None,
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Some('-'),
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '`' | '\u{b4}' => Some('\''),
        '\u{201c}' | '\u{201d}' => Some('"'),
        c if c.is_whitespace() => Some(' '),
        c => Some(c),
    });
    let plain: String = plain.flat_map(char::to_lowercase).collect();
    let mut words = plain.split(' ').filter(|w| !w.is_empty());
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |text, word| text + " " + word)
}

/// A folded code word without the letter that some returns put before it: `a) Male`. Two codes may
/// share a letter, so that the letter is no code.
pub(super) fn without_letter(folded: &str) -> Option<&str> {
    let (letter, word) = folded.split_once(") ")?;
    (letter.len() == 1 && letter.bytes().all(|b| b.is_ascii_lowercase())).then_some(word)
}

/// The code at the head of a folded word that goes on to say what it means: `1a: individual`,
/// `n1 - abuse or neglect`.
pub(super) fn code_at_head(folded: &str) -> Option<&str> {
    let at = folded.find(':').into_iter().chain(folded.find(" - ")).min()?;
    folded.get(..at).map(str::trim_end).filter(|code| !code.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_typed_differently_fold_alike() {
        for (a, b) in [
            ("Child\u{2019}s disability ", "child's Disability"),
            ("MWBC \u{2013} White", "MWBC - White"),
            ("Date\u{a0}of\nBirth", "Date of Birth"),
            ("\u{feff}Child Unique ID", "Child  unique id"),
        ] {
            assert_eq!(folded(a), folded(b));
        }
        assert_ne!(folded("CIN Start Date"), folded("CIN Start-Date"));
    }

    #[test]
    fn a_code_is_what_stands_before_its_words() {
        assert_eq!(code_at_head("1a: individual"), Some("1a"));
        assert_eq!(code_at_head("n1 - abuse: or neglect"), Some("n1"));
        assert_eq!(code_at_head("step-down"), None);
        assert_eq!(code_at_head(": x"), None);
    }

    #[test]
    fn only_a_single_letter_is_taken_off() {
        assert_eq!(without_letter("s) refu"), Some("refu"));
        assert_eq!(without_letter("rc1) adopted"), None);
        assert_eq!(without_letter("1) one"), None);
    }
}
