//! Data checks, as `docs/semantics.md` says: one row after the other, and every pair of them.

use std::collections::BTreeMap;

use early_help::calendar::Day;
use early_help::definitions::data_check::{DataCheck, Fault, Without};
use early_help::definitions::expression::Checked;
use early_help::definitions::source::Source;
use early_help::definitions::unit::UnitRows;

use super::expression::{Setting, evaluate};
use super::levels::code_of;
use super::value::{Row, Value};
use super::world::{Subject, World};

/// What a check found.
#[derive(Debug, Default)]
pub(crate) struct Looked {
    pub(crate) checked: u64,
    /// The numbers of the rows in their file, from 1.
    pub(crate) found: Vec<u32>,
    pub(crate) told: bool,
    /// By breakdown and the code of its level: looked at, found.
    pub(crate) splits: BTreeMap<(String, String), (u64, u64)>,
}

/// Looks at every row with a check.
pub(crate) fn look(world: &World<'_>, check: &DataCheck) -> Looked {
    let source = world.source(&check.source);
    let all: Vec<Row> = world.rows(&source.id).iter().map(|r| related(world, source, r)).collect();
    let looks = |row: &&Row| check.among.as_ref().is_none_or(|c| holds(world, source, row, c));
    let among: Vec<&Row> = all.iter().filter(looks).collect();
    let mut looked = Looked { checked: among.len() as u64, ..Looked::default() };
    for row in &among {
        let others = || among.iter().filter(|other| other.number != row.number);
        let wrong = match &check.fault {
            Fault::Holds { condition, .. } => holds(world, source, row, condition),
            Fault::Repeated(columns) => others().any(|other| same(row, other, columns)),
            Fault::Overlapping(columns) => {
                others().any(|other| same(row, other, columns) && last_together(source, row, other))
            }
            Fault::Without(without) => lacks(world, row, without),
        };
        if wrong {
            looked.found.push(row.number + 1);
        }
        for by in &check.by {
            let breakdown = world.definitions.breakdown(by).expect("a breakdown");
            let own = source.column(&breakdown.column).map(|c| c.name.clone());
            let column = own.unwrap_or_else(|| {
                let name = |key: &&String| {
                    key.split_once('.').is_some_and(|(_, column)| column == breakdown.column)
                };
                row.values.keys().find(name).cloned().unwrap_or_default()
            });
            let level = (by.clone(), code_of(&row.get(&column)));
            let (checked, found) = looked.splits.entry(level).or_default();
            *checked += 1;
            *found += u64::from(wrong);
        }
    }
    looked.told = match &check.fault {
        _ if looked.found.is_empty() => false,
        Fault::Holds { by_chance: Some(usual), .. } => {
            lower_end(looked.found.len() as f64, looked.checked as f64) > *usual
        }
        _ => true,
    };
    looked
}

/// The row with the columns of everything that it is about, each under `entity.column`.
fn related(world: &World<'_>, source: &Source, row: &Row) -> Row {
    let mut row = row.clone();
    for entity in ["case", "family", "person", "contact", "assessment", "audit", "feedback"] {
        let Some(column) = source.id_column(entity) else { continue };
        let owners = world.definitions.sources.iter();
        let owner = owners.filter(|s| s.id != source.id).find(|s| match s.key.as_slice() {
            [only] => s.id_column(entity).is_some_and(|c| c.name == *only),
            _ => false,
        });
        let Some(owner) = owner else { continue };
        let id = row.get(&column.name);
        let found = world.rows(&owner.id).iter().find(|o| o.get(&owner.key[0]) == id);
        for column in &owner.columns {
            let value = found.map(|o| o.get(&column.name)).unwrap_or_default();
            row.values.insert(format!("{entity}.{}", column.name), value);
        }
    }
    row
}

/// Whether a condition is true of a row. Where a unit is made of the rows, it also knows what has
/// been found out about that unit.
fn holds(world: &World<'_>, source: &Source, row: &Row, condition: &Checked) -> bool {
    let made_of = UnitRows::Source(source.id.clone());
    let unit = world.definitions.units.iter().find(|u| u.rows == made_of);
    let subject: Option<Subject<'_>> = unit.and_then(|unit| {
        world.subjects(unit).into_iter().find(|subject| subject.row.number == row.number)
    });
    let here = Setting::new(world).row(source, row);
    let here = match &subject {
        Some(subject) => here.subject(subject),
        None => here,
    };
    evaluate(&condition.expr, &here) == Value::YesNo(true)
}

fn same(row: &Row, other: &Row, columns: &[String]) -> bool {
    columns.iter().all(|c| !row.get(c).is_nothing() && row.get(c) == other.get(c))
}

/// Whether there is a day on which both last: any day from the start on and before the end, or the
/// start alone where that is the end.
fn last_together(source: &Source, row: &Row, other: &Row) -> bool {
    let (start, end) = source.shape.dates().expect("spells");
    let lasts_on = |row: &Row, day: Day| {
        let Some(first) = row.get(start).day() else { return false };
        let end = row.get(end).day();
        day >= first && end.is_none_or(|end| day < end || (day == first && end <= first))
    };
    // Two spells that meet at all meet on the day on which the later one starts.
    let starts = [row, other].into_iter().filter_map(|r| r.get(start).day());
    starts.max().is_some_and(|day| lasts_on(row, day) && lasts_on(other, day))
}

fn lacks(world: &World<'_>, row: &Row, without: &Without) -> bool {
    let there = world.source(&without.source);
    let (here, beyond) = &without.columns;
    let id = row.get(here);
    let counts = |other: &&Row| {
        let other = related(world, there, other);
        let condition = without.condition.as_ref();
        condition.is_none_or(|c| {
            let here = Setting::new(world).row(there, &other);
            evaluate(&c.expr, &here) == Value::YesNo(true)
        })
    };
    let found =
        world.rows(&there.id).iter().filter(|other| other.get(beyond) == id).any(|o| counts(&o));
    !id.is_nothing() && !found
}

/// The lower end of the 95% score interval of x of n.
fn lower_end(x: f64, n: f64) -> f64 {
    let (share, z) = (x / n, 1.959_963_984_540_054_f64);
    let middle = share + z * z / (2.0 * n);
    let half = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    (middle - half) / (1.0 + z * z / n)
}
