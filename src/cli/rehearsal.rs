//! `--dry-run`: what would be hidden from whom, before anything is released.

use crate::cli::Failure;
use crate::cli::arguments::Folders;
use crate::cli::console::Console;
use crate::definitions::Definitions;
use crate::definitions::audience::Pack;
use crate::protect::TableCost;
use crate::render::terminal;
use crate::report::document::{Head, Row, Table, TableCell};
use crate::run::Place;
use crate::run::releases::ReleaseLedger;
use crate::suggest::Suggestion;
use crate::{EngineError, Rehearsed, judge, rehearse};

/// What is rehearsed.
pub(super) struct Rehearsal<'a> {
    /// The packs.
    pub(super) packs: &'a [&'a Pack],
    /// Where they would be written.
    pub(super) place: &'a Place<'a>,
    /// Whether to try which levels could stand together.
    pub(super) suggest: bool,
}

impl Rehearsal<'_> {
    /// Protects what each audience of the packs would receive, and says what that hides.
    pub(super) fn run(
        &self,
        definitions: &Definitions,
        folders: &Folders,
        console: &mut Console,
    ) -> Result<(), Failure> {
        let Self { packs, place, suggest } = *self;
        let evaluated = judge(definitions, &folders.data, false, &mut |what| console.doing(what))?;
        let mut ledger = ReleaseLedger::open(place.out).map_err(EngineError::from)?;
        let mut doing = |what: &str| console.doing(what);
        let rehearsed = rehearse(definitions, &evaluated, packs, place, &mut ledger, &mut doing)?;
        for rehearsed in &rehearsed {
            let Rehearsed { audience, protected } = rehearsed;
            let words = protected.caution();
            words.into_iter().for_each(|words| {
                console.message(&format!("warning: {}: {words}", audience.title));
            });
            let costs = protected.costs();
            if costs.is_empty() {
                console.result(&format!("{}: nothing would be hidden.\n", audience.title))?;
                continue;
            }
            let title =
                format!("{}: {} figures would be hidden", audience.title, protected.hidden());
            console.result(&terminal::table(&table(title, definitions, &costs)))?;
            if suggest {
                console.doing(&format!("{}: what could stand together", audience.title));
                let found = crate::suggest(definitions, &evaluated, packs, place, rehearsed)?;
                console.result(&suggestions(&audience.title, &found))?;
            }
        }
        console.note("Nothing was written. `early-help explain disclosure MEASURE` says why each figure is hidden.");
        Ok(())
    }
}

/// What could stand together, and what that would bring.
fn suggestions(audience: &str, found: &[Suggestion]) -> String {
    if found.is_empty() {
        return format!(
            "{audience}: no two bands or areas were found that would show more together.\n"
        );
    }
    let head = Head::of;
    let row = |it: &Suggestion| {
        let [first, second] = &it.pair.titles;
        let change = |now: String, then: String| format!("{now} → {then}");
        let (now, then) = (it.now, it.then);
        let cells = [
            it.pair.breakdown.clone(),
            change(now.hidden.to_string(), then.hidden.to_string()),
            change(now.counts.to_string(), then.counts.to_string()),
            change(now.shown.to_string(), then.shown.to_string()),
        ];
        Row {
            head: format!("{first} and {second}"),
            cells: cells.into_iter().map(TableCell::Words).collect(),
        }
    };
    terminal::table(&Table {
        caption: format!("{audience}: what could stand together, so that more is published"),
        head: vec![
            head("As one", false),
            head("Of", false),
            head("Hidden", true),
            head("Counts in them", true),
            head("Shown", true),
        ],
        rows: found.iter().map(row).collect(),
    })
}

/// What each table loses.
fn table(caption: String, definitions: &Definitions, costs: &[TableCost]) -> Table {
    let head = Head::of;
    let row = |cost: &TableCost| {
        let title = definitions.measure(&cost.measure).map_or(&cost.measure, |m| &m.title);
        let by = if cost.by.is_empty() { "whole council".to_owned() } else { cost.by.join(" × ") };
        let numbers = [cost.hidden(), cost.figures, cost.by_rule, cost.to_protect, cost.by_ledger];
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
            head("Since before", true),
            head("Counts", true),
        ],
        rows: costs.iter().map(row).collect(),
    }
}
