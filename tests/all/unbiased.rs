//! A rate counts a case only when every window behind it has closed, even where the case is settled
//! already. Left out, the rule would bias every rate of the last months: whoever has failed is known at
//! once, whoever has held out so far is not.
//!
//! What is shown, on random councils of fixed seeds:
//!
//! 1. *Who is counted does not hang on what happened.* The same cases with other follow-ups give the same
//!    denominators, month by month. So, if each of `n` counted cases holds out with probability `p`, the
//!    numerator has expectation `n p`, whatever the dates of closing: the rate is unbiased.
//! 2. *The rate is where it has to be.* By Hoeffding's inequality (1963, theorem 1) a mean of `n` independent
//!    yes-or-no lies further than √(ln(2/δ) / 2n) from `p` with probability at most δ. The engine's lies
//!    within, for δ = 10⁻⁶.
//! 3. *Counting what is settled early would not be.* Of an open case, so much is settled as has failed by
//!    now. The rate of the settled has to lie about `n p / (n + s)`, `s` being the failures expected so far;
//!    it does, and the two ranges do not even touch.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use early_help::calendar::{Day, Period, PeriodKind};
use early_help::definitions::Definitions;
use early_help::definitions::diagnostic::{Severity, render};
use early_help::definitions::example::GivenRows;
use early_help::definitions::expression::{Literal, Type};
use early_help::definitions::load::load;
use early_help::evaluate::{Evaluated, Verdict, evaluate, outcome_column};
use early_help::link::link;
use early_help::measure::{Amount, Cell, TableRequest, measure};
use early_help::read::given;

use crate::oracle::dice::Dice;

const AS_AT: &str = "2026-09-30";
const MONTHS: u32 = 12;

/// One need, one outcome that may be lost on any day of six months, and the rate of those that hold.
const FOLLOW: &str = r#"
[file]
language = 1
id = "follow"
title = "Follow-up"
[headline.safe]
title = "Safe"
[need.missing]
headline = "safe"
title = "A child went missing"
[need.missing.test.episode]
source = "police"
who = "children"
combine = "any"
where = "kind = 'missing'"
window = { before = "identified_on", for = "12 months" }
expect = "count(*) >= 1"
[outcome.not_missing]
need = "missing"
title = "Not missing for six months"
[outcome.not_missing.test.none]
source = "police"
who = "with_this_need"
combine = "every"
where = "kind = 'missing'"
window = { after = "closed_on", for = "6 months" }
expect = "count(*) = 0"
"#;

const RATE: &str = r#"
[file]
language = 1
id = "rate"
title = "Rate"
[measure.held]
title = "Held"
description = "Of cases closed, those that held for six months"
why = "To know"
owner = "Nobody"
unit = "case"
kind = "proportion"
counted_on = "closed_on"
population = "need.missing"
numerator = "outcome.not_missing"
periods = ["month"]
audience = ["internal"]
"#;

fn definitions() -> Definitions {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("outcome-definitions");
    let folder = tempfile::tempdir().expect("a folder");
    let write =
        |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
    let with_line = |name: &str, start: &str, line: &str| {
        let text = fs::read_to_string(from.join(name)).expect("a shipped file");
        // Agreements on feedback name lists that are not here.
        let kept = text.lines().filter(|l| !l.starts_with("feedback "));
        let lines: Vec<&str> = kept.map(|l| if l.starts_with(start) { line } else { l }).collect();
        write(name, &lines.join("\n"));
    };
    with_line("core.toml", "framework =", "framework = \"follow\"");
    with_line("scales.toml", "nothing", "");
    with_line("project.toml", "uses", "uses = [\"core\", \"scales\", \"follow\", \"rate\"]");
    write("follow.toml", FOLLOW);
    write("rate.toml", RATE);
    let mut loaded = load(folder.path());
    loaded.diagnostics.retain(|d| d.severity == Severity::Error);
    let mut definitions =
        loaded.definitions.unwrap_or_else(|| panic!("{}", render(&loaded.diagnostics, false)));
    definitions.project.as_at = day(AS_AT);
    definitions
}

fn day(text: &str) -> Day {
    Day::parse_iso(text).expect("a day")
}

/// A case that has closed, and the day on which its child goes missing again, if it does.
#[derive(Clone)]
struct Followed {
    closed: Day,
    fails: Option<Day>,
}

impl Followed {
    /// First and last day of the six months after closing.
    fn window(&self) -> (Day, Day) {
        (self.closed.plus_days(1), self.closed.plus_months(6))
    }
}

/// Cases that closed on any day of the last year; each fails with this probability, in per cent, on
/// any day of its window.
fn council(seed: u64, cases: usize, per_cent: usize) -> Vec<Followed> {
    let mut dice = Dice(seed);
    (0..cases)
        .map(|_| {
            let back = dice.below(365) as i32;
            let mut case = Followed { closed: day(AS_AT).plus_days(-back), fails: None };
            let (first, last) = case.window();
            let at = dice.below((last.0 - first.0 + 1) as usize) as i32;
            case.fails = (dice.below(100) < per_cent).then(|| first.plus_days(at));
            case
        })
        .collect()
}

fn row(
    definitions: &Definitions,
    source: &str,
    cells: &[(&str, &str)],
) -> BTreeMap<String, Literal> {
    let source = definitions.source(source).expect("a source");
    let cell = |(name, text): &(&str, &str)| {
        let literal = match &source.column(name).expect("a column").ty {
            Type::Date => Literal::Date(day(text)),
            Type::YesNo => Literal::YesNo(*text == "true"),
            Type::Code(list) => Literal::Code(list.index_of(text).expect("a code"), list.clone()),
            _ => Literal::Text((*text).to_owned()),
        };
        ((*name).to_owned(), literal)
    };
    cells.iter().map(cell).collect()
}

/// What the engine makes of the cases, as far as it can know on the day of judgement.
fn judged(definitions: &Definitions, council: &[Followed]) -> Evaluated {
    let mut rows: BTreeMap<String, GivenRows> = BTreeMap::new();
    let mut add = |source: &str, cells: &[(&str, &str)]| {
        let row = row(definitions, source, cells);
        rows.entry(source.to_owned()).or_default().push(Arc::new(row));
    };
    for (number, case) in council.iter().enumerate() {
        let [family, person, id] = ["F", "P", "C"].map(|kind| format!("{kind}{number}"));
        let identified = case.closed.plus_months(-6);
        let (found, closed) = (identified.plus_days(-30).iso(), case.closed.iso());
        let identified = identified.iso();
        add("families", &[("family_id", &family)]);
        let born = [("person_id", person.as_str()), ("date_of_birth", "2014-01-01")];
        add("people", &[born[0], born[1], ("sex", "not_recorded"), ("ethnicity", "not_recorded")]);
        let joined =
            [("family_id", family.as_str()), ("role", "child"), ("joined_on", "2014-01-01")];
        add("family_members", &[born[0], joined[0], joined[1], joined[2]]);
        add(
            "cases",
            &[
                ("case_id", &id),
                joined[0],
                ("identified_on", &identified),
                ("started_on", &identified),
                ("closed_on", &closed),
                ("tier", "targeted"),
            ],
        );
        let known = case.fails.filter(|on| *on <= day(AS_AT)).map(|on| on.iso());
        for (at, on) in [Some(found), known].into_iter().flatten().enumerate() {
            let incident = format!("I{number}-{at}");
            let what = [("kind", "missing"), ("role", "subject"), ("proven", "false")];
            let of = [("incident_id", incident.as_str()), ("happened_on", on.as_str())];
            add("police", &[of[0], of[1], born[0], what[0], what[1], what[2]]);
        }
    }
    let inputs = given(definitions, &rows, &BTreeMap::new()).expect("rows");
    let linked = link(definitions, inputs, &mut |_| {}).expect("linked");
    evaluate(definitions, linked, false, &mut |_| {}).expect("judged")
}

/// The cells of the last twelve months.
fn cells(definitions: &Definitions, evaluated: &Evaluated) -> Vec<Cell> {
    let newest = Period::last_complete(PeriodKind::Month, day(AS_AT));
    let periods = (0..MONTHS).rev().map(|back| newest.earlier(back)).collect();
    let request = TableRequest { measure: "held".to_owned(), by: Vec::new(), periods };
    let tables = measure(definitions, evaluated, &[request]).expect("tables");
    tables.into_iter().next().expect("a table").cells
}

/// Numerator and denominator of the engine's rate over all months.
fn rate(cells: &[Cell]) -> (u64, u64) {
    let parts = cells.iter().map(|cell| match cell.amount {
        Amount::Proportion { numerator, denominator } => (numerator, denominator),
        _ => panic!("a proportion"),
    });
    parts.fold((0, 0), |(a, b), (n, d)| (a + n, b + d))
}

/// The same if all were counted that are settled.
fn settled(evaluated: &Evaluated) -> (u64, u64) {
    let cases = evaluated.units.get("case").expect("cases");
    let column = cases.column(&outcome_column("follow.not_missing")).expect("the outcome");
    let codes = column.as_materialized_series().u32().expect("codes").clone();
    let of = |v: Verdict| codes.iter().filter(|code| *code == Some(v as u32)).count() as u64;
    (of(Verdict::Met), of(Verdict::Met) + of(Verdict::NotMet))
}

#[test]
fn who_is_counted_does_not_hang_on_what_happened() {
    let definitions = definitions();
    let mut early = 0;
    for seed in 0..12 {
        let some = council(seed, 60, 40);
        let none: Vec<Followed> =
            some.iter().map(|c| Followed { fails: None, ..c.clone() }).collect();
        let all: Vec<Followed> =
            some.iter().map(|c| Followed { fails: Some(c.window().0), ..c.clone() }).collect();
        let [some, none, all] = [some, none, all].map(|council| {
            let evaluated = judged(&definitions, &council);
            let flows: Vec<_> =
                cells(&definitions, &evaluated).into_iter().map(|c| c.flow).collect();
            (flows, settled(&evaluated).1)
        });
        assert_eq!(some.0, none.0, "council {seed}");
        assert_eq!(some.0, all.0, "council {seed}");
        // What is settled does hang on it: all who fail are, of those who hold only the finished.
        assert!(none.1 <= some.1 && some.1 <= all.1, "council {seed}");
        early += all.1 - none.1;
    }
    assert!(early > 12 * 20, "hardly anybody was settled early: the councils are too old");
}

#[test]
fn the_rate_is_unbiased_and_the_rate_of_the_settled_is_not() {
    const P: f64 = 0.5;
    let definitions = definitions();
    let (mut ours, mut theirs) = ((0, 0), (0, 0));
    let (mut finished, mut open, mut failed_so_far) = (0.0, 0.0, 0.0);
    let as_at = day(AS_AT);
    for seed in 100..104 {
        let council = council(seed, 2_000, 50);
        let evaluated = judged(&definitions, &council);
        let (met, counted) = rate(&cells(&definitions, &evaluated));
        ours = (ours.0 + met, ours.1 + counted);
        let (met, decided) = settled(&evaluated);
        theirs = (theirs.0 + met, theirs.1 + decided);
        for (first, last) in council.iter().map(Followed::window) {
            if last <= as_at {
                finished += 1.0;
            } else {
                open += 1.0;
                let (elapsed, length) = (as_at.0 - first.0 + 1, last.0 - first.0 + 1);
                failed_so_far += (1.0 - P) * f64::from(elapsed) / f64::from(length);
            }
        }
    }
    // Half of ln(2/δ), for each of the sums that chance decides.
    let half = (2.0_f64 / 1e-6).ln() / 2.0;
    let (finished_by, open_by) = ((finished * half).sqrt(), (open * half).sqrt());
    assert_eq!(ours.1 as f64, finished, "all whose window is over are counted, and nobody else");
    let rate = ours.0 as f64 / ours.1 as f64;
    assert!((rate - P).abs() <= finished_by / finished, "{rate} is not near {P}");

    let biased = theirs.0 as f64 / theirs.1 as f64;
    let low = (finished * P - finished_by) / (finished + failed_so_far + open_by);
    let high = (finished * P + finished_by) / (finished + failed_so_far - open_by);
    assert!(low <= biased && biased <= high, "{biased} is not between {low} and {high}");
    assert!(high < P - finished_by / finished, "the ranges touch: {high}");
    assert!(P - biased > 0.05, "the bias would be {}", P - biased);
}
