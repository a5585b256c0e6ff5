//! A plot over time: where values and periods stand, its grid, its labels, its gaps.

use super::Drawn;
use super::axis::{PeriodLabels, ValueAxis};
use super::canvas::{Align, Canvas, Type};
use super::palette::{Colour, GREY, GRID, INK};
use crate::protect::{Shown, Symbol};
use crate::render::RenderError;
use crate::report::chart::Point;

/// Between the plot and words on its left.
const GAP: f64 = 4.0;

/// Height of one row of shorthand under the plot.
const STRIP: f64 = 18.0;

/// The plot: where values and periods stand.
pub(super) struct Plot {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
    pub(super) axis: ValueAxis,
    pub(super) periods: usize,
}

impl Plot {
    pub(super) fn y(&self, value: f64) -> f64 {
        self.bottom - self.axis.share(value) * (self.bottom - self.top)
    }

    pub(super) fn pitch(&self) -> f64 {
        let steps = u32::try_from(self.periods.saturating_sub(1)).unwrap_or(u32::MAX);
        (self.right - self.left - 2.0 * Self::INSET) / f64::from(steps.max(1))
    }

    pub(super) fn x(&self, period: usize) -> f64 {
        if self.periods <= 1 {
            return f64::midpoint(self.left, self.right);
        }
        self.left + Self::INSET + f64::from(u32::try_from(period).unwrap_or(0)) * self.pitch()
    }

    const INSET: f64 = 14.0;

    /// The lines of the values, with their words.
    pub(super) fn grid(&self, canvas: &mut Canvas<'_>) -> Result<(), RenderError> {
        for (value, words) in self.axis.ticks() {
            let y = self.y(value);
            let colour = if value == 0.0 { GREY } else { GRID };
            canvas.line((self.left, y), (self.right, y), colour, 1.0)?;
            canvas.text(&words, (self.left - 8.0, y), Align::Right, Type::SMALL)?;
        }
        Ok(())
    }

    /// Where a value of another axis stands, which goes across instead of periods.
    pub(super) fn across(&self, axis: &ValueAxis, value: f64) -> f64 {
        self.left + axis.share(value) * (self.right - self.left)
    }

    /// The lines of the values of such an axis, with their words below.
    pub(super) fn grid_across(
        &self,
        axis: &ValueAxis,
        canvas: &mut Canvas<'_>,
    ) -> Result<(), RenderError> {
        for (value, words) in axis.ticks() {
            let x = self.across(axis, value);
            let colour = if value == 0.0 { GREY } else { GRID };
            canvas.line((x, self.top), (x, self.bottom), colour, 1.0)?;
            canvas.text(&words, (x, self.bottom + 14.0), Align::Middle, Type::SMALL)?;
        }
        Ok(())
    }

    /// The shorthand of hidden values, in a strip under the plot where no value stands, led by the marker
    /// of its series. Gives the place below.
    pub(super) fn shorthand(
        &self,
        canvas: &mut Canvas<'_>,
        values: &[Shown],
        top: f64,
        lead: Option<(usize, Colour)>,
    ) -> Result<f64, RenderError> {
        let hidden = hidden_runs(values);
        if hidden.is_empty() {
            return Ok(top);
        }
        let middle = top + STRIP / 2.0 + 2.0;
        if let Some((series, colour)) = lead {
            canvas.marker((self.left - 14.0, middle), series, 4.5, false, colour)?;
        }
        for (symbol, first, last) in hidden {
            let (from, to) = (self.x(first), self.x(last));
            let (x, words) = (f64::midpoint(from, to), symbol.shorthand());
            let kind = Type { colour: INK, ..Type::SMALL };
            canvas.text(words, (x, middle), Align::Middle, kind)?;
            let clear = kind.width(words)? / 2.0 + 4.0;
            if to - x > clear + 4.0 {
                canvas.line((from, middle), (x - clear, middle), GREY, 1.0)?;
                canvas.line((x + clear, middle), (to, middle), GREY, 1.0)?;
            }
        }
        Ok(top + STRIP)
    }

    /// The words under the axis; gives the place below them.
    pub(super) fn periods(
        &self,
        canvas: &mut Canvas<'_>,
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
            canvas.text(&cut.common, (self.left - GAP, upper), Align::Right, Type::SMALL)?;
        }
        let mut said: Option<&str> = None;
        for period in cut.chosen(self.pitch(), widest + 8.0) {
            let Some((words, year)) = cut.lines.get(period) else { continue };
            let x = self.x(period);
            canvas.line((x, top), (x, top + 5.0), GREY, 1.0)?;
            canvas.text(words, (x, upper), Align::Middle, Type::SMALL)?;
            if said != Some(year.as_str()) && !year.is_empty() {
                canvas.text(year, (x, lower), Align::Middle, Type::SMALL)?;
                said = Some(year);
            }
        }
        Ok(if said.is_some() { lower + 12.0 } else { upper + 12.0 })
    }
}

/// The room that words before all periods (`Year to`) need on the left of a plot.
pub(super) fn room_before(labels: &[String]) -> Result<f64, RenderError> {
    let cut = PeriodLabels::cut(labels);
    Ok(if cut.common.is_empty() { 0.0 } else { Type::SMALL.width(&cut.common)? + GAP })
}

/// Stretches of neighbouring points that may be drawn.
pub(super) fn runs(points: &[Point]) -> Vec<Vec<(usize, Drawn)>> {
    let mut runs: Vec<Vec<(usize, Drawn)>> = Vec::new();
    let mut open = false;
    for (period, point) in points.iter().enumerate() {
        match (Drawn::of(point), runs.last_mut()) {
            (Some(drawn), Some(run)) if open => run.push((period, drawn)),
            (Some(drawn), _) => runs.push(vec![(period, drawn)]),
            (None, _) => {}
        }
        open = Drawn::of(point).is_some();
    }
    runs
}

/// Stretches of periods with the same shorthand.
fn hidden_runs(values: &[Shown]) -> Vec<(Symbol, usize, usize)> {
    let mut runs: Vec<(Symbol, usize, usize)> = Vec::new();
    for (period, value) in values.iter().enumerate() {
        let Shown::Symbol(symbol) = *value else { continue };
        match runs.last_mut() {
            Some((same, _, last)) if *same == symbol && *last + 1 == period => *last = period,
            _ => runs.push((symbol, period, period)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_before_all_periods_have_room_on_the_left_and_none_is_kept_for_none() {
        let room = |labels: [&str; 2]| room_before(&labels.map(str::to_owned)).expect("a width");
        let words = Type::SMALL.width("Year to").expect("a width");
        assert!(room(["Year to Aug 2026", "Year to Sep 2026"]) > words);
        assert!(room(["Aug 2026", "Sep 2026"]).abs() < f64::EPSILON);
    }
}
