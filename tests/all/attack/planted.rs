//! Leaks that are known to have been overlooked elsewhere, planted one by one: the outsider has to
//! find each. And tables that are sound: no alarm.

use std::fs;

use early_help::attack::attack;
use early_help::report::Condition;

use super::{Given, attacked, open, patience};
use crate::cli::{early_help, text};

const DAY: &str = "2026-10-05";
const MONTH: &str = "2026-09";

fn by_locality(counts: &[(&str, Option<u64>)], total: Option<u64>) -> Given {
    let given = Given::on(DAY).measure("closed", "count", &[]).breakdown("locality", &[]);
    let given = counts.iter().fold(given, |given, (level, count)| {
        given.count("closed", MONTH, &format!("locality={level}"), *count)
    });
    given.count("closed", MONTH, "", total)
}

#[test]
fn a_lone_hidden_count_is_what_the_others_leave() {
    let found = attacked(&[&by_locality(&[("east", None), ("north", Some(40))], Some(43))]);
    assert_eq!(open(&found), ["closed 2026-09 east count 0"]);
    assert!(!found.holds() && found.pinned == 1);
}

#[test]
fn as_many_people_as_figures_are_one_in_each() {
    let three = [("a", None), ("b", None), ("c", None), ("d", Some(20))];
    let found = attacked(&[&by_locality(&three, Some(23))]);
    assert_eq!(
        open(&found),
        ["closed 2026-09 a count 0", "closed 2026-09 b count 0", "closed 2026-09 c count 0"]
    );
    let one_more = attacked(&[&by_locality(&three, Some(24))]);
    assert_eq!(one_more.narrowest.map(|n| (n.width, n.exact)), Some((1, true)));
    let enough = attacked(&[&by_locality(&three, Some(26))]);
    assert!(enough.holds(), "{:?}", open(&enough));
}

#[test]
fn a_square_of_hidden_counts_can_turn_and_raises_no_alarm() {
    let mut given = Given::on(DAY)
        .measure("closed", "count", &[])
        .breakdown("locality", &[])
        .breakdown("step", &[]);
    for (row, (name, counts)) in
        [("east", [None, None, Some(10)]), ("north", [None, None, Some(11)])].iter().enumerate()
    {
        for (step, count) in ["low", "middle", "high"].iter().zip(counts) {
            given = given.count("closed", MONTH, &format!("locality*step={name}*{step}"), *count);
        }
        given = given.count("closed", MONTH, &format!("locality={name}"), Some(22 + row as u64));
    }
    for (step, count) in [("low", 9), ("middle", 15), ("high", 21)] {
        given = given.count("closed", MONTH, &format!("step={step}"), Some(count));
    }
    let found = attacked(&[&given.count("closed", MONTH, "", Some(45))]);
    assert!(found.holds() && found.hidden == 4, "{:?}", open(&found));
}

#[test]
fn three_crossings_of_two_say_what_none_says_alone() {
    // Locality and step go together; so locality by age is what step by age says.
    let crossed = |given: Given, by: [&str; 2], counts: [Option<u64>; 4]| {
        let cells = [[1, 1], [1, 2], [2, 1], [2, 2]].into_iter().zip(counts);
        cells.fold(given, |given, ([one, other], count)| {
            let [a, b] = by;
            given.count("closed", MONTH, &format!("{a}*{b}={a}{one}*{b}{other}"), count)
        })
    };
    let margin = |given: Given, by: &str, counts: [u64; 2]| {
        (1..=2).zip(counts).fold(given, |given, (level, count)| {
            given.count("closed", MONTH, &format!("{by}={by}{level}"), Some(count))
        })
    };
    let mut given = Given::on(DAY).measure("closed", "count", &[]);
    for (by, counts) in [("locality", [10, 10]), ("step", [10, 10]), ("age", [11, 9])] {
        given = margin(given.breakdown(by, &[]), by, counts);
    }
    let given = given.count("closed", MONTH, "", Some(20));
    let given = crossed(given, ["locality", "age"], [None; 4]);
    assert!(attacked(&[&given]).holds());
    let given = crossed(given, ["locality", "step"], [Some(10), Some(0), Some(0), Some(10)]);
    let given = crossed(given, ["step", "age"], [Some(4), Some(6), Some(7), Some(3)]);
    let found = open(&attacked(&[&given]));
    assert_eq!(
        found,
        ["closed 2026-09 age1/locality1 count 0", "closed 2026-09 age2/locality2 count 0",]
    );
}

#[test]
fn months_are_taken_from_the_quarter_and_windows_from_windows() {
    let months = Given::on(DAY)
        .measure("closed", "count", &[])
        .count("closed", "2026-07", "", Some(20))
        .count("closed", "2026-08", "", None)
        .count("closed", "2026-09", "", Some(30))
        .count("closed", "2026-27-Q2", "", Some(54));
    assert_eq!(open(&attacked(&[&months])), ["closed 2026-08  count 0"]);
    // A year that moves on by a month: what came in, less what went out.
    let windows = Given::on(DAY)
        .measure("closed", "count", &[])
        .count("closed", "2025-08", "", Some(31))
        .count("closed", "2025-09_2026-08", "", Some(400))
        .count("closed", "2025-08_2026-07", "", Some(428))
        .count("closed", "2026-08", "", None);
    assert_eq!(open(&attacked(&[&windows])), ["closed 2026-08  count 0"]);
}

#[test]
fn a_stock_does_not_add_up() {
    let mut stock = Given::on(DAY).measure("open", "count", &[]);
    stock.structure.measures[0].periods = early_help::report::Periods::Last;
    let stock = stock
        .count("open", "2026-07", "", Some(20))
        .count("open", "2026-08", "", None)
        .count("open", "2026-09", "", Some(30))
        .count("open", "2026-27-Q2", "", Some(30));
    assert!(attacked(&[&stock]).holds());
}

#[test]
fn last_months_copy_shows_what_this_months_hides() {
    let before = by_locality(&[("east", Some(7)), ("north", Some(40))], Some(47));
    let mut before = Given { cells: before.cells, ..before };
    before.structure.as_at = "2026-09-05".into();
    let now = by_locality(&[("east", None), ("north", None)], Some(47));
    assert!(attacked(&[&now]).holds());
    let with_copy = attacked(&[&before, &now]);
    assert!(with_copy.holds(), "seven is not small: {:?}", open(&with_copy));

    let before = by_locality(&[("east", Some(0)), ("north", Some(47))], Some(47));
    let mut before = Given { cells: before.cells, ..before };
    before.structure.as_at = "2026-09-05".into();
    let later = by_locality(&[("east", None), ("north", None)], Some(50));
    assert!(attacked(&[&before, &later]).holds(), "the total was revised, so anything may be");
}

#[test]
fn what_was_hidden_is_found_when_a_later_run_shows_the_rest() {
    let before = by_locality(&[("east", None), ("north", None), ("west", Some(20))], Some(60));
    let mut before = Given { cells: before.cells, ..before };
    before.structure.as_at = "2026-09-05".into();
    let later = by_locality(&[("east", None), ("north", Some(36)), ("west", None)], Some(60));
    assert!(attacked(&[&before]).holds() && attacked(&[&later]).holds());
    let both = attacked(&[&before, &later]);
    assert_eq!(open(&both), ["closed 2026-09 east count 0"]);
}

#[test]
fn an_outsider_is_told_which_figures_were_not_revised_where_the_ledger_knows() {
    let before = by_locality(&[("east", None), ("north", None), ("west", Some(20))], Some(60));
    let mut before = Given { cells: before.cells, ..before };
    before.structure.as_at = "2026-09-05".into();
    let later = by_locality(&[("east", None), ("north", Some(36)), ("west", None)], Some(60));
    let with = |then: [u64; 3], now: [u64; 3]| {
        let counts = |[east, north, west]: [u64; 3]| {
            [("", 60), ("locality=east", east), ("locality=north", north), ("locality=west", west)]
        };
        let given = [
            before.released("closed", "2026-09", &counts(then)),
            later.released("closed", "2026-09", &counts(now)),
        ];
        attack("partners", &given.iter().collect::<Vec<_>>(), patience())
    };
    assert_eq!(open(&with([4, 36, 20], [4, 36, 20])), ["closed 2026-09 east count 0"]);
    let revised = with([5, 35, 20], [5, 36, 19]);
    assert!(revised.holds(), "north and west are others now: {:?}", open(&revised));
}

#[test]
fn the_needs_of_a_headline_come_to_the_headline() {
    let within = [
        ("headline", "mould", "housing"),
        ("headline", "rent", "housing"),
        ("headline", "debt", "money"),
    ];
    let given = Given::on(DAY)
        .measure("needs", "count", &[])
        .breakdown("need", &within)
        .breakdown("headline", &[])
        .count("needs", MONTH, "need=mould", None)
        .count("needs", MONTH, "need=rent", Some(30))
        .count("needs", MONTH, "need=debt", None)
        .count("needs", MONTH, "headline=housing", Some(34))
        .count("needs", MONTH, "headline=money", None)
        .count("needs", MONTH, "", None);
    assert_eq!(open(&attacked(&[&given])), ["needs 2026-09 mould count 0"]);
}

#[test]
fn measures_about_the_same_cases_tell_of_each_other() {
    let closed_by =
        |word: &str| Condition::OneOf { column: "reason".into(), words: vec![word.into()] };
    let given = Given::on(DAY)
        .measure("closed", "count", &[])
        .measure("reasons", "distribution", &[])
        .measure("moved", "count", &[closed_by("moved")])
        .breakdown("locality", &[])
        .count("closed", MONTH, "", Some(60))
        .share("reasons", MONTH, "category=moved", None)
        .share("reasons", MONTH, "category=planned", None)
        .share("reasons", MONTH, "category=step_up", Some((20, 60)))
        .count("moved", MONTH, "", Some(37));
    let found = open(&attacked(&[&given]));
    assert_eq!(found, ["reasons 2026-09 planned count 0"]);
}

#[test]
fn those_left_out_are_the_difference_of_two_figures() {
    let mut given =
        Given::on(DAY).measure("closed", "count", &[]).measure("returned", "proportion", &[]);
    given.structure.measures[1].left_out =
        vec![vec![Condition::Rule { rule: "moved away".into() }]];
    let given =
        given.count("closed", MONTH, "", Some(60)).share("returned", MONTH, "", Some((20, 57)));
    let found = attacked(&[&given]);
    assert_eq!(found.pinned, 1, "{:?}", open(&found));
}

#[test]
fn a_percentage_gives_its_numerator_away() {
    let given = Given::on(DAY)
        .measure("closed", "count", &[])
        .measure("met", "proportion", &[])
        .count("closed", MONTH, "", Some(40))
        .row("met", MONTH, "", ["", "", "7.5", "", ""]);
    let found = open(&attacked(&[&given]));
    assert_eq!(found, ["met 2026-09  numerator 0"]);
}

#[test]
fn an_interval_to_one_decimal_gives_both_counts_away() {
    // 3 of 41, of at most 300 that were closed.
    let given = |printed| {
        Given::on(DAY)
            .measure("closed", "count", &[])
            .measure("met", "proportion", &[Condition::Rule { rule: "had a need".into() }])
            .count("closed", MONTH, "", Some(300))
            .row("met", MONTH, "", printed)
    };
    let with_interval = open(&attacked(&[&given(["", "", "7.3", "2.5", "19.4"])]));
    assert!(with_interval.contains(&"met 2026-09  numerator 0".to_owned()), "{with_interval:?}");
    let without = open(&attacked(&[&given(["", "", "7.3", "", ""])]));
    assert!(without.is_empty(), "{without:?}");
}

#[test]
fn figures_that_cannot_be_true_together_are_said_to_be_so() {
    let wrong = by_locality(&[("east", Some(7)), ("north", Some(40))], Some(50));
    let found = attacked(&[&wrong]);
    assert!(found.contradictions == 1 && !found.holds());
}

#[test]
fn the_command_fails_on_a_leak_names_it_and_never_its_value() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, given: &Given| {
        let data = folder.path().join(name).join("data");
        fs::create_dir_all(&data).expect("it can be made");
        fs::write(data.join("cells.csv"), &given.cells).expect("it can be written");
        fs::write(data.join("structure.json"), given.structure_file()).expect("it can be written");
        folder.path().join(name)
    };
    let leaks = write("leaks", &by_locality(&[("east", None), ("north", Some(40))], Some(44)));
    let sound = write("sound", &by_locality(&[("east", None), ("north", None)], Some(44)));
    let ended = early_help(&["verify", "--attack", text(&leaks)]);
    assert_eq!(ended.code, 1, "{}", ended.err);
    let open: Vec<&str> = ended.out.lines().filter(|l| l.contains("OPEN")).collect();
    assert_eq!(open, ["  OPEN closed, 2026-09, locality east: count known exactly"]);
    let ended = early_help(&["verify", "--attack", text(&sound), "--format", "json"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    let json: serde_json::Value = serde_json::from_str(&ended.out).expect("JSON");
    assert_eq!((json[0]["hidden"].as_u64(), json[0]["below"].as_u64()), (Some(2), Some(0)));
    let nothing = early_help(&["verify", "--attack", text(folder.path().join("none").as_path())]);
    assert!(nothing.code == 4 && nothing.err.contains("mend:"), "{}", nothing.err);
}
