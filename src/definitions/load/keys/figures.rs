//! The keys of figures: facts, measures and packs.

use super::Holds::{
    Any, Date, Either, Expression, List, ListOf, Named, NamedAs, Number, OneOf, Table, Text, Whole,
    YesNo,
};
use super::rules::TEST;
use super::{Key, TITLE, WHY, may, must, words};
use crate::definitions::load::charts::{CHARTS, COLUMNS};
use crate::definitions::load::measures::{IMMATURE, KINDS, PERIODS, UNKNOWN};
use crate::definitions::load::packs::PACK_KINDS;
use crate::definitions::load::row_packs::EVIDENCE;
use crate::definitions::load::scales::GOOD;
use crate::definitions::load::signals::{SIGNALS, VARIATIONS};
use crate::definitions::load::targets::{BETTER, METHODS};

const OWN_OF_A_FACT: [Key; 4] = [
    TITLE,
    must("unit", Text, "What it is found out about."),
    may("result_unit", Text, "The unit of its value."),
    WHY,
];

/// `[fact.…]`: its own keys and those of a test.
pub(in crate::definitions::load) const FACT: &[Key] =
    &joined::<{ OWN_OF_A_FACT.len() + TEST.len() }>(&OWN_OF_A_FACT, TEST);

/// Two lists of keys as one.
const fn joined<const N: usize>(one: &[Key], other: &[Key]) -> [Key; N] {
    let mut all = [WHY; N];
    let mut at = 0;
    while at < N {
        all[at] = if at < one.len() { one[at] } else { other[at - one.len()] };
        at += 1;
    }
    all
}

/// Keys that `[defaults.measure]` may set for the measures of its file.
pub(in crate::definitions::load) const SHARED: &[Key] = &[
    may("owner", Text, "Who answers for it."),
    may("audience", Either(&[Text, ListOf(&Text)]), "Those whom it is released to."),
    may("periods", ListOf(&OneOf(&words(&PERIODS))), "The kinds of period that it is made for."),
    may("by", ListOf(&Text), "The breakdowns that it may be split by."),
    may("interval", Table(INTERVAL), "The interval around its value."),
    may(
        "immature",
        OneOf(&words(&IMMATURE)),
        "What becomes of units whose windows are still open.",
    ),
    may("unknown", OneOf(&words(&UNKNOWN)), "What becomes of units of which nobody can know."),
    may("decimals", Whole, "How many decimal places are shown, from 0 to 4."),
    may("next_review", Date, "The day by which somebody looks at it again."),
];

const OWN_OF_A_MEASURE: [Key; 20] = [
    TITLE,
    must("description", Text, "What is counted, in a sentence."),
    must("why", Text, "Why it matters."),
    may("caveats", Text, "What to know before reading anything into it."),
    may("unit", Text, "What is counted; not for a ratio."),
    must("kind", OneOf(&words(&KINDS)), "How it is made."),
    may(
        "counted_on",
        Text,
        "The date that puts a unit in a period: one of its own, or \"claim.x.met_on\".",
    ),
    may("stock", OneOf(&["period_end"]), "Counted when open on the last day of the period."),
    may("population", Expression, "Which units are in it."),
    may("exclude", List(EXCLUSION), "Units that are left out, each with why."),
    may(
        "except",
        List(EXCLUSION),
        "A proportion: units that leave the denominator if they would count as not met, each with why.",
    ),
    may("numerator", Expression, "A proportion: of those, which hold."),
    may(
        "missing",
        OneOf(&["not_met"]),
        "A proportion: an answer that is not recorded is a no, not unknown.",
    ),
    may("value", Expression, "A sum, mean, median, quartile or distribution: of what."),
    may("categories", ListOf(&Text), "A distribution: the codes in the order of the tables."),
    may("over", Text, "A ratio: the measure above the line, a count or a sum."),
    may("under", Text, "A ratio: the measure below the line, a count or a sum."),
    may("target", List(TARGET), "Dated targets."),
    may(
        "completeness",
        Text,
        "The measure, a proportion, that says how complete the records behind it are.",
    ),
    may(
        "signal",
        Table(SIGNAL),
        "How its series is watched, so that a change is told from its usual swing.",
    ),
];

/// `[measure.…]`: its own keys and those that may stand in the defaults.
pub(in crate::definitions::load) const MEASURE: &[Key] =
    &joined::<{ OWN_OF_A_MEASURE.len() + SHARED.len() }>(&OWN_OF_A_MEASURE, SHARED);

/// An exclusion.
pub(in crate::definitions::load) const EXCLUSION: &[Key] = &[
    must("name", Text, "A short name for it."),
    must("when", Expression, "Which units are left out."),
    must("why", Text, "Why they are."),
];

/// An interval.
pub(in crate::definitions::load) const INTERVAL: &[Key] = &[
    must("method", OneOf(&words(&METHODS)), "How it is computed."),
    may("level", Number, "Its level: 0.95."),
];

/// A target.
pub(in crate::definitions::load) const TARGET: &[Key] = &[
    must("from", Date, "The day from which it holds."),
    must(
        "better",
        OneOf(&words(&BETTER)),
        "Which end is good, whether near a point is, or that a value is given for information.",
    ),
    may("at", Number, "Near: the point. For information: the value."),
    may(
        "green",
        Number,
        "At least this good is green; near: so far from the point. Not for information.",
    ),
    may(
        "amber",
        Number,
        "At least this good is amber; near: so far from the point. Not for information.",
    ),
    may("per", OneOf(&words(&PERIODS)), "The kind of period that it is for; all if left out."),
    WHY,
];

/// How a series is watched.
pub(in crate::definitions::load) const SIGNAL: &[Key] = &[
    must(
        "method",
        OneOf(&words(&SIGNALS)),
        "spc_p: a proportion; spc_u: a count, or a ratio of counts; xmr: any value; run: any value, about its median.",
    ),
    may("periods", Whole, "How many periods are looked at, from 8 to 60; 24 if left out."),
    may(
        "baseline_periods",
        Whole,
        "Centre and limits rest on so many of the first known of them, 7 or more; on all if left out.",
    ),
    may(
        "variation",
        OneOf(&words(&VARIATIONS)),
        "What makes periods differ: chance within each (within), or something between them too (between); within if left out.",
    ),
    may(
        "better",
        OneOf(&words(&GOOD)),
        "Which side is welcome; that of the target in force if left out.",
    ),
];

/// `[pack.…]`.
pub(in crate::definitions::load) const PACK: &[Key] = &[
    TITLE,
    must(
        "audience",
        Either(&[Text, ListOf(&Text)]),
        "Those who get it, each with its own protection.",
    ),
    must("period", OneOf(&words(&PERIODS)), "The kind of period that it is made for."),
    may(
        "kind",
        OneOf(&words(&PACK_KINDS)),
        "A report, figures for partners, or single cases for those who may see them; figures if left out.",
    ),
    may(
        "sections_of",
        Text,
        "The pack whose sections it has beside its own, and whose headlines where they are of the same period.",
    ),
    may("history", Whole, "How many periods it shows."),
    may("pdf", YesNo, "Whether it is also written as PDF, by a program that was built with it."),
    may(
        "questions",
        Whole,
        "How many questions its own figures may raise at most; none if left out.",
    ),
    may("feeds", ListOf(&Text), "Sources that its readers feed: which of them are late is said."),
    may("embargo", Text, "How long after its period it may be passed on: \"6 weeks\"."),
    may(
        "first_issue",
        Text,
        "The period of its first issue, from which issues are counted: \"2025-26-Q1\".",
    ),
    may("sign_off", NamedAs(&Text), "Who signs it off: \"Head of Early Help\" = \"…\"."),
    may("headlines", ListOf(&Text), "The measures of the table at its head."),
    may(
        "headline_period",
        OneOf(&words(&PERIODS)),
        "The kind of period of that table; that of the pack if left out.",
    ),
    may("section", Named(SECTION), "Its sections."),
    may(
        "claims",
        ListOf(&Text),
        "Row level: claims whose cases are listed with every clause that they rest on.",
    ),
    may(
        "evidence",
        ListOf(&OneOf(&words(&EVIDENCE))),
        "Row level: what is told of each clause; everything if left out.",
    ),
    may("extracts", ListOf(&Text), "Row level: the saved extracts that belong to it."),
    WHY,
];

/// A section of a pack.
pub(in crate::definitions::load) const SECTION: &[Key] = &[
    may("order", Whole, "Its place in the order."),
    must("title", Text, "The question that it answers."),
    may("intro", Text, "What it shows, in a sentence or two."),
    must("figures", List(FIGURE), "Its figures in order."),
    may("audit_actions", YesNo, "Whether actions that were decided after audits stand in it."),
    may(
        "audit_themes",
        YesNo,
        "Whether the themes of audits stand in it, from `audit_themes.csv`.",
    ),
    may("words", Table(WORDS), "What families said in their own words, from `words.csv`."),
    may("claims", YesNo, "Whether the register of claims stands in it, for those who see all."),
    may("lists", ListOf(&Text), "Saved extracts that go with it, for those who are given them."),
];

/// What of families' own words stands in a section.
pub(in crate::definitions::load) const WORDS: &[Key] = &[
    must("most", Whole, "How many lines are shown at most, from 1 to 9: the newest."),
    must(
        "audience",
        Either(&[Text, ListOf(&Text)]),
        "Those of the pack's audiences who are given them, where there is consent for them too.",
    ),
];

/// A figure of a pack.
pub(in crate::definitions::load) const FIGURE: &[Key] = &[
    may(
        "title",
        Text,
        "What a table, the bars or the survival line of several measures are called.",
    ),
    may("note", Text, "What has to be known to read it, printed under it."),
    must("measure", Text, "The measure."),
    must("chart", OneOf(&words(&CHARTS)), "Its form."),
    may("by", ListOf(&Text), "The breakdowns crossed in it, at most two."),
    may(
        "with",
        ListOf(&Text),
        "Measures that come with it: further bars, columns or times; the end of a dumbbell; the other way of a scatter.",
    ),
    may(
        "times",
        ListOf(&Whole),
        "A survival line: the months after which the measure, and each in `with`, asks.",
    ),
    may("period", OneOf(&words(&PERIODS)), "The kind of period, if not the pack's."),
    may(
        "history",
        Whole,
        "Small multiples: how many periods, those of the pack if left out. Survival lines: of how many cohorts.",
    ),
    may(
        "most",
        Whole,
        "Small multiples of a count: how many levels are drawn, those with the most of what is published over the periods shown.",
    ),
    may(
        "columns",
        ListOf(&OneOf(&words(&COLUMNS))),
        "What stands beside the first share of several measures by level, or beside a mean change.",
    ),
    may(
        "audience",
        Either(&[Text, ListOf(&Text)]),
        "Those of the pack's audiences who are given it.",
    ),
];

/// `[defaults]` and `[defaults.measure]`; what is not about measures is about maps.
pub(in crate::definitions::load) const DEFAULTS: &[Key] = &[
    may("measure", Table(SHARED), "What holds for the measures of this file."),
    may("check", Table(super::SHARED_BY_CHECKS), "What holds for the data checks of this file."),
    may("encoding", OneOf(&words(&super::super::mappings::ENCODINGS)), "How exports are encoded."),
    may("delimiter", Text, "What stands between the fields of a line."),
    may("null_values", ListOf(&Text), "Words that mean that nothing was recorded."),
    may("null_dates", ListOf(&Date), "Dates that mean that nothing was recorded."),
    may("date_formats", ListOf(&Text), "How dates are written: \"%d/%m/%Y\"."),
    may("trim", Any, "Blanks around a field are never part of it."),
    may(
        "bad_rows",
        OneOf(&words(&super::super::mappings::BAD_ROWS)),
        "What becomes of rows that are wrong.",
    ),
];
