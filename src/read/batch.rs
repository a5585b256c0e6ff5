//! The rows of one batch, typed and judged: everything that needs no other row.

use std::collections::BTreeMap;

use polars::prelude::*;

use crate::columns::{Ring, Rings};
use crate::definitions::expression::{Literal, Type};
use crate::definitions::source::Shape;
use crate::read::export::Batch;
use crate::read::feed::{FedColumn, Feed, How};
use crate::read::ledger::{LeftOut, Oddities, Oddity, Reason};
use crate::read::near::Near;
use crate::read::places::{Placed, places};
use crate::read::values::{Found, Parsed, Values, clean};

/// Why a row is not used.
pub(super) enum NotUsed {
    Quarantined(String, Reason),
    LeftOut(String, LeftOut),
}

/// A batch that has been judged. Rows are counted from 0 within it.
pub(super) struct Judged {
    /// How many rows were read.
    pub(super) height: usize,
    /// The rows that are not used, each with the first reason found. There are few of them.
    pub(super) aside: BTreeMap<usize, NotUsed>,
    /// The other rows.
    pub(super) sound: UInt32Chunked,
    /// The values of the sound rows for each fed column, and the words behind their places where
    /// the batch has given them.
    pub(super) columns: Vec<(Values, Option<Ring>)>,
    /// What else is odd, by column.
    pub(super) oddities: Oddities,
}

/// Judges the rows of a batch. The rings hold the identifiers of the sources read before.
pub(super) fn judge(feed: &Feed<'_>, rings: &Rings, batch: &Batch) -> PolarsResult<Judged> {
    let Some(keep) = &feed.keep else { return judge_all(feed, rings, batch) };
    let kept = keep.part(batch, &feed.map.null_values)?;
    let judged = judge_all(feed, rings, &kept.batch)?;
    Ok(kept.with_the_others(judged))
}

fn judge_all(feed: &Feed<'_>, rings: &Rings, batch: &Batch) -> PolarsResult<Judged> {
    let mut rows = Rows { feed, columns: Vec::new(), aside: BTreeMap::new() };
    for row in batch.overflowing() {
        rows.quarantine(row, "(the line)", Reason::TooManyFields);
    }
    let mut words = Vec::new();
    let mut oddities = Oddities::new();
    let mut note = |column: &str, what: Oddity, rows: u64| {
        *oddities.entry((column.to_owned(), what)).or_insert(0) += rows;
    };
    for (at, what, rows) in &batch.odd {
        note(feed.wanted.get(*at).copied().unwrap_or("(the sheet)"), what.clone(), *rows);
    }
    for column in &feed.columns {
        let Some(texts) = column.text.of(batch, feed.map) else { continue };
        let days = column.text.column().and_then(|at| batch.days.get(at)?.as_ref());
        let (parsed, ring) = parse(feed, rings, column, &texts.texts, days);
        let name = match &column.how {
            How::Calendar { key, .. } => key,
            _ => column.called.as_str(),
        };
        for row in texts.strangers {
            rows.quarantine(row, name, Reason::NotInCrosswalk);
        }
        for (row, reason) in parsed.found.faults {
            rows.quarantine(row, name, reason);
        }
        let odd = parsed.found.odd.into_iter().chain(texts.odd);
        odd.for_each(|(what, rows)| note(name, what, rows));
        rows.columns.push(parsed.values);
        words.push(ring);
    }
    rows.require_values();
    rows.judge_order();
    rows.judge_scores();
    rows.judge_references();
    let height = batch.height();
    let numbers = 0..u32::try_from(height).unwrap_or(u32::MAX);
    let mut sound = UInt32Chunked::from_vec(PlSmallStr::EMPTY, numbers.collect());
    let Rows { mut columns, aside, .. } = rows;
    if !aside.is_empty() {
        let mut mask = vec![true; height];
        for &row in aside.keys() {
            mask.get_mut(row).into_iter().for_each(|keep| *keep = false);
        }
        let mask = BooleanChunked::from_iter_values(PlSmallStr::EMPTY, mask.into_iter());
        sound = sound.filter(&mask)?;
        columns = columns.iter().map(|v| v.filter(&mask)).collect::<PolarsResult<_>>()?;
    }
    let columns = columns.into_iter().zip(words).collect();
    Ok(Judged { height, aside, sound, columns, oddities })
}

/// The typed values of a column, and the words behind them if it gives places.
fn parse(
    feed: &Feed<'_>,
    rings: &Rings,
    column: &FedColumn<'_>,
    texts: &StringChunked,
    days: Option<&Int32Chunked>,
) -> (Parsed, Option<Ring>) {
    let nulls = &feed.map.null_values;
    let with_strangers = |found: Placed| {
        let faults = found.strangers.into_iter().map(|row| (row, Reason::NotInCrosswalk)).collect();
        let errors = (found.errors > 0).then_some((Oddity::ErrorValue, found.errors));
        let odd = errors.into_iter().collect();
        Parsed { values: Values::Places(found.places), found: Found { faults, odd } }
    };
    match &column.how {
        How::Read(reading) => (reading.column(texts, days), None),
        How::Constant(value) => {
            let mut ring = Ring::default();
            let values = Values::constant(value, texts.len(), &mut ring);
            let words = matches!(value, Literal::Text(_)).then_some(ring);
            (Parsed { values, found: Found::default() }, words)
        }
        How::LookUp { entity, via, .. } => {
            let mut known = rings.entities.get(*entity).map(Near::new);
            let known = |id: &str| known.as_mut().and_then(|k| k.find(id)).unwrap_or(NOBODY);
            (with_strangers(places(texts, nulls, *via, known)), None)
        }
        How::Words(words) => {
            let mut ring = Ring::default();
            (words.column(texts, &mut ring), Some(ring))
        }
        How::Place { via, .. } => {
            let mut ring = Ring::default();
            let found = places(texts, nulls, *via, |word| ring.place(word));
            (with_strangers(found), Some(ring))
        }
        How::Calendar { periods, end, .. } => {
            let mut found = Found::default();
            let days = texts.iter().enumerate().map(|(row, text)| {
                let period = periods.named(clean(text, nulls)?);
                if period.is_none() {
                    found.faults.push((row, Reason::NotInCalendar));
                }
                period.map(|p| if *end { p.end.0 } else { p.start.0 })
            });
            let values = Values::Days(Int32Chunked::from_iter_options(PlSmallStr::EMPTY, days));
            (Parsed { values, found }, None)
        }
    }
}

/// The place of an identifier that its owner does not know.
const NOBODY: u32 = u32::MAX;

struct Rows<'a> {
    feed: &'a Feed<'a>,
    /// The values of each fed column.
    columns: Vec<Values>,
    aside: BTreeMap<usize, NotUsed>,
}

impl<'a> Rows<'a> {
    /// Notes that a row is not used, unless an earlier reason stands.
    fn quarantine(&mut self, row: usize, column: &str, reason: Reason) {
        let why = || NotUsed::Quarantined(column.to_owned(), reason);
        self.aside.entry(row).or_insert_with(why);
    }

    fn each_column(&self) -> impl Iterator<Item = (&'a FedColumn<'a>, &Values)> {
        self.feed.columns.iter().zip(&self.columns)
    }

    fn values(&self, name: &str) -> Option<&Values> {
        self.each_column().find(|(c, _)| c.of.name == name).map(|(_, values)| values)
    }

    fn require_values(&mut self) {
        let required = self.each_column().filter(|(c, _)| !c.of.optional);
        let missing: Vec<_> =
            required.map(|(c, values)| (c.called.as_str(), values.missing())).collect();
        for (name, rows) in missing {
            for row in rows {
                self.quarantine(row, name, Reason::Missing);
            }
        }
    }

    /// A spell may not end before it starts.
    fn judge_order(&mut self) {
        let (Shape::Spell { start, end } | Shape::Period { start, end, .. }) =
            &self.feed.source.shape
        else {
            return;
        };
        let (Some(Values::Days(starts)), Some(Values::Days(ends))) =
            (self.values(start), self.values(end))
        else {
            return;
        };
        let both = starts.iter().zip(ends.iter()).enumerate();
        let wrong: Vec<usize> = both
            .filter(|(_, (start, end))| matches!((start, end), (Some(s), Some(e)) if e < s))
            .map(|(row, _)| row)
            .collect();
        for row in wrong {
            self.quarantine(row, end, Reason::EndsBeforeStart);
        }
    }

    /// A score must lie on its scale.
    fn judge_scores(&mut self) {
        let mut wrong = Vec::new();
        for (column, values) in self.each_column() {
            let (Type::Score, Some(scale_column), Values::Numbers(scores)) =
                (&column.of.ty, &column.of.scale_column, values)
            else {
                continue;
            };
            let Some(Values::Places(scales)) = self.values(scale_column) else { continue };
            let of = self.feed.source.column(scale_column);
            let Some(Type::Code(list)) = of.map(|c| &c.ty) else { continue };
            let scale_of: Vec<_> =
                list.codes.iter().map(|code| self.feed.definitions.scale(code)).collect();
            for (row, (score, scale)) in scores.iter().zip(scales.iter()).enumerate() {
                let (Some(score), Some(scale)) = (score, scale) else { continue };
                let scale = scale_of.get(scale as usize).copied().flatten();
                if scale.is_some_and(|s| !s.allows(score)) {
                    wrong.push((row, column.called.as_str()));
                }
            }
        }
        for (row, name) in wrong {
            self.quarantine(row, name, Reason::NotOnTheScale);
        }
    }

    /// A row about somebody whom the owning source does not have is left out.
    fn judge_references(&mut self) {
        let mut nobody = Vec::new();
        for (column, values) in self.each_column() {
            let (How::LookUp { owner, .. }, Values::Places(places)) = (&column.how, values) else {
                continue;
            };
            for (row, place) in places.iter().enumerate() {
                if place == Some(NOBODY) {
                    nobody.push((row, column.called.as_str(), *owner));
                }
            }
        }
        for (row, name, owner) in nobody {
            let rule = || LeftOut::NotIn { owner: owner.to_owned() };
            let why = || NotUsed::LeftOut(name.to_owned(), rule());
            self.aside.entry(row).or_insert_with(why);
        }
    }
}
