//! Every form of chart is read back: from its marks, through its ticks, to the numbers of the table behind it. As many
//! as are shown there are drawn, where they belong, and what is hidden leaves no mark.

use std::collections::BTreeMap;

use super::seen::{Frame, Mark, Picture, Place, Scale, Shape, hex};
use crate::protect::Shown;
use crate::render::chart::palette::{
    BEHIND, CATEGORIES, GREY, INK, MAIN, RAMP, WHITE, category, part,
};
use crate::render::chart::{Format, plot};
use crate::render::demo::{self, hidden};
use crate::report::chart::{Chart, Point, Steps};
use crate::report::document::{Block, Figure, TableCell};

/// Numbers by their place in the table: row and column, from 0.
type Numbers = BTreeMap<(usize, usize), f64>;

/// The number in a cell of the table; nothing where there is none.
fn cell(figure: &Figure, row: usize, column: usize) -> Option<f64> {
    match figure.table.rows.get(row)?.cells.get(column)? {
        TableCell::Figure(shown) | TableCell::Stepped(_, shown) => {
            shown.number().map(|number| number.as_f64())
        }
        TableCell::Words(_) => None,
    }
}

/// The numbers of these columns, in rows in which each of the columns `with` has one.
fn told(figure: &Figure, columns: &[usize], with: &[usize]) -> Numbers {
    let rows = 0..figure.table.rows.len();
    let shown = rows.filter(|row| with.iter().all(|with| cell(figure, *row, *with).is_some()));
    let cells = shown.flat_map(|row| columns.iter().map(move |column| (row, *column)));
    cells.filter_map(|at| Some((at, cell(figure, at.0, at.1)?))).collect()
}

/// A value and its interval, in three columns from this one on.
fn with_interval(figure: &Figure, first: usize) -> Numbers {
    let ends = told(figure, &[first + 1, first + 2], &[first, first + 1, first + 2]);
    told(figure, &[first], &[]).into_iter().chain(ends).collect()
}

fn assert_same(figure: &Figure, drawn: &Numbers, told: &Numbers, within: f64) {
    let id = &figure.id;
    let places = |of: &Numbers| of.keys().copied().collect::<Vec<_>>();
    assert_eq!(places(drawn), places(told), "{id}: drawn, and told");
    for (at, value) in told {
        assert!((drawn[at] - value).abs() <= within, "{id} {at:?}: {} for {value}", drawn[at]);
    }
}

/// Reads a figure back from its picture, in one format.
fn read_back(figure: &Figure, format: Format) {
    let picture = Picture::of(&plot(figure, format, "x").expect("a chart"));
    match &figure.chart {
        Chart::Line { series, labels, .. } => {
            let names: Vec<&str> = series.iter().map(|s| s.name.as_str()).collect();
            lines(figure, &picture, names.len(), labels);
        }
        Chart::Bars { reference, .. } => bars(figure, &picture, reference.as_ref().map(|r| r.at)),
        Chart::Shares { categories, unknown_last, .. } => {
            shares(figure, &picture, categories.len(), *unknown_last);
        }
        Chart::Control(chart) => control(figure, &picture, &chart.labels),
        Chart::Dumbbell(_) => dumbbell(figure, &picture),
        Chart::Funnel(chart) => funnel(figure, &picture, chart.places.len()),
        Chart::Scatter(chart) => scatter(figure, &picture, chart.places.len()),
        Chart::Heat(chart) => heat(figure, &picture, chart.columns.len(), format),
        Chart::Pyramid(_) => pyramid(figure, &picture),
        Chart::Flows(chart) => flows(figure, &picture, chart.links.len()),
        Chart::Steps(chart) => steps(figure, &picture, chart),
        Chart::Sparklines(_) => sparklines(figure, &picture),
        Chart::Multiples(chart) => multiples(figure, &picture, chart.panels.len()),
    }
}

fn alone(picture: &Picture) -> Frame {
    let frames = picture.frames();
    assert_eq!(frames.len(), 1, "one plot");
    frames[0]
}

/// The words under each tick of time are those of the period that stands there.
fn assert_labelled(picture: &Picture, frame: &Frame, labels: &[String]) {
    let ticks = picture.upright(GREY, 10.0).filter(|line| {
        let [top, bottom] = line.range(|(_, y)| *y);
        top >= frame.bottom && bottom - top == 50.0
    });
    let mut seen = 0;
    for tick in ticks {
        let (x, y) = tick.places[0];
        let word = picture.words.iter().find(|word| word.at == (x, y + 160.0)).expect("a label");
        let label = &labels[frame.period(x, labels.len())];
        assert!(label.contains(&word.text), "{} stands at {label}", word.text);
        seen += 1;
    }
    assert!(seen > 0 || labels.is_empty(), "no period has a label");
}

fn lines(figure: &Figure, picture: &Picture, series: usize, labels: &[String]) {
    let (frame, periods) = (alone(picture), labels.len());
    assert_labelled(picture, &frame, labels);
    for n in 0..series {
        let colour = if series == 2 && n == 1 { category(3) } else { category(n) };
        let mut drawn = Numbers::new();
        for (x, y) in picture.points(colour, &frame) {
            drawn.insert((frame.period(x, periods), 3 * n), frame.up.value(y));
        }
        let mut interval = |(x, upper): Place, lower: f64| {
            let period = frame.period(x, periods);
            drawn.insert((period, 3 * n + 1), frame.up.value(lower));
            drawn.insert((period, 3 * n + 2), frame.up.value(upper));
        };
        for band in picture.all(Shape::Band, colour).filter(|m| frame.holds(m.centre())) {
            let (upper, lower) = band.places.split_at(band.places.len() / 2);
            for (upper, lower) in upper.iter().zip(lower.iter().rev()) {
                interval(*upper, lower.1);
            }
        }
        for whisker in picture.upright(colour, 12.0) {
            let [upper, lower] = whisker.range(|(_, y)| *y);
            interval((whisker.places[0].0, upper), lower);
        }
        assert_same(figure, &drawn, &with_interval(figure, 3 * n), frame.up.exact());
    }
}

fn control(figure: &Figure, picture: &Picture, labels: &[String]) {
    let (frame, periods) = (alone(picture), labels.len());
    assert_labelled(picture, &frame, labels);
    let marked = [MAIN, CATEGORIES[1], CATEGORIES[2], CATEGORIES[3]];
    let points = marked.into_iter().flat_map(|colour| picture.points(colour, &frame));
    let drawn = points.map(|(x, y)| ((frame.period(x, periods), 0), frame.up.value(y))).collect();
    assert_same(figure, &drawn, &told(figure, &[0], &[]), frame.up.exact());

    // Centre and limits are level over each point, and no level line is anything else.
    let levels: Vec<&Mark> =
        picture.level(GREY, 14.0).filter(|line| frame.holds(line.centre())).collect();
    let pitch = (frame.right - frame.left - 280.0) / periods.saturating_sub(1).max(1) as f64;
    let at = |row: usize| frame.left + 140.0 + row as f64 * pitch;
    let says = |line: &Mark, value: f64| {
        (frame.up.value(line.places[0].1) - value).abs() <= frame.up.exact()
    };
    let limits = told(figure, &[1, 2, 3], &[]);
    for ((row, column), value) in &limits {
        // A dash may begin or end a gap's width away.
        let here = |line: &&&Mark| {
            let [from, to] = line.range(|(x, _)| *x);
            from - 45.0 <= at(*row) && at(*row) <= to + 45.0
        };
        let found = levels.iter().filter(here).any(|line| says(line, *value));
        assert!(found, "{}: {value} in column {column} is not drawn at {row}", figure.id);
    }
    for line in levels {
        let middle = f64::midpoint(line.places[0].0, line.places[1].0);
        let from = ((middle - frame.left - 140.0) / pitch).round().max(0.0);
        let row = (0..periods).find(|n| *n as f64 >= from).unwrap_or(periods - 1);
        let explained = |row: usize| {
            let of = |column: usize| limits.get(&(row, column));
            (1..=3).any(|column| of(column).is_some_and(|value| says(line, *value)))
        };
        // A long line stands over several points, the nearest of which explains it.
        assert!(explained(row), "{}: a level line at {row} is no limit", figure.id);
    }
}

fn bars(figure: &Figure, picture: &Picture, reference: Option<f64>) {
    let across = picture.across()[0];
    let ends = |mark: &Mark| mark.range(|(x, _)| *x).map(|x| across.value(x));
    // An empty bar in the key explains provisional ones: it begins nowhere near nought.
    let from_nought = |bar: &&Mark| ends(bar).iter().any(|end| end.abs() <= across.exact());
    let mut boxes: Vec<&Mark> = picture.all(Shape::Box, MAIN).filter(from_nought).collect();
    boxes.sort_by(|a, b| a.places[0].1.total_cmp(&b.places[0].1));
    let rows = told(figure, &[0], &[]).into_keys().map(|(row, _)| row);
    let mut drawn = Numbers::new();
    for (row, bar) in rows.zip(&boxes) {
        let [from, to] = ends(bar);
        let value = if from.abs() <= across.exact() { to } else { from };
        drawn.insert((row, 0), value);
        let middle = bar.centre().1;
        let whisker = picture.level(INK, 15.0).find(|line| (line.places[0].1 - middle).abs() < 1.0);
        if let Some(whisker) = whisker {
            let [lower, upper] = ends(whisker);
            drawn.extend([((row, 1), lower), ((row, 2), upper)]);
        }
    }
    assert_eq!(boxes.len(), told(figure, &[0], &[]).len(), "{}: bars", figure.id);
    assert_same(figure, &drawn, &with_interval(figure, 0), across.exact());
    if let Some(at) = reference {
        let dashes = picture.upright(INK, 15.0).filter(|line| {
            let [top, bottom] = line.range(|(_, y)| *y);
            bottom - top <= 60.0 && (bottom - top - 100.0).abs() > 1.0
        });
        let found = dashes.filter(|l| (across.value(l.places[0].0) - at).abs() <= across.exact());
        assert!(found.count() > 0, "{}: nothing stands at {at}", figure.id);
    }
}

/// The parts of a full bar: the white seam after each belongs to it.
fn shares(figure: &Figure, picture: &Picture, categories: usize, unknown_last: bool) {
    let across = picture.across()[0];
    let colours =
        (0..categories).map(|n| if unknown_last && n + 1 == categories { WHITE } else { part(n) });
    let parts: Vec<(usize, &Mark)> = colours
        .enumerate()
        .flat_map(|(n, colour)| picture.all(Shape::Box, colour).map(move |part| (n, part)))
        .filter(|(_, part)| (part.places[1].1 - part.places[0].1 - 280.0).abs() < 1.0)
        .collect();
    let every: Vec<usize> = (0..categories).collect();
    let told = told(figure, &every, &every);
    let mut tops: Vec<f64> = parts.iter().map(|(_, part)| part.places[0].1).collect();
    tops.sort_by(f64::total_cmp);
    tops.dedup();
    let mut rows: Vec<usize> = told.keys().map(|(row, _)| *row).collect();
    rows.dedup();
    assert_eq!(tops.len(), rows.len(), "{}: bars", figure.id);
    let mut drawn = Numbers::new();
    for (row, top) in rows.into_iter().zip(tops) {
        for (n, part) in parts.iter().filter(|(_, part)| part.places[0].1 == top) {
            let [from, to] = part.range(|(x, _)| *x);
            drawn.insert((row, *n), across.value(to + 20.0) - across.value(from));
        }
    }
    // Parts with rounded ends may make a little more than the whole, which is cut.
    assert_same(figure, &drawn, &told, across.exact() + 0.1);
}

fn dumbbell(figure: &Figure, picture: &Picture) {
    let across = picture.across()[0];
    let told = told(figure, &[0, 1], &[0, 1]);
    let mut drawn = Numbers::new();
    for (column, radius) in [(0, 60.0), (1, 70.0)] {
        let discs = picture.all(Shape::Disc, MAIN).filter(|disc| disc.size == radius);
        let mut places: Vec<Place> = discs.map(Mark::centre).collect();
        places.sort_by(|a, b| a.1.total_cmp(&b.1));
        let rows = told.keys().filter(|(_, of)| *of == column).map(|(row, _)| *row);
        let rows: Vec<usize> = rows.collect();
        assert_eq!(places.len(), rows.len(), "{}: points", figure.id);
        let found = rows.into_iter().zip(places);
        drawn.extend(found.map(|(row, (x, _))| ((row, column), across.value(x))));
    }
    assert_same(figure, &drawn, &told, across.exact());
}

fn funnel(figure: &Figure, picture: &Picture, places: usize) {
    let (frame, across) = (alone(picture), picture.across()[0]);
    // Places stand where their size and their value are; in which order, nobody can tell.
    let is_place = |((row, _), _): &((usize, usize), f64)| *row < places;
    let told_places: Numbers =
        told(figure, &[0, 1], &[0, 1]).into_iter().filter(is_place).collect();
    let mut wanted: Vec<Place> = (0..places)
        .filter_map(|row| Some((*told_places.get(&(row, 0))?, told_places[&(row, 1)])))
        .collect();
    let marked = [MAIN, CATEGORIES[2], CATEGORIES[3]];
    let drawn = marked.into_iter().flat_map(|colour| picture.points(colour, &frame));
    let mut drawn: Vec<Place> = drawn.map(|(x, y)| (across.value(x), frame.up.value(y))).collect();
    for places in [&mut wanted, &mut drawn] {
        places.sort_by(|a, b| a.0.round().total_cmp(&b.0.round()).then(a.1.total_cmp(&b.1)));
    }
    assert_eq!(drawn.len(), wanted.len(), "{}: places", figure.id);
    let near = |drawn: Place, wanted: Place| {
        (drawn.0 - wanted.0).abs() <= across.exact()
            && (drawn.1 - wanted.1).abs() <= frame.up.exact()
    };
    for (drawn, wanted) in drawn.iter().zip(&wanted) {
        assert!(near(*drawn, *wanted), "{}: {drawn:?} for {wanted:?}", figure.id);
    }
    // The whole lines run through every size; the dashes of the others lie between neighbouring sizes.
    let ends = |line: &Mark| -> Vec<Place> {
        line.places.iter().map(|(x, y)| (across.value(*x), frame.up.value(*y))).collect()
    };
    let limits: Vec<Vec<Place>> = (2..6)
        .map(|column| {
            let rows = places..figure.table.rows.len();
            rows.map(|row| {
                let of = |column| cell(figure, row, column).expect("a limit");
                (of(0), of(column))
            })
            .collect()
        })
        .collect();
    let lines: Vec<&Mark> = picture.all(Shape::Line, GREY).filter(|l| l.size == 14.0).collect();
    for (n, limit) in limits.iter().enumerate() {
        for pair in limit.windows(2).filter(|_| n > 1) {
            let drawn = lines.iter().any(|line| {
                let ends = ends(line);
                near(ends[0], pair[0]) && near(ends[1], pair[1])
            });
            assert!(drawn, "{}: no line from {:?} to {:?}", figure.id, pair[0], pair[1]);
        }
    }
    let on_a_limit = |(size, value): Place| {
        limits.iter().flat_map(|limit| limit.windows(2)).any(|pair| {
            let [(a, at_a), (b, at_b)] = [pair[0], pair[1]];
            let share = (size - a) / (b - a);
            let between = (-0.02..=1.02).contains(&share);
            between && (at_a + share * (at_b - at_a) - value).abs() <= 2.0 * frame.up.exact()
        })
    };
    for line in lines {
        assert!(ends(line).into_iter().all(on_a_limit), "{}: a line is no limit", figure.id);
    }
}

/// Marks stand where both of their numbers are, and the line runs from nought through the whole.
fn scatter(figure: &Figure, picture: &Picture, places: usize) {
    let (frame, across) = (alone(picture), picture.across()[0]);
    let seen = told(figure, &[0, 1], &[0, 1]);
    let place = |row: usize| Some((*seen.get(&(row, 0))?, *seen.get(&(row, 1))?));
    let mut wanted: Vec<Place> = (0..places).filter_map(place).collect();
    let drawn = picture.points(MAIN, &frame);
    let mut drawn: Vec<Place> =
        drawn.into_iter().map(|(x, y)| (across.value(x), frame.up.value(y))).collect();
    for places in [&mut wanted, &mut drawn] {
        places.sort_by(|a, b| a.0.round().total_cmp(&b.0.round()).then(a.1.total_cmp(&b.1)));
    }
    assert_eq!(drawn.len(), wanted.len(), "{}: places", figure.id);
    for (drawn, wanted) in drawn.iter().zip(&wanted) {
        let near = (drawn.0 - wanted.0).abs() <= across.exact()
            && (drawn.1 - wanted.1).abs() <= frame.up.exact();
        assert!(near, "{}: {drawn:?} for {wanted:?}", figure.id);
    }
    let dashes: Vec<&Mark> = picture.all(Shape::Line, GREY).filter(|l| l.size == 14.0).collect();
    let whole = place(places);
    assert_eq!(dashes.is_empty(), whole.is_none(), "{}: the line of the whole", figure.id);
    for (x, y) in dashes.iter().flat_map(|dash| &dash.places) {
        let (of, up) = whole.expect("the whole is shown");
        let off = frame.up.value(*y) - across.value(*x) * up / of;
        assert!(off.abs() <= 2.0 * frame.up.exact(), "{}: off the line by {off}", figure.id);
    }
}

/// Every cell has its number, and the shade of the step that this number is in; a hidden one is hatched paper.
fn heat(figure: &Figure, picture: &Picture, columns: usize, format: Format) {
    let rows = cells_of(figure, columns);
    let numbers: Vec<f64> = rows.iter().flatten().flatten().copied().collect();
    let square = |mark: &&Mark| {
        let [left, right] = mark.range(|(x, _)| *x);
        mark.is(Shape::Box, GREY) && right - left > 300.0
    };
    let squares: Vec<&Mark> = picture.marks.iter().filter(square).collect();
    assert_eq!(squares.len(), rows.len() * columns, "{}: cells", figure.id);
    let number_in = |mark: &Mark| {
        let [(left, top), (right, bottom)] = [mark.places[0], mark.places[1]];
        let within = |(x, y): Place| left < x && x < right && top < y && y < bottom;
        let words: Vec<_> = picture.words.iter().filter(|word| within(word.at)).collect();
        assert_eq!(words.len(), 1, "one number a cell");
        (words[0].number(), words[0].text.clone())
    };
    let fill = |mark: &Mark| {
        let [(left, top), (right, bottom)] = [mark.places[0], mark.places[1]];
        let inner = [(left + 10.0, top + 10.0), (right - 10.0, bottom - 10.0)];
        let own = picture.marks.iter().find(|m| m.shape == Shape::Box && m.places == inner);
        own.expect("a fill").colour.clone()
    };
    let most = numbers.iter().copied().fold(0.0, f64::max);
    let mut steps: Vec<(f64, usize)> = Vec::new();
    for (square, value) in squares.iter().zip(rows.into_iter().flatten()) {
        let ((said, words), fill) = (number_in(square), fill(square));
        assert_eq!(said, value, "{} {format:?}: {words}", figure.id);
        match value {
            None => assert_eq!(fill, hex(WHITE)),
            Some(value) => {
                let step = RAMP.iter().position(|shade| hex(*shade) == fill).expect("a shade");
                steps.push((value, step));
            }
        }
    }
    // More is never paler, equal is equal, and the most has the darkest or the one before it.
    steps.sort_by(|a, b| a.0.total_cmp(&b.0));
    assert!(steps.windows(2).all(|pair| pair[0].1 <= pair[1].1), "{}", figure.id);
    assert!(steps.last().is_none_or(|(value, step)| *value == most && *step >= 3));
}

fn cells_of(figure: &Figure, columns: usize) -> Vec<Vec<Option<f64>>> {
    let Chart::Heat(chart) = &figure.chart else { unreachable!("it is one") };
    let row = |row: usize| (0..columns).map(|column| cell(figure, row, column)).collect();
    (0..chart.rows.len()).map(row).collect()
}

fn pyramid(figure: &Figure, picture: &Picture) {
    let scales = picture.across();
    assert_eq!(scales.len(), 2, "a scale to each side");
    let mut told = told(figure, &[0, 1], &[]);
    told.retain(|_, value| *value > 0.0);
    let mut drawn = Numbers::new();
    for (side, colour) in [category(0), category(3)].into_iter().enumerate() {
        // The key's square stands first.
        let bars: Vec<&Mark> = picture.all(Shape::Box, colour).skip(1).collect();
        let rows: Vec<usize> = told.keys().filter(|(_, of)| *of == side).map(|(r, _)| *r).collect();
        assert_eq!(bars.len(), rows.len(), "{}: bars", figure.id);
        for (row, bar) in rows.into_iter().zip(bars) {
            let [left, right] = bar.range(|(x, _)| *x).map(|x| scales[side].value(x));
            let (base, end) = if side == 0 { (right, left) } else { (left, right) };
            assert!(base.abs() <= scales[side].exact(), "a bar begins at {base}");
            drawn.insert((row, side), end);
        }
    }
    assert_same(figure, &drawn, &told, scales[0].exact());
}

/// Flows have no axis: all that is drawn for one is equally wide.
fn flows(figure: &Figure, picture: &Picture, links: usize) {
    let first = figure.table.rows.len() - links;
    let counts: Vec<f64> =
        (first..figure.table.rows.len()).filter_map(|row| cell(figure, row, 0)).collect();
    let ribbons: Vec<&Mark> =
        picture.marks.iter().filter(|mark| mark.shape == Shape::Band).collect();
    assert_eq!(ribbons.len(), counts.len(), "{}: ribbons", figure.id);
    let wide = |ribbon: &Mark| {
        let (upper, lower) = ribbon.places.split_at(ribbon.places.len() / 2);
        let all = upper.iter().zip(lower.iter().rev()).map(|(upper, lower)| lower.1 - upper.1);
        let all: Vec<f64> = all.collect();
        assert!(all.iter().all(|w| (w - all[0]).abs() <= 1.0), "a ribbon is as wide everywhere");
        all[0]
    };
    let one = ribbons.iter().map(|r| wide(r)).sum::<f64>() / counts.iter().sum::<f64>();
    for (ribbon, count) in ribbons.iter().zip(&counts) {
        assert!((wide(ribbon) - one * count).abs() <= 2.0, "{}: {count}", figure.id);
    }
}

fn steps(figure: &Figure, picture: &Picture, chart: &Steps) {
    let series = chart.series.len();
    let frame = alone(picture);
    let times: Vec<f64> = chart.times.iter().map(|time| f64::from(*time)).collect();
    // Many groups stand one below the other in their table.
    let told = |n: usize| -> Numbers {
        if series <= 2 {
            return with_interval(figure, 4 * n);
        }
        let own =
            with_interval(figure, 0).into_iter().filter(|((row, _), _)| row / times.len() == n);
        own.map(|((row, column), v)| ((row - n * times.len(), 4 * n + column), v)).collect()
    };
    let ticks: Vec<Place> = picture
        .upright(GREY, 10.0)
        .filter(|line| line.places[0].1 >= frame.bottom)
        .zip(&times)
        .map(|(line, time)| (line.places[0].0, *time))
        .collect();
    let along = Scale::through(&ticks);
    let time = |x: f64, aside: f64| {
        let at = along.value(x - aside);
        times.iter().position(|t| (t - at).abs() <= along.exact()).expect("a time of the chart")
    };
    for n in 0..series {
        let colour = if series == 2 && n == 1 { category(3) } else { category(n) };
        let mut drawn = Numbers::new();
        for (x, y) in picture.points(colour, &frame) {
            // What stands at the foot in place of a hidden value has the mark of its series, and its words.
            let spoken = picture.words.iter().any(|w| w.at.1 == y && w.text.starts_with('['));
            if !spoken {
                drawn.insert((time(x, 0.0), 4 * n), frame.up.value(y));
            }
        }
        // Whiskers of several groups stand side by side.
        let aside = (n as f64 - (series as f64 - 1.0) / 2.0) * 70.0;
        for whisker in picture.upright(colour, 12.0) {
            let [upper, lower] = whisker.range(|(_, y)| *y).map(|y| frame.up.value(y));
            let time = time(whisker.places[0].0, aside);
            drawn.extend([((time, 4 * n + 1), lower), ((time, 4 * n + 2), upper)]);
        }
        assert_same(figure, &drawn, &told(n), frame.up.exact());
    }
}

/// Small lines have no axis: what is drawn of a row lies on one scale of its own.
fn sparklines(figure: &Figure, picture: &Picture) {
    let Chart::Sparklines(chart) = &figure.chart else { unreachable!("it is one") };
    let rules: Vec<f64> = picture
        .marks
        .iter()
        .filter(|m| m.shape == Shape::Line && m.places[0].0 == 0.0 && m.places[1].0 > 3000.0)
        .map(|line| line.places[0].1)
        .collect();
    assert_eq!(rules.len(), chart.rows.len(), "a rule above each row");
    for (n, row) in chart.rows.iter().enumerate() {
        let number = |shown: &Shown| shown.number().map(|number| number.as_f64());
        let (top, foot) = (rules[n], rules.get(n + 1).copied().unwrap_or(f64::MAX));
        let here = |mark: &&Mark| (top..foot).contains(&mark.centre().1);
        let numbers: Vec<(usize, f64)> =
            row.points.iter().enumerate().filter_map(|(n, s)| Some((n, number(s)?))).collect();
        let pairs = numbers.windows(2).filter(|pair| pair[0].0 + 1 == pair[1].0);
        let pairs: Vec<_> = pairs.map(|pair| (pair[0], pair[1])).collect();
        let lines: Vec<&Mark> =
            picture.all(Shape::Line, MAIN).filter(here).filter(|line| line.size == 18.0).collect();
        assert_eq!(lines.len(), pairs.len(), "{}: {}", figure.id, row.label);
        // Place and value of all that is drawn.
        let mut seen: Vec<Place> = Vec::new();
        for (line, (from, to)) in lines.iter().zip(&pairs) {
            seen.extend([(line.places[0].1, from.1), (line.places[1].1, to.1)]);
        }
        let usual = row.usual.map(|usual| usual.map(|shown| number(&shown)));
        let bands: Vec<&Mark> = picture.all(Shape::Band, MAIN).filter(here).collect();
        assert_eq!(bands.len(), usize::from(usual.is_some()), "{}", row.label);
        if let (Some([lower, _, upper]), Some(band)) = (usual, bands.first()) {
            let [above, below] = band.range(|(_, y)| *y);
            seen.extend(lower.map(|lower| (below, lower)));
            seen.extend(upper.map(|upper| (above, upper)));
        }
        seen.sort_by(|a, b| a.0.total_cmp(&b.0));
        let moves = seen.first().zip(seen.last()).is_some_and(|(a, b)| a.1 != b.1);
        if moves {
            let ends = Scale::through(&[seen[0], seen[seen.len() - 1]]);
            for (place, value) in seen {
                ends.assert_says(place, value, &row.label);
            }
        } else {
            assert!(seen.iter().all(|(place, _)| *place == seen[0].0), "{}", row.label);
        }
    }
}

fn multiples(figure: &Figure, picture: &Picture, panels: usize) {
    let mut frames = picture.frames();
    frames.sort_by(|a, b| a.top.total_cmp(&b.top).then(a.left.total_cmp(&b.left)));
    assert_eq!(frames.len(), panels, "{}: panels", figure.id);
    let periods = figure.table.rows.len();
    for (n, frame) in frames.iter().enumerate() {
        for (column, colour, width) in [(n, MAIN, 22.0), (panels, BEHIND, 18.0)] {
            let curves = picture.all(Shape::Path, colour).filter(|path| path.size == width);
            let through = curves.flat_map(|path| path.places.iter().copied());
            let through = through.filter(|place| frame.holds(*place));
            let places = through.chain(picture.points(colour, frame));
            let drawn =
                places.map(|(x, y)| ((frame.period(x, periods), column), frame.up.value(y)));
            assert_same(figure, &drawn.collect(), &told(figure, &[column], &[]), frame.up.exact());
        }
    }
}

/// All that the demonstration has: every form, with what makes it hard.
fn every_form() -> Vec<Figure> {
    let blocks = demo::document().sections.into_iter().flat_map(|section| section.blocks);
    let figure = |block| if let Block::Figure(figure) = block { Some(figure) } else { None };
    blocks.filter_map(figure).collect()
}

#[test]
fn every_form_of_chart_draws_the_numbers_of_its_table() {
    for figure in every_form() {
        for format in [Format::Wide, Format::Narrow] {
            read_back(&figure, format);
        }
    }
}

/// The values that may be hidden, one by one; what is known of each besides stays as it is.
fn values(chart: &mut Chart) -> Vec<&mut Shown> {
    fn of(points: &mut [Point]) -> impl Iterator<Item = &mut Shown> {
        points.iter_mut().map(|point| &mut point.value)
    }
    match chart {
        Chart::Line { series, .. } => series.iter_mut().flat_map(|s| of(&mut s.points)).collect(),
        Chart::Bars { bars, .. } => bars.iter_mut().map(|bar| &mut bar.point.value).collect(),
        Chart::Shares { rows, .. } => rows.iter_mut().flat_map(|(_, shares)| shares).collect(),
        Chart::Control(chart) => chart.points.iter_mut().map(|p| &mut p.value).collect(),
        Chart::Dumbbell(chart) => {
            chart.rows.iter_mut().flat_map(|row| [&mut row.before, &mut row.after]).collect()
        }
        Chart::Funnel(chart) => {
            let places = chart.places.iter_mut();
            places.flat_map(|place| [&mut place.value, &mut place.limits.size]).collect()
        }
        Chart::Scatter(chart) => {
            let places = chart.places.iter_mut().flat_map(|place| &mut place.has);
            places.chain(&mut chart.whole).collect()
        }
        Chart::Heat(chart) => chart.rows.iter_mut().flat_map(|(_, cells)| cells).collect(),
        Chart::Pyramid(chart) => chart.bands.iter_mut().flat_map(|(_, sides)| sides).collect(),
        Chart::Flows(chart) => chart.links.iter_mut().map(|link| &mut link.count).collect(),
        Chart::Steps(chart) => chart.series.iter_mut().flat_map(|s| of(&mut s.points)).collect(),
        Chart::Sparklines(chart) => chart.rows.iter_mut().flat_map(|row| &mut row.points).collect(),
        Chart::Multiples(chart) => {
            chart.panels.iter_mut().flat_map(|panel| of(&mut panel.points)).collect()
        }
    }
}

/// Whichever value is hidden, all others are drawn as before, and nothing is drawn in its place. (Every third value:
/// neighbours tell the same.)
#[test]
fn a_hidden_value_of_any_form_leaves_no_mark() {
    for at in 0..every_form().len() {
        let so_many = values(&mut every_form()[at].chart).len();
        for hide in (0..so_many).step_by(3) {
            let mut figure = every_form().swap_remove(at);
            if let Some(value) = values(&mut figure.chart).into_iter().nth(hide) {
                *value = hidden();
            }
            figure.table = figure.chart.table("Values".into());
            read_back(&figure, Format::Wide);
        }
    }
}

/// The same marks under other ticks are other numbers.
#[test]
#[should_panic(expected = "is drawn for")]
fn ticks_that_lie_are_noticed() {
    let svg = plot(&demo::localities(), Format::Wide, "x").expect("a chart");
    assert_eq!(Picture::of(&svg).across().len(), 1);
    Picture::of(&svg.replace(">\n60%\n<", ">\n50%\n<")).across();
}
