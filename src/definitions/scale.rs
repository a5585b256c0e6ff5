//! Assessment scales: range, direction, bands and the change that means something.

use crate::definitions::measure::{Band, GoodIs};
use crate::definitions::place::Place;

/// A scale. The engine ships the arithmetic, never licensed wording.
#[derive(Debug)]
pub struct Scale {
    /// Its name; a word of the `scale` code of scores.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Lowest possible score.
    pub low: f64,
    /// Highest possible score.
    pub high: f64,
    /// Scores are whole multiples of this above the lowest.
    pub step: f64,
    /// Which end is good.
    pub better: GoodIs,
    /// Named stretches of the range.
    pub bands: Vec<Band>,
    /// Its domains: name and title; empty for a scale with one score.
    pub domains: Vec<(String, String)>,
    /// The smallest change that counts.
    pub meaningful: Option<MeaningfulChange>,
    /// Where it is defined.
    pub place: Place,
}

impl Scale {
    /// Whether a score lies in the range and on a step.
    #[must_use]
    pub fn allows(&self, score: f64) -> bool {
        let steps = (score - self.low) / self.step;
        score >= self.low && score <= self.high && (steps - steps.round()).abs() < 1e-9
    }
}

/// The smallest change that is called a change, and where the figure comes from.
#[derive(Debug, Clone)]
pub struct MeaningfulChange {
    /// A change of at least this much, in points of the scale.
    pub points: f64,
    /// How the figure was found, for pages.
    pub why: String,
}
