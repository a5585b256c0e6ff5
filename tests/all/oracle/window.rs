//! The days of a window for one unit, and which rows are in it.

use early_help::calendar::{Day, Length, LengthUnit};
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
            let first = day.plus_days(1);
            let last = match length.unit {
                LengthUnit::WorkingDays => {
                    (first.0..)
                        .map(Day)
                        .scan(0, |so_far, day| {
                            *so_far += u32::from(works(world, day));
                            Some((*so_far, day))
                        })
                        .find(|(so_far, _)| *so_far == length.count)?
                        .1
                }
                LengthUnit::Terms => {
                    let mut terms = calendar("terms")?.all().iter().filter(|p| p.start >= first);
                    terms.nth(length.count as usize - 1)?.end
                }
                _ => length.after(day)?,
            };
            Some((first, last))
        }
        Window::Before { anchor, length } => {
            let day = subject.anchor(anchor)?;
            let last = day.plus_days(-1);
            let first = match length.before(day) {
                Some(first) => first,
                None => back(world, last, *length)?,
            };
            Some((first, last))
        }
        Window::UpTo { anchor, length } => {
            let day = subject.anchor(anchor)?;
            let first = match length.before(day) {
                Some(first) => first.plus_days(1),
                None => back(world, day, *length)?,
            };
            Some((first, day))
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

/// Whether the council works on a day.
fn works(world: &World, day: Day) -> bool {
    let days = &world.definitions.project.working_days;
    days.between(day.plus_days(-1), day).expect("a day of the table") == 1
}

/// Day by day back until so many working days, or so many whole terms, have been met.
fn back(world: &World, last: Day, length: Length) -> Option<Day> {
    let mut left = length.count;
    let terms = world.definitions.project.named_periods.get("terms");
    let mut day = last;
    loop {
        let met = match length.unit {
            LengthUnit::WorkingDays => works(world, day),
            _ => {
                let terms = terms?.all();
                if terms.first()?.start > day {
                    return None;
                }
                terms.iter().any(|term| term.start == day && term.end <= last)
            }
        };
        left -= u32::from(met);
        if left == 0 {
            return Some(day);
        }
        day = day.plus_days(-1);
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
