//! Charts against their textbooks and against a second computation; each rule at both of its edges.

use super::*;
use crate::statistics::{Proportion, Rate};
use proptest::prelude::*;

fn individuals(values: &[i64]) -> ProcessChart {
    let values: Vec<Option<i64>> = values.iter().copied().map(Some).collect();
    xmr(&values, Xmr::default(), ChartOptions::default()).expect("a chart")
}

fn first(chart: &ProcessChart) -> ProcessPoint {
    chart.points.iter().flatten().copied().next().expect("a point")
}

/// The places, from 0, of the points that break a rule, and on which side.
fn told(chart: &ProcessChart, of: fn(Signals) -> Option<Side>) -> Vec<(usize, Side)> {
    let points = chart.points.iter().enumerate();
    points.filter_map(|(n, p)| Some((n, of(p.as_ref()?.signals)?))).collect()
}

fn near(found: impl Into<Option<f64>>, wanted: f64, within: f64) {
    let found = found.into().expect("there is one");
    assert!((found - wanted).abs() < within, "{found} is not {wanted}");
}

/// Viscosity of primer paint, in hundredths: Montgomery, *Introduction to Statistical Quality Control*,
/// example 6.5, prints centre 33.52, limits 32.24 and 34.80.
const VISCOSITY: [i64; 15] =
    [3375, 3305, 3400, 3381, 3346, 3402, 3368, 3327, 3349, 3320, 3362, 3300, 3354, 3312, 3384];

#[test]
fn single_values_have_the_limits_of_the_textbook() {
    let values = VISCOSITY.map(Some);
    let textbook = Xmr { spread: Spread::Textbook, ..Xmr::default() };
    let chart = xmr(&values, textbook, ChartOptions::default()).expect("a chart");
    let point = first(&chart);
    near(point.centre, 3_352.333_333_333_333_5, 1e-9);
    near(point.limits.lower, 3_224.483_789_260_385, 1e-9);
    near(point.limits.upper, 3_480.182_877_406_282, 1e-9);
    assert_eq!(told(&chart, |s| s.first().map(|s| s.side)), []);
    let rounded = first(&individuals(&VISCOSITY));
    near(
        rounded.limits.upper.expect("a limit") - rounded.centre,
        2.66 * 48.071_428_571_428_57,
        1e-9,
    );
}

/// One wild month makes two wild moving ranges, which would hide it among wide limits.
#[test]
fn screening_leaves_wild_moving_ranges_out() {
    let values = [10, 12, 11, 13, 12, 11, 40, 12, 10, 11, 12, 13];
    let chart = individuals(&values);
    near(first(&chart).centre, 13.916_666_666_666_666, 1e-9);
    near(first(&chart).limits.upper, 17.463_333_333_333_33, 1e-9);
    near(first(&chart).limits.lower, 10.37, 1e-9);
    let never = Xmr { screening: Screening::Never, ..Xmr::default() };
    let chart = xmr(&values.map(Some), never, ChartOptions::default()).expect("a chart");
    near(first(&chart).limits.upper, 30.602_121_212_121_21, 1e-9);
}

#[test]
fn a_series_that_never_moves_has_no_signal() {
    let chart = individuals(&[7; 20]);
    assert_eq!(first(&chart).limits, ProcessLimits { lower: Some(7.0), upper: Some(7.0) });
    assert!(chart.points.iter().flatten().all(|p| p.signals == Signals::default()));
}

/// Cans of orange juice: Montgomery, example 7.1, prints centre 0.2313, limits 0.0524 and 0.4102, and
/// finds samples 15 and 23 above.
#[test]
fn proportions_have_the_limits_of_the_textbook() {
    let cans = [
        12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9,
        12, 7, 13, 9, 6,
    ];
    let months = cans.map(|x| Proportion::of(x, 50));
    let chart = p_chart(&months, Variation::Within, ChartOptions::default()).expect("a chart");
    near(first(&chart).centre, 0.231_333_333_333_333_34, 1e-12);
    near(first(&chart).limits.lower, 0.052_427_548_071_928_12, 1e-12);
    near(first(&chart).limits.upper, 0.410_239_118_594_738_44, 1e-12);
    assert_eq!(told(&chart, |s| s.outside), [(14, Side::Above), (22, Side::Above)]);
}

/// Printed circuit boards: Montgomery, example 7.3, prints centre 19.85, limits 6.48 and 33.22, and finds
/// samples 6 and 20 outside.
#[test]
fn counts_have_the_limits_of_the_textbook() {
    let boards = [
        21, 24, 16, 12, 15, 5, 28, 20, 31, 25, 20, 24, 16, 19, 10, 17, 13, 22, 18, 39, 30, 24, 16,
        19, 17, 15,
    ];
    let chart = c_chart(&boards.map(Some), ChartOptions::default()).expect("a chart");
    near(first(&chart).centre, 19.85, 5e-3);
    near(first(&chart).limits.lower, 6.48, 5e-3);
    near(first(&chart).limits.upper, 33.21, 5e-3);
    assert_eq!(told(&chart, |s| s.outside), [(5, Side::Below), (19, Side::Above)]);
}

/// Computed apart with numpy from the formulae.
#[test]
fn rates_have_limits_for_each_month_and_never_below_nought() {
    let rate = |events, exposure| Some(Rate { events, exposure });
    let months = [rate(14, 1.2), rate(9, 0.8), rate(20, 1.5), rate(8, 1.0), rate(30, 1.1)];
    let chart = u_chart(&months, Variation::Within, ChartOptions::default()).expect("a chart");
    let third = chart.points[2].expect("a point");
    near(third.centre, 14.464_285_714_285_714, 1e-12);
    near(third.limits.upper, 23.780_170_765_407_497, 1e-12);
    near(third.limits.lower, 5.148_400_663_163_933, 1e-12);
    assert_eq!(chart.standing, Standing::TooFew);
    assert_eq!(told(&chart, |s| s.outside), [], "five points are asked nothing");
    let rare = [rate(1, 1.0), rate(0, 1.0), rate(2, 1.0)];
    let chart = u_chart(&rare, Variation::Within, ChartOptions::default()).expect("a chart");
    assert_eq!(first(&chart).limits.lower, Some(0.0));
}

/// With three of four, 27 are just too few for an upper limit below all, and 3 for a lower one above none.
#[test]
fn a_limit_that_nobody_can_pass_is_none_and_nothing_is_near_it() {
    let months = [(27, 36), (9, 12), (21, 28), (20, 27), (27, 27), (27, 27), (2, 3), (30, 36)];
    let months = months.map(|(x, n)| Proportion::of(x, n));
    let options = ChartOptions { baseline: Some(2), ..ChartOptions::default() };
    let chart = p_chart(&months, Variation::Within, options).expect("a chart");
    let limits = |n: usize| chart.points[n].expect("a point").limits;
    assert_eq!([2, 3, 4].map(|n| limits(n).upper.is_some()), [true, false, false]);
    assert_eq!([3, 6].map(|n| limits(n).lower.is_some()), [true, false]);
    // All of 27 are as many as can be, twice in three months: that is no signal by itself.
    let chart = p_chart(&months, Variation::Within, ChartOptions::default()).expect("a chart");
    assert_eq!((chart.standing, chart.marks()), (Standing::Trial, vec![Signals::default(); 8]));
}

/// With months of fifty thousand, chance within a month explains next to nothing. Computed apart with
/// numpy from the formulae.
#[test]
fn large_months_need_the_variation_between_them() {
    let denominators =
        [50, 52, 48, 51, 53, 49, 50, 51, 49, 52, 50, 51].map(|thousands| thousands * 1000);
    let denominators = denominators.into_iter().zip([0, 0, 0, 0, 0, 0, 500, 500, 500, 500, 0, 0]);
    let numerators = [6100, 5980, 6400, 6550, 6010, 5880, 6600, 6450, 5750, 6900, 6300, 6120];
    let months: Vec<_> = numerators
        .into_iter()
        .zip(denominators)
        .map(|(x, (n, more))| Proportion::of(x, n + more))
        .collect();
    let within = p_chart(&months, Variation::Within, ChartOptions::default()).expect("a chart");
    assert!(told(&within, |s| s.outside).len() >= 6);
    let between = p_chart(&months, Variation::Between, ChartOptions::default()).expect("a chart");
    assert_eq!(told(&between, |s| s.outside), []);
    near(first(&between).centre, 0.123_421_052_631_578_95, 1e-12);
    near(first(&between).limits.lower, 0.098_094_822_136_688_85, 1e-12);
    near(first(&between).limits.upper, 0.148_747_283_126_469_04, 1e-12);
}

const NONE: [usize; 0] = [];

/// Centre 0 and limits ±29.3, from twelve quiet months that are the baseline.
fn after_a_baseline(values: &[i64], rules: Rules) -> ProcessChart {
    let quiet = [-6, 6, -5, 5, -6, 6, -5, 5, -6, 6, -5, 5].map(Some);
    let all: Vec<Option<i64>> = quiet.into_iter().chain(values.iter().copied().map(Some)).collect();
    xmr(&all, Xmr::default(), ChartOptions { baseline: Some(12), rules }).expect("a chart")
}

fn signals(values: &[i64], rules: Rules, of: fn(Signals) -> Option<Side>) -> Vec<usize> {
    told(&after_a_baseline(values, rules), of).into_iter().map(|(n, _)| n - 12).collect()
}

#[test]
fn seven_on_one_side_are_a_run_and_six_are_not() {
    let rules = Rules::default();
    let run = |s: Signals| s.run;
    assert_eq!(signals(&[-1, 2, 1, 2, 1, 2, 1, -1], rules, run), NONE);
    assert_eq!(signals(&[-1, 2, 1, 2, 1, 2, 1, 2, -1], rules, run), [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(
        signals(&[-1, 2, 1, 2, 0, 1, 2, 1, 2], rules, run),
        NONE,
        "one on the centre ends it"
    );
    let six = Rules { run: 6, ..rules };
    assert_eq!(signals(&[-1, 2, 1, 2, 1, 2, 1, -1], six, run), [1, 2, 3, 4, 5, 6]);
}

#[test]
fn six_moves_one_way_are_a_trend_and_five_are_not() {
    let rules = Rules::default();
    let trend = |s: Signals| s.trend;
    assert_eq!(signals(&[-9, -5, -2, 1, 3, 6, 2], rules, trend), NONE);
    // The last quiet month is 5: the fall from it begins a new movement.
    assert_eq!(signals(&[-9, -5, -2, 1, 3, 6, 8, 2], rules, trend), [0, 1, 2, 3, 4, 5, 6]);
    assert_eq!(signals(&[-9, -5, -2, -2, 1, 3, 6, 8], rules, trend), NONE, "equal ones end it");
}

#[test]
fn two_of_three_close_to_a_limit_on_one_side() {
    let near_limit = |s: Signals| s.near_limit;
    let rules = Rules::default();
    let reach = {
        let point = first(&after_a_baseline(&[], rules));
        point.limits.upper.expect("a limit") - point.centre
    };
    near(reach, 2.66 * 11.0, 1e-9);
    // Two thirds of the way are 19.5; the limit is 29.3.
    assert_eq!(signals(&[20, 1, 21], rules, near_limit), [0, 2]);
    assert_eq!(signals(&[19, 1, 21], rules, near_limit), NONE);
    assert_eq!(signals(&[20, -1, 21], rules, near_limit), NONE, "the third is on the other side");
    let anywhere = Rules { near_limit: NearLimit::ThirdAnywhere, ..rules };
    assert_eq!(signals(&[20, -1, 21], anywhere, near_limit), [0, 2]);
    assert_eq!(
        signals(&[30, 1, 21], rules, near_limit),
        NONE,
        "beyond the limit is not close to it"
    );
    assert_eq!(signals(&[29, 30], rules, |s| s.outside), [1]);
}

#[test]
fn the_gravest_rule_is_told() {
    let chart = after_a_baseline(&[20, 22, 24, 26, 27, 28, 31], Rules::default());
    let last = chart.points[18].expect("a point").signals;
    assert!(last.run.is_some() && last.outside.is_some() && last.trend.is_some());
    assert_eq!(last.first(), Some(Signal { rule: Rule::Outside, side: Side::Above }));
    let before = chart.points[17].expect("a point").signals;
    assert_eq!(before.first(), Some(Signal { rule: Rule::Trend, side: Side::Above }));
}

#[test]
fn few_points_have_trial_limits_or_none_to_speak_of() {
    let standing = |n: usize| individuals(&VISCOSITY[..n]).standing;
    assert_eq!(
        [2, 6, 7, 11, 12].map(standing),
        [Standing::TooFew, Standing::TooFew, Standing::Trial, Standing::Trial, Standing::Settled]
    );
    let none = [None, Some(3), None, Some(4)];
    assert_eq!(xmr(&none, Xmr::default(), ChartOptions::default()), None, "no two neighbours");
    assert_eq!(p_chart(&[None], Variation::Within, ChartOptions::default()), None);
}

#[test]
fn a_gap_ends_a_run_and_has_no_moving_range() {
    let mut values = [-6, 6, -5, 5, -6, 6, -5, 5, -6, 6, -5, 5, 1, 2, 1, 2, 1, 2, 1].map(Some);
    let options = ChartOptions { baseline: Some(11), rules: Rules::default() };
    let whole = xmr(&values, Xmr::default(), options).expect("a chart");
    // The last quiet month is above the centre too.
    assert_eq!(told(&whole, |s| s.run).len(), 8);
    values[15] = None;
    let broken = xmr(&values, Xmr::default(), options).expect("a chart");
    assert_eq!(told(&broken, |s| s.run), []);
    assert_eq!(broken.points[15], None);
}

/// A rule that a computer's fractions decide would be no rule: seven months just on the centre.
#[test]
fn the_side_of_the_centre_is_exact() {
    let months: Vec<_> = (0..20)
        .map(|n| if n < 10 { Proportion::of(1, 10) } else { Proportion::of(3, 30) })
        .collect();
    let chart = p_chart(&months, Variation::Within, ChartOptions::default()).expect("a chart");
    assert_eq!(told(&chart, |s| s.run), []);
    // 2.66 moving ranges of 50 each are 133, to the last digit: on the limit is not beyond it.
    let options = ChartOptions { baseline: Some(8), rules: Rules::default() };
    let values = [0, 50, 0, 50, 0, 50, 0, 50, 158, 159].map(Some);
    let chart = xmr(&values, Xmr::default(), options).expect("a chart");
    assert_eq!(told(&chart, |s| s.outside), [(9, Side::Above)]);
}

proptest! {
    /// Turned upside down, moved and stretched, a series breaks the same rules.
    #[test]
    fn signals_do_not_depend_on_unit_or_direction(
        values in prop::collection::vec(prop::option::weighted(0.9, -50_i64..50), 2..40),
        along in -1000_i64..1000,
        times in 1_i64..50,
    ) {
        let of = |change: &dyn Fn(i64) -> i64| {
            let values: Vec<_> = values.iter().map(|v| v.map(change)).collect();
            xmr(&values, Xmr::default(), ChartOptions::default())
        };
        let tell = |chart: &ProcessChart| -> Vec<Option<Signal>> {
            chart.points.iter().map(|p| p.and_then(|p| p.signals.first())).collect()
        };
        let chart = of(&|v| v);
        let turned = of(&|v| -v);
        let scaled = of(&|v| v * times + along);
        prop_assert_eq!(chart.is_some(), turned.is_some());
        if let (Some(chart), Some(turned), Some(scaled)) = (chart, turned, scaled) {
            let rules = |c: &ProcessChart| -> Vec<_> {
                tell(c).into_iter().map(|s| s.map(|s| s.rule)).collect()
            };
            prop_assert_eq!(tell(&chart), tell(&scaled));
            prop_assert_eq!(rules(&chart), rules(&turned));
        }
    }
}

/// One wild month among steady ones: the two leaps around it are left out of the limits, as they are for single values,
/// so that a later, smaller fall is not hidden by them.
#[test]
fn one_leap_does_not_widen_the_limits_between_months() {
    let counts = [640, 400, 410, 395, 405, 398, 402, 408, 396, 404, 399, 401, 320];
    let months: Vec<_> = counts.iter().map(|x| Proportion::of(*x, 800)).collect();
    let chart = p_chart(&months, Variation::Between, ChartOptions::default()).expect("a chart");
    let outside: Vec<usize> = (chart.marks().iter().enumerate())
        .filter(|(_, signals)| signals.outside.is_some())
        .map(|(at, _)| at)
        .collect();
    assert_eq!(outside, [0, 12]);
}

/// How often of so many steady series the newest of 24 months breaks a rule, in thousandths.
fn false_alarms(series: u32, chart: impl Fn(&mut dyn FnMut() -> f64) -> ProcessChart) -> u32 {
    // A generator of no consequence: splitmix64.
    let mut state = 20_260_930_u64;
    let mut uniform = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    };
    let newest = |chart: &ProcessChart| chart.marks().last().copied().unwrap_or_default();
    let broken = (0..series).filter(|_| newest(&chart(&mut uniform)) != Signals::default());
    u32::try_from(broken.count()).expect("few") * 1000 / series
}

/// What `SignalRule::false_alarms` promises of 24 months: 10 to 20 of a thousand with limits from all of
/// them, 38 to 66 with limits from the first twelve, by kind of chart and size of the months.
#[test]
fn a_steady_series_seldom_breaks_a_rule_at_its_newest_month() {
    for (baseline, most) in [(None, 20), (Some(12), 70)] {
        let options = ChartOptions { baseline, ..ChartOptions::default() };
        let single = false_alarms(3000, |uniform| {
            let mut bell = || ((0..12).map(|_| uniform()).sum::<f64>() - 6.0) * 1000.0;
            #[expect(clippy::cast_possible_truncation, reason = "a few thousands")]
            let values: Vec<Option<i64>> = (0..24).map(|_| Some(bell().round() as i64)).collect();
            xmr(&values, Xmr::default(), options).expect("a chart")
        });
        let proportions = false_alarms(3000, |uniform| {
            let mut month = || (0..40).map(|_| u64::from(uniform() < 0.8)).sum::<u64>();
            let months: Vec<_> = (0..24).map(|_| Proportion::of(month(), 40)).collect();
            p_chart(&months, Variation::Within, options).expect("a chart")
        });
        // Larger months that differ by more than chance within each: p′.
        let between = false_alarms(3000, |uniform| {
            let mut month = || {
                let share = 0.8 + ((0..12).map(|_| uniform()).sum::<f64>() - 6.0) * 0.04;
                (0..400).map(|_| u64::from(uniform() < share)).sum::<u64>()
            };
            let months: Vec<_> = (0..24).map(|_| Proportion::of(month(), 400)).collect();
            p_chart(&months, Variation::Between, options).expect("a chart")
        });
        for found in [single, proportions, between] {
            assert!((5..=most).contains(&found), "{found} of a thousand with {baseline:?}");
        }
    }
}
