//! Episodes from raw spells. Systems write one stretch of support in pieces that overlap, touch or lie
//! inside each other; what a source says of its episodes makes one row of them, or leaves the inner
//! ones out. Every piece that goes is in the ledger.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use polars::prelude::*;

use crate::columns::{ROW, finer};
use crate::definitions::expression::Type;
use crate::definitions::source::{Episodes, Overlap, Shape, Source};
use crate::read::identifiers::owned_entity;
use crate::read::{Inputs, LeftOut};

/// The end of a spell that has none yet: after all others.
const OPEN: i32 = i32::MAX;

/// The rows of a source once episodes have been made of them.
pub(super) struct Made {
    /// A row for each episode.
    pub(super) frame: DataFrame,
    /// The numbers of the other rows, and why they go.
    pub(super) left_out: Vec<(u32, LeftOut)>,
    /// Where the rows own an identifier: the places of those that go, and of the episodes they are in.
    pub(super) merged: Vec<(u32, u32)>,
}

struct Spell {
    /// Spells of one part may belong to one episode.
    part: u32,
    start: i32,
    end: i32,
    row: usize,
}

/// The spell that may take up the next ones.
struct Running {
    part: u32,
    first: usize,
    /// The last day of all that it has taken up.
    end: i32,
    /// The row that gave it.
    last: usize,
}

/// Makes the episodes of a source; its rows as they are, if it says nothing of episodes.
pub(super) fn episodes(source: &Source, frame: DataFrame) -> PolarsResult<Made> {
    let (Some(rule), Shape::Spell { start, end }) = (&source.episodes, &source.shape) else {
        return Ok(Made { frame, left_out: Vec::new(), merged: Vec::new() });
    };
    let height = frame.height();
    let mut into: Vec<Option<usize>> = vec![None; height];
    let mut ends: Vec<Option<i32>> =
        frame.column(end)?.as_materialized_series().i32()?.iter().collect();
    let mut lasts: Vec<usize> = (0..height).collect();
    let mut running: Option<Running> = None;
    for spell in spells(rule, &frame, start, end)? {
        let Spell { part, end, row, .. } = spell;
        match &mut running {
            Some(now) if now.part == part && takes_up(rule.overlap, now.end, &spell) => {
                if let Some(into) = into.get_mut(row) {
                    *into = Some(now.first);
                }
                if end >= now.end {
                    (now.end, now.last) = (end, row);
                }
            }
            _ => running = Some(Running { part, first: row, end, last: row }),
        }
        let Some(now) = &running else { continue };
        if let (Some(end), Some(last)) = (ends.get_mut(now.first), lasts.get_mut(now.first)) {
            *end = Some(now.end).filter(|end| *end != OPEN);
            *last = now.last;
        }
    }
    made(source, rule, frame, (end, ends), &lasts, &into)
}

/// The spells of which episodes are made, in the order in which one takes up the next. A row without
/// a start, or without a value to go by, is an episode of its own.
fn spells(rule: &Episodes, frame: &DataFrame, start: &str, end: &str) -> PolarsResult<Vec<Spell>> {
    let days = |name: &str| frame.column(name)?.as_materialized_series().i32();
    let mut parts = vec![0; frame.height()];
    let mut known = vec![true; frame.height()];
    for column in &rule.per {
        let column = frame.column(column)?.cast(&DataType::Int64)?;
        let values: Vec<Option<i64>> = column.as_materialized_series().i64()?.iter().collect();
        known.iter_mut().zip(&values).for_each(|(known, value)| *known &= value.is_some());
        parts = finer(&parts, &values);
    }
    let rows = parts.iter().zip(known).zip(days(start)?.iter().zip(days(end)?.iter()));
    let mut spells: Vec<Spell> = rows
        .enumerate()
        .filter_map(|(row, ((&part, known), (start, end)))| {
            let start = start.filter(|_| known)?;
            Some(Spell { part, start, end: end.unwrap_or(OPEN), row })
        })
        .collect();
    match rule.overlap {
        Overlap::Merge { .. } => spells.sort_by_key(|s| (s.part, s.start, s.row)),
        // Of two that start on one day, the longer holds the shorter.
        Overlap::DropContained => spells.sort_by_key(|s| (s.part, s.start, Reverse(s.end), s.row)),
    }
    Ok(spells)
}

/// Whether what runs until `end` takes up a spell that starts no earlier. `end` is the latest of all
/// that were taken up: a long spell holds what comes after a short one inside it.
fn takes_up(overlap: Overlap, end: i32, spell: &Spell) -> bool {
    match overlap {
        Overlap::Merge { gap_days } => spell.start.saturating_sub(1 + gap_days) <= end,
        Overlap::DropContained => spell.end <= end,
    }
}

fn made(
    source: &Source,
    rule: &Episodes,
    mut frame: DataFrame,
    (end, ends): (&str, Vec<Option<i32>>),
    lasts: &[usize],
    into: &[Option<usize>],
) -> PolarsResult<Made> {
    let numbers = frame.column(ROW)?.as_materialized_series().u32()?.clone();
    let why = match rule.overlap {
        Overlap::Merge { .. } => LeftOut::Merged,
        Overlap::DropContained => LeftOut::Contained,
    };
    let gone = || into.iter().enumerate().filter_map(|(row, into)| Some((row, (*into)?)));
    let left_out = gone().filter_map(|(row, _)| Some((numbers.get(row)?, why.clone()))).collect();
    let mut merged = Vec::new();
    if let (Some(_), [key]) = (owned_entity(source), source.key.as_slice()) {
        let ids = frame.column(key)?.as_materialized_series().u32()?.clone();
        merged = gone().filter_map(|(row, into)| ids.get(row).zip(ids.get(into))).collect();
    }
    let last = IdxCa::from_iter_values(
        PlSmallStr::EMPTY,
        lasts.iter().map(|&row| IdxSize::try_from(row).unwrap_or_default()),
    );
    for column in &rule.from_last {
        let column = frame.column(column)?.take(&last)?;
        frame.with_column(column)?;
    }
    let ends = Int32Chunked::from_iter_options(end.into(), ends.into_iter());
    frame.with_column(ends.into_column())?;
    let kept: BooleanChunked = into.iter().map(Option::is_none).collect();
    Ok(Made { frame: frame.filter(&kept)?, left_out, merged })
}

impl Inputs {
    /// Notes the identifiers of a source that have become those of an episode.
    pub(super) fn note_merged(&mut self, source: &Source, merged: Vec<(u32, u32)>) {
        if let (Some(entity), false) = (owned_entity(source), merged.is_empty()) {
            self.merged.entry(entity.to_owned()).or_default().extend(merged);
        }
    }
}

/// Lets the rows of a source that name what was merged into an episode name the episode.
pub(super) fn follow(source: &Source, inputs: &mut Inputs) -> PolarsResult<()> {
    let Some(rows) = inputs.sources.get_mut(&source.id) else { return Ok(()) };
    for column in &source.columns {
        let Type::Id(entity) = &column.ty else { continue };
        let Some(merged) = inputs.merged.get(entity) else { continue };
        let episode = |id: u32| merged.get(&id).copied().unwrap_or(id);
        let ids = rows.frame.column(&column.name)?.as_materialized_series().u32()?;
        let ids = ids.apply_values(episode).into_column();
        rows.frame.with_column(ids)?;
    }
    Ok(())
}

/// For each entity, the places of identifiers that stand for an episode, and the episode's own.
pub(super) type Merged = BTreeMap<String, BTreeMap<u32, u32>>;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions::place::{Place, SourceText};
    use crate::definitions::source::{self, Silence};

    /// What becomes of the spells of one person: number, start and end of each episode, and the
    /// numbers of the rows that go. The reason is the start day of the row that gave it.
    fn made(overlap: Overlap, spells: &[(i32, Option<i32>)]) -> (Vec<String>, Vec<u32>) {
        let column = |name: &str, ty: Type| source::Column {
            name: name.into(),
            ty,
            optional: true,
            formula: None,
            scale_column: None,
        };
        let source = Source {
            id: "support".into(),
            title: String::new(),
            shape: Shape::Spell { start: "start".into(), end: "end".into() },
            about: "person".into(),
            key: vec!["person_id".into(), "start".into()],
            no_rows: Silence::None,
            episodes: Some(Episodes {
                per: vec!["person_id".into()],
                overlap,
                from_last: match overlap {
                    Overlap::Merge { .. } => vec!["reason".into()],
                    Overlap::DropContained => Vec::new(),
                },
            }),
            columns: vec![
                column("person_id", Type::Id("person".into())),
                column("start", Type::Date),
                column("end", Type::Date),
                column("reason", Type::Text),
            ],
            place: Place::new(
                &std::sync::Arc::new(SourceText {
                    path: "support.toml".into(),
                    text: String::new(),
                }),
                0..0,
            ),
        };
        let n = u32::try_from(spells.len()).unwrap();
        let reasons: Vec<u32> = (1..=n).collect();
        let starts: Vec<i32> = spells.iter().map(|s| s.0).collect();
        let ends: Vec<Option<i32>> = spells.iter().map(|s| s.1).collect();
        let frame = DataFrame::new_infer_height(vec![
            Column::new(ROW.into(), &reasons),
            Column::new("person_id".into(), vec![7_u32; spells.len()]),
            Column::new("start".into(), starts),
            Column::new("end".into(), ends),
            Column::new("reason".into(), reasons),
        ]);
        let Made { frame, left_out, .. } = episodes(&source, frame.unwrap()).unwrap();
        let numbers = |name: &str| {
            frame.column(name).unwrap().as_materialized_series().u32().unwrap().clone()
        };
        let days = |name: &str| {
            frame.column(name).unwrap().as_materialized_series().i32().unwrap().clone()
        };
        let said = (0..frame.height()).map(|at| {
            let end = days("end").get(at).map_or("open".to_owned(), |day| day.to_string());
            let row = numbers(ROW).get(at).unwrap();
            let start = days("start").get(at).unwrap();
            format!("{row}: {start} to {end}, {}", numbers("reason").get(at).unwrap())
        });
        (said.collect(), left_out.into_iter().map(|(row, _)| row).collect())
    }

    const MERGE: Overlap = Overlap::Merge { gap_days: 0 };

    #[test]
    fn spells_that_touch_are_one_episode_and_a_day_between_parts_them() {
        let (found, gone) =
            made(MERGE, &[(12, Some(20)), (1, Some(10)), (11, Some(11)), (22, Some(30))]);
        assert_eq!(found, ["2: 1 to 20, 1", "4: 22 to 30, 4"]);
        assert_eq!(gone, [1, 3]);
        let (found, _) =
            made(Overlap::Merge { gap_days: 1 }, &[(1, Some(10)), (12, Some(20)), (23, None)]);
        assert_eq!(found, ["1: 1 to 20, 2", "3: 23 to open, 3"]);
    }

    #[test]
    fn a_long_spell_holds_what_follows_a_short_one_inside_it() {
        // Going by the row before alone would start a new episode on day 30.
        let (found, gone) = made(MERGE, &[(1, Some(100)), (5, Some(10)), (30, Some(40))]);
        assert_eq!(found, ["1: 1 to 100, 1"]);
        assert_eq!(gone, [2, 3]);
    }

    #[test]
    fn an_open_end_stays_open_and_takes_up_all_that_follows() {
        let (found, _) = made(MERGE, &[(1, None), (5, Some(10)), (400, Some(500))]);
        assert_eq!(found, ["1: 1 to open, 1"]);
    }

    #[test]
    fn only_what_lies_wholly_inside_another_is_dropped() {
        let spells =
            [(1, Some(5)), (1, Some(10)), (3, Some(10)), (8, Some(12)), (20, None), (25, Some(30))];
        let (found, gone) = made(Overlap::DropContained, &spells);
        assert_eq!(found, ["2: 1 to 10, 2", "4: 8 to 12, 4", "5: 20 to open, 5"]);
        assert_eq!(gone, [1, 3, 6]);
    }
}
