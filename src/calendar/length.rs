//! Lengths of time as people say them: "6 months", "13 weeks", "10 working days".

use std::fmt;

use crate::calendar::Day;

/// The unit of a length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LengthUnit {
    /// Calendar days.
    Days,
    /// Seven days.
    Weeks,
    /// Calendar months, clamped to the month's end.
    Months,
    /// Twelve calendar months.
    Years,
    /// School terms; only to declare how long an outcome is sustained.
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
            "week" | "weeks" => LengthUnit::Weeks,
            "month" | "months" => LengthUnit::Months,
            "year" | "years" => LengthUnit::Years,
            "term" | "terms" => LengthUnit::Terms,
            _ => return None,
        };
        Some(Self { count: count.parse().ok()?, unit })
    }

    /// The day this long after `from`: the same date, so many months or days on.
    /// Terms have no fixed length and leave the day as it is.
    #[must_use]
    pub fn after(self, from: Day) -> Day {
        self.shift(from, 1)
    }

    /// The day this long before `from`.
    #[must_use]
    pub fn before(self, from: Day) -> Day {
        self.shift(from, -1)
    }

    fn shift(self, from: Day, sign: i32) -> Day {
        let n = i32::try_from(self.count).unwrap_or(i32::MAX / 400) * sign;
        match self.unit {
            LengthUnit::Days => from.plus_days(n),
            LengthUnit::Weeks => from.plus_days(n * 7),
            LengthUnit::Months => from.plus_months(n),
            LengthUnit::Years => from.plus_months(n * 12),
            LengthUnit::Terms => from,
        }
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = match self.unit {
            LengthUnit::Days => "day",
            LengthUnit::Weeks => "week",
            LengthUnit::Months => "month",
            LengthUnit::Years => "year",
            LengthUnit::Terms => "term",
        };
        write!(f, "{} {one}{}", self.count, if self.count == 1 { "" } else { "s" })
    }
}
