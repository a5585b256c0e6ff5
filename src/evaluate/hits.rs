//! Which rows are in the windows of which tests: one walk over the units and the rows that reach
//! them. A row is held against the windows of those tests only whose condition it meets, so that the
//! work grows with the rows that tests are about, not with the tests.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use crate::columns::{held, lower, yes_no};
use crate::definitions::expression::Expr as Condition;
use crate::definitions::source::Shape;
use crate::definitions::test::SpellsIn;
use crate::evaluate::cohort::Cohort;
use crate::evaluate::kinds::asked_of_rows;
use crate::evaluate::pass::{Pass, RowScope};
use crate::evaluate::reach::{Line, NEVER, Rows, STILL};
use crate::evaluate::task::{Reach, Task, source_columns, unit_columns};
use crate::evaluate::windows::{end_of, start_of};
use crate::link::{FAMILY, PERSON, Stretch};

/// What is looked for in the rows. Tests that look for the same share what is found.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Look<'d> {
    /// The condition that a row has to meet.
    pub(super) condition: Option<&'d Condition>,
    /// The number of the window that it has to be in.
    pub(super) window: usize,
    /// How a spell is in a window.
    pub(super) spells: SpellsIn,
}

impl<'d> Look<'d> {
    /// What a task looks for in its window.
    pub(super) fn in_window(task: &Task<'d>) -> Self {
        Self { condition: task.condition(), window: task.window, spells: task.test.spells }
    }

    /// What it looks for in its baseline, if it has one.
    pub(super) fn in_baseline(task: &Task<'d>) -> Option<Self> {
        Some(Self { window: task.baseline?, ..Self::in_window(task) })
    }
}

/// The rows that were found, with those whom they have reached; in order of unit, then of person,
/// date and row.
#[derive(Clone, Default)]
pub(super) struct Hits {
    /// Places in the frame of the rows.
    pub(super) rows: Vec<u32>,
    /// Places in the cohort's units.
    pub(super) units: Vec<u32>,
    /// Places in the cohort's people; empty unless rows reach the unit through them.
    pub(super) people: Vec<u32>,
}

impl Hits {
    fn push(&mut self, row: u32, unit: u32, person: Option<u32>) {
        self.rows.push(row);
        self.units.push(unit);
        self.people.extend(person);
    }

    /// Those at some places among these.
    pub(super) fn at(&self, places: &[usize]) -> Self {
        let of = |all: &[u32]| places.iter().filter_map(|&at| all.get(at).copied()).collect();
        Self { rows: of(&self.rows), units: of(&self.units), people: of(&self.people) }
    }

    /// Those that reached the unit through one of these people, given in order; all, if none are.
    pub(super) fn through(&self, people: Option<&[u32]>) -> Cow<'_, Self> {
        let Some(people) = people else { return Cow::Borrowed(self) };
        let mut people = people.iter().peekable();
        let mut places = Vec::new();
        for (at, person) in self.people.iter().enumerate() {
            while people.next_if(|p| *p < person).is_some() {}
            if people.peek() == Some(&person) {
                places.push(at);
            }
        }
        Cow::Owned(self.at(&places))
    }
}

impl<'d> Pass<'d> {
    /// What the tasks look for, each thing once.
    fn looks(&self) -> Vec<Look<'d>> {
        let mut looks = Vec::new();
        for task in &self.tasks {
            for look in [Some(Look::in_window(task)), Look::in_baseline(task)].into_iter().flatten()
            {
                if !looks.contains(&look) {
                    looks.push(look);
                }
            }
        }
        looks
    }

    /// Finds the rows that the tasks look for among those that reach the units of a cohort.
    pub(super) fn hits(
        &self,
        cohort: &Cohort<'_>,
        rows: &Rows<'d>,
    ) -> PolarsResult<Vec<(Look<'d>, Hits)>> {
        let looks = self.looks();
        let mut walk = Walk::new(self, cohort, rows, &looks)?;
        let ids = |column: &str| cohort.units.column(column)?.as_materialized_series().u32();
        match &self.reach {
            Reach::Members { same_unit } => {
                let Some(people) = &cohort.people else {
                    return Err(PolarsError::ColumnNotFound("the unit has no members".into()));
                };
                let own = same_unit.as_deref().map(ids).transpose()?;
                let persons = people.frame.column(PERSON)?.as_materialized_series().u32()?;
                let persons = persons.rechunk();
                let persons = persons.downcast_as_array().iter();
                for ((place, &unit), person) in (0_u32..).zip(&people.units).zip(persons) {
                    let Some(&person) = person else { continue };
                    let own = own.and_then(|own| own.get(unit as usize));
                    let stretches = people.stretches(place as usize);
                    let belonged = |line: &Line| stretches.iter().any(|s| while_member(s, line));
                    walk.look_at(unit, Some(place), rows.of(person, own), belonged);
                }
            }
            Reach::Shared { unit: column, also, .. } => {
                walk.by_key(ids(column)?, also.as_deref().map(ids).transpose()?);
            }
            Reach::FamiliesOfPerson { .. } => walk.by_families_of(ids(PERSON)?),
            Reach::FamilyOfCase { .. } => walk.by_key(ids(FAMILY)?, None),
        }
        let mut found = walk.found;
        for (look, hits) in looks.iter().zip(&mut found) {
            if let Some(condition) = look.condition
                && asked_of_rows(look.condition).is_none()
            {
                *hits = held_with_units(cohort, rows, condition, hits)?;
            }
        }
        Ok(looks.into_iter().zip(found).collect())
    }
}

/// The hits of which a condition holds that asks about the unit as well.
fn held_with_units(
    cohort: &Cohort<'_>,
    rows: &Rows<'_>,
    condition: &Condition,
    hits: &Hits,
) -> PolarsResult<Hits> {
    let holds = with_units(cohort, rows, condition, hits)?;
    let places: Vec<usize> = held(&yes_no(&holds, hits.rows.len())?).collect();
    Ok(hits.at(&places))
}

/// What an expression about rows and the units that they have reached comes to, hit by hit.
pub(super) fn with_units(
    cohort: &Cohort<'_>,
    rows: &Rows<'_>,
    expression: &Condition,
    hits: &Hits,
) -> PolarsResult<Column> {
    let mut used = source_columns(expression);
    let mut lends = unit_columns(expression);
    for columns in [&mut used, &mut lends] {
        columns.sort_unstable();
        columns.dedup();
    }
    let places = IdxCa::from_slice(PlSmallStr::EMPTY, &hits.rows);
    let frame = rows.frame.select(&used)?.take(&places)?;
    let lent = cohort.lent_to(&hits.units, &lends)?;
    let frame =
        DataFrame::new(hits.rows.len(), frame.into_columns().into_iter().chain(lent).collect())?;
    let value = lower(expression, &RowScope { linked: cohort.linked });
    let found = frame.lazy().select([value.alias("value")]).collect()?;
    found.column("value").cloned()
}

/// First and last day of a window, for one unit.
type Days = (i32, i32);
/// A window without dates, which holds nothing.
const NOWHERE: Days = (STILL, NEVER);

/// A walk over units and rows.
struct Walk<'w, 'd> {
    rows: &'w Rows<'d>,
    looks: &'w [Look<'d>],
    is_spell: bool,
    /// For each kind of rows, what it is worth looking for.
    by_kind: Vec<Vec<usize>>,
    /// For each thing that is looked for, the days of its window for every unit.
    windows: Vec<Arc<Vec<Days>>>,
    /// The days from the first of a unit's windows to the last, for every unit.
    hulls: Vec<Days>,
    /// What has been found, for each thing that is looked for.
    found: Vec<Hits>,
}

impl<'w, 'd> Walk<'w, 'd> {
    fn new(
        pass: &Pass<'d>,
        cohort: &Cohort<'_>,
        rows: &'w Rows<'d>,
        looks: &'w [Look<'d>],
    ) -> PolarsResult<Self> {
        let conditions: Vec<_> = looks.iter().map(|l| l.condition).collect();
        let distinct: BTreeSet<usize> = looks.iter().map(|l| l.window).collect();
        let mut hulls = vec![NOWHERE; cohort.units.height()];
        let mut windows = BTreeMap::new();
        for window in distinct {
            let days = window_days(cohort, window)?;
            for (hull, (start, end)) in hulls.iter_mut().zip(&days) {
                *hull = (hull.0.min(*start), hull.1.max(*end));
            }
            windows.insert(window, Arc::new(days));
        }
        let windows = looks.iter().filter_map(|l| windows.get(&l.window).cloned()).collect();
        Ok(Self {
            rows,
            looks,
            is_spell: matches!(pass.source.shape, Shape::Spell { .. }),
            by_kind: rows.kinds.where_to_look(&conditions),
            windows,
            hulls,
            found: looks.iter().map(|_| Hits::default()).collect(),
        })
    }

    /// Looks at the rows with the keys of the units, and with their own identifier where rows must
    /// carry it.
    fn by_key(&mut self, keys: &UInt32Chunked, own: Option<&UInt32Chunked>) {
        let keys = keys.rechunk();
        for (unit, key) in (0_u32..).zip(keys.downcast_as_array().iter()) {
            let Some(&key) = key else { continue };
            let own = own.and_then(|own| own.get(unit as usize));
            self.look_at(unit, None, self.rows.of(key, own), |_| true);
        }
    }

    /// Looks at the rows of the families of the units' persons, on whose days the person belonged
    /// there.
    fn by_families_of(&mut self, persons: &UInt32Chunked) {
        let rows = self.rows;
        let Some(stays) = &rows.stays else { return };
        for (unit, person) in (0_u32..).zip(persons.iter()) {
            let stays = person.map_or_else(Vec::new, |person| stays.of(person));
            let mut theirs: Vec<&Line> = Vec::new();
            for of_family in stays.chunk_by(|a, b| a.0 == b.0) {
                let Some((family, _)) = of_family.first() else { continue };
                let there = |line: &&Line| of_family.iter().any(|(_, s)| while_member(s, line));
                theirs.extend(rows.of(*family, None).filter(there));
            }
            theirs.sort_unstable_by_key(|line| (line.start, line.row));
            self.look_at(unit, None, theirs.into_iter(), |_| true);
        }
    }

    /// Looks at the rows of a unit, or of one of its people: those that count.
    fn look_at<'l>(
        &mut self,
        unit: u32,
        person: Option<u32>,
        lines: impl Iterator<Item = &'l Line>,
        counts: impl Fn(&Line) -> bool,
    ) {
        let at = unit as usize;
        let Some(&(first, last)) = self.hulls.get(at) else { return };
        // Rows come in order of their first days, and none ends before it begins.
        for line in lines.take_while(|line| line.start <= last) {
            let worth = self.by_kind.get(line.kind as usize).map_or(&[][..], Vec::as_slice);
            if line.end < first || worth.is_empty() || !counts(line) {
                continue;
            }
            for &look in worth {
                let (Some(sought), Some(windows)) = (self.looks.get(look), self.windows.get(look))
                else {
                    continue;
                };
                let window = windows.get(at).copied().unwrap_or(NOWHERE);
                if is_inside(line, window, sought.spells, self.is_spell)
                    && let Some(found) = self.found.get_mut(look)
                {
                    found.push(line.row, unit, person);
                }
            }
        }
    }
}

/// The days of a window, for every unit of a cohort.
fn window_days(cohort: &Cohort<'_>, window: usize) -> PolarsResult<Vec<Days>> {
    let days = |name: &str| -> PolarsResult<Int32Chunked> {
        Ok(cohort.units.column(name)?.as_materialized_series().i32()?.rechunk().into_owned())
    };
    let (starts, ends) = (days(&start_of(window))?, days(&end_of(window))?);
    let both = starts.downcast_as_array().iter().zip(ends.downcast_as_array().iter());
    Ok(both.map(|(start, end)| start.copied().zip(end.copied()).unwrap_or(NOWHERE)).collect())
}

/// Whether a row is in a window.
fn is_inside(line: &Line, (from, to): Days, spells: SpellsIn, is_spell: bool) -> bool {
    let within = |day: i32| day >= from && day <= to && day != NEVER && day != STILL;
    match (is_spell, spells) {
        (false, _) => within(line.start) && within(line.end),
        (true, SpellsIn::Starting) => within(line.start),
        (true, SpellsIn::Ending) => within(line.end),
        // An empty window overlaps nothing.
        (true, SpellsIn::Overlapping) => {
            line.start != NEVER && line.start <= to && line.end >= from && from <= to
        }
    }
}

/// A row about a person counts only for the days on which the person belonged to the family.
fn while_member(stretch: &Stretch, line: &Line) -> bool {
    let begins_in_time = stretch.left.is_none_or(|left| line.start != NEVER && line.start <= left);
    begins_in_time && (line.end == STILL || stretch.joined.is_some_and(|joined| line.end >= joined))
}
