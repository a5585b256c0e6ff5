//! `query --saved`: a question that stands in the definitions under a name, answered as it always is.

use crate::calendar::Period;
use crate::cli::arguments::{Format, QueryArguments};
use crate::cli::console::Console;
use crate::cli::query::{Question, tell};
use crate::cli::{Exit, Failure, definitions, report};
use crate::definitions::Definitions;
use crate::definitions::diagnostic::nearest_or_list;
use crate::definitions::saved_query::{AnsweredBy, SavedQuery};
use crate::{EngineError, extract, judge, render};

/// Lists the saved questions.
pub(super) fn list(arguments: &QueryArguments, console: &mut Console) -> Result<(), Failure> {
    let definitions = definitions(&arguments.folders.definitions, console)?;
    let wide = definitions.queries.iter().map(|q| q.id.len()).max().unwrap_or(0);
    let line = |q: &SavedQuery| format!("{:wide$}  {}, for {}", q.id, q.title, q.audience);
    let lines: Vec<String> = definitions.queries.iter().map(line).collect();
    Ok(console.result(&lines.join("\n"))?)
}

/// Answers a saved question.
pub(super) fn run(
    name: &str,
    arguments: &QueryArguments,
    console: &mut Console,
) -> Result<(), Failure> {
    let definitions = definitions(&arguments.folders.definitions, console)?;
    let known: Vec<&str> = definitions.queries.iter().map(|q| q.id.as_str()).collect();
    let saved = definitions.query(name).ok_or_else(|| {
        let mend = nearest_or_list(name, &known);
        Failure::new(Exit::Usage, format!("there is no saved question `{name}`\n  mend: {mend}"))
    })?;
    match &saved.answer {
        AnsweredBy::Measures { measures, by, period } => {
            let period = report::period(&definitions, *period, arguments.period.as_deref())?;
            by_measures(&definitions, saved, (measures, by, period), arguments, console)
        }
        AnsweredBy::Extract(id) => by_extract(&definitions, id, arguments, console),
    }
}

fn by_measures(
    definitions: &Definitions,
    saved: &SavedQuery,
    (measures, by, period): (&[String], &[String], Period),
    arguments: &QueryArguments,
    console: &mut Console,
) -> Result<(), Failure> {
    let questions = measures.iter().map(|measure| {
        let asked = QueryArguments {
            measure: Some(measure.clone()),
            by: by.to_vec(),
            period: Some(period.code()),
            audience: saved.audience.clone(),
            ..arguments.clone()
        };
        Question::read(definitions, &asked)
    });
    // Everything is understood before anything is answered.
    let questions: Vec<Question<'_>> = questions.collect::<Result<_, Failure>>()?;
    let evaluated =
        judge(definitions, &arguments.folders.data, false, &mut |what| console.doing(what))?;
    console.note(&format!("{}: {}", saved.title, period.label()));
    for (number, question) in questions.iter().enumerate() {
        if number > 0 && matches!(arguments.format, Format::Table) {
            console.result("")?;
        }
        tell(question, definitions, &evaluated, arguments, console)?;
    }
    Ok(())
}

fn by_extract(
    definitions: &Definitions,
    id: &str,
    arguments: &QueryArguments,
    console: &mut Console,
) -> Result<(), Failure> {
    let Some(extract) = definitions.extract(id) else { return Ok(()) };
    let evaluated =
        judge(definitions, &arguments.folders.data, false, &mut |what| console.doing(what))?;
    let rows = extract::rows(definitions, &evaluated, extract).map_err(EngineError::from)?;
    console.note(&format!(
        "{}: restricted, {} rows about single people",
        extract.title,
        rows.len()
    ));
    let mut bytes = Vec::new();
    render::csv::list(&mut bytes, extract.columns.iter().map(|c| c.header.as_str()), &rows)?;
    Ok(console.result(String::from_utf8_lossy(&bytes).trim_end())?)
}
