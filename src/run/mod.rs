//! Everything into a finished run folder: written beside its place and renamed when whole.

mod deliver;
mod evidence;
mod folder;
mod manifest;
mod records;
mod verify;

pub use folder::{RunFolder, WriteError};
pub use manifest::{Check, Manifest};
pub use verify::{Finding, verify};

use std::path::{Path, PathBuf};

use crate::calendar::Period;
use crate::definitions::Definitions;
use crate::evaluate::Evaluated;
use crate::read::Ledger;
use crate::render::RenderError;
use crate::report::document::Document;

/// A document with the folder that it goes to.
#[derive(Debug)]
pub struct Delivery {
    /// The audience's name: the name of the folder.
    pub audience: String,
    /// Whether it may see rows about single cases.
    pub row_level: bool,
    /// The name of the page's file.
    pub page: String,
    /// The document.
    pub document: Document,
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
    /// The frames of the evidence could not be read: a bug.
    #[error("the evidence could not be written: {0}")]
    Evidence(#[from] polars::prelude::PolarsError),
}

/// Writes a run: a folder for each audience, the restricted evidence, and the manifest. Gives the
/// finished folder.
///
/// # Errors
/// When something cannot be written or drawn; then nothing is left that looks finished.
pub fn write(
    place: &Place<'_>,
    definitions: &Definitions,
    ledger: &Ledger,
    evaluated: &Evaluated,
    checks: Vec<Check>,
    deliveries: &[Delivery],
    progress: &mut dyn FnMut(&str),
) -> Result<PathBuf, RunError> {
    let mut folder = RunFolder::begin(place.out, place.name)?;
    progress("Pages and charts");
    for (name, bytes) in deliver::files(deliveries)? {
        folder.file(&name, &bytes)?;
    }
    if deliveries.iter().any(|d| d.row_level) {
        progress("Evidence");
        evidence::write(&mut folder, definitions, ledger, evaluated)?;
    }
    let manifest = Manifest::new(place, definitions, &evaluated.linked.inputs, checks);
    Ok(folder.finish(manifest)?)
}
