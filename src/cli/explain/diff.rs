//! `explain diff`: what a change of the definitions does to verdicts and figures.

use crate::calendar::{Period, PeriodKind};
use crate::cli::arguments::{DiffArguments, TextFormat};
use crate::cli::console::Console;
use crate::cli::{Failure, definitions};
use crate::explain::diff::{Side, difference};
use crate::{EngineError, judge};

/// Compares two folders of definitions over the same exports.
pub(super) fn run(arguments: &DiffArguments, console: &mut Console) -> Result<(), Failure> {
    let a = definitions(&arguments.a, console)?;
    let b = definitions(&arguments.b, console)?;
    let mut judged = |d| judge(d, &arguments.data, false, &mut |what: &str| console.doing(what));
    let (of_a, of_b) = (judged(&a)?, judged(&b)?);
    let as_at = b.project.as_at;
    let periods: Vec<Period> = match &arguments.period {
        Some(period) => {
            let read = Period::parse(period).ok_or_else(|| {
                let message = format!("\"{period}\" is not a period; write 2026-09 or 2026-27-Q2");
                Failure::new(crate::cli::Exit::Usage, message)
            })?;
            vec![read]
        }
        // The newest year is long enough to have cases whose windows are over.
        None => vec![Period::last_complete(PeriodKind::Rolling12Months, as_at).earlier(12)],
    };
    let found = difference(
        Side { definitions: &a, evaluated: &of_a },
        Side { definitions: &b, evaluated: &of_b },
        &periods,
    )
    .map_err(EngineError::from)?;
    Ok(match arguments.format {
        TextFormat::Text => console.result(&found.text()),
        TextFormat::Json => console.result(&format!("{:#}", found.json())),
    }?)
}
