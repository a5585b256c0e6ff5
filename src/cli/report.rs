//! `report` and `pack`: from the exports to a run folder.

use crate::calendar::{Period, PeriodKind};
use crate::cli::arguments::{Folders, PackArguments, ReportArguments, ReportKind};
use crate::cli::console::Console;
use crate::cli::rehearsal::Rehearsal;
use crate::cli::{Exit, Failure, definitions};
use crate::definitions::Definitions;
use crate::definitions::audience::{Audience, Pack};
use crate::definitions::feedback;
use crate::definitions::row_pack::RowPack;
use crate::render::WITH_PDF;
use crate::report::Edition;
use crate::run::releases::ReleaseLedger;
use crate::run::{Place, RunError, RunFolder};
use crate::{EngineError, Given, Written, judge_to_publish, publish};

/// Writes a report: every tier of it, each from its own protection.
pub(super) fn report(arguments: &ReportArguments, console: &mut Console) -> Result<(), Failure> {
    let definitions = definitions(&arguments.folders.definitions, console)?;
    let (word, kind) = match arguments.kind {
        ReportKind::Monthly => ("monthly", PeriodKind::Month),
        ReportKind::Quarterly => ("quarterly", PeriodKind::Quarter),
    };
    let packs = reports(&definitions, kind)?;
    let period = period(&definitions, kind, arguments.period.as_deref())?;
    let run = report_run(period);
    let accepted = arguments.accept.accepted();
    let (edition, flag) = match arguments.is_final {
        true => (Edition::Final, " --final"),
        false => (Edition::Draft, ""),
    };
    let command = format!("early-help report {word} --period {}{flag}", period.code());
    let place = Place { out: &arguments.out, name: &run, command: &command, period, accepted };
    let row_packs = match kind {
        PeriodKind::Month => row_packs(&definitions, kind),
        _ => Vec::new(),
    };
    let given = Given { packs, row_packs, edition };
    if arguments.dry_run {
        let rehearsal =
            Rehearsal { packs: &given.packs, place: &place, suggest: arguments.suggest };
        return rehearsal.run(&definitions, &arguments.folders, console);
    }
    write(&definitions, &arguments.folders, &given, &place, console)
}

/// Writes all packs of a quarter, each for its audiences, from one protection for each audience.
pub(super) fn pack(arguments: &PackArguments, console: &mut Console) -> Result<(), Failure> {
    let definitions = definitions(&arguments.folders.definitions, console)?;
    let packs = quarterly(&definitions);
    let row_packs = row_packs(&definitions, PeriodKind::Quarter);
    if packs.is_empty() && row_packs.is_empty() {
        return Err(Failure::new(Exit::Definitions, "no pack has `period = \"quarter\"`"));
    }
    let period = period(&definitions, PeriodKind::Quarter, arguments.period.as_deref())?;
    let run = packs_run(period);
    let accepted = arguments.accept.accepted();
    let command = format!("early-help pack quarterly --period {}", period.code());
    let place = Place { out: &arguments.out, name: &run, command: &command, period, accepted };
    let given = Given { packs, row_packs, edition: Edition::default() };
    if arguments.dry_run {
        let rehearsal =
            Rehearsal { packs: &given.packs, place: &place, suggest: arguments.suggest };
        return rehearsal.run(&definitions, &arguments.folders, console);
    }
    write(&definitions, &arguments.folders, &given, &place, console)
}

/// The reports of a kind of period, for all their audiences.
pub(super) fn reports(
    definitions: &Definitions,
    period: PeriodKind,
) -> Result<Vec<&Pack>, Failure> {
    let packs = definitions.packs.iter().filter(|p| p.is_report && p.period == period);
    let packs: Vec<&Pack> = packs.collect();
    if packs.is_empty() {
        let word = period.word();
        let message = format!("no pack has `kind = \"report\"` and `period = \"{word}\"`");
        return Err(Failure::new(Exit::Definitions, message));
    }
    Ok(packs)
}

/// What the report of a period is called: `2026-09-monthly`. The quarter's packs are a run of their own.
pub(super) fn report_run(period: Period) -> String {
    let kind = if period.kind == PeriodKind::Quarter { "quarterly-report" } else { "monthly" };
    format!("{}-{kind}", period.code())
}

/// What the packs of a period are called: `2026-27-Q2-quarterly`.
pub(super) fn packs_run(period: Period) -> String {
    format!("{}-quarterly", period.code())
}

/// The packs of a quarter for partners.
pub(super) fn quarterly(definitions: &Definitions) -> Vec<&Pack> {
    let quarterly = |p: &&Pack| !p.is_report && p.period == PeriodKind::Quarter;
    definitions.packs.iter().filter(quarterly).collect()
}

/// The row-level packs that are made for a kind of period.
fn row_packs(definitions: &Definitions, period: PeriodKind) -> Vec<&RowPack> {
    definitions.row_packs.iter().filter(|p| p.period == period).collect()
}

fn write(
    definitions: &Definitions,
    folders: &Folders,
    given: &Given<'_>,
    place: &Place<'_>,
    console: &mut Console,
) -> Result<(), Failure> {
    // A folder that cannot be written is said before the work, not after it.
    drop(
        RunFolder::begin(place.out, place.name)
            .map_err(RunError::from)
            .map_err(EngineError::from)?,
    );
    let mut ledger = ReleaseLedger::open(place.out).map_err(EngineError::from)?;
    let with_evidence = !given.to_those_who_may_see_cases(definitions).is_empty();
    let mut evaluated = judge_to_publish(definitions, &folders.data, with_evidence, &mut |what| {
        console.doing(what);
    })?;
    let of_rows = &evaluated.linked.inputs.ledger;
    let rows: u64 = of_rows.sources.iter().map(|s| s.read).sum();
    let quarantined: usize = of_rows.sources.iter().map(|s| s.quarantined.len()).sum();
    let left_out: usize = of_rows.sources.iter().map(|s| s.left_out.len()).sum();
    let Written { folder, cautions, feedback } =
        publish(definitions, &mut evaluated, given, place, &mut ledger, &mut |what| {
            console.doing(what);
        })?;
    for caution in cautions {
        console.message(&format!("warning: {caution}"));
    }
    console.note(&format!(
        "{rows} rows read: {quarantined} quarantined, {left_out} left out by rule, the rest used."
    ));
    for pack in &given.packs {
        for audience in &pack.audiences {
            console.note(&format!(
                "{}: {}",
                pack.title,
                folder.join(audience).join("index.html").display()
            ));
        }
    }
    if !WITH_PDF && given.packs.iter().any(|pack| pack.cover.pdf) {
        console.note("No PDF: this program was built without it; build it with --features pdf.");
    }
    for pack in &given.row_packs {
        let below = folder.join("restricted").join("packs").join(&pack.id);
        console.note(&format!("{}: {}", pack.title, below.display()));
    }
    for told in &feedback.told {
        let file = folder.join(feedback::file(&told.audience.id, told.list));
        let without = match told.without_reference {
            0 => String::new(),
            n => format!(" ({n} more came without a reference)"),
        };
        console.note(&format!(
            "{}, for {}: {}{without}",
            told.list.title,
            told.audience.id,
            file.display()
        ));
    }
    let named = |audiences: &[&Audience]| {
        audiences.iter().map(|a| a.id.as_str()).collect::<Vec<_>>().join(", ")
    };
    if !feedback.ended.is_empty() {
        console.note(&format!(
            "Not told of their own referrals, because the agreement has ended: {}",
            named(&feedback.ended)
        ));
    }
    if !feedback.without.is_empty() {
        console.note(&format!(
            "Not told of their own referrals, because there is no agreement: {}",
            named(&feedback.without)
        ));
    }
    // The process ends here: giving gigabytes back frame by frame would only keep people waiting.
    std::mem::forget(evaluated);
    Ok(console.result(&folder.display().to_string())?)
}

/// The period that was asked for, or the newest complete one.
pub(super) fn period(
    definitions: &Definitions,
    kind: PeriodKind,
    asked: Option<&str>,
) -> Result<Period, Failure> {
    let newest = Period::last_complete(kind, definitions.project.as_at);
    let Some(asked) = asked else { return Ok(newest) };
    let usage = |mend: String| Failure::new(Exit::Usage, mend);
    let period = Period::parse(asked).ok_or_else(|| {
        usage(format!("\"{asked}\" is not a period; write it like {}", newest.code()))
    })?;
    if period.kind != kind {
        return Err(usage(format!(
            "\"{asked}\" is no {}; write it like {}",
            kind.word(),
            newest.code()
        )));
    }
    if period.end() > definitions.project.as_at {
        let as_at = definitions.project.as_at;
        return Err(usage(format!(
            "{period} is not over on {as_at}, the day as of which all is judged"
        )));
    }
    Ok(period)
}
