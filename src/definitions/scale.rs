//! Assessment scales: range, direction, bands, totals, pairs, and the change that means something.
//!
//! A scale is arithmetic: numbers, names of areas and cut-points. The engine never ships the wording
//! of a licensed tool.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::definitions::expression::{CodeList, Type};
use crate::definitions::framework::Reference;
use crate::definitions::measure::{Band, GoodIs};
use crate::definitions::place::Place;
use crate::definitions::source::Source;
use crate::statistics::{mean_of_answered, prorated_sum, reliable_change};

/// The source of scores.
pub const SCORES: &str = "scores";
/// So little may be lost or won by binary fractions; no scale has steps as fine.
const LEAN: f64 = 1e-9;
/// The domain of a score over all questions or areas of a scale.
pub const TOTAL: &str = "total";

/// A scale.
#[derive(Debug, Clone)]
pub struct Scale {
    /// Its name; a word of the `scale` code of scores.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Where its numbers come from, and whether somebody has compared them.
    pub reference: Reference,
    /// Lowest possible score, as recorded.
    pub low: f64,
    /// Highest possible score, as recorded.
    pub high: f64,
    /// Scores are whole multiples of this above the lowest.
    pub step: f64,
    /// Which end is good.
    pub better: GoodIs,
    /// What each recorded score counts as, from the lowest up, if not as itself.
    pub metric: Option<Vec<f64>>,
    /// Named stretches of the range (of the metric, where there is one), in order.
    pub bands: Vec<Band>,
    /// Its domains: name and title; empty for a scale with one score.
    pub domains: Vec<(String, String)>,
    /// How a total comes about where only its parts are recorded.
    pub total: Option<Total>,
    /// Which two scores make a pair.
    pub pairing: Pairing,
    /// The change that is unlikely to be chance, or that was agreed to count.
    pub reliable: Option<ReliableChange>,
    /// At this score and beyond it, on the bad side, somebody is in the clinical range.
    pub cut_off: Option<f64>,
    /// What a closing score is expected to be without help.
    pub expected: Option<ExpectedClose>,
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

    /// What a recorded score counts as. Nothing for one that is not in the table.
    #[must_use]
    pub fn counted_as(&self, score: f64) -> Option<f64> {
        let Some(metric) = &self.metric else { return Some(score) };
        let place = ((score - self.low) / self.step).round();
        (place >= 0.0).then(|| metric.get(place as usize).copied())?
    }

    /// The band in which a score lies, by its place. A mean may lie between the whole numbers at which
    /// one band ends and the next begins: it is still in the one that has begun.
    #[must_use]
    pub fn band_at(&self, score: f64) -> Option<usize> {
        self.bands.iter().rposition(|b| b.from <= score)
    }

    /// How much better the second score is than the first: above nought is better, whichever end is
    /// good.
    #[must_use]
    pub fn gain(&self, start: f64, end: f64) -> f64 {
        match self.better {
            GoodIs::High => end - start,
            GoodIs::Low => start - end,
        }
    }

    /// What a gain is called; nothing if the scale does not say what a change is.
    #[must_use]
    pub fn change(&self, gain: f64) -> Option<Change> {
        let reliable = self.reliable.as_ref()?;
        Some(if reliable.reached_by(gain) {
            Change::Improved
        } else if reliable.reached_by(-gain) {
            Change::Worse
        } else {
            Change::Same
        })
    }

    /// Where each band begins, from the lowest up, with its place among the bands.
    #[must_use]
    pub fn band_begins(&self) -> Vec<(f64, u32)> {
        self.bands.iter().map(|b| b.from).zip(0..).collect()
    }

    /// Where each kind of change begins as a gain grows, with its place among [`Change::WORDS`];
    /// nothing if the scale does not say what a change is.
    #[must_use]
    pub fn change_begins(&self) -> Option<Vec<(f64, u32)>> {
        let (points, inclusive) = self.reliable.as_ref()?.threshold();
        // What binary fractions lose must not decide: exactly `points` is on this side or on that.
        let lean = if inclusive { -LEAN } else { LEAN };
        let of = |change: Change| Change::ALL.iter().zip(0..).find(|(c, _)| **c == change);
        let begins = [
            (f64::NEG_INFINITY, Change::Worse),
            (-points - lean, Change::Same),
            (points + lean, Change::Improved),
        ];
        Some(begins.into_iter().filter_map(|(at, c)| Some((at, of(c)?.1))).collect())
    }

    /// Where two scores stand to the cut-off; nothing for a scale without one.
    #[must_use]
    pub fn crossing(&self, start: f64, end: f64) -> Option<Crossing> {
        let cut_off = self.cut_off?;
        let clinical = |score: f64| self.gain(score, cut_off) >= 0.0;
        Some(match (clinical(start), clinical(end)) {
            (true, false) => Crossing::MovedOut,
            (true, true) => Crossing::StayedIn,
            (false, false) => Crossing::StayedOut,
            (false, true) => Crossing::MovedIn,
        })
    }
}

/// What became of a score between start and close.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Reliably better.
    Improved,
    /// No reliable change.
    Same,
    /// Reliably worse.
    Worse,
}

impl Change {
    /// Every one, in the order of their words.
    const ALL: [Self; 3] = [Self::Improved, Self::Same, Self::Worse];

    /// The words of the column `change`, in the order of the variants.
    pub const WORDS: [&str; 3] = ["improved", "same", "worse"];
}

/// Where a pair stands to the clinical cut-off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crossing {
    /// In the clinical range at the start, out of it at the close.
    MovedOut,
    /// In it at both.
    StayedIn,
    /// Out of it at both.
    StayedOut,
    /// Out of it at the start, in it at the close.
    MovedIn,
}

impl Crossing {
    /// The words of the column `clinical`, in the order of the variants.
    pub const WORDS: [&str; 4] = ["moved_out", "stayed_in", "stayed_out", "moved_in"];
}

/// How a total comes about.
#[derive(Debug, Clone, PartialEq)]
pub struct Total {
    /// The sum or the mean.
    pub method: TotalMethod,
    /// How many questions or areas there are.
    pub items: u32,
    /// With fewer answered there is no total: it is missing, not nought.
    pub min_answered: u32,
}

/// What a total is of its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TotalMethod {
    /// Their sum, scaled up for those not answered.
    Sum,
    /// The mean of those answered.
    Mean,
}

impl Total {
    /// The total of `answered` parts that add up to `sum`, on a scale with this step.
    #[must_use]
    pub fn of(&self, sum: f64, answered: u32, step: f64) -> Option<f64> {
        if answered < self.min_answered {
            return None;
        }
        match self.method {
            TotalMethod::Sum => prorated_sum(sum, answered, self.items, step),
            TotalMethod::Mean => mean_of_answered(sum, answered),
        }
    }
}

/// Which two scores of one respondent make a pair.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pairing {
    /// Which scores may be its ends.
    pub ends: Ends,
    /// Which of the first scores is the one to start from.
    pub baseline: Baseline,
    /// At least so many days lie between the two.
    pub min_gap_days: i32,
    /// Codes of `informant` that are one respondent; every other code is one of its own.
    pub same_informant: Vec<Vec<String>>,
}

/// Which scores may be the ends of a pair.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Ends {
    /// The earliest of stage `start` and the latest of stage `close`.
    #[default]
    StartClose,
    /// The earliest and the latest, whatever their stage.
    FirstLatest,
}

/// Which of the first scores is the one to start from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Baseline {
    /// The first.
    #[default]
    First,
    /// The lower of the first two: families often see more clearly at the second look.
    LowerOfFirstTwo,
}

/// The change that counts, and where the figure comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct ReliableChange {
    /// How it is found.
    pub method: ChangeMethod,
    /// Why this method and these figures, for pages.
    pub why: String,
    /// The publication the figures are from.
    pub reference: Option<String>,
}

/// How the change that counts is found.
#[derive(Debug, Clone, PartialEq)]
pub enum ChangeMethod {
    /// An agreed step: this many points or more.
    Fixed {
        /// Points of the scale.
        points: f64,
    },
    /// More than chance would bring at this confidence: see [`reliable_change`].
    JacobsonTruax {
        /// Standard deviation of the norms, in points.
        sd: f64,
        /// Reliability of the scale, from 0 to 1.
        reliability: f64,
        /// Two-sided confidence, from 0 to 1.
        confidence: f64,
    },
}

impl ReliableChange {
    /// The points at which change begins to count, and whether exactly so many count.
    #[must_use]
    pub fn threshold(&self) -> (f64, bool) {
        match self.method {
            ChangeMethod::Fixed { points } => (points, true),
            ChangeMethod::JacobsonTruax { sd, reliability, confidence } => {
                (reliable_change(sd, reliability, confidence).unwrap_or(f64::INFINITY), false)
            }
        }
    }

    fn reached_by(&self, gain: f64) -> bool {
        let (points, inclusive) = self.threshold();
        // What binary fractions lose on metric values must not decide.
        if inclusive { gain >= points - LEAN } else { gain > points + LEAN }
    }
}

/// The closing score that people like these would have without help: a constant and a share of each of
/// several starting scores.
#[derive(Debug, Clone)]
pub struct ExpectedClose {
    /// The constant.
    pub constant: f64,
    /// Scales and the weights of their starting scores.
    pub weights: Vec<(String, f64)>,
    /// The publication it is from.
    pub reference: Reference,
}

impl ExpectedClose {
    /// The expected closing score; nothing if one of the starting scores is missing.
    #[must_use]
    pub fn score(&self, start: impl Fn(&str) -> Option<f64>) -> Option<f64> {
        self.weights.iter().try_fold(self.constant, |sum, (scale, w)| Some(sum + w * start(scale)?))
    }
}

/// The names of all bands of all scales, each once: the words of `band_start` and `band_end`.
#[must_use]
pub fn band_names(scales: &[Scale]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for band in scales.iter().flat_map(|s| &s.bands) {
        if !names.contains(&band.name) {
            names.push(band.name.clone());
        }
    }
    names
}

/// The columns of a score pair with their types, in their order.
#[must_use]
pub fn pair_columns(scores: Option<&Source>, scales: &[Scale]) -> Vec<(&'static str, Type)> {
    let of_scores =
        |column: &str| scores.and_then(|s| s.column(column)).map_or(Type::Text, |c| c.ty.clone());
    let code = |codes: Vec<String>| Type::Code(Arc::new(CodeList { codes, ordered: false }));
    let words = |words: &[&str]| code(words.iter().map(|&w| w.to_owned()).collect());
    let bands = code(band_names(scales));
    vec![
        ("case_id", of_scores("case_id")),
        ("person_id", of_scores("person_id")),
        ("scale", of_scores("scale")),
        ("domain", of_scores("domain")),
        ("informant", of_scores("informant")),
        ("start_on", Type::Date),
        ("end_on", Type::Date),
        ("days_between", Type::Number(Some("days".to_owned()))),
        ("start_score", Type::Score),
        ("end_score", Type::Score),
        ("gain", Type::Score),
        ("change", words(&Change::WORDS)),
        ("band_start", bands.clone()),
        ("band_end", bands),
        ("clinical", words(&Crossing::WORDS)),
        ("added_value", Type::Score),
    ]
}

/// For each code of `informant`, the code that stands for its respondent: the first of its list.
#[must_use]
pub fn respondents(pairing: &Pairing, informants: &[String]) -> BTreeMap<u32, u32> {
    let place = |word: &String| {
        informants.iter().position(|i| i == word).and_then(|at| u32::try_from(at).ok())
    };
    let lists = pairing.same_informant.iter();
    lists
        .filter_map(|list| Some((place(list.first()?)?, list)))
        .flat_map(|(first, list)| list.iter().filter_map(move |word| Some((place(word)?, first))))
        .collect()
}
