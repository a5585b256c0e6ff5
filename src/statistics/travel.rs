//! The direction of travel of a whole series: up, down, or not to be told.

use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::statistics::{Confidence, Estimate, Limits};

/// Which way a series goes, as far as its slope's interval allows to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The interval of the slope lies above nought.
    Rising,
    /// The interval of the slope lies below nought.
    Falling,
    /// The interval holds nought.
    NotClear,
}

/// The straight line through a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Travel {
    /// How far the line moves from one period to the next, with its interval.
    pub slope: Estimate,
    /// How many periods it rests on.
    pub points: usize,
}

impl Travel {
    /// The direction. With months that depend on the months before, it is too sure of itself: say it
    /// beside a control chart, not instead of one.
    #[must_use]
    pub fn direction(&self) -> Direction {
        match self.slope.limits {
            Limits { lower, .. } if lower > 0.0 => Direction::Rising,
            Limits { upper, .. } if upper < 0.0 => Direction::Falling,
            _ => Direction::NotClear,
        }
    }
}

/// The least-squares line through values that are whole numbers of some unit, one a period; unknown ones
/// leave their period out. The interval of the slope is Student's, with n − 2 degrees of freedom.
///
/// All sums are whole numbers: points on one line have a slope without error. Nothing for fewer than
/// three known values, and for sums beyond 128 bits.
///
/// Source: Draper and Smith, *Applied Regression Analysis* (1998), section 1.4. Judging a measure by the
/// regression over everything its graph shows, not by two months, is the practice of Kent's reports.
#[must_use]
pub fn travel(values: &[Option<i64>], confidence: Confidence) -> Option<Travel> {
    let points: Vec<(i128, i128)> =
        (0..).zip(values).filter_map(|(x, y)| Some((x, i128::from((*y)?)))).collect();
    let n = i128::try_from(points.len()).ok().filter(|n| *n > 2)?;
    let sum = |of: fn(i128, i128) -> i128| -> Option<i128> {
        points.iter().try_fold(0_i128, |sum, (x, y)| sum.checked_add(of(*x, *y)))
    };
    let (sx, sy) = (sum(|x, _| x)?, sum(|_, y| y)?);
    // Each times n, so that nothing is divided before the end.
    let spread = |sum_of_products: i128, a: i128, b: i128| {
        n.checked_mul(sum_of_products)?.checked_sub(a.checked_mul(b)?)
    };
    let xx = spread(sum(|x, _| x * x)?, sx, sx)?;
    let xy = spread(sum(|x, y| x * y)?, sx, sy)?;
    let yy = spread(sum(|_, y| y.saturating_mul(y))?, sy, sy)?;
    let left = yy.checked_mul(xx)?.checked_sub(xy.checked_mul(xy)?)?;
    let freedom = points.len() as f64 - 2.0;
    let error = (left as f64 / freedom).sqrt() / xx as f64;
    let t = StudentsT::new(0.0, 1.0, freedom).ok()?.inverse_cdf(confidence.upper_tail_from());
    let slope = xy as f64 / xx as f64;
    let limits = Limits { lower: slope - t * error, upper: slope + t * error };
    Some(Travel { slope: Estimate { value: slope, limits }, points: points.len() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at_95(values: &[Option<i64>]) -> Option<Travel> {
        travel(values, Confidence::P95)
    }

    /// scipy 1.17: `linregress`, its `slope` and `stderr` times `t.ppf(.975, n - 2)`.
    #[test]
    fn the_slope_is_that_of_a_second_implementation() {
        let found = at_95(&[
            Some(71),
            Some(68),
            None,
            Some(74),
            Some(77),
            Some(73),
            Some(80),
            None,
            Some(79),
            Some(82),
        ])
        .expect("a line");
        assert_eq!((found.points, found.direction()), (8, Direction::Rising));
        assert!((found.slope.value - 1.357_142_857_142_857_2).abs() < 1e-9, "{found:?}");
        assert!((found.slope.limits.lower - 0.670_516_995_775_899_8).abs() < 1e-9, "{found:?}");
        assert!((found.slope.limits.upper - 2.043_768_718_509_814_3).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn a_straight_line_is_certain_and_a_level_one_goes_nowhere() {
        let found = at_95(&[Some(10), Some(8), Some(6)]).expect("a line");
        assert_eq!(found.slope.limits, Limits { lower: -2.0, upper: -2.0 });
        assert_eq!(found.direction(), Direction::Falling);
        let level = at_95(&[Some(10); 12]).expect("a line");
        assert_eq!(level.direction(), Direction::NotClear);
        assert_eq!(at_95(&[Some(1), None, Some(2)]), None);
    }

    proptest! {
        #[test]
        fn turned_round_a_series_goes_the_other_way(
            values in prop::collection::vec(prop::option::weighted(0.8, -9000_i64..9000), 0..40),
        ) {
            let turned: Vec<_> = values.iter().rev().copied().collect();
            match (at_95(&values), at_95(&turned)) {
                (Some(there), Some(back)) => {
                    prop_assert!((there.slope.value + back.slope.value).abs() < 1e-9);
                    prop_assert!(
                        (there.slope.limits.lower + back.slope.limits.upper).abs() < 1e-6
                    );
                }
                (there, back) => prop_assert_eq!(there, back),
            }
        }
    }
}
