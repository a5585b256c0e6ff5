//! `check`: every error and warning of the definitions, and what the data checks find.

mod data;

use std::collections::BTreeMap;

use crate::cli::arguments::{CheckArguments, TextFormat};
use crate::cli::console::Console;
use crate::cli::{Exit, Failure};
use crate::definitions::Definitions;
use crate::definitions::diagnostic::{self, Diagnostic, Severity};
use crate::definitions::load::load;
use crate::examples;

/// How many warnings of one kind are shown each with its lines; more of them are listed by name.
const SHOWN: usize = 3;

/// Prints the findings; fails when there is an error.
pub(super) fn run(arguments: &CheckArguments, console: &mut Console) -> Result<(), Failure> {
    let mut loaded = load(&arguments.definitions);
    if let Some(definitions) = &loaded.definitions {
        loaded.diagnostics.extend(examples::warnings(definitions));
    }
    let errors = loaded.diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    let warnings = loaded.diagnostics.len() - errors;
    match arguments.format {
        TextFormat::Json if errors == 0 && arguments.data.is_some() => {}
        TextFormat::Json => {
            console.result(&diagnostic::to_json(&loaded.diagnostics).to_string())?;
        }
        TextFormat::Text => {
            let text = findings(&loaded.diagnostics, console.colour());
            if !text.is_empty() {
                console.message(&text);
            }
        }
    }
    let warnings = match loaded.allowed.len() {
        0 => counted(warnings, "warning"),
        allowed => format!("{}, {allowed} more allowed for a while", counted(warnings, "warning")),
    };
    if errors > 0 {
        let in_what = arguments.definitions.display();
        let mut message = format!("{} and {warnings} in {in_what}", counted(errors, "error"));
        if let Some(definitions) = &loaded.definitions {
            message.push_str(&format!("\n{}", left_out(definitions)));
        }
        return Err(Failure::new(Exit::Definitions, message));
    }
    if let (Some(definitions), TextFormat::Text) = (&loaded.definitions, arguments.format) {
        if !definitions.amendments.is_empty() {
            console.result(&amendments(definitions))?;
        }
        console.result(&summary(definitions, &warnings))?;
    }
    let looked = match (&loaded.definitions, &arguments.data) {
        (Some(definitions), Some(exports)) => data::run(definitions, exports, arguments, console),
        _ => Ok(()),
    };
    // The process ends here: giving everything back piece by piece would only keep people waiting.
    std::mem::forget(loaded);
    looked
}

/// Errors and single warnings with their lines; what is the same of many definitions as one list.
fn findings(all: &[Diagnostic], colour: bool) -> String {
    let mut alike: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
    for d in all.iter().filter(|d| d.severity == Severity::Warning && !d.label.is_empty()) {
        alike.entry(d.code).or_default().push(d);
    }
    alike.retain(|_, those| those.len() > SHOWN);
    let single: Vec<Diagnostic> = all
        .iter()
        .filter(|d| d.severity == Severity::Error || !alike.contains_key(d.code))
        .cloned()
        .collect();
    let mut text = diagnostic::render(&single, colour);
    for (code, those) in alike {
        let Some(first) = those.first() else { continue };
        text.push_str(&format!(
            "warning[{code}]: {}, and {} like it\n",
            first.message,
            those.len() - 1
        ));
        let mut line = String::new();
        for name in those.iter().map(|d| d.label.as_str()) {
            if !line.is_empty() && line.len() + name.len() > 96 {
                text.push_str(&format!("  {line},\n"));
                line.clear();
            }
            line.push_str(if line.is_empty() { "" } else { ", " });
            line.push_str(name);
        }
        text.push_str(&format!("  {line}\n"));
        if let Some(mend) = &first.mend {
            text.push_str(&format!("  help: {mend}\n"));
        }
        text.push('\n');
    }
    text.trim_end().to_owned()
}

/// What was left out, and why.
fn left_out(definitions: &Definitions) -> String {
    let lines = definitions.dropped.iter().map(|d| format!("  {}: {}", d.name, d.because));
    let lines: Vec<String> = lines.collect();
    format!("the project keeps going without:\n{}", lines.join("\n"))
}

/// Each local change, with why and who agreed.
fn amendments(definitions: &Definitions) -> String {
    let mut text = String::from("Changed locally:\n");
    for amendment in &definitions.amendments {
        text.push_str(&format!("  {}: {}\n", amendment.of, amendment.reason()));
        for line in amendment.lines() {
            text.push_str(&format!("    {line}\n"));
        }
    }
    text
}

fn summary(d: &Definitions, warnings: &str) -> String {
    let needs: usize = d.frameworks.iter().map(|f| f.needs.len()).sum();
    let outcomes: usize = d.frameworks.iter().map(|f| f.outcomes.len()).sum();
    format!(
        "{} files: {} sources, {needs} needs and {outcomes} outcomes in {}, {} measures, {} packs, {} examples. No errors, {warnings}.",
        d.files.len(),
        d.sources.len(),
        counted(d.frameworks.len(), "framework"),
        d.measures.len(),
        d.packs.len() + d.row_packs.len(),
        d.examples.len() + d.record_examples.len() + d.score_examples.len(),
    )
}

/// `1 error`, `2 errors`.
fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
