//! The run folder, written under a name that nobody takes for finished and renamed when it is.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::fingerprint::Fingerprint;
use crate::run::manifest::{Manifest, OutputFile};

/// Why a file or folder could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be written: {cause}\n  mend: choose another folder with --out, or free this one", path.display())]
pub struct WriteError {
    /// The file or folder.
    pub path: PathBuf,
    /// What the operating system said.
    pub cause: io::Error,
}

/// A run folder that is being written. Dropped before it is finished, it leaves nothing behind.
#[derive(Debug)]
pub struct RunFolder {
    partial: PathBuf,
    finished: PathBuf,
    /// Those that have been written, in whatever order.
    files: Mutex<Vec<OutputFile>>,
    done: bool,
}

impl RunFolder {
    /// Starts a run folder beside the place where it will stand.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn begin(out: &Path, name: &str) -> Result<Self, WriteError> {
        let partial = out.join(format!(".{name}.unfinished"));
        let fails = |cause| WriteError { path: partial.clone(), cause };
        if partial.exists() {
            fs::remove_dir_all(&partial).map_err(fails)?;
        }
        fs::create_dir_all(&partial).map_err(fails)?;
        Ok(Self { finished: out.join(name), partial, files: Mutex::default(), done: false })
    }

    /// Writes one file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn file(&self, name: &str, bytes: &[u8]) -> Result<(), WriteError> {
        self.stream(name, |to| to.write_all(bytes))
    }

    /// Writes one file piece by piece, so that large ones need not stand in memory. Several can be written
    /// at the same time.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn stream(
        &self,
        name: &str,
        fill: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>,
    ) -> Result<(), WriteError> {
        let path = self.partial.join(name);
        let fails = |cause| WriteError { path: path.clone(), cause };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(fails)?;
        }
        let file = BufWriter::with_capacity(1 << 18, File::create(&path).map_err(fails)?);
        let mut to = Hashing { file, hash: Fingerprint::default(), bytes: 0 };
        fill(&mut to).and_then(|()| to.file.flush()).map_err(fails)?;
        let sha256 = to.hash.finish();
        self.files().push(OutputFile { name: name.to_owned(), bytes: to.bytes, sha256 });
        Ok(())
    }

    /// The list of files; whole also where somebody who held it gave up.
    fn files(&self) -> MutexGuard<'_, Vec<OutputFile>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds the manifest and puts the folder in its place, in exchange for an earlier one.
    ///
    /// # Errors
    /// When the folder cannot be moved; then the earlier one still stands.
    pub fn finish(mut self, mut manifest: Manifest) -> Result<PathBuf, WriteError> {
        manifest.outputs = std::mem::take(&mut *self.files());
        manifest.outputs.sort_by(|a, b| a.name.cmp(&b.name));
        self.file("run.json", manifest.to_json().as_bytes())?;
        let fails = |path: &Path| {
            let path = path.to_owned();
            move |cause| WriteError { path, cause }
        };
        let name = self.finished.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let replaced = self.finished.with_file_name(format!(".{name}.replaced"));
        let _ = fs::remove_dir_all(&replaced);
        let had_one = self.finished.exists();
        if had_one {
            fs::rename(&self.finished, &replaced).map_err(fails(&self.finished))?;
        }
        if let Err(cause) = fs::rename(&self.partial, &self.finished) {
            if had_one {
                let _ = fs::rename(&replaced, &self.finished);
            }
            return Err(WriteError { path: self.finished.clone(), cause });
        }
        self.done = true;
        let _ = fs::remove_dir_all(&replaced);
        Ok(self.finished.clone())
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        if !self.done {
            let _ = fs::remove_dir_all(&self.partial);
        }
    }
}

/// Counts and hashes what goes through to a file.
struct Hashing {
    file: BufWriter<File>,
    hash: Fingerprint,
    bytes: u64,
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.take(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
