//! Every construct of the language, on random definitions and random councils: the engine and the
//! oracle agree on each test, need, outcome, claim and fact, and on each reason.
//!
//! The worked examples show what shipped definitions mean. Here definitions are random too, so that
//! each window form, length, way to combine, function and silence is met in company with all others.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use early_help::definitions::Definitions;
use early_help::definitions::diagnostic::{Severity, render};
use early_help::definitions::example::GivenRows;
use early_help::definitions::expression::{Expr, Literal, Reads, RowFunction};
use early_help::definitions::load::load;
use early_help::definitions::overrides::OVERRIDES;
use early_help::definitions::test::{
    Asks, PartsPass, RowTest, SpellsIn, Test, TestKind, Who, Window,
};
use early_help::evaluate::{
    Effect, Evaluated, Verdict, Verdicts, claim_column, evaluate_in_parcels, fact_column,
};
use early_help::extract::rows;
use early_help::link::link;
use early_help::read::given;

use crate::agreement::decisions_agree;
use crate::oracle::extracts;
use crate::oracle::random_council::random_council;
use crate::oracle::random_definitions::random_definitions;
use crate::oracle::value::{Council, Value};
use crate::oracle::verdicts::facts;
use crate::oracle::world::World;

/// How many sets of definitions, each tried on a council of its own. More can be asked for:
/// `EARLY_HELP_COUNCILS=500`.
fn sets() -> u64 {
    std::env::var("EARLY_HELP_COUNCILS").ok().and_then(|n| n.parse().ok()).unwrap_or(75)
}

/// The shipped sources with random frameworks and facts in place of the shipped ones.
fn definitions(shipped: &Definitions, seed: u64) -> Definitions {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("outcome-definitions");
    let folder = tempfile::tempdir().expect("a folder");
    fs::copy(from.join("scales.toml"), folder.path().join("scales.toml")).expect("copied");
    let core = fs::read_to_string(from.join("core.toml")).expect("the sources");
    let of_random = |line: &str| match line.starts_with("framework =") {
        true => "framework = \"random\"".to_owned(),
        false => line.to_owned(),
    };
    let core: Vec<String> = core.lines().map(of_random).collect();
    let core = with_episodes(&core.join("\n"), seed);
    fs::write(folder.path().join("core.toml"), core).expect("written");
    let project = fs::read_to_string(from.join("project.toml")).expect("the project");
    let uses = project.lines().find(|l| l.starts_with("uses")).expect("what it uses");
    let project = project.replace(uses, "uses = [\"core\", \"scales\", \"random\"]");
    // Agreements on feedback name lists that are not here.
    let kept: Vec<&str> = project.lines().filter(|l| !l.starts_with("feedback ")).collect();
    let project = kept.join("\n");
    fs::write(folder.path().join("project.toml"), project).expect("written");
    let random = random_definitions(shipped, seed);
    fs::write(folder.path().join("random.toml"), &random).expect("written");
    let mut loaded = load(folder.path());
    loaded.diagnostics.retain(|d| d.severity == Severity::Error);
    loaded.definitions.unwrap_or_else(|| panic!("{}", render(&loaded.diagnostics, false)))
}

/// The sources, some of which make episodes of their spells in one way or another.
fn with_episodes(core: &str, seed: u64) -> String {
    let ways = [
        "overlap = \"keep\"",
        "overlap = \"merge\"",
        "overlap = \"merge\", merge_gap_days = 30, from_last = [\"LAST\"]",
        "overlap = \"drop_contained\"",
    ];
    let mut core = core.to_owned();
    for (source, per, last) in [
        ("benefits", "\"person_id\"", "benefit"),
        ("education_status", "\"person_id\", \"suitable\"", "status"),
        ("treatment", "\"person_id\", \"service\"", "end_reason"),
        ("services", "\"case_id\"", "service"),
        ("housing", "\"family_id\"", "situation"),
    ]
    .into_iter()
    {
        let way = ways[(seed as usize + source.len()) % ways.len()].replace("LAST", last);
        let columns = format!("[source.{source}.columns]");
        assert!(core.contains(&columns));
        core = core.replace(&columns, &format!("episodes = {{ per = [{per}], {way} }}\n{columns}"));
    }
    core
}

fn judged(definitions: &Definitions, council: &Council, largest: usize) -> Evaluated {
    let literal = |value: &Value| match value {
        Value::Nothing => None,
        Value::Number(n) => Some(Literal::Number(*n)),
        Value::Text(text) => Some(Literal::Text(text.clone())),
        Value::Code(place, list) => Some(Literal::Code(*place, list.clone())),
        Value::YesNo(yes) => Some(Literal::YesNo(*yes)),
        Value::Day(day) => Some(Literal::Date(*day)),
    };
    let mut rows: BTreeMap<String, GivenRows> = BTreeMap::new();
    for source in &definitions.sources {
        let of_source = council.rows(&source.id).iter().map(|row| {
            let cells = row.values.iter().filter_map(|(name, v)| Some((name.clone(), literal(v)?)));
            Arc::new(cells.collect())
        });
        rows.insert(source.id.clone(), of_source.collect());
    }
    let inputs = given(definitions, &rows, &council.complete_to).expect("rows");
    let linked = link(definitions, inputs, &mut |_| {}).expect("linked");
    evaluate_in_parcels(definitions, linked, false, largest, &mut |_| {}).expect("judged")
}

/// Reading sets rows with a date in the future aside, and so they never come here.
fn leave_the_future(council: &mut Council) {
    let as_at = council.as_at;
    let future = |value: &Value| value.day().is_some_and(|day| day > as_at);
    for (source, rows) in &mut council.sources {
        // A register of decisions may look ahead: what is dated later is refused, not put aside.
        rows.retain(|row| source == OVERRIDES || !row.values.values().any(future));
        for (number, row) in (0..).zip(rows) {
            row.number = number;
        }
    }
}

#[test]
fn the_oracle_agrees_on_every_construct() {
    let shipped = load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("outcome-definitions"));
    let shipped = shipped.definitions.expect("the shipped definitions");
    let mut met: BTreeMap<String, usize> = BTreeMap::new();
    let (mut cases, mut words, mut effects) = (0, BTreeSet::new(), BTreeMap::new());
    for seed in 0..sets() {
        let mut definitions = definitions(&shipped, seed);
        let mut council = random_council(&definitions, seed, 50);
        definitions.project.as_at = council.as_at;
        leave_the_future(&mut council);
        let largest = if seed.is_multiple_of(2) { 7 } else { 60_000 };
        let evaluated = judged(&definitions, &council, largest);
        let world = World::new(&definitions, &council);
        let engine = Engine::new(&evaluated);
        cases += engine.places.len();
        needs_agree(seed, &definitions, &evaluated, &world, &engine, &mut met, &mut words);
        facts_agree(seed, &definitions, &council, &engine, &mut met);
        decisions_agree(seed, &world, &evaluated, &mut effects);
    }
    let never: Vec<&str> = (Effect::ALL.iter().map(|e| e.word()))
        .filter(|word| *word != Effect::NoSuchCase.word())
        .filter(|word| effects.get(*word).is_none_or(|n| *n < AT_LEAST))
        .collect();
    assert!(never.is_empty(), "hardly ever came out: {never:?} of {effects:?}");
    let rare: Vec<String> = EVERY_CONSTRUCT
        .iter()
        .filter(|what| met.get(**what).copied().unwrap_or_default() < AT_LEAST)
        .map(|what| format!("{what}: {}", met.get(*what).copied().unwrap_or_default()))
        .collect();
    assert!(rare.is_empty(), "hardly tried in {cases} cases: {rare:#?}");
    let all = [
        "outside_the_framework_dates",
        "need_not_decided_yet",
        "need_not_found",
        "met",
        "not_met",
        "window_open",
        "feed_incomplete",
        "baseline_open",
        "date_missing",
        "no_data",
        "not_applicable",
        "override",
    ];
    let never: Vec<&str> = all.into_iter().filter(|w| !words.contains(*w)).collect();
    assert!(never.is_empty(), "reasons that never came out: {never:?}");
}

/// The engine's verdicts, by case.
struct Engine<'e> {
    evaluated: &'e Evaluated,
    places: BTreeMap<String, usize>,
}

impl<'e> Engine<'e> {
    fn new(evaluated: &'e Evaluated) -> Self {
        let count = evaluated.units.get("case").expect("cases").height();
        let place = |at: usize| {
            let place = u32::try_from(at).expect("few cases");
            (evaluated.case_id(place).expect("an id").to_owned(), at)
        };
        Self { evaluated, places: (0..count).map(place).collect() }
    }

    fn verdict(&self, column: &str, row: usize) -> Verdict {
        let cases = self.evaluated.units.get("case").expect("cases");
        let codes = cases.column(column).expect("a verdict").as_materialized_series().u32();
        Verdict::ALL[codes.expect("codes").get(row).expect("a code") as usize]
    }

    fn number(&self, column: &str, row: usize) -> Option<f64> {
        let cases = self.evaluated.units.get("case").expect("cases");
        cases.column(column).expect("a value").as_materialized_series().f64().expect("n").get(row)
    }
}

fn needs_agree(
    seed: u64,
    definitions: &Definitions,
    evaluated: &Evaluated,
    world: &World<'_>,
    engine: &Engine<'_>,
    met: &mut BTreeMap<String, usize>,
    words: &mut BTreeSet<String>,
) {
    let framework = definitions.framework("random").expect("the framework");
    let mut tests: BTreeMap<String, &Test> = BTreeMap::new();
    for need in &framework.needs {
        tests.extend(need.tests.iter().map(|t| (format!("random.need.{}.{}", need.id, t.id), t)));
    }
    for outcome in &framework.outcomes {
        let of = format!("random.outcome.{}", outcome.id);
        tests.extend(outcome.tests.iter().map(|t| (format!("{of}.{}", t.id), t)));
    }
    for line in world.need_lines() {
        let row = engine.places[&line.case_id];
        for (key, verdict) in &line.tests {
            let test = tests[key];
            if let TestKind::Rows(rows) = &test.kind {
                let found = evaluated.of_test(key).expect("a verdict for each case")[row];
                assert_eq!(found, *verdict, "set {seed}, {key} of {}: {rows:#?}", line.case_id);
                note(rows, *verdict, met);
            }
        }
    }
    let lines = Verdicts::new(definitions, evaluated).expect("verdicts");
    let lines = (0..lines.cases()).flat_map(|case| {
        lines.of_case(case).map(|l| {
            let verdicts = (l.need_verdict, l.outcome_verdict, l.reason.to_string());
            ((l.case_id.to_owned(), l.need.to_owned()), verdicts)
        })
    });
    let found: BTreeMap<_, _> = lines.collect();
    assert_eq!(found.len(), world.need_lines().len(), "set {seed}");
    for line in world.need_lines() {
        let outcome = line.outcome_verdict.unwrap_or(Verdict::NotApplicable);
        let expected = (line.need_verdict, outcome, line.reason.clone());
        let key = (line.case_id.clone(), line.need.clone());
        assert_eq!(found[&key], expected, "set {seed}, {key:?}");
        words.extend(line.reason.split(':').next().map(str::to_owned));
    }
    for line in world.claim_lines() {
        let column = claim_column(&format!("random.{}", line.claim));
        let found = engine.verdict(&column, engine.places[&line.case_id]);
        assert_eq!(found, line.verdict, "set {seed}, {} of {}", line.claim, line.case_id);
    }
    for extract in &definitions.extracts {
        let found = rows(definitions, evaluated, extract).expect("rows");
        assert_eq!(found, extracts::rows(world, extract), "set {seed}, {}", extract.id);
    }
}

fn facts_agree(
    seed: u64,
    definitions: &Definitions,
    council: &Council,
    engine: &Engine<'_>,
    met: &mut BTreeMap<String, usize>,
) {
    for line in facts(definitions, council) {
        let fact = definitions.fact(&line.fact).expect("a fact");
        let row = line.row as usize;
        let column = fact_column(&line.fact);
        let found = engine.verdict(&column, row);
        assert_eq!(found, line.verdict, "set {seed}, fact {} of row {row}: {fact:#?}", line.fact);
        let TestKind::Rows(rows) = &fact.test.kind else { continue };
        if let Asks::Value(_) = rows.asks {
            let value = engine.number(&format!("{column} value"), row);
            let same = match (value, line.value.number()) {
                (Some(a), Some(b)) => (a - b).abs() < 1e-9,
                (a, b) => a == b,
            };
            assert!(same, "set {seed}, {value:?} for {:?}: {fact:#?}", line.value);
        }
        note(rows, line.verdict, met);
    }
}

/// Each construct has to decide, one way or the other, so many tests.
const AT_LEAST: usize = 25;

const EVERY_CONSTRUCT: &[&str] = &[
    "window after",
    "window before",
    "window up_to",
    "window from_to",
    "window on",
    "window last",
    "window next",
    "days",
    "working days",
    "weeks",
    "months",
    "years",
    "terms",
    "of the unit",
    "any",
    "every",
    "together",
    "baseline",
    "spells overlapping",
    "spells starting",
    "spells ending",
    "split, every part",
    "split, so many parts",
    "missing met",
    "missing not_met",
    "missing unknown",
    "missing not_applicable",
    "nobody met",
    "nobody not_met",
    "nobody unknown",
    "nobody not_applicable",
    "count",
    "count distinct",
    "sum",
    "avg",
    "median",
    "min",
    "max",
    "first",
    "last",
    "has",
    "every row",
    "none",
    "spread",
    "days_covered",
    "longest_run",
    "days_in_window",
    "met",
    "not_met",
    "pending",
    "unknown",
    "not_applicable",
];

/// Notes the constructs of a test that came to a verdict. What is stated counts when it came out;
/// everything else when the test was decided.
fn note(test: &RowTest, verdict: Verdict, met: &mut BTreeMap<String, usize>) {
    let mut seen = |what: &str| *met.entry(what.to_owned()).or_default() += 1;
    seen(verdict.word());
    if let Some(missing) = test.missing {
        let word = format!("{missing:?}").to_lowercase();
        if word == verdict.word().replace('_', "") {
            seen(&format!("missing {}", verdict.word()));
        }
    }
    if test.who.group().is_some()
        && format!("{:?}", test.nobody).to_lowercase() == verdict.word().replace('_', "")
    {
        seen(&format!("nobody {}", verdict.word()));
    }
    if !matches!(verdict, Verdict::Met | Verdict::NotMet) {
        return;
    }
    let (form, length) = match &test.window {
        Window::After { length, .. } => ("after", Some(length)),
        Window::Before { length, .. } => ("before", Some(length)),
        Window::UpTo { length, .. } => ("up_to", Some(length)),
        Window::FromTo { .. } => ("from_to", None),
        Window::On { .. } => ("on", None),
        Window::LastPeriods { .. } => ("last", None),
        Window::NextPeriods { .. } => ("next", None),
    };
    seen(&format!("window {form}"));
    if let Some(length) = length {
        let said = length.to_string();
        let unit = said.split_once(' ').map_or("", |(_, unit)| unit).trim_end_matches('s');
        seen(&format!("{unit}s"));
    }
    seen(match test.who {
        Who::Unit => "of the unit",
        Who::Any(_) => "any",
        Who::Every(_) => "every",
        Who::Together(_) => "together",
    });
    if test.baseline.is_some() {
        seen("baseline");
    }
    seen(match test.spells {
        SpellsIn::Overlapping => "spells overlapping",
        SpellsIn::Starting => "spells starting",
        SpellsIn::Ending => "spells ending",
    });
    match test.splits.as_ref().map(|s| s.pass) {
        Some(PartsPass::Every) => seen("split, every part"),
        Some(PartsPass::AtLeast(_)) => seen("split, so many parts"),
        None => {}
    }
    let (Asks::Expect(asked) | Asks::Value(asked)) = &test.asks;
    asked.expr.walk(&mut |e| {
        if let Expr::Rows(Reads::Window, function) = e {
            seen(match function {
                RowFunction::Count => "count",
                RowFunction::CountDistinct(_) => "count distinct",
                RowFunction::Sum(_) => "sum",
                RowFunction::Average(_) => "avg",
                RowFunction::Median(_) => "median",
                RowFunction::Minimum(_) => "min",
                RowFunction::Maximum(_) => "max",
                RowFunction::First(_) => "first",
                RowFunction::Last(_) => "last",
                RowFunction::Has(_) => "has",
                RowFunction::Every(_) => "every row",
                RowFunction::NoneOf(_) => "none",
                RowFunction::Spread => "spread",
                RowFunction::DaysCovered(_) => "days_covered",
                RowFunction::LongestRun(_) => "longest_run",
                RowFunction::DaysInWindow => "days_in_window",
            });
        }
    });
}
