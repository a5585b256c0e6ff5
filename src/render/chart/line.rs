//! Values over time: lines with their intervals, provisional points hollow, hidden ones gaps.

use super::axis::ValueAxis;
use super::canvas::{Canvas, Place, Type};
use super::ends::{EndLabel, EndLabels};
use super::key::{self, Shape};
use super::palette::{Colour, INK, MAIN, category};
use super::plot::{Plot, room_before, runs};
use super::{Drawn, Room};
use crate::protect::Shown;
use crate::render::RenderError;
use crate::report::chart::{AxisKind, ReferenceLine, Series};

/// What a line chart is made of.
pub(super) struct Line<'a> {
    pub(super) labels: &'a [String],
    pub(super) series: &'a [Series],
    pub(super) axis: AxisKind,
    pub(super) reference: &'a Option<ReferenceLine>,
}

/// Draws the chart and gives the place below it.
pub(super) fn paint(
    canvas: &mut Canvas<'_>,
    line: &Line<'_>,
    room: Room,
) -> Result<f64, RenderError> {
    let top = key::paint(canvas, &entries(line, room.narrow), room)?;
    let axis = ValueAxis::over(
        line.axis,
        points(line).flat_map(Drawn::extent).chain(line.reference.iter().map(|r| r.at)),
        if room.narrow { 4 } else { 5 },
        true,
    );
    let gutter = axis.gutter()?.max(room_before(line.labels)?);
    let height = if room.narrow { 220.0 } else { 280.0 };
    let ends = ends(line, room.narrow)?;
    let plot = Plot {
        left: room.left + gutter,
        right: room.right - ends.width()?,
        top: top + 12.0,
        bottom: top + 12.0 + height,
        axis,
        periods: line.labels.len(),
    };

    plot.grid(canvas)?;
    for (n, series) in line.series.iter().enumerate() {
        intervals(canvas, &plot, series, colour_of(line, n), line.series.len() <= 2)?;
    }
    if let Some(reference) = line.reference {
        let y = plot.y(reference.at);
        canvas.dashes((plot.left, y), (plot.right, y), INK, 1.5)?;
    }
    for (n, series) in line.series.iter().enumerate() {
        values(canvas, &plot, series, n, colour_of(line, n))?;
    }
    ends.paint(canvas, &plot)?;
    let mut below = plot.bottom;
    for (n, series) in line.series.iter().enumerate() {
        let lead = (line.series.len() > 1).then_some((n, colour_of(line, n)));
        let values: Vec<Shown> = series.points.iter().map(|p| p.value).collect();
        below = plot.shorthand(canvas, &values, below, lead)?;
    }
    plot.periods(canvas, line.labels, below)
}

fn points<'a>(line: &'a Line<'_>) -> impl Iterator<Item = Drawn> + 'a {
    line.series.iter().flat_map(|s| &s.points).filter_map(Drawn::of)
}

fn colour_of(line: &Line<'_>, series: usize) -> Colour {
    // Two series alone get the pair that differs most.
    if line.series.len() == 2 && series == 1 { category(3) } else { category(series) }
}

/// What the key has to say: nothing that is written at the line itself.
fn entries(line: &Line<'_>, narrow: bool) -> Vec<(Shape, String)> {
    let mut entries = Vec::new();
    if narrow && line.series.len() > 1 {
        for (series, Series { name, .. }) in line.series.iter().enumerate() {
            let colour = colour_of(line, series);
            entries.push((Shape::Marker { series, provisional: false, colour }, name.clone()));
        }
    }
    if let (Some(reference), true) = (line.reference, narrow) {
        entries.push((Shape::Dashes(INK), reference.label.clone()));
    }
    if points(line).any(|p| p.interval.is_some()) {
        let shape = if line.series.len() <= 2 { Shape::Band } else { Shape::Whisker };
        entries.push((shape, "95% interval".to_owned()));
    }
    if points(line).any(|p| p.provisional) {
        let shape = Shape::Marker { series: 0, provisional: true, colour: MAIN };
        entries.push((shape, "Provisional: will change".to_owned()));
    }
    entries
}

/// Bands where neighbours have intervals, whiskers where one stands alone or bands would overlap.
fn intervals(
    canvas: &mut Canvas<'_>,
    plot: &Plot,
    series: &Series,
    colour: Colour,
    bands: bool,
) -> Result<(), RenderError> {
    for run in runs(&series.points) {
        let ends: Vec<(f64, f64, f64)> = run
            .iter()
            .filter_map(|(period, drawn)| {
                let (lower, upper) = drawn.interval?;
                Some((plot.x(*period), plot.y(lower), plot.y(upper)))
            })
            .collect();
        if bands && ends.len() > 1 && ends.len() == run.len() {
            let upper: Vec<Place> = ends.iter().map(|(x, _, upper)| (*x, *upper)).collect();
            let lower: Vec<Place> = ends.iter().map(|(x, lower, _)| (*x, *lower)).collect();
            key::band(canvas, &upper, &lower, colour)?;
            continue;
        }
        for (x, lower, upper) in ends {
            canvas.line((x, lower), (x, upper), colour, 1.2)?;
            for y in [lower, upper] {
                canvas.line((x - 3.5, y), (x + 3.5, y), colour, 1.2)?;
            }
        }
    }
    Ok(())
}

/// The line and its markers; dashes lead to a provisional point.
fn values(
    canvas: &mut Canvas<'_>,
    plot: &Plot,
    series: &Series,
    number: usize,
    colour: Colour,
) -> Result<(), RenderError> {
    // Smaller where points crowd.
    let size = if plot.pitch() < 14.0 { 3.3 } else { 4.5 };
    for run in runs(&series.points) {
        let places: Vec<(Place, bool)> = run
            .iter()
            .map(|(period, drawn)| ((plot.x(*period), plot.y(drawn.value)), drawn.provisional))
            .collect();
        let firm: Vec<Place> =
            places.iter().take_while(|(_, provisional)| !provisional).map(|(at, _)| *at).collect();
        if firm.len() > 1 {
            canvas.path(&firm, colour, 2.5)?;
        }
        let loose = firm.len().saturating_sub(1);
        for pair in places.get(loose..).unwrap_or_default().windows(2) {
            if let [(from, _), (to, provisional)] = pair {
                if *provisional {
                    canvas.dashes(*from, *to, colour, 2.0)?;
                } else {
                    canvas.line(*from, *to, colour, 2.5)?;
                }
            }
        }
        for (at, provisional) in places {
            canvas.marker(at, number, size, provisional, colour)?;
        }
    }
    Ok(())
}

/// What stands at the right end of each line.
fn ends(line: &Line<'_>, narrow: bool) -> Result<EndLabels, RenderError> {
    let mut labels = Vec::new();
    let several = line.series.len() > 1;
    for (n, series) in line.series.iter().enumerate() {
        let Some(shown) = series.points.iter().rev().find_map(Drawn::of) else { continue };
        let name = if several && !narrow { series.name.as_str() } else { "" };
        let mut label = EndLabel::words(shown.value, name, Type::PLAIN)?;
        // Only the newest value, and only if it may be seen, is written out.
        if let Some(Shown::Number(newest)) = series.points.last().map(|p| p.value) {
            label.lines.push((newest.to_string(), Type::BOLD));
        }
        label.marker = several.then_some((n, colour_of(line, n)));
        labels.push(label);
    }
    if let (Some(reference), false) = (line.reference, narrow) {
        let kind = Type { colour: INK, ..Type::SMALL };
        labels.push(EndLabel::words(reference.at, &reference.label, kind)?);
    }
    Ok(EndLabels::new(labels))
}
