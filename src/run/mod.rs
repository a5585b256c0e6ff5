//! Everything into a finished run folder: written beside its place and renamed when whole.

mod evidence;
mod folder;
mod manifest;
mod verify;

pub use folder::{RunFolder, WriteError};
pub use manifest::{Check, Manifest};
pub use verify::{Finding, verify};

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::calendar::Period;
use crate::definitions::Definitions;
use crate::evaluate::Evaluated;
use crate::read::Ledger;
use crate::render::{self, RenderError};
use crate::report::document::{Block, Document, Figure};

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
    for delivery in deliveries {
        progress(&format!("Pages for {}", delivery.audience));
        deliver(&mut folder, delivery)?;
    }
    if deliveries.iter().any(|d| d.row_level) {
        progress("Evidence");
        evidence::write(&mut folder, definitions, ledger, evaluated)?;
    }
    let manifest = Manifest::new(place, definitions, &evaluated.linked.inputs, checks);
    Ok(folder.finish(manifest)?)
}

/// The page, the charts and the tidy files of one document.
fn deliver(folder: &mut RunFolder, delivery: &Delivery) -> Result<(), RunError> {
    let Delivery { audience, document, page, .. } = delivery;
    folder.file(&format!("{audience}/{page}"), render::html::page(document)?.as_bytes())?;
    folder.file(&format!("{audience}/data/cells.csv"), &render::csv::cells(&document.cells)?)?;
    let blocks = document.sections.iter().flat_map(|s| &s.blocks);
    let figures: Vec<&Figure> =
        blocks.filter_map(|b| if let Block::Figure(f) = b { Some(f) } else { None }).collect();
    // Drawing is most of the work of a small run, and figures do not depend on each other.
    let drawn: Vec<Drawn> = figures.par_iter().map(|f| draw(f)).collect::<Result<_, _>>()?;
    for (figure, drawn) in figures.into_iter().zip(drawn) {
        folder.file(&format!("{audience}/charts/{}.svg", figure.id), drawn.svg.as_bytes())?;
        folder.file(&format!("{audience}/charts/{}.png", figure.id), &drawn.png)?;
        folder.file(&format!("{audience}/data/{}.csv", figure.id), &drawn.table)?;
    }
    Ok(())
}

/// One figure in the forms in which it is given away.
struct Drawn {
    svg: String,
    png: Vec<u8>,
    table: Vec<u8>,
}

fn draw(figure: &Figure) -> Result<Drawn, RenderError> {
    let svg = render::chart::svg(figure)?;
    let png = render::chart::png(&svg, PNG_SCALE)?;
    Ok(Drawn { png, table: render::csv::figure_table(&figure.table)?, svg })
}

/// Pictures for slides: sharp at one and a half times the size of the page.
const PNG_SCALE: f32 = 1.5;
