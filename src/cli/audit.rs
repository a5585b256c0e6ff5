//! `audit`: a sample of outcomes for auditors, and what their answers say of all of them.

use std::path::{Path, PathBuf};

use crate::audit::{Finding, Sample, draw, find, read, read_second};
use crate::calendar::{Period, PeriodKind};
use crate::cli::arguments::{Audit, AuditResultsArguments, AuditSampleArguments, Format};
use crate::cli::console::Console;
use crate::cli::{Exit, Failure, definitions};
use crate::definitions::Definitions;
use crate::definitions::audit::OutcomeAudit;
use crate::definitions::diagnostic::nearest;
use crate::run::audits::{SHEETS, again, audit_run, read_sample, write_sample};
use crate::run::{Place, RunError, WriteError};
use crate::statistics::{Agreement, Confidence, Decimal, Estimate, wilson};
use crate::{EngineError, judge};

/// Draws a sample, or reads what was answered.
pub(super) fn run(what: &Audit, console: &mut Console) -> Result<(), Failure> {
    match what {
        Audit::Sample(arguments) => sample(arguments, console),
        Audit::Results(arguments) => results(arguments, console),
    }
}

fn sample(arguments: &AuditSampleArguments, console: &mut Console) -> Result<(), Failure> {
    let definitions = definitions(&arguments.folders.definitions, console)?;
    let audit = named(&definitions, arguments.audit.as_deref())?;
    let as_at = definitions.project.as_at;
    // The day of judgement, unless somebody says otherwise: so nobody draws until they like what they drew.
    let seed = arguments.seed.unwrap_or_else(|| as_at.iso().replace('-', "").parse().unwrap_or(0));
    let name = audit_run(audit, as_at, seed);
    let command = format!("early-help audit sample {} --seed {seed}", audit.id);
    let period = Period::last_complete(PeriodKind::Month, as_at);
    let place =
        Place { out: &arguments.out, name: &name, command: &command, period, accepted: None };
    let evaluated =
        judge(&definitions, &arguments.folders.data, true, &mut |what| console.doing(what))?;
    console.doing("The sample");
    let drawn = draw(&definitions, &evaluated, audit, seed).map_err(EngineError::from)?;
    let folder =
        write_sample(&place, &definitions, &evaluated, audit, &drawn).map_err(EngineError::from)?;
    for (stratum, of) in audit.strata.iter().zip(&drawn.strata) {
        console.note(&format!("{}: {} of {} drawn", stratum.title, of.taken, of.of));
    }
    console.note(&format!("{}: restricted, about single families", folder.join(SHEETS).display()));
    std::mem::forget(evaluated);
    Ok(console.result(&folder.display().to_string())?)
}

/// The audit that is meant: the only one, if none is named.
fn named<'d>(
    definitions: &'d Definitions,
    asked: Option<&str>,
) -> Result<&'d OutcomeAudit, Failure> {
    let known: Vec<&str> = definitions.audits.iter().map(|a| a.id.as_str()).collect();
    match (asked, definitions.audits.as_slice()) {
        (None, [only]) => Ok(only),
        (None, []) => {
            Err(Failure::new(Exit::Definitions, "the definitions have no audit, no `[audit.…]`"))
        }
        (None, _) => {
            Err(Failure::new(Exit::Usage, format!("which audit?\n  mend: {}", known.join(" or "))))
        }
        (Some(id), _) => definitions.audit(id).ok_or_else(|| {
            let mend = nearest(id, known.iter().copied()).map_or_else(
                || format!("there are: {}", known.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            Failure::new(Exit::Usage, format!("there is no audit `{id}`\n  mend: {mend}"))
        }),
    }
}

fn results(arguments: &AuditResultsArguments, console: &mut Console) -> Result<(), Failure> {
    let definitions = definitions(&arguments.definitions, console)?;
    let input = |error: String| Failure::new(Exit::Input, error);
    let (audit, sample) =
        read_sample(&definitions, &arguments.sample).map_err(|e| input(e.to_string()))?;
    let mut answered =
        read(audit, &sample.items, &arguments.answers).map_err(|e| input(e.to_string()))?;
    if let Some(second) = &arguments.second {
        read_second(audit, &sample.items, second, &mut answered)
            .map_err(|e| input(e.to_string()))?;
    }
    let finding = find(audit, &sample, &answered);
    let text = match arguments.format {
        Format::Table => told(audit, &sample, &finding),
        Format::Csv => csv(audit, &finding),
        Format::Json => json(audit, &sample, &finding),
    };
    if arguments.again {
        let path = write_again(&arguments.sample, &again(audit, &sample, &finding)?)?;
        console.note(&format!("{}: restricted, about single families", path.display()));
    }
    Ok(console.result(text.trim_end())?)
}

/// Writes what has to be looked at again into a restricted folder beside that of the sample.
fn write_again(sample: &Path, lines: &[u8]) -> Result<PathBuf, Failure> {
    let name = sample.file_name().unwrap_or_default().to_string_lossy();
    let folder = sample.with_file_name(format!("{name}-results")).join("restricted");
    let path = folder.join("look-again.csv");
    let written = std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, lines));
    written.map_err(|cause| {
        let cause = WriteError { path: path.clone(), cause };
        Failure::from(EngineError::from(RunError::from(cause)))
    })?;
    Ok(path)
}

/// The finding in sentences and one table.
fn told(audit: &OutcomeAudit, sample: &Sample, finding: &Finding) -> String {
    let mut lines = vec![format!("{}: {}", audit.title, audit.question), String::new()];
    let mut table = comfy_table::Table::new();
    table.set_header([
        "Stratum",
        "Outcomes",
        "Drawn",
        "Agreed",
        "Not agreed",
        "Cannot tell",
        "Not answered",
        "Share agreed",
    ]);
    for (stratum, of) in audit.strata.iter().zip(&finding.strata) {
        let counts = of.counts().map(|n| n.to_string());
        let agreed = of.agreed().map_or_else(
            || "None answered with yes or no".to_owned(),
            |share| {
                let [value, lower, upper] = [share.value, share.limits.lower, share.limits.upper]
                    .map(|n| places(n * 100.0, 0));
                format!("{value}% ({lower}% to {upper}%)")
            },
        );
        table.add_row(std::iter::once(stratum.title.clone()).chain(counts).chain([agreed]));
    }
    lines.extend([table.to_string(), String::new()]);
    let of = finding.of;
    lines.push(match &finding.wrong {
        Some(wrong) => {
            let share = |n: f64| places(n / of.max(1) as f64 * 100.0, 1);
            format!(
                "Of all {of} outcomes, about {} would not be agreed with: {}% (95% interval {} to {} outcomes, {}% to {}%).",
                places(wrong.value, 0),
                share(wrong.value),
                places(wrong.limits.lower.floor(), 0),
                places(wrong.limits.upper.ceil(), 0),
                share(wrong.limits.lower),
                share(wrong.limits.upper),
            )
        }
        None => format!(
            "How many of all {of} outcomes would not be agreed with is not known: of a stratum none has been answered with yes or no."
        ),
    });
    let untold: usize = finding.strata.iter().map(|s| s.untold).sum();
    if untold > 0 {
        let at_most = finding.wrong_at_most.as_ref();
        let at_most = at_most.map_or_else(String::new, |e| {
            format!(" Were all of them wrong, it would be about {} of {of}.", places(e.value, 0))
        });
        lines.push(format!(
            "Of {untold} the records do not tell: the rest of each stratum stands for them.{at_most}"
        ));
    }
    let (twice, agreed) = finding.twice;
    if twice > 0 {
        let beyond = finding.kappa.map_or_else(
            || "; beyond chance not to be told, all say the same".to_owned(),
            |found| format!("; beyond chance (kappa) {}", beyond_chance(found)),
        );
        let share = wilson(agreed as u64, twice as u64, Confidence::P95);
        let share = share.map_or_else(String::new, |s| {
            format!(", {}% to {}%", places(s.lower * 100.0, 0), places(s.upper * 100.0, 0))
        });
        lines.push(format!(
            "Two auditors looked at {twice} of them and agree on {agreed}{share}{beyond}."
        ));
    }
    let reasons = finding.reasons.iter().filter(|(_, times)| *times > 0);
    lines.extend(reasons.map(|(reason, times)| format!("Not agreed, {times}: {reason}")));
    let open: usize = finding.strata.iter().map(|s| s.open).sum();
    if open > 0 {
        lines.push(format!(
            "{open} of {} have not been answered: the rest of each stratum stands for them.",
            sample.items.len()
        ));
    }
    if !finding.again.is_empty() {
        let numbers: Vec<String> = finding.again.iter().map(ToString::to_string).collect();
        lines.push(format!("To be looked at again: {}.", numbers.join(", ")));
    }
    lines.join("\n")
}

fn beyond_chance(found: Agreement) -> String {
    let of = |n: f64| places(n, 2);
    match found.limits {
        Some(limits) => format!(
            "{} (95% interval {} to {})",
            of(found.kappa),
            of(limits.lower),
            of(limits.upper)
        ),
        None => format!("{}, how sure cannot be told from so little", of(found.kappa)),
    }
}

fn places(number: f64, digits: u8) -> String {
    Decimal::nearest(number, digits).map_or_else(String::new, |n| n.to_string())
}

fn csv(audit: &OutcomeAudit, finding: &Finding) -> String {
    let mut lines =
        vec!["stratum,outcomes,drawn,agreed,not_agreed,cannot_tell,not_answered,share_agreed,lower,upper".to_owned()];
    for (stratum, of) in audit.strata.iter().zip(&finding.strata) {
        let counts = of.counts().map(|n| n.to_string());
        let share = of.agreed().map_or_else(
            || [const { String::new() }; 3],
            |share| [share.value, share.limits.lower, share.limits.upper].map(|n| places(n, 4)),
        );
        lines.push(format!("{},{},{}", stratum.id, counts.join(","), share.join(",")));
    }
    lines.join("\n")
}

fn json(audit: &OutcomeAudit, sample: &Sample, finding: &Finding) -> String {
    let estimate = |e: &Option<Estimate>| {
        e.map(|e| serde_json::json!({ "value": e.value, "lower": e.limits.lower, "upper": e.limits.upper }))
    };
    let strata = audit.strata.iter().zip(&finding.strata).map(|(stratum, of)| {
        serde_json::json!({
            "stratum": stratum.id, "outcomes": of.of, "drawn": of.taken, "agreed": of.right,
            "not_agreed": of.wrong, "cannot_tell": of.untold, "not_answered": of.open,
            "share_agreed": estimate(&of.agreed()),
        })
    });
    let reasons = audit.reasons.iter().zip(&finding.reasons);
    let reasons: serde_json::Map<String, serde_json::Value> =
        reasons.map(|((word, _), (_, times))| (word.clone(), (*times).into())).collect();
    let all = serde_json::json!({
        "audit": audit.id, "seed": sample.seed, "outcomes": finding.of,
        "strata": strata.collect::<Vec<_>>(), "wrong": estimate(&finding.wrong),
        "answered_twice": finding.twice.0, "agreed_twice": finding.twice.1,
        "wrong_if_untold_are": estimate(&finding.wrong_at_most),
        "kappa": finding.kappa.map(|a| a.kappa),
        "kappa_interval": finding.kappa.and_then(|a| a.limits).map(|l| [l.lower, l.upper]), "reasons": reasons, "again": finding.again,
    });
    serde_json::to_string_pretty(&all).unwrap_or_default()
}
