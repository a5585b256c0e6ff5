//! The worksheets of what stands beside the outcomes that were drawn: cases, scores, decisions, what would count
//! twice, and the files that were read.

use std::collections::BTreeSet;

use crate::audit::answers::{CASE, NEED, NUMBER};
use crate::audit::evidence::Behind;
use crate::audit::records::{Records, Twice};
use crate::audit::sheets::{Column, Leaf, said, table};
use crate::calendar::Day;
use crate::claims::Kind;
use crate::definitions::words::capital;

/// The ways in which a case may be in the register of claims twice, with the words at the head of each.
const WAYS: [(Kind, &str); 4] = [
    (Kind::SameFamily, "Headline claimed for another case of the family"),
    (Kind::SamePerson, "Headline claimed for another family of one person"),
    (Kind::ClaimedAgain, "Sent more than once"),
    (Kind::OtherFramework, "Claimed under a framework that forbids it"),
];

/// The lists of the audit, with the rows about these outcomes.
pub(super) fn lists(records: &Records<'_>, behind: &[&Behind<'_>]) -> Vec<Leaf> {
    let drawn: BTreeSet<&str> = behind.iter().map(|b| b.item.case_id.as_str()).collect();
    let leaf = |(list, rows): &(&crate::definitions::extract::Extract, Vec<Vec<String>>)| {
        let is_theirs = |case: &str| match list.unit == "case" {
            true => drawn.iter().any(|drawn| records.is_of_family(drawn, case)),
            false => drawn.contains(case),
        };
        let theirs = rows.iter().filter(|row| row.first().is_some_and(|case| is_theirs(case)));
        let head = list.columns.iter().map(|c| Column::told(&c.header)).collect();
        let tab: String = capital(&list.id.replace('_', " ")).chars().take(LONGEST_TAB).collect();
        table(&tab, &list.title, head, theirs.cloned().collect())
    };
    records.lists.iter().map(leaf).collect()
}

/// The most letters that a spreadsheet allows on a tab.
const LONGEST_TAB: usize = 31;

/// What was decided in the place of rules about these cases, by whom and why, whether it counts or not.
pub(super) fn decisions(records: &Records<'_>, behind: &[&Behind<'_>]) -> Leaf {
    let drawn: BTreeSet<&str> = behind.iter().map(|b| b.item.case_id.as_str()).collect();
    let head = [
        CASE,
        "Definition",
        "What became of it",
        "By the rule",
        "Decided",
        "By whom",
        "When",
        "Why",
        "Row",
    ];
    let words = |text: &str| match text {
        "" => "not recorded".to_owned(),
        text => text.replace('_', " "),
    };
    let theirs = records.decisions.iter().filter(|d| drawn.contains(d.case_id.as_str()));
    let rows = theirs.map(|decision| {
        vec![
            decision.case_id.clone(),
            decision.definition.clone(),
            words(decision.effect.word()),
            said(decision.by_rule),
            said(decision.decided),
            words(&decision.role),
            decision.decided_on.map_or_else(|| "not recorded".to_owned(), Day::iso),
            words(&decision.reason),
            decision.row.to_string(),
        ]
    });
    let head = head.into_iter().map(Column::told).collect();
    let leaf = table("Decisions", "Decided in the place of rules", head, rows.collect());
    let line =
        "Every decision about these cases that was recorded, those that do not count among them.";
    Leaf { lines: vec![line.to_owned()], ..leaf }
}

/// Whether an outcome, or a result that it is part of, counts or could count twice.
pub(super) fn twice(records: &Records<'_>, behind: &[&Behind<'_>]) -> Leaf {
    let mut head = vec![Column::told(NUMBER), Column::told(CASE), Column::told(NEED)];
    head.push(Column::told("Need met in another case of the family"));
    head.extend(WAYS.iter().map(|(_, words)| Column::told(words)));
    let none = Twice::default();
    let told = |cases: Option<&BTreeSet<String>>| {
        let cases: Vec<&str> = cases.into_iter().flatten().map(String::as_str).collect();
        if cases.is_empty() { "none".to_owned() } else { cases.join(", ") }
    };
    let rows = behind.iter().map(|behind| {
        let item = behind.item;
        let found = records.twice.get(&item.number).unwrap_or(&none);
        let mut row = vec![item.number.to_string(), item.case_id.clone(), item.need.clone()];
        row.push(told(Some(&found.same_need)));
        row.extend(WAYS.iter().map(|(kind, _)| told(found.claims.get(kind))));
        row
    });
    let leaf = table(
        "Counted twice",
        "Looked for: what would count for the same thing",
        head,
        rows.collect(),
    );
    let line = "Under each head stand the other cases; “none” where we looked and found nothing.";
    Leaf { lines: vec![line.to_owned()], ..leaf }
}

/// The files that all of this was read from, so that whoever looks again knows that they look at the same.
pub(super) fn files(records: &Records<'_>) -> Leaf {
    let head = vec![Column::wide("File"), Column::wide("SHA-256")];
    let rows = records.files.iter().map(|(name, hash)| vec![name.clone(), hash.clone()]);
    table("Files", "The exports and definitions that were read", head, rows.collect())
}
