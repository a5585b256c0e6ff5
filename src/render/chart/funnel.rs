//! The funnel plot: places by size and value, between the lines within which chance keeps most of them.
//! Only those beyond the lines have their names beside them: it is no league table.

use super::axis::ValueAxis;
use super::beside;
use super::canvas::{Align, Canvas, Place, Type};
use super::ends::{EndLabel, EndLabels};
use super::key::{self, Shape};
use super::palette::{CATEGORIES, Colour, GREY, INK, MAIN, WHITE};
use super::plot::Plot;
use super::{Room, coordinate};
use crate::protect::Shown;
use crate::render::RenderError;
use crate::report::chart::{AxisKind, Funnel, FunnelLimits, FunnelPlace, FunnelStanding};

/// Draws the chart and gives the place below it.
pub(super) fn paint(
    canvas: &mut Canvas<'_>,
    chart: &Funnel,
    room: Room,
) -> Result<f64, RenderError> {
    let top = key::paint(canvas, &entries(chart), room)? + 12.0;
    let drawn: Vec<(&FunnelPlace, f64, f64)> = chart
        .places
        .iter()
        .filter_map(|p| Some((p, coordinate(p.limits.size)?, coordinate(p.value)?)))
        .collect();
    let lines: Vec<Lines> = chart.limits.iter().filter_map(Lines::of).collect();
    let values = drawn.iter().map(|(_, _, value)| *value);
    let values = values.chain(lines.iter().flat_map(|l| l.near.into_iter().chain(l.far)));
    let axis = ValueAxis::over(chart.axis, values, if room.narrow { 4 } else { 5 }, false);
    let sizes = drawn.iter().map(|(_, size, _)| *size).chain(lines.iter().map(|l| l.size));
    let across = ValueAxis::over(AxisKind::Count, sizes, if room.narrow { 4 } else { 6 }, false);

    let labels = EndLabels::new(end_labels(chart, &lines, room.narrow)?);
    let height = if room.narrow { 260.0 } else { 340.0 };
    let plot = Plot {
        left: room.left + axis.gutter()?,
        right: room.right - labels.width()?,
        top,
        bottom: top + height,
        axis,
        periods: 0,
    };
    plot.grid(canvas)?;
    plot.grid_across(&across, canvas)?;
    let x = |size: f64| plot.across(&across, size);
    let middle = f64::midpoint(plot.left, plot.right);
    canvas.text(&chart.size, (middle, plot.bottom + 34.0), Align::Middle, Type::SMALL)?;
    if let Some(whole) = coordinate(chart.whole) {
        canvas.line((plot.left, plot.y(whole)), (plot.right, plot.y(whole)), GREY, 1.5)?;
    }
    // The 95% lines are broken, the 99.8% lines whole.
    for pair in lines.windows(2) {
        let [from, to] = pair else { continue };
        let at = |size: f64, value: f64| (x(size), plot.y(value));
        for (a, b) in from.near.into_iter().zip(to.near) {
            canvas.dashes(at(from.size, a), at(to.size, b), GREY, 1.4)?;
        }
        for (a, b) in from.far.into_iter().zip(to.far) {
            canvas.line(at(from.size, a), at(to.size, b), GREY, 1.4)?;
        }
    }
    let at = |size: f64, value: f64| (x(size), plot.y(value));
    for (place, size, value) in &drawn {
        let (series, colour) = mark(place.standing);
        canvas.marker(at(*size, *value), series, 7.5, false, WHITE)?;
        canvas.marker(at(*size, *value), series, 5.5, false, colour)?;
    }
    labels.paint(canvas, &plot)?;
    let mut below = plot.bottom + 52.0;
    let mut remark = |canvas: &mut Canvas<'_>, words: String| -> Result<(), RenderError> {
        let lines = Type::SMALL.wrap(&words, room.right - room.left)?;
        below = canvas.lines(&lines, (room.left, below), Align::Left, Type::SMALL)?;
        Ok(())
    };
    let named: Vec<_> = drawn.into_iter().filter(|(p, _, _)| p.standing.is_beyond()).collect();
    // Where there is no room for a name there is for a letter; the name follows.
    let crowded = if room.narrow {
        (0..named.len()).collect()
    } else {
        let marks = chart.places.iter();
        let marks = marks
            .filter_map(|p| Some(at(coordinate(p.limits.size)?, coordinate(p.value)?)))
            .collect();
        let names: Vec<(&str, Place)> =
            named.iter().map(|(p, size, value)| (p.label.as_str(), at(*size, *value))).collect();
        beside::names(canvas, &plot, marks, &names, false)?
    };
    let lettered = crowded.into_iter().filter_map(|n| named.get(n));
    for (letter, (place, size, value)) in ('A'..='Z').zip(lettered) {
        if room.narrow {
            beside::letter(canvas, letter, at(*size, *value))?;
        }
        remark(canvas, format!("{letter} {} {}", place.label, place.value))?;
    }
    let hidden = |p: &&FunnelPlace| p.value.number().is_none() || p.limits.size.number().is_none();
    let hidden = chart.places.iter().filter(hidden).map(|p| {
        let shown = if p.value.number().is_none() { p.value } else { p.limits.size };
        format!("{} {shown}", p.label)
    });
    let hidden: Vec<String> = hidden.collect();
    if !hidden.is_empty() {
        remark(canvas, format!("Not drawn: {}", hidden.join(", ")))?;
    }
    Ok(below)
}

/// The limits at one size, lower and upper.
struct Lines {
    size: f64,
    near: [f64; 2],
    far: [f64; 2],
}

impl Lines {
    /// Nothing when one of them is not shown.
    fn of(limits: &FunnelLimits) -> Option<Self> {
        let pair = |[lower, upper]: [Shown; 2]| Some([coordinate(lower)?, coordinate(upper)?]);
        Some(Self {
            size: coordinate(limits.size)?,
            near: pair(limits.near)?,
            far: pair(limits.far)?,
        })
    }
}

fn mark(standing: FunnelStanding) -> (usize, Colour) {
    match standing {
        FunnelStanding::NotTold | FunnelStanding::Within => (0, MAIN),
        FunnelStanding::Beyond95 => (2, CATEGORIES[2]),
        FunnelStanding::Beyond998 => (1, CATEGORIES[3]),
    }
}

fn entries(chart: &Funnel) -> Vec<(Shape, String)> {
    let kinds = [FunnelStanding::Within, FunnelStanding::Beyond95, FunnelStanding::Beyond998];
    kinds
        .into_iter()
        .filter(|kind| chart.places.iter().any(|p| p.standing == *kind))
        .map(|kind| {
            let (series, colour) = mark(kind);
            (Shape::Dot { series, colour }, kind.words().to_owned())
        })
        .collect()
}

fn end_labels(chart: &Funnel, lines: &[Lines], narrow: bool) -> Result<Vec<EndLabel>, RenderError> {
    let mut labels = Vec::new();
    if let Some(whole) = chart.whole.number() {
        let kind = Type { colour: INK, ..Type::SMALL };
        let words = if narrow { whole.to_string() } else { format!("Whole {whole}") };
        labels.push(EndLabel::words(whole.as_f64(), &words, kind)?);
    }
    if let Some(last) = lines.last() {
        let words = if narrow { ["95%", "99.8%"] } else { ["95% limit", "99.8% limit"] };
        let ends = [(last.near, words[0]), (last.far, words[1])];
        for ([lower, upper], words) in ends {
            labels.push(EndLabel::words(lower, words, Type::SMALL)?);
            labels.push(EndLabel::words(upper, words, Type::SMALL)?);
        }
    }
    Ok(labels)
}
