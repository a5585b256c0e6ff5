//! The XmR chart: values one by one, limits from how far neighbours differ.

use super::{ChartOptions, ProcessChart, ProcessLimits, ProcessPoint, Signals, Zone};

/// Whether moving ranges that are themselves out of the ordinary widen the limits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Screening {
    /// Those of 3.267 times their mean or more are left out, once, and the mean is taken again.
    #[default]
    Once,
    /// All count, as in NHS England's workbook.
    Never,
}

/// How many mean moving ranges the limits are from the centre.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Spread {
    /// 2.66: the constant of the NHS's method.
    #[default]
    Rounded,
    /// 3 / 1.128: the textbook's.
    Textbook,
}

impl Spread {
    /// As a fraction, so that what stands on a limit is known to stand on it.
    fn factor(self) -> (i128, i128) {
        match self {
            Self::Rounded => (266, 100),
            Self::Textbook => (3000, 1128),
        }
    }
}

/// Where anchors of the XmR chart differ. As they are, the method of *Making Data Count* in R.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Xmr {
    /// Whether wide moving ranges are screened out.
    pub screening: Screening,
    /// The constant of the limits.
    pub spread: Spread,
}

/// When a moving range is out of the ordinary, in thousandths of the mean moving range.
const WIDE: i128 = 3267;

/// The chart of values that are whole numbers of some unit; centre and limits are in that unit.
///
/// The centre is the mean, the limits are 2.66 mean moving ranges from it. A moving range is the distance
/// of neighbouring months: across a gap there is none. A series that never moves has limits on its centre,
/// and no signal. Values that cannot be negative may still have a negative lower limit.
///
/// Nothing without two known neighbours in the baseline.
///
/// Source: W. A. Shewhart, *Economic Control of Quality of Manufactured Product* (1931), for the chart;
/// NHS England, *Making Data Count*, and its implementation `NHSRplotthedots` for rules and screening.
#[must_use]
pub fn xmr(values: &[Option<i64>], method: Xmr, options: ChartOptions) -> Option<ProcessChart> {
    let base = options.base(values);
    let known: Vec<i128> = base.iter().flatten().copied().map(i128::from).collect();
    let (count, sum) = (i128::try_from(known.len()).ok()?, known.iter().sum::<i128>());
    let ranges = base
        .windows(2)
        .filter_map(|pair| match pair {
            [Some(a), Some(b)] => Some(i128::from(a.abs_diff(*b))),
            _ => None,
        })
        .collect();
    let (total, ranges) = mean_range(ranges, method.screening)?;
    let (above, below) = method.spread.factor();
    // Distance and limit, both times everything that would divide them.
    let limit = above * total * count;
    let zone = |value: i128| {
        let distance = (value * count - sum).abs() * below * ranges;
        match () {
            () if distance > limit => Zone::Outside,
            () if 3 * distance > 2 * limit => Zone::NearLimit,
            () => Zone::Middle,
        }
    };
    let centre = sum as f64 / count as f64;
    let reach = (above * total) as f64 / (below * ranges) as f64;
    let point = |value: i64| {
        let exact = i128::from(value);
        ProcessPoint {
            value: value as f64,
            centre,
            limits: ProcessLimits::around(centre, reach),
            signals: Signals::default(),
            side: (exact * count).cmp(&sum),
            zone: zone(exact),
        }
    };
    let points = values.iter().map(|value| value.map(point)).collect();
    Some(ProcessChart::judged(points, known.len(), options.rules))
}

/// The sum of the moving ranges that count, and how many they are.
fn mean_range(mut ranges: Vec<i128>, screening: Screening) -> Option<(i128, i128)> {
    let sum_and_count = |ranges: &[i128]| {
        let count = i128::try_from(ranges.len()).ok().filter(|n| *n > 0)?;
        Some((ranges.iter().sum::<i128>(), count))
    };
    let (total, count) = sum_and_count(&ranges)?;
    if screening == Screening::Once && total > 0 {
        ranges.retain(|range| 1000 * range * count < WIDE * total);
    }
    sum_and_count(&ranges)
}
