//! What the data checks found: what to mend, gravest first, how complete the records are, and where
//! the findings lie.

use crate::definitions::data_check::{Grade, Quality};
use crate::protect::{
    PublishedCheck, PublishedQuality, PublishedSpread, QualityFigures, SpreadLevel,
};
use crate::report::SinceLast;
use crate::report::document::{Block, Head, Row, Table, TableCell};
use crate::report::figures::distinct;
use crate::report::sentences::{in_words, lower};

/// How many checks are named beside a team.
const MOST: usize = 2;

/// How many findings of single levels are listed with how they are mended.
const GRAVEST: usize = 10;

/// The blocks of the section on data health that the checks fill; none without checks.
pub(super) fn blocks(quality: &PublishedQuality, since: Option<&SinceLast>) -> Vec<Block> {
    if quality.checks().is_empty() {
        return Vec::new();
    }
    if !quality.is_complete() {
        return vec![Block::Table(beside_then(in_order(quality), quality.checks(), since))];
    }
    let mut blocks = vec![Block::Findings(summary(quality))];
    let mend = to_mend(quality);
    if !mend.rows.is_empty() {
        blocks.push(Block::Table(mend));
    }
    let complete = quality.checks().iter().filter(|c| c.quality == Quality::Completeness);
    blocks.push(Block::Table(beside_then(completeness(quality), complete, since)));
    for by in quality.spreads() {
        blocks.push(Block::Table(spread(by)));
        blocks.extend(gravest(quality, by).map(Block::Table));
    }
    blocks
}

/// How many checks found something, by grade, and the gravest by name.
fn summary(quality: &PublishedQuality) -> Vec<String> {
    let findings = quality.findings();
    let of = |grade: Grade| findings.iter().filter(move |c| c.grade == grade);
    let counts = Grade::ALL.map(|grade| of(grade).count());
    let mut said = vec![format!(
        "{} checks looked at the records. They found {}, {} and {}.",
        quality.checks().len(),
        counted(counts[0], "thing of high priority", "things of high priority"),
        counted(counts[1], "error", "errors"),
        counted(counts[2], "warning", "warnings"),
    )];
    said.extend(of(Grade::HighPriority).map(|c| {
        format!(
            "{}: {} of {}. {}: {}.",
            c.title,
            c.figures.found,
            c.figures.checked,
            c.mended_by,
            lower(&c.mend)
        )
    }));
    said
}

fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// The title of the feed, without what it says of itself in brackets.
fn feed(check: &PublishedCheck) -> String {
    let title = &check.source.1;
    title.split_once(" (").map_or(title.as_str(), |(title, _)| title).to_owned()
}

/// What is wrong, gravest first, with how it is mended and by whom.
fn to_mend(quality: &PublishedQuality) -> Table {
    let row = |check: &&PublishedCheck| Row {
        head: check.title.clone(),
        cells: how_to_mend(check, check.figures)
            .into_iter()
            .chain([TableCell::Words(feed(check))])
            .collect(),
    };
    Table {
        caption: "What to mend in the records, gravest first".to_owned(),
        head: heads_of_mends().into_iter().chain([Head::of("Feed", false)]).collect(),
        rows: quality.findings().iter().map(row).collect(),
    }
}

/// The heads of what is wrong and of how it is mended.
fn heads_of_mends() -> [Head; 6] {
    [
        Head::of("What is wrong", false),
        Head::of("Grade", false),
        Head::of("Records", true),
        Head::of("Of", true),
        Head::of("How to mend it", false),
        Head::of("Who", false),
    ]
}

/// What stands below them beside the title of a check, of so many records.
fn how_to_mend(check: &PublishedCheck, figures: QualityFigures) -> [TableCell; 5] {
    [
        TableCell::Words(check.grade.to_string()),
        TableCell::Figure(figures.found),
        TableCell::Figure(figures.checked),
        TableCell::Words(format!("{}.", check.mend)),
        TableCell::Words(check.mended_by.clone()),
    ]
}

/// What is found at single levels of a breakdown, gravest first and then the most records, with how it is mended;
/// nothing where only one check finds anything, since that stands in the table of all.
fn gravest(quality: &PublishedQuality, by: &PublishedSpread) -> Option<Table> {
    let mut found: Vec<(&PublishedCheck, &str, QualityFigures)> = Vec::new();
    for check in quality.findings() {
        let own = check.splits.iter().filter(|split| split.breakdown == by.breakdown);
        let levels = own.flat_map(|split| &split.levels);
        let wrong = levels.filter(|(_, _, f)| f.found.number().is_some_and(|n| !n.is_zero()));
        found.extend(wrong.map(|(_, title, figures)| (check, title.as_str(), *figures)));
    }
    let checks = distinct(found.iter().map(|(check, ..)| check.id.as_str()));
    if checks.len() < 2 {
        return None;
    }
    let rows = |figures: &QualityFigures| figures.found.number().map_or(0.0, |n| n.as_f64());
    found.sort_by(|(a, _, ours), (b, _, theirs)| {
        a.grade.cmp(&b.grade).then(rows(theirs).total_cmp(&rows(ours)))
    });
    let all = found.len();
    found.truncate(GRAVEST);
    let row = |(check, level, figures): &(&PublishedCheck, &str, QualityFigures)| Row {
        head: (*level).to_owned(),
        cells: [TableCell::Words(check.title.clone())]
            .into_iter()
            .chain(how_to_mend(check, *figures))
            .collect(),
    };
    let which = match all {
        n if n <= GRAVEST => "What to mend, gravest first".to_owned(),
        _ => format!("The {} things to mend first", in_words(GRAVEST)),
    };
    Some(Table {
        caption: format!("{which}, by {}", lower(&by.title)),
        head: [Head::of(&by.title, false)].into_iter().chain(heads_of_mends()).collect(),
        rows: found.iter().map(row).collect(),
    })
}

/// The share of records that have what they should have.
fn completeness(quality: &PublishedQuality) -> Table {
    let checks = quality.checks().iter().filter(|c| c.quality == Quality::Completeness);
    let rows = checks.map(|check| Row {
        head: check.title.clone(),
        cells: vec![
            TableCell::Figure(check.figures.checked),
            TableCell::Figure(check.figures.in_order),
            TableCell::Words(feed(check)),
        ],
    });
    Table {
        caption: "How complete the records are".to_owned(),
        head: vec![
            Head::of("What may be missing", false),
            Head::of("Records looked at", true),
            Head::of("Complete", true),
            Head::of("Feed", false),
        ],
        rows: rows.collect(),
    }
}

/// A table of checks with what the last report said of each, where there was one.
fn beside_then<'c>(
    mut table: Table,
    checks: impl IntoIterator<Item = &'c PublishedCheck>,
    since: Option<&SinceLast>,
) -> Table {
    let Some(since) = since else { return table };
    // Before the feed, which stands last.
    let place = table.head.len().saturating_sub(1);
    table.head.insert(place, Head::of("At the last report", true));
    for (row, check) in table.rows.iter_mut().zip(checks) {
        let then = since.in_order(&check.id).map(TableCell::Figure);
        let then = then.unwrap_or_else(|| TableCell::Words("None".to_owned()));
        row.cells.insert(row.cells.len().saturating_sub(1), then);
    }
    table
}

/// The share of records in order, for those to whom small counts are hidden.
fn in_order(quality: &PublishedQuality) -> Table {
    let rows = quality.checks().iter().map(|check| Row {
        head: check.title.clone(),
        cells: vec![
            TableCell::Words(check.grade.to_string()),
            TableCell::Figure(check.figures.in_order),
            TableCell::Words(feed(check)),
        ],
    });
    Table {
        caption: "Share of the records in which this is not wrong".to_owned(),
        head: vec![
            Head::of("What may be wrong", false),
            Head::of("Grade", false),
            Head::of("In order", true),
            Head::of("Feed", false),
        ],
        rows: rows.collect(),
    }
}

/// How the findings spread over the levels of a breakdown, and what is found most often there.
pub fn spread(spread: &PublishedSpread) -> Table {
    let row = |level: &SpreadLevel| {
        let most = level.checks.iter().take(MOST).map(|(title, n)| format!("{title} ({n})"));
        let figures = level.by_grade.map(TableCell::Figure);
        let most = TableCell::Words(most.collect::<Vec<_>>().join("; "));
        Row { head: level.title.clone(), cells: figures.into_iter().chain([most]).collect() }
    };
    let grades = Grade::ALL.map(|grade| Head::of(&grade.to_string(), true));
    Table {
        caption: format!("Findings by {}: how many of each grade", lower(&spread.title)),
        head: std::iter::once(Head::of(&spread.title, false))
            .chain(grades)
            .chain([Head::of("Gravest and most frequent", false)])
            .collect(),
        rows: spread.levels.iter().map(row).collect(),
    }
}
