//! The project file: the council, the only "today", and the thresholds councils argue about.

use std::collections::BTreeMap;

use crate::calendar::{Calendars, Day, NamedPeriods, WorkingDays};
use crate::definitions::expression::{Literal, Type};

/// What a council says once about itself and its calendar.
#[derive(Debug)]
pub struct Project {
    /// The council's name, as it stands on every page.
    pub council: String,
    /// The title of its outcome framework.
    pub title: String,
    /// The only clock: nothing else knows which day it is.
    pub as_at: Day,
    /// The first day that the exports cover; periods that begin before it are neither watched nor drawn.
    pub begins: Option<Day>,
    /// Weekend, bank holidays and the council's own closures.
    pub working_days: WorkingDays,
    /// Calendars of named periods (`terms`), by name.
    pub named_periods: BTreeMap<String, NamedPeriods>,
    /// The month in which the financial year starts (1 to 12).
    pub year_starts_in: u32,
    /// The local authority by its codes, if open data are wanted.
    pub local_authority: Option<LocalAuthority>,
    /// Whom readers can ask: about what, and whom.
    pub contacts: Vec<(String, String)>,
    /// Words that readers may not know, and what they mean.
    pub glossary: Vec<(String, String)>,
    /// Named thresholds.
    pub parameters: Vec<Parameter>,
}

impl Project {
    /// What tells how long working days and terms are.
    #[must_use]
    pub fn calendars(&self) -> Calendars<'_> {
        Calendars { working_days: &self.working_days, named: &self.named_periods }
    }
}

/// The codes by which open data name a local authority and its region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalAuthority {
    /// The nine characters of the Office for National Statistics: `E10000099`.
    pub code: String,
    /// The three digits of the Department for Education: `999`.
    pub old_code: String,
    /// The code of its region: `E12000009`.
    pub region_code: String,
    /// The name of its region.
    pub region: String,
}

/// A named, typed threshold that local policy may change in one line.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name in expressions: `param.name`.
    pub id: String,
    /// What it means.
    pub title: String,
    /// Its type, with the unit of a number.
    pub ty: Type,
    /// Its value.
    pub value: Literal,
    /// The version of what it belongs to and was agreed on together: "1 of April 2026".
    pub version: Option<String>,
}
