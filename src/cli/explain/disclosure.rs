//! `explain disclosure`: why each hidden figure of a measure is hidden, for those who answer for a release.

use crate::calendar::{Period, PeriodKind};
use crate::cli::arguments::DisclosureArguments;
use crate::cli::console::Console;
use crate::cli::{Exit, Failure, definitions, report};
use crate::run::Place;
use crate::run::releases::ReleaseLedger;
use crate::{EngineError, Rehearsed, judge, rehearse};

/// Protects a run anew and lists the reasons.
pub(super) fn run(arguments: &DisclosureArguments, console: &mut Console) -> Result<(), Failure> {
    let definitions = definitions(&arguments.folders.definitions, console)?;
    let usage = |message: String| Failure::new(Exit::Usage, message);
    if definitions.measure(&arguments.measure).is_none() {
        let mend = "`early-help explain definition` knows what there is";
        return Err(usage(format!(
            "there is no measure \"{}\"\n  mend: {mend}",
            arguments.measure
        )));
    }
    let asked = arguments.period.as_deref();
    let quarter = asked.and_then(Period::parse).is_some_and(|p| p.kind == PeriodKind::Quarter);
    let kind = if quarter { PeriodKind::Quarter } else { PeriodKind::Month };
    let period = report::period(&definitions, kind, asked)?;
    // The quarter's packs are a run of their own, so what they hide is worked out by itself.
    let partners = if quarter { report::quarterly(&definitions) } else { Vec::new() };
    let runs = [report::reports(&definitions, kind).unwrap_or_default(), partners];
    let names = [report::report_run(period), report::packs_run(period)];
    let theirs = |id: &str| arguments.audience.as_deref().is_none_or(|asked| asked == id);
    if !runs.iter().flatten().flat_map(|pack| &pack.audiences).any(|id| theirs(id)) {
        let asked = arguments.audience.clone().unwrap_or_default();
        return Err(usage(format!(
            "no audience \"{asked}\" is given anything for {period}\n  mend: leave --audience out to see all"
        )));
    }
    let folder = &arguments.folders.data;
    let evaluated = judge(&definitions, folder, false, &mut |what| console.doing(what))?;
    let mut ledger = ReleaseLedger::open(&arguments.out).map_err(EngineError::from)?;
    let all = runs.iter().zip(&names).zip(["report", "packs"]);
    for ((packs, name), what) in all.filter(|((packs, _), _)| !packs.is_empty()) {
        let place = Place { out: &arguments.out, name, command: "", period, accepted: Some("") };
        let mut doing = |what: &str| console.doing(what);
        let rehearsed = rehearse(&definitions, &evaluated, packs, &place, &mut ledger, &mut doing)?;
        for Rehearsed { audience, protected } in rehearsed.iter().filter(|r| theirs(&r.audience.id))
        {
            let hidden = protected.log().iter().filter(|h| h.cell.measure == arguments.measure);
            let lines: Vec<String> = hidden.map(|hidden| format!("  {hidden}\n")).collect();
            let title = format!("{}, {what}: {} hidden\n", audience.title, lines.len());
            console.result(&(title + &lines.concat()))?;
        }
    }
    Ok(())
}
