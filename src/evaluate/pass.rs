//! One fused pass: all tests that read one source in one way, with one look at the rows that reach
//! the units, and one yes or no for each row, test and window. Its cost grows with the rows, not
//! with the tests.

use std::sync::Arc;

use polars::prelude::{Expr as Plan, *};

use crate::calendar::WorkingDays;
use crate::columns::{Lowering, ROW, Rings, lower};
use crate::definitions::expression::{Expr, Name, Reads};
use crate::definitions::source::{Shape, Source};
use crate::definitions::test::{SpellsIn, Who};
use crate::evaluate::aggregate::goes_by_order;
use crate::evaluate::cohort::{Cohort, lent};
use crate::evaluate::folds::{Groups, yes_no};
use crate::evaluate::reach::{Reached, Rows, columns_of};
use crate::evaluate::task::{Reach, Task, unit_columns};
use crate::evaluate::windows::{end_of, start_of};
use crate::link::{Linked, UNIT};

/// The tasks of one pass.
pub(super) struct Pass<'d> {
    pub(super) source: &'d Source,
    pub(super) reach: Reach,
    pub(super) tasks: Vec<Task<'d>>,
    /// The last day that the feed knows of.
    pub(super) horizon: i32,
}

/// What a pass has counted.
pub(super) struct Counted {
    /// A row for each of the cohort's people: for tests of single people and for naming people.
    pub(super) people: Option<DataFrame>,
    /// A row for each of the cohort's units: for pooled rows.
    pub(super) units: Option<DataFrame>,
    /// For each task: the rows behind it, as unit and row number.
    pub(super) evidence: Vec<(String, DataFrame)>,
}

impl<'d> Pass<'d> {
    /// Whether a task pools its rows.
    fn pools(task: &Task<'_>) -> bool {
        matches!(task.test.who, Who::Unit | Who::Together(_))
    }

    /// Finds the rows, asks which test and window each belongs to, and counts.
    pub(super) fn run(
        &self,
        cohort: &mut Cohort<'d>,
        rows: &Rows,
        with_evidence: bool,
    ) -> PolarsResult<Counted> {
        let groups: Vec<Option<String>> =
            self.tasks.iter().map(|t| cohort.group_column(t)).collect::<PolarsResult<_>>()?;
        let reached = self.reached(cohort, rows)?;
        let frame = self.mask(cohort, self.frame(cohort, rows, &reached)?, &reached, &groups)?;
        let evidence =
            if with_evidence { self.evidence(cohort, &frame, &reached)? } else { Vec::new() };
        let single = |t: &&Task<'d>| !Self::pools(t);
        let pooled = |t: &&Task<'d>| Self::pools(t);
        let people: Vec<&Task<'d>> = self.tasks.iter().filter(single).collect();
        let units: Vec<&Task<'d>> = self.tasks.iter().filter(pooled).collect();
        let named: Vec<&Task<'d>> = units
            .iter()
            .copied()
            .filter(|t| t.names_people && t.test.who.group().is_some())
            .collect();
        let by_person = match &cohort.people {
            Some(of) if !(people.is_empty() && named.is_empty()) => {
                let groups = Groups { places: &reached.people, count: of.frame.height() };
                Some(self.counted(cohort, &frame, groups, &of.units, &people, &named)?)
            }
            _ => None,
        };
        let by_unit = if units.is_empty() {
            None
        } else {
            let count = cohort.units.height();
            let (frame, places) = self.pooled(frame, reached, &units)?;
            let groups = Groups { places: &places, count };
            let all: Vec<u32> = (0_u32..).take(count).collect();
            Some(self.counted(cohort, &frame, groups, &all, &units, &[])?)
        };
        Ok(Counted { people: by_person, units: by_unit, evidence })
    }

    /// A row for each group: what the tasks count, and what the parts of split ones come to. `units`
    /// are the units of the groups.
    fn counted(
        &self,
        cohort: &Cohort<'d>,
        frame: &DataFrame,
        groups: Groups<'_>,
        units: &[u32],
        tasks: &[&Task<'d>],
        only_rows: &[&Task<'d>],
    ) -> PolarsResult<DataFrame> {
        let (split, whole): (Vec<&Task<'d>>, Vec<&Task<'d>>) =
            tasks.iter().partition(|t| t.test.splits.is_some());
        let only_rows: Vec<&Task<'d>> = only_rows.iter().chain(&split).copied().collect();
        let mut found = self.aggregate(cohort.linked, frame, groups, &whole, &only_rows)?;
        for task in split {
            let Some(splits) = &task.test.splits else { continue };
            found.with_column(self.judge_parts(cohort, frame, groups, units, (task, splits))?)?;
        }
        Ok(found)
    }

    /// The rows that reach the units, with the columns that this pass reads, and those of the units
    /// as [`lent`].
    fn frame(
        &self,
        cohort: &Cohort<'_>,
        rows: &Rows,
        reached: &Reached,
    ) -> PolarsResult<DataFrame> {
        let mut used: Vec<String> = vec![ROW.to_owned()];
        if let Some((start, end)) = self.source.shape.dates() {
            used.extend([start.to_owned(), end.to_owned()]);
        }
        let mut lends: Vec<String> = Vec::new();
        for task in &self.tasks {
            used.extend(columns_of(task));
            for window in [Some(task.window), task.baseline].into_iter().flatten() {
                lends.extend([start_of(window), end_of(window)]);
            }
            lends.extend(task.test.condition.iter().flat_map(|c| unit_columns(&c.expr)));
            lends.extend(unit_columns(task.asks()));
        }
        for columns in [&mut used, &mut lends] {
            columns.sort_unstable();
            columns.dedup();
        }
        let places = IdxCa::from_slice(PlSmallStr::EMPTY, &reached.rows);
        let frame = rows.frame.select(&used)?.take(&places)?;
        frame.hstack(&cohort.lent_to(&reached.units, &lends)?)
    }

    /// Adds a yes/no column for each task's window and baseline. Conditions, windows and groups
    /// that tasks share are asked once.
    fn mask(
        &self,
        cohort: &Cohort<'_>,
        mut frame: DataFrame,
        reached: &Reached,
        groups: &[Option<String>],
    ) -> PolarsResult<DataFrame> {
        let scope = RowScope { linked: cohort.linked };
        let mut conditions: Vec<&Expr> = Vec::new();
        let mut windows: Vec<(usize, SpellsIn)> = Vec::new();
        let mut plans: Vec<Plan> = Vec::new();
        let asked = |plan: Plan, name: String| {
            plan.cast(DataType::Boolean).fill_null(lit(false)).alias(name)
        };
        for task in &self.tasks {
            if let Some(c) = task.test.condition.as_ref().map(|c| &c.expr)
                && !conditions.contains(&c)
            {
                plans.push(asked(lower(c, &scope), format!("where {}", conditions.len())));
                conditions.push(c);
            }
            for window in [Some(task.window), task.baseline].into_iter().flatten() {
                let window = (window, task.test.spells);
                if !windows.contains(&window) {
                    let inside = self.inside(window.0, window.1);
                    plans.push(asked(inside, format!("inside {}", windows.len())));
                    windows.push(window);
                }
            }
        }
        let height = frame.height();
        let found = frame.clone().lazy().select(plans).collect()?;
        let column = |what: &str, at: Option<usize>| {
            yes_no(found.column(&format!("{what} {}", at.unwrap_or(usize::MAX)))?, height)
        };
        let people = IdxCa::from_slice(PlSmallStr::EMPTY, &reached.people);
        let mut masks = Vec::new();
        for (task, group) in self.tasks.iter().zip(groups) {
            let mut applies = match &task.test.condition {
                Some(c) => Some(column("where", conditions.iter().position(|d| *d == &c.expr))?),
                None => None,
            };
            if let (true, Some(group), Some(of)) = (Self::pools(task), group, &cohort.people) {
                let theirs = yes_no(&of.frame.column(group)?.take(&people)?, height)?;
                let theirs = theirs.fill_null_with_values(false)?;
                applies = Some(applies.map_or(theirs.clone(), |applies| &applies & &theirs));
            }
            let both = [(Reads::Window, Some(task.window)), (Reads::Baseline, task.baseline)];
            for (reads, window) in both {
                let Some(window) = window else { continue };
                let window = (window, task.test.spells);
                let inside = column("inside", windows.iter().position(|w| *w == window))?;
                let mask = applies.as_ref().map_or(inside.clone(), |applies| applies & &inside);
                masks.push(mask.with_name(mask_of(task, reads).into()).into_column());
            }
        }
        for mask in masks {
            frame.with_column(mask)?;
        }
        Ok(frame)
    }

    /// Rows in the order that pooled functions go by, and the places of their units. Rows of people
    /// stand person by person; what people share has to be in order of date.
    fn pooled(
        &self,
        frame: DataFrame,
        reached: Reached,
        tasks: &[&Task<'d>],
    ) -> PolarsResult<(DataFrame, Vec<u32>)> {
        let (true, true, Some((start, _))) = (
            matches!(self.reach, Reach::Members { .. }),
            tasks.iter().any(|t| t.functions().iter().any(|(_, f)| goes_by_order(f))),
            self.source.shape.dates(),
        ) else {
            return Ok((frame, reached.units));
        };
        let mut frame = frame;
        frame.with_column(Column::new(UNIT.into(), reached.units))?;
        let frame = frame.sort([UNIT, start, ROW], SortMultipleOptions::default())?;
        let places = frame.column(UNIT)?.as_materialized_series().u32()?;
        let places = places.iter().map(Option::unwrap_or_default).collect();
        Ok((frame, places))
    }

    /// Whether a row is in a window.
    fn inside(&self, window: usize, spells: SpellsIn) -> Plan {
        let (from, to) = (col(lent(&start_of(window))), col(lent(&end_of(window))));
        let within = |day: Plan| day.clone().gt_eq(from.clone()).and(day.lt_eq(to.clone()));
        match &self.source.shape {
            Shape::Entity => lit(false),
            Shape::Event { date } | Shape::Reading { date } => within(col(date.as_str())),
            Shape::Period { start, end, .. } => {
                within(col(start.as_str())).and(within(col(end.as_str())))
            }
            Shape::Spell { start, end } => match spells {
                SpellsIn::Starting => within(col(start.as_str())),
                SpellsIn::Ending => within(col(end.as_str())),
                SpellsIn::Overlapping => {
                    let still =
                        col(end.as_str()).is_null().or(col(end.as_str()).gt_eq(from.clone()));
                    // An empty window overlaps nothing.
                    col(start.as_str())
                        .lt_eq(to.clone())
                        .and(still)
                        .and(from.clone().lt_eq(to.clone()))
                }
            },
        }
    }

    /// The rows behind each task: those in its window.
    fn evidence(
        &self,
        cohort: &Cohort<'_>,
        frame: &DataFrame,
        reached: &Reached,
    ) -> PolarsResult<Vec<(String, DataFrame)>> {
        let first = u32::try_from(cohort.first).unwrap_or(u32::MAX);
        let units: Vec<u32> = reached.units.iter().map(|unit| first + unit).collect();
        let all = DataFrame::new_infer_height(vec![
            Column::new(UNIT.into(), units),
            frame.column(ROW)?.clone(),
        ])?;
        let rows = |task: &Task<'d>| -> PolarsResult<(String, DataFrame)> {
            let mask = yes_no(frame.column(&mask_of(task, Reads::Window))?, frame.height())?;
            Ok((task.key.clone(), all.filter(&mask)?))
        };
        self.tasks.iter().map(rows).collect()
    }
}

/// The name of the yes/no column of a task's window or baseline.
pub(super) fn mask_of(task: &Task<'_>, reads: Reads) -> String {
    match reads {
        Reads::Window => format!("{} in window", task.key),
        Reads::Baseline => format!("{} in baseline", task.key),
    }
}

/// Conditions on rows see the row, and the unit that it has reached.
pub(super) struct RowScope<'a> {
    pub(super) linked: &'a Linked,
}

impl Lowering for RowScope<'_> {
    fn name(&self, name: &Name) -> Plan {
        match name {
            Name::Column(column) => col(column.as_str()),
            Name::Unit(column) => col(lent(column)),
            Name::Parent(column) => col(lent(&format!("{}{column}", crate::link::PARENT))),
            _ => lit(NULL),
        }
    }

    fn rings(&self) -> &Rings {
        &self.linked.inputs.rings
    }

    fn working_days(&self) -> &Arc<WorkingDays> {
        &self.linked.inputs.working_days
    }
}
