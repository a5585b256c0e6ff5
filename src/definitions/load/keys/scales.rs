//! The keys of assessment scales: numbers only, never the wording of a tool.

use super::Holds::{Any, Either, ListOf, NamedAs, Number, OneOf, Table, Text, Whole};
use super::{BAND, Holds, Key, REFERENCE, TITLE, WHY, may, must, words};
use crate::definitions::load::scale_rules::{BASELINES, ENDS, TOTAL_METHODS, WAYS};
use crate::definitions::load::scales::GOOD;

/// `[scale.…]`.
pub(in crate::definitions::load) const SCALE: &[Key] = &[
    TITLE,
    may("licence", Text, "Whose tool it is; its wording is never shipped."),
    may("reference", Table(REFERENCE), "Where the numbers come from."),
    must("range", ListOf(&Number), "The lowest and the highest score."),
    may("step", Number, "The steps in which scores go up; 1 if left out."),
    must("better", OneOf(&words(&GOOD)), "Which end is good."),
    may("metric", NamedAs(&Number), "What each recorded score counts as, where that is published."),
    may("bands", Holds::List(BAND), "Bands without gap or overlap over the whole range."),
    may(
        "domains",
        NamedAs(&Either(&[Text, Table(DOMAIN)])),
        "What is scored, each with its title.",
    ),
    may("total", Table(SCALE_TOTAL), "How a total is made of the domains or items."),
    may("pairs", Table(PAIRS), "Which score at the start is laid beside which at the close."),
    may("reliable_change", Table(RELIABLE_CHANGE), "The smallest change that counts as one."),
    may("cut_off", Table(CUT_OFF), "From which score difficulties are clinical."),
    may("added_value", Table(ADDED_VALUE), "The close that would be expected without help."),
    WHY,
];

/// A domain of a scale.
const DOMAIN: &[Key] = &[TITLE, may("supports", Any, "The needs that it speaks of.")];

/// How a total is made.
pub(in crate::definitions::load) const SCALE_TOTAL: &[Key] = &[
    must("method", OneOf(&words(&TOTAL_METHODS)), "Whether parts are added or averaged."),
    may("items", Whole, "Of how many; the domains of the scale if left out."),
    may("min_answered", Whole, "With fewer answers than this there is no total."),
    may("proration", Text, "How unanswered items are made up for."),
    WHY,
];

/// Which scores make a pair.
pub(in crate::definitions::load) const PAIRS: &[Key] = &[
    may("rule", OneOf(&words(&ENDS)), "By the stage that was recorded, or by date alone."),
    may("baseline", OneOf(&words(&BASELINES)), "Which score is the start, if there are several."),
    may("min_gap_days", Whole, "Scores closer than this make no pair."),
    may(
        "same_informant",
        ListOf(&ListOf(&Text)),
        "Respondents who count as one, group by group; others are kept apart.",
    ),
    WHY,
];

/// The smallest change that counts.
pub(in crate::definitions::load) const RELIABLE_CHANGE: &[Key] = &[
    must("method", OneOf(&words(&WAYS)), "A step that was agreed, or one worked out from norms."),
    may("change", Number, "Method fixed: the step."),
    may("sd", Number, "Method jacobson_truax: the standard deviation of the norms."),
    may("reliability", Number, "Method jacobson_truax: the reliability of the scale."),
    may("confidence", Number, "Method jacobson_truax: 0.95 if left out."),
    WHY,
    may("reference", Text, "Where the norms come from."),
];

/// The border of the clinical range.
pub(in crate::definitions::load) const CUT_OFF: &[Key] = &[
    must("score", Number, "The first score within the clinical range."),
    must("why", Text, "Why there."),
    may("reference", Text, "Where it comes from."),
];

/// The expected close.
pub(in crate::definitions::load) const ADDED_VALUE: &[Key] = &[
    must("constant", Number, "The number that the sum starts from."),
    must("start", NamedAs(&Number), "For each scale, what a point at the start adds."),
    WHY,
    may("reference", Table(REFERENCE), "Where the formula comes from."),
];

/// `[[score_example]]`.
pub(in crate::definitions::load) const SCORE_EXAMPLE: &[Key] = &[
    must("of", Text, "The scale that it is about."),
    must("says", Text, "What it shows."),
    must("scores", ListOf(&Any), "Rows of scores; what is left out is the same in all."),
    must("pairs", ListOf(&Any), "The pairs that come of them, with the columns to be compared."),
];
