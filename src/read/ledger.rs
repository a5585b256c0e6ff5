//! The row ledger: what became of every row.

use std::collections::BTreeMap;
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
    /// The row does not keep the map's `keep_when`.
    KeepWhen,
    /// Whether it keeps the map's `keep_when` cannot be said: a value that it asks for is missing.
    KeepWhenUnknown,
    /// The row repeats an earlier one in every column.
    ExactDuplicate,
    /// A later file has a row with the same key.
    Superseded,
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

impl LeftOut {
    /// Whether another row says the same, or stands in its place.
    #[must_use]
    pub fn is_repeated(&self) -> bool {
        matches!(self, Self::ExactDuplicate | Self::Superseded)
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeepWhen => f.write_str("left out by `keep_when`"),
            Self::KeepWhenUnknown => {
                f.write_str("left out by `keep_when`: a value that it asks for is missing")
            }
            Self::ExactDuplicate => f.write_str("repeats an earlier row exactly"),
            Self::Superseded => f.write_str("a later file has a row with the same key"),
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
            Self::KeepWhen | Self::Superseded => "Nothing: the mapping says so",
            Self::KeepWhenUnknown => {
                "Fill in the value that the rule asks for, or say in the rule what its absence means"
            }
            Self::ExactDuplicate => "Nothing is lost; look why it was exported twice",
            Self::Merged | Self::Contained => "Nothing: the source makes episodes of its spells",
            Self::NotIn { .. } => {
                "Add the missing record to the other export, or correct the identifier"
            }
        }
    }
}

/// Something about the values of a column that did not cost their rows, and that somebody should know.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Oddity {
    /// A date that means "nothing recorded" and was taken as such.
    NullDate,
    /// A word that the code map does not know and that became another value or none.
    UnmappedWord,
    /// An error of a spreadsheet or a library (`#N/A`, `nan`), taken as nothing recorded.
    ErrorValue,
    /// A formula whose value the file does not hold, taken as nothing recorded.
    FormulaWithoutValue,
    /// Text that was read in another encoding than it was written in (`Ã©` for `é`).
    Mojibake,
    /// An identifier with the wrong check character.
    WrongCheckCharacter,
    /// Dates in this form, where the map allows several.
    DateForm(String),
    /// Rows that reached our identifier by this tier of a crosswalk.
    Matched(String),
    /// Rows for which a tier of a crosswalk knew more than one of ours, and so none.
    Ambiguous(String),
}

impl fmt::Display for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NullDate => f.write_str("dates that mean that nothing was recorded"),
            Self::UnmappedWord => f.write_str("words that the code map does not know"),
            Self::ErrorValue => f.write_str("error values, taken as nothing recorded"),
            Self::FormulaWithoutValue => {
                f.write_str("formulae without a saved value, taken as nothing recorded")
            }
            Self::Mojibake => f.write_str("text that was read in the wrong encoding"),
            Self::WrongCheckCharacter => f.write_str("identifiers with a wrong check character"),
            Self::DateForm(form) => write!(f, "dates written as {form}"),
            Self::Matched(tier) => write!(f, "matched by {tier}"),
            Self::Ambiguous(tier) => write!(f, "matched nobody, because {tier} fits several"),
        }
    }
}

/// Counts of oddities by column of the export. They add up over batches and files.
pub(super) type Oddities = BTreeMap<(String, Oddity), u64>;

/// A file that fed a source, and how it is written where the map did not say so.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileRead {
    /// Its name within the input folder.
    pub name: String,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The encoding of a text file.
    pub encoding: Option<&'static str>,
    /// The field separator of a text file.
    pub delimiter: Option<char>,
    /// The line with the column names, counted from 1; 0 where there is none.
    pub header_row: usize,
    /// Its data rows.
    pub rows: u64,
    /// Lines without any value that are no rows: after how many data rows, and how many lines.
    pub blank_lines: Vec<(u64, usize)>,
}

impl FileRead {
    /// The line of the file on which a data row stands, counted from 1. True for text files without
    /// line breaks inside fields.
    #[must_use]
    pub fn line(&self, row: u64) -> u64 {
        let blank = self.blank_lines.iter().take_while(|(after, _)| *after < row);
        let blank: usize = blank.map(|(_, lines)| lines).sum();
        self.header_row as u64 + row + blank as u64
    }
}

/// A row that is not used: where it stands and why. Never what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside<R> {
    /// The data row, counted from 1 over all files of the source; [`SourceLedger::place`] says in
    /// which it is.
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
    /// The files that fed it, in the order in which their rows are counted.
    pub files: Vec<FileRead>,
    /// Rows read.
    pub read: u64,
    /// Rows used.
    pub used: u64,
    /// Rows quarantined, by row.
    pub quarantined: Vec<SetAside<Reason>>,
    /// Rows left out by rule, by row.
    pub left_out: Vec<SetAside<LeftOut>>,
    /// What else is odd, by column of the export, with the number of rows.
    pub oddities: BTreeMap<(String, Oddity), u64>,
}

impl SourceLedger {
    /// Whether every row has ended in exactly one place.
    #[must_use]
    pub fn sums(&self) -> bool {
        let aside = self.quarantined.len() + self.left_out.len();
        u64::try_from(aside).is_ok_and(|aside| self.read == self.used + aside)
    }

    /// The file in which a row of the source stands, and its number there, counted from 1.
    #[must_use]
    pub fn place(&self, row: u32) -> Option<(&FileRead, u64)> {
        let mut row = u64::from(row);
        for file in &self.files {
            if row <= file.rows {
                return Some((file, row));
            }
            row -= file.rows;
        }
        None
    }

    /// Dates that mean "nothing recorded" and were taken as such.
    #[must_use]
    pub fn null_dates(&self) -> u64 {
        self.count(&Oddity::NullDate)
    }

    /// Words that the code map does not know and that became another value or none.
    #[must_use]
    pub fn unmapped_words(&self) -> u64 {
        self.count(&Oddity::UnmappedWord)
    }

    /// How many rows show an oddity, over all columns.
    #[must_use]
    pub fn count(&self, of: &Oddity) -> u64 {
        self.oddities.iter().filter(|((_, what), _)| what == of).map(|(_, rows)| rows).sum()
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
    let mut counts = BTreeMap::new();
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
