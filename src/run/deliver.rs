//! The pages, charts and tidy files of all documents. Drawing is most of the work of a small run:
//! it is done side by side, and what several audiences receive alike is drawn once.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::render::{self, RenderError};
use crate::report::document::{Block, Figure};
use crate::run::Delivery;

/// Pictures for slides: sharp at one and a half times the size of the page.
const PNG_SCALE: f32 = 1.5;

/// A file with its name within the run folder.
type NamedFile = (String, Vec<u8>);

/// The files of all deliveries.
pub(super) fn files(deliveries: &[Delivery]) -> Result<Vec<NamedFile>, RenderError> {
    let figures: Vec<(&Delivery, &Figure)> = deliveries
        .iter()
        .flat_map(|d| d.document.sections.iter().map(move |s| (d, s)))
        .flat_map(|(d, section)| section.blocks.iter().map(move |b| (d, b)))
        .filter_map(|(d, b)| if let Block::Figure(figure) = b { Some((d, figure)) } else { None })
        .collect();
    let ((pages, tables), charts) =
        rayon::join(|| rayon::join(|| pages(deliveries), || tables(&figures)), || charts(&figures));
    Ok([pages?, tables?, charts?].concat())
}

/// The page of each document, its workbook, its tidy file, and what that file's cells are.
fn pages(deliveries: &[Delivery]) -> Result<Vec<NamedFile>, RenderError> {
    let of_one = |delivery: &Delivery| {
        let Delivery { audience, document, page, .. } = delivery;
        let workbook = delivery.workbook();
        let html = render::html::page(document, &workbook)?.into_bytes();
        let book = render::workbook::workbook(document, page)?;
        let cells = render::csv::cells(&document.cells)?;
        let structure = render::json::structure(&document.structure).into_bytes();
        let mut files = vec![
            (format!("{audience}/{page}"), html),
            (format!("{audience}/{workbook}"), book),
            (format!("{audience}/data/cells.csv"), cells),
            (format!("{audience}/data/structure.json"), structure),
        ];
        if !document.series.is_empty() {
            let signals = render::csv::signals(&document.series)?;
            files.push((format!("{audience}/data/signals.csv"), signals));
        }
        if !document.quality.checks().is_empty() {
            let checks = render::csv::checks(&document.quality)?;
            files.push((format!("{audience}/data/checks.csv"), checks));
        }
        Ok(files)
    };
    let files: Result<Vec<Vec<NamedFile>>, RenderError> =
        deliveries.par_iter().map(of_one).collect();
    Ok(files?.concat())
}

/// The table behind each figure.
fn tables(figures: &[(&Delivery, &Figure)]) -> Result<Vec<NamedFile>, RenderError> {
    let of_one = |(delivery, figure): &(&Delivery, &Figure)| {
        let name = format!("{}/data/{}.csv", delivery.audience, figure.id);
        Ok((name, render::csv::figure_table(&figure.table)?))
    };
    figures.iter().map(of_one).collect()
}

/// Each figure as SVG and PNG.
fn charts(figures: &[(&Delivery, &Figure)]) -> Result<Vec<NamedFile>, RenderError> {
    let drawn: Vec<String> = figures
        .par_iter()
        .map(|(_, figure)| render::chart::svg(figure))
        .collect::<Result<_, _>>()?;
    let distinct: BTreeSet<&str> = drawn.iter().map(String::as_str).collect();
    let pictures: BTreeMap<&str, Vec<u8>> = distinct
        .into_par_iter()
        .map(|svg| Ok((svg, render::chart::png(svg, PNG_SCALE)?)))
        .collect::<Result<_, RenderError>>()?;
    let files = figures.iter().zip(&drawn).flat_map(|((delivery, figure), svg)| {
        let name = format!("{}/charts/{}", delivery.audience, figure.id);
        let png = pictures.get(svg.as_str()).cloned().unwrap_or_default();
        [(format!("{name}.svg"), svg.clone().into_bytes()), (format!("{name}.png"), png)]
    });
    Ok(files.collect())
}
