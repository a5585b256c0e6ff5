//! Small multiples: the same series for many levels, each in its own panel on one scale, the whole in grey
//! behind it.

use super::axis::ValueAxis;
use super::canvas::{Align, Canvas, Place, Type};
use super::key::{self, Shape};
use super::palette::{BEHIND, GREY, MAIN};
use super::plot::{Plot, runs};
use super::{Drawn, Room};
use crate::protect::Shown;
use crate::render::RenderError;
use crate::report::chart::{Multiples, Point, Series};

/// Height of the plot of a panel.
const HEIGHT: f64 = 96.0;
/// Between two panels.
const GAP: f64 = 22.0;

/// Draws the chart and gives the place below it.
pub(super) fn paint(
    canvas: &mut Canvas<'_>,
    chart: &Multiples,
    room: Room,
) -> Result<f64, RenderError> {
    let mut entries = Vec::new();
    if let Some(whole) = &chart.whole {
        entries.push((Shape::Rule(BEHIND), whole.name.clone()));
    }
    if chart.panels.iter().flat_map(|p| &p.points).filter_map(Drawn::of).any(|d| d.provisional) {
        let shape = Shape::Marker { series: 0, provisional: true, colour: MAIN };
        entries.push((shape, "Provisional: will change".to_owned()));
    }
    let mut y = key::paint(canvas, &entries, room)? + 4.0;
    let every = chart.panels.iter().chain(&chart.whole).flat_map(|s| &s.points);
    let values = every.filter_map(Drawn::of).map(|d| d.value);
    let axis = ValueAxis::over(chart.axis, values, 2, false);
    let gutter = axis.gutter()?;
    let across = if room.narrow { 2 } else { 3 };
    let width = (room.right - room.left + GAP) / across as f64 - GAP;
    for row in chart.panels.chunks(across) {
        let titles: Vec<Vec<String>> =
            row.iter().map(|p| Type::BOLD.wrap(&p.name, width)).collect::<Result<_, _>>()?;
        let tallest = titles.iter().map(Vec::len).max().unwrap_or(0) as f64;
        let top = y + tallest * Type::BOLD.line_height() + 8.0;
        let mut bottom = top;
        for (n, (panel, title)) in row.iter().zip(&titles).enumerate() {
            let left = room.left + n as f64 * (width + GAP);
            // The last line of every title stands on its plot.
            let first = top - 8.0 - (title.len() as f64 - 0.5) * Type::BOLD.line_height();
            canvas.lines(title, (left, first), Align::Left, Type::BOLD)?;
            let plot = Plot {
                left: left + gutter,
                right: left + width,
                top,
                bottom: top + HEIGHT,
                axis: axis.clone(),
                periods: chart.labels.len(),
            };
            bottom = bottom.max(self::panel(canvas, chart, panel, &plot)?);
        }
        y = bottom + 12.0;
    }
    Ok(y)
}

fn panel(
    canvas: &mut Canvas<'_>,
    chart: &Multiples,
    series: &Series,
    plot: &Plot,
) -> Result<f64, RenderError> {
    plot.grid(canvas)?;
    if let Some(whole) = &chart.whole {
        curve(canvas, plot, &whole.points, BEHIND, 1.8)?;
    }
    curve(canvas, plot, &series.points, MAIN, 2.2)?;
    for (period, point) in series.points.iter().enumerate() {
        let Some(drawn) = Drawn::of(point) else { continue };
        let newest = period + 1 == series.points.len();
        if newest || drawn.provisional {
            let at = (plot.x(period), plot.y(drawn.value));
            canvas.marker(at, 0, 3.6, drawn.provisional, MAIN)?;
        }
    }
    let values: Vec<Shown> = series.points.iter().map(|p| p.value).collect();
    let below = plot.shorthand(canvas, &values, plot.bottom, None)?;
    // One scale for all: the first and the last period say it.
    let y = below + 12.0;
    if let (Some(first), Some(last)) = (chart.labels.first(), chart.labels.last()) {
        let room = Type::SMALL.width(first)? + Type::SMALL.width(last)? + 12.0;
        if chart.labels.len() > 1 && room <= plot.right - plot.left {
            canvas.text(first, (plot.left, y), Align::Left, Type::SMALL)?;
        }
        canvas.text(last, (plot.right, y), Align::Right, Type::SMALL)?;
    }
    canvas.line((plot.left, below + 2.0), (plot.right, below + 2.0), GREY, 0.5)?;
    Ok(y + 10.0)
}

/// A line through what may be seen; a point alone is a dot.
fn curve(
    canvas: &mut Canvas<'_>,
    plot: &Plot,
    points: &[Point],
    colour: super::palette::Colour,
    width: f64,
) -> Result<(), RenderError> {
    for run in runs(points) {
        let places: Vec<Place> =
            run.iter().map(|(period, drawn)| (plot.x(*period), plot.y(drawn.value))).collect();
        match places.as_slice() {
            [alone] => canvas.disc(*alone, width, colour)?,
            places => canvas.path(places, colour, width)?,
        }
    }
    Ok(())
}
