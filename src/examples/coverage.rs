//! What the examples show: for each definition, which verdicts have an example, and whether both
//! sides of both edges of each window have a row.
//!
//! This looks only at what is written. Whether the examples would notice a mistake is the question
//! of [`mutate`](super::mutate).

use std::collections::BTreeMap;

use crate::calendar::Day;
use crate::definitions::Definitions;
use crate::definitions::data_check::{DataCheck, Fault};
use crate::definitions::diagnostic::Diagnostic;
use crate::definitions::example::{Comes, Example, RecordExample};
use crate::definitions::expression::{Arithmetic, Expr, Literal, Name, RowFunction};
use crate::definitions::place::Place;
use crate::definitions::source::{Shape, Silence};
use crate::definitions::test::{
    Asks, PERIOD_END, PERIOD_START, RowTest, Stated, Test, TestKind, Window,
};
use crate::definitions::unit::{Unit, UnitRows};
use crate::definitions::verdict::Verdict;
use crate::examples::given_day;
use crate::link::own_identifier;

/// What the examples show of one definition.
#[derive(Debug, Clone)]
pub struct Covered {
    /// The definition: `sf2022.outcome.not_missing`.
    pub of: String,
    /// How many examples it has.
    pub examples: usize,
    /// For each verdict, in the order of tables: how many expectations, or that it cannot come out.
    pub verdicts: [(Verdict, Shown); 5],
    /// The windows of its tests.
    pub windows: Vec<Edges>,
    /// Where it is defined.
    pub place: Place,
}

/// Whether a verdict has an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// So many examples.
    Times(usize),
    /// None, and one is missed.
    Missing,
    /// None, and the verdict cannot come out, or only by accident of the data.
    CannotBe,
}

/// Which sides of the edges of a window have a row in some example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edges {
    /// The test.
    pub test: String,
    /// The day before the first day.
    pub before_first: bool,
    /// The first day.
    pub on_first: bool,
    /// The last day.
    pub on_last: bool,
    /// The day after the last day.
    pub after_last: bool,
}

impl Edges {
    /// What has no row, in words.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        [
            (self.before_first, "the day before its first day"),
            (self.on_first, "its first day"),
            (self.on_last, "its last day"),
            (self.after_last, "the day after its last day"),
        ]
        .into_iter()
        .filter_map(|(shown, what)| (!shown).then_some(what))
        .collect()
    }
}

impl Covered {
    /// The verdicts that miss an example.
    #[must_use]
    pub fn missing(&self) -> Vec<Verdict> {
        let missing = self.verdicts.iter().filter(|(_, shown)| *shown == Shown::Missing);
        missing.map(|(verdict, _)| *verdict).collect()
    }

    /// Whether nothing is missed.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.missing().is_empty() && self.windows.iter().all(|w| w.missing().is_empty())
    }
}

/// What the examples show of each need, outcome, claim and fact, in the order of the definitions.
#[must_use]
pub fn coverage(definitions: &Definitions) -> Vec<Covered> {
    let mut all = Vec::new();
    for f in &definitions.frameworks {
        // The dates are the framework's: one of its needs shows them for all.
        let of_needs = format!("{}.need.", f.id);
        let dates_shown = f.valid.is_none()
            || definitions.examples.iter().any(|e| {
                e.of.starts_with(&of_needs)
                    && e.expect.values().any(|v| v.verdict == Verdict::NotApplicable)
            });
        for need in &f.needs {
            let of = format!("{}.need.{}", f.id, need.id);
            let mut cannot = vec![Verdict::Unknown];
            if dates_shown {
                cannot.push(Verdict::NotApplicable);
            }
            all.push(covered(definitions, of, &need.place, "case", &need.tests, &cannot));
        }
        for outcome in &f.outcomes {
            let of = format!("{}.outcome.{}", f.id, outcome.id);
            let mut cannot = Vec::new();
            if !outcome.tests.iter().any(|t| may_be_unknown(definitions, t)) {
                cannot.push(Verdict::Unknown);
            }
            all.push(covered(definitions, of, &outcome.place, "case", &outcome.tests, &cannot));
        }
        for claim in &f.claims {
            let of = format!("{}.claim.{}", f.id, claim.id);
            let names = claim.rule.expr.names();
            let asks_outcomes = names
                .iter()
                .any(|n| matches!(n, Name::EveryNeedMet | Name::Outcome(_) | Name::Need(_)));
            let mut cannot = vec![Verdict::NotApplicable];
            if !asks_outcomes && claim.tests.iter().all(|t| matches!(t.kind, TestKind::When(_))) {
                cannot.push(Verdict::Pending);
            }
            let unknown = claim.tests.iter().any(|t| may_be_unknown(definitions, t));
            if !(asks_outcomes || unknown) {
                cannot.push(Verdict::Unknown);
            }
            all.push(covered(definitions, of, &claim.place, "case", &claim.tests, &cannot));
        }
    }
    for fact in &definitions.facts {
        let of = format!("fact.{}", fact.id);
        let tests = std::slice::from_ref(&fact.test);
        let mut cannot = Vec::new();
        if !states(&fact.test, Stated::NotApplicable) {
            cannot.push(Verdict::NotApplicable);
        }
        if !may_be_unknown(definitions, &fact.test) {
            cannot.push(Verdict::Unknown);
        }
        if matches!(fact.test.kind, TestKind::When(_)) {
            cannot.push(Verdict::Pending);
        }
        if gives_a_number(&fact.test) {
            cannot.push(Verdict::NotMet);
        }
        all.push(covered(definitions, of, &fact.test.place, &fact.unit, tests, &cannot));
    }
    all
}

/// A warning for each definition that misses an example.
#[must_use]
pub fn warnings(definitions: &Definitions) -> Vec<Diagnostic> {
    let mut all = Vec::new();
    for covered in coverage(definitions) {
        let mut missed: Vec<String> =
            covered.missing().into_iter().map(|v| format!("for `{}`", v.word())).collect();
        for window in &covered.windows {
            missed.extend(
                window
                    .missing()
                    .into_iter()
                    .map(|what| format!("with a row on {what} (window of `{}`)", window.test)),
            );
        }
        if missed.is_empty() {
            continue;
        }
        let message = if covered.examples == 0 {
            format!("`{}` has no example", covered.of)
        } else {
            format!("`{}` has no example {}", covered.of, missed.join(", nor "))
        };
        all.push(
            Diagnostic::warning("coverage", &covered.place, message)
                .mend("write an [[example]] for it; `early-help test --coverage` shows them all"),
        );
    }
    all.extend(of_records(definitions));
    all
}

/// A warning for each extract without an example, and for each check with a threshold whose examples do
/// not show both a row that is found and one that is not.
fn of_records(definitions: &Definitions) -> Vec<Diagnostic> {
    let examples = |of: &str| -> Vec<&RecordExample> {
        definitions.record_examples.iter().filter(|e| e.of == of).collect()
    };
    let warn = |of: &str, missed: &str, place: &Place| {
        let message = format!("`{of}` has no example {missed}");
        Diagnostic::warning("coverage", place, message).mend("write an [[example]] for it")
    };
    let mut all = Vec::new();
    for check in definitions.checks.iter().filter(|c| has_threshold(c)) {
        let of = format!("check.{}", check.id);
        let rows = |e: &RecordExample| e.given.get(&check.source).map_or(0, Vec::len);
        let found = |e: &RecordExample| match &e.comes {
            Comes::Found(found) => found.len(),
            Comes::Rows(_) => 0,
        };
        let theirs = examples(&of);
        if !theirs.iter().any(|e| found(e) > 0) {
            all.push(warn(&of, "with a row that it finds", &check.place));
        } else if !theirs.iter().any(|e| found(e) < rows(e)) {
            all.push(warn(&of, "with a row that is in order", &check.place));
        }
    }
    for extract in &definitions.extracts {
        let of = format!("extract.{}", extract.id);
        if examples(&of).is_empty() {
            all.push(warn(&of, "of what it gives", &extract.place));
        }
    }
    all
}

/// Whether a check compares something with a number: a threshold, a length of time, an age.
fn has_threshold(check: &DataCheck) -> bool {
    let other = match &check.fault {
        Fault::Without(without) => without.condition.as_ref(),
        _ => None,
    };
    let mut found = matches!(check.fault, Fault::Holds { by_chance: Some(_), .. });
    for condition in check.conditions().chain(other) {
        condition.expr.walk(&mut |e| {
            found |= matches!(
                e,
                Expr::Literal(Literal::Number(_)) | Expr::Parameter(_, Literal::Number(_))
            );
        });
    }
    found
}

fn covered(
    definitions: &Definitions,
    of: String,
    place: &Place,
    unit: &str,
    tests: &[Test],
    cannot: &[Verdict],
) -> Covered {
    let examples: Vec<&Example> = definitions.examples.iter().filter(|e| e.of == of).collect();
    let verdicts = Verdict::ALL.map(|verdict| {
        let expected = examples.iter().flat_map(|e| e.expect.values());
        let shown = match expected.filter(|v| v.verdict == verdict).count() {
            0 if cannot.contains(&verdict) => Shown::CannotBe,
            0 => Shown::Missing,
            times => Shown::Times(times),
        };
        (verdict, shown)
    });
    let unit = definitions.unit(unit);
    let windows = tests
        .iter()
        .filter_map(|test| match &test.kind {
            TestKind::Rows(rows) if reads_the_unit_itself(definitions, unit?, rows) => None,
            TestKind::Rows(rows) => Some(edges(definitions, unit?, test, rows, &examples)),
            TestKind::When(_) => None,
        })
        .collect();
    Covered { of, examples: examples.len(), verdicts, windows, place: place.clone() }
}

/// Whether a test looks at the unit's own row, which is there on each of its days and on no other.
fn reads_the_unit_itself(definitions: &Definitions, unit: &Unit, rows: &RowTest) -> bool {
    matches!(&unit.rows, UnitRows::Source(source) if *source == rows.source)
        && rows.through.is_none()
        && own_identifier(definitions, unit).is_some()
}

/// Whether rows come to a number rather than to a yes or no.
fn gives_a_number(test: &Test) -> bool {
    matches!(&test.kind, TestKind::Rows(rows) if matches!(rows.asks, Asks::Value(_)))
}

/// Whether a test may be unknown once everything is known, other than by the words of its rows.
fn may_be_unknown(definitions: &Definitions, test: &Test) -> bool {
    let rows = match &test.kind {
        TestKind::Rows(rows) => rows,
        TestKind::When(when) => {
            let names = when.expr.names();
            return names.iter().any(|n| match n {
                Name::Unit(column) | Name::Column(column) => {
                    !matches!(when.expr, Expr::IsNull { .. })
                        && definitions
                            .sources
                            .iter()
                            .filter_map(|s| s.column(column))
                            .any(|c| c.optional)
                }
                _ => false,
            });
        }
    };
    let of_source = definitions.source(&rows.source).map(|s| s.no_rows);
    let silent = match rows.missing {
        Some(stated) => stated == Stated::Unknown,
        None => of_source == Some(Silence::Unknown),
    };
    let (Asks::Expect(asked) | Asks::Value(asked)) = &rows.asks;
    let mut nothing = false;
    asked.expr.walk(&mut |e| {
        nothing |= matches!(e, Expr::Arithmetic(Arithmetic::Over, ..))
            || matches!(
                e,
                Expr::Rows(
                    _,
                    RowFunction::Average(_)
                        | RowFunction::Median(_)
                        | RowFunction::Minimum(_)
                        | RowFunction::Maximum(_)
                        | RowFunction::First(_)
                        | RowFunction::Last(_)
                        | RowFunction::Spread
                )
            );
    });
    silent || (nothing && rows.missing.is_none())
}

fn states(test: &Test, stated: Stated) -> bool {
    match &test.kind {
        TestKind::Rows(rows) => {
            rows.missing == Some(stated) || (rows.who.group().is_some() && rows.nobody == stated)
        }
        TestKind::When(_) => false,
    }
}

/// Looks through the examples of a definition for rows about the edges of a window.
fn edges(
    definitions: &Definitions,
    unit: &Unit,
    test: &Test,
    rows: &RowTest,
    examples: &[&Example],
) -> Edges {
    let mut found = Edges {
        test: test.id.clone(),
        before_first: false,
        on_first: false,
        on_last: false,
        after_last: false,
    };
    let (Some(of_unit), Some(source)) =
        (definitions.source_of(unit), definitions.source(&rows.source))
    else {
        return found;
    };
    // Members have the dates of the unit that they belong to.
    let dated = match unit.rows {
        UnitRows::Members { .. } => unit.of.as_deref().and_then(|of| definitions.unit(of)),
        _ => Some(unit),
    };
    let of_periods = matches!(rows.window, Window::LastPeriods { .. } | Window::NextPeriods { .. });
    let covering = covers(rows);
    for example in examples {
        let units = example.given.get(&of_unit.id).into_iter().flatten();
        let windows: Vec<(Day, Day)> = units
            .filter_map(|row| {
                let day_of = |anchor: &str| match (anchor, example.period) {
                    (PERIOD_START, Some(period)) => Some(period.start()),
                    (PERIOD_END, Some(period)) => Some(period.end()),
                    _ => day_in(row, dated?.anchor(anchor)?),
                };
                rows.window.days(day_of, definitions.project.calendars()).ok().flatten()
            })
            .collect();
        for row in example.given.get(&source.id).into_iter().flatten() {
            let Some((start, end)) = source.shape.dates() else { continue };
            let start = given_day(definitions, source, start, row);
            let end = given_day(definitions, source, end, row);
            for &(first, last) in &windows {
                let on = |day: Day| start == Some(day) || end == Some(day);
                found.on_first |= on(first);
                found.on_last |= on(last);
                let spans =
                    |day: Day| start.is_some_and(|s| s < day) && end.is_none_or(|e| e >= day);
                if covering == Some(Covering::Run) {
                    // What lies beyond the edge would make the run longer: it is clipped there.
                    found.before_first |= spans(first);
                    found.on_first |= spans(first);
                    found.on_last |= spans(last.plus_days(1));
                    found.after_last |= spans(last.plus_days(1));
                } else if of_periods || matches!(source.shape, Shape::Period { .. }) {
                    found.before_first |= start.is_some_and(|s| s < first);
                    found.after_last |= end.is_some_and(|e| e > last);
                } else if covering == Some(Covering::Days) {
                    // A day that nothing covers shows the edge as a row beyond it does.
                    found.before_first |=
                        on(first.plus_days(-1)) || start == Some(first.plus_days(1));
                    found.after_last |= on(last.plus_days(1)) || end == Some(last.plus_days(-1));
                } else {
                    found.before_first |= on(first.plus_days(-1));
                    found.after_last |= on(last.plus_days(1));
                }
            }
        }
    }
    found
}

/// The day in a column of a given row.
fn day_in(row: &BTreeMap<String, Literal>, column: &str) -> Option<Day> {
    match row.get(column) {
        Some(Literal::Date(day)) => Some(*day),
        _ => None,
    }
}

/// What a test asks of spells, if it looks at single days.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Covering {
    /// How many days are covered.
    Days,
    /// How long the longest run is.
    Run,
}

fn covers(rows: &RowTest) -> Option<Covering> {
    let (Asks::Expect(asked) | Asks::Value(asked)) = &rows.asks;
    let mut covers = None;
    asked.expr.walk(&mut |e| match e {
        Expr::Rows(_, RowFunction::DaysCovered(_)) => covers = Some(Covering::Days),
        Expr::Rows(_, RowFunction::LongestRun(_)) => covers = Some(Covering::Run),
        _ => {}
    });
    covers
}
