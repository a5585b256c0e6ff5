//! Sources: what a definition may talk about, declared once and fed by a council's mapping.

use crate::definitions::expression::{Checked, Type};
use crate::definitions::place::Place;

/// What the rows of a source are; it decides which windows and functions make sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// One row for each key.
    Entity,
    /// Something happened on a day.
    Event {
        /// The column with the day.
        date: String,
    },
    /// A value observed on a day.
    Reading {
        /// The column with the day.
        date: String,
    },
    /// A value for a named stretch of time, such as a term.
    Period {
        /// The column with the first day.
        start: String,
        /// The column with the last day.
        end: String,
        /// The calendar of named periods.
        calendar: String,
    },
    /// From a start to an end; no end means still open.
    Spell {
        /// The column with the first day.
        start: String,
        /// The column with the last day.
        end: String,
    },
}

impl Shape {
    /// The columns with the first and the last day of a row; the same column twice for a single day.
    #[must_use]
    pub fn dates(&self) -> Option<(&str, &str)> {
        match self {
            Self::Entity => None,
            Self::Event { date } | Self::Reading { date } => Some((date, date)),
            Self::Period { start, end, .. } | Self::Spell { start, end } => Some((start, end)),
        }
    }
}

/// What it means that a source has no rows about somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// The feed would have told us: nothing happened.
    None,
    /// It means nothing.
    Unknown,
}

/// How episodes are made of raw spells. Rows with the same values in `per` may be of one episode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Episodes {
    /// The columns that say whose the spells are, and of what kind.
    pub per: Vec<String>,
    /// What becomes of spells that overlap.
    pub overlap: Overlap,
    /// Columns that an episode has from the spell that ends last, not from the one that starts first.
    pub from_last: Vec<String>,
}

/// What becomes of spells of one person that overlap or follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overlap {
    /// They are one episode, also where no more than so many days lie between.
    Merge {
        /// Days without a spell that an episode bridges.
        gap_days: i32,
    },
    /// A spell that lies wholly inside another is left out; the others stay as they are.
    DropContained,
}

/// A logical table.
#[derive(Debug)]
pub struct Source {
    /// Its name.
    pub id: String,
    /// What it holds, in words.
    pub title: String,
    /// What its rows are.
    pub shape: Shape,
    /// The entity each row is about: `person`, `family`, `case`, `worker`…
    pub about: String,
    /// The columns that together name a row; checked for uniqueness when read.
    pub key: Vec<String>,
    /// What silence means.
    pub no_rows: Silence,
    /// How episodes are made of its spells; nothing when each row is one.
    pub episodes: Option<Episodes>,
    /// Its columns in declared order.
    pub columns: Vec<Column>,
    /// Where it is defined.
    pub place: Place,
}

impl Source {
    /// A column by name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// The first column that holds the identifier of `entity`.
    #[must_use]
    pub fn id_column(&self, entity: &str) -> Option<&Column> {
        self.columns.iter().find(|c| matches!(&c.ty, Type::Id(of) if of == entity))
    }

    /// The entity whose identifiers it owns: its key is that one identifier.
    #[must_use]
    pub fn owned_entity(&self) -> Option<&str> {
        let [only] = self.key.as_slice() else { return None };
        match &self.column(only)?.ty {
            Type::Id(entity) => Some(entity),
            _ => None,
        }
    }

    /// What its rows are about besides what they own: for each identifier of something else, its
    /// entity, the column, and the source that has one row for each of these.
    #[must_use]
    pub fn related<'s>(&'s self, sources: &'s [Self]) -> Vec<Related<'s>> {
        let mut found: Vec<Related<'s>> = Vec::new();
        for column in &self.columns {
            let Type::Id(entity) = &column.ty else { continue };
            let owner = sources.iter().find(|s| s.owned_entity() == Some(entity));
            let known = found.iter().any(|r| r.entity == entity);
            if let Some(owner) = owner.filter(|o| o.id != self.id && !known) {
                found.push(Related { entity, column: &column.name, owner });
            }
        }
        found
    }

    /// The column of its own, or else of what its rows are about, that is called so: its name where
    /// related columns stand beside the row (`case.team`), and its type.
    #[must_use]
    pub fn own_or_related(&self, name: &str, sources: &[Self]) -> Option<(String, Type)> {
        if let Some(own) = self.column(name) {
            return Some((name.to_owned(), own.ty.clone()));
        }
        self.related(sources).into_iter().find_map(|related| {
            let column = related.owner.column(name)?;
            Some((related.name_of(name), column.ty.clone()))
        })
    }
}

/// Something that the rows of a source are about, each row about one.
#[derive(Debug, Clone, Copy)]
pub struct Related<'s> {
    /// What it is: `case`.
    pub entity: &'s str,
    /// The column with its identifier.
    pub column: &'s str,
    /// The source with one row for each.
    pub owner: &'s Source,
}

impl Related<'_> {
    /// What a column of it is called beside a row: `case.closed_on`.
    #[must_use]
    pub fn name_of(&self, column: &str) -> String {
        format!("{}.{column}", self.entity)
    }
}

/// One column of a source.
#[derive(Debug)]
pub struct Column {
    /// Its name in expressions.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Whether a row may lack it.
    pub optional: bool,
    /// How it follows from the other columns, if it is not read; row scope.
    pub formula: Option<Checked>,
    /// For scores: the column that says on which scale.
    pub scale_column: Option<String>,
}
