//! One test for one unit: its verdict, and what it says of each person.

use std::collections::{BTreeMap, BTreeSet};

use early_help::definitions::expression::Expr;
use early_help::definitions::source::{Silence, Source};
use early_help::definitions::test::{Asks, PartsPass, RowTest, Stated, Test, TestKind, Who};
use early_help::evaluate::Verdict;

use super::expression::{Setting, evaluate};
use super::people::{self, Persons};
use super::row_functions::Pools;
use super::value::{Row, Value};
use super::window::{self, Days};
use super::world::{Subject, World};

/// What a test comes to.
#[derive(Debug, Clone)]
pub(crate) struct TestResult {
    pub(crate) verdict: Verdict,
    /// Its number if it asks for one, else whether it is met.
    pub(crate) value: Value,
    /// Whether all its windows have finished.
    pub(crate) finished: bool,
    /// The persons whom a test of persons names: those who passed alone, or those with rows.
    pub(crate) named: Persons,
    /// The persons of its group.
    pub(crate) group: Persons,
}

/// A named fact of a unit, else of its parent.
pub(crate) fn fact(world: &World, subject: &Subject, id: &str) -> TestResult {
    let fact = world.definitions.fact(id).expect("a declared fact");
    match &subject.parent {
        Some(parent) if fact.unit != subject.unit.id => self::fact(world, parent, id),
        _ => run(world, subject, &fact.test, &Persons::new()),
    }
}

/// Runs a test for a unit. `with_need` are the persons who made the need under test true.
pub(crate) fn run(
    world: &World,
    subject: &Subject,
    test: &Test,
    with_need: &Persons,
) -> TestResult {
    match &test.kind {
        TestKind::When(condition) => {
            let value = evaluate(&condition.expr, &Setting::new(world).subject(subject));
            let verdict = match &value {
                Value::YesNo(false) => Verdict::NotMet,
                Value::Nothing => Verdict::Unknown,
                _ => Verdict::Met,
            };
            // A fact may be about other facts, and then rests on their windows.
            let finished = !super::cells::undecided(world, subject, &condition.expr);
            let group = Persons::new();
            TestResult { verdict, value, finished, named: Persons::new(), group }
        }
        TestKind::Rows(test) => on_rows(world, subject, test, with_need),
    }
}

fn on_rows(world: &World, subject: &Subject, test: &RowTest, with_need: &Persons) -> TestResult {
    let source = world.source(&test.source);
    let days = window::dates(world, subject, &test.window);
    let baseline = test.baseline.as_ref().map(|w| window::dates(world, subject, w));
    let one = One {
        world,
        subject,
        test,
        source,
        days,
        baseline: baseline.flatten(),
        finished: window::finished(world, &source.id, days),
        baseline_dated: baseline.is_none_or(|days| days.is_some()),
        baseline_finished: baseline.is_none_or(|days| window::finished(world, &source.id, days)),
        never: window::never(subject, &test.window),
        baseline_never: test.baseline.as_ref().is_some_and(|w| window::never(subject, w)),
    };
    let group = match test.who.group() {
        Some(name) => people::group(world, subject, name, days, with_need),
        None => Persons::new(),
    };
    let mut named = Persons::new();
    let (verdict, value) = match &test.who {
        Who::Unit => one.ask(None),
        _ if group.is_empty() => (stated(test.nobody), Value::Nothing),
        Who::Together(_) => {
            named = one.rows(days, Some(&group)).iter().filter_map(|r| one.person(r)).collect();
            one.ask(Some(&group))
        }
        Who::Any(_) | Who::Every(_) => {
            let mut verdicts = BTreeMap::new();
            for person in &group {
                let alone = BTreeSet::from([person.clone()]);
                verdicts.insert(person.clone(), one.ask(Some(&alone)).0);
            }
            let passed = verdicts.iter().filter(|(_, v)| **v == Verdict::Met);
            named = passed.map(|(person, _)| person.clone()).collect();
            let all: Vec<Verdict> = verdicts.into_values().collect();
            let every = matches!(test.who, Who::Every(_));
            (if every { every_one(&all) } else { any_one(&all) }, Value::Nothing)
        }
    };
    let value = match test.asks {
        Asks::Expect(_) => super::expression::truth_of(verdict).into(),
        Asks::Value(_) => value,
    };
    let finished = (one.finished || one.never) && (one.baseline_finished || one.baseline_never);
    TestResult { verdict, value, finished, named, group }
}

fn stated(stated: Stated) -> Verdict {
    match stated {
        Stated::Met => Verdict::Met,
        Stated::NotMet => Verdict::NotMet,
        Stated::Unknown => Verdict::Unknown,
        Stated::NotApplicable => Verdict::NotApplicable,
    }
}

/// All have to pass. Persons to whom the question does not apply are left aside.
fn every_one(verdicts: &[Verdict]) -> Verdict {
    combine(verdicts, [Verdict::NotMet, Verdict::Pending, Verdict::Unknown, Verdict::Met])
}

/// One that passes is enough.
fn any_one(verdicts: &[Verdict]) -> Verdict {
    combine(verdicts, [Verdict::Met, Verdict::Pending, Verdict::Unknown, Verdict::NotMet])
}

fn combine(verdicts: &[Verdict], strongest_first: [Verdict; 4]) -> Verdict {
    strongest_first.into_iter().find(|v| verdicts.contains(v)).unwrap_or(Verdict::NotApplicable)
}

/// A test on rows, for one unit, with its windows laid on the calendar.
struct One<'o> {
    world: &'o World<'o>,
    subject: &'o Subject<'o>,
    test: &'o RowTest,
    source: &'o Source,
    days: Option<Days>,
    baseline: Option<Days>,
    finished: bool,
    baseline_dated: bool,
    baseline_finished: bool,
    never: bool,
    baseline_never: bool,
}

impl One<'_> {
    /// What the test comes to over the rows of the unit or of these persons.
    fn ask(&self, persons: Option<&Persons>) -> (Verdict, Value) {
        let (rows, baseline) = (self.rows(self.days, persons), self.rows(self.baseline, persons));
        let Some(splits) = &self.test.splits else { return self.ask_of(rows, baseline) };
        let part_of = |row: &Row| -> Vec<Value> {
            splits.by.iter().map(|column| row.get(column).clone()).collect()
        };
        let mut parts: Vec<Vec<Value>> = Vec::new();
        for row in rows.iter().chain(&baseline) {
            if !parts.contains(&part_of(row)) {
                parts.push(part_of(row));
            }
        }
        let of_part = |rows: &[&'_ Row], part: &Vec<Value>| -> Vec<Row> {
            rows.iter().filter(|row| part_of(row) == *part).map(|row| (*row).clone()).collect()
        };
        let verdicts: Vec<Verdict> = parts
            .iter()
            .map(|part| {
                let (rows, baseline) = (of_part(&rows, part), of_part(&baseline, part));
                self.ask_of(rows.iter().collect(), baseline.iter().collect()).0
            })
            .collect();
        let over_nothing = || self.ask_of(Vec::new(), Vec::new()).0;
        let never = self.never || self.baseline_never;
        let finished = self.finished && self.baseline_finished;
        let open = !(finished || never);
        let verdict = match splits.pass {
            PartsPass::Every if verdicts.is_empty() => match over_nothing() {
                Verdict::NotMet => Verdict::NotMet,
                _ if open => Verdict::Pending,
                verdict => verdict,
            },
            PartsPass::Every if verdicts.contains(&Verdict::NotMet) => Verdict::NotMet,
            PartsPass::Every if open => Verdict::Pending,
            PartsPass::Every => every_one(&verdicts),
            PartsPass::AtLeast(wanted) => {
                let are = |v: Verdict| verdicts.iter().filter(|found| **found == v).count();
                let wanted = wanted as usize;
                if are(Verdict::Met) >= wanted {
                    Verdict::Met
                } else if open {
                    Verdict::Pending
                } else if verdicts.is_empty() {
                    match over_nothing() {
                        Verdict::Met => Verdict::NotMet,
                        verdict => verdict,
                    }
                } else if are(Verdict::NotApplicable) == verdicts.len() {
                    Verdict::NotApplicable
                } else if are(Verdict::Met) + are(Verdict::Unknown) >= wanted {
                    Verdict::Unknown
                } else {
                    Verdict::NotMet
                }
            }
        };
        (verdict, Value::Nothing)
    }

    /// The four rules, over these rows of the window and of the baseline.
    fn ask_of(&self, rows: Vec<&Row>, baseline: Vec<&Row>) -> (Verdict, Value) {
        let pools = Pools {
            source: self.source,
            rows,
            baseline,
            window: self.days,
            baseline_window: self.baseline,
            horizon: self.world.horizon(&self.source.id),
        };
        // 1. Silence.
        if self.finished && pools.rows.is_empty() {
            if let Some(missing) = self.test.missing {
                return (stated(missing), Value::Nothing);
            }
            if self.source.no_rows == Silence::Unknown {
                return (Verdict::Unknown, Value::Nothing);
            }
        }
        // 4. Never with dates, without dates, or with an unfinished baseline.
        if self.never || self.baseline_never {
            return (Verdict::Unknown, Value::Nothing);
        }
        if self.days.is_none() || !self.baseline_dated || !self.baseline_finished {
            return (Verdict::Pending, Value::Nothing);
        }
        let asked = |expr: &Expr| {
            let here = Setting {
                subject: Some(self.subject),
                window: self.days,
                pools: Some(&pools),
                early: !self.finished,
                ..Setting::new(self.world)
            };
            evaluate(expr, &here)
        };
        match &self.test.asks {
            Asks::Value(_) if !self.finished => (Verdict::Pending, Value::Nothing),
            Asks::Value(value) => match asked(&value.expr) {
                Value::Nothing => (Verdict::Unknown, Value::Nothing),
                value => (Verdict::Met, value),
            },
            // 2. Finished, and 3. early.
            Asks::Expect(expect) => {
                let undecided = if self.finished { Verdict::Unknown } else { Verdict::Pending };
                let verdict = match asked(&expect.expr).truth() {
                    Some(true) => Verdict::Met,
                    Some(false) => Verdict::NotMet,
                    None => undecided,
                };
                (verdict, Value::Nothing)
            }
        }
    }

    /// The rows in a window that reach the unit and answer the question.
    fn rows(&self, days: Option<Days>, persons: Option<&Persons>) -> Vec<&Row> {
        let Some(days) = days else { return Vec::new() };
        let here = Setting { window: self.days, ..Setting::new(self.world).subject(self.subject) };
        self.world
            .rows(&self.source.id)
            .iter()
            .filter(|row| window::holds(days, self.test.spells, self.source, row))
            .filter(|row| self.reaches(row, persons))
            .filter(|row| {
                self.test.condition.as_ref().is_none_or(|condition| {
                    let value = evaluate(&condition.expr, &here.row(self.source, row));
                    value.truth() == Some(true)
                })
            })
            .collect()
    }

    fn person(&self, row: &Row) -> Option<String> {
        self.identifier(row, "person")
    }

    fn identifier(&self, row: &Row, entity: &str) -> Option<String> {
        row.get(&self.source.id_column(entity)?.name).words().map(str::to_owned)
    }

    fn reaches(&self, row: &Row, persons: Option<&Persons>) -> bool {
        if let Some(persons) = persons {
            return self.reaches_person(row, persons);
        }
        let entity = self.test.through.as_deref().unwrap_or(&self.source.about);
        let theirs = match self.source.id_column(entity) {
            Some(_) => self.identifier(row, entity),
            // Rows about a case know its family only through the case.
            None if entity == "family" && self.source.about == "case" => {
                self.identifier(row, "case").and_then(|id| self.family_of_case(&id))
            }
            None => None,
        };
        let ours = match entity {
            "family" => people::family_of(self.world, self.subject),
            _ => self.subject.identifier(entity),
        };
        ours.is_some() && ours == theirs
    }

    fn family_of_case(&self, case: &str) -> Option<String> {
        let cases = self.world.cases();
        let found = cases.iter().find(|c| c.identifier("case").as_deref() == Some(case))?;
        found.identifier("family")
    }

    fn reaches_person(&self, row: &Row, persons: &Persons) -> bool {
        let Some(person) = self.person(row).filter(|p| persons.contains(p)) else { return false };
        let Some(family) = people::family_of(self.world, self.subject) else { return false };
        let Some((first, last)) = window::days_of(self.source, row) else { return false };
        if !people::belonged(self.world, &family, &person, first, last) {
            return false;
        }
        match self.subject.entity() {
            Some(entity) if self.source.id_column(&entity).is_some() => {
                self.identifier(row, &entity) == self.subject.identifier(&entity)
            }
            _ => true,
        }
    }
}
