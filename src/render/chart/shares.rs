//! Shares of a whole: one full bar for each level, its parts in the same order everywhere.

use super::axis::ValueAxis;
use super::canvas::{Align, Canvas, Type};
use super::key::{self, Shape};
use super::palette::{GREY, GRID, INK, WHITE, part, text_on};
use super::{Room, coordinate};
use crate::protect::{Shown, Symbol};
use crate::render::RenderError;
use crate::report::chart::AxisKind;

/// What a chart of shares is made of.
pub(super) struct Shares<'a> {
    pub(super) categories: &'a [String],
    pub(super) rows: &'a [(String, Vec<Shown>)],
    pub(super) unknown_last: bool,
}

impl Shares<'_> {
    /// Whether a category is of those of whom nothing is known.
    fn unknown(&self, category: usize) -> bool {
        self.unknown_last && category + 1 == self.categories.len()
    }
}

/// How thick a bar is.
const THICK: f64 = 28.0;
/// Between two bars.
const GAP: f64 = 14.0;
/// White between two parts, so that they can be told apart without colour.
const SEAM: f64 = 2.0;
/// The widest label beside a bar.
const LABEL: f64 = 180.0;

/// Draws the chart and gives the place below it.
///
/// A row with a hidden share is not drawn at all: its other parts would leave a hole that shows the
/// hidden ones.
pub(super) fn paint(
    canvas: &mut Canvas<'_>,
    chart: &Shares<'_>,
    room: Room,
) -> Result<f64, RenderError> {
    let Shares { categories, rows, .. } = *chart;
    let beside = if room.narrow { room.right - room.left - 12.0 } else { LABEL };
    let labels: Vec<Vec<String>> =
        rows.iter().map(|(label, _)| Type::PLAIN.wrap(label, beside)).collect::<Result<_, _>>()?;
    let (left, right) = if room.narrow {
        (room.left + 10.0, room.right - 20.0)
    } else {
        let words = labels.iter().flatten().map(String::as_str);
        (room.left + Type::PLAIN.widest(words)? + 12.0, room.right - 22.0)
    };
    // Parts that were rounded up make a little more than the whole.
    let sums = rows.iter().filter_map(|(_, shares)| numbers(shares));
    let sums = sums.map(|parts| parts.iter().sum::<f64>().min(100.0));
    let axis = ValueAxis::over(AxisKind::Percent, sums, if room.narrow { 4 } else { 5 }, true);
    let x = |value: f64| left + axis.share(value).min(1.0) * (right - left);

    let first = rows.first().and_then(|(_, shares)| numbers(shares));
    let direct = match &first {
        Some(first) if !room.narrow => names_fit(categories, first, &x)?,
        _ => false,
    };
    let top =
        if direct { room.top + 24.0 } else { key::paint(canvas, &entries(chart), room)? + 4.0 };
    let line = Type::PLAIN.line_height();
    let heights: Vec<f64> = labels
        .iter()
        .map(|label| {
            let text = lines(label) * line;
            if room.narrow { text + 2.0 + THICK + GAP } else { (THICK + GAP).max(text + 8.0) }
        })
        .collect();
    let bottom = top + heights.iter().sum::<f64>();
    let mut placed = Vec::new();
    let mut y = top;
    for (label, height) in labels.iter().zip(&heights) {
        let text = lines(label) * line;
        let middle = if room.narrow { y + text + 2.0 + THICK / 2.0 } else { y + height / 2.0 };
        placed.push((y, middle));
        y += height;
    }
    // Lines through labels could not be read, so on a phone they run through the bars only.
    let stretches: Vec<(f64, f64)> = if room.narrow {
        placed
            .iter()
            .map(|(_, middle)| (middle - THICK / 2.0, middle + THICK / 2.0 + 3.0))
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
    for (((_, shares), label), (y, middle)) in rows.iter().zip(&labels).zip(placed) {
        if room.narrow {
            canvas.lines(label, (left, y + line / 2.0), Align::Left, Type::PLAIN)?;
        } else {
            let start = (left - 10.0, middle - (lines(label) - 1.0) * line / 2.0);
            canvas.lines(label, start, Align::Right, Type::PLAIN)?;
        }
        match numbers(shares) {
            Some(numbers) => parts(canvas, chart, shares, &numbers, middle, &x)?,
            None => {
                let kind = Type { colour: INK, ..Type::SMALL };
                canvas.text(&hidden(shares), (x(0.0) + 6.0, middle), Align::Left, kind)?;
            }
        }
    }
    if let (true, Some(first)) = (direct, first) {
        let kind = Type { colour: INK, ..Type::SMALL };
        for (name, (from, to)) in categories.iter().zip(spans(&first)) {
            let middle = f64::midpoint(x(from), x(to));
            canvas.text(name, (middle, top - 8.0), Align::Middle, kind)?;
        }
    }
    Ok(bottom + 24.0)
}

fn lines(label: &[String]) -> f64 {
    f64::from(u32::try_from(label.len()).unwrap_or(1))
}

/// The shares of a row as numbers; nothing when one of them is hidden.
fn numbers(shares: &[Shown]) -> Option<Vec<f64>> {
    shares.iter().copied().map(coordinate).collect()
}

/// Where each part begins and ends.
fn spans(shares: &[f64]) -> Vec<(f64, f64)> {
    let mut end = 0.0;
    shares
        .iter()
        .map(|share| {
            let start = end;
            end += share;
            (start, end)
        })
        .collect()
}

/// Whether every name fits over its part of the first row, where no key is needed.
fn names_fit(
    categories: &[String],
    shares: &[f64],
    x: &impl Fn(f64) -> f64,
) -> Result<bool, RenderError> {
    for (name, (from, to)) in categories.iter().zip(spans(shares)) {
        if Type::SMALL.width(name)? + 8.0 > x(to) - x(from) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn entries(chart: &Shares<'_>) -> Vec<(Shape, String)> {
    let shape = |n| if chart.unknown(n) { Shape::Gap } else { Shape::Fill(part(n)) };
    let names = chart.categories.iter().enumerate().map(|(n, name)| (shape(n), name.clone()));
    std::iter::once((Shape::Nothing, "From left to right:".to_owned())).chain(names).collect()
}

fn parts(
    canvas: &mut Canvas<'_>,
    chart: &Shares<'_>,
    shares: &[Shown],
    numbers: &[f64],
    middle: f64,
    x: &impl Fn(f64) -> f64,
) -> Result<(), RenderError> {
    let (top, bottom) = (middle - THICK / 2.0, middle + THICK / 2.0);
    for (n, (share, (from, to))) in shares.iter().zip(spans(numbers)).enumerate() {
        let (from, to) = (x(from), x(to));
        let end = if to - from > 2.0 * SEAM { to - SEAM } else { to };
        if end <= from {
            continue;
        }
        let fill = if chart.unknown(n) { WHITE } else { part(n) };
        if chart.unknown(n) {
            key::gap(canvas, (from, top), (end, bottom))?;
        } else {
            canvas.rectangle((from, top), (end, bottom), fill)?;
        }
        let (words, kind) = (share.to_string(), Type { colour: text_on(fill), ..Type::SMALL });
        if kind.width(&words)? + 8.0 <= end - from {
            canvas.text(&words, (f64::midpoint(from, end), middle), Align::Middle, kind)?;
        }
    }
    Ok(())
}

/// What stands in place of a row that may not be drawn.
fn hidden(shares: &[Shown]) -> String {
    let reasons = [Symbol::Confidential, Symbol::NotAvailable, Symbol::NotApplicable];
    let found: Vec<&str> = reasons
        .into_iter()
        .filter(|reason| shares.contains(&Shown::Symbol(*reason)))
        .map(Symbol::shorthand)
        .collect();
    found.join(" ")
}
