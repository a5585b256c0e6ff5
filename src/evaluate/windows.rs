//! Windows as columns: the first and the last day of each distinct window, for every unit.

use polars::prelude::*;

use crate::calendar::{BeyondTable, Day};
use crate::definitions::project::Project;
use crate::definitions::test::Window;
use crate::definitions::unit::Unit;

/// The anchor on which a unit ends.
const ENDED: &str = "closed_on";

/// The distinct windows of one unit's tests; each has a pair of columns in the unit's frame.
#[derive(Debug, Default)]
pub(super) struct Windows {
    distinct: Vec<Window>,
}

impl Windows {
    /// The number of a window, given to it now if it is new.
    pub(super) fn number(&mut self, window: &Window) -> usize {
        match self.distinct.iter().position(|w| w == window) {
            Some(at) => at,
            None => {
                self.distinct.push(window.clone());
                self.distinct.len() - 1
            }
        }
    }

    /// Adds the columns of all windows to a frame that holds the anchors.
    pub(super) fn add_to(
        &self,
        frame: &mut DataFrame,
        unit: &Unit,
        project: &Project,
    ) -> PolarsResult<()> {
        for (number, window) in self.distinct.iter().enumerate() {
            let (starts, ends) = bounds(frame, window, project)?;
            let days = |name: String, days: Vec<Option<i32>>| {
                Int32Chunked::from_iter_options(name.into(), days.into_iter()).into_column()
            };
            let never = self.never(frame, window, unit)?;
            frame.with_column(never.with_name(never_of(number).into()))?;
            frame.with_column(days(start_of(number), starts))?;
            frame.with_column(days(end_of(number), ends))?;
        }
        Ok(())
    }

    /// Whether an anchor is missing that can no longer come, because the unit has ended without it.
    fn never(&self, frame: &DataFrame, window: &Window, unit: &Unit) -> PolarsResult<Column> {
        let missing = window
            .anchors()
            .into_iter()
            .map(|anchor| col(anchor).is_null())
            .reduce(Expr::or)
            .unwrap_or_else(|| lit(false));
        let ended = match unit.anchor(ENDED) {
            Some(_) => col(ENDED).is_not_null(),
            None => lit(false),
        };
        let found = frame.clone().lazy().select([missing.and(ended).alias("never")]).collect()?;
        let never = found.column("never")?;
        let one_for_all = never.len() != frame.height();
        Ok(if one_for_all { never.new_from_index(0, frame.height()) } else { never.clone() })
    }
}

/// The column that says that a window can never have dates.
pub(super) fn never_of(window: usize) -> String {
    format!("window{window}.never")
}

/// The column with the first day of a window.
pub(super) fn start_of(window: usize) -> String {
    format!("window{window}.start")
}

/// The column with the last day of a window.
pub(super) fn end_of(window: usize) -> String {
    format!("window{window}.end")
}

type Days = Vec<Option<i32>>;

/// First and last days of a window for every row; nothing where an anchor is missing or the
/// calendar does not reach.
fn bounds(frame: &DataFrame, window: &Window, project: &Project) -> PolarsResult<(Days, Days)> {
    let mut anchors: Vec<(&str, Int32Chunked)> = Vec::new();
    for name in window.anchors() {
        anchors.push((name, frame.column(name)?.as_materialized_series().i32()?.clone()));
    }
    let calendars = project.calendars();
    let beyond = |e: BeyondTable| PolarsError::ComputeError(e.to_string().into());
    let mut days = (Vec::with_capacity(frame.height()), Vec::with_capacity(frame.height()));
    for row in 0..frame.height() {
        let day_of = |name: &str| {
            let (_, days) = anchors.iter().find(|(anchor, _)| *anchor == name)?;
            days.get(row).map(Day)
        };
        let found = window.days(day_of, calendars).map_err(beyond)?;
        days.0.push(found.map(|(first, _)| first.0));
        days.1.push(found.map(|(_, last)| last.0));
    }
    Ok(days)
}
