//! The keys of a framework: headlines, needs, outcomes, claims, their tests and windows.

use super::Holds::{Date, Expression, Length, ListOf, Named, OneOf, Table, Text, Whole, YesNo};
use super::{Holds, Key, TITLE, WHY, may, must, words};
use crate::definitions::load::overrides::{DECIDED, DECIDES};
use crate::definitions::load::windows::SPELLS;

/// `valid` of a framework.
pub(in crate::definitions::load) const VALID: &[Key] = &[
    must("from", Date, "The first day on which it was in force."),
    may("to", Date, "The last day; still in force if left out."),
    must("by", Text, "The date of the case that decides: \"case.identified_on\"."),
];

/// Where a rule comes from.
pub(in crate::definitions::load) const REFERENCE: &[Key] = &[
    may("document", Text, "The document."),
    may("section", Text, "The place in it."),
    may("rule", Text, "The number of the rule."),
    may("url", Text, "Its address."),
    may("checked", YesNo, "Whether somebody has compared the rule with the published text."),
];

/// `[headline.…]`.
pub(in crate::definitions::load) const HEADLINE: &[Key] = &[
    TITLE,
    may("short", Text, "A few words for charts and sentences; the title if left out."),
    may("order", Whole, "Its place in the order; as in the file if left out."),
    may("also", Text, "Another official name."),
];

/// `[need.…]`.
pub(in crate::definitions::load) const NEED: &[Key] = &[
    must("headline", Text, "The headline that it belongs to."),
    TITLE,
    may("short", Text, "A few words for charts and sentences; the title if left out."),
    may("rule", Expression, "How its tests decide; not needed with one test."),
    may("reference", Table(REFERENCE), "Where the rule comes from."),
    must("test", Named(TEST), "What shows that the problem is there."),
    WHY,
];

/// `[outcome.…]`.
pub(in crate::definitions::load) const OUTCOME: &[Key] = &[
    must("need", Text, "The need that it answers."),
    TITLE,
    may("sustained", Length, "For how long it has to hold; checked against the windows."),
    may("rule", Expression, "How its tests decide; not needed with one test."),
    may("reference", Table(REFERENCE), "Where the rule comes from."),
    must("test", Named(TEST), "What shows that the need is met."),
    WHY,
];

/// `[claim.…]`.
pub(in crate::definitions::load) const CLAIM: &[Key] = &[
    may("unit", OneOf(&["case"]), "What it is about: a case."),
    TITLE,
    must("rule", Expression, "How needs, outcomes and its own tests decide."),
    may(
        "not_with",
        Holds::Either(&[Text, ListOf(&Text)]),
        "Claims that may not be made for a family besides this one: \"tf2015.tf_result\".",
    ),
    may("reference", Table(REFERENCE), "Where the rule comes from."),
    may("test", Named(TEST), "Tests of its own."),
    WHY,
];

/// `[override.…]`.
pub(in crate::definitions::load) const OVERRIDE: &[Key] = &[
    TITLE,
    must(
        "decides",
        OneOf(&words(&DECIDES)),
        "What is decided about: a need, an outcome or a claim.",
    ),
    may("only", ListOf(&Text), "Which of them; all of the framework if left out."),
    must("verdict", OneOf(&words(&DECIDED)), "The verdict that a decision may give."),
    must("roles", ListOf(&Text), "The roles whose decision counts; any other is refused."),
    must("window", Table(WINDOW), "When a decision has to be made to count."),
    must("why", Text, "Why there is room for discretion."),
];

/// A test.
pub(in crate::definitions::load) const TEST: &[Key] = &[
    may("source", Text, "Which records."),
    may("through", Text, "How the records reach the unit, if they are not about it or its people."),
    may("who", Text, "Whose records: a group of people."),
    may("combine", OneOf(&["any", "every", "together"]), "How people's results become one."),
    may("where", Expression, "Which of the records answer the question; one row at a time."),
    may("window", Table(WINDOW), "When: one of eight forms, both ends included."),
    may("baseline", Table(WINDOW), "A second window, read by `baseline.` before a function."),
    may(
        "split_by",
        ListOf(&Text),
        "Columns: what is expected has to hold within each of their values.",
    ),
    may(
        "at_least",
        Holds::Either(&[Whole, Text]),
        "How many of the values of `split_by` have to pass; every one if left out.",
    ),
    may("expect", Expression, "What the records must show, all of them at once."),
    may("value", Expression, "For a fact: the number that is wanted."),
    may("missing", OneOf(&STATED), "What silence means here, if not what the source says."),
    may("missing_why", Text, "Why silence is a success."),
    may("nobody", OneOf(&STATED), "What it means that nobody belongs to the group."),
    may("when", Expression, "A condition on the unit's own columns, in place of all the rest."),
    may(
        "evidence",
        ListOf(&Text),
        "Columns kept for audit, told by row-level packs; key, dates and what the test reads if left out.",
    ),
];

/// What a test may be said to be.
const STATED: [&str; 4] = ["met", "not_met", "unknown", "not_applicable"];

/// `window` and `baseline`.
pub(in crate::definitions::load) const WINDOW: &[Key] = &[
    may(
        "after",
        Text,
        "{ after, for }: from the day after this date. { next, of, after }: periods that start after it.",
    ),
    may("before", Text, "{ before, for }: up to the day before this date."),
    may("up_to", Text, "{ up_to, for }: up to and with this date."),
    may("for", Length, "How long: \"6 months\", or a parameter: \"param.x\"."),
    may("from", Text, "{ from, to }: from this date."),
    may("to", Text, "{ from, to }: to this date."),
    may("on", Text, "{ on }: that day alone."),
    may("in", OneOf(&["period"]), "{ in }: the reporting period; for facts that stocks use."),
    may("last", Holds::Either(&[Whole, Text]), "{ last, of, by }: so many complete periods."),
    may("next", Holds::Either(&[Whole, Text]), "{ next, of, after }: so many periods."),
    may("of", Text, "The calendar of named periods: \"terms\"."),
    may("by", Text, "{ last, of, by }: periods that end by this date."),
    may(
        "spells",
        OneOf(&words(&SPELLS)),
        "Which spells count: those that overlap, start or end in the window.",
    ),
];
