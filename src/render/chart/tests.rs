//! Charts say what their tables say, and nothing more.

use super::*;
use crate::render::demo::{self, hidden, percent};
use crate::report::document::{AxisKind, Series, TableCell};

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

/// Where the middle of a label stands.
fn label(svg: &str, words: &str, attribute: &str) -> f64 {
    let before = svg.split(&format!(">\n{words}\n</text>")).next().expect("the label");
    number(before.rsplit("<text ").next().expect("its tag"), attribute)
}

/// The numbers in the first column of figures of a table.
fn values(figure: &Figure) -> Vec<f64> {
    let first = |row: &crate::report::document::Row| match row.cells.first() {
        Some(TableCell::Figure(shown)) => shown.number().map(|n| n.as_f64()),
        _ => None,
    };
    figure.table.rows.iter().filter_map(first).collect()
}

#[test]
fn points_stand_where_the_table_says() {
    let figure = demo::monthly();
    let svg = wide(&figure);
    let (zero, hundred) = (label(&svg, "0%", "y"), label(&svg, "100%", "y"));
    let mut points: Vec<(f64, f64)> = elements(&svg, "circle")
        .into_iter()
        .filter(|circle| {
            number(circle, "r") > 40.0 && number(circle, "cx") > label(&svg, "0%", "x")
        })
        .map(|circle| (number(circle, "cx"), number(circle, "cy")))
        .filter(|(_, y)| *y > hundred)
        .collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let drawn: Vec<f64> =
        points.iter().map(|(_, y)| (zero - y) / (zero - hundred) * 100.0).collect();
    let table = values(&figure);
    assert_eq!(drawn.len(), table.len());
    for (drawn, printed) in drawn.iter().zip(&table) {
        assert!((drawn - printed).abs() < 0.05, "{drawn} is not {printed}");
    }
}

#[test]
fn bars_are_as_long_as_the_table_says() {
    let figure = demo::localities();
    let svg = wide(&figure);
    let (zero, hundred) = (label(&svg, "0%", "x"), label(&svg, "100%", "x"));
    let lengths: Vec<f64> = elements(&svg, "rect")
        .into_iter()
        .filter(|rect| rect.contains("#12436D") && (number(rect, "x") - zero).abs() < 1.0)
        .map(|rect| number(rect, "width") / (hundred - zero) * 100.0)
        .collect();
    let table = values(&figure);
    assert_eq!(lengths.len(), table.len());
    for (drawn, printed) in lengths.iter().zip(&table) {
        assert!((drawn - printed).abs() < 0.05, "{drawn} is not {printed}");
    }
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
