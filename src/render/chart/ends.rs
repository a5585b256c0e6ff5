//! The words at the right ends of lines, pushed apart so that none covers another.

use super::canvas::{Align, Canvas, Type};
use super::palette::Colour;
use super::plot::Plot;
use crate::render::RenderError;

/// What stands at the end of a line.
pub(super) struct EndLabel {
    /// Where the line ends.
    pub(super) value: f64,
    /// The marker of its series, if there are several.
    pub(super) marker: Option<(usize, Colour)>,
    /// The words, line by line.
    pub(super) lines: Vec<(String, Type)>,
}

impl EndLabel {
    /// The widest label.
    pub(super) const WIDEST: f64 = 150.0;

    /// Words of one kind, broken where they are too wide.
    pub(super) fn words(value: f64, words: &str, kind: Type) -> Result<Self, RenderError> {
        let lines = kind.wrap(words, Self::WIDEST)?.into_iter().map(|line| (line, kind)).collect();
        Ok(Self { value, marker: None, lines })
    }

    fn height(&self) -> f64 {
        self.lines.iter().map(|(_, kind)| kind.line_height()).sum()
    }
}

/// The labels of a plot.
pub(super) struct EndLabels {
    labels: Vec<EndLabel>,
}

impl EndLabels {
    const INDENT: f64 = 14.0;

    pub(super) fn new(mut labels: Vec<EndLabel>) -> Self {
        labels.retain(|label| !label.lines.is_empty());
        labels.sort_by(|a, b| b.value.total_cmp(&a.value));
        Self { labels }
    }

    fn indent(&self) -> f64 {
        if self.labels.iter().any(|l| l.marker.is_some()) { Self::INDENT } else { 0.0 }
    }

    /// The margin they need.
    pub(super) fn width(&self) -> Result<f64, RenderError> {
        let mut widest = 8.0_f64;
        for (words, kind) in self.labels.iter().flat_map(|label| &label.lines) {
            widest = widest.max(kind.width(words)?);
        }
        Ok(widest + self.indent() + 8.0)
    }

    pub(super) fn paint(&self, canvas: &mut Canvas<'_>, plot: &Plot) -> Result<(), RenderError> {
        let indent = self.indent();
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
