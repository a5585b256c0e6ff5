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
