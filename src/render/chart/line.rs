//! Values over time: lines with their intervals, provisional points hollow, hidden ones gaps.

use super::axis::{PeriodLabels, ValueAxis};
use super::canvas::{Align, Canvas, Place, Type};
use super::key::{self, Shape};
use super::palette::{Colour, GREY, GRID, INK, MAIN, category};
use super::{Drawn, Room};
use crate::protect::{Shown, Symbol};
use crate::render::RenderError;
use crate::report::document::{AxisKind, ReferenceLine, Series};

/// What a line chart is made of.
pub(super) struct Line<'a> {
    pub(super) labels: &'a [String],
    pub(super) series: &'a [Series],
    pub(super) axis: AxisKind,
    pub(super) reference: &'a Option<ReferenceLine>,
}

/// Height of one row of shorthand under the plot.
const STRIP: f64 = 18.0;

/// The plot: where values and periods stand.
struct Plot {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    axis: ValueAxis,
    periods: usize,
}

impl Plot {
    fn y(&self, value: f64) -> f64 {
        self.bottom - self.axis.share(value) * (self.bottom - self.top)
    }

    fn pitch(&self) -> f64 {
        let steps = u32::try_from(self.periods.saturating_sub(1)).unwrap_or(u32::MAX);
        (self.right - self.left - 2.0 * Self::INSET) / f64::from(steps.max(1))
    }

    fn x(&self, period: usize) -> f64 {
        if self.periods <= 1 {
            return f64::midpoint(self.left, self.right);
        }
        self.left + Self::INSET + f64::from(u32::try_from(period).unwrap_or(0)) * self.pitch()
    }

    const INSET: f64 = 14.0;
}

/// Draws the chart and gives the place below it.
pub(super) fn paint(
    canvas: &mut Canvas<'_>,
    line: &Line<'_>,
    room: Room,
) -> Result<f64, RenderError> {
    let top = key::paint(canvas, &entries(line, room.narrow), room)?;
    let axis = ValueAxis::over(
        line.axis,
        points(line).flat_map(Drawn::extent).chain(line.reference.iter().map(|r| r.at)),
        if room.narrow { 4 } else { 5 },
        true,
    );
    let ticks = axis.ticks();
    let gutter = Type::SMALL.widest(ticks.iter().map(|(_, words)| words.as_str()))? + 8.0;
    let height = if room.narrow { 220.0 } else { 280.0 };
    let ends = EndLabels::of(line, room.narrow)?;
    let plot = Plot {
        left: room.left + gutter,
        right: room.right - ends.width()?,
        top: top + 12.0,
        bottom: top + 12.0 + height,
        axis,
        periods: line.labels.len(),
    };

    for (value, words) in &ticks {
        let y = plot.y(*value);
        let colour = if *value == 0.0 { GREY } else { GRID };
        canvas.line((plot.left, y), (plot.right, y), colour, 1.0)?;
        canvas.text(words, (plot.left - 8.0, y), Align::Right, Type::SMALL)?;
    }
    for (n, series) in line.series.iter().enumerate() {
        intervals(canvas, &plot, series, colour_of(line, n), line.series.len() <= 2)?;
    }
    if let Some(reference) = line.reference {
        let y = plot.y(reference.at);
        canvas.dashes((plot.left, y), (plot.right, y), INK, 1.5)?;
    }
    for (n, series) in line.series.iter().enumerate() {
        values(canvas, &plot, series, n, colour_of(line, n))?;
    }
    ends.paint(canvas, &plot)?;
    let strip_end = shorthand(canvas, &plot, line)?;
    periods(canvas, &plot, line.labels, strip_end)
}

fn points<'a>(line: &'a Line<'_>) -> impl Iterator<Item = Drawn> + 'a {
    line.series.iter().flat_map(|s| &s.points).filter_map(Drawn::of)
}

fn colour_of(line: &Line<'_>, series: usize) -> Colour {
    // Two series alone get the pair that differs most.
    if line.series.len() == 2 && series == 1 { category(3) } else { category(series) }
}

/// What the key has to say: nothing that is written at the line itself.
fn entries(line: &Line<'_>, narrow: bool) -> Vec<(Shape, String)> {
    let mut entries = Vec::new();
    if narrow && line.series.len() > 1 {
        for (series, Series { name, .. }) in line.series.iter().enumerate() {
            let colour = colour_of(line, series);
            entries.push((Shape::Marker { series, provisional: false, colour }, name.clone()));
        }
    }
    if let (Some(reference), true) = (line.reference, narrow) {
        entries.push((Shape::Dashes, reference.label.clone()));
    }
    if points(line).any(|p| p.interval.is_some()) {
        let shape = if line.series.len() <= 2 { Shape::Band } else { Shape::Whisker };
        entries.push((shape, "95% interval".to_owned()));
    }
    if points(line).any(|p| p.provisional) {
        let shape = Shape::Marker { series: 0, provisional: true, colour: MAIN };
        entries.push((shape, "Provisional: will change".to_owned()));
    }
    entries
}

/// Stretches of neighbouring points that may be drawn.
fn runs(series: &Series) -> Vec<Vec<(usize, Drawn)>> {
    let mut runs: Vec<Vec<(usize, Drawn)>> = Vec::new();
    let mut open = false;
    for (period, point) in series.points.iter().enumerate() {
        match (Drawn::of(point), runs.last_mut()) {
            (Some(drawn), Some(run)) if open => run.push((period, drawn)),
            (Some(drawn), _) => runs.push(vec![(period, drawn)]),
            (None, _) => {}
        }
        open = Drawn::of(point).is_some();
    }
    runs
}

/// Bands where neighbours have intervals, whiskers where one stands alone or bands would overlap.
fn intervals(
    canvas: &mut Canvas<'_>,
    plot: &Plot,
    series: &Series,
    colour: Colour,
    bands: bool,
) -> Result<(), RenderError> {
    for run in runs(series) {
        let ends: Vec<(f64, f64, f64)> = run
            .iter()
            .filter_map(|(period, drawn)| {
                let (lower, upper) = drawn.interval?;
                Some((plot.x(*period), plot.y(lower), plot.y(upper)))
            })
            .collect();
        if bands && ends.len() > 1 && ends.len() == run.len() {
            let upper: Vec<Place> = ends.iter().map(|(x, _, upper)| (*x, *upper)).collect();
            let lower: Vec<Place> = ends.iter().map(|(x, lower, _)| (*x, *lower)).collect();
            key::band(canvas, &upper, &lower, colour)?;
            continue;
        }
        for (x, lower, upper) in ends {
            canvas.line((x, lower), (x, upper), colour, 1.2)?;
            for y in [lower, upper] {
                canvas.line((x - 3.5, y), (x + 3.5, y), colour, 1.2)?;
            }
        }
    }
    Ok(())
}

/// The line and its markers; dashes lead to a provisional point.
fn values(
    canvas: &mut Canvas<'_>,
    plot: &Plot,
    series: &Series,
    number: usize,
    colour: Colour,
) -> Result<(), RenderError> {
    // Smaller where points crowd.
    let size = if plot.pitch() < 14.0 { 3.3 } else { 4.5 };
    for run in runs(series) {
        let places: Vec<(Place, bool)> = run
            .iter()
            .map(|(period, drawn)| ((plot.x(*period), plot.y(drawn.value)), drawn.provisional))
            .collect();
        let firm: Vec<Place> =
            places.iter().take_while(|(_, provisional)| !provisional).map(|(at, _)| *at).collect();
        if firm.len() > 1 {
            canvas.path(&firm, colour, 2.5)?;
        }
        let loose = firm.len().saturating_sub(1);
        for pair in places.get(loose..).unwrap_or_default().windows(2) {
            if let [(from, _), (to, provisional)] = pair {
                if *provisional {
                    canvas.dashes(*from, *to, colour, 2.0)?;
                } else {
                    canvas.line(*from, *to, colour, 2.5)?;
                }
            }
        }
        for (at, provisional) in places {
            canvas.marker(at, number, size, provisional, colour)?;
        }
    }
    Ok(())
}

/// The shorthand of hidden points, in a strip under the plot where no value stands. Gives the
/// strip's lower end.
fn shorthand(canvas: &mut Canvas<'_>, plot: &Plot, line: &Line<'_>) -> Result<f64, RenderError> {
    let mut y = plot.bottom;
    for (n, series) in line.series.iter().enumerate() {
        let hidden = hidden_runs(series);
        if hidden.is_empty() {
            continue;
        }
        let middle = y + STRIP / 2.0 + 2.0;
        if line.series.len() > 1 {
            canvas.marker((plot.left - 14.0, middle), n, 4.5, false, colour_of(line, n))?;
        }
        for (symbol, first, last) in hidden {
            let (from, to) = (plot.x(first), plot.x(last));
            let (x, words) = (f64::midpoint(from, to), symbol.shorthand());
            let kind = Type { colour: INK, ..Type::SMALL };
            canvas.text(words, (x, middle), Align::Middle, kind)?;
            let clear = kind.width(words)? / 2.0 + 4.0;
            if to - x > clear + 4.0 {
                canvas.line((from, middle), (x - clear, middle), GREY, 1.0)?;
                canvas.line((x + clear, middle), (to, middle), GREY, 1.0)?;
            }
        }
        y += STRIP;
    }
    Ok(y)
}

/// Stretches of periods with the same shorthand.
fn hidden_runs(series: &Series) -> Vec<(Symbol, usize, usize)> {
    let mut runs: Vec<(Symbol, usize, usize)> = Vec::new();
    for (period, point) in series.points.iter().enumerate() {
        let Shown::Symbol(symbol) = point.value else { continue };
        match runs.last_mut() {
            Some((same, _, last)) if *same == symbol && *last + 1 == period => *last = period,
            _ => runs.push((symbol, period, period)),
        }
    }
    runs
}

/// The words under the axis; gives the place below them.
fn periods(
    canvas: &mut Canvas<'_>,
    plot: &Plot,
    labels: &[String],
    top: f64,
) -> Result<f64, RenderError> {
    let cut = PeriodLabels::cut(labels);
    let width = Type::SMALL.widest(cut.lines.iter().map(|(upper, _)| upper.as_str()))?;
    let years = Type::SMALL.widest(cut.lines.iter().map(|(_, lower)| lower.as_str()))?;
    let same_year = |a: &(String, String), b: &(String, String)| a.1 == b.1;
    // Years stand closer than months only where every period has another one.
    let crowded = cut.lines.windows(2).all(|p| matches!(p, [a, b] if !same_year(a, b)));
    let widest = if crowded { width.max(years) } else { width };
    let (upper, lower) = (top + 16.0, top + 33.0);
    if !cut.common.is_empty() {
        canvas.text(&cut.common, (plot.left - 4.0, upper), Align::Right, Type::SMALL)?;
    }
    let mut said: Option<&str> = None;
    for period in cut.chosen(plot.pitch(), widest + 8.0) {
        let Some((words, year)) = cut.lines.get(period) else { continue };
        let x = plot.x(period);
        canvas.line((x, top), (x, top + 5.0), GREY, 1.0)?;
        canvas.text(words, (x, upper), Align::Middle, Type::SMALL)?;
        if said != Some(year.as_str()) && !year.is_empty() {
            canvas.text(year, (x, lower), Align::Middle, Type::SMALL)?;
            said = Some(year);
        }
    }
    Ok(if said.is_some() { lower + 12.0 } else { upper + 12.0 })
}

/// The words at the right ends of the lines, pushed apart so that none covers another.
struct EndLabels {
    labels: Vec<EndLabel>,
}

struct EndLabel {
    value: f64,
    marker: Option<(usize, Colour)>,
    lines: Vec<(String, Type)>,
}

impl EndLabel {
    fn height(&self) -> f64 {
        self.lines.iter().map(|(_, kind)| kind.line_height()).sum()
    }
}

impl EndLabels {
    const WIDEST: f64 = 150.0;
    const INDENT: f64 = 14.0;

    fn of(line: &Line<'_>, narrow: bool) -> Result<Self, RenderError> {
        let mut labels = Vec::new();
        let several = line.series.len() > 1;
        for (n, series) in line.series.iter().enumerate() {
            let Some(shown) = series.points.iter().rev().find_map(Drawn::of) else { continue };
            let mut lines = Vec::new();
            if several && !narrow {
                let kind = Type::PLAIN;
                lines.extend(kind.wrap(&series.name, Self::WIDEST)?.into_iter().map(|l| (l, kind)));
            }
            // Only the newest value, and only if it may be seen, is written out.
            if let Some(Shown::Number(newest)) = series.points.last().map(|p| p.value) {
                lines.push((newest.to_string(), Type::BOLD));
            }
            let marker = several.then_some((n, colour_of(line, n)));
            labels.push(EndLabel { value: shown.value, marker, lines });
        }
        if let (Some(reference), false) = (line.reference, narrow) {
            let kind = Type { colour: INK, ..Type::SMALL };
            let lines = kind.wrap(&reference.label, Self::WIDEST)?;
            let lines = lines.into_iter().map(|l| (l, kind)).collect();
            labels.push(EndLabel { value: reference.at, marker: None, lines });
        }
        labels.retain(|label| !label.lines.is_empty());
        Ok(Self { labels })
    }

    fn indent(&self) -> f64 {
        if self.labels.iter().any(|l| l.marker.is_some()) { Self::INDENT } else { 0.0 }
    }

    /// The margin they need.
    fn width(&self) -> Result<f64, RenderError> {
        let mut widest = 8.0_f64;
        for (words, kind) in self.labels.iter().flat_map(|label| &label.lines) {
            widest = widest.max(kind.width(words)?);
        }
        Ok(widest + self.indent() + 8.0)
    }

    fn paint(mut self, canvas: &mut Canvas<'_>, plot: &Plot) -> Result<(), RenderError> {
        let indent = self.indent();
        self.labels.sort_by(|a, b| b.value.total_cmp(&a.value));
        let mut tops: Vec<f64> = Vec::new();
        let mut free = plot.top - 12.0;
        for label in &self.labels {
            let top = (plot.y(label.value) - label.height() / 2.0).max(free);
            tops.push(top);
            free = top + label.height() + 4.0;
        }
        let mut limit = plot.bottom + 8.0;
        for (label, top) in self.labels.iter().zip(&mut tops).rev() {
            *top = top.min(limit - label.height());
            limit = *top - 4.0;
        }
        for (label, top) in self.labels.iter().zip(tops) {
            let mut y = top;
            for (n, (words, kind)) in label.lines.iter().enumerate() {
                let middle = y + kind.line_height() / 2.0;
                if let (0, Some((series, colour))) = (n, label.marker) {
                    canvas.marker((plot.right + 9.0, middle), series, 4.5, false, colour)?;
                }
                canvas.text(words, (plot.right + 4.0 + indent, middle), Align::Left, *kind)?;
                y += kind.line_height();
            }
        }
        Ok(())
    }
}
