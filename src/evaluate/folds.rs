//! What rows come to, group by group: one walk over the rows for each function, with the place of
//! every row's group beside it. Nothing is hashed or sorted.

use polars::prelude::*;

/// Rows with the places of their groups.
#[derive(Clone, Copy)]
pub(super) struct Groups<'a> {
    /// The place of each row's group.
    pub(super) places: &'a [u32],
    /// How many groups there are, those without rows included.
    pub(super) count: usize,
}

impl Groups<'_> {
    /// The places of the rows for which a condition is true.
    fn held<'c>(&'c self, holds: &'c BooleanChunked) -> impl Iterator<Item = (usize, usize)> + 'c {
        let rows = holds.iter().zip(self.places).enumerate();
        rows.filter_map(|(row, (holds, &group))| {
            (holds == Some(true)).then_some((row, group as usize))
        })
    }

    /// How many rows of each group a condition is true for.
    pub(super) fn count(&self, holds: &BooleanChunked) -> Column {
        let mut counts = vec![0.0_f64; self.count];
        for (_, group) in self.held(holds) {
            if let Some(count) = counts.get_mut(group) {
                *count += 1.0;
            }
        }
        Column::new(PlSmallStr::EMPTY, counts)
    }

    /// Whether the condition is true for any row of each group.
    pub(super) fn any(&self, holds: &BooleanChunked) -> BooleanChunked {
        let mut found = vec![false; self.count];
        for (_, group) in self.held(holds) {
            if let Some(found) = found.get_mut(group) {
                *found = true;
            }
        }
        BooleanChunked::from_slice(PlSmallStr::EMPTY, &found)
    }

    /// The greatest value of each group; nothing where there is none.
    pub(super) fn max(&self, values: &UInt32Chunked) -> UInt32Chunked {
        let mut greatest: Vec<Option<u32>> = vec![None; self.count];
        for (value, &group) in values.iter().zip(self.places) {
            if let Some(slot) = greatest.get_mut(group as usize) {
                *slot = (*slot).max(value);
            }
        }
        UInt32Chunked::from_iter_options(PlSmallStr::EMPTY, greatest.into_iter())
    }

    /// The value of the first row of each group for which the condition is true and that has one.
    pub(super) fn first(&self, values: &Column, holds: &BooleanChunked) -> PolarsResult<Column> {
        let mut chosen: Vec<Option<IdxSize>> = vec![None; self.count];
        let present = holds & &values.as_materialized_series().is_not_null();
        for (row, group) in self.held(&present) {
            if let Some(slot @ None) = chosen.get_mut(group) {
                *slot = IdxSize::try_from(row).ok();
            }
        }
        values.take(&IdxCa::from_iter_options(PlSmallStr::EMPTY, chosen.into_iter()))
    }

    /// The value of the last such row.
    pub(super) fn last(&self, values: &Column, holds: &BooleanChunked) -> PolarsResult<Column> {
        let mut chosen: Vec<Option<IdxSize>> = vec![None; self.count];
        let present = holds & &values.as_materialized_series().is_not_null();
        for (row, group) in self.held(&present) {
            if let Some(slot) = chosen.get_mut(group) {
                *slot = IdxSize::try_from(row).ok();
            }
        }
        values.take(&IdxCa::from_iter_options(PlSmallStr::EMPTY, chosen.into_iter()))
    }

    /// The sum of the values of each group where the condition is true, and how many there are.
    pub(super) fn sums(&self, values: &Float64Chunked, holds: &BooleanChunked) -> Vec<(f64, u32)> {
        let mut sums = vec![(0.0_f64, 0_u32); self.count];
        let rows = values.iter().zip(holds.iter()).zip(self.places);
        for ((value, holds), &group) in rows {
            if let (Some(value), Some(true), Some((sum, count))) =
                (value, holds, sums.get_mut(group as usize))
            {
                *sum += value;
                *count += 1;
            }
        }
        sums
    }

    /// The sum of days of each group.
    pub(super) fn sum_of_days(&self, days: &[i32]) -> Vec<f64> {
        let mut sums = vec![0.0_f64; self.count];
        for (&days, &group) in days.iter().zip(self.places) {
            if let Some(sum) = sums.get_mut(group as usize) {
                *sum += f64::from(days);
            }
        }
        sums
    }

    /// The greatest number of days of each group.
    pub(super) fn most_days(&self, days: &[i32]) -> Vec<f64> {
        let mut most = vec![0.0_f64; self.count];
        for (&days, &group) in days.iter().zip(self.places) {
            if let Some(most) = most.get_mut(group as usize) {
                *most = most.max(f64::from(days));
            }
        }
        most
    }
}

/// A column of yes and no; one value for all rows becomes a value for each.
pub(super) fn yes_no(column: &Column, height: usize) -> PolarsResult<BooleanChunked> {
    let column = of_height(column, height);
    Ok(column.as_materialized_series().bool()?.rechunk().into_owned())
}

/// A column with a value for each of `height` rows.
pub(super) fn of_height(column: &Column, height: usize) -> Column {
    if column.len() == height { column.clone() } else { column.new_from_index(0, height) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_without_rows_has_counted_nothing_and_shows_nothing() {
        let groups = Groups { places: &[0, 0, 2], count: 3 };
        let yes: BooleanChunked = [true, true, false].into_iter().collect();
        let counts = groups.count(&yes);
        assert_eq!(counts.f64().unwrap().iter().collect::<Vec<_>>(), [2.0, 0.0, 0.0].map(Some));
        let values = Column::new("v".into(), [None, Some(4.0), Some(9.0)]);
        let last = groups.last(&values, &yes).unwrap();
        assert_eq!(last.f64().unwrap().iter().collect::<Vec<_>>(), [Some(4.0), None, None]);
        let ranks = UInt32Chunked::from_slice("r".into(), &[3, 5, 1]);
        assert_eq!(groups.max(&ranks).iter().collect::<Vec<_>>(), [Some(5), None, Some(1)]);
    }
}
