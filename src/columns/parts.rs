//! Rows in parts: those with the same values in some columns.

/// Numbers parts of rows anew by one more column: 0, 1, 2… in order of the old number and then of the
/// value, nothing before all values. Both lists hold one entry a row.
#[must_use]
pub fn finer(parts: &[u32], values: &[Option<i64>]) -> Vec<u32> {
    let mut order: Vec<(u32, Option<i64>, usize)> = parts
        .iter()
        .zip(values)
        .enumerate()
        .map(|(row, (&part, &value))| (part, value, row))
        .collect();
    order.sort_unstable();
    let mut finer = vec![0; parts.len()];
    let (mut number, mut last) = (0, None);
    for (part, value, row) in order {
        if last.is_some_and(|last| last != (part, value)) {
            number += 1;
        }
        last = Some((part, value));
        if let Some(slot) = finer.get_mut(row) {
            *slot = number;
        }
    }
    finer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_differ_in_a_further_column_part_and_stay_in_order() {
        let values = [Some(2), None, Some(1), Some(2)];
        assert_eq!(finer(&[0, 0, 1, 1], &values), [1, 0, 2, 3]);
        assert_eq!(finer(&[0, 0, 0, 0], &values), [2, 0, 1, 2]);
    }
}
