//! Flows from stage to stage: each place a bar as high as it is full, each flow a ribbon as wide as it is
//! large.

use super::canvas::{Align, Canvas, Place, Type};
use super::palette::{GREY, INK, WHITE, category};
use super::{Room, coordinate};
use crate::protect::Shown;
use crate::render::RenderError;
use crate::report::chart::{FlowLink, FlowStage, Flows};

/// How thick the bar of a place is.
const BAR: f64 = 12.0;
/// Between two places of a stage.
const GAP: f64 = 12.0;

/// A place as it is drawn: as high as its known flows, so that no gap tells of a hidden one.
struct Node {
    top: f64,
    height: f64,
    /// How much of the bar flows have taken up, on its left and on its right.
    taken: [f64; 2],
    /// What stands beside it.
    lines: Vec<(String, Type)>,
}

impl Node {
    /// How high its words are.
    fn words(&self) -> f64 {
        self.lines.iter().map(|(_, kind)| kind.line_height()).sum()
    }

    /// Room for the bar and for the words beside its middle.
    fn room(&self) -> f64 {
        self.height.max(self.words() + 6.0)
    }
}

/// Draws the chart and gives the place below it.
///
/// A flow that may not be seen has no ribbon, and its places no room for it; its shorthand stands at the
/// place that it leaves.
pub(super) fn paint(
    canvas: &mut Canvas<'_>,
    chart: &Flows,
    room: Room,
) -> Result<f64, RenderError> {
    let words = if room.narrow { 94.0 } else { 190.0 };
    let stages = chart.stages.len();
    let left = room.left + words;
    let right = room.right - words - BAR;
    let pitch = (right - left) / stages.saturating_sub(1).max(1) as f64;
    let x = |stage: usize| left + stage as f64 * pitch;
    let align = |stage: usize| match () {
        () if stage == 0 => Align::Right,
        () if stage + 1 == stages => Align::Left,
        () => Align::Middle,
    };

    let titles: Vec<Vec<String>> = chart
        .stages
        .iter()
        .enumerate()
        .map(|(n, of)| {
            let outer = align(n) != Align::Middle;
            Type::BOLD.wrap(&of.title, if outer { words } else { pitch - 24.0 })
        })
        .collect::<Result<_, _>>()?;
    let tallest = titles.iter().map(Vec::len).max().unwrap_or(0) as f64;
    let top = room.top + 6.0 + tallest * Type::BOLD.line_height() + 8.0;
    let scale = scale(chart, if room.narrow { 260.0 } else { 300.0 });
    let mut nodes = nodes(chart, scale, words - 14.0)?;
    let bottom = stack(&mut nodes, top);

    for link in &chart.links {
        let Some(count) = coordinate(link.count) else { continue };
        let width = count * scale;
        let mut take = |stage: usize, place: usize, side: usize| {
            let node = nodes.get_mut(stage)?.get_mut(place)?;
            let from = node.top + node.taken.get(side)?;
            *node.taken.get_mut(side)? += width;
            Some(from)
        };
        let (Some(from), Some(to)) =
            (take(link.stage, link.from, 1), take(link.stage + 1, link.to, 0))
        else {
            continue;
        };
        let (start, end) = ((x(link.stage) + BAR, from), (x(link.stage + 1), to));
        ribbon(canvas, start, end, width, link.from)?;
    }
    for (stage, (title, nodes)) in titles.iter().zip(&nodes).enumerate() {
        let head = match align(stage) {
            Align::Right => x(stage) + BAR,
            Align::Left => x(stage),
            Align::Middle => x(stage) + BAR / 2.0,
        };
        let first = room.top + 6.0 + Type::BOLD.line_height() / 2.0;
        canvas.lines(title, (head, first), align(stage), Type::BOLD)?;
        for (place, node) in nodes.iter().enumerate() {
            let to = (x(stage) + BAR, node.top + node.height.max(1.5));
            canvas.rectangle((x(stage), node.top), to, category(place))?;
            label(canvas, node, x(stage), align(stage))?;
        }
    }
    Ok(bottom + 6.0)
}

/// How many a place is drawn for: its known flows in or out, whichever is more.
fn known(chart: &Flows, stage: usize, place: usize) -> f64 {
    let sum = |of: &dyn Fn(&FlowLink) -> bool| -> f64 {
        let links = chart.links.iter().filter(|link| of(link));
        links.filter_map(|link| coordinate(link.count)).sum()
    };
    let out = sum(&|l| l.stage == stage && l.from == place);
    let into = sum(&|l| l.stage + 1 == stage && l.to == place);
    out.max(into)
}

fn total(chart: &Flows, stage: usize, of: &FlowStage) -> f64 {
    (0..of.places.len()).map(|place| known(chart, stage, place)).sum()
}

/// Pixels for one.
fn scale(chart: &Flows, height: f64) -> f64 {
    let fullest =
        chart.stages.iter().enumerate().map(|(n, of)| total(chart, n, of)).fold(0.0, f64::max);
    if fullest > 0.0 { height / fullest } else { 0.0 }
}

/// Every place with its height and its words: name, how many, and the shorthand of flows out of it that may
/// not be seen.
fn nodes(chart: &Flows, scale: f64, width: f64) -> Result<Vec<Vec<Node>>, RenderError> {
    let node = |stage: usize, place: usize, name: &str, count: Shown| {
        let of = |kind: Type, words: &str| -> Result<Vec<(String, Type)>, RenderError> {
            Ok(kind.wrap(words, width)?.into_iter().map(|line| (line, kind)).collect())
        };
        let mut lines = of(Type::PLAIN, name)?;
        lines.extend(of(Type::BOLD, &count.to_string())?);
        let leaves = chart.links.iter().filter(|l| l.stage == stage && l.from == place);
        let hidden = leaves.map(|l| l.count).find(|count| count.number().is_none());
        if let Some(hidden) = hidden {
            lines.extend(of(Type::SMALL, &format!("some flows {hidden}"))?);
        }
        let height = known(chart, stage, place) * scale;
        Ok(Node { top: 0.0, height, taken: [0.0; 2], lines })
    };
    let stages = chart.stages.iter().enumerate().map(|(stage, of)| {
        let places = of.places.iter().enumerate();
        places.map(|(place, (name, count))| node(stage, place, name, *count)).collect()
    });
    stages.collect()
}

/// Puts the places of each stage under each other, and gives the lowest end.
fn stack(stages: &mut [Vec<Node>], top: f64) -> f64 {
    let mut bottom = top;
    for nodes in stages {
        let mut y = top;
        for node in nodes {
            node.top = y + (node.room() - node.height) / 2.0;
            y += node.room() + GAP;
            bottom = bottom.max(y - GAP);
        }
    }
    bottom
}

/// A band that leaves level and arrives level.
fn ribbon(
    canvas: &mut Canvas<'_>,
    from: Place,
    to: Place,
    width: f64,
    place: usize,
) -> Result<(), RenderError> {
    const PARTS: u32 = 24;
    let edge = |down: f64| -> Vec<Place> {
        (0..=PARTS)
            .map(|n| {
                let t = f64::from(n) / f64::from(PARTS);
                let ease = t * t * (3.0 - 2.0 * t);
                (from.0 + (to.0 - from.0) * t, from.1 + (to.1 - from.1) * ease + down)
            })
            .collect()
    };
    let (upper, lower) = (edge(0.0), edge(width));
    let outline: Vec<Place> = upper.iter().chain(lower.iter().rev()).copied().collect();
    canvas.area(&outline, category(place), 0.28)?;
    // The fill is pale; its edges can be seen by themselves.
    canvas.path(&upper, category(place), 0.8)?;
    canvas.path(&lower, category(place), 0.8)
}

/// The words of a place beside its bar; between two stages on paper of their own.
fn label(canvas: &mut Canvas<'_>, node: &Node, x: f64, align: Align) -> Result<(), RenderError> {
    let at = match align {
        Align::Right => x - 8.0,
        Align::Left => x + BAR + 8.0,
        Align::Middle => x + BAR / 2.0,
    };
    let mut y = node.top + node.height / 2.0 - node.words() / 2.0;
    if align == Align::Middle {
        let mut widest = 0.0_f64;
        for (line, kind) in &node.lines {
            widest = widest.max(kind.width(line)?);
        }
        let (half, foot) = (widest / 2.0 + 5.0, y + node.words());
        canvas.rectangle((at - half, y - 2.0), (at + half, foot + 2.0), GREY)?;
        canvas.rectangle((at - half + 1.0, y - 1.0), (at + half - 1.0, foot + 1.0), WHITE)?;
    }
    for (line, kind) in &node.lines {
        let middle = y + kind.line_height() / 2.0;
        canvas.text(line, (at, middle), align, Type { colour: INK, ..*kind })?;
        y += kind.line_height();
    }
    Ok(())
}
