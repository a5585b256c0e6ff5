//! Charts say what their tables say, and nothing more.

mod geometry;
mod seen;

use super::*;
use crate::render::demo::{self, charts, hidden, percent};
use crate::report::chart::{AxisKind, Series};
use crate::report::document::TableCell;

fn wide(figure: &Figure) -> String {
    plot(figure, Format::Wide, "x").expect("a chart")
}

/// The elements of a kind, each as the text of its tag.
fn elements<'a>(svg: &'a str, name: &str) -> Vec<&'a str> {
    svg.split(&format!("<{name} ")).skip(1).filter_map(|rest| rest.split('>').next()).collect()
}

fn number(element: &str, attribute: &str) -> f64 {
    let value = element.split(&format!("{attribute}=\"")).nth(1).and_then(|r| r.split('"').next());
    value.expect("the attribute").parse().expect("a number")
}

/// Whatever else is known of a hidden value, the drawing is the same without it.
#[test]
fn a_hidden_value_leaves_neither_geometry_nor_digits() {
    let telling = Point { value: hidden(), ..demo::share(77.7, 3.3, true) };
    let mut silent = (demo::monthly(), demo::localities());
    let mut knowing = (demo::monthly(), demo::localities());
    for (figures, point, note) in
        [(&mut silent, demo::gone(), String::new()), (&mut knowing, telling, "7 of 9".to_owned())]
    {
        let (Chart::Line { series, .. }, Chart::Bars { bars, .. }) =
            (&mut figures.0.chart, &mut figures.1.chart)
        else {
            unreachable!("the demonstration has these forms")
        };
        series[0].points[5] = point;
        bars[3].point = point;
        bars[3].note = note;
    }
    for format in [Format::Wide, Format::Narrow] {
        for (silent, knowing) in [(&silent.0, &knowing.0), (&silent.1, &knowing.1)] {
            let drawn = plot(knowing, format, "x").expect("a chart");
            assert_eq!(plot(silent, format, "x").expect("a chart"), drawn);
            assert!(drawn.contains("\n[c]\n"));
        }
    }
}

#[test]
fn a_row_with_a_hidden_share_has_no_parts() {
    let figure = |share| {
        let mut figure = demo::shares();
        let Chart::Shares { rows, .. } = &mut figure.chart else {
            unreachable!("the demonstration has this form")
        };
        rows.truncate(1);
        rows.push(("Housing".into(), vec![percent(50.0), share, percent(30.0), percent(12.3)]));
        figure
    };
    let parts = |svg: &str| elements(svg, "rect").len();
    let (shown, hidden) = (wide(&figure(percent(7.7))), wide(&figure(hidden())));
    assert_eq!(parts(&shown), parts(&hidden) + 4);
    assert!(shown.contains("30.0%") && !hidden.contains("30.0%"));
}

#[test]
fn every_chart_names_and_describes_itself() {
    let mut figure = demo::shares();
    figure.title = "Fewer than <5> & more".into();
    let svg = svg(&figure).expect("a chart");
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 8400 "));
    assert!(svg.contains("role=\"img\" aria-labelledby=\"score_change-title score_change-desc\""));
    assert!(
        svg.contains("<title id=\"score_change-title\">Fewer than &lt;5&gt; &amp; more</title>")
    );
    assert!(svg.contains("<desc id=\"score_change-desc\">"));
}

#[test]
fn the_same_figure_gives_the_same_picture() {
    let pictures = [(), ()]
        .map(|()| png(&svg(&demo::localities()).expect("a chart"), SCALE).expect("a picture"));
    assert_eq!(pictures[0], pictures[1]);
    assert!(pictures[0].starts_with(b"\x89PNG"));
}

#[test]
fn a_chart_without_any_value_can_still_be_drawn() {
    let chart = Chart::Line {
        labels: vec!["Sep 2026".into()],
        series: vec![Series { name: "Closed".into(), points: vec![demo::gone()] }],
        axis: AxisKind::Count,
        reference: None,
    };
    let figure = demo::figure("empty", "Nothing can be shown yet", chart);
    assert_eq!(elements(&wide(&figure), "circle").len(), 0);
    let none = Chart::Bars { bars: Vec::new(), axis: AxisKind::Plain, reference: None };
    wide(&demo::figure("none", "No level", none));
}

/// All words of a chart as a reader meets them: from the top down, from left to right.
fn words(svg: &str) -> Vec<String> {
    let mut words: Vec<(f64, f64, String)> = svg
        .split("<text ")
        .skip(1)
        .filter_map(|rest| {
            let (tag, rest) = rest.split_once('>')?;
            let text = rest.split("</text>").next()?.trim().to_owned();
            Some((number(tag, "y"), number(tag, "x"), text))
        })
        .collect();
    words.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    words
        .chunk_by(|a, b| (a.0 - b.0).abs() < 1.0)
        .map(|line| line.iter().map(|(_, _, text)| text.as_str()).collect::<Vec<_>>().join(" | "))
        .collect()
}

/// How many of each mark a chart has, with their colours.
fn marks(svg: &str) -> Vec<String> {
    let mut counts = std::collections::BTreeMap::new();
    for kind in ["circle", "polygon", "rect", "polyline", "line"] {
        for element in elements(svg, kind) {
            let fill = element.split("fill=\"").nth(1).and_then(|r| r.split('"').next());
            let stroke = element.split("stroke=\"").nth(1).and_then(|r| r.split('"').next());
            let colour = fill.filter(|f| *f != "none").or(stroke).unwrap_or("none");
            *counts.entry(format!("{kind} {colour}")).or_insert(0) += 1;
        }
    }
    counts.into_iter().map(|(kind, count)| format!("{count} × {kind}")).collect()
}

fn table(figure: &Figure) -> Vec<String> {
    let head = figure.table.head.iter().map(|h| h.text.clone()).collect::<Vec<_>>().join(" | ");
    let rows = figure.table.rows.iter().map(|row| {
        let cells = row.cells.iter().map(|cell| match cell {
            TableCell::Words(words) => words.clone(),
            TableCell::Figure(shown) | TableCell::Stepped(_, shown) => shown.to_string(),
        });
        std::iter::once(row.head.clone()).chain(cells).collect::<Vec<_>>().join(" | ")
    });
    std::iter::once(head).chain(rows).collect()
}

/// What a reader of each form sees and what its table says. Where a drawing changes, look at the
/// demonstration before you accept the change here.
#[test]
fn every_form_says_what_its_table_says() {
    let mut seen = String::new();
    for figure in charts::all() {
        let told = |title: &str, lines: Vec<String>| format!("-- {title}\n{}\n", lines.join("\n"));
        let (wide, narrow) = (wide(&figure), plot(&figure, Format::Narrow, "x").expect("a chart"));
        seen += &format!("== {}: {}\n", figure.id, figure.title);
        seen += &told("wide", words(&wide));
        seen += &told("on a phone", words(&narrow));
        seen += &told("marks, wide", marks(&wide));
        seen += &told("table", table(&figure));
        let columns = figure.table.head.len();
        assert!(
            figure.table.rows.iter().all(|row| row.cells.len() + 1 == columns),
            "{}",
            figure.id
        );
        for value in figure.chart.values() {
            let found = |cell: &TableCell| matches!(cell, TableCell::Figure(v) if *v == value);
            let cells = figure.table.rows.iter().flat_map(|row| &row.cells);
            assert!(cells.into_iter().any(found), "{}: {value} is not in the table", figure.id);
        }
    }
    insta::assert_snapshot!(seen);
}

/// No word of a chart begins or ends outside of it, on a desk or on a phone.
#[test]
fn no_words_are_cut_off() {
    for figure in charts::all() {
        for (format, width) in [(Format::Wide, 8000.0), (Format::Narrow, 3400.0)] {
            let svg = plot(&figure, format, "x").expect("a chart");
            let bottom =
                number(svg.split("viewBox=\"0 0 ").nth(1).expect("a box"), "height") * 10.0;
            for rest in svg.split("<text ").skip(1) {
                let (tag, rest) = rest.split_once('>').expect("a tag");
                let text = rest.split("</text>").next().expect("text").trim();
                let kind = if tag.contains("bold") { Type::BOLD } else { Type::PLAIN };
                let half = kind.width(text).expect("a width") * 10.0;
                let x = number(tag, "x");
                let (from, to) = match () {
                    () if tag.contains("\"middle\"") => (x - half / 2.0, x + half / 2.0),
                    () if tag.contains("\"end\"") => (x - half, x),
                    () => (x, x + half),
                };
                // Small words are measured as plain ones: a little may be over.
                let over = half * 0.08 + 10.0;
                assert!(from >= -over && to <= width + over, "{}: “{text}”", figure.id);
                assert!(number(tag, "y") < bottom, "{}: “{text}” is below", figure.id);
            }
        }
    }
}

/// A place whose value is hidden is told by its name only: not by its size, not by a line of the funnel.
#[test]
fn what_stands_beside_a_hidden_value_is_not_drawn() {
    let mut funnels = [charts::funnel(), charts::funnel()];
    let mut dumbbells = [charts::domains(), charts::domains()];
    for (n, (funnel, dumbbell)) in funnels.iter_mut().zip(&mut dumbbells).enumerate() {
        let (Chart::Funnel(funnel), Chart::Dumbbell(dumbbell)) =
            (&mut funnel.chart, &mut dumbbell.chart)
        else {
            unreachable!("they have these forms")
        };
        funnel.places[2].value = hidden();
        funnel.places[2].limits.size = demo::count(if n == 0 { 90 } else { 45 });
        dumbbell.rows[0].after = hidden();
        dumbbell.rows[0].note = ["204 pairs", "4 pairs; rose by 2"][n].into();
    }
    for format in [Format::Wide, Format::Narrow] {
        for [silent, knowing] in [&funnels, &dumbbells] {
            let drawn = [silent, knowing].map(|f| plot(f, format, "x").expect("a chart"));
            assert_eq!(drawn[0], drawn[1]);
        }
    }
}

/// A hidden flow leaves no room at its places, so that nobody can measure it.
#[test]
fn a_hidden_flow_leaves_no_gap() {
    let height = |count| {
        let mut figure = charts::flows();
        let Chart::Flows(flows) = &mut figure.chart else { unreachable!("it has this form") };
        flows.links[7].count = count;
        let svg = wide(&figure);
        let bars = elements(&svg, "rect").into_iter().filter(|r| r.contains("#801650"));
        bars.map(|r| number(r, "height")).collect::<Vec<_>>()
    };
    let (known, hidden) = (height(demo::count(4)), height(hidden()));
    assert!(hidden[0] < known[0], "the place is as high as its known flows");
}
