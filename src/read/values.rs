//! Text to typed values, a column of a batch at a time. What cannot be read becomes a fault of its
//! row.

use polars::prelude::*;

use crate::calendar::Day;
use crate::columns::Ring;
use crate::definitions::expression::{Literal, Type};
use crate::definitions::mapping::{CodeMap, Map, Unmapped};
use crate::read::dates::{DateForm, IMPOSSIBLE, NO_DATE, means_no_date};
use crate::read::ledger::{Oddity, Reason};
use crate::read::texts::is_error;
use crate::read::words::WordList;

/// A typed column without a name.
pub(super) enum Values {
    /// Days since 1 January 1970.
    Days(Int32Chunked),
    /// Numbers.
    Numbers(Float64Chunked),
    /// Yes or no.
    YesNo(BooleanChunked),
    /// Places in a code list or in a ring.
    Places(UInt32Chunked),
}

impl Values {
    /// The rows that have no value.
    pub(super) fn missing(&self) -> Vec<usize> {
        fn rows<T>(values: impl Iterator<Item = Option<T>>) -> Vec<usize> {
            values.enumerate().filter(|(_, v)| v.is_none()).map(|(row, _)| row).collect()
        }
        match self {
            Self::Days(v) if v.has_nulls() => rows(v.iter()),
            Self::Numbers(v) if v.has_nulls() => rows(v.iter()),
            Self::YesNo(v) if v.has_nulls() => rows(v.iter()),
            Self::Places(v) if v.has_nulls() => rows(v.iter()),
            _ => Vec::new(),
        }
    }

    /// The places, if it holds any.
    pub(super) fn places(&self) -> Option<&UInt32Chunked> {
        if let Self::Places(places) = self { Some(places) } else { None }
    }

    /// The places, if it holds any, to be changed.
    pub(super) fn places_mut(&mut self) -> Option<&mut UInt32Chunked> {
        if let Self::Places(places) = self { Some(places) } else { None }
    }

    /// No values: those of a column that some rows of a source have and these have not.
    pub(super) fn nothing(ty: &Type, height: usize) -> Self {
        let name = PlSmallStr::EMPTY;
        match ty {
            Type::Date => Self::Days(Int32Chunked::full_null(name, height)),
            Type::YesNo => Self::YesNo(BooleanChunked::full_null(name, height)),
            Type::Code(_) | Type::Id(_) | Type::Text => {
                Self::Places(UInt32Chunked::full_null(name, height))
            }
            _ => Self::Numbers(Float64Chunked::full_null(name, height)),
        }
    }

    /// The same value in every row. A word gets a place in the ring.
    pub(super) fn constant(value: &Literal, height: usize, ring: &mut Ring) -> Self {
        let name = PlSmallStr::EMPTY;
        match value {
            Literal::Date(day) => Self::Days(Int32Chunked::full(name, day.0, height)),
            Literal::YesNo(answer) => Self::YesNo(BooleanChunked::full(name, *answer, height)),
            Literal::Code(place, _) => Self::Places(UInt32Chunked::full(name, *place, height)),
            Literal::Text(word) => {
                Self::Places(UInt32Chunked::full(name, ring.place(word), height))
            }
            Literal::Number(number) => Self::Numbers(Float64Chunked::full(name, *number, height)),
            Literal::Null => Self::Numbers(Float64Chunked::full_null(name, height)),
        }
    }

    /// The rows that a mask keeps.
    pub(super) fn filter(&self, mask: &BooleanChunked) -> PolarsResult<Self> {
        Ok(match self {
            Self::Days(v) => Self::Days(v.filter(mask)?),
            Self::Numbers(v) => Self::Numbers(v.filter(mask)?),
            Self::YesNo(v) => Self::YesNo(v.filter(mask)?),
            Self::Places(v) => Self::Places(v.filter(mask)?),
        })
    }

    /// Values of the same kind one after the other, in one piece; nothing of none.
    pub(super) fn joined(pieces: Vec<Self>) -> PolarsResult<Option<Self>> {
        let mut pieces = pieces.into_iter();
        let Some(mut all) = pieces.next() else { return Ok(None) };
        for piece in pieces {
            match (&mut all, &piece) {
                (Self::Days(all), Self::Days(more)) => all.append(more)?,
                (Self::Numbers(all), Self::Numbers(more)) => all.append(more)?,
                (Self::YesNo(all), Self::YesNo(more)) => all.append(more)?,
                (Self::Places(all), Self::Places(more)) => all.append(more)?,
                _ => polars_bail!(SchemaMismatch: "a column changed its type"),
            };
        }
        Ok(Some(match all {
            Self::Days(v) => Self::Days(v.rechunk().into_owned()),
            Self::Numbers(v) => Self::Numbers(v.rechunk().into_owned()),
            Self::YesNo(v) => Self::YesNo(v.rechunk().into_owned()),
            Self::Places(v) => Self::Places(v.rechunk().into_owned()),
        }))
    }

    /// The value of a row as bits that are equal when the values are.
    pub(super) fn bits(&self, row: usize) -> u64 {
        match self {
            Self::Days(v) => day_bits(v.get(row)),
            Self::Numbers(v) => number_bits(v.get(row)),
            Self::YesNo(v) => answer_bits(v.get(row)),
            Self::Places(v) => place_bits(v.get(row)),
        }
    }

    /// Gives the bits of all rows, in order.
    pub(super) fn each_bits(&self, mut to: impl FnMut(usize, u64)) {
        match self {
            Self::Days(v) => v.iter().map(day_bits).enumerate().for_each(|(i, b)| to(i, b)),
            Self::Numbers(v) => v.iter().map(number_bits).enumerate().for_each(|(i, b)| to(i, b)),
            Self::YesNo(v) => v.iter().map(answer_bits).enumerate().for_each(|(i, b)| to(i, b)),
            Self::Places(v) => v.iter().map(place_bits).enumerate().for_each(|(i, b)| to(i, b)),
        }
    }

    /// The values as a column of a frame.
    pub(super) fn into_column(self, name: &str) -> Column {
        match self {
            Self::Days(v) => v.with_name(name.into()).into_column(),
            Self::Numbers(v) => v.with_name(name.into()).into_column(),
            Self::YesNo(v) => v.with_name(name.into()).into_column(),
            Self::Places(v) => v.with_name(name.into()).into_column(),
        }
    }
}

/// The bits of a value that is not there.
const NOTHING: u64 = u64::MAX;

fn day_bits(day: Option<i32>) -> u64 {
    day.map_or(NOTHING, |d| u64::from(d.cast_unsigned()))
}

fn number_bits(number: Option<f64>) -> u64 {
    number.map_or(NOTHING, f64::to_bits)
}

fn answer_bits(answer: Option<bool>) -> u64 {
    answer.map_or(NOTHING, u64::from)
}

fn place_bits(place: Option<u32>) -> u64 {
    place.map_or(NOTHING, u64::from)
}

/// The text of a field without blanks around it; nothing when it means nothing.
pub(super) fn clean<'t>(text: Option<&'t str>, nulls: &[String]) -> Option<&'t str> {
    let text = text?;
    let no_blank = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    let bytes = text.as_bytes();
    let text = if no_blank(bytes.first()) && no_blank(bytes.last()) { text } else { text.trim() };
    (!text.is_empty() && !nulls.iter().any(|n| n == text)).then_some(text)
}

/// How the texts of one column are to be read. Identifiers and free words are not read here.
pub(super) struct Reading<'a> {
    map: &'a Map,
    /// What becomes of words that are not known.
    unmapped: &'a Unmapped,
    as_what: As<'a>,
}

enum As<'a> {
    Days {
        forms: Vec<DateForm<'a>>,
        /// Dates after this day are faults.
        today: Day,
    },
    Numbers,
    YesNo(WordList<'a, bool>),
    /// The words with their places in the code list, and the place of the word that unknown ones
    /// become.
    Codes(WordList<'a, u32>, Option<u32>),
}

/// A column with the faults found in it: row, counted from 0, and reason.
pub(super) struct Parsed {
    pub(super) values: Values,
    pub(super) found: Found,
}

/// How a column of words is read whose words a code map changes for others.
pub(super) struct WordsFor<'a> {
    /// Reads which of the others it is.
    which: Reading<'a>,
    /// The others, by their place.
    others: Vec<&'a str>,
}

impl<'a> WordsFor<'a> {
    /// By this code map.
    pub(super) fn new(map: &'a Map, codes: &'a CodeMap) -> Self {
        let mut others: Vec<&str> = Vec::new();
        let mut place = |other: &'a str| {
            let known = others.iter().position(|o| *o == other);
            let at = known.unwrap_or_else(|| {
                others.push(other);
                others.len() - 1
            });
            u32::try_from(at).ok()
        };
        let becomes = match &codes.unmapped {
            Unmapped::Becomes(word) => place(word),
            _ => None,
        };
        let words = codes.pairs.iter().map(|(word, to)| {
            (word.as_str(), if let Literal::Text(other) = to { place(other) } else { None })
        });
        let as_what = As::Codes(WordList::new(words), becomes);
        Self { which: Reading { map, unmapped: &codes.unmapped, as_what }, others }
    }

    /// Reads the texts of a column. Each of the other words gets a place in the ring.
    pub(super) fn column(&self, texts: &StringChunked, ring: &mut Ring) -> Parsed {
        let mut parsed = self.which.column(texts, None);
        if let Some(places) = parsed.values.places_mut() {
            let other = |at: u32| self.others.get(usize::try_from(at).ok()?);
            let found: UInt32Chunked =
                places.iter().map(|at| other(at?).map(|word| ring.place(word))).collect();
            *places = found;
        }
        parsed
    }
}

/// What was found on the way through a column.
#[derive(Default)]
pub(super) struct Found {
    pub(super) faults: Vec<(usize, Reason)>,
    pub(super) odd: Vec<(Oddity, u64)>,
}

/// What is counted on the way through a column.
#[derive(Default)]
struct Counts {
    faults: Vec<(usize, Reason)>,
    null_dates: u64,
    unmapped: u64,
    errors: u64,
    /// Days by the form in which they were written; the last are those of date cells.
    forms: Vec<u64>,
}

impl<'a> Reading<'a> {
    /// How a column of this type is read.
    pub(super) fn new(
        map: &'a Map,
        ty: &'a Type,
        format: Option<&'a str>,
        codes: Option<&'a CodeMap>,
        today: Day,
    ) -> Self {
        let unmapped = codes.map_or(&Unmapped::Quarantine, |c| &c.unmapped);
        let as_what = match ty {
            Type::Date => {
                let all = map.date_formats.iter().map(String::as_str);
                let forms = match format {
                    Some(form) => vec![DateForm::new(form)],
                    None => all.map(DateForm::new).collect(),
                };
                As::Days { forms, today }
            }
            Type::YesNo => As::YesNo(match codes {
                None => WordList::new([("true", Some(true)), ("false", Some(false))]),
                Some(map) => WordList::new(map.pairs.iter().map(|(word, to)| {
                    (word.as_str(), if let Literal::YesNo(b) = to { Some(*b) } else { None })
                })),
            }),
            Type::Code(list) => {
                let words = match codes {
                    None => {
                        WordList::new(list.codes.iter().map(|c| (c.as_str(), list.index_of(c))))
                    }
                    Some(map) => WordList::new(map.pairs.iter().map(|(word, to)| {
                        let place = match to {
                            Literal::Code(index, _) => Some(*index),
                            Literal::Text(code) => list.index_of(code),
                            _ => None,
                        };
                        (word.as_str(), place)
                    })),
                };
                let becomes = match unmapped {
                    Unmapped::Becomes(word) => list.index_of(word),
                    _ => None,
                };
                As::Codes(words, becomes)
            }
            _ => As::Numbers,
        };
        Self { map, unmapped, as_what }
    }

    /// Reads the texts of a column. `days` are those of cells that are dates by their own form.
    pub(super) fn column(&self, texts: &StringChunked, days: Option<&Int32Chunked>) -> Parsed {
        let mut found = Counts::default();
        let fields = texts.iter().map(|t| clean(t, &self.map.null_values)).enumerate();
        let name = PlSmallStr::EMPTY;
        let values = match &self.as_what {
            As::Days { forms, today } => {
                found.forms = vec![0; forms.len() + 1];
                let mut day = |row, text, cell| {
                    self.day(text, cell, forms, *today, row, &mut found).map(|day| day.0)
                };
                Values::Days(match days {
                    None => {
                        let read = fields.map(|(row, text)| day(row, text?, None));
                        Int32Chunked::from_iter_options(name, read)
                    }
                    Some(cells) => {
                        let both = fields.zip(cells.iter());
                        let read = both.map(|((row, text), cell)| day(row, text?, cell.map(Day)));
                        Int32Chunked::from_iter_options(name, read)
                    }
                })
            }
            As::Numbers => {
                let numbers = fields.map(|(row, text)| {
                    let text = text?;
                    let number = number(text);
                    if number.is_none() {
                        found.not_read(row, text, Reason::NotANumber);
                    }
                    number
                });
                Values::Numbers(Float64Chunked::from_iter_options(name, numbers))
            }
            As::YesNo(words) => {
                let becomes = match self.unmapped {
                    Unmapped::Becomes(word) if word == "true" => Some(true),
                    Unmapped::Becomes(word) if word == "false" => Some(false),
                    _ => None,
                };
                let blank = words.get("");
                let answers = fields.map(|(row, text)| {
                    let Some(text) = text else { return blank };
                    words.get(text).or_else(|| self.unknown(words, text, becomes, row, &mut found))
                });
                Values::YesNo(BooleanChunked::from_iter_options(name, answers))
            }
            As::Codes(words, becomes) => {
                let blank = words.get("");
                let places = fields.map(|(row, text)| {
                    let Some(text) = text else { return blank };
                    words.get(text).or_else(|| self.unknown(words, text, *becomes, row, &mut found))
                });
                Values::Places(UInt32Chunked::from_iter_options(name, places))
            }
        };
        Parsed { values, found: self.found(found) }
    }

    /// What was counted, for the ledger. Forms of dates are only told where there are several.
    fn found(&self, counts: Counts) -> Found {
        let mut odd = vec![
            (Oddity::NullDate, counts.null_dates),
            (Oddity::UnmappedWord, counts.unmapped),
            (Oddity::ErrorValue, counts.errors),
        ];
        if let As::Days { forms, .. } = &self.as_what {
            let cells = counts.forms.last().copied().unwrap_or_default();
            if forms.len() > 1 || cells > 0 {
                let names = forms.iter().map(DateForm::name).chain(["a date cell"]);
                let named = names.zip(counts.forms);
                odd.extend(named.map(|(name, rows)| (Oddity::DateForm(name.to_owned()), rows)));
            }
        }
        odd.retain(|(_, rows)| *rows > 0);
        Found { faults: counts.faults, odd }
    }

    /// The day of a field: that of the cell if it is a date, else the first form that fits the text.
    fn day(
        &self,
        text: &str,
        cell: Option<Day>,
        forms: &[DateForm<'_>],
        today: Day,
        row: usize,
        found: &mut Counts,
    ) -> Option<Day> {
        let (form, day) = match cell {
            Some(IMPOSSIBLE) => {
                found.faults.push((row, Reason::NotADate));
                return None;
            }
            Some(day) => (forms.len(), day),
            None => {
                let by_form = |(at, form): (usize, &DateForm<'_>)| Some((at, form.day(text)?));
                match forms.iter().enumerate().find_map(by_form) {
                    Some(read) => read,
                    None if means_no_date(text) => {
                        found.null_dates += 1;
                        return None;
                    }
                    None => {
                        found.not_read(row, text, Reason::NotADate);
                        return None;
                    }
                }
            }
        };
        if day == NO_DATE || self.map.null_dates.contains(&day) {
            found.null_dates += 1;
            return None;
        }
        if let Some(form) = found.forms.get_mut(form) {
            *form += 1;
        }
        if day > today {
            found.faults.push((row, Reason::InTheFuture));
        }
        Some(day)
    }

    /// What becomes of a word that is not known as it stands: what a word means that is only typed
    /// differently, nothing if it is an error, else what the code map says.
    fn unknown<T: Copy + PartialEq>(
        &self,
        words: &WordList<'_, T>,
        word: &str,
        becomes: Option<T>,
        row: usize,
        found: &mut Counts,
    ) -> Option<T> {
        if let Some(alike) = words.alike(word) {
            return Some(alike);
        }
        if is_error(word) {
            found.errors += 1;
            return None;
        }
        match self.unmapped {
            Unmapped::Quarantine | Unmapped::Stop => {
                found.faults.push((row, Reason::UnknownCode));
                None
            }
            Unmapped::Missing => {
                found.unmapped += 1;
                None
            }
            Unmapped::Becomes(_) => {
                found.unmapped += 1;
                becomes
            }
        }
    }
}

impl Counts {
    /// Notes that a text is not what it should be: nothing if it is an error of a spreadsheet.
    fn not_read(&mut self, row: usize, text: &str, reason: Reason) {
        if is_error(text) {
            self.errors += 1;
        } else {
            self.faults.push((row, reason));
        }
    }
}

/// A number. Most are a few digits, which need no more than adding up.
fn number(text: &str) -> Option<f64> {
    if (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) {
        let whole = text.bytes().fold(0_u32, |n, b| n * 10 + u32::from(b - b'0'));
        return Some(f64::from(whole));
    }
    text.parse::<f64>().ok().filter(|n| n.is_finite())
}
