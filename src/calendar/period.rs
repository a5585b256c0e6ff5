//! Reporting periods: months, quarters, financial years, financial years so far, and rolling twelve
//! months.

use std::fmt;

use crate::calendar::Day;

/// A kind of reporting period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PeriodKind {
    /// A calendar month.
    Month,
    /// A quarter of the financial year.
    Quarter,
    /// A financial year, April to March.
    FinancialYear,
    /// A financial year from April to a month of it.
    FinancialYearToDate,
    /// Twelve months that end with a month.
    Rolling12Months,
}

impl PeriodKind {
    /// Every kind, the shorter first.
    pub const ALL: [Self; 5] = [
        Self::Month,
        Self::Quarter,
        Self::FinancialYear,
        Self::FinancialYearToDate,
        Self::Rolling12Months,
    ];

    /// The word in definitions and in tidy files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::FinancialYear => "financial_year",
            Self::FinancialYearToDate => "financial_year_to_date",
            Self::Rolling12Months => "rolling_12_months",
        }
    }

    /// The kind with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.word() == word)
    }

    /// How many months one lasts; at most, for a year so far.
    #[must_use]
    pub fn months(self) -> u32 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::FinancialYear | Self::FinancialYearToDate | Self::Rolling12Months => 12,
        }
    }

    /// How many months lie between one and the next; rolling periods and years so far step by a
    /// month.
    #[must_use]
    pub fn step(self) -> u32 {
        match self {
            Self::Month | Self::FinancialYearToDate | Self::Rolling12Months => 1,
            Self::Quarter => 3,
            Self::FinancialYear => 12,
        }
    }
}

/// One reporting period. Known by its kind and the month in which it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// Its kind.
    pub kind: PeriodKind,
    /// Months since January of year 0, of the month in which it ends.
    last_month: i32,
}

impl Period {
    /// The month that holds a day.
    #[must_use]
    pub fn month_of(day: Day) -> Self {
        Self { kind: PeriodKind::Month, last_month: month_number(day) }
    }

    /// The quarter of the financial year that holds a day.
    #[must_use]
    pub fn quarter_of(day: Day) -> Self {
        let month = month_number(day);
        Self { kind: PeriodKind::Quarter, last_month: month + 2 - month.rem_euclid(3) }
    }

    /// The period of this kind that ends with the month that holds `day`. Nothing for a quarter or
    /// a financial year that does not end there.
    #[must_use]
    pub fn ending_with(kind: PeriodKind, day: Day) -> Option<Self> {
        let last_month = month_number(day);
        let ends = match kind {
            PeriodKind::Month | PeriodKind::FinancialYearToDate | PeriodKind::Rolling12Months => {
                true
            }
            PeriodKind::Quarter => (last_month + 1) % 3 == 0,
            PeriodKind::FinancialYear => last_month.rem_euclid(12) == 2,
        };
        ends.then_some(Self { kind, last_month })
    }

    /// The newest period of this kind that has ended by `day`.
    #[must_use]
    pub fn last_complete(kind: PeriodKind, day: Day) -> Self {
        let month = month_number(day);
        let complete = if day.plus_days(1).day_of_month() == 1 { month } else { month - 1 };
        let last_month = match kind {
            PeriodKind::Month | PeriodKind::FinancialYearToDate | PeriodKind::Rolling12Months => {
                complete
            }
            PeriodKind::Quarter => complete - (complete + 1).rem_euclid(3),
            PeriodKind::FinancialYear => complete - (complete - 2).rem_euclid(12),
        };
        Self { kind, last_month }
    }

    /// Of windows that overlap, the newest one no later than this that ends with a quarter; any other period itself.
    #[must_use]
    pub fn with_its_quarter(self) -> Self {
        let overlaps = self.kind.step() < self.kind.months();
        let beyond = if overlaps { (self.last_month + 1).rem_euclid(3) } else { 0 };
        Self { last_month: self.last_month - beyond, ..self }
    }

    /// The period that comes `back` periods before this one; rolling periods and years so far step
    /// by a month.
    #[must_use]
    pub fn earlier(self, back: u32) -> Self {
        let step = i32::try_from(self.kind.step()).unwrap_or(1);
        let back = i32::try_from(back).unwrap_or(i32::MAX / 12);
        Self { last_month: self.last_month - step * back, ..self }
    }

    /// The same period one year before.
    #[must_use]
    pub fn a_year_before(self) -> Self {
        Self { last_month: self.last_month - 12, ..self }
    }

    /// How many months it lasts.
    fn length(self) -> i32 {
        match self.kind {
            // April is the first month of the year, and month 3 of the calendar year from nought.
            PeriodKind::FinancialYearToDate => (self.last_month - 3).rem_euclid(12) + 1,
            kind => i32::try_from(kind.months()).unwrap_or(1),
        }
    }

    /// The months in it, oldest first.
    #[must_use]
    pub fn months(self) -> Vec<Period> {
        (1 - self.length()..=0)
            .map(|back| Self { kind: PeriodKind::Month, last_month: self.last_month + back })
            .collect()
    }

    /// The month in which it ends.
    #[must_use]
    pub fn last_month(self) -> Period {
        Self { kind: PeriodKind::Month, ..self }
    }

    /// First day.
    #[must_use]
    pub fn start(self) -> Day {
        first_of(self.last_month - self.length() + 1)
    }

    /// Last day.
    #[must_use]
    pub fn end(self) -> Day {
        first_of(self.last_month + 1).plus_days(-1)
    }

    /// Months since January of year 0 of the month in which it ends, as the measure stage keys it.
    #[must_use]
    pub fn number(self) -> i32 {
        self.last_month
    }

    /// The period of a kind whose last month has this number.
    #[must_use]
    pub fn from_number(kind: PeriodKind, last_month: i32) -> Self {
        Self { kind, last_month }
    }

    /// The stable name in files: `2026-09`, `2026-27-Q2`, `2026-27`, `2026-27-to-2026-09`,
    /// `2025-10_2026-09`.
    #[must_use]
    pub fn code(self) -> String {
        let (first, last) = (self.start(), self.end());
        match self.kind {
            PeriodKind::Month => format!("{}-{:02}", last.year(), last.month()),
            PeriodKind::Quarter => format!("{}-Q{}", financial_year(last), quarter(last)),
            PeriodKind::FinancialYear => financial_year(last),
            PeriodKind::FinancialYearToDate => {
                format!("{}-to-{}-{:02}", financial_year(last), last.year(), last.month())
            }
            PeriodKind::Rolling12Months => {
                format!("{}-{:02}_{}-{:02}", first.year(), first.month(), last.year(), last.month())
            }
        }
    }

    /// Reads what [`Period::code`] writes; a quarter also as `2026-27 Q2`.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        if let Some((_, last)) = code.split_once('_') {
            let month = Self::parse(last)?;
            return Some(Self { kind: PeriodKind::Rolling12Months, ..month });
        }
        if let Some((_, last)) = code.split_once("-to-") {
            let period = Self { kind: PeriodKind::FinancialYearToDate, ..Self::parse(last)? };
            return (period.code() == code).then_some(period);
        }
        let (year, rest) = code.split_at_checked(4)?;
        let year: i32 = year.parse().ok()?;
        let rest = rest.strip_prefix('-')?;
        if let Some((_, quarter)) = rest.split_once(['-', ' ']) {
            let quarter: i32 = quarter.strip_prefix('Q')?.parse().ok()?;
            let valid = (1..=4).contains(&quarter);
            let period =
                Self { kind: PeriodKind::Quarter, last_month: year * 12 + 2 + quarter * 3 };
            return (valid && period.code() == code.replace(' ', "-")).then_some(period);
        }
        let number: i32 = rest.parse().ok()?;
        if number == (year + 1) % 100 && number > 12 {
            return Some(Self { kind: PeriodKind::FinancialYear, last_month: (year + 1) * 12 + 2 });
        }
        (1..=12)
            .contains(&number)
            .then_some(Self { kind: PeriodKind::Month, last_month: year * 12 + number - 1 })
    }

    /// A short label for axes and table heads: `Sep 2026`, `2026-27 Q2`.
    #[must_use]
    pub fn label(self) -> String {
        match self.kind {
            PeriodKind::Month => self.end().date().format("%b %Y").to_string(),
            PeriodKind::Rolling12Months => {
                format!("Year to {}", self.end().date().format("%b %Y"))
            }
            PeriodKind::Quarter => self.code().replace("-Q", " Q"),
            PeriodKind::FinancialYear => self.code(),
            PeriodKind::FinancialYearToDate => {
                format!("{} to {}", financial_year(self.end()), self.end().date().format("%b"))
            }
        }
    }
}

/// The period in words: `September 2026`, `July to September 2026`, `October 2025 to September 2026`.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, last) = (self.start().date(), self.end().date());
        let last_words = last.format("%B %Y");
        if self.length() == 1 {
            write!(f, "{last_words}")
        } else if self.start().year() == self.end().year() {
            write!(f, "{} to {last_words}", first.format("%B"))
        } else {
            write!(f, "{} to {last_words}", first.format("%B %Y"))
        }
    }
}

fn month_number(day: Day) -> i32 {
    day.year() * 12 + i32::try_from(day.month()).unwrap_or(1) - 1
}

fn first_of(month_number: i32) -> Day {
    let month = u32::try_from(month_number.rem_euclid(12)).unwrap_or(0) + 1;
    Day::from_ymd(month_number.div_euclid(12), month, 1).unwrap_or(Day(0))
}

fn financial_year(day: Day) -> String {
    let first = if day.month() >= 4 { day.year() } else { day.year() - 1 };
    format!("{first}-{:02}", (first + 1) % 100)
}

fn quarter(day: Day) -> u32 {
    (day.month() + 8) % 12 / 3 + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse_iso(text).expect("a date")
    }

    #[test]
    fn july_to_september_is_quarter_two() {
        let q = Period::last_complete(PeriodKind::Quarter, day("2026-09-30"));
        assert_eq!(q.code(), "2026-27-Q2");
        assert_eq!(q.to_string(), "July to September 2026");
        assert_eq!((q.start(), q.end()), (day("2026-07-01"), day("2026-09-30")));
        assert_eq!(q.earlier(2).code(), "2025-26-Q4");
        let of = |d: &str| Period::quarter_of(day(d)).code();
        assert_eq!([of("2026-06-30"), of("2026-07-01")], ["2026-27-Q1", "2026-27-Q2"]);
        assert_eq!([of("2026-12-31"), of("2027-01-01")], ["2026-27-Q3", "2026-27-Q4"]);
    }

    #[test]
    fn a_month_is_complete_on_its_last_day_only() {
        assert_eq!(Period::last_complete(PeriodKind::Month, day("2026-09-29")).code(), "2026-08");
        assert_eq!(Period::last_complete(PeriodKind::Month, day("2026-09-30")).code(), "2026-09");
        let year = Period::last_complete(PeriodKind::FinancialYear, day("2026-09-30"));
        assert_eq!((year.code().as_str(), year.end()), ("2025-26", day("2026-03-31")));
    }

    #[test]
    fn a_year_so_far_begins_in_april_and_is_a_month_then_and_a_year_in_march() {
        let so_far = |d: &str| Period::last_complete(PeriodKind::FinancialYearToDate, day(d));
        let half = so_far("2026-09-30");
        assert_eq!((half.start(), half.end()), (day("2026-04-01"), day("2026-09-30")));
        assert_eq!((half.code().as_str(), half.months().len()), ("2026-27-to-2026-09", 6));
        assert_eq!(half.to_string(), "April to September 2026");
        assert_eq!(half.a_year_before().label(), "2025-26 to Sep");
        assert_eq!(so_far("2026-04-30").to_string(), "April 2026");
        assert_eq!(so_far("2026-03-31").start(), day("2025-04-01"));
        assert_eq!(Period::parse("2025-26-to-2026-09"), None);
    }

    #[test]
    fn only_windows_that_overlap_go_back_to_the_end_of_a_quarter() {
        let ends = |code: &str| Period::parse(code).expect("a period").with_its_quarter().code();
        assert_eq!(ends("2025-09_2026-08"), "2025-07_2026-06");
        assert_eq!(ends("2025-11_2026-10"), "2025-10_2026-09");
        assert_eq!(ends("2025-10_2026-09"), "2025-10_2026-09");
        assert_eq!(ends("2026-27-to-2026-05"), "2025-26-to-2026-03");
        for whole in ["2026-08", "2026-27-Q2", "2025-26"] {
            assert_eq!(ends(whole), whole);
        }
    }

    #[test]
    fn every_code_reads_back() {
        for kind in PeriodKind::ALL {
            let mut period = Period::last_complete(kind, day("2026-09-30"));
            for _ in 0..14 {
                assert_eq!(Period::parse(&period.code()), Some(period), "{}", period.code());
                period = period.earlier(1);
            }
        }
        assert_eq!(Period::parse("2026-27 Q2"), Period::parse("2026-27-Q2"));
        assert_eq!(Period::parse("2026-28-Q2"), None);
        assert_eq!(Period::parse("September"), None);
    }
}
