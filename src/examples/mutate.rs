//! Do the examples bite? Every definition is changed a little, in every way that
//! [`sites`](super::sites) knows, and its examples are run again. A change that no example notices
//! is a hole: somebody could make it by mistake, and nobody would be told.
//!
//! The mutants of a definition stand beside it in one framework and are judged in the same pass, so
//! the whole run costs about as much as running the examples a few times.

use std::mem;

use polars::prelude::*;

use crate::calendar::Day;
use crate::definitions::Definitions;
use crate::definitions::expression::{Checked, Expr};
use crate::definitions::framework::{Claim, Framework, Need, Outcome};
use crate::definitions::measure::Fact;
use crate::definitions::test::{Test, TestKind, Window};
use crate::evaluate::{claim_column, fact_column, need_column, outcome_column, qualified};
use crate::examples::discretion;
use crate::examples::records::mutate_records;
use crate::examples::sites::{Change, Moved, changes, of_rule};
use crate::examples::slim::{Judged, units_for, with_only};
use crate::examples::{finding, judged, settings};
use crate::link::Linked;

/// A definition with one thing in it changed, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mutant {
    /// The definition: `sf2022.outcome.not_missing`.
    pub of: String,
    /// What was changed, in words: `none: window 5 months for 6 months`.
    pub says: String,
    /// What became of it.
    pub fate: Fate,
}

impl Mutant {
    /// What the example shows that comes out differently.
    #[must_use]
    pub fn noticed_by<'d>(&self, definitions: &'d Definitions) -> Option<&'d str> {
        let Fate::Noticed(number) = self.fate else { return None };
        let of_records = definitions.record_examples.get(number).filter(|e| e.of == self.of);
        let says = of_records.map(|e| &e.says);
        says.or_else(|| definitions.examples.get(number).map(|e| &e.says)).map(String::as_str)
    }
}

/// What became of a mutant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// An example came out differently: its place among the examples of verdicts, or of checks and extracts.
    Noticed(usize),
    /// Every example came out as before.
    Survived,
    /// The definition has no example that comes out as it says.
    Untried,
}

/// Changes every need, outcome, claim, fact and override whose name contains `only`, one thing at a time,
/// and runs its examples on each change; then every check and extract that has examples. `progress` is
/// told the name of each definition before its turn.
///
/// The mutants of a need are also shown to the examples of its outcome, which reads the people whom
/// the need names.
///
/// # Errors
/// When a date lies beyond the table of bank holidays, or the data frame library refuses.
pub fn mutate(
    definitions: &mut Definitions,
    only: Option<&str>,
    progress: &mut dyn FnMut(&str),
) -> PolarsResult<Vec<Mutant>> {
    let mut all = Vec::new();
    for trial in trials(definitions) {
        if only.is_none_or(|part| trial.of.contains(part)) {
            progress(&trial.of);
            all.extend(run(definitions, trial)?);
        }
    }
    for by in discretion::overrides(definitions) {
        if only.is_none_or(|part| by.2.contains(part)) {
            progress(&by.2);
            all.extend(discretion::run(definitions, by)?);
        }
    }
    for of in of_records(definitions, only) {
        progress(&of);
        all.extend(mutate_records(definitions, &of)?);
    }
    Ok(all)
}

/// The checks and extracts that have examples, in the order of these. One without says that it has none
/// when it is checked, if it ought to have some.
fn of_records(definitions: &Definitions, only: Option<&str>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for example in &definitions.record_examples {
        if only.is_none_or(|part| example.of.contains(part)) && !all.contains(&example.of) {
            all.push(example.of.clone());
        }
    }
    all
}

/// How many definitions there are to change.
#[must_use]
pub fn subjects(definitions: &Definitions, only: Option<&str>) -> usize {
    let trials = trials(definitions).into_iter().map(|trial| trial.of);
    let overrides = discretion::overrides(definitions).into_iter().map(|(_, _, name)| name);
    let judged = trials.chain(overrides).filter(|name| only.is_none_or(|part| name.contains(part)));
    judged.count() + of_records(definitions, only).len()
}

/// One definition with all its mutants beside it.
struct Trial {
    /// The definition.
    of: String,
    /// Its unit.
    unit: String,
    /// What stands in for all frameworks.
    frameworks: Vec<Framework>,
    /// What stands in for all facts.
    facts: Vec<Fact>,
    /// The mutants.
    variants: Vec<Variant>,
    /// Which examples look at what.
    looks: Vec<Look>,
}

/// The examples of a definition look at a column, of which each mutant has its own.
struct Look {
    /// The definition that the examples are of.
    of: String,
    /// The column of a need, outcome, claim or fact.
    column_of: fn(&str) -> String,
    /// The name that the column is made from, without a mutant's mark.
    id: String,
}

/// A mutant in words, with the edge that it moves, if it does.
pub(super) struct Variant {
    pub(super) says: String,
    pub(super) moved: Option<(Window, Moved)>,
}

/// The name of a mutant beside its definition. The mark cannot stand in a name that people write.
fn marked(id: &str, number: usize) -> String {
    format!("{id}~{number}")
}

pub(super) fn first_anchor(number: usize) -> String {
    format!("first day of mutant {number}")
}

pub(super) fn last_anchor(number: usize) -> String {
    format!("last day of mutant {number}")
}

fn trials(definitions: &Definitions) -> Vec<Trial> {
    let mut all = Vec::new();
    for framework in &definitions.frameworks {
        all.extend(framework.needs.iter().map(|n| of_need(definitions, framework, n)));
        all.extend(framework.outcomes.iter().map(|o| of_outcome(definitions, framework, o)));
        all.extend(framework.claims.iter().map(|c| of_claim(definitions, framework, c)));
    }
    all.extend(definitions.facts.iter().map(|f| of_fact(definitions, f)));
    all
}

/// The tests and the rule of a definition as each mutant has them.
fn variants(
    definitions: &Definitions,
    tests: &[Test],
    rule: &Checked,
    is_need: bool,
) -> Vec<(Variant, Vec<Test>, Checked)> {
    let mut all = Vec::new();
    let mut only_or = true;
    rule.expr.walk(&mut |e| only_or &= matches!(e, Expr::Or(..) | Expr::Name(_)));
    for (place, test) in tests.iter().enumerate() {
        for change in changes(definitions, "case", test, is_need && only_or) {
            let number = all.len() + 1;
            let says = format!("{}: {}", test.id, change.says);
            let (test, moved) = placed(change, number);
            let mut tests = tests.to_vec();
            if let Some(slot) = tests.get_mut(place) {
                *slot = test;
            }
            all.push((Variant { says, moved }, tests, rule.clone()));
        }
    }
    for (says, rule) in of_rule(definitions, "case", rule) {
        let says = format!("rule: {says}");
        all.push((Variant { says, moved: None }, tests.to_vec(), rule));
    }
    all
}

/// The test of a change. If an edge is moved, its window hangs from anchors of the mutant's own.
fn placed(change: Change, number: usize) -> (Test, Option<(Window, Moved)>) {
    let Change { mut test, moved, .. } = change;
    let (Some(moved), TestKind::Rows(rows)) = (moved, &mut test.kind) else {
        return (test, None);
    };
    let own = Window::FromTo { from: first_anchor(number), to: last_anchor(number) };
    let was = mem::replace(&mut rows.window, own);
    (test, Some((was, moved)))
}

/// A framework with nothing in it but its dates.
fn emptied(framework: &Framework) -> Framework {
    Framework {
        id: framework.id.clone(),
        title: framework.title.clone(),
        valid: framework.valid.clone(),
        reference: framework.reference.clone(),
        headlines: framework.headlines.clone(),
        needs: Vec::new(),
        outcomes: Vec::new(),
        claims: Vec::new(),
        overrides: framework.overrides.clone(),
    }
}

fn of_need(definitions: &Definitions, framework: &Framework, need: &Need) -> Trial {
    let mut alone = emptied(framework);
    let outcome = framework.outcome_of(&need.id);
    alone.needs.push(need.clone());
    alone.outcomes.extend(outcome.cloned());
    let mut said = Vec::new();
    for (at, (variant, tests, rule)) in
        variants(definitions, &need.tests, &need.rule, true).into_iter().enumerate()
    {
        let id = marked(&need.id, at + 1);
        if let Some(outcome) = outcome {
            let own = marked(&outcome.id, at + 1);
            alone.outcomes.push(Outcome { id: own, need: id.clone(), ..outcome.clone() });
        }
        alone.needs.push(Need { id, tests, rule, ..need.clone() });
        said.push(variant);
    }
    let of = format!("{}.need.{}", framework.id, need.id);
    let mut looks =
        vec![Look { of: of.clone(), column_of: need_column, id: qualified(framework, &need.id) }];
    if let Some(outcome) = outcome {
        let of = format!("{}.outcome.{}", framework.id, outcome.id);
        looks.push(Look { of, column_of: outcome_column, id: qualified(framework, &outcome.id) });
    }
    let (frameworks, facts) = (vec![alone], Vec::new());
    Trial { of, unit: "case".to_owned(), frameworks, facts, variants: said, looks }
}

fn of_outcome(definitions: &Definitions, framework: &Framework, outcome: &Outcome) -> Trial {
    let mut alone = emptied(framework);
    alone.needs.extend(framework.needs.iter().find(|n| n.id == outcome.need).cloned());
    alone.outcomes.push(outcome.clone());
    let mut said = Vec::new();
    for (at, (variant, tests, rule)) in
        variants(definitions, &outcome.tests, &outcome.rule, false).into_iter().enumerate()
    {
        let id = marked(&outcome.id, at + 1);
        alone.outcomes.push(Outcome { id, tests, rule, ..outcome.clone() });
        said.push(variant);
    }
    let of = format!("{}.outcome.{}", framework.id, outcome.id);
    Trial {
        unit: "case".to_owned(),
        looks: vec![Look {
            of: of.clone(),
            column_of: outcome_column,
            id: qualified(framework, &outcome.id),
        }],
        of,
        frameworks: vec![alone],
        facts: Vec::new(),
        variants: said,
    }
}

fn of_claim(definitions: &Definitions, framework: &Framework, claim: &Claim) -> Trial {
    let mut whole = framework.clone();
    whole.claims = vec![claim.clone()];
    let mut said = Vec::new();
    for (at, (variant, tests, rule)) in
        variants(definitions, &claim.tests, &claim.rule, false).into_iter().enumerate()
    {
        whole.claims.push(Claim { id: marked(&claim.id, at + 1), tests, rule, ..claim.clone() });
        said.push(variant);
    }
    let of = format!("{}.claim.{}", framework.id, claim.id);
    Trial {
        unit: "case".to_owned(),
        looks: vec![Look {
            of: of.clone(),
            column_of: claim_column,
            id: qualified(framework, &claim.id),
        }],
        of,
        frameworks: vec![whole],
        facts: Vec::new(),
        variants: said,
    }
}

fn of_fact(definitions: &Definitions, fact: &Fact) -> Trial {
    let mut facts = vec![fact.clone()];
    let mut said = Vec::new();
    for (at, change) in changes(definitions, &fact.unit, &fact.test, false).into_iter().enumerate()
    {
        let says = change.says.clone();
        let (test, moved) = placed(change, at + 1);
        facts.push(Fact { id: marked(&fact.id, at + 1), test, ..fact.clone() });
        said.push(Variant { says, moved });
    }
    let of = format!("fact.{}", fact.id);
    Trial {
        looks: vec![Look { of: of.clone(), column_of: fact_column, id: fact.id.clone() }],
        of,
        unit: fact.unit.clone(),
        frameworks: Vec::new(),
        facts,
        variants: said,
    }
}

/// Runs the examples of a trial once for the definition and all its mutants.
fn run(definitions: &mut Definitions, trial: Trial) -> PolarsResult<Vec<Mutant>> {
    let Trial { of, unit, frameworks, facts, variants, looks } = trial;
    let needed = units_for(definitions, &unit);
    let judged = Some(Judged { frameworks, facts });
    let fates = with_only(definitions, &needed, judged, |definitions| {
        fates(definitions, &unit, &variants, &looks)
    });
    let mutant =
        |(variant, fate): (Variant, Fate)| Mutant { of: of.clone(), says: variant.says, fate };
    Ok(variants.into_iter().zip(fates?).map(mutant).collect())
}

fn fates(
    definitions: &mut Definitions,
    unit: &str,
    variants: &[Variant],
    looks: &[Look],
) -> PolarsResult<Vec<Fate>> {
    let mut noticed: Vec<Option<usize>> = vec![None; variants.len()];
    let mut tried = false;
    let looking = |of: &str| looks.iter().find(|look| look.of == of);
    let numbers: Vec<usize> = (0..definitions.examples.len())
        .filter(|&n| definitions.examples.get(n).is_some_and(|e| looking(&e.of).is_some()))
        // What somebody decided says nothing of what the rule means.
        .filter(|&n| !discretion::is_about_decisions(definitions, n))
        .collect();
    for (setting, numbers) in settings(definitions, &numbers) {
        let edges = |definitions: &Definitions, linked: &mut Linked| {
            move_edges(definitions, linked, unit, variants)
        };
        let judged = judged(definitions, &setting, &numbers, &edges)?;
        let Some(frame) = judged.units.get(unit) else { continue };
        for &number in &numbers {
            let Some(example) = definitions.examples.get(number) else { continue };
            let Some(Look { column_of, id, .. }) = looking(&example.of) else { continue };
            for (expected_of, expected) in &example.expect {
                let named = (number, expected_of.as_str());
                let found = |id: &str| {
                    let of = (example.period, column_of(id));
                    finding(definitions, &judged, unit, frame, (of.0, &of.1), named)
                };
                if !expected.agrees_with(found(id)?) {
                    continue;
                }
                tried = true;
                for (at, fate) in noticed.iter_mut().enumerate().filter(|(_, f)| f.is_none()) {
                    if !expected.agrees_with(found(&marked(id, at + 1))?) {
                        *fate = Some(number);
                    }
                }
            }
        }
    }
    let fate = |noticed: Option<usize>| match noticed {
        Some(example) => Fate::Noticed(example),
        None if tried => Fate::Survived,
        None => Fate::Untried,
    };
    Ok(noticed.into_iter().map(fate).collect())
}

/// Gives the units the anchors from which the windows with a moved edge hang.
pub(super) fn move_edges(
    definitions: &Definitions,
    linked: &mut Linked,
    unit: &str,
    variants: &[Variant],
) -> PolarsResult<()> {
    let Some(frame) = linked.units.get_mut(unit) else { return Ok(()) };
    for (at, variant) in variants.iter().enumerate() {
        let Some((window, moved)) = &variant.moved else { continue };
        let mut anchors: Vec<(&str, Int32Chunked)> = Vec::new();
        for anchor in window.anchors() {
            anchors.push((anchor, frame.column(anchor)?.as_materialized_series().i32()?.clone()));
        }
        let days = |row: usize| {
            let day_of = |name: &str| {
                let (_, days) = anchors.iter().find(|(anchor, _)| *anchor == name)?;
                days.get(row).map(Day)
            };
            let found = window.days(day_of, definitions.project.calendars()).ok().flatten();
            found.map(|(first, last)| match moved {
                Moved::First(by) => (first.plus_days(*by).0, last.0),
                Moved::Last(by) => (first.0, last.plus_days(*by).0),
            })
        };
        let (firsts, lasts): (Vec<Option<i32>>, Vec<Option<i32>>) =
            (0..frame.height()).map(|row| days(row).unzip()).unzip();
        for (name, days) in [(first_anchor(at + 1), firsts), (last_anchor(at + 1), lasts)] {
            let column = Int32Chunked::from_iter_options(name.as_str().into(), days.into_iter());
            frame.with_column(column.into_column())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::definitions::load::load;

    /// The shipped definitions with only those examples of one fact that say this.
    fn reviews(says: &[&str]) -> Definitions {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("outcome-definitions");
        let mut definitions = load(&shipped).definitions.expect("the shipped definitions");
        definitions.examples.retain(|e| says.contains(&e.says.as_str()));
        definitions
    }

    fn fates(definitions: &mut Definitions) -> impl Fn(&str) -> Option<Fate> + use<> {
        let mutants = mutate(definitions, Some("fact.reviewed"), &mut |_| {}).expect("mutants");
        move |says: &str| mutants.iter().find(|m| m.says == says).map(|m| m.fate)
    }

    #[test]
    fn an_example_in_the_middle_of_a_window_does_not_notice_its_edges() {
        let mut definitions = reviews(&["A review four weeks after the plan"]);
        let fate = fates(&mut definitions);
        assert_eq!(fate("window 5 weeks for 6 weeks"), Some(Fate::Survived));
        assert_eq!(fate("the window ends a day earlier"), Some(Fate::Survived));
        assert_eq!(fate("expect: 2 for 1"), Some(Fate::Noticed(0)));
    }

    #[test]
    fn an_example_on_the_last_day_notices_a_shorter_window_but_not_a_longer_one() {
        let mut definitions = reviews(&["The last day is six weeks after the plan"]);
        let fate = fates(&mut definitions);
        assert_eq!(fate("window 5 weeks for 6 weeks"), Some(Fate::Noticed(0)));
        assert_eq!(fate("the window ends a day earlier"), Some(Fate::Noticed(0)));
        assert_eq!(fate("the window ends a day later"), Some(Fate::Survived));
    }

    #[test]
    fn the_definitions_are_as_they_were_afterwards() {
        let names = |d: &Definitions| {
            let units = d.units.iter().map(|u| u.id.clone());
            let needs = d.frameworks.iter().flat_map(|f| &f.needs).map(|n| n.id.clone());
            units.chain(needs).chain(d.facts.iter().map(|f| f.id.clone())).collect::<Vec<_>>()
        };
        let mut definitions = reviews(&[]);
        let before = names(&definitions);
        let fate = fates(&mut definitions);
        assert_eq!(fate("expect: 2 for 1"), Some(Fate::Untried));
        assert_eq!(names(&definitions), before);
    }
}
