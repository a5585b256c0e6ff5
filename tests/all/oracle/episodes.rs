//! Episodes from raw spells, by comparing each spell with each other.

use early_help::calendar::Day;
use early_help::definitions::source::{Overlap, Source};

use super::value::{Row, Value};
use super::window::days_of;

/// The rows of a source as its episodes; as they are, if it says nothing of episodes.
pub(crate) fn episodes(source: &Source, rows: Vec<Row>) -> Vec<Row> {
    let Some(rule) = &source.episodes else { return rows };
    let (_, end_column) = source.shape.dates().expect("spells");
    let whose = |row: &Row| -> Option<Vec<Value>> {
        let values: Vec<Value> = rule.per.iter().map(|column| row.get(column)).collect();
        let known = values.iter().all(|v| !v.is_nothing()) && days_of(source, row).is_some();
        known.then_some(values)
    };
    let days = |row: &Row| {
        let (start, end) = days_of(source, row).expect("a start");
        (start, end.unwrap_or(Day(i32::MAX / 2)))
    };
    let mut left = rows.clone();
    match rule.overlap {
        Overlap::DropContained => left.retain(|row| {
            let Some(of) = whose(row) else { return true };
            let (start, end) = days(row);
            !rows.iter().any(|other| {
                if whose(other).as_ref() != Some(&of) || other.number == row.number {
                    return false;
                }
                let (first, last) = days(other);
                let holds = first <= start && end <= last;
                // Of two that are alike, the later row goes.
                holds && ((first, last) != (start, end) || other.number < row.number)
            })
        }),
        Overlap::Merge { gap_days } => {
            let mut made: Vec<Row> = Vec::new();
            while let Some(row) = left.first().cloned() {
                let mut parts = vec![left.remove(0)];
                // Whatever touches what has been found so far belongs to it, until nothing does.
                while let Some(at) = left.iter().position(|other| {
                    let near = |part: &Row| {
                        let ((a, z), (first, last)) = (days(part), days(other));
                        a.0 - gap_days - 1 <= last.0 && first.0 - gap_days - 1 <= z.0
                    };
                    whose(&row).is_some() && whose(&row) == whose(other) && parts.iter().any(near)
                }) {
                    parts.push(left.remove(at));
                }
                if parts.len() == 1 {
                    made.append(&mut parts);
                    continue;
                }
                parts.sort_by_key(|part| (days(part).0, part.number));
                let last = parts.iter().max_by_key(|p| (days(p).1, days(p).0, p.number));
                let last = last.expect("a last spell").clone();
                let mut episode = parts.swap_remove(0);
                episode.values.insert(end_column.to_owned(), last.get(end_column));
                for column in &rule.from_last {
                    episode.values.insert(column.clone(), last.get(column));
                }
                made.push(episode);
            }
            left = made;
        }
    }
    left.sort_by_key(|row| row.number);
    left
}
