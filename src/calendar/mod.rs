//! Days, lengths, periods, terms and working days. Nothing here reads a clock.

mod bank_holidays;
mod day;
mod length;
mod named_periods;
mod period;
mod working_days;

pub use bank_holidays::{ENGLAND_AND_WALES, LAST_YEAR};
pub use day::{Day, MONTHS};
pub use length::{Calendars, Length, LengthUnit};
pub use named_periods::{NamedPeriod, NamedPeriods};
pub use period::{Period, PeriodKind};
pub use working_days::{BeyondTable, Weekday, WorkingDays};
