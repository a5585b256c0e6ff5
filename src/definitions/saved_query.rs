//! Saved questions: those that somebody asks again and again, under a name, so that each is answered alike.

use crate::calendar::PeriodKind;
use crate::definitions::framework::Reference;
use crate::definitions::place::Place;

/// How many breakdowns a question may cross.
pub const MOST_CROSSED: usize = 3;

/// A saved question.
#[derive(Debug, Clone)]
pub struct SavedQuery {
    /// Its name.
    pub id: String,
    /// What is asked, in words.
    pub title: String,
    /// Who asks it, and where that is said.
    pub reference: Reference,
    /// What answers it.
    pub answer: AnsweredBy,
    /// Who is told the answer.
    pub audience: String,
    /// Where it is defined.
    pub place: Place,
}

/// What answers a saved question.
#[derive(Debug, Clone)]
pub enum AnsweredBy {
    /// Measures, each in a table of its own.
    Measures {
        /// The measures, in order.
        measures: Vec<String>,
        /// The breakdowns to split by.
        by: Vec<String>,
        /// The kind of period: the newest complete one unless another is asked for.
        period: PeriodKind,
    },
    /// A list of single cases.
    Extract(String),
}
