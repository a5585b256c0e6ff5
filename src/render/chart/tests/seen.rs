//! What a reader sees of a picture: its marks and words with their places, and the scales that its ticks say. Taken
//! from the SVG alone, so that nothing of how it was drawn can be taken for granted.

use std::collections::BTreeMap;

use crate::render::chart::palette::{Colour, GREY, GRID};

/// A place on the picture, right and down, in tenths of a pixel.
pub(super) type Place = (f64, f64);

/// How far a mark may be off its value: a drawing knows whole tenths of a pixel only, of the mark and of each tick.
const ROUNDED: f64 = 1.5;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Disc,
    Area,
    Band,
    Box,
    Path,
    Line,
}

/// One mark.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    pub(super) shape: Shape,
    /// Its fill, or that of its line.
    pub(super) colour: String,
    /// The radius of a disc, or the width of a line.
    pub(super) size: f64,
    /// Its corners, its ends, or its centre.
    pub(super) places: Vec<Place>,
}

impl Mark {
    fn of(tag: &str) -> Option<Self> {
        let (name, rest) = tag.split_once(' ')?;
        let fields: BTreeMap<&str, &str> = rest
            .split("\" ")
            .filter_map(|field| field.trim_end_matches(['/', '"']).split_once("=\""))
            .collect();
        let number = |name: &str| fields.get(name).and_then(|value| value.parse::<f64>().ok());
        let both = |x: &str, y: &str| Some((number(x)?, number(y)?));
        let colour = |name: &str| fields.get(name).copied().unwrap_or_default().to_owned();
        let points = || {
            let pair = |point: &str| {
                let (x, y) = point.split_once(',')?;
                Some((x.parse().ok()?, y.parse().ok()?))
            };
            fields.get("points").map(|all| all.split_whitespace().filter_map(pair).collect())
        };
        let (shape, colour, size, places) = match name {
            "circle" => (Shape::Disc, colour("fill"), number("r")?, vec![both("cx", "cy")?]),
            "polygon" if fields.contains_key("opacity") => {
                (Shape::Band, colour("fill"), 0.0, points()?)
            }
            "polygon" => (Shape::Area, colour("fill"), 0.0, points()?),
            "polyline" => (Shape::Path, colour("stroke"), number("stroke-width")?, points()?),
            "rect" => {
                let ((x, y), (w, h)) = (both("x", "y")?, both("width", "height")?);
                (Shape::Box, colour("fill"), 0.0, vec![(x, y), (x + w, y + h)])
            }
            "line" => {
                let ends = vec![both("x1", "y1")?, both("x2", "y2")?];
                (Shape::Line, colour("stroke"), number("stroke-width")?, ends)
            }
            _ => return None,
        };
        Some(Self { shape, colour, size, places })
    }

    /// The middle of a mark; of a triangle, which stands on its base, what it is the mark of.
    pub(super) fn centre(&self) -> Place {
        let [left, right] = self.range(|(x, _)| *x);
        let [top, bottom] = self.range(|(_, y)| *y);
        let lift = if self.places.len() == 3 { 0.175 * (right - left) / 2.4 } else { 0.0 };
        (f64::midpoint(left, right), f64::midpoint(top, bottom) + lift)
    }

    /// From where to where it reaches.
    pub(super) fn range(&self, of: impl Fn(&Place) -> f64) -> [f64; 2] {
        let all = || self.places.iter().map(&of);
        [all().fold(f64::MAX, f64::min), all().fold(f64::MIN, f64::max)]
    }

    pub(super) fn is(&self, shape: Shape, colour: Colour) -> bool {
        self.shape == shape && self.colour == hex(colour)
    }

    fn is_level(&self) -> bool {
        self.shape == Shape::Line && self.places[0].1 == self.places[1].1
    }

    fn is_upright(&self) -> bool {
        self.shape == Shape::Line && self.places[0].0 == self.places[1].0
    }

    fn is_grid(&self) -> bool {
        self.size == 10.0 && [GREY, GRID].iter().any(|grid| self.colour == hex(*grid))
    }
}

/// One line of words.
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub(super) at: Place,
    pub(super) text: String,
    anchor: String,
}

impl Word {
    /// The number that it says: `1,500`, `40%`, `−0.2`.
    pub(super) fn number(&self) -> Option<f64> {
        self.text.trim_end_matches('%').replace(',', "").replace('\u{2212}', "-").parse().ok()
    }
}

/// A scale as its ticks say it: from places on the picture to values.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    from: Place,
    each: f64,
}

impl Scale {
    /// Through ticks that have to lie on one line: place and value.
    pub(super) fn through(ticks: &[Place]) -> Self {
        let (from, to) = (ticks[0], *ticks.last().expect("ticks"));
        assert!((to.0 - from.0).abs() > 1.0, "two ticks at least: {ticks:?}");
        let scale = Self { from, each: (to.1 - from.1) / (to.0 - from.0) };
        for (place, value) in ticks {
            scale.assert_says(*place, *value, "a tick");
        }
        scale
    }

    pub(super) fn value(&self, place: f64) -> f64 {
        self.from.1 + (place - self.from.0) * self.each
    }

    /// How exactly a value can be read.
    pub(super) fn exact(&self) -> f64 {
        self.each.abs() * ROUNDED
    }

    pub(super) fn assert_says(&self, place: f64, value: f64, what: &str) {
        let drawn = self.value(place);
        assert!((drawn - value).abs() <= self.exact(), "{what}: {drawn} is drawn for {value}");
    }
}

/// A plot between its gridlines, with the scale of its height.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
    pub(super) up: Scale,
}

impl Frame {
    pub(super) fn holds(&self, (x, y): Place) -> bool {
        let (across, down) = (self.left..=self.right, self.top - 1.0..=self.bottom + 1.0);
        across.contains(&x) && down.contains(&y)
    }

    /// Which of so many periods stands at a place.
    pub(super) fn period(&self, x: f64, so_many: usize) -> usize {
        if so_many == 1 {
            return 0;
        }
        let steps = (so_many - 1) as f64;
        let at = (x - self.left - 140.0) / (self.right - self.left - 280.0) * steps;
        assert!((at - at.round()).abs() < 0.03, "{x} is between two periods: {at}");
        (0..so_many).find(|n| *n as f64 == at.round()).expect("a period of the chart")
    }
}

/// A picture.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) marks: Vec<Mark>,
    pub(super) words: Vec<Word>,
}

impl Picture {
    pub(super) fn of(svg: &str) -> Self {
        let tags = svg.split('<').filter_map(|piece| Some(piece.split_once('>')?.0));
        let word = |rest: &str| {
            let (tag, rest) = rest.split_once('>')?;
            let field = |name: &str| {
                tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next().map(str::to_owned)
            };
            let tag = &format!(" {tag}");
            let of = |name: &str| {
                tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?.parse().ok()
            };
            let text = rest.split("</text>").next()?.trim().to_owned();
            Some(Word { at: (of("x")?, of("y")?), text, anchor: field("text-anchor")? })
        };
        Self {
            marks: tags.filter_map(Mark::of).collect(),
            words: svg.split("<text ").skip(1).filter_map(word).collect(),
        }
    }

    pub(super) fn all(&self, shape: Shape, colour: Colour) -> impl Iterator<Item = &Mark> {
        self.marks.iter().filter(move |mark| mark.is(shape, colour))
    }

    /// Level lines of this colour and width.
    pub(super) fn level(&self, colour: Colour, width: f64) -> impl Iterator<Item = &Mark> {
        self.all(Shape::Line, colour).filter(move |line| line.is_level() && line.size == width)
    }

    /// Upright lines of this colour and width.
    pub(super) fn upright(&self, colour: Colour, width: f64) -> impl Iterator<Item = &Mark> {
        self.all(Shape::Line, colour).filter(move |line| line.is_upright() && line.size == width)
    }

    /// The plots, column by column from the top: where a gridline has a number at its left end.
    pub(super) fn frames(&self) -> Vec<Frame> {
        let lines = || self.marks.iter().filter(|mark| mark.is_level() && mark.is_grid());
        let mut ticks: Vec<(f64, f64, f64, f64)> = Vec::new();
        for word in self.words.iter().filter(|word| word.anchor == "end") {
            let Some(value) = word.number() else { continue };
            let at = |line: &&Mark| line.places[0] == (word.at.0 + 80.0, word.at.1);
            ticks
                .extend(lines().find(at).map(|l| (l.places[0].0, word.at.1, value, l.places[1].0)));
        }
        ticks.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let plots = ticks.chunk_by(|a, b| a.0 == b.0 && b.2 < a.2);
        let frame = |ticks: &[(f64, f64, f64, f64)]| {
            let up: Vec<Place> = ticks.iter().map(|tick| (tick.1, tick.2)).collect();
            let (first, last) = (ticks[0], *ticks.last().expect("ticks"));
            let up_scale = Scale::through(&up);
            Frame { left: first.0, right: first.3, top: first.1, bottom: last.1, up: up_scale }
        };
        plots.map(frame).collect()
    }

    /// The scales along the foot, from left to right: where an upright line has a number below it. Two where they
    /// run back to back.
    pub(super) fn across(&self) -> Vec<Scale> {
        let lines = || self.marks.iter().filter(|mark| mark.is_upright() && mark.is_grid());
        let number = |word: &Word| {
            let value = word.number().filter(|_| word.anchor == "middle")?;
            let under = |line: &Mark| line.places[0].0 == word.at.0 && line.places[1].1 < word.at.1;
            let near = lines().filter(|line| under(line)).map(|line| word.at.1 - line.places[1].1);
            near.fold(f64::MAX, f64::min).le(&300.0).then_some((word.at.0, value))
        };
        let mut ticks: Vec<Place> = self.words.iter().filter_map(number).collect();
        ticks.sort_by(|a, b| a.0.total_cmp(&b.0));
        let runs = ticks.chunk_by(|a, b| a.1 != b.1);
        runs.map(Scale::through).collect()
    }

    /// The marks of points of this colour within a plot: their centres, from left to right.
    pub(super) fn points(&self, colour: Colour, frame: &Frame) -> Vec<Place> {
        let points = self.marks.iter().filter(|mark| {
            mark.is(Shape::Disc, colour) || (mark.is(Shape::Area, colour) && mark.places.len() < 5)
        });
        let mut places: Vec<Place> =
            points.map(Mark::centre).filter(|place| frame.holds(*place)).collect();
        places.sort_by(|a, b| a.0.total_cmp(&b.0));
        places
    }
}

/// A colour as SVG writes it.
pub(super) fn hex((red, green, blue): Colour) -> String {
    format!("#{red:02X}{green:02X}{blue:02X}")
}
