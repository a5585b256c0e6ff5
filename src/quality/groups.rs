//! Rows that are the same in some columns, and spells of the same that last at once.

use hashbrown::HashMap;
use polars::prelude::*;

use crate::definitions::source::Shape;

/// For each row the number of its group: rows with the same values in all columns. No group where a
/// value is missing, or the row is not looked at.
pub(super) fn groups(
    frame: &DataFrame,
    columns: &[String],
    among: &[bool],
) -> PolarsResult<Vec<Option<u32>>> {
    let mut groups: Vec<Option<u32>> = among.iter().map(|among| among.then_some(0)).collect();
    for column in columns {
        // Numbers are given in the order of rows, and nobody walks through the map.
        let mut numbers: HashMap<(u32, u64), u32> = HashMap::new();
        for (group, bits) in groups.iter_mut().zip(bits(frame.column(column)?)?) {
            *group = group.zip(bits).map(|key| {
                let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
                *numbers.entry(key).or_insert(next)
            });
        }
    }
    Ok(groups)
}

/// The values of a column as bits: equal values, equal bits.
fn bits(column: &Column) -> PolarsResult<Vec<Option<u64>>> {
    let values = column.as_materialized_series();
    Ok(match values.dtype() {
        DataType::Boolean => values.bool()?.iter().map(|v| v.map(u64::from)).collect(),
        DataType::UInt32 => values.u32()?.iter().map(|v| v.map(u64::from)).collect(),
        DataType::Int32 => {
            values.i32()?.iter().map(|v| v.map(|v| u64::from(v.cast_unsigned()))).collect()
        }
        // Adding nought makes one of the two noughts.
        _ => values.f64()?.iter().map(|v| v.map(|v| (v + 0.0).to_bits())).collect(),
    })
}

/// Which rows share their group with another.
pub(super) fn repeated(groups: &[Option<u32>]) -> Vec<bool> {
    let mut sizes = vec![0_u32; groups.len()];
    for group in groups.iter().flatten() {
        if let Some(size) = sizes.get_mut(*group as usize) {
            *size += 1;
        }
    }
    let shared = |group: u32| sizes.get(group as usize).is_some_and(|size| *size > 1);
    groups.iter().map(|group| group.is_some_and(shared)).collect()
}

/// Which spells last at the same time as another of their group.
///
/// A spell lasts from its start to the day before its end; one that ends on the day on which it
/// starts lasts on that day. In order of starts, a spell meets an earlier one if the furthest end so
/// far lies behind its start, and a later one if the next starts before it ends.
pub(super) fn overlapping(
    frame: &DataFrame,
    shape: &Shape,
    groups: &[Option<u32>],
) -> PolarsResult<Vec<bool>> {
    let mut met = vec![false; groups.len()];
    let Some((start, end)) = shape.dates() else { return Ok(met) };
    let days = |name: &str| -> PolarsResult<Int32Chunked> {
        Ok(frame.column(name)?.as_materialized_series().i32()?.rechunk().into_owned())
    };
    let (starts, ends) = (days(start)?, days(end)?);
    let mut spells: Vec<(u32, i32, i32, usize)> = groups
        .iter()
        .enumerate()
        .filter_map(|(row, group)| {
            let start = starts.get(row)?;
            let end = ends.get(row).map_or(i32::MAX, |end| end.max(start.saturating_add(1)));
            Some(((*group)?, start, end, row))
        })
        .collect();
    spells.sort_unstable();
    for of_group in spells.chunk_by(|a, b| a.0 == b.0) {
        let mut furthest = i32::MIN;
        let mut mark = |row: usize, meets: bool| {
            if let Some(met) = met.get_mut(row) {
                *met |= meets;
            }
        };
        for (at, &(_, start, end, row)) in of_group.iter().enumerate() {
            let next = of_group.get(at + 1).is_some_and(|(_, next, _, _)| *next < end);
            mark(row, furthest > start || next);
            furthest = furthest.max(end);
        }
    }
    Ok(met)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which of these spells of one thing overlap another; days are numbers.
    fn met(spells: &[(i32, Option<i32>)]) -> Vec<bool> {
        let starts: Vec<i32> = spells.iter().map(|s| s.0).collect();
        let ends: Vec<Option<i32>> = spells.iter().map(|s| s.1).collect();
        let frame = DataFrame::new(
            spells.len(),
            vec![Column::new("from".into(), starts), Column::new("to".into(), ends)],
        );
        let shape = Shape::Spell { start: "from".into(), end: "to".into() };
        overlapping(&frame.expect("a frame"), &shape, &vec![Some(0); spells.len()]).expect("days")
    }

    #[test]
    fn spells_that_only_touch_do_not_overlap() {
        assert_eq!(met(&[(1, Some(5)), (5, Some(9)), (9, None)]), [false; 3]);
        assert_eq!(met(&[(1, Some(6)), (5, Some(9)), (9, None)]), [true, true, false]);
    }

    #[test]
    fn a_long_spell_meets_all_that_lie_within_it_in_any_order_of_rows() {
        assert_eq!(met(&[(4, Some(5)), (1, None), (7, Some(8))]), [true; 3]);
        assert_eq!(
            met(&[(1, Some(20)), (2, Some(3)), (5, Some(6)), (30, None)]),
            [true, true, true, false]
        );
    }

    #[test]
    fn spells_of_one_day_overlap_what_lasts_on_it() {
        assert_eq!(met(&[(3, Some(3)), (3, Some(3))]), [true; 2]);
        assert_eq!(met(&[(3, Some(3)), (3, Some(9))]), [true; 2]);
        assert_eq!(met(&[(1, Some(3)), (3, Some(3)), (4, None)]), [false; 3]);
    }

    #[test]
    fn nothing_equals_nothing() {
        let frame = DataFrame::new(
            4,
            vec![
                Column::new("a".into(), [Some(1_u32), Some(1), None, None]),
                Column::new("b".into(), [7_i32, 7, 7, 7]),
            ],
        )
        .expect("a frame");
        let groups = groups(&frame, &["a".into(), "b".into()], &[true; 4]).expect("groups");
        assert_eq!(repeated(&groups), [true, true, false, false]);
    }
}
