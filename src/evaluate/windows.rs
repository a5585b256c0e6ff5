//! Windows as columns: the first and the last day of each distinct window, for every unit.

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use polars::prelude::*;

use crate::calendar::Day;
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
            let never = never(frame, window, unit)?.with_name(never_of(number).into());
            frame.with_column(never.into_column())?;
            frame.with_column(days(start_of(number), starts))?;
            frame.with_column(days(end_of(number), ends))?;
        }
        Ok(())
    }
}

/// Whether an anchor is missing that can no longer come, because the unit has ended without it.
fn never(frame: &DataFrame, window: &Window, unit: &Unit) -> PolarsResult<BooleanChunked> {
    let mut never = BooleanChunked::full(PlSmallStr::EMPTY, false, frame.height());
    if unit.anchor(ENDED).is_some() {
        for anchor in window.anchors() {
            never = &never | &frame.column(anchor)?.is_null();
        }
        never = &never & &frame.column(ENDED)?.is_not_null();
    }
    Ok(never)
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

/// Whether a column is one of those three.
pub(super) fn is_of_window(column: &str) -> bool {
    let rest = column.strip_prefix("window").and_then(|rest| rest.split_once('.'));
    rest.is_some_and(|(number, what)| {
        number.bytes().all(|b| b.is_ascii_digit()) && matches!(what, "start" | "end" | "never")
    })
}

/// A day for each unit, where it has one.
pub(super) type Days = Vec<Option<i32>>;

/// First and last days of a window for every row; nothing where an anchor is missing or the
/// calendar does not reach.
pub(super) fn bounds(
    frame: &DataFrame,
    window: &Window,
    project: &Project,
) -> PolarsResult<(Days, Days)> {
    let mut anchors: Vec<(&str, Int32Chunked)> = Vec::new();
    for name in window.anchors() {
        let days = frame.column(name)?.as_materialized_series().i32()?;
        anchors.push((name, days.rechunk().into_owned()));
    }
    let days: Vec<_> = anchors.iter().map(|(_, days)| days.downcast_as_array()).collect();
    // Many units share a day, and the calendar is asked once for each.
    let mut known: HashMap<[Option<i32>; 2], Option<(Day, Day)>> = HashMap::new();
    let mut found = (Vec::with_capacity(frame.height()), Vec::with_capacity(frame.height()));
    for row in 0..frame.height() {
        let on = |at: usize| days.get(at).and_then(|days| days.get(row));
        let days = match known.entry([on(0), on(1)]) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                let day_of = |name: &str| {
                    let (_, days) = anchors.iter().find(|(anchor, _)| *anchor == name)?;
                    days.get(row).map(Day)
                };
                let days = window.days(day_of, project.calendars());
                *new.insert(days.map_err(|e| PolarsError::ComputeError(e.to_string().into()))?)
            }
        };
        found.0.push(days.map(|(first, _)| first.0));
        found.1.push(days.map(|(_, last)| last.0));
    }
    Ok(found)
}
