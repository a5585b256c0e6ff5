//! What case audits look at: the theme of the period, what has changed since the one before, and what comes next.

use crate::read::AuditTheme;
use crate::report::About;
use crate::report::document::{Block, Head, Row, Table, TableCell};
use crate::report::plan::Plan;

/// The three columns in which a theme is told.
const COLUMNS: [&str; 3] = ["To develop", "Improving", "Continued"];

/// The themes that go with the period of a report; nothing where the council keeps no plan.
pub(super) fn blocks(plan: &Plan<'_>, about: &About<'_>) -> Vec<Block> {
    let themes = about.audit_themes;
    if themes.is_empty() {
        return Vec::new();
    }
    let (first, last) = (plan.period.start(), plan.period.end());
    let when = |theme: &AuditTheme| format!("{} to {}", theme.begins, theme.ends);
    // The newest that cases were audited for in the period, and those on both sides of it.
    let begun = themes.iter().filter(|t| t.begins <= last).count();
    let now = begun.checked_sub(1).and_then(|at| themes.get(at)).filter(|t| t.ends >= first);
    let before = match now {
        Some(_) => begun.checked_sub(2).and_then(|at| themes.get(at)),
        None => begun.checked_sub(1).and_then(|at| themes.get(at)),
    };
    let this = match now {
        Some(theme) => format!("Audits looked at “{}”, {}.", theme.theme, when(theme)),
        None => "No theme was planned for this period.".to_owned(),
    };
    let next = match themes.get(begun) {
        Some(theme) => format!("Next: “{}”, {}.", theme.theme, when(theme)),
        None => "What comes next is not planned yet.".to_owned(),
    };
    let words = |words: &str| match words {
        "" => "Not written yet".to_owned(),
        words => words.to_owned(),
    };
    let row = |theme: &AuditTheme| Row {
        head: format!("{}, {}", theme.theme, when(theme)),
        cells: theme.found.iter().map(|found| TableCell::Words(words(found))).collect(),
    };
    let heads = std::iter::once("Theme").chain(COLUMNS);
    let table = Table {
        caption: "What has changed since the theme before".to_owned(),
        head: heads.map(|text| Head::of(text, false)).collect(),
        rows: before.into_iter().chain(now).map(row).collect(),
    };
    let mut blocks = vec![Block::Note(format!("{this} {next}"))];
    if !table.rows.is_empty() {
        blocks.push(Block::Table(table));
    }
    blocks
}
