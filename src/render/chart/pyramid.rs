//! Two groups back to back, band by band, such as ages of girls and boys.

use super::axis::ValueAxis;
use super::canvas::{Align, Canvas, Type};
use super::palette::{Colour, GREY, GRID, INK, category};
use super::{Room, coordinate};
use crate::protect::Shown;
use crate::render::RenderError;
use crate::report::chart::Pyramid;

/// How thick a bar is.
const THICK: f64 = 20.0;
/// From one band to the next, at least.
const PITCH: f64 = 28.0;

/// Draws the chart and gives the place below it.
pub(super) fn paint(
    canvas: &mut Canvas<'_>,
    chart: &Pyramid,
    room: Room,
) -> Result<f64, RenderError> {
    let beside = if room.narrow { 76.0 } else { 170.0 };
    let labels: Vec<Vec<String>> = chart
        .bands
        .iter()
        .map(|(band, _)| Type::PLAIN.wrap(band, beside))
        .collect::<Result<_, _>>()?;
    let half = Type::PLAIN.widest(labels.iter().flatten().map(String::as_str))? / 2.0 + 10.0;
    let shown = || chart.bands.iter().flat_map(|(_, sides)| *sides);
    let numbers = shown().filter_map(coordinate);
    let axis = ValueAxis::over(chart.axis, numbers, if room.narrow { 2 } else { 4 }, false);
    // Room for the number at the end of the longest bar.
    let values: Vec<String> = shown().map(|s| s.to_string()).collect();
    let end = Type::BOLD.widest(values.iter().map(String::as_str))? + 8.0;
    let middle = f64::midpoint(room.left, room.right);
    let length = middle - half - end - room.left;
    // Left of the middle lengths go left, right of it right.
    let x = |side: f64, value: f64| middle + side * (half + axis.share(value) * length);

    let top = room.top + 28.0;
    let line = Type::PLAIN.line_height();
    let heights: Vec<f64> = labels.iter().map(|l| PITCH.max(l.len() as f64 * line + 6.0)).collect();
    let bottom = top + heights.iter().sum::<f64>();
    for (side, colour, name) in sides(chart) {
        for (value, words) in axis.ticks() {
            let grid = if value == 0.0 { GREY } else { GRID };
            canvas.line((x(side, value), top), (x(side, value), bottom), grid, 1.0)?;
            let at = (x(side, value), bottom + 14.0);
            canvas.text(&words, at, Align::Middle, Type::SMALL)?;
        }
        let at = x(side, 0.0);
        canvas.rectangle(
            (at.min(at + side * 14.0), top - 21.0),
            (at.max(at + side * 14.0), top - 9.0),
            colour,
        )?;
        let align = if side < 0.0 { Align::Right } else { Align::Left };
        canvas.text(name, (at + side * 20.0, top - 15.0), align, Type::BOLD)?;
    }
    let mut y = top;
    for (((_, values), label), height) in chart.bands.iter().zip(&labels).zip(&heights) {
        let row = y + height / 2.0;
        let first = row - (label.len() as f64 - 1.0) * line / 2.0;
        canvas.lines(label, (middle, first), Align::Middle, Type::PLAIN)?;
        for ((side, colour, _), value) in sides(chart).into_iter().zip(values) {
            bar(canvas, *value, row, side, colour, &x)?;
        }
        y += height;
    }
    Ok(bottom + 24.0)
}

/// Which way each side goes, and its colour: the pair that differs most.
fn sides(chart: &Pyramid) -> [(f64, Colour, &str); 2] {
    let [left, right] = &chart.sides;
    [(-1.0, category(0), left), (1.0, category(3), right)]
}

fn bar(
    canvas: &mut Canvas<'_>,
    value: Shown,
    row: f64,
    side: f64,
    colour: Colour,
    x: &impl Fn(f64, f64) -> f64,
) -> Result<(), RenderError> {
    let align = if side < 0.0 { Align::Right } else { Align::Left };
    let base = x(side, 0.0);
    let Shown::Number(number) = value else {
        let kind = Type { colour: INK, ..Type::SMALL };
        return canvas.text(&value.to_string(), (base + side * 6.0, row), align, kind);
    };
    let end = x(side, number.as_f64());
    let (top, bottom) = (row - THICK / 2.0, row + THICK / 2.0);
    if !number.is_zero() {
        canvas.rectangle((base.min(end), top), (base.max(end), bottom), colour)?;
    }
    canvas.text(&number.to_string(), (end + side * 6.0, row), align, Type::BOLD)
}
