//! The text of a fed column: one column of the export, several that make an identifier together, or
//! ours from a crosswalk with tiers. And what is odd about texts, whatever they feed.

use std::borrow::Cow;

use polars::prelude::*;

use crate::definitions::mapping::{IdCheck, Map};
use crate::read::dates::DateForm;
use crate::read::export::Batch;
use crate::read::ledger::Oddity;
use crate::read::matching::{Answer, Tiers};
use crate::read::values::clean;

/// Where the text of a fed column comes from. Numbers are places among the wanted columns.
pub(super) enum TextFrom<'a> {
    /// A column as it stands.
    Column(usize),
    /// An identifier that is made or checked.
    Identifier { at: Vec<usize>, digits: Option<usize>, check: Option<IdCheck> },
    /// Our identifier, from a crosswalk with tiers; nothing behind it when there is none of that name.
    Matched { tiers: Option<&'a Tiers>, at: Vec<usize> },
    /// Nowhere: every row has the same value.
    Nowhere,
}

/// The texts of a fed column.
pub(super) struct Texts<'b> {
    pub(super) texts: Cow<'b, StringChunked>,
    /// The rows, counted from 0, that the crosswalk knows nobody for.
    pub(super) strangers: Vec<usize>,
    pub(super) odd: Vec<(Oddity, u64)>,
}

impl TextFrom<'_> {
    /// The wanted column that stands behind it, if it is one.
    pub(super) fn column(&self) -> Option<usize> {
        match self {
            Self::Column(at) => Some(*at),
            _ => None,
        }
    }

    /// The texts in a batch; nothing when the batch lacks a column.
    pub(super) fn of<'b>(&self, batch: &'b Batch, map: &Map) -> Option<Texts<'b>> {
        let plain = |texts| Texts { texts, strangers: Vec::new(), odd: Vec::new() };
        let columns = |at: &[usize]| -> Option<Vec<&'b StringChunked>> {
            at.iter().map(|&at| batch.columns.get(at)).collect()
        };
        Some(match self {
            Self::Column(at) => plain(Cow::Borrowed(batch.columns.get(*at)?)),
            Self::Nowhere => {
                let nothing = StringChunked::full_null(PlSmallStr::EMPTY, batch.height());
                plain(Cow::Owned(nothing))
            }
            Self::Identifier { at, digits, check } => {
                identifiers(&columns(at)?, map, (*digits, *check), batch.height())
            }
            Self::Matched { tiers, at } => matched(*tiers, &columns(at)?, map, batch.height()),
        })
    }
}

/// Identifiers made of one column or of several together.
fn identifiers<'b>(
    columns: &[&StringChunked],
    map: &Map,
    (digits, check): (Option<usize>, Option<IdCheck>),
    height: usize,
) -> Texts<'b> {
    let mut wrong = 0;
    // A day is a part of an identifier whatever its form: the next submission may write it otherwise.
    let forms = map.date_formats.iter().map(|form| DateForm::new(form));
    let forms: Vec<_> = forms.filter(|form| columns.len() > 1 && !form.is_serial()).collect();
    let texts = (0..height).map(|row| {
        let mut whole = String::new();
        for (at, column) in columns.iter().enumerate() {
            // An identifier of which a part is missing is none.
            let part = clean(column.get(row), &map.null_values).filter(|part| !is_error(part))?;
            if at > 0 {
                whole.push('|');
            }
            match forms.iter().find_map(|form| form.day(part)) {
                Some(day) => whole.push_str(&day.iso()),
                None => whole.push_str(part),
            }
        }
        if let Some(digits) = digits.filter(|_| whole.bytes().all(|b| b.is_ascii_digit())) {
            whole = format!("{whole:0>digits$}");
        }
        wrong += u64::from(check.is_some_and(|check| !passes(check, &whole)));
        Some(whole)
    });
    let texts = StringChunked::from_iter_options(PlSmallStr::EMPTY, texts);
    let odd = if wrong > 0 { vec![(Oddity::WrongCheckCharacter, wrong)] } else { Vec::new() };
    Texts { texts: Cow::Owned(texts), strangers: Vec::new(), odd }
}

/// Our identifiers, each by the first tier that knows it.
fn matched<'b>(
    tiers: Option<&Tiers>,
    columns: &[&StringChunked],
    map: &Map,
    height: usize,
) -> Texts<'b> {
    let mut strangers = Vec::new();
    let titles: Vec<&str> = tiers.map(Tiers::titles).unwrap_or_default();
    let mut counts = vec![(0_u64, 0_u64); titles.len()];
    let texts = (0..height).map(|row| {
        let parts: Vec<Option<&str>> = columns
            .iter()
            .map(|column| clean(column.get(row), &map.null_values).filter(|part| !is_error(part)))
            .collect();
        let found = tiers.and_then(|tiers| {
            tiers.find(&parts, &map.date_formats, |tier, answer| {
                if let Some((matched, ambiguous)) = counts.get_mut(tier) {
                    match answer {
                        Answer::One => *matched += 1,
                        Answer::Several => *ambiguous += 1,
                    }
                }
            })
        });
        // A row that says nothing about anybody lacks a value; one that does is about a stranger.
        if found.is_none() && parts.iter().any(Option::is_some) {
            strangers.push(row);
        }
        found
    });
    let texts = StringChunked::from_iter_options(PlSmallStr::EMPTY, texts);
    let mut odd = Vec::new();
    for (title, (matched, ambiguous)) in titles.into_iter().zip(counts) {
        odd.push((Oddity::Matched(title.to_owned()), matched));
        odd.push((Oddity::Ambiguous(title.to_owned()), ambiguous));
    }
    odd.retain(|(_, rows)| *rows > 0);
    Texts { texts: Cow::Owned(texts), strangers, odd }
}

/// Whether an identifier carries the check character that its other characters ask for.
pub(super) fn passes(check: IdCheck, id: &str) -> bool {
    match check {
        IdCheck::Upn => is_upn(id),
        IdCheck::NhsNumber => is_nhs_number(id),
    }
}

/// A unique pupil number: a letter that follows from the twelve characters after it. Where the last of
/// them is a letter the number is a temporary one; sources disagree on what it counts then, so that
/// only its form is looked at.
fn is_upn(id: &str) -> bool {
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRTUVWXYZ";
    let &[letter, ref rest @ ..] = id.as_bytes() else { return false };
    let (body, last) = match rest {
        [body @ .., last] if rest.len() == 12 => (body, *last),
        _ => return false,
    };
    if !LETTERS.contains(&letter) || !body.iter().all(u8::is_ascii_digit) {
        return false;
    }
    if last.is_ascii_uppercase() {
        return true;
    }
    let weighed =
        (2_usize..).zip(rest).map(|(weight, &b)| weight * usize::from(b.wrapping_sub(b'0')));
    let sum: usize = weighed.sum();
    last.is_ascii_digit() && LETTERS.get(sum % LETTERS.len()) == Some(&letter)
}

/// An NHS number: ten digits of which the last follows from the others, modulo 11.
fn is_nhs_number(id: &str) -> bool {
    let digits: Vec<u32> = id.chars().filter(|c| *c != ' ').map_while(|c| c.to_digit(10)).collect();
    if digits.len() != 10 || id.chars().filter(|c| *c != ' ').count() != 10 {
        return false;
    }
    let sum: u32 = (2..=10).rev().zip(&digits).map(|(weight, digit)| weight * digit).sum();
    let check = match 11 - sum % 11 {
        11 => 0,
        other => other,
    };
    digits.last() == Some(&check)
}

/// A number of a cell as text: whole ones without a point, so that an identifier stays one.
pub(super) fn number_as_text(number: f64) -> String {
    if number == 0.0 { "0".to_owned() } else { number.to_string() }
}

/// Whether a text is an error of a spreadsheet or of a library that someone exported as a value.
pub(super) fn is_error(text: &str) -> bool {
    match text.as_bytes().first() {
        Some(b'#') => ERRORS.iter().any(|error| text.eq_ignore_ascii_case(error)),
        Some(b'n' | b'N') => text.eq_ignore_ascii_case("nan"),
        _ => false,
    }
}

const ERRORS: [&str; 11] = [
    "#N/A",
    "#NULL!",
    "#REF!",
    "#VALUE!",
    "#DIV/0!",
    "#NUM!",
    "#NAME?",
    "#SPILL!",
    "#CALC!",
    "#MULTIVALUE",
    "#MULTIVALUE!",
];

/// What UTF-8 begins to look like when it is read as Windows-1252 and saved again.
pub(super) const MOJIBAKE: [&str; 2] = ["\u{c3}", "\u{e2}\u{20ac}"];

/// Whether a text was once read in the wrong encoding: `Ã©` for `é`, `â€™` for an apostrophe.
fn is_mojibake(text: &str) -> bool {
    let [accent, quote] = MOJIBAKE;
    text.contains(quote)
        || text.match_indices(accent).any(|(at, _)| {
            text.get(at + accent.len()..).is_some_and(|t| t.starts_with(|c: char| !c.is_ascii()))
        })
}

impl Batch {
    /// Counts the texts that were once read in the wrong encoding.
    pub(super) fn notice_mojibake(&mut self) {
        for (at, column) in self.columns.iter().enumerate() {
            let rows = column.iter().flatten().filter(|text| is_mojibake(text)).count();
            if rows > 0 {
                self.odd.push((at, Oddity::Mojibake, rows as u64));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pupil_numbers_are_checked_by_their_letter() {
        for sound in ["T004199988970", "M036180061941", "W092969852738", "A12345678901B"] {
            assert!(is_upn(sound), "{sound}");
        }
        for wrong in
            ["A004199988970", "T00419998897", "S004199988970", "T0041999889700", "", "T\u{e9}"]
        {
            assert!(!is_upn(wrong), "{wrong}");
        }
    }

    #[test]
    fn nhs_numbers_are_checked_modulo_eleven() {
        assert!(is_nhs_number("9434765919") && is_nhs_number("943 476 5919"));
        for wrong in ["9434765918", "943476591", "94347659190", "943476591x", ""] {
            assert!(!is_nhs_number(wrong), "{wrong}");
        }
    }

    #[test]
    fn text_read_in_the_wrong_encoding_is_told_from_text_with_accents() {
        assert!(is_mojibake("Caf\u{c3}\u{a9}") && is_mojibake("Child\u{e2}\u{20ac}\u{2122}s"));
        assert!(!is_mojibake("S\u{c3}O JO\u{c3}") && !is_mojibake("Ren\u{e9}e"));
    }

    #[test]
    fn numbers_of_cells_lose_no_digit_and_gain_none() {
        let texts = [1001.0, -0.0, 0.5, 1e15, 943_476_591_900_005.0].map(number_as_text);
        assert_eq!(texts, ["1001", "0", "0.5", "1000000000000000", "943476591900005"]);
    }
}
