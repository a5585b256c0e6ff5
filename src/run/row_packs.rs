//! Row-level packs: the cases for which claims are met, clause by clause, and the saved extracts that
//! go with them. Only for audiences that may see rows about single cases.

use std::io::{self, Write};

use crate::definitions::Definitions;
use crate::definitions::row_pack::{Evidence, RowPack};
use crate::evaluate::{ClaimedCases, Clause, Evaluated, Verdicts};
use crate::run::records::{self, Days, Records};
use crate::run::{RunError, RunFolder, evidence};

/// How many claimed cases are made into text at once: about a megabyte.
const CASES: usize = 1 << 8;

/// The folder of a pack.
fn below(pack: &RowPack) -> String {
    format!("restricted/packs/{}", pack.id)
}

/// Where a pack lists the cases of a claim (`sf2022.successful_family`).
pub(super) fn claimed_file(pack: &RowPack, claim: &str) -> String {
    format!("{}/{claim}.csv", below(pack))
}

/// Writes the files of a pack.
pub(super) fn write(
    folder: &RunFolder,
    definitions: &Definitions,
    evaluated: &Evaluated,
    verdicts: &Verdicts<'_>,
    pack: &RowPack,
) -> Result<(), RunError> {
    let below = below(pack);
    let days = Days::around(definitions.project.as_at, 10_000, 2_000);
    let with_values = pack.evidence.contains(&Evidence::Values);
    for claim in &pack.claims {
        let cases = ClaimedCases::new(definitions, evaluated, verdicts, claim, with_values)?;
        let Some(cases) = cases else { continue };
        folder
            .stream(&claimed_file(pack, claim), |to| claimed(to, &cases, &pack.evidence, &days))?;
    }
    for extract in pack.extracts.iter().filter_map(|id| definitions.extract(id)) {
        evidence::extract(folder, &below, definitions, evaluated, extract)?;
    }
    Ok(())
}

/// The cases of a claim: a line for each clause of each.
fn claimed(
    to: &mut (dyn Write + Send),
    cases: &ClaimedCases<'_>,
    told: &[Evidence],
    days: &Days,
) -> io::Result<()> {
    let columns = told.iter().flat_map(|e| e.columns());
    let header: Vec<&str> = ["case_id", "of", "test"].iter().chain(columns).copied().collect();
    writeln!(to, "{}", header.join(","))?;
    records::write(to, cases.len(), CASES, |records, places| {
        for clause in places.flat_map(|at| cases.clauses(at)) {
            records.field(clause.case_id);
            records.field(clause.of);
            records.field(clause.test);
            told.iter().for_each(|evidence| tell(records, &clause, *evidence, days));
            records.end();
        }
    })
}

fn tell(records: &mut Records, clause: &Clause<'_>, evidence: Evidence, days: &Days) {
    match evidence {
        Evidence::Status => records.field(clause.status.word()),
        Evidence::Reason => evidence::reason(records, clause.reason),
        Evidence::Window => {
            days.field(records, clause.window.map(|(first, _)| first));
            days.field(records, clause.window.map(|(_, last)| last));
        }
        Evidence::Rows => {
            let rows: Vec<String> = clause.rows().map(|row| row.to_string()).collect();
            records.field(clause.source);
            records.field(&rows.join(" "));
        }
        Evidence::Values => {
            let values: Vec<&str> = clause.values().collect();
            records.field(&values.join("; "));
        }
    }
}
