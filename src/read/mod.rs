//! Exports and the mapping in, typed frames and the row ledger out.
//!
//! Every row of every file ends in exactly one place: used, quarantined with a reason, or left out
//! by a named rule. The ledger says which, and its sums are checked before anything goes on.

mod actions;
mod assemble;
mod audit_themes;
mod batch;
mod benchmarks;
mod completeness;
mod crosswalk;
mod dates;
mod delimited;
mod episodes;
mod error;
mod export;
mod feed;
mod files;
mod folding;
mod formulas;
mod frame;
mod given;
mod header;
mod identifiers;
mod keep;
mod ledger;
mod look;
mod matching;
mod memory;
mod near;
mod own_words;
mod parquet_file;
mod places;
mod records;
mod register;
mod repeats;
mod side_by_side;
mod texts;
mod values;
mod words;
mod workbook;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use polars::prelude::DataFrame;

pub use actions::{Action, REGISTER};
pub use audit_themes::AuditTheme;
pub use benchmarks::{BENCHMARKS, Benchmark, Peers};
pub use error::{BadRows, ReadError};
pub(crate) use formulas::RowScope;
pub use given::given;
pub use ledger::{FileRead, Ledger, LeftOut, Oddity, Reason, SetAside, SourceLedger};
pub use own_words::{OwnWords, Speaker};

use side_by_side::side_by_side;

use crate::calendar::{Day, WorkingDays};
use crate::columns::Rings;
use crate::definitions::Definitions;

/// Everything that was read.
#[derive(Debug)]
pub struct Inputs {
    /// The typed rows of each source, in the order of the definitions.
    pub sources: BTreeMap<String, SourceRows>,
    /// The words behind the integers in the frames.
    pub rings: Rings,
    /// What became of each row.
    pub ledger: Ledger,
    /// The files, with their hashes.
    pub files: Vec<InputFile>,
    /// What somebody decided to do about measures, in the order of the register.
    pub actions: Vec<Action>,
    /// What families said, in the order of the register.
    pub own_words: Vec<OwnWords>,
    /// What case audits look at, and what they found, by their first days.
    pub audit_themes: Vec<AuditTheme>,
    /// What measures came to elsewhere, in the order of the file.
    pub benchmarks: Vec<Benchmark>,
    /// The working days of the project.
    pub working_days: Arc<WorkingDays>,
    /// Identifiers that have become those of an episode.
    merged: episodes::Merged,
}

impl Inputs {
    /// Before anything has been read.
    fn nothing_yet(definitions: &Definitions) -> Self {
        Self {
            sources: BTreeMap::new(),
            rings: Rings::default(),
            ledger: Ledger::default(),
            files: Vec::new(),
            actions: Vec::new(),
            own_words: Vec::new(),
            audit_themes: Vec::new(),
            benchmarks: Vec::new(),
            working_days: Arc::new(definitions.project.working_days.clone()),
            merged: episodes::Merged::new(),
        }
    }
}

/// The usable rows of one source.
#[derive(Debug, Clone)]
pub struct SourceRows {
    /// One column for each column of the source, and [`crate::columns::ROW`].
    pub frame: DataFrame,
    /// How far the feed is complete; nothing when no mapping feeds it.
    pub complete_to: Option<Day>,
    /// The newest date in it.
    pub newest: Option<Day>,
}

impl SourceRows {
    /// Whether a feed stands behind it. Without one nobody knows what it lacks.
    #[must_use]
    pub fn is_fed(&self) -> bool {
        self.complete_to.is_some()
    }
}

/// A file that was read.
#[derive(Debug, Clone)]
pub struct InputFile {
    /// Its name within the input folder.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// Reads all mapped sources from a folder. `progress` is told the name of each source before it
/// is read.
///
/// # Errors
/// When the exports need more memory than the process may have, a file cannot be read, or lacks a
/// column that the mapping names. Bad rows are no error: they stand in the ledger.
pub fn read(
    definitions: &Definitions,
    folder: &Path,
    progress: &mut dyn FnMut(&str),
) -> Result<Inputs, ReadError> {
    memory::check(definitions, folder)?;
    let mut inputs = Inputs::nothing_yet(definitions);
    let crosswalks = crosswalk::read_all(definitions, folder, &mut inputs.files)?;
    // Sources that own an identifier come first, so that the others can be checked against them.
    for group in identifiers::reading_order(&definitions.sources) {
        let (fed, others): (Vec<_>, Vec<_>) =
            group.into_iter().partition(|source| definitions.is_fed(&source.id));
        for source in others {
            inputs.sources.insert(source.id.clone(), frame::no_feed(source));
        }
        let feeds: Vec<_> =
            fed.iter().map(|source| feed::of_source(definitions, source, &crosswalks)).collect();
        let gathered = side_by_side(
            fed.iter().zip(&feeds).collect(),
            |(source, feeds)| assemble::gathered(source, feeds, folder, &inputs.rings),
            |at| fed.get(at).into_iter().for_each(|source| progress(&source.title)),
        );
        let mut gathered = gathered.into_iter().collect::<Result<Vec<_>, _>>()?;
        // Words get their places in the order of the sources, whichever was read first.
        gathered.iter_mut().for_each(|of_source| of_source.settle_places(&mut inputs.rings));
        let settled = side_by_side(
            fed.iter().zip(&feeds).zip(gathered).collect(),
            |((source, feeds), gathered)| assemble::settled(source, feeds, gathered, &inputs),
            |_| {},
        );
        for (source, settled) in fed.iter().zip(settled) {
            inputs.keep(source, settled?);
        }
    }
    for source in &definitions.sources {
        episodes::follow(source, &mut inputs).map_err(|e| ReadError::Compute {
            source_id: source.id.clone(),
            cause: e.to_string(),
        })?;
    }
    inputs.ledger.in_order_of(&definitions.sources);
    inputs.actions = actions::read(definitions, folder, &mut inputs.files)?;
    inputs.own_words = own_words::read(definitions, folder, &mut inputs.files)?;
    inputs.audit_themes = audit_themes::read(folder, &mut inputs.files)?;
    inputs.benchmarks = benchmarks::read(definitions, folder, &mut inputs.files)?;
    Ok(inputs)
}
