//! One export file as a stream: bytes to text to batches of text columns. Whatever its size, only a
//! few blocks of it are in memory at a time.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use polars::prelude::*;
use polars_core::runtime::THREAD_POOL;
use rayon::prelude::*;

use crate::definitions::mapping::Encoding;
use crate::fingerprint::Fingerprint;
use crate::read::delimited::Layout;
use crate::read::ledger::Oddity;
use crate::read::look::fields;
use crate::read::records::cuts;
use crate::read::{InputFile, ReadError};

/// Where a file is, how it is written, and for whom it is read.
pub(super) struct ExportFile<'a> {
    pub(super) folder: &'a Path,
    pub(super) name: &'a str,
    pub(super) encoding: Encoding,
    pub(super) delimiter: u8,
    /// The line with the column names, counted from 1.
    pub(super) header_row: usize,
    /// The source or crosswalk that it feeds.
    pub(super) feeds: &'a str,
}

impl ExportFile<'_> {
    fn path(&self) -> PathBuf {
        self.folder.join(self.name)
    }

    /// The error of a file that is not the text that it should be.
    pub(super) fn not_text(&self, expected: &'static str, cause: String) -> ReadError {
        ReadError::Text {
            file: self.name.to_owned(),
            expected,
            cause,
            source_id: self.feeds.to_owned(),
        }
    }

    fn unreadable(&self, cause: io::Error) -> ReadError {
        ReadError::File { path: self.path(), source_id: self.feeds.to_owned(), cause }
    }
}

/// Some rows of a file, next to each other: the wanted columns as text. Every file format ends here.
pub(super) struct Batch {
    /// One text column for each wanted one, in the order in which they were asked for.
    pub(super) columns: Vec<StringChunked>,
    /// What stands in a row beyond the last column of the header.
    pub(super) overflow: StringChunked,
    /// The days in each column of which the file itself says that they are dates; none of text files.
    pub(super) days: Vec<Option<Int32Chunked>>,
    /// What was odd about the cells, each with the place of its column among the wanted ones.
    pub(super) odd: Vec<(usize, Oddity, u64)>,
}

/// The place of an oddity that stands in no wanted column.
pub(super) const NO_COLUMN: usize = usize::MAX;

impl Batch {
    /// How many rows there are.
    pub(super) fn height(&self) -> usize {
        self.overflow.len()
    }

    /// The rows, counted from 0, that have too many fields.
    pub(super) fn overflowing(&self) -> Vec<usize> {
        if self.overflow.null_count() == self.height() {
            return Vec::new();
        }
        let found = self.overflow.iter().enumerate();
        found
            .filter(|(_, text)| text.is_some_and(|t| !t.trim().is_empty()))
            .map(|(i, _)| i)
            .collect()
    }
}

/// How much of a file is taken at a time, in bytes.
#[derive(Clone, Copy)]
struct Sizes {
    /// What is read and cut into batches at once.
    block: usize,
    /// What one thread parses and judges at once: small enough to stay in its cache.
    batch: usize,
}

impl Sizes {
    /// Large blocks keep all threads busy; a small file should not claim memory for one.
    fn of(bytes: u64) -> Self {
        let block = usize::try_from(bytes / 8).unwrap_or(usize::MAX);
        Self { block: block.clamp(2 << 20, 16 << 20), batch: 512 << 10 }
    }
}

/// Takes a file through `work`, batch by batch and in parallel, and hands what comes of each batch
/// to `gather`, in the order of the file. While a block is worked on, the next one is read and the
/// one before it gathered.
pub(super) fn each_batch<T: Send>(
    from: &ExportFile<'_>,
    wanted: &[&str],
    work: impl Fn(Batch) -> T + Sync + Send,
    gather: impl FnMut(T) + Send,
) -> Result<InputFile, ReadError> {
    // In the pool of polars, so that a batch is parsed by the thread that judges it.
    let bytes = fs::metadata(from.path()).map_or(0, |found| found.len());
    THREAD_POOL.install(|| each_batch_of(Sizes::of(bytes), from, wanted, work, gather))
}

fn each_batch_of<T: Send>(
    sizes: Sizes,
    from: &ExportFile<'_>,
    wanted: &[&str],
    work: impl Fn(Batch) -> T + Sync,
    mut gather: impl FnMut(T) + Send,
) -> Result<InputFile, ReadError> {
    let mut stream = Stream::open(from, sizes)?;
    let header = stream.header()?;
    let layout = Layout::new(from, &header, wanted)?;
    let parse = |block: &Block| -> Vec<Result<T, ReadError>> {
        let batches = block.batches().into_par_iter();
        batches.map(|text| Ok(work(layout.parse(text, from)?))).collect()
    };
    let mut block = stream.next(Vec::new())?;
    let mut spare = Vec::new();
    let mut done = Vec::new();
    while let Some(now) = block {
        let before = std::mem::take(&mut done);
        let ((results, ()), next) = rayon::join(
            || rayon::join(|| parse(&now), || before.into_iter().for_each(&mut gather)),
            || stream.next(spare),
        );
        done = results.into_iter().collect::<Result<_, _>>()?;
        block = next?;
        spare = now.text.into_bytes();
    }
    done.into_iter().for_each(gather);
    Ok(stream.close())
}

/// A piece of a file that ends where a record ends.
struct Block {
    text: String,
    /// Where its batches end.
    ends: Vec<usize>,
}

impl Block {
    fn batches(&self) -> Vec<&str> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).filter_map(|(start, &end)| self.text.get(start..end)).collect()
    }
}

/// A file on its way through.
struct Stream<'a> {
    from: &'a ExportFile<'a>,
    sizes: Sizes,
    file: File,
    fingerprint: Fingerprint,
    /// What makes UTF-8 of other encodings.
    decoder: Option<encoding_rs::Decoder>,
    /// Bytes before and after they are decoded; nothing stays in them.
    raw: Vec<u8>,
    decoded: String,
    /// Bytes read so far.
    bytes: u64,
    /// Text that has been read and not given out: a record of which the end is still to come.
    rest: Vec<u8>,
    /// Bytes of text given out so far.
    given: usize,
    /// Whether the file has been read to its end.
    ended: bool,
    /// Whether anything but blanks has been given out below the header.
    begun: bool,
}

impl<'a> Stream<'a> {
    fn open(from: &'a ExportFile<'a>, sizes: Sizes) -> Result<Self, ReadError> {
        let file = File::open(from.path()).map_err(|e| from.unreadable(e))?;
        let decoder = match from.encoding {
            Encoding::Utf8 => None,
            Encoding::Utf16Le => Some(encoding_rs::UTF_16LE.new_decoder_with_bom_removal()),
            Encoding::Windows1252 => {
                Some(encoding_rs::WINDOWS_1252.new_decoder_without_bom_handling())
            }
        };
        Ok(Self {
            from,
            sizes,
            file,
            fingerprint: Fingerprint::default(),
            decoder,
            raw: Vec::new(),
            decoded: String::new(),
            bytes: 0,
            rest: Vec::new(),
            given: 0,
            ended: false,
            begun: false,
        })
    }

    /// The names in the header row. Lines are counted as they stand, whatever is in them.
    fn header(&mut self) -> Result<Vec<String>, ReadError> {
        let no_header = || ReadError::NoHeader {
            file: self.from.name.to_owned(),
            header_row: self.from.header_row,
            source_id: self.from.feeds.to_owned(),
        };
        let mut text = Vec::new();
        while line_ends(&text, self.from.header_row).count() < self.from.header_row && !self.ended {
            self.fetch(&mut text)?;
        }
        if self.from.encoding == Encoding::Utf8 && text.starts_with(BYTE_ORDER_MARK) {
            text.drain(..BYTE_ORDER_MARK.len());
            self.given = BYTE_ORDER_MARK.len();
        }
        let ends: Vec<usize> = line_ends(&text, self.from.header_row).collect();
        let start = match self.from.header_row.saturating_sub(1) {
            0 => Some(0),
            above => ends.get(above - 1).copied(),
        };
        let start = start.ok_or_else(no_header)?;
        let end = ends.get(self.from.header_row.saturating_sub(1)).copied().unwrap_or(text.len());
        self.rest = text.split_off(end);
        let text = self.decoded(text)?;
        let names = fields(text.get(start..).unwrap_or_default(), self.from.delimiter);
        if names.is_empty() { Err(no_header()) } else { Ok(names) }
    }

    /// The next block, in the buffer of one that is no longer needed; nothing at the end. Blanks at
    /// the end of a file that holds nothing else are no rows.
    fn next(&mut self, mut text: Vec<u8>) -> Result<Option<Block>, ReadError> {
        text.clear();
        text.append(&mut self.rest);
        loop {
            if !self.ended {
                self.fetch(&mut text)?;
            }
            let mut ends = cuts(&text, self.from.delimiter, self.sizes.batch);
            if self.ended && ends.last().copied().unwrap_or(0) < text.len() {
                ends.push(text.len());
            }
            let end = ends.last().copied().unwrap_or(0);
            self.begun |= !text.get(..end).unwrap_or_default().trim_ascii().is_empty();
            if self.begun && end > 0 {
                self.rest.extend_from_slice(text.get(end..).unwrap_or_default());
                text.truncate(end);
                return Ok(Some(Block { text: self.decoded(text)?, ends }));
            }
            if self.ended {
                return Ok(None);
            }
        }
    }

    /// Reads on, takes the fingerprint of what was read, and puts it at the end of the text.
    fn fetch(&mut self, text: &mut Vec<u8>) -> Result<(), ReadError> {
        let block = self.sizes.block;
        let bytes = if self.decoder.is_some() { &mut self.raw } else { &mut *text };
        let before = bytes.len();
        bytes.reserve(block);
        let taken = self.file.by_ref().take(block as u64).read_to_end(bytes);
        let taken = taken.map_err(|e| self.from.unreadable(e))?;
        self.fingerprint.take(bytes.get(before..).unwrap_or_default());
        self.bytes += taken as u64;
        self.ended = taken < block;
        if let Some(decoder) = &mut self.decoder {
            let length = decoder.max_utf8_buffer_length(self.raw.len());
            self.decoded.reserve(length.unwrap_or_default());
            let (_, _, wrong) = decoder.decode_to_string(&self.raw, &mut self.decoded, self.ended);
            if wrong {
                let cause = "some of its bytes are no characters".to_owned();
                return Err(self.from.not_text("UTF-16", cause));
            }
            text.extend_from_slice(self.decoded.as_bytes());
            self.raw.clear();
            self.decoded.clear();
        }
        Ok(())
    }

    /// Text that is given out.
    fn decoded(&mut self, text: Vec<u8>) -> Result<String, ReadError> {
        let before = self.given;
        self.given += text.len();
        String::from_utf8(text).map_err(|e| {
            let at = before + e.utf8_error().valid_up_to() + 1;
            self.from.not_text("UTF-8", format!("byte {at} is not UTF-8"))
        })
    }

    /// The file, once it has been read to its end.
    fn close(self) -> InputFile {
        InputFile {
            name: self.from.name.to_owned(),
            bytes: self.bytes,
            sha256: self.fingerprint.finish(),
        }
    }
}

/// What some programs write before text in UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The places behind the first line ends.
fn line_ends(text: &[u8], lines: usize) -> impl Iterator<Item = usize> {
    let newlines = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    newlines.map(|(at, _)| at + 1).take(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All rows of a file, each with its fields and whether it is too long.
    fn rows(sizes: Sizes, text: &[u8], encoding: Encoding) -> (Vec<Vec<Option<String>>>, String) {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("a.csv"), text).expect("it can be written");
        let from = ExportFile {
            folder: folder.path(),
            name: "a.csv",
            encoding,
            delimiter: b';',
            header_row: 2,
            feeds: "cases",
        };
        let mut all = Vec::new();
        let work = |batch: Batch| {
            let fields = batch.columns.iter().chain([&batch.overflow]);
            let texts = fields.map(|c| c.iter().map(|t| t.map(str::to_owned)).collect::<Vec<_>>());
            texts.collect::<Vec<_>>()
        };
        let file = each_batch_of(sizes, &from, &["note", "id"], work, |columns| {
            let height = columns.first().map_or(0, Vec::len);
            all.extend((0..height).map(|row| columns.iter().map(|c| c[row].clone()).collect()));
        });
        (all, file.expect("it can be read").sha256)
    }

    #[test]
    fn where_batches_end_changes_nothing() {
        let text = "\u{feff}Title; with \"quotes\r\nid;note\r\n\
            1;\"two\r\nlines; \"\"said\"\"\"\r\n2;plain\r\n\r\n\u{feff}3;\u{e9}t\u{e9}\r\n\
            x^4;too;long\r\n   \r\n5;\"\"\r\n6\r\n7;\"last\"";
        let whole = rows(Sizes::of(u64::MAX), text.as_bytes(), Encoding::Utf8);
        assert_eq!(whole.0.len(), 9);
        assert_eq!(whole.0[0][0].as_deref(), Some("two\r\nlines; \"said\""));
        assert_eq!(whole.0[4][2].as_deref(), Some("long"));
        for block in 1..40 {
            let sizes = Sizes { block, batch: 1 + block / 3 };
            assert_eq!(rows(sizes, text.as_bytes(), Encoding::Utf8), whole, "blocks of {block}");
        }
    }

    #[test]
    fn bytes_of_older_systems_become_text_block_by_block() {
        let text = b"-\nid;note\n1;\x80 \xe9\n2;\x93a\x94\n";
        let tiny = rows(Sizes { block: 1, batch: 1 }, text, Encoding::Windows1252);
        assert_eq!(tiny, rows(Sizes::of(u64::MAX), text, Encoding::Windows1252));
        assert_eq!(tiny.0[0][0].as_deref(), Some("\u{20ac} \u{e9}"));
        assert_eq!(tiny.0[1][0].as_deref(), Some("\u{201c}a\u{201d}"));
    }

    #[test]
    fn a_file_with_nothing_below_its_header_has_no_rows() {
        let none = rows(Sizes { block: 3, batch: 1 }, b"-\nid;note\n \n\n  ", Encoding::Utf8);
        assert_eq!(none.0.len(), 0);
        assert_eq!(rows(Sizes::of(u64::MAX), b"-\nid;note", Encoding::Utf8).0.len(), 0);
    }
}
