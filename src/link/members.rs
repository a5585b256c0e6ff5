//! Dated memberships: who belonged to the family of a unit, and when.

use polars::prelude::*;

use crate::columns::ByKey;
use crate::definitions::Definitions;
use crate::definitions::source::{Shape, Source};
use crate::definitions::test::{Test, TestKind};
use crate::definitions::unit::Unit;
use crate::link::{FAMILY, Linked, PEOPLE, PERSON, UNIT};

/// The members of all units of one kind.
#[derive(Debug, Clone)]
pub struct Members {
    /// One row for each unit and person: `unit`, `person_id`, `date_of_birth`; in order of both.
    pub people: DataFrame,
    /// Where the people of each unit begin, and at last where those of the last unit end.
    pub first_person: Vec<u32>,
    /// Where the stretches of each person in `people` begin, and at last where the last ends.
    pub first_stretch: Vec<u32>,
    /// The stretches of belonging.
    pub stretches: Vec<Stretch>,
}

/// Days on which a person belonged to a family.
#[derive(Debug, Clone, Copy)]
pub struct Stretch {
    /// First day.
    pub joined: Option<i32>,
    /// Last day; nothing while it lasts.
    pub left: Option<i32>,
}

impl Members {
    /// The stretches of belonging of a person in `people`.
    #[must_use]
    pub fn stretches(&self, person: usize) -> &[Stretch] {
        let begin = |person: usize| self.first_stretch.get(person).map(|&at| at as usize);
        let found = match (begin(person), begin(person + 1)) {
            (Some(first), Some(last)) => self.stretches.get(first..last),
            _ => None,
        };
        found.unwrap_or_default()
    }
}

/// From when to when each unit has members.
pub(super) struct Lasting {
    from: Int32Chunked,
    to: Option<Int32Chunked>,
}

impl Lasting {
    /// From the day on which a unit was identified, or else its first date, to its end, if it has one.
    pub(super) fn new(units: &DataFrame, unit: &Unit) -> PolarsResult<Self> {
        let first = || unit.anchors.first().map(|(name, _)| name.as_str());
        let from = unit.anchor(IDENTIFIED).map(|_| IDENTIFIED).or_else(first).unwrap_or_default();
        let to = unit.anchor(CLOSED).map(|_| days(units, CLOSED)).transpose()?;
        Ok(Self { from: days(units, from)?, to })
    }

    /// The day from which a unit has members.
    pub(super) fn first_day(&self, unit: usize) -> Option<i32> {
        self.from.get(unit)
    }

    /// Whether a person who belonged to the family for this stretch is a member of a unit.
    pub(super) fn covers(&self, unit: usize, stretch: &Stretch) -> bool {
        let (from, to) = (self.from.get(unit), self.to.as_ref().and_then(|to| to.get(unit)));
        stretch.left.is_none_or(|left| from.is_some_and(|from| left >= from))
            && to.is_none_or(|to| stretch.joined.is_some_and(|joined| joined <= to))
    }
}

/// The anchor from which a unit has members, if it has that one.
const IDENTIFIED: &str = "identified_on";
/// The anchor on which it ends.
const CLOSED: &str = "closed_on";

fn days(frame: &DataFrame, column: &str) -> PolarsResult<Int32Chunked> {
    Ok(frame.column(column)?.as_materialized_series().i32()?.rechunk().into_owned())
}

fn numbers(frame: &DataFrame, column: &str) -> PolarsResult<UInt32Chunked> {
    Ok(frame.column(column)?.as_materialized_series().u32()?.rechunk().into_owned())
}

/// Who belonged to which family, row by row, as it was read.
pub(super) struct Memberships {
    /// The person.
    pub(super) persons: UInt32Chunked,
    /// The family.
    pub(super) families: UInt32Chunked,
    joined: Int32Chunked,
    left: Int32Chunked,
}

impl Memberships {
    /// Those that were read; nothing where no link says who belonged to which family.
    pub(super) fn read(definitions: &Definitions, linked: &Linked) -> PolarsResult<Option<Self>> {
        let Some((source, start, end)) = membership_source(definitions) else { return Ok(None) };
        let Some(rows) = linked.inputs.sources.get(&source.id) else { return Ok(None) };
        Ok(Some(Self {
            persons: numbers(&rows.frame, PERSON)?,
            families: numbers(&rows.frame, FAMILY)?,
            joined: days(&rows.frame, start)?,
            left: days(&rows.frame, end)?,
        }))
    }

    /// The days of the membership in a row.
    pub(super) fn stretch(&self, row: u32) -> Stretch {
        let row = row as usize;
        Stretch { joined: self.joined.get(row), left: self.left.get(row) }
    }
}

/// The dated link from persons to families: its source and the columns with first and last day.
pub(super) fn membership_source(definitions: &Definitions) -> Option<(&Source, &str, &str)> {
    let link = definitions.links.iter().find(|l| l.from == "person" && l.to == "family")?;
    let source = definitions.source(&link.source)?;
    match &source.shape {
        Shape::Spell { start, end } => Some((source, start, end)),
        _ => None,
    }
}

/// Whether some test of a unit is about its people. Only then are they looked up.
pub(super) fn are_read(definitions: &Definitions, unit: &Unit) -> bool {
    let about_people = |test: &Test| match &test.kind {
        TestKind::Rows(rows) => rows.who.group().is_some(),
        TestKind::When(_) => false,
    };
    let facts = definitions.facts.iter().filter(|f| f.unit == unit.id).map(|f| &f.test);
    // Frameworks judge cases.
    unit.id == "case" || facts.into_iter().any(about_people)
}

/// The members of each unit of a frame; nothing for units without a family.
pub(super) fn of_unit(
    definitions: &Definitions,
    linked: &Linked,
    unit: &Unit,
    units: &DataFrame,
) -> PolarsResult<Option<Members>> {
    if units.column(FAMILY).is_err() || unit.anchors.is_empty() {
        return Ok(None);
    }
    let Some(memberships) = Memberships::read(definitions, linked)? else { return Ok(None) };
    let Some(people) = linked.inputs.sources.get(PEOPLE) else { return Ok(None) };
    let families = numbers(units, FAMILY)?;
    let lasting = Lasting::new(units, unit)?;
    let belonging = ByKey::new(&memberships.families);
    let persons = &memberships.persons;
    let mut found = Found::default();
    let mut of_family: Vec<(u32, u32)> = Vec::new();
    for (unit, family) in families.iter().enumerate() {
        found.first_person.push(place(found.people.len()));
        let Some(family) = family else { continue };
        // Everybody who ever belonged to the unit's family, each stretch of it.
        of_family.clear();
        let rows = belonging.rows(family).iter();
        of_family.extend(rows.filter_map(|&row| Some((persons.get(row as usize)?, row))));
        of_family.sort_unstable();
        for of_person in of_family.chunk_by(|a, b| a.0 == b.0) {
            let stretches = of_person.iter().map(|&(_, row)| memberships.stretch(row));
            // Members are those who belonged to it while the unit lasted; what happened to them in
            // an earlier stretch counts too.
            let while_it_lasted = |s: Stretch| lasting.covers(unit, &s);
            if let (true, Some((person, _))) =
                (stretches.clone().any(while_it_lasted), of_person.first())
            {
                found.units.push(place(unit));
                found.people.push(*person);
                found.first_stretch.push(place(found.stretches.len()));
                found.stretches.extend(stretches);
            }
        }
    }
    found.into_members(&people.frame).map(Some)
}

/// Members as they are found.
#[derive(Default)]
struct Found {
    units: Vec<u32>,
    people: Vec<u32>,
    first_person: Vec<u32>,
    first_stretch: Vec<u32>,
    stretches: Vec<Stretch>,
}

impl Found {
    fn into_members(mut self, people: &DataFrame) -> PolarsResult<Members> {
        self.first_person.push(place(self.people.len()));
        self.first_stretch.push(place(self.stretches.len()));
        let ids = people.column(PERSON)?.as_materialized_series().u32()?;
        let rows = ByKey::new(&ids.rechunk());
        let born = rows.first_rows(self.people.iter().copied().map(Some));
        let born = people.column("date_of_birth")?.take(&born)?;
        let people = DataFrame::new_infer_height(vec![
            Column::new(UNIT.into(), self.units),
            Column::new(PERSON.into(), self.people),
            born,
        ])?;
        Ok(Members {
            people,
            first_person: self.first_person,
            first_stretch: self.first_stretch,
            stretches: self.stretches,
        })
    }
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
