//! Which figure goes when one of several has to be hidden: the one that its readers miss least, by the order
//! that their policy declares.

use std::collections::BTreeMap;

use crate::calendar::{Period, PeriodKind};
use crate::definitions::audience::Missed;
use crate::protect::ground::Ground;
use crate::protect::release::FigureKey;

/// How much a figure is missed: what counts most comes first.
pub(super) type Wish = Vec<u64>;

/// What figures are weighed by.
#[derive(Debug)]
pub(super) struct Preference<'a> {
    ground: &'a Ground<'a>,
    order: &'a [Missed],
    /// The last month of the newest period of each kind.
    newest: BTreeMap<PeriodKind, i32>,
}

impl<'a> Preference<'a> {
    /// For an audience that is given figures of these periods.
    pub(super) fn new(
        ground: &'a Ground<'a>,
        order: &'a [Missed],
        periods: impl Iterator<Item = Period>,
    ) -> Self {
        let mut newest = BTreeMap::new();
        for period in periods {
            let last = newest.entry(period.kind).or_insert(period.number());
            *last = period.number().max(*last);
        }
        Self { ground, order, newest }
    }

    /// How much a figure that counts so many is missed. What is alike in all that is declared goes by age.
    pub(super) fn wish(&self, figure: &FigureKey<'_>, count: u64) -> Wish {
        let one = |missed: &Missed| match missed {
            Missed::Headlines if !self.is_headline(figure) => 0,
            Missed::Headlines => 1 + u64::from(self.is_newest(figure)),
            Missed::Newest => u64::from(self.is_newest(figure)),
            Missed::Totals => u64::MAX - splits(figure),
            Missed::Longest => length(figure.period),
            Missed::Largest => count,
        };
        let age = u64::try_from(figure.period.number()).unwrap_or(0);
        self.order.iter().map(one).chain([age]).collect()
    }

    /// Whether a figure goes only when nothing else helps: it stands at the head of a pack, for the newest
    /// period.
    pub(super) fn goes_last(&self, figure: &FigureKey<'_>) -> bool {
        let matters = self.order.contains(&Missed::Headlines);
        matters && self.is_headline(figure) && self.is_newest(figure)
    }

    fn is_headline(&self, figure: &FigureKey<'_>) -> bool {
        splits(figure) == 0 && self.ground.is_headline(figure.row.measure)
    }

    fn is_newest(&self, figure: &FigureKey<'_>) -> bool {
        self.newest.get(&figure.period.kind) == Some(&figure.period.number())
    }
}

/// By how many breakdowns a figure is split, its own categories among them.
fn splits(figure: &FigureKey<'_>) -> u64 {
    figure.row.levels.len() as u64 + u64::from(figure.category.is_some())
}

/// A month, a quarter, part of a year, a year.
fn length(period: Period) -> u64 {
    match period.months().len() {
        0 | 1 => 0,
        2 | 3 => 1,
        4..12 => 2,
        _ => 3,
    }
}
