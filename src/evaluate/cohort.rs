//! A parcel of units of one kind, their people, and what has been found about both so far.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use polars::prelude::{Expr as Plan, *};

use crate::calendar::WorkingDays;
use crate::columns::{Lowering, Rings, held, lower, of_height, yes_no};
use crate::definitions::Definitions;
use crate::definitions::expression::{Expr as Condition, Name};
use crate::definitions::unit::Unit;
use crate::evaluate::task::{Task, unit_columns};
use crate::evaluate::windows::{Windows, start_of};
use crate::link::{Linked, Members, PARENT, Stretch};

/// All units of one kind, and their people if somebody asks about them.
#[derive(Clone, Copy)]
pub(super) struct Units<'a> {
    /// One row a unit.
    pub(super) frame: &'a DataFrame,
    pub(super) members: Option<&'a Members>,
}

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

/// The people of the units of a cohort. Lists of them hold their places, in order.
pub(super) struct People<'a> {
    /// One row for each unit and person.
    pub(super) frame: DataFrame,
    /// The place of each one's unit in the cohort.
    pub(super) units: Vec<u32>,
    members: &'a Members,
    first: usize,
    /// Where the people of each unit begin, and at last where those of the last unit end.
    first_of_unit: Vec<u32>,
    /// The groups that have been asked for.
    groups: BTreeMap<String, Arc<Vec<u32>>>,
    /// Whom the tests of needs name.
    named: BTreeMap<String, Vec<u32>>,
    /// Who is recorded with each need.
    with_need: BTreeMap<String, Vec<u32>>,
}

impl<'a> People<'a> {
    /// The people of the units at some places.
    fn of(members: &'a Members, units: Range<usize>) -> Self {
        let begin = |unit: usize| members.first_person.get(unit).copied().unwrap_or_default();
        let first = begin(units.start);
        let first_of_unit: Vec<u32> =
            (units.start..=units.end).map(|unit| begin(unit).saturating_sub(first)).collect();
        let mut of_people = Vec::new();
        for (place, ends) in (0_u32..).zip(first_of_unit.windows(2)) {
            if let &[from, to] = ends {
                of_people.extend((from..to).map(|_| place));
            }
        }
        let first = first as usize;
        let frame = members.people.slice(i64::try_from(first).unwrap_or(i64::MAX), of_people.len());
        Self {
            frame,
            units: of_people,
            members,
            first,
            first_of_unit,
            groups: BTreeMap::new(),
            named: BTreeMap::new(),
            with_need: BTreeMap::new(),
        }
    }

    /// The people of a unit.
    pub(super) fn of_unit(&self, unit: usize) -> Range<u32> {
        match (self.first_of_unit.get(unit), self.first_of_unit.get(unit + 1)) {
            (Some(&from), Some(&to)) => from..to,
            _ => 0..0,
        }
    }

    /// Notes whom a test names.
    pub(super) fn name(&mut self, test: &str, people: Vec<u32>) {
        self.named.insert(test.to_owned(), people);
    }

    /// Whom a test names.
    pub(super) fn named(&self, test: &str) -> &[u32] {
        self.named.get(test).map_or(&[], Vec::as_slice)
    }

    /// Notes who is recorded with a need.
    pub(super) fn record(&mut self, need: String, people: Vec<u32>) {
        self.with_need.insert(need, people);
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
        (unit, all): (&Unit, Units<'a>),
        windows: &Windows,
        places: Range<usize>,
    ) -> PolarsResult<Self> {
        let first = places.start;
        let mut units = all.frame.slice(i64::try_from(first).unwrap_or(i64::MAX), places.len());
        windows.add_to(&mut units, unit, &definitions.project)?;
        let people = all.members.map(|members| People::of(members, places));
        Ok(Self { definitions, linked, first, units, people })
    }

    /// Columns of the units, beside rows that stand for the units at some places.
    pub(super) fn lent_to(&self, units: &[u32], columns: &[String]) -> PolarsResult<Vec<Column>> {
        lent_to(&self.units, units, columns)
    }

    /// The people of a task's group; nothing for a test on rows about the unit itself. Looked up
    /// once for all tasks that mean the same people.
    pub(super) fn group(&mut self, task: &Task<'_>) -> PolarsResult<Option<Arc<Vec<u32>>>> {
        let Some(group) = task.test.who.group().and_then(|g| self.definitions.group(g)) else {
            return Ok(None);
        };
        let condition = &group.condition.expr;
        let names = condition.names();
        let by_window = names.contains(&Name::WindowStart);
        let mut meant = group.id.clone();
        if by_window {
            meant = format!("{meant}@{}", task.window);
        }
        let need = task.need.as_ref().filter(|_| names.contains(&Name::HasThisNeed));
        if let Some(need) = need {
            meant = format!("{meant}#{need}");
        }
        let Some(people) = &mut self.people else { return Ok(Some(Arc::default())) };
        if let Some(known) = people.groups.get(&meant) {
            return Ok(Some(Arc::clone(known)));
        }
        let with_need = need.and_then(|n| people.with_need.get(n)).map_or(&[][..], Vec::as_slice);
        // Where only those with the need can be meant, nobody else is asked.
        let all: Vec<u32>;
        let asked = if needs_the_need(condition) {
            with_need
        } else {
            all = (0..).take(people.units.len()).collect();
            &all
        };
        let units: Vec<u32> =
            asked.iter().filter_map(|&p| people.units.get(p as usize).copied()).collect();
        let mut lends = unit_columns(condition);
        lends.extend(by_window.then(|| start_of(task.window)));
        lends.sort_unstable();
        lends.dedup();
        let mut columns = lent_to(&self.units, &units, &lends)?;
        let has_need = asked.iter().map(|p| with_need.binary_search(p).is_ok());
        columns.push(Column::new(HAS_NEED.into(), has_need.collect::<Vec<_>>()));
        let places = IdxCa::from_slice(PlSmallStr::EMPTY, asked);
        let frame = people.frame.take(&places)?.hstack(&columns)?;
        let scope = PersonScope { linked: self.linked, task };
        let holds = lower(condition, &scope).cast(DataType::Boolean).alias("holds");
        let found = frame.lazy().select([holds]).collect()?;
        let holds = yes_no(found.column("holds")?, asked.len())?;
        let group: Vec<u32> = held(&holds).filter_map(|at| asked.get(at).copied()).collect();
        let group = Arc::new(group);
        people.groups.insert(meant, Arc::clone(&group));
        Ok(Some(group))
    }

    /// Puts new columns beside the units; their rows are the units'.
    pub(super) fn add_unit_columns(&mut self, found: &DataFrame) -> PolarsResult<()> {
        let height = self.units.height();
        // A rule without columns gives one value for all.
        let columns: Vec<Column> = found.columns().iter().map(|c| of_height(c, height)).collect();
        self.units.hstack_mut(&columns)?;
        Ok(())
    }
}

fn lent_to(all: &DataFrame, units: &[u32], columns: &[String]) -> PolarsResult<Vec<Column>> {
    let places = IdxCa::from_slice(PlSmallStr::EMPTY, units);
    let lend = |name: &String| Ok(all.column(name)?.take(&places)?.with_name(lent(name).into()));
    columns.iter().map(lend).collect()
}

/// Whether a condition cannot hold of people without the need under test.
fn needs_the_need(condition: &Condition) -> bool {
    match condition {
        Condition::Name(Name::HasThisNeed) => true,
        Condition::And(a, b) => needs_the_need(a) || needs_the_need(b),
        _ => false,
    }
}

/// The column that says whether a person is recorded with the need under test.
const HAS_NEED: &str = "has this need";

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
            Name::HasThisNeed => col(HAS_NEED),
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
