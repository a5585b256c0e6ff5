//! Charts: SVG for pages and files, PNG for slides.
//!
//! Everything is placed by published values. A hidden value leaves no mark whose place could give
//! it away: a bar is not drawn, a line has a gap, and the shorthand stands where every value would.

mod axis;
mod bars;
mod beside;
mod canvas;
mod control;
mod dumbbell;
mod ends;
mod flows;
mod funnel;
mod heat;
mod key;
mod line;
mod multiples;
mod palette;
mod plot;
mod png;
mod pyramid;
mod scatter;
mod shares;
mod sparklines;
mod steps;
#[cfg(test)]
mod tests;
mod timeline;

pub use png::{SCALE, png};
pub use timeline::timeline;

use canvas::{Align, Canvas, Title, Type};

use crate::protect::{Shown, Symbol};
use crate::render::{RenderError, anchor};
use crate::report::chart::{Chart, Point};
use crate::report::document::Figure;

/// Where a chart will be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// On a desk or on paper: 800 pixels wide.
    Wide,
    /// On a phone or at 400% zoom: 340 pixels wide, labels above bars.
    Narrow,
}

/// The room a chart may take: from left to right, from the top down as far as it needs.
#[derive(Debug, Clone, Copy)]
struct Room {
    left: f64,
    right: f64,
    top: f64,
    narrow: bool,
}

/// A figure to stand alone, in a file or on a slide: title, subtitle, chart, shorthand, source.
///
/// # Errors
/// When plotters cannot draw it.
pub fn svg(figure: &Figure) -> Result<String, RenderError> {
    const WIDTH: f64 = 840.0;
    const MARGIN: f64 = 20.0;
    let heading = Type { size: 20.0, ..Type::BOLD };
    let id = anchor(&figure.id);
    let title = Title { id: &id, title: &figure.title, description: &figure.alt };
    Canvas::draw(&title, WIDTH, |canvas| {
        let text = |canvas: &mut Canvas<'_>, words: &str, y: f64, kind: Type| {
            let lines = kind.wrap(words, WIDTH - 2.0 * MARGIN)?;
            canvas.lines(&lines, (MARGIN, y), Align::Left, kind)
        };
        let y = text(canvas, &figure.title, MARGIN + 10.0, heading)?;
        let y = text(canvas, &figure.subtitle, y, Type { colour: palette::GREY, ..Type::PLAIN })?;
        let room = Room { left: MARGIN, right: WIDTH - MARGIN, top: y + 4.0, narrow: false };
        let mut y = paint(canvas, &figure.chart, room)? + 20.0;
        for symbol in symbols(&figure.chart) {
            let meaning = format!("{} {}", symbol.shorthand(), symbol.meaning());
            y = text(canvas, &meaning, y, Type::SMALL)?;
        }
        if !figure.source.is_empty() {
            y = text(canvas, &format!("Source: {}", figure.source), y, Type::SMALL)?;
        }
        Ok(y + 4.0)
    })
}

/// The chart of a figure alone, for a page that sets title, subtitle and source itself.
///
/// `id` makes the names inside the SVG unique on its page.
///
/// # Errors
/// When plotters cannot draw it.
pub fn plot(figure: &Figure, format: Format, id: &str) -> Result<String, RenderError> {
    let (width, narrow) = match format {
        Format::Wide => (800.0, false),
        Format::Narrow => (340.0, true),
    };
    let title = Title { id, title: &figure.title, description: &figure.alt };
    let room = Room { left: 0.0, right: width, top: 0.0, narrow };
    Canvas::draw(&title, width, |canvas| paint(canvas, &figure.chart, room))
}

/// Draws a chart and gives the place below it.
fn paint(canvas: &mut Canvas<'_>, chart: &Chart, room: Room) -> Result<f64, RenderError> {
    match chart {
        Chart::Line { labels, series, axis, reference } => {
            line::paint(canvas, &line::Line { labels, series, axis: *axis, reference }, room)
        }
        Chart::Bars { bars, axis, reference } => {
            bars::paint(canvas, &bars::Bars { bars, axis: *axis, reference }, room)
        }
        Chart::Shares { categories, rows, unknown_last } => {
            let shares = shares::Shares { categories, rows, unknown_last: *unknown_last };
            shares::paint(canvas, &shares, room)
        }
        Chart::Control(chart) => control::paint(canvas, chart, room),
        Chart::Dumbbell(chart) => dumbbell::paint(canvas, chart, room),
        Chart::Funnel(chart) => funnel::paint(canvas, chart, room),
        Chart::Scatter(chart) => scatter::paint(canvas, chart, room),
        Chart::Heat(chart) => heat::paint(canvas, chart, room),
        Chart::Pyramid(chart) => pyramid::paint(canvas, chart, room),
        Chart::Flows(chart) => flows::paint(canvas, chart, room),
        Chart::Steps(chart) => steps::paint(canvas, chart, room),
        Chart::Sparklines(chart) => sparklines::paint(canvas, chart, room),
        Chart::Multiples(chart) => multiples::paint(canvas, chart, room),
    }
}

/// Whether the drawing for a phone is so low that on paper two fit side by side, and two more under them.
pub(in crate::render) fn is_low(chart: &Chart) -> bool {
    match chart {
        Chart::Line { .. } | Chart::Control(_) | Chart::Funnel(_) | Chart::Steps(_) => true,
        Chart::Bars { bars, .. } => bars.len() <= 8,
        Chart::Shares { rows, .. } => rows.len() <= 6,
        Chart::Dumbbell(chart) => chart.rows.len() <= 5,
        Chart::Pyramid(chart) => chart.bands.len() <= 8,
        Chart::Scatter(_)
        | Chart::Heat(_)
        | Chart::Flows(_)
        | Chart::Sparklines(_)
        | Chart::Multiples(_) => false,
    }
}

/// The shorthand that a chart uses, each once.
pub(in crate::render) fn symbols(chart: &Chart) -> Vec<Symbol> {
    let values = chart.values();
    [Symbol::Confidential, Symbol::NotAvailable, Symbol::NotApplicable]
        .into_iter()
        .filter(|symbol| values.contains(&Shown::Symbol(*symbol)))
        .collect()
}

/// Where a value stands, if it may be seen.
fn coordinate(shown: Shown) -> Option<f64> {
    shown.number().map(|n| n.as_f64())
}

/// A point that may be drawn: its value and, if both ends are published, its interval.
#[derive(Debug, Clone, Copy)]
struct Drawn {
    value: f64,
    interval: Option<(f64, f64)>,
    provisional: bool,
}

impl Drawn {
    /// Nothing when the value is hidden, whatever is known of its interval.
    fn of(point: &Point) -> Option<Self> {
        let value = coordinate(point.value)?;
        let interval = coordinate(point.lower).zip(coordinate(point.upper));
        Some(Self { value, interval, provisional: point.provisional })
    }

    /// Everything the axis has to hold.
    fn extent(self) -> impl Iterator<Item = f64> {
        let (lower, upper) = self.interval.unwrap_or((self.value, self.value));
        [self.value, lower, upper].into_iter()
    }
}
