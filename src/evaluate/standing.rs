//! How far windows have come: whether they have dates, and whether what the feed knows reaches to
//! their end. All that an answer without rows depends on.

use std::collections::BTreeMap;

use polars::prelude::{Expr as Plan, *};

use crate::columns::exact;
use crate::evaluate::cohort::Cohort;
use crate::evaluate::settle::Closing;
use crate::evaluate::task::Task;
use crate::evaluate::windows::{end_of, never_of, start_of};

/// How far one window of one unit has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It has no dates and never will have: the unit has ended without the anchor.
    Never,
    /// It has no dates yet.
    Undated,
    /// It has dates, and the feed does not reach to its end.
    Open,
    /// It has dates, and all of them lie within what the feed knows.
    Finished,
}

impl Standing {
    pub(super) const ALL: [Self; 4] = [Self::Never, Self::Undated, Self::Open, Self::Finished];

    /// Whether there is nothing left to wait for.
    fn is_settled(self) -> bool {
        matches!(self, Self::Never | Self::Finished)
    }
}

/// The windows of a pass, unit by unit.
pub(super) struct Standings {
    by_window: BTreeMap<usize, Vec<Standing>>,
}

impl Standings {
    /// How far the windows of these tasks have come, when the feed is known to the horizon.
    pub(super) fn new(cohort: &Cohort<'_>, tasks: &[Task<'_>], horizon: i32) -> PolarsResult<Self> {
        let mut by_window = BTreeMap::new();
        for window in tasks.iter().flat_map(|t| [Some(t.window), t.baseline]).flatten() {
            if by_window.contains_key(&window) {
                continue;
            }
            let column = |name: String| cohort.units.column(&name);
            let (start, end, never) =
                (column(start_of(window))?, column(end_of(window))?, column(never_of(window))?);
            let (start, end) = (start.as_materialized_series(), end.as_materialized_series());
            let (start, end) = (start.i32()?.rechunk(), end.i32()?.rechunk());
            let never = never.as_materialized_series().bool()?.rechunk();
            let days = start.downcast_as_array().iter().zip(end.downcast_as_array().iter());
            let standing =
                |((start, end), never): ((Option<&i32>, Option<&i32>), Option<bool>)| match start
                    .and(end)
                {
                    Some(&end) if end <= horizon => Standing::Finished,
                    Some(_) => Standing::Open,
                    None if never == Some(true) => Standing::Never,
                    None => Standing::Undated,
                };
            let never = never.downcast_as_array().iter();
            by_window.insert(window, days.zip(never).map(standing).collect());
        }
        Ok(Self { by_window })
    }

    /// How far a window has come, for each unit.
    pub(super) fn of(&self, window: usize) -> &[Standing] {
        self.by_window.get(&window).map_or(&[], Vec::as_slice)
    }

    /// Whether more rows may still come into the window or the baseline of a task, for a unit. Where
    /// one of them will never have dates, no more rows can tell anything.
    pub(super) fn may_grow(&self, task: &Task<'_>, unit: usize) -> bool {
        let windows = [Some(task.window), task.baseline].into_iter().flatten();
        let standings: Vec<Standing> =
            windows.filter_map(|w| self.of(w).get(unit).copied()).collect();
        !standings.contains(&Standing::Never) && standings.iter().any(|s| *s != Standing::Finished)
    }

    /// Whether the window or the baseline of each task is still open, for each unit. Worked out once
    /// for all tasks with the same windows.
    pub(super) fn open(&self, tasks: &[Task<'_>]) -> Vec<BooleanChunked> {
        let mut known: BTreeMap<(usize, Option<usize>), BooleanChunked> = BTreeMap::new();
        let mut open = |task: &Task<'_>| {
            let windows = (task.window, task.baseline);
            let found = known.entry(windows).or_insert_with(|| {
                let mut open: Vec<bool> =
                    self.of(task.window).iter().map(|s| !s.is_settled()).collect();
                if let Some(baseline) = task.baseline {
                    for (open, baseline) in open.iter_mut().zip(self.of(baseline)) {
                        *open |= !baseline.is_settled();
                    }
                }
                BooleanChunked::from_slice(PlSmallStr::EMPTY, &open)
            });
            found.clone()
        };
        tasks.iter().map(&mut open).collect()
    }
}

/// What a column of standings says of a window.
pub(super) fn closing(column: &str) -> Closing {
    let is = |standing: Standing| -> Plan { col(column).eq(exact(standing as u32)) };
    Closing {
        dated: is(Standing::Open).or(is(Standing::Finished)),
        finished: is(Standing::Finished),
        never: is(Standing::Never),
    }
}
