//! Names beside marks, each where no mark or name stands yet; letters where there is no room for them.

use super::canvas::{Align, Canvas, Place, Type};
use super::palette::{INK, WHITE};
use super::plot::Plot;
use crate::render::RenderError;

/// The widest line of a name.
const WIDEST: f64 = 150.0;

/// Writes names beside their marks. `marks` are all of a plot, so that no name covers one. Those for which there is
/// no room get a letter, which is small enough to stand somewhere; gives them by their place in `named`.
pub(super) fn names(
    canvas: &mut Canvas<'_>,
    plot: &Plot,
    marks: Vec<Place>,
    named: &[(&str, Place)],
    bold: bool,
) -> Result<Vec<usize>, RenderError> {
    let kind = Type { colour: INK, bold, ..Type::SMALL };
    let mut taken: Vec<(Place, Place)> =
        marks.into_iter().map(|(x, y)| ((x - 7.0, y - 7.0), (x + 7.0, y + 7.0))).collect();
    let mut crowded = Vec::new();
    for (n, (name, mark)) in named.iter().copied().enumerate() {
        if !written(canvas, plot, &mut taken, name, mark, kind)? {
            // A name that is a letter already keeps it.
            let own = name.chars().next().filter(|_| name.chars().count() == 1);
            crowded.push((n, own, mark));
        }
    }
    // After all names, so that no letter takes the place of one.
    for ((_, own, mark), next) in crowded.iter().zip('A'..='Z') {
        let own = own.unwrap_or(next);
        let bold = Type { bold: true, ..kind };
        if !written(canvas, plot, &mut taken, &own.to_string(), *mark, bold)? {
            letter(canvas, own, *mark)?;
        }
    }
    Ok(crowded.into_iter().map(|(n, ..)| n).collect())
}

/// Writes words beside a mark, if there is room in the plot where nothing stands yet.
fn written(
    canvas: &mut Canvas<'_>,
    plot: &Plot,
    taken: &mut Vec<(Place, Place)>,
    words: &str,
    (x, y): Place,
    kind: Type,
) -> Result<bool, RenderError> {
    let lines = kind.wrap(words, WIDEST)?;
    let width = kind.widest(lines.iter().map(String::as_str))?;
    let height = lines.len() as f64 * kind.line_height();
    // Right, left, above, below, then between these: the first that stays in the plot and covers nothing.
    let corners = [
        (x + 10.0, y - height / 2.0),
        (x - 10.0 - width, y - height / 2.0),
        (x - width / 2.0, y - 9.0 - height),
        (x - width / 2.0, y + 9.0),
        (x + 7.0, y - 6.0 - height),
        (x + 7.0, y + 6.0),
        (x - 7.0 - width, y - 6.0 - height),
        (x - 7.0 - width, y + 6.0),
    ];
    let free = |(left, top): &Place| {
        let (right, bottom) = (left + width, top + height);
        let inside =
            *left >= plot.left && right <= plot.right && *top >= plot.top && bottom <= plot.bottom;
        inside
            && !taken
                .iter()
                .any(|((l, t), (r, b))| *left < *r && *l < right && *top < *b && *t < bottom)
    };
    let Some((left, top)) = corners.iter().copied().find(free) else { return Ok(false) };
    // Paper of its own, so that no line runs through the words.
    canvas.rectangle((left - 2.0, top), (left + width + 2.0, top + height), WHITE)?;
    canvas.lines(&lines, (left, top + kind.line_height() / 2.0), Align::Left, kind)?;
    taken.push(((left, top), (left + width, top + height)));
    Ok(true)
}

/// A letter beside a mark, where there is no room for a name.
pub(super) fn letter(
    canvas: &mut Canvas<'_>,
    letter: char,
    (x, y): Place,
) -> Result<(), RenderError> {
    let kind = Type { colour: INK, bold: true, ..Type::SMALL };
    canvas.text(&letter.to_string(), (x + 9.0, y - 8.0), Align::Left, kind)
}
