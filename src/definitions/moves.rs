//! Levels of help that children move between: what it is to be at a level, and what a move is called.
//!
//! The levels stand in order, those that do not help yet (the front door) below those that do. Below them all is
//! `none`. `docs/semantics.md` says to the day at which level a child is.

use std::sync::Arc;

use crate::calendar::Length;
use crate::definitions::expression::{Checked, CodeList, Type};

/// The column with the level that a child left.
pub const FROM: &str = "from_level";
/// The column with the level that it came to.
pub const TO: &str = "to_level";
/// The column with what kind of move it was.
pub const STEP: &str = "step";
/// The column with the first day at the new level.
pub const MOVED_ON: &str = "moved_on";
/// The column with how many years old the child was on that day.
pub const AGE: &str = "age_at_move";
/// The word for being at no level.
pub const NO_LEVEL: &str = "none";

/// The levels of a council.
#[derive(Debug, Clone, PartialEq)]
pub struct Ladder {
    /// How long a child still counts as at a level after its last day there, if nothing else has begun.
    pub lasts: Length,
    /// The levels above `none`, the lowest first.
    pub rungs: Vec<Rung>,
}

/// One level.
#[derive(Debug, Clone, PartialEq)]
pub struct Rung {
    /// Its name.
    pub name: String,
    /// Whether a child is helped there; at the front door it is only looked at.
    pub helps: bool,
    /// The rows that put a child there.
    pub rows: Vec<RungRows>,
}

/// Rows of one source that put children at a level.
#[derive(Debug, Clone, PartialEq)]
pub struct RungRows {
    /// The source.
    pub source: String,
    /// Which of its rows; all if it is not said. Row scope.
    pub among: Option<Checked>,
}

/// What kind of move a move is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Step {
    /// From nothing to the front door.
    Asked,
    /// From nothing, or the front door, to help.
    Began,
    /// From help to more help.
    Up,
    /// From help to less help.
    Down,
    /// From help to none.
    Ended,
    /// From the front door to nothing.
    NotHelped,
}

impl Step {
    /// The words, in the order of the kinds.
    pub const WORDS: [&'static str; 6] = ["asked", "began", "up", "down", "ended", "not_helped"];
}

impl Ladder {
    /// The words for the levels: `none`, then the rungs from the lowest up. A level is its place among these.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        std::iter::once(NO_LEVEL).chain(self.rungs.iter().map(|rung| rung.name.as_str()))
    }

    /// The sources that its rows come from, each once.
    #[must_use]
    pub fn sources(&self) -> Vec<&str> {
        let mut found = Vec::new();
        for rows in self.rungs.iter().flat_map(|rung| &rung.rows) {
            if !found.contains(&rows.source.as_str()) {
                found.push(rows.source.as_str());
            }
        }
        found
    }

    /// Whether a child is helped at a level.
    #[must_use]
    pub fn helps(&self, level: usize) -> bool {
        level.checked_sub(1).and_then(|at| self.rungs.get(at)).is_some_and(|rung| rung.helps)
    }

    /// What the move from one level to another is.
    #[must_use]
    pub fn step(&self, from: usize, to: usize) -> Step {
        match (self.helps(from), self.helps(to)) {
            (true, true) if to > from => Step::Up,
            (true, true) => Step::Down,
            (false, true) => Step::Began,
            (true, false) => Step::Ended,
            (false, false) if to > from => Step::Asked,
            (false, false) => Step::NotHelped,
        }
    }

    /// The columns of a move.
    #[must_use]
    pub fn columns(&self) -> [(&'static str, Type); 6] {
        let code =
            |words: Vec<String>| Type::Code(Arc::new(CodeList { codes: words, ordered: true }));
        let levels = code(self.words().map(str::to_owned).collect());
        let steps = code(Step::WORDS.map(str::to_owned).to_vec());
        [
            ("person_id", Type::Id("person".to_owned())),
            (MOVED_ON, Type::Date),
            (FROM, levels.clone()),
            (TO, levels),
            (STEP, steps),
            (AGE, Type::Number(Some("years".to_owned()))),
        ]
    }
}
