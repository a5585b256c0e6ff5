//! Days covered by spells, and the longest run of them: one walk over rows sorted by unit (and
//! person) and start.

use polars::prelude::*;

/// The columns that a walk reads. All of them come from one sorted frame.
pub(super) struct Spells<'a> {
    /// The place of each row's group; a new group starts where it changes.
    pub(super) places: &'a [u32],
    /// Whether the row takes part.
    pub(super) holds: &'a BooleanChunked,
    /// First day of the spell.
    pub(super) start: &'a Int32Chunked,
    /// Last day of the spell; nothing while it lasts.
    pub(super) end: &'a Int32Chunked,
    /// First day of the window.
    pub(super) from: &'a Int32Chunked,
    /// Last day of the window.
    pub(super) to: &'a Int32Chunked,
    /// The last day that the feed knows of; an open spell lasts at least so long.
    pub(super) horizon: i32,
}

/// For each row: the days it covers that no earlier row of its group did, and the length of the
/// run that it belongs to, so far. Their sum is the days covered, their maximum the longest run.
pub(super) fn walk(spells: &Spells<'_>) -> (Vec<i32>, Vec<i32>) {
    let rows = spells.holds.len();
    let (mut covered, mut run) = (vec![0; rows], vec![0; rows]);
    let mut before: Option<u32> = None;
    let mut stretch: Option<(i32, i32)> = None;
    for row in 0..rows {
        let group = spells.places.get(row).copied();
        if before != group {
            stretch = None;
            before = group;
        }
        let (Some(true), Some(start), Some(from), Some(to)) = (
            spells.holds.get(row),
            spells.start.get(row),
            spells.from.get(row),
            spells.to.get(row),
        ) else {
            continue;
        };
        let start = start.max(from);
        let end = spells.end.get(row).unwrap_or(spells.horizon).min(to);
        if end < start {
            continue;
        }
        let (first, last, new_from) = match stretch {
            Some((first, last)) if start <= last + 1 => (first, last.max(end), start.max(last + 1)),
            _ => (start, end, start),
        };
        covered[row] = (end - new_from + 1).max(0);
        run[row] = last - first + 1;
        stretch = Some((first, last));
    }
    (covered, run)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk_one(spells: &[(i32, Option<i32>)], window: (i32, i32), horizon: i32) -> (i32, i32) {
        let n = spells.len();
        let holds: BooleanChunked = vec![true; n].into_iter().collect();
        let start = Int32Chunked::from_vec("s".into(), spells.iter().map(|s| s.0).collect());
        let ends = spells.iter().map(|s| s.1);
        let end = Int32Chunked::from_iter_options("e".into(), ends);
        let from = Int32Chunked::from_vec("f".into(), vec![window.0; n]);
        let to = Int32Chunked::from_vec("t".into(), vec![window.1; n]);
        let (covered, run) = walk(&Spells {
            places: &vec![7; n],
            holds: &holds,
            start: &start,
            end: &end,
            from: &from,
            to: &to,
            horizon,
        });
        (covered.iter().sum(), run.into_iter().max().unwrap_or(0))
    }

    #[test]
    fn touching_spells_make_one_run_and_a_gap_of_a_day_breaks_it() {
        assert_eq!(walk_one(&[(1, Some(10)), (11, Some(20))], (1, 100), 100), (20, 20));
        assert_eq!(walk_one(&[(1, Some(10)), (12, Some(20))], (1, 100), 100), (19, 10));
    }

    #[test]
    fn days_are_counted_once_and_only_inside_the_window() {
        assert_eq!(
            walk_one(&[(1, Some(50)), (5, Some(20)), (40, Some(60))], (11, 55), 100),
            (45, 45)
        );
    }

    #[test]
    fn an_open_spell_ends_with_what_the_feed_knows() {
        assert_eq!(walk_one(&[(1, None)], (1, 100), 30), (30, 30));
        assert_eq!(walk_one(&[(1, None)], (1, 20), 30), (20, 20));
        assert_eq!(walk_one(&[(40, None)], (1, 100), 30), (0, 0));
    }
}
