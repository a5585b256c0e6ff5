//! One day, stored as the number of days since 1 January 1970, as the data frames store it.

use std::fmt;

use chrono::{Datelike, Months, NaiveDate};

/// The months by name, January first.
pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A calendar day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(
    /// Days since 1 January 1970.
    pub i32,
);

/// Days from 1 January of year 1 to 1 January 1970, as `chrono` counts them.
const EPOCH: i32 = 719_163;

impl Day {
    /// The day of a date, if there is such a date.
    #[must_use]
    pub fn from_ymd(year: i32, month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(year, month, day).map(Self::from)
    }

    /// The day of a date written `2026-09-30`.
    #[must_use]
    pub fn parse_iso(text: &str) -> Option<Self> {
        NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(Self::from)
    }

    /// The date, for calculations with `chrono`.
    #[must_use]
    pub fn date(self) -> NaiveDate {
        NaiveDate::from_num_days_from_ce_opt(self.0.saturating_add(EPOCH)).unwrap_or(NaiveDate::MAX)
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i32 {
        self.date().year()
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> u32 {
        self.date().month()
    }

    /// The day of the month, 1 to 31.
    #[must_use]
    pub fn day_of_month(self) -> u32 {
        self.date().day()
    }

    /// This many days later (earlier, if negative).
    #[must_use]
    pub fn plus_days(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// The same day of the month this many months later, or the month's last day if it is shorter.
    #[must_use]
    pub fn plus_months(self, months: i32) -> Self {
        let by = Months::new(months.unsigned_abs());
        let date = self.date();
        let moved =
            if months < 0 { date.checked_sub_months(by) } else { date.checked_add_months(by) };
        moved.map_or(self, Self::from)
    }

    /// Completed years from a date of birth to this day.
    ///
    /// Somebody born on 29 February has a birthday on 1 March in other years.
    #[must_use]
    pub fn age_of(self, born: Self) -> i32 {
        let (b, now) = (born.date(), self.date());
        let not_yet = (now.month(), now.day()) < (b.month(), b.day());
        now.year() - b.year() - i32::from(not_yet)
    }

    /// `2026-09-30`
    #[must_use]
    pub fn iso(self) -> String {
        let date = self.date();
        format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
    }
}

impl From<NaiveDate> for Day {
    fn from(date: NaiveDate) -> Self {
        Self(date.num_days_from_ce() - EPOCH)
    }
}

/// `30 September 2026`
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date().format("%-d %B %Y"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse_iso(text).expect("a date")
    }

    #[test]
    fn months_clamp_to_the_last_day() {
        assert_eq!(day("2024-08-31").plus_months(6).iso(), "2025-02-28");
        assert_eq!(day("2024-08-31").plus_months(-6).iso(), "2024-02-29");
        assert_eq!(day("2024-02-29").plus_months(12).iso(), "2025-02-28");
    }

    #[test]
    fn the_first_day_of_1970_is_day_nought() {
        assert_eq!(day("1970-01-01"), Day(0));
        assert_eq!(day("2026-09-30").to_string(), "30 September 2026");
    }

    #[test]
    fn a_birthday_completes_the_year() {
        let born = day("2010-06-15");
        assert_eq!(day("2026-06-14").age_of(born), 15);
        assert_eq!(day("2026-06-15").age_of(born), 16);
        assert_eq!(day("2026-02-28").age_of(day("2024-02-29")), 1);
        assert_eq!(day("2026-03-01").age_of(day("2024-02-29")), 2);
    }
}
