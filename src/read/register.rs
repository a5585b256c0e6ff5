//! Files beside the exports that people keep by hand: small tables with columns of fixed names, which nobody has
//! to have.

use std::path::Path;

use serde::de::DeserializeOwned;

use crate::fingerprint::fingerprint;
use crate::read::{InputFile, ReadError};

/// A register as it is read.
pub(super) struct Register {
    /// The name of the file.
    pub(super) file: &'static str,
    /// What it holds, in words: `an action`.
    pub(super) of: &'static str,
}

impl Register {
    /// The entries of the register in a folder, in its order, each made from a line and its number; none where
    /// there is no file. The file is noted for the manifest.
    ///
    /// # Errors
    /// When the file is there and cannot be read as a register.
    pub(super) fn read<L: DeserializeOwned, T>(
        &self,
        folder: &Path,
        files: &mut Vec<InputFile>,
        entry: impl Fn(u64, L) -> Result<T, ReadError>,
    ) -> Result<Vec<T>, ReadError> {
        let bytes = match std::fs::read(folder.join(self.file)) {
            Ok(bytes) => bytes,
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(cause) => return Err(self.wrong(0, &format!("cannot be opened: {cause}"))),
        };
        let text = String::from_utf8(bytes).map_err(|_| self.wrong(0, "is not in UTF-8"))?;
        let entries = self.parsed(&text, entry)?;
        files.push(InputFile {
            name: self.file.to_owned(),
            bytes: text.len() as u64,
            sha256: fingerprint(text.as_bytes()),
        });
        Ok(entries)
    }

    /// The entries in the text of the file.
    pub(super) fn parsed<L: DeserializeOwned, T>(
        &self,
        text: &str,
        entry: impl Fn(u64, L) -> Result<T, ReadError>,
    ) -> Result<Vec<T>, ReadError> {
        let body = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader =
            csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(body.as_bytes());
        let lines = (1..).zip(reader.deserialize::<L>());
        lines
            .map(|(row, line)| {
                let columns = format!("does not have the columns of {}", self.of);
                entry(row, line.map_err(|_| self.wrong(row, &columns))?)
            })
            .collect()
    }

    /// What is said of a line about a measure that nobody has defined.
    pub(super) fn stranger(&self, row: u64) -> ReadError {
        self.wrong(row, "names a measure that there is not")
    }

    /// What is wrong with a line; 0 is the whole file.
    pub(super) fn wrong(&self, row: u64, what: &str) -> ReadError {
        ReadError::Register { file: self.file, row, what: what.to_owned() }
    }
}
