//! The keys of audits.

use super::Holds::{Either, Expression, Length, List, ListOf, NamedAs, Text, Whole};
use super::{Key, TITLE, WHY, may, must};

/// `[audit.…]`.
pub(in crate::definitions::load) const AUDIT: &[Key] = &[
    TITLE,
    WHY,
    must("extract", Text, "The extract of needs of cases whose rows may be drawn."),
    must("question", Text, "What the auditor is asked of each outcome."),
    must(
        "strata",
        List(AUDIT_STRATUM),
        "What may be drawn, by risk; the first that fits, the last takes the rest.",
    ),
    may(
        "second",
        Either(&[Text, Whole]),
        "How many of the drawn a second auditor looks at: \"all\", 20 or \"20%\".",
    ),
    may(
        "lists",
        ListOf(&Text),
        "Extracts whose rows about the cases that were drawn stand beside them; their first column is the case.",
    ),
    must("reasons", NamedAs(&Text), "Why an auditor may disagree: need_not_shown = \"…\"."),
];

/// A stratum of an audit.
pub(in crate::definitions::load) const AUDIT_STRATUM: &[Key] = &[
    must("id", Text, "Its name."),
    must("title", Text, "What these outcomes have in common."),
    may("where", Expression, "Which of them, by what the extract knows of them."),
    may(
        "just_over",
        Length,
        "Those with a window that ended so shortly before the day of judgement, or a spell so shortly after its window.",
    ),
    may("rests_on", List(AUDIT_RESTS_ON), "Those with no other rows behind what holds."),
    must("take", Either(&[Text, Whole]), "How many are drawn: \"all\", 30 or \"10%\"."),
];

/// Rows that an outcome may rest on.
pub(in crate::definitions::load) const AUDIT_RESTS_ON: &[Key] = &[
    must("source", Text, "The source."),
    may("where", Expression, "Which of its rows; all if left out."),
];
