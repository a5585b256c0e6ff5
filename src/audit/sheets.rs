//! The workbook that an auditor fills in: the outcomes that were drawn with room for answers, and beside them what
//! each rests on, so that nobody has to open the case system to see what the engine saw.

use std::collections::{BTreeMap, BTreeSet};

use crate::audit::answers::{AGREE, Answer, CASE, NEED, NUMBER, REASON, SHEET};
use crate::audit::draw::{Item, Sample};
use crate::audit::evidence::Behind;
use crate::audit::record_sheets;
use crate::audit::records::Records;
use crate::calendar::Day;
use crate::definitions::Definitions;
use crate::definitions::audit::OutcomeAudit;
use crate::definitions::verdict::Verdict;
use crate::definitions::words::said as definitions_said;
use crate::explain::Timeline;
use crate::fingerprint::fingerprint;

/// One worksheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// What stands on its tab.
    pub tab: String,
    /// Its title.
    pub title: String,
    /// What stands above the table.
    pub lines: Vec<String>,
    /// The columns of its table.
    pub head: Vec<Column>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

/// A column of a worksheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its header.
    pub header: String,
    /// Whether its entries are long.
    pub wide: bool,
    /// What may be filled in; any words if that is nothing. Nothing where nothing is filled in.
    pub filled_in: Option<Vec<String>>,
}

impl Column {
    pub(super) fn told(header: &str) -> Self {
        Self { header: header.to_owned(), wide: false, filled_in: None }
    }

    pub(super) fn wide(header: &str) -> Self {
        Self { wide: true, ..Self::told(header) }
    }

    fn answer(header: &str, words: &[&str]) -> Self {
        let words = words.iter().map(|w| (*w).to_owned()).collect();
        Self { filled_in: Some(words), ..Self::told(header) }
    }
}

/// Who fills in a workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auditor {
    /// Whoever looks at all that was drawn.
    First,
    /// Whoever looks again at some of it, without the answers of the first.
    Second,
}

impl Auditor {
    fn looks_at(self, item: &Item) -> bool {
        self == Self::First || item.twice
    }
}

/// The worksheets of a sample.
#[must_use]
pub fn sheets(
    definitions: &Definitions,
    audit: &OutcomeAudit,
    sample: &Sample,
    behind: &[Behind<'_>],
    (cases, records): (&BTreeMap<String, Timeline>, &Records<'_>),
    auditor: Auditor,
) -> Vec<Leaf> {
    let behind: Vec<&Behind<'_>> = behind.iter().filter(|b| auditor.looks_at(b.item)).collect();
    let behind = behind.as_slice();
    let theirs = |id: &String| behind.iter().any(|b| b.item.case_id == *id);
    let cases: BTreeMap<&String, &Timeline> = cases.iter().filter(|(id, _)| theirs(id)).collect();
    let cases = &cases;
    let first = [
        about(definitions, audit, sample, auditor),
        outcomes(definitions, audit, sample, behind, auditor),
    ];
    let lists = record_sheets::lists(records, behind);
    let last = [
        dates(cases),
        needs(sample, cases),
        record_sheets::decisions(records, behind),
        record_sheets::twice(records, behind),
        tests(behind),
        rows(records, behind),
        rules(definitions, behind),
        record_sheets::files(records),
    ];
    first.into_iter().chain(lists).chain(last).collect()
}

pub(super) fn table(tab: &str, title: &str, head: Vec<Column>, rows: Vec<Vec<String>>) -> Leaf {
    Leaf { tab: tab.to_owned(), title: title.to_owned(), lines: Vec::new(), head, rows }
}

fn about(
    definitions: &Definitions,
    audit: &OutcomeAudit,
    sample: &Sample,
    auditor: Auditor,
) -> Leaf {
    let who = match auditor {
        Auditor::First => "",
        Auditor::Second => {
            " This is the sheet of the second auditor, who has not seen the first one's answers."
        }
    };
    let extract = definitions.extract(&audit.extract).map_or("", |e| e.title.as_str());
    let hashes: String = definitions.files.iter().map(|f| f.sha256.as_str()).collect();
    let as_at = definitions.project.as_at;
    let lines = vec![
        "Restricted: this workbook is about single families.".to_owned(),
        format!("{}: {}", definitions.project.council, audit.question),
        format!(
            "Fill in the worksheet {SHEET}: {AGREE}, where you do not agree {REASON}, and any words under Note. Change nothing else.{who}"
        ),
        format!("Drawn from: {extract}."),
        format!(
            "As at {as_at}. Drawn with the seed {}; definitions {}. The same exports, definitions and seed give the same sample on every machine.",
            sample.seed,
            fingerprint(hashes.as_bytes())
        ),
        format!(
            "Why one may not agree: {}.",
            audit
                .reasons
                .iter()
                .map(|(word, text)| format!("{word} ({text})"))
                .collect::<Vec<_>>()
                .join("; ")
        ),
    ];
    let head = vec![Column::wide("Stratum"), Column::told("Outcomes"), Column::told("Drawn")];
    let strata = audit.strata.iter().zip(&sample.strata);
    let rows = strata.map(|(stratum, drawn)| {
        vec![stratum.title.clone(), drawn.of.to_string(), drawn.taken.to_string()]
    });
    Leaf { lines, ..table("Read me", &audit.title, head, rows.collect()) }
}

fn outcomes(
    definitions: &Definitions,
    audit: &OutcomeAudit,
    sample: &Sample,
    behind: &[&Behind<'_>],
    auditor: Auditor,
) -> Leaf {
    // What the extract tells stands here under its own headers, but for what the first columns say already.
    let extract = definitions.extract(&audit.extract);
    let columns = extract.map(|e| e.columns.as_slice()).unwrap_or_default();
    let more: Vec<usize> = (0..columns.len())
        .filter(|at| columns.get(*at).is_some_and(|c| c.header != CASE && c.header != NEED))
        .collect();
    let mut head = vec![Column::told(NUMBER), Column::told(CASE), Column::told(NEED)];
    head.extend([Column::wide("Outcome"), Column::told("Why it was drawn")]);
    head.extend(more.iter().filter_map(|at| columns.get(*at)).map(|c| Column::told(&c.header)));
    let reasons: Vec<&str> = audit.reasons.iter().map(|(word, _)| word.as_str()).collect();
    head.extend([
        Column::answer(AGREE, &Answer::ALL.map(Answer::word)),
        Column::answer(REASON, &reasons),
        Column::answer("Auditor", &[]),
        Column { wide: true, ..Column::answer("Note", &[]) },
    ]);
    let rows = sample.items.iter().filter(|item| auditor.looks_at(item)).map(|item| {
        let own = behind.iter().find(|b| b.item.number == item.number);
        let outcome =
            own.and_then(|b| b.case.stories.iter().find(|s| Some(&s.name) == b.outcome.as_ref()));
        let stratum = audit.strata.get(item.stratum);
        let mut row = vec![item.number.to_string(), item.case_id.clone(), item.need.clone()];
        row.push(outcome.map(|s| s.title.clone()).unwrap_or_default());
        row.push(stratum.map(|s| s.title.clone()).unwrap_or_default());
        row.extend(more.iter().filter_map(|at| item.told.get(*at)).cloned());
        row.resize(head.len(), String::new());
        row
    });
    let rows = rows.collect();
    table(SHEET, &audit.question, head, rows)
}

fn dates(cases: &BTreeMap<&String, &Timeline>) -> Leaf {
    let head = vec![Column::told("Case"), Column::told("What"), Column::told("When")];
    let rows = cases.iter().flat_map(|(id, case)| {
        case.dates.iter().map(move |(day, what)| vec![(*id).clone(), what.clone(), day.iso()])
    });
    table("Dates", "The dates of each case", head, rows.collect())
}

fn needs(sample: &Sample, cases: &BTreeMap<&String, &Timeline>) -> Leaf {
    let head = vec![
        Column::told(CASE),
        Column::wide("What was asked"),
        Column::told("Definition"),
        Column::told("Verdict"),
        Column::wide("Because"),
    ];
    // Of the frameworks that something was drawn from.
    let drawn = |id: &str, name: &str| {
        let framework = name.split('.').next();
        sample.items.iter().any(|i| i.case_id == id && Some(i.framework.as_str()) == framework)
    };
    let rows = cases.iter().flat_map(|(id, case)| {
        case.stories.iter().filter(move |story| drawn(id, &story.name)).map(move |story| {
            let verdict = said(Some(story.verdict));
            vec![
                (*id).clone(),
                story.title.clone(),
                story.name.clone(),
                verdict,
                story.reason.clone(),
            ]
        })
    });
    table(
        "Needs and outcomes",
        "Every need, outcome and claim of these cases",
        head,
        rows.collect(),
    )
}

fn tests(behind: &[&Behind<'_>]) -> Leaf {
    let headers = [NUMBER, "Definition", "Test", "Verdict", "Source", "Window from", "Window to"];
    let mut head: Vec<Column> = headers.iter().map(|h| Column::told(h)).collect();
    head.extend(
        ["Compared from", "Compared to", "Known to", "Rows in these days"].map(Column::told),
    );
    let mut rows = Vec::new();
    for (number, story) in behind.iter().flat_map(|b| b.own().map(|s| (b.item.number, s))) {
        for lane in &story.lanes {
            let ends = |days: Option<(Day, Day)>| [day(days.map(|d| d.0)), day(days.map(|d| d.1))];
            let mut row = vec![number.to_string(), story.name.clone(), lane.test.replace('_', " ")];
            row.extend([
                said(lane.verdict),
                lane.source.clone().unwrap_or_else(|| "the case itself".into()),
            ]);
            row.extend(ends(lane.window));
            row.extend(ends(lane.baseline));
            row.push(day(lane.known_to));
            row.push(lane.marks.iter().filter(|mark| lane.holds(mark)).count().to_string());
            rows.push(row);
        }
    }
    table("Tests", "What was asked of the records, and when", head, rows)
}

fn rows(records: &Records<'_>, behind: &[&Behind<'_>]) -> Leaf {
    let headers = [NUMBER, "Definition", "Test", "Row", "From", "To", "In the window"];
    let mut rows = Vec::new();
    for (number, story) in behind.iter().flat_map(|b| b.own().map(|s| (b.item.number, s))) {
        for (lane, mark) in story.lanes.iter().flat_map(|l| l.marks.iter().map(move |m| (l, m))) {
            let inside = if lane.holds(mark) { "yes" } else { "no" };
            let key = (format!("{}.{}", story.name, lane.test), mark.label.clone());
            let says = records.values.get(&key).cloned();
            rows.push(vec![
                number.to_string(),
                story.name.clone(),
                lane.test.replace('_', " "),
                mark.label.clone(),
                day(mark.from),
                mark.to.map_or_else(|| "not ended".to_owned(), Day::iso),
                inside.to_owned(),
                says.unwrap_or_else(|| "see Decisions".to_owned()),
            ]);
        }
    }
    let mut head: Vec<Column> = headers.iter().map(|h| Column::told(h)).collect();
    head.push(Column::wide("What it says"));
    let lines = vec!["Rows are told by the source and by their number in the export, counted from 1, with what stands in the columns that the test looks at.".to_owned()];
    Leaf { lines, ..table("Rows", "The rows that each test rests on", head, rows) }
}

fn rules(definitions: &Definitions, behind: &[&Behind<'_>]) -> Leaf {
    let names = behind.iter().flat_map(|b| [Some(b.need.clone()), b.outcome.clone()]).flatten();
    let names: BTreeSet<String> = names.collect();
    let mut words = definitions_said(definitions);
    let rows = names.into_iter().filter_map(|name| {
        let lines = words.remove(&name)?;
        Some(vec![name, lines.join("\n").trim().to_owned()])
    });
    let head = vec![Column::told("Definition"), Column::wide("In words")];
    table("Rules", "The rules in words", head, rows.collect())
}

pub(super) fn said(verdict: Option<Verdict>) -> String {
    verdict.map_or_else(|| "not asked".to_owned(), |v| v.word().replace('_', " "))
}

fn day(day: Option<Day>) -> String {
    day.map_or_else(|| "none".to_owned(), Day::iso)
}
