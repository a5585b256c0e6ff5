//! The register of claims as files: its lines, what is in it twice, and how many cases stand where.

use crate::calendar::{Day, Period};
use crate::claims::{Line, REGISTER, Register, TWICE};
use crate::definitions::row_pack::RowPack;
use crate::render::csv::list;
use crate::run::evidence::VERDICTS;
use crate::run::{RunError, RunFolder, row_packs};

/// Writes the files; none where no claim is registered. `packs` are the row-level packs of the run.
pub(super) fn write(
    folder: &RunFolder,
    register: &Register,
    packs: &[&RowPack],
) -> Result<(), RunError> {
    if register.lines.is_empty() {
        return Ok(());
    }
    let headers = [
        "family_id",
        "case_id",
        "claim",
        "headline",
        "needs",
        "period",
        "state",
        "why",
        "met_on",
        "claimed_on",
        "version",
        "evidence",
    ];
    let lines = register.lines.iter().map(|one| line(one, packs));
    folder.stream(REGISTER, |to| list(to, headers.into_iter(), lines))?;
    let twice = register.twice.iter().map(|twice| {
        let (one, other) = (twice.one.clone(), twice.other.clone());
        vec![twice.kind.word().to_owned(), twice.headline.clone(), one.0, one.1, other.0, other.1]
    });
    let headers = ["kind", "headline", "case_id", "claim", "other_case_id", "other_claim"];
    folder.stream(TWICE, |to| list(to, headers.into_iter(), twice))?;
    let totals = register.totals().into_iter().map(|((claim, headline, state), cases)| {
        vec![claim.to_owned(), headline.to_owned(), state.word().to_owned(), cases.to_string()]
    });
    let headers = ["claim", "headline", "state", "cases"];
    folder.stream("restricted/claims/totals.csv", |to| list(to, headers.into_iter(), totals))?;
    Ok(())
}

/// The fields of a line.
fn line(line: &Line, packs: &[&RowPack]) -> Vec<String> {
    let day = |day: Option<Day>| day.map(Day::iso).unwrap_or_default();
    vec![
        line.family.clone(),
        line.case.clone(),
        line.claim.to_string(),
        line.headline.to_string(),
        line.needs.to_string(),
        line.period().map(Period::code).unwrap_or_default(),
        line.state.word().to_owned(),
        line.why.to_string(),
        day(line.met_on),
        day(line.claimed_on),
        line.version.to_string(),
        evidence(line, packs),
    ]
}

/// The file of the run with the evidence for a line, by its case: every clause behind a claim that holds, where a
/// row-level pack of the run has them; else what is known of each of its needs.
fn evidence(line: &Line, packs: &[&RowPack]) -> String {
    let claim = line.claim.replace(".claim.", ".");
    let pack = packs.iter().find(|pack| line.holds && pack.claims.contains(&claim));
    pack.map_or_else(|| VERDICTS.to_owned(), |pack| row_packs::claimed_file(pack, &claim))
}
