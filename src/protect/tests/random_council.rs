//! Random councils: counts by month, locality and team, and the tables made from them.

use std::collections::BTreeMap;
use std::fmt;

use proptest::prelude::*;

use crate::calendar::{Period, PeriodKind};
use crate::definitions::measure::Interval;
use crate::measure::{Amount, Cell, Flow, Table};
use crate::protect::tests::{attacker, cell, measure, policy};
use crate::protect::{Protected, PublishedCell, Shown, protect};

const KINDS: [PeriodKind; 4] = [
    PeriodKind::Month,
    PeriodKind::Quarter,
    PeriodKind::FinancialYear,
    PeriodKind::Rolling12Months,
];
const MONTHS: i32 = 15;
/// April 2025.
const FIRST_MONTH: i32 = 2025 * 12 + 3;

/// What a random council publishes.
#[derive(Clone)]
struct Council {
    tables: Vec<Table>,
    /// The months behind them.
    months: Vec<Table>,
    threshold: u64,
    zeros: bool,
}

/// The cells in a line each: proptest prints what fails.
impl fmt::Debug for Council {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "threshold {}, zeros shown: {}", self.threshold, self.zeros)?;
        for table in &self.tables {
            for cell in table.cells.iter().filter(|c| c.amount != Amount::Count(0)) {
                let level: Vec<_> = cell.level.iter().map(|l| &l.code).collect();
                writeln!(f, "{} {level:?} {:?}", cell.period.code(), cell.amount)?;
            }
        }
        Ok(())
    }
}

/// How many, of how many, in one month, locality and team, how many are pending, and how many of the
/// first are better by much.
type Inner = (u64, u64, u64, u64);

fn inner() -> impl Strategy<Value = Inner> {
    let size = prop_oneof![3 => Just(0_u64), 4 => 1..6_u64, 3 => 6..40_u64];
    (size, 0..=4_u64, prop_oneof![6 => Just(0_u64), 2 => 1..8_u64]).prop_map(
        |(whole, quarters, pending)| {
            let part = whole * quarters / 4;
            (part, whole, pending, part / 2)
        },
    )
}

#[derive(Debug, Clone, Copy)]
enum Form {
    Count,
    Proportion,
    Distribution,
}

fn council() -> impl Strategy<Value = Council> {
    let form = prop_oneof![Just(Form::Count), Just(Form::Proportion), Just(Form::Distribution)];
    let sizes = (1..4_usize, 1..4_usize);
    let splits = proptest::collection::vec(any::<bool>(), 4);
    let kinds = proptest::collection::vec(prop_oneof![2 => Just(true), 1 => Just(false)], 16);
    let rule = (prop_oneof![Just(3_u64), Just(5), Just(10)], any::<bool>());
    (form, sizes, splits, kinds, rule).prop_flat_map(|(form, (a, b), splits, kinds, rule)| {
        let count = a * b * MONTHS as usize;
        proptest::collection::vec(inner(), count).prop_map(move |inner| {
            let base = Base { inner, localities: a, teams: b, form };
            let (mut tables, mut months) = (Vec::new(), Vec::new());
            for (split, _) in splits.iter().enumerate().filter(|(_, wanted)| **wanted) {
                months.push(base.table(split & 1 > 0, split & 2 > 0, PeriodKind::Month));
                for (kind, _) in KINDS.iter().zip(&kinds[4 * split..]).filter(|(_, w)| **w) {
                    tables.push(base.table(split & 1 > 0, split & 2 > 0, *kind));
                }
            }
            Council { tables, months, threshold: rule.0, zeros: rule.1 }
        })
    })
}

struct Base {
    inner: Vec<Inner>,
    localities: usize,
    teams: usize,
    form: Form,
}

impl Base {
    fn table(&self, by_locality: bool, by_team: bool, kind: PeriodKind) -> Table {
        let mut sums: BTreeMap<(Period, Vec<String>), Inner> = BTreeMap::new();
        let last = FIRST_MONTH + MONTHS - 1;
        let periods = (FIRST_MONTH..=last).filter_map(|month| {
            let end = Period::from_number(PeriodKind::Month, month).end();
            let period = Period::ending_with(kind, end)?;
            let first = period.months().first().map_or(month, |m| m.number());
            (first >= FIRST_MONTH).then_some(period)
        });
        for period in periods {
            for month in period.months() {
                for locality in 0..self.localities {
                    for team in 0..self.teams {
                        let at = usize::try_from(month.number() - FIRST_MONTH).expect("in range");
                        let at = (at * self.localities + locality) * self.teams + team;
                        let (part, whole, pending, better) = self.inner[at];
                        let level = [
                            by_locality.then(|| format!("locality {locality}")),
                            by_team.then(|| format!("team {team}")),
                        ];
                        let level = level.into_iter().flatten().collect();
                        let sum = sums.entry((period, level)).or_default();
                        *sum = (sum.0 + part, sum.1 + whole, sum.2 + pending, sum.3 + better);
                    }
                }
            }
        }
        let mut by: Vec<String> = Vec::new();
        by.extend(by_locality.then(|| "locality".into()));
        by.extend(by_team.then(|| "team".into()));
        let cells = sums.iter().flat_map(|((period, level), sum)| self.cells(*period, level, *sum));
        let cells = cells.collect();
        if matches!(self.form, Form::Distribution) {
            by.push("category".into());
        }
        Table { measure: "m".into(), unit: "cases".into(), by, cells }
    }

    fn cells(
        &self,
        period: Period,
        level: &[String],
        (part, whole, pending, better): Inner,
    ) -> Vec<Cell> {
        let make = |category: Option<&'static str>, amount| {
            let level: Vec<&str> = level.iter().map(String::as_str).chain(category).collect();
            let flow = Flow { pending, ..Flow::default() };
            Cell { flow, ..cell(period, &level, amount) }
        };
        let share = |numerator| Amount::Proportion { numerator, denominator: whole };
        match self.form {
            Form::Count => vec![make(None, Amount::Count(whole))],
            Form::Proportion => vec![make(None, share(part))],
            Form::Distribution => vec![
                make(Some("better"), share(better)),
                make(Some("same"), share(part - better)),
                make(Some("worse"), share(whole - part)),
            ],
        }
    }
}

fn protected(council: &Council) -> Protected {
    let policy = policy(council.threshold, council.zeros);
    let measures = [measure("m", Interval::None)];
    protect(&council.tables, &council.months, &measures, &policy).expect("it can be protected")
}

pub(super) fn count(shown: Shown) -> Option<u64> {
    shown.number().and_then(|n| n.plain().parse().ok())
}

fn pairs<'a>(
    council: &'a Council,
    protected: &'a Protected,
) -> impl Iterator<Item = (&'a Cell, &'a PublishedCell)> {
    let tables = council.tables.iter().zip(protected.tables());
    tables.flat_map(|(before, after)| before.cells.iter().zip(after.cells()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_small_count_is_shown_and_what_is_shown_is_true(council in council()) {
        let protected = protected(&council);
        for (before, after) in pairs(&council, &protected) {
            let (part, whole) = match before.amount {
                Amount::Proportion { numerator, denominator } => (numerator, denominator),
                Amount::Count(n) => (n, n),
                _ => unreachable!("no other amounts are made"),
            };
            let shown = [after.numerator(), after.denominator(), after.pending()].map(count);
            if let Some(numerator) = shown[0] {
                let is_count = matches!(before.amount, Amount::Count(_));
                prop_assert_eq!(numerator, part);
                prop_assert_eq!(shown[1], (!is_count).then_some(whole));
            }
            prop_assert!(shown[2].is_none_or(|n| n == before.flow.pending));
            let rest = shown[0].zip(shown[1]).map(|(part, whole)| whole - part);
            for n in shown.into_iter().take(2).chain([rest]).flatten() {
                prop_assert!(n >= council.threshold || (n == 0 && council.zeros), "{n} is shown");
            }
            prop_assert!(shown[2].is_none_or(|n| n >= council.threshold || n == 0));
        }
    }

    #[test]
    fn subtraction_finds_nothing(council in council()) {
        let protected = protected(&council);
        let found = attacker::attack(&council.tables, protected.tables(), council.threshold, council.zeros);
        prop_assert!(found.is_empty(), "{}", found.join("\n"));
    }

    #[test]
    fn without_a_threshold_everything_is_shown(council in council()) {
        let open = Council { threshold: 0, ..council };
        let protected = protected(&open);
        prop_assert_eq!(protected.hidden(), 0);
        for (_, after) in pairs(&open, &protected) {
            prop_assert!(count(after.numerator()).is_some() && count(after.pending()).is_some());
        }
    }

    #[test]
    fn the_order_of_the_tables_makes_no_difference(council in council()) {
        let forwards = protected(&council);
        let turned = Council { tables: council.tables.iter().rev().cloned().collect(), ..council };
        let backwards = protected(&turned);
        prop_assert_eq!(forwards.log(), backwards.log());
        let turned_back: Vec<_> = backwards.tables().iter().rev().cloned().collect();
        prop_assert_eq!(forwards.tables(), &turned_back[..]);
    }
}
