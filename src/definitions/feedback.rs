//! Feedback to those who refer: what became of what each agency referred, by the agency's own references.
//!
//! An extract that knows agencies is a list of everybody's referrals. An audience is given those of its rows
//! that are its own, and only where an agreement says that it may have them.

use crate::calendar::Day;
use crate::definitions::expression::Checked;
use crate::definitions::extract::Extract;

/// The folder of a run with what each agency is told of its own referrals.
pub const FEEDBACK: &str = "restricted/feedback";

/// How the rows of an extract belong to agencies.
#[derive(Debug, Clone)]
pub struct Agencies {
    /// The agency that a row belongs to: a code; unit scope.
    pub by: Checked,
    /// The place of the column with what that agency calls the row.
    pub reference: usize,
}

/// An agreement by which an audience is told what became of its own referrals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feedback {
    /// The agreement, as those who made it call it.
    pub agreement: String,
    /// The last day on which it holds, if it has one.
    pub until: Option<Day>,
    /// The extract that it is about: one that knows agencies.
    pub list: String,
    /// The codes of the audience's own agencies. No other audience has any of them.
    pub of: Vec<String>,
}

impl Feedback {
    /// Whether the agreement still holds on a day.
    #[must_use]
    pub fn holds_on(&self, day: Day) -> bool {
        self.until.is_none_or(|until| day <= until)
    }

    /// Whether the rows of an agency are the audience's own. Rows of nobody are nobody's own.
    #[must_use]
    pub fn is_own(&self, agency: Option<&str>) -> bool {
        agency.is_some_and(|agency| self.of.iter().any(|own| own == agency))
    }
}

/// Where a run puts what an audience is told.
#[must_use]
pub fn file(audience: &str, list: &Extract) -> String {
    format!("{FEEDBACK}/{audience}/{}.csv", list.id)
}
