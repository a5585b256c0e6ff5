//! `explain`: a definition in words, or a case on its timeline.

use std::collections::BTreeMap;

use polars::prelude::PolarsError;

use crate::calendar::Day;
use crate::cli::arguments::{Explain, ExplainArguments};
use crate::cli::console::Console;
use crate::cli::{Exit, Failure, definitions};
use crate::definitions::{Definitions, words};
use crate::evaluate::{Evaluated, Verdict, Verdicts, evidence};
use crate::{EngineError, judge};

/// Explains.
pub(super) fn run(arguments: &ExplainArguments, console: &mut Console) -> Result<(), Failure> {
    match &arguments.what {
        Explain::Definition { id, definitions: folder } => {
            let definitions = definitions(folder, console)?;
            let text = words::explain(id, &definitions).ok_or_else(|| {
                Failure::new(
                    Exit::Usage,
                    format!("there is no definition \"{id}\"\n  mend: write it like sf2022.outcome.not_missing or measure.open_cases"),
                )
            })?;
            Ok(console.result(&text)?)
        }
        Explain::Case { id, folders } => {
            let definitions = definitions(&folders.definitions, console)?;
            let evaluated =
                judge(&definitions, &folders.data, true, &mut |what| console.doing(what))?;
            let text = case(&definitions, &evaluated, id).map_err(EngineError::from)?;
            match text {
                Some(text) => Ok(console.result(&text)?),
                None => Err(Failure::new(
                    Exit::Usage,
                    "there is no used case with that identifier\n  mend: look in restricted/evidence/verdicts.csv of a run, or in quarantine.csv",
                )),
            }
        }
    }
}

/// A case: what happened when, and how each need and outcome stands.
fn case(
    definitions: &Definitions,
    evaluated: &Evaluated,
    id: &str,
) -> Result<Option<String>, PolarsError> {
    let Some((place, mut timeline)) = dates(definitions, evaluated, id)? else { return Ok(None) };
    let verdicts = Verdicts::new(definitions, evaluated)?;
    let mut judged = Vec::new();
    for line in verdicts.of_case(place).filter(|l| l.need_verdict != Verdict::NotMet) {
        let window = match (line.window_start, line.window_end) {
            (Some(from), Some(to)) => format!("{from} to {to}"),
            _ => "no dates yet".to_owned(),
        };
        judged.push(format!(
            "  {}.{}: need {}\n    {}: {} ({}), looked at {window}",
            line.framework,
            line.need,
            line.need_verdict,
            line.outcome,
            line.outcome_verdict,
            line.reason
        ));
    }
    for test in evidence(definitions, evaluated)? {
        for (case, row) in (0..test.len()).filter_map(|at| test.get(at)) {
            if case as usize == place {
                let day = row_date(definitions, evaluated, test.source, row)?;
                timeline.push((day, format!("{} row {row} (for {})", test.source, test.test)));
            }
        }
    }
    timeline.sort();
    // One row may stand behind several tests: it happened once.
    let mut days: BTreeMap<Option<Day>, Vec<String>> = BTreeMap::new();
    for (day, what) in timeline {
        days.entry(day).or_default().push(what);
    }
    let mut text = format!("Case {id}, as at {}\n\nTimeline\n", definitions.project.as_at);
    for (day, whats) in days {
        let day = day.map_or_else(|| "no date".to_owned(), |d| d.to_string());
        for what in whats {
            text.push_str(&format!("  {day:>17}  {what}\n"));
        }
    }
    text.push_str("\nNeeds and outcomes\n");
    if judged.is_empty() {
        text.push_str("  No need was found.\n");
    }
    for line in judged {
        text.push_str(&line);
        text.push('\n');
    }
    Ok(Some(text))
}

/// What happened, and on which day if that is known.
type DatedWords = (Option<Day>, String);

/// What happened on which day.
type Dates = Vec<DatedWords>;

/// The place and the named dates of a case; nothing when there is no such case.
fn dates(
    definitions: &Definitions,
    evaluated: &Evaluated,
    id: &str,
) -> Result<Option<(usize, Dates)>, PolarsError> {
    let (Some(unit), Some(cases)) = (definitions.unit("case"), evaluated.units.get("case")) else {
        return Ok(None);
    };
    let place = evaluated.linked.inputs.rings.entities.get("case").and_then(|ring| ring.find(id));
    let ids = cases.column("case_id")?.as_materialized_series().u32()?.clone();
    let Some(row) = place.and_then(|p| ids.iter().position(|i| i == Some(p))) else {
        return Ok(None);
    };
    let mut dates = Vec::new();
    for (name, column) in unit.anchors.iter().filter(|(n, c)| n == c) {
        if let Some(day) = cases.column(column)?.as_materialized_series().i32()?.get(row) {
            dates.push((Some(Day(day)), name.replace('_', " ")));
        }
    }
    Ok(Some((row, dates)))
}

/// The date of a row of a source.
fn row_date(
    definitions: &Definitions,
    evaluated: &Evaluated,
    source: &str,
    row: u32,
) -> Result<Option<Day>, PolarsError> {
    let (Some(source), Some(rows)) =
        (definitions.source(source), evaluated.linked.inputs.sources.get(source))
    else {
        return Ok(None);
    };
    let Some((start, _)) = source.shape.dates() else { return Ok(None) };
    let numbers = rows.frame.column(crate::columns::ROW)?.as_materialized_series().u32()?.clone();
    let at = numbers.iter().position(|n| n == Some(row));
    let days = rows.frame.column(start)?.as_materialized_series().i32()?.clone();
    Ok(at.and_then(|at| days.get(at)).map(Day))
}
