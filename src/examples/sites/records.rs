//! Every way in which a data check or a saved extract can be written slightly wrong.

use super::{At, expressions};
use crate::calendar::Length;
use crate::definitions::Definitions;
use crate::definitions::data_check::{DataCheck, Fault, Without};
use crate::definitions::expression::Checked;
use crate::definitions::extract::{DateForm, Extract, ExtractColumn, Recent};

/// A condition with one thing in it changed, and without it where it may be missing.
fn conditions(
    at: At<'_>,
    condition: Option<&Checked>,
    key: &str,
) -> Vec<(String, Option<Checked>)> {
    let Some(condition) = condition else { return Vec::new() };
    let mut all = vec![(format!("without its `{key}`"), None)];
    all.extend(changed(at, condition, key).into_iter().map(|(says, c)| (says, Some(c))));
    all
}

fn changed(at: At<'_>, condition: &Checked, key: &str) -> Vec<(String, Checked)> {
    let each = expressions(at, &condition.expr).into_iter();
    each.map(|(says, expr)| (format!("{key}: {says}"), Checked { expr, ..condition.clone() }))
        .collect()
}

/// All changes to a check that can make a difference by the rules of the language.
pub(in crate::examples) fn of_check(
    definitions: &Definitions,
    check: &DataCheck,
) -> Vec<(String, DataCheck)> {
    let at = At { definitions, unit: "case", over_rows: true, silence_is_no: true };
    let mut all: Vec<(String, DataCheck)> = conditions(at, check.among.as_ref(), "where")
        .into_iter()
        .map(|(says, among)| (says, DataCheck { among, ..check.clone() }))
        .collect();
    let mut push = |says: String, fault: Fault| {
        all.push((says, DataCheck { fault, ..check.clone() }));
    };
    match &check.fault {
        Fault::Holds { condition, by_chance } => {
            for (says, condition) in changed(at, condition, "wrong") {
                push(says, Fault::Holds { condition, by_chance: *by_chance });
            }
            if let Some(usual) = by_chance {
                let condition = condition.clone();
                push(
                    "without its `by_chance`".to_owned(),
                    Fault::Holds { condition: condition.clone(), by_chance: None },
                );
                let twice = Some((usual * 2.0).min(1.0));
                push(
                    "twice its `by_chance`".to_owned(),
                    Fault::Holds { condition, by_chance: twice },
                );
            }
        }
        Fault::Repeated(columns) => {
            for (says, columns) in one_fewer(columns) {
                push(says, Fault::Repeated(columns));
            }
        }
        Fault::Overlapping(columns) => {
            push("repeated for overlapping".to_owned(), Fault::Repeated(columns.clone()));
            for (says, columns) in one_fewer(columns) {
                push(says, Fault::Overlapping(columns));
            }
        }
        Fault::Without(without) => {
            for (says, condition) in conditions(at, without.condition.as_ref(), "without.where") {
                push(says, Fault::Without(Without { condition, ..without.clone() }));
            }
        }
    }
    all
}

/// The columns without one of them, as long as one is left.
fn one_fewer(columns: &[String]) -> Vec<(String, Vec<String>)> {
    let without = |column: &String| {
        let others = columns.iter().filter(|c| *c != column).cloned().collect();
        (format!("whatever is in {column}"), others)
    };
    columns.iter().filter(|_| columns.len() > 1).map(without).collect()
}

/// All changes to an extract: which rows it takes, and what stands in them.
pub(in crate::examples) fn of_extract(
    definitions: &Definitions,
    extract: &Extract,
) -> Vec<(String, Extract)> {
    let at = At { definitions, unit: &extract.unit, over_rows: false, silence_is_no: true };
    let mut all: Vec<(String, Extract)> = conditions(at, extract.among.as_ref(), "where")
        .into_iter()
        .map(|(says, among)| (says, Extract { among, ..extract.clone() }))
        .collect();
    for (says, first) in conditions(at, extract.first.as_ref(), "first") {
        all.push((says, Extract { first, ..extract.clone() }));
    }
    for (says, recent) in extract.recent.iter().flat_map(other_days) {
        all.push((says, Extract { recent, ..extract.clone() }));
    }
    let dates = match extract.dates {
        DateForm::Iso => ("days written day first", DateForm::DayFirst),
        DateForm::DayFirst => ("days written year first", DateForm::Iso),
    };
    all.push((dates.0.to_owned(), Extract { dates: dates.1, ..extract.clone() }));
    for (place, column) in extract.columns.iter().enumerate() {
        for (says, column) in other_columns(at, column) {
            let mut columns = extract.columns.clone();
            let says = format!("{}: {says}", column.header);
            if let Some(slot) = columns.get_mut(place) {
                *slot = column;
            }
            all.push((says, Extract { columns, ..extract.clone() }));
        }
    }
    all
}

/// One month (week, day…) fewer and more, and with or without those that have no date.
fn other_days(recent: &Recent) -> Vec<(String, Option<Recent>)> {
    let Length { count, unit } = recent.last;
    let counts = [count.checked_sub(1), count.checked_add(1)].into_iter().flatten();
    let mut all: Vec<(String, Option<Recent>)> = counts
        .map(|count| {
            let last = Length { count, unit };
            (format!("last {last} for {}", recent.last), Some(Recent { last, ..recent.clone() }))
        })
        .collect();
    let says =
        if recent.or_open { "without those that are open" } else { "with those that are open" };
    all.push((says.to_owned(), Some(Recent { or_open: !recent.or_open, ..recent.clone() })));
    all.push(("whenever it was".to_owned(), None));
    all
}

/// A column with another value, without one of its codes, or without what stands for nothing.
fn other_columns(at: At<'_>, column: &ExtractColumn) -> Vec<(String, ExtractColumn)> {
    let mut all: Vec<(String, ExtractColumn)> = changed(at, &column.value, "value")
        .into_iter()
        .map(|(says, value)| (says, ExtractColumn { value, ..column.clone() }))
        .collect();
    for (word, _) in &column.codes {
        let codes = column.codes.iter().filter(|(w, _)| w != word).cloned().collect();
        all.push((
            format!("without the code of {word}"),
            ExtractColumn { codes, ..column.clone() },
        ));
    }
    if !column.missing.is_empty() {
        let missing = String::new();
        all.push(("without its `missing`".to_owned(), ExtractColumn { missing, ..column.clone() }));
    }
    all
}
