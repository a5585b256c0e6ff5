//! Breakdowns as columns of small integers, and the levels that these stand for.

use polars::prelude::{Expr as Plan, *};

use crate::columns::{Rings, exact};
use crate::definitions::Definitions;
use crate::definitions::expression::Type;
use crate::definitions::measure::Breakdown;
use crate::definitions::scale::{SCORES, pair_columns};
use crate::definitions::unit::{Unit, UnitRows};
use crate::link::PARENT;
use crate::measure::cell::{Level, NOT_RECORDED};

/// Stands for "not recorded" in a level column.
const NOTHING: u32 = u32::MAX;

/// One breakdown of one unit: how its level column is computed, and its levels in order.
#[derive(Debug, Clone)]
pub(super) struct Levels {
    /// The level column.
    pub(super) column: Plan,
    /// The numbers that stand in it, each with its level, in the order of tables.
    pub(super) levels: Vec<(u32, Level)>,
}

impl Levels {
    /// The place of a number among the levels.
    pub(super) fn place(&self, number: Option<u32>) -> Option<usize> {
        let number = number.unwrap_or(NOTHING);
        self.levels.iter().position(|(n, _)| *n == number)
    }
}

/// The column of a unit's frame behind a name, its own or its parent's, with its type.
pub(super) fn unit_column(
    definitions: &Definitions,
    unit: &Unit,
    name: &str,
) -> Option<(String, Type)> {
    let name = unit.anchor(name).unwrap_or(name);
    let own = match &unit.rows {
        UnitRows::Source(source) => {
            definitions.source(source)?.column(name).map(|c| (name.to_owned(), c.ty.clone()))
        }
        UnitRows::CaseNeeds => match name {
            "need" | "need_title" | "framework" | "headline" | "outcome_verdict" => {
                Some((name.to_owned(), Type::Text))
            }
            _ => None,
        },
        UnitRows::ScorePairs => pair_columns(definitions.source(SCORES), &definitions.scales)
            .into_iter()
            .find(|(column, _)| *column == name)
            .map(|(_, ty)| (name.to_owned(), ty)),
    };
    own.or_else(|| {
        let parent = definitions.unit(unit.of.as_deref()?)?;
        let (column, ty) = unit_column(definitions, parent, name)?;
        Some((format!("{PARENT}{column}"), ty))
    })
}

/// The levels of a breakdown: those declared, then those that occur, in alphabetical order, then
/// "not recorded" if that occurs.
pub(super) fn levels_of(
    definitions: &Definitions,
    rings: &Rings,
    unit: &Unit,
    frame: &DataFrame,
    breakdown: &Breakdown,
) -> PolarsResult<Option<Levels>> {
    let Some((column, ty)) = unit_column(definitions, unit, &breakdown.column) else {
        return Ok(None);
    };
    if !breakdown.bands.is_empty() {
        return banded(frame, &column, breakdown).map(Some);
    }
    let plan = col(column.as_str()).cast(DataType::UInt32).fill_null(exact(NOTHING));
    let occurring = occurring(frame, plan.clone())?;
    let word = |number: u32| -> Option<String> {
        match &ty {
            Type::Code(list) => list.word(number).map(str::to_owned),
            Type::Id(entity) => rings.identifier(entity, number).map(str::to_owned),
            Type::YesNo => Some(if number == 0 { "no" } else { "yes" }.to_owned()),
            _ => rings.text.word(number).map(str::to_owned),
        }
    };
    let number = |word: &str| match &ty {
        Type::Code(list) => list.index_of(word),
        _ => rings.text.find(word),
    };
    let mut levels = Vec::new();
    for (declared, spare) in breakdown.order.iter().zip((0..NOTHING).rev()) {
        // A declared level that no row has still gets its line in every table.
        levels.push((number(declared).unwrap_or(spare), declared.clone()));
    }
    let mut others: Vec<(u32, String)> = occurring
        .iter()
        .filter(|&&n| n != NOTHING && !levels.iter().any(|(known, _)| *known == n))
        .filter_map(|&n| Some((n, word(n)?)))
        .collect();
    others.sort_by(|a, b| a.1.cmp(&b.1));
    levels.extend(others);
    let mut levels: Vec<(u32, Level)> = levels
        .into_iter()
        .map(|(n, code)| (n, Level { title: title(definitions, breakdown, &code), code }))
        .collect();
    if occurring.contains(&NOTHING) {
        levels.push((NOTHING, not_recorded()));
    }
    Ok(Some(Levels { column: plan, levels }))
}

/// The level for what was not recorded.
pub(super) fn not_recorded() -> Level {
    Level { code: NOT_RECORDED.to_owned(), title: "Not recorded".to_owned() }
}

fn occurring(frame: &DataFrame, level: Plan) -> PolarsResult<Vec<u32>> {
    let found = frame
        .clone()
        .lazy()
        .select([level.alias("level")])
        .group_by([col("level")])
        .agg([len().alias("n")])
        .collect()?;
    Ok(found.column("level")?.as_materialized_series().u32()?.iter().flatten().collect())
}

fn banded(frame: &DataFrame, column: &str, breakdown: &Breakdown) -> PolarsResult<Levels> {
    let value = || col(column).cast(DataType::Float64);
    let mut plan = exact(NOTHING);
    for (number, band) in (0_u32..).zip(&breakdown.bands) {
        let inside = value().gt_eq(lit(band.from)).and(value().lt_eq(lit(band.to)));
        plan = when(inside).then(exact(number)).otherwise(plan);
    }
    let mut levels: Vec<(u32, Level)> = (0_u32..)
        .zip(&breakdown.bands)
        .map(|(n, b)| (n, Level { code: b.name.clone(), title: b.name.clone() }))
        .collect();
    if occurring(frame, plan.clone())?.contains(&NOTHING) {
        levels.push((NOTHING, not_recorded()));
    }
    Ok(Levels { column: plan, levels })
}

/// The words for a level: the breakdown's own, else those of the headline, need or domain that it
/// names, else itself.
fn title(definitions: &Definitions, breakdown: &Breakdown, code: &str) -> String {
    if let Some((_, title)) = breakdown.titles.iter().find(|(c, _)| c == code) {
        return title.clone();
    }
    let frameworks = || definitions.frameworks.iter();
    let found = match breakdown.column.as_str() {
        "headline" => frameworks().find_map(|f| f.headline(code)).map(|h| h.title.clone()),
        "need" => frameworks()
            .find_map(|f| f.needs.iter().find(|n| n.id == code))
            .map(|n| n.title.clone()),
        "framework" => definitions.framework(code).map(|f| f.title.clone()),
        "domain" => definitions
            .scales
            .iter()
            .find_map(|s| s.domains.iter().find(|(d, _)| d == code))
            .map(|(_, title)| title.clone()),
        _ => None,
    };
    found.unwrap_or_else(|| code.to_owned())
}
