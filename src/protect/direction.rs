//! Which way a whole series goes, by the straight line through all that is published of it.
//!
//! A line through the values that are shown while others are hidden would be about another series than the one it
//! is printed beside: a hidden value takes the line with it.

use crate::calendar::{Period, PeriodKind};
use crate::protect::{NumberKind, PublishedNumber, PublishedPoint};
use crate::statistics::{Confidence, Decimal, Direction, Standing, travel};

/// Fewer periods than these, and a line through them follows chance.
const FEWEST: u32 = 12;

/// Months in a year, for what a line says of one.
const YEAR: u32 = 12;

/// How many periods of a kind a line has to go through: twelve, and two years. In less it goes up and down with the
/// seasons.
#[must_use]
pub fn fewest_for_direction(kind: PeriodKind) -> usize {
    usize::try_from(FEWEST.max((2 * YEAR).div_ceil(kind.step()))).unwrap_or(usize::MAX)
}

/// The straight line through a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PublishedDirection {
    /// Which way it goes, as far as the interval that is shown allows to say.
    pub way: Direction,
    /// How many periods it rests on.
    pub periods: usize,
    /// The first and the last of them.
    pub stretch: [Period; 2],
    /// How far the line moves in a year, in the unit of the values; of shares in percentage points.
    pub a_year: PublishedNumber,
    /// The lower end of its 95% interval.
    pub lower: PublishedNumber,
    /// The upper end.
    pub upper: PublishedNumber,
}

/// The line through these points, whose values have so many places; nothing where one of them is hidden, before
/// their usual range is settled, and for fewer than twelve or than two years have.
pub(super) fn direction(
    points: &[PublishedPoint],
    places: u8,
    standing: Standing,
) -> Option<PublishedDirection> {
    if standing < Standing::Settled || points.iter().any(PublishedPoint::is_hidden) {
        return None;
    }
    let number = |p: &PublishedPoint| p.value.number();
    let value = |p: &PublishedPoint| i64::try_from(number(p)?.decimal.in_places(places)?).ok();
    let values: Vec<Option<i64>> = points.iter().map(value).collect();
    let known = || points.iter().filter(|p| number(p).is_some()).map(|p| p.period);
    let (first, last) = (known().next()?, known().next_back()?);
    let line = travel(&values, Confidence::P95)
        .filter(|line| line.points >= fewest_for_direction(first.kind))?;
    let steps = f64::from(YEAR) / f64::from(first.kind.step());
    let of_unit = 10_f64.powi(i32::from(places)).recip();
    let write = |slope: f64| {
        let decimal = Decimal::nearest(slope * steps * of_unit, places.max(1))?;
        Some(PublishedNumber { decimal, kind: NumberKind::Plain })
    };
    let (lower, upper) = (write(line.slope.limits.lower)?, write(line.slope.limits.upper)?);
    // By what is printed: an end that rounds to nought is no side of it.
    let way = match (lower.as_f64(), upper.as_f64()) {
        (lower, _) if lower > 0.0 => Direction::Rising,
        (_, upper) if upper < 0.0 => Direction::Falling,
        _ => Direction::NotClear,
    };
    let (periods, stretch) = (line.points, [first, last]);
    Some(PublishedDirection {
        way,
        periods,
        stretch,
        a_year: write(line.slope.value)?,
        lower,
        upper,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions::signal::SignalMethod;
    use crate::protect::derived::tests::series_of;

    /// One more each month, and two more in each second one.
    const RISING: [u64; 24] = [
        20, 23, 22, 25, 24, 27, 26, 29, 28, 31, 30, 33, 32, 35, 34, 37, 36, 39, 38, 41, 40, 43, 42,
        45,
    ];

    fn line(counts: &[u64]) -> Option<[String; 3]> {
        let series = series_of(counts, SignalMethod::Xmr, None);
        let found = series.direction()?;
        Some([found.a_year, found.lower, found.upper].map(|n| n.to_string()))
    }

    fn way(counts: &[u64]) -> Option<Direction> {
        series_of(counts, SignalMethod::Xmr, None).direction().map(|line| line.way)
    }

    #[test]
    fn the_line_says_how_far_it_goes_in_a_year() {
        // Worked out apart: the slope is 1.0104 a month, its standard error 0.0307, and t with 22 degrees of freedom
        // 2.0739; twelve of each.
        assert_eq!(line(&RISING).expect("a line"), ["12.1", "11.4", "12.9"]);
        assert_eq!(way(&RISING), Some(Direction::Rising));
        let falling: Vec<u64> = RISING.iter().rev().copied().collect();
        assert_eq!(way(&falling), Some(Direction::Falling));
        let level = [20, 22, 21, 19, 22, 20, 21, 19, 20, 22, 19, 21].repeat(2);
        assert_eq!(way(&level), Some(Direction::NotClear));
    }

    #[test]
    fn less_than_two_years_have_no_line_and_a_month_that_is_hidden_takes_it_away() {
        assert_eq!(line(&RISING[1..]), None);
        let mut hidden = vec![19];
        hidden.extend(RISING);
        assert!(line(&hidden).is_some(), "25 months");
        hidden[4] = 3;
        assert_eq!(line(&hidden), None, "24 are shown, and one is not");
    }

    #[test]
    fn twelve_quarters_are_enough_and_years_are_twelve() {
        let fewest = [PeriodKind::Month, PeriodKind::Quarter, PeriodKind::FinancialYear];
        assert_eq!(fewest.map(fewest_for_direction), [24, 12, 12]);
    }
}
