//! Text to typed values, a whole column at a time. What cannot be read becomes a fault of its row.

use polars::prelude::StringChunked;

use crate::calendar::Day;
use crate::definitions::expression::{CodeList, Literal, Type};
use crate::definitions::mapping::{CodeMap, Map, Unmapped};
use crate::read::ledger::Reason;

/// A typed column before it enters a frame.
#[derive(Debug, Clone)]
pub(super) enum Values {
    /// Days since 1 January 1970.
    Days(Vec<Option<i32>>),
    /// Numbers.
    Numbers(Vec<Option<f64>>),
    /// Yes or no.
    YesNo(Vec<Option<bool>>),
    /// Places in a code list or in a ring.
    Places(Vec<Option<u32>>),
}

impl Values {
    /// Whether the value of a row is there.
    pub(super) fn is_there(&self, row: usize) -> bool {
        match self {
            Self::Days(v) => matches!(v.get(row), Some(Some(_))),
            Self::Numbers(v) => matches!(v.get(row), Some(Some(_))),
            Self::YesNo(v) => matches!(v.get(row), Some(Some(_))),
            Self::Places(v) => matches!(v.get(row), Some(Some(_))),
        }
    }

    /// The value of a row as bits that are equal when the values are.
    pub(super) fn bits(&self, row: usize) -> u64 {
        let nothing = u64::MAX;
        match self {
            Self::Days(v) => {
                v.get(row).copied().flatten().map_or(nothing, |d| u64::from(d.cast_unsigned()))
            }
            Self::Numbers(v) => v.get(row).copied().flatten().map_or(nothing, f64::to_bits),
            Self::YesNo(v) => v.get(row).copied().flatten().map_or(nothing, u64::from),
            Self::Places(v) => v.get(row).copied().flatten().map_or(nothing, u64::from),
        }
    }
}

/// A column with the faults found in it: row, counted from 0, and reason.
pub(super) struct Parsed {
    pub(super) values: Values,
    pub(super) faults: Vec<(usize, Reason)>,
    pub(super) null_dates: u64,
    pub(super) unmapped: u64,
}

/// The text of a field without blanks around it; nothing when it means nothing.
pub(super) fn clean<'t>(text: Option<&'t str>, nulls: &[String]) -> Option<&'t str> {
    let text = text?.trim();
    (!text.is_empty() && !nulls.iter().any(|n| n == text)).then_some(text)
}

/// How the texts of one column are to be read.
pub(super) struct Reading<'a> {
    pub(super) map: &'a Map,
    pub(super) ty: &'a Type,
    pub(super) format: Option<&'a str>,
    pub(super) codes: Option<&'a CodeMap>,
    /// Dates after this day are faults.
    pub(super) today: Day,
}

impl Reading<'_> {
    /// Reads a column whose values are not identifiers or free words.
    pub(super) fn column(&self, texts: &StringChunked) -> Parsed {
        match self.ty {
            Type::Date => self.days(texts),
            Type::YesNo => self.yes_no(texts),
            Type::Code(list) => self.codes(texts, list),
            _ => self.numbers(texts),
        }
    }

    fn texts<'t>(&self, texts: &'t StringChunked) -> impl Iterator<Item = Option<&'t str>> {
        texts.iter().map(|t| clean(t, &self.map.null_values))
    }

    fn days(&self, texts: &StringChunked) -> Parsed {
        let mut parsed = Parsed::new(Values::Days(Vec::new()));
        let mut days = Vec::with_capacity(texts.len());
        for (row, text) in self.texts(texts).enumerate() {
            let day = text.and_then(|text| {
                let day = match self.format {
                    Some(form) => day_in(text, form),
                    None => self.map.date_formats.iter().find_map(|form| day_in(text, form)),
                };
                match day {
                    None => parsed.faults.push((row, Reason::NotADate)),
                    Some(d) if self.map.null_dates.contains(&d) => {
                        parsed.null_dates += 1;
                        return None;
                    }
                    Some(d) if d > self.today => parsed.faults.push((row, Reason::InTheFuture)),
                    Some(_) => {}
                }
                day
            });
            days.push(day.map(|d| d.0));
        }
        Parsed { values: Values::Days(days), ..parsed }
    }

    fn numbers(&self, texts: &StringChunked) -> Parsed {
        let mut parsed = Parsed::new(Values::Numbers(Vec::new()));
        let mut numbers = Vec::with_capacity(texts.len());
        for (row, text) in self.texts(texts).enumerate() {
            let number = text.map(|t| t.parse::<f64>().ok().filter(|n| n.is_finite()));
            if number == Some(None) {
                parsed.faults.push((row, Reason::NotANumber));
            }
            numbers.push(number.flatten());
        }
        Parsed { values: Values::Numbers(numbers), ..parsed }
    }

    fn yes_no(&self, texts: &StringChunked) -> Parsed {
        let mut parsed = Parsed::new(Values::YesNo(Vec::new()));
        let mut answers = Vec::with_capacity(texts.len());
        for (row, text) in self.texts(texts).enumerate() {
            let answer = text.and_then(|t| match (self.mapped(t), t) {
                (Some(Literal::YesNo(b)), _) => Some(b),
                (None, "true") if self.codes.is_none() => Some(true),
                (None, "false") if self.codes.is_none() => Some(false),
                _ => match self.unmapped(&mut parsed, row) {
                    Some("true") => Some(true),
                    Some("false") => Some(false),
                    _ => None,
                },
            });
            answers.push(answer);
        }
        Parsed { values: Values::YesNo(answers), ..parsed }
    }

    fn codes(&self, texts: &StringChunked, list: &CodeList) -> Parsed {
        let mut parsed = Parsed::new(Values::Places(Vec::new()));
        let known: Vec<(&str, Option<u32>)> = match self.codes {
            None => list.codes.iter().map(|code| (code.as_str(), list.index_of(code))).collect(),
            Some(map) => map
                .pairs
                .iter()
                .map(|(word, to)| {
                    let place = match to {
                        Literal::Code(index, _) => Some(*index),
                        Literal::Text(code) => list.index_of(code),
                        _ => None,
                    };
                    (word.as_str(), place)
                })
                .collect(),
        };
        let mut places = Vec::with_capacity(texts.len());
        for (row, text) in self.texts(texts).enumerate() {
            let place = text.and_then(|text| {
                let found =
                    known.iter().find(|(word, _)| *word == text).and_then(|(_, place)| *place);
                found.or_else(|| self.unmapped(&mut parsed, row).and_then(|w| list.index_of(w)))
            });
            places.push(place);
        }
        Parsed { values: Values::Places(places), ..parsed }
    }

    /// What the code map makes of a word.
    fn mapped(&self, word: &str) -> Option<Literal> {
        self.codes?.pairs.iter().find(|(w, _)| w == word).map(|(_, to)| to.clone())
    }

    /// What becomes of a word that is not mapped: a fault, nothing, or another word.
    fn unmapped(&self, parsed: &mut Parsed, row: usize) -> Option<&str> {
        match self.codes.map_or(&Unmapped::Quarantine, |c| &c.unmapped) {
            Unmapped::Quarantine => {
                parsed.faults.push((row, Reason::UnknownCode));
                None
            }
            Unmapped::Missing => {
                parsed.unmapped += 1;
                None
            }
            Unmapped::Becomes(word) => {
                parsed.unmapped += 1;
                Some(word)
            }
        }
    }
}

impl Parsed {
    fn new(values: Values) -> Self {
        Self { values, faults: Vec::new(), null_dates: 0, unmapped: 0 }
    }
}

/// A date in a `strftime` form. The two common forms of ten characters are read by hand, because
/// most fields of most files are such dates.
fn day_in(text: &str, form: &str) -> Option<Day> {
    let part = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
    let bytes = text.as_bytes();
    match (form, bytes) {
        ("%d/%m/%Y", [_, _, b'/', _, _, b'/', _, _, _, _]) => {
            Day::from_ymd(i32::try_from(part(6, 10)?).ok()?, part(3, 5)?, part(0, 2)?)
        }
        ("%Y-%m-%d", [_, _, _, _, b'-', _, _, b'-', _, _]) => {
            Day::from_ymd(i32::try_from(part(0, 4)?).ok()?, part(5, 7)?, part(8, 10)?)
        }
        _ => chrono::NaiveDate::parse_from_str(text, form).ok().map(Day::from),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_in_its_declared_order_only() {
        let iso = |t, f| day_in(t, f).map(Day::iso);
        assert_eq!(iso("04/05/2025", "%d/%m/%Y").as_deref(), Some("2025-05-04"));
        assert_eq!(iso("4/5/2025", "%d/%m/%Y").as_deref(), Some("2025-05-04"));
        assert_eq!(iso("04/25/2025", "%d/%m/%Y"), None);
        assert_eq!(iso("31/02/2025", "%d/%m/%Y"), None);
        assert_eq!(iso("2025-02-28", "%Y-%m-%d").as_deref(), Some("2025-02-28"));
        assert_eq!(iso("28-Feb-2025", "%d-%b-%Y").as_deref(), Some("2025-02-28"));
    }
}
