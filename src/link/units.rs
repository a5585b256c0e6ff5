//! Units as frames: own columns, anchors, parent, family.

use std::borrow::Cow;
use std::collections::BTreeSet;

use polars::prelude::*;
use rayon::prelude::*;

use crate::columns::{ByKey, ROW, keeping_left};
use crate::definitions::Definitions;
use crate::definitions::audit::OutcomeAudit;
use crate::definitions::expression::{Name, Type};
use crate::definitions::extract::Extract;
use crate::definitions::measure::Counted;
use crate::definitions::unit::{Unit, UnitRows};
use crate::link::members::membership_source;
use crate::link::{FAMILY, Linked, PARENT, PERSON, UNIT};

/// The units that are the rows of a source, in file order.
pub(super) fn of_source(
    definitions: &Definitions,
    linked: &Linked,
    unit: &Unit,
    source: &str,
) -> PolarsResult<DataFrame> {
    let Some(rows) = linked.inputs.sources.get(source) else { return Ok(DataFrame::empty()) };
    let frame = number_units(&rows.frame)?;
    let frame = with_anchors(unit, frame.lazy()).collect()?;
    with_family_of_person(definitions, linked, unit, frame)
}

/// Numbers the rows of a frame from 0.
pub(crate) fn number_units(frame: &DataFrame) -> PolarsResult<DataFrame> {
    let mut frame = frame.clone();
    let numbers: Vec<u32> = (0..u32::try_from(frame.height()).unwrap_or(u32::MAX)).collect();
    frame.with_column(Column::new(UNIT.into(), numbers))?;
    Ok(frame)
}

/// Puts the anchors beside the columns, under their own names.
fn with_anchors(unit: &Unit, frame: LazyFrame) -> LazyFrame {
    let named = unit.anchors.iter().filter(|(name, column)| name != column);
    let anchors: Vec<Expr> =
        named.map(|(name, column)| col(column.as_str()).alias(name.as_str())).collect();
    if anchors.is_empty() { frame } else { frame.with_columns(anchors) }
}

/// Puts the columns of the parent beside a unit's own, reached by the parent's identifier.
pub(crate) fn with_parent(
    definitions: &Definitions,
    linked: &Linked,
    unit: &Unit,
    frame: DataFrame,
) -> PolarsResult<DataFrame> {
    let Some(parent) = unit.of.as_deref().and_then(|p| definitions.unit(p)) else {
        return Ok(frame);
    };
    let (Some(rows), UnitRows::Source(source)) = (linked.units.get(&parent.id), &parent.rows)
    else {
        return Ok(frame);
    };
    let Some(key) = definitions.source(source).and_then(|s| s.key.first()) else {
        return Ok(frame);
    };
    let lacks_family = frame.column(FAMILY).is_err() && rows.column(FAMILY).is_ok();
    let wanted = wanted_of_parent(definitions, unit, parent);
    let is_wanted = |name: &str| {
        // A column of the parent's own parent goes by the name that it has there.
        let asked = name.trim_start_matches(PARENT);
        name != ROW && (name == key || wanted.as_ref().is_none_or(|names| names.contains(asked)))
    };
    // Identifiers are small numbers: looking a parent's row up is quicker than a join, which would hash them.
    let keys = |of: &DataFrame| of.column(key).map(|c| c.as_materialized_series().u32().cloned());
    let (theirs, ours) = (keys(rows)??, keys(&frame)??);
    let by_key = ByKey::new(&theirs);
    let places = by_key.first_rows(ours.iter());
    let names = rows.get_column_names().into_iter().map(PlSmallStr::as_str);
    let names: Vec<&str> = names.filter(|name| *name != key && is_wanted(name)).collect();
    let columns: Vec<Column> = names
        .into_par_iter()
        .map(|name| {
            let column = rows.column(name)?.take(&places)?;
            Ok(column.with_name(format!("{PARENT}{name}").into()))
        })
        .collect::<PolarsResult<_>>()?;
    let mut frame = frame;
    frame.hstack_mut(&columns)?;
    if lacks_family {
        let family = frame.column(&format!("{PARENT}{FAMILY}"))?.clone();
        frame.with_column(family.with_name(FAMILY.into()))?;
    }
    Ok(frame)
}

/// What measures, facts and extracts ask of a unit, name by name.
fn names_asked<'d>(definitions: &'d Definitions, unit: &Unit) -> impl Iterator<Item = Name> + 'd {
    let id = unit.id.clone();
    let (of_facts, of_extracts, of_audits) = (id.clone(), id.clone(), id.clone());
    let measures = definitions.measures.iter().filter(move |m| m.unit == id);
    let facts = definitions.facts.iter().filter(move |f| f.unit == of_facts);
    let extracts = definitions.extracts.iter().filter(move |e| e.unit == of_extracts);
    let drawn_from = move |a: &&OutcomeAudit| {
        definitions.extract(&a.extract).is_some_and(|e| e.unit == of_audits)
    };
    let audits = definitions.audits.iter().filter(drawn_from).flat_map(|a| &a.strata);
    let audits = audits.filter_map(|s| s.among.as_ref());
    measures
        .flat_map(|m| m.expressions())
        .chain(extracts.flat_map(Extract::expressions))
        .chain(audits)
        .chain(facts.flat_map(|f| f.test.expressions()))
        .chain(definitions.groups.iter().map(|g| &g.condition))
        .flat_map(|asked| asked.expr.names())
}

/// The dates by which a unit is counted or listed, and the columns by which its figures are split.
fn columns_counted_by<'d>(
    definitions: &'d Definitions,
    unit: &Unit,
    of_parent: bool,
) -> impl Iterator<Item = &'d str> {
    let (id, of_extracts) = (unit.id.clone(), unit.id.clone());
    let measures = definitions.measures.iter().filter(move |m| m.unit == id);
    let counted = measures.filter_map(move |m| match &m.counted {
        Counted::On { column, parent } if *parent == of_parent => Some(column.as_str()),
        _ => None,
    });
    let extracts = definitions.extracts.iter().filter(move |e| e.unit == of_extracts);
    let recent = extracts.filter_map(|e| e.recent.as_ref()).map(|r| r.date.as_str());
    let split = definitions.breakdowns.iter().map(|b| b.column.as_str());
    counted.chain(recent).chain(split)
}

/// The columns of its own that anything asks of a unit.
pub(super) fn wanted_of_own(definitions: &Definitions, unit: &Unit) -> BTreeSet<String> {
    let asked = names_asked(definitions, unit).filter_map(|name| match name {
        Name::Unit(column) | Name::Column(column) => Some(column),
        _ => None,
    });
    let named = columns_counted_by(definitions, unit, false);
    let anchors = unit.anchors.iter().flat_map(|(name, column)| [name.as_str(), column]);
    asked.chain(named.chain(anchors).map(str::to_owned)).collect()
}

/// The columns of the parent that anything asks of a unit; nothing where all of them come along. A
/// case has a dozen score pairs, and most of its columns nobody asks for there.
fn wanted_of_parent<'d>(
    definitions: &'d Definitions,
    unit: &Unit,
    parent: &'d Unit,
) -> Option<BTreeSet<Cow<'d, str>>> {
    if matches!(unit.rows, UnitRows::Source(_)) {
        return None;
    }
    let asked = names_asked(definitions, unit)
        .filter_map(|name| if let Name::Parent(column) = name { Some(column) } else { None });
    let named = columns_counted_by(definitions, unit, true);
    let named = named.map(|name| parent.anchor(name).unwrap_or(name));
    // Windows hang from anchors: needs and score pairs have some only in facts about them.
    let has_facts = definitions.facts.iter().any(|f| f.unit == unit.id);
    let hang = matches!(unit.rows, UnitRows::Members { .. }) || has_facts;
    let anchors = parent.anchors.iter().filter(|_| hang);
    let anchors = anchors.flat_map(|(name, column)| [name.as_str(), column]);
    let spell = definitions.source_of(unit).and_then(|s| s.shape.dates());
    let spell = spell.into_iter().flat_map(|(start, end)| [start, end]);
    let named = named.chain(anchors).chain(spell).chain([FAMILY]);
    Some(asked.map(Cow::Owned).chain(named.map(Cow::Borrowed)).collect())
}

/// A unit about a person has the family to which the person belonged on its first anchor's day.
fn with_family_of_person(
    definitions: &Definitions,
    linked: &Linked,
    unit: &Unit,
    frame: DataFrame,
) -> PolarsResult<DataFrame> {
    let wanted = frame.column(FAMILY).is_err() && frame.column(PERSON).is_ok();
    let (true, Some((_, anchor))) = (wanted, unit.anchors.first()) else { return Ok(frame) };
    let Some((source, start, end)) = membership_source(definitions) else { return Ok(frame) };
    let Some(membership) = linked.inputs.sources.get(&source.id) else { return Ok(frame) };
    let on = col(anchor.as_str());
    let found = frame
        .clone()
        .lazy()
        .select([col(UNIT), col(PERSON), on.clone().alias("on")])
        .join(
            membership.frame.clone().lazy().select([
                col(PERSON),
                col(FAMILY),
                col(start).alias("joined"),
                col(end).alias("left"),
                col(ROW).alias("membership"),
            ]),
            [col(PERSON)],
            [col(PERSON)],
            JoinArgs::new(JoinType::Inner),
        )
        .filter(col("joined").lt_eq(col("on")))
        .filter(col("left").is_null().or(col("left").gt_eq(col("on"))))
        .sort(
            ["joined", "membership"],
            SortMultipleOptions::default().with_order_descending_multi([true, false]),
        )
        .group_by_stable([col(UNIT)])
        .agg([col(FAMILY).first()]);
    frame.lazy().join(found, [col(UNIT)], [col(UNIT)], keeping_left()).collect()
}

/// The column of a unit that holds its own identifier, if it has one.
pub(crate) fn own_identifier<'d>(definitions: &'d Definitions, unit: &Unit) -> Option<&'d str> {
    let UnitRows::Source(source) = &unit.rows else { return None };
    let source = definitions.source(source)?;
    match source.key.as_slice() {
        [only] => {
            source.column(only).filter(|c| matches!(c.ty, Type::Id(_))).map(|c| c.name.as_str())
        }
        _ => None,
    }
}
