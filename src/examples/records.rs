//! Worked examples of data checks and saved extracts: their rows go through the real stages, and the rows
//! that a check finds, or that an extract gives, must be those that the example says.
//!
//! A check compares the rows of its source with each other, so each example is judged alone, with no more
//! definitions than the check or extract asks about.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::PolarsResult;

use crate::calendar::Day;
use crate::definitions::Definitions;
use crate::definitions::data_check::{DataCheck, Fault};
use crate::definitions::example::Comes;
use crate::definitions::expression::{Expr, Name};
use crate::definitions::extract::Extract;
use crate::definitions::unit::UnitRows;
use crate::evaluate::Evaluated;
use crate::examples::sites::records::{of_check, of_extract};
use crate::examples::slim::{Judged, units_for, with_only};
use crate::examples::{Fate, Mutant, judged_rows};
use crate::{extract, quality};

/// What became of one example of a check or an extract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordProof {
    /// Its place among the examples of checks and extracts.
    pub example: usize,
    /// What is not as expected, in words.
    pub wrong: Vec<String>,
}

/// Runs these examples of checks and extracts, by their places. `done` is told how many more have been
/// run.
///
/// # Errors
/// When a date lies beyond the table of bank holidays, or the data frame library refuses.
pub fn prove_records(
    definitions: &mut Definitions,
    numbers: &[usize],
    done: &mut dyn FnMut(usize),
) -> PolarsResult<Vec<RecordProof>> {
    let mut proofs = Vec::new();
    for (of, numbers) in by_definition(definitions, numbers) {
        let subject = take(definitions, &of);
        let found = with_what_it_asks(definitions, &subject, |definitions| {
            let prove = |&number: &usize| {
                let found = come(definitions, &subject, number)?;
                let example = definitions.record_examples.get(number);
                let wrong = example.map(|e| differences(&e.comes, &found)).unwrap_or_default();
                Ok(RecordProof { example: number, wrong })
            };
            numbers.iter().map(prove).collect::<PolarsResult<Vec<_>>>()
        });
        put_back(definitions, subject);
        done(numbers.len());
        proofs.extend(found?);
    }
    proofs.sort_by_key(|p| p.example);
    Ok(proofs)
}

/// Changes a check or an extract one thing at a time and runs its examples on each change.
///
/// # Errors
/// As [`prove_records`].
pub(super) fn mutate_records(definitions: &mut Definitions, of: &str) -> PolarsResult<Vec<Mutant>> {
    let numbers: Vec<usize> = (0..definitions.record_examples.len())
        .filter(|&n| definitions.record_examples.get(n).is_some_and(|e| e.of == of))
        .collect();
    let subject = take(definitions, of);
    let variants: Vec<(String, Subject)> = match &subject {
        Subject::Check(_, check) => of_check(definitions, check)
            .into_iter()
            .map(|(says, check)| (says, Subject::Check(0, Box::new(check))))
            .collect(),
        Subject::Extract(extract) => of_extract(definitions, extract)
            .into_iter()
            .map(|(says, extract)| (says, Subject::Extract(Box::new(extract))))
            .collect(),
        Subject::None => Vec::new(),
    };
    let fates = with_what_it_asks(definitions, &subject, |definitions| {
        let mut fates = vec![Fate::Untried; variants.len()];
        for &number in &numbers {
            let Some(example) = definitions.record_examples.get(number) else { continue };
            let (comes, as_at) = (example.comes.clone(), example.as_at);
            let judged = judged(definitions, number)?;
            as_at_day(definitions, Some(as_at), |definitions| {
                if !fits(&comes, &subject.come(definitions, &judged)?) {
                    return Ok(());
                }
                for ((_, variant), fate) in variants.iter().zip(&mut fates) {
                    if matches!(fate, Fate::Noticed(_)) {
                        continue;
                    }
                    let same = fits(&comes, &variant.come(definitions, &judged)?);
                    *fate = if same { Fate::Survived } else { Fate::Noticed(number) };
                }
                PolarsResult::Ok(())
            })?;
        }
        PolarsResult::Ok(fates)
    });
    put_back(definitions, subject);
    let mutant = |((says, _), fate)| Mutant { of: of.to_owned(), says, fate };
    Ok(variants.into_iter().zip(fates?).map(mutant).collect())
}

/// A check, taken out of the definitions, with its place there; or an extract as it stands in them, because what it
/// lists is only at hand while it does.
enum Subject {
    Check(usize, Box<DataCheck>),
    Extract(Box<Extract>),
    None,
}

fn take(definitions: &mut Definitions, of: &str) -> Subject {
    let check = |c: &DataCheck| of.strip_prefix("check.") == Some(&c.id);
    if let Some(at) = definitions.checks.iter().position(check) {
        return Subject::Check(at, Box::new(definitions.checks.remove(at)));
    }
    let extract = |e: &&Extract| of.strip_prefix("extract.") == Some(&e.id);
    match definitions.extracts.iter().find(extract) {
        Some(extract) => Subject::Extract(Box::new(extract.clone())),
        None => Subject::None,
    }
}

fn put_back(definitions: &mut Definitions, subject: Subject) {
    if let Subject::Check(at, check) = subject {
        definitions.checks.insert(at, *check);
    }
}

impl Subject {
    /// What comes of rows that have been judged.
    fn come(&self, definitions: &Definitions, judged: &Evaluated) -> PolarsResult<Comes> {
        match self {
            Self::Check(_, check) => {
                let found = quality::look(definitions, judged, check)?;
                // What is no more than chance is no finding, whatever single rows say.
                let rows = found.rows.iter().filter(|_| found.told).filter_map(|r| r.row);
                Ok(Comes::Found(rows.collect()))
            }
            Self::Extract(extract) => {
                let headers = || extract.columns.iter().map(|c| c.header.clone());
                let rows = extract::rows(definitions, judged, extract)?;
                Ok(Comes::Rows(rows.into_iter().map(|r| headers().zip(r).collect()).collect()))
            }
            Self::None => Ok(Comes::Found(Vec::new())),
        }
    }

    /// Everything that it asks of its rows.
    fn expressions(&self) -> Vec<&Expr> {
        match self {
            Self::Check(_, check) => check.conditions().map(|c| &c.expr).collect(),
            Self::Extract(extract) => extract.expressions().map(|c| &c.expr).collect(),
            Self::None => Vec::new(),
        }
    }

    /// The units that it is about.
    fn units(&self, definitions: &Definitions) -> BTreeSet<String> {
        let made_of = |source: &str| {
            let rows = UnitRows::Source(source.to_owned());
            definitions.units.iter().filter(move |u| u.rows == rows).map(|u| u.id.as_str())
        };
        let about: Vec<&str> = match self {
            Self::Check(_, check) => {
                let other = match &check.fault {
                    Fault::Without(without) => Some(without.source.as_str()),
                    _ => None,
                };
                made_of(&check.source).chain(other.into_iter().flat_map(made_of)).collect()
            }
            Self::Extract(extract) => vec![&extract.unit],
            Self::None => Vec::new(),
        };
        about.into_iter().flat_map(|unit| units_for(definitions, unit)).collect()
    }
}

/// Runs something with only those definitions that a check or an extract asks about.
fn with_what_it_asks<T>(
    definitions: &mut Definitions,
    subject: &Subject,
    run: impl FnOnce(&mut Definitions) -> T,
) -> T {
    let names = subject.expressions().into_iter().flat_map(Expr::names);
    // A fact may rest on another, or on what frameworks say.
    let asks =
        |n: &Name| matches!(n, Name::Fact(_) | Name::Need(_) | Name::Outcome(_) | Name::Claim(_));
    let asks_what_was_found = names.collect::<Vec<_>>().iter().any(asks);
    let nothing = Judged { frameworks: Vec::new(), facts: Vec::new() };
    let units = subject.units(definitions);
    let is_need = |id: &String| definitions.unit(id).is_some_and(|u| u.rows == UnitRows::CaseNeeds);
    let asks_what_was_found = asks_what_was_found || units.iter().any(is_need);
    with_only(definitions, &units, Some(nothing).filter(|_| !asks_what_was_found), run)
}

/// The rows of an example, judged.
fn judged(definitions: &mut Definitions, number: usize) -> PolarsResult<Evaluated> {
    let none = BTreeMap::new();
    let example = definitions.record_examples.get(number);
    let given = example.map_or(&none, |e| &e.given).clone();
    let feeds = example.map(|e| e.complete_to.iter().map(|(s, d)| (s.clone(), *d)).collect());
    let as_at = example.map_or(definitions.project.as_at, |e| e.as_at);
    judged_rows(definitions, &(as_at, feeds.unwrap_or_default()), &given, &|_, _| Ok(()))
}

/// What comes of the rows of an example.
fn come(definitions: &mut Definitions, subject: &Subject, number: usize) -> PolarsResult<Comes> {
    let as_at = definitions.record_examples.get(number).map(|e| e.as_at);
    let judged = judged(definitions, number)?;
    as_at_day(definitions, as_at, |definitions| subject.come(definitions, &judged))
}

/// Runs something as of another day.
fn as_at_day<T>(
    definitions: &mut Definitions,
    day: Option<Day>,
    run: impl FnOnce(&Definitions) -> T,
) -> T {
    let today = definitions.project.as_at;
    definitions.project.as_at = day.unwrap_or(today);
    let found = run(definitions);
    definitions.project.as_at = today;
    found
}

/// These examples by what they are about, in the order in which that first occurs.
fn by_definition(definitions: &Definitions, numbers: &[usize]) -> Vec<(String, Vec<usize>)> {
    let mut groups: Vec<(String, Vec<usize>)> = Vec::new();
    for &number in numbers {
        let Some(example) = definitions.record_examples.get(number) else { continue };
        match groups.iter_mut().find(|(of, _)| *of == example.of) {
            Some((_, group)) => group.push(number),
            None => groups.push((example.of.clone(), vec![number])),
        }
    }
    groups
}

/// Whether what comes of the rows is what was expected.
fn fits(expected: &Comes, found: &Comes) -> bool {
    differences(expected, found).is_empty()
}

fn differences(expected: &Comes, found: &Comes) -> Vec<String> {
    match (expected, found) {
        (Comes::Found(expected), Comes::Found(found)) => {
            let missed = expected.iter().filter(|row| !found.contains(row));
            let missed = missed.map(|row| format!("expected to find row {row}, and did not"));
            let others = found.iter().filter(|row| !expected.contains(row));
            missed.chain(others.map(|row| format!("found row {row}"))).collect()
        }
        (Comes::Rows(expected), Comes::Rows(found)) => {
            let mut wrong = Vec::new();
            if expected.len() != found.len() {
                wrong.push(format!("expected {} rows, found {}", expected.len(), found.len()));
            }
            for (number, (expected, found)) in (1..).zip(expected.iter().zip(found)) {
                for (header, text) in expected {
                    let stands = found.get(header).map_or("", String::as_str);
                    if stands != text {
                        wrong.push(format!(
                            "row {number}, {header}: expected \u{201c}{text}\u{201d}, found \u{201c}{stands}\u{201d}"
                        ));
                    }
                }
            }
            wrong
        }
        _ => vec!["there is no such check or extract".to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::definitions::load::load_texts;
    use crate::definitions::load::mistakes::town;

    /// The sound town with a check and an extract that have these examples.
    fn town_with(examples: &str) -> Definitions {
        let checks = format!(
            r#"[file]
language = 1
id = "more"
title = "More"
[audience.archive]
title = "Archive"
disclosure = "open"
row_level = true
[extract.closed]
title = "Closed"
unit = "case"
date = "closed_on"
last = "6 months"
audience = "archive"
columns = [{{ header = "Case", value = "case_id" }}, {{ header = "Day", value = "closed_on" }}]
[check.slow]
title = "Open for over 30 days"
source = "cases"
where = "closed_on is null"
wrong = "days(identified_on, as_at) > 30"
audience = "inside"
quality = "timeliness"
grade = "warning"
why = "Nobody answers"
mend = "Decide"
mended_by = "Front door"
{examples}"#
        );
        let project = town::PROJECT.replace("\"stories\"]", "\"stories\", \"more\"]");
        let others = town::FILES.iter().filter(|(name, _)| *name != "project.toml").copied();
        let own = [("more.toml", checks.as_str()), ("project.toml", project.as_str())];
        let files: Vec<(&str, &str)> = others.chain(own).collect();
        load_texts(Path::new("town"), &files).definitions.expect("sound files")
    }

    const CASES: &str = "as_at = 2026-03-31\ngiven.cases = [\n  { case_id = \"C1\", family_id = \"F1\", identified_on = 2026-02-28 },\n  { case_id = \"C2\", family_id = \"F2\", identified_on = 2026-03-01 },\n  { case_id = \"C3\", family_id = \"F3\", identified_on = 2026-01-01, closed_on = 2026-03-01 },\n]\n";

    fn example(of: &str, comes: &str) -> String {
        format!("[[example]]\nof = \"{of}\"\nsays = \"So\"\n{CASES}{comes}\n")
    }

    #[test]
    fn examples_are_judged_as_of_their_own_day_and_say_what_is_wrong() {
        let mut definitions = town_with(
            &[
                example("check.slow", "finds = [1]"),
                example("check.slow", "finds = [2]"),
                example("extract.closed", "gives = [{ Case = \"C3\", Day = \"2026-03-01\" }]"),
                example("extract.closed", "gives = [{ Case = \"C1\" }, {}]"),
            ]
            .concat(),
        );
        let proofs = prove_records(&mut definitions, &[0, 1, 2, 3], &mut |_| {}).expect("proofs");
        let wrong: Vec<String> = proofs.iter().map(|p| p.wrong.join("; ")).collect();
        assert_eq!(wrong[0], "");
        assert_eq!(wrong[1], "expected to find row 2, and did not; found row 1");
        assert_eq!(wrong[2], "");
        assert_eq!(
            wrong[3],
            "expected 2 rows, found 1; row 1, Case: expected \u{201c}C1\u{201d}, found \u{201c}C3\u{201d}"
        );
        assert_eq!(definitions.checks.len() + definitions.extracts.len(), 2, "all are back");
    }

    #[test]
    fn a_threshold_is_noticed_where_a_row_stands_on_each_side_of_it() {
        let mut definitions = town_with(&example("check.slow", "finds = [1]"));
        let mutants = mutate_records(&mut definitions, "check.slow").expect("mutants");
        let open: Vec<&str> = (mutants.iter())
            .filter(|m| m.fate == Fate::Survived)
            .map(|m| m.says.as_str())
            .collect();
        // On 31 March it is 31 days since 28 February and 30 since 1 March.
        assert_eq!(mutants.len() - open.len(), 5, "{mutants:?}");
        assert!(open.is_empty(), "{open:?}");
    }
}
