//! The files of a map or crosswalk: which they are, and each taken through in batches by the reader of
//! its format. Whatever the format, what comes out is the same.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use polars_core::runtime::THREAD_POOL;
use rayon::prelude::*;

use crate::definitions::mapping::{Encoding, Files};
use crate::fingerprint::Fingerprint;
use crate::read::export::{self, Batch, ExportFile};
use crate::read::ledger::FileRead;
use crate::read::parquet_file;
use crate::read::{InputFile, ReadError, look, workbook};

/// A file, and for whom it is read.
#[derive(Clone, Copy)]
pub(super) struct Export<'a> {
    pub(super) folder: &'a Path,
    /// Its name within the folder.
    pub(super) name: &'a str,
    pub(super) said: &'a Files,
    /// The map or crosswalk that it feeds.
    pub(super) feeds: &'a str,
}

impl Export<'_> {
    pub(super) fn path(&self) -> PathBuf {
        self.folder.join(self.name)
    }

    pub(super) fn unreadable(&self, cause: io::Error) -> ReadError {
        ReadError::File { path: self.path(), source_id: self.feeds.to_owned(), cause }
    }

    /// The error of a file that is not what its name says.
    pub(super) fn damaged(&self, expected: &'static str, cause: String) -> ReadError {
        ReadError::Damaged {
            file: self.name.to_owned(),
            expected,
            cause,
            source_id: self.feeds.to_owned(),
        }
    }
}

/// The names of the files that are meant, in sorted order: a name, or all that fit a pattern.
pub(super) fn names(folder: &Path, said: &Files, feeds: &str) -> Result<Vec<String>, ReadError> {
    let pattern = &said.from;
    if !pattern.contains(['*', '?', '[']) || folder.join(pattern).is_file() {
        return Ok(vec![pattern.clone()]);
    }
    let whole = format!("{}/{pattern}", glob::Pattern::escape(&folder.to_string_lossy()));
    let options =
        glob::MatchOptions { require_literal_separator: true, ..glob::MatchOptions::new() };
    let found = glob::glob_with(&whole, options).map_err(|e| ReadError::Pattern {
        pattern: pattern.clone(),
        cause: e.msg,
        source_id: feeds.to_owned(),
    })?;
    let mut names = Vec::new();
    for path in found {
        let path = path.map_err(|e| ReadError::File {
            path: e.path().to_owned(),
            source_id: feeds.to_owned(),
            cause: e.into(),
        })?;
        let inside = path.strip_prefix(folder).ok().and_then(Path::to_str);
        if let Some(name) = inside.filter(|_| path.is_file()) {
            names.push(name.replace(std::path::MAIN_SEPARATOR, "/"));
        }
    }
    names.sort();
    if names.is_empty() {
        let (pattern, source_id) = (pattern.clone(), feeds.to_owned());
        return Err(ReadError::NoFiles { pattern, source_id });
    }
    Ok(names)
}

/// Takes a file through `work`, batch by batch and in parallel, and hands what comes of each batch to
/// `gather`, in the order of the file.
pub(super) fn each_batch<T: Send>(
    from: Export<'_>,
    wanted: &[&str],
    work: impl Fn(Batch) -> T + Sync + Send,
    gather: impl FnMut(T) + Send,
) -> Result<(InputFile, FileRead), ReadError> {
    let extension = Path::new(from.name).extension().and_then(|e| e.to_str());
    let extension = extension.unwrap_or_default().to_ascii_lowercase();
    match extension.as_str() {
        "xlsx" | "xlsm" => {
            let input = fingerprinted(&from)?;
            let read = workbook::each_batch(from, wanted, work, gather)?;
            Ok((input, read))
        }
        "parquet" => {
            let input = fingerprinted(&from)?;
            let read = parquet_file::each_batch(from, wanted, work, gather)?;
            Ok((input, read))
        }
        "xls" | "xlsb" | "ods" => Err(from.damaged(
            "CSV, XLSX or Parquet",
            format!("files that end in .{extension} are not read: save it as .xlsx"),
        )),
        _ => delimited(from, wanted, work, gather),
    }
}

fn delimited<T: Send>(
    from: Export<'_>,
    wanted: &[&str],
    work: impl Fn(Batch) -> T + Sync + Send,
    gather: impl FnMut(T) + Send,
) -> Result<(InputFile, FileRead), ReadError> {
    let look = look::look(&from.path(), from.said, wanted).map_err(|e| from.unreadable(e))?;
    let file = ExportFile {
        folder: from.folder,
        name: from.name,
        encoding: look.encoding,
        delimiter: look.delimiter,
        header_row: look.header_row,
        feeds: from.feeds,
    };
    let input = export::each_batch(&file, wanted, work, gather)?;
    let read = FileRead {
        name: from.name.to_owned(),
        encoding: Some(match look.encoding {
            Encoding::Utf8 => "utf-8",
            Encoding::Utf16Le => "utf-16le",
            Encoding::Windows1252 => "windows-1252",
        }),
        delimiter: Some(char::from(look.delimiter)),
        header_row: look.header_row,
        ..FileRead::default()
    };
    Ok((input, read))
}

/// The size and the hash of a file, read piece by piece.
fn fingerprinted(from: &Export<'_>) -> Result<InputFile, ReadError> {
    let mut file = File::open(from.path()).map_err(|e| from.unreadable(e))?;
    let mut fingerprint = Fingerprint::default();
    let mut piece = vec![0; 1 << 18];
    loop {
        let read = file.read(&mut piece).map_err(|e| from.unreadable(e))?;
        if read == 0 {
            break;
        }
        fingerprint.take(piece.get(..read).unwrap_or_default());
    }
    let bytes = fs::metadata(from.path()).map_err(|e| from.unreadable(e))?.len();
    Ok(InputFile { name: from.name.to_owned(), bytes, sha256: fingerprint.finish() })
}

/// Works through batches that can only be read one after the other, as many at once as there are
/// threads, and hands the results on in order.
pub(super) fn in_turn<T: Send>(
    mut next: impl FnMut() -> Result<Option<Batch>, ReadError>,
    work: impl Fn(Batch) -> T + Sync + Send,
    mut gather: impl FnMut(T) + Send,
) -> Result<u64, ReadError> {
    let mut rows = 0;
    loop {
        let mut batches = Vec::new();
        while batches.len() < THREAD_POOL.current_num_threads() {
            let Some(batch) = next()? else { break };
            rows += batch.height() as u64;
            batches.push(batch);
        }
        if batches.is_empty() {
            return Ok(rows);
        }
        let done: Vec<T> = THREAD_POOL.install(|| batches.into_par_iter().map(&work).collect());
        done.into_iter().for_each(&mut gather);
    }
}
