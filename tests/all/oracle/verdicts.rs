//! Needs, outcomes and claims of every case.

use std::collections::{BTreeMap, BTreeSet};

use early_help::calendar::{Day, Period};
use early_help::definitions::Definitions;
use early_help::definitions::case_need::OutcomeState;
use early_help::definitions::example::Finding;
use early_help::definitions::expression::{Expr, Name};
use early_help::definitions::framework::{Claim, Framework, Need, Outcome};
use early_help::definitions::overrides::Ruled;
use early_help::definitions::test::{Test, TestKind};
use early_help::evaluate::Verdict;

use super::expression::{NeedsSeen, Setting, evaluate};
use super::outcome_state::OutcomeOf;
use super::overrides::{Found, stands};
use super::people::{self, Persons};
use super::test_result::{TestResult, run};
use super::value::{Council, Value};
use super::world::{Subject, World};

/// One need of one case, and the outcome that answers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NeedLine {
    pub(crate) case_id: String,
    pub(crate) framework: String,
    pub(crate) need: String,
    pub(crate) need_verdict: Verdict,
    /// Whether somebody decided the need otherwise than its rule found.
    pub(crate) need_decided: bool,
    /// The last day of the windows of its tests, and of the decision about it.
    pub(crate) need_day: Option<Day>,
    /// Whether the windows of all tests of the need have finished.
    pub(crate) need_finished: bool,
    pub(crate) outcome: Option<String>,
    pub(crate) outcome_verdict: Option<Verdict>,
    /// Whether somebody decided the outcome otherwise than its rule found.
    pub(crate) outcome_decided: bool,
    /// The last day of the windows of its tests, and of the decision about it.
    pub(crate) outcome_day: Option<Day>,
    /// Whether the windows of all tests of the outcome have finished.
    pub(crate) outcome_finished: bool,
    /// Where the outcome stands, and the source on which it turns.
    pub(crate) state: OutcomeState,
    pub(crate) turns_on: Option<String>,
    /// The last day of the windows of the outcome's tests, where it arises.
    pub(crate) window_ends: Option<Day>,
    /// What decided the outcome, or what it waits for.
    pub(crate) reason: String,
    /// The verdict of each test of the need, and of the outcome where the need is there, by name.
    pub(crate) tests: BTreeMap<String, Verdict>,
}

/// One claim about one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClaimLine {
    pub(crate) case_id: String,
    pub(crate) framework: String,
    pub(crate) claim: String,
    pub(crate) verdict: Verdict,
    /// Whether somebody decided it otherwise than its rule found, or what it rests on.
    pub(crate) decided: bool,
    /// The day on which its last condition was met.
    pub(crate) met_on: Option<Day>,
    /// Whether the windows of its tests, and of the outcomes it rests on, have finished.
    pub(crate) finished: bool,
}

/// One fact about one unit, by the place of its row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FactLine {
    pub(crate) fact: String,
    pub(crate) row: u32,
    pub(crate) verdict: Verdict,
    /// The number of a value fact; true or false of any other; nothing if undecided.
    pub(crate) value: Value,
    pub(crate) finished: bool,
}

/// One line for each case, framework and need.
pub(crate) fn verdicts(definitions: &Definitions, council: &Council) -> Vec<NeedLine> {
    World::new(definitions, council).need_lines().to_vec()
}

/// One line for each case, framework and claim.
pub(crate) fn claims(definitions: &Definitions, council: &Council) -> Vec<ClaimLine> {
    World::new(definitions, council).claim_lines().to_vec()
}

/// One line for each fact and unit.
pub(crate) fn facts(definitions: &Definitions, council: &Council) -> Vec<FactLine> {
    let world = World::new(definitions, council);
    let mut lines = Vec::new();
    for fact in definitions.facts.iter().filter(|f| !f.test.asks_about_period()) {
        let unit = definitions.unit(&fact.unit).expect("a declared unit");
        for subject in world.subjects(unit) {
            let TestResult { verdict, value, finished, .. } =
                run(&world, &subject, &fact.test, &Persons::new());
            let row = subject.row.number;
            lines.push(FactLine { fact: fact.id.clone(), row, verdict, value, finished });
        }
    }
    lines
}

impl World<'_> {
    pub(crate) fn need_lines(&self) -> &[NeedLine] {
        self.need_lines.get_or_init(|| {
            let mut lines = Vec::new();
            for case in self.cases() {
                for framework in &self.definitions.frameworks {
                    for need in &framework.needs {
                        lines.push(need_line(self, &case, framework, need));
                    }
                }
            }
            lines
        })
    }

    pub(crate) fn claim_lines(&self) -> &[ClaimLine] {
        self.claim_lines.get_or_init(|| {
            let mut lines = Vec::new();
            for case in self.cases() {
                for framework in &self.definitions.frameworks {
                    for claim in &framework.claims {
                        lines.push(claim_line(self, &case, framework, claim));
                    }
                }
            }
            lines
        })
    }
}

fn need_line(world: &World, case: &Subject, framework: &Framework, need: &Need) -> NeedLine {
    let results = run_all(world, case, &need.tests, &Persons::new());
    let need_verdict = if !in_force(framework, case) {
        Verdict::NotApplicable
    } else {
        // A silence in a need is a no.
        match rule(world, case, &need.rule.expr, &results, None) {
            Verdict::Unknown | Verdict::NotApplicable => Verdict::NotMet,
            decided => decided,
        }
    };
    let need_finished = results.values().all(|r| r.finished);
    let found = Found {
        framework,
        kind: Ruled::Need,
        id: &need.id,
        verdict: need_verdict,
        finished: need_finished,
        needs: Vec::new(),
    };
    let (need_verdict, need_decider) = stands(world, case, &found);
    let outcome = framework.outcome_of(&need.id);
    let with_need = with_this_need(world, case, &results);
    let named = |kind: &str, id: &str, results: &BTreeMap<String, TestResult>| {
        let of = format!("{}.{kind}.{id}", framework.id);
        let named = results.iter().map(|(test, r)| (format!("{of}.{test}"), r.verdict));
        named.collect::<BTreeMap<String, Verdict>>()
    };
    let mut tests = named("need", &need.id, &results);
    let mut reason = "no_outcome".to_owned();
    let (mut outcome_decided, mut outcome_day) = (false, None);
    let (mut stand, mut window_ends) = ((OutcomeState::NoOutcome, None), None);
    let (outcome_verdict, outcome_finished) = match outcome {
        Some(outcome) => {
            let results = run_all(world, case, &outcome.tests, &with_need);
            let verdict = outcome_of(world, case, outcome, need_verdict, &results);
            if need_verdict == Verdict::Met {
                tests.extend(named("outcome", &outcome.id, &results));
            }
            let finished = results.values().all(|r| r.finished);
            let found = Found {
                framework,
                kind: Ruled::Outcome,
                id: &outcome.id,
                verdict,
                finished,
                needs: vec![need_verdict],
            };
            let (verdict, decider) = stands(world, case, &found);
            outcome_decided = decider.is_some();
            outcome_day = last_day(world, case, &outcome.tests);
            window_ends = outcome_day.filter(|_| verdict != Verdict::NotApplicable);
            let of_tests = |results: &BTreeMap<String, TestResult>| {
                rule(world, case, &outcome.rule.expr, results, None)
            };
            let of = OutcomeOf { world, case, outcome, results: &results, rule: &of_tests };
            stand = of.stand(need_verdict, verdict, outcome_decided);
            reason = match decider {
                Some((role, day)) => {
                    outcome_day = outcome_day.max(Some(day));
                    format!("override:{role}")
                }
                None => reason_of(world, case, need_verdict, outcome, (verdict, &results)),
            };
            (Some(verdict), finished)
        }
        None => (None, true),
    };
    NeedLine {
        case_id: case.identifier("case").unwrap_or_default(),
        framework: framework.id.clone(),
        need: need.id.clone(),
        need_verdict,
        need_decided: need_decider.is_some(),
        need_day: last_day(world, case, &need.tests).max(need_decider.map(|(_, day)| day)),
        need_finished,
        outcome: outcome.map(|o| o.id.clone()),
        outcome_verdict,
        outcome_decided,
        outcome_day,
        outcome_finished,
        state: stand.0,
        turns_on: stand.1,
        window_ends,
        reason,
        tests,
    }
}

/// The last day of the windows of some tests.
fn last_day(world: &World, case: &Subject, tests: &[Test]) -> Option<Day> {
    let ends = tests.iter().filter_map(|test| match &test.kind {
        TestKind::Rows(rows) => Some(super::window::dates(world, case, &rows.window)?.1),
        TestKind::When(_) => None,
    });
    ends.max()
}

/// The first test on rows that came out as the outcome did, and what it says or waits for.
fn reason_of(
    world: &World,
    case: &Subject,
    need: Verdict,
    outcome: &Outcome,
    (verdict, results): (Verdict, &BTreeMap<String, TestResult>),
) -> String {
    match need {
        Verdict::NotApplicable => return "outside_the_framework_dates".to_owned(),
        Verdict::Pending => return "need_not_decided_yet".to_owned(),
        Verdict::NotMet | Verdict::Unknown => return "need_not_found".to_owned(),
        Verdict::Met if verdict == Verdict::Met => return "met".to_owned(),
        Verdict::Met => {}
    }
    let mut deciding = None;
    for test in &outcome.tests {
        if let (TestKind::Rows(rows), None) = (&test.kind, deciding)
            && results.get(&test.id).is_some_and(|r| r.verdict == verdict)
        {
            deciding = Some((test, rows));
        }
    }
    let Some((test, rows)) = deciding else {
        return if verdict == Verdict::Unknown { "no_data" } else { verdict.word() }.to_owned();
    };
    let word = match (verdict, super::window::dates(world, case, &rows.window)) {
        (Verdict::Pending, Some((_, last))) if last > world.as_at() => "window_open",
        (Verdict::Pending, Some((_, last))) if last > world.horizon(&rows.source) => {
            "feed_incomplete"
        }
        (Verdict::Pending, Some(_)) => "baseline_open",
        (Verdict::Pending, None) => "date_missing",
        (Verdict::Unknown, _) => "no_data",
        (verdict, _) => verdict.word(),
    };
    format!("{word}:{}", test.id)
}

fn outcome_of(
    world: &World,
    case: &Subject,
    outcome: &Outcome,
    need: Verdict,
    results: &BTreeMap<String, TestResult>,
) -> Verdict {
    match need {
        Verdict::Met => rule(world, case, &outcome.rule.expr, results, None),
        Verdict::Pending => Verdict::Pending,
        Verdict::NotMet | Verdict::Unknown | Verdict::NotApplicable => Verdict::NotApplicable,
    }
}

fn in_force(framework: &Framework, case: &Subject) -> bool {
    let Some(valid) = &framework.valid else { return true };
    let name = valid.by.rsplit('.').next().unwrap_or(&valid.by);
    case.anchor(name).is_some_and(|day| valid.from <= day && valid.to.is_none_or(|to| day <= to))
}

fn run_all(
    world: &World,
    case: &Subject,
    tests: &[Test],
    with_need: &Persons,
) -> BTreeMap<String, TestResult> {
    tests.iter().map(|test| (test.id.clone(), run(world, case, test, with_need))).collect()
}

/// Those whom the tests of a need name; else all persons of its groups; else all members.
fn with_this_need(
    world: &World,
    case: &Subject,
    results: &BTreeMap<String, TestResult>,
) -> Persons {
    let named: Persons = results.values().flat_map(|r| r.named.clone()).collect();
    let groups: Persons = results.values().flat_map(|r| r.group.clone()).collect();
    if !named.is_empty() {
        named
    } else if !groups.is_empty() {
        groups
    } else {
        people::members(world, case)
    }
}

/// A rule over tests. Tests that are not applicable are dropped from it.
fn rule(
    world: &World,
    case: &Subject,
    expr: &Expr,
    results: &BTreeMap<String, TestResult>,
    needs: Option<NeedsSeen>,
) -> Verdict {
    let mut tests = BTreeMap::new();
    for name in expr.names() {
        if let Name::Test(id) = name {
            let verdict = results.get(&id).map_or(Verdict::Unknown, |r| r.verdict);
            tests.insert(id, verdict);
        }
    }
    let here = Setting { tests: Some(&tests), needs, ..Setting::new(world).subject(case) };
    let value = without_inapplicable(expr, &tests).and_then(|e| evaluate(&e, &here).truth());
    let all = |wanted: Verdict| !tests.is_empty() && tests.values().all(|v| *v == wanted);
    match value {
        Some(true) => Verdict::Met,
        Some(false) => Verdict::NotMet,
        None if tests.values().any(|v| *v == Verdict::Pending) => Verdict::Pending,
        None if all(Verdict::NotApplicable) => Verdict::NotApplicable,
        None => Verdict::Unknown,
    }
}

/// The rule with what rests on inapplicable tests cut out; nothing if nothing is left.
fn without_inapplicable(expr: &Expr, tests: &BTreeMap<String, Verdict>) -> Option<Expr> {
    let keep = |e: &Expr| without_inapplicable(e, tests);
    match expr {
        Expr::Name(Name::Test(id)) if tests.get(id) == Some(&Verdict::NotApplicable) => None,
        Expr::Not(a) => keep(a).map(|a| Expr::Not(Box::new(a))),
        Expr::And(a, b) => match (keep(a), keep(b)) {
            (Some(a), Some(b)) => Some(Expr::And(Box::new(a), Box::new(b))),
            (one, other) => one.or(other),
        },
        Expr::Or(a, b) => match (keep(a), keep(b)) {
            (Some(a), Some(b)) => Some(Expr::Or(Box::new(a), Box::new(b))),
            (one, other) => one.or(other),
        },
        other => Some(other.clone()),
    }
}

fn claim_line(world: &World, case: &Subject, framework: &Framework, claim: &Claim) -> ClaimLine {
    let case_id = case.identifier("case").unwrap_or_default();
    let results = run_all(world, case, &claim.tests, &Persons::new());
    let lines: Vec<&NeedLine> = world
        .need_lines()
        .iter()
        .filter(|l| l.case_id == case_id && l.framework == framework.id)
        .collect();
    let identified: Vec<&NeedLine> =
        lines.iter().copied().filter(|l| l.need_verdict == Verdict::Met).collect();
    let headlines: BTreeSet<&str> = framework
        .needs
        .iter()
        .filter(|need| identified.iter().any(|l| l.need == need.id))
        .map(|need| need.headline.as_str())
        .collect();
    let outcomes: Vec<Option<Verdict>> = identified.iter().map(|l| l.outcome_verdict).collect();
    let every_met = if outcomes.is_empty() || outcomes.contains(&Some(Verdict::NotMet)) {
        Some(false)
    } else {
        outcomes.iter().all(|v| *v == Some(Verdict::Met)).then_some(true)
    };
    let seen = NeedsSeen { needs: identified.len(), headlines: headlines.len(), every_met };

    // What the claim rests on beside its own tests.
    let mut decided = false;
    let mut pending = false;
    let mut finished = results.values().all(|r| r.finished);
    for name in claim.rule.expr.names() {
        match &name {
            Name::EveryNeedMet => {
                decided |= lines.iter().any(|l| l.outcome_decided);
                pending |= every_met.is_none() && outcomes.contains(&Some(Verdict::Pending));
                finished &= identified.iter().all(|l| l.outcome_finished);
            }
            Name::Need(id) => {
                decided |= need_decided(world, case, id);
                pending |= need(world, case, id) == Some(Verdict::Pending);
            }
            Name::Outcome(id) => {
                decided |= outcome_line(world, case, id).is_some_and(|l| l.outcome_decided);
                pending |= outcome(world, case, id) == Some(Verdict::Pending);
                finished &= outcome_finished(world, case, id);
            }
            _ => {}
        }
        if matches!(name, Name::EveryNeedMet | Name::NeedsIdentified | Name::HeadlinesIdentified) {
            decided |= lines.iter().any(|l| l.need_decided);
            finished &= lines.iter().all(|l| l.need_finished && l.need_verdict != Verdict::Pending);
        }
    }
    let verdict = match rule(world, case, &claim.rule.expr, &results, Some(seen)) {
        Verdict::Unknown | Verdict::NotApplicable if pending => Verdict::Pending,
        other => other,
    };
    let found = Found {
        framework,
        kind: Ruled::Claim,
        id: &claim.id,
        verdict,
        finished,
        needs: lines.iter().map(|l| l.need_verdict).collect(),
    };
    let (verdict, decider) = stands(world, case, &found);
    let decided = decided || decider.is_some();
    let mut met_on = last_day(world, case, &claim.tests).max(decider.map(|(_, day)| day));
    for name in claim.rule.expr.names() {
        for line in &lines {
            let is = |id: &str, named: &str| format!("{}.{named}", framework.id) == id;
            let (need, outcome) = match &name {
                Name::EveryNeedMet => (true, true),
                Name::NeedsIdentified | Name::HeadlinesIdentified => (true, false),
                Name::Need(id) => (is(id, &line.need), false),
                Name::Outcome(id) => (false, line.outcome.as_ref().is_some_and(|o| is(id, o))),
                _ => (false, false),
            };
            if need && line.need_verdict == Verdict::Met {
                met_on = met_on.max(line.need_day);
            }
            if outcome && line.outcome_verdict == Some(Verdict::Met) {
                met_on = met_on.max(line.outcome_day);
            }
        }
    }
    let met_on = met_on.filter(|_| verdict == Verdict::Met && finished);
    let (framework, claim) = (framework.id.clone(), claim.id.clone());
    ClaimLine { case_id, framework, claim, verdict, decided, met_on, finished }
}

fn line<'w>(
    world: &'w World,
    subject: &Subject,
    wanted: impl Fn(&NeedLine) -> bool,
) -> Option<&'w NeedLine> {
    let case = subject.identifier("case")?;
    world.need_lines().iter().find(|l| l.case_id == case && wanted(l))
}

/// The verdict of `framework.need` for the unit's case.
pub(crate) fn need(world: &World, subject: &Subject, id: &str) -> Option<Verdict> {
    line(world, subject, |l| format!("{}.{}", l.framework, l.need) == id).map(|l| l.need_verdict)
}

/// Whether the verdict of `framework.need` may still change, or did not have to wait for its peers.
pub(crate) fn need_undecided(world: &World, subject: &Subject, id: &str) -> bool {
    line(world, subject, |l| format!("{}.{}", l.framework, l.need) == id)
        .is_some_and(|l| l.need_verdict == Verdict::Pending || !l.need_finished)
}

/// Whether somebody decided about `framework.need` for the unit's case.
pub(crate) fn need_decided(world: &World, subject: &Subject, id: &str) -> bool {
    line(world, subject, |l| format!("{}.{}", l.framework, l.need) == id)
        .is_some_and(|l| l.need_decided)
}

/// Whether somebody decided about `framework.outcome` for the unit's case.
pub(crate) fn outcome_decided(world: &World, subject: &Subject, id: &str) -> bool {
    outcome_line(world, subject, id).is_some_and(|l| l.outcome_decided)
}

/// Whether somebody decided about `framework.claim` for the unit's case, or about what it rests on.
pub(crate) fn claim_decided(world: &World, subject: &Subject, id: &str) -> bool {
    claim_named(world, subject, id).is_some_and(|l| l.decided)
}

/// The day on which the last condition of a claim of the unit's case was met: `framework.claim.x.met_on`.
pub(crate) fn claim_met_on(world: &World, subject: &Subject, day: &str) -> Option<Day> {
    let case = subject.identifier("case")?;
    let named = |l: &&ClaimLine| format!("{}.claim.{}.met_on", l.framework, l.claim) == day;
    world.claim_lines().iter().filter(named).find(|l| l.case_id == case)?.met_on
}

fn outcome_line<'w>(world: &'w World, subject: &Subject, id: &str) -> Option<&'w NeedLine> {
    line(world, subject, |l| {
        l.outcome.as_ref().is_some_and(|o| format!("{}.{o}", l.framework) == id)
    })
}

/// The verdict of `framework.outcome` for the unit's case.
pub(crate) fn outcome(world: &World, subject: &Subject, id: &str) -> Option<Verdict> {
    outcome_line(world, subject, id)?.outcome_verdict
}

/// Whether all windows of `framework.outcome` have finished for the unit's case.
pub(crate) fn outcome_finished(world: &World, subject: &Subject, id: &str) -> bool {
    outcome_line(world, subject, id).is_none_or(|l| l.outcome_finished)
}

fn claim_named<'w>(world: &'w World, subject: &Subject, id: &str) -> Option<&'w ClaimLine> {
    let case = subject.identifier("case")?;
    world
        .claim_lines()
        .iter()
        .find(|l| l.case_id == case && format!("{}.{}", l.framework, l.claim) == id)
}

/// The verdict of `framework.claim` for the unit's case.
pub(crate) fn claim(world: &World, subject: &Subject, id: &str) -> Option<Verdict> {
    claim_named(world, subject, id).map(|l| l.verdict)
}

/// Whether all that `framework.claim` rests on has finished for the unit's case.
pub(crate) fn claim_finished(world: &World, subject: &Subject, id: &str) -> bool {
    claim_named(world, subject, id).is_none_or(|l| l.finished)
}

/// Whether the outcome of this need is pending, or its windows have not finished.
pub(crate) fn need_outcome_undecided(
    world: &World,
    subject: &Subject,
    framework: &str,
    need: &str,
) -> bool {
    line(world, subject, |l| l.framework == framework && l.need == need)
        .is_some_and(|l| l.outcome_verdict == Some(Verdict::Pending) || !l.outcome_finished)
}

/// The verdict of a fact for each unit, by its identifier; in a period, if it asks about that.
pub(crate) fn fact_by_unit(
    world: &World,
    id: &str,
    period: Option<Period>,
) -> BTreeMap<String, Finding> {
    let fact = world.definitions.fact(id).expect("a declared fact");
    let unit = world.definitions.unit(&fact.unit).expect("a declared unit");
    let subjects = world.subjects(unit);
    let named = subjects.iter().filter_map(|s| Some((s.name()?, s)));
    let mut verdicts = BTreeMap::new();
    for (name, s) in named {
        let s = Subject { period, ..s.clone() };
        // Of several rows with one name the first is meant.
        verdicts.entry(name).or_insert_with(|| {
            let TestResult { verdict, value, .. } = run(world, &s, &fact.test, &Persons::new());
            Finding { verdict, number: value.number() }
        });
    }
    verdicts
}
