//! Units are judged in parcels: so many at a time that the frames of a parcel stay in reach of the
//! processor, and as many parcels at once as there are processors. What a unit needs of the sources
//! it finds through an index (`reach`), so that nothing has to be dealt out: two parcels may well
//! read the same row, when a person belongs to two families. Memory is bounded by the parcels in
//! hand, however many families there are.

use std::ops::Range;

use polars::prelude::*;

/// How many units are judged together, unless a caller says otherwise. Larger parcels wait for
/// memory, smaller ones pay more often for planning.
pub const UNITS_IN_PARCEL: usize = 25_000;

/// Cuts `units` into parcels of nearly equal size, none larger than `largest`.
pub(super) fn cut(units: usize, largest: usize) -> Vec<Range<usize>> {
    let parcels = units.div_ceil(largest.max(1)).max(1);
    let first = |parcel: usize| units * parcel / parcels;
    (0..parcels).map(|parcel| first(parcel)..first(parcel + 1)).collect()
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
}
