//! Whole numbers where linear programmes end in fractions: a number between two whole ones is either at most the
//! lower or at least the upper of them, and each is looked at as a case of its own (A. H. Land and A. G. Doig, *An
//! Automatic Method of Solving Discrete Programming Problems*, Econometrica 28, 1960).
//!
//! It is the last of an outsider's means: it finds what moves and chance corners have missed, at the price of a
//! linear programme for each case.

use crate::attack::bounds::whole;
use crate::attack::linear::{Linear, Programme};
use crate::attack::moves::Moves;
use crate::attack::propagate::Propagator;
use crate::attack::search::{Effort, Search};

/// The steps that numbers which nearly agree are mended in, for each case.
const STEPS_TO_MEND: usize = 2_000;
/// How near a number has to be to a whole one to be it.
const NEAR: f64 = 1e-6;

/// Numbers within `bounds` that agree with everything, the cases nearer to the fractions first.
pub(super) fn branch(
    programme: &mut Programme<'_>,
    propagator: &Propagator<'_>,
    moves: &mut Moves<'_>,
    bounds: &[(i64, i64)],
    effort: Effort,
) -> Search {
    let mut cases = vec![(bounds.to_vec(), None)];
    let mut left = effort.cases;
    // Whether some case was left that might hold numbers after all.
    let mut is_sure = true;
    while let Some((mut bounds, changed)) = cases.pop() {
        if left == 0 || effort.is_over() {
            return Search::GivenUp;
        }
        left -= 1;
        if propagator.settle(&mut bounds, changed).is_err() {
            continue;
        }
        let at = match programme.most(&bounds, |_| 0.0, effort.until) {
            Linear::Best(_, at) => at,
            Linear::Impossible => continue,
            Linear::Failed => {
                is_sure = false;
                continue;
            }
        };
        let near = whole(&at);
        if propagator.system().allows(&near) {
            return Search::Found(near);
        }
        if let Some(numbers) = moves.mended(&bounds, &near, STEPS_TO_MEND)
            && propagator.system().allows(&numbers)
        {
            return Search::Found(numbers);
        }
        let Some((unknown, below)) = split(&at, &bounds) else {
            is_sure = false;
            continue;
        };
        let (least, most) = bounds[unknown];
        let lower = (least, below);
        let upper = (below + 1, most);
        let is_nearer_above = near[unknown] > below;
        // The case looked at first goes on top.
        for range in if is_nearer_above { [lower, upper] } else { [upper, lower] } {
            let mut case = bounds.clone();
            case[unknown] = range;
            cases.push((case, Some(unknown)));
        }
    }
    if is_sure { Search::None } else { Search::GivenUp }
}

/// The unknown that is furthest from a whole number, the first of equals, and the whole number below it.
#[expect(clippy::cast_possible_truncation, reason = "within the bounds of an unknown")]
fn split(at: &[f64], bounds: &[(i64, i64)]) -> Option<(usize, i64)> {
    let open = at.iter().zip(bounds).enumerate().filter(|(_, (_, (least, most)))| least < most);
    let fractions =
        open.map(|(unknown, (x, _))| (unknown, (x - x.round()).abs(), x.floor() as i64));
    let furthest = fractions.reduce(|best, one| if one.1 > best.1 + NEAR { one } else { best });
    furthest.filter(|(_, distance, _)| *distance > NEAR).map(|(unknown, _, below)| (unknown, below))
}
