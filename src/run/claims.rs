//! The register of claims as files: its lines, what is in it twice, and how many cases stand where.

use crate::calendar::{Day, Period};
use crate::claims::Register;
use crate::render::csv::list;
use crate::run::{RunError, RunFolder};

/// Writes the files; none where no claim is registered.
pub(super) fn write(folder: &RunFolder, register: &Register) -> Result<(), RunError> {
    if register.lines.is_empty() {
        return Ok(());
    }
    let day = |day: Option<Day>| day.map(Day::iso).unwrap_or_default();
    let mut lines = Vec::new();
    for line in &register.lines {
        lines.push(vec![
            line.family.clone(),
            line.case.clone(),
            line.claim.clone(),
            line.headline.clone(),
            line.needs.to_string(),
            line.period().map(Period::code).unwrap_or_default(),
            line.state.word().to_owned(),
            line.why.clone(),
            day(line.met_on),
            day(line.claimed_on),
            line.version.clone(),
        ]);
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
    ];
    folder.stream("restricted/claims/register.csv", |to| list(to, headers.into_iter(), &lines))?;
    let twice = register.twice.iter().map(|twice| {
        let (one, other) = (twice.one.clone(), twice.other.clone());
        vec![twice.kind.word().to_owned(), twice.headline.clone(), one.0, one.1, other.0, other.1]
    });
    let twice: Vec<Vec<String>> = twice.collect();
    let headers = ["kind", "headline", "case_id", "claim", "other_case_id", "other_claim"];
    folder.stream("restricted/claims/twice.csv", |to| list(to, headers.into_iter(), &twice))?;
    let totals = register.totals().into_iter().map(|((claim, headline, state), cases)| {
        vec![claim.to_owned(), headline.to_owned(), state.word().to_owned(), cases.to_string()]
    });
    let totals: Vec<Vec<String>> = totals.collect();
    let headers = ["claim", "headline", "state", "cases"];
    folder.stream("restricted/claims/totals.csv", |to| list(to, headers.into_iter(), &totals))?;
    Ok(())
}
