//! Audits of outcomes: what a sample is drawn from, in which strata, and what an auditor answers.

use crate::calendar::Length;
use crate::definitions::expression::Checked;
use crate::definitions::place::Place;

/// An audit of outcomes that count as met.
#[derive(Debug, Clone)]
pub struct OutcomeAudit {
    /// Its name.
    pub id: String,
    /// What it is.
    pub title: String,
    /// What the auditor is asked of each outcome.
    pub question: String,
    /// The extract, of needs of cases, whose rows may be drawn. Who may see the extract may see the sample.
    pub extract: String,
    /// What may be drawn, by risk: an outcome belongs to the first stratum that it fits.
    pub strata: Vec<AuditStratum>,
    /// Extracts whose rows about the cases of the sample stand beside it, the case first.
    pub lists: Vec<String>,
    /// How many of the drawn a second auditor looks at, on a sheet of their own; none if it is not said.
    pub second: Option<Take>,
    /// Why an auditor may disagree: word and text.
    pub reasons: Vec<(String, String)>,
    /// Where it is defined.
    pub place: Place,
}

/// Outcomes of one kind of risk.
#[derive(Debug, Clone)]
pub struct AuditStratum {
    /// Its name.
    pub id: String,
    /// What they have in common.
    pub title: String,
    /// Which outcomes; unit scope of the extract.
    pub among: Option<Checked>,
    /// Those with a window that ended so shortly before the day of judgement, or with a spell that ended so shortly
    /// after its window.
    pub just_over: Option<Length>,
    /// Those with such rows, and no others, behind the tests of the outcome that hold.
    pub rests_on: Vec<RestsOn>,
    /// How many of them are drawn.
    pub take: Take,
}

/// Rows of one source.
#[derive(Debug, Clone)]
pub struct RestsOn {
    /// The source.
    pub source: String,
    /// Which of its rows; the columns of one row.
    pub condition: Option<Checked>,
}

/// How many of a stratum are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    /// Each of them.
    All,
    /// So many, or all if there are fewer.
    Number(u32),
    /// So many in a hundred, rounded up.
    PerCent(u32),
}

impl Take {
    /// How many that are, of so many.
    #[must_use]
    pub fn of(self, there: usize) -> usize {
        match self {
            Self::All => there,
            Self::Number(n) => there.min(n as usize),
            Self::PerCent(share) => (there * share as usize).div_ceil(100),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Take;

    #[test]
    fn a_share_is_rounded_up_and_no_more_are_taken_than_there_are() {
        assert_eq!([Take::All, Take::Number(7), Take::PerCent(10)].map(|t| t.of(5)), [5, 5, 1]);
        assert_eq!(
            [Take::Number(7), Take::PerCent(10), Take::PerCent(100)].map(|t| t.of(0)),
            [0; 3]
        );
        assert_eq!(
            [Take::Number(7), Take::PerCent(10), Take::PerCent(100)].map(|t| t.of(81)),
            [7, 9, 81]
        );
    }
}
