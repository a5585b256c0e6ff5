//! Data checks: what must not be so in the records, how grave it is, and how it is mended.

use std::fmt;

use crate::definitions::expression::Checked;
use crate::definitions::place::Place;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// A child may be unseen, or what is said of a whole case is wrong: mend it this week.
    HighPriority,
    /// Certainly wrong: some figure is off until it is mended.
    Error,
    /// Unlikely, and sometimes right: somebody should look.
    Warning,
}

impl Grade {
    /// All grades, gravest first.
    pub const ALL: [Self; 3] = [Self::HighPriority, Self::Error, Self::Warning];

    /// Its word in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::HighPriority => "high_priority",
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// For pages: `High priority`.
impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HighPriority => "High priority",
            Self::Error => "Error",
            Self::Warning => "Warning",
        })
    }
}

/// Which quality of data a check is about: the dimensions of the Government Data Quality Framework
/// that records can show by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quality {
    /// Something that should be recorded is not.
    Completeness,
    /// A value cannot be, whatever else is recorded.
    Validity,
    /// Two records, or two values of one, cannot both be right.
    Consistency,
    /// The same thing is recorded more than once.
    Uniqueness,
    /// Something is not recorded, or not done, in time.
    Timeliness,
}

impl Quality {
    /// Its word in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Completeness => "completeness",
            Self::Validity => "validity",
            Self::Consistency => "consistency",
            Self::Uniqueness => "uniqueness",
            Self::Timeliness => "timeliness",
        }
    }
}

/// What is wrong with a row.
#[derive(Debug, Clone)]
pub enum Fault {
    /// A condition that must not be true. A condition that comes to nothing is no fault.
    Holds {
        /// The condition.
        condition: Checked,
        /// The share of rows of which it is true when all is well. There is a finding only when the
        /// lower end of the 95% interval of the share lies above.
        by_chance: Option<f64>,
    },
    /// Another row has the same values in all of these columns. Nothing equals nothing.
    Repeated(Vec<String>),
    /// Another spell with the same values in these columns lasts on the same day. The day on which
    /// a spell ends is not counted, unless it is its only day: one may begin where another ends.
    Overlapping(Vec<String>),
    /// No row of another source is about the same thing.
    Without(Without),
}

/// Where a row is looked for that should be there.
#[derive(Debug, Clone)]
pub struct Without {
    /// The other source.
    pub source: String,
    /// The column of this source with the identifier, and that of the other.
    pub columns: (String, String),
    /// Which rows of the other source count; all if there is none.
    pub condition: Option<Checked>,
}

/// A check of the rows of one source.
#[derive(Debug, Clone)]
pub struct DataCheck {
    /// Its name.
    pub id: String,
    /// What is wrong, in a few words: "Closed without a reason".
    pub title: String,
    /// The source whose rows are looked at.
    pub source: String,
    /// Which of them; all if there is none.
    pub among: Option<Checked>,
    /// What is wrong with a row that is found.
    pub fault: Fault,
    /// Which quality of the data it is about.
    pub quality: Quality,
    /// How grave it is.
    pub grade: Grade,
    /// Why it matters.
    pub why: String,
    /// How it is mended.
    pub mend: String,
    /// Who mends it.
    pub mended_by: String,
    /// The breakdowns that its findings are split by.
    pub by: Vec<String>,
    /// Those who are told of it.
    pub audiences: Vec<String>,
    /// Where it is defined.
    pub place: Place,
}

impl DataCheck {
    /// The conditions that it is made of, over its own rows.
    pub fn conditions(&self) -> impl Iterator<Item = &Checked> {
        let fault = match &self.fault {
            Fault::Holds { condition, .. } => Some(condition),
            _ => None,
        };
        self.among.iter().chain(fault)
    }

    /// The columns whose values are compared between rows.
    #[must_use]
    pub fn compared(&self) -> &[String] {
        match &self.fault {
            Fault::Repeated(columns) | Fault::Overlapping(columns) => columns,
            _ => &[],
        }
    }
}
