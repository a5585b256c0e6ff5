//! Episodes from raw spells, by comparing each spell with each other.

use early_help::calendar::Day;
use early_help::definitions::source::{Overlap, Source};

use super::value::{Row, Value};
use super::window::days_of;

/// The rows of a source as its episodes; as they are, if it says nothing of episodes.
pub(crate) fn episodes(source: &Source, rows: Vec<Row>) -> Vec<Row> {
    let Some(rule) = &source.episodes else { return rows };
    let (start_column, end_column) = source.shape.dates().expect("spells");
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
            // Two that overlap or nearly touch become one, until no two do.
            while let Some((a, b)) = pair(&left, |a, b| {
                let same = whose(a).is_some() && whose(a) == whose(b);
                same && days(a).0.0 - gap_days - 1 <= days(b).1.0
                    && days(b).0.0 - gap_days - 1 <= days(a).1.0
            }) {
                let (one, other) = (left[a].clone(), left.remove(b));
                let first_is_one = (days(&one).0, one.number) < (days(&other).0, other.number);
                let (first, second) = if first_is_one { (one, other) } else { (other, one) };
                let last = if days(&second).1 >= days(&first).1 { &second } else { &first };
                let mut made = first.clone();
                made.values.insert(end_column.to_owned(), last.get(end_column));
                for column in &rule.from_last {
                    made.values.insert(column.clone(), last.get(column));
                }
                assert!(!made.get(start_column).is_nothing());
                left[a] = made;
            }
        }
    }
    left
}

/// The places of the first two rows for which something holds, the lower first.
fn pair(rows: &[Row], holds: impl Fn(&Row, &Row) -> bool) -> Option<(usize, usize)> {
    let lower = 0..rows.len();
    lower
        .flat_map(|a| (a + 1..rows.len()).map(move |b| (a, b)))
        .find(|&(a, b)| holds(&rows[a], &rows[b]))
}
