//! How sure an interval is, and what every interval gives back.

use statrs::distribution::{ContinuousCDF, Normal};

/// The confidence of a two-sided interval. English public health practice knows these two levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confidence {
    /// 95%: the interval printed beside a value.
    P95,
    /// 99.8%: for control limits and comparisons of many areas at once.
    P998,
}

impl Confidence {
    /// The probability left of the upper end: 0.975 or 0.999.
    #[must_use]
    pub fn upper_tail_from(self) -> f64 {
        match self {
            Self::P95 => 0.975,
            Self::P998 => 0.999,
        }
    }

    /// The standard normal quantile of the upper end: 1.959964 or 3.090232.
    #[must_use]
    pub fn z(self) -> f64 {
        Normal::standard().inverse_cdf(self.upper_tail_from())
    }
}

/// The two ends of an interval, in the unit of what it is about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// The lower end.
    pub lower: f64,
    /// The upper end.
    pub upper: f64,
}

/// A value with its interval, both in the same unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The value.
    pub value: f64,
    /// Its interval.
    pub limits: Limits,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_normal_quantiles_are_those_of_the_tables() {
        assert!((Confidence::P95.z() - 1.959_963_984_540_054).abs() < 1e-12);
        assert!((Confidence::P998.z() - 3.090_232_306_167_813).abs() < 1e-12);
    }
}
