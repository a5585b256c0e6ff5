//! One value for each level: bars from nought, in the order given, value and numbers beside them.

use super::axis::ValueAxis;
use super::canvas::{Align, Canvas, Type};
use super::key::{self, Shape};
use super::palette::{GREY, GRID, INK, MAIN, WHITE};
use super::{Drawn, Room};
use crate::protect::Shown;
use crate::render::RenderError;
use crate::report::chart::{AxisKind, Bar, ReferenceLine};

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
const NOTE: f64 = 150.0;

/// One bar with its words, cut to lines.
struct Row {
    drawn: Option<Drawn>,
    shown: Shown,
    label: Vec<String>,
    value: String,
    note: Vec<String>,
    height: f64,
}

impl Row {
    /// Height of the label.
    fn text(&self) -> f64 {
        lines(&self.label) * Type::PLAIN.line_height()
    }

    /// The middle of its bar when the row begins at `top`.
    fn middle(&self, top: f64, room: Room) -> f64 {
        if room.narrow { top + self.text() + THICK / 2.0 + 3.0 } else { top + self.height / 2.0 }
    }
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
    let columns = Columns::of(&rows, room)?;
    let x = |value: f64| columns.left + axis.share(value) * (columns.right - columns.left);

    let top = if chart.reference.is_some() { top + 22.0 } else { top + 4.0 };
    let mut bottom = top;
    let mut placed = Vec::new();
    for row in &rows {
        placed.push((row, bottom, row.middle(bottom, room)));
        bottom += row.height;
    }
    // Lines through labels could not be read, so on a phone they run through the bars only.
    let stretches: Vec<(f64, f64)> = if room.narrow {
        placed
            .iter()
            .map(|(_, _, middle)| (middle - THICK / 2.0 - 3.0, middle + THICK / 2.0 + 3.0))
            .collect()
    } else {
        vec![(top, bottom)]
    };
    for (value, words) in axis.ticks() {
        let colour = if value == 0.0 { GREY } else { GRID };
        for (from, to) in &stretches {
            canvas.line((x(value), *from), (x(value), *to), colour, 1.0)?;
        }
        canvas.text(&words, (x(value), bottom + 14.0), Align::Middle, Type::SMALL)?;
    }
    for (row, top, middle) in &placed {
        words(canvas, row, *top, *middle, &columns, room)?;
        match (row.shown, row.drawn) {
            (Shown::Symbol(symbol), _) => {
                let kind = Type { colour: INK, ..Type::SMALL };
                canvas.text(symbol.shorthand(), (x(0.0) + 6.0, *middle), Align::Left, kind)?;
            }
            (Shown::Number(_), Some(drawn)) => bar(canvas, drawn, *middle, &x)?,
            (Shown::Number(_), None) => {}
        }
    }
    if let Some(reference) = chart.reference {
        let at = x(reference.at);
        // White under the dashes, so that they can be seen on the bars too.
        for (from, to) in &stretches {
            canvas.line((at, *from), (at, *to), WHITE, 3.5)?;
            canvas.dashes((at, *from), (at, *to), INK, 1.5)?;
        }
        let kind = Type { colour: INK, ..Type::SMALL };
        let half = kind.width(&reference.label)? / 2.0;
        let middle = at.min(room.right - half).max(room.left + half);
        canvas.text(&reference.label, (middle, top - 11.0), Align::Middle, kind)?;
    }
    for (row, _, middle) in &placed {
        if let Some(drawn) = row.drawn {
            whisker(canvas, drawn, *middle, &x)?;
        }
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

fn rows(chart: &Bars<'_>, room: Room) -> Result<Vec<Row>, RenderError> {
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
            let beside = if room.narrow { room.right - room.left - 12.0 } else { LABEL };
            let mut label = Type::PLAIN.wrap(&bar.label, beside)?;
            let note = Type::SMALL.wrap(note, if room.narrow { beside } else { NOTE })?;
            let mut height = THICK + GAP;
            if room.narrow {
                // The value ends the last line of the label, or has a line of its own.
                let taken = Type::PLAIN.width(label.last().map_or("", String::as_str))?
                    + Type::BOLD.width(&value)?
                    + Type::SMALL.widest(note.iter().map(String::as_str))?;
                if taken + 24.0 > beside {
                    label.push(String::new());
                }
                height += lines(&label) * Type::PLAIN.line_height();
            } else {
                let text = lines(&label).max(lines(&note)) * Type::PLAIN.line_height();
                height = height.max(text + 8.0);
            }
            Ok(Row { drawn, shown: bar.point.value, label, value, note, height })
        })
        .collect()
}

fn lines(label: &[String]) -> f64 {
    f64::from(u32::try_from(label.len()).unwrap_or(1))
}

/// Where the parts of every row stand.
struct Columns {
    /// The low end of the value axis.
    left: f64,
    /// Its high end.
    right: f64,
    /// The right edge of the values.
    values: f64,
    /// The left edge of the notes.
    notes: f64,
}

impl Columns {
    fn of(rows: &[Row], room: Room) -> Result<Self, RenderError> {
        if room.narrow {
            let (left, right) = (room.left + 12.0, room.right - 22.0);
            return Ok(Self { left, right, values: room.right, notes: room.right });
        }
        let labels = rows.iter().flat_map(|row| row.label.iter().map(String::as_str));
        let gutter = Type::PLAIN.widest(labels)? + 12.0;
        let values = Type::BOLD.widest(rows.iter().map(|row| row.value.as_str()))?;
        let notes = room.right
            - Type::SMALL
                .widest(rows.iter().flat_map(|row| row.note.iter().map(String::as_str)))?;
        let values_end = notes - 10.0;
        let right = values_end - values - 20.0;
        Ok(Self { left: room.left + gutter, right, values: values_end, notes })
    }
}

/// The label, the value and what it is made of.
fn words(
    canvas: &mut Canvas<'_>,
    row: &Row,
    top: f64,
    middle: f64,
    columns: &Columns,
    room: Room,
) -> Result<(), RenderError> {
    let line = Type::PLAIN.line_height();
    if room.narrow {
        canvas.lines(&row.label, (columns.left, top + line / 2.0), Align::Left, Type::PLAIN)?;
        let y = top + row.text() - line / 2.0;
        let mut after = 0.0;
        if let Some(note) = row.note.first() {
            canvas.text(note, (room.right, y), Align::Right, Type::SMALL)?;
            after = Type::SMALL.width(note)? + 6.0;
        }
        return canvas.text(&row.value, (room.right - after, y), Align::Right, Type::BOLD);
    }
    let first = middle - (row.text() - line) / 2.0;
    canvas.lines(&row.label, (columns.left - 10.0, first), Align::Right, Type::PLAIN)?;
    canvas.text(&row.value, (columns.values, middle), Align::Right, Type::BOLD)?;
    let first = middle - (lines(&row.note) - 1.0).max(0.0) * Type::SMALL.line_height() / 2.0;
    canvas.lines(&row.note, (columns.notes, first), Align::Left, Type::SMALL)?;
    Ok(())
}

/// The bar itself, from nought; empty when provisional.
fn bar(
    canvas: &mut Canvas<'_>,
    drawn: Drawn,
    middle: f64,
    x: &impl Fn(f64) -> f64,
) -> Result<(), RenderError> {
    let (from, to) = span(drawn, x);
    let (top, bottom) = (middle - THICK / 2.0, middle + THICK / 2.0);
    canvas.rectangle((from, top), (to, bottom), MAIN)?;
    if drawn.provisional && to - from > 4.0 {
        canvas.rectangle((from + 2.0, top + 2.0), (to - 2.0, bottom - 2.0), WHITE)?;
    }
    Ok(())
}

/// The interval: black beside the bar, white on it.
fn whisker(
    canvas: &mut Canvas<'_>,
    drawn: Drawn,
    middle: f64,
    x: &impl Fn(f64) -> f64,
) -> Result<(), RenderError> {
    let Some((lower, upper)) = drawn.interval else { return Ok(()) };
    let ((from, to), (lower, upper)) = (span(drawn, x), (x(lower), x(upper)));
    canvas.line((lower, middle), (upper, middle), INK, 1.5)?;
    let (start, end) = (lower.max(from), upper.min(to));
    if start < end && !drawn.provisional {
        canvas.line((start, middle), (end, middle), WHITE, 2.0)?;
    }
    for end in [lower, upper] {
        let on_bar = from < end && end < to && !drawn.provisional;
        let colour = if on_bar { WHITE } else { INK };
        canvas.line((end, middle - 5.0), (end, middle + 5.0), colour, 1.5)?;
    }
    Ok(())
}

/// Where a bar begins and ends.
fn span(drawn: Drawn, x: &impl Fn(f64) -> f64) -> (f64, f64) {
    let (zero, value) = (x(0.0), x(drawn.value));
    (zero.min(value), zero.max(value))
}
