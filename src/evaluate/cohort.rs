//! All units of one kind, their people, and what has been found about both so far.

use std::sync::Arc;

use polars::prelude::{Expr as Plan, *};

use crate::calendar::WorkingDays;
use crate::columns::{Lowering, Rings, keeping_left, lower};
use crate::definitions::Definitions;
use crate::definitions::expression::Name;
use crate::definitions::unit::Unit;
use crate::evaluate::task::{Task, unit_columns};
use crate::evaluate::windows::{Windows, start_of};
use crate::link::{Linked, Members, PARENT, UNIT};

/// The units of one kind.
pub(super) struct Cohort<'a> {
    pub(super) definitions: &'a Definitions,
    pub(super) linked: &'a Linked,
    pub(super) unit: &'a Unit,
    /// One row a unit: its columns, its windows, its verdicts.
    pub(super) units: DataFrame,
    /// Their people, with a column for each group and each need that has been asked for.
    pub(super) members: Option<Members>,
}

impl<'a> Cohort<'a> {
    /// The units of a kind with their windows.
    pub(super) fn new(
        definitions: &'a Definitions,
        linked: &'a Linked,
        unit: &'a Unit,
        windows: &Windows,
    ) -> PolarsResult<Self> {
        let mut units = linked.units.get(&unit.id).cloned().unwrap_or_else(DataFrame::empty);
        windows.add_to(&mut units, unit, &definitions.project)?;
        let members = linked.members.get(&unit.id).cloned();
        Ok(Self { definitions, linked, unit, units, members })
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
        let Some(members) = &self.members else { return Ok(Some(column)) };
        if members.people.column(&column).is_ok() {
            return Ok(Some(column));
        }
        let mut borrowed = unit_columns(&group.condition.expr);
        if by_window {
            borrowed.push(start_of(task.window));
        }
        borrowed.sort_unstable();
        borrowed.dedup();
        let borrowed: Vec<Plan> = [col(UNIT)]
            .into_iter()
            .chain(borrowed.iter().map(|c| col(c.as_str()).alias(lent(c))))
            .collect();
        let scope = PersonScope { linked: self.linked, task };
        let holds = lower(&group.condition.expr, &scope).fill_null(lit(false));
        let flagged = members
            .people
            .clone()
            .lazy()
            .join(
                self.units.clone().lazy().select(borrowed),
                [col(UNIT)],
                [col(UNIT)],
                keeping_left(),
            )
            .select([holds.alias(column.as_str())])
            .collect()?;
        self.add_people_columns(flagged, members.people.height())?;
        Ok(Some(column))
    }

    /// Puts new columns beside the people; their rows are the people's.
    pub(super) fn add_people_columns(
        &mut self,
        found: DataFrame,
        height: usize,
    ) -> PolarsResult<()> {
        let Some(members) = &mut self.members else { return Ok(()) };
        for column in found.columns() {
            // A condition without columns gives one value for all.
            let column = if column.len() == height {
                column.clone()
            } else {
                column.new_from_index(0, height)
            };
            members.people.with_column(column)?;
        }
        Ok(())
    }

    /// Puts new columns beside the units; their rows are the units'.
    pub(super) fn add_unit_columns(&mut self, found: &DataFrame) -> PolarsResult<()> {
        for column in found.columns() {
            if column.name().as_str() != UNIT {
                self.units.with_column(column.clone())?;
            }
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
