//! A parcel of units of one kind, their people, and what has been found about both so far.

use std::ops::Range;
use std::sync::Arc;

use polars::prelude::{Expr as Plan, *};

use crate::calendar::WorkingDays;
use crate::columns::{Lowering, Rings, lower};
use crate::definitions::Definitions;
use crate::definitions::expression::Name;
use crate::definitions::unit::Unit;
use crate::evaluate::task::{Task, unit_columns};
use crate::evaluate::windows::{Windows, start_of};
use crate::link::{Linked, Members, PARENT, Stretch};

/// Units of one kind.
pub(super) struct Cohort<'a> {
    pub(super) definitions: &'a Definitions,
    pub(super) linked: &'a Linked,
    /// The place of the first among all units of the kind.
    pub(super) first: usize,
    /// One row a unit: its columns, its windows, its verdicts.
    pub(super) units: DataFrame,
    /// Their people.
    pub(super) people: Option<People<'a>>,
}

/// The people of the units of a cohort.
pub(super) struct People<'a> {
    /// One row for each unit and person, with a column for each group and each need that has been
    /// asked for.
    pub(super) frame: DataFrame,
    /// The place of each one's unit in the cohort.
    pub(super) units: Vec<u32>,
    members: &'a Members,
    first: usize,
}

impl<'a> People<'a> {
    /// The people of the units at some places.
    fn of(members: &'a Members, units: Range<usize>) -> Self {
        let begin = |unit: usize| members.first_person.get(unit).copied().unwrap_or_default();
        let (first, last) = (begin(units.start), begin(units.end));
        let mut of_people = Vec::with_capacity((last - first) as usize);
        for (place, unit) in (0_u32..).zip(units) {
            of_people.extend((begin(unit)..begin(unit + 1)).map(|_| place));
        }
        let first = first as usize;
        let frame = members.people.slice(i64::try_from(first).unwrap_or(i64::MAX), of_people.len());
        Self { frame, units: of_people, members, first }
    }

    /// The stretches for which a person belonged to the family of its unit.
    pub(super) fn stretches(&self, person: usize) -> &'a [Stretch] {
        self.members.stretches(self.first + person)
    }
}

impl<'a> Cohort<'a> {
    /// The units at some places among all of a kind, with their windows.
    pub(super) fn new(
        definitions: &'a Definitions,
        linked: &'a Linked,
        unit: &'a Unit,
        windows: &Windows,
        places: Range<usize>,
    ) -> PolarsResult<Self> {
        let first = places.start;
        let all = linked.units.get(&unit.id);
        let mut units = all.map_or_else(DataFrame::empty, |all| {
            all.slice(i64::try_from(first).unwrap_or(i64::MAX), places.len())
        });
        windows.add_to(&mut units, unit, &definitions.project)?;
        let people = linked.members.get(&unit.id).map(|members| People::of(members, places));
        Ok(Self { definitions, linked, first, units, people })
    }

    /// Columns of the units, beside rows that stand for the units at some places.
    pub(super) fn lent_to(&self, units: &[u32], columns: &[String]) -> PolarsResult<Vec<Column>> {
        let places = IdxCa::from_slice(PlSmallStr::EMPTY, units);
        let lend = |name: &String| {
            Ok(self.units.column(name)?.take(&places)?.with_name(lent(name).into()))
        };
        columns.iter().map(lend).collect()
    }

    /// The column that says which people are in a task's group; made now if it is not there.
    /// The empty name stands for everybody.
    pub(super) fn group_column(&mut self, task: &Task<'_>) -> PolarsResult<Option<String>> {
        let Some(group) = task.test.who.group().and_then(|g| self.definitions.group(g)) else {
            return Ok(None);
        };
        let names = group.condition.expr.names();
        let by_window = names.contains(&Name::WindowStart);
        let by_need = names.contains(&Name::HasThisNeed);
        let mut column = format!("group.{}", group.id);
        if by_window {
            column = format!("{column}@{}", task.window);
        }
        if let (true, Some(need)) = (by_need, &task.need) {
            column = format!("{column}#{need}");
        }
        let Some(people) = &self.people else { return Ok(Some(column)) };
        if people.frame.column(&column).is_ok() {
            return Ok(Some(column));
        }
        let mut borrowed = unit_columns(&group.condition.expr);
        if by_window {
            borrowed.push(start_of(task.window));
        }
        borrowed.sort_unstable();
        borrowed.dedup();
        let scope = PersonScope { linked: self.linked, task };
        let holds = lower(&group.condition.expr, &scope).fill_null(lit(false));
        let borrowed = self.lent_to(&people.units, &borrowed)?;
        let flagged = people
            .frame
            .hstack(&borrowed)?
            .lazy()
            .select([holds.alias(column.as_str())])
            .collect()?;
        self.add_people_columns(flagged)?;
        Ok(Some(column))
    }

    /// Puts new columns beside the people; their rows are the people's.
    pub(super) fn add_people_columns(&mut self, found: DataFrame) -> PolarsResult<()> {
        let Some(people) = &mut self.people else { return Ok(()) };
        let height = people.frame.height();
        for column in found.into_columns() {
            // A condition without columns gives one value for all.
            let column =
                if column.len() == height { column } else { column.new_from_index(0, height) };
            people.frame.with_column(column)?;
        }
        Ok(())
    }

    /// Puts new columns beside the units; their rows are the units'.
    pub(super) fn add_unit_columns(&mut self, found: &DataFrame) -> PolarsResult<()> {
        let height = self.units.height();
        for column in found.columns() {
            // A rule without columns gives one value for all.
            let of_all = column.len() == height;
            let column = if of_all { column.clone() } else { column.new_from_index(0, height) };
            self.units.with_column(column)?;
        }
        Ok(())
    }
}

/// The name under which a column of the unit stands in a frame of people or rows.
pub(super) fn lent(column: &str) -> String {
    format!("of unit: {column}")
}

/// Conditions on people see the person, the unit and the window.
struct PersonScope<'a> {
    linked: &'a Linked,
    task: &'a Task<'a>,
}

impl Lowering for PersonScope<'_> {
    fn name(&self, name: &Name) -> Plan {
        match name {
            Name::Unit(column) => col(lent(column)),
            Name::Parent(column) => col(lent(&format!("{PARENT}{column}"))),
            Name::WindowStart => col(lent(&start_of(self.task.window))),
            Name::HasThisNeed => {
                self.task.need.as_ref().map_or_else(|| lit(false), |n| col(has_need(n)))
            }
            Name::Column(column) => col(column.as_str()),
            _ => lit(NULL),
        }
    }

    fn rings(&self) -> &Rings {
        &self.linked.inputs.rings
    }

    fn working_days(&self) -> &Arc<WorkingDays> {
        &self.linked.inputs.working_days
    }
}

/// The column of the people that says who is recorded with a need.
pub(super) fn has_need(need: &str) -> String {
    format!("has {need}")
}
