//! `verify`: a finished run, read again.

use crate::cli::arguments::VerifyArguments;
use crate::cli::console::Console;
use crate::cli::{Exit, Failure};

/// Checks every hash and sum; fails when one is wrong.
pub(super) fn run(arguments: &VerifyArguments, console: &mut Console) -> Result<(), Failure> {
    let findings = crate::run::verify(&arguments.run).map_err(|e| Failure::new(Exit::Input, e))?;
    let wrong: Vec<String> = findings
        .iter()
        .filter_map(|f| Some(format!("WRONG {}: {}", f.what, f.wrong.as_ref()?)))
        .collect();
    if !wrong.is_empty() {
        console.result(&wrong.join("\n"))?;
        let message = format!("{} of {} checks failed", wrong.len(), findings.len());
        return Err(Failure::new(Exit::ChecksFailed, message));
    }
    Ok(console.result(&format!("{} checks passed", findings.len()))?)
}
