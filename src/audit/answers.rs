//! What auditors answered: the filled sheet, as a workbook or as CSV, row by row against the sample that was drawn.
//!
//! A row that is not the outcome which was drawn under its number is refused: an answer to another question must
//! not be counted.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::path::Path;

use calamine::{Data, Reader, Xlsx};

use crate::audit::draw::Item;
use crate::definitions::audit::OutcomeAudit;

/// The worksheet that auditors fill in.
pub const SHEET: &str = "Outcomes";
/// Headers of the columns that say which outcome a row is, and of those that are filled in.
pub const NUMBER: &str = "No";
/// The case.
pub const CASE: &str = "Case";
/// The need.
pub const NEED: &str = "Need";
/// What the auditor answers.
pub const AGREE: &str = "Agree?";
/// Why not.
pub const REASON: &str = "Reason";

/// What an auditor may answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// The outcome is borne out.
    Yes,
    /// It is not.
    No,
    /// The records do not tell.
    CannotTell,
}

impl Answer {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Yes, Self::No, Self::CannotTell];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::CannotTell => "cannot tell",
        }
    }
}

/// What was answered to one outcome.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answered {
    /// By the auditor; nothing if not yet.
    pub first: Option<Answer>,
    /// By a second one.
    pub second: Option<Answer>,
    /// Why the auditor does not agree.
    pub reason: Option<String>,
}

/// Why answers cannot be taken. Rows are told by their numbers, and no value of them is.
#[derive(Debug, thiserror::Error)]
pub enum AnswersError {
    /// The file cannot be read.
    #[error(
        "{file} cannot be read: {why}\n  mend: save the filled workbook as .xlsx, or its sheet `{SHEET}` as .csv"
    )]
    File {
        /// Its name.
        file: String,
        /// What the reader says.
        why: String,
    },
    /// A column is missing.
    #[error(
        "{file} has no column `{column}`\n  mend: keep the headers of the sheet `{SHEET}` as they were written"
    )]
    NoColumn {
        /// The file.
        file: String,
        /// The header.
        column: &'static str,
    },
    /// A row is not of this sample, or stands twice.
    #[error(
        "{file}, row {row}: {what}\n  mend: fill in the sheet of this sample, and change nothing but the answers"
    )]
    Row {
        /// The file.
        file: String,
        /// The row in the sheet, from 1.
        row: usize,
        /// What is wrong with it.
        what: &'static str,
    },
    /// Something was answered that is no answer.
    #[error(
        "{file}, row {row}: `{column}` holds none of: {allowed}\n  mend: write one of these words, or leave it empty"
    )]
    NoAnswer {
        /// The file.
        file: String,
        /// The row in the sheet, from 1.
        row: usize,
        /// The column.
        column: &'static str,
        /// The words that may stand there.
        allowed: String,
    },
}

/// Reads what the auditor answered to each outcome of a sample, in the order of the sample.
///
/// # Errors
/// When the file cannot be read, a row is not of the sample, or an answer is none.
pub fn read(
    audit: &OutcomeAudit,
    items: &[Item],
    path: &Path,
) -> Result<Vec<Answered>, AnswersError> {
    let of = |(first, reason): Filled| Answered { first, second: None, reason };
    Ok(filled(audit, items, path)?.into_iter().map(of).collect())
}

/// Adds what a second auditor answered.
///
/// # Errors
/// As [`read`]; also when something is answered that was not to be looked at twice.
pub fn read_second(
    audit: &OutcomeAudit,
    items: &[Item],
    path: &Path,
    answered: &mut [Answered],
) -> Result<(), AnswersError> {
    for ((found, item), answered) in
        filled(audit, items, path)?.into_iter().zip(items).zip(answered)
    {
        if found.0.is_some() && !item.twice {
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let what = "it is not one of those that are looked at twice";
            return Err(AnswersError::Row { file, row: item.number, what });
        }
        answered.second = found.0;
    }
    Ok(())
}

/// An answer, and why it is no.
type Filled = (Option<Answer>, Option<String>);

/// What is filled in on a sheet, by outcome.
fn filled(audit: &OutcomeAudit, items: &[Item], path: &Path) -> Result<Vec<Filled>, AnswersError> {
    let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let rows = fields(path).map_err(|why| AnswersError::File { file: file.clone(), why })?;
    let head = rows.iter().position(|(_, row)| row.iter().any(|field| field == NUMBER));
    let none = AnswersError::NoColumn { file: file.clone(), column: NUMBER };
    let Some((above, (_, header))) = head.and_then(|at| Some((at, rows.get(at)?))) else {
        return Err(none);
    };
    let column = |column: &'static str| {
        let at = header.iter().position(|field| field == column);
        at.ok_or_else(|| AnswersError::NoColumn { file: file.clone(), column })
    };
    let (number, case, need) = (column(NUMBER)?, column(CASE)?, column(NEED)?);
    let (agree, reason) = (column(AGREE)?, column(REASON)?);
    let mut answered = vec![Filled::default(); items.len()];
    let mut seen = BTreeSet::new();
    for (row, fields) in rows.iter().skip(above + 1) {
        let field = |at: usize| fields.get(at).map(|f| f.trim()).filter(|f| !f.is_empty());
        let Some(number) = field(number) else { continue };
        let wrong = |what| AnswersError::Row { file: file.clone(), row: *row, what };
        let number = number.parse::<usize>().map_err(|_| wrong("its number is none"))?;
        let at = number.checked_sub(1).unwrap_or(usize::MAX);
        let item = items.get(at).ok_or_else(|| wrong("the sample has no such number"))?;
        if field(case) != Some(&item.case_id) || field(need) != Some(&item.need) {
            return Err(wrong("another outcome was drawn under this number"));
        }
        if !seen.insert(number) {
            return Err(wrong("its number stands twice"));
        }
        let one_of = |at: usize, column: &'static str, words: &[&str]| match field(at) {
            None => Ok(None),
            Some(said) => match words.iter().position(|word| word.eq_ignore_ascii_case(said)) {
                Some(found) => Ok(Some(found)),
                None => Err(AnswersError::NoAnswer {
                    file: file.clone(),
                    row: *row,
                    column,
                    allowed: words.join(", "),
                }),
            },
        };
        let answers = Answer::ALL.map(Answer::word);
        let reasons: Vec<&str> = audit.reasons.iter().map(|(word, _)| word.as_str()).collect();
        let answer = |at: Option<usize>| at.and_then(|at| Answer::ALL.get(at).copied());
        let reason = one_of(reason, REASON, &reasons)?;
        let found = (
            answer(one_of(agree, AGREE, &answers)?),
            reason.and_then(|at| reasons.get(at)).map(|word| (*word).to_owned()),
        );
        answered.get_mut(at).into_iter().for_each(|place| place.clone_from(&found));
    }
    Ok(answered)
}

/// The rows of the file with their numbers, as texts.
fn fields(path: &Path) -> Result<Vec<(usize, Vec<String>)>, String> {
    let bytes = std::fs::read(path).map_err(|e| e.to_string())?;
    let is_workbook = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("xlsx"));
    if !is_workbook {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(bytes.as_slice());
        let rows = (1..).zip(reader.records()).map(|(row, record)| {
            let record = record.map_err(|e| e.to_string())?;
            let fields = record.iter().map(|f| f.trim_start_matches('\u{feff}').to_owned());
            Ok((row, fields.collect()))
        });
        return rows.collect();
    }
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|e| e.to_string())?;
    let sheet = book.worksheet_range(SHEET).map_err(|e| e.to_string())?;
    let above = sheet.start().map_or(0, |(row, _)| row as usize);
    let text = |cell: &Data| match cell {
        Data::Float(number) if number.fract() == 0.0 => format!("{number:.0}"),
        Data::Empty => String::new(),
        other => other.to_string(),
    };
    let rows = (above + 1..).zip(sheet.rows());
    Ok(rows.map(|(row, cells)| (row, cells.iter().map(text).collect())).collect())
}
