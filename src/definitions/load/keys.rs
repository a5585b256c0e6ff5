//! Every key of the definition language, with what it holds and what it is for.
//!
//! The readers allow the keys that stand here and no others, and the JSON Schema that editors use is
//! made from the same tables: what an editor completes is what the loader takes.

use crate::definitions::load::reader::Keyed;

mod audits;
mod council;
mod extracts;
mod feeds;
mod figures;
mod ground;
mod quality;
mod rules;
mod saved_queries;
mod scales;

pub(super) use audits::*;
pub(super) use council::*;
pub(super) use extracts::*;
pub(super) use feeds::*;
pub(super) use figures::*;
pub(super) use ground::*;
pub(super) use quality::*;
pub(super) use rules::*;
pub(super) use saved_queries::*;
pub(super) use scales::*;

use Holds::{Any, Date, List, Named, Table, Text, Whole};

/// One key that a table may have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    /// As it is written.
    pub(super) name: &'static str,
    /// Whether the table is wrong without it.
    pub(super) required: bool,
    /// What stands behind it.
    pub(super) holds: Holds,
    /// What it is for, in one line.
    pub(super) doc: &'static str,
}

/// What may stand behind a key.
#[derive(Debug, Clone, Copy)]
pub(super) enum Holds {
    /// Words.
    Text,
    /// A condition or a value, in the closed subset of SQL.
    Expression,
    /// `true` or `false`.
    YesNo,
    /// A number.
    Number,
    /// A whole number.
    Whole,
    /// A day.
    Date,
    /// A length of time.
    Length,
    /// One of a few words.
    OneOf(&'static [&'static str]),
    /// A list.
    ListOf(&'static Holds),
    /// One of several things.
    Either(&'static [Holds]),
    /// A table with these keys.
    Table(&'static [Key]),
    /// A list of tables with these keys.
    List(&'static [Key]),
    /// A table whose keys are names, each with a table of these keys.
    Named(&'static [Key]),
    /// A table whose keys are names, each with the same.
    NamedAs(&'static Holds),
    /// Whatever the definition that it is about says.
    Any,
}

impl Keyed for Key {
    fn key(&self) -> &str {
        self.name
    }
}

/// A key that may be left out.
const fn may(name: &'static str, holds: Holds, doc: &'static str) -> Key {
    Key { name, required: false, holds, doc }
}

/// A key that has to be there.
const fn must(name: &'static str, holds: Holds, doc: &'static str) -> Key {
    Key { name, required: true, holds, doc }
}

/// The words of the choices that a reader offers.
const fn words<T, const N: usize>(choices: &[(&'static str, T); N]) -> [&'static str; N] {
    let mut found = [""; N];
    let mut at = 0;
    while at < N {
        found[at] = choices[at].0;
        at += 1;
    }
    found
}

const WHY: Key = may("why", Text, "Why it is as it is.");
const TITLE: Key =
    must("title", Text, "What it is, in words that a reader of a report understands.");

/// The kinds of table that may stand at the top of a file.
pub(super) const KINDS: &[Key] = &[
    must(
        "file",
        Table(FILE),
        "What the file is called and which version of the language it is in.",
    ),
    may(
        "project",
        Table(PROJECT),
        "The council, the day as of which all is judged, and the files in use.",
    ),
    may(
        "calendar",
        Named(CALENDAR),
        "Working days, named periods such as school terms, and the year.",
    ),
    may(
        "parameter",
        Named(PARAMETER),
        "A threshold that councils argue about: `param.name` in expressions and windows.",
    ),
    may("breakdown", Named(BREAKDOWN), "A way to split measures: one value for each unit."),
    may("disclosure", Named(DISCLOSURE), "What may be shown of small numbers."),
    may("audience", Named(AUDIENCE), "Somebody who is given outputs."),
    may("unit", Named(UNIT), "What can be counted: cases, referrals, assessments."),
    may("link", Named(LINK), "How one kind of thing belongs to another."),
    may("group", Named(GROUP), "People of a case, picked by a condition."),
    may("source", Named(SOURCE), "A logical table that definitions may read."),
    may(
        "defaults",
        Table(DEFAULTS),
        "What holds for all maps, measures or data checks of this file.",
    ),
    may("map", Named(MAP), "Which export feeds a source."),
    may(
        "no_feed",
        Holds::NamedAs(&Text),
        "Sources that nothing feeds yet, each with the reason: what rests on them is not yet known.",
    ),
    may("crosswalk", Named(CROSSWALK), "A file that turns another agency's identifiers into ours."),
    may("codes", Named(CODES), "How a council's words become our codes."),
    may("scale", Named(SCALE), "An assessment scale: numbers only."),
    may("headline", Named(HEADLINE), "A headline outcome of the framework."),
    may("need", Named(NEED), "A problem found at the start."),
    may("outcome", Named(OUTCOME), "What has to hold afterwards for a need to be met."),
    may("claim", Named(CLAIM), "What a council may assert about a case."),
    may(
        "override",
        Named(OVERRIDE),
        "Discretion: what may be decided otherwise than its rule says, by whom and when.",
    ),
    may("fact", Named(FACT), "Something found out about each unit, for measures to use."),
    may("measure", Named(MEASURE), "A figure."),
    may("check", Named(CHECK), "What must not be so in the records, and how it is mended."),
    may(
        "extract",
        Named(EXTRACT),
        "A saved list with a row for each unit, under published headers.",
    ),
    may(
        "audit",
        Named(AUDIT),
        "What a sample of outcomes is drawn from for auditors, and what they answer.",
    ),
    may("query", Named(SAVED_QUERY), "A question that is asked again and again, under a name."),
    may("pack", Named(PACK), "Which measures, for which audience, in which order."),
    may("cast", Named(&[]), "Rows that several worked examples share, by source."),
    may(
        "example",
        List(EXAMPLE),
        "A worked example: a few rows and the verdict that must come out.",
    ),
    may(
        "score_example",
        List(SCORE_EXAMPLE),
        "A worked example of a scale: a few scores and the pairs that must come of them.",
    ),
    may("amend", Named(AMEND), "A local change to a definition, with why, who agreed and when."),
    may("allow", Named(ALLOW), "A warning that is accepted for a while, with a reason and an end."),
];

/// Kinds whose tables take whatever keys the definition or source that they name takes.
pub(super) const OPEN: [&str; 2] = ["cast", "amend"];

/// `[file]`.
pub(super) const FILE: &[Key] = &[
    must("language", Whole, "The version of the definition language: 1."),
    must("id", Text, "The name by which `uses` and other files know this file."),
    TITLE,
    WHY,
    may("valid", Table(VALID), "For a framework: the time for which it was in force."),
    may("reference", Table(REFERENCE), "For a framework: the document that it follows."),
    may("next_review", Date, "The day by which somebody looks at this file again."),
];

/// `[amend."…"]`.
const AMEND: &[Key] = &[
    must("why", Text, "Why the definition differs here."),
    must("agreed_by", Text, "Who agreed to it."),
    must("agreed_on", Date, "When they did."),
    may(
        "own_examples",
        Holds::YesNo,
        "Examples of the definition in other files no longer count; this file has its own.",
    ),
];

/// `[allow.…]`.
pub(super) const ALLOW: &[Key] = &[
    may("warning", Text, "The code of the warning; the name of the table if it is left out."),
    must(
        "rules",
        Holds::ListOf(&Text),
        "The definitions it is allowed for: \"sf2022.*\", \"measure.open_cases\".",
    ),
    must("why", Text, "Why it may stand."),
    must("until", Date, "The last day on which it may, by the project's `as_at`."),
];

/// `[[example]]`.
pub(super) const EXAMPLE: &[Key] = &[
    must(
        "of",
        Text,
        "The need, outcome, claim, fact, check or extract: \"sf2022.outcome.not_missing\", \"check.x\".",
    ),
    must("says", Text, "What the example shows, in a sentence."),
    may("cast", Text, "The shared rows that it starts from."),
    may("as_at", Date, "The day as of which it is judged; the project's if left out."),
    may(
        "complete_to",
        Holds::NamedAs(&Date),
        "How far single sources are complete, if not to that day.",
    ),
    may("period", Text, "For a fact that asks about the reporting period: which, \"2026-09\"."),
    may("given", Any, "Rows of its own, by source."),
    may(
        "expect",
        Holds::NamedAs(&Holds::Either(&[Holds::OneOf(&VERDICTS), Holds::Number])),
        "The verdict for each unit, by its identifier; or the number that a fact gives.",
    ),
    may(
        "finds",
        Holds::ListOf(&Whole),
        "For a check: which of its source's rows it finds; 1 is the first.",
    ),
    may(
        "gives",
        Holds::ListOf(&Holds::NamedAs(&Text)),
        "For an extract: the rows that come of it, each with some of its columns.",
    ),
];

/// The five results.
const VERDICTS: [&str; 5] = {
    use crate::definitions::verdict::Verdict;
    let mut words = [""; 5];
    let mut at = 0;
    while at < Verdict::ALL.len() {
        words[at] = Verdict::ALL[at].word();
        at += 1;
    }
    words
};
