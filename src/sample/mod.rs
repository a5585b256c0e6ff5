//! The sample council: exports of the fictional county of Marlshire, for trying the engine out and
//! for testing it.
//!
//! Nobody in it exists. Every family has its own stream of draws, is told from beginning to end,
//! written to all files and forgotten, so that a council of any size fits in little memory. The same
//! number of families and the same seed give the same bytes on every machine.

mod concerns;
mod county;
mod draw;
mod export;
mod family;
mod feeds;
mod needs;
mod planted;
mod story;
#[cfg(test)]
mod tests;
mod truth;

use std::fs;
use std::path::Path;

use county::County;
use draw::Draw;
use export::Export;
use planted::Planter;
use story::Story;

pub use truth::{FileRows, PlantedRows, Truth};

/// The file that says what is true of a generated council.
pub const TRUTH_FILE: &str = "truth.json";

/// Where the streams of draws begin from which partners' feeds are made; those of stories are below.
const PARTNERS: u64 = 1 << 32;

/// Where those begin from which the register of decisions is made.
const DECISIONS: u64 = 1 << 33;

/// Where those begin from which the forms are filled in that were added later.
const NOTES: u64 = 1 << 34;

/// Where those begin from which auditors fill in what was added to their forms.
const AUDITS: u64 = 1 << 35;

/// Where those begin from which referrers add to the front door's form, and are answered.
const REFERRERS: u64 = 1 << 36;

/// Where those begin from which results are claimed.
const CLAIMS: u64 = 1 << 37;
/// The same of the streams for plans that run when the exports end.
const PLANS: u64 = 1 << 38;

/// What was written: every export with its number of data rows, in the order of their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The exports.
    pub files: Vec<FileRows>,
}

/// Why a sample council could not be written.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// The folder could not be made.
    #[error("cannot make the folder for the sample council: {0}; choose a folder you may write to")]
    Folder(#[source] std::io::Error),
    /// A file could not be written.
    #[error("cannot write {file}: {source}; make room or choose another folder")]
    File {
        /// The file's name.
        file: &'static str,
        /// What went wrong.
        source: csv::Error,
    },
}

impl SampleError {
    fn new(file: &'static str, source: csv::Error) -> Self {
        Self::File { file, source }
    }
}

/// Writes the exports of a council with this many families, and [`TRUTH_FILE`], into a folder.
///
/// Files of the same names are replaced. Bad rows are planted: a known number of each kind, the same
/// for a council of any size (a very small one may have no place for some).
///
/// # Errors
/// When the folder or a file cannot be written.
pub fn write(families: u32, seed: u64, out: &Path) -> Result<Written, SampleError> {
    fs::create_dir_all(out).map_err(SampleError::Folder)?;
    let mut export = Export::create(out)?;
    let mut draw = Draw::new(seed, 0);
    let county = County::new(families, &mut draw);
    feeds::county(&county, families, &mut draw, &mut export);

    let mut planter = Planter::new(families);
    let mut decisions = feeds::Decisions::default();
    for number in 1..=families {
        let mut draw = Draw::new(seed, u64::from(number));
        let story = Story::new(number, &county, &mut draw);
        let besides = feeds::Besides {
            notes: Draw::new(seed, NOTES + u64::from(number)),
            auditors: Draw::new(seed, AUDITS + u64::from(number)),
            referrers: Draw::new(seed, REFERRERS + u64::from(number)),
            claims: Draw::new(seed, CLAIMS + u64::from(number)),
            plans: Draw::new(seed, PLANS + u64::from(number)),
        };
        feeds::family(&story, &county, &mut draw, besides, &mut export);
        let mut draw = Draw::new(seed, PARTNERS + u64::from(number));
        feeds::partners(&story, &mut draw, &mut export);
        let mut draw = Draw::new(seed, DECISIONS + u64::from(number));
        decisions.family(&story, &mut draw, &mut export);
        planter.plant(number, &mut export);
        export.check()?;
    }

    let rows = export.finish()?;
    let files: Vec<FileRows> =
        rows.into_iter().map(|(file, rows)| FileRows { file: file.to_owned(), rows }).collect();
    let mut planted = planter.planted();
    planted.extend(decisions.planted());
    planted.sort_by(|a, b| (&a.kind, &a.file).cmp(&(&b.kind, &b.file)));
    let truth = Truth::new(families, seed, files.clone(), planted);
    let failed = |source: std::io::Error| SampleError::new(TRUTH_FILE, source.into());
    let mut text = serde_json::to_string_pretty(&truth).map_err(|e| failed(e.into()))?;
    text.push('\n');
    fs::write(out.join(TRUTH_FILE), text).map_err(failed)?;
    Ok(Written { files })
}
