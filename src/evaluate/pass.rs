//! One fused pass: all tests that read one source in one way, with one walk over the rows that reach
//! the units. What it costs grows with the rows that tests are about, not with the tests.

use std::sync::Arc;

use polars::prelude::{Expr as Plan, *};

use crate::calendar::WorkingDays;
use crate::columns::{Lowering, ROW, Rings};
use crate::definitions::expression::Name;
use crate::definitions::source::Source;
use crate::evaluate::cohort::{Cohort, lent};
use crate::evaluate::hits::{Hits, Look};
use crate::evaluate::parts::join;
use crate::evaluate::reach::Rows;
use crate::evaluate::standing::Standings;
use crate::evaluate::task::{Reach, Task};
use crate::link::Linked;

/// The tasks of one pass.
pub(super) struct Pass<'d> {
    pub(super) source: &'d Source,
    pub(super) reach: Reach,
    pub(super) tasks: Vec<Task<'d>>,
    /// The last day that the feed knows of.
    pub(super) horizon: i32,
}

/// The rows behind a test of a need, an outcome or a claim.
pub(super) struct Behind {
    /// The test's name.
    pub(super) key: String,
    /// The column with the verdict that has to be met for them to be told.
    pub(super) told_if: String,
    /// Places of units in the cohort, each with the number of a row.
    pub(super) rows: Vec<(u32, u32)>,
}

impl<'d> Pass<'d> {
    /// Puts the verdicts of the pass beside the units, and the people it names beside the people.
    /// Gives the rows behind the tests of needs, outcomes and claims, if they are wanted.
    pub(super) fn run(
        &self,
        cohort: &mut Cohort<'d>,
        rows: &Rows<'d>,
        with_evidence: bool,
    ) -> PolarsResult<Vec<Behind>> {
        let groups: Vec<Option<Arc<Vec<u32>>>> =
            self.tasks.iter().map(|t| cohort.group(t)).collect::<PolarsResult<_>>()?;
        let found = self.hits(cohort, rows)?;
        let none = Hits::default();
        let hits = |look: Look<'d>| found.iter().find(|(l, _)| *l == look).map_or(&none, |f| &f.1);
        let mut counted = Vec::new();
        let mut behind = Vec::new();
        for (task, group) in self.tasks.iter().zip(&groups) {
            let group = group.as_ref().map(|g| g.as_slice());
            let window = hits(Look::in_window(task)).through(group);
            let baseline = Look::in_baseline(task).map(|look| hits(look).through(group));
            if let (true, Some(told_if)) = (with_evidence, &task.told_if) {
                let rows = numbered(rows, &window)?;
                behind.push(Behind { key: task.key.clone(), told_if: told_if.clone(), rows });
            }
            counted.push(self.count(cohort, rows, task, &window, baseline.as_deref())?);
        }
        drop(found);
        let standings = Standings::new(cohort, &self.tasks, self.horizon)?;
        let mut answers = self.answers(cohort, &standings, &counted)?;
        for (task, (counted, answers)) in
            self.tasks.iter().zip(counted.iter_mut().zip(&mut answers))
        {
            if let Some(splits) = &task.test.splits {
                join((task, splits), &standings, counted, answers);
            }
        }
        self.judge(cohort, &standings, &groups, &counted, &answers)?;
        Ok(behind)
    }
}

/// Units with the numbers of the rows that have reached them.
fn numbered(rows: &Rows<'_>, hits: &Hits) -> PolarsResult<Vec<(u32, u32)>> {
    let numbers = rows.frame.column(ROW)?.as_materialized_series().u32()?;
    let number = |row: &u32| numbers.get(*row as usize).unwrap_or_default();
    Ok(hits.units.iter().copied().zip(hits.rows.iter().map(number)).collect())
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
