//! The table behind a chart: every number that is drawn, in the order in which it is drawn.

use crate::protect::Shown;
use crate::report::chart::{
    Chart, Control, ControlPoint, Dumbbell, Flows, Funnel, FunnelLimits, FunnelStanding, Heat,
    Multiples, Point, Pyramid, Scatter, ScatterPlace, Series, Spark, Sparklines, StepSeries, Steps,
};
use crate::report::document::{Head, Row, Table, TableCell};
use crate::report::sentences::capital;

impl Chart {
    /// The table of everything that the chart draws.
    #[must_use]
    pub fn table(&self, caption: String) -> Table {
        let (head, rows) = match self {
            Self::Line { labels, series, .. } => line(labels, series),
            Self::Bars { bars, .. } => (
                heads("Level", ["Value", "Lower", "Upper"]),
                bars.iter().map(|b| figures(&b.label, interval(&b.point))).collect(),
            ),
            Self::Shares { categories, rows, .. } => (
                heads("Level", categories),
                rows.iter().map(|(head, shares)| figures(head, shares.iter().copied())).collect(),
            ),
            Self::Control(chart) => control(chart),
            Self::Dumbbell(chart) => dumbbell(chart),
            Self::Funnel(chart) => funnel(chart),
            Self::Scatter(chart) => scatter(chart),
            Self::Heat(chart) => heat(chart),
            Self::Pyramid(chart) => pyramid(chart),
            Self::Flows(chart) => flows(chart),
            Self::Steps(chart) => steps(chart),
            Self::Sparklines(chart) => sparklines(chart),
            Self::Multiples(chart) => multiples(chart),
        };
        Table { caption, head, rows }
    }

    /// The values that are drawn or written, and the shorthand in place of them; not the intervals and
    /// limits around them.
    #[must_use]
    pub fn values(&self) -> Vec<Shown> {
        let of = |points: &[Point]| points.iter().map(|p| p.value).collect::<Vec<_>>();
        match self {
            Self::Line { series, .. } => series.iter().flat_map(|s| of(&s.points)).collect(),
            Self::Bars { bars, .. } => bars.iter().map(|b| b.point.value).collect(),
            Self::Shares { rows, .. } => rows.iter().flat_map(|(_, s)| s).copied().collect(),
            Self::Control(chart) => chart.points.iter().map(|p| p.value).collect(),
            Self::Dumbbell(chart) => {
                chart.rows.iter().flat_map(|row| [row.before, row.after]).collect()
            }
            Self::Funnel(chart) => {
                chart.places.iter().flat_map(|p| [p.value, p.limits.size]).collect()
            }
            Self::Scatter(chart) => {
                chart.places.iter().flat_map(|p| p.has).chain(chart.whole).collect()
            }
            Self::Heat(chart) => {
                let cells = chart.rows.iter().flat_map(|(_, cells)| cells);
                cells.chain(&chart.row_totals).chain(&chart.column_totals).copied().collect()
            }
            Self::Pyramid(chart) => chart.bands.iter().flat_map(|(_, sides)| *sides).collect(),
            Self::Flows(chart) => {
                let places = chart.stages.iter().flat_map(|s| &s.places).map(|(_, count)| *count);
                places.chain(chart.links.iter().map(|link| link.count)).collect()
            }
            Self::Steps(chart) => chart
                .series
                .iter()
                .flat_map(|s| of(&s.points).into_iter().chain(s.at_risk.iter().copied()))
                .collect(),
            Self::Sparklines(chart) => chart.rows.iter().flat_map(|r| &r.points).copied().collect(),
            Self::Multiples(chart) => chart.panels.iter().flat_map(|p| of(&p.points)).collect(),
        }
    }
}

type Parts = (Vec<Head>, Vec<Row>);

/// Heads of columns of numbers after the head of the rows.
fn heads<T: Into<String>>(first: &str, columns: impl IntoIterator<Item = T>) -> Vec<Head> {
    let numeric = columns.into_iter().map(|text| Head { text: text.into(), numeric: true });
    std::iter::once(Head::of(first, false)).chain(numeric).collect()
}

fn figures(head: &str, cells: impl IntoIterator<Item = Shown>) -> Row {
    Row { head: head.to_owned(), cells: cells.into_iter().map(TableCell::Figure).collect() }
}

/// The same with a column of words at the end.
fn with_words((mut head, mut rows): Parts, title: &str, words: Vec<String>) -> Parts {
    head.push(Head::of(title, false));
    for (row, words) in rows.iter_mut().zip(words) {
        row.cells.push(TableCell::Words(words));
    }
    (head, rows)
}

fn interval(point: &Point) -> [Shown; 3] {
    [point.value, point.lower, point.upper]
}

fn line(labels: &[String], series: &[Series]) -> Parts {
    let ends = ["", ", lower", ", upper"];
    let columns = series.iter().flat_map(|s| ends.map(|end| format!("{}{end}", s.name)));
    let rows = labels.iter().enumerate().map(|(n, label)| {
        figures(label, series.iter().filter_map(|s| s.points.get(n)).flat_map(interval))
    });
    (heads("Period", columns), rows.collect())
}

fn control(chart: &Control) -> Parts {
    let columns = [chart.name.as_str(), "Centre", "Lower limit", "Upper limit"];
    let row = |(label, p): (&String, &ControlPoint)| {
        figures(label, [p.value, p.centre, p.lower, p.upper])
    };
    let rows = chart.labels.iter().zip(&chart.points).map(row).collect();
    let said = (0..chart.points.len()).map(|n| {
        let here = chart.signals.iter().filter(|s| s.first <= n && n <= s.last);
        let here: Vec<_> = here.map(|s| format!("{} ({})", s.words, s.sense.word())).collect();
        if here.is_empty() { "none".to_owned() } else { here.join("; ") }
    });
    with_words((heads("Period", columns), rows), "Signal", said.collect())
}

fn dumbbell(chart: &Dumbbell) -> Parts {
    let rows = chart.rows.iter().map(|row| figures(&row.label, [row.before, row.after])).collect();
    let notes = chart.rows.iter().map(|row| row.note.clone()).collect();
    with_words((heads("Domain", &chart.ends), rows), "Rests on", notes)
}

fn funnel(chart: &Funnel) -> Parts {
    let limits = ["95%, lower", "95%, upper", "99.8%, lower", "99.8%, upper"];
    let columns = [chart.size.as_str(), chart.value.as_str()].into_iter().chain(limits);
    let row = |label: &str, value: Shown, FunnelLimits { size, near, far }: &FunnelLimits| {
        figures(label, [*size, value].into_iter().chain(*near).chain(*far))
    };
    let places = chart.places.iter().map(|p| row(&p.label, p.value, &p.limits));
    // The lines of the funnel are drawn too.
    let lines =
        chart.limits.iter().map(|limits| row("The whole, at this size", chart.whole, limits));
    let standing = chart.places.iter().map(|p| p.standing.words().to_owned());
    let standing = standing.chain(chart.limits.iter().map(|_| "Line of the funnel".to_owned()));
    let parts = (heads("Level", columns), places.chain(lines).collect());
    with_words(parts, "Standing", standing.collect())
}

fn scatter(chart: &Scatter) -> Parts {
    let row = |p: &ScatterPlace| figures(&p.label, p.has);
    let whole = figures("Whole council", chart.whole);
    let rows = chart.places.iter().map(row).chain([whole]).collect();
    (heads("Level", [chart.across.as_str(), &chart.up]), rows)
}

impl FunnelStanding {
    /// Whether a place is beyond the limits of chance.
    #[must_use]
    pub fn is_beyond(self) -> bool {
        matches!(self, Self::Beyond95 | Self::Beyond998)
    }

    /// How a place stands, in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::NotTold => "Not told",
            Self::Within => "Within the limits",
            Self::Beyond95 => "Beyond the 95% limits",
            Self::Beyond998 => "Beyond the 99.8% limits",
        }
    }
}

fn heat(chart: &Heat) -> Parts {
    let totals = (!chart.row_totals.is_empty()).then(|| chart.total.clone());
    let mut rows: Vec<Row> = chart
        .rows
        .iter()
        .enumerate()
        .map(|(n, (head, cells))| {
            figures(head, cells.iter().copied().chain(chart.row_totals.get(n).copied()))
        })
        .collect();
    if !chart.column_totals.is_empty() {
        rows.push(figures("All", chart.column_totals.iter().copied()));
    }
    (heads("Level", chart.columns.iter().cloned().chain(totals)), rows)
}

fn pyramid(chart: &Pyramid) -> Parts {
    let rows = chart.bands.iter().map(|(band, sides)| figures(band, *sides)).collect();
    (heads("Band", &chart.sides), rows)
}

fn flows(chart: &Flows) -> Parts {
    let name = |stage: usize, place: usize| {
        let stage = chart.stages.get(stage);
        let place = stage.and_then(|s| s.places.get(place)).map_or("", |(name, _)| name.as_str());
        format!("{}: {place}", stage.map_or("", |s| s.title.as_str()))
    };
    let totals = chart.stages.iter().enumerate().flat_map(|(stage, s)| {
        let all = s.places.iter().enumerate();
        all.map(move |(place, (_, count))| (stage, place, *count))
    });
    let totals = totals.map(|(stage, place, count)| figures(&name(stage, place), [count]));
    let links = chart.links.iter().map(|link| {
        let (from, to) = (name(link.stage, link.from), name(link.stage + 1, link.to));
        figures(&format!("{from}, then {to}"), [link.count])
    });
    (heads("Place or flow", ["Number"]), totals.chain(links).collect())
}

/// Of many groups a column for each number of each would be wider than a page: they stand one below the other.
fn steps(chart: &Steps) -> Parts {
    if chart.series.len() > 2 {
        let row = |s: &StepSeries, n: usize, time: u32| {
            let [value, lower, upper] = interval(s.points.get(n)?);
            let cells = [value, lower, upper, *s.at_risk.get(n)?];
            Some(figures(&format!("{}: {time}", s.name), cells))
        };
        let rows = chart
            .series
            .iter()
            .flat_map(|s| (0..).zip(&chart.times).filter_map(move |(n, time)| row(s, n, *time)));
        return (heads(&chart.unit, ["Share", "Lower", "Upper", "Followed"]), rows.collect());
    }
    let columns = chart.series.iter().flat_map(|s| {
        ["", ", lower", ", upper", ", followed"].map(|end| format!("{}{end}", s.name))
    });
    let rows = chart.times.iter().enumerate().map(|(n, time)| {
        let cells = chart.series.iter().filter_map(|s| {
            let [value, lower, upper] = interval(s.points.get(n)?);
            Some([value, lower, upper, *s.at_risk.get(n)?])
        });
        figures(&time.to_string(), cells.flatten())
    });
    (heads(&chart.unit, columns), rows.collect())
}

/// Each row of the chart has its own newest period, so that points go down by how far they lie before it.
fn sparklines(chart: &Sparklines) -> Parts {
    let none = || TableCell::Words("none".to_owned());
    let row = |head: &str, cell: &dyn Fn(&Spark) -> TableCell| Row {
        head: head.to_owned(),
        cells: chart.rows.iter().map(cell).collect(),
    };
    let mut rows = vec![row("Newest known", &|spark| TableCell::Words(spark.newest.clone()))];
    let longest = chart.rows.iter().map(|spark| spark.points.len()).max().unwrap_or(0);
    for back in (0..longest).rev() {
        let head = match back {
            0 => "Newest".to_owned(),
            back => format!("{back} before"),
        };
        rows.push(row(&head, &|spark| {
            let place = spark.points.len().checked_sub(back + 1);
            place.and_then(|n| spark.points.get(n).copied()).map_or_else(none, TableCell::Figure)
        }));
    }
    for (n, limit) in ["Lower limit", "Centre", "Upper limit"].into_iter().enumerate() {
        let usual = |spark: &Spark| spark.usual.and_then(|usual| usual.get(n).copied());
        rows.push(row(limit, &|spark| usual(spark).map_or_else(none, TableCell::Figure)));
    }
    rows.push(row("What it says", &|spark| TableCell::Words(spark.words.clone())));
    let first = format!("{} before the newest known", capital(&chart.noun));
    (heads(&first, chart.rows.iter().map(|spark| spark.label.clone())), rows)
}

fn multiples(chart: &Multiples) -> Parts {
    let series = || chart.panels.iter().chain(&chart.whole);
    let rows = chart.labels.iter().enumerate().map(|(n, label)| {
        figures(label, series().filter_map(|s| s.points.get(n)).map(|p| p.value))
    });
    (heads("Period", series().map(|s| s.name.clone())), rows.collect())
}
