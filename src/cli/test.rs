//! `test`: the worked examples.

use crate::cli::arguments::TestArguments;
use crate::cli::console::Console;
use crate::cli::{Exit, Failure, definitions};
use crate::definitions::place::Place;
use crate::examples::{prove, prove_scores};

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
        let mut text = failed_example(&example.place, &example.of, &example.says);
        for (unit, expected, found) in &proof.wrong {
            let found = found.map_or("no such unit or definition", |v| v.word());
            text.push_str(&format!("\n  {unit}: expected {expected}, found {found}"));
        }
        console.result(&text)?;
    }
    let of_scales =
        prove_scores(&definitions).map_err(|e| Failure::new(Exit::Bug, e.to_string()))?;
    for proof in of_scales.iter().filter(|p| !p.wrong.is_empty()) {
        let Some(example) = definitions.score_examples.get(proof.example) else { continue };
        failed += 1;
        let mut text = failed_example(&example.place, &example.of, &example.says);
        proof.wrong.iter().for_each(|wrong| text.push_str(&format!("\n  {wrong}")));
        console.result(&text)?;
    }
    let passed = proofs.len() + of_scales.len() - failed;
    console.result(&format!("{passed} passed, {failed} failed"))?;
    if failed > 0 {
        return Err(Failure::new(Exit::ChecksFailed, "examples do not come out as they say"));
    }
    Ok(())
}

/// The first lines about an example that failed: where it stands, what it is about, what it says.
fn failed_example(place: &Place, of: &str, says: &str) -> String {
    let (line, _) = place.line_and_column();
    format!("FAILED {}:{line} {of}\n  {says}", place.path().display())
}
