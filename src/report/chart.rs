//! Charts as data. All numbers are published ones, so a drawing can know no more than its table says; and
//! for each chart [`Chart::table`] makes that table.

use crate::protect::Shown;
use crate::statistics::{Rule, Side};

/// What the numbers on an axis are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AxisKind {
    /// Whole things.
    Count,
    /// Shares of 100.
    Percent,
    /// Any other number.
    Plain,
}

/// A line that data are compared with.
#[derive(Debug, Clone, PartialEq)]
pub struct ReferenceLine {
    /// What it is: `Target 90%`.
    pub label: String,
    /// Where it stands on the value axis.
    pub at: f64,
}

/// The forms of chart, as data.
#[derive(Debug)]
pub enum Chart {
    /// One or a few values over time.
    Line {
        /// The words under the axis, one a point.
        labels: Vec<String>,
        /// The lines, at most four.
        series: Vec<Series>,
        /// What the numbers are.
        axis: AxisKind,
        /// A target.
        reference: Option<ReferenceLine>,
    },
    /// One value for each level, with its interval.
    Bars {
        /// The bars from top to bottom.
        bars: Vec<Bar>,
        /// What the numbers are.
        axis: AxisKind,
        /// The council as a whole, or a target.
        reference: Option<ReferenceLine>,
    },
    /// Shares of a whole, one row for each level.
    Shares {
        /// The categories from left to right.
        categories: Vec<String>,
        /// Each row and its shares in the order of the categories.
        rows: Vec<(String, Vec<Shown>)>,
        /// Whether the last category is of those of whom nothing is known. It is drawn as a gap with an
        /// outline, because it is one.
        unknown_last: bool,
    },
    /// One value over time with what it usually does.
    Control(Control),
    /// Two values for each domain, before and after.
    Dumbbell(Dumbbell),
    /// Places by their size and value, within what chance allows.
    Funnel(Funnel),
    /// Places by two wholes: one across, the other up.
    Scatter(Scatter),
    /// Values of two breakdowns crossed, shaded.
    Heat(Heat),
    /// Two groups back to back, band by band.
    Pyramid(Pyramid),
    /// From where to where so many went.
    Flows(Flows),
    /// What is left after so much time.
    Steps(Steps),
    /// Many small series, one a row, each with its own scale.
    Sparklines(Sparklines),
    /// The same series for many levels, each in a panel of its own on the same scale.
    Multiples(Multiples),
}

/// One line of a chart.
#[derive(Debug)]
pub struct Series {
    /// What it is.
    pub name: String,
    /// Its points, with the interval of each.
    pub points: Vec<Point>,
}

/// One value with its interval.
#[derive(Debug, Clone, Copy)]
pub struct Point {
    /// The value.
    pub value: Shown,
    /// Lower end of the interval.
    pub lower: Shown,
    /// Upper end of the interval.
    pub upper: Shown,
    /// Whether units are still pending, so that it will change.
    pub provisional: bool,
}

/// One bar.
#[derive(Debug)]
pub struct Bar {
    /// The level.
    pub label: String,
    /// Its value and interval.
    pub point: Point,
    /// What it is made of: `31 of 118`.
    pub note: String,
}

/// A control chart.
#[derive(Debug)]
pub struct Control {
    /// The words under the axis, one a point.
    pub labels: Vec<String>,
    /// What is measured.
    pub name: String,
    /// The points, each with what it is compared with.
    pub points: Vec<ControlPoint>,
    /// Stretches that break a rule, in order of time.
    pub signals: Vec<SignalStretch>,
    /// What the numbers are.
    pub axis: AxisKind,
    /// A target.
    pub reference: Option<ReferenceLine>,
    /// Whether the limits rest on so few points that the next will move them.
    pub trial: bool,
}

/// A point of a control chart.
#[derive(Debug, Clone, Copy)]
pub struct ControlPoint {
    /// The value.
    pub value: Shown,
    /// Whether units are still pending, so that it will change.
    pub provisional: bool,
    /// The centre.
    pub centre: Shown,
    /// The lower limit.
    pub lower: Shown,
    /// The upper limit.
    pub upper: Shown,
}

/// Neighbouring points that break the same rule.
#[derive(Debug, Clone)]
pub struct SignalStretch {
    /// The place of the first, from 0.
    pub first: usize,
    /// The place of the last.
    pub last: usize,
    /// The rule.
    pub rule: Rule,
    /// The side, or for a trend the direction.
    pub side: Side,
    /// What happened: `7 in a row above the centre`.
    pub words: String,
    /// Whether that is welcome.
    pub sense: Sense,
}

/// Whether a change is welcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// It is.
    Better,
    /// It is not.
    Worse,
    /// Nobody has said which way is good.
    Neither,
}

impl Sense {
    /// The word that stands where a colour might.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Better => "better",
            Self::Worse => "worse",
            Self::Neither => "changed",
        }
    }
}

/// Values before and after, domain by domain.
#[derive(Debug)]
pub struct Dumbbell {
    /// What the two ends are: `At the start`, `At the end`.
    pub ends: [String; 2],
    /// The domains from top to bottom.
    pub rows: Vec<DumbbellRow>,
    /// What the numbers are.
    pub axis: AxisKind,
    /// Where the axis has to reach, if the scale ends there.
    pub to: Option<f64>,
}

/// One domain.
#[derive(Debug)]
pub struct DumbbellRow {
    /// The domain.
    pub label: String,
    /// The value before.
    pub before: Shown,
    /// The value after.
    pub after: Shown,
    /// What it rests on and how sure it is: `118 pairs; rose by 0.4 to 0.9`.
    pub note: String,
}

/// A funnel plot.
#[derive(Debug)]
pub struct Funnel {
    /// What the size is: `Cases closed`.
    pub size: String,
    /// What the value is.
    pub value: String,
    /// The whole, around which places stray.
    pub whole: Shown,
    /// The places.
    pub places: Vec<FunnelPlace>,
    /// The limits from small sizes to large, for the lines of the funnel.
    pub limits: Vec<FunnelLimits>,
    /// What the values are.
    pub axis: AxisKind,
}

/// A place in a funnel plot.
#[derive(Debug)]
pub struct FunnelPlace {
    /// Its name.
    pub label: String,
    /// Its value.
    pub value: Shown,
    /// How many it has, and the limits of places of that size.
    pub limits: FunnelLimits,
    /// How it stands to them.
    pub standing: FunnelStanding,
}

/// How a place stands to the limits of chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunnelStanding {
    /// It is hidden or not known.
    NotTold,
    /// Within the limits of 95%.
    Within,
    /// Beyond the limits of 95%: one place in twenty is by chance.
    Beyond95,
    /// Beyond the limits of 99.8%: two places in a thousand are by chance.
    Beyond998,
}

/// The limits of places of a size.
#[derive(Debug, Clone, Copy)]
pub struct FunnelLimits {
    /// The size.
    pub size: Shown,
    /// Lower and upper limit of 95%.
    pub near: [Shown; 2],
    /// Lower and upper limit of 99.8%.
    pub far: [Shown; 2],
}

/// Places by how much they have of two things.
#[derive(Debug)]
pub struct Scatter {
    /// What lies across.
    pub across: String,
    /// What goes up.
    pub up: String,
    /// The places, each with what it has of both.
    pub places: Vec<ScatterPlace>,
    /// What the whole has of both: a line from nought shows who has as much of the one for the other.
    pub whole: [Shown; 2],
    /// What the numbers are, across and up.
    pub axes: [AxisKind; 2],
}

/// A place in a scatter plot.
#[derive(Debug)]
pub struct ScatterPlace {
    /// Its name.
    pub label: String,
    /// What it has, across and up.
    pub has: [Shown; 2],
    /// Whether its name stands beside its mark.
    pub is_named: bool,
}

/// A table whose cells are shaded.
#[derive(Debug)]
pub struct Heat {
    /// What the columns are.
    pub columns: Vec<String>,
    /// The rows and their cells.
    pub rows: Vec<(String, Vec<Shown>)>,
    /// What the totals of the rows are: `Families`.
    pub total: String,
    /// The totals of the rows, apart from the shading; as many as rows, or none.
    pub row_totals: Vec<Shown>,
    /// The totals of the columns, or none; where rows have totals, that of these comes last.
    pub column_totals: Vec<Shown>,
    /// What the numbers are.
    pub axis: AxisKind,
    /// What the shade compares: `Shade: per cent of the families of a locality`.
    pub shade: String,
}

/// Two groups back to back.
#[derive(Debug)]
pub struct Pyramid {
    /// The two groups, left and right.
    pub sides: [String; 2],
    /// The bands from top to bottom, with the value of each side.
    pub bands: Vec<(String, [Shown; 2])>,
    /// What the numbers are.
    pub axis: AxisKind,
}

/// Flows from stage to stage.
#[derive(Debug)]
pub struct Flows {
    /// The stages from left to right.
    pub stages: Vec<FlowStage>,
    /// The flows, each between neighbouring stages.
    pub links: Vec<FlowLink>,
}

/// A stage of flows.
#[derive(Debug)]
pub struct FlowStage {
    /// What it is: `Before`.
    pub title: String,
    /// Its places from top to bottom, with how many are in each.
    pub places: Vec<(String, Shown)>,
}

/// A flow from a place of one stage to a place of the next.
#[derive(Debug, Clone, Copy)]
pub struct FlowLink {
    /// Which stage it leaves.
    pub stage: usize,
    /// Which place there.
    pub from: usize,
    /// Which place of the next stage.
    pub to: usize,
    /// How many.
    pub count: Shown,
}

/// What is left after so much time, for one or a few groups.
#[derive(Debug)]
pub struct Steps {
    /// The unit of time: `Months after closing`.
    pub unit: String,
    /// The times, in that unit, from nought.
    pub times: Vec<u32>,
    /// The groups, at most five.
    pub series: Vec<StepSeries>,
}

/// What is left of one group.
#[derive(Debug)]
pub struct StepSeries {
    /// The group.
    pub name: String,
    /// The share left at each time, with its interval.
    pub points: Vec<Point>,
    /// How many have been followed up to each time.
    pub at_risk: Vec<Shown>,
}

/// Rows of small series.
#[derive(Debug)]
pub struct Sparklines {
    /// What a point is: `months`.
    pub noun: String,
    /// The rows.
    pub rows: Vec<Spark>,
}

/// One small series.
#[derive(Debug)]
pub struct Spark {
    /// What it is.
    pub label: String,
    /// The newest period that is known: each row ends with its own.
    pub newest: String,
    /// Its points, neighbours in time; the last is written out.
    pub points: Vec<Shown>,
    /// Lower limit, centre and upper limit of what it usually does; one limit at least is a number.
    pub usual: Option<[Shown; 3]>,
    /// What it says: `no clear change`.
    pub words: String,
    /// Whether what it says is a signal, and a welcome one.
    pub signal: Option<Sense>,
}

/// Panels on one scale.
#[derive(Debug)]
pub struct Multiples {
    /// The words under the axis, one a point.
    pub labels: Vec<String>,
    /// The panels in order.
    pub panels: Vec<Series>,
    /// The whole, in grey behind each.
    pub whole: Option<Series>,
    /// What the numbers are.
    pub axis: AxisKind,
}
