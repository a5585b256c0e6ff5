//! Whole numbers that agree with everything known: found, proved not to exist, or given up.

use std::time::Instant;

use crate::attack::propagate::Propagator;

/// How a search ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Search {
    /// Numbers that agree with everything.
    Found(Vec<i64>),
    /// There are none: every case was gone through.
    None,
    /// Too many cases, or no time left.
    GivenUp,
}

/// How long a search may go on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Effort {
    /// The most cases to look at.
    pub(super) cases: usize,
    /// When to stop in any case.
    pub(super) until: Option<Instant>,
}

impl Effort {
    /// Whether the time is over.
    #[must_use]
    pub(super) fn is_over(&self) -> bool {
        self.until.is_some_and(|until| Instant::now() >= until)
    }
}

/// Looks for numbers within `bounds`, near to `wish` first: case by case, each case narrowed by what
/// the sums leave.
#[must_use]
pub(super) fn search(
    propagator: &Propagator<'_>,
    bounds: &[(i64, i64)],
    wish: &[i64],
    effort: Effort,
) -> Search {
    let mut cases = vec![(bounds.to_vec(), None)];
    let mut left = effort.cases;
    while let Some((mut bounds, changed)) = cases.pop() {
        if left == 0 || (left.is_multiple_of(64) && effort.is_over()) {
            return Search::GivenUp;
        }
        left -= 1;
        if propagator.settle(&mut bounds, changed).is_err() {
            continue;
        }
        let open = bounds.iter().enumerate().filter(|(_, (least, most))| least < most);
        let Some((unknown, _)) = open.min_by_key(|(at, (least, most))| (most - least, *at)) else {
            let numbers: Vec<i64> = bounds.iter().map(|(least, _)| *least).collect();
            if propagator.system().allows(&numbers) {
                return Search::Found(numbers);
            }
            // Narrowing stopped before it came to the sum that these numbers miss.
            continue;
        };
        let (least, most) = bounds[unknown];
        let number = wish.get(unknown).copied().unwrap_or(least).clamp(least, most);
        // The case looked at first goes on top.
        for range in [(number + 1, most), (least, number - 1), (number, number)] {
            if range.0 <= range.1 {
                let mut case = bounds.clone();
                case[unknown] = range;
                cases.push((case, Some(unknown)));
            }
        }
    }
    Search::None
}
