//! Totals of questionnaires of which not every question was answered.

/// The sum that all `items` would have had, if those left out were like those `answered`:
/// sum × items / answered, rounded half up to a whole number of `step`s.
///
/// Nothing if nobody answered anything.
#[must_use]
pub fn prorated_sum(sum: f64, answered: u32, items: u32, step: f64) -> Option<f64> {
    (answered > 0).then(|| round_half_up(sum * f64::from(items) / f64::from(answered), step))
}

/// The mean of what was answered, rounded half up to hundredths. Nothing if nothing was answered.
#[must_use]
pub fn mean_of_answered(sum: f64, answered: u32) -> Option<f64> {
    (answered > 0).then(|| round_half_up(sum * 100.0 / f64::from(answered), 1.0) / 100.0)
}

/// To the nearest whole number of steps; halfway goes up. A billionth of a step forgives what
/// binary fractions lose.
fn round_half_up(value: f64, step: f64) -> f64 {
    (value / step + 0.5 + 1e-9).floor() * step
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Five questions, as the subscales of the strengths and difficulties questionnaire have.
    #[test]
    fn halves_round_up() {
        for (sum, answered, total) in [(4.0, 3, 7.0), (2.0, 4, 3.0), (6.0, 4, 8.0), (7.0, 5, 7.0)] {
            assert_eq!(prorated_sum(sum, answered, 5, 1.0), Some(total), "{sum} of {answered}");
        }
    }

    #[test]
    fn means_keep_hundredths_and_half_points_keep_halves() {
        assert_eq!(mean_of_answered(33.0, 8), Some(4.13), "4.125");
        assert_eq!(mean_of_answered(29.5, 9), Some(3.28), "3.2777…");
        assert_eq!(prorated_sum(2.5, 2, 3, 0.5), Some(4.0), "3.75");
    }

    #[test]
    fn nothing_answered_is_no_total() {
        assert_eq!((prorated_sum(0.0, 0, 5, 1.0), mean_of_answered(0.0, 0)), (None, None));
    }
}
