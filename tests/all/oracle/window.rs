//! The days of a window for one unit, and which rows are in it.

use early_help::calendar::Day;
use early_help::definitions::source::{Shape, Source};
use early_help::definitions::test::{SpellsIn, Window};

use super::value::Row;
use super::world::{Subject, World};

/// First and last day, both included; the last may come before the first.
pub(crate) type Days = (Day, Day);

/// The days of a window; nothing if an anchor is missing or a calendar does not reach.
pub(crate) fn dates(world: &World, subject: &Subject, window: &Window) -> Option<Days> {
    let calendar = |name: &str| world.definitions.project.named_periods.get(name);
    match window {
        Window::After { anchor, length } => {
            let day = subject.anchor(anchor)?;
            Some((day.plus_days(1), length.after(day)))
        }
        Window::Before { anchor, length } => {
            let day = subject.anchor(anchor)?;
            Some((length.before(day), day.plus_days(-1)))
        }
        Window::UpTo { anchor, length } => {
            let day = subject.anchor(anchor)?;
            Some((length.before(day).plus_days(1), day))
        }
        Window::FromTo { from, to } => Some((subject.anchor(from)?, subject.anchor(to)?)),
        Window::On { anchor } => {
            let day = subject.anchor(anchor)?;
            Some((day, day))
        }
        Window::LastPeriods { count, of, by } => {
            let by = subject.anchor(by)?;
            let ended: Vec<_> = calendar(of)?.all().iter().filter(|p| p.end <= by).collect();
            let wanted = ended.len().checked_sub(*count as usize)?;
            Some((ended.get(wanted)?.start, ended.last()?.end))
        }
        Window::NextPeriods { count, of, after } => {
            let after = subject.anchor(after)?;
            let coming: Vec<_> = calendar(of)?.all().iter().filter(|p| p.start > after).collect();
            let last = coming.get((*count as usize).checked_sub(1)?)?;
            Some((coming.first()?.start, last.end))
        }
    }
}

/// Whether a window will never have dates: an anchor is missing, and the unit has ended.
pub(crate) fn never(subject: &Subject, window: &Window) -> bool {
    let ended = subject.unit.anchor("closed_on").is_some() && subject.anchor("closed_on").is_some();
    ended && window.anchors().iter().any(|anchor| subject.anchor(anchor).is_none())
}

/// Whether everything that will ever be known of a window is known.
pub(crate) fn finished(world: &World, source: &str, days: Option<Days>) -> bool {
    days.is_some_and(|(_, last)| last <= world.horizon(source))
}

/// First and last day of a row; an open spell has no last day. Nothing if it has no first day.
pub(crate) fn days_of(source: &Source, row: &Row) -> Option<(Day, Option<Day>)> {
    let (start, end) = source.shape.dates()?;
    Some((row.get(start).day()?, row.get(end).day()))
}

/// Whether a row is in a window.
pub(crate) fn holds(days: Days, spells: SpellsIn, source: &Source, row: &Row) -> bool {
    let (first, last) = days;
    if last < first {
        return false;
    }
    let inside = |day: Day| first <= day && day <= last;
    let Some((start, end)) = days_of(source, row) else { return false };
    match (&source.shape, spells) {
        (Shape::Entity, _) => false,
        (Shape::Event { .. } | Shape::Reading { .. }, _) => inside(start),
        (Shape::Period { .. }, _) => inside(start) && end.is_some_and(inside),
        (Shape::Spell { .. }, SpellsIn::Overlapping) => {
            start <= last && end.is_none_or(|end| end >= first)
        }
        (Shape::Spell { .. }, SpellsIn::Starting) => inside(start),
        (Shape::Spell { .. }, SpellsIn::Ending) => end.is_some_and(inside),
    }
}
