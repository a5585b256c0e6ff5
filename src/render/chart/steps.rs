//! What is left over time: a line that falls in steps, with how many were still being followed below it.

use super::axis::ValueAxis;
use super::canvas::{Align, Canvas, Place, Type};
use super::ends::{EndLabel, EndLabels};
use super::key::{self, Shape};
use super::palette::{Colour, GREY, INK, category};
use super::plot::Plot;
use super::{Drawn, Room};
use crate::protect::{Shown, Symbol};
use crate::render::RenderError;
use crate::report::chart::{AxisKind, StepSeries, Steps};

/// Height of one row of numbers under the plot.
const STRIP: f64 = 20.0;

/// Draws the chart and gives the place below it.
pub(super) fn paint(
    canvas: &mut Canvas<'_>,
    chart: &Steps,
    room: Room,
) -> Result<f64, RenderError> {
    let top = key::paint(canvas, &entries(chart, room.narrow), room)? + 12.0;
    let drawn = || chart.series.iter().flat_map(|s| &s.points).filter_map(Drawn::of);
    let values = drawn().flat_map(Drawn::extent).chain(begins_later(chart).then_some(ALL));
    let ticks = if room.narrow { 4 } else { 5 };
    // One line is read against nought and all; of several the reader asks how they differ.
    let axis = match chart.series.len() {
        0..=2 => ValueAxis::over(AxisKind::Percent, values, ticks, true),
        _ => ValueAxis::around(AxisKind::Percent, values, ticks),
    };
    let mut ends = Vec::new();
    for (n, series) in chart.series.iter().enumerate() {
        let Some(last) = series.points.iter().rev().find_map(Drawn::of) else { continue };
        let several = chart.series.len() > 1;
        let named = several && !room.narrow && !is_many(chart);
        let name = if named { series.name.as_str() } else { "" };
        let mut label = EndLabel::words(last.value, name, Type::PLAIN)?;
        if let Some(newest) = series.points.last().and_then(|p| p.value.number()) {
            label.lines.push((newest.to_string(), Type::BOLD));
        }
        label.marker = several.then(|| (n, colour(chart, n)));
        ends.push(label);
    }
    let ends = EndLabels::new(ends);
    let plot = Plot {
        left: room.left + axis.gutter()?.max(28.0),
        right: room.right - ends.width()?,
        top,
        bottom: top + if room.narrow { 220.0 } else { 280.0 },
        axis,
        periods: 0,
    };
    plot.grid(canvas)?;
    let longest = f64::from(chart.times.last().copied().unwrap_or(0).max(1));
    let x = |time: u32| plot.left + f64::from(time) / longest * (plot.right - plot.left - 8.0);
    for (n, series) in chart.series.iter().enumerate() {
        line(canvas, &plot, chart, series, n, &x)?;
    }
    ends.paint(canvas, &plot)?;
    let mut y = plot.bottom;
    for time in &chart.times {
        canvas.line((x(*time), y), (x(*time), y + 5.0), GREY, 1.0)?;
        canvas.text(&time.to_string(), (x(*time), y + 16.0), Align::Middle, Type::SMALL)?;
    }
    y += 34.0;
    let middle = f64::midpoint(plot.left, plot.right);
    canvas.text(&chart.unit, (middle, y), Align::Middle, Type::SMALL)?;
    y += 24.0;
    canvas.text("Followed so long", (room.left, y), Align::Left, Type::SMALL)?;
    y += STRIP;
    for (n, series) in chart.series.iter().enumerate() {
        if chart.series.len() > 1 {
            canvas.marker((room.left + 6.0, y), n, 4.5, false, colour(chart, n))?;
        }
        let until = x(chart.times.first().copied().unwrap_or(0)) - room.left - 44.0;
        if is_many(chart) && Type::SMALL.width(&series.name)? < until {
            canvas.text(&series.name, (room.left + 16.0, y), Align::Left, Type::SMALL)?;
        }
        for (time, count) in chart.times.iter().zip(&series.at_risk) {
            let kind = Type { colour: INK, ..Type::SMALL };
            canvas.text(&count.to_string(), (x(*time), y), Align::Middle, kind)?;
        }
        y += STRIP;
    }
    Ok(y)
}

/// Two series alone get the pair that differs most.
fn colour(chart: &Steps, series: usize) -> Colour {
    if chart.series.len() == 2 && series == 1 { category(3) } else { category(series) }
}

/// The share at the beginning.
const ALL: f64 = 100.0;

/// Whether its first time is after the beginning, at which all are there.
fn begins_later(chart: &Steps) -> bool {
    chart.times.first().is_some_and(|time| *time > 0)
}

/// Whether there are so many groups that their names at the ends of their lines would crowd.
fn is_many(chart: &Steps) -> bool {
    chart.series.len() > 2
}

fn entries(chart: &Steps, narrow: bool) -> Vec<(Shape, String)> {
    let mut entries = Vec::new();
    if narrow && chart.series.len() > 1 || is_many(chart) {
        for (series, StepSeries { name, .. }) in chart.series.iter().enumerate() {
            let colour = colour(chart, series);
            entries.push((Shape::Marker { series, provisional: false, colour }, name.clone()));
        }
    }
    if chart
        .series
        .iter()
        .flat_map(|s| &s.points)
        .filter_map(Drawn::of)
        .any(|d| d.interval.is_some())
    {
        entries.push((Shape::Whisker, "95% interval".to_owned()));
    }
    entries
}

/// Level until the next time that is known, then down to it. After a time that may not be seen the line
/// begins anew.
fn line(
    canvas: &mut Canvas<'_>,
    plot: &Plot,
    chart: &Steps,
    series: &StepSeries,
    number: usize,
    x: &impl Fn(u32) -> f64,
) -> Result<(), RenderError> {
    let colour = colour(chart, number);
    // Whiskers of several groups stand side by side.
    let aside = (number as f64 - (chart.series.len() as f64 - 1.0) / 2.0) * 7.0;
    let mut before: Option<Place> = begins_later(chart).then(|| (x(0), plot.y(ALL)));
    for (time, point) in chart.times.iter().zip(&series.points) {
        let Some(drawn) = Drawn::of(point) else {
            before = None;
            // What has not passed yet is said once, in the numbers below.
            if point.value == Shown::Symbol(Symbol::NotAvailable) {
                continue;
            }
            let at = (x(*time), plot.bottom - 16.0 - 16.0 * number as f64);
            let (words, kind) = (point.value.to_string(), Type { colour: INK, ..Type::SMALL });
            if chart.series.len() > 1 {
                let left = at.0 - kind.width(&words)? / 2.0 - 9.0;
                canvas.marker((left, at.1), number, 4.0, false, colour)?;
            }
            canvas.text(&words, at, Align::Middle, kind)?;
            continue;
        };
        let at = (x(*time), plot.y(drawn.value));
        if let Some(from) = before {
            canvas.path(&[from, (at.0, from.1), at], colour, 2.5)?;
        }
        if let Some((lower, upper)) = drawn.interval {
            let (low, high) = ((at.0 + aside, plot.y(lower)), (at.0 + aside, plot.y(upper)));
            canvas.line(low, high, colour, 1.2)?;
            for end in [low, high] {
                canvas.line((end.0 - 3.5, end.1), (end.0 + 3.5, end.1), colour, 1.2)?;
            }
        }
        canvas.marker(at, number, 4.5, drawn.provisional, colour)?;
        before = Some(at);
    }
    Ok(())
}
