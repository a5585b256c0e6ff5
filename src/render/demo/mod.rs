//! A made-up document with every form of chart, hidden cells, gaps, long names and little data.
//! Only for the tests of renderers.

pub(super) mod charts;

use crate::calendar::{Day, Period};
use crate::definitions::words::Said;
use crate::measure::Level;
use crate::protect::{
    NumberKind, PublishedCell, PublishedNumber, PublishedQuality, PublishedTable, Shown, Symbol,
};
use crate::report::Structure;
use crate::report::chart::{AxisKind, Bar, Chart, Point, ReferenceLine, Series};
use crate::report::document::{
    Block, DefinitionNote, Document, Figure, Group, Head, Row, Section, SoWhat, Table, TableCell,
};

/// A published count.
pub(super) fn count(n: u32) -> Shown {
    Shown::Number(PublishedNumber::for_tests(f64::from(n), 0, NumberKind::Count))
}

/// A published percentage with one decimal.
pub(super) fn percent(value: f64) -> Shown {
    Shown::Number(PublishedNumber::for_tests(value, 1, NumberKind::Percent))
}

/// A published number with two decimals.
pub(super) fn plain(value: f64) -> Shown {
    Shown::Number(PublishedNumber::for_tests(value, 2, NumberKind::Plain))
}

/// A confidential value.
pub(super) fn hidden() -> Shown {
    Shown::Symbol(Symbol::Confidential)
}

/// A value that is not available.
pub(super) fn unavailable() -> Shown {
    Shown::Symbol(Symbol::NotAvailable)
}

/// A point without interval.
pub(super) fn bare(value: Shown) -> Point {
    Point { value, lower: unavailable(), upper: unavailable(), provisional: false }
}

/// A percentage with an interval, so many points to either side.
pub(super) fn share(value: f64, half: f64, provisional: bool) -> Point {
    let (lower, upper) = ((value - half).max(0.0), (value + half).min(100.0));
    Point { value: percent(value), lower: percent(lower), upper: percent(upper), provisional }
}

/// A hidden point; its interval is hidden too.
pub(super) fn gone() -> Point {
    bare(hidden())
}

/// Labels of so many months up to September 2026.
pub(super) fn months(so_many: u32) -> Vec<String> {
    let last = Period::parse("2026-09").expect("a month");
    (0..so_many).rev().map(|back| last.earlier(back).label()).collect()
}

fn heads(texts: &[&str]) -> Vec<Head> {
    texts.iter().enumerate().map(|(n, t)| Head { text: (*t).into(), numeric: n > 0 }).collect()
}

/// A figure around a chart, its table made from the chart.
pub(super) fn figure(id: &str, title: &str, chart: Chart) -> Figure {
    let table = chart.table("Value by level or period".into());
    Figure {
        id: id.into(),
        title: title.into(),
        subtitle: "Cases closed in Exampleshire, October 2024 to September 2026".into(),
        alt: format!("{title}. The table behind the chart has every value."),
        chart,
        table,
        caveats: vec!["Small numbers swing; read the interval before the value.".into()],
        source: "case records of Exampleshire County Council".into(),
    }
}

/// Two years of one percentage: hidden months, provisional ones, a target.
pub(super) fn monthly() -> Figure {
    let mut points: Vec<Point> = (0..24)
        .map(|n| {
            let n = f64::from(n);
            share(58.0 + n * 0.9 + 5.0 * (n * 1.3).sin(), 7.0 - n * 0.1, n > 20.0)
        })
        .collect();
    for n in [4, 5, 6, 13] {
        points[n] = gone();
    }
    let series = vec![Series { name: "Cases with a good outcome".into(), points }];
    let reference = Some(ReferenceLine { label: "Target 75%".into(), at: 75.0 });
    figure(
        "good_outcome",
        "More families reach every outcome than two years ago",
        Chart::Line { labels: months(24), series, axis: AxisKind::Percent, reference },
    )
}

fn demand() -> Figure {
    let line = |name: &str, base: f64, swing: f64, step: f64| Series {
        name: name.into(),
        points: (0..24)
            .map(|n| {
                let n = f64::from(n);
                bare(Shown::Number(PublishedNumber::for_tests(
                    base + n * step + swing * (n * 0.9).sin(),
                    0,
                    NumberKind::Count,
                )))
            })
            .collect(),
    };
    let mut series = vec![
        line("Referrals", 310.0, 32.0, 3.0),
        line("Cases started", 240.0, 20.0, 3.2),
        line("Cases closed", 235.0, 18.0, 1.4),
        line("Stepped up to social care", 24.0, 6.0, 0.3),
    ];
    series[3].points[10] = gone();
    series[3].points[23] = gone();
    figure(
        "demand",
        "Referrals grow faster than cases are closed",
        Chart::Line { labels: months(24), series, axis: AxisKind::Count, reference: None },
    )
}

fn quarters() -> Figure {
    let last = Period::parse("2026-27-Q2").expect("a quarter");
    let labels = (0..5).rev().map(|back| last.earlier(back).label()).collect();
    let line = |name: &str, values: [f64; 5]| Series {
        name: name.into(),
        points: values.iter().enumerate().map(|(n, v)| share(*v, 4.0, n == 4)).collect(),
    };
    figure(
        "sustained",
        "Outcomes last longer where a school leads the case",
        Chart::Line {
            labels,
            series: vec![
                line("Led by a school", [71.0, 72.5, 70.4, 76.1, 78.8]),
                line(
                    "Led by another agency, a voluntary provider or not recorded",
                    [62.0, 61.5, 60.4, 62.1, 58.8],
                ),
            ],
            axis: AxisKind::Percent,
            reference: Some(ReferenceLine { label: "Target 70% by March 2027".into(), at: 70.0 }),
        },
    )
}

fn little() -> Figure {
    let points = vec![bare(unavailable()), gone(), share(40.0, 22.0, true)];
    figure(
        "new_service",
        "No clear change: the new service has one month of results",
        Chart::Line {
            labels: ["Year to Jul 2026", "Year to Aug 2026", "Year to Sep 2026"]
                .map(str::to_owned)
                .into(),
            series: vec![Series { name: "New service".into(), points }],
            axis: AxisKind::Percent,
            reference: None,
        },
    )
}

/// Localities, one of them hidden, one with a very long name.
pub(super) fn localities() -> Figure {
    let bar = |label: &str, value: f64, half: f64, note: &str| Bar {
        label: label.into(),
        point: share(value, half, false),
        note: note.into(),
    };
    let mut bars = vec![
        bar("Northmoor", 81.4, 5.1, "171 of 210"),
        bar("Harbour and Old Town", 74.0, 6.2, "148 of 200"),
        bar("Upper Wharfside with the Villages and Saint Bartholomew", 66.7, 9.8, "60 of 90"),
        Bar { label: "Marsh End".into(), point: gone(), note: "3 of 7".into() },
        bar("Eastfield", 52.9, 7.7, "83 of 157"),
        bar("Not recorded", 31.3, 14.0, "10 of 32"),
    ];
    bars[4].point.provisional = true;
    figure(
        "good_outcome-by-locality",
        "Northmoor is above the council, Eastfield below",
        Chart::Bars {
            bars,
            axis: AxisKind::Percent,
            reference: Some(ReferenceLine { label: "Council 69.2%".into(), at: 69.2 }),
        },
    )
}

fn needs() -> Figure {
    let needs = [
        ("Children's mental health", 412),
        ("School attendance", 388),
        ("Domestic abuse", 301),
        ("Worklessness and debt", 266),
        ("Housing", 140),
        ("Crime and antisocial behaviour", 71),
        ("Substance use", 38),
    ];
    let bars = needs
        .iter()
        .map(|(label, n)| Bar {
            label: (*label).into(),
            point: bare(count(*n)),
            note: "of 1,616".into(),
        })
        .chain([Bar { label: "Exploitation".into(), point: gone(), note: String::new() }])
        .collect();
    figure(
        "needs",
        "Mental health is the most common need at the start",
        Chart::Bars { bars, axis: AxisKind::Count, reference: None },
    )
}

fn change() -> Figure {
    let bars = [("Confidence", 0.62), ("Routines at home", 0.18), ("Money", -0.21)]
        .iter()
        .map(|(label, v)| Bar {
            label: (*label).into(),
            point: Point {
                value: plain(*v),
                lower: plain(v - 0.15),
                upper: plain(v + 0.15),
                provisional: false,
            },
            note: "118 pairs".into(),
        })
        .collect();
    figure(
        "change",
        "Families leave more confident, but with less money",
        Chart::Bars { bars, axis: AxisKind::Plain, reference: None },
    )
}

/// Shares, with a hidden row.
pub(super) fn shares() -> Figure {
    let row = |label: &str, shares: [f64; 4]| (label.to_owned(), shares.map(percent).to_vec());
    figure(
        "score_change",
        "Three in five scores improve; one in eight is never taken again",
        Chart::Shares {
            categories: ["Improved", "About the same", "Worse", "Not measured"]
                .map(str::to_owned)
                .into(),
            rows: vec![
                row("All families", [58.3, 19.2, 10.1, 12.4]),
                row("Parenting", [66.0, 17.5, 6.2, 10.3]),
                row("Emotional wellbeing and mental health", [49.9, 24.6, 21.4, 4.1]),
                ("Housing".into(), vec![percent(61.5), hidden(), hidden(), percent(12.3)]),
                ("Gambling".into(), vec![Shown::Symbol(Symbol::NotApplicable); 4]),
            ],
            unknown_last: true,
        },
    )
}

fn few_shares() -> Figure {
    let row = |label: &str, shares: [f64; 2]| (label.to_owned(), shares.map(percent).to_vec());
    figure(
        "paired",
        "Two thirds of cases are scored at both ends",
        Chart::Shares {
            categories: ["Scored at both ends", "Scored once or never"].map(str::to_owned).into(),
            rows: vec![row("Northmoor", [71.0, 29.0]), row("Harbour", [62.4, 37.6])],
            unknown_last: false,
        },
    )
}

fn headlines() -> Table {
    let row = |head: &str, cells: [Shown; 5], words: &str| Row {
        head: head.into(),
        cells: cells
            .map(TableCell::Figure)
            .into_iter()
            .chain([TableCell::Words(words.into())])
            .collect(),
    };
    let mut head = heads(&[
        "Measure",
        "This month",
        "Same month last year",
        "Out of",
        "Pending",
        "Not known",
        "What it says",
    ]);
    head[6].numeric = false;
    Table {
        caption: "Headlines, September 2026".into(),
        head,
        rows: vec![
            row(
                "Every outcome reached at closure",
                [percent(78.6), percent(71.2), count(1240), count(12), count(31)],
                "Better than a year ago",
            ),
            row(
                "Sustained for six months",
                [percent(64.0), unavailable(), count(865), count(402), hidden()],
                "Not yet known for last year",
            ),
            row(
                "Came back within twelve months",
                [percent(8.4), percent(9.0), count(1112), count(0), count(7)],
                "No clear change",
            ),
            row(
                "Stepped up to a social worker",
                [hidden(), hidden(), count(1240), hidden(), count(0)],
                "Hidden",
            ),
        ],
    }
}

/// The whole document.
pub(crate) fn document() -> Document {
    let section = |id: &str, title: &str, intro: &str, blocks: Vec<Block>| Section {
        id: id.into(),
        title: title.into(),
        intro: intro.into(),
        blocks,
    };
    let level = |code: &str| vec![Level { code: code.into(), title: code.into() }];
    let month = Period::parse("2026-09").expect("a month");
    let cell = |level, value| PublishedCell::for_tests(month, level, [value; 7]);
    Document {
        series: Vec::new(),
        rules: Said::new(),
        quality: PublishedQuality::default(),
        questions: Vec::new(),
        title: "Early Help outcomes".into(),
        council: "Exampleshire County Council".into(),
        audience: "Early Help partnership board".into(),
        period: month,
        as_at: Day::parse_iso("2026-10-05").expect("a day"),
        run: "2026-10-monthly".into(),
        cover: vec![("Issue".into(), "7".into())],
        unanswered: Vec::new(),
        notices: vec![
            "Attendance data for September came late: figures that rest on it are provisional.".into(),
            "The rules of the framework “Supporting Families 2022” have not been compared with the published text.".into(),
        ],
        disclosure: "Counts from 1 to 4 are hidden, and others with them where they could be \
                     worked out. Percentages of fewer than 10 cases are hidden. 14 of 312 cells \
                     are hidden."
            .into(),
        sections: vec![
            section(
                "headlines",
                "What changed this month?",
                "The measures that the board follows, beside the same month a year before.",
                vec![
                    Block::Findings(vec![
                        "Every outcome was reached in 78.6% of the cases closed, up from 71.2% a year ago.".into(),
                        "Nothing else moved by more than chance explains.".into(),
                    ]),
                    Block::Table(headlines()),
                ],
            ),
            section(
                "outcomes",
                "Do families reach their outcomes?",
                "A case counts when every need found at the start is met at closure.",
                vec![
                    Block::Findings(vec!["The rate has stood above the target since May 2026.".into()]),
                    Block::Group(Group {
                        title: "Better than usual".into(),
                        findings: vec!["Plans in time: rising since March 2026.".into()],
                    }),
                    Block::SoWhat(SoWhat {
                        title: "Plans in time: rising since March 2026, 7 months in a row".into(),
                        lines: vec![
                            ("What changed".into(), "62.1% (41 of 66) in September 2026.".into()),
                            ("Who can act".into(), "Owner to say.".into()),
                        ],
                    }),
                    Block::Figure(monthly()),
                    Block::Figure(localities()),
                    Block::Note("Marsh End is hidden because fewer than ten cases were closed there.".into()),
                ],
            ),
            section("sustained", "Do outcomes last?", "", vec![
                Block::Figure(quarters()),
                Block::Figure(little()),
            ]),
            section("needs", "Who comes, and with which needs?", "", vec![
                Block::Figure(demand()),
                Block::Figure(needs()),
            ]),
            section("flow", "Is the month out of the ordinary?", "", vec![
                Block::Figure(charts::sparks()),
                Block::Figure(charts::requests()),
                Block::Figure(charts::timely()),
                Block::Figure(charts::young()),
                Block::Figure(charts::flows()),
            ]),
            section("who", "Who has which need, and where?", "", vec![
                Block::Figure(charts::heat()),
                Block::Figure(charts::pyramid()),
                Block::Figure(charts::multiples()),
                Block::Figure(charts::funnel()),
                Block::Figure(charts::scatter()),
            ]),
            section("held", "For how long do outcomes hold?", "", vec![
                Block::Figure(charts::held()),
                Block::Figure(charts::held_little()),
            ]),
            section("scores", "Do scores improve?", "", vec![
                Block::Figure(charts::domains()),
                Block::Figure(shares()),
                Block::Figure(few_shares()),
                Block::Figure(change()),
            ]),
        ],
        definitions: vec![
            DefinitionNote {
                id: "good_outcome".into(),
                title: "Every outcome reached at closure".into(),
                lines: [
                    ("Counts", "cases closed in the period"),
                    ("Holds when", "every need that was found is met on the day the case closed"),
                    ("Left out", "cases that moved away within 28 days"),
                    ("Unknown", "counted as not met"),
                ]
                .map(|(a, b)| (a.to_owned(), b.to_owned()))
                .into(),
            },
            DefinitionNote {
                id: "sustained_6_months".into(),
                title: "Sustained for six months".into(),
                lines: vec![(
                    "Counts".into(),
                    "cases closed with every outcome reached whose six months are over".into(),
                )],
            },
        ],
        open_data: None,
        structure: Structure::default(),
        cells: vec![
            PublishedTable::for_tests("closed", "cases", &[], vec![cell(vec![], count(1240))]),
            PublishedTable::for_tests("closed", "cases", &["locality"], vec![
                cell(level("northmoor"), count(210)),
                cell(level("marsh_end"), hidden()),
            ]),
        ],
    }
}
