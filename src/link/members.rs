//! Dated memberships: who belonged to the family of a unit, and when.

use polars::prelude::*;

use crate::columns::{ROW, keeping_left};
use crate::definitions::Definitions;
use crate::definitions::source::{Shape, Source};
use crate::definitions::test::{Test, TestKind};
use crate::definitions::unit::Unit;
use crate::link::{FAMILY, Linked, PERSON, UNIT};

/// First day of a membership.
pub const JOINED: &str = "member.joined";
/// Last day of a membership; nothing while it lasts.
pub const LEFT: &str = "member.left";

/// The members of a unit.
#[derive(Debug, Clone)]
pub struct Members {
    /// One row for each unit and person: `unit`, `person_id`, `date_of_birth`; in order of both.
    pub people: DataFrame,
    /// One row for each stretch of belonging: `unit`, `person_id`, first and last day.
    pub stretches: DataFrame,
    /// Whether somebody belonged more than once, so that a row can be reached twice.
    pub repeated: bool,
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
    if units.column(FAMILY).is_err() {
        return Ok(None);
    }
    let anchored = |name: &str| unit.anchor(name).map(|_| name.to_owned());
    let Some(from) =
        anchored("identified_on").or_else(|| unit.anchors.first().map(|(n, _)| n.clone()))
    else {
        return Ok(None);
    };
    let Some((source, start, end)) = membership_source(definitions) else { return Ok(None) };
    let Some(membership) = linked.inputs.sources.get(&source.id) else { return Ok(None) };
    let Some(people) = linked.inputs.sources.get("people") else { return Ok(None) };
    let ends = anchored("closed_on").map_or_else(|| lit(NULL).cast(DataType::Int32), col);
    let units = units.clone().lazy().select([
        col(UNIT),
        col(FAMILY),
        col(from).alias("from"),
        ends.alias("to"),
    ]);
    let belonging = membership.frame.clone().lazy().select([
        col(FAMILY),
        col(PERSON),
        col(start).alias(JOINED),
        col(end).alias(LEFT),
        col(ROW).alias("membership"),
    ]);
    // Everybody who ever belonged to the unit's family, each stretch of it.
    let ever = units
        .join(belonging, [col(FAMILY)], [col(FAMILY)], JoinArgs::new(JoinType::Inner))
        .sort([UNIT, PERSON, "membership"], SortMultipleOptions::default())
        .collect()?;
    // Members are those who belonged to it while the unit lasted; what happened to them in an
    // earlier stretch counts too.
    let while_it_lasted = (col(LEFT).is_null().or(col(LEFT).gt_eq(col("from"))))
        .and(col("to").is_null().or(col(JOINED).lt_eq(col("to"))));
    let people = ever
        .clone()
        .lazy()
        .filter(while_it_lasted)
        .group_by_stable([col(UNIT), col(PERSON)])
        .agg([len().alias("stretches")])
        .join(
            people.frame.clone().lazy().select([col(PERSON), col("date_of_birth")]),
            [col(PERSON)],
            [col(PERSON)],
            keeping_left(),
        )
        .select([col(UNIT), col(PERSON), col("date_of_birth")])
        .collect()?;
    let keys = [col(UNIT), col(PERSON)];
    let stretches = ever
        .lazy()
        .select([col(UNIT), col(PERSON), col(JOINED), col(LEFT)])
        .join(
            people.clone().lazy().select(keys.clone()),
            keys.clone(),
            keys,
            JoinArgs::new(JoinType::Inner),
        )
        .collect()?;
    let repeated = people.height() < stretches.height();
    Ok(Some(Members { people, stretches, repeated }))
}
