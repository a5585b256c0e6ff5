//! Lengths of time as people say them: "6 months", "13 weeks", "10 working days", "2 terms".

use std::collections::BTreeMap;
use std::fmt;

use crate::calendar::{BeyondTable, Day, NamedPeriods, WorkingDays};

/// The calendar of named periods that terms are counted in.
const TERMS: &str = "terms";

/// The unit of a length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LengthUnit {
    /// Calendar days.
    Days,
    /// Days on which the council works.
    WorkingDays,
    /// Seven days.
    Weeks,
    /// Calendar months, clamped to the month's end.
    Months,
    /// Twelve calendar months.
    Years,
    /// Whole school terms.
    Terms,
}

/// A whole number of units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: LengthUnit,
}

impl Length {
    /// Reads "6 months" or "1 day". Nothing if it is not a whole number and a known unit.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (count, unit) = text.trim().split_once(' ')?;
        let unit = match unit.trim() {
            "day" | "days" => LengthUnit::Days,
            "working day" | "working days" => LengthUnit::WorkingDays,
            "week" | "weeks" => LengthUnit::Weeks,
            "month" | "months" => LengthUnit::Months,
            "year" | "years" => LengthUnit::Years,
            "term" | "terms" => LengthUnit::Terms,
            _ => return None,
        };
        Some(Self { count: count.parse().ok()?, unit })
    }

    /// The day this long after `from`: the same date, so many months or days on. Nothing for lengths
    /// that only a calendar can tell.
    #[must_use]
    pub fn after(self, from: Day) -> Option<Day> {
        self.shift(from, 1)
    }

    /// The day this long before `from`; nothing for lengths that only a calendar can tell.
    #[must_use]
    pub fn before(self, from: Day) -> Option<Day> {
        self.shift(from, -1)
    }

    fn shift(self, from: Day, sign: i32) -> Option<Day> {
        let n = i32::try_from(self.count).unwrap_or(i32::MAX / 400) * sign;
        match self.unit {
            LengthUnit::Days => Some(from.plus_days(n)),
            LengthUnit::Weeks => Some(from.plus_days(n * 7)),
            LengthUnit::Months => Some(from.plus_months(n)),
            LengthUnit::Years => Some(from.plus_months(n * 12)),
            LengthUnit::WorkingDays | LengthUnit::Terms => None,
        }
    }
}

/// What tells how long working days and terms are.
#[derive(Debug, Clone, Copy)]
pub struct Calendars<'a> {
    /// The council's working days.
    pub working_days: &'a WorkingDays,
    /// Calendars of named periods, such as `terms`, by name.
    pub named: &'a BTreeMap<String, NamedPeriods>,
}

impl Calendars<'_> {
    /// The last day of a stretch that begins on the day after `from`. Working days: the day on which
    /// so many have elapsed. Terms: the end of the last of so many that start after `from`. Nothing
    /// when the calendar of terms does not reach so far.
    ///
    /// # Errors
    /// When the working days lie beyond the table of bank holidays.
    pub fn end_after(&self, from: Day, length: Length) -> Result<Option<Day>, BeyondTable> {
        match (length.after(from), length.unit) {
            (Some(day), _) => Ok(Some(day)),
            (None, LengthUnit::WorkingDays) => {
                let count = i32::try_from(length.count).unwrap_or(i32::MAX);
                self.working_days.add(from, count).map(Some)
            }
            (None, _) => {
                let terms = self.named.get(TERMS).and_then(|terms| terms.next(length.count, from));
                Ok(terms.map(|(_, last)| last))
            }
        }
    }

    /// The first day of the shortest stretch up to and with `to` that holds so many working days, or so
    /// many whole terms. Nothing for other lengths, and when the calendar does not reach so far back.
    ///
    /// # Errors
    /// When the working days lie beyond the table of bank holidays.
    pub fn start_up_to(&self, to: Day, length: Length) -> Result<Option<Day>, BeyondTable> {
        match length.unit {
            LengthUnit::WorkingDays => self.working_days.start_of_last(length.count, to).map(Some),
            LengthUnit::Terms => {
                let terms = self.named.get(TERMS).and_then(|terms| terms.last(length.count, to));
                Ok(terms.map(|(first, _)| first))
            }
            _ => Ok(None),
        }
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = match self.unit {
            LengthUnit::Days => "day",
            LengthUnit::WorkingDays => "working day",
            LengthUnit::Weeks => "week",
            LengthUnit::Months => "month",
            LengthUnit::Years => "year",
            LengthUnit::Terms => "term",
        };
        write!(f, "{} {one}{}", self.count, if self.count == 1 { "" } else { "s" })
    }
}
