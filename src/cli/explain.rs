//! `explain`: what a definition means, and why a case, a figure or a change came out as it did.

mod case;
mod cell;
mod diff;
mod disclosure;

use std::path::Path;

use crate::cli::arguments::{Explain, ExplainArguments};
use crate::cli::console::Console;
use crate::cli::{Exit, Failure, definitions};
use crate::definitions::words;

/// Explains.
pub(super) fn run(arguments: &ExplainArguments, console: &mut Console) -> Result<(), Failure> {
    match &arguments.what {
        Explain::Definition { id, definitions: folder } => definition(id, folder, console),
        Explain::Case { id, out, format, folders } => {
            case::run(id, out.as_deref(), *format, folders, console)
        }
        Explain::Cell(cell) => cell::run(cell, console),
        Explain::Disclosure(asked) => disclosure::run(asked, console),
        Explain::Diff(diff) => diff::run(diff, console),
    }
}

/// A definition in plain English.
fn definition(id: &str, folder: &Path, console: &mut Console) -> Result<(), Failure> {
    let definitions = definitions(folder, console)?;
    let text = words::explain(id, &definitions).ok_or_else(|| {
        let near = words::nearest_definition(id, &definitions);
        let near = near.map(|n| format!("; did you mean \"{n}\"?")).unwrap_or_default();
        Failure::new(
            Exit::Usage,
            format!("there is no definition \"{id}\"{near}\n  mend: write it like sf2022.outcome.not_missing or measure.open_cases"),
        )
    })?;
    Ok(console.result(&text)?)
}
