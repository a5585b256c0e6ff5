//! `check --data`: what is wrong with the records, for those who may see all of them.

use std::path::Path;

use serde_json::{Value, json};

use crate::cli::arguments::{CheckArguments, TextFormat};
use crate::cli::console::Console;
use crate::cli::{Exit, Failure};
use crate::definitions::Definitions;
use crate::definitions::data_check::Grade;
use crate::definitions::diagnostic::nearest_or_list;
use crate::protect::{PublishedCheck, PublishedQuality, PublishedSpread, Shown};
use crate::read::Ledger;
use crate::render::terminal;
use crate::{EngineError, judge, quality, report};

/// Prints the findings; fails when one of them is of high priority.
pub(super) fn run(
    definitions: &Definitions,
    exports: &Path,
    arguments: &CheckArguments,
    console: &mut Console,
) -> Result<(), Failure> {
    let policy_of = |disclosure: &str| definitions.policies.get(disclosure);
    let open = definitions.audiences.iter().find_map(|audience| {
        let policy = policy_of(&audience.disclosure).filter(|p| p.suppress_below == 0)?;
        Some((audience, policy))
    });
    let Some((audience, policy)) = open else {
        let message = "there is no audience from whom nothing is hidden\n  mend: give one a disclosure policy with suppress_below = 0";
        return Err(Failure::new(Exit::Definitions, message));
    };
    let evaluated = judge(definitions, exports, false, &mut |what| console.doing(what))?;
    console.doing("Checks of the data");
    let found = quality::examine(definitions, &evaluated).map_err(EngineError::from)?;
    let quality = PublishedQuality::of(&found, definitions, audience, policy);
    let ledger = &evaluated.linked.inputs.ledger;
    let by = match &arguments.by {
        Some(by) => Some(spread(&quality, by)?),
        None => None,
    };
    match (arguments.format, by) {
        (TextFormat::Json, _) => console.result(&format!("{:#}", as_json(&quality, ledger)))?,
        (TextFormat::Text, Some(by)) => console.result(&terminal::table(&report::spread(by)))?,
        (TextFormat::Text, None) => {
            if !quality.findings().is_empty() {
                console.result(&as_text(&quality))?;
            }
        }
    }
    let of = |grade| quality.findings().iter().filter(|c| c.grade == grade).count();
    let unused: usize = ledger.sources.iter().map(|s| s.quarantined.len() + s.left_out.len()).sum();
    console.note(&format!(
        "{} data checks: {} of high priority, {} errors, {} warnings. {unused} rows could not be used.",
        quality.checks().len(),
        of(Grade::HighPriority),
        of(Grade::Error),
        of(Grade::Warning),
    ));
    // The process ends here: giving memory back frame by frame would only keep people waiting.
    std::mem::forget(evaluated);
    match of(Grade::HighPriority) {
        0 => Ok(()),
        1 => Err(Failure::new(Exit::ChecksFailed, "one finding is of high priority")),
        n => Err(Failure::new(Exit::ChecksFailed, format!("{n} findings are of high priority"))),
    }
}

fn spread<'q>(quality: &'q PublishedQuality, by: &str) -> Result<&'q PublishedSpread, Failure> {
    quality.spreads().iter().find(|s| s.breakdown == by).ok_or_else(|| {
        let known: Vec<&str> = quality.spreads().iter().map(|s| s.breakdown.as_str()).collect();
        let message =
            format!("no finding is split by `{by}`\n  mend: {}", nearest_or_list(by, &known));
        Failure::new(Exit::Usage, message)
    })
}

/// The findings by grade, each with the records, how they are mended and the name to ask about.
fn as_text(quality: &PublishedQuality) -> String {
    let mut text = String::new();
    let findings = quality.findings();
    for grade in Grade::ALL {
        let of_grade: Vec<&&PublishedCheck> =
            findings.iter().filter(|c| c.grade == grade).collect();
        if of_grade.is_empty() {
            continue;
        }
        text.push_str(&format!("{grade}\n"));
        for check in of_grade {
            let counts = format!("{} of {}", check.figures.found, check.figures.checked);
            text.push_str(&format!("  {counts:>16}  {}\n", check.title));
            text.push_str(&format!("  {:16}  {}: {}.\n", "", check.mended_by, check.mend));
            text.push_str(&format!("  {:16}  check.{} ({})\n", "", check.id, check.source.0));
        }
        text.push('\n');
    }
    text.trim_end().to_owned()
}

/// The findings, and the rows that could not be used, for programs.
fn as_json(quality: &PublishedQuality, ledger: &Ledger) -> Value {
    let number = |shown: Shown| {
        shown.number().and_then(|n| n.plain().parse().ok()).map_or(Value::Null, Value::Number)
    };
    let check = |c: &PublishedCheck| {
        json!({
            "check": c.id, "grade": c.grade.word(), "quality": c.quality.word(),
            "source": c.source.0, "checked": number(c.figures.checked),
            "found": number(c.figures.found), "told": c.told,
            "title": c.title, "mend": c.mend, "mended_by": c.mended_by,
        })
    };
    let unused = ledger.sources.iter().flat_map(|source| {
        let line = |what: &str, why: String, mend: &str, rows: u64| {
            json!({ "source": source.source, "what": what, "reason": why, "rows": rows, "mend": mend })
        };
        let quarantined = source.reasons().into_iter();
        let quarantined = quarantined.map(|(r, n)| line("quarantined", r.to_string(), r.mend(), n));
        let left_out = source.rules().into_iter();
        let left_out = left_out.map(|(r, n)| line("left out", r.to_string(), r.mend(), n));
        quarantined.chain(left_out).collect::<Vec<_>>()
    });
    json!({
        "checks": quality.checks().iter().map(check).collect::<Vec<_>>(),
        "unused_rows": unused.collect::<Vec<_>>(),
    })
}
