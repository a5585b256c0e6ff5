//! The oracle on a case that can be worked out on paper: one family, one need, one outcome.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use early_help::calendar::{Day, Length, Period, PeriodKind, Weekday, WorkingDays};
use early_help::definitions::Definitions;
use early_help::definitions::expression::{
    Checked, CodeList, Comparison, Expr, Literal, Name, Reads, RowFunction, Type, ValueFunction,
};
use early_help::definitions::framework::{Framework, Headline, Need, Outcome, Reference};
use early_help::definitions::measure::{
    Breakdown, Counted, Fact, ImmatureCounts, Interval, Measure, MeasureKind, Total, UnknownCounts,
};
use early_help::definitions::place::{Place, SourceText};
use early_help::definitions::project::Project;
use early_help::definitions::source::{Column, Shape, Silence, Source};
use early_help::definitions::test::{Asks, RowTest, SpellsIn, Stated, Test, TestKind, Who, Window};
use early_help::definitions::unit::{Group, Link, Unit, UnitRows};
use early_help::evaluate::Verdict;
use early_help::measure::{Amount, TableRequest};

use super::cells::cells;
use super::value::{Council, Value};
use super::verdicts::{facts, verdicts};

fn place() -> Place {
    let file = SourceText { path: PathBuf::new(), text: String::new() };
    Place::new(&Arc::new(file), 0..0)
}

fn checked(expr: Expr, ty: Type) -> Checked {
    Checked { text: String::new(), expr, ty }
}

fn name(name: Name) -> Box<Expr> {
    Box::new(Expr::Name(name))
}

fn number(n: f64) -> Box<Expr> {
    Box::new(Expr::Literal(Literal::Number(n)))
}

/// `count(*) <op> k`
fn count(op: Comparison, k: f64) -> Checked {
    let count = Box::new(Expr::Rows(Reads::Window, RowFunction::Count));
    checked(Expr::Compare(op, count, number(k)), Type::YesNo)
}

fn source(id: &str, about: &str, shape: Shape, key: &str, columns: &[(&str, Type)]) -> Source {
    let columns = columns.iter().map(|(name, ty)| Column {
        name: (*name).into(),
        ty: ty.clone(),
        optional: true,
        formula: None,
        scale_column: None,
    });
    Source {
        id: id.into(),
        title: String::new(),
        shape,
        about: about.into(),
        key: vec![key.into()],
        no_rows: Silence::None,
        episodes: None,
        columns: columns.collect(),
        place: place(),
    }
}

fn length(text: &str) -> Length {
    Length::parse(text).unwrap()
}

fn test(id: &str, source: &str, who: Who, window: Window, asks: Asks) -> Test {
    let kind = TestKind::Rows(Box::new(RowTest {
        source: source.into(),
        through: None,
        who,
        condition: None,
        window,
        spells: SpellsIn::Overlapping,
        baseline: None,
        splits: None,
        asks,
        missing: None,
        nobody: Stated::Unknown,
        kept: Vec::new(),
    }));
    Test { id: id.into(), kind, place: place() }
}

fn group(id: &str, condition: Expr) -> Group {
    Group {
        id: id.into(),
        title: String::new(),
        condition: checked(condition, Type::YesNo),
        place: place(),
    }
}

fn measure(id: &str, kind: MeasureKind, counted: Counted) -> Measure {
    Measure {
        id: id.into(),
        title: String::new(),
        description: String::new(),
        why: String::new(),
        caveats: None,
        owner: String::new(),
        unit: "case".into(),
        kind,
        counted,
        population: None,
        exclude: Vec::new(),
        except: Vec::new(),
        immature: ImmatureCounts::LeaveOut,
        missing_is_not_met: false,
        unknown: UnknownCounts::AsNotMet,
        periods: vec![PeriodKind::Month],
        by: vec!["locality".into()],
        interval: Interval::None,
        targets: Vec::new(),
        completeness: None,
        signal: None,
        audiences: Vec::new(),
        decimals: 1,
        place: place(),
    }
}

fn sources() -> Vec<Source> {
    let id = |of: &str| Type::Id(of.into());
    let spell = |start: &str, end: &str| Shape::Spell { start: start.into(), end: end.into() };
    let event = Shape::Event { date: "happened_on".into() };
    vec![
        source(
            "people",
            "person",
            Shape::Entity,
            "person_id",
            &[("person_id", id("person")), ("date_of_birth", Type::Date)],
        ),
        source(
            "family_members",
            "person",
            spell("joined_on", "left_on"),
            "person_id",
            &[
                ("person_id", id("person")),
                ("family_id", id("family")),
                ("joined_on", Type::Date),
                ("left_on", Type::Date),
            ],
        ),
        source(
            "cases",
            "case",
            spell("started_on", "closed_on"),
            "case_id",
            &[
                ("case_id", id("case")),
                ("family_id", id("family")),
                ("started_on", Type::Date),
                ("closed_on", Type::Date),
                ("locality", Type::Text),
            ],
        ),
        source(
            "police",
            "person",
            event,
            "incident_id",
            &[
                ("incident_id", id("incident")),
                ("person_id", id("person")),
                ("happened_on", Type::Date),
            ],
        ),
        source(
            "housing",
            "family",
            spell("began_on", "ended_on"),
            "family_id",
            &[("family_id", id("family")), ("began_on", Type::Date), ("ended_on", Type::Date)],
        ),
    ]
}

/// Missing in the year before the start; not missing for six months after closing.
fn framework() -> Framework {
    let missing = test(
        "episode",
        "police",
        Who::Any("children".into()),
        Window::Before { anchor: "identified_on".into(), length: length("12 months") },
        Asks::Expect(count(Comparison::GreaterOrEqual, 1.0)),
    );
    let none = test(
        "none",
        "police",
        Who::Every("with_this_need".into()),
        Window::After { anchor: "closed_on".into(), length: length("6 months") },
        Asks::Expect(count(Comparison::Equal, 0.0)),
    );
    let rule = |test: &str| checked(Expr::Name(Name::Test(test.into())), Type::YesNo);
    Framework {
        id: "f".into(),
        title: String::new(),
        valid: None,
        reference: Reference::default(),
        headlines: vec![Headline {
            id: "safety".into(),
            title: "Safety".into(),
            short: None,
            order: 1,
        }],
        needs: vec![Need {
            id: "missing".into(),
            headline: "safety".into(),
            title: String::new(),
            short: None,
            tests: vec![missing],
            rule: rule("episode"),
            reference: Reference::default(),
            place: place(),
        }],
        outcomes: vec![Outcome {
            id: "not_missing".into(),
            need: "missing".into(),
            title: String::new(),
            sustained: None,
            tests: vec![none],
            rule: rule("none"),
            reference: Reference::default(),
            place: place(),
        }],
        claims: Vec::new(),
        overrides: Vec::new(),
    }
}

fn definitions() -> Definitions {
    let anchor = |name: &str, column: &str| (name.to_owned(), column.to_owned());
    let child = Expr::Compare(
        Comparison::Less,
        Box::new(Expr::Value(
            ValueFunction::AgeOn,
            vec![Expr::Name(Name::Unit("identified_on".into()))],
        )),
        number(18.0),
    );
    let housed = test(
        "housed",
        "housing",
        Who::Unit,
        Window::After { anchor: "closed_on".into(), length: length("6 months") },
        Asks::Value(checked(
            Expr::Rows(Reads::Window, RowFunction::DaysCovered(None)),
            Type::Number(Some("days".into())),
        )),
    );
    let on_closing = Counted::On { column: "closed_on".into(), parent: false };
    let met = checked(*name(Name::Outcome("f.not_missing".into())), Type::YesNo);
    Definitions {
        project: Project {
            local_authority: None,
            contacts: Vec::new(),
            glossary: Vec::new(),
            council: String::new(),
            title: String::new(),
            as_at: day("2025-06-30"),
            begins: None,
            working_days: WorkingDays::new(&[Weekday::Sat, Weekday::Sun], &[]),
            named_periods: BTreeMap::new(),
            year_starts_in: 4,
            parameters: Vec::new(),
        },
        units: vec![Unit {
            id: "case".into(),
            title: String::new(),
            plural: "cases".into(),
            rows: UnitRows::Source("cases".into()),
            framework: None,
            of: None,
            anchors: vec![anchor("identified_on", "started_on"), anchor("closed_on", "closed_on")],
            place: place(),
        }],
        links: vec![Link {
            id: "person_in_family".into(),
            source: "family_members".into(),
            from: "person".into(),
            to: "family".into(),
            dated: true,
        }],
        groups: vec![
            group("children", child),
            group("with_this_need", Expr::Name(Name::HasThisNeed)),
        ],
        sources: sources(),
        maps: Vec::new(),
        codes: BTreeMap::new(),
        crosswalks: BTreeMap::new(),
        scales: Vec::new(),
        score_examples: Vec::new(),
        record_examples: Vec::new(),
        frameworks: vec![framework()],
        facts: vec![Fact {
            id: "days_housed".into(),
            title: String::new(),
            unit: "case".into(),
            test: housed,
        }],
        breakdowns: vec![Breakdown {
            id: "locality".into(),
            title: String::new(),
            column: "locality".into(),
            order: vec!["West".into(), "East".into()],
            titles: Vec::new(),
            audiences: Vec::new(),
            bands: Vec::new(),
            within: None,
            total: Total::WholeCouncil,
            of_measures: false,
            place: place(),
        }],
        checks: Vec::new(),
        extracts: Vec::new(),
        audits: Vec::new(),
        queries: Vec::new(),
        measures: vec![
            measure("met", MeasureKind::Proportion { numerator: met }, on_closing),
            measure("open", MeasureKind::Count, Counted::AtPeriodEnd),
        ],
        policies: BTreeMap::new(),
        audiences: Vec::new(),
        packs: Vec::new(),
        row_packs: Vec::new(),
        examples: Vec::new(),
        amendments: Vec::new(),
        dropped: Vec::new(),
        files: Vec::new(),
    }
}

fn day(text: &str) -> Day {
    Day::parse_iso(text).unwrap()
}

/// A row from `column = value`; what looks like a date is one.
fn add(council: &mut Council, source: &str, values: &[(&str, &str)]) {
    let value = |text: &str| Day::parse_iso(text).map_or(Value::text(text), Value::Day);
    let row = values.iter().map(|(name, text)| ((*name).to_owned(), value(text))).collect();
    council.add(source, row);
}

/// Ben, who went missing before the case, and his sister Cat; closed on 31 August 2024.
fn council(as_at: &str, incidents: &[(&str, &str)]) -> Council {
    let mut council =
        Council { sources: BTreeMap::new(), complete_to: BTreeMap::new(), as_at: day(as_at) };
    for person in ["Ben", "Cat"] {
        add(&mut council, "people", &[("person_id", person), ("date_of_birth", "2011-05-06")]);
        let stay = [("person_id", person), ("family_id", "F1"), ("joined_on", "2013-01-01")];
        add(&mut council, "family_members", &stay);
    }
    add(
        &mut council,
        "cases",
        &[
            ("case_id", "C1"),
            ("family_id", "F1"),
            ("started_on", "2023-09-15"),
            ("closed_on", "2024-08-31"),
        ],
    );
    for (person, on) in [("Ben", "2023-06-01")].iter().chain(incidents) {
        add(&mut council, "police", &[("person_id", person), ("happened_on", on)]);
    }
    council
}

fn outcome(council: &Council) -> Verdict {
    verdicts(&definitions(), council)[0].outcome_verdict.unwrap()
}

#[test]
fn the_last_day_of_the_window_counts_and_the_next_does_not() {
    assert_eq!(outcome(&council("2025-06-30", &[])), Verdict::Met);
    assert_eq!(outcome(&council("2025-06-30", &[("Ben", "2025-02-28")])), Verdict::NotMet);
    assert_eq!(outcome(&council("2025-06-30", &[("Ben", "2025-03-01")])), Verdict::Met);
    assert_eq!(outcome(&council("2025-06-30", &[("Ben", "2024-08-31")])), Verdict::Met);
}

#[test]
fn an_unfinished_window_waits_unless_it_is_already_lost() {
    assert_eq!(outcome(&council("2025-02-27", &[])), Verdict::Pending);
    assert_eq!(outcome(&council("2025-02-28", &[])), Verdict::Met);
    assert_eq!(outcome(&council("2025-02-27", &[("Ben", "2024-10-10")])), Verdict::NotMet);
    let mut late = council("2025-06-30", &[]);
    late.complete_to.insert("police".into(), day("2024-12-31"));
    assert_eq!(outcome(&late), Verdict::Pending);
}

#[test]
fn only_those_with_the_need_count_and_only_while_in_the_family() {
    assert_eq!(outcome(&council("2025-06-30", &[("Cat", "2024-10-10")])), Verdict::Met);
    let mut gone = council("2025-06-30", &[("Ben", "2024-10-10")]);
    let stay = &mut gone.sources.get_mut("family_members").unwrap()[0];
    stay.values.insert("left_on".into(), Value::Day(day("2024-10-09")));
    assert_eq!(outcome(&gone), Verdict::Met);
    let stay = &mut gone.sources.get_mut("family_members").unwrap()[0];
    stay.values.insert("left_on".into(), Value::Day(day("2024-10-10")));
    assert_eq!(outcome(&gone), Verdict::NotMet);
}

#[test]
fn without_the_need_the_outcome_does_not_arise() {
    let mut quiet = council("2025-06-30", &[]);
    quiet.sources.remove("police");
    let lines = verdicts(&definitions(), &quiet);
    assert_eq!(lines[0].need_verdict, Verdict::NotMet);
    assert_eq!(lines[0].outcome_verdict, Some(Verdict::NotApplicable));
}

#[test]
fn an_open_spell_covers_days_up_to_what_the_feed_knows() {
    let mut housed = council("2025-06-30", &[]);
    add(&mut housed, "housing", &[("family_id", "F1"), ("began_on", "2024-09-11")]);
    // 181 days in the window, less the first ten.
    assert_eq!(facts(&definitions(), &housed)[0].value, Value::Number(171.0));
    housed.complete_to.insert("housing".into(), day("2025-01-31"));
    assert_eq!(facts(&definitions(), &housed)[0].value, Value::Nothing);
}

fn table(
    council: &Council,
    measure: &str,
    by: &[&str],
    period: &str,
) -> Vec<(String, Amount, u64)> {
    let request = TableRequest {
        measure: measure.into(),
        by: by.iter().map(|b| (*b).to_owned()).collect(),
        periods: vec![Period::parse(period).unwrap()],
    };
    let table = cells(&definitions(), council, &request);
    table
        .cells
        .into_iter()
        .map(|cell| {
            assert!(cell.flow.sums(), "{cell:?}");
            let code = cell.level.first().map(|l| l.code.clone()).unwrap_or_default();
            (code, cell.amount, cell.flow.pending)
        })
        .collect()
}

#[test]
fn a_failure_is_not_counted_before_its_peers() {
    let share = |numerator, denominator| Amount::Proportion { numerator, denominator };
    let early = council("2025-02-27", &[("Ben", "2024-10-10")]);
    assert_eq!(table(&early, "met", &[], "2024-08"), [(String::new(), share(0, 0), 1)]);
    let done = council("2025-02-28", &[("Ben", "2024-10-10")]);
    assert_eq!(table(&done, "met", &[], "2024-08"), [(String::new(), share(0, 1), 0)]);
    assert_eq!(table(&done, "met", &[], "2024-25-Q2"), [(String::new(), share(0, 1), 0)]);
    // A period that ends after today is not made.
    assert_eq!(table(&done, "met", &[], "2024-25"), []);
}

#[test]
fn a_stock_leaves_out_what_ends_on_its_day_and_levels_keep_their_order() {
    let council = council("2025-06-30", &[]);
    let row = |code: &str, n| (code.to_owned(), Amount::Count(n), 0);
    let july = table(&council, "open", &["locality"], "2024-07");
    assert_eq!(july, [row("West", 0), row("East", 0), row("not_recorded", 1)]);
    assert_eq!(table(&council, "open", &[], "2024-08"), [row("", 0)]);
}

#[test]
fn words_of_a_code_compare_in_declared_order() {
    let codes = ["cin", "cp", "cla"].map(str::to_owned).to_vec();
    let list = Arc::new(CodeList { codes, ordered: true });
    let order = Value::code(&list, "cp").compare(&Value::code(&list, "cla"));
    assert_eq!(order, Some(std::cmp::Ordering::Less));
}
