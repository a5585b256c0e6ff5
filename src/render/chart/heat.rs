//! The heat table: every number printed in its cell, the shade only leads the eye.

use super::axis::ValueAxis;
use super::canvas::{Align, Canvas, Place, Type};
use super::palette::{Colour, GREY, INK, RAMP, WHITE, text_on};
use super::{Room, coordinate};
use crate::protect::Shown;
use crate::render::RenderError;
use crate::report::chart::{AxisKind, Heat};

/// Height of a cell, and of a row of the list on a phone.
const CELL: f64 = 34.0;
const NARROW_CELL: f64 = 26.0;
/// The widest head of a row.
const LABEL: f64 = 170.0;
/// White between cells.
const SEAM: f64 = 2.0;

/// Which shade a value has: one of five equal steps from nought.
struct Shades {
    axis: ValueAxis,
}

impl Shades {
    fn of(chart: &Heat) -> Self {
        let cells = chart.rows.iter().flat_map(|(_, cells)| cells);
        let numbers = cells.copied().filter_map(coordinate);
        // Five steps up to the largest number, whatever the whole would be.
        Self { axis: ValueAxis::over(AxisKind::Plain, numbers, RAMP.len() as u32, false) }
    }

    fn shade(&self, value: f64) -> Colour {
        let share = self.axis.share(value);
        let step = |n: usize| n as f64 / RAMP.len() as f64;
        let reached = RAMP.iter().enumerate().rev().find(|(n, _)| share >= step(*n));
        reached.map_or(WHITE, |(_, colour)| *colour)
    }
}

/// Draws the chart and gives the place below it.
pub(super) fn paint(canvas: &mut Canvas<'_>, chart: &Heat, room: Room) -> Result<f64, RenderError> {
    let shades = Shades::of(chart);
    let top = key(canvas, chart, &shades, room)? + 8.0;
    if room.narrow {
        list(canvas, chart, &shades, room, top)
    } else {
        grid(canvas, chart, &shades, room, top)
    }
}

/// From the palest to the darkest, with the numbers at the ends.
fn key(
    canvas: &mut Canvas<'_>,
    chart: &Heat,
    shades: &Shades,
    room: Room,
) -> Result<f64, RenderError> {
    let kind = Type { colour: INK, ..Type::SMALL };
    let lines = kind.wrap(&chart.shade, room.right - room.left)?;
    let mut y = canvas.lines(&lines, (room.left, room.top + 11.0), Align::Left, kind)?;
    y += 2.0;
    let ticks = shades.axis.ticks();
    let (Some((_, least)), Some((_, most))) = (ticks.first(), ticks.last()) else { return Ok(y) };
    let unit = if chart.axis == AxisKind::Percent { "%" } else { "" };
    let (least, most) = (&format!("{least}{unit}"), &format!("{most}{unit}"));
    canvas.text(least, (room.left, y), Align::Left, kind)?;
    let mut x = room.left + kind.width(least)? + 8.0;
    for colour in RAMP {
        square(canvas, (x, y - 8.0), (x + 28.0, y + 8.0), colour)?;
        x += 30.0;
    }
    canvas.text(most, (x + 6.0, y), Align::Left, kind)?;
    Ok(y + 14.0)
}

/// A filled cell; pale fills have an outline, because they hardly differ from paper.
fn square(
    canvas: &mut Canvas<'_>,
    from: Place,
    to: Place,
    colour: Colour,
) -> Result<(), RenderError> {
    canvas.rectangle(from, to, GREY)?;
    canvas.rectangle((from.0 + 1.0, from.1 + 1.0), (to.0 - 1.0, to.1 - 1.0), colour)
}

/// One cell: its shade and number, or hatching and the shorthand.
fn cell(
    canvas: &mut Canvas<'_>,
    shown: Shown,
    shades: &Shades,
    from: Place,
    to: Place,
) -> Result<(), RenderError> {
    let middle = (f64::midpoint(from.0, to.0), f64::midpoint(from.1, to.1));
    let words = shown.to_string();
    let Shown::Number(number) = shown else {
        square(canvas, from, to, WHITE)?;
        let height = to.1 - from.1;
        let mut x = from.0;
        while x < to.0 - 1.0 {
            let end = (x + height).min(to.0 - 1.0);
            canvas.line((x, to.1 - 1.0), (end, to.1 - 1.0 - (end - x)), GREY, 0.7)?;
            x += 8.0;
        }
        let half = Type::SMALL.width(&words)? / 2.0 + 3.0;
        canvas.rectangle(
            (middle.0 - half, middle.1 - 8.0),
            (middle.0 + half, middle.1 + 8.0),
            WHITE,
        )?;
        return canvas.text(&words, middle, Align::Middle, Type { colour: INK, ..Type::SMALL });
    };
    let fill = shades.shade(number.as_f64());
    square(canvas, from, to, fill)?;
    canvas.text(&words, middle, Align::Middle, Type { colour: text_on(fill), ..Type::PLAIN })
}

fn grid(
    canvas: &mut Canvas<'_>,
    chart: &Heat,
    shades: &Shades,
    room: Room,
    top: f64,
) -> Result<f64, RenderError> {
    let labels: Vec<Vec<String>> = chart
        .rows
        .iter()
        .map(|(label, _)| Type::PLAIN.wrap(label, LABEL))
        .collect::<Result<_, _>>()?;
    let left = room.left
        + Type::PLAIN.widest(labels.iter().flatten().map(String::as_str).chain(["All"]))?
        + 12.0;
    let totals = if chart.row_totals.is_empty() {
        0.0
    } else {
        Type::BOLD.width(&chart.total)?.max(48.0) + 24.0
    };
    let columns = chart.columns.len().max(1) as f64;
    // Few columns need not fill the page.
    let width = ((room.right - totals - left) / columns).min(150.0);
    let x = |column: usize| left + column as f64 * width;
    let kind = Type { colour: INK, ..Type::SMALL };

    // Heads that are too wide for their column stand on two levels, every other one higher.
    let longest = |text: &String| kind.widest(text.split_whitespace());
    let widths: Vec<f64> = chart.columns.iter().map(longest).collect::<Result<_, _>>()?;
    let staggered = widths.iter().any(|w| *w > width - 4.0);
    let room_for_words = if staggered { 2.0 * width - 8.0 } else { width - 4.0 };
    let heads: Vec<Vec<String>> = chart
        .columns
        .iter()
        .map(|text| kind.wrap(text, room_for_words))
        .collect::<Result<_, _>>()?;
    let tallest = |odd: usize| {
        let level = heads.iter().enumerate().filter(|(n, _)| !staggered || n % 2 == odd);
        level.map(|(_, lines)| lines.len()).max().unwrap_or(0) as f64 * kind.line_height()
    };
    let (lower, upper) = (tallest(0), if staggered { tallest(1) + 4.0 } else { 0.0 });
    let body = top + upper + lower + 6.0;
    for (n, lines) in heads.iter().enumerate() {
        let high = staggered && n % 2 == 1;
        let foot = if high { top + upper - 4.0 } else { body - 6.0 };
        let first = foot - (lines.len() as f64 - 0.5) * kind.line_height();
        let middle = x(n) + width / 2.0;
        canvas.lines(lines, (middle, first), Align::Middle, kind)?;
        if high {
            canvas.line((middle, foot + 2.0), (middle, body - 3.0), GREY, 1.0)?;
        }
    }
    let line = Type::PLAIN.line_height();
    let all = x(chart.columns.len()) + 10.0;
    let mut y = body;
    if totals > 0.0 {
        let at = (all + totals - 14.0, body - 14.0);
        canvas.text(&chart.total, at, Align::Right, Type::BOLD)?;
    }
    for (n, ((_, cells), label)) in chart.rows.iter().zip(&labels).enumerate() {
        let height = CELL.max(label.len() as f64 * line + 6.0);
        let middle = y + height / 2.0;
        let first = middle - (label.len() as f64 - 1.0) * line / 2.0;
        canvas.lines(label, (left - 10.0, first), Align::Right, Type::PLAIN)?;
        for (column, shown) in cells.iter().enumerate() {
            let (from, to) = ((x(column), y), (x(column) + width - SEAM, y + height - SEAM));
            cell(canvas, *shown, shades, from, to)?;
        }
        if let Some(total) = chart.row_totals.get(n) {
            let at = (all + totals - 14.0, middle);
            canvas.text(&total.to_string(), at, Align::Right, Type::BOLD)?;
        }
        y += height;
    }
    if !chart.column_totals.is_empty() {
        let middle = y + CELL / 2.0;
        canvas.text("All", (left - 10.0, middle), Align::Right, Type::BOLD)?;
        for (column, total) in chart.column_totals.iter().enumerate() {
            let (at, align) = if column < chart.columns.len() {
                (x(column) + width / 2.0, Align::Middle)
            } else {
                (all + totals - 14.0, Align::Right)
            };
            canvas.text(&total.to_string(), (at, middle), align, Type::BOLD)?;
        }
        y += CELL;
    }
    Ok(y + 4.0)
}

/// On a phone no row has room for its cells: each becomes a list under its head.
fn list(
    canvas: &mut Canvas<'_>,
    chart: &Heat,
    shades: &Shades,
    room: Room,
    top: f64,
) -> Result<f64, RenderError> {
    const WIDTH: f64 = 72.0;
    let kind = Type { colour: INK, ..Type::SMALL };
    let line = kind.line_height();
    let mut y = top;
    for (n, (label, cells)) in chart.rows.iter().enumerate() {
        let total = chart
            .row_totals
            .get(n)
            .map(|t| format!(", {}: {t}", chart.total.to_lowercase()))
            .unwrap_or_default();
        let head = Type::BOLD.wrap(&format!("{label}{total}"), room.right - room.left)?;
        y = canvas.lines(&head, (room.left, y + 12.0), Align::Left, Type::BOLD)? - 2.0;
        for (column, shown) in chart.columns.iter().zip(cells) {
            let lines = kind.wrap(column, room.right - room.left - WIDTH - 10.0)?;
            let height = NARROW_CELL.max(lines.len() as f64 * line + 4.0);
            let first = y + height / 2.0 - (lines.len() as f64 - 1.0) * line / 2.0;
            canvas.lines(&lines, (room.left, first), Align::Left, kind)?;
            let from = (room.right - WIDTH, y);
            cell(canvas, *shown, shades, from, (room.right, y + height - SEAM))?;
            y += height;
        }
        y += 10.0;
    }
    Ok(y)
}
