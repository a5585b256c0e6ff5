//! Working days: Monday to Friday, less bank holidays and the council's own closures.

use std::collections::BTreeSet;
use std::fmt;

use chrono::Datelike;
pub use chrono::Weekday;

use crate::calendar::Day;
use crate::calendar::bank_holidays::{ENGLAND_AND_WALES, FIRST_YEAR, LAST_YEAR};

/// A day outside the years for which bank holidays are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BeyondTable(
    /// The day that was asked for.
    pub Day,
);

impl fmt::Display for BeyondTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "bank holidays are known from {FIRST_YEAR} to {LAST_YEAR}, but a working day of {} was needed",
            self.0.year()
        )
    }
}

impl std::error::Error for BeyondTable {}

/// Counts working days by one look-up a date: how many there have been up to each day of the table.
#[derive(Debug, Clone)]
pub struct WorkingDays {
    first: Day,
    elapsed: Vec<i32>,
}

impl WorkingDays {
    /// The working days of England and Wales, less this weekend and these closures.
    #[must_use]
    pub fn new(weekend: &[Weekday], closures: &[Day]) -> Self {
        let off: BTreeSet<Day> = ENGLAND_AND_WALES
            .iter()
            .filter_map(|&(y, m, d)| Day::from_ymd(y, m, d))
            .chain(closures.iter().copied())
            .collect();
        let first = Day::from_ymd(FIRST_YEAR, 1, 1).unwrap_or(Day(0));
        let last = Day::from_ymd(LAST_YEAR, 12, 31).unwrap_or(first);
        let mut count = 0;
        let elapsed = (first.0..=last.0)
            .map(Day)
            .map(|day| {
                let works = !weekend.contains(&day.date().weekday()) && !off.contains(&day);
                count += i32::from(works);
                count
            })
            .collect();
        Self { first, elapsed }
    }

    /// How many working days there have been from the start of the table up to and with `day`.
    ///
    /// # Errors
    /// When the day lies outside the table.
    pub fn index(&self, day: Day) -> Result<i32, BeyondTable> {
        usize::try_from(day.0 - self.first.0)
            .ok()
            .and_then(|at| self.elapsed.get(at).copied())
            .ok_or(BeyondTable(day))
    }

    /// Working days elapsed after `from` up to and with `to`; the same day gives 0, an earlier
    /// `to` a negative number.
    ///
    /// # Errors
    /// When a day lies outside the table.
    pub fn between(&self, from: Day, to: Day) -> Result<i32, BeyondTable> {
        Ok(self.index(to)? - self.index(from)?)
    }

    /// The first of the last `count` working days up to and with `to`.
    ///
    /// # Errors
    /// When that day lies outside the table.
    pub fn start_of_last(&self, count: u32, to: Day) -> Result<Day, BeyondTable> {
        let before = i32::try_from(count).unwrap_or(i32::MAX) - 1;
        let target = self.index(to)?.saturating_sub(before);
        let at = self.elapsed.partition_point(|&n| n < target);
        match i32::try_from(at) {
            Ok(at) if target > 0 => Ok(Day(self.first.0 + at)),
            _ => Err(BeyondTable(self.first.plus_days(-1))),
        }
    }

    /// The day on which `count` working days have elapsed after `from`.
    ///
    /// # Errors
    /// When that day lies outside the table.
    pub fn add(&self, from: Day, count: i32) -> Result<Day, BeyondTable> {
        let target = self.index(from)? + count;
        if count == 0 {
            return Ok(from);
        }
        let at = self.elapsed.partition_point(|&n| n < target);
        match self.elapsed.get(at) {
            Some(&n) if n == target => {
                Ok(Day(self.first.0 + i32::try_from(at).unwrap_or(i32::MAX)))
            }
            _ => Err(BeyondTable(from.plus_days(count.saturating_mul(2)))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse_iso(text).expect("a date")
    }

    fn calendar() -> WorkingDays {
        WorkingDays::new(&[Weekday::Sat, Weekday::Sun], &[day("2024-12-27")])
    }

    #[test]
    fn weekends_bank_holidays_and_closures_do_not_count() {
        let c = calendar();
        // Friday to Monday is one working day; Christmas week 2024 has a closure on the 27th.
        assert_eq!(c.between(day("2024-12-13"), day("2024-12-16")), Ok(1));
        assert_eq!(c.between(day("2024-12-24"), day("2024-12-31")), Ok(2));
        assert_eq!(c.between(day("2024-12-14"), day("2024-12-15")), Ok(0));
    }

    #[test]
    fn adding_lands_on_a_working_day() {
        let c = calendar();
        assert_eq!(c.add(day("2024-12-24"), 1), Ok(day("2024-12-30")));
        assert_eq!(c.add(day("2024-12-14"), 1), Ok(day("2024-12-16")));
    }

    #[test]
    fn the_last_working_days_begin_on_one_and_count_the_day_itself() {
        let c = calendar();
        assert_eq!(c.start_of_last(1, day("2024-12-16")), Ok(day("2024-12-16")));
        assert_eq!(c.start_of_last(2, day("2024-12-16")), Ok(day("2024-12-13")));
        // A Sunday is none: the last one is the Friday before.
        assert_eq!(c.start_of_last(1, day("2024-12-15")), Ok(day("2024-12-13")));
        // Christmas week 2024: the 24th, the 30th and the 31st.
        assert_eq!(c.start_of_last(3, day("2024-12-31")), Ok(day("2024-12-24")));
    }

    #[test]
    fn past_the_table_is_an_error_not_a_guess() {
        assert!(calendar().between(day("2028-12-01"), day("2029-01-02")).is_err());
        assert!(calendar().add(day("2028-12-29"), 10).is_err());
    }
}
