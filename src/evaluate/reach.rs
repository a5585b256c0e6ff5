//! The rows of a source, ready to be found by those whom they reach: in order of person (or case, or
//! family) and date, each with its days and its kind beside it, so that a walk reads them one after
//! the other. Made once for each way in which a source is read; nothing is copied but those few
//! numbers.

use std::collections::BTreeMap;

use polars::prelude::*;

use crate::columns::{ByKey, ROW, lower, of_height};
use crate::definitions::Definitions;
use crate::definitions::expression::Expr as Argument;
use crate::definitions::source::{Shape, Source};
use crate::evaluate::kinds::{Kinds, asked_of_rows};
use crate::evaluate::pass::RowScope;
use crate::evaluate::task::{Reach, Task, source_columns, unit_columns};
use crate::link::{FAMILY, Linked, PERSON, Stays};

/// A day before all others: there is none.
pub(super) const NEVER: i32 = i32::MIN;
/// A day after all others: it has not ended.
pub(super) const STILL: i32 = i32::MAX;
/// Stands for an identifier that is not there; no ring is that long.
const NOBODY: u32 = u32::MAX;

/// The rows of a source in the order in which one way of reaching units needs them.
pub(super) struct Rows<'d> {
    /// The columns that some test uses, and [`ROW`].
    pub(super) frame: DataFrame,
    pub(super) kinds: Kinds<'d>,
    /// The values of what functions ask of each row.
    arguments: Vec<(&'d Argument, Column)>,
    /// The rows that some test can use.
    by_key: ByKey,
    /// Beside the rows in order of their keys: what a walk asks of them.
    lines: Vec<Line>,
    /// Beside them, if they must carry it, the identifier of the unit.
    own: Option<Vec<u32>>,
    /// Who belonged to which family, where rows reach people through their families.
    pub(super) stays: Option<Stays>,
}

/// What a walk asks of a row.
#[derive(Clone, Copy)]
pub(super) struct Line {
    /// Its place in the frame.
    pub(super) row: u32,
    pub(super) kind: u32,
    /// First day; [`NEVER`] where there is none.
    pub(super) start: i32,
    /// Last day; [`STILL`] for a spell that lasts, [`NEVER`] where there is none.
    pub(super) end: i32,
}

/// The ways in which the sources are read.
pub(super) type Indexes<'d> = BTreeMap<(String, Reach), Rows<'d>>;

impl<'d> Rows<'d> {
    /// Finds the rows that some task can use, and orders them. Tasks all read `source` by `reach`.
    pub(super) fn new(
        definitions: &Definitions,
        linked: &Linked,
        source: &Source,
        reach: &Reach,
        tasks: &[&Task<'d>],
    ) -> PolarsResult<Self> {
        let Some(rows) = linked.inputs.sources.get(&source.id) else {
            return Err(PolarsError::ColumnNotFound(source.id.clone().into()));
        };
        let (key, own) = match reach {
            Reach::Members { same_unit } => (PERSON, same_unit.as_deref()),
            Reach::Shared { source, also, .. } => (source.as_str(), also.as_deref()),
            Reach::FamiliesOfPerson { source, .. } => (source.as_str(), None),
            Reach::FamilyOfCase { case } => (case.as_str(), None),
        };
        let dates = source.shape.dates();
        let mut used: Vec<String> = vec![ROW.to_owned(), key.to_owned()];
        used.extend(own.map(str::to_owned));
        used.extend(dates.into_iter().flat_map(|(s, e)| [s.to_owned(), e.to_owned()]));
        used.extend(tasks.iter().flat_map(|t| columns_of(t)));
        used.sort_unstable();
        used.dedup();
        let mut frame = rows.frame.select(&used)?;
        frame.rechunk_mut();
        let scope = RowScope { linked };
        let (kinds, kind_of) = Kinds::of(&scope, &frame, tasks)?;
        let arguments = arguments(&scope, &frame, tasks)?;
        let mut keys = frame.column(key)?.as_materialized_series().u32()?.clone();
        if let Reach::FamilyOfCase { .. } | Reach::FamiliesOfPerson { of_case: true, .. } = reach {
            keys = families_of(linked, &keys)?;
        }
        // Rows that no test can use are left out. So are all rows of a source without dates: they
        // are in no window.
        let any_kind = tasks.iter().any(|t| asked_of_rows(t.condition()).is_none());
        let of_use = |kind: u32| dates.is_some() && (any_kind || kind > 0);
        let keys = keys.rechunk();
        let keys = keys.downcast_as_array();
        let mut by_key = ByKey::of(|| {
            let rows = keys.iter().zip(&kind_of);
            rows.map(|(key, &kind)| key.copied().filter(|_| of_use(kind)))
        });
        let mut lines = Vec::new();
        if let Some((start, end)) = dates {
            let days = |name: &str| -> PolarsResult<Int32Chunked> {
                Ok(frame.column(name)?.as_materialized_series().i32()?.rechunk().into_owned())
            };
            let (starts, ends) = (days(start)?, days(end)?);
            let (starts, ends) = (starts.downcast_as_array(), ends.downcast_as_array());
            let start = |row: u32| starts.get(row as usize).unwrap_or(NEVER);
            let open = if matches!(source.shape, Shape::Spell { .. }) { STILL } else { NEVER };
            by_key.order_each(|rows| {
                if !rows.is_sorted_by_key(|&row| start(row)) {
                    rows.sort_unstable_by_key(|&row| (start(row), row));
                }
            });
            let line = |&row: &u32| Line {
                row,
                kind: kind_of.get(row as usize).copied().unwrap_or_default(),
                start: start(row),
                end: ends.get(row as usize).unwrap_or(open),
            };
            lines = by_key.all().iter().map(line).collect();
        }
        let own = match own {
            Some(own) => {
                let ids = frame.column(own)?.as_materialized_series().u32()?;
                let own = |&row: &u32| ids.get(row as usize).unwrap_or(NOBODY);
                Some(by_key.all().iter().map(own).collect())
            }
            None => None,
        };
        let stays = match reach {
            Reach::FamiliesOfPerson { .. } => Stays::new(definitions, linked)?,
            _ => None,
        };
        Ok(Self { frame, kinds, arguments, by_key, lines, own, stays })
    }

    /// The rows of a key, in order of date: of those that must carry it, the unit's own.
    pub(super) fn of(&self, key: u32, unit: Option<u32>) -> impl Iterator<Item = &Line> {
        let range = self.by_key.range(key);
        let own = self.own.as_ref().map(|own| own.get(range.clone()).unwrap_or_default());
        let lines = self.lines.get(range).unwrap_or_default().iter().enumerate();
        lines
            .filter(move |(at, _)| {
                own.is_none_or(|own| unit.is_some() && own.get(*at).copied() == unit)
            })
            .map(|(_, line)| line)
    }

    /// What a function asks of each row of the frame; nothing if it asks about the unit as well.
    pub(super) fn argument(&self, argument: &Argument) -> Option<&Column> {
        self.arguments.iter().find(|(a, _)| *a == argument).map(|(_, values)| values)
    }
}

/// The columns of a source that a task's conditions and functions read, or that split its rows.
fn columns_of(task: &Task<'_>) -> Vec<String> {
    let condition = task.condition().into_iter().flat_map(source_columns);
    let splits = task.test.splits.iter().flat_map(|s| s.by.iter().cloned());
    condition.chain(source_columns(task.asks())).chain(splits).collect()
}

/// Works out, once for each row, what functions ask of rows alone.
fn arguments<'d>(
    scope: &RowScope<'_>,
    frame: &DataFrame,
    tasks: &[&Task<'d>],
) -> PolarsResult<Vec<(&'d Argument, Column)>> {
    let mut distinct: Vec<&'d Argument> = Vec::new();
    let functions = tasks.iter().flat_map(|t| t.functions());
    for argument in functions.filter_map(|(_, f)| f.argument()) {
        if unit_columns(argument).is_empty() && !distinct.contains(&argument) {
            distinct.push(argument);
        }
    }
    let plans: Vec<Expr> = (distinct.iter().enumerate())
        .map(|(n, argument)| lower(argument, scope).alias(n.to_string()))
        .collect();
    if plans.is_empty() {
        return Ok(Vec::new());
    }
    let found = frame.clone().lazy().select(plans).collect()?;
    let values = found.columns().iter().map(|c| of_height(c, frame.height()));
    Ok(distinct.into_iter().zip(values).collect())
}

/// The families of cases.
fn families_of(linked: &Linked, cases: &UInt32Chunked) -> PolarsResult<UInt32Chunked> {
    let Some(frame) = linked.units.get("case") else {
        return Ok(UInt32Chunked::full_null(FAMILY.into(), cases.len()));
    };
    let by_case = ByKey::new(frame.column("case_id")?.as_materialized_series().u32()?);
    let families = frame.column(FAMILY)?.as_materialized_series().u32()?.rechunk();
    let family_of = |case: u32| families.get(*by_case.rows(case).first()? as usize);
    let found = cases.iter().map(|case| family_of(case?));
    Ok(UInt32Chunked::from_iter_options(FAMILY.into(), found))
}
