//! Can we trust this report? What is wrong with the records, what was read, what was not used and why,
//! and how late the feeds are.

use crate::calendar::Day;
use crate::definitions::Definitions;
use crate::definitions::framework::UncheckedRule;
use crate::report::document::{Block, Head, Row, Section, Table, TableCell};
use crate::report::sentences::listed;
use crate::report::{About, data_quality};

/// What the page has to know of one feed besides its ledger.
#[derive(Debug, Clone)]
pub struct Feed {
    /// The source.
    pub source: String,
    /// How far it is complete.
    pub complete_to: Option<Day>,
    /// The newest date in it.
    pub newest: Option<Day>,
}

/// Local changes to definitions, each with what it said before.
pub(super) fn amendments(definitions: &Definitions) -> Option<Block> {
    let head = |text: &str| Head::of(text, false);
    let rows = definitions.amendments.iter().flat_map(|amendment| {
        amendment.lines().into_iter().map(|line| Row {
            head: amendment.of.clone(),
            cells: vec![TableCell::Words(line), TableCell::Words(amendment.reason())],
        })
    });
    let table = Table {
        caption: "Definitions that were changed locally".to_owned(),
        head: vec![head("Definition"), head("Change"), head("Why")],
        rows: rows.collect(),
    };
    (!table.rows.is_empty()).then_some(Block::Table(table))
}

/// How many rules nobody has compared with their published text, and which.
fn unchecked_rules(unchecked: &[UncheckedRule<'_>]) -> Vec<Block> {
    if unchecked.is_empty() {
        return Vec::new();
    }
    let frameworks = unchecked.chunk_by(|a, b| a.framework.id == b.framework.id);
    let of = frameworks
        .filter_map(|rules| Some(format!("{} of {}", rules.len(), rules.first()?.framework.title)));
    let said = format!(
        "{} rules in use have not been compared with their published text: {}.",
        unchecked.len(),
        listed(&of.collect::<Vec<_>>())
    );
    let words = |words: &str| TableCell::Words(words.to_owned());
    let row = |rule: &UncheckedRule<'_>| {
        let source = rule.reference.words().or_else(|| rule.framework.reference.words());
        let source = source.as_deref().unwrap_or("No document is named");
        let cells = vec![words(rule.kind), words(source), words(&rule.name())];
        Row { head: rule.title.to_owned(), cells }
    };
    let head = |text: &str| Head::of(text, false);
    let table = Table {
        caption: "Rules that nobody has compared with their published text".to_owned(),
        head: vec![head("Rule"), head("For a"), head("Published text"), head("Name in files")],
        rows: unchecked.iter().map(row).collect(),
    };
    vec![Block::Note(said), Block::Folded(table)]
}

/// The section on data health.
pub(super) fn section(about: &About<'_>, as_at: Day, unchecked: &[UncheckedRule<'_>]) -> Section {
    let About { ledger, quality, feeds, .. } = *about;
    let head = Head::of;
    let day =
        |d: Option<Day>| TableCell::Words(d.map_or_else(|| "None".to_owned(), |d| d.to_string()));
    let complete = ledger.is_complete();
    let rows = ledger.feeds().iter().map(|feed| {
        let about = feeds.iter().find(|f| f.source == feed.source());
        let mut cells = vec![TableCell::Figure(feed.read()), TableCell::Figure(feed.used())];
        if complete {
            let others = [feed.quarantined(), feed.left_out(), feed.repeated(), feed.linked()];
            cells.extend(others.map(TableCell::Figure));
        }
        let newest = about.and_then(|f| f.newest);
        cells.push(day(newest));
        cells.push(TableCell::Words(match newest {
            Some(day) if day == as_at => "The same day".to_owned(),
            Some(day) if day < as_at => match as_at.0 - day.0 {
                1 => "1 day before".to_owned(),
                days => format!("{days} days before"),
            },
            _ => "None".to_owned(),
        }));
        cells.push(day(about.and_then(|f| f.complete_to)));
        Row { head: feed.title().to_owned(), cells }
    });
    let mut columns = vec![head("Feed", false), head("Rows read", true)];
    if complete {
        columns.push(head("Used", true));
        columns.push(head("Quarantined", true));
        columns.push(head("Left out by rule", true));
        columns.push(head("Of both: repeated", true));
        columns.push(head("Linked", true));
    } else {
        columns.push(head("Share used", true));
    }
    columns.push(head("Newest date", false));
    columns.push(head("Against the report’s day", false));
    columns.push(head("Complete to", false));
    let caption = if complete {
        "Rows of each feed: read = used + quarantined + left out; linked are those about somebody we know"
    } else {
        "Rows of each feed, and the share of them that could be used"
    };
    let feeds_table = Table { caption: caption.to_owned(), head: columns, rows: rows.collect() };
    let reasons = ledger.feeds().iter().flat_map(|feed| {
        feed.reasons().iter().map(|unused| Row {
            head: feed.title().to_owned(),
            cells: vec![
                TableCell::Words(unused.reason.clone()),
                TableCell::Figure(unused.rows),
                TableCell::Words(format!("{}.", unused.mend)),
            ],
        })
    });
    let reasons_table = Table {
        caption: "Why rows were not used".to_owned(),
        head: vec![
            head("Feed", false),
            head("Reason", false),
            head("Rows", true),
            head("How to mend them", false),
        ],
        rows: reasons.collect(),
    };
    let late: Vec<String> = feeds
        .iter()
        .filter_map(|f| {
            let complete = f.complete_to.filter(|c| *c < as_at)?;
            let title = ledger.feeds().iter().find(|l| l.source() == f.source)?.title();
            Some(format!(
                "{title}: complete to {complete} only. Windows that end later are “not yet known”."
            ))
        })
        .collect();
    let mut blocks = Vec::new();
    if !late.is_empty() {
        blocks.push(Block::Findings(late));
    }
    blocks.extend(data_quality::blocks(quality, about.since_last));
    blocks.push(Block::Table(feeds_table));
    if !reasons_table.rows.is_empty() {
        blocks.push(Block::Table(reasons_table));
    }
    blocks.extend(unchecked_rules(unchecked));
    Section {
        id: "data-health".to_owned(),
        title: "Can we trust these figures?".to_owned(),
        intro: if complete {
            "What is wrong with the records, and whether every row of every file is accounted for. Records to mend and rows in quarantine are listed with their place in the restricted folder, so that they can be mended where they were entered.".to_owned()
        } else {
            "How much of the records is in order, how much of each file could be used, and how late each of them is. Those who keep the records are given what has to be mended.".to_owned()
        },
        blocks,
    }
}
