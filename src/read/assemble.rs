//! One source: its batches judged and gathered, and what is sound put into a frame.

use std::collections::BTreeMap;
use std::path::Path;

use polars::prelude::{
    BooleanChunked, ChunkApply, ChunkFilter, DataFrame, NewChunkedArray, PlSmallStr, PolarsError,
    PolarsResult, UInt32Chunked,
};
use rayon::prelude::*;

use crate::columns::{Ring, Rings};
use crate::definitions::expression::Literal;
use crate::definitions::mapping::{self, RepeatedKeys, Unmapped};
use crate::definitions::source::{Column, Source};
use crate::read::batch::{Judged, NotUsed, judge};
use crate::read::completeness::completeness;
use crate::read::episodes::{Made, episodes};
use crate::read::error::BadRows;
use crate::read::feed::{Feed, How, Kind};
use crate::read::files::{self, Export};
use crate::read::formulas::{possible_shares, with_formulas};
use crate::read::frame::typed_frame;
use crate::read::ledger::{FileRead, LeftOut, Oddities, Reason, SetAside, SourceLedger};
use crate::read::places::{merge, renumber, settle};
use crate::read::repeats::{Pieces, Repeat, repeats};
use crate::read::values::Values;
use crate::read::{InputFile, Inputs, ReadError, SourceRows};

/// Reads one source: all files of all maps that feed it, one after the other. The rings hold the identifiers
/// of the sources read before.
pub(super) fn gathered<'a>(
    source: &'a Source,
    feeds: &'a [Feed<'a>],
    folder: &Path,
    rings: &Rings,
) -> Result<Gathered<'a>, ReadError> {
    let mut gathered = Gathered::new(source, feeds);
    for (number, feed) in feeds.iter().enumerate() {
        let (said, feeds) = (&feed.map.files, feed.map.id.as_str());
        for name in files::names(folder, said, feeds)? {
            let from = Export { folder, name: &name, said, feeds };
            let mut failed = Ok(());
            gathered.begin(number);
            let (input, read) = files::each_batch(
                from,
                &feed.wanted,
                |batch| judge(feed, rings, &batch),
                |judged| {
                    let added = judged.map(|judged| gathered.add(judged));
                    if failed.is_ok() {
                        failed = added;
                    }
                },
            )?;
            failed.map_err(|e| computing(source, &e))?;
            gathered.end(input, read);
        }
    }
    gathered.leave_repeats().map_err(|e| computing(source, &e))?;
    Ok(gathered)
}

/// A source that has been read: its rows, and what else a run keeps of it.
pub(super) struct Settled {
    rows: SourceRows,
    ledger: SourceLedger,
    /// Identifiers that have become those of an episode.
    merged: Vec<(u32, u32)>,
    files: Vec<InputFile>,
}

/// The rows of a source that has been read, as a frame, with what follows from other columns. Its words
/// have their places among those of the run.
pub(super) fn settled(
    source: &Source,
    feeds: &[Feed<'_>],
    mut gathered: Gathered<'_>,
    inputs: &Inputs,
) -> Result<Settled, ReadError> {
    let compute = |e: PolarsError| computing(source, &e);
    let files = std::mem::take(&mut gathered.inputs);
    let made = gathered.take_frame().and_then(|frame| episodes(source, frame));
    let Made { frame, left_out, merged } = made.map_err(compute)?;
    for (row, why) in left_out {
        let (start, _) = source.shape.dates().unwrap_or_default();
        let why = NotUsed::LeftOut(start.to_owned(), why);
        gathered.aside.entry(row as usize - 1).or_insert(why);
    }
    let frame = with_formulas(source, frame, inputs);
    let possible = frame.and_then(|frame| possible_shares(source, frame));
    let (frame, impossible) = possible.map_err(compute)?;
    for (row, column) in impossible {
        let why = NotUsed::Quarantined(column.to_owned(), Reason::ImpossibleShare);
        gathered.aside.entry(row as usize - 1).or_insert(why);
    }
    let (newest, complete_to) = completeness(feeds, &frame).map_err(compute)?;
    let ledger = gathered.close(frame.height())?;
    Ok(Settled { rows: SourceRows { frame, complete_to, newest }, ledger, merged, files })
}

impl Inputs {
    /// Keeps what was read of a source.
    pub(super) fn keep(&mut self, source: &Source, settled: Settled) {
        for file in settled.files {
            if !self.files.iter().any(|f| f.name == file.name) {
                self.files.push(file);
            }
        }
        self.note_merged(source, settled.merged);
        self.ledger.sources.push(settled.ledger);
        self.sources.insert(source.id.clone(), settled.rows);
    }
}

fn computing(source: &Source, cause: &PolarsError) -> ReadError {
    ReadError::Compute { source_id: source.id.clone(), cause: cause.to_string() }
}

/// A column of the source that some map feeds.
struct Slot<'a> {
    of: &'a Column,
    /// What gets places of its own.
    kind: Option<Kind<'a>>,
    /// The words behind these places.
    ring: Ring,
    /// The values of the rows that are used, by batch.
    pieces: Vec<Values>,
}

/// The judged batches of a source, in the order of its files.
pub(super) struct Gathered<'a> {
    source: &'a Source,
    feeds: &'a [Feed<'a>],
    /// How many rows were read.
    height: usize,
    /// The rows that are not used, counted from 0.
    aside: BTreeMap<usize, NotUsed>,
    /// The numbers of the other rows, counted from 1, by batch.
    numbers: Vec<UInt32Chunked>,
    slots: Vec<Slot<'a>>,
    /// For each feed, the place of each slot among its columns.
    places: Vec<Vec<Option<usize>>>,
    oddities: Oddities,
    /// The files as they stand in the folder, with their hashes.
    inputs: Vec<InputFile>,
    files: Vec<FileRead>,
    /// The feed that each file belongs to.
    feed_of_file: Vec<usize>,
    /// The file that each batch stands in.
    file_of_batch: Vec<usize>,
    /// How many rows there were before the file that is being read.
    before: usize,
}

impl<'a> Gathered<'a> {
    fn new(source: &'a Source, feeds: &'a [Feed<'a>]) -> Self {
        let mut slots: Vec<Slot<'a>> = Vec::new();
        for fed in feeds.iter().flat_map(|feed| &feed.columns) {
            if slots.iter().any(|slot| slot.of.name == fed.of.name) {
                continue;
            }
            let kind = match &fed.how {
                How::Place { kind, .. } => Some(*kind),
                How::Words(_) | How::Constant(Literal::Text(_)) => Some(Kind::Word),
                _ => None,
            };
            slots.push(Slot { of: fed.of, kind, ring: Ring::default(), pieces: Vec::new() });
        }
        let places = feeds.iter().map(|feed| {
            let place =
                |slot: &Slot<'_>| feed.columns.iter().position(|c| c.of.name == slot.of.name);
            slots.iter().map(place).collect()
        });
        Self {
            source,
            feeds,
            height: 0,
            aside: BTreeMap::new(),
            numbers: Vec::new(),
            places: places.collect(),
            slots,
            oddities: Oddities::new(),
            inputs: Vec::new(),
            files: Vec::new(),
            feed_of_file: Vec::new(),
            file_of_batch: Vec::new(),
            before: 0,
        }
    }

    /// A file of this feed is about to be read.
    fn begin(&mut self, feed: usize) {
        self.feed_of_file.push(feed);
        self.before = self.height;
    }

    /// The file has been read.
    fn end(&mut self, input: InputFile, read: FileRead) {
        self.inputs.push(input);
        self.files.push(FileRead { rows: (self.height - self.before) as u64, ..read });
    }

    /// Adds the next batch of the file.
    fn add(&mut self, judged: Judged) {
        let before = self.height;
        self.height += judged.height;
        self.aside.extend(judged.aside.into_iter().map(|(row, why)| (before + row, why)));
        let first = u32::try_from(before + 1).unwrap_or(u32::MAX);
        let sound = judged.sound.len();
        self.numbers.push(judged.sound.apply_values(|row| row.saturating_add(first)));
        self.file_of_batch.push(self.files.len());
        let feed = self.feed_of_file.last().and_then(|&feed| self.places.get(feed));
        let mut columns: Vec<_> = judged.columns.into_iter().map(Some).collect();
        for (slot, place) in self.slots.iter_mut().zip(feed.into_iter().flatten()) {
            let fed = place.and_then(|place| columns.get_mut(place)?.take());
            let Some((mut values, words)) = fed else {
                slot.pieces.push(Values::nothing(&slot.of.ty, sound));
                continue;
            };
            if let (Values::Places(places), Some(words)) = (&mut values, words) {
                renumber(places, &merge(&words, &mut slot.ring));
            }
            slot.pieces.push(values);
        }
        for (what, rows) in judged.oddities {
            *self.oddities.entry(what).or_insert(0) += rows;
        }
    }

    /// Leaves out rows that say what an earlier one says, and sets those aside that contradict it.
    fn leave_repeats(&mut self) -> PolarsResult<()> {
        let source = self.source;
        let piece = |name: &String| self.slots.iter().find(|slot| slot.of.name == *name);
        let key: Vec<Pieces<'_>> =
            source.key.iter().filter_map(|k| piece(k).map(|s| s.pieces.as_slice())).collect();
        let all: Vec<Pieces<'_>> = self.slots.iter().map(|s| s.pieces.as_slice()).collect();
        let heights: Vec<usize> = self.numbers.iter().map(UInt32Chunked::len).collect();
        let latest =
            self.feeds.iter().any(|feed| feed.map.repeated_keys == RepeatedKeys::KeepLatest);
        let submissions: &[usize] = if latest { &self.file_of_batch } else { &[] };
        let found = repeats(&key, &all, &heights, submissions);
        let name = source.key.join(" + ");
        for same_batch in found.chunk_by(|((a, _), _), ((b, _), _)| a == b) {
            let Some(&((batch, _), _)) = same_batch.first() else { continue };
            let Some(numbers) = self.numbers.get_mut(batch) else { continue };
            let mut mask = vec![true; numbers.len()];
            for &((_, row), repeat) in same_batch {
                let why = match repeat {
                    Repeat::Exact => NotUsed::LeftOut(name.clone(), LeftOut::ExactDuplicate),
                    Repeat::Superseded => NotUsed::LeftOut(name.clone(), LeftOut::Superseded),
                    Repeat::OtherValues => NotUsed::Quarantined(name.clone(), Reason::KeyRepeated),
                };
                let Some(number) = numbers.get(row) else { continue };
                self.aside.entry(number as usize - 1).or_insert(why);
                mask.get_mut(row).into_iter().for_each(|keep| *keep = false);
            }
            let mask = BooleanChunked::from_slice(PlSmallStr::EMPTY, &mask);
            *numbers = numbers.filter(&mask)?;
            for values in self.slots.iter_mut().filter_map(|slot| slot.pieces.get_mut(batch)) {
                *values = values.filter(&mask)?;
            }
        }
        Ok(())
    }

    /// Gives identifiers and words their places in the rings of the run. The source's own
    /// identifiers come first: other columns may refer to them.
    pub(super) fn settle_places(&mut self, rings: &mut Rings) {
        for own in [true, false] {
            for slot in &mut self.slots {
                let Some(kind) = slot.kind else { continue };
                if own != matches!(kind, Kind::Own(_)) {
                    continue;
                }
                let words = std::mem::take(&mut slot.ring);
                let new = match kind {
                    Kind::Own(entity) => {
                        let used = slot.pieces.iter().filter_map(Values::places);
                        settle(words, used, rings.entity(entity))
                    }
                    Kind::Of(entity) => merge(&words, rings.entity(entity)),
                    Kind::Word => merge(&words, &mut rings.text),
                };
                for places in slot.pieces.iter_mut().filter_map(Values::places_mut) {
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
        let slots = std::mem::take(&mut self.slots);
        let columns: Vec<Option<polars::prelude::Column>> = slots
            .into_par_iter()
            .map(|slot| {
                let values = Values::joined(slot.pieces)?;
                Ok(values.map(|values| values.into_column(&slot.of.name)))
            })
            .collect::<PolarsResult<_>>()?;
        let numbers = numbers.rechunk().into_owned();
        typed_frame(self.source, numbers, columns.into_iter().flatten().collect())
    }

    /// The ledger, with every row in its place, unless the mapping says to stop at what was found.
    fn close(self, used: usize) -> Result<SourceLedger, ReadError> {
        let mut ledger = SourceLedger {
            source: self.source.id.clone(),
            title: self.source.title.clone(),
            files: self.files,
            read: self.height as u64,
            used: used as u64,
            oddities: self.oddities,
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
        stop_at_bad_rows(&ledger, self.feeds, &self.feed_of_file)?;
        Ok(ledger)
    }
}

/// Stops where a map says so: at any row that is wrong, or at words that its code map does not know.
fn stop_at_bad_rows(
    ledger: &SourceLedger,
    feeds: &[Feed<'_>],
    feed_of_file: &[usize],
) -> Result<(), ReadError> {
    let mut first = None;
    let mut rows = 0;
    for bad in &ledger.quarantined {
        let Some((file, row)) = ledger.place(bad.row) else { continue };
        let number = ledger.files.iter().position(|f| std::ptr::eq(f, file));
        let feed = number.and_then(|n| feeds.get(*feed_of_file.get(n)?));
        let Some(feed) = feed else { continue };
        let codes = bad.why == Reason::UnknownCode
            && feed.code_map_of(&bad.column).is_some_and(|c| c.unmapped == Unmapped::Stop);
        if codes || feed.map.bad_rows == mapping::BadRows::Stop {
            rows += 1;
            first.get_or_insert((file, row, bad, codes, feed));
        }
    }
    let Some((file, row, bad, codes, feed)) = first else { return Ok(()) };
    Err(ReadError::from(Box::new(BadRows {
        file: file.name.clone(),
        rows,
        row,
        line: file.line(row),
        column: bad.column.clone(),
        reason: bad.why.to_string(),
        codes,
        source_id: feed.map.id.clone(),
    })))
}
