//! `explain case`: the timeline of one family, as text and as pictures.

use std::path::{Path, PathBuf};

use crate::cli::arguments::{Folders, TimelineFormat};
use crate::cli::console::Console;
use crate::cli::{Exit, Failure, definitions};
use crate::explain::{self, timeline};
use crate::render::chart;
use crate::{EngineError, judge};

/// Tells the timeline of a case.
pub(super) fn run(
    id: &str,
    out: Option<&Path>,
    format: TimelineFormat,
    folders: &Folders,
    console: &mut Console,
) -> Result<(), Failure> {
    let definitions = definitions(&folders.definitions, console)?;
    let evaluated = judge(&definitions, &folders.data, true, &mut |what| console.doing(what))?;
    let told = timeline::of_case(&definitions, &evaluated, id).map_err(EngineError::from)?;
    let Some(told) = told else {
        return Err(Failure::new(
            Exit::Usage,
            "there is no used case with that identifier\n  mend: look in restricted/evidence/verdicts.csv of a run, or in quarantine.csv",
        ));
    };
    let pages = || chart::timeline(&told).map_err(|e| Failure::new(Exit::Bug, e.to_string()));
    if let Some(out) = out {
        let pages = pages()?;
        for (number, page) in (1..).zip(&pages) {
            let file = if pages.len() == 1 { out.to_owned() } else { numbered(out, number) };
            std::fs::write(&file, page).map_err(|e| {
                Failure::new(
                    Exit::Output,
                    format!(
                        "{} cannot be written: {e}\n  mend: name a file in a folder that is there",
                        file.display()
                    ),
                )
            })?;
            console.note(&format!("{}", file.display()));
        }
    }
    match format {
        TimelineFormat::Text => console.result(&explain::text(&told, ""))?,
        TimelineFormat::Svg => {
            let pages = pages()?;
            if pages.len() > 1 {
                return Err(Failure::new(
                    Exit::Usage,
                    format!(
                        "the timeline takes {} pages\n  mend: have them written with --out case.svg",
                        pages.len()
                    ),
                ));
            }
            console.result(&pages.concat())?;
        }
    }
    Ok(())
}

/// `case.svg` as `case-2.svg`.
fn numbered(file: &Path, number: usize) -> PathBuf {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let ending = file.extension().map_or_else(|| "svg".into(), |e| e.to_string_lossy());
    file.with_file_name(format!("{stem}-{number}.{ending}"))
}
