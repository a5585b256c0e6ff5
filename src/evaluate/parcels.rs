//! Units are judged in parcels: so many at a time that the frames of a parcel stay in reach of the
//! processor, and as many parcels at once as there are processors. What a unit needs of the sources
//! it finds through an index (`reach`), so that nothing has to be dealt out: two parcels may well
//! read the same row, when a person belongs to two families. Memory is bounded by the parcels in
//! hand, however many families there are.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use polars::prelude::*;

/// How many units are judged together, unless a caller says otherwise. Larger parcels wait for
/// memory, smaller ones pay more often for planning.
pub const UNITS_IN_PARCEL: usize = 40_000;

/// Cuts `units` into parcels of nearly equal size, none larger than `largest`.
pub(super) fn cut(units: usize, largest: usize) -> Vec<Range<usize>> {
    let parcels = units.div_ceil(largest.max(1)).max(1);
    let first = |parcel: usize| units * parcel / parcels;
    (0..parcels).map(|parcel| first(parcel)..first(parcel + 1)).collect()
}

/// The stack of a thread that works on pieces; plans of many expressions are walked recursively.
const STACK: usize = 16 << 20;

/// Does every piece of work `0..count`, as many at once as there are processors, and gives what
/// came of them in order. A thread takes a piece when it has finished its last. These are threads of
/// our own: those of the data frame library's pool would take up another piece while they wait for
/// part of the first, piece upon piece until the stack is full.
pub(crate) fn in_parallel<T: Send>(
    count: usize,
    work: impl Fn(usize) -> PolarsResult<T> + Sync,
) -> PolarsResult<Vec<T>> {
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        loop {
            let piece = next.fetch_add(1, Ordering::Relaxed);
            if piece >= count {
                return done;
            }
            done.push((piece, work(piece)));
        }
    };
    let helpers = rayon::current_num_threads().min(count).saturating_sub(1);
    let mut done = std::thread::scope(|scope| {
        // Where the system has no thread to give, the others do the work.
        let spawn = |_| std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, take);
        let helpers: Vec<_> = (0..helpers).filter_map(|n| spawn(n).ok()).collect();
        let mut done = take();
        for helper in helpers {
            match helper.join() {
                Ok(theirs) => done.extend(theirs),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
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
        assert_eq!(cut(3, 100).as_slice(), std::slice::from_ref(&(0..3)));
        assert_eq!(cut(0, 100).as_slice(), std::slice::from_ref(&(0..0)));
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
