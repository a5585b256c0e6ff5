//! The answer to one question: a table from published cells, and the definition in words.

use crate::calendar::Period;
use crate::definitions::audience::DisclosurePolicy;
use crate::definitions::measure::{Measure, MeasureKind};
use crate::definitions::{Definitions, words};
use crate::protect::{PublishedCell, PublishedTable};
use crate::report::document::{Head, Row, Table, TableCell};
use crate::report::figures::{by_decision, columns_of};
use crate::report::policy::policy_words;

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The question in words.
    pub question: String,
    /// The figures.
    pub table: Table,
    /// The definition, line by line.
    pub definition: Vec<(String, String)>,
    /// How the denominator came about, for the whole of what was asked.
    pub denominator: Vec<(String, String)>,
    /// What is hidden, and why.
    pub disclosure: String,
    /// What has to be known before the figures are read; most often nothing.
    pub notices: Vec<String>,
}

/// Puts an answer together. `chosen` are levels to keep, as breakdown and level.
#[must_use]
pub fn answer(
    definitions: &Definitions,
    measure: &Measure,
    table: &PublishedTable,
    whole: Option<&PublishedTable>,
    period: Period,
    chosen: &[(String, String)],
    policy: &DisclosurePolicy,
) -> Answer {
    let titles: Vec<String> = table
        .by()
        .iter()
        .map(|b| {
            definitions.breakdown(b).map_or_else(|| "Category".to_owned(), |b| b.title.clone())
        })
        .collect();
    let keeps = |cell: &&PublishedCell| {
        cell.period() == period
            && chosen.iter().all(|(by, level)| {
                let at = table.by().iter().position(|b| b == by);
                at.and_then(|at| cell.level().get(at))
                    .is_some_and(|l| l.code == *level || l.title == *level)
            })
    };
    let columns = columns_of(measure);
    let mut head: Vec<Head> =
        titles.iter().map(|t| Head { text: t.clone(), numeric: false }).collect();
    if head.is_empty() {
        head.push(Head::of("Area", false));
    }
    head.extend(columns.iter().map(|(text, _)| Head { text: text.clone(), numeric: true }));
    let rows = table
        .cells()
        .iter()
        .filter(keeps)
        .map(|cell| {
            let mut levels = cell.level().iter().map(|l| l.title.clone());
            let first = levels.next().unwrap_or_else(|| "Whole council".to_owned());
            let words = levels.map(TableCell::Words);
            let figures = columns.iter().map(|(_, get)| TableCell::Figure(get(cell)));
            Row { head: first, cells: words.chain(figures).collect() }
        })
        .collect();
    let by = if titles.is_empty() {
        String::new()
    } else {
        format!(" by {}", titles.join(" and ").to_lowercase())
    };
    let filter: Vec<String> = chosen.iter().map(|(b, l)| format!("{b} = {l}")).collect();
    let filter = if filter.is_empty() { String::new() } else { format!(", {}", filter.join(", ")) };
    let question = format!("{}{by}, {period}{filter}", measure.title);
    Answer {
        table: Table { caption: question.clone(), head, rows },
        question,
        definition: words::measure_note(measure, definitions),
        denominator: whole.map_or_else(Vec::new, |w| denominator(measure, w, period)),
        disclosure: policy_words(policy),
        notices: definitions.left_out().into_iter().collect(),
    }
}

/// How the denominator of the whole council came about; counts have none.
fn denominator(measure: &Measure, whole: &PublishedTable, period: Period) -> Vec<(String, String)> {
    if matches!(measure.kind, MeasureKind::Count | MeasureKind::Sum { .. }) {
        return Vec::new();
    }
    let Some(cell) = whole.cells().iter().find(|c| c.period() == period) else { return Vec::new() };
    let mut lines = Vec::new();
    for (place, (reason, count)) in measure.reasons().zip(cell.left_out()).enumerate() {
        let what = words::capital(&words::reason(measure, place));
        lines.push((format!("{what} ({})", reason.why), count.to_string()));
    }
    lines.push(("Not yet known".to_owned(), cell.pending().to_string()));
    lines.push(("No data".to_owned(), cell.unknown().to_string()));
    lines.push(("Counted".to_owned(), cell.denominator().to_string()));
    if let Some(decided) = by_decision(cell) {
        lines.push(("Of these, by decision of a named role".to_owned(), decided.to_string()));
    }
    lines
}
