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
    /// Weekend, bank holidays and the council's own closures.
    pub working_days: WorkingDays,
    /// Calendars of named periods (`terms`), by name.
    pub named_periods: BTreeMap<String, NamedPeriods>,
    /// The month in which the financial year starts (1 to 12).
    pub year_starts_in: u32,
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
}
