//! The scatter plot: places by how much they have of two things, and a line on which all would lie that have as
//! much of the one for each of the other as the whole.

use super::axis::ValueAxis;
use super::beside;
use super::canvas::{Align, Canvas, Place, Type};
use super::ends::{EndLabel, EndLabels};
use super::palette::{GREY, INK, MAIN, WHITE};
use super::plot::Plot;
use super::{Room, coordinate};
use crate::protect::Shown;
use crate::render::RenderError;
use crate::report::chart::{Scatter, ScatterPlace};

/// Draws the chart and gives the place below it.
pub(super) fn paint(
    canvas: &mut Canvas<'_>,
    chart: &Scatter,
    room: Room,
) -> Result<f64, RenderError> {
    let [across_kind, up_kind] = chart.axes;
    // A place of which one number is hidden has no mark: the other would lie on a line through it.
    let drawn: Vec<(&ScatterPlace, f64, f64)> = chart
        .places
        .iter()
        .filter_map(|p| both(p.has).map(|[across, up]| (p, across, up)))
        .collect();
    let across = drawn.iter().map(|(_, across, _)| *across);
    let across = ValueAxis::around(across_kind, across, if room.narrow { 4 } else { 6 });
    let slope = both(chart.whole).filter(|[of, _]| *of > 0.0).map(|[of, up]| up / of);
    // The line runs from end to end, whatever is drawn.
    let line = slope.filter(|_| !drawn.is_empty());
    let line = line.map(|slope| across.ends().map(|end| (end, slope * end)));
    let ups = drawn.iter().map(|(.., up)| *up).chain(line.iter().flatten().map(|(_, up)| *up));
    let axis = ValueAxis::around(up_kind, ups, if room.narrow { 4 } else { 5 });

    let kind = Type { colour: INK, ..Type::SMALL };
    let words = if room.narrow { "Whole" } else { "Whole council" };
    let labels = line.map(|[_, (_, end)]| EndLabel::words(end, words, kind)).transpose()?;
    let labels = EndLabels::new(labels.into_iter().collect());
    let head = Type::SMALL.wrap(&format!("↑ {}", chart.up), room.right - room.left)?;
    let top = room.top + Type::SMALL.line_height() / 2.0;
    let top = canvas.lines(&head, (room.left, top), Align::Left, Type::SMALL)? + 4.0;
    let plot = Plot {
        left: room.left + axis.gutter()?,
        right: room.right - labels.width()?,
        top,
        bottom: top + if room.narrow { 260.0 } else { 340.0 },
        axis,
        periods: 0,
    };
    plot.grid(canvas)?;
    plot.grid_across(&across, canvas)?;
    let x = |value: f64| plot.across(&across, value);
    let foot = Type::SMALL.wrap(&format!("{} →", chart.across), plot.right - plot.left)?;
    let below = canvas.lines(&foot, (plot.right, plot.bottom + 34.0), Align::Right, Type::SMALL)?;
    let at = |across: f64, up: f64| (x(across), plot.y(up));
    if let Some([from, to]) = line {
        canvas.dashes(at(from.0, from.1), at(to.0, to.1), GREY, 1.4)?;
    }
    for (_, across, up) in &drawn {
        canvas.marker(at(*across, *up), 0, 7.5, false, WHITE)?;
        canvas.marker(at(*across, *up), 0, 5.5, false, MAIN)?;
    }
    labels.paint(canvas, &plot)?;
    let named = drawn.iter().filter(|(p, ..)| p.is_named);
    let named: Vec<(&ScatterPlace, Place)> =
        named.map(|(p, across, up)| (*p, at(*across, *up))).collect();
    let mut below = below + 4.0;
    let mut remark = |canvas: &mut Canvas<'_>, words: String| -> Result<(), RenderError> {
        let lines = Type::SMALL.wrap(&words, room.right - room.left)?;
        below = canvas.lines(&lines, (room.left, below), Align::Left, Type::SMALL)?;
        Ok(())
    };
    // Where there is no room for a name there is for a letter; the name follows.
    let marks = drawn.iter().map(|(_, across, up)| at(*across, *up)).collect();
    let letters: Vec<String> = ('A'..='Z').map(String::from).collect();
    let names: Vec<(&str, Place)> = if room.narrow {
        letters.iter().zip(&named).map(|(letter, (_, mark))| (letter.as_str(), *mark)).collect()
    } else {
        named.iter().map(|(p, mark)| (p.label.as_str(), *mark)).collect()
    };
    let crowded = beside::names(canvas, &plot, marks, &names, room.narrow)?;
    let lettered: Vec<usize> = if room.narrow { (0..named.len()).collect() } else { crowded };
    for (letter, n) in ('A'..='Z').zip(lettered) {
        let Some((place, _)) = named.get(n) else { continue };
        let [across, up] = place.has;
        remark(canvas, format!("{letter} {}: {across} and {up}", place.label))?;
    }
    let hidden: Vec<String> = chart
        .places
        .iter()
        .filter(|p| both(p.has).is_none())
        .map(|p| {
            let [across, up] = p.has;
            format!("{} {}", p.label, if across.number().is_none() { across } else { up })
        })
        .collect();
    if !hidden.is_empty() {
        remark(canvas, format!("Not drawn: {}", hidden.join(", ")))?;
    }
    Ok(below)
}

/// Both numbers, where both may be seen.
fn both(has: [Shown; 2]) -> Option<[f64; 2]> {
    let [across, up] = has.map(coordinate);
    Some([across?, up?])
}
