//! Records of comma-separated values as text, for files of millions of lines: blocks are made in
//! parallel, and written in order while the next are being made.

use std::io::{self, Write};
use std::ops::Range;

use rayon::prelude::*;

use crate::calendar::Day;

/// Records as text. Fields are quoted where they have to be, and only there.
#[derive(Debug, Default)]
pub(super) struct Records {
    text: Vec<u8>,
    begun: bool,
}

impl Records {
    /// Adds a field to the record.
    pub(super) fn field(&mut self, words: &str) {
        self.joined(&[words]);
    }

    /// Adds a field that is made of several pieces.
    pub(super) fn joined(&mut self, pieces: &[&str]) {
        if self.begun {
            self.text.push(b',');
        }
        self.begun = true;
        let telling = |byte: u8| matches!(byte, b',' | b'"' | b'\n' | b'\r');
        if pieces.iter().any(|piece| piece.bytes().any(telling)) {
            self.text.push(b'"');
            for byte in pieces.iter().flat_map(|piece| piece.bytes()) {
                if byte == b'"' {
                    self.text.push(b'"');
                }
                self.text.push(byte);
            }
            self.text.push(b'"');
        } else {
            pieces.iter().for_each(|piece| self.text.extend_from_slice(piece.as_bytes()));
        }
    }

    /// Adds a field with a whole number.
    pub(super) fn number(&mut self, number: u32) {
        self.numbers([number].into_iter());
    }

    /// Adds a field with whole numbers, parted by blanks.
    pub(super) fn numbers(&mut self, numbers: impl Iterator<Item = u32>) {
        if self.begun {
            self.text.push(b',');
        }
        self.begun = true;
        for (at, mut number) in numbers.enumerate() {
            if at > 0 {
                self.text.push(b' ');
            }
            let mut digits = [b'0'; 10];
            let mut length = 0;
            for digit in digits.iter_mut().rev() {
                *digit = b'0' + u8::try_from(number % 10).unwrap_or_default();
                number /= 10;
                length += 1;
                if number == 0 {
                    break;
                }
            }
            let digits = digits.get(digits.len() - length..).unwrap_or_default();
            self.text.extend_from_slice(digits);
        }
    }

    /// Takes everything away.
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.begun = false;
    }

    /// Ends the record.
    pub(super) fn end(&mut self) {
        self.text.push(b'\n');
        self.begun = false;
    }
}

/// The days of a few decades as text: most lines have two, and there are few different ones.
pub(super) struct Days {
    first: i32,
    iso: Vec<String>,
}

impl Days {
    /// The days from so many before to so many after.
    pub(super) fn around(day: Day, before: i32, after: i32) -> Self {
        let first = day.0 - before;
        Self { first, iso: (first..=day.0 + after).map(|day| Day(day).iso()).collect() }
    }

    /// Adds a field with a day, empty if there is none.
    pub(super) fn field(&self, to: &mut Records, day: Option<Day>) {
        let known = |day: Day| self.iso.get(usize::try_from(day.0 - self.first).ok()?);
        match day.map(|day| (day, known(day))) {
            None => to.field(""),
            Some((_, Some(iso))) => to.field(iso),
            Some((day, None)) => to.field(&day.iso()),
        }
    }
}

/// Writes the records of places `0..count`, `block` places made into text at once by each thread.
pub(super) fn write(
    to: &mut (dyn Write + Send),
    count: usize,
    block: usize,
    fill: impl Fn(&mut Records, Range<usize>) + Sync,
) -> io::Result<()> {
    let starts: Vec<usize> = (0..count).step_by(block).collect();
    // The text of one round is written while that of the next is made.
    let in_a_round = 2 * rayon::current_num_threads();
    let fresh = || (0..in_a_round).map(|_| Records::default()).collect::<Vec<_>>();
    let (mut making, mut made) = (fresh(), fresh());
    for starts in starts.chunks(in_a_round) {
        let (written, ()) = rayon::join(
            || made.iter().try_for_each(|records| to.write_all(&records.text)),
            || {
                making.par_iter_mut().enumerate().for_each(|(at, records)| {
                    records.clear();
                    if let Some(&start) = starts.get(at) {
                        fill(records, start..(start + block).min(count));
                    }
                });
            },
        );
        written?;
        std::mem::swap(&mut making, &mut made);
    }
    made.iter().try_for_each(|records| to.write_all(&records.text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_what_the_csv_crate_would_write() {
        let fields = ["C1", "", "a,b", "says \"no\"", "two\nlines", "=1", " blank ", "last"];
        let mut expected = csv::Writer::from_writer(Vec::new());
        expected.write_record(fields).expect("a record");
        expected
            .write_record(["0", "90", "4294967295", "7 10", "2026-09-30", "", "1890-01-01", "a:b"])
            .expect("a record");
        let mut records = Records::default();
        fields.iter().for_each(|field| records.field(field));
        records.end();
        [0, 90, u32::MAX].into_iter().for_each(|number| records.number(number));
        records.numbers([7, 10].into_iter());
        let today = Day::from_ymd(2026, 9, 30).expect("a day");
        let days = Days::around(today, 10, 10);
        days.field(&mut records, Some(today));
        days.field(&mut records, None);
        days.field(&mut records, Day::from_ymd(1890, 1, 1));
        records.joined(&["a", ":", "b"]);
        records.end();
        let expected = expected.into_inner().expect("text");
        assert_eq!(String::from_utf8_lossy(&records.text), String::from_utf8_lossy(&expected));
    }

    #[test]
    fn blocks_are_written_in_order_and_none_twice() {
        for count in [0, 1, 7, 100, 1000] {
            let mut file = Vec::new();
            let each = |records: &mut Records, places: Range<usize>| {
                for place in places {
                    records.number(u32::try_from(place).expect("small"));
                    records.end();
                }
            };
            write(&mut file, count, 7, each).expect("written");
            let expected: String = (0..count).map(|place| format!("{place}\n")).collect();
            assert_eq!(String::from_utf8(file).expect("text"), expected);
        }
    }
}
