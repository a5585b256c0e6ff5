//! What a control chart found, in words: which rule, how many points, which side. Never why.

use crate::report::chart::{Sense, SignalStretch};
use crate::statistics::{Rule, Side, Signals};

/// The stretches of points that break the same rule on the same side, in order of time. `better` is the side
/// that is welcome, if anybody has said so.
///
/// `marks` has the rules that each point breaks. Each rule is told by itself, so that a run keeps its
/// length where one of its points is also beyond a limit.
#[must_use]
pub fn stretches(marks: &[Signals], better: Option<Side>) -> Vec<SignalStretch> {
    let upper = |side| if side == Side::Above { "upper" } else { "lower" };
    let outside = |side, count: usize| match count {
        1 => format!("Beyond the {} limit", upper(side)),
        n => format!("{n} in a row beyond the {} limit", upper(side)),
    };
    let trend = |side, count: usize| {
        format!("{}, {count} in a row", if side == Side::Above { "Rising" } else { "Falling" })
    };
    let near = |side, _: usize| format!("Two of three close to the {} limit", upper(side));
    let run = |side, count: usize| {
        let word = if side == Side::Above { "above" } else { "below" };
        format!("{count} in a row {word} the centre")
    };
    // Of three points, two that are close to a limit may stand on both sides of the third.
    let mut found = told(marks, better, (Rule::Outside, 1), |s| s.outside, outside);
    found.extend(told(marks, better, (Rule::Trend, 1), |s| s.trend, trend));
    found.extend(told(marks, better, (Rule::NearLimit, 2), |s| s.near_limit, near));
    found.extend(told(marks, better, (Rule::Run, 1), |s| s.run, run));
    found.sort_by_key(|stretch| (stretch.first, stretch.last));
    found
}

/// The stretches of one rule: points no further apart than its reach, on one side.
fn told(
    marks: &[Signals],
    better: Option<Side>,
    (rule, reach): (Rule, usize),
    of: fn(Signals) -> Option<Side>,
    words: impl Fn(Side, usize) -> String,
) -> Vec<SignalStretch> {
    let points = marks.iter().enumerate();
    let broken: Vec<(usize, Side)> =
        points.filter_map(|(n, signals)| Some((n, of(*signals)?))).collect();
    let together = |a: &(usize, Side), b: &(usize, Side)| a.1 == b.1 && b.0 - a.0 <= reach;
    broken
        .chunk_by(together)
        .filter_map(|stretch| {
            let ((first, side), (last, _)) = (*stretch.first()?, *stretch.last()?);
            let sense = match better {
                Some(better) if better == side => Sense::Better,
                Some(_) => Sense::Worse,
                None => Sense::Neither,
            };
            let words = words(side, stretch.len());
            Some(SignalStretch { first, last, rule, side, words, sense })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::{ChartOptions, Xmr, xmr};

    fn words(after: &[i64], better: Option<Side>) -> Vec<String> {
        let quiet = [-6, 6, -5, 5, -6, 6, -5, 5, -6, 6, -5, 5];
        let values: Vec<_> = quiet.iter().chain(after).copied().map(Some).collect();
        let options = ChartOptions { baseline: Some(12), ..ChartOptions::default() };
        let chart = xmr(&values, Xmr::default(), options).expect("a chart");
        let tell = |s: SignalStretch| {
            format!("{} to {}: {} ({})", s.first, s.last, s.words, s.sense.word())
        };
        stretches(&chart.marks(), better).into_iter().map(tell).collect()
    }

    #[test]
    fn nothing_out_of_the_ordinary_is_nothing_to_tell() {
        assert!(words(&[-1, 2, 0, 3], Some(Side::Above)).is_empty());
    }

    #[test]
    fn a_run_keeps_its_length_where_one_of_its_points_is_beyond_a_limit() {
        // The last quiet month is above the centre too.
        assert_eq!(
            words(&[1, 2, 40, 1, 2, 1, -1], Some(Side::Below)),
            [
                "11 to 17: 7 in a row above the centre (worse)",
                "14 to 14: Beyond the upper limit (worse)",
            ]
        );
    }

    #[test]
    fn two_of_three_are_one_stretch_over_the_third() {
        assert_eq!(
            words(&[-1, 20, 1, 21, -1], None),
            ["13 to 15: Two of three close to the upper limit (changed)"]
        );
    }
}
