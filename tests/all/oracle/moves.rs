//! Moves between levels of help, day by day: every day of every child is looked at by itself.

use early_help::calendar::{Day, Length, LengthUnit};
use early_help::definitions::expression::Type;
use early_help::definitions::moves::Ladder;
use early_help::definitions::source::Shape;

use super::expression::{Setting, evaluate};
use super::value::{Row, Value};
use super::world::{World, push};

/// Days at a level: the word for it, whether it helps, first and last day.
struct Stay {
    level: usize,
    helps: bool,
    first: Day,
    last: Day,
}

/// One row for each day on which a child is at another level than the day before.
pub(crate) fn moves(world: &World, ladder: &Ladder) -> Vec<Row> {
    let mut horizon = world.as_at();
    for source in ladder.sources() {
        if !world.definitions.is_fed(source) {
            return Vec::new();
        }
        horizon = horizon.min(world.horizon(source));
    }
    let mut rows = Vec::new();
    for person in world.rows("people") {
        let Some(born) = person.get("date_of_birth").day() else { continue };
        let id = person.get("person_id").written();
        let stays = stays(world, ladder, &id, horizon);
        let Some(mut day) = stays.iter().map(|s| s.first).min() else { continue };
        let mut before = 0;
        while day <= horizon {
            let now = level_of_a_day(ladder, &stays, day);
            let age = day.age_of(born);
            if now != before && age < 18 {
                let columns = ladder.columns();
                let word = |column: &str, at: usize| {
                    let (_, ty) =
                        columns.iter().find(|(name, _)| *name == column).expect("a column");
                    let Type::Code(list) = ty else { panic!("{column} is no code") };
                    Value::Code(u32::try_from(at).expect("few levels"), list.clone())
                };
                let step = match (ladder.helps(before), ladder.helps(now), now > before) {
                    (false, false, true) => 0,
                    (false, true, _) => 1,
                    (true, true, true) => 2,
                    (true, true, false) => 3,
                    (true, false, _) => 4,
                    (false, false, false) => 5,
                };
                push(
                    &mut rows,
                    &[
                        ("person_id", Value::text(&id)),
                        ("moved_on", Value::Day(day)),
                        ("from_level", word("from_level", before)),
                        ("to_level", word("to_level", now)),
                        ("step", word("step", step)),
                        ("age_at_move", Value::Number(f64::from(age))),
                    ],
                );
            }
            before = now;
            day = day.plus_days(1);
        }
    }
    rows
}

/// The level of one day: help before the front door; what covers the day before what ended lately.
fn level_of_a_day(ladder: &Ladder, stays: &[Stay], day: Day) -> usize {
    for helps in [true, false] {
        // Back from the day itself to the last on which there was a level of this kind.
        let mut back = day;
        let earliest = stays.iter().map(|s| s.first).min().expect("a stay");
        while back >= earliest {
            let there =
                stays.iter().filter(|s| s.helps == helps && s.first <= back && back <= s.last);
            if let Some(level) = there.map(|s| s.level).max() {
                if day <= after(ladder.lasts, back) {
                    return level;
                }
                break;
            }
            back = back.plus_days(-1);
        }
    }
    0
}

fn after(length: Length, day: Day) -> Day {
    let count = i32::try_from(length.count).expect("a short time");
    match length.unit {
        LengthUnit::Days => day.plus_days(count),
        LengthUnit::Weeks => day.plus_days(7 * count),
        LengthUnit::Months => day.plus_months(count),
        LengthUnit::Years => day.plus_months(12 * count),
        LengthUnit::WorkingDays | LengthUnit::Terms => panic!("no fixed length"),
    }
}

/// All days that a person was at a level, row by row.
fn stays(world: &World, ladder: &Ladder, person: &str, horizon: Day) -> Vec<Stay> {
    let mut found = Vec::new();
    let levels = ladder.rungs.iter().enumerate();
    for (at, rung, rows) in levels.flat_map(|(at, r)| r.rows.iter().map(move |rows| (at, r, rows)))
    {
        let source = world.source(&rows.source);
        for row in world.rows(&rows.source) {
            let here = Setting::new(world).row(source, row);
            let among = rows.among.as_ref().map(|c| evaluate(&c.expr, &here).truth());
            if among.is_some_and(|among| among != Some(true)) {
                continue;
            }
            let (first, last) = match &source.shape {
                Shape::Event { date } => (row.get(date).day(), row.get(date).day()),
                Shape::Spell { start, end } => {
                    let (start, end) = (row.get(start).day(), row.get(end).day());
                    (start, end.zip(start).map(|(end, start)| end.plus_days(-1).max(start)))
                }
                _ => panic!("neither events nor spells"),
            };
            let Some(first) = first else { continue };
            let last = last.unwrap_or(horizon).min(horizon);
            let mut add = |first: Day, last: Day| {
                if first <= last {
                    found.push(Stay { level: at + 1, helps: rung.helps, first, last });
                }
            };
            if let Some(column) = source.id_column("person") {
                if row.get(&column.name).words() == Some(person) {
                    add(first, last);
                }
                continue;
            }
            let family = row.get(&source.id_column("family").expect("a family").name);
            for stay in world.rows("family_members") {
                let theirs = stay.get("person_id").words() == Some(person)
                    && !family.is_nothing()
                    && stay.get("family_id") == family;
                let Some(joined) = stay.get("joined_on").day().filter(|_| theirs) else { continue };
                let left = stay.get("left_on").day().unwrap_or(horizon);
                add(first.max(joined), last.min(left));
            }
        }
    }
    found
}
