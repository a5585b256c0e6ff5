//! Rows of small series: each on its own scale, with what it usually does, its newest value and its words.

use super::canvas::{Align, Canvas, Place, Type};
use super::key::{self, Shape};
use super::palette::{GREY, INK, MAIN};
use super::{Room, control, coordinate};
use crate::protect::Shown;
use crate::render::RenderError;
use crate::report::chart::{Spark, Sparklines};

/// Height of the line itself.
const LINE: f64 = 34.0;
/// The room of a mark before words.
const MARK: f64 = 16.0;
/// The least height of a row.
const ROW: f64 = 48.0;

/// Draws the chart and gives the place below it.
pub(super) fn paint(
    canvas: &mut Canvas<'_>,
    chart: &Sparklines,
    room: Room,
) -> Result<f64, RenderError> {
    let mut entries = Vec::new();
    let longest = chart.rows.iter().map(|row| row.points.len()).max().unwrap_or(0);
    let words = format!("{longest} {} to the newest known, each on its own scale", chart.noun);
    entries.push((Shape::Nothing, words));
    if chart.rows.iter().any(|row| row.usual.is_some()) {
        entries.push((Shape::Band, "What it usually does".to_owned()));
    }
    entries.extend(control::senses(chart.rows.iter().filter_map(|row| row.signal)));
    let mut y = key::paint(canvas, &entries, room)? + 6.0;
    let newest = |row: &Spark| row.points.last().map(ToString::to_string).unwrap_or_default();
    let values: Vec<String> = chart.rows.iter().map(newest).collect();
    let value = Type::BOLD.widest(values.iter().map(String::as_str))?;
    for (row, newest) in chart.rows.iter().zip(values) {
        canvas.line((room.left, y), (room.right, y), super::palette::GRID, 1.0)?;
        y = if room.narrow {
            stacked(canvas, row, longest, (&newest, value), room, y)?
        } else {
            beside(canvas, row, longest, (&newest, value), room, y)?
        };
    }
    Ok(y + 4.0)
}

/// Label, line, value and words in one row.
fn beside(
    canvas: &mut Canvas<'_>,
    row: &Spark,
    longest: usize,
    (newest, value): (&str, f64),
    room: Room,
    top: f64,
) -> Result<f64, RenderError> {
    const LABEL: f64 = 230.0;
    const WORDS: f64 = 220.0;
    let label = Type::PLAIN.wrap(&row.label, LABEL)?;
    let indent = if row.signal.is_some() { MARK } else { 0.0 };
    let words = Type::SMALL.wrap(&said(row), WORDS - indent)?;
    let line = Type::PLAIN.line_height();
    let height = ROW.max(label.len().max(words.len()) as f64 * line + 10.0);
    let middle = top + height / 2.0;
    let start = |lines: &[String], kind: Type| {
        middle - (lines.len() as f64 - 1.0) * kind.line_height() / 2.0
    };
    let at = (room.left, start(&label, Type::PLAIN));
    canvas.lines(&label, at, Align::Left, Type::PLAIN)?;
    let right = room.right - WORDS - value - 32.0;
    let (from, to) = (room.left + LABEL + 14.0, right);
    spark(canvas, row, longest, [(from, middle - LINE / 2.0), (to, middle + LINE / 2.0)])?;
    canvas.text(newest, (right + 16.0 + value, middle), Align::Right, Type::BOLD)?;
    let (x, y) = (room.right - WORDS, start(&words, Type::SMALL));
    signal(canvas, row, (x + 5.0, y))?;
    canvas.lines(&words, (x + indent, y), Align::Left, Type::SMALL)?;
    Ok(top + height)
}

/// The same for a phone: label above, words below.
fn stacked(
    canvas: &mut Canvas<'_>,
    row: &Spark,
    longest: usize,
    (newest, value): (&str, f64),
    room: Room,
    top: f64,
) -> Result<f64, RenderError> {
    let width = room.right - room.left;
    let indent = if row.signal.is_some() { MARK } else { 0.0 };
    let label = Type::PLAIN.wrap(&row.label, width)?;
    let words = Type::SMALL.wrap(&said(row), width - indent)?;
    let first = (room.left, top + 14.0);
    let y = canvas.lines(&label, first, Align::Left, Type::PLAIN)? - 6.0;
    let right = room.right - value - 12.0;
    spark(canvas, row, longest, [(room.left + 4.0, y), (right, y + LINE)])?;
    canvas.text(newest, (room.right, y + LINE / 2.0), Align::Right, Type::BOLD)?;
    let below = y + LINE + 14.0;
    signal(canvas, row, (room.left + 5.0, below))?;
    canvas.lines(&words, (room.left + indent, below), Align::Left, Type::SMALL)
}

/// The newest period that is known, and what the row says.
fn said(row: &Spark) -> String {
    format!("{}: {}", row.newest, row.words)
}

/// The mark of a signal before its words.
fn signal(canvas: &mut Canvas<'_>, row: &Spark, at: Place) -> Result<(), RenderError> {
    match row.signal {
        Some(sense) => control::marked(canvas, at, 4.2, false, sense),
        None => Ok(()),
    }
}

/// The line between two corners. It has no axis: its lowest and highest number fill the height. A value that
/// may not be seen is a gap, with a tick below.
fn spark(
    canvas: &mut Canvas<'_>,
    row: &Spark,
    longest: usize,
    [from, to]: [Place; 2],
) -> Result<(), RenderError> {
    let all =
        || row.points.iter().chain(row.usual.iter().flatten()).copied().filter_map(coordinate);
    let (least, most) = all().fold((f64::MAX, f64::MIN), |(l, m), v| (l.min(v), m.max(v)));
    let span = if most > least { most - least } else { 1.0 };
    let y = |value: f64| {
        if most > least {
            to.1 - (value - least) / span * (to.1 - from.1)
        } else {
            f64::midpoint(from.1, to.1)
        }
    };
    // A shorter series ends with the others.
    let steps = longest.saturating_sub(1).max(1) as f64;
    let later = longest - row.points.len().min(longest);
    let x = |n: usize| from.0 + (n + later) as f64 / steps * (to.0 - from.0);
    if let Some([low, centre, high]) = row.usual {
        // Without a limit all of that side is usual.
        let [low, high] = [(low, to.1), (high, from.1)]
            .map(|(limit, edge)| coordinate(limit).map_or(edge, y))
            .map(|y| [(x(0), y), (to.0, y)]);
        key::band(canvas, &high, &low, MAIN)?;
        if let Some(centre) = coordinate(centre) {
            canvas.dashes((x(0), y(centre)), (to.0, y(centre)), GREY, 1.0)?;
        }
    }
    for pair in row.points.windows(2).enumerate() {
        let (n, [Shown::Number(a), Shown::Number(b)]) = pair else { continue };
        canvas.line((x(n), y(a.as_f64())), (x(n + 1), y(b.as_f64())), MAIN, 1.8)?;
    }
    for (n, point) in row.points.iter().enumerate() {
        let alone = |n: Option<usize>| {
            n.and_then(|n| row.points.get(n)).is_none_or(|p| coordinate(*p).is_none())
        };
        match coordinate(*point) {
            Some(value) if n + 1 == row.points.len() => match row.signal {
                Some(sense) => control::marked(canvas, (x(n), y(value)), 3.8, false, sense)?,
                None => canvas.disc((x(n), y(value)), 3.8, MAIN)?,
            },
            // Between two gaps no line would show it.
            Some(value) if alone(n.checked_sub(1)) && alone(Some(n + 1)) => {
                canvas.disc((x(n), y(value)), 2.2, MAIN)?;
            }
            Some(_) => {}
            None => canvas.line((x(n), to.1 + 2.0), (x(n), to.1 + 6.0), INK, 1.2)?,
        }
    }
    Ok(())
}
