//! The control chart: values over time between the limits of what they usually do; what breaks a rule is
//! marked, and said above the plot.

use super::axis::ValueAxis;
use super::canvas::{Align, Canvas, Place, Type};
use super::ends::{EndLabel, EndLabels};
use super::key::{self, Shape};
use super::palette::{CATEGORIES, Colour, GREY, INK, MAIN, WHITE};
use super::plot::{Plot, runs};
use super::{Drawn, Room, coordinate};
use crate::protect::{Shown, Symbol};
use crate::render::RenderError;
use crate::report::chart::{Control, ControlPoint, Point, Sense};

/// Draws the chart and gives the place below it.
pub(super) fn paint(
    canvas: &mut Canvas<'_>,
    chart: &Control,
    room: Room,
) -> Result<f64, RenderError> {
    let top = key::paint(canvas, &entries(chart, room.narrow), room)?;
    let numbers = chart.points.iter().flat_map(|p| [p.value, p.centre, p.lower, p.upper]);
    let axis = ValueAxis::over(
        chart.axis,
        numbers.filter_map(coordinate).chain(chart.reference.iter().map(|r| r.at)),
        if room.narrow { 4 } else { 5 },
        true,
    );
    let ends = EndLabels::new(ends(chart, room.narrow)?);
    let mut plot = Plot {
        left: room.left + axis.gutter()?,
        right: room.right - ends.width()?,
        top,
        bottom: top,
        axis,
        periods: chart.labels.len(),
    };
    plot.top = signals(canvas, chart, &plot, top)? + 12.0;
    plot.bottom = plot.top + if room.narrow { 220.0 } else { 280.0 };
    plot.grid(canvas)?;
    line(canvas, &plot, &chart.points, |p| p.centre, Canvas::line)?;
    line(canvas, &plot, &chart.points, |p| p.lower, Canvas::dashes)?;
    line(canvas, &plot, &chart.points, |p| p.upper, Canvas::dashes)?;
    if let Some(reference) = &chart.reference {
        let y = plot.y(reference.at);
        canvas.dashes((plot.left, y), (plot.right, y), INK, 1.5)?;
    }
    values(canvas, &plot, chart)?;
    ends.paint(canvas, &plot)?;
    let shown: Vec<Shown> = chart.points.iter().map(|p| p.value).collect();
    let below = plot.shorthand(canvas, &shown, plot.bottom, None)?;
    plot.periods(canvas, &chart.labels, below)
}

/// Each sense has its shape and its colour.
fn mark(sense: Sense) -> (usize, Colour) {
    match sense {
        Sense::Better => (2, CATEGORIES[1]),
        Sense::Worse => (1, CATEGORIES[3]),
        Sense::Neither => (3, CATEGORIES[2]),
    }
}

/// The mark of a signal, with white around it, so that it is not lost on a line.
pub(super) fn marked(
    canvas: &mut Canvas<'_>,
    place: Place,
    size: f64,
    provisional: bool,
    sense: Sense,
) -> Result<(), RenderError> {
    let (series, colour) = mark(sense);
    canvas.marker(place, series, size + 1.8, false, WHITE)?;
    canvas.marker(place, series, size, provisional, colour)
}

/// What the marks of these signals mean, each once.
pub(super) fn senses(told: impl Iterator<Item = Sense> + Clone) -> Vec<(Shape, String)> {
    let all = [Sense::Better, Sense::Worse, Sense::Neither];
    let there = all.into_iter().filter(|sense| told.clone().any(|s| s == *sense));
    let entry = |sense: Sense| {
        let (series, colour) = mark(sense);
        (Shape::Dot { series, colour }, format!("Signal: {}", sense.word()))
    };
    there.map(entry).collect()
}

fn entries(chart: &Control, narrow: bool) -> Vec<(Shape, String)> {
    let mut entries = Vec::new();
    let limits = if chart.trial { "Trial limits: few points" } else { "Limits of the usual" };
    if chart.points.iter().any(|p| coordinate(p.upper).is_some()) {
        entries.push((Shape::Rule(GREY), "Centre".to_owned()));
        entries.push((Shape::Dashes(GREY), limits.to_owned()));
    }
    entries.extend(senses(chart.signals.iter().map(|s| s.sense)));
    if let (Some(reference), true) = (&chart.reference, narrow) {
        entries.push((Shape::Dashes(INK), reference.label.clone()));
    }
    if chart.points.iter().any(|p| p.provisional && coordinate(p.value).is_some()) {
        let shape = Shape::Marker { series: 0, provisional: true, colour: MAIN };
        entries.push((shape, "Provisional: will change".to_owned()));
    }
    entries
}

fn ends(chart: &Control, narrow: bool) -> Result<Vec<EndLabel>, RenderError> {
    let mut labels = Vec::new();
    let Some(last) = chart.points.last() else { return Ok(labels) };
    if let Some(value) = last.value.number() {
        labels.push(EndLabel::words(value.as_f64(), &value.to_string(), Type::BOLD)?);
    }
    for (words, shown) in
        [("Upper limit", last.upper), ("Centre", last.centre), ("Lower limit", last.lower)]
    {
        let Some(number) = shown.number() else { continue };
        let words = if narrow { number.to_string() } else { format!("{words} {number}") };
        labels.push(EndLabel::words(number.as_f64(), &words, Type::SMALL)?);
    }
    if let (Some(reference), false) = (&chart.reference, narrow) {
        let kind = Type { colour: INK, ..Type::SMALL };
        labels.push(EndLabel::words(reference.at, &reference.label, kind)?);
    }
    Ok(labels)
}

/// What happened, in as many rows above the plot as it needs, each over a bracket from its first point to
/// its last. Gives the place below.
fn signals(
    canvas: &mut Canvas<'_>,
    chart: &Control,
    plot: &Plot,
    top: f64,
) -> Result<f64, RenderError> {
    const AIR: f64 = 14.0;
    let kind = Type { colour: INK, ..Type::SMALL };
    let mut rows: Vec<(f64, f64)> = Vec::new();
    let mut placed = Vec::new();
    for signal in &chart.signals {
        let (from, to) = (plot.x(signal.first) - 5.0, plot.x(signal.last) + 5.0);
        let lines = kind.wrap(&signal.words, plot.right - plot.left)?;
        let half = kind.widest(lines.iter().map(String::as_str))? / 2.0;
        let middle = f64::midpoint(from, to);
        let middle = middle.min(plot.right - half).max(plot.left + half);
        let height = lines.len() as f64 * kind.line_height() + 10.0;
        let start = from.min(middle - half);
        let row = rows.iter().position(|(end, _)| *end + AIR <= start).unwrap_or(rows.len());
        if row == rows.len() {
            rows.push((0.0, 0.0));
        }
        if let Some((end, tallest)) = rows.get_mut(row) {
            *end = to.max(middle + half);
            *tallest = tallest.max(height);
        }
        placed.push((row, from, to, middle, lines));
    }
    for (row, from, to, middle, lines) in placed {
        let above: f64 = rows.iter().take(row).map(|(_, height)| height).sum();
        let first = (middle, top + above + 4.0 + kind.line_height() / 2.0);
        let end =
            canvas.lines(&lines, first, Align::Middle, kind)? - kind.line_height() / 2.0 + 2.0;
        canvas.path(&[(from, end + 4.0), (from, end), (to, end), (to, end + 4.0)], INK, 1.2)?;
    }
    Ok(top + rows.iter().map(|(_, height)| height).sum::<f64>())
}

/// Centre or a limit: level over its point, a step where it changes, a gap where it may not be seen.
fn line<'c>(
    canvas: &mut Canvas<'c>,
    plot: &Plot,
    points: &[ControlPoint],
    of: fn(&ControlPoint) -> Shown,
    stroke: impl Fn(&mut Canvas<'c>, Place, Place, Colour, f64) -> Result<(), RenderError>,
) -> Result<(), RenderError> {
    let half = plot.pitch() / 2.0;
    let mut period = 0;
    for level in points.chunk_by(|a, b| of(a) == of(b)) {
        let (first, last) = (period, period + level.len() - 1);
        period += level.len();
        let Some(value) = level.first().and_then(|p| coordinate(of(p))) else { continue };
        let y = plot.y(value);
        let from = (plot.x(first) - half).max(plot.left);
        stroke(canvas, (from, y), ((plot.x(last) + half).min(plot.right), y), GREY, 1.4)?;
    }
    Ok(())
}

fn values(canvas: &mut Canvas<'_>, plot: &Plot, chart: &Control) -> Result<(), RenderError> {
    let none = Shown::Symbol(Symbol::NotAvailable);
    let point = |p: &ControlPoint| Point {
        value: p.value,
        lower: none,
        upper: none,
        provisional: p.provisional,
    };
    let points: Vec<Point> = chart.points.iter().map(point).collect();
    let size = if plot.pitch() < 14.0 { 3.3 } else { 4.5 };
    for run in runs(&points) {
        let at = |(period, drawn): &(usize, Drawn)| (plot.x(*period), plot.y(drawn.value));
        for pair in run.windows(2) {
            if let [from, to] = pair {
                canvas.line(at(from), at(to), MAIN, 1.8)?;
            }
        }
        for (period, drawn) in &run {
            let place = (plot.x(*period), plot.y(drawn.value));
            let told = chart.signals.iter().find(|s| s.first <= *period && *period <= s.last);
            let Some(signal) = told else {
                canvas.marker(place, 0, size, drawn.provisional, MAIN)?;
                continue;
            };
            marked(canvas, place, size + 1.2, drawn.provisional, signal.sense)?;
        }
    }
    Ok(())
}
