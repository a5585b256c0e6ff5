//! How large a change on a scale has to be before chance alone is an unlikely cause.

use statrs::distribution::{ContinuousCDF, Normal};

/// The change that reliable change has to exceed, in points of the scale: z √2 · SD √(1 − r).
///
/// `sd` is the standard deviation of scores before help and `reliability` that of the scale, both of
/// the population the scale was normed on. SD √(1 − r) is the standard error of one score; √2 of it
/// is that of the difference of two. `confidence` is two-sided: 0.95 takes z as 1.96. The comparison
/// is strict: a change of exactly this much is not reliable.
///
/// Nothing unless `sd` is above nought and `reliability` and `confidence` lie between nought and one.
///
/// Source: Jacobson and Truax, *Clinical significance*, J. Consult. Clin. Psychol. 59 (1991).
#[must_use]
pub fn reliable_change(sd: f64, reliability: f64, confidence: f64) -> Option<f64> {
    let share = |x: f64| x > 0.0 && x < 1.0;
    let sound = sd > 0.0 && sd.is_finite() && share(reliability) && share(confidence);
    let z = sound.then(|| Normal::standard().inverse_cdf(f64::midpoint(1.0, confidence)))?;
    Some(z * std::f64::consts::SQRT_2 * sd * (1.0 - reliability).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scales in three trials of young people: <https://pmc.ncbi.nlm.nih.gov/articles/PMC8944273>, table 1.
    #[test]
    fn published_thresholds_come_out() {
        for (sd, reliability, published) in
            [(7.30, 0.79, 9.27), (12.90, 0.91, 10.73), (7.19, 0.73, 10.36), (5.8, 0.82, 6.82)]
        {
            let found = reliable_change(sd, reliability, 0.95).expect("a threshold");
            assert!((found - published).abs() < 0.006, "{sd}, {reliability}: {found}");
        }
    }

    #[test]
    fn a_scale_without_error_or_without_spread_has_no_threshold() {
        for (sd, reliability, confidence) in
            [(0.0, 0.8, 0.95), (f64::NAN, 0.8, 0.95), (5.0, 1.0, 0.95), (5.0, 0.8, 1.0)]
        {
            assert_eq!(reliable_change(sd, reliability, confidence), None);
        }
    }
}
