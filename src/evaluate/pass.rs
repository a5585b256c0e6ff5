//! One fused pass: all tests that read one source in one way, with one read of its rows, one join
//! with the units, and one aggregation. Its cost grows with the rows, not with the tests.

use std::sync::Arc;

use polars::prelude::{Expr as Plan, *};

use crate::calendar::WorkingDays;
use crate::columns::{Lowering, ROW, Rings, lower};
use crate::definitions::expression::{Name, Reads, RowFunction};
use crate::definitions::source::{Shape, Source};
use crate::definitions::test::{SpellsIn, Who};
use crate::evaluate::cohort::{Cohort, lent};
use crate::evaluate::runs::{Spells, walk};
use crate::evaluate::task::{Reach, Task, source_columns, unit_columns};
use crate::evaluate::windows::{end_of, start_of};
use crate::link::{FAMILY, JOINED, LEFT, Linked, PERSON, UNIT};

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
    /// By unit and person, for tests of single people and for naming people.
    pub(super) people: Option<DataFrame>,
    /// By unit, for pooled rows.
    pub(super) units: Option<DataFrame>,
    /// For each task: the rows behind it, as unit and row number.
    pub(super) evidence: Vec<(String, DataFrame)>,
}

impl<'d> Pass<'d> {
    /// Whether a task pools its rows.
    fn pools(task: &Task<'_>) -> bool {
        matches!(task.test.who, Who::Unit | Who::Together(_))
    }

    /// Reads, joins and aggregates.
    pub(super) fn run(
        &self,
        cohort: &mut Cohort<'d>,
        with_evidence: bool,
    ) -> PolarsResult<Counted> {
        let groups: Vec<Option<String>> =
            self.tasks.iter().map(|t| cohort.group_column(t)).collect::<PolarsResult<_>>()?;
        let rows = self.rows(cohort.linked)?;
        let reached = self.reach(cohort, rows, &groups)?;
        let masked = self.mask(cohort.linked, reached, &groups).collect()?;
        let order = self.order();
        let single = |t: &&Task<'d>| !Self::pools(t);
        let pooled = |t: &&Task<'d>| Self::pools(t);
        let people: Vec<&Task<'d>> = self.tasks.iter().filter(single).collect();
        let units: Vec<&Task<'d>> = self.tasks.iter().filter(pooled).collect();
        let named: Vec<&Task<'d>> = units
            .iter()
            .copied()
            .filter(|t| t.names_people && t.test.who.group().is_some())
            .collect();
        let evidence = if with_evidence { self.evidence(&masked)? } else { Vec::new() };
        let by_person = if people.is_empty() && named.is_empty() {
            None
        } else {
            Some(self.aggregate(
                cohort.linked,
                &masked,
                &[UNIT, PERSON],
                &order,
                &people,
                &named,
            )?)
        };
        let by_unit = if units.is_empty() {
            None
        } else {
            Some(self.aggregate(cohort.linked, &masked, &[UNIT], &order, &units, &[])?)
        };
        Ok(Counted { people: by_person, units: by_unit, evidence })
    }

    /// The rows of the source that some task can use: its columns projected, its conditions united.
    fn rows(&self, linked: &Linked) -> PolarsResult<LazyFrame> {
        let Some(rows) = linked.inputs.sources.get(&self.source.id) else {
            return Err(PolarsError::ColumnNotFound(self.source.id.clone().into()));
        };
        let mut used: Vec<String> = vec![ROW.to_owned()];
        if let Some((start, end)) = self.source.shape.dates() {
            used.extend([start.to_owned(), end.to_owned()]);
        }
        used.extend(
            self.source.columns.iter().filter(|c| self.is_key(&c.name)).map(|c| c.name.clone()),
        );
        for task in &self.tasks {
            used.extend(task.test.condition.iter().flat_map(|c| source_columns(&c.expr)));
            used.extend(source_columns(task.asks()));
        }
        used.sort_unstable();
        used.dedup();
        let scope = RowScope { linked };
        let before_join: Option<Vec<Plan>> = self
            .tasks
            .iter()
            .map(|t| match &t.test.condition {
                Some(c) if unit_columns(&c.expr).is_empty() => Some(lower(&c.expr, &scope)),
                _ => None,
            })
            .collect();
        let plan = rows
            .frame
            .clone()
            .lazy()
            .select(used.iter().map(|c| col(c.as_str())).collect::<Vec<_>>());
        // If every task has a condition, a row that meets none of them need not be joined at all.
        Ok(match before_join.map(distinct).and_then(|all| all.into_iter().reduce(Plan::or)) {
            Some(any) => plan.filter(any.fill_null(lit(false))),
            None => plan,
        })
    }

    fn is_key(&self, column: &str) -> bool {
        match &self.reach {
            Reach::Members { same_unit } => {
                column == PERSON || same_unit.as_deref() == Some(column)
            }
            Reach::Shared { source, .. } => column == source,
            Reach::FamilyOfCase { case } => column == case,
        }
    }

    /// Joins the rows with the units that they reach. Columns of the unit come along as [`lent`].
    fn reach(
        &self,
        cohort: &Cohort<'_>,
        rows: LazyFrame,
        groups: &[Option<String>],
    ) -> PolarsResult<LazyFrame> {
        let mut lends: Vec<String> = Vec::new();
        for task in &self.tasks {
            for window in [Some(task.window), task.baseline].into_iter().flatten() {
                lends.extend([start_of(window), end_of(window)]);
            }
            lends.extend(task.test.condition.iter().flat_map(|c| unit_columns(&c.expr)));
            lends.extend(unit_columns(task.asks()));
        }
        lends.sort_unstable();
        lends.dedup();
        let lent_columns = lends.iter().map(|c| col(c.as_str()).alias(lent(c)));
        let units = cohort.units.clone().lazy();
        let inner = || JoinArgs::new(JoinType::Inner);
        match &self.reach {
            Reach::Shared { unit, source } => {
                let key = "key of unit";
                let columns: Vec<Plan> = [col(UNIT), col(unit.as_str()).alias(key)]
                    .into_iter()
                    .chain(lent_columns)
                    .collect();
                let units = units.select(columns);
                Ok(rows.join(units, [col(source.as_str())], [col(key)], inner()))
            }
            Reach::FamilyOfCase { case } => {
                let Some(cases) = cohort.linked.units.get("case") else { return Ok(rows) };
                let families = cases.clone().lazy().select([
                    col("case_id").alias("key of case"),
                    col(FAMILY).alias("family of case"),
                ]);
                let columns: Vec<Plan> = [col(UNIT), col(FAMILY).alias("key of unit")]
                    .into_iter()
                    .chain(lent_columns)
                    .collect();
                Ok(rows.join(families, [col(case.as_str())], [col("key of case")], inner()).join(
                    units.select(columns),
                    [col("family of case")],
                    [col("key of unit")],
                    inner(),
                ))
            }
            Reach::Members { same_unit } => {
                let Some(members) = &cohort.members else {
                    return Err(PolarsError::ColumnNotFound("the unit has no members".into()));
                };
                let mut flags: Vec<&String> = groups.iter().flatten().collect();
                flags.sort_unstable();
                flags.dedup();
                let flags = [col(UNIT), col(PERSON)]
                    .into_iter()
                    .chain(flags.into_iter().map(|f| col(f.as_str())));
                let people = members.people.clone().lazy().select(flags.collect::<Vec<_>>());
                let mut unit_side: Vec<Plan> =
                    [col(UNIT)].into_iter().chain(lent_columns).collect();
                let (mut left_on, mut right_on) = (vec![col(PERSON)], vec![col(PERSON)]);
                if let Some(own) = same_unit {
                    unit_side.push(col(own.as_str()).alias("key of unit"));
                    left_on.push(col(own.as_str()));
                    right_on.push(col("key of unit"));
                }
                let keys = [col(UNIT), col(PERSON)];
                let belonging = members
                    .stretches
                    .clone()
                    .lazy()
                    .join(people, keys.clone(), keys, inner())
                    .join(units.select(unit_side), [col(UNIT)], [col(UNIT)], inner());
                let reached =
                    rows.join(belonging, left_on, right_on, inner()).filter(self.while_member());
                // Somebody who left and came back is reached twice by a row that spans both stays.
                Ok(if members.repeated {
                    let once = [UNIT, PERSON, ROW].map(col).to_vec();
                    reached.unique_stable_generic(Some(once), UniqueKeepStrategy::First)
                } else {
                    reached
                })
            }
        }
    }

    /// A row about a person counts only for the days on which the person belonged to the family.
    fn while_member(&self) -> Plan {
        let Some((start, end)) = self.source.shape.dates() else { return lit(true) };
        let begins_in_time = col(LEFT).is_null().or(col(start).lt_eq(col(LEFT)));
        let ends_in_time = match self.source.shape {
            Shape::Spell { .. } => col(end).is_null().or(col(end).gt_eq(col(JOINED))),
            _ => col(end).gt_eq(col(JOINED)),
        };
        begins_in_time.and(ends_in_time)
    }

    /// Adds a yes/no column for each task's window and baseline, and keeps the rows with any yes.
    fn mask(&self, linked: &Linked, reached: LazyFrame, groups: &[Option<String>]) -> LazyFrame {
        let scope = RowScope { linked };
        let mut masks = Vec::new();
        let mut any = lit(false);
        for (task, group) in self.tasks.iter().zip(groups) {
            let mut applies = match &task.test.condition {
                Some(c) => lower(&c.expr, &scope).cast(DataType::Boolean),
                None => lit(true),
            };
            if let (true, Some(group)) = (Self::pools(task), group) {
                applies = applies.and(col(group.as_str()));
            }
            let windows = [(Reads::Window, Some(task.window)), (Reads::Baseline, task.baseline)];
            for (reads, window) in windows {
                let Some(window) = window else { continue };
                let inside = self.inside(window, task.test.spells);
                let mask = applies.clone().and(inside).fill_null(lit(false));
                masks.push(mask.alias(mask_of(task, reads)));
                any = any.or(col(mask_of(task, reads)));
            }
        }
        reached.with_columns(masks).filter(any)
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

    /// The order of rows that first, last and runs go by: date, then place in the file.
    fn order(&self) -> Vec<String> {
        let wants_order = self.tasks.iter().any(|t| {
            t.functions().iter().any(|(_, f)| {
                matches!(
                    f,
                    RowFunction::First(_)
                        | RowFunction::Last(_)
                        | RowFunction::DaysCovered(_)
                        | RowFunction::LongestRun(_)
                )
            })
        });
        match self.source.shape.dates() {
            Some((start, _)) if wants_order => vec![start.to_owned(), ROW.to_owned()],
            _ => Vec::new(),
        }
    }

    /// One aggregation by `keys`: a column for each function of each task, and the row counts.
    fn aggregate(
        &self,
        linked: &Linked,
        masked: &DataFrame,
        keys: &[&str],
        order: &[String],
        tasks: &[&Task<'d>],
        only_rows: &[&Task<'d>],
    ) -> PolarsResult<DataFrame> {
        let mut frame = masked.clone();
        if !order.is_empty() {
            let by: Vec<&str> =
                keys.iter().copied().chain(order.iter().map(String::as_str)).collect();
            frame = frame.lazy().sort(by, SortMultipleOptions::default()).collect()?;
        }
        let scope = RowScope { linked };
        let mut found: Vec<Plan> = Vec::new();
        for task in tasks {
            found.push(count(col(mask_of(task, Reads::Window))).alias(task.row_count()));
            for (number, (reads, function)) in task.functions().into_iter().enumerate() {
                let name = task.aggregate(number);
                let mask = mask_of(task, reads);
                if let Some(argument) = spell_argument(function) {
                    let holds = argument.map_or_else(|| lit(true), |p| lower(p, &scope));
                    let window =
                        if reads == Reads::Window { Some(task.window) } else { task.baseline };
                    let Some(window) = window else { continue };
                    let walked = self.walk(&frame, keys, holds.and(col(mask.as_str())), window)?;
                    let (covered, run) = walked;
                    let longest = matches!(function, RowFunction::LongestRun(_));
                    let days = if longest { run } else { covered };
                    frame.with_column(Column::new(name.as_str().into(), days))?;
                    let days = col(name.as_str());
                    found.push(
                        if longest { days.max() } else { days.sum() }.cast(DataType::Float64),
                    );
                } else if let Some(plan) = self.aggregated(function, &mask, &scope) {
                    found.push(plan.alias(name));
                }
            }
        }
        for task in only_rows {
            found.push(count(col(mask_of(task, Reads::Window))).alias(task.row_count()));
        }
        let keys: Vec<Plan> = keys.iter().map(|k| col(*k)).collect();
        // Rows keep their order within a group, which first, last and runs go by.
        let grouped = frame.lazy().group_by(keys);
        grouped.agg(found).collect()
    }

    /// A function over the rows where the mask is true, as an aggregate.
    fn aggregated(&self, function: &RowFunction, mask: &str, scope: &RowScope<'_>) -> Option<Plan> {
        let inside = col(mask);
        let masked = |e: &crate::definitions::expression::Expr| {
            let value = lower(e, scope);
            when(col(mask)).then(value).otherwise(lit(NULL))
        };
        let holds = |e| lower(e, scope).cast(DataType::Boolean).fill_null(lit(false));
        let ordered = |e: &crate::definitions::expression::Expr| {
            let value = lower(e, scope);
            value.clone().filter(col(mask).and(value.is_not_null()))
        };
        Some(match function {
            RowFunction::Count => count(inside),
            RowFunction::CountDistinct(e) => {
                masked(e).drop_nulls().n_unique().cast(DataType::Float64)
            }
            RowFunction::Sum(e) => masked(e).sum().cast(DataType::Float64),
            RowFunction::Average(e) => masked(e).mean(),
            RowFunction::Minimum(e) => masked(e).min(),
            RowFunction::Maximum(e) => masked(e).max(),
            RowFunction::First(e) => ordered(e).first(),
            RowFunction::Last(e) => ordered(e).last(),
            // These three count the rows that decide: those that hold, or those that do not.
            RowFunction::Has(e) | RowFunction::NoneOf(e) => count(inside.and(holds(e))),
            RowFunction::Every(e) => count(inside.and(holds(e).not())),
            RowFunction::Spread => {
                let (start, _) = self.source.shape.dates()?;
                let day = when(inside).then(col(start)).otherwise(lit(NULL));
                (day.clone().max() - day.min()).cast(DataType::Float64)
            }
            RowFunction::DaysCovered(_)
            | RowFunction::LongestRun(_)
            | RowFunction::DaysInWindow => {
                return None;
            }
        })
    }

    fn walk(
        &self,
        frame: &DataFrame,
        keys: &[&str],
        holds: Plan,
        window: usize,
    ) -> PolarsResult<(Vec<i32>, Vec<i32>)> {
        let Shape::Spell { start, end } = &self.source.shape else {
            return Ok((vec![0; frame.height()], vec![0; frame.height()]));
        };
        let holds =
            frame.clone().lazy().select([holds.fill_null(lit(false)).alias("holds")]).collect()?;
        let days = |name: &str| frame.column(name)?.as_materialized_series().i32();
        let group: Vec<&UInt32Chunked> = keys
            .iter()
            .map(|k| frame.column(k)?.as_materialized_series().u32())
            .collect::<PolarsResult<_>>()?;
        Ok(walk(&Spells {
            group,
            holds: holds.column("holds")?.as_materialized_series().bool()?,
            start: days(start)?,
            end: days(end)?,
            from: days(&lent(&start_of(window)))?,
            to: days(&lent(&end_of(window)))?,
            horizon: self.horizon,
        }))
    }

    /// The rows behind each task: those in its window.
    fn evidence(&self, masked: &DataFrame) -> PolarsResult<Vec<(String, DataFrame)>> {
        let rows = |task: &Task<'d>| -> PolarsResult<(String, DataFrame)> {
            let mask = frame_mask(masked, &mask_of(task, Reads::Window))?;
            Ok((task.key.clone(), masked.select([UNIT, ROW])?.filter(&mask)?))
        };
        self.tasks.iter().map(rows).collect()
    }
}

fn frame_mask(frame: &DataFrame, name: &str) -> PolarsResult<BooleanChunked> {
    Ok(frame.column(name)?.as_materialized_series().bool()?.clone())
}

/// The name of the yes/no column of a task's window or baseline.
fn mask_of(task: &Task<'_>, reads: Reads) -> String {
    match reads {
        Reads::Window => format!("{} in window", task.key),
        Reads::Baseline => format!("{} in baseline", task.key),
    }
}

fn count(yes: Plan) -> Plan {
    yes.cast(DataType::UInt32).sum().cast(DataType::Float64)
}

/// The condition of a function over spells: `Some(None)` when it has none.
fn spell_argument(function: &RowFunction) -> Option<Option<&crate::definitions::expression::Expr>> {
    match function {
        RowFunction::DaysCovered(p) | RowFunction::LongestRun(p) => Some(p.as_deref()),
        _ => None,
    }
}

fn distinct(plans: Vec<Plan>) -> Vec<Plan> {
    let mut found: Vec<Plan> = Vec::new();
    for plan in plans {
        if !found.contains(&plan) {
            found.push(plan);
        }
    }
    found
}

/// Conditions on rows see the row, and the unit that it has reached.
struct RowScope<'a> {
    linked: &'a Linked,
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
