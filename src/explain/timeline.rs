//! One family on one line of time: the named dates of its case, the window of each test as a bar,
//! the rows as marks, and each verdict with its reason.

use std::collections::BTreeMap;

use polars::prelude::{DataFrame, DataType, IntoLazy, PolarsResult};

use crate::calendar::Day;
use crate::columns::{ROW, lower};
use crate::definitions::Definitions;
use crate::definitions::source::Source;
use crate::definitions::test::{Test, TestKind, Window};
use crate::definitions::verdict::Verdict;
use crate::evaluate::{Evaluated, UnitScope, evidence, horizon};
use crate::explain::decisions::Decided;
use crate::explain::story::{Subject, reason, subjects};

/// The timeline of one unit, most often a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// Whose it is: `Case 10023`.
    pub heading: String,
    /// The day of judgement.
    pub as_at: Day,
    /// The named dates that have come, in order.
    pub dates: Vec<(Day, String)>,
    /// What was asked, each with its answer.
    pub stories: Vec<Story>,
}

/// One need, outcome, claim or fact and what became of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Story {
    /// Its name: `sf2022.outcome.not_missing`.
    pub name: String,
    /// Its title.
    pub title: String,
    /// The verdict.
    pub verdict: Verdict,
    /// Why it is so, in words.
    pub reason: String,
    /// Its tests.
    pub lanes: Vec<Lane>,
}

/// One test of a story.
#[derive(Debug, Clone, PartialEq)]
pub struct Lane {
    /// The test's name.
    pub test: String,
    /// The title of the source that it reads; nothing for tests on the unit's own columns.
    pub source: Option<String>,
    /// The window, if it has dates.
    pub window: Option<(Day, Day)>,
    /// The baseline, if there is one and it has dates.
    pub baseline: Option<(Day, Day)>,
    /// The day to which the source is known.
    pub known_to: Option<Day>,
    /// The verdict of the test.
    pub verdict: Option<Verdict>,
    /// The rows, in order of their dates.
    pub marks: Vec<Mark>,
}

/// One row on the line of time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// Its day, or the first of a spell or period.
    pub from: Option<Day>,
    /// The last day; nothing for a spell that is still open.
    pub to: Option<Day>,
    /// What to call it: `police row 12`.
    pub label: String,
}

impl Mark {
    /// Whether it is a single day.
    #[must_use]
    pub fn is_a_day(&self) -> bool {
        self.from == self.to
    }

    /// Whether any of its days lies between two days, both included.
    #[must_use]
    pub fn touches(&self, (first, last): (Day, Day)) -> bool {
        self.from.is_some_and(|from| from <= last) && self.to.is_none_or(|to| to >= first)
    }
}

impl Lane {
    /// Whether a row lies in the window or in the baseline.
    #[must_use]
    pub fn holds(&self, mark: &Mark) -> bool {
        [self.window, self.baseline].into_iter().flatten().any(|days| mark.touches(days))
    }
}

impl Timeline {
    /// The first and the last day that it has to show.
    #[must_use]
    pub fn span(&self) -> (Day, Day) {
        let lanes = || self.stories.iter().flat_map(|s| &s.lanes);
        let windows = lanes().flat_map(|l| [l.window, l.baseline]).flatten();
        let mut days: Vec<Day> = windows.flat_map(|(first, last)| [first, last]).collect();
        days.extend(self.dates.iter().map(|(day, _)| *day));
        // A spell may have begun long before anybody asked: it is clipped.
        let rows = lanes().flat_map(|l| &l.marks).filter(|m| m.is_a_day());
        days.extend(rows.filter_map(|m| m.from));
        let first = days.iter().min().copied().unwrap_or(self.as_at);
        let last = days.iter().max().copied().unwrap_or(self.as_at);
        (first, last.max(first.plus_days(1)))
    }
}

/// The rows to show for each test, by the test's key.
pub type Marks = BTreeMap<String, Vec<Mark>>;

/// The timeline of the unit at a place of its frame, with the stories that `tells` picks by name and
/// verdict.
///
/// # Errors
/// When a column is missing, which is a bug.
pub fn timeline(
    definitions: &Definitions,
    evaluated: &Evaluated,
    (unit, row): (&str, usize),
    heading: &str,
    marks: &Marks,
    tells: &dyn Fn(&str, Verdict) -> bool,
) -> PolarsResult<Option<Timeline>> {
    let (Some(of), Some(frame)) = (definitions.unit(unit), evaluated.units.get(unit)) else {
        return Ok(None);
    };
    let mut dates = Vec::new();
    // An anchor that stands for another date has been told under that date's own name.
    for (name, column) in of.anchors.iter().filter(|(name, column)| name == column) {
        if let Some(day) = day_at(frame, column, row) {
            dates.push((day, name.trim_end_matches("_on").replace('_', " ")));
        }
    }
    dates.sort();
    let mut stories = Vec::new();
    for subject in subjects(definitions).into_iter().filter(|s| s.unit == unit) {
        let Some(verdict) = verdict_at(frame, &subject.column, row) else { continue };
        if !tells(&subject.name, verdict) {
            continue;
        }
        let lane = |test: &Test| lane(definitions, evaluated, frame, row, &subject, test, marks);
        let mut lanes: Vec<Lane> = subject.tests.iter().map(lane).collect::<PolarsResult<_>>()?;
        let stands = |column: &str| verdict_at(frame, column, row);
        let by_rule = || reason(definitions, &subject, verdict, &lanes, &stands);
        let decided =
            (unit == "case").then(|| Decided::new(definitions, evaluated, row, &subject.name));
        let reason = decided.as_ref().and_then(Decided::reason).unwrap_or_else(by_rule);
        let day_of = |anchor: &str| day_at(frame, anchor, row);
        lanes.extend(decided.iter().flat_map(|decided| decided.lanes(&day_of)));
        stories.push(Story {
            reason,
            name: subject.name,
            title: subject.title.to_owned(),
            verdict,
            lanes,
        });
    }
    let as_at = definitions.project.as_at;
    Ok(Some(Timeline { heading: heading.to_owned(), as_at, dates, stories }))
}

/// The place of a case among the cases; nothing when no used case has the identifier.
#[must_use]
pub fn place_of_case(evaluated: &Evaluated, id: &str) -> Option<usize> {
    let place = evaluated.linked.inputs.rings.entities.get("case")?.find(id)?;
    let ids = evaluated.units.get("case")?.column("case_id").ok()?;
    ids.as_materialized_series().u32().ok()?.iter().position(|i| i == Some(place))
}

/// The timeline of a case with every need that was found or is not decided yet, the outcomes that
/// answer them, and the claims. The rows are those that stand behind the verdicts, by source and
/// number alone: what they say stays in the exports.
///
/// # Errors
/// When a column is missing, which is a bug.
pub fn of_case(
    definitions: &Definitions,
    evaluated: &Evaluated,
    id: &str,
) -> PolarsResult<Option<Timeline>> {
    let Some(place) = place_of_case(evaluated, id) else { return Ok(None) };
    let mut marks = Marks::new();
    for test in evidence(definitions, evaluated) {
        let theirs = test.by_case(0..test.len()).find(|(case, _)| *case as usize == place);
        for &(_, row) in theirs.map(|(_, rows)| rows).unwrap_or_default() {
            if let Some(mark) = mark_of_row(definitions, evaluated, test.source, row)? {
                marks.entry(test.test.clone()).or_default().push(mark);
            }
        }
    }
    marks.values_mut().for_each(|m| m.sort());
    let tells = |name: &str, verdict: Verdict| {
        let of = |kind: &str| name.split('.').nth(1) == Some(kind);
        (of("need") && matches!(verdict, Verdict::Met | Verdict::Pending))
            || (of("outcome") && verdict != Verdict::NotApplicable)
            || of("claim")
    };
    timeline(definitions, evaluated, ("case", place), &format!("Case {id}"), &marks, &tells)
}

fn lane(
    definitions: &Definitions,
    evaluated: &Evaluated,
    frame: &DataFrame,
    row: usize,
    subject: &Subject<'_>,
    test: &Test,
    marks: &Marks,
) -> PolarsResult<Lane> {
    let key = subject.key_of(test);
    let days = |window: &Window| {
        let day_of = |anchor: &str| day_at(frame, anchor, row);
        window.days(day_of, definitions.project.calendars()).ok().flatten()
    };
    let (rows, verdict) = match &test.kind {
        TestKind::Rows(rows) => {
            let of_case = evaluated.of_test(&key).and_then(|verdicts| verdicts.get(row)).copied();
            (Some(rows), of_case.or_else(|| verdict_at(frame, &key, row)))
        }
        TestKind::When(when) => {
            let scope = UnitScope { definitions, linked: &evaluated.linked, period: None };
            let holds = lower(&when.expr, &scope).cast(DataType::Boolean).alias("holds");
            let one = i64::try_from(row).map_or_else(|_| frame.clear(), |at| frame.slice(at, 1));
            let found = one.lazy().select([holds]).collect()?;
            let holds = found.column("holds")?.as_materialized_series().bool()?.get(0);
            let verdict = match holds {
                Some(true) => Verdict::Met,
                Some(false) => Verdict::NotMet,
                None => Verdict::Unknown,
            };
            (None, Some(verdict))
        }
    };
    let source = rows.and_then(|r| definitions.source(&r.source));
    Ok(Lane {
        test: test.id.clone(),
        source: source.map(|s| s.title.clone()),
        window: rows.and_then(|r| days(&r.window)),
        baseline: rows.and_then(|r| days(r.baseline.as_ref()?)),
        known_to: rows.map(|r| horizon(definitions, &evaluated.linked, &r.source)),
        verdict,
        marks: marks.get(&key).cloned().unwrap_or_default(),
    })
}

/// A row of a source by its dates and its number.
fn mark_of_row(
    definitions: &Definitions,
    evaluated: &Evaluated,
    source: &str,
    row: u32,
) -> PolarsResult<Option<Mark>> {
    let (Some(source), Some(rows)) =
        (definitions.source(source), evaluated.linked.inputs.sources.get(source))
    else {
        return Ok(None);
    };
    let numbers = rows.frame.column(ROW)?.as_materialized_series().u32()?.clone();
    let Some(at) = numbers.iter().position(|n| n == Some(row)) else { return Ok(None) };
    let (from, to) = dates_of(source, |column| day_at(&rows.frame, column, at));
    Ok(Some(Mark { from, to, label: format!("{} row {row}", source.id) }))
}

/// The first and the last day of a row, given the days in its columns.
pub(crate) fn dates_of(
    source: &Source,
    day: impl Fn(&str) -> Option<Day>,
) -> (Option<Day>, Option<Day>) {
    source.shape.dates().map_or((None, None), |(start, end)| (day(start), day(end)))
}

fn day_at(frame: &DataFrame, column: &str, row: usize) -> Option<Day> {
    frame.column(column).ok()?.as_materialized_series().i32().ok()?.get(row).map(Day)
}

/// The verdict in a column of units at a place.
pub(crate) fn verdict_at(frame: &DataFrame, column: &str, row: usize) -> Option<Verdict> {
    let code = frame.column(column).ok()?.as_materialized_series().u32().ok()?.get(row)?;
    Verdict::ALL.get(code as usize).copied()
}
