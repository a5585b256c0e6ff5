//! The test: source + who + combine + where + window + expect. The one construct under needs,
//! outcomes, facts and claims.

use crate::calendar::{BeyondTable, Calendars, Day, Length};
use crate::definitions::expression::Checked;
use crate::definitions::place::Place;

/// A stretch of days, both ends included, hung from the named dates of a unit.
///
/// ```text
///                 before 6 months          after 6 months
///            ├───────────────────────┤A├───────────────────────┤
///   same day six months earlier   day before   day after   same day six months later
///            up_to 6 months: one day later on the left, ends on A itself
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Window {
    /// From the day after the anchor to the same date one length later.
    After {
        /// The anchor.
        anchor: Anchor,
        /// How long.
        length: Length,
    },
    /// From the same date one length earlier to the day before the anchor.
    Before {
        /// The anchor.
        anchor: Anchor,
        /// How long.
        length: Length,
    },
    /// One length long, ending on the anchor's day.
    UpTo {
        /// The anchor.
        anchor: Anchor,
        /// How long.
        length: Length,
    },
    /// From one anchor to another.
    FromTo {
        /// First day.
        from: Anchor,
        /// Last day.
        to: Anchor,
    },
    /// That one day.
    On {
        /// The day.
        anchor: Anchor,
    },
    /// The last `count` complete periods of a calendar that end by the anchor.
    LastPeriods {
        /// How many.
        count: u32,
        /// The calendar: `terms`.
        of: String,
        /// They end on or before it.
        by: Anchor,
    },
    /// The next `count` periods of a calendar that start after the anchor.
    NextPeriods {
        /// How many.
        count: u32,
        /// The calendar: `terms`.
        of: String,
        /// They start after it.
        after: Anchor,
    },
}

impl Window {
    /// The anchors that it hangs from.
    #[must_use]
    pub fn anchors(&self) -> Vec<&str> {
        match self {
            Self::After { anchor, .. }
            | Self::Before { anchor, .. }
            | Self::UpTo { anchor, .. }
            | Self::On { anchor }
            | Self::LastPeriods { by: anchor, .. }
            | Self::NextPeriods { after: anchor, .. } => vec![anchor],
            Self::FromTo { from, to } => vec![from, to],
        }
    }

    /// First and last day, both included, for these days of the anchors. Nothing when an anchor has
    /// no day or a calendar of periods does not reach far enough.
    ///
    /// # Errors
    /// When a length in working days reaches beyond the table of bank holidays.
    pub fn days(
        &self,
        day_of: impl Fn(&str) -> Option<Day>,
        calendars: Calendars<'_>,
    ) -> Result<Option<(Day, Day)>, BeyondTable> {
        // The day from which a length goes back to the day before or with another.
        let back = |same: Option<Day>, to: Day, length: Length| match same {
            Some(first) => Ok(Some(first)),
            None => calendars.start_up_to(to, length),
        };
        let periods = |of: &str| calendars.named.get(of);
        Ok(match self {
            Self::After { anchor, length } => {
                let Some(day) = day_of(anchor) else { return Ok(None) };
                calendars.end_after(day, *length)?.map(|last| (day.plus_days(1), last))
            }
            Self::Before { anchor, length } => {
                let Some(day) = day_of(anchor) else { return Ok(None) };
                let last = day.plus_days(-1);
                back(length.before(day), last, *length)?.map(|first| (first, last))
            }
            Self::UpTo { anchor, length } => {
                let Some(day) = day_of(anchor) else { return Ok(None) };
                let same = length.before(day).map(|first| first.plus_days(1));
                back(same, day, *length)?.map(|first| (first, day))
            }
            Self::FromTo { from, to } => day_of(from).zip(day_of(to)),
            Self::On { anchor } => day_of(anchor).map(|day| (day, day)),
            Self::LastPeriods { count, of, by } => {
                day_of(by).and_then(|by| periods(of)?.last(*count, by))
            }
            Self::NextPeriods { count, of, after } => {
                day_of(after).and_then(|after| periods(of)?.next(*count, after))
            }
        })
    }
}

/// The name of an anchor of the unit, or of an end of the reporting period.
pub type Anchor = String;

/// The first day of the reporting period, as an anchor of facts.
pub const PERIOD_START: &str = "period.start";
/// The last day of the reporting period, as an anchor of facts.
pub const PERIOD_END: &str = "period.end";

/// Which spells are in a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SpellsIn {
    /// Those that overlap it.
    Overlapping,
    /// Those that start in it.
    Starting,
    /// Those that end in it.
    Ending,
}

/// Whose rows a test reads and how the people's results become one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// The rows are about the unit itself (or its case or family), not about people in it.
    Unit,
    /// Each person of the group is tested; one that passes is enough.
    Any(String),
    /// Each person of the group is tested; all have to pass.
    Every(String),
    /// The rows of all persons of the group are pooled and tested once.
    Together(String),
}

impl Who {
    /// The group, if the test is about people.
    #[must_use]
    pub fn group(&self) -> Option<&str> {
        match self {
            Self::Unit => None,
            Self::Any(g) | Self::Every(g) | Self::Together(g) => Some(g),
        }
    }
}

/// The columns by whose values the rows of a test are split, so that each part is judged by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Splits {
    /// The columns; a row without a value belongs to the part "not recorded".
    pub by: Vec<String>,
    /// How many of the parts have to pass.
    pub pass: PartsPass,
}

/// How many parts of a split test have to pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartsPass {
    /// Each of them.
    Every,
    /// So many, whichever they are.
    AtLeast(u32),
}

/// What a test says where a rule has to be stated rather than computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stated {
    /// Counts as met.
    Met,
    /// Counts as not met.
    NotMet,
    /// Stays unknown.
    Unknown,
    /// The question does not arise.
    NotApplicable,
}

/// What the rows must show.
#[derive(Debug, Clone)]
pub enum Asks {
    /// A condition over the rows of the window.
    Expect(Checked),
    /// A number over the rows of the window (facts only).
    Value(Checked),
}

/// One test on the rows of a source.
#[derive(Debug, Clone)]
pub struct RowTest {
    /// The source it reads.
    pub source: String,
    /// The entity through which the rows reach the unit, when it is not the obvious one.
    pub through: Option<String>,
    /// Whose rows.
    pub who: Who,
    /// Which rows answer the question; row scope.
    pub condition: Option<Checked>,
    /// When.
    pub window: Window,
    /// Which spells are in the window.
    pub spells: SpellsIn,
    /// A second window, read by `baseline.f(…)`.
    pub baseline: Option<Window>,
    /// Within what it has to hold, if not over all the rows at once.
    pub splits: Option<Splits>,
    /// What they must show.
    pub asks: Asks,
    /// What silence means here, if not what the source says.
    pub missing: Option<Stated>,
    /// What an empty group means.
    pub nobody: Stated,
    /// The columns of the source that evidence tells of each row behind it: the key, the dates and what the test reads
    /// if it does not say.
    pub kept: Vec<String>,
}

/// What a test is.
#[derive(Debug, Clone)]
pub enum TestKind {
    /// On the rows of a source.
    Rows(Box<RowTest>),
    /// On the unit's own columns, unit scope: a condition, or for a fact the number that is wanted.
    When(Checked),
}

/// A named test of a need, outcome, fact or claim.
#[derive(Debug, Clone)]
pub struct Test {
    /// Its name within the definition.
    pub id: String,
    /// What it is.
    pub kind: TestKind,
    /// Where it is defined.
    pub place: Place,
}

impl Test {
    /// The anchors that its windows hang from.
    fn anchors(&self) -> impl Iterator<Item = &str> {
        let rows = match &self.kind {
            TestKind::Rows(rows) => Some(rows),
            TestKind::When(_) => None,
        };
        let windows = rows.into_iter().flat_map(|r| [Some(&r.window), r.baseline.as_ref()]);
        windows.flatten().flat_map(Window::anchors)
    }

    /// Whether its answer is another in each reporting period.
    #[must_use]
    pub fn asks_about_period(&self) -> bool {
        self.anchors().any(|anchor| anchor == PERIOD_START || anchor == PERIOD_END)
    }

    /// Whether it asks when the period began: then a quarter is not its last month.
    #[must_use]
    pub fn asks_about_period_start(&self) -> bool {
        self.anchors().any(|anchor| anchor == PERIOD_START)
    }

    /// Whether it asks about people of its unit.
    #[must_use]
    pub fn is_about_people(&self) -> bool {
        matches!(&self.kind, TestKind::Rows(rows) if rows.who.group().is_some())
    }

    /// The conditions and expectations that it is made of.
    pub fn expressions(&self) -> impl Iterator<Item = &Checked> {
        let (condition, asks) = match &self.kind {
            TestKind::When(condition) => (Some(condition), None),
            TestKind::Rows(rows) => match &rows.asks {
                Asks::Expect(asks) | Asks::Value(asks) => (rows.condition.as_ref(), Some(asks)),
            },
        };
        condition.into_iter().chain(asks)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::calendar::{NamedPeriod, NamedPeriods, Weekday, WorkingDays};

    fn day(text: &str) -> Day {
        Day::parse_iso(text).expect("a date")
    }

    /// The days of `after`, `before` and `up_to` an anchor, and of the day itself.
    fn about(anchor: &str, length: &str) -> [Option<(String, String)>; 4] {
        let term = |name: &str, start, end| NamedPeriod {
            name: name.into(),
            start: day(start),
            end: day(end),
        };
        let terms = NamedPeriods::new(vec![
            term("spring", "2024-01-08", "2024-03-28"),
            term("summer", "2024-04-15", "2024-07-19"),
            term("autumn", "2024-09-03", "2024-12-20"),
        ]);
        let named = BTreeMap::from([("terms".to_owned(), terms.expect("no overlap"))]);
        let working_days = WorkingDays::new(&[Weekday::Sat, Weekday::Sun], &[]);
        let calendars = Calendars { working_days: &working_days, named: &named };
        let (on, length) = ("closed_on".to_owned(), Length::parse(length).expect("a length"));
        [
            Window::After { anchor: on.clone(), length },
            Window::Before { anchor: on.clone(), length },
            Window::UpTo { anchor: on.clone(), length },
            Window::On { anchor: on },
        ]
        .map(|window| {
            assert_eq!(window.days(|_| None, calendars), Ok(None));
            let days = window.days(|_| Some(day(anchor)), calendars).expect("within the table");
            days.map(|(first, last)| (first.iso(), last.iso()))
        })
    }

    fn written(days: [(&str, &str); 4]) -> [Option<(String, String)>; 4] {
        days.map(|(first, last)| Some((first.to_owned(), last.to_owned())))
    }

    #[test]
    fn six_months_about_the_last_day_of_august() {
        let days = [
            ("2024-09-01", "2025-02-28"),
            ("2024-02-29", "2024-08-30"),
            ("2024-03-01", "2024-08-31"),
            ("2024-08-31", "2024-08-31"),
        ];
        assert_eq!(about("2024-08-31", "6 months"), written(days));
    }

    #[test]
    fn three_working_days_about_a_monday_before_a_bank_holiday() {
        // Monday 26 August 2024 is a bank holiday; the anchor is the Monday before it.
        let days = [
            ("2024-08-20", "2024-08-22"),
            ("2024-08-14", "2024-08-18"),
            ("2024-08-15", "2024-08-19"),
            ("2024-08-19", "2024-08-19"),
        ];
        assert_eq!(about("2024-08-19", "3 working days"), written(days));
        let days = [
            ("2024-08-23", "2024-08-28"),
            ("2024-08-19", "2024-08-21"),
            ("2024-08-20", "2024-08-22"),
            ("2024-08-22", "2024-08-22"),
        ];
        assert_eq!(about("2024-08-22", "3 working days"), written(days));
    }

    #[test]
    fn whole_terms_about_the_last_day_of_one() {
        let days = [
            ("2024-07-20", "2024-12-20"),
            ("2024-01-08", "2024-07-18"),
            ("2024-04-15", "2024-07-19"),
            ("2024-07-19", "2024-07-19"),
        ];
        assert_eq!(about("2024-07-19", "1 term"), written(days));
        assert_eq!(about("2024-07-19", "2 terms")[0], None, "the calendar ends too early");
    }
}
