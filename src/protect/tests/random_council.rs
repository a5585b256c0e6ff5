//! Random councils: counts by month, locality and team, and the tables made from them.
//!
//! `EARLY_HELP_COUNCILS=5000 cargo test random_council` looks at more of them, and `=858..860` at these.

use std::collections::BTreeMap;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::calendar::{Period, PeriodKind};
use crate::definitions::measure::Interval;
use crate::measure::{Amount, Cell, Flow, Table};
use crate::protect::tests::{attacker, cell, measure, policy};
use crate::protect::{Ground, Protected, PublishedCell, Shown, ToRelease, protect};

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
pub(super) struct Council {
    pub(super) tables: Vec<Table>,
    /// The months behind them.
    pub(super) months: Vec<Table>,
    pub(super) threshold: u64,
    pub(super) zeros: bool,
}

/// How many, of how many, in one month, locality and team, how many are pending, and how many of the
/// first are better by much.
type Inner = (u64, u64, u64, u64);

fn inner(dice: &mut ChaCha8Rng) -> Inner {
    let whole = match dice.random_range(0..10_u8) {
        0..3 => 0,
        3..7 => dice.random_range(1..6_u64),
        _ => dice.random_range(6..40),
    };
    let pending = if dice.random_range(0..8_u8) < 6 { 0 } else { dice.random_range(1..8_u64) };
    let part = whole * dice.random_range(0..=4_u64) / 4;
    (part, whole, pending, part / 2)
}

#[derive(Debug, Clone, Copy)]
enum Form {
    Count,
    Proportion,
    Distribution,
}

impl Council {
    pub(super) fn new(seed: u64) -> Self {
        let dice = &mut ChaCha8Rng::seed_from_u64(seed);
        let form =
            [Form::Count, Form::Proportion, Form::Distribution][dice.random_range(0..3_usize)];
        let (localities, teams) =
            [(1, 1), (3, 1), (1, 3), (2, 2), (3, 2)][dice.random_range(0..5_usize)];
        let count = localities * teams * MONTHS as usize;
        let inner = (0..count).map(|_| inner(dice)).collect();
        let base = Base { inner, localities, teams, form };
        let (mut tables, mut months) = (Vec::new(), Vec::new());
        for split in 0..4_u8 {
            if dice.random() {
                months.push(base.table(split & 1 > 0, split & 2 > 0, PeriodKind::Month));
                let wanted = KINDS.iter().filter(|_| dice.random());
                for kind in wanted.collect::<Vec<_>>() {
                    tables.push(base.table(split & 1 > 0, split & 2 > 0, *kind));
                }
            }
        }
        let threshold = [3, 5, 10][dice.random_range(0..3_usize)];
        Self { tables, months, threshold, zeros: dice.random() }
    }
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

fn protected(seed: u64, council: &Council) -> Protected {
    let policy = policy(council.threshold, council.zeros);
    let measures = [measure("m", Interval::None)];
    let protected = protect(
        &ToRelease::first(&council.tables, &council.months),
        &Ground::new(&measures),
        &policy,
    );
    protected.unwrap_or_else(|e| panic!("council {seed} can be protected: {e}"))
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

pub(super) fn councils() -> std::ops::Range<u64> {
    let asked = std::env::var("EARLY_HELP_COUNCILS").unwrap_or_default();
    let (first, end) = asked.split_once("..").unwrap_or(("0", &asked));
    first.parse().unwrap_or(0)..end.parse().unwrap_or(96)
}

#[test]
fn nothing_small_is_shown_what_is_shown_is_true_and_subtraction_finds_nothing() {
    for seed in councils() {
        let council = Council::new(seed);
        let protected = protected(seed, &council);
        shows_nothing_small_and_only_what_is_true(seed, &council, &protected);
        let Council { tables, threshold, zeros, .. } = &council;
        let found = attacker::attack(tables, protected.tables(), *threshold, *zeros);
        assert!(found.is_empty(), "council {seed}: {}", found.join("\n"));
    }
}

fn shows_nothing_small_and_only_what_is_true(seed: u64, council: &Council, shown: &Protected) {
    for (before, after) in pairs(council, shown) {
        let (part, whole) = match before.amount {
            Amount::Proportion { numerator, denominator } => (numerator, denominator),
            Amount::Count(n) => (n, n),
            _ => unreachable!("no other amounts are made"),
        };
        let shown = [after.numerator(), after.denominator(), after.pending()].map(count);
        if let Some(numerator) = shown[0] {
            let is_count = matches!(before.amount, Amount::Count(_));
            assert_eq!(numerator, part, "council {seed}");
            assert_eq!(shown[1], (!is_count).then_some(whole), "council {seed}");
        }
        assert!(shown[2].is_none_or(|n| n == before.flow.pending), "council {seed}");
        let rest = shown[0].zip(shown[1]).map(|(part, whole)| whole - part);
        for n in shown.into_iter().take(2).chain([rest]).flatten() {
            let fine = n >= council.threshold || (n == 0 && council.zeros);
            assert!(fine, "council {seed}: {n} is shown");
        }
        let fine = shown[2].is_none_or(|n| n >= council.threshold || n == 0);
        assert!(fine, "council {seed}: {shown:?}");
    }
}

#[test]
fn without_a_threshold_everything_is_shown() {
    for seed in councils() {
        let open = Council { threshold: 0, ..Council::new(seed) };
        let protected = protected(seed, &open);
        assert_eq!(protected.hidden(), 0, "council {seed}");
        for (_, after) in pairs(&open, &protected) {
            let shown = count(after.numerator()).is_some() && count(after.pending()).is_some();
            assert!(shown, "council {seed}");
        }
    }
}

#[test]
fn the_order_of_the_tables_makes_no_difference() {
    for seed in councils().step_by(8) {
        let council = Council::new(seed);
        let forwards = protected(seed, &council);
        let turned = Council { tables: council.tables.iter().rev().cloned().collect(), ..council };
        let backwards = protected(seed, &turned);
        assert_eq!(forwards.log(), backwards.log(), "council {seed}");
        let turned_back: Vec<_> = backwards.tables().iter().rev().cloned().collect();
        assert_eq!(forwards.tables(), &turned_back[..], "council {seed}");
    }
}
