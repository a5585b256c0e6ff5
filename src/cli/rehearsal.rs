//! `--dry-run`: what would be hidden from whom, before anything is released.

use crate::calendar::Period;
use crate::cli::Failure;
use crate::cli::arguments::Folders;
use crate::cli::console::Console;
use crate::definitions::Definitions;
use crate::definitions::audience::Pack;
use crate::protect::TableCost;
use crate::render::terminal;
use crate::report::document::{Head, Row, Table, TableCell};
use crate::{Rehearsed, judge, rehearse};

/// Protects what each audience of the packs would receive, and says what that hides.
pub(super) fn run(
    definitions: &Definitions,
    folders: &Folders,
    packs: &[&Pack],
    period: Period,
    console: &mut Console,
) -> Result<(), Failure> {
    let evaluated = judge(definitions, &folders.data, false, &mut |what| console.doing(what))?;
    let rehearsed =
        rehearse(definitions, &evaluated, packs, period, &mut |what| console.doing(what))?;
    for Rehearsed { audience, protected } in &rehearsed {
        let words = protected.caution();
        words.into_iter().for_each(|words| {
            console.message(&format!("warning: {}: {words}", audience.title));
        });
        let costs = protected.costs();
        if costs.is_empty() {
            console.result(&format!("{}: nothing would be hidden.\n", audience.title))?;
            continue;
        }
        let title = format!("{}: {} figures would be hidden", audience.title, protected.hidden());
        console.result(&terminal::table(&table(title, definitions, &costs)))?;
    }
    console.note("Nothing was written. `early-help explain disclosure MEASURE` says why each figure is hidden.");
    Ok(())
}

/// What each table loses.
fn table(caption: String, definitions: &Definitions, costs: &[TableCost]) -> Table {
    let head = |text: &str, numeric| Head { text: text.to_owned(), numeric };
    let row = |cost: &TableCost| {
        let title = definitions.measure(&cost.measure).map_or(&cost.measure, |m| &m.title);
        let by = if cost.by.is_empty() { "whole council".to_owned() } else { cost.by.join(" × ") };
        let numbers = [cost.hidden(), cost.figures, cost.by_rule, cost.to_protect];
        let words = [by, cost.kind.word().replace('_', " ")].into_iter();
        let words = words.chain(numbers.map(|n| n.to_string())).chain([cost.counts.to_string()]);
        Row { head: title.clone(), cells: words.map(TableCell::Words).collect() }
    };
    Table {
        caption,
        head: vec![
            head("Measure", false),
            head("By", false),
            head("Each", false),
            head("Hidden", true),
            head("Of", true),
            head("Small", true),
            head("To protect", true),
            head("Counts", true),
        ],
        rows: costs.iter().map(row).collect(),
    }
}
