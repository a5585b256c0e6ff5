//! Where the definitions in use depart from the files as they were shipped: what a council changed,
//! and what had to be left out.

use crate::calendar::Day;
use crate::definitions::Definitions;
use crate::definitions::place::Place;

/// A local change to a definition that somebody else wrote.
#[derive(Debug, Clone)]
pub struct Amendment {
    /// What is changed, by its whole name: `sf2022.outcome.adult_in_work`, `parameter.x`.
    pub of: String,
    /// Why.
    pub why: String,
    /// Who agreed to it.
    pub agreed_by: String,
    /// When they did.
    pub agreed_on: Day,
    /// Each key that now says something else.
    pub changes: Vec<Change>,
    /// Whether examples that stand in other files no longer count for this definition.
    pub own_examples: bool,
    /// The file that holds the amendment, by its `id`.
    pub file: String,
    /// Where it stands.
    pub place: Place,
}

/// One key of a definition before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The way to the key: `test.working.expect`.
    pub key: String,
    /// What the shipped file says, as written; nothing where the key is new.
    pub was: Option<String>,
    /// What holds here, as written.
    pub becomes: String,
}

impl Amendment {
    /// One line a change: `sustained: "13 weeks" becomes "26 weeks"`.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let line = |c: &Change| match &c.was {
            Some(was) => format!("{}: {was} becomes {}", c.key, c.becomes),
            None => format!("{}: {} is new", c.key, c.becomes),
        };
        self.changes.iter().map(line).collect()
    }

    /// Why, who and when, in a sentence.
    #[must_use]
    pub fn reason(&self) -> String {
        let why = self.why.trim_end_matches('.');
        format!("{why} (agreed by {} on {})", self.agreed_by, self.agreed_on)
    }
}

/// A definition that was left out so that the others could go on.
#[derive(Debug, Clone)]
pub struct Dropped {
    /// What is missing: `sf2022.outcome.not_missing`.
    pub name: String,
    /// The mistake in it, or the dropped definition that it rests on.
    pub because: String,
    /// Where the mistake or the use stands.
    pub place: Option<Place>,
    /// Whether it has a mistake of its own; if not, it rests on something that has.
    pub mistaken: bool,
}

impl Definitions {
    /// The local changes to a definition, by its whole name.
    pub fn amendments_of(&self, name: &str) -> impl Iterator<Item = &Amendment> {
        self.amendments.iter().filter(move |a| a.of == name)
    }

    /// What every output says at its head when definitions were left out.
    #[must_use]
    pub fn left_out(&self) -> Option<String> {
        let names: Vec<&str> = self.dropped.iter().map(|d| d.name.as_str()).collect();
        let (count, were) = match names.len() {
            0 => return None,
            1 => ("One definition", "was"),
            _ => ("Some definitions", "were"),
        };
        Some(format!(
            "{count} {were} left out because of mistakes in the definition files, and every figure that rests on them is missing: {}.",
            names.join(", ")
        ))
    }
}
