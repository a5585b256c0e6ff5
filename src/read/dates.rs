//! Dates as exports write them.

use crate::calendar::Day;

/// A form in which dates are written.
pub(super) enum DateForm<'a> {
    /// `30/09/2026`
    DayFirst,
    /// `2026-09-30`
    Iso,
    /// A spreadsheet's day number, counted from 1900 or from 1904.
    Serial { is_1904: bool },
    /// Any other, in `strftime` words.
    Other(&'a str),
}

/// What a spreadsheet shows as the day before 1 January 1900, or as that day: no date was entered.
pub(super) const NO_DATE: Day = Day(i32::MIN);

/// A cell that is a date by its form and cannot be one: before the days that spreadsheets count
/// rightly, which no case file holds.
pub(super) const IMPOSSIBLE: Day = Day(i32::MIN + 1);

/// The day of a spreadsheet's number. 0 and 1 mean no date. Spreadsheets that count from 1900 believe in
/// a 29 February of that year, so that their numbers up to 60 are not to be trusted: such a number is
/// none, like one beyond the year 9999.
pub(super) fn day_of_serial(serial: f64, is_1904: bool) -> Option<Day> {
    // 1 January 1904 and 30 December 1899, in days from 1970.
    let (first, zero) = if is_1904 { (2.0, -24_107) } else { (61.0, -25_569) };
    if (0.0..2.0).contains(&serial) {
        return Some(NO_DATE);
    }
    if !(first..2_958_466.0).contains(&serial) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "in the range that was just looked at")]
    let days = serial.floor() as i32;
    Some(Day(zero + days))
}

/// The day at the head of an ISO date and time.
pub(super) fn iso_day(text: &str) -> Option<Day> {
    DateForm::Iso.day(text.get(..10)?)
}

/// `00/01/1900` and `00/00/0000`: what spreadsheets and databases write where there is no date.
pub(super) fn means_no_date(text: &str) -> bool {
    matches!(text, "00/01/1900" | "00/00/0000" | "0000-00-00" | "1900-01-00")
}

impl<'a> DateForm<'a> {
    /// The form of these `strftime` words.
    pub(super) fn new(words: &'a str) -> Self {
        match words {
            "%d/%m/%Y" => Self::DayFirst,
            "%Y-%m-%d" => Self::Iso,
            "serial" => Self::Serial { is_1904: false },
            "serial_1904" => Self::Serial { is_1904: true },
            other => Self::Other(other),
        }
    }

    /// Whether any number has this form.
    pub(super) fn is_serial(&self) -> bool {
        matches!(self, Self::Serial { .. })
    }

    /// The form's `strftime` words.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::DayFirst => "%d/%m/%Y",
            Self::Iso => "%Y-%m-%d",
            Self::Serial { is_1904: false } => "serial",
            Self::Serial { is_1904: true } => "serial_1904",
            Self::Other(words) => words,
        }
    }

    /// The day of a text. The two common forms are read by hand when they have their ten
    /// characters, because most fields of most files are such dates.
    pub(super) fn day(&self, text: &str) -> Option<Day> {
        match (self, text.as_bytes()) {
            (Self::DayFirst, &[d1, d2, b'/', m1, m2, b'/', y1, y2, y3, y4]) => {
                day_of([y1, y2, y3, y4], [m1, m2], [d1, d2])
            }
            (Self::Iso, &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2]) => {
                day_of([y1, y2, y3, y4], [m1, m2], [d1, d2])
            }
            (Self::DayFirst, _) => by_words(text, "%d/%m/%Y"),
            (Self::Iso, _) => by_words(text, "%Y-%m-%d"),
            (Self::Serial { is_1904 }, _) => day_of_serial(text.parse().ok()?, *is_1904),
            (Self::Other(words), _) => by_words(text, words),
        }
    }
}

fn by_words(text: &str, words: &str) -> Option<Day> {
    chrono::NaiveDate::parse_from_str(text, words).ok().map(Day::from)
}

fn day_of(year: [u8; 4], month: [u8; 2], day: [u8; 2]) -> Option<Day> {
    let (year, month, day) = (digits(year)?, digits(month)?, digits(day)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let (before, length) = match month {
        1 => (0, 31),
        2 => (31, if leap { 29 } else { 28 }),
        3..=12 => {
            // Months from March on have 31, 30, 31, 30, 31 days, and again: 153 in each five.
            let since_march = |months: i32| (153 * months + 2) / 5;
            let first = since_march(month - 3);
            (59 + i32::from(leap) + first, since_march(month - 2) - first)
        }
        _ => return None,
    };
    if day < 1 || day > length {
        return None;
    }
    // Year nought is a leap year before year 1, from which the leap days are counted.
    let past = year - 1;
    let leap_days = past.div_euclid(4) - past.div_euclid(100) + past.div_euclid(400);
    Some(Day(past * 365 + leap_days + before + day - 1 - DAYS_BEFORE_1970))
}

/// Days from 1 January of year 1 to 1 January 1970.
const DAYS_BEFORE_1970: i32 = 719_162;

fn digits<const N: usize>(text: [u8; N]) -> Option<i32> {
    let mut number = 0;
    for byte in text {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number * 10 + i32::from(digit);
    }
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_in_its_declared_order_only() {
        let iso = |t, f| DateForm::new(f).day(t).map(Day::iso);
        assert_eq!(iso("04/05/2025", "%d/%m/%Y").as_deref(), Some("2025-05-04"));
        assert_eq!(iso("4/5/2025", "%d/%m/%Y").as_deref(), Some("2025-05-04"));
        assert_eq!(iso("04/25/2025", "%d/%m/%Y"), None);
        assert_eq!(iso("31/02/2025", "%d/%m/%Y"), None);
        assert_eq!(iso("2025-02-28", "%Y-%m-%d").as_deref(), Some("2025-02-28"));
        assert_eq!(iso("28-Feb-2025", "%d-%b-%Y").as_deref(), Some("2025-02-28"));
    }

    #[test]
    fn day_numbers_of_spreadsheets_are_read_from_march_1900_on() {
        let day = |serial, from_1904| day_of_serial(serial, from_1904).map(Day::iso);
        assert_eq!(day(45_931.0, false).as_deref(), Some("2025-10-01"));
        assert_eq!(day(45_931.75, false).as_deref(), Some("2025-10-01"));
        assert_eq!(day(61.0, false).as_deref(), Some("1900-03-01"));
        assert_eq!(day(44_469.0, true).as_deref(), Some("2025-10-01"));
        assert_eq!([0.0, 1.0, 1.5].map(|n| day_of_serial(n, false)), [Some(NO_DATE); 3]);
        for wrong in [-1.0, 2.0, 60.0, 2_958_466.0, f64::NAN] {
            assert_eq!(day_of_serial(wrong, false), None, "{wrong}");
        }
    }

    #[test]
    fn dates_read_by_hand_are_those_of_the_calendar() {
        for year in [0, 1, 4, 1899, 1900, 1970, 2000, 2023, 2024, 2100, 9999] {
            for month in 0..=13 {
                for day in 0..=32 {
                    let text = format!("{day:02}/{month:02}/{year:04}");
                    let read = DateForm::DayFirst.day(&text);
                    assert_eq!(read, Day::from_ymd(year, month, day), "{text}");
                }
            }
        }
    }
}
