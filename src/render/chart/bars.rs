//! One value for each level: bars from nought, in the order given, value and numbers beside them.

use super::axis::ValueAxis;
use super::canvas::{Align, Canvas, Type};
use super::key::{self, Shape};
use super::palette::{GREY, GRID, INK, MAIN, WHITE};
use super::{Drawn, Room};
use crate::protect::Shown;
use crate::render::RenderError;
use crate::report::document::{AxisKind, Bar, ReferenceLine};

/// What a bar chart is made of.
pub(super) struct Bars<'a> {
    pub(super) bars: &'a [Bar],
    pub(super) axis: AxisKind,
    pub(super) reference: &'a Option<ReferenceLine>,
}

/// How thick a bar is.
const THICK: f64 = 18.0;
/// Between two bars.
const GAP: f64 = 14.0;
/// The widest label beside a bar.
const LABEL: f64 = 200.0;
/// The widest note after a value.
const NOTE: f64 = 140.0;

/// One bar with its words, cut to lines.
struct Row<'a> {
    drawn: Option<Drawn>,
    shown: Shown,
    label: Vec<String>,
    value: String,
    note: &'a str,
    height: f64,
}

/// Draws the chart and gives the place below it.
pub(super) fn paint(
    canvas: &mut Canvas<'_>,
    chart: &Bars<'_>,
    room: Room,
) -> Result<f64, RenderError> {
    let top = key::paint(canvas, &entries(chart), room)?;
    let rows = rows(chart, room)?;
    let axis = ValueAxis::over(
        chart.axis,
        rows.iter()
            .filter_map(|r| r.drawn)
            .flat_map(Drawn::extent)
            .chain(chart.reference.iter().map(|r| r.at)),
        if room.narrow { 4 } else { 5 },
        false,
    );
    let (left, right) = sides(&rows, room)?;
    let x = |value: f64| left + axis.share(value) * (right - left);

    let top = if chart.reference.is_some() { top + 22.0 } else { top + 4.0 };
    let bottom = rows.iter().map(|row| row.height).sum::<f64>() + top;
    let ticks = axis.ticks();
    for (value, words) in &ticks {
        let colour = if *value == 0.0 { GREY } else { GRID };
        canvas.line((x(*value), top), (x(*value), bottom), colour, 1.0)?;
        canvas.text(words, (x(*value), bottom + 14.0), Align::Middle, Type::SMALL)?;
    }
    let mut y = top;
    for row in &rows {
        paint_row(canvas, row, (y, left, right), room, &x)?;
        y += row.height;
    }
    if let Some(reference) = chart.reference {
        let at = x(reference.at);
        canvas.dashes((at, top - 4.0), (at, bottom), INK, 1.5)?;
        let kind = Type { colour: INK, ..Type::SMALL };
        let half = kind.width(&reference.label)? / 2.0;
        let middle = at.min(room.right - half).max(room.left + half);
        canvas.text(&reference.label, (middle, top - 13.0), Align::Middle, kind)?;
    }
    Ok(bottom + 24.0)
}

fn entries(chart: &Bars<'_>) -> Vec<(Shape, String)> {
    let drawn = || chart.bars.iter().filter_map(|bar| Drawn::of(&bar.point));
    let mut entries = Vec::new();
    if drawn().any(|d| d.interval.is_some()) {
        entries.push((Shape::Whisker, "95% interval".to_owned()));
    }
    if drawn().any(|d| d.provisional) {
        entries.push((Shape::Outline, "Provisional: will change".to_owned()));
    }
    entries
}

fn rows<'a>(chart: &Bars<'a>, room: Room) -> Result<Vec<Row<'a>>, RenderError> {
    chart
        .bars
        .iter()
        .map(|bar| {
            let drawn = Drawn::of(&bar.point);
            // Of a hidden value nothing is told, not even what it was made of.
            let (value, note) = match bar.point.value {
                Shown::Number(number) => (number.to_string(), bar.note.as_str()),
                Shown::Symbol(_) => (String::new(), ""),
            };
            let beside = if room.narrow { room.right - room.left } else { LABEL };
            let mut label = Type::PLAIN.wrap(&bar.label, beside)?;
            let mut height = THICK + GAP;
            if room.narrow {
                // The value ends the last line of the label, or has a line of its own.
                let taken = Type::PLAIN.width(label.last().map_or("", String::as_str))?
                    + Type::BOLD.width(&value)?
                    + Type::SMALL.width(note)?;
                if taken + 24.0 > beside {
                    label.push(String::new());
                }
                height += f64::from(lines(&label)) * Type::PLAIN.line_height();
            } else {
                let text = f64::from(lines(&label)) * Type::PLAIN.line_height();
                height = height.max(text + 8.0);
            }
            Ok(Row { drawn, shown: bar.point.value, label, value, note, height })
        })
        .collect()
}

fn lines(label: &[String]) -> u32 {
    u32::try_from(label.len()).unwrap_or(1)
}

/// Where the value axis begins and ends.
fn sides(rows: &[Row<'_>], room: Room) -> Result<(f64, f64), RenderError> {
    if room.narrow {
        return Ok((room.left + 12.0, room.right - 22.0));
    }
    let labels = rows.iter().flat_map(|row| row.label.iter().map(String::as_str));
    let gutter = Type::PLAIN.widest(labels)? + 12.0;
    let values = Type::BOLD.widest(rows.iter().map(|row| row.value.as_str()))?;
    let notes = Type::SMALL.widest(rows.iter().map(|row| row.note))?.min(NOTE);
    Ok((room.left + gutter, room.right - values - notes - 30.0))
}

fn paint_row(
    canvas: &mut Canvas<'_>,
    row: &Row<'_>,
    (top, left, right): (f64, f64, f64),
    room: Room,
    x: &impl Fn(f64) -> f64,
) -> Result<(), RenderError> {
    let line = Type::PLAIN.line_height();
    let text = f64::from(lines(&row.label)) * line;
    let middle = if room.narrow {
        canvas.lines(&row.label, (room.left, top + line / 2.0), Align::Left, Type::PLAIN)?;
        let y = top + text - line / 2.0;
        canvas.text(row.note, (room.right, y), Align::Right, Type::SMALL)?;
        let after = if row.note.is_empty() { 0.0 } else { Type::SMALL.width(row.note)? + 8.0 };
        canvas.text(&row.value, (room.right - after, y), Align::Right, Type::BOLD)?;
        top + text + THICK / 2.0 + 2.0
    } else {
        let middle = top + row.height / 2.0;
        let first = middle - (text - line) / 2.0;
        canvas.lines(&row.label, (left - 10.0, first), Align::Right, Type::PLAIN)?;
        canvas.text(&row.value, (right + 14.0, middle), Align::Left, Type::BOLD)?;
        let after = right + 14.0 + Type::BOLD.width(&row.value)? + 6.0;
        canvas.text(row.note, (after, middle), Align::Left, Type::SMALL)?;
        middle
    };
    match (row.shown, row.drawn) {
        (Shown::Symbol(symbol), _) => {
            let kind = Type { colour: INK, ..Type::SMALL };
            canvas.text(symbol.shorthand(), (x(0.0) + 6.0, middle), Align::Left, kind)
        }
        (Shown::Number(_), Some(drawn)) => paint_bar(canvas, drawn, middle, x),
        (Shown::Number(_), None) => Ok(()),
    }
}

fn paint_bar(
    canvas: &mut Canvas<'_>,
    drawn: Drawn,
    middle: f64,
    x: &impl Fn(f64) -> f64,
) -> Result<(), RenderError> {
    let (from, to) = (x(0.0).min(x(drawn.value)), x(0.0).max(x(drawn.value)));
    let (top, bottom) = (middle - THICK / 2.0, middle + THICK / 2.0);
    canvas.rectangle((from, top), (to, bottom), MAIN)?;
    if drawn.provisional && to - from > 4.0 {
        canvas.rectangle((from + 2.0, top + 2.0), (to - 2.0, bottom - 2.0), WHITE)?;
    }
    let Some((lower, upper)) = drawn.interval else { return Ok(()) };
    let (lower, upper) = (x(lower), x(upper));
    // White under black, so that the whisker can be seen on the bar too.
    for (colour, width) in [(WHITE, 4.5), (INK, 1.5)] {
        canvas.line((lower, middle), (upper, middle), colour, width)?;
        for end in [lower, upper] {
            canvas.line((end, middle - 5.0), (end, middle + 5.0), colour, width)?;
        }
    }
    Ok(())
}
