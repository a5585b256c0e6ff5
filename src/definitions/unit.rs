//! Units, what can be counted, and groups, the people of a unit that a test is about.

use crate::definitions::expression::{Checked, Type};
use crate::definitions::moves::Ladder;
use crate::definitions::place::Place;
use crate::definitions::source::Source;

/// Where the rows of a unit come from.
#[derive(Debug, Clone, PartialEq)]
pub enum UnitRows {
    /// One row of a source is one unit.
    Source(String),
    /// Made by the engine: one row for each need identified in a case.
    CaseNeeds,
    /// Made by the engine: one row for each case, person, scale and domain that was scored.
    ScorePairs,
    /// Made by the engine: one row for each move of a child from one level of help to another.
    Moves(Ladder),
    /// Made by the engine: one row for each member of a group in the unit that it belongs to.
    Members {
        /// The group.
        group: String,
    },
}

/// The first day on which a member belonged to the family while the unit lasted.
pub const JOINED: &str = "joined_on";
/// The last such day; nothing while the member still belongs to it.
pub const LEFT: &str = "left_on";
/// The column of a member with how many years old it was on the day from which its unit has members.
pub const AGE: &str = "age_at_start";

/// The columns of a unit that is made of members: its person, the unit that it belongs to, what is
/// known of the person, its age, and the days of belonging. The anchors of the parent come on top.
#[must_use]
pub fn member_columns(parent: Option<&Source>, people: Option<&Source>) -> Vec<(String, Type)> {
    let mut columns = vec![("person_id".to_owned(), Type::Id("person".to_owned()))];
    if let Some(key) = parent.and_then(|s| s.column(s.key.first()?)) {
        columns.push((key.name.clone(), key.ty.clone()));
    }
    for column in people.iter().flat_map(|s| &s.columns) {
        if !columns.iter().any(|(name, _)| *name == column.name) {
            columns.push((column.name.clone(), column.ty.clone()));
        }
    }
    columns.push((AGE.to_owned(), Type::Number(Some("years".to_owned()))));
    columns.extend([JOINED, LEFT].map(|name| (name.to_owned(), Type::Date)));
    columns
}

/// Something that can be counted; one row each.
#[derive(Debug)]
pub struct Unit {
    /// Its name.
    pub id: String,
    /// What one of it is.
    pub title: String,
    /// The word for several of it on pages: `cases`, `contacts`, `needs`.
    pub plural: String,
    /// Where its rows come from.
    pub rows: UnitRows,
    /// For needs of cases: the framework whose needs these are; those of all frameworks if it is not
    /// said.
    pub framework: Option<String>,
    /// The unit it belongs to, reached through that unit's identifier (an assessment's case).
    pub of: Option<String>,
    /// Its named dates: anchor name and the column that holds it.
    pub anchors: Vec<(String, String)>,
    /// Where it is defined.
    pub place: Place,
}

impl Unit {
    /// The column behind an anchor.
    #[must_use]
    pub fn anchor(&self, name: &str) -> Option<&str> {
        self.anchors.iter().find(|(n, _)| n == name).map(|(_, c)| c.as_str())
    }
}

/// People within a unit, by a test on the person (row scope over `people`, and the unit's dates).
#[derive(Debug)]
pub struct Group {
    /// Its name.
    pub id: String,
    /// Who they are, in words.
    pub title: String,
    /// The condition; may use `age_on(…)`, `unit.…`, `window.start`, `has_this_need`.
    pub condition: Checked,
    /// Where it is defined.
    pub place: Place,
}

/// How rows about one entity reach a unit about another.
#[derive(Debug)]
pub struct Link {
    /// Its name.
    pub id: String,
    /// The source with both identifiers.
    pub source: String,
    /// The entity it leads from.
    pub from: String,
    /// The entity it leads to.
    pub to: String,
    /// Whether a row counts only while the link lasted.
    pub dated: bool,
}
