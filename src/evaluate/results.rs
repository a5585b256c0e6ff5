//! From the answers to a pass to a verdict for each test and unit: people's answers become one, and
//! whoever has no rows has the answer of no rows.

use std::sync::Arc;

use polars::prelude::*;

use crate::definitions::test::Who;
use crate::evaluate::Verdict;
use crate::evaluate::aggregate::Counted;
use crate::evaluate::cohort::{Cohort, People};
use crate::evaluate::pass::Pass;
use crate::evaluate::questions::{Answer, Answers};
use crate::evaluate::settle::stated;
use crate::evaluate::standing::Standings;
use crate::evaluate::task::Task;

/// The column of a unit that says whether a window behind a test is still open.
pub(crate) fn open_of(key: &str) -> String {
    format!("{key} open")
}

/// The column of a unit with the number that a test gives.
pub(crate) fn value_of(key: &str) -> String {
    format!("{key} value")
}

/// A task with what was found about it.
struct Finding<'t, 'd> {
    task: &'t Task<'d>,
    standings: &'t Standings,
    /// The people of its group, in order; none for a test on rows about the unit itself.
    group: Option<&'t [u32]>,
    counted: &'t Counted,
    answers: &'t Answers,
}

impl<'d> Pass<'d> {
    /// Puts the verdicts of the pass beside the units, and the people it names beside the people.
    pub(super) fn judge(
        &self,
        cohort: &mut Cohort<'d>,
        standings: &Standings,
        groups: &[Option<Arc<Vec<u32>>>],
        counted: &[Counted],
        answers: &[Answers],
    ) -> PolarsResult<()> {
        let height = cohort.units.height();
        // Put beside the units together at the end: each time, all columns are told apart by name.
        let mut columns = Vec::new();
        let found = groups.iter().zip(counted).zip(answers).zip(standings.open(&self.tasks));
        for (task, (((group, counted), answers), open)) in self.tasks.iter().zip(found) {
            let group = group.as_ref().map(|g| g.as_slice());
            let finding = Finding { task, standings, group, counted, answers };
            let mut named = (task.names_people && group.is_some()).then(Vec::new);
            let of_units = match (&cohort.people, &mut named) {
                (Some(people), named) if !task.pools() => {
                    finding.of_people(people, height, named.as_mut())
                }
                (people, named) => {
                    if let (Some(named), Some(group)) = (named, group) {
                        named.extend(in_both(group, &counted.people));
                    }
                    finding.of_units(people.as_ref(), height)
                }
            };
            let key = task.key.as_str();
            let verdicts: Vec<u32> = of_units.iter().map(|a| a.verdict as u32).collect();
            columns.push(Column::new(key.into(), verdicts));
            if task.gives_value() {
                let values = of_units.iter().map(|a| a.value);
                let name = PlSmallStr::from_string(value_of(key));
                let values = Float64Chunked::from_iter_options(name, values);
                columns.push(values.into_column());
            }
            columns.push(open.with_name(open_of(key).into()).into_column());
            if let (Some(named), Some(people)) = (named, &mut cohort.people) {
                people.name(key, named);
            }
        }
        cohort.units.hstack_mut(&columns)?;
        Ok(())
    }
}

impl Finding<'_, '_> {
    /// A test of pooled rows: one answer for the unit.
    fn of_units(&self, people: Option<&People<'_>>, height: usize) -> Vec<Answer> {
        let without_rows = self.answers.without_rows(self.task, self.standings);
        let mut found: Vec<Answer> = (0..height).map(without_rows).collect();
        for (&unit, answer) in self.counted.groups.iter().zip(&self.answers.with_rows) {
            found.get_mut(unit as usize).into_iter().for_each(|f| *f = *answer);
        }
        if let (Some(group), Some(people)) = (self.group, people) {
            let mut somebody = vec![false; height];
            for &person in group {
                let unit = people.units.get(person as usize).map(|&u| u as usize);
                unit.and_then(|u| somebody.get_mut(u)).into_iter().for_each(|s| *s = true);
            }
            for (answer, somebody) in found.iter_mut().zip(somebody) {
                if !somebody {
                    // Nobody has no number, also where the rows of nobody would come to nought.
                    *answer = Answer { verdict: stated(self.task.test.nobody), value: None };
                }
            }
        }
        found
    }

    /// A test of single people: an answer each, then one for the unit. Those who pass it are named.
    fn of_people(
        &self,
        people: &People<'_>,
        height: usize,
        mut named: Option<&mut Vec<u32>>,
    ) -> Vec<Answer> {
        let nobody = Answer { verdict: stated(self.task.test.nobody), value: None };
        let mut found = vec![nobody; height];
        let ladder = ladder(&self.task.test.who);
        let without_rows = self.answers.without_rows(self.task, self.standings);
        let height_of = |verdict: Verdict| ladder.iter().position(|rung| *rung == verdict);
        let counted = self.counted.groups.iter().zip(&self.answers.with_rows);
        let mut counted = counted.peekable();
        let mut before = None;
        for &person in self.group.unwrap_or_default() {
            let Some(unit) = people.units.get(person as usize).map(|&u| u as usize) else {
                continue;
            };
            let answer = match counted.next_if(|(group, _)| **group == person) {
                Some((_, answer)) => *answer,
                None => without_rows(unit),
            };
            if let (Some(named), Verdict::Met) = (&mut named, answer.verdict) {
                named.push(person);
            }
            let Some(of_unit) = found.get_mut(unit) else { continue };
            let is_first = before != Some(unit);
            if is_first || height_of(answer.verdict) < height_of(of_unit.verdict) {
                *of_unit = answer;
            }
            before = Some(unit);
        }
        found
    }
}

/// The order in which one person's verdict outweighs another's, weightiest first.
fn ladder(who: &Who) -> [Verdict; 5] {
    use Verdict::{Met, NotApplicable, NotMet, Pending, Unknown};
    match who {
        Who::Any(_) => [Met, Pending, Unknown, NotMet, NotApplicable],
        _ => [NotMet, Pending, Unknown, Met, NotApplicable],
    }
}

/// What stands in both of two lists in order.
fn in_both<'l>(a: &'l [u32], b: &'l [u32]) -> impl Iterator<Item = u32> + 'l {
    let mut b = b.iter().peekable();
    a.iter().copied().filter(move |a| {
        while b.next_if(|b| *b < a).is_some() {}
        b.peek() == Some(&a)
    })
}
