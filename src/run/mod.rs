//! Everything into a finished run folder: written beside its place and renamed when whole.

pub mod audits;
mod claims;
mod deliver;
mod evidence;
mod folder;
mod last;
mod manifest;
mod protection;
mod records;
pub mod releases;
mod row_packs;
pub mod verify;

pub use folder::{RunFolder, WriteError};
pub use last::{LastRun, Told};
pub use manifest::{Check, Manifest};
pub use protection::ProtectionLog;
pub use verify::{Finding, verify};

use std::path::{Path, PathBuf};

use crate::calendar::Period;
use crate::claims::Register;
use crate::definitions::Definitions;
use crate::definitions::extract::Extract;
use crate::definitions::feedback;
use crate::definitions::row_pack::RowPack;
use crate::evaluate::{Evaluated, Verdicts};
use crate::feedback::ToldOfOwn;
use crate::quality::DataQuality;
use crate::render::RenderError;
use crate::render::csv::list;
use crate::report::document::Document;

use releases::{LedgerError, Line, ReleaseLedger};

/// A document with the folder that it goes to.
#[derive(Debug)]
pub struct Delivery {
    /// The audience's name: the name of the folder.
    pub audience: String,
    /// Whether it may see rows about single cases.
    pub row_level: bool,
    /// The name of the page's file.
    pub page: String,
    /// Whether it is also a PDF.
    pub pdf: bool,
    /// The document.
    pub document: Document,
}

impl Delivery {
    /// The name of the PDF's file: that of the page.
    #[must_use]
    pub fn pdf(&self) -> String {
        format!("{}.pdf", self.page.trim_end_matches(".html"))
    }

    /// The name of the workbook's file: that of the page, but `workbook.xlsx` beside `index.html`.
    #[must_use]
    pub fn workbook(&self) -> String {
        match self.page.strip_suffix(".html") {
            Some("index") | None => "workbook.xlsx".to_owned(),
            Some(pack) => format!("{pack}.xlsx"),
        }
    }
}

/// What a run is called and where it goes.
#[derive(Debug)]
pub struct Place<'a> {
    /// The folder of all runs.
    pub out: &'a Path,
    /// The name of this one: `2026-09-monthly`.
    pub name: &'a str,
    /// The command that makes it again.
    pub command: &'a str,
    /// The period.
    pub period: Period,
    /// Who accepts, and why, that some of what it hides follows from earlier releases.
    pub accepted: Option<&'a str>,
}

/// Why a run could not be written.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A file could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A page or chart could not be made.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// What was released could not be entered in the ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The frames of the evidence could not be read: a bug.
    #[error("the evidence could not be written: {0}")]
    Evidence(#[from] polars::prelude::PolarsError),
}

/// What of single cases a run gives, and to whom.
#[derive(Debug, Default)]
pub struct Restricted<'a> {
    /// Those of its audiences who may see single cases; nothing is given if there are none.
    pub audiences: Vec<&'a str>,
    /// The row-level packs of the run.
    pub packs: Vec<&'a RowPack>,
    /// Who is told what became of their own referrals.
    pub feedback: ToldOfOwn<'a>,
    /// The register of claims.
    pub claims: Register,
}

/// What was found while the documents of all audiences were composed.
#[derive(Debug)]
pub struct Composed {
    /// What was checked.
    pub checks: Vec<Check>,
    /// What is hidden from each audience from whom small counts are.
    pub protection: Vec<ProtectionLog>,
    /// The last published run of the series, if there is one.
    pub last: Option<LastRun>,
    /// The lines of the release ledger that tell of it.
    pub released: Vec<Line>,
}

/// Stack of the thread that writes the evidence.
const STACK: usize = 16 << 20;

/// Writes a run: a folder for each audience, what agencies are told of their own referrals, the restricted
/// evidence, extracts and row-level packs if there is anybody who may see single cases, the manifest, and what was added to the release ledger: that
/// first, because what is not in it was not released. Evidence needs nothing but verdicts
/// and what the data checks found, so it is written while `compose` measures and protects, and
/// gives the documents of one audience after the other. Gives the finished folder.
///
/// # Errors
/// When something cannot be composed, written or drawn; then nothing is left that looks finished.
pub fn write<E: From<RunError>>(
    place: &Place<'_>,
    definitions: &Definitions,
    (evaluated, quality): (&Evaluated, &DataQuality),
    restricted: &Restricted<'_>,
    ledger: &mut ReleaseLedger,
    progress: &mut dyn FnMut(&str),
    compose: impl FnOnce(
        &mut ReleaseLedger,
        &mut dyn FnMut(&str),
        &mut dyn FnMut(Vec<Delivery>),
    ) -> Result<Composed, E>,
) -> Result<PathBuf, E> {
    let inputs = &evaluated.linked.inputs;
    let folder = RunFolder::begin(place.out, place.name).map_err(RunError::from)?;
    let make = |progress: &mut dyn FnMut(&str)| {
        deliver::while_composing(progress, |progress, deliver| compose(ledger, progress, deliver))
    };
    for told in &restricted.feedback.told {
        let headers = told.list.columns.iter().map(|c| c.header.as_str());
        let name = feedback::file(&told.audience.id, told.list);
        folder
            .stream(&name, |to| list(to, headers, told.rows.iter().cloned()))
            .map_err(RunError::from)?;
    }
    let may_see_all = !restricted.audiences.is_empty();
    let (files, Composed { checks, protection, last, released }) = if may_see_all {
        let out = place.out;
        let write = || {
            let verdicts = Verdicts::new(definitions, evaluated)?;
            evidence::write(&folder, definitions, evaluated, quality, &verdicts)?;
            evidence::extracts(&folder, definitions, evaluated, &restricted.audiences)?;
            claims::write(&folder, &restricted.claims, &restricted.packs)?;
            let mut packs = restricted.packs.iter();
            packs.try_for_each(|pack| {
                row_packs::write(&folder, definitions, evaluated, &verdicts, pack)
            })
        };
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, write);
            let evidence = thread
                .map_err(|cause| RunError::from(WriteError { path: out.to_path_buf(), cause }))?;
            let made = make(progress);
            progress("Evidence");
            match evidence.join() {
                Ok(written) => written?,
                Err(panic) => std::panic::resume_unwind(panic),
            }
            made
        })?
    } else {
        make(progress)?
    };
    for (name, bytes) in files {
        folder.file(&name, &bytes).map_err(RunError::from)?;
    }
    if may_see_all {
        protection::write(&folder, &protection)?;
    }
    let manifest = Manifest::new(place, definitions, inputs, checks, last.as_ref(), &released);
    ledger.write().map_err(RunError::from)?;
    Ok(folder.finish(manifest).map_err(RunError::from)?)
}

/// Writes one list of single cases as a run of its own, into its restricted folder.
///
/// # Errors
/// When something cannot be computed or written.
pub fn write_list(
    place: &Place<'_>,
    definitions: &Definitions,
    evaluated: &Evaluated,
    extract: &Extract,
) -> Result<PathBuf, RunError> {
    let folder = RunFolder::begin(place.out, place.name)?;
    evidence::extract(&folder, "restricted", definitions, evaluated, extract)?;
    let inputs = &evaluated.linked.inputs;
    Ok(folder.finish(Manifest::new(place, definitions, inputs, Vec::new(), None, &[]))?)
}
