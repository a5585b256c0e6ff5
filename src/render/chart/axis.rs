//! Axes: where a value stands, which values get a tick, which periods get a label.

use super::canvas::Type;
use crate::render::RenderError;
use crate::report::chart::AxisKind;

/// A value axis: from which value to which, in steps that a person can count in.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ValueAxis {
    kind: AxisKind,
    low: f64,
    high: f64,
    step: f64,
}

impl ValueAxis {
    /// An axis that holds nought and all values, with about `ticks` steps. Percentages run from 0
    /// to 100 where `whole` is asked for.
    pub(super) fn over(
        kind: AxisKind,
        values: impl IntoIterator<Item = f64>,
        ticks: u32,
        whole: bool,
    ) -> Self {
        let (mut least, mut most) = (0.0_f64, 0.0_f64);
        for value in values {
            least = least.min(value);
            most = most.max(value);
        }
        if kind == AxisKind::Percent {
            // A share of 100 needs no more room than that; a difference of shares may.
            if whole {
                most = most.max(100.0);
            }
            if least >= 0.0 && most > 50.0 && most <= 100.0 {
                let step = if ticks >= 5 { 20.0 } else { 25.0 };
                return Self { kind, low: 0.0, high: 100.0, step };
            }
        }
        if least == 0.0 && most == 0.0 {
            most = 1.0;
        }
        let mut step = round_step((most - least) / f64::from(ticks.max(1)));
        if kind == AxisKind::Count {
            step = step.max(1.0);
        }
        Self { kind, low: (least / step).floor() * step, high: (most / step).ceil() * step, step }
    }

    /// Where a value stands: 0 at the low end, 1 at the high end.
    pub(super) fn share(&self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }

    /// An axis that holds all values and nought only where that is near: for places, which have no length that
    /// would lie.
    pub(super) fn around(
        kind: AxisKind,
        values: impl IntoIterator<Item = f64>,
        ticks: u32,
    ) -> Self {
        let values: Vec<f64> = values.into_iter().collect();
        let least = values.iter().copied().fold(f64::MAX, f64::min);
        let most = values.iter().copied().fold(f64::MIN, f64::max);
        if values.is_empty() || least < most / 4.0 || most - least < most / 20.0 {
            return Self::over(kind, values, ticks, false);
        }
        let mut step = round_step((most - least) / f64::from(ticks.max(1)));
        if kind == AxisKind::Count {
            step = step.max(1.0);
        }
        // No mark stands on the edge.
        let low = ((least - step / 4.0) / step).floor() * step;
        let high = ((most + step / 4.0) / step).ceil() * step;
        let over_all = kind == AxisKind::Percent && most <= 100.0 && high > 100.0;
        Self { kind, low, high: if over_all { 100.0 } else { high }, step }
    }

    /// The values at its ends.
    pub(super) fn ends(&self) -> [f64; 2] {
        [self.low, self.high]
    }

    /// The ticks from low to high, with their words.
    pub(super) fn ticks(&self) -> Vec<(f64, String)> {
        let mut ticks = Vec::new();
        let mut n = 0_u32;
        loop {
            let value = self.low + f64::from(n) * self.step;
            if value > self.high + self.step / 2.0 || n > 50 {
                return ticks;
            }
            ticks.push((value, self.words(value)));
            n += 1;
        }
    }

    /// How much room the words of the ticks take left of a plot.
    pub(super) fn gutter(&self) -> Result<f64, RenderError> {
        let ticks = self.ticks();
        Ok(Type::SMALL.widest(ticks.iter().map(|(_, words)| words.as_str()))? + 8.0)
    }

    fn words(&self, value: f64) -> String {
        let places = if self.step >= 1.0 {
            0
        } else if self.step >= 0.1 {
            1
        } else {
            2
        };
        let digits = format!("{:.places$}", value.abs());
        let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
        let mut grouped = String::new();
        for (n, digit) in whole.chars().enumerate() {
            if n > 0 && (whole.len() - n).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let sign = if value < -self.step / 2.0 { "\u{2212}" } else { "" };
        let unit = if self.kind == AxisKind::Percent { "%" } else { "" };
        format!("{sign}{grouped}{rest}{unit}")
    }
}

/// The next of 1, 2 or 5 times a power of ten.
fn round_step(rough: f64) -> f64 {
    let power = 10_f64.powf(rough.log10().floor());
    let times = [1.0, 2.0, 5.0].into_iter().find(|t| t * power >= rough * 0.999_999);
    times.unwrap_or(10.0) * power
}

/// The labels of a time axis, cut so that the year need not stand under every month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PeriodLabels {
    /// Words that begin every label and so are said once: `Year to`.
    pub(super) common: String,
    /// For each period, the upper line (`Sep`) and the lower line (`2026`).
    pub(super) lines: Vec<(String, String)>,
}

impl PeriodLabels {
    /// Cuts labels such as `Sep 2026`, `2026-27 Q2`, `Year to Sep 2026`, `2026-27`.
    pub(super) fn cut(labels: &[String]) -> Self {
        let common = if labels.iter().all(|l| l.starts_with("Year to ")) { "Year to " } else { "" };
        let lines = labels
            .iter()
            .map(|label| label.strip_prefix(common).unwrap_or(label))
            .map(|label| match label.rsplit_once(' ') {
                Some((month, year)) if is_year(year) => (month.to_owned(), year.to_owned()),
                Some((year, quarter)) if quarter.starts_with('Q') => {
                    (quarter.to_owned(), year.to_owned())
                }
                _ => (label.to_owned(), String::new()),
            })
            .collect();
        Self { common: common.trim_end().to_owned(), lines }
    }

    /// Which labels to write when they are `pitch` apart and `width` wide: the newest always, and
    /// before it every first, second, third, sixth or twelfth.
    pub(super) fn chosen(&self, pitch: f64, width: f64) -> Vec<usize> {
        let count = self.lines.len();
        let steps = [1_usize, 2, 3, 4, 6, 12, 24, 60];
        let fits =
            |step: &usize| f64::from(u32::try_from(*step).unwrap_or(u32::MAX)) * pitch >= width;
        let step = steps.into_iter().find(fits).unwrap_or(count.max(1));
        let mut chosen: Vec<usize> = (0..count).rev().step_by(step).collect();
        chosen.reverse();
        chosen
    }
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(axis: &ValueAxis) -> Vec<String> {
        axis.ticks().into_iter().map(|(_, words)| words).collect()
    }

    #[test]
    fn ticks_are_round_and_hold_every_value() {
        let axis = ValueAxis::over(AxisKind::Count, [3.0, 1730.0], 4, false);
        assert_eq!(words(&axis), ["0", "500", "1,000", "1,500", "2,000"]);
        let axis = ValueAxis::over(AxisKind::Plain, [-0.42, 0.31], 4, false);
        assert_eq!(
            words(&axis),
            ["\u{2212}0.6", "\u{2212}0.4", "\u{2212}0.2", "0.0", "0.2", "0.4"]
        );
        let axis = ValueAxis::over(AxisKind::Count, [0.0], 5, false);
        assert_eq!(words(&axis), ["0", "1"]);
    }

    #[test]
    fn an_axis_around_places_leaves_nought_out_where_it_is_far() {
        let axis = ValueAxis::around(AxisKind::Count, [17.0, 31.0], 6);
        assert_eq!(words(&axis), ["15", "20", "25", "30", "35"]);
        let near = [3.0, 61.0];
        let over = ValueAxis::over(AxisKind::Count, near, 6, false);
        assert_eq!(ValueAxis::around(AxisKind::Count, near, 6), over);
        let one = ValueAxis::around(AxisKind::Plain, [40.0], 5);
        assert_eq!(words(&one), ["0", "10", "20", "30", "40"]);
    }

    #[test]
    fn percentages_over_time_run_from_nought_to_a_hundred() {
        let axis = ValueAxis::over(AxisKind::Percent, [12.0], 5, true);
        assert_eq!(words(&axis), ["0%", "20%", "40%", "60%", "80%", "100%"]);
        assert!((axis.share(25.0) - 0.25).abs() < 1e-9);
    }

    #[test]
    fn the_newest_month_always_has_a_label() {
        let labels: Vec<String> =
            ["Year to Aug 2026", "Year to Sep 2026"].map(str::to_owned).into();
        let cut = PeriodLabels::cut(&labels);
        assert_eq!(cut.common, "Year to");
        assert_eq!(cut.lines, [("Aug".into(), "2026".into()), ("Sep".into(), "2026".into())]);
        let months = vec!["Sep 2026".to_owned(); 24];
        let chosen = PeriodLabels::cut(&months).chosen(12.0, 34.0);
        assert_eq!(chosen, [2, 5, 8, 11, 14, 17, 20, 23]);
    }
}
