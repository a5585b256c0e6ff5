//! What the readers of an audience hold already: figures that were released to them before, shown or
//! hidden. A release is protected together with them, as if everything came on one day.
//!
//! A figure that comes to the same counts today is the same figure: if it was shown, the reader has it; if
//! it was hidden, it stays hidden and may not be found out by what is added. One that comes to other
//! counts, because rows came late or windows closed meanwhile, is another number than the one that was
//! released, and is judged by itself; but as long as it has moved by less than the width of the policy, who
//! knows the one nearly knows the other. Then what was hidden stays hidden, and what was shown is the last to
//! be hidden for others, whom it would hardly protect.
//!
//! Who is considered does not change with time: what was told of them then is put beside what is told of them today
//! in `considered`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::calendar::Period;
use crate::definitions::Definitions;
use crate::definitions::measure::{ImmatureCounts, Measure, MeasureKind};
use crate::measure::{Amount, CATEGORY, Cell, Table, TableRequest, merged};
use crate::protect::considered::Considered;
use crate::protect::ground::Ground;
use crate::protect::log::CellName;
use crate::protect::release::{Beside, FigureKey};

/// A figure as it was released, with the counts that were kept back: for those who answer for releases,
/// never for an audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedFigure {
    /// Which figure.
    pub cell: CellName,
    /// The counts that it shows or hides.
    pub counts: Vec<u64>,
    /// What stood beside it: pending, unknown, then what each exclusion left out.
    pub beside: Vec<u64>,
    /// Whether it was hidden.
    pub is_hidden: bool,
    /// Which of those beside it were.
    pub hidden_beside: Vec<bool>,
    /// Whether a nought would have been shown, of the figure and of what stands beside it: if so, to be hidden is to
    /// be at least 1.
    pub noughts_shown: [bool; 2],
    /// Whether it was hidden only because it had hardly moved since it was.
    pub is_echo: bool,
}

/// Everything that one publication gave to one audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierRelease {
    /// What it is called: `2026-08-monthly to board`.
    pub name: String,
    /// Whether those who are to receive more received it themselves. What only others received, who may
    /// lay it beside, is known to both together, but not thereby shown to these.
    pub is_their_own: bool,
    /// The figures.
    pub figures: Arc<Vec<RecordedFigure>>,
}

/// What was released before, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Earlier {
    /// The releases.
    pub releases: Vec<EarlierRelease>,
    /// Whether the others do not show each other what they were given, as where something is released to
    /// everybody: then what one of them may not see stays hidden, though another has it.
    pub others_are_apart: bool,
    /// Whether those who answer for the release accept that some of what it hides follows from these.
    pub is_accepted: bool,
}

impl Earlier {
    /// Whether nothing was released before.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.releases.is_empty()
    }

    /// What has to be measured again, so that what was released can be put beside what is to be. Figures of
    /// measures and breakdowns that there are no longer are left out: nothing is known of how they hang
    /// together with others.
    #[must_use]
    pub fn requests(&self, definitions: &Definitions) -> Vec<TableRequest> {
        let mut wanted: BTreeMap<(&str, Vec<&str>), BTreeSet<Period>> = BTreeMap::new();
        for figure in self.releases.iter().flat_map(|release| release.figures.iter()) {
            let CellName { measure, by, period, .. } = &figure.cell;
            let by = by.iter().map(String::as_str).filter(|by| *by != CATEGORY).collect();
            wanted.entry((measure, by)).or_default().extend(*period);
        }
        let can_be_asked = |(measure, by): &(&str, Vec<&str>)| {
            let measure = definitions.measure(measure);
            measure.is_some_and(|m| by.iter().all(|by| m.by.iter().any(|own| own == by)))
        };
        let requests = wanted.into_iter().filter(|(split, _)| can_be_asked(split));
        let request = |((measure, by), periods): ((&str, Vec<&str>), BTreeSet<Period>)| {
            let by = by.into_iter().map(str::to_owned).collect();
            TableRequest { measure: measure.to_owned(), by, periods: periods.into_iter().collect() }
        };
        merged(requests.map(request).collect())
    }
}

/// How a number of today was released before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// Those who are to receive more have it.
    Shown,
    /// Others have it, who may lay it beside.
    ShownToOthers,
    /// It was hidden.
    Hidden {
        /// First in the release of this number.
        release: usize,
        /// Whether that told that it is not nought.
        not_nought: bool,
    },
    /// It has hardly moved since it was hidden, first in the release of this number.
    NearlyHidden(usize),
    /// It has hardly moved since it was shown.
    NearlyShown,
}

impl Held {
    /// Whether it is another number than the one that was released.
    pub(super) fn is_near(self) -> bool {
        matches!(self, Self::NearlyHidden(_) | Self::NearlyShown)
    }
}

/// The numbers of earlier releases that are those of today, by figure and what stands beside it.
#[derive(Debug, Default)]
pub(super) struct Holdings<'a> {
    held: BTreeMap<(FigureKey<'a>, Option<Beside>), Held>,
    /// Whom each release considered, by figure without category.
    pub(super) considered: Vec<BTreeMap<FigureKey<'a>, Considered>>,
}

impl<'a> Holdings<'a> {
    /// What of these releases still holds. `tables` has their figures as they are today; what has moved by less
    /// than the width hardly has.
    pub(super) fn of(
        earlier: &Earlier,
        tables: &'a [Table],
        ground: &Ground<'_>,
        width: u64,
    ) -> Self {
        let mut today: BTreeMap<CellName, (FigureKey<'a>, &'a Cell)> = BTreeMap::new();
        for table in tables {
            for cell in &table.cells {
                let key = FigureKey::of(table, cell);
                today.entry(CellName::of(&key)).or_insert((key, cell));
            }
        }
        let mut holdings = Self::default();
        for (number, release) in earlier.releases.iter().enumerate() {
            let mut considered = BTreeMap::new();
            for figure in release.figures.iter() {
                let Some((key, cell)) = today.get(&figure.cell) else { continue };
                let [of_figure, of_beside] = figure.noughts_shown;
                let exactly = |is_hidden: bool, not_nought: bool| match is_hidden {
                    true => Held::Hidden { release: number, not_nought },
                    false if release.is_their_own => Held::Shown,
                    false => Held::ShownToOthers,
                };
                let now = counts(cell);
                let is_near = |(a, b): (&u64, &u64)| a.abs_diff(*b) < width;
                if now == figure.counts {
                    holdings.hold(key, None, exactly(figure.is_hidden, of_figure), earlier);
                } else if now.iter().zip(&figure.counts).all(is_near) && !figure.is_echo {
                    let hidden = figure.is_hidden;
                    let near = if hidden { Held::NearlyHidden(number) } else { Held::NearlyShown };
                    holdings.hold(key, None, near, earlier);
                }
                if let Some(all) =
                    ground.measure(key.row.measure).and_then(|m| figure.considered(m))
                {
                    considered.entry(key.base()).or_insert(all);
                }
                // What was hidden along with its figure was not told to be anything.
                let of_beside = of_beside && !figure.is_hidden;
                let then = figure.beside.iter().zip(&figure.hidden_beside);
                for (which, (count, (then, is_hidden))) in beside(cell).zip(then).enumerate() {
                    if count == *then {
                        let held = exactly(*is_hidden, of_beside);
                        holdings.hold(key, Some(Beside::of_place(which)), held, earlier);
                    }
                }
            }
            holdings.considered.push(considered);
        }
        holdings
    }

    fn hold(&mut self, key: &FigureKey<'a>, beside: Option<Beside>, held: Held, of: &Earlier) {
        // Counts beside a distribution stand once for all its categories.
        let figure = match beside {
            Some(_) => key.base(),
            None => key.clone(),
        };
        let known = self.held.entry((figure, beside)).or_insert(held);
        *known = known.and(held, of.others_are_apart);
    }

    /// How a number was released before; nothing if it was not.
    pub(super) fn get(&self, figure: &FigureKey<'a>, beside: Option<Beside>) -> Option<Held> {
        self.held.get(&(figure.clone(), beside)).copied()
    }

    /// The measures of which somebody stood beside a figure that was shown, and the reader was not told how many.
    pub(super) fn with_others(&self) -> BTreeSet<&'a str> {
        let all = self.considered.iter().flatten();
        let with_others = all.filter(|(_, considered)| considered.has_others());
        with_others.map(|(figure, _)| figure.row.measure).collect()
    }

    /// Whether nothing of earlier releases holds.
    pub(super) fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// The figures of which something is held, as it was released.
    pub(super) fn figures(&self) -> BTreeSet<&FigureKey<'a>> {
        let held = self.held.iter().filter(|(_, held)| !held.is_near());
        held.map(|((figure, _), _)| figure).collect()
    }
}

impl Held {
    /// What holds of a number that was released twice: once shown is shown.
    fn and(self, other: Self, others_are_apart: bool) -> Self {
        match (self, other) {
            (near, exact) | (exact, near) if near.is_near() && !exact.is_near() => exact,
            (Self::NearlyHidden(first), Self::NearlyHidden(second)) => {
                Self::NearlyHidden(first.min(second))
            }
            (hidden @ Self::NearlyHidden(_), _) | (_, hidden @ Self::NearlyHidden(_)) => hidden,
            (Self::NearlyShown, _) | (_, Self::NearlyShown) => Self::NearlyShown,
            (Self::Shown, _) | (_, Self::Shown) => Self::Shown,
            (
                Self::Hidden { release, not_nought },
                Self::Hidden { release: second, not_nought: tells },
            ) => Self::Hidden { release: release.min(second), not_nought: not_nought || tells },
            (hidden @ Self::Hidden { .. }, _) | (_, hidden @ Self::Hidden { .. })
                if others_are_apart =>
            {
                hidden
            }
            (Self::ShownToOthers, _) | (_, Self::ShownToOthers) => Self::ShownToOthers,
        }
    }
}

/// The counts behind the figure of a cell.
pub(super) fn counts(cell: &Cell) -> Vec<u64> {
    match cell.amount {
        Amount::Proportion { numerator, denominator } => vec![numerator, denominator],
        Amount::Count(units)
        | Amount::Mean { units, .. }
        | Amount::Median { units, .. }
        | Amount::Sum { units, .. } => vec![units],
        Amount::Ratio { over, under_units, .. } => vec![over, under_units],
    }
}

/// The counts beside it, in the order of [`Beside`].
pub(super) fn beside(cell: &Cell) -> impl Iterator<Item = u64> {
    let flow = &cell.flow;
    [flow.pending, flow.unknown].into_iter().chain(flow.left_out.iter().copied())
}

/// A figure on one line of a file: measure, period, breakdowns and levels; counts; those beside it; whether it was
/// hidden, which of those beside it, and whether that was for an earlier release alone; whether noughts would have
/// been shown.
type Line = (
    (String, String, Vec<String>, Vec<String>),
    Vec<u64>,
    Vec<u64>,
    (bool, Vec<bool>, bool),
    [bool; 2],
);

impl RecordedFigure {
    /// Whom it considered; nothing if it is of two measures.
    fn considered(&self, measure: &Measure) -> Option<Considered> {
        if matches!(measure.kind, MeasureKind::Ratio { .. }) {
            return None;
        }
        // Where those who are pending may be among the counted, nothing says how many of them are.
        if measure.immature == ImmatureCounts::AsNotMet && self.beside.first() != Some(&0) {
            return None;
        }
        // Those who are unknown are among the counted, unless they are left out.
        let unknown_is_beside = measure.leaves_out_unknown();
        let is_beside =
            |place: usize| Beside::of_place(place) != Beside::Unknown || unknown_is_beside;
        let beside = self.beside.iter().zip(&self.hidden_beside).enumerate();
        let beside = beside.filter(|(place, _)| is_beside(*place)).map(|(_, it)| it);
        let counted = *self.counts.last()?;
        Some(Considered::new(counted, beside, self.is_hidden, self.noughts_shown[1]))
    }

    /// As a line of text.
    #[must_use]
    pub fn to_line(&self) -> String {
        let CellName { measure, by, level, period } = self.cell.clone();
        let period = period.map(|period| period.code()).unwrap_or_default();
        let Self { counts, beside, hidden_beside, noughts_shown, .. } = self.clone();
        let name = (measure, period, by, level);
        let hidden = (self.is_hidden, hidden_beside, self.is_echo);
        let line: Line = (name, counts, beside, hidden, noughts_shown);
        serde_json::to_string(&line).unwrap_or_default()
    }

    /// From such a line; nothing if it is none.
    #[must_use]
    pub fn from_line(line: &str) -> Option<Self> {
        let line: Line = serde_json::from_str(line).ok()?;
        let ((measure, period, by, level), counts, beside, hidden, noughts_shown) = line;
        let (is_hidden, hidden_beside, is_echo) = hidden;
        let period = Some(Period::parse(&period)?);
        let cell = CellName { measure, by, level, period };
        Some(Self { cell, counts, beside, is_hidden, hidden_beside, noughts_shown, is_echo })
    }
}
