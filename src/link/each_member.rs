//! Units that are made of members: one child in one case. A row for each person of a group who belonged
//! to the family while the unit that they are members of lasted.

use std::sync::Arc;

use polars::prelude::{Expr as Plan, *};
use rayon::prelude::*;

use crate::calendar::{Day, WorkingDays};
use crate::columns::{ByKey, Lowering, ROW, Rings, held, lower, yes_no};
use crate::definitions::Definitions;
use crate::definitions::expression::Name;
use crate::definitions::unit::{AGE, Group, JOINED, LEFT, Unit};
use crate::link::members::{Lasting, Members, of_unit};
use crate::link::units::{number_units, own_identifier};
use crate::link::{FAMILY, Linked, PEOPLE, PERSON, UNIT};

/// The members of a group in each unit of `parent`, in order of unit and person.
pub(super) fn each_member(
    definitions: &Definitions,
    linked: &Linked,
    parent: &Unit,
    group: &Group,
) -> PolarsResult<DataFrame> {
    let Some(rows) = linked.units.get(&parent.id) else { return Ok(DataFrame::empty()) };
    let found;
    let members = match linked.members.get(&parent.id) {
        Some(members) => members,
        None => match of_unit(definitions, linked, parent, rows)? {
            Some(members) => {
                found = members;
                &found
            }
            None => return Ok(DataFrame::empty()),
        },
    };
    let asked = group.condition.expr.names();
    let is_asked = |column: &str| asked.iter().any(|n| matches!(n, Name::Column(c) if c == column));
    let people = with_what_is_known(linked, members.people.clone(), is_asked)?;
    let in_group = in_group(linked, rows, &people, members, group)?;
    let chosen: Vec<u32> = held(&in_group).filter_map(|at| u32::try_from(at).ok()).collect();
    let at = IdxCa::from_slice(PlSmallStr::EMPTY, &chosen);
    let mut frame = with_what_is_known(linked, members.people.take(&at)?, |_| true)?;
    let units = frame.column(UNIT)?.as_materialized_series().u32()?.clone();
    let units: IdxCa = units.iter().collect();
    frame.drop_in_place(UNIT)?;
    let key = own_identifier(definitions, parent);
    let anchors = parent.anchors.iter().map(|(name, _)| name.as_str());
    let of_unit: Vec<&str> = key.into_iter().chain([FAMILY]).chain(anchors).collect();
    let of_unit = of_unit.into_par_iter().map(|column| rows.column(column)?.take(&units));
    for column in of_unit.collect::<PolarsResult<Vec<Column>>>()? {
        frame.with_column(column)?;
    }
    let (joined, left) = belonging(rows, members, parent, &chosen)?;
    frame.with_column(ages(&frame, rows, parent, &units)?.with_name(AGE.into()).into_column())?;
    frame.with_column(joined.with_name(JOINED.into()).into_column())?;
    frame.with_column(left.with_name(LEFT.into()).into_column())?;
    number_units(&frame)
}

/// Members with what is known of each person, as far as it is wanted.
fn with_what_is_known(
    linked: &Linked,
    mut people: DataFrame,
    is_wanted: impl Fn(&str) -> bool,
) -> PolarsResult<DataFrame> {
    let Some(source) = linked.inputs.sources.get(PEOPLE) else { return Ok(people) };
    let known = source.frame.columns().iter().filter(|column| {
        let name = column.name().as_str();
        name != ROW && people.column(name).is_err() && is_wanted(name)
    });
    let known: Vec<&Column> = known.collect();
    if known.is_empty() {
        return Ok(people);
    }
    let by_person = ByKey::new(source.frame.column(PERSON)?.as_materialized_series().u32()?);
    let persons = people.column(PERSON)?.as_materialized_series().u32()?;
    let at = by_person.first_rows(persons.iter());
    let columns = known.into_par_iter().map(|column| column.take(&at));
    people.hstack_mut(&columns.collect::<PolarsResult<Vec<Column>>>()?)?;
    Ok(people)
}

/// Who is in the group.
fn in_group(
    linked: &Linked,
    units: &DataFrame,
    people: &DataFrame,
    members: &Members,
    group: &Group,
) -> PolarsResult<BooleanChunked> {
    let of = members.people.column(UNIT)?.as_materialized_series().u32()?;
    let of: IdxCa = of.iter().collect();
    let mut frame = people.clone();
    for name in group.condition.expr.names() {
        if let Name::Unit(anchor) = name {
            let day = units.column(&anchor)?.take(&of)?;
            frame.with_column(day.with_name(of_the_unit(&anchor).into()))?;
        }
    }
    let scope = MemberScope { linked };
    let holds = lower(&group.condition.expr, &scope).cast(DataType::Boolean).alias("holds");
    let height = frame.height();
    let found = frame.lazy().select([holds]).collect()?;
    yes_no(found.column("holds")?, height)
}

/// The first and the last day on which each of the members belonged to the family while the unit
/// lasted: stretches that were over before it began do not count.
fn belonging(
    units: &DataFrame,
    members: &Members,
    parent: &Unit,
    chosen: &[u32],
) -> PolarsResult<(Int32Chunked, Int32Chunked)> {
    let lasting = Lasting::new(units, parent)?;
    let of = members.people.column(UNIT)?.as_materialized_series().u32()?;
    let (mut joined, mut left) = (Vec::new(), Vec::new());
    for &person in chosen {
        let unit = of.get(person as usize).unwrap_or_default() as usize;
        let counting =
            || members.stretches(person as usize).iter().filter(|s| lasting.covers(unit, s));
        let first = counting().map(|s| s.joined).min().flatten();
        let still = counting().any(|s| s.left.is_none());
        let last = counting().filter_map(|s| s.left).max();
        joined.push(first);
        left.push(last.filter(|_| !still));
    }
    let days = |days: Vec<Option<i32>>| {
        Int32Chunked::from_iter_options(PlSmallStr::EMPTY, days.into_iter())
    };
    Ok((days(joined), days(left)))
}

/// How many years old each member was on the day from which its unit has members: below nought for those who
/// were not born yet, nothing where a date is missing.
fn ages(
    members: &DataFrame,
    units: &DataFrame,
    parent: &Unit,
    of: &IdxCa,
) -> PolarsResult<Float64Chunked> {
    let lasting = Lasting::new(units, parent)?;
    let Ok(born) = members.column(BORN) else {
        return Ok(Float64Chunked::full_null(PlSmallStr::EMPTY, members.height()));
    };
    let born = born.as_materialized_series().i32()?;
    let age = |(unit, born): (Option<IdxSize>, Option<i32>)| {
        let first = lasting.first_day(unit? as usize)?;
        Some(f64::from(Day(first).age_of(Day(born?))))
    };
    let ages = of.iter().zip(born.iter()).map(age);
    Ok(Float64Chunked::from_iter_options(PlSmallStr::EMPTY, ages))
}

/// The name under which a date of the unit stands beside its members.
fn of_the_unit(anchor: &str) -> String {
    format!("of the unit: {anchor}")
}

/// The column of people with their day of birth.
const BORN: &str = "date_of_birth";

/// A condition on members sees the person and the dates of the unit.
struct MemberScope<'a> {
    linked: &'a Linked,
}

impl Lowering for MemberScope<'_> {
    fn name(&self, name: &Name) -> Plan {
        match name {
            Name::Column(column) => col(column.as_str()),
            Name::Unit(anchor) => col(of_the_unit(anchor)),
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
