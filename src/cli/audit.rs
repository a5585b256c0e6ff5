//! `audit`: a sample of outcomes for auditors, and what their answers say of all of them.

use crate::audit::{Finding, Sample, draw, find, read};
use crate::calendar::{Period, PeriodKind};
use crate::cli::arguments::{Audit, AuditResultsArguments, AuditSampleArguments, Format};
use crate::cli::console::Console;
use crate::cli::{Exit, Failure, definitions};
use crate::definitions::Definitions;
use crate::definitions::audit::OutcomeAudit;
use crate::definitions::diagnostic::nearest;
use crate::run::audits::{SHEETS, again, audit_run, read_sample, write_sample};
use crate::run::{Place, RunError};
use crate::statistics::{Confidence, Decimal, Estimate, wilson};
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
    let answered =
        read(audit, &sample.items, &arguments.answers).map_err(|e| input(e.to_string()))?;
    let finding = find(audit, &sample, &answered);
    let text = match arguments.format {
        Format::Table => told(audit, &sample, &finding),
        Format::Csv => csv(audit, &finding),
        Format::Json => json(audit, &sample, &finding),
    };
    if let Some(path) = &arguments.again {
        let lines = again(audit, &sample, &finding)?;
        std::fs::write(path, lines).map_err(|cause| {
            let cause = crate::run::WriteError { path: path.clone(), cause };
            Failure::from(EngineError::from(RunError::from(cause)))
        })?;
        console.note(&format!("{}: restricted, about single families", path.display()));
    }
    Ok(console.result(text.trim_end())?)
}

/// The finding in sentences and one table.
fn told(audit: &OutcomeAudit, sample: &Sample, finding: &Finding) -> String {
    let mut lines = vec![format!("{}: {}", audit.title, audit.question), String::new()];
    let mut table = comfy_table::Table::new();
    let headers =
        ["Stratum", "Outcomes", "Drawn", "Agreed", "Not agreed", "Cannot tell", "Not answered"];
    table.set_header(headers);
    for (stratum, of) in audit.strata.iter().zip(&finding.strata) {
        let counts = [of.of, of.taken, of.right, of.wrong, of.untold, of.open()];
        let counts = counts.map(|n| n.to_string());
        table.add_row(std::iter::once(stratum.title.clone()).chain(counts));
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
            "How many of all {of} outcomes would not be agreed with is not known: of a stratum nothing has been answered."
        ),
    });
    let (twice, agreed) = finding.twice;
    if twice > 0 {
        let beyond = finding.kappa.map_or_else(
            || "; beyond chance not to be told, all say the same".to_owned(),
            |kappa| format!("; beyond chance (kappa) {}", between(kappa, 2)),
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
    let open: usize = finding.strata.iter().map(|s| s.open()).sum();
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

fn between(estimate: Estimate, digits: u8) -> String {
    let Estimate { value, limits } = estimate;
    let of = |n: f64| places(n, digits);
    format!("{} (95% interval {} to {})", of(value), of(limits.lower), of(limits.upper))
}

fn places(number: f64, digits: u8) -> String {
    Decimal::nearest(number, digits).map_or_else(String::new, |n| n.to_string())
}

fn csv(audit: &OutcomeAudit, finding: &Finding) -> String {
    let mut lines =
        vec!["stratum,outcomes,drawn,agreed,not_agreed,cannot_tell,not_answered".to_owned()];
    for (stratum, of) in audit.strata.iter().zip(&finding.strata) {
        let counts = [of.of, of.taken, of.right, of.wrong, of.untold, of.open()];
        let counts = counts.map(|n| n.to_string());
        lines.push(format!("{},{}", stratum.id, counts.join(",")));
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
            "not_agreed": of.wrong, "cannot_tell": of.untold, "not_answered": of.open(),
        })
    });
    let reasons = audit.reasons.iter().zip(&finding.reasons);
    let reasons: serde_json::Map<String, serde_json::Value> =
        reasons.map(|((word, _), (_, times))| (word.clone(), (*times).into())).collect();
    let all = serde_json::json!({
        "audit": audit.id, "seed": sample.seed, "outcomes": finding.of,
        "strata": strata.collect::<Vec<_>>(), "wrong": estimate(&finding.wrong),
        "answered_twice": finding.twice.0, "agreed_twice": finding.twice.1,
        "kappa": estimate(&finding.kappa), "reasons": reasons, "again": finding.again,
    });
    serde_json::to_string_pretty(&all).unwrap_or_default()
}
