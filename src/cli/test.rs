//! `test`: the worked examples, what they show, and whether they bite.

use serde_json::{Value, json};

use crate::cli::arguments::{TestArguments, TextFormat};
use crate::cli::console::Console;
use crate::cli::{Exit, Failure, definitions};
use crate::definitions::Definitions;
use crate::definitions::example::{RecordExample, ScoreExample};
use crate::definitions::place::Place;
use crate::examples::{
    self, Covered, Fate, Mutant, Proof, RecordProof, ScoreProof, Shown, excused,
};
use crate::explain;

/// Runs the examples and prints those that fail; fails when one does.
pub(super) fn run(arguments: &TestArguments, console: &mut Console) -> Result<(), Failure> {
    let mut definitions = definitions(&arguments.definitions, console)?;
    if arguments.coverage {
        return coverage(&definitions, arguments, console);
    }
    if arguments.mutate {
        return mutate(&mut definitions, arguments, console);
    }
    let numbers: Vec<usize> = chosen(&definitions, arguments);
    let of_scales: Vec<ScoreProof> = examples::prove_scores(&definitions)
        .map_err(bug)?
        .into_iter()
        .filter(|p| score_example(&definitions, p).is_some_and(|e| is_chosen(arguments, &e.of)))
        .collect();
    let records = chosen_records(&definitions, arguments);
    if numbers.is_empty() && records.is_empty() && of_scales.is_empty() {
        return Err(nothing_chosen(arguments, "example"));
    }
    let mut done = 0;
    let of = numbers.len() + records.len();
    let mut count = |more| {
        done += more;
        console.counting(done, of, "worked examples");
    };
    let proofs = examples::prove_these(&mut definitions, &numbers, &mut count).map_err(bug)?;
    let of_records =
        examples::prove_records(&mut definitions, &records, &mut count).map_err(bug)?;
    let failed = proofs.iter().filter(|p| !p.wrong.is_empty()).count()
        + of_records.iter().filter(|p| !p.wrong.is_empty()).count()
        + of_scales.iter().filter(|p| !p.wrong.is_empty()).count();
    match arguments.format {
        TextFormat::Json => {
            let of_scales = of_scales.iter().map(|p| score_json(&definitions, p));
            let of_records = of_records.iter().map(|p| record_json(&definitions, p));
            let verdicts = proofs.iter().map(|p| as_json(&definitions, p));
            let all: Vec<Value> = verdicts.chain(of_records).chain(of_scales).collect();
            console.result(&format!("{:#}", Value::Array(all)))?;
        }
        TextFormat::Text => {
            for group in by_definition(&definitions, &proofs) {
                let wrong: Vec<&Proof> =
                    group.1.iter().copied().filter(|p| !p.wrong.is_empty()).collect();
                let passed = group.1.len() - wrong.len();
                let bad = if wrong.is_empty() {
                    String::new()
                } else {
                    format!(", {} failed", wrong.len())
                };
                console.note_result(&format!("{}: {passed} passed{bad}", group.0))?;
                for proof in wrong {
                    console.result(&failure(&mut definitions, proof)?)?;
                }
            }
            for (of, passed, bad) in counted(&definitions, &of_records) {
                let bad = if bad == 0 { String::new() } else { format!(", {bad} failed") };
                console.note_result(&format!("{of}: {passed} passed{bad}"))?;
            }
            for proof in &of_records {
                if let Some(example) = record_example(&definitions, proof) {
                    let named = (example.of.as_str(), example.says.as_str(), &example.place);
                    told_if_wrong(console, named, &proof.wrong)?;
                }
            }
            for proof in &of_scales {
                if let Some(example) = score_example(&definitions, proof) {
                    let of = format!("scale {}", example.of);
                    let named = (of.as_str(), example.says.as_str(), &example.place);
                    told_if_wrong(console, named, &proof.wrong)?;
                }
            }
            let passed = proofs.len() + of_records.len() + of_scales.len() - failed;
            console.result(&format!("{passed} passed, {failed} failed"))?;
        }
    }
    if failed > 0 {
        return Err(Failure::new(Exit::ChecksFailed, "examples do not come out as they say"));
    }
    Ok(())
}

/// Prints what is wrong with an example, if anything is.
fn told_if_wrong(
    console: &mut Console,
    (of, says, place): (&str, &str, &Place),
    wrong: &[String],
) -> Result<(), Failure> {
    if wrong.is_empty() {
        return Ok(());
    }
    let (line, _) = place.line_and_column();
    let file = place.path().display();
    let wrong = wrong.join("\n  ");
    Ok(console.result(&format!("FAILED {file}:{line} {of}\n  {says}\n  {wrong}"))?)
}

/// For each check and extract, how many of its examples passed and failed.
fn counted<'d>(
    definitions: &'d Definitions,
    proofs: &[RecordProof],
) -> Vec<(&'d str, usize, usize)> {
    let mut all: Vec<(&str, usize, usize)> = Vec::new();
    for proof in proofs {
        let Some(example) = record_example(definitions, proof) else { continue };
        let of = example.of.as_str();
        let at = all.iter().position(|(known, ..)| *known == of).unwrap_or(all.len());
        if at == all.len() {
            all.push((of, 0, 0));
        }
        if let Some((_, passed, failed)) = all.get_mut(at) {
            *if proof.wrong.is_empty() { passed } else { failed } += 1;
        }
    }
    all
}

fn bug(error: impl std::fmt::Display) -> Failure {
    Failure::new(Exit::Bug, error.to_string())
}

fn nothing_chosen(arguments: &TestArguments, what: &str) -> Failure {
    let only = arguments.only.as_deref().unwrap_or_default();
    Failure::new(
        Exit::Usage,
        format!(
            "there is no {what} of a definition whose name contains \"{only}\"\n  mend: early-help test --coverage lists them all"
        ),
    )
}

fn is_chosen(arguments: &TestArguments, of: &str) -> bool {
    arguments.only.as_deref().is_none_or(|part| of.contains(part))
}

fn chosen(definitions: &Definitions, arguments: &TestArguments) -> Vec<usize> {
    let all = definitions.examples.iter().enumerate();
    all.filter(|(_, e)| is_chosen(arguments, &e.of)).map(|(number, _)| number).collect()
}

fn chosen_records(definitions: &Definitions, arguments: &TestArguments) -> Vec<usize> {
    let all = definitions.record_examples.iter().enumerate();
    all.filter(|(_, e)| is_chosen(arguments, &e.of)).map(|(number, _)| number).collect()
}

/// The proofs of each definition together, in the order in which the definitions first occur.
fn by_definition<'p>(
    definitions: &Definitions,
    proofs: &'p [Proof],
) -> Vec<(String, Vec<&'p Proof>)> {
    let mut groups: Vec<(String, Vec<&Proof>)> = Vec::new();
    for proof in proofs {
        let Some(example) = definitions.examples.get(proof.example) else { continue };
        match groups.iter_mut().find(|(of, _)| *of == example.of) {
            Some((_, group)) => group.push(proof),
            None => groups.push((example.of.clone(), vec![proof])),
        }
    }
    groups
}

/// What went wrong with one example, and the timeline of its family.
fn failure(definitions: &mut Definitions, proof: &Proof) -> Result<String, Failure> {
    let Some(example) = definitions.examples.get(proof.example) else { return Ok(String::new()) };
    let (line, _) = example.place.line_and_column();
    let mut text = format!(
        "FAILED {}:{line} {}\n  {}\n",
        example.place.path().display(),
        example.of,
        example.says
    );
    for (unit, expected, found) in &proof.wrong {
        let found = found.map_or("no such unit or definition".to_owned(), |f| f.to_string());
        text.push_str(&format!("  {unit}: expected {expected}, found {found}\n"));
    }
    for timeline in examples::retell(definitions, proof.example).map_err(bug)? {
        text.push_str(&explain::text(&timeline, "    "));
    }
    Ok(text)
}

fn record_example<'d>(
    definitions: &'d Definitions,
    proof: &RecordProof,
) -> Option<&'d RecordExample> {
    definitions.record_examples.get(proof.example)
}

fn record_json(definitions: &Definitions, proof: &RecordProof) -> Value {
    let Some(example) = record_example(definitions, proof) else { return Value::Null };
    plain_json((&example.of, &example.says, &example.place), &proof.wrong)
}

/// An example with what is wrong in words.
fn plain_json((of, says, place): (&str, &str, &Place), wrong: &[String]) -> Value {
    let (line, column) = place.line_and_column();
    json!({
        "of": of,
        "says": says,
        "file": place.path().display().to_string(),
        "line": line,
        "column": column,
        "passed": wrong.is_empty(),
        "wrong": wrong,
    })
}

fn score_example<'d>(definitions: &'d Definitions, proof: &ScoreProof) -> Option<&'d ScoreExample> {
    definitions.score_examples.get(proof.example)
}

fn score_json(definitions: &Definitions, proof: &ScoreProof) -> Value {
    let Some(example) = score_example(definitions, proof) else { return Value::Null };
    plain_json((&format!("scale.{}", example.of), &example.says, &example.place), &proof.wrong)
}

fn as_json(definitions: &Definitions, proof: &Proof) -> Value {
    let Some(example) = definitions.examples.get(proof.example) else { return Value::Null };
    let (line, column) = example.place.line_and_column();
    let wrong = proof.wrong.iter().map(|(unit, expected, found)| {
        json!({ "unit": unit, "expected": expected.to_string(), "found": found.map(|f| f.to_string()) })
    });
    json!({
        "of": example.of,
        "says": example.says,
        "file": example.place.path().display().to_string(),
        "line": line,
        "column": column,
        "passed": proof.wrong.is_empty(),
        "wrong": wrong.collect::<Vec<_>>(),
    })
}

// -------------------------------------------------------------------- coverage

/// Prints which verdicts and edges have an example.
fn coverage(
    definitions: &Definitions,
    arguments: &TestArguments,
    console: &mut Console,
) -> Result<(), Failure> {
    let all: Vec<Covered> = examples::coverage(definitions)
        .into_iter()
        .filter(|c| is_chosen(arguments, &c.of))
        .collect();
    if all.is_empty() {
        return Err(nothing_chosen(arguments, "definition"));
    }
    if arguments.format == TextFormat::Json {
        let all: Vec<Value> = all.iter().map(covered_json).collect();
        return Ok(console.result(&format!("{:#}", Value::Array(all)))?);
    }
    let width = all.iter().map(|c| c.of.chars().count()).max().unwrap_or(0);
    let head = format!(
        "{:width$}  {:>5}{:>9}{:>9}{:>9}{:>9}",
        "", "met", "not met", "pending", "unknown", "n/a"
    );
    let mut lines = vec![head];
    for covered in &all {
        let mut line = format!("{:width$}  ", covered.of);
        for (number, (_, shown)) in covered.verdicts.iter().enumerate() {
            let shown = match shown {
                Shown::Times(n) => n.to_string(),
                Shown::Missing => "none!".to_owned(),
                Shown::CannotBe => "\u{b7}".to_owned(),
            };
            let room = if number == 0 { 5 } else { 9 };
            line.push_str(&format!("{shown:>room$}"));
        }
        lines.push(line);
        for window in covered.windows.iter().filter(|w| !w.missing().is_empty()) {
            let missing = window.missing().join(", ");
            lines.push(format!("  window of `{}`: no example has a row on {missing}", window.test));
        }
    }
    let whole = all.iter().filter(|c| c.is_whole()).count();
    lines.push(format!(
        "{whole} of {} definitions have an example for every verdict that can come out and for both sides of both edges of each window.",
        all.len()
    ));
    Ok(console.result(&lines.join("\n"))?)
}

fn covered_json(covered: &Covered) -> Value {
    let verdicts = covered.verdicts.iter().map(|(verdict, shown)| {
        let shown = match shown {
            Shown::Times(n) => json!(n),
            Shown::Missing => json!(0),
            Shown::CannotBe => Value::Null,
        };
        (verdict.word().to_owned(), shown)
    });
    let windows = covered.windows.iter().map(|w| {
        json!({
            "test": w.test,
            "day_before_first": w.before_first,
            "first_day": w.on_first,
            "last_day": w.on_last,
            "day_after_last": w.after_last,
        })
    });
    json!({
        "of": covered.of,
        "examples": covered.examples,
        "verdicts": verdicts.collect::<serde_json::Map<String, Value>>(),
        "windows": windows.collect::<Vec<_>>(),
    })
}

// -------------------------------------------------------------------- mutation

/// Changes definitions one thing at a time and prints the changes that no example notices.
fn mutate(
    definitions: &mut Definitions,
    arguments: &TestArguments,
    console: &mut Console,
) -> Result<(), Failure> {
    let path = arguments.definitions.join(excused::FILE);
    let listed = match std::fs::read_to_string(&path) {
        Ok(text) => excused::excused(&text).map_err(|line| {
            let place = format!("{}:{line}", path.display());
            let mend = "mend: write `definition | change | why nobody can notice it`";
            Failure::new(Exit::Definitions, format!("{place}: a mutant without a reason\n  {mend}"))
        })?,
        Err(_) => Vec::new(),
    };
    let only = arguments.only.as_deref();
    let of = examples::subjects(definitions, only);
    if of == 0 {
        return Err(nothing_chosen(arguments, "definition"));
    }
    let mut done = 0;
    let mutants = examples::mutate(definitions, only, &mut |what| {
        console.counting(done, of, what);
        done += 1;
    })
    .map_err(bug)?;
    let (open, stale) = excused::weigh(&mutants, &listed);
    let noticed = mutants.iter().filter(|m| matches!(m.fate, Fate::Noticed(_))).count();
    let excuses = mutants.len() - noticed - open.len();
    if arguments.format == TextFormat::Json {
        let all: Vec<Value> = mutants.iter().map(|m| mutant_json(definitions, m)).collect();
        console.result(&format!("{:#}", Value::Array(all)))?;
    } else {
        let mut last = "";
        for mutant in &open {
            if mutant.of != last {
                console.result(&mutant.of)?;
                last = &mutant.of;
            }
            let untried = if mutant.fate == Fate::Untried { " (it has no example)" } else { "" };
            console.result(&format!("  {}{untried}", mutant.says))?;
        }
        for excuse in &stale {
            console.result(&format!(
                "{}: \u{201c}{}\u{201d} of {} is noticed now, or has gone: take the line out",
                path.display(),
                excuse.says,
                excuse.of
            ))?;
        }
        console.result(&format!(
            "{} changes to {of} definitions: an example notices {noticed}, {excuses} are explained, {} are noticed by nobody",
            mutants.len(),
            open.len()
        ))?;
    }
    if !open.is_empty() || !stale.is_empty() {
        return Err(Failure::new(
            Exit::ChecksFailed,
            format!(
                "changes that no example notices\n  mend: write an [[example]] that comes out differently, or explain it in {}",
                path.display()
            ),
        ));
    }
    Ok(())
}

fn mutant_json(definitions: &Definitions, mutant: &Mutant) -> Value {
    let (fate, by) = match mutant.fate {
        Fate::Noticed(_) => ("noticed", mutant.noticed_by(definitions)),
        Fate::Survived => ("survived", None),
        Fate::Untried => ("untried", None),
    };
    json!({
        "of": mutant.of,
        "change": mutant.says,
        "fate": fate,
        "by": by,
    })
}
