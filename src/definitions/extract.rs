//! Saved extracts: rows about single people, under the headers that somebody else has published.

use crate::calendar::Length;
use crate::definitions::expression::Checked;
use crate::definitions::feedback::Agencies;
use crate::definitions::framework::Reference;
use crate::definitions::place::Place;

/// The folder of a run with the saved extracts that belong to no row-level pack.
pub const EXTRACTS: &str = "restricted/extracts";

/// How days are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateForm {
    /// `2026-09-30`
    Iso,
    /// `30/09/2026`
    DayFirst,
}

/// Which days put a row in an extract: the last so many months up to and with the day of judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recent {
    /// The date of the unit that decides.
    pub date: String,
    /// Whether it is the parent's.
    pub parent: bool,
    /// How far back it may lie; the first day is the same date so much earlier.
    pub last: Length,
    /// Whether rows without that date are in, because they have not ended.
    pub or_open: bool,
}

/// A list with a row for each unit.
#[derive(Debug, Clone)]
pub struct Extract {
    /// Its name, also that of its file.
    pub id: String,
    /// What it is.
    pub title: String,
    /// Whose layout it follows.
    pub reference: Reference,
    /// The unit that each row is about.
    pub unit: String,
    /// Which of them by date; all if there is none.
    pub recent: Option<Recent>,
    /// Which of them otherwise; unit scope.
    pub among: Option<Checked>,
    /// Which of them come before all others; unit scope.
    pub first: Option<Checked>,
    /// How days are written.
    pub dates: DateForm,
    /// The columns, in order.
    pub columns: Vec<ExtractColumn>,
    /// How its rows belong to agencies, each of which may be told of its own.
    pub agencies: Option<Agencies>,
    /// Those who get all of it: audiences that may see rows about single cases.
    pub audiences: Vec<String>,
    /// Where it is defined.
    pub place: Place,
}

/// One column of an extract.
#[derive(Debug, Clone)]
pub struct ExtractColumn {
    /// The published header.
    pub header: String,
    /// What stands in it; unit scope.
    pub value: Checked,
    /// What our words are called there: word and text. Words without one stay as they are.
    pub codes: Vec<(String, String)>,
    /// What stands in it where nothing is recorded; nothing if it is not said.
    pub missing: String,
}

impl Extract {
    /// Where it stands in a run, unless it belongs to a row-level pack.
    #[must_use]
    pub fn file(&self) -> String {
        format!("{EXTRACTS}/{}.csv", self.id)
    }

    /// Everything that it asks of its units.
    pub fn expressions(&self) -> impl Iterator<Item = &Checked> {
        let conditions = self.among.iter().chain(&self.first);
        let agencies = self.agencies.iter().map(|a| &a.by);
        conditions.chain(agencies).chain(self.columns.iter().map(|c| &c.value))
    }
}
