//! `query --saved`: a question that stands in the definitions under a name, answered as it always is.

use crate::calendar::{Period, PeriodKind};
use crate::cli::arguments::{Format, QueryArguments};
use crate::cli::console::Console;
use crate::cli::query::{Question, tell, text};
use crate::cli::{Exit, Failure, definitions, report};
use crate::definitions::Definitions;
use crate::definitions::diagnostic::nearest_or_list;
use crate::definitions::saved_query::{AnsweredBy, SavedQuery};
use crate::run::{self, Place};
use crate::{EngineError, judge};

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
    let answers = tell(&questions, definitions, &evaluated, &arguments.out, console)?;
    console.note(&format!("{}: {}", saved.title, period.label()));
    match arguments.format {
        Format::Table => {
            for (number, answer) in answers.iter().enumerate() {
                if number > 0 {
                    console.result("")?;
                }
                console.result(&text(answer, Format::Table)?)?;
            }
            Ok(())
        }
        Format::Csv => {
            for (number, (answer, question)) in answers.iter().zip(&questions).enumerate() {
                let lines = text(answer, Format::Csv)?;
                // Each table says of which measure it is.
                let heading = format!("# {}, {}", question.measure.id, question.measure.title);
                let gap = if number > 0 { "\n" } else { "" };
                console.result(&format!("{gap}{heading}\n{}", lines.trim_end()))?;
            }
            Ok(())
        }
        Format::Json => {
            let text = |answer| Ok(text(answer, Format::Json)?.trim_end().to_owned());
            let all: Vec<String> = answers.iter().map(text).collect::<Result<_, Failure>>()?;
            Ok(console.result(&format!("[\n{}\n]", all.join(",\n")))?)
        }
    }
}

/// Writes the list into a restricted folder of its own: it is about single people.
fn by_extract(
    definitions: &Definitions,
    id: &str,
    arguments: &QueryArguments,
    console: &mut Console,
) -> Result<(), Failure> {
    if arguments.period.is_some() {
        let message =
            "a list of single cases says itself which it lists\n  mend: ask without --period";
        return Err(Failure::new(Exit::Usage, message));
    }
    let Some(extract) = definitions.extract(id) else { return Ok(()) };
    let evaluated =
        judge(definitions, &arguments.folders.data, false, &mut |what| console.doing(what))?;
    let as_at = definitions.project.as_at;
    let name = format!("{}-list-{id}", as_at.iso());
    let period = Period::last_complete(PeriodKind::Month, as_at);
    let command = format!("early-help query --saved {id}");
    let place =
        Place { out: &arguments.out, name: &name, command: &command, period, accepted: None };
    let folder =
        run::write_list(&place, definitions, &evaluated, extract).map_err(EngineError::from)?;
    let list = folder.join("restricted").join(format!("{id}.csv"));
    console.note(&format!("{}: restricted, about single people", list.display()));
    Ok(console.result(&folder.display().to_string())?)
}
