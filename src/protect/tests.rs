//! The promises of this folder, small cases first, then random councils and an attacker.

mod attacker;
mod one_after_another;
mod random_council;

use std::path::PathBuf;
use std::sync::Arc;

use crate::calendar::{Period, PeriodKind};
use crate::definitions::audience::{DisclosurePolicy, Missed};
use crate::definitions::measure::{
    Counted, ImmatureCounts, Interval, Measure, MeasureKind, UnknownCounts,
};
use crate::definitions::place::{Place, SourceText};
use crate::measure::{Amount, Cell, Flow, Level, Table};
use crate::protect::{
    Ground, Protected, PublishedCell, Reason, Shown, Symbol, ToRelease, ledger_number, protect,
};

pub(in crate::protect) fn policy(suppress_below: u64, show_zero: bool) -> DisclosurePolicy {
    let (id, title) = ("test".into(), "Test".into());
    DisclosurePolicy { id, title, suppress_below, show_zero, ..DisclosurePolicy::open() }
}

pub(super) fn measure(id: &str, interval: Interval) -> Measure {
    let file = Arc::new(SourceText { path: PathBuf::new(), text: String::new() });
    Measure {
        id: id.into(),
        title: id.into(),
        description: String::new(),
        why: String::new(),
        caveats: None,
        owner: String::new(),
        unit: "case".into(),
        kind: MeasureKind::Count,
        counted: Counted::On { column: "closed_on".into(), parent: false },
        population: None,
        exclude: Vec::new(),
        except: Vec::new(),
        immature: ImmatureCounts::LeaveOut,
        missing_is_not_met: false,
        unknown: UnknownCounts::AsNotMet,
        periods: Vec::new(),
        by: Vec::new(),
        interval,
        targets: Vec::new(),
        completeness: None,
        signal: None,
        audiences: Vec::new(),
        decimals: 2,
        place: Place::new(&file, 0..0),
    }
}

pub(super) fn cell(period: Period, level: &[&str], amount: Amount) -> Cell {
    let level =
        level.iter().map(|l| Level { code: (*l).into(), title: (*l).to_uppercase() }).collect();
    Cell { period, level, amount, flow: Flow::default() }
}

pub(super) fn table(measure: &str, by: &[&str], cells: Vec<Cell>) -> Table {
    let by = by.iter().map(|b| (*b).into()).collect();
    Table { measure: measure.into(), unit: "cases".into(), by, cells }
}

fn share(numerator: u64, denominator: u64) -> Amount {
    Amount::Proportion { numerator, denominator }
}

/// Protects tables whose longer periods have all their people in the last month, unless there are tables
/// of months too.
fn protected(tables: &[Table], measures: &[Measure], policy: &DisclosurePolicy) -> Protected {
    let is_month = |table: &Table| table.cells.iter().all(|c| c.period.kind == PeriodKind::Month);
    let months: Vec<Table> = tables
        .iter()
        .filter(|table| {
            let like = |t: &&Table| t.measure == table.measure && t.by == table.by;
            is_month(table) || !tables.iter().filter(like).any(is_month)
        })
        .cloned()
        .map(|mut table| {
            table.cells.iter_mut().for_each(|c| c.period = c.period.last_month());
            table
        })
        .collect();
    protect(&ToRelease::first(tables, &months), &Ground::new(measures), policy)
        .expect("it can be protected")
}

fn september() -> Period {
    Period::parse("2026-09").expect("a month")
}

/// A measure by locality with its total.
fn by_locality(counts: &[(&str, u64)]) -> [Table; 2] {
    let total = counts.iter().map(|(_, n)| n).sum();
    let of = |(level, n): &(&str, u64)| cell(september(), &[level], Amount::Count(*n));
    [
        table("closed", &["locality"], counts.iter().map(of).collect()),
        table("closed", &[], vec![cell(september(), &[], Amount::Count(total))]),
    ]
}

fn values(tables: &[Table], policy: &DisclosurePolicy) -> Vec<String> {
    let protected = protected(tables, &[measure("closed", Interval::None)], policy);
    let cells = protected.tables().iter().flat_map(|t| t.cells());
    cells.map(|c| c.value().to_string()).collect()
}

/// Numerator, denominator, value and limits of the one cell of one table.
fn written(
    amount: Amount,
    flow: Flow,
    measure: &Measure,
    policy: &DisclosurePolicy,
) -> [String; 5] {
    let cells = vec![Cell { flow, ..cell(september(), &[], amount) }];
    let measures = std::slice::from_ref(measure);
    let protected = protected(&[table(&measure.id, &[], cells)], measures, policy);
    let c: &PublishedCell = &protected.tables()[0].cells()[0];
    [c.numerator(), c.denominator(), c.value(), c.lower(), c.upper()].map(|s| s.to_string())
}

#[test]
fn one_small_count_takes_the_smallest_other_with_it_and_the_total_stays() {
    let tables = by_locality(&[("east", 3), ("north", 40), ("south", 9), ("west", 0)]);
    assert_eq!(values(&tables, &policy(6, true)), ["[c]", "40", "[c]", "0", "52"]);
}

#[test]
fn a_true_zero_protects_nobody_so_the_total_goes() {
    let nonsuch = by_locality(&[("east", 0), ("north", 0), ("south", 3)]);
    assert_eq!(values(&nonsuch, &policy(6, true)), ["0", "0", "[c]", "[c]"]);
}

#[test]
fn zeros_that_are_not_shown_do_protect_but_only_if_the_sum_may_be_known() {
    let tables = by_locality(&[("east", 0), ("north", 5), ("south", 8), ("west", 40)]);
    assert_eq!(values(&tables, &policy(6, false)), ["[c]", "[c]", "[c]", "40", "53"]);
}

#[test]
fn what_is_hidden_may_not_add_up_to_a_small_number_nor_to_one_each() {
    let small_sum = by_locality(&[("east", 2), ("north", 3), ("south", 30), ("west", 40)]);
    assert_eq!(values(&small_sum, &policy(6, true)), ["[c]", "[c]", "[c]", "40", "75"]);
    let ones = by_locality(&[("a", 1), ("b", 1), ("c", 1), ("d", 20), ("e", 30)]);
    assert_eq!(values(&ones, &policy(3, true)), ["[c]", "[c]", "[c]", "[c]", "30", "53"]);
}

#[test]
fn months_protect_the_quarter() {
    let quarter = Period::parse("2026-27-Q2").expect("a quarter");
    let month = |code: &str, n| cell(Period::parse(code).expect("a month"), &[], Amount::Count(n));
    let months = vec![month("2026-07", 20), month("2026-08", 4), month("2026-09", 30)];
    let tables = [
        table("closed", &[], months),
        table("closed", &[], vec![cell(quarter, &[], Amount::Count(54))]),
    ];
    assert_eq!(values(&tables, &policy(6, true)), ["[c]", "[c]", "30", "54"]);

    let mut stock = measure("closed", Interval::None);
    stock.counted = Counted::AtPeriodEnd;
    let [months, _] = tables;
    let end = table("closed", &[], vec![cell(quarter, &[], Amount::Count(30))]);
    let hidden = protected(&[months, end], &[stock], &policy(6, true)).hidden();
    assert_eq!(hidden, 1, "stocks do not add up");
}

#[test]
fn what_readers_miss_least_goes_first() {
    let month = |code: &str, n| cell(Period::parse(code).expect("a month"), &[], Amount::Count(n));
    let quarter = cell(Period::parse("2026-27-Q2").expect("a quarter"), &[], Amount::Count(54));
    let tables = [
        table("closed", &[], vec![month("2026-07", 30), month("2026-08", 4), month("2026-09", 20)]),
        table("closed", &[], vec![quarter]),
    ];
    let by = |last_to_go: &[Missed]| {
        values(&tables, &DisclosurePolicy { last_to_go: last_to_go.to_vec(), ..policy(6, true) })
    };
    assert_eq!(by(&Missed::DEFAULT), ["[c]", "[c]", "20", "54"]);
    assert_eq!(by(&[Missed::Largest]), ["30", "[c]", "[c]", "54"]);
}

#[test]
fn a_year_cannot_be_found_from_the_rolling_twelve_months_to_march() {
    let count = |code: &str, n| cell(Period::parse(code).expect("a period"), &[], Amount::Count(n));
    let tables = [
        table(
            "closed",
            &["locality"],
            vec![Cell {
                level: vec![Level { code: "east".into(), title: "East".into() }],
                ..count("2025-26", 3)
            }],
        ),
        table("closed", &[], vec![count("2025-26", 80), count("2025-04_2026-03", 80)]),
        table(
            "closed",
            &["locality"],
            vec![cell(Period::parse("2025-26").expect("a year"), &["west"], Amount::Count(77))],
        ),
    ];
    assert_eq!(values(&tables, &policy(6, true)), ["[c]", "80", "80", "[c]"]);
    let apart = [table("closed", &[], vec![count("2025-26", 4), count("2025-04_2026-03", 4)])];
    assert_eq!(values(&apart, &policy(6, true)), ["[c]", "[c]"]);
}

#[test]
fn the_categories_of_a_distribution_protect_each_other() {
    let of = |category, n| cell(september(), &[category], share(n, 60));
    let cells = vec![of("better", 3), of("same", 17), of("worse", 40), of("not_recorded", 0)];
    let tables = [table("change", &["category"], cells)];
    let protected = protected(&tables, &[], &policy(6, true));
    let numerators: Vec<_> =
        protected.tables()[0].cells().iter().map(|c| c.numerator().to_string()).collect();
    assert_eq!(numerators, ["[c]", "[c]", "40", "0"]);
    assert_eq!(protected.tables()[0].cells()[2].denominator().to_string(), "60");
}

#[test]
fn a_small_denominator_of_a_distribution_cannot_be_found_from_the_other_localities() {
    let of = |place, category, n, d| cell(september(), &[place, category], share(n, d));
    let whole = |category, n, d| cell(september(), &[category], share(n, d));
    let split = vec![
        of("east", "better", 2, 4),
        of("east", "worse", 2, 4),
        of("north", "better", 20, 50),
        of("north", "worse", 30, 50),
        of("south", "better", 40, 90),
        of("south", "worse", 50, 90),
    ];
    let tables = [
        table("change", &["locality", "category"], split),
        table("change", &["category"], vec![whole("better", 62, 144), whole("worse", 82, 144)]),
    ];
    let protected = protected(&tables, &[], &policy(6, true));
    let denominators: Vec<_> =
        protected.tables()[0].cells().iter().map(|c| c.denominator().to_string()).collect();
    assert_eq!(denominators, ["[c]", "[c]", "[c]", "[c]", "90", "90"]);
}

#[test]
fn a_ratio_does_not_give_away_the_count_above_it() {
    let mut ratio = measure("per_worker", Interval::None);
    ratio.kind = MeasureKind::Ratio { over: "closed".into(), under: "workers".into() };
    ratio.counted = Counted::FromParts;
    let per = Amount::Ratio { over: 3, under: 200_000, under_units: 20 };
    let shown = Amount::Ratio { over: 52, under: 200_000, under_units: 20 };
    let only = table("per_worker", &[], vec![cell(september(), &[], per)]);
    assert_eq!(protected(&[only], &[ratio], &policy(6, true)).hidden(), 1);

    // The total of the localities stands only in the ratio; it still is a total.
    let mut ratio = measure("per_worker", Interval::None);
    ratio.kind = MeasureKind::Ratio { over: "closed".into(), under: "workers".into() };
    ratio.counted = Counted::FromParts;
    let measures = [ratio, measure("closed", Interval::None), measure("workers", Interval::None)];
    let [split, total] = by_locality(&[("east", 3), ("north", 40), ("south", 9)]);
    let tables = [split.clone(), table("per_worker", &[], vec![cell(september(), &[], shown)])];
    let workers = table("workers", &[], vec![cell(september(), &[], Amount::Count(20))]);
    let months = [split, total, workers];
    let protected =
        protect(&ToRelease::first(&tables, &months), &Ground::new(&measures), &policy(6, true))
            .expect("it can");
    let split: Vec<_> =
        protected.tables()[0].cells().iter().map(|c| c.value().to_string()).collect();
    assert_eq!(split, ["[c]", "40", "[c]"]);
    assert_eq!(protected.tables()[1].cells()[0].value().to_string(), "2.60");
}

#[test]
fn the_counts_beside_a_cell_are_protected_by_themselves() {
    let with = |level: &[&str], pending, unknown| Cell {
        flow: Flow { pending, unknown, ..Flow::default() },
        ..cell(september(), level, share(20, 40))
    };
    let tables = [
        table(
            "kept",
            &["locality"],
            vec![with(&["east"], 2, 0), with(&["north"], 8, 7), with(&["south"], 9, 0)],
        ),
        table("kept", &[], vec![Cell { amount: share(60, 120), ..with(&[], 19, 7) }]),
    ];
    let protected = protected(&tables, &[], &policy(6, true));
    let cells: Vec<_> = protected.tables().iter().flat_map(|t| t.cells()).collect();
    let pending: Vec<_> = cells.iter().map(|c| c.pending().to_string()).collect();
    let unknown: Vec<_> = cells.iter().map(|c| c.unknown().to_string()).collect();
    assert_eq!(pending, ["[c]", "[c]", "9", "19"]);
    assert_eq!(unknown, ["0", "7", "0", "7"]);
    assert_eq!(protected.hidden(), 0, "the cells themselves are shown");
}

#[test]
fn a_hidden_cell_shows_nothing_at_all() {
    let flow = Flow { pending: 90, unknown: 80, left_out: vec![70, 0], ..Flow::default() };
    let cells = vec![Cell { flow, ..cell(september(), &[], share(3, 40)) }];
    let protected =
        protected(&[table("m", &[], cells)], &[measure("m", Interval::Wilson)], &policy(6, true));
    let c = &protected.tables()[0].cells()[0];
    let beside = [c.pending(), c.unknown(), c.left_out()[0], c.left_out()[1]];
    let inside = [c.numerator(), c.denominator(), c.value(), c.lower(), c.upper()];
    let hidden = |s: &Shown| *s == Shown::Symbol(Symbol::Confidential);
    assert!(beside.iter().all(hidden) && inside.iter().all(hidden));
    assert_eq!(protected.log()[0].to_string(), "m, 2026-09: small numerator");
}

#[test]
fn each_kind_of_amount_is_written_in_its_own_way() {
    let open = policy(0, true);
    let write = |amount, interval| written(amount, Flow::default(), &measure("m", interval), &open);
    assert_eq!(write(share(290, 342), Interval::Wilson), ["290", "342", "84.8%", "80.6%", "88.2%"]);
    assert_eq!(write(Amount::Count(1234), Interval::None), ["1,234", "[z]", "1,234", "[z]", "[z]"]);
    assert_eq!(write(Amount::Count(9), Interval::Byar), ["9", "[z]", "9", "4", "17"]);
    let sleep = Amount::Mean { units: 10, sum: 158_000, sum_of_squares: 3_858_000_000 };
    assert_eq!(write(sleep, Interval::T), ["[z]", "10", "1.58", "0.70", "2.46"]);
    let sum = Amount::Sum { units: 12, sum: -12_345_678 };
    assert_eq!(write(sum, Interval::None), ["[z]", "12", "\u{2212}1,234.57", "[z]", "[z]"]);
    let ratio = Amount::Ratio { over: 100, under: 405_000, under_units: 60 };
    assert_eq!(write(ratio, Interval::Byar), ["100", "40.5", "2.47", "2.01", "3.00"]);
}

#[test]
fn nothing_to_divide_by_is_not_applicable_or_not_yet_known() {
    let (open, wilson) = (policy(6, true), measure("m", Interval::Wilson));
    let none = written(share(0, 0), Flow::default(), &wilson, &open);
    assert_eq!(none, ["0", "0", "[z]", "[z]", "[z]"]);
    let pending = Flow { considered: 30, pending: 30, ..Flow::default() };
    assert_eq!(written(share(0, 0), pending, &wilson, &open), ["0", "0", "[x]", "[x]", "[x]"]);
}

#[test]
fn percentages_of_rounded_counts_come_from_the_rounded_counts() {
    let by_five = DisclosurePolicy { round_to: 5, ..policy(6, true) };
    let wilson = measure("m", Interval::Wilson);
    let found = written(share(13, 48), Flow::default(), &wilson, &by_five);
    let exact = written(share(15, 50), Flow::default(), &wilson, &policy(6, true));
    assert_eq!(found, exact);
    assert_eq!(found[2], "30.0%");
    let by_ten = DisclosurePolicy { round_to: 10, ..policy(0, true) };
    let halves: Vec<String> = [4, 5, 14, 15]
        .iter()
        .map(|n| written(Amount::Count(*n), Flow::default(), &wilson, &by_ten))
        .map(|[numerator, ..]| numerator)
        .collect();
    assert_eq!(halves, ["0", "10", "10", "20"]);
}

#[test]
fn few_rows_are_hidden_in_the_ledger() {
    let ledger = |n, t| ledger_number(n, &policy(t, true)).to_string();
    assert_eq!([ledger(0, 6), ledger(1, 6), ledger(5, 6), ledger(6, 6)], ["0", "[c]", "[c]", "6"]);
    assert_eq!(ledger(1, 0), "1");
}

#[test]
fn a_figure_has_one_status_in_all_tables_that_show_it() {
    let [split, total] = by_locality(&[("east", 3), ("north", 40), ("south", 9)]);
    let crossed = |by: [&str; 2], turn: bool| {
        let counts = [("east", "a", 3), ("north", "a", 40), ("south", "b", 9)];
        let of = |(place, team, n): (&str, &str, u64)| {
            let level = if turn { [team, place] } else { [place, team] };
            cell(september(), &level, Amount::Count(n))
        };
        table("closed", &by, counts.into_iter().map(of).collect())
    };
    let one_way = crossed(["locality", "team"], false);
    let other_way = crossed(["team", "locality"], true);
    let shown = values(&[one_way, other_way, split.clone(), split, total], &policy(6, true));
    assert_eq!(shown[0..3], shown[3..6]);
    assert_eq!(shown[6..9], shown[9..12]);
}

#[test]
fn the_log_says_what_a_cell_protects() {
    let tables = by_locality(&[("east", 3), ("north", 40), ("south", 9)]);
    let protected = protected(&tables, &[], &policy(6, true));
    let lines: Vec<String> = protected.log().iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "closed, locality east, 2026-09: small denominator",
            "closed, locality south, 2026-09: protects closed, locality east, 2026-09",
        ]
    );
    assert!(matches!(protected.log()[1].reason, Reason::Secondary { .. }));
}

#[test]
fn measures_of_the_same_cases_are_weighed_against_each_other() {
    // 40 cases closed in the east, of which 37 are counted and 3 left out: 3 follows from the other two.
    let left_out = |n| Flow { left_out: vec![n], ..Flow::default() };
    let of = |level: &str, x, n, out| Cell {
        flow: left_out(out),
        ..cell(september(), &[level], share(x, n))
    };
    let returned =
        table("returned", &["locality"], vec![of("east", 10, 37, 3), of("west", 20, 90, 0)]);
    let [closed, _] = by_locality(&[("east", 40), ("west", 90)]);
    let measures = [measure("returned", Interval::None), measure("closed", Interval::None)];
    let shown = protected(&[returned.clone(), closed.clone()], &measures, &policy(6, true));
    let denominator = shown.tables()[0].cells()[0].denominator();
    let count = shown.tables()[1].cells()[0].value();
    assert!(denominator.number().is_none() || count.number().is_none());

    // Of other cases, neither says anything about the other.
    let mut apart = measures;
    apart[1].unit = "contact".into();
    assert_eq!(protected(&[returned, closed], &apart, &policy(6, true)).hidden(), 0);
}

/// A measure of all, and one of some of them.
fn closed_and_of_those() -> [Measure; 2] {
    use crate::definitions::expression::{Checked, Expr, Literal, Type};
    let yes =
        Checked { text: "x".into(), expr: Expr::Literal(Literal::YesNo(true)), ty: Type::YesNo };
    let mut narrow = measure("of_those", Interval::None);
    narrow.population = Some(yes);
    [measure("closed", Interval::None), narrow]
}

#[test]
fn all_less_one_place_within_may_not_be_few_whoever_else_they_are() {
    // Of 36 cases 31 are of those in the east. The other 5 are 2 of those in the west and 3 of none of those: each of
    // the two may be anything up to 5, but the 5 themselves are a few.
    let hidden = |all| {
        let whole = table("closed", &[], vec![cell(september(), &[], Amount::Count(all))]);
        let of = |level, n| cell(september(), &[level], Amount::Count(n));
        let places = table("of_those", &["locality"], vec![of("east", 31), of("west", 2)]);
        protected(&[whole, places], &closed_and_of_those(), &policy(6, true)).hidden()
    };
    assert_eq!([hidden(36), hidden(60)], [2, 1]);
}

#[test]
fn a_population_within_another_may_not_differ_from_it_by_a_few() {
    let measures = closed_and_of_those();
    let one = |id: &str, n| table(id, &[], vec![cell(september(), &[], Amount::Count(n))]);
    let hidden = |all, some| {
        protected(&[one("closed", all), one("of_those", some)], &measures, &policy(6, true))
            .hidden()
    };
    assert_eq!([hidden(50, 47), hidden(50, 40), hidden(50, 50)], [1, 0, 0]);
}

#[test]
fn what_two_measures_ask_alike_holds_for_the_same_people() {
    use crate::definitions::expression::{Checked, Expr, Name, Type};
    let asks = |fact: &str| MeasureKind::Proportion {
        numerator: Checked {
            text: fact.into(),
            expr: Expr::Name(Name::Fact(fact.into())),
            ty: Type::YesNo,
        },
    };
    // 50 cases of which it lasted for 30; among them 44 of which it lasted for 28. Of the other 6 it lasted for 2.
    let hidden = |asked: [&str; 2]| {
        let mut measures = closed_and_of_those();
        for (measure, fact) in measures.iter_mut().zip(asked) {
            measure.kind = asks(fact);
        }
        let one = |id: &str, amount| table(id, &[], vec![cell(september(), &[], amount)]);
        let tables = [one("closed", share(30, 50)), one("of_those", share(28, 44))];
        protected(&tables, &measures, &policy(6, true)).hidden()
    };
    assert_eq!([hidden(["lasted", "lasted"]), hidden(["lasted", "known"])], [1, 0]);
}

#[test]
fn a_part_of_a_quarter_that_no_table_shows_may_not_be_small_either() {
    let month = |code: &str, n| cell(Period::parse(code).expect("a month"), &[], Amount::Count(n));
    let quarter = cell(Period::parse("2026-27-Q2").expect("a quarter"), &[], Amount::Count(53));
    let tables = [
        table("closed", &[], vec![month("2026-07", 20), month("2026-08", 30)]),
        table("closed", &[], vec![quarter]),
    ];
    let months = [month("2026-07", 20), month("2026-08", 30), month("2026-09", 3)];
    let months = [table("closed", &[], months.to_vec())];
    let protected =
        protect(&ToRelease::first(&tables, &months), &Ground::default(), &policy(6, true))
            .expect("it can");
    assert_eq!(protected.hidden(), 1);
    let wrong = [table(
        "closed",
        &[],
        vec![month("2026-07", 20), month("2026-08", 30), month("2026-09", 4)],
    )];
    assert!(
        protect(&ToRelease::first(&tables, &wrong), &Ground::default(), &policy(6, true)).is_err(),
        "it does not add up"
    );
}

#[test]
fn that_a_quarter_is_small_is_kept_before_anybody_asks_for_it() {
    let attacked = |months: [&str; 3]| {
        let month = |code| cell(Period::parse(code).expect("a month"), &[], Amount::Count(1));
        let months = [table("closed", &[], months.map(month).to_vec())];
        protected(&months, &[], &policy(6, true)).audited().attacked
    };
    let of_two_quarters = attacked(["2026-06", "2026-07", "2026-08"]);
    assert!(attacked(["2026-07", "2026-08", "2026-09"]) > of_two_quarters);
}

#[test]
fn a_share_that_holds_for_everybody_says_something_about_each_of_them() {
    let tables = by_share(&[(40, 40), (20, 50)]);
    let strict = DisclosurePolicy { hide_full_and_empty: true, ..policy(6, true) };
    assert_eq!(protected(&tables, &[], &policy(6, true)).hidden(), 0);
    assert_eq!(
        protected(&tables, &[], &strict).hidden(),
        2,
        "and the other, by which it could be told"
    );
}

/// A share by locality with its total.
fn by_share(shares: &[(u64, u64)]) -> [Table; 2] {
    let names = ["east", "north", "south", "west"];
    let of = |(level, (x, n)): (&&str, &(u64, u64))| cell(september(), &[level], share(*x, *n));
    let (x, n) = shares.iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    [
        table("kept", &["locality"], names.iter().zip(shares).map(of).collect()),
        table("kept", &[], vec![cell(september(), &[], share(x, n))]),
    ]
}
