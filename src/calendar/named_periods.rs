//! Periods that a council names itself, such as school terms.

use crate::calendar::Day;

/// One named stretch of days, both ends included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedPeriod {
    /// Its name: `2025-26 autumn`.
    pub name: String,
    /// First day.
    pub start: Day,
    /// Last day.
    pub end: Day,
}

/// A calendar of named periods, in order of time and not overlapping.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NamedPeriods {
    periods: Vec<NamedPeriod>,
}

impl NamedPeriods {
    /// A calendar of these periods. Gives the names of the first two that overlap, if any do.
    ///
    /// # Errors
    /// When a period ends before it starts or two overlap.
    pub fn new(mut periods: Vec<NamedPeriod>) -> Result<Self, (String, String)> {
        periods.sort_by_key(|p| (p.start, p.end));
        if let Some(p) = periods.iter().find(|p| p.end < p.start) {
            return Err((p.name.clone(), p.name.clone()));
        }
        match periods.windows(2).find(|w| w[1].start <= w[0].end) {
            Some(w) => Err((w[0].name.clone(), w[1].name.clone())),
            None => Ok(Self { periods }),
        }
    }

    /// All periods, oldest first.
    #[must_use]
    pub fn all(&self) -> &[NamedPeriod] {
        &self.periods
    }

    /// A period by name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&NamedPeriod> {
        self.periods.iter().find(|p| p.name == name)
    }

    /// First and last day of the last `count` complete periods that end on or before `by`.
    /// Nothing when the calendar does not reach so far back.
    #[must_use]
    pub fn last(&self, count: u32, by: Day) -> Option<(Day, Day)> {
        let ended = self.periods.partition_point(|p| p.end <= by);
        let first = ended.checked_sub(count as usize)?;
        (count > 0).then(|| (self.periods[first].start, self.periods[ended - 1].end))
    }

    /// First and last day of the next `count` periods that start after `after`.
    /// Nothing when the calendar does not reach so far ahead.
    #[must_use]
    pub fn next(&self, count: u32, after: Day) -> Option<(Day, Day)> {
        let first = self.periods.partition_point(|p| p.start <= after);
        let last = self.periods.get((first + count as usize).checked_sub(1)?)?;
        (count > 0).then(|| (self.periods[first].start, last.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse_iso(text).expect("a date")
    }

    fn terms() -> NamedPeriods {
        let term = |name: &str, start, end| NamedPeriod {
            name: name.into(),
            start: day(start),
            end: day(end),
        };
        NamedPeriods::new(vec![
            term("spring", "2023-01-04", "2023-03-31"),
            term("summer", "2023-04-17", "2023-07-21"),
            term("autumn", "2023-09-04", "2023-12-21"),
        ])
        .expect("no overlap")
    }

    #[test]
    fn a_term_that_ends_on_the_day_is_complete() {
        let found = terms().last(2, day("2023-07-21"));
        assert_eq!(found, Some((day("2023-01-04"), day("2023-07-21"))));
        assert_eq!(terms().last(2, day("2023-07-20")), None);
    }

    #[test]
    fn a_term_that_starts_on_the_day_is_not_next() {
        assert_eq!(
            terms().next(1, day("2023-04-16")),
            Some((day("2023-04-17"), day("2023-07-21")))
        );
        assert_eq!(
            terms().next(1, day("2023-04-17")),
            Some((day("2023-09-04"), day("2023-12-21")))
        );
        assert_eq!(terms().next(2, day("2023-04-17")), None);
    }
}
