//! One source: its batches judged and gathered, and what is sound put into a frame.

use std::collections::BTreeMap;
use std::path::Path;

use polars::prelude::*;
use rayon::prelude::*;

use crate::columns::{Ring, Rings};
use crate::definitions::Definitions;
use crate::definitions::mapping::Map;
use crate::definitions::source::Source;
use crate::read::batch::{Judged, NotUsed, judge};
use crate::read::completeness::completeness;
use crate::read::crosswalk::Crosswalks;
use crate::read::episodes::{Made, episodes};
use crate::read::export::{self, ExportFile};
use crate::read::feed::{Feed, How, Kind};
use crate::read::formulas::{possible_shares, with_formulas};
use crate::read::frame::typed_frame;
use crate::read::ledger::{LeftOut, Reason, SetAside, SourceLedger};
use crate::read::places::{merge, renumber, settle};
use crate::read::repeats::{Pieces, Repeat, repeats};
use crate::read::values::Values;
use crate::read::{Inputs, ReadError, SourceRows};

/// Reads one source.
pub(super) fn source(
    definitions: &Definitions,
    source: &Source,
    map: &Map,
    folder: &Path,
    crosswalks: &Crosswalks,
    inputs: &mut Inputs,
) -> Result<SourceRows, ReadError> {
    let from = ExportFile {
        folder,
        name: &map.from,
        encoding: map.encoding,
        delimiter: map.delimiter,
        header_row: map.header_row,
        feeds: &source.id,
    };
    let feed = Feed::new(definitions, source, map, crosswalks);
    let mut gathered = Gathered::new(&feed);
    let mut failed = Ok(());
    let file = export::each_batch(
        &from,
        &feed.wanted,
        |batch| judge(&feed, &inputs.rings, &batch),
        |judged| {
            let added = judged.map(|judged| gathered.add(judged));
            if failed.is_ok() {
                failed = added;
            }
        },
    )?;
    if !inputs.files.iter().any(|f| f.name == file.name) {
        inputs.files.push(file);
    }
    let compute =
        |e: PolarsError| ReadError::Compute { source_id: source.id.clone(), cause: e.to_string() };
    failed.map_err(compute)?;
    gathered.leave_repeats().map_err(compute)?;
    gathered.settle_places(&mut inputs.rings);
    let made = gathered.take_frame().and_then(|frame| episodes(source, frame));
    let Made { frame, left_out, merged } = made.map_err(compute)?;
    for (row, why) in left_out {
        let (start, _) = source.shape.dates().unwrap_or_default();
        let why = NotUsed::LeftOut(start.to_owned(), why);
        gathered.aside.entry(row as usize - 1).or_insert(why);
    }
    inputs.note_merged(source, merged);
    let frame = with_formulas(source, frame, inputs);
    let possible = frame.and_then(|frame| possible_shares(source, frame));
    let (frame, impossible) = possible.map_err(compute)?;
    for (row, column) in impossible {
        let why = NotUsed::Quarantined(column.to_owned(), Reason::ImpossibleShare);
        gathered.aside.entry(row as usize - 1).or_insert(why);
    }
    let (newest, complete_to) = completeness(&feed, &frame).map_err(compute)?;
    inputs.ledger.sources.push(gathered.close(frame.height()));
    Ok(SourceRows { frame, complete_to: Some(complete_to), newest })
}

/// The judged batches of a source, in the order of the file.
struct Gathered<'a> {
    feed: &'a Feed<'a>,
    /// How many rows were read.
    height: usize,
    /// The rows that are not used, counted from 0.
    aside: BTreeMap<usize, NotUsed>,
    /// The numbers of the other rows, counted from 1, by batch.
    numbers: Vec<UInt32Chunked>,
    /// The values of the other rows, by fed column and batch.
    columns: Vec<Vec<Values>>,
    /// The words behind the places of each column that gives some.
    rings: Vec<Ring>,
    null_dates: u64,
    unmapped_words: u64,
}

impl<'a> Gathered<'a> {
    fn new(feed: &'a Feed<'a>) -> Self {
        Self {
            feed,
            height: 0,
            aside: BTreeMap::new(),
            numbers: Vec::new(),
            columns: feed.columns.iter().map(|_| Vec::new()).collect(),
            rings: feed.columns.iter().map(|_| Ring::default()).collect(),
            null_dates: 0,
            unmapped_words: 0,
        }
    }

    /// Adds the next batch of the file.
    fn add(&mut self, judged: Judged) {
        let before = self.height;
        self.height += judged.height;
        self.aside.extend(judged.aside.into_iter().map(|(row, why)| (before + row, why)));
        let first = u32::try_from(before + 1).unwrap_or(u32::MAX);
        self.numbers.push(judged.sound.apply_values(|row| row.saturating_add(first)));
        let ours = self.columns.iter_mut().zip(&mut self.rings);
        for ((pieces, ring), (mut values, words)) in ours.zip(judged.columns) {
            if let (Values::Places(places), Some(words)) = (&mut values, words) {
                renumber(places, &merge(&words, ring));
            }
            pieces.push(values);
        }
        self.null_dates += judged.null_dates;
        self.unmapped_words += judged.unmapped_words;
    }

    /// Leaves out rows that say what an earlier one says, and sets those aside that contradict it.
    fn leave_repeats(&mut self) -> PolarsResult<()> {
        let source = self.feed.source;
        let fed = self.feed.columns.iter().zip(&self.columns);
        let piece = |name: &String| fed.clone().find(|(c, _)| c.of.name == *name);
        let key: Vec<Pieces<'_>> =
            source.key.iter().filter_map(|k| piece(k).map(|(_, p)| p.as_slice())).collect();
        let all: Vec<Pieces<'_>> = self.columns.iter().map(Vec::as_slice).collect();
        let heights: Vec<usize> = self.numbers.iter().map(UInt32Chunked::len).collect();
        let found = repeats(&key, &all, &heights);
        let name = source.key.join(" + ");
        for same_batch in found.chunk_by(|((a, _), _), ((b, _), _)| a == b) {
            let Some(&((batch, _), _)) = same_batch.first() else { continue };
            let Some(numbers) = self.numbers.get_mut(batch) else { continue };
            let mut mask = vec![true; numbers.len()];
            for &((_, row), repeat) in same_batch {
                let why = match repeat {
                    Repeat::Exact => NotUsed::LeftOut(name.clone(), LeftOut::ExactDuplicate),
                    Repeat::OtherValues => NotUsed::Quarantined(name.clone(), Reason::KeyRepeated),
                };
                let Some(number) = numbers.get(row) else { continue };
                self.aside.entry(number as usize - 1).or_insert(why);
                mask.get_mut(row).into_iter().for_each(|keep| *keep = false);
            }
            let mask = BooleanChunked::from_slice(PlSmallStr::EMPTY, &mask);
            *numbers = numbers.filter(&mask)?;
            for values in self.columns.iter_mut().filter_map(|pieces| pieces.get_mut(batch)) {
                *values = values.filter(&mask)?;
            }
        }
        Ok(())
    }

    /// Gives identifiers and words their places in the rings of the run. The source's own
    /// identifiers come first: other columns may refer to them.
    fn settle_places(&mut self, rings: &mut Rings) {
        for own in [true, false] {
            let columns = self.columns.iter_mut().zip(&mut self.rings);
            for (column, (pieces, ring)) in self.feed.columns.iter().zip(columns) {
                let How::Place { kind, .. } = &column.how else { continue };
                if own != matches!(kind, Kind::Own(_)) {
                    continue;
                }
                let words = std::mem::take(ring);
                let new = match kind {
                    Kind::Own(entity) => {
                        let used = pieces.iter().filter_map(Values::places);
                        settle(words, used, rings.entity(entity))
                    }
                    Kind::Of(entity) => merge(&words, rings.entity(entity)),
                    Kind::Word => merge(&words, &mut rings.text),
                };
                for places in pieces.iter_mut().filter_map(Values::places_mut) {
                    renumber(places, &new);
                }
            }
        }
    }

    /// The rows that are left as one frame.
    fn take_frame(&mut self) -> PolarsResult<DataFrame> {
        let mut numbers = UInt32Chunked::from_slice(PlSmallStr::EMPTY, &[]);
        for more in std::mem::take(&mut self.numbers) {
            numbers.append(&more)?;
        }
        let pieces = std::mem::take(&mut self.columns);
        let columns: Vec<Option<Column>> = pieces
            .into_par_iter()
            .zip(&self.feed.columns)
            .map(|(pieces, of)| {
                Ok(Values::joined(pieces)?.map(|values| values.into_column(&of.of.name)))
            })
            .collect::<PolarsResult<_>>()?;
        let numbers = numbers.rechunk().into_owned();
        typed_frame(self.feed.source, numbers, columns.into_iter().flatten().collect())
    }

    /// The ledger, with every row in its place.
    fn close(self, used: usize) -> SourceLedger {
        let (source, map) = (self.feed.source, self.feed.map);
        let mut ledger = SourceLedger {
            source: source.id.clone(),
            title: source.title.clone(),
            file: map.from.clone(),
            first_line: map.header_row + 1,
            read: self.height as u64,
            used: used as u64,
            null_dates: self.null_dates,
            unmapped_words: self.unmapped_words,
            ..SourceLedger::default()
        };
        for (row, why) in self.aside {
            let row = u32::try_from(row + 1).unwrap_or(u32::MAX);
            match why {
                NotUsed::Quarantined(column, why) => {
                    ledger.quarantined.push(SetAside { row, column, why });
                }
                NotUsed::LeftOut(column, why) => {
                    ledger.left_out.push(SetAside { row, column, why });
                }
            }
        }
        ledger
    }
}
