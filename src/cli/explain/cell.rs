//! `explain cell`: how one figure came about, for those who may see it.

use serde_json::Value;

use crate::cli::arguments::{CellArguments, Format, QueryArguments, TextFormat};
use crate::cli::console::Console;
use crate::cli::query::{self, Question};
use crate::cli::{Exit, Failure, definitions};
use crate::explain::cell::waterfalls;
use crate::{EngineError, judge};

/// Explains a cell. An audience that may not see single cases is told what is published and no
/// more: a denominator taken apart would give away what protection hides.
pub(super) fn run(arguments: &CellArguments, console: &mut Console) -> Result<(), Failure> {
    let definitions = definitions(&arguments.folders.definitions, console)?;
    let audience = match &arguments.audience {
        Some(audience) => audience.clone(),
        None => match definitions.audiences.iter().find(|a| a.row_level) {
            Some(audience) => audience.id.clone(),
            None => {
                let message = "no audience may see single cases\n  mend: name one with --audience to see what is published for it";
                return Err(Failure::new(Exit::Usage, message));
            }
        },
    };
    let query = QueryArguments {
        measure: Some(arguments.measure.clone()),
        saved: None,
        list: false,
        by: arguments.by.clone(),
        filter: arguments.filter.clone(),
        period: Some(arguments.period.clone()),
        audience,
        out: arguments.out.clone(),
        format: match arguments.format {
            TextFormat::Text => Format::Table,
            TextFormat::Json => Format::Json,
        },
        folders: arguments.folders.clone(),
    };
    let question = Question::read(&definitions, &query)?;
    if !question.audience.row_level {
        console.note(&format!(
            "{} may not see single cases: this is what is published for them.",
            question.audience.title
        ));
        return query::run(&query, console);
    }
    let Some(period) = question.period else {
        return Err(Failure::new(Exit::Usage, "name the period of the cell"));
    };
    let evaluated =
        judge(&definitions, &arguments.folders.data, false, &mut |what| console.doing(what))?;
    let found = waterfalls(
        &definitions,
        &evaluated,
        question.measure,
        &question.by,
        &question.chosen,
        period,
    )
    .map_err(EngineError::from)?;
    if found.is_empty() {
        let message = "that measure has no such cell\n  mend: early-help query shows the levels of its breakdowns";
        return Err(Failure::new(Exit::Usage, message));
    }
    let text = match arguments.format {
        TextFormat::Json => {
            format!("{:#}", Value::Array(found.iter().map(|w| w.json()).collect()))
        }
        TextFormat::Text => found.iter().map(|w| w.text()).collect::<Vec<_>>().join("\n"),
    };
    Ok(console.result(&text)?)
}
