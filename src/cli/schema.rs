//! `schema`: what editors need to complete and check definition files.

use std::fs;

use crate::cli::arguments::SchemaArguments;
use crate::cli::console::Console;
use crate::cli::{Exit, Failure};
use crate::definitions::load::schema_text;

/// Prints the JSON Schema, or writes it to a file.
pub(super) fn run(arguments: &SchemaArguments, console: &mut Console) -> Result<(), Failure> {
    let Some(path) = &arguments.out else { return Ok(console.result(&schema_text())?) };
    let fails = |cause| {
        let message = format!(
            "{} cannot be written: {cause}\n  mend: choose another file with --out",
            path.display()
        );
        Failure::new(Exit::Output, message)
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(fails)?;
    }
    fs::write(path, schema_text()).map_err(fails)?;
    console.note("Begin each definition file with: #:schema ./definitions.schema.json");
    Ok(console.result(&path.display().to_string())?)
}
