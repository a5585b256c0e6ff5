//! Breakdowns: their levels in order, and the level of every unit.

use std::collections::BTreeMap;

use polars::prelude::*;

use crate::columns::Rings;
use crate::definitions::Definitions;
use crate::definitions::case_need::case_need_columns;
use crate::definitions::expression::Type;
use crate::definitions::measure::{Band, Breakdown};
use crate::definitions::scale::{SCORES, pair_columns};
use crate::definitions::unit::{Unit, UnitRows, member_columns};
use crate::link::PARENT;
use crate::measure::cell::{Level, NOT_RECORDED};
use crate::measure::fates::bug;

/// The number that stands for "not recorded".
const NOTHING: u32 = u32::MAX;

/// One breakdown of one unit: its levels in order, and the level of each unit.
#[derive(Debug, Clone)]
pub(super) struct Levels {
    /// The levels, in the order of tables.
    pub(super) levels: Vec<Level>,
    /// For each unit of the frame the place of its level.
    places: Vec<u32>,
}

impl Levels {
    /// The place of a unit's level among the levels.
    pub(super) fn place(&self, row: usize) -> usize {
        self.places.get(row).map_or(0, |place| *place as usize)
    }

    /// Lets two levels stand as one, in the place of the first; nothing happens unless both are there.
    pub(super) fn put_together(&mut self, codes: &[String; 2]) {
        let place = |code: &String| self.levels.iter().position(|level| level.code == *code);
        let (Some(one), Some(other)) = (place(&codes[0]), place(&codes[1])) else { return };
        let (first, second) = (one.min(other), one.max(other));
        let gone = self.levels.remove(second);
        if let Some(level) = self.levels.get_mut(first) {
            level.code = format!("{}+{}", level.code, gone.code);
            level.title = format!("{} and {}", level.title, gone.title);
        }
        for place in &mut self.places {
            let at = *place as usize;
            if at == second {
                *place = u32::try_from(first).unwrap_or(u32::MAX);
            } else if at > second {
                *place -= 1;
            }
        }
    }

    /// The levels that are numbered so, and the numbers of all units.
    fn of(
        breakdown: &Breakdown,
        numbered: Vec<(u32, Level)>,
        numbers: impl Iterator<Item = u32>,
    ) -> PolarsResult<Self> {
        let mut places: Vec<(u32, u32)> =
            numbered.iter().zip(0..).map(|((number, _), place)| (*number, place)).collect();
        places.sort_unstable();
        // Neighbouring units often have the same level.
        let mut before = None;
        let place = |number: u32| match before {
            Some((n, place)) if n == number => Ok(place),
            _ => {
                let found = places.binary_search_by_key(&number, |(n, _)| *n).ok();
                let (_, place) = found.and_then(|at| places.get(at)).ok_or_else(|| {
                    bug(format!("a value of `{}` has no word for its level", breakdown.id))
                })?;
                before = Some((number, *place));
                Ok(*place)
            }
        };
        let places = numbers.map(place).collect::<PolarsResult<_>>()?;
        Ok(Self { levels: numbered.into_iter().map(|(_, level)| level).collect(), places })
    }
}

/// How many units have each level of one breakdown and each of another, by their names in files. What was not
/// recorded says nothing.
pub(super) fn count_both(
    one: &Levels,
    other: &Levels,
    counts: &mut BTreeMap<String, BTreeMap<String, u64>>,
) {
    let width = other.levels.len();
    let mut of_both = vec![0_u64; one.levels.len() * width];
    for (a, b) in one.places.iter().zip(&other.places) {
        of_both.get_mut(*a as usize * width + *b as usize).into_iter().for_each(|n| *n += 1);
    }
    let recorded = |level: &&Level| level.code != NOT_RECORDED;
    for (a, of_other) in one.levels.iter().zip(of_both.chunks(width.max(1))) {
        for (b, &count) in other.levels.iter().zip(of_other).filter(|(b, n)| **n > 0 && recorded(b))
        {
            if recorded(&a) {
                *counts.entry(a.code.clone()).or_default().entry(b.code.clone()).or_default() +=
                    count;
            }
        }
    }
}

/// The column of a unit's frame behind a name, its own or its parent's, with its type.
fn unit_column(definitions: &Definitions, unit: &Unit, name: &str) -> Option<(String, Type)> {
    let name = unit.anchor(name).unwrap_or(name);
    let among = |columns: Vec<(&str, Type)>| {
        let own = columns.into_iter().find(|(column, _)| *column == name);
        own.map(|(_, ty)| (name.to_owned(), ty))
    };
    let own = match &unit.rows {
        UnitRows::Source(source) => {
            definitions.source(source)?.column(name).map(|c| (name.to_owned(), c.ty.clone()))
        }
        UnitRows::CaseNeeds => among(case_need_columns()),
        UnitRows::Members { .. } => {
            member_columns(definitions.source_of(unit), definitions.source("people"))
                .into_iter()
                .chain(unit.anchors.iter().map(|(name, _)| (name.clone(), Type::Date)))
                .find(|(column, _)| column == name)
        }
        UnitRows::ScorePairs => {
            among(pair_columns(definitions.source(SCORES), &definitions.scales))
        }
        UnitRows::Moves(ladder) => among(ladder.columns().into_iter().collect()),
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
    let numbers = frame.column(&column)?.as_materialized_series().cast(&DataType::UInt32)?;
    let numbers = numbers.u32()?;
    let occurring: Vec<u32> =
        numbers.unique()?.iter().map(|number| number.unwrap_or(NOTHING)).collect();
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
    let numbers = numbers.iter().map(|number| number.unwrap_or(NOTHING));
    Levels::of(breakdown, levels, numbers).map(Some)
}

/// The level for what was not recorded.
pub(super) fn not_recorded() -> Level {
    Level { code: NOT_RECORDED.to_owned(), title: "Not recorded".to_owned() }
}

fn banded(frame: &DataFrame, column: &str, breakdown: &Breakdown) -> PolarsResult<Levels> {
    let values = frame.column(column)?.as_materialized_series().cast(&DataType::Float64)?;
    let band = |value: f64| {
        let inside = |band: &Band| value >= band.from && value <= band.to;
        (0_u32..).zip(&breakdown.bands).filter(|(_, band)| inside(band)).last().map(|(n, _)| n)
    };
    let numbers: Vec<u32> =
        values.f64()?.iter().map(|value| value.and_then(band).unwrap_or(NOTHING)).collect();
    let mut levels: Vec<(u32, Level)> = (0_u32..)
        .zip(&breakdown.bands)
        .map(|(n, b)| (n, Level { code: b.name.clone(), title: b.name.clone() }))
        .collect();
    if numbers.contains(&NOTHING) {
        levels.push((NOTHING, not_recorded()));
    }
    Levels::of(breakdown, levels, numbers.into_iter())
}

/// The words for a level: the breakdown's own, else those of the headline, need or domain that it
/// names, else itself.
fn title(definitions: &Definitions, breakdown: &Breakdown, code: &str) -> String {
    if let Some((_, title)) = breakdown.titles.iter().find(|(c, _)| c == code) {
        return title.clone();
    }
    let frameworks = || definitions.frameworks.iter();
    let found = match breakdown.column.as_str() {
        "headline" => frameworks()
            .find_map(|f| f.headline(code))
            .map(|h| h.short.as_ref().unwrap_or(&h.title).clone()),
        "need" => frameworks()
            .find_map(|f| f.needs.iter().find(|n| n.id == code))
            .map(|n| n.short.as_ref().unwrap_or(&n.title).clone()),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_that_stand_together_keep_all_their_units_and_move_no_others() {
        let level = |code: &str| Level { code: code.to_owned(), title: code.to_uppercase() };
        let codes = ["a", "b", "c", "d"];
        let levels: Vec<Level> = codes.map(level).to_vec();
        let before = Levels { levels, places: vec![0, 1, 2, 3, 3, 1] };
        let mut after = before.clone();
        after.put_together(&["d".to_owned(), "b".to_owned()]);
        let of = |levels: &Levels| -> Vec<String> {
            (0..6).map(|row| levels.levels[levels.place(row)].code.clone()).collect()
        };
        assert_eq!(of(&before), ["a", "b", "c", "d", "d", "b"]);
        assert_eq!(of(&after), ["a", "b+d", "c", "b+d", "b+d", "b+d"]);
        assert_eq!(after.levels[1].title, "B and D");
        after.put_together(&["a".to_owned(), "elsewhere".to_owned()]);
        assert_eq!(after.levels.len(), 3);
    }
}
