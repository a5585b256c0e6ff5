//! The engine and the oracle, on random councils: every verdict and every cell.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use early_help::calendar::{Period, PeriodKind};
use early_help::definitions::Definitions;
use early_help::definitions::case_need::OutcomeState;
use early_help::definitions::diagnostic::{Severity, render};
use early_help::definitions::load::load;
use early_help::definitions::measure::MeasureKind;
use early_help::definitions::unit::UnitRows;
use early_help::evaluate::{
    ClaimedCases, Evaluated, Verdict, Verdicts, claim_column, evaluate_in_parcels, qualified,
};
use early_help::extract::rows;
use early_help::judge;
use early_help::link::link;
use early_help::measure::{NOT_RECORDED, Table, TableRequest, measure};
use early_help::quality::examine;
use early_help::read::{LeftOut, read};
use tempfile::TempDir;

use crate::oracle::cells::cells_in;
use crate::oracle::checks::look;
use crate::oracle::claimed::clauses;
use crate::oracle::extracts;
use crate::oracle::overrides::effects;
use crate::oracle::random_council::random_council;
use crate::oracle::value::Council;
use crate::oracle::world::World;
use crate::oracle::write_council;

/// How many councils the tests look at. More can be asked for: `EARLY_HELP_COUNCILS=500`.
fn councils() -> u64 {
    std::env::var("EARLY_HELP_COUNCILS").ok().and_then(|n| n.parse().ok()).unwrap_or(24)
}

/// The definitions that councils are judged by, and the folder that they stand in.
fn judged_by() -> (TempDir, Definitions) {
    let folder = write_council::shipped_and_constructs();
    let loaded = load(folder.path());
    let mut faults = loaded.diagnostics;
    faults.retain(|d| d.severity == Severity::Error);
    let definitions = loaded.definitions.unwrap_or_else(|| panic!("{}", render(&faults, false)));
    (folder, definitions)
}

/// The verdicts, with so few cases in a parcel that families, and people of two families, are judged
/// in several.
fn in_small_parcels(definitions: &Definitions, input: &Path) -> Evaluated {
    let read = read(definitions, input, &mut |_| {}).expect("sound exports");
    let linked = link(definitions, read, &mut |_| {}).expect("linked");
    evaluate_in_parcels(definitions, linked, false, 2, &mut |_| {}).expect("judged")
}

/// Whether a row went into an episode, which the oracle makes for itself.
fn of_an_episode(why: &LeftOut) -> bool {
    matches!(why, LeftOut::Merged | LeftOut::Contained)
}

/// A random council, and what the engine makes of its files.
fn judged(
    (written, shipped): &(TempDir, Definitions),
    seed: u64,
) -> (Council, Definitions, Evaluated) {
    let mut council = random_council(shipped, seed, 8);
    let folder = tempfile::tempdir().expect("a folder");
    write_council::write(shipped, &council, written.path(), folder.path());
    let loaded = load(&folder.path().join("definitions"));
    let definitions = loaded.definitions.expect("the shipped definitions with another mapping");
    let input = folder.path().join("input");
    let evaluated = if seed.is_multiple_of(2) {
        judge(&definitions, &input, false, &mut |_| {})
            .unwrap_or_else(|e| panic!("council {seed}: {e}"))
    } else {
        in_small_parcels(&definitions, &input)
    };
    // Which rows are sound is the reader's own affair, tested elsewhere: the oracle gets those.
    for ledger in &evaluated.linked.inputs.ledger.sources {
        let aside: BTreeSet<u32> = (ledger.quarantined.iter().map(|q| q.row))
            .chain(ledger.left_out.iter().filter(|q| !of_an_episode(&q.why)).map(|q| q.row))
            .collect();
        if let Some(rows) = council.sources.get_mut(&ledger.source) {
            let mut place = 0;
            rows.retain(|_| {
                place += 1;
                !aside.contains(&place)
            });
        }
    }
    (council, definitions, evaluated)
}

#[test]
fn the_oracle_agrees_with_every_verdict() {
    let shipped = judged_by();
    let mut seen: BTreeMap<Verdict, usize> = BTreeMap::new();
    let mut decisions: BTreeMap<String, usize> = BTreeMap::new();
    for seed in 0..councils() {
        let (council, definitions, evaluated) = judged(&shipped, seed);
        let world = World::new(&definitions, &council);
        let mut engine = BTreeMap::new();
        let verdicts = Verdicts::new(&definitions, &evaluated).expect("verdicts");
        for line in (0..verdicts.cases()).flat_map(|case| verdicts.of_case(case)) {
            let key = (line.case_id.to_owned(), line.framework.to_owned(), line.need.to_owned());
            engine.insert(key, (line.need_verdict, line.outcome_verdict, line.reason.to_string()));
        }
        assert_eq!(engine.len(), world.need_lines().len(), "council {seed}");
        for line in world.need_lines() {
            let key = (line.case_id.clone(), line.framework.clone(), line.need.clone());
            let (need, outcome, reason) = engine.get(&key).expect("a line for each case and need");
            let expected =
                (line.need_verdict, line.outcome_verdict.unwrap_or(Verdict::NotApplicable));
            assert_eq!((*need, *outcome), expected, "council {seed}, {key:?}, {reason}");
            assert_eq!(*reason, line.reason, "council {seed}, {key:?}");
            *seen.entry(*outcome).or_default() += 1;
        }
        claims_agree(seed, &world, &definitions, &evaluated);
        decisions_agree(seed, &world, &evaluated, &mut decisions);
    }
    let counted = decisions.get("counted").copied().unwrap_or_default();
    assert!(counted > 20, "hardly a decision counted: {decisions:?}");
    for verdict in Verdict::ALL {
        assert!(
            seen.contains_key(&verdict),
            "no outcome was ever {verdict}: the councils are too tame"
        );
    }
}

/// Engine and oracle say the same of every decision. Notes how often each effect came out.
pub(crate) fn decisions_agree(
    seed: u64,
    world: &World<'_>,
    evaluated: &Evaluated,
    seen: &mut BTreeMap<String, usize>,
) {
    let found: BTreeMap<_, _> = (evaluated.decisions.iter())
        .map(|d| {
            let day = d.decided_on.expect("a day").iso();
            ((d.case_id.clone(), d.definition.clone(), day), d.effect.word().to_owned())
        })
        .collect();
    assert_eq!(found, effects(world), "council {seed}");
    for effect in found.into_values() {
        *seen.entry(effect).or_default() += 1;
    }
}

fn claims_agree(seed: u64, world: &World<'_>, definitions: &Definitions, evaluated: &Evaluated) {
    let cases = evaluated.units.get("case").expect("cases");
    let ids = cases
        .column("case_id")
        .expect("ids")
        .as_materialized_series()
        .u32()
        .expect("places")
        .clone();
    let names: Vec<&str> = ids
        .iter()
        .map(|p| {
            evaluated.linked.inputs.rings.identifier("case", p.expect("an id")).expect("a word")
        })
        .collect();
    for line in world.claim_lines() {
        let framework = definitions.framework(&line.framework).expect("a framework");
        let column = claim_column(&qualified(framework, &line.claim));
        let verdicts = cases
            .column(&column)
            .expect("a claim")
            .as_materialized_series()
            .u32()
            .expect("codes")
            .clone();
        let row = names.iter().position(|n| *n == line.case_id).expect("the case");
        let found = verdicts.get(row).map(|code| Verdict::ALL[code as usize]);
        assert_eq!(
            found,
            Some(line.verdict),
            "council {seed}, {} of case {}",
            line.claim,
            line.case_id
        );
    }
}

#[test]
fn the_oracle_agrees_with_every_cell() {
    let shipped = judged_by();
    let mut counted = 0_usize;
    for seed in 0..councils() {
        let (council, definitions, evaluated) = judged(&shipped, seed);
        let world = World::new(&definitions, &council);
        for request in requests(&definitions, seed) {
            let found =
                measure(&definitions, &evaluated, std::slice::from_ref(&request)).expect("tables");
            let found = found.into_iter().next().map(by_code).expect("a table");
            let expected = by_code(cells_in(&world, &request));
            assert_eq!(found.by, expected.by, "council {seed}, {request:?}");
            assert_eq!(found.cells.len(), expected.cells.len(), "council {seed}, {request:?}");
            for (found, expected) in found.cells.iter().zip(&expected.cells) {
                assert_eq!(
                    found, expected,
                    "council {seed}, {} by {:?}",
                    request.measure, request.by
                );
                assert!(found.flow.sums(), "council {seed}, {request:?}: units were lost");
                counted += usize::from(found.flow.considered > 0);
            }
        }
    }
    assert!(counted > 1_000, "only {counted} cells held anything: the councils are too empty");
}

#[test]
fn the_oracle_agrees_with_every_data_check() {
    let shipped = judged_by();
    let mut with_findings = BTreeSet::new();
    for seed in 0..councils() {
        let (council, definitions, evaluated) = judged(&shipped, seed);
        let world = World::new(&definitions, &council);
        let quality = examine(&definitions, &evaluated).expect("examined");
        assert_eq!(quality.results.len(), definitions.checks.len());
        for (check, result) in definitions.checks.iter().zip(&quality.results) {
            let expected = look(&world, check);
            let rows: Vec<u32> = result.rows.iter().filter_map(|r| r.row).collect();
            assert_eq!(rows, expected.found, "council {seed}, {}", check.id);
            let count = (result.count.checked, result.count.found);
            let found = (expected.checked, expected.found.len() as u64);
            assert_eq!(count, found, "council {seed}, {}", check.id);
            assert_eq!(result.told, expected.told, "council {seed}, {}", check.id);
            let splits: BTreeMap<(String, String), (u64, u64)> = result
                .splits
                .iter()
                .flat_map(|s| s.levels.iter().map(move |l| (s, l)))
                .map(|(s, (code, _, count))| {
                    let code = code.clone().unwrap_or_else(|| NOT_RECORDED.to_owned());
                    ((s.breakdown.clone(), code), (count.checked, count.found))
                })
                .collect();
            assert_eq!(splits, expected.splits, "council {seed}, {}", check.id);
            if result.count.found > 0 {
                with_findings.insert(check.id.clone());
            }
        }
    }
    let idle: Vec<&str> = (shipped.1.checks.iter().map(|c| c.id.as_str()))
        .filter(|id| !with_findings.contains(*id))
        .collect();
    assert!(idle.len() * 4 < shipped.1.checks.len(), "these never found anything: {idle:?}");
}

#[test]
fn the_oracle_agrees_with_every_row_of_every_extract() {
    let shipped = judged_by();
    let mut written = 0;
    let mut states: BTreeMap<String, usize> = BTreeMap::new();
    for seed in 0..councils() {
        let (council, definitions, evaluated) = judged(&shipped, seed);
        let world = World::new(&definitions, &council);
        for extract in &definitions.extracts {
            // Score pairs of one case stand in no order that is promised.
            let unit = definitions.unit(&extract.unit).expect("a unit");
            let in_order = |mut rows: Vec<Vec<String>>| {
                if unit.rows == UnitRows::ScorePairs {
                    rows.sort();
                }
                rows
            };
            let found = in_order(rows(&definitions, &evaluated, extract).expect("rows"));
            let expected = in_order(extracts::rows(&world, extract));
            assert_eq!(found, expected, "council {seed}, {}", extract.id);
            written += found.len();
            if extract.id == "all_needs" {
                found.iter().for_each(|row| *states.entry(row[2].clone()).or_default() += 1);
            }
        }
    }
    use OutcomeState::{Awaiting, FeedLate, Holding, Lapsed, NotBegun, NotEvidenced, NotReached};
    for state in [Holding, Awaiting, FeedLate, NotBegun, Lapsed, NotReached, NotEvidenced] {
        assert!(states.contains_key(state.word()), "no outcome was ever {state:?}: {states:?}");
    }
    assert!(written > 50, "only {written} rows: the councils are too empty");
}

#[test]
fn the_oracle_agrees_with_every_clause_of_every_claimed_case() {
    let shipped = judged_by();
    let mut told = 0;
    for seed in 0..councils() {
        let (council, definitions, evaluated) = judged(&shipped, seed);
        let world = World::new(&definitions, &council);
        let verdicts = Verdicts::new(&definitions, &evaluated).expect("verdicts");
        let claims =
            definitions.frameworks.iter().flat_map(|f| f.claims.iter().map(move |c| (f, c)));
        for (framework, claim) in claims {
            let name = qualified(framework, &claim.id);
            let claimed = ClaimedCases::new(&definitions, &evaluated, &verdicts, &name, false);
            let claimed = claimed.expect("columns").expect("the claim");
            let mut found = BTreeMap::new();
            for clause in (0..claimed.len()).flat_map(|at| claimed.clauses(at)) {
                let [case, of, test] = [clause.case_id, clause.of, clause.test].map(str::to_owned);
                let reason = (test.is_empty() && !of.contains(".claim.")).then(|| {
                    let of_need = of.contains(".need.");
                    if of_need { clause.reason.word.to_owned() } else { clause.reason.to_string() }
                });
                let twice = found.insert((case, of, test), (clause.status, reason, clause.window));
                assert!(twice.is_none(), "council {seed}, {name}: a clause stands there twice");
            }
            let expected = clauses(&world, framework, claim);
            assert_eq!(found, expected, "council {seed}, {name}");
            told += found.len();
        }
    }
    assert!(told > 1_000, "only {told} clauses: the councils are too tame");
}

/// Every measure for the whole council, by one of its breakdowns, and by two of them crossed.
fn requests(definitions: &Definitions, seed: u64) -> Vec<TableRequest> {
    let as_at = definitions.project.as_at;
    let mut periods = Vec::new();
    for (kind, back) in [
        (PeriodKind::Month, 14),
        (PeriodKind::Quarter, 6),
        (PeriodKind::FinancialYear, 2),
        (PeriodKind::FinancialYearToDate, 8),
        (PeriodKind::Rolling12Months, 3),
    ] {
        let newest = Period::last_complete(kind, as_at);
        periods.extend((0..back).rev().map(|b| newest.earlier(b)));
    }
    let mut requests = Vec::new();
    for (number, measure) in (0_u64..).zip(&definitions.measures) {
        let mut want = |by: Vec<String>| {
            requests.push(TableRequest {
                measure: measure.id.clone(),
                by,
                periods: periods.clone(),
            });
        };
        want(Vec::new());
        if matches!(measure.kind, MeasureKind::Ratio { .. }) || measure.by.is_empty() {
            continue;
        }
        let pick =
            |n: u64| measure.by[usize::try_from(n).expect("small") % measure.by.len()].clone();
        want(vec![pick(seed + number)]);
        if measure.by.len() > 1 && (seed + number).is_multiple_of(3) {
            want(vec![pick(seed + number), pick(seed + number + 1)]);
        }
    }
    requests
}

/// Titles are words for pages; only codes have to agree.
fn by_code(mut table: Table) -> Table {
    for level in table.cells.iter_mut().flat_map(|c| &mut c.level) {
        level.title.clear();
    }
    table
}
