//! What stands at the end of every page: what words mean, and whom readers can ask.

use crate::definitions::Definitions;
use crate::report::document::{Block, Head, Row, Section, Table, TableCell};

/// The section; none where the project file says nothing of either.
pub(super) fn section(definitions: &Definitions) -> Option<Section> {
    let project = &definitions.project;
    let table = |caption: &str, heads: [&str; 2], lines: &[(String, String)]| {
        let head = heads.map(|text| Head::of(text, false));
        let row = |(head, text): &(String, String)| Row {
            head: head.clone(),
            cells: vec![TableCell::Words(text.clone())],
        };
        let rows: Vec<Row> = lines.iter().map(row).collect();
        let table = Table { caption: caption.to_owned(), head: head.into(), rows };
        (!table.rows.is_empty()).then_some(Block::Table(table))
    };
    let blocks: Vec<Block> = [
        table("What words mean here", ["Word", "What it means"], &project.glossary),
        table("Whom to ask", ["About what", "Whom"], &project.contacts),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!blocks.is_empty()).then(|| Section {
        id: "words-and-contacts".to_owned(),
        title: "What do the words mean, and whom can you ask?".to_owned(),
        intro: String::new(),
        blocks,
    })
}
