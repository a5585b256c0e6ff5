//! A document in, files out: page, charts, tidy files, tables for the terminal.
//!
//! Nothing here computes a figure. Words come from the `Display` of published numbers, coordinates
//! from [`PublishedNumber::as_f64`](crate::protect::PublishedNumber::as_f64), so a chart knows no
//! more than its table says. Every exporter gives bytes; writing them is the run's affair.

pub mod chart;
pub mod csv;
#[cfg(test)]
pub(crate) mod demo;
pub mod html;
pub mod json;
pub mod open_data;
#[cfg(feature = "pdf")]
pub mod pdf;
pub mod terminal;
pub mod workbook;

use thiserror::Error;

/// Why a document could not be turned into a file. Each is a fault of the engine or of the machine,
/// never of the data; none names a value.
#[derive(Debug, Error)]
pub enum RenderError {
    /// The page's template failed.
    #[error("the page could not be filled in: {0}")]
    Template(#[from] askama::Error),
    /// A chart could not be drawn.
    #[error("the chart could not be drawn: {0}")]
    Drawing(String),
    /// A chart could not be turned into a picture.
    #[error("the picture could not be made: {0}")]
    Picture(String),
    /// A workbook could not be made.
    #[error("the workbook could not be made: {0}")]
    Workbook(String),
    /// A PDF could not be made.
    #[cfg(feature = "pdf")]
    #[error(
        "the PDF could not be made: {0}\n  mend: write it in letters that the font has, or take `pdf = true` from the pack"
    )]
    Pdf(String),
    /// A CSV file could not be written.
    #[error("the CSV file could not be made: {0}")]
    Csv(String),
}

/// Whether this program was built with PDF.
pub const WITH_PDF: bool = cfg!(feature = "pdf");

/// A name that may stand in `id` attributes and links: letters, digits, `-` and `_` only.
fn anchor(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' })
        .collect()
}
