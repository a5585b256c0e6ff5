//! `check`: every error and warning of the definitions.

use crate::cli::arguments::{CheckArguments, TextFormat};
use crate::cli::console::Console;
use crate::cli::{Exit, Failure};
use crate::definitions::diagnostic::{self, Severity};
use crate::definitions::load::load;
use crate::examples;

/// Prints the findings; fails when there is an error.
pub(super) fn run(arguments: &CheckArguments, console: &mut Console) -> Result<(), Failure> {
    let mut loaded = load(&arguments.definitions);
    if let Some(definitions) = &loaded.definitions {
        loaded.diagnostics.extend(examples::warnings(definitions));
    }
    let errors = loaded.diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    let warnings = loaded.diagnostics.len() - errors;
    match arguments.format {
        TextFormat::Json => {
            console.result(&diagnostic::to_json(&loaded.diagnostics).to_string())?;
        }
        TextFormat::Text => {
            let text = diagnostic::render(&loaded.diagnostics, console.colour());
            if !text.trim().is_empty() {
                console.message(text.trim_end());
            }
        }
    }
    if errors > 0 {
        let message = format!(
            "{} and {} in {}",
            counted(errors, "error"),
            counted(warnings, "warning"),
            arguments.definitions.display()
        );
        return Err(Failure::new(Exit::Definitions, message));
    }
    if let (Some(d), TextFormat::Text) = (&loaded.definitions, arguments.format) {
        let needs: usize = d.frameworks.iter().map(|f| f.needs.len()).sum();
        let outcomes: usize = d.frameworks.iter().map(|f| f.outcomes.len()).sum();
        console.result(&format!(
            "{} files: {} sources, {needs} needs and {outcomes} outcomes in {}, {} measures, {} packs, {} examples. No errors, {}.",
            d.files.len(),
            d.sources.len(),
            counted(d.frameworks.len(), "framework"),
            d.measures.len(),
            d.packs.len(),
            d.examples.len(),
            counted(warnings, "warning"),
        ))?;
    }
    Ok(())
}

/// `1 error`, `2 errors`.
fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
