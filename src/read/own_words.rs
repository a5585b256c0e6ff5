//! What families said, in their own words: lines that a named person chose and for which there is consent. A file
//! beside the exports that people keep by hand; a council without one shows none.
//!
//! The engine chooses nothing and changes nothing. It refuses what looks as if it could say who somebody is; that
//! nothing else does is for whoever chooses.

use std::path::Path;

use serde::Deserialize;

use crate::calendar::Day;
use crate::definitions::Definitions;
use crate::read::register::Register;
use crate::read::{InputFile, ReadError};

/// The longest that is still one line.
const LONGEST: usize = 300;

/// A line of a family's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnWords {
    /// The day on which it was said.
    pub said_on: Day,
    /// The day on which consent was given to show it.
    pub consent_on: Day,
    /// Who said it.
    pub who: Speaker,
    /// The words.
    pub words: String,
    /// The audiences for which there is consent.
    pub consent_for: Vec<String>,
    /// Who chose it, by role.
    pub chosen_by: String,
}

impl OwnWords {
    /// Whether by this day it was said, and allowed to be shown.
    fn may_be_shown(&self, on: Day) -> bool {
        self.said_on <= on && self.consent_on <= on
    }
}

/// Who spoke: never more than this is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// A child or young person.
    Child,
    /// A parent.
    Parent,
    /// Anybody else who cares for a child.
    Carer,
}

impl Speaker {
    fn of(word: &str) -> Option<Self> {
        match word {
            "child" => Some(Self::Child),
            "parent" => Some(Self::Parent),
            "carer" => Some(Self::Carer),
            _ => None,
        }
    }

    /// Who it is, in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Child => "a child",
            Self::Parent => "a parent",
            Self::Carer => "a carer",
        }
    }
}

/// A line of the file.
#[derive(Deserialize)]
struct Line {
    said_on: String,
    who: String,
    words: String,
    consent_on: String,
    consent_for: String,
    chosen_by: String,
}

/// The file as a register.
const FILE: Register = Register { file: "words.csv", of: "families' own words" };

/// The lines of a folder, in the order of the file, and the file for the manifest. What was said or allowed after
/// the day of judgement is left out, so that a past month can be reported again.
///
/// # Errors
/// When the file is there and cannot be read as a register, when consent is not recorded, or when words look as if
/// they could say who somebody is.
pub(super) fn read(
    definitions: &Definitions,
    folder: &Path,
    files: &mut Vec<InputFile>,
) -> Result<Vec<OwnWords>, ReadError> {
    let as_at = definitions.project.as_at;
    let known = |audience: &str| definitions.audience(audience).is_some();
    let mut lines = FILE.read(folder, files, |row, line| own_words(row, line, known))?;
    lines.retain(|line| line.may_be_shown(as_at));
    Ok(lines)
}

fn own_words(row: u64, line: Line, known: impl Fn(&str) -> bool) -> Result<OwnWords, ReadError> {
    let wrong = |what: &str| FILE.wrong(row, what);
    let day = |text: &str, column: &str| {
        let day = Day::parse_iso(text);
        day.ok_or_else(|| wrong(&format!("has no day like 2026-09-30 in `{column}`")))
    };
    let said_on = day(&line.said_on, "said_on")?;
    if line.consent_on.is_empty() {
        return Err(wrong(
            "says nothing of consent: without it, nobody is shown what a family said",
        ));
    }
    let consent_on = day(&line.consent_on, "consent_on")?;
    let who = Speaker::of(&line.who);
    let who = who.ok_or_else(|| wrong("does not say `child`, `parent` or `carer` in `who`"))?;
    if line.words.is_empty() || line.words.chars().count() > LONGEST {
        return Err(wrong("has no words, or more than 300 characters of them"));
    }
    if let Some(what) = could_identify(&line.words) {
        return Err(wrong(what));
    }
    let consent_for: Vec<String> = line.consent_for.split_whitespace().map(str::to_owned).collect();
    if consent_for.is_empty() || !consent_for.iter().all(|audience| known(audience)) {
        return Err(wrong(
            "does not name the audiences for which there is consent, as the project file does",
        ));
    }
    if line.chosen_by.is_empty() {
        return Err(wrong("does not say who chose it"));
    }
    let Line { words, chosen_by, .. } = line;
    Ok(OwnWords { said_on, consent_on, who, words, consent_for, chosen_by })
}

/// What in these words looks as if it could say who somebody is: numbers, addresses, names.
pub(super) fn could_identify(words: &str) -> Option<&'static str> {
    if words.chars().any(char::is_numeric) {
        return Some(
            "has a number in its words: write ages and times in letters, and leave codes out",
        );
    }
    let lower = words.to_lowercase();
    if words.contains('@') || ["http", "www."].iter().any(|part| lower.contains(part)) {
        return Some("has an address in its words");
    }
    let mut begins = true;
    for word in words.split_whitespace() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        // “I”, “I'm”, “I’ve”: nobody's name.
        let own = bare.split(['\'', '’']).next() == Some("I");
        if !begins && !own && bare.chars().any(char::is_uppercase) {
            return Some(
                "has a capital letter inside a sentence, which may begin a name: write “my worker”, “our town”",
            );
        }
        begins = word.trim_end_matches(['"', '”', '’', '\'', ')']).ends_with(['.', '!', '?', '…']);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "said_on,who,words,consent_on,consent_for,chosen_by\n";

    fn of(lines: &str) -> Result<Vec<OwnWords>, String> {
        let known = |audience: &str| ["internal", "board"].contains(&audience);
        let entry = |row, line| own_words(row, line, known);
        FILE.parsed(&format!("{HEAD}{lines}"), entry).map_err(|e| e.to_string())
    }

    #[test]
    fn a_line_is_somebodys_words_with_consent_and_whoever_chose_it() {
        let line = "2026-09-30,parent,\"She listened. I'm calmer, and I sleep.\",2026-09-30,internal board,Participation lead\n";
        let found = of(line).expect("sound");
        assert_eq!(found[0].words, "She listened. I'm calmer, and I sleep.");
        assert_eq!(found[0].consent_for, ["internal", "board"]);
        assert_eq!((found[0].who, found[0].who.words()), (Speaker::Parent, "a parent"));
        assert_eq!(of("").expect("an empty register"), []);
    }

    #[test]
    fn a_line_may_be_shown_once_it_was_said_and_there_is_consent() {
        let day = |text| Day::parse_iso(text).expect("a day");
        for (line, from) in [
            ("2026-05-04,child,Better,2026-06-01,board,Lead\n", "2026-06-01"),
            ("2026-05-04,child,Better,2026-03-01,board,Lead\n", "2026-05-04"),
        ] {
            let found = of(line).expect("sound");
            assert!(found[0].may_be_shown(day(from)));
            assert!(!found[0].may_be_shown(Day(day(from).0 - 1)));
        }
    }

    #[test]
    fn whatever_could_say_who_somebody_is_is_refused() {
        for words in [
            "My worker Secret came",
            "We live in Secret",
            "The secret McSecret",
            "secret@example.org wrote",
            "Call me at www.secret.org",
            "My three boys are 4 and 7",
            "Secret number EH0000011",
        ] {
            let line = format!("2026-05-04,child,{words},2026-05-04,board,Lead\n");
            let said = of(&line).expect_err("it could say who somebody is");
            assert!(said.contains("in its words") || said.contains("may begin a name"), "{said}");
            assert!(said.contains("line 1") && !said.to_lowercase().contains("secret"), "{said}");
        }
        for words in
            ["It helped! My mum says so. I do", "\"Better.\" That is what I'd say", "i felt safe"]
        {
            assert_eq!(could_identify(words), None, "{words}");
        }
    }

    #[test]
    fn without_consent_nothing_is_shown() {
        for (line, says) in [
            ("2026-05-04,child,Secret,,board,Lead\n", "nothing of consent"),
            ("2026-05-04,child,Secret,yes,board,Lead\n", "in `consent_on`"),
            ("May,child,Secret,2026-09-30,board,Lead\n", "in `said_on`"),
            ("2026-05-04,child,Secret,2026-05-04,,Lead\n", "audiences for which there is consent"),
            (
                "2026-05-04,child,Secret,2026-05-04,board press,Lead\n",
                "audiences for which there is",
            ),
            ("2026-05-04,child,Secret,2026-05-04,board,\n", "who chose it"),
            ("2026-05-04,mother,Secret,2026-05-04,board,Lead\n", "`child`, `parent` or `carer`"),
            ("2026-05-04,child,,2026-05-04,board,Lead\n", "has no words"),
            ("2026-05-04,child\n", "columns of families' own words"),
        ] {
            let said = of(line).expect_err("it is wrong");
            assert!(said.contains(says) && said.contains("line 1"), "{said}");
            assert!(!said.to_lowercase().contains("secret"), "{said}");
        }
        let long = |n: usize| format!("2026-05-04,child,{},2026-05-04,board,Lead\n", "a".repeat(n));
        assert!(of(&long(LONGEST)).is_ok());
        assert!(of(&long(LONGEST + 1)).is_err());
    }
}
