//! Rows by key: identifiers are small integers, so that the rows of each stand one after the other
//! in one list, and finding them is two look-ups. No hashing, and the same order on any machine.

use polars::prelude::{IdxCa, UInt32Chunked};

/// The places of a frame's rows, in order of a key column. Rows without a key are left out.
#[derive(Debug, Default)]
pub struct ByKey {
    /// Where the rows of each key begin, and at last where those of the last key end.
    first: Vec<u32>,
    rows: Vec<u32>,
}

impl ByKey {
    /// Sorts the rows of a column by key; those of one key keep their order.
    #[must_use]
    pub fn new(keys: &UInt32Chunked) -> Self {
        let keys = keys.rechunk();
        let keys = keys.downcast_as_array();
        Self::of(|| keys.iter().map(|key| key.copied()))
    }

    /// Sorts rows by the keys that are given for them, one after the other; the same each time.
    pub fn of<K: Iterator<Item = Option<u32>>>(keys: impl Fn() -> K) -> Self {
        let highest = keys().flatten().max();
        let mut first = vec![0_u32; highest.map_or(1, |h| h as usize + 2)];
        for key in keys().flatten() {
            if let Some(count) = first.get_mut(key as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for count in &mut first {
            sum += *count;
            *count = sum;
        }
        let mut next = first.clone();
        let mut rows = vec![0; sum as usize];
        for (row, key) in (0_u32..).zip(keys()) {
            let Some(at) = key.and_then(|key| next.get_mut(key as usize)) else { continue };
            if let Some(slot) = rows.get_mut(*at as usize) {
                *slot = row;
            }
            *at += 1;
        }
        Self { first, rows }
    }

    /// Where the rows of a key stand among [`ByKey::all`].
    #[must_use]
    pub fn range(&self, key: u32) -> std::ops::Range<usize> {
        let key = key as usize;
        match (self.first.get(key), self.first.get(key + 1)) {
            (Some(&first), Some(&end)) => first as usize..end as usize,
            _ => 0..0,
        }
    }

    /// The rows of a key.
    #[must_use]
    pub fn rows(&self, key: u32) -> &[u32] {
        self.rows.get(self.range(key)).unwrap_or_default()
    }

    /// The first row of each of some keys: where what they identify stands, if it stands once.
    pub fn first_rows(&self, keys: impl IntoIterator<Item = Option<u32>>) -> IdxCa {
        keys.into_iter().map(|key| self.rows(key?).first().copied()).collect()
    }

    /// All rows in order of their keys.
    #[must_use]
    pub fn all(&self) -> &[u32] {
        &self.rows
    }

    /// Puts the rows of each key into another order.
    pub fn order_each(&mut self, mut order: impl FnMut(&mut [u32])) {
        for ends in self.first.windows(2) {
            let (&[first, end], rows) = (ends, &mut self.rows) else { continue };
            if let Some(rows) = rows.get_mut(first as usize..end as usize)
                && rows.len() > 1
            {
                order(rows);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::NewChunkedArray;

    use super::*;

    #[test]
    fn rows_of_a_key_stand_together_in_their_order() {
        let keys = UInt32Chunked::from_iter_options(
            "key".into(),
            [Some(4), Some(1), None, Some(4), Some(0)].into_iter(),
        );
        let mut by_key = ByKey::new(&keys);
        assert_eq!(by_key.rows(4), [0, 3]);
        assert_eq!(by_key.rows(0), [4]);
        assert!(by_key.rows(2).is_empty() && by_key.rows(9).is_empty());
        let first = by_key.first_rows([Some(4), None, Some(9), Some(1)]);
        assert_eq!(first.iter().collect::<Vec<_>>(), [Some(0), None, None, Some(1)]);
        by_key.order_each(<[u32]>::reverse);
        assert_eq!(by_key.all(), [4, 1, 3, 0]);
    }
}
