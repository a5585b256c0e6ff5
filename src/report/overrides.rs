//! Decisions in the place of rules: how many, by which roles, and why others do not count.

use crate::definitions::words::capital;
use crate::protect::PublishedOverrides;
use crate::report::document::{Block, Head, Row, Table, TableCell};

/// The blocks of the section on data health about decisions.
pub(super) fn blocks(overrides: &PublishedOverrides) -> Vec<Block> {
    if !overrides.is_complete() {
        return vec![Block::Note(
            "Some verdicts stand by the recorded decision of a named role rather than by their rule. How many is told to those who may see small counts; each is listed for audit.".to_owned(),
        )];
    }
    let mut blocks = vec![Block::Note(
        "A recorded decision of an approved role stands in the place of what a rule found. Each is listed for audit in the restricted folder, and figures that rest on any say how many.".to_owned(),
    )];
    let head = Head::of;
    let of_role = overrides.roles().iter().map(|of| Row {
        head: if of.role.is_empty() { "Not recorded".to_owned() } else { capital(&of.role) },
        cells: vec![TableCell::Figure(of.recorded), TableCell::Figure(of.standing)],
    });
    let by_role = Table {
        caption: "Decisions by the role of whoever decided".to_owned(),
        head: vec![
            head("Role", false),
            head("Recorded", true),
            head("In the place of what a rule found", true),
        ],
        rows: of_role.collect(),
    };
    let refused = overrides.refused().iter().map(|(why, count)| Row {
        head: capital(why.says()),
        cells: vec![TableCell::Figure(*count)],
    });
    let refused = Table {
        caption: "Why decisions do not count".to_owned(),
        head: vec![head("Reason", false), head("Decisions", true)],
        rows: refused.collect(),
    };
    let tables = [by_role, refused].into_iter().filter(|table| !table.rows.is_empty());
    blocks.extend(tables.map(Block::Table));
    blocks
}
