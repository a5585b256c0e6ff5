//! Funnel limits: how far teams or places of a size stray from the whole by chance alone.

use statrs::distribution::{Binomial, DiscreteCDF, Poisson};

use crate::statistics::{Confidence, Limits, Proportion};

/// How the limits of a proportion are computed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FunnelMethod {
    /// `P ∓ z √(P (1 − P) / n)`: the method of Fingertips. Too narrow on one side where few are counted.
    Normal,
    /// The quantiles of the binomial distribution, with interpolation between whole numbers.
    #[default]
    Exact,
}

/// The limits of the proportion of so many people, of whom each has the chance of the whole.
///
/// Between 0 and 1. Nothing without people, or when the whole is no proportion.
///
/// Source: D. J. Spiegelhalter, *Funnel plots for comparing institutional performance*, Statistics in
/// Medicine 24 (2005), section 2.2 and appendix A.1.
#[must_use]
pub fn funnel_of_proportion(
    whole: Proportion,
    people: u64,
    confidence: Confidence,
    method: FunnelMethod,
) -> Option<Limits> {
    if people == 0 {
        return None;
    }
    let (chance, n) = (whole.value(), people as f64);
    let [lower, upper] = match method {
        FunnelMethod::Normal => {
            let half = confidence.z() * (chance * (1.0 - chance) / n).sqrt();
            [chance - half, chance + half]
        }
        FunnelMethod::Exact => {
            let binomial = Binomial::new(chance, people).ok()?;
            tails(confidence)
                .map(|p| between(p, binomial.inverse_cdf(p), |count| binomial.cdf(count)) / n)
        }
    };
    Some(Limits { lower: lower.clamp(0.0, 1.0), upper: upper.clamp(0.0, 1.0) })
}

/// The limits of a rate among so much exposure, where the whole has so many events for one of it: the
/// quantiles of the Poisson distribution, with interpolation, over the exposure. A ratio of observed to
/// expected is a rate with the expected count as exposure and a whole of 1.
///
/// Not below nought. Nothing where nothing is expected.
///
/// Source: as for [`funnel_of_proportion`].
#[must_use]
pub fn funnel_of_rate(whole: f64, exposure: f64, confidence: Confidence) -> Option<Limits> {
    let poisson = Poisson::new(whole * exposure).ok()?;
    let [lower, upper] = tails(confidence)
        .map(|p| between(p, poisson.inverse_cdf(p), |count| poisson.cdf(count)) / exposure);
    Some(Limits { lower: lower.max(0.0), upper: upper.max(0.0) })
}

fn tails(confidence: Confidence) -> [f64; 2] {
    let upper_tail_from = confidence.upper_tail_from();
    [1.0 - upper_tail_from, upper_tail_from]
}

/// Where between two whole numbers a distribution reaches `p`: `r` is the least count that does.
fn between(p: f64, r: u64, cdf: impl Fn(u64) -> f64) -> f64 {
    let at = cdf(r);
    let before = r.checked_sub(1).map_or(0.0, cdf);
    r as f64 - (at - p) / (at - before)
}

/// How much more places differ than chance explains.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overdispersion {
    /// The mean of the squared z scores, the outermost drawn in: about 1 where chance explains all.
    pub phi: f64,
    /// The variance between places, in the square of the unit of the values; 0 where chance explains
    /// all.
    pub between: f64,
}

impl Overdispersion {
    /// Of the values of places with their standard errors, around the whole. Nothing for fewer than two
    /// places, and where an error is not above nought.
    ///
    /// The z scores beyond the 10% and 90% quantiles are set to these. `between` is the variance τ² of a
    /// random effect by the method of moments:
    /// `(n φ − (n − 1)) / (Σw − Σw² / Σw)` with weights `w = 1 / s²`, or 0.
    ///
    /// Source: Spiegelhalter (2005), section 3.3 and appendix A.3.
    #[must_use]
    pub fn of(places: &[(f64, f64)], whole: f64) -> Option<Self> {
        if places.len() < 2 || places.iter().any(|(_, error)| error.is_nan() || *error <= 0.0) {
            return None;
        }
        let scores: Vec<f64> =
            places.iter().map(|(value, error)| (value - whole) / error).collect();
        let mut sorted = scores.clone();
        sorted.sort_by(f64::total_cmp);
        let (low, high) = (quantile(&sorted, 0.1)?, quantile(&sorted, 0.9)?);
        let n = places.len() as f64;
        let phi = scores.iter().map(|z| z.clamp(low, high).powi(2)).sum::<f64>() / n;
        let weights = || places.iter().map(|(_, error)| error.powi(-2));
        let (sum, squares) = (weights().sum::<f64>(), weights().map(|w| w * w).sum::<f64>());
        let excess = n * phi - (n - 1.0);
        Some(Self { phi, between: (excess / (sum - squares / sum)).max(0.0) })
    }

    /// The limits of a place with this standard error around the whole, the variance between places
    /// added.
    #[must_use]
    pub fn limits(self, whole: f64, error: f64, confidence: Confidence) -> Limits {
        let half = confidence.z() * (error * error + self.between).sqrt();
        Limits { lower: whole - half, upper: whole + half }
    }
}

/// The quantile of sorted values, between two of them in proportion (type 7 of Hyndman and Fan).
fn quantile(sorted: &[f64], p: f64) -> Option<f64> {
    let place = p * (sorted.len().checked_sub(1)? as f64);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in a slice: not negative, and in its range"
    )]
    let below = place.floor() as usize;
    let low = sorted.get(below)?;
    let high = sorted.get(below + 1).unwrap_or(low);
    Some(low + (high - low) * (place - place.floor()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(found: Option<Limits>, lower: f64, upper: f64) {
        let found = found.expect("limits");
        assert!((found.lower - lower).abs() < 1e-9, "{found:?}, not {lower}");
        assert!((found.upper - upper).abs() < 1e-9, "{found:?}, not {upper}");
    }

    fn whole() -> Proportion {
        Proportion::of(347, 1500).expect("a proportion")
    }

    /// scipy 1.17: `binom.ppf` and `poisson.ppf`, interpolated with their `cdf`.
    #[test]
    fn limits_are_those_of_a_second_implementation() {
        let of =
            |people, confidence, method| funnel_of_proportion(whole(), people, confidence, method);
        near(
            of(50, Confidence::P95, FunnelMethod::Normal),
            0.11445036808726305,
            0.3482162985794036,
        );
        near(of(50, Confidence::P95, FunnelMethod::Exact), 0.1086927177080971, 0.3432710197994646);
        near(of(7, Confidence::P998, FunnelMethod::Exact), 0.0, 0.7118543756893526);
        near(funnel_of_rate(2.5, 4.0, Confidence::P95), 0.9437969869221002, 4.039987668336195);
        near(funnel_of_rate(1.0, 120.5, Confidence::P998), 0.7262507526745474, 1.2890718657074112);
    }

    #[test]
    fn nobody_has_no_limits_and_a_sure_thing_has_no_width() {
        let none = Proportion::of(0, 10).expect("a proportion");
        for method in [FunnelMethod::Normal, FunnelMethod::Exact] {
            assert_eq!(funnel_of_proportion(whole(), 0, Confidence::P95, method), None);
            near(funnel_of_proportion(none, 20, Confidence::P95, method), 0.0, 0.0);
        }
        assert_eq!(funnel_of_rate(0.0, 5.0, Confidence::P95), None);
    }

    /// Computed apart with numpy from the formulae.
    #[test]
    fn places_that_differ_more_than_chance_widen_the_funnel() {
        let places: Vec<(f64, f64)> = [0.18, 0.31, 0.22, 0.40, 0.12, 0.25, 0.29, 0.21]
            .into_iter()
            .zip([0.03, 0.04, 0.02, 0.05, 0.03, 0.04, 0.03, 0.02])
            .collect();
        let found = Overdispersion::of(&places, 0.23).expect("places");
        assert!((found.phi - 2.908_994_444_444_444).abs() < 1e-9, "{found:?}");
        assert!((found.between - 0.001_968_546_260_676_867_5).abs() < 1e-12, "{found:?}");
        let limits = found.limits(0.23, 0.03, Confidence::P95);
        assert!((limits.upper - 0.23 - 0.104_973_341_071_180_07).abs() < 1e-9);
        let alike: Vec<(f64, f64)> = places.iter().map(|(_, error)| (0.23, *error)).collect();
        assert_eq!(Overdispersion::of(&alike, 0.23).map(|o| o.between), Some(0.0));
        assert_eq!(Overdispersion::of(&places[..1], 0.23), None);
    }

    proptest! {
        /// More people, narrower; surer, wider; and always around the whole.
        #[test]
        fn a_funnel_narrows_and_holds_the_whole(x in 1_u64..400, people in 30_u64..3000) {
            let whole = Proportion::of(x, 400).expect("a proportion");
            for method in [FunnelMethod::Normal, FunnelMethod::Exact] {
                let of = |n, c| funnel_of_proportion(whole, n, c, method).expect("limits");
                let (near, far) = (of(people, Confidence::P95), of(people, Confidence::P998));
                prop_assert!(far.lower <= near.lower && near.upper <= far.upper);
                prop_assert!(near.lower <= whole.value() && whole.value() <= near.upper + 1e-9);
                // So few that the limits are nobody and everybody come in steps: there is no width to compare.
                let few = people / 30;
                let expected = whole.value().min(1.0 - whole.value()) * f64::from(u32::try_from(few).expect("small"));
                if method == FunnelMethod::Normal || expected >= 1.0 {
                    let wide = of(few, Confidence::P95);
                    prop_assert!(wide.upper - wide.lower >= near.upper - near.lower - 1e-9);
                }
            }
        }
    }
}
