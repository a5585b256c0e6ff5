//! Which rows of a source reach which units. The rows of each source are put into order of person
//! (or case, or family) and date once; a unit then walks to the rows of its people, and takes those
//! that can lie in one of its windows while the person belonged to the family.

use std::collections::BTreeMap;

use polars::prelude::{Expr as Plan, *};

use crate::columns::{ByKey, ROW, lower};
use crate::definitions::expression::Expr;
use crate::definitions::source::{Shape, Source};
use crate::evaluate::cohort::Cohort;
use crate::evaluate::pass::{Pass, RowScope};
use crate::evaluate::task::{Reach, Task, source_columns, unit_columns};
use crate::evaluate::windows::{end_of, start_of};
use crate::link::{FAMILY, Linked, PERSON, Stretch};

/// A day before all others: there is none.
const NEVER: i32 = i32::MIN;
/// A day after all others: it has not ended.
const STILL: i32 = i32::MAX;

/// The rows of a source, ready to be found by those whom they reach.
pub(super) struct Rows {
    /// The columns that some test uses, and [`ROW`].
    pub(super) frame: DataFrame,
    /// The rows that some test can use.
    by_key: ByKey,
    /// First and last day of each row of the frame; none where rows have no dates.
    days: Option<(Int32Chunked, Int32Chunked)>,
    /// What stands for a last day that is not there.
    open: i32,
    /// The identifier of the unit in each row of the frame, if the row must carry it.
    own: Option<UInt32Chunked>,
}

/// The columns of a source that a task's conditions and functions read, or that split its rows.
pub(super) fn columns_of(task: &Task<'_>) -> Vec<String> {
    let condition = task.test.condition.iter().flat_map(|c| source_columns(&c.expr));
    let splits = task.test.splits.iter().flat_map(|s| s.by.iter().cloned());
    condition.chain(source_columns(task.asks())).chain(splits).collect()
}

impl Rows {
    /// Finds the rows that some task can use, and orders them. Tasks all read `source` by `reach`.
    pub(super) fn new(
        linked: &Linked,
        source: &Source,
        reach: &Reach,
        tasks: &[&Task<'_>],
    ) -> PolarsResult<Self> {
        let Some(rows) = linked.inputs.sources.get(&source.id) else {
            return Err(PolarsError::ColumnNotFound(source.id.clone().into()));
        };
        let (key, own) = match reach {
            Reach::Members { same_unit } => (PERSON, same_unit.as_deref()),
            Reach::Shared { source, .. } => (source.as_str(), None),
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
        let mut keys = frame.column(key)?.as_materialized_series().u32()?.clone();
        if let Reach::FamilyOfCase { .. } = reach {
            keys = families_of(linked, &keys)?;
        }
        // Rows that no test can use are left out of the index; nothing is copied.
        let mut by_key = match before_reaching(linked, tasks) {
            None => ByKey::new(&keys),
            Some(any) => {
                let of_use = frame.clone().lazy().select([any.alias("of use")]).collect()?;
                let of_use = of_use.column("of use")?.as_materialized_series().bool()?.clone();
                let of_use = match of_use.len() == frame.height() {
                    true => of_use,
                    // A condition without columns gives one value for all.
                    false => of_use.new_from_index(0, frame.height()),
                };
                let kept = || keys.iter().zip(of_use.iter());
                ByKey::of(|| kept().map(|(key, of_use)| key.filter(|_| of_use == Some(true))))
            }
        };
        let days = |name: &str| -> PolarsResult<Int32Chunked> {
            Ok(frame.column(name)?.as_materialized_series().i32()?.clone())
        };
        let days = dates.map(|(start, end)| PolarsResult::Ok((days(start)?, days(end)?)));
        let days = days.transpose()?;
        if let Some((starts, _)) = &days {
            let start = |row: u32| starts.get(row as usize).unwrap_or(NEVER);
            by_key.order_each(|rows| {
                if !rows.is_sorted_by_key(|&row| start(row)) {
                    rows.sort_unstable_by_key(|&row| (start(row), row));
                }
            });
        }
        let open = if matches!(source.shape, Shape::Spell { .. }) { STILL } else { NEVER };
        let own = match own {
            Some(own) => Some(frame.column(own)?.as_materialized_series().u32()?.clone()),
            None => None,
        };
        Ok(Self { frame, by_key, days, open, own })
    }

    /// First and last day of a row; nothing where rows have no dates: such a row is in no window.
    fn days(&self, row: u32) -> Option<(i32, i32)> {
        let (starts, ends) = self.days.as_ref()?;
        let row = row as usize;
        Some((starts.get(row).unwrap_or(NEVER), ends.get(row).unwrap_or(self.open)))
    }

    /// The rows of a key that can be in a hull: place in the frame, first and last day.
    fn of(
        &self,
        key: u32,
        own: Option<u32>,
        hull: &Hull,
        is_spell: bool,
    ) -> impl Iterator<Item = (u32, (i32, i32))> {
        self.by_key.rows(key).iter().filter_map(move |&row| {
            let ids = self.own.as_ref();
            let its_own = ids.is_none_or(|ids| own.is_some() && ids.get(row as usize) == own);
            let days = self.days(row).filter(|_| its_own)?;
            hull.may_hold(days, is_spell).then_some((row, days))
        })
    }
}

/// If every task has a condition, a row that meets none of them need not be looked at again.
fn before_reaching(linked: &Linked, tasks: &[&Task<'_>]) -> Option<Plan> {
    let mut distinct: Vec<&Expr> = Vec::new();
    for task in tasks {
        let condition = &task.test.condition.as_ref()?.expr;
        if !unit_columns(condition).is_empty() {
            return None;
        }
        if !distinct.contains(&condition) {
            distinct.push(condition);
        }
    }
    let scope = RowScope { linked };
    let any = distinct.into_iter().map(|c| lower(c, &scope)).reduce(Plan::or)?;
    Some(any.fill_null(lit(false)))
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

/// The days from the first window of a unit to the last.
#[derive(Clone, Copy)]
pub(super) struct Hull {
    first: i32,
    last: i32,
}

impl Hull {
    /// The hulls of all units of a cohort.
    fn of_units(cohort: &Cohort<'_>, tasks: &[Task<'_>]) -> PolarsResult<Vec<Self>> {
        let mut hulls = vec![Self { first: STILL, last: NEVER }; cohort.units.height()];
        let windows: std::collections::BTreeSet<usize> =
            tasks.iter().flat_map(|t| [Some(t.window), t.baseline]).flatten().collect();
        for window in windows {
            let days = |name: &str| cohort.units.column(name)?.as_materialized_series().i32();
            let (start, end) = (start_of(window), end_of(window));
            for (hull, (start, end)) in
                hulls.iter_mut().zip(days(&start)?.iter().zip(days(&end)?.iter()))
            {
                if let (Some(start), Some(end)) = (start, end) {
                    hull.first = hull.first.min(start);
                    hull.last = hull.last.max(end);
                }
            }
        }
        Ok(hulls)
    }

    /// Whether a row with these days can be in one of the windows. Never says no to one that is.
    fn may_hold(&self, (start, end): (i32, i32), is_spell: bool) -> bool {
        let inside = |day: i32| day >= self.first && day <= self.last;
        if is_spell {
            (start <= self.last && end >= self.first) || inside(start) || inside(end)
        } else {
            inside(start) && inside(end)
        }
    }
}

/// Rows with the units that they reach, in order of unit, then person, date and row.
#[derive(Default)]
pub(super) struct Reached {
    /// Places in the frame of the rows.
    pub(super) rows: Vec<u32>,
    /// Places in the cohort's units.
    pub(super) units: Vec<u32>,
    /// Places in the cohort's people; empty unless rows reach the unit through them.
    pub(super) people: Vec<u32>,
}

impl Pass<'_> {
    /// Finds the rows that reach the units of a cohort.
    pub(super) fn reached(&self, cohort: &Cohort<'_>, rows: &Rows) -> PolarsResult<Reached> {
        let hulls = Hull::of_units(cohort, &self.tasks)?;
        let is_spell = matches!(self.source.shape, Shape::Spell { .. });
        let ids = |column: &str| cohort.units.column(column)?.as_materialized_series().u32();
        let mut reached = Reached::default();
        match &self.reach {
            Reach::Members { same_unit } => {
                let Some(people) = &cohort.people else {
                    return Err(PolarsError::ColumnNotFound("the unit has no members".into()));
                };
                let own = same_unit.as_deref().map(ids).transpose()?;
                let persons = people.frame.column(PERSON)?.as_materialized_series().u32()?;
                for ((place, &unit), person) in (0_u32..).zip(&people.units).zip(persons.iter()) {
                    let (Some(hull), Some(person)) = (hulls.get(unit as usize), person) else {
                        continue;
                    };
                    let own = own.and_then(|own| own.get(unit as usize));
                    let stretches = people.stretches(place as usize);
                    for (row, days) in rows.of(person, own, hull, is_spell) {
                        if stretches.iter().any(|s| while_member(s, days)) {
                            reached.rows.push(row);
                            reached.units.push(unit);
                            reached.people.push(place);
                        }
                    }
                }
            }
            Reach::Shared { unit: column, .. } => reached.by(ids(column)?, rows, &hulls, is_spell),
            Reach::FamilyOfCase { .. } => reached.by(ids(FAMILY)?, rows, &hulls, is_spell),
        }
        Ok(reached)
    }
}

impl Reached {
    /// Rows with the keys of the units.
    fn by(&mut self, keys: &UInt32Chunked, rows: &Rows, hulls: &[Hull], is_spell: bool) {
        for ((unit, key), hull) in (0_u32..).zip(keys.iter()).zip(hulls) {
            let Some(key) = key else { continue };
            for (row, _) in rows.of(key, None, hull, is_spell) {
                self.rows.push(row);
                self.units.push(unit);
            }
        }
    }
}

/// A row about a person counts only for the days on which the person belonged to the family.
fn while_member(stretch: &Stretch, (start, end): (i32, i32)) -> bool {
    let begins_in_time = stretch.left.is_none_or(|left| start != NEVER && start <= left);
    begins_in_time && (end == STILL || stretch.joined.is_some_and(|joined| end >= joined))
}

/// The rows of each source in the order in which each way of reaching units needs them.
pub(super) type Indexes = BTreeMap<(String, Reach), Rows>;
