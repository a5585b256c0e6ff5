//! The row ledger: what became of every row.

use std::fmt;

use crate::definitions::source::Source;

/// Why a row was quarantined.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// A column that every row must have is empty.
    Missing,
    /// The text is no date in any of the mapping's forms.
    NotADate,
    /// The text is no number.
    NotANumber,
    /// The word is not in the code map, or not a declared code.
    UnknownCode,
    /// The identifier is not in the crosswalk.
    NotInCrosswalk,
    /// The calendar has no period of this name.
    NotInCalendar,
    /// A date after the day on which everything is judged.
    InTheFuture,
    /// The end comes before the start.
    EndsBeforeStart,
    /// A score outside the scale, or between its steps.
    NotOnTheScale,
    /// A share below nought or above one, such as more sessions attended than possible.
    ImpossibleShare,
    /// Another row has the same key and other values.
    KeyRepeated,
    /// The line has more fields than the header.
    TooManyFields,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "a required value is missing",
            Self::NotADate => "not a date in the expected form",
            Self::NotANumber => "not a number",
            Self::UnknownCode => "a word that the code map does not know",
            Self::NotInCrosswalk => "an identifier that the crosswalk does not know",
            Self::NotInCalendar => "a period that the calendar does not know",
            Self::InTheFuture => "a date in the future",
            Self::EndsBeforeStart => "ends before it starts",
            Self::NotOnTheScale => "not a score of this scale",
            Self::ImpossibleShare => "a share below 0 or above 1",
            Self::KeyRepeated => "the same key as an earlier row, with other values",
            Self::TooManyFields => "more fields than the header has",
        })
    }
}

impl Reason {
    /// How such a row is mended, and where.
    #[must_use]
    pub fn mend(&self) -> &'static str {
        match self {
            Self::Missing => "Fill in the column in the system that the export comes from",
            Self::NotADate => "Correct the date, or declare its form in the mapping",
            Self::NotANumber => "Write digits only",
            Self::UnknownCode => "Correct the word, or add it to the code map",
            Self::NotInCrosswalk => "Add the identifier to the crosswalk",
            Self::NotInCalendar => "Correct the name, or add the period to the calendar",
            Self::InTheFuture => "Correct the date: it lies behind the day of the report",
            Self::EndsBeforeStart => "Correct whichever of the two dates is wrong",
            Self::NotOnTheScale => "Look the score up on the form, and correct it",
            Self::ImpossibleShare => "Ask the supplier for both counts again",
            Self::KeyRepeated => "Merge the two records, or give one of them its own identifier",
            Self::TooManyFields => "Put quotation marks around fields with a separator in them",
        }
    }
}

/// The rules by which sound rows are left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    /// The row repeats an earlier one in every column.
    ExactDuplicate,
    /// Its episode is that of an earlier spell.
    Merged,
    /// It lies wholly inside another spell.
    Contained,
    /// It is about somebody or something that no used row of the owning source has.
    NotIn {
        /// The source that owns the identifier.
        owner: String,
    },
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ExactDuplicate => f.write_str("repeats an earlier row exactly"),
            Self::Merged => f.write_str("is part of the episode that an earlier spell began"),
            Self::Contained => f.write_str("lies wholly inside another spell"),
            Self::NotIn { owner } => write!(f, "refers to nobody in `{owner}`"),
        }
    }
}

impl LeftOut {
    /// How such a row is mended, where it needs mending.
    #[must_use]
    pub fn mend(&self) -> &'static str {
        match self {
            Self::ExactDuplicate => "Nothing is lost; look why it was exported twice",
            Self::Merged | Self::Contained => "Nothing: the source makes episodes of its spells",
            Self::NotIn { .. } => {
                "Add the missing record to the other export, or correct the identifier"
            }
        }
    }
}

/// A row that is not used: where it stands and why. Never what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside<R> {
    /// The data row, counted from 1 below the header.
    pub row: u32,
    /// The column of the export, or of the source where none stands behind it.
    pub column: String,
    /// Why.
    pub why: R,
}

/// The ledger of one source.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceLedger {
    /// The source.
    pub source: String,
    /// Its title.
    pub title: String,
    /// The file.
    pub file: String,
    /// The line of the file on which data row 1 stands, to find a row by its line.
    pub first_line: usize,
    /// Rows read.
    pub read: u64,
    /// Rows used.
    pub used: u64,
    /// Rows quarantined, by row.
    pub quarantined: Vec<SetAside<Reason>>,
    /// Rows left out by rule, by row.
    pub left_out: Vec<SetAside<LeftOut>>,
    /// Dates that mean "nothing recorded" and were taken as such.
    pub null_dates: u64,
    /// Words that the code map does not know and that became another value or none.
    pub unmapped_words: u64,
}

impl SourceLedger {
    /// Whether every row has ended in exactly one place.
    #[must_use]
    pub fn sums(&self) -> bool {
        let aside = self.quarantined.len() + self.left_out.len();
        u64::try_from(aside).is_ok_and(|aside| self.read == self.used + aside)
    }

    /// How many rows were quarantined for each reason, in a fixed order.
    #[must_use]
    pub fn reasons(&self) -> Vec<(Reason, u64)> {
        counted(self.quarantined.iter().map(|q| q.why.clone()))
    }

    /// How many rows each rule left out, in a fixed order.
    #[must_use]
    pub fn rules(&self) -> Vec<(LeftOut, u64)> {
        counted(self.left_out.iter().map(|q| q.why.clone()))
    }
}

fn counted<T: Ord>(items: impl Iterator<Item = T>) -> Vec<(T, u64)> {
    let mut counts = std::collections::BTreeMap::new();
    for item in items {
        *counts.entry(item).or_insert(0) += 1;
    }
    counts.into_iter().collect()
}

/// The ledger of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    /// One entry a source.
    pub sources: Vec<SourceLedger>,
}

impl Ledger {
    /// Whether every source sums.
    #[must_use]
    pub fn sums(&self) -> bool {
        self.sources.iter().all(SourceLedger::sums)
    }

    pub(super) fn in_order_of(&mut self, sources: &[Source]) {
        let place = |id: &str| sources.iter().position(|s| s.id == id);
        self.sources.sort_by_key(|l| place(&l.source));
    }
}
