//! The keys of what a council says of itself: project, calendars, parameters, breakdowns,
//! disclosure, audiences.

use super::Holds::{
    Date, Either, Expression, Length, List, ListOf, Named, NamedAs, Number, OneOf, Table, Text,
    Whole, YesNo,
};
use super::{Key, TITLE, WHY, may, must, words};
use crate::definitions::load::project::{CALENDARS, DAYS, PARAMETER_TYPES};

/// `[project]`.
pub(in crate::definitions::load) const PROJECT: &[Key] = &[
    must("council", Text, "The council's name, as it stands on every page."),
    must("as_at", Date, "The day as of which everything is judged: the only clock."),
    may(
        "begins",
        Date,
        "The first day that the exports cover: periods that begin before it are neither watched nor drawn.",
    ),
    must("uses", ListOf(&Text), "The files that take part, by their `id`, in this order."),
    may(
        "keep_going",
        YesNo,
        "Leave broken definitions out, and all that rests on them, and go on with the others.",
    ),
    may(
        "local_authority",
        Table(LOCAL_AUTHORITY),
        "The local authority by its codes: with them, what is for release is written as open data too.",
    ),
    may(
        "contacts",
        NamedAs(&Text),
        "Whom readers can ask: \"About the figures\" = \"…\". On every page.",
    ),
    may(
        "glossary",
        NamedAs(&Text),
        "Words that readers may not know, and what they mean. On every page.",
    ),
];

/// `[project.local_authority]`.
pub(in crate::definitions::load) const LOCAL_AUTHORITY: &[Key] = &[
    must("code", Text, "Its code at the Office for National Statistics: \"E10000099\"."),
    must("old_code", Text, "Its three digits at the Department for Education: \"999\"."),
    must("region_code", Text, "The code of its region: \"E12000009\"."),
    must("region", Text, "The name of its region."),
];

/// `[calendar.…]`.
pub(in crate::definitions::load) const CALENDAR: &[Key] = &[
    must("kind", OneOf(&words(&CALENDARS)), "What kind of calendar it is."),
    may("title", Text, "What it is."),
    WHY,
    may(
        "weekend",
        ListOf(&OneOf(&words(&DAYS))),
        "Working days: the days of the week that are none.",
    ),
    may("holidays", OneOf(&["england_and_wales"]), "Working days: the bank holidays."),
    may("closures", ListOf(&Date), "Working days: the council's own closures."),
    may("periods", Named(PERIOD), "Named periods: each with its first and last day."),
    may("starts", OneOf(&["04-01"]), "The year: the day on which it starts."),
];

/// A named period.
pub(in crate::definitions::load) const PERIOD: &[Key] =
    &[must("start", Date, "Its first day."), must("end", Date, "Its last day.")];

/// `[parameter.…]`.
pub(in crate::definitions::load) const PARAMETER: &[Key] = &[
    must("type", OneOf(&words(&PARAMETER_TYPES)), "What kind of value it is."),
    may("unit", Text, "The unit of a number: \"working_days\", \"sessions\", \"months\"."),
    must("value", Either(&[Number, Text, YesNo, Date, Length]), "The value."),
    TITLE,
    WHY,
    may(
        "version",
        Text,
        "The version of what was agreed on together: \"1 of April 2026\". All that one measure counts with has the same.",
    ),
];

/// `[breakdown.…]`.
pub(in crate::definitions::load) const BREAKDOWN: &[Key] = &[
    TITLE,
    must("value", Text, "The column of the unit that it splits by."),
    may("order", ListOf(&Text), "The order of its levels."),
    may("titles", NamedAs(&Text), "Words for its levels."),
    may("bands", List(BAND), "For a number: the bands that it is put into."),
    may(
        "within",
        Text,
        "The breakdown whose levels are made of whole levels of this one: a ward lies in one locality.",
    ),
    may(
        "audience",
        Either(&[Text, ListOf(&Text)]),
        "Those who may see figures split this way; all if left out.",
    ),
    may(
        "total",
        Either(&[Text, YesNo]),
        "What all levels together are called, if not the whole council; false where they are not one thing.",
    ),
    may(
        "of_measures",
        YesNo,
        "Whether the levels in `order` are names of measures: a table split by it says what became of each.",
    ),
    WHY,
];

/// A band of a scale or a breakdown.
pub(in crate::definitions::load) const BAND: &[Key] = &[
    must("name", Text, "Its name."),
    must("from", Number, "The lowest number in it."),
    must("to", Number, "The highest number in it."),
    may("title", Text, "Words for it."),
];

/// `[disclosure.…]`.
pub(in crate::definitions::load) const DISCLOSURE: &[Key] = &[
    TITLE,
    must(
        "suppress_below",
        Whole,
        "Counts from 1 to one less than this are hidden; 0 hides nothing.",
    ),
    must(
        "round_to",
        Whole,
        "Published counts are rounded to a multiple of this; 1 does not round.",
    ),
    may("zero", OneOf(&["show", "hide"]), "Whether a true nought is shown."),
    may(
        "width",
        Whole,
        "A hidden count that may be small must stay possible over a range at least so wide.",
    ),
    may(
        "full_and_empty",
        OneOf(&["show", "hide"]),
        "Whether a share that holds for everybody or for nobody is shown.",
    ),
    may(
        "last_to_go",
        ListOf(&OneOf(&["headlines", "newest", "totals", "longest", "largest"])),
        "What its readers miss most, first: what is hidden to protect others is what they miss least.",
    ),
    may(
        "windows_end_with",
        OneOf(&["month", "quarter"]),
        "With what twelve months and years so far end where they are split: those that move on by a month tell of that month.",
    ),
    may(
        "cell_key",
        Table(CELL_KEY),
        "For cubes too wide for hiding: every count is changed a little, always in the same way for the same people.",
    ),
    WHY,
];

/// How counts are changed.
pub(in crate::definitions::load) const CELL_KEY: &[Key] = &[
    must("most", Whole, "The most by which a count is changed."),
    must("secret", Text, "At least 16 characters that nobody outside can guess."),
];

/// `[audience.…]`.
pub(in crate::definitions::load) const AUDIENCE: &[Key] = &[
    TITLE,
    must("disclosure", Text, "The disclosure policy that protects them."),
    may("row_level", YesNo, "Whether they may see rows about single cases."),
    may(
        "public",
        YesNo,
        "Whether everybody may see what they are given: it counts for all others.",
    ),
    may(
        "beside",
        ListOf(&Text),
        "The only audiences whose outputs they may lay beside their own; all others, if nothing is said.",
    ),
    may(
        "query_by",
        ListOf(&Text),
        "The breakdowns that their questions may be split by; all where nothing is hidden from them.",
    ),
    may(
        "feedback",
        Table(FEEDBACK),
        "The agreement by which they are told what became of their own referrals.",
    ),
    WHY,
];

/// An agreement on feedback.
pub(in crate::definitions::load) const FEEDBACK: &[Key] = &[
    must("agreement", Text, "The agreement, as those who made it call it."),
    may("until", Date, "The last day on which it holds; after it nothing is told."),
    must("list", Text, "The extract that they are told their own rows of: one with `agencies`."),
    must(
        "of",
        Either(&[Text, ListOf(&Text)]),
        "Their own agencies, as codes of `agencies.by`. No two audiences may have one of them.",
    ),
];

/// `[group.…]`.
pub(in crate::definitions::load) const GROUP: &[Key] = &[
    TITLE,
    must("where", Expression, "Who belongs to it: a condition on one person, with `age_on(…)`."),
    WHY,
];
