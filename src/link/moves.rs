//! Moves between levels of help: from the rows of several sources to one history of each child.
//!
//! A stay is the days that one row puts one person at a level. From all stays of a person follows the level of each
//! day, and from these the days on which it is another than the day before.

use polars::prelude::*;

use crate::calendar::{Day, Length};
use crate::columns::{ByKey, held, lower, yes_no};
use crate::definitions::Definitions;
use crate::definitions::moves::{Ladder, RungRows};
use crate::definitions::source::Shape;
use crate::link::members::{Memberships, Stretch};
use crate::link::units::number_units;
use crate::link::{Linked, PEOPLE, PERSON};
use crate::read::RowScope;

/// Whoever is this old is no child any more.
const GROWN_UP: i32 = 18;

/// The moves of all children up to the day to which all levels are known, in order of person and day; none
/// where a level has no feed.
pub(super) fn moves(
    definitions: &Definitions,
    linked: &Linked,
    ladder: &Ladder,
) -> PolarsResult<DataFrame> {
    let Some(horizon) = known_to(definitions, linked, ladder) else {
        return Ok(DataFrame::empty());
    };
    let memberships = Families::new(definitions, linked)?;
    let mut stays: Vec<(u32, Stay)> = Vec::new();
    for (level, rung) in (1..).zip(&ladder.rungs) {
        for rows in &rung.rows {
            let mut found = |person, first: i32, last: Option<i32>| {
                let last = last.unwrap_or(horizon).min(horizon);
                if first <= last {
                    stays.push((person, Stay { level, first, last }));
                }
            };
            each_stay(definitions, linked, rows, memberships.as_ref(), &mut found)?;
        }
    }
    stays.sort_unstable_by_key(|(person, stay)| (*person, stay.first, stay.last, stay.level));
    let births = Births::new(linked)?;
    let mut table = Columns::default();
    let mut own: Vec<Stay> = Vec::new();
    for of_person in stays.chunk_by(|(a, _), (b, _)| a == b) {
        let Some((person, _)) = of_person.first() else { continue };
        let Some(born) = births.of(*person) else { continue };
        own.clear();
        own.extend(of_person.iter().map(|(_, stay)| *stay));
        for (on, from, to) in moves_of(ladder, &own, horizon) {
            let age = Day(on).age_of(born);
            if age < GROWN_UP {
                table.push(ladder, *person, (on, age), (from, to));
            }
        }
    }
    number_units(&table.into_frame()?)
}

/// The day to which the rows of all levels are known; nothing where a level has no feed.
fn known_to(definitions: &Definitions, linked: &Linked, ladder: &Ladder) -> Option<i32> {
    let as_at = definitions.project.as_at;
    let known = |source: &str| linked.inputs.sources.get(source)?.complete_to;
    let earliest = ladder
        .sources()
        .into_iter()
        .map(known)
        .try_fold(as_at, |day, known| known.map(|known| known.min(day)));
    earliest.map(|day| day.0)
}

/// Days at a level, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stay {
    /// From 1, the lowest; 0 is none.
    level: usize,
    first: i32,
    last: i32,
}

/// The level of a day, from all stays that began on or before it.
///
/// Help comes first: the highest level of those that help and have the child that day, else the last that did, for
/// as long as levels last. Only then the front door counts, in the same way.
fn level_on(ladder: &Ladder, stays: &[Stay], day: i32) -> usize {
    let among = |helps: bool| {
        let begun = || stays.iter().filter(|s| s.first <= day && ladder.helps(s.level) == helps);
        let end = begun().map(|s| s.last.min(day)).max()?;
        let level = begun().filter(|s| s.last >= end).map(|s| s.level).max()?;
        (day <= lasting(ladder.lasts, end)).then_some(level)
    };
    among(true).or_else(|| among(false)).unwrap_or_default()
}

/// The last day for which a level lasts whose last day was this.
fn lasting(lasts: Length, day: i32) -> i32 {
    lasts.after(Day(day)).map_or(day, |day| day.0)
}

/// Each day up to the horizon on which the level is another than the day before, with both levels.
fn moves_of<'s>(
    ladder: &'s Ladder,
    stays: &'s [Stay],
    horizon: i32,
) -> impl Iterator<Item = (i32, usize, usize)> + 's {
    // The level can only change when a stay begins, ends, or has ended for so long.
    let edges = stays.iter().flat_map(|s| [s.first, s.last + 1, lasting(ladder.lasts, s.last) + 1]);
    let mut days: Vec<i32> = edges.filter(|day| *day <= horizon).collect();
    days.sort_unstable();
    days.dedup();
    let mut before = 0;
    days.into_iter().filter_map(move |day| {
        let now = level_on(ladder, stays, day);
        let from = std::mem::replace(&mut before, now);
        (from != now).then_some((day, from, now))
    })
}

/// Tells each stay that the rows of a level mean: the person, the first day, and the last if it has one.
fn each_stay(
    definitions: &Definitions,
    linked: &Linked,
    rows: &RungRows,
    memberships: Option<&Families>,
    found: &mut dyn FnMut(u32, i32, Option<i32>),
) -> PolarsResult<()> {
    let (Some(source), Some(read)) =
        (definitions.source(&rows.source), linked.inputs.sources.get(&rows.source))
    else {
        return Ok(());
    };
    let frame = match &rows.among {
        Some(among) => {
            let scope = RowScope { inputs: &linked.inputs };
            let holds = lower(&among.expr, &scope).cast(DataType::Boolean).alias("holds");
            let answers = read.frame.clone().lazy().select([holds]).collect()?;
            let answers = yes_no(answers.column("holds")?, read.frame.height())?;
            let chosen = held(&answers).map(|at| IdxSize::try_from(at).ok());
            read.frame.take(&chosen.collect::<IdxCa>())?
        }
        None => read.frame.clone(),
    };
    let days = |name: &str| -> PolarsResult<Int32Chunked> {
        Ok(frame.column(name)?.as_materialized_series().i32()?.clone())
    };
    let (first, last) = match &source.shape {
        Shape::Event { date } => (days(date)?, days(date)?),
        Shape::Spell { start, end } => {
            let (start, end) = (days(start)?, days(end)?);
            // On the day on which a spell ends it is over by the evening, unless it began on that day.
            let last = start.iter().zip(end.iter()).map(|(s, e)| Some((e? - 1).max(s?)));
            let last = Int32Chunked::from_iter_options(PlSmallStr::EMPTY, last);
            (start, last)
        }
        _ => return Ok(()),
    };
    let whose = |entity: &str| -> PolarsResult<Option<UInt32Chunked>> {
        let Some(column) = source.id_column(entity) else { return Ok(None) };
        Ok(Some(frame.column(&column.name)?.as_materialized_series().u32()?.clone()))
    };
    let (persons, families) = (whose("person")?, whose("family")?);
    for ((row, first), last) in first.iter().enumerate().zip(last.iter()) {
        let Some(first) = first else { continue };
        match (&persons, &families, memberships) {
            (Some(persons), ..) => {
                persons.get(row).into_iter().for_each(|person| found(person, first, last));
            }
            (None, Some(families), Some(memberships)) => {
                let Some(family) = families.get(row) else { continue };
                memberships.each(family, (first, last), found);
            }
            _ => {}
        }
    }
    Ok(())
}

/// Who belonged to which family, found by the family.
struct Families {
    by_family: ByKey,
    memberships: Memberships,
}

impl Families {
    /// Those that were read; nothing where no link says who belonged to which family.
    fn new(definitions: &Definitions, linked: &Linked) -> PolarsResult<Option<Self>> {
        let memberships = Memberships::read(definitions, linked)?;
        Ok(memberships
            .map(|memberships| Self { by_family: ByKey::new(&memberships.families), memberships }))
    }

    /// Tells each person who belonged to a family on some of these days, with the days.
    fn each(
        &self,
        family: u32,
        (first, last): (i32, Option<i32>),
        found: &mut dyn FnMut(u32, i32, Option<i32>),
    ) {
        for &row in self.by_family.rows(family) {
            let Stretch { joined, left } = self.memberships.stretch(row);
            let (Some(person), Some(joined)) = (self.memberships.persons.get(row as usize), joined)
            else {
                continue;
            };
            let first = first.max(joined);
            let last = match (last, left) {
                (Some(last), Some(left)) => Some(last.min(left)),
                (last, left) => last.or(left),
            };
            if last.is_none_or(|last| first <= last) {
                found(person, first, last);
            }
        }
    }
}

/// When people were born.
struct Births {
    by_person: ByKey,
    born: Option<Int32Chunked>,
}

impl Births {
    fn new(linked: &Linked) -> PolarsResult<Self> {
        let Some(people) = linked.inputs.sources.get(PEOPLE) else {
            return Ok(Self { by_person: ByKey::default(), born: None });
        };
        let persons = people.frame.column(PERSON)?.as_materialized_series().u32()?.clone();
        let born = people.frame.column("date_of_birth")?.as_materialized_series().i32()?;
        let born = Some(born.rechunk().into_owned());
        Ok(Self { by_person: ByKey::new(&persons), born })
    }

    fn of(&self, person: u32) -> Option<Day> {
        let row = *self.by_person.rows(person).first()?;
        self.born.as_ref()?.get(row as usize).map(Day)
    }
}

/// The columns of moves as they are found.
#[derive(Default)]
struct Columns {
    person: Vec<u32>,
    on: Vec<i32>,
    from: Vec<u32>,
    to: Vec<u32>,
    step: Vec<u32>,
    age: Vec<f64>,
}

impl Columns {
    fn push(
        &mut self,
        ladder: &Ladder,
        person: u32,
        (on, age): (i32, i32),
        (from, to): (usize, usize),
    ) {
        let code = |level: usize| u32::try_from(level).unwrap_or(u32::MAX);
        self.person.push(person);
        self.on.push(on);
        self.from.push(code(from));
        self.to.push(code(to));
        self.step.push(ladder.step(from, to) as u32);
        self.age.push(f64::from(age));
    }

    /// In the order of [`Ladder::columns`].
    fn into_frame(self) -> PolarsResult<DataFrame> {
        use crate::definitions::moves::{AGE, FROM, MOVED_ON, STEP, TO};
        DataFrame::new_infer_height(vec![
            Column::new(PERSON.into(), self.person),
            Column::new(MOVED_ON.into(), self.on),
            Column::new(FROM.into(), self.from),
            Column::new(TO.into(), self.to),
            Column::new(STEP.into(), self.step),
            Column::new(AGE.into(), self.age),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions::moves::Rung;

    /// The front door, early help and a plan; a level lasts for 30 days.
    fn ladder() -> Ladder {
        let rung = |name: &str, helps| Rung { name: name.into(), helps, rows: Vec::new() };
        Ladder {
            lasts: Length::parse("30 days").expect("a length"),
            rungs: vec![rung("contact", false), rung("early_help", true), rung("plan", true)],
        }
    }

    /// Moves of a child with these stays, known for 1,000 days: day, from, to.
    fn found(stays: &[(usize, i32, i32)]) -> Vec<(i32, usize, usize)> {
        let stays: Vec<Stay> =
            stays.iter().map(|&(level, first, last)| Stay { level, first, last }).collect();
        moves_of(&ladder(), &stays, 1000).collect()
    }

    #[test]
    fn a_level_lasts_until_another_begins_or_its_time_is_over() {
        // 30 days after the last day early help still counts; on the 31st it does not.
        assert_eq!(found(&[(2, 100, 199)]), [(100, 0, 2), (230, 2, 0)]);
        // A pause of 30 days is no move, one of 31 is two.
        assert_eq!(found(&[(2, 100, 199), (2, 230, 1000)]), [(100, 0, 2)]);
        let apart = found(&[(2, 100, 199), (2, 231, 1000)]);
        assert_eq!(apart, [(100, 0, 2), (230, 2, 0), (231, 0, 2)]);
    }

    #[test]
    fn the_highest_level_of_a_day_counts_and_what_ran_below_it_takes_over() {
        let both = found(&[(2, 100, 400), (3, 150, 199)]);
        assert_eq!(both, [(100, 0, 2), (150, 2, 3), (200, 3, 2), (431, 2, 0)]);
        // What ended earlier does not come back when the lower level ends.
        assert_eq!(found(&[(3, 100, 199), (2, 150, 210)]), [(100, 0, 3), (200, 3, 2), (241, 2, 0)]);
    }

    #[test]
    fn a_contact_moves_nobody_who_is_helped() {
        assert_eq!(found(&[(2, 100, 400), (1, 200, 200)]), [(100, 0, 2), (431, 2, 0)]);
        // Nor in the time for which help lasts; after it the child is at the front door for the rest of its own.
        let after = found(&[(3, 100, 199), (1, 205, 205), (2, 220, 1000)]);
        assert_eq!(after, [(100, 0, 3), (220, 3, 2)]);
        let left = found(&[(3, 100, 199), (1, 205, 205)]);
        assert_eq!(left, [(100, 0, 3), (230, 3, 1), (236, 1, 0)]);
    }
}
