//! The demonstration's figures of the forms that the monthly report needs, each with what makes it hard:
//! hidden points, missing months, little data, long names.

use super::{count, figure, gone, hidden, months, percent, plain, share, unavailable};
use crate::protect::{Shown, Symbol};
use crate::report::chart::{
    AxisKind, Chart, Control, ControlPoint, Dumbbell, DumbbellRow, FlowLink, FlowStage, Flows,
    Funnel, FunnelLimits, FunnelPlace, FunnelStanding, Heat, Multiples, Point, Pyramid,
    ReferenceLine, Scatter, ScatterPlace, Sense, Series, Spark, Sparklines, StepSeries, Steps,
};
use crate::report::document::Figure;
use crate::report::signals::stretches;
use crate::statistics::{
    ChartOptions, Confidence, FunnelMethod, Proportion, Side, Variation, Xmr, funnel_of_proportion,
    p_chart, xmr,
};

/// All of them.
pub(in crate::render) fn all() -> Vec<Figure> {
    vec![
        sparks(),
        requests(),
        timely(),
        young(),
        flows(),
        heat(),
        pyramid(),
        multiples(),
        funnel(),
        scatter(),
        held(),
        held_by_cohort(),
        held_little(),
        domains(),
        super::shares(),
    ]
}

/// Two years of counts: a month outside, a run above, hidden months, a provisional end.
pub(in crate::render) fn requests() -> Figure {
    let mut values: Vec<Option<i64>> = [
        212, 198, 225, 207, 219, 190, 215, 301, 209, 201, 222, 214, 0, 0, 204, 218, 231, 236, 240,
        238, 244, 252, 239, 247,
    ]
    .map(Some)
    .into();
    (values[12], values[13]) = (None, None);
    let options = ChartOptions { baseline: Some(12), ..ChartOptions::default() };
    let chart = xmr(&values, Xmr::default(), options).expect("a chart");
    let limits = chart.points[0].expect("a point");
    let whole = |value: f64| plain(value);
    let limit = |value: Option<f64>| value.map_or(unavailable(), plain);
    let points = values
        .iter()
        .enumerate()
        .map(|(n, value)| ControlPoint {
            value: value.map_or(hidden(), |v| count(u32::try_from(v).expect("a count"))),
            provisional: n == 23,
            centre: whole(limits.centre),
            lower: limit(limits.limits.lower),
            upper: limit(limits.limits.upper),
        })
        .collect();
    figure(
        "requests",
        "Requests have been above their usual level since January 2026",
        Chart::Control(Control {
            labels: months(24),
            name: "Requests for early help".into(),
            points,
            signals: stretches(&chart.marks(), Some(Side::Below)),
            axis: AxisKind::Count,
            reference: None,
            trial: false,
        }),
    )
}

/// A proportion with months of different sizes, so that the limits are different too, and one rule of
/// each sense.
pub(in crate::render) fn timely() -> Figure {
    let sizes = [40, 62, 35, 80, 55, 90, 41, 66, 70, 30, 85, 60, 58, 77, 49, 64, 71, 52];
    let held = [26, 43, 22, 55, 36, 60, 29, 30, 47, 19, 61, 40, 45, 62, 41, 55, 62, 47];
    let mut proportions: Vec<_> =
        held.into_iter().zip(sizes).map(|(x, n)| Proportion::of(x, n)).collect();
    // Signals are computed from published values, and so not from a hidden one.
    proportions[9] = None;
    let chart = p_chart(&proportions, Variation::Within, ChartOptions::default()).expect("a chart");
    let none = Shown::Symbol(Symbol::NotApplicable);
    let limit = |value: Option<f64>| value.map_or(none, |value| percent(100.0 * value));
    let points: Vec<ControlPoint> = chart
        .points
        .iter()
        .enumerate()
        .map(|(n, point)| {
            let Some(p) = point else {
                let [value, centre, lower, upper] = [hidden(); 4];
                return ControlPoint { value, provisional: false, centre, lower, upper };
            };
            ControlPoint {
                value: percent(100.0 * p.value),
                provisional: n > 16,
                centre: percent(100.0 * p.centre),
                lower: limit(p.limits.lower),
                upper: limit(p.limits.upper),
            }
        })
        .collect();
    figure(
        "timely",
        "Plans are in place sooner, month after month, since March 2026",
        Chart::Control(Control {
            labels: months(18),
            name: "Plan within 45 working days".into(),
            points,
            signals: stretches(&chart.marks(), Some(Side::Above)),
            axis: AxisKind::Percent,
            reference: Some(ReferenceLine { label: "Target 80%".into(), at: 80.0 }),
            trial: false,
        }),
    )
}

/// Eight months, trial limits, no signal.
pub(in crate::render) fn young() -> Figure {
    let points = [31, 28, 35, 30, 33, 27, 34, 29]
        .map(|n| ControlPoint {
            value: count(n),
            provisional: false,
            centre: plain(30.88),
            lower: plain(14.16),
            upper: plain(47.59),
        })
        .into();
    figure(
        "young",
        "No clear change in eight months of the new helpline",
        Chart::Control(Control {
            labels: months(8),
            name: "Calls".into(),
            points,
            signals: Vec::new(),
            axis: AxisKind::Count,
            reference: None,
            trial: true,
        }),
    )
}

/// Domains before and after, one hidden, one that did not move.
pub(in crate::render) fn domains() -> Figure {
    let row = |label: &str, before: Shown, after: Shown, note: &str| DumbbellRow {
        label: label.into(),
        before,
        after,
        note: note.into(),
    };
    figure(
        "domains",
        "Six of eight domains are scored higher when help ends",
        Chart::Dumbbell(Dumbbell {
            ends: ["At the start".into(), "At the end".into()],
            rows: vec![
                row("Children's safety", plain(5.12), plain(7.45), "204 pairs; rose by 2.0 to 2.7"),
                row("Routines at home", plain(4.80), plain(6.62), "198 pairs; rose by 1.5 to 2.1"),
                row(
                    "Emotional wellbeing and mental health of parents and carers",
                    plain(4.15),
                    plain(5.33),
                    "187 pairs; rose by 0.8 to 1.6",
                ),
                row("Social networks", plain(5.90), plain(6.31), "150 pairs; rose by 0.1 to 0.7"),
                row("School", plain(6.48), plain(6.55), "171 pairs; no clear change"),
                row("Boundaries", plain(6.02), plain(6.02), "96 pairs; no clear change"),
                row("Home and money", plain(5.61), plain(5.20), "140 pairs; fell by 0.1 to 0.7"),
                row("Gambling", plain(3.31), hidden(), "4 pairs"),
                row("Youth justice", hidden(), hidden(), ""),
            ],
            axis: AxisKind::Plain,
            to: Some(10.0),
        }),
    )
}

/// Localities in a funnel, some beyond the lines, one hidden, one of a very long name.
pub(in crate::render) fn funnel() -> Figure {
    let whole = Proportion::of(901, 1300).expect("a proportion");
    let limits = |size: u32| {
        let of = |confidence| {
            let method = FunnelMethod::default();
            let found = funnel_of_proportion(whole, size.into(), confidence, method);
            let found = found.expect("limits");
            [percent(100.0 * found.lower), percent(100.0 * found.upper)]
        };
        FunnelLimits { size: count(size), near: of(Confidence::P95), far: of(Confidence::P998) }
    };
    let place = |label: &str, held: u32, size: u32, standing| FunnelPlace {
        label: label.into(),
        value: percent(100.0 * f64::from(held) / f64::from(size)),
        limits: limits(size),
        standing,
    };
    let (within, beyond, far) =
        (FunnelStanding::Within, FunnelStanding::Beyond95, FunnelStanding::Beyond998);
    let mut places = vec![
        place("Northmoor", 181, 210, far),
        place("Harbour and Old Town", 141, 200, within),
        place("Upper Wharfside with the Villages and Saint Bartholomew", 51, 90, beyond),
        place("Eastfield", 83, 157, far),
        place("Castle", 35, 48, within),
        place("Quayside", 22, 33, within),
        place("Westgate", 118, 165, within),
        place("Meadows", 96, 140, within),
        place("Southbourne", 72, 92, beyond),
        place("Marsh End", 3, 7, within),
        place("Not recorded", 99, 158, within),
    ];
    places[9].value = hidden();
    places[9].limits = FunnelLimits { size: hidden(), near: [hidden(); 2], far: [hidden(); 2] };
    figure(
        "funnel",
        "Northmoor is beyond what chance explains, above; Eastfield below",
        Chart::Funnel(Funnel {
            size: "Cases closed".into(),
            value: "Good outcome".into(),
            whole: percent(69.3),
            places,
            limits: [10, 15, 20, 30, 40, 60, 80, 100, 130, 160, 190, 220, 250].map(limits).into(),
            axis: AxisKind::Percent,
        }),
    )
}

/// Teams by their families and how heavy these are: two close together, one hidden, one of a very long name.
pub(in crate::render) fn scatter() -> Figure {
    let place = |label: &str, cases: u32, weight: u32| ScatterPlace {
        label: label.into(),
        has: [count(cases), count(weight)],
        is_named: true,
    };
    let mut places = vec![
        place("Northmoor", 61, 520),
        place("Harbour and Old Town", 58, 510),
        place("Upper Wharfside with the Villages and Saint Bartholomew", 34, 391),
        place("Eastfield", 47, 302),
        place("Castle", 12, 96),
        place("Marsh End", 3, 31),
    ];
    places[5].has[1] = hidden();
    figure(
        "scatter",
        "Points, for each of “Families”: most in Upper Wharfside, least in Eastfield",
        Chart::Scatter(Scatter {
            across: "Families".into(),
            up: "Points".into(),
            places,
            whole: [count(215), count(1850)],
            axes: [AxisKind::Count, AxisKind::Plain],
        }),
    )
}

/// Needs by locality, with hidden cells and long heads.
pub(in crate::render) fn heat() -> Figure {
    let row = |label: &str, cells: [f64; 8]| (label.to_owned(), cells.map(percent).to_vec());
    let mut rows = vec![
        row("Northmoor", [41.2, 38.0, 22.4, 18.1, 12.9, 6.2, 4.8, 3.1]),
        row("Harbour and Old Town", [36.5, 44.9, 30.2, 25.4, 19.0, 9.5, 7.1, 4.0]),
        row("Upper Wharfside with the Villages", [28.0, 21.7, 14.3, 9.9, 8.1, 0.0, 3.7, 5.2]),
        row("Eastfield", [48.6, 51.3, 38.8, 33.0, 21.2, 12.4, 10.6, 6.6]),
        row("Marsh End", [33.3, 27.8, 16.7, 11.1, 22.2, 5.6, 0.0, 0.0]),
        row("Not recorded", [25.0, 31.3, 18.8, 12.5, 15.6, 9.4, 6.3, 3.1]),
    ];
    for (row, column) in [(2, 6), (2, 7), (4, 3), (4, 4), (4, 5)] {
        rows[row].1[column] = hidden();
    }
    figure(
        "heat",
        "Eastfield has the most of seven needs out of eight",
        Chart::Heat(Heat {
            columns: [
                "Children's mental health",
                "School attendance",
                "Domestic abuse",
                "Worklessness and debt",
                "Housing and homelessness",
                "Crime and antisocial behaviour",
                "Substance use",
                "Exploitation",
            ]
            .map(str::to_owned)
            .into(),
            rows,
            total: "Families".into(),
            row_totals: [210, 200, 90, 157, 18, 32].map(count).into(),
            column_totals: [39.0, 39.5, 27.2, 22.0, 16.1, 8.4, 6.6, 4.2]
                .map(percent)
                .into_iter()
                .chain([count(707)])
                .collect(),
            axis: AxisKind::Percent,
            shade: "Per cent of the families of a locality who have the need".into(),
        }),
    )
}

/// Ages of girls and boys.
pub(in crate::render) fn pyramid() -> Figure {
    let band = |label: &str, sides: [u32; 2]| (label.to_owned(), sides.map(count));
    let mut bands = vec![
        band("16 and 17", [41, 38]),
        band("11 to 15", [203, 188]),
        band("5 to 10", [264, 341]),
        band("2 to 4", [118, 131]),
        band("Under 2", [64, 59]),
        band("Not born yet", [0, 0]),
        band("Age not recorded", [7, 12]),
    ];
    bands[5].1 = [hidden(), count(0)];
    figure(
        "pyramid",
        "More boys than girls of primary age",
        Chart::Pyramid(Pyramid {
            sides: ["Girls".into(), "Boys".into()],
            bands,
            axis: AxisKind::Count,
        }),
    )
}

/// From level to level, with a hidden flow.
pub(in crate::render) fn flows() -> Figure {
    let stage = |title: &str, places: &[(&str, u32)]| FlowStage {
        title: title.into(),
        places: places.iter().map(|(name, n)| ((*name).to_owned(), count(*n))).collect(),
    };
    let link = |stage, from, to, n| FlowLink { stage, from, to, count: count(n) };
    let mut links = vec![
        link(0, 0, 0, 180),
        link(0, 0, 1, 96),
        link(0, 0, 2, 22),
        link(0, 1, 0, 104),
        link(0, 1, 1, 61),
        link(0, 1, 2, 15),
        link(0, 2, 0, 24),
        link(0, 2, 2, 4),
        link(1, 0, 0, 262),
        link(1, 0, 1, 46),
        link(1, 1, 0, 70),
        link(1, 1, 1, 87),
        link(1, 2, 1, 12),
        link(1, 2, 2, 29),
    ];
    links[7].count = hidden();
    figure(
        "flows",
        "Most families who are closed by early help are still without a service six months later",
        Chart::Flows(Flows {
            stages: vec![
                stage("Before", &[("Contact", 298), ("Early help", 180), ("Child in need", 28)]),
                stage(
                    "At closing",
                    &[("No service", 308), ("Universal services", 157), ("Social care", 41)],
                ),
                stage(
                    "Six months later",
                    &[
                        ("No service", 332),
                        ("Early help again, or another targeted service", 145),
                        ("Social care", 29),
                    ],
                ),
            ],
            links,
        }),
    )
}

/// Outcomes that hold, for two groups, the smaller one hidden at the end.
pub(in crate::render) fn held() -> Figure {
    let series = |name: &str, points: Vec<Point>, at_risk: [Shown; 5]| StepSeries {
        name: name.into(),
        points,
        at_risk: at_risk.into(),
    };
    let all =
        |value| Point { lower: unavailable(), upper: unavailable(), ..share(value, 0.0, false) };
    figure(
        "held",
        "Four in five outcomes hold for six months, two in three for a year",
        Chart::Steps(Steps {
            unit: "Months after closing".into(),
            times: vec![0, 3, 6, 9, 12],
            series: vec![
                series(
                    "Led by a school",
                    vec![
                        all(100.0),
                        share(91.2, 2.4, false),
                        share(82.5, 3.6, false),
                        share(74.4, 4.8, false),
                        share(68.0, 6.9, false),
                    ],
                    [412, 371, 268, 140, 61].map(count),
                ),
                series(
                    "Led by another agency or a voluntary provider",
                    vec![
                        all(100.0),
                        share(84.0, 5.8, false),
                        share(70.1, 8.1, false),
                        gone(),
                        gone(),
                    ],
                    [count(120), count(88), count(41), hidden(), hidden()],
                ),
            ],
        }),
    )
}

/// Cohorts of which the younger have been followed for less, and all together.
pub(in crate::render) fn held_by_cohort() -> Figure {
    let cohort = |name: &str, shares: &[f64], so_many: u32| StepSeries {
        name: name.into(),
        points: (0..4)
            .map(|n| shares.get(n).map_or(super::bare(unavailable()), |v| share(*v, 4.0, false)))
            .collect(),
        at_risk: (0..4)
            .map(|n| if n < shares.len() { count(so_many) } else { unavailable() })
            .collect(),
    };
    figure(
        "held_by_cohort",
        "Nine in ten stay away for a year, as far as families have been followed",
        Chart::Steps(Steps {
            unit: "Months after closing".into(),
            times: vec![3, 6, 9, 12],
            series: vec![
                cohort("All together", &[95.0, 92.5, 91.0, 90.0], 286),
                cohort("2025-26 Q2", &[93.0, 90.0, 88.0, 87.0], 74),
                cohort("2025-26 Q3", &[96.0, 94.0, 92.0], 77),
                cohort("2025-26 Q4", &[94.0, 91.5], 75),
                cohort("2026-27 Q1", &[95.5], 60),
            ],
        }),
    )
}

/// One group and one time only.
pub(in crate::render) fn held_little() -> Figure {
    figure(
        "held_little",
        "The new service has three months of follow-up",
        Chart::Steps(Steps {
            unit: "Months after closing".into(),
            times: vec![0, 3, 6],
            series: vec![StepSeries {
                name: "New service".into(),
                points: vec![
                    share(100.0, 0.0, false),
                    share(88.0, 12.0, true),
                    super::bare(unavailable()),
                ],
                at_risk: vec![count(24), count(11), unavailable()],
            }],
        }),
    )
}

/// The headlines in small.
pub(in crate::render) fn sparks() -> Figure {
    let series = |base: f64, swing: f64, step: f64, make: fn(f64) -> Shown| -> Vec<Shown> {
        (0..24).map(f64::from).map(|n| make(base + n * step + swing * (n * 1.7).sin())).collect()
    };
    let whole: fn(f64) -> Shown = |v| count(v.round() as u32);
    let row = |label: &str, points: Vec<Shown>, usual: Option<[Shown; 3]>, words: &str| Spark {
        label: label.into(),
        newest: "Sep 2026".into(),
        points,
        usual,
        words: words.into(),
        signal: None,
    };
    let mut rows = vec![
        row(
            "Requests for early help",
            series(200.0, 14.0, 2.0, whole),
            Some([176.0, 212.0, 248.0].map(whole)),
            "Above its usual level since January 2026: 9 months in a row",
        ),
        row(
            "Plan within 45 working days",
            series(70.0, 6.0, 0.3, percent),
            Some([58.0, 72.0, 86.0].map(percent)),
            "No clear change",
        ),
        row(
            "Every outcome reached at closing, of families who agreed to the plan",
            series(66.0, 4.0, 0.5, percent),
            Some([60.0, 70.0, 80.0].map(percent)),
            "Rising: 7 months",
        ),
        row(
            "Stepped up to social care",
            series(9.0, 3.0, 0.0, whole),
            None,
            "Too few months for limits",
        ),
        row(
            "Came back within a year",
            series(12.0, 0.0, 0.0, percent),
            Some([12.0; 3].map(percent)),
            "No clear change",
        ),
    ];
    for n in [3, 4, 11] {
        rows[3].points[n] = hidden();
    }
    for n in 0..20 {
        rows[2].points[n] = unavailable();
    }
    rows[3].points[23] = hidden();
    // A measure that is known late, and has a shorter history.
    rows[4].points.drain(..11);
    "Sep 2025".clone_into(&mut rows[4].newest);
    (rows[0].signal, rows[2].signal) = (Some(Sense::Neither), Some(Sense::Better));
    figure(
        "sparks",
        "One of five headline measures has left its usual range",
        Chart::Sparklines(Sparklines { noun: "months".into(), rows }),
    )
}

/// Five needs over two years.
pub(in crate::render) fn multiples() -> Figure {
    let points = |base: f64, swing: f64, step: f64| -> Vec<Point> {
        (0..24)
            .map(|n| (n, f64::from(n)))
            .map(|(n, at)| Point {
                provisional: n > 22,
                ..super::bare(percent((base + at * step + swing * (at * 1.1).sin()).max(0.0)))
            })
            .collect()
    };
    let panel = |name: &str, base, swing, step| Series {
        name: name.into(),
        points: points(base, swing, step),
    };
    let mut panels = vec![
        panel("Children's mental health", 36.0, 3.0, 0.3),
        panel("School attendance", 38.0, 4.0, 0.1),
        panel("Domestic abuse", 20.0, 2.0, 0.7),
        panel("Worklessness, debt and the cost of living", 22.0, 2.0, -0.2),
        panel("Exploitation", 6.0, 3.0, 0.0),
    ];
    for n in [2, 3, 4, 9, 17] {
        panels[4].points[n] = gone();
    }
    figure(
        "multiples",
        "Domestic abuse is the need that grows",
        Chart::Multiples(Multiples {
            labels: months(24),
            panels,
            whole: Some(Series {
                name: "Mean of all needs".into(),
                points: points(24.0, 0.5, 0.1),
            }),
            axis: AxisKind::Percent,
        }),
    )
}
