//! Frames in, people in families in cases out, dated.
//!
//! A unit's frame has one row for each unit: its number, the columns of its source, its anchors
//! under their own names, and the columns of its parent with `parent.` before them. The members of
//! a unit are the persons of its family, with the days on which they belonged to it.

mod each_member;
mod members;
mod moves;
mod presence;
mod score_pairs;
mod stays;
mod units;

use std::collections::BTreeMap;

use polars::prelude::*;

pub use members::{Members, Stretch};
pub(crate) use presence::Presence;
pub(crate) use stays::Stays;
pub(crate) use units::{number_units, own_identifier, with_parent};

use crate::columns::in_parallel;
use crate::definitions::Definitions;
use crate::definitions::unit::{Unit, UnitRows};
use crate::read::Inputs;

/// The number of a unit: its place in its frame.
pub const UNIT: &str = "unit";
/// The person in a row of members.
pub const PERSON: &str = "person_id";
/// The source with what is known of each person.
pub(crate) const PEOPLE: &str = "people";
/// The family in a row of a unit.
pub const FAMILY: &str = "family_id";
/// What stands before a column of the parent.
pub const PARENT: &str = "parent.";

/// What was read, with its units and their members.
#[derive(Debug)]
pub struct Linked {
    /// What was read.
    pub inputs: Inputs,
    /// The units by name. Needs of cases are not among them: they are found by `evaluate`.
    pub units: BTreeMap<String, DataFrame>,
    /// The members of each unit whose tests are about people.
    pub members: BTreeMap<String, Members>,
}

impl Linked {
    /// The members of units in a frame of their own; nothing for units without a family.
    pub(crate) fn members_of(
        &self,
        definitions: &Definitions,
        unit: &Unit,
        frame: &DataFrame,
    ) -> PolarsResult<Option<Members>> {
        members::of_unit(definitions, self, unit, frame)
    }
}

/// Links persons, families and units. `progress` is told what is being linked.
///
/// # Errors
/// When the data frame library refuses, which is a bug.
pub fn link(
    definitions: &Definitions,
    inputs: Inputs,
    progress: &mut dyn FnMut(&str),
) -> PolarsResult<Linked> {
    let mut linked = Linked { inputs, units: BTreeMap::new(), members: BTreeMap::new() };
    score_pairs::place_words(definitions, &mut linked.inputs.rings);
    // Parents come before the units that belong to them; those of one rank know nothing of each other.
    let rank = |unit: &Unit| {
        let parent = |unit: &Unit| definitions.unit(unit.of.as_deref()?);
        std::iter::successors(parent(unit), |&above| parent(above))
            .take(definitions.units.len())
            .count()
    };
    let mut units: Vec<(usize, &Unit)> = definitions.units.iter().map(|u| (rank(u), u)).collect();
    units.retain(|(_, unit)| unit.rows != UnitRows::CaseNeeds);
    // Score pairs are by far the most: begun last, they would be waited for.
    units.sort_by_key(|(rank, unit)| (*rank, unit.rows != UnitRows::ScorePairs));
    for of_rank in units.chunk_by(|(a, _), (b, _)| a == b) {
        of_rank.iter().for_each(|(_, unit)| progress(&format!("Linking: {}", unit.title)));
        let found = in_parallel(of_rank.len(), |at| {
            let Some((_, unit)) = of_rank.get(at) else { return Ok(None) };
            one(definitions, &linked, unit).map(Some)
        })?;
        for ((_, unit), found) in of_rank.iter().zip(found) {
            let Some((rows, members)) = found else { continue };
            linked.units.insert(unit.id.clone(), rows);
            linked.members.extend(members.map(|members| (unit.id.clone(), members)));
        }
    }
    Ok(linked)
}

/// The score pairs with all their columns, also those that no definition asks for.
///
/// # Errors
/// When the data frame library refuses, which is a bug.
pub fn whole_score_pairs(definitions: &Definitions, linked: &Linked) -> PolarsResult<DataFrame> {
    score_pairs::score_pairs(definitions, linked, &|_| true)
}

/// The units of one kind, and their members if somebody asks about them.
fn one(
    definitions: &Definitions,
    linked: &Linked,
    unit: &Unit,
) -> PolarsResult<(DataFrame, Option<Members>)> {
    let rows = match &unit.rows {
        UnitRows::Source(source) => units::of_source(definitions, linked, unit, source)?,
        UnitRows::ScorePairs => {
            let wanted = units::wanted_of_own(definitions, unit);
            score_pairs::score_pairs(definitions, linked, &|column| wanted.contains(column))?
        }
        UnitRows::Members { group } => {
            let parent = unit.of.as_deref().and_then(|of| definitions.unit(of));
            match (parent, definitions.group(group)) {
                (Some(parent), Some(group)) => {
                    each_member::each_member(definitions, linked, parent, group)?
                }
                _ => DataFrame::empty(),
            }
        }
        UnitRows::Moves(ladder) => moves::moves(definitions, linked, ladder)?,
        UnitRows::CaseNeeds => DataFrame::empty(),
    };
    let rows = units::with_parent(definitions, linked, unit, rows)?;
    let members = if members::are_read(definitions, unit) {
        members::of_unit(definitions, linked, unit, &rows)?
    } else {
        None
    };
    Ok((rows, members))
}
