//! Units are judged in parcels: so many at a time that the frames of a parcel stay in reach of the
//! processor, and as many parcels at once as there are processors. What a unit needs of the sources
//! it finds through an index (`reach`), so that nothing has to be dealt out: two parcels may well
//! read the same row, when a person belongs to two families. Memory is bounded by the parcels in
//! hand, however many families there are.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use polars::prelude::*;
use polars_core::runtime::THREAD_POOL;

/// How many units are judged together, unless a caller says otherwise. Larger parcels wait for
/// memory, smaller ones pay for planning: measured from 5,000 to 80,000.
pub const UNITS_IN_PARCEL: usize = 30_000;

/// Cuts `units` into parcels of nearly equal size, none larger than `largest`.
pub(super) fn cut(units: usize, largest: usize) -> Vec<Range<usize>> {
    let parcels = units.div_ceil(largest.max(1)).max(1);
    let first = |parcel: usize| units * parcel / parcels;
    (0..parcels).map(|parcel| first(parcel)..first(parcel + 1)).collect()
}

/// Does every piece of work `0..count`, each on one thread of the data frame library's pool, and
/// gives what came of them in order. A thread takes a piece when it has finished its last: no more
/// are in hand than there are threads, and what the library does inside a piece stays on the pool.
pub(super) fn in_parallel<T: Send>(
    count: usize,
    work: impl Fn(usize) -> PolarsResult<T> + Sync,
) -> PolarsResult<Vec<T>> {
    if count <= 1 {
        return (0..count).map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let done = THREAD_POOL.broadcast(|_| {
        let mut done = Vec::new();
        loop {
            let piece = next.fetch_add(1, Ordering::Relaxed);
            if piece >= count {
                return done;
            }
            done.push((piece, work(piece)));
        }
    });
    let mut done: Vec<_> = done.into_iter().flatten().collect();
    done.sort_unstable_by_key(|(piece, _)| *piece);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Puts frames with the same columns under each other.
pub(super) fn together(frames: Vec<DataFrame>) -> PolarsResult<DataFrame> {
    let mut frames = frames.into_iter();
    let mut all = frames.next().unwrap_or_default();
    for frame in frames {
        all.vstack_mut_owned(frame)?;
    }
    all.rechunk_mut_par();
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parcels_hold_every_unit_once_and_none_too_many() {
        assert_eq!(cut(10, 4), [0..3, 3..6, 6..10]);
        assert_eq!(cut(3, 100), [0..3]);
        assert_eq!(cut(0, 100), [0..0]);
    }

    #[test]
    fn work_comes_back_in_order_and_the_first_refusal_is_told() {
        assert_eq!(
            in_parallel(50, |n| Ok(n * 2)).unwrap(),
            (0..100).step_by(2).collect::<Vec<_>>()
        );
        let refused = in_parallel(50, |n| {
            if n % 20 == 7 { Err(PolarsError::NoData(n.to_string().into())) } else { Ok(n) }
        });
        assert_eq!(refused.unwrap_err().to_string(), "no data: 7");
    }
}
