//! What rows come to, group by group: one walk over the rows for each function, with the place of
//! every row's group beside it. Nothing is hashed.

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
    /// Goes through the values, each with what its group has come to so far.
    fn fold<T: Clone, V>(
        self,
        values: impl Iterator<Item = V>,
        nothing: T,
        add: impl Fn(&mut T, V),
    ) -> Vec<T> {
        let mut groups = vec![nothing; self.count];
        for (value, &group) in values.zip(self.places) {
            if let Some(group) = groups.get_mut(group as usize) {
                add(group, value);
            }
        }
        groups
    }

    /// How many rows there are.
    pub(super) fn count(self) -> Vec<f64> {
        self.fold(std::iter::repeat(()), 0.0, |count, ()| *count += 1.0)
    }

    /// How many rows give this answer.
    pub(super) fn count_of(self, answers: &BooleanChunked, answer: bool) -> Vec<f64> {
        // No answer is a no.
        let given = answers.iter().map(|a| a.unwrap_or(false) == answer);
        self.fold(given, 0.0, |count, given| *count += f64::from(u8::from(given)))
    }

    /// How many different values there are.
    pub(super) fn count_distinct(self, values: &Float64Chunked) -> Vec<f64> {
        let mut seen: Vec<(u32, u64)> = (values.iter().zip(self.places))
            // Nought has two forms, and adding to it leaves one.
            .filter_map(|(value, &group)| Some((group, (value? + 0.0).to_bits())))
            .collect();
        seen.sort_unstable();
        seen.dedup();
        let places: Vec<u32> = seen.into_iter().map(|(group, _)| group).collect();
        Groups { places: &places, count: self.count }.count()
    }

    /// The sum of the values, and how many there are.
    pub(super) fn sums(self, values: &Float64Chunked) -> Vec<(f64, u32)> {
        self.fold(values.iter(), (0.0, 0), |(sum, count), value| {
            if let Some(value) = value {
                *sum += value;
                *count += 1;
            }
        })
    }

    /// The value in the middle, or half way between the two there; nothing where there is none.
    pub(super) fn medians(self, values: &Float64Chunked) -> Vec<Option<f64>> {
        let mut all: Vec<(u32, f64)> = (values.iter().zip(self.places))
            .filter_map(|(value, &group)| Some((group, value?)))
            .collect();
        all.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let mut medians = vec![None; self.count];
        for of_group in all.chunk_by(|a, b| a.0 == b.0) {
            let middle = |at: usize| of_group.get(at).copied();
            let (low, high) = (middle((of_group.len() - 1) / 2), middle(of_group.len() / 2));
            if let (Some((group, low)), Some((_, high))) = (low, high)
                && let Some(median) = medians.get_mut(group as usize)
            {
                *median = Some(f64::midpoint(low, high));
            }
        }
        medians
    }

    /// The row that is chosen among those with a value: a later one only if it is `better` than the
    /// one before.
    pub(super) fn chosen(
        self,
        values: &Float64Chunked,
        better: impl Fn(f64, f64) -> bool,
    ) -> IdxCa {
        let chosen = self.fold((0..).zip(values.iter()), None, |chosen, (row, value)| {
            let Some(value) = value else { return };
            if chosen.is_none_or(|(_, before)| better(value, before)) {
                *chosen = Some((row, value));
            }
        });
        let rows = chosen.into_iter().map(|chosen| chosen.map(|(row, _): (IdxSize, f64)| row));
        IdxCa::from_iter_options(PlSmallStr::EMPTY, rows)
    }

    /// Days from the first to the last; nothing where there is none.
    pub(super) fn spread(self, days: &Int32Chunked) -> Vec<Option<f64>> {
        let ends = self.fold(days.iter(), None, |ends: &mut Option<(i32, i32)>, day| {
            let Some(day) = day else { return };
            let (first, last) = ends.unwrap_or((day, day));
            *ends = Some((first.min(day), last.max(day)));
        });
        ends.into_iter().map(|e| e.map(|(first, last)| f64::from(last - first))).collect()
    }

    /// The sum of days.
    pub(super) fn sum_of_days(self, days: &[i32]) -> Vec<f64> {
        self.fold(days.iter(), 0.0, |sum, &days| *sum += f64::from(days))
    }

    /// The greatest number of days.
    pub(super) fn most_days(self, days: &[i32]) -> Vec<f64> {
        self.fold(days.iter(), 0.0, |most, &days| *most = f64::from(days).max(*most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_without_values_has_counted_nothing_and_shows_nothing() {
        let groups = Groups { places: &[0, 0, 2, 2], count: 3 };
        assert_eq!(groups.count(), [2.0, 0.0, 2.0]);
        let answers: BooleanChunked =
            [Some(true), None, Some(false), Some(true)].into_iter().collect();
        assert_eq!(groups.count_of(&answers, true), [1.0, 0.0, 1.0]);
        assert_eq!(groups.count_of(&answers, false), [1.0, 0.0, 1.0]);
        let numbers = [None, Some(4.0), Some(9.0), Some(2.0)];
        let values = Float64Chunked::from_iter_options("v".into(), numbers.into_iter());
        assert_eq!(groups.sums(&values), [(4.0, 1), (0.0, 0), (11.0, 2)]);
        assert_eq!(groups.medians(&values), [Some(4.0), None, Some(5.5)]);
        let rows = |chosen: IdxCa| chosen.iter().collect::<Vec<_>>();
        assert_eq!(rows(groups.chosen(&values, |_, _| false)), [Some(1), None, Some(2)]);
        assert_eq!(rows(groups.chosen(&values, |_, _| true)), [Some(1), None, Some(3)]);
        assert_eq!(rows(groups.chosen(&values, |a, b| a < b)), [Some(1), None, Some(3)]);
        let noughts = Float64Chunked::from_slice("v".into(), &[0.0, -0.0, 1.0, 2.0]);
        assert_eq!(groups.count_distinct(&noughts), [1.0, 0.0, 2.0]);
    }
}
