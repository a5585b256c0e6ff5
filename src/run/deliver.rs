//! The pages, charts and tidy files of all documents. Drawing is most of the work of a small run:
//! it is done side by side, while the figures of the next audience are still being protected, and what
//! several audiences receive alike is drawn once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

use crate::render::{self, RenderError};
use crate::report::document::{Block, Figure};
use crate::run::{Delivery, RunError};

/// Pictures for slides: sharp at one and a half times the size of the page.
const PNG_SCALE: f32 = 1.5;

/// A file with its name within the run folder.
type NamedFile = (String, Vec<u8>);

/// Pictures by the SVG that they were drawn from.
type Pictures = BTreeMap<String, Vec<u8>>;

/// Composes, and makes the files of each audience's documents as soon as it gives them, while it goes on
/// with those of the next. Gives the files and what else was composed.
pub(super) fn while_composing<T, E: From<RunError>>(
    progress: &mut dyn FnMut(&str),
    compose: impl FnOnce(&mut dyn FnMut(&str), &mut dyn FnMut(Vec<Delivery>)) -> Result<T, E>,
) -> Result<(Vec<NamedFile>, T), E> {
    let (give, given) = channel::<Vec<Delivery>>();
    // Threads of its own: on those that all else shares, what protection wants done would wait behind
    // every chart that is still to be drawn.
    let threads = ThreadPoolBuilder::new().build().ok();
    let draw = || {
        let mut pictures = Pictures::new();
        let mut all = Vec::new();
        let mut took = Duration::ZERO;
        for deliveries in given {
            let begun = Instant::now();
            let mut files = || files(&deliveries, &mut pictures);
            all.extend(match &threads {
                Some(threads) => threads.install(files)?,
                None => files()?,
            });
            took += begun.elapsed();
        }
        Ok::<_, RunError>((all, took))
    };
    std::thread::scope(|scope| {
        let drawing = scope.spawn(draw);
        // Nobody takes them any more when a page could not be made: that is told below.
        let composed =
            compose(progress, &mut |deliveries| give.send(deliveries).unwrap_or_default());
        drop(give);
        progress("Pages and charts");
        let (files, took) = match drawing.join() {
            Ok(drawn) => drawn?,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        // How long it was waited for says little of how long it took.
        let took = took.as_secs_f64();
        progress(&format!("(pages and charts took {took:.3} s, begun beside the steps above)"));
        Ok((files, composed?))
    })
}

/// What the readers of an audience's packs are asked.
pub(super) const QUESTIONS: &str = "data/questions.csv";

/// The files of the deliveries of one audience. `pictures` are those that were drawn before.
fn files(deliveries: &[Delivery], pictures: &mut Pictures) -> Result<Vec<NamedFile>, RenderError> {
    let figures: Vec<(&Delivery, &Figure)> = deliveries
        .iter()
        .flat_map(|d| d.document.sections.iter().map(move |s| (d, s)))
        .flat_map(|(d, section)| section.blocks.iter().map(move |b| (d, b)))
        .filter_map(|(d, b)| if let Block::Figure(figure) = b { Some((d, figure)) } else { None })
        .collect();
    let ((pages, tables), charts) = rayon::join(
        || rayon::join(|| pages(deliveries), || tables(&figures)),
        || charts(&figures, pictures),
    );
    let mut files = [pages?, tables?, charts?].concat();
    files.extend(definitions(deliveries)?);
    files.extend(package(deliveries, &files));
    Ok(files)
}

/// The definitions that the figures of all of an audience's documents rest on.
fn definitions(deliveries: &[Delivery]) -> Result<Option<NamedFile>, RenderError> {
    let Some(Delivery { audience, .. }) = deliveries.first() else { return Ok(None) };
    let all = deliveries.iter().flat_map(|d| d.document.rules.clone()).collect();
    Ok(Some((format!("{audience}/data/definitions.csv"), render::csv::definitions(&all)?)))
}

/// A description of the CSV files that an audience is given.
fn package(deliveries: &[Delivery], files: &[NamedFile]) -> Option<NamedFile> {
    let Delivery { audience, document, .. } = deliveries.first()?;
    let below = format!("{audience}/data/");
    let tables: BTreeMap<&str, &[u8]> = files
        .iter()
        .filter_map(|(name, bytes)| Some((name.strip_prefix(&below)?, bytes.as_slice())))
        .filter(|(name, _)| name.ends_with(".csv") && !name.ends_with(".meta.csv"))
        .collect();
    let tables: Vec<(&str, &[u8])> = tables.into_iter().collect();
    Some((format!("{below}datapackage.json"), render::open_data::data_package(document, &tables)))
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
        #[cfg(feature = "pdf")]
        if delivery.pdf {
            let pdf = render::pdf::pdf(document, &workbook)?;
            files.push((format!("{audience}/{}", delivery.pdf()), pdf));
        }
        if !document.series.is_empty() {
            let signals = render::csv::signals(&document.series)?;
            files.push((format!("{audience}/data/signals.csv"), signals));
        }
        if let Some(directions) = render::csv::directions(&document.series)? {
            files.push((format!("{audience}/data/directions.csv"), directions));
        }
        if !document.quality.checks().is_empty() {
            let checks = render::csv::checks(&document.quality)?;
            files.push((format!("{audience}/data/checks.csv"), checks));
        }
        // An audience has one pack that asks, or the first that does: a file of one name.
        let asks = deliveries.iter().find(|d| !d.document.questions.is_empty());
        if asks.is_some_and(|asks| asks.page == *page) {
            let questions = render::csv::questions(&document.questions)?;
            files.push((format!("{audience}/{QUESTIONS}"), questions));
        }
        if let Some(open) = &document.open_data {
            let open = render::open_data::files(open)?.into_iter();
            files.extend(open.map(|(name, bytes)| (format!("{audience}/data/open/{name}"), bytes)));
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
fn charts(
    figures: &[(&Delivery, &Figure)],
    pictures: &mut Pictures,
) -> Result<Vec<NamedFile>, RenderError> {
    let drawn: Vec<String> = figures
        .par_iter()
        .map(|(_, figure)| render::chart::svg(figure))
        .collect::<Result<_, _>>()?;
    let new: BTreeSet<&str> =
        drawn.iter().map(String::as_str).filter(|svg| !pictures.contains_key(*svg)).collect();
    let new: Vec<(String, Vec<u8>)> = new
        .into_par_iter()
        .map(|svg| Ok((svg.to_owned(), render::chart::png(svg, PNG_SCALE)?)))
        .collect::<Result<_, RenderError>>()?;
    pictures.extend(new);
    let files = figures.iter().zip(drawn).flat_map(|((delivery, figure), svg)| {
        let name = format!("{}/charts/{}", delivery.audience, figure.id);
        let png = pictures.get(&svg).cloned().unwrap_or_default();
        [(format!("{name}.svg"), svg.into_bytes()), (format!("{name}.png"), png)]
    });
    Ok(files.collect())
}
