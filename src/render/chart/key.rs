//! The key above a chart: what a shape means, beside the shape.

use super::Room;
use super::canvas::{Align, Canvas, Place, Type};
use super::palette::{Colour, INK, MAIN, WHITE};
use crate::render::RenderError;

/// A shape to explain.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
    /// No shape: words that lead the others.
    Nothing,
    /// The marker of a series.
    Marker {
        /// Which series.
        series: usize,
        /// Whether it is hollow.
        provisional: bool,
        /// Its colour.
        colour: Colour,
    },
    /// The band around a line.
    Band,
    /// The whisker of one value.
    Whisker,
    /// A line of dashes: a target, a limit.
    Dashes(Colour),
    /// A plain line: a centre.
    Rule(Colour),
    /// The marker of a point by itself.
    Dot {
        /// Its shape, as that of a series.
        series: usize,
        /// Its colour.
        colour: Colour,
    },
    /// A part of a bar.
    Fill(Colour),
    /// A part of a bar of which nothing is known.
    Gap,
    /// An empty bar.
    Outline,
}

/// How much room a shape takes.
const SHAPE: f64 = 26.0;
/// Between two entries.
const GAP: f64 = 20.0;
/// Height of one line of entries.
const LINE: f64 = 22.0;

/// Writes the entries from left to right, on as many lines as they need; gives the place below.
pub(super) fn paint(
    canvas: &mut Canvas<'_>,
    entries: &[(Shape, String)],
    room: Room,
) -> Result<f64, RenderError> {
    if entries.is_empty() {
        return Ok(room.top);
    }
    let (mut x, mut y) = (room.left, room.top + LINE / 2.0);
    for (shape, words) in entries {
        let kind = Type { colour: INK, ..Type::SMALL };
        let indent = if matches!(shape, Shape::Nothing) { 0.0 } else { SHAPE };
        let lines = kind.wrap(words, room.right - room.left - indent)?;
        let width = indent + kind.widest(lines.iter().map(String::as_str))?;
        if x > room.left && x + width > room.right {
            (x, y) = (room.left, y + LINE);
        }
        draw(canvas, *shape, (x, y))?;
        canvas.lines(&lines, (x + indent, y), Align::Left, kind)?;
        x += width + GAP;
        if lines.len() > 1 {
            let more = u32::try_from(lines.len() - 1).unwrap_or(0);
            (x, y) = (room.left, y + f64::from(more) * kind.line_height() + LINE);
        }
    }
    // After a wrapped entry the next line stands ready, and may have stayed empty.
    let used = if x > room.left { y + LINE / 2.0 } else { y - LINE / 2.0 };
    Ok(used + 4.0)
}

fn draw(canvas: &mut Canvas<'_>, shape: Shape, (x, y): Place) -> Result<(), RenderError> {
    let (left, right) = (x + 1.0, x + 20.0);
    match shape {
        Shape::Nothing => Ok(()),
        Shape::Marker { series, provisional, colour } => {
            if !provisional {
                canvas.line((left, y), (right, y), colour, 2.5)?;
            }
            canvas.marker(((left + right) / 2.0, y), series, 4.5, provisional, colour)
        }
        Shape::Band => band(
            canvas,
            &[(left, y - 7.0), (right, y - 7.0)],
            &[(left, y + 7.0), (right, y + 7.0)],
            MAIN,
        ),
        Shape::Whisker => {
            canvas.line((left, y), (right, y), INK, 1.5)?;
            canvas.line((left, y - 5.0), (left, y + 5.0), INK, 1.5)?;
            canvas.line((right, y - 5.0), (right, y + 5.0), INK, 1.5)
        }
        Shape::Dashes(colour) => canvas.dashes((left, y), (right + 3.0, y), colour, 1.5),
        Shape::Rule(colour) => canvas.line((left, y), (right, y), colour, 1.5),
        Shape::Dot { series, colour } => {
            canvas.marker(((left + right) / 2.0, y), series, 5.5, false, colour)
        }
        Shape::Fill(colour) => canvas.rectangle((left, y - 7.0), (right, y + 7.0), colour),
        Shape::Gap => gap(canvas, (left, y - 7.0), (right, y + 7.0)),
        Shape::Outline => {
            canvas.rectangle((left, y - 7.0), (right, y + 7.0), MAIN)?;
            canvas.rectangle((left + 2.0, y - 5.0), (right - 2.0, y + 5.0), WHITE)
        }
    }
}

/// What is not known where a fill would be: an outline of dashes around paper.
pub(super) fn gap(canvas: &mut Canvas<'_>, from: Place, to: Place) -> Result<(), RenderError> {
    canvas.rectangle(from, to, WHITE)?;
    let (left, top, right, bottom) = (from.0 + 0.7, from.1 + 0.7, to.0 - 0.7, to.1 - 0.7);
    for (start, end) in [
        ((left, top), (right, top)),
        ((right, top), (right, bottom)),
        ((right, bottom), (left, bottom)),
        ((left, bottom), (left, top)),
    ] {
        canvas.dashes(start, end, INK, 1.2)?;
    }
    Ok(())
}

/// The band of an interval: a pale fill between two edges that can be seen by themselves.
pub(super) fn band(
    canvas: &mut Canvas<'_>,
    upper: &[Place],
    lower: &[Place],
    colour: Colour,
) -> Result<(), RenderError> {
    let outline: Vec<Place> = upper.iter().chain(lower.iter().rev()).copied().collect();
    canvas.area(&outline, colour, 0.14)?;
    let (red, green, blue) = colour;
    let halfway = |channel: u8| (channel / 2).saturating_add(0x60);
    let edge = (halfway(red), halfway(green), halfway(blue));
    canvas.path(upper, edge, 1.0)?;
    canvas.path(lower, edge, 1.0)
}
