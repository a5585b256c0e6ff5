//! Cells: for each period and level, go through every unit and ask what it counts as.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use early_help::calendar::{Day, Period};
use early_help::definitions::Definitions;
use early_help::definitions::expression::{Expr, Name, Type};
use early_help::definitions::measure::{
    Counted, ImmatureCounts, Measure, MeasureKind, UnknownCounts,
};
use early_help::definitions::test::TestKind;
use early_help::definitions::unit::UnitRows;
use early_help::evaluate::Verdict;
use early_help::measure::{
    Amount, CATEGORY, Cell, Flow, Level, NOT_RECORDED, TEN_THOUSANDTHS, Table, TableRequest,
};
use early_help::statistics::Quartile;

use super::expression::{Setting, evaluate};
use super::levels;
use super::test_result::fact;
use super::value::{Council, Value};
use super::verdicts;
use super::world::{Subject, World};

/// The table of one request.
pub(crate) fn cells(definitions: &Definitions, council: &Council, request: &TableRequest) -> Table {
    cells_in(&World::new(definitions, council), request)
}

/// The table of one request, when there are many of them for one council.
pub(crate) fn cells_in(world: &World, request: &TableRequest) -> Table {
    let definitions = world.definitions;
    let measure = definitions.measure(&request.measure).expect("a declared measure");
    let plural = definitions.unit(&measure.unit).expect("a declared unit").plural.clone();
    let periods: Vec<Period> =
        request.periods.iter().copied().filter(|p| p.end() <= world.as_at()).collect();
    let mut table = Table {
        measure: measure.id.clone(),
        unit: plural,
        by: request.by.clone(),
        cells: Vec::new(),
    };
    if let MeasureKind::Ratio { over, under } = &measure.kind {
        table.cells = ratios(world, (over, under), &request.by, &periods);
        return table;
    }

    let tallies = Tallies::new(world, measure, &request.by);
    let category = matches!(measure.kind, MeasureKind::Distribution { .. });
    if category {
        table.by.push(CATEGORY.to_owned());
    }
    for period in periods {
        for level in crossings(&tallies.levels) {
            let of =
                |by: &str| request.by.iter().position(|b| b == by).map(|at| level[at].code.clone());
            if let (Some(from), Some(to)) = (of("from_level"), of("to_level"))
                && from == to
            {
                continue;
            }
            let codes: Vec<&str> = level.iter().map(|l| l.code.as_str()).collect();
            let tally = tallies.over(period, &codes);
            if category {
                for own in &tallies.categories {
                    let numerator = tally.of_category(&own.code);
                    let amount = Amount::Proportion { numerator, denominator: tally.flow.counted };
                    let mut level = level.clone();
                    level.push(own.clone());
                    table.cells.push(Cell { period, level, amount, flow: tally.flow.clone() });
                }
            } else {
                let amount = tally.amount(&measure.kind);
                table.cells.push(Cell { period, level, amount, flow: tally.flow });
            }
        }
    }
    if category {
        drop_empty_not_recorded(&mut table);
    }
    table
}

/// "Not recorded" is a category of a table only if the table has any.
fn drop_empty_not_recorded(table: &mut Table) {
    let is_it = |cell: &Cell| cell.level.last().is_some_and(|l| l.code == NOT_RECORDED);
    let has_any = |cell: &Cell| !matches!(cell.amount, Amount::Proportion { numerator: 0, .. });
    if !table.cells.iter().any(|c| is_it(c) && has_any(c)) {
        table.cells.retain(|c| !is_it(c));
    }
}

/// Every level that either part has, those of the upper one first.
fn ratios(
    world: &World,
    (over, under): (&str, &str),
    by: &[String],
    periods: &[Period],
) -> Vec<Cell> {
    let part = |id: &str, period: Period| {
        let request =
            TableRequest { measure: id.to_owned(), by: by.to_vec(), periods: vec![period] };
        cells_in(world, &request).cells
    };
    let mut cells = Vec::new();
    for &period in periods {
        let (above, below) = (part(over, period), part(under, period));
        let mut levels: Vec<Vec<Level>> = Vec::new();
        for cell in above.iter().chain(&below) {
            if !levels.contains(&cell.level) {
                levels.push(cell.level.clone());
            }
        }
        for level in levels {
            let at = |cells: &[Cell]| cells.iter().find(|c| c.level == level).cloned();
            let (above, below) = (at(&above), at(&below));
            let (under, under_units) = match below.as_ref().map(|b| (b.amount, &b.flow)) {
                None => (0, 0),
                Some((Amount::Sum { units, sum }, _)) => (sum, units),
                Some((_, flow)) => (whole(flow.counted) * TEN_THOUSANDTHS, flow.counted),
            };
            let over = match above.as_ref().map(|a| (a.amount, &a.flow)) {
                None => 0,
                Some((Amount::Sum { sum, .. }, _)) => {
                    (sum as f64 / TEN_THOUSANDTHS as f64).round() as u64
                }
                Some((_, flow)) => flow.counted,
            };
            let amount = Amount::Ratio { over, under, under_units };
            let flow = above.map(|a| a.flow).unwrap_or_default();
            cells.push(Cell { period, level, amount, flow });
        }
    }
    cells
}

fn whole(n: u64) -> i64 {
    i64::try_from(n).expect("a small council")
}

/// What one unit counts as in one month.
#[derive(Clone)]
enum Standing {
    /// Left out for the reason with this place.
    LeftOut(usize),
    /// Not due yet.
    Pending,
    /// Not due yet, and in the denominator.
    PendingCounted,
    /// Not known, and not in the denominator.
    UnknownLeftOut,
    /// Not known, and in the denominator.
    UnknownCounted,
    /// Known.
    Counted(Value),
}

/// What the units of one cell come to.
#[derive(Default)]
struct Tally {
    flow: Flow,
    numerator: u64,
    sum: i64,
    sum_of_squares: i128,
    values: Vec<i64>,
    categories: BTreeMap<String, u64>,
}

impl Tally {
    fn of_category(&self, code: &str) -> u64 {
        self.categories.get(code).copied().unwrap_or(0)
    }

    fn take(&mut self, standing: &Standing, kind: &MeasureKind) {
        self.flow.considered += 1;
        match standing {
            Standing::LeftOut(reason) => self.flow.left_out[*reason] += 1,
            Standing::Pending => self.flow.pending += 1,
            Standing::PendingCounted => {
                self.flow.pending += 1;
                self.flow.pending_as_not_met += 1;
                self.flow.counted += 1;
            }
            Standing::UnknownLeftOut => {
                self.flow.unknown += 1;
                self.flow.unknown_left_out += 1;
            }
            Standing::UnknownCounted => {
                self.flow.unknown += 1;
                self.flow.counted += 1;
                *self.categories.entry(NOT_RECORDED.to_owned()).or_default() += 1;
            }
            Standing::Counted(value) => {
                self.flow.counted += 1;
                match kind {
                    MeasureKind::Proportion { .. } => {
                        self.numerator += u64::from(value.truth() == Some(true));
                    }
                    MeasureKind::Distribution { .. } => {
                        *self.categories.entry(levels::code_of(value)).or_default() += 1;
                    }
                    MeasureKind::Sum { .. }
                    | MeasureKind::Mean { .. }
                    | MeasureKind::Quartile { .. } => {
                        let value = value.number().unwrap_or(0.0) * TEN_THOUSANDTHS as f64;
                        let value = value.round() as i64;
                        self.sum += value;
                        self.sum_of_squares += i128::from(value) * i128::from(value);
                        self.values.push(value);
                    }
                    MeasureKind::Count | MeasureKind::Ratio { .. } => {}
                }
            }
        }
    }

    fn amount(&self, kind: &MeasureKind) -> Amount {
        let units = self.flow.counted;
        match kind {
            MeasureKind::Proportion { .. } => {
                Amount::Proportion { numerator: self.numerator, denominator: units }
            }
            MeasureKind::Sum { .. } => Amount::Sum { units, sum: self.sum },
            MeasureKind::Mean { .. } => {
                Amount::Mean { units, sum: self.sum, sum_of_squares: self.sum_of_squares }
            }
            MeasureKind::Quartile { which, .. } => quartile(&self.values, *which),
            MeasureKind::Count | MeasureKind::Distribution { .. } | MeasureKind::Ratio { .. } => {
                Amount::Count(units)
            }
        }
    }
}

/// The value in which so many quarters of all end, and the values at the ends of its interval: the two that lie as far
/// in as they can, while chance leaves no more than one in forty beyond each.
fn quartile(values: &[i64], which: Quartile) -> Amount {
    let mut values = values.to_vec();
    values.sort();
    let n = values.len();
    if n == 0 {
        return Amount::Median { units: 0, twice: 0, limits: None };
    }
    let quarters = match which {
        Quartile::Lower => 1,
        Quartile::Middle => 2,
        Quartile::Upper => 3,
    };
    // The least value that so many quarters have or are below, and the greatest below which no more than these are.
    let at_or_below = |v: &i64| values.iter().filter(|other| *other <= v).count();
    let below = |v: &i64| values.iter().filter(|other| *other < v).count();
    let least = values.iter().find(|v| 4 * at_or_below(v) >= quarters * n).expect("a value");
    let greatest = values.iter().rfind(|v| 4 * below(v) <= quarters * n).expect("a value");
    let twice = least + greatest;
    // How far in from below, where each lies below with this chance: step by step through the values.
    let inwards = |chance: f64| {
        let mut ways = vec![1.0_f64];
        for _ in 0..n {
            let mut next = vec![0.0; ways.len() + 1];
            for (k, way) in ways.iter().enumerate() {
                next[k] += way * (1.0 - chance);
                next[k + 1] += way * chance;
            }
            ways = next;
        }
        let (mut inwards, mut beyond) = (0, 0.0);
        while beyond + ways[inwards] <= 0.025 {
            beyond += ways[inwards];
            inwards += 1;
        }
        inwards
    };
    let chance = quarters as f64 / 4.0;
    let (from_below, from_above) = (inwards(chance), inwards(1.0 - chance));
    let least_allowed = if which == Quartile::Middle { 1 } else { 2 };
    let sure = from_below.min(from_above) >= least_allowed;
    let limits = sure.then(|| (values[from_below - 1], values[n - from_above]));
    Amount::Median { units: n as u64, twice, limits }
}

type Standings = BTreeMap<(u32, Period), Option<(Standing, bool)>>;

/// Every unit of a measure with the codes of its levels, and the levels there are.
struct Tallies<'t> {
    world: &'t World<'t>,
    measure: &'t Measure,
    subjects: Vec<(Subject<'t>, Vec<String>)>,
    levels: Vec<Vec<Level>>,
    categories: Vec<Level>,
    /// What units count as, and whether that rests on a decision, by row and month, as far as somebody
    /// has asked.
    standings: RefCell<Standings>,
}

impl<'t> Tallies<'t> {
    fn new(world: &'t World<'t>, measure: &'t Measure, by: &[String]) -> Self {
        let definitions = world.definitions;
        let unit = definitions.unit(&measure.unit).expect("a declared unit");
        let breakdowns: Vec<_> =
            by.iter().map(|id| definitions.breakdown(id).expect("a declared breakdown")).collect();
        let subjects: Vec<(Subject, Vec<String>)> = world
            .subjects(unit)
            .into_iter()
            .map(|subject| {
                let codes = breakdowns.iter().map(|b| levels::level_of(b, &subject)).collect();
                (subject, codes)
            })
            .collect();
        let levels = breakdowns
            .iter()
            .enumerate()
            .map(|(at, breakdown)| {
                let occurring = subjects.iter().map(|(_, codes)| codes[at].clone()).collect();
                levels::levels(definitions, breakdown, &occurring)
            })
            .collect();
        let (categories, standings) = (Vec::new(), RefCell::default());
        let mut tallies = Self { world, measure, subjects, levels, categories, standings };
        tallies.categories = tallies.categories();
        tallies
    }

    fn categories(&self) -> Vec<Level> {
        let MeasureKind::Distribution { value, categories } = &self.measure.kind else {
            return Vec::new();
        };
        let mut words: Vec<String> = match &value.ty {
            Type::Code(list) => list.codes.clone(),
            _ => Vec::new(),
        };
        if !categories.is_empty() {
            words = categories.iter().map(|at| words[*at as usize].clone()).collect();
        }
        let occurring: BTreeSet<String> = self
            .subjects
            .iter()
            .filter(|(subject, _)| !undecided(self.world, subject, &value.expr))
            .map(|(subject, _)| {
                let here = Setting::new(self.world).subject(subject);
                levels::code_of(&evaluate(&value.expr, &here))
            })
            .collect();
        levels::categories(&words, &occurring)
    }

    fn asks_when_it_began(&self) -> bool {
        let names = self.measure.expressions().flat_map(|e| e.expr.names());
        names.into_iter().any(|name| match name {
            Name::PeriodStart => true,
            Name::Fact(id) => {
                self.world.definitions.fact(&id).is_some_and(|f| f.test.asks_about_period_start())
            }
            _ => false,
        })
    }

    /// The units of a period with these levels: of each of its months, or of its last for a stock.
    fn over(&self, period: Period, codes: &[&str]) -> Tally {
        let mut tally = Tally::default();
        tally.flow.left_out = vec![0; self.measure.exclude.len() + self.measure.except.len()];
        let months = match self.measure.counted {
            // A quarter's stock is that of its last month, unless the measure asks when it began.
            Counted::AtPeriodEnd if self.asks_when_it_began() => vec![period],
            Counted::AtPeriodEnd => vec![period.last_month()],
            Counted::On { .. } | Counted::FromParts => period.months(),
        };
        for month in months {
            for (subject, levels) in &self.subjects {
                if levels != codes || !in_month(self.world, self.measure, subject, month) {
                    continue;
                }
                // Longer periods ask of the same months again.
                let key = (subject.row.number, month);
                let known = self.standings.borrow().get(&key).cloned();
                let standing = known.unwrap_or_else(|| {
                    let standing = standing(self.world, self.measure, subject, month)?;
                    Some((standing, decided(self.world, self.measure, subject)))
                });
                self.standings.borrow_mut().insert(key, standing.clone());
                if let Some((standing, decided)) = standing {
                    let before = tally.flow.counted;
                    tally.take(&standing, &self.measure.kind);
                    tally.flow.overridden += u64::from(decided && tally.flow.counted > before);
                }
            }
        }
        tally
    }
}

/// All combinations of levels, the last breakdown running fastest; one empty one if there are none.
fn crossings(levels: &[Vec<Level>]) -> Vec<Vec<Level>> {
    let mut all = vec![Vec::new()];
    for breakdown in levels {
        let mut longer = Vec::new();
        for start in &all {
            for level in breakdown {
                let mut crossing: Vec<Level> = start.clone();
                crossing.push(level.clone());
                longer.push(crossing);
            }
        }
        all = longer;
    }
    all
}

fn in_month(world: &World, measure: &Measure, subject: &Subject, month: Period) -> bool {
    match &measure.counted {
        Counted::On { column, parent } => {
            let of = if *parent { subject.parent.as_deref() } else { Some(subject) };
            let day: Option<Day> = match column.ends_with(".met_on") {
                true => verdicts::claim_met_on(world, subject, column),
                false => of.and_then(|of| of.value(column).day()),
            };
            day.is_some_and(|day| Period::month_of(day) == month)
        }
        Counted::AtPeriodEnd => {
            // A member is there with the unit that it belongs to, and while it belongs to the family.
            let member = matches!(subject.unit.rows, UnitRows::Members { .. });
            let lasting = if member { subject.parent.as_deref() } else { Some(subject) };
            let Some(lasting) = lasting else { return false };
            let Some((start, end)) = lasting.source.and_then(|s| s.shape.dates()) else {
                return false;
            };
            let there = |start: Option<Day>, end: Option<Day>, since_ever: bool| {
                start.map_or(since_ever, |start| start <= month.end())
                    && end.is_none_or(|end| end > month.end())
            };
            let day = |of: &Subject, column: &str| of.row.get(column).day();
            there(day(lasting, start), day(lasting, end), false)
                && (!member || there(day(subject, "joined_on"), day(subject, "left_on"), true))
        }
        Counted::FromParts => false,
    }
}

/// What a unit counts as; nothing if it is not in the population.
fn standing(
    world: &World,
    measure: &Measure,
    subject: &Subject,
    month: Period,
) -> Option<Standing> {
    let subject = &Subject { period: Some(month), ..subject.clone() };
    let here = Setting { period: Some(month), ..Setting::new(world).subject(subject) };
    let holds = |e: &Expr| evaluate(e, &here).truth() == Some(true);
    if measure.population.as_ref().is_some_and(|population| !holds(&population.expr)) {
        return None;
    }
    if let Some(reason) = measure.exclude.iter().position(|e| holds(&e.when.expr)) {
        return Some(Standing::LeftOut(reason));
    }
    if need_is_pending(subject) {
        return Some(Standing::Pending);
    }
    let asked = match &measure.kind {
        MeasureKind::Count | MeasureKind::Ratio { .. } => {
            return Some(Standing::Counted(Value::Nothing));
        }
        MeasureKind::Proportion { numerator: asked }
        | MeasureKind::Sum { value: asked }
        | MeasureKind::Mean { value: asked }
        | MeasureKind::Quartile { value: asked, .. }
        | MeasureKind::Distribution { value: asked, .. } => asked,
    };
    let leaves_out = match measure.kind {
        MeasureKind::Mean { .. } | MeasureKind::Quartile { .. } => true,
        MeasureKind::Distribution { .. } => false,
        _ => measure.unknown == UnknownCounts::LeaveOut,
    };
    let answer = evaluate(&asked.expr, &here);
    let standing = match (undecided(world, subject, &asked.expr), answer) {
        (true, _) if measure.immature == ImmatureCounts::LeaveOut => Standing::Pending,
        (true, Value::Nothing) => Standing::PendingCounted,
        (_, Value::Nothing) if measure.missing_is_not_met => Standing::Counted(Value::YesNo(false)),
        (_, Value::Nothing) if leaves_out => Standing::UnknownLeftOut,
        (_, Value::Nothing) => Standing::UnknownCounted,
        (_, value) => Standing::Counted(value),
    };
    // Those who would be in the denominator without being in the numerator may be excused.
    let would_fail = match &standing {
        Standing::Counted(value) => value.truth() == Some(false),
        Standing::PendingCounted | Standing::UnknownCounted => true,
        Standing::LeftOut(_) | Standing::Pending | Standing::UnknownLeftOut => false,
    };
    let excuse = measure.except.iter().position(|e| holds(&e.when.expr));
    Some(match excuse {
        Some(reason) if would_fail => Standing::LeftOut(measure.exclude.len() + reason),
        _ => standing,
    })
}

/// Whether a verdict that the measure asks for of a unit stands by somebody's decision.
fn decided(world: &World, measure: &Measure, subject: &Subject) -> bool {
    let asked = measure.population.iter().chain(measure.asks());
    subject.own("overridden") == Some(Value::YesNo(true))
        || asked.into_iter().any(|asked| by_decision(world, subject, &asked.expr))
}

fn by_decision(world: &World, subject: &Subject, expr: &Expr) -> bool {
    expr.names().iter().any(|name| match name {
        Name::Need(id) => verdicts::need_decided(world, subject, id),
        Name::Outcome(id) => verdicts::outcome_decided(world, subject, id),
        Name::Claim(id) => verdicts::claim_decided(world, subject, id),
        Name::Fact(id) => match &world.definitions.fact(id).expect("a fact").test.kind {
            TestKind::When(when) => by_decision(world, subject, &when.expr),
            TestKind::Rows(_) => false,
        },
        _ => false,
    })
}

/// Whether the unit is a need of a case that is not decided yet.
fn need_is_pending(subject: &Subject) -> bool {
    subject.own("need_verdict").is_some_and(|v| v.written() == Verdict::Pending.word())
}

/// Whether an expression rests on something that is pending, or that rests on a window which has
/// not finished for this unit.
pub(crate) fn undecided(world: &World, subject: &Subject, expr: &Expr) -> bool {
    pending(world, subject, expr) || !finished(world, subject, expr)
}

/// Whether something that an expression rests on is pending.
pub(crate) fn pending(world: &World, subject: &Subject, expr: &Expr) -> bool {
    expr.names().iter().any(|name| match name {
        Name::Fact(id) => fact(world, subject, id).verdict == Verdict::Pending,
        Name::Need(id) => verdicts::need(world, subject, id) == Some(Verdict::Pending),
        Name::Outcome(id) => verdicts::outcome(world, subject, id) == Some(Verdict::Pending),
        Name::Claim(id) => verdicts::claim(world, subject, id) == Some(Verdict::Pending),
        _ => false,
    })
}

/// Whether all windows that an expression rests on have finished for this unit.
fn finished(world: &World, subject: &Subject, expr: &Expr) -> bool {
    !expr.names().iter().any(|name| match name {
        Name::Fact(id) => !fact(world, subject, id).finished,
        Name::Need(id) => verdicts::need_undecided(world, subject, id),
        Name::Outcome(id) => !verdicts::outcome_finished(world, subject, id),
        Name::Claim(id) => !verdicts::claim_finished(world, subject, id),
        Name::Unit(column)
            if ["outcome_met", "outcome_verdict", "outcome_result"].contains(&column.as_str()) =>
        {
            let framework = subject.own("framework").unwrap_or_default().written();
            let need = subject.own("need").unwrap_or_default().written();
            verdicts::need_outcome_undecided(world, subject, &framework, &need)
        }
        _ => false,
    })
}
