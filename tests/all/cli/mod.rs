//! The program as its users meet it: typed commands, exit codes, and the files that are left.
//!
//! A run takes seconds, so tests that only look at one share it: it is made once and kept in memory.

mod benchmarks;
mod cell_key;
mod claims;
mod definitions;
mod edition;
mod errors;
mod explain;
mod extracts;
mod feedback;
mod golden;
mod ledger;
mod mappings;
mod numbers;
mod open_data;
mod overrides;
mod packs;
mod page;
mod protection;
mod quality;
mod query;
mod releases;
mod report;
mod restated;
mod row_packs;
mod saved;
mod secrets;
mod start;
mod trust;
mod verify;
mod workbooks;
mod worked_out;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde::Deserialize;
use tempfile::TempDir;

/// How a command ended.
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs a command in the folder of the repository.
pub(crate) fn early_help(arguments: &[&str]) -> Ended {
    let mut command = assert_cmd::cargo::cargo_bin_cmd!("early-help");
    let ended = command.current_dir(repository()).args(arguments).output().expect("it starts");
    Ended {
        code: ended.status.code().expect("it ends by itself"),
        out: String::from_utf8(ended.stdout).expect("text"),
        err: String::from_utf8(ended.stderr).expect("text"),
    }
}

/// The same, for a command that has to succeed: what it printed.
pub(crate) fn result_of(arguments: &[&str]) -> String {
    let ended = early_help(arguments);
    assert_eq!(ended.code, 0, "{arguments:?} failed:\n{}", ended.err);
    ended.out
}

pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("a path that can be typed")
}

pub(crate) fn a_folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// A folder with copies of the files of a folder of the repository.
pub(crate) fn copy_of(name: &str) -> TempDir {
    let copy = a_folder();
    for (file, bytes) in files_below(&repository().join(name)) {
        let path = copy.path().join(file);
        fs::create_dir_all(path.parent().expect("inside")).expect("it can be made");
        fs::write(path, bytes).expect("it can be copied");
    }
    copy
}

/// Changes one thing in a file. What is replaced has to be there, else the test would prove nothing.
pub(crate) fn replace(path: &Path, from: &str, to: &str) {
    let before = fs::read_to_string(path).expect("it can be read");
    assert!(before.contains(from), "{} has no {from}", path.display());
    fs::write(path, before.replacen(from, to, 1)).expect("it can be written");
}

/// What a command left in the folder that `--out` named.
pub(crate) struct Run {
    said: Ended,
    /// What the folder of all runs was called.
    pub(crate) out: PathBuf,
    /// Every file in it, hidden ones too, by its name below the folder.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
}

impl Run {
    /// Runs a command that writes a run, and takes its files into memory.
    pub(crate) fn of(command: &[&str]) -> Self {
        Self::into(command, a_folder())
    }

    /// The same, into this folder.
    pub(crate) fn into(command: &[&str], folder: TempDir) -> Self {
        let out = folder.path().to_owned();
        let said = early_help(&[command, &["--out", text(&out)]].concat());
        assert_eq!(said.code, 0, "{command:?} failed:\n{}", said.err);
        Self { said, files: files_below(&out), out }
    }

    pub(crate) fn bytes(&self, name: &str) -> &[u8] {
        self.files.get(name).unwrap_or_else(|| panic!("there is no {name}"))
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        str::from_utf8(self.bytes(name)).expect("text")
    }

    fn cells(&self, name: &str) -> Vec<Cell> {
        let mut reader = csv::Reader::from_reader(self.bytes(name));
        reader.deserialize().collect::<Result<_, _>>().expect("rows of cells")
    }

    fn rows(&self, name: &str) -> Vec<BTreeMap<String, String>> {
        let mut reader = csv::Reader::from_reader(self.bytes(name));
        reader.deserialize().collect::<Result<_, _>>().expect("rows under the header")
    }

    fn header(&self, name: &str) -> &str {
        self.text(name).lines().next().expect("a header")
    }

    pub(crate) fn manifest(&self, name: &str) -> early_help::run::Manifest {
        serde_json::from_str(self.text(name)).expect("a manifest")
    }
}

pub(crate) fn files_below(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("it can be listed") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("it is below").to_string_lossy();
                files.insert(name.replace('\\', "/"), fs::read(&path).expect("it can be read"));
            }
        }
    }
    files
}

/// A row of `cells.csv`, as far as tests look at it.
#[derive(Deserialize)]
struct Cell {
    measure: String,
    period: String,
    breakdown: String,
    level: String,
    numerator: String,
    denominator: String,
    value: String,
    lower: String,
    upper: String,
    pending: String,
    unknown: String,
    symbol: String,
}

/// Whether a count is one that partners may not see.
fn small(count: f64) -> bool {
    count > 0.0 && count < 6.0
}

/// The month's report on the sample council.
pub(crate) static MONTHLY: LazyLock<Run> = LazyLock::new(|| Run::of(&["report", "monthly"]));

/// The quarter's packs on the sample council.
pub(crate) static QUARTERLY: LazyLock<Run> = LazyLock::new(|| Run::of(&["pack", "quarterly"]));

/// The quarter's report on the sample council.
pub(crate) static QUARTER: LazyLock<Run> = LazyLock::new(|| Run::of(&["report", "quarterly"]));
