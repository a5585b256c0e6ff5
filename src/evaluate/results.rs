//! From what a pass has counted to a verdict for each test and unit.

use std::sync::Arc;

use polars::prelude::{Expr as Plan, *};

use crate::calendar::WorkingDays;
use crate::columns::{Lowering, Rings, exact, lower};
use crate::definitions::expression::{Name, Reads, RowFunction};
use crate::definitions::test::Who;
use crate::evaluate::Verdict;
use crate::evaluate::cohort::{Cohort, lent};
use crate::evaluate::folds::{Groups, of_height, yes_no};
use crate::evaluate::pass::{Counted, Pass};
use crate::evaluate::settle::{Closing, code, settle, silence, stated};
use crate::evaluate::task::{Task, unit_columns};
use crate::evaluate::windows::{end_of, never_of, start_of};
use crate::link::{Linked, PARENT};

/// The column of a unit that says whether a window behind a test is still open.
pub(super) fn open_of(key: &str) -> String {
    format!("{key} open")
}

/// The column of a unit with the number that a test gives.
pub(super) fn value_of(key: &str) -> String {
    format!("{key} value")
}

/// The column of the people that says whom a need's test names.
pub(super) fn names_of(key: &str) -> String {
    format!("{key} names")
}

impl<'d> Pass<'d> {
    /// Puts the verdicts of the pass beside the units, and the people it names beside the people.
    pub(super) fn judge(&self, cohort: &mut Cohort<'d>, counted: &Counted) -> PolarsResult<()> {
        let mut found: Vec<DataFrame> = Vec::new();
        if let Some(people) = &counted.people {
            found.extend(self.judge_people(cohort, people)?);
        }
        if let Some(units) = &counted.units {
            found.push(self.judge_units(cohort, units)?);
        }
        for frame in found {
            cohort.add_unit_columns(&frame)?;
        }
        self.add_open(cohort)
    }

    /// Tests of single people: a verdict each, then one for the unit.
    fn judge_people(
        &self,
        cohort: &mut Cohort<'d>,
        counted: &DataFrame,
    ) -> PolarsResult<Option<DataFrame>> {
        let mut groups = Vec::new();
        for task in &self.tasks {
            groups.push(cohort.group_column(task)?);
        }
        let Some(of) = &cohort.people else { return Ok(None) };
        let people = of
            .frame
            .hstack(counted.columns())?
            .hstack(&cohort.lent_to(&of.units, &self.lends())?)?;
        let mut ranks = Vec::new();
        let mut verdicts = Vec::new();
        let mut names = Vec::new();
        for (task, group) in self.tasks.iter().zip(groups) {
            let Some(group) = group else { continue };
            let in_group = || col(group.as_str());
            if let Who::Together(_) = task.test.who {
                if task.names_people {
                    let named =
                        in_group().and(col(task.row_count()).fill_null(lit(0.0)).gt(lit(0.0)));
                    names.push(named.alias(names_of(&task.key)));
                }
                continue;
            }
            let verdict = self.verdict(cohort.linked, task, true);
            if task.names_people {
                let named = in_group().and(verdict.clone().eq(code(Verdict::Met)));
                names.push(named.alias(names_of(&task.key)));
            }
            let rank = when(in_group()).then(rank(&task.test.who, verdict)).otherwise(lit(NULL));
            ranks.push(rank.alias(task.key.as_str()));
            let verdict = unrank(&task.test.who, col(task.key.as_str()), stated(task.test.nobody));
            verdicts.push(verdict.alias(task.key.as_str()));
        }
        let height = cohort.units.height();
        let found = people.clone().lazy().select(&ranks).collect()?;
        let by_unit = Groups { places: &of.units, count: height };
        let mut highest = Vec::with_capacity(ranks.len());
        for ranks in found.columns() {
            let ranks = of_height(ranks, people.height());
            let of_unit = by_unit.max(ranks.as_materialized_series().u32()?);
            highest.push(of_unit.with_name(ranks.name().clone()).into_column());
        }
        if !names.is_empty() {
            let named = people.lazy().select(names).collect()?;
            cohort.add_people_columns(named)?;
        }
        if highest.is_empty() {
            return Ok(None);
        }
        DataFrame::new(height, highest)?.lazy().select(verdicts).collect().map(Some)
    }

    /// Tests of pooled rows: one verdict or value for the unit.
    fn judge_units(&self, cohort: &mut Cohort<'d>, counted: &DataFrame) -> PolarsResult<DataFrame> {
        let tasks =
            || self.tasks.iter().filter(|t| matches!(t.test.who, Who::Unit | Who::Together(_)));
        let mut groups = Vec::new();
        for task in tasks() {
            groups.push(cohort.group_column(task)?);
        }
        let mut units = cohort.units.hstack(counted.columns())?;
        let mut sizes: Vec<&String> = groups.iter().flatten().collect();
        sizes.sort_unstable();
        sizes.dedup();
        if let Some(of) = &cohort.people {
            let by_unit = Groups { places: &of.units, count: units.height() };
            for group in sizes {
                let somebody = by_unit.any(&yes_no(of.frame.column(group)?, of.units.len())?);
                units.with_column(somebody.with_name(group.into()).into_column())?;
            }
        }
        let mut found = Vec::new();
        for (task, group) in tasks().zip(&groups) {
            let verdict = if task.gives_value() {
                let scope = ResultScope { linked: cohort.linked, task, lent: false };
                let (verdict, value) = self.value(task, &scope);
                // Nobody has no number, also where all rows of nobody would come to nought.
                let value = match group {
                    Some(group) => when(col(group.as_str())).then(value).otherwise(lit(NULL)),
                    None => value,
                };
                found.push(value.alias(value_of(&task.key)));
                verdict
            } else {
                self.verdict(cohort.linked, task, false)
            };
            let verdict = match group {
                Some(group) => {
                    let nobody = col(group.as_str()).not();
                    when(nobody).then(code(stated(task.test.nobody))).otherwise(verdict)
                }
                None => verdict,
            };
            found.push(verdict.alias(task.key.as_str()));
        }
        units.lazy().select(found).collect()
    }

    /// Whether the window or the baseline of each task is still open, for each unit.
    fn add_open(&self, cohort: &mut Cohort<'d>) -> PolarsResult<()> {
        let open: Vec<Plan> = self
            .tasks
            .iter()
            .map(|task| {
                let windows = [Some(task.window), task.baseline].into_iter().flatten();
                let settled = windows
                    .map(|w| self.closing(w, false))
                    .map(|closing| closing.finished.or(closing.never))
                    .reduce(Plan::and)
                    .unwrap_or_else(|| lit(true));
                settled.not().alias(open_of(&task.key))
            })
            .collect();
        let open = cohort.units.clone().lazy().select(open).collect()?;
        cohort.add_unit_columns(&open)
    }

    /// Whether more rows may still come into the window or the baseline of a task. Where one of them
    /// will never have dates, no more rows can tell anything.
    pub(super) fn may_grow(&self, task: &Task<'d>) -> Plan {
        let windows = [Some(task.window), task.baseline].into_iter().flatten();
        let closings = windows.map(|w| self.closing(w, true)).map(|c| (c.finished, c.never));
        let both = closings.reduce(|(a, never), (b, or_never)| (a.and(b), never.or(or_never)));
        both.map_or_else(|| lit(false), |(finished, never)| finished.or(never).not())
    }

    /// The verdict of a test, beside what has been counted for it. `is_lent` says that the columns of
    /// the unit stand in a frame of people.
    fn verdict(&self, linked: &Linked, task: &Task<'d>, is_lent: bool) -> Plan {
        match task.test.splits {
            Some(_) => col(task.verdict_of_parts()),
            None => self.verdict_of_rows(linked, task, is_lent),
        }
    }

    /// The verdict of a test over all the rows that have been counted.
    pub(super) fn verdict_of_rows(&self, linked: &Linked, task: &Task<'d>, is_lent: bool) -> Plan {
        let scope = ResultScope { linked, task, lent: is_lent };
        let window = self.closing(task.window, is_lent);
        let baseline = task.baseline.map(|b| self.closing(b, is_lent));
        let rows = col(task.row_count()).fill_null(lit(0.0));
        let silence = silence(task.test.missing, self.source.no_rows);
        settle(task.asks(), &scope, rows, &window, baseline.as_ref(), silence)
    }

    /// The verdict of a value: met when there is one. And the value.
    fn value(&self, task: &Task<'d>, scope: &ResultScope<'_>) -> (Plan, Plan) {
        let window = self.closing(task.window, scope.lent);
        let window_finished = window.finished.clone();
        let (finished, never) = match task.baseline.map(|b| self.closing(b, scope.lent)) {
            Some(b) => (window.finished.and(b.finished), window.never.or(b.never)),
            None => (window.finished, window.never),
        };
        let value = lower(task.asks(), scope).cast(DataType::Float64);
        let (silent, silence) = match silence(task.test.missing, self.source.no_rows) {
            Some(verdict) => (col(task.row_count()).fill_null(lit(0.0)).eq(lit(0.0)), verdict),
            None => (lit(false), Verdict::Unknown),
        };
        let value = when(finished.clone().and(silent.clone().not()))
            .then(value)
            .otherwise(lit(NULL).cast(DataType::Float64));
        let verdict = when(window_finished.and(silent))
            .then(code(silence))
            .when(finished.or(never).not())
            .then(code(Verdict::Pending))
            .when(value.clone().is_null())
            .then(code(Verdict::Unknown))
            .otherwise(code(Verdict::Met));
        (verdict, value)
    }

    fn closing(&self, window: usize, is_lent: bool) -> Closing {
        let column = |name: String| if is_lent { col(lent(&name)) } else { col(name) };
        let (start, end) = (column(start_of(window)), column(end_of(window)));
        let dated = start.is_not_null().and(end.clone().is_not_null());
        let finished = dated.clone().and(end.lt_eq(lit(self.horizon))).fill_null(lit(false));
        Closing { dated, finished, never: column(never_of(window)) }
    }

    /// The columns of the unit that the verdicts of all tasks need.
    fn lends(&self) -> Vec<String> {
        let mut lends: Vec<String> = self.tasks.iter().flat_map(Self::lends_of).collect();
        lends.sort_unstable();
        lends.dedup();
        lends
    }

    /// The columns of the unit that the verdict of a task needs.
    pub(super) fn lends_of(task: &Task<'d>) -> Vec<String> {
        let mut lends = unit_columns(task.asks());
        for window in [Some(task.window), task.baseline].into_iter().flatten() {
            lends.extend([start_of(window), end_of(window), never_of(window)]);
        }
        lends.sort_unstable();
        lends.dedup();
        lends
    }
}

/// The order in which one person's verdict outweighs another's, highest first.
fn ladder(who: &Who) -> [Verdict; 5] {
    use Verdict::{Met, NotApplicable, NotMet, Pending, Unknown};
    match who {
        Who::Any(_) => [Met, Pending, Unknown, NotMet, NotApplicable],
        _ => [NotMet, Pending, Unknown, Met, NotApplicable],
    }
}

fn rank(who: &Who, verdict: Plan) -> Plan {
    let rungs = ladder(who);
    let mut rank = lit(NULL).cast(DataType::UInt32);
    for (height, rung) in (1_u32..).zip(rungs.into_iter().rev()) {
        rank = when(verdict.clone().eq(code(rung))).then(exact(height)).otherwise(rank);
    }
    rank
}

fn unrank(who: &Who, rank: Plan, nobody: Verdict) -> Plan {
    let rungs = ladder(who);
    let mut verdict = code(nobody);
    for (height, rung) in (1_u32..).zip(rungs.into_iter().rev()) {
        verdict = when(rank.clone().eq(exact(height))).then(code(rung)).otherwise(verdict);
    }
    verdict
}

/// Expectations see what has been counted, the unit, and the window.
struct ResultScope<'a> {
    linked: &'a Linked,
    task: &'a Task<'a>,
    /// Whether columns of the unit stand in a frame of people.
    lent: bool,
}

impl ResultScope<'_> {
    fn unit_column(&self, name: String) -> Plan {
        if self.lent { col(lent(&name)) } else { col(name) }
    }
}

impl Lowering for ResultScope<'_> {
    fn name(&self, name: &Name) -> Plan {
        match name {
            Name::Unit(column) => self.unit_column(column.clone()),
            Name::Parent(column) => self.unit_column(format!("{PARENT}{column}")),
            Name::WindowStart => self.unit_column(start_of(self.task.window)),
            Name::WindowEnd => self.unit_column(end_of(self.task.window)),
            _ => lit(NULL),
        }
    }

    fn rows(&self, reads: Reads, function: &RowFunction) -> Plan {
        let window = match reads {
            Reads::Window => Some(self.task.window),
            Reads::Baseline => self.task.baseline,
        };
        if let (RowFunction::DaysInWindow, Some(window)) = (function, window) {
            let days =
                self.unit_column(end_of(window)) - self.unit_column(start_of(window)) + lit(1);
            let days = when(days.clone().lt(lit(0))).then(lit(0)).otherwise(days);
            return days.cast(DataType::Float64);
        }
        let functions = self.task.functions();
        let Some(number) = functions.iter().position(|(r, f)| *r == reads && *f == function) else {
            return lit(NULL);
        };
        let counted = col(self.task.aggregate(number));
        let or_none = || counted.clone().fill_null(lit(0.0));
        match function {
            RowFunction::Count
            | RowFunction::CountDistinct(_)
            | RowFunction::Sum(_)
            | RowFunction::DaysCovered(_)
            | RowFunction::LongestRun(_) => or_none(),
            RowFunction::Has(_) => or_none().gt(lit(0.0)),
            RowFunction::Every(_) | RowFunction::NoneOf(_) => or_none().eq(lit(0.0)),
            _ => counted,
        }
    }

    fn rings(&self) -> &Rings {
        &self.linked.inputs.rings
    }

    fn working_days(&self) -> &Arc<WorkingDays> {
        &self.linked.inputs.working_days
    }
}
