//! `test`: the worked examples.

use crate::cli::arguments::TestArguments;
use crate::cli::console::Console;
use crate::cli::{Exit, Failure, definitions};
use crate::examples::prove;

/// Runs the examples and prints those that fail; fails when one does.
pub(super) fn run(arguments: &TestArguments, console: &mut Console) -> Result<(), Failure> {
    let mut definitions = definitions(&arguments.definitions, console)?;
    console.doing("Worked examples");
    let proofs = prove(&mut definitions).map_err(|e| Failure::new(Exit::Bug, e.to_string()))?;
    let mut failed = 0;
    for proof in &proofs {
        let Some(example) = definitions.examples.get(proof.example) else { continue };
        if proof.wrong.is_empty() {
            continue;
        }
        failed += 1;
        let (line, _) = example.place.line_and_column();
        let mut text = format!(
            "FAILED {}:{line} {}\n  {}",
            example.place.path().display(),
            example.of,
            example.says
        );
        for (unit, expected, found) in &proof.wrong {
            let found = found.map_or("no such unit or definition", |v| v.word());
            text.push_str(&format!("\n  {unit}: expected {expected}, found {found}"));
        }
        console.result(&text)?;
    }
    let passed = proofs.len() - failed;
    console.result(&format!("{passed} passed, {failed} failed"))?;
    if failed > 0 {
        return Err(Failure::new(Exit::ChecksFailed, "examples do not come out as they say"));
    }
    Ok(())
}
