//! Every clause of every case for which a claim is met.

use std::collections::BTreeMap;

use early_help::calendar::Day;
use early_help::definitions::framework::{Claim, Framework};
use early_help::definitions::test::{Test, TestKind};
use early_help::evaluate::Verdict;

use super::people::Persons;
use super::test_result::run;
use super::window;
use super::world::{Subject, World};

/// A clause: case, of what, and which test of it.
pub(crate) type Name = (String, String, String);

/// What is told of a clause: its verdict, the reason where it is of the whole, the days it looks at.
pub(crate) type Told = (Verdict, Option<String>, Option<(Day, Day)>);

/// Every clause of a claim, by case, definition and test.
pub(crate) fn clauses(
    world: &World<'_>,
    framework: &Framework,
    claim: &Claim,
) -> BTreeMap<Name, Told> {
    let mut all = BTreeMap::new();
    for case in world.cases() {
        let id = case.identifier("case").unwrap_or_default();
        let is_met = world.claim_lines().iter().any(|line| {
            let same = line.case_id == id && line.framework == framework.id;
            same && line.claim == claim.id && line.verdict == Verdict::Met
        });
        if !is_met {
            continue;
        }
        let mut tell = |of: &str, test: &str, told: Told| {
            all.insert((id.clone(), of.to_owned(), test.to_owned()), told);
        };
        let of = format!("{}.claim.{}", framework.id, claim.id);
        // Whose decision a claim is has no line of its own: what it rests on may be decided too.
        tell(&of, "", (Verdict::Met, None, None));
        for test in &claim.tests {
            let verdict = run(world, &case, test, &Persons::new()).verdict;
            tell(&of, &test.id, (verdict, None, days(world, &case, test)));
        }
        let lines = world.need_lines().iter().filter(|l| l.case_id == id);
        for line in lines.filter(|l| l.framework == framework.id && l.need_verdict == Verdict::Met)
        {
            let need = framework.needs.iter().find(|n| n.id == line.need).expect("a need");
            let of_need = format!("{}.need.{}", framework.id, need.id);
            let reason = if line.need_decided { "override" } else { "met" };
            tell(&of_need, "", (Verdict::Met, Some(reason.to_owned()), None));
            let mut tests: Vec<(String, &Test)> =
                need.tests.iter().map(|test| (of_need.clone(), test)).collect();
            if let Some(outcome) = framework.outcome_of(&need.id) {
                let of = format!("{}.outcome.{}", framework.id, outcome.id);
                let verdict = line.outcome_verdict.expect("a verdict");
                tell(&of, "", (verdict, Some(line.reason.clone()), None));
                tests.extend(outcome.tests.iter().map(|test| (of.clone(), test)));
            }
            for (of, test) in tests {
                let verdict = line.tests[&format!("{of}.{}", test.id)];
                tell(&of, &test.id, (verdict, None, days(world, &case, test)));
            }
        }
    }
    all
}

fn days(world: &World<'_>, case: &Subject<'_>, test: &Test) -> Option<(Day, Day)> {
    match &test.kind {
        TestKind::Rows(rows) => window::dates(world, case, &rows.window),
        TestKind::When(_) => None,
    }
}
