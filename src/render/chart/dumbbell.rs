//! Before and after, domain by domain: two points and the way between them, each with its number.

use super::Room;
use super::axis::ValueAxis;
use super::canvas::{Align, Canvas, Type};
use super::key::{self, Shape};
use super::palette::{GREY, GRID, INK, MAIN};
use crate::protect::PublishedNumber;
use crate::render::RenderError;
use crate::report::chart::{Dumbbell, DumbbellRow};

/// The widest label beside a row.
const LABEL: f64 = 190.0;
/// The widest note after a row.
const NOTE: f64 = 160.0;
/// The least height of a row.
const ROW: f64 = 36.0;
/// Room for a number beside the outermost point.
const INSET: f64 = 48.0;

/// The two numbers of a row; nothing when one of them is hidden, because the other alone is no change.
fn both(row: &DumbbellRow) -> Option<[PublishedNumber; 2]> {
    Some([row.before.number()?, row.after.number()?])
}

/// One row with its words, cut to lines.
struct Row<'a> {
    of: &'a DumbbellRow,
    label: Vec<String>,
    note: Vec<String>,
    height: f64,
}

impl Row<'_> {
    /// The height of the words above the points on a phone.
    fn head(&self) -> f64 {
        self.label.len() as f64 * Type::PLAIN.line_height()
            + self.note.len() as f64 * Type::SMALL.line_height()
    }
}

/// Draws the chart and gives the place below it.
pub(super) fn paint(
    canvas: &mut Canvas<'_>,
    chart: &Dumbbell,
    room: Room,
) -> Result<f64, RenderError> {
    let [before, after] = &chart.ends;
    let entries = [
        (Shape::Marker { series: 0, provisional: true, colour: MAIN }, before.clone()),
        (Shape::Dot { series: 0, colour: MAIN }, after.clone()),
    ];
    let top = key::paint(canvas, &entries, room)? + 4.0;
    let numbers = chart.rows.iter().filter_map(both).flatten().map(PublishedNumber::as_f64);
    let ticks = if room.narrow { 4 } else { 5 };
    let axis = ValueAxis::over(chart.axis, numbers.chain(chart.to), ticks, false);

    let beside = if room.narrow { room.right - room.left - 12.0 } else { LABEL };
    let rows: Vec<Row<'_>> =
        chart.rows.iter().map(|of| row(of, beside, room.narrow)).collect::<Result<_, _>>()?;
    let widest = |kind: Type, lines: for<'r> fn(&'r Row<'_>) -> &'r Vec<String>| {
        kind.widest(rows.iter().flat_map(|row| lines(row)).map(String::as_str))
    };
    let (left, right) = if room.narrow {
        (room.left + INSET, room.right - INSET)
    } else {
        let notes = widest(Type::SMALL, |r| &r.note)?;
        let gap = if notes > 0.0 { notes + 16.0 } else { 0.0 };
        (room.left + widest(Type::PLAIN, |r| &r.label)? + 12.0 + INSET, room.right - gap - INSET)
    };
    let x = |value: f64| left + axis.share(value) * (right - left);

    let bottom = top + rows.iter().map(|row| row.height).sum::<f64>();
    let mut placed = Vec::new();
    let mut y = top;
    for row in &rows {
        let head = if room.narrow { row.head() } else { 0.0 };
        placed.push((row, y, y + head + (row.height - head) / 2.0));
        y += row.height;
    }
    for (value, words) in axis.ticks() {
        let colour = if value == 0.0 { GREY } else { GRID };
        // Lines through labels could not be read, so on a phone they run through the points only.
        if room.narrow {
            for (_, _, middle) in &placed {
                canvas.line((x(value), middle - 12.0), (x(value), middle + 12.0), colour, 1.0)?;
            }
        } else {
            canvas.line((x(value), top), (x(value), bottom), colour, 1.0)?;
        }
        canvas.text(&words, (x(value), bottom + 14.0), Align::Middle, Type::SMALL)?;
    }
    for (row, top, middle) in placed {
        if room.narrow {
            let line = Type::PLAIN.line_height();
            let next = canvas.lines(
                &row.label,
                (room.left, top + line / 2.0),
                Align::Left,
                Type::PLAIN,
            )?;
            canvas.lines(&row.note, (room.left, next), Align::Left, Type::SMALL)?;
        } else {
            centred(canvas, &row.label, (left - INSET - 10.0, middle), Align::Right, Type::PLAIN)?;
            centred(canvas, &row.note, (right + INSET + 10.0, middle), Align::Left, Type::SMALL)?;
        }
        points(canvas, chart, row.of, middle, &x)?;
    }
    Ok(bottom + 24.0)
}

fn row(of: &DumbbellRow, beside: f64, narrow: bool) -> Result<Row<'_>, RenderError> {
    let label = Type::PLAIN.wrap(&of.label, beside)?;
    // Of a hidden change nothing is told, not even what it rests on.
    let note = if both(of).is_some() { of.note.as_str() } else { "" };
    let note = Type::SMALL.wrap(note, if narrow { beside } else { NOTE })?;
    let mut row = Row { of, label, note, height: 0.0 };
    row.height = if narrow {
        row.head() + ROW
    } else {
        let lines = row.label.len().max(row.note.len()) as f64;
        (lines * Type::PLAIN.line_height() + 10.0).max(ROW)
    };
    Ok(row)
}

/// Lines around a middle.
fn centred(
    canvas: &mut Canvas<'_>,
    lines: &[String],
    (x, middle): (f64, f64),
    align: Align,
    kind: Type,
) -> Result<(), RenderError> {
    let above = (lines.len() as f64 - 1.0) / 2.0 * kind.line_height();
    canvas.lines(lines, (x, middle - above), align, kind).map(|_| ())
}

fn points(
    canvas: &mut Canvas<'_>,
    chart: &Dumbbell,
    row: &DumbbellRow,
    middle: f64,
    x: &impl Fn(f64) -> f64,
) -> Result<(), RenderError> {
    let Some([before, after]) = both(row) else {
        let [first, second] = &chart.ends;
        let shown = if row.before == row.after {
            row.before.to_string()
        } else {
            let second = second.to_lowercase();
            format!("{first} {}, {second} {}", row.before, row.after)
        };
        let kind = Type { colour: INK, ..Type::SMALL };
        return canvas.text(&shown, (x(0.0) + 6.0, middle), Align::Left, kind);
    };
    let (from, to) = (x(before.as_f64()), x(after.as_f64()));
    canvas.line((from, middle), (to, middle), MAIN, 3.0)?;
    // The ring lies over the disc, so that both can be seen where they meet.
    canvas.marker((to, middle), 0, 7.0, false, MAIN)?;
    canvas.marker((from, middle), 0, 6.0, true, MAIN)?;
    let value = |canvas: &mut Canvas<'_>, number: PublishedNumber, place: f64, left: bool| {
        let (shift, align) = if left { (-10.0, Align::Right) } else { (10.0, Align::Left) };
        canvas.text(&number.to_string(), (place + shift, middle), align, Type::BOLD)
    };
    if before == after {
        // Both stand in one place: one number says it.
        return value(canvas, after, to, false);
    }
    value(canvas, before, from, from < to)?;
    value(canvas, after, to, to < from)
}
