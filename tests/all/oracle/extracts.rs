//! Saved extracts: which units are in, and what stands in each field.

use early_help::calendar::Day;
use early_help::definitions::extract::{DateForm, Extract};
use early_help::definitions::source::Source;

use super::expression::{Setting, evaluate};
use super::value::{Row, Value};
use super::world::{Subject, World};

/// The rows of an extract: those that come first, then the others, each in the order of its units.
pub(crate) fn rows(world: &World<'_>, extract: &Extract) -> Vec<Vec<String>> {
    let unit = world.definitions.unit(&extract.unit).expect("a unit");
    let subjects = world.subjects(unit);
    let taken = subjects.iter().filter(|subject| is_recent(world, extract, subject));
    let rows: Vec<(bool, Vec<String>)> = taken
        .filter_map(|subject| {
            // A person's age is asked of the person's own row.
            let person = person(world, subject);
            let here = Setting::new(world).subject(subject);
            let here = match &person {
                Some((people, row)) => here.row(people, row),
                None => here,
            };
            let asked = extract.among.as_ref().map(|among| evaluate(&among.expr, &here));
            if asked.is_some_and(|asked| asked != Value::YesNo(true)) {
                return None;
            }
            let field = |column: &early_help::definitions::extract::ExtractColumn| {
                let value = evaluate(&column.value.expr, &here);
                if value.is_nothing() {
                    return column.missing.clone();
                }
                let text = text(&value, extract.dates);
                let called = column.codes.iter().find(|(word, _)| *word == text);
                called.map_or(text.clone(), |(_, called)| called.clone())
            };
            let first = extract.first.as_ref().map(|first| evaluate(&first.expr, &here));
            let first = first.is_some_and(|first| first == Value::YesNo(true));
            Some((first, extract.columns.iter().map(field).collect()))
        })
        .collect();
    let (first, others): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(first, _)| *first);
    first.into_iter().chain(others).map(|(_, row)| row).collect()
}

fn is_recent(world: &World<'_>, extract: &Extract, subject: &Subject<'_>) -> bool {
    let Some(recent) = &extract.recent else { return true };
    match subject.value(&recent.date).day() {
        None => recent.or_open,
        Some(day) => {
            recent.last.before(world.as_at()).is_some_and(|first| day >= first)
                && day <= world.as_at()
        }
    }
}

fn person<'w>(world: &'w World<'_>, subject: &Subject<'_>) -> Option<(&'w Source, Row)> {
    let id = subject.own("person_id")?;
    let row = world.rows("people").iter().find(|row| row.get("person_id") == id)?;
    Some((world.source("people"), row.clone()))
}

fn text(value: &Value, dates: DateForm) -> String {
    let day_first = |day: &Day| {
        let iso = day.iso();
        let parts: Vec<&str> = iso.split('-').rev().collect();
        parts.join("/")
    };
    match value {
        Value::Day(day) if dates == DateForm::DayFirst => day_first(day),
        Value::YesNo(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        other => other.written(),
    }
}
