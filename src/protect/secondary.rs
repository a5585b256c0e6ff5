//! Hiding more, until nothing hidden can be found by subtraction. The safe simple rule.
//!
//! In every balance in which a figure is hidden, at least two non-zero figures must be. If they all
//! stand on one side, the reader knows their sum: for each count it has to be nought or at least the
//! threshold. More figures are hidden until that is so: inner figures before totals, small before
//! large, true zeros last (where zeros are shown, a reader learns nothing from one that is not). Each
//! figure hidden disturbs its other balances; they are gone through until none is left. Hiding only
//! grows, so this ends, and a balance that is hidden whole is safe.

use std::cmp::Reverse;
use std::collections::VecDeque;

use crate::protect::constraints::{Balance, Constraints};
use crate::protect::figures::{Counts, Figures};
use crate::protect::log::PrimaryRule;

/// Why a figure is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// It is small itself.
    Primary(PrimaryRule),
    /// It protects the others in this balance.
    Secondary(usize),
    /// It shows the count of another hidden figure.
    Linked,
}

/// What a reader may learn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    /// Counts from 1 to one less than this are not for them.
    pub(super) threshold: u64,
    /// Whether true zeros are shown.
    pub(super) zeros_shown: bool,
}

/// The hiding of one kind of count throughout the figures of an audience.
pub(super) struct Hiding<'a> {
    /// The figures.
    pub(super) figures: &'a Figures<'a>,
    /// Their balances.
    pub(super) constraints: &'a Constraints,
    /// The counts to protect, for each figure that has any.
    pub(super) counts: &'a [Option<Counts>],
    /// What a reader may learn.
    pub(super) rule: Rule,
    /// Whether whole cells are hidden, with all that show their counts. Otherwise it is the counts
    /// beside cells, of which a zero need not be protected.
    pub(super) whole_cells: bool,
}

impl Hiding<'_> {
    /// Hides these figures and whatever it takes to protect them.
    pub(super) fn settle(&self, first: impl IntoIterator<Item = (usize, Why)>) -> Vec<Option<Why>> {
        let mut state = State {
            hidden: vec![None; self.figures.all.len()],
            waiting: VecDeque::new(),
            is_waiting: vec![false; self.constraints.balances.len()],
        };
        for (figure, why) in first {
            self.hide(figure, why, &mut state);
        }
        while let Some(number) = state.waiting.pop_front() {
            state.is_waiting[number] = false;
            let balance = &self.constraints.balances[number];
            while !self.is_safe(balance, &state.hidden) {
                let Some(next) = self.next(balance, &state.hidden) else { break };
                self.hide(next, Why::Secondary(number), &mut state);
            }
        }
        state.hidden
    }

    /// Hides a figure, and those that would show its count.
    fn hide(&self, figure: usize, why: Why, state: &mut State) {
        let mut to_hide = vec![(figure, why)];
        while let Some((number, why)) = to_hide.pop() {
            if state.hidden[number].is_some() {
                continue;
            }
            state.hidden[number] = Some(why);
            for &balance in &self.constraints.of_figure[number] {
                if !state.is_waiting[balance] {
                    state.is_waiting[balance] = true;
                    state.waiting.push_back(balance);
                }
            }
            if !self.whole_cells {
                continue;
            }
            let figure = &self.figures.all[number];
            let why_linked = if figure.own { Why::Linked } else { why };
            to_hide.extend(figure.shows_in.iter().map(|through| (*through, why_linked)));
            for &shown in &figure.shows {
                let implied = &self.figures.all[shown];
                let gone = implied.shows_in.iter().all(|t| state.hidden[*t].is_some());
                if !implied.own && gone {
                    to_hide.push((shown, Why::Linked));
                }
            }
        }
    }

    /// Whether nothing hidden can be found from this balance.
    fn is_safe(&self, balance: &Balance, hidden: &[Option<Why>]) -> bool {
        if balance.members().any(|figure| self.counts[figure].is_none()) {
            return true;
        }
        let side = |members: &[usize]| self.hidden_on(balance, members, hidden);
        let (left, right) = (side(&balance.left), side(&balance.right));
        match (left.figures, right.figures) {
            // A cell of nought hidden to protect others elsewhere would undo that if it were found.
            (0, 0) => !self.whole_cells || balance.members().all(|f| hidden[f].is_none()),
            (1.., 1..) => true,
            (1.., 0) => left.may_be_known(self.rule),
            (0, 1..) => right.may_be_known(self.rule),
        }
    }

    /// What is hidden on one side.
    fn hidden_on(&self, balance: &Balance, side: &[usize], hidden: &[Option<Why>]) -> Side {
        let mut found = Side::default();
        for &figure in side {
            let (Some(_), Some(counts)) = (hidden[figure], self.counts[figure]) else { continue };
            let whole = weight(balance, counts);
            if whole == 0 && self.rule.zeros_shown {
                continue;
            }
            found.figures += 1;
            found.whole += whole;
            if let (Some(part), false) = (counts.part, balance.numerators_only) {
                found.part = Some(found.part.unwrap_or(0) + part);
            }
        }
        found
    }

    /// The figure to hide next.
    fn next(&self, balance: &Balance, hidden: &[Option<Why>]) -> Option<usize> {
        balance.members().filter(|figure| hidden[*figure].is_none()).min_by_key(|&figure| {
            let key = &self.figures.all[figure].key;
            let weight = self.counts[figure].map_or(0, |counts| weight(balance, counts));
            let inner = (Reverse(key.levels.len()), key.period.kind.months());
            (weight == 0, inner, weight, figure)
        })
    }
}

/// The count of a figure that a balance is about.
fn weight(balance: &Balance, counts: Counts) -> u64 {
    if balance.numerators_only { counts.part.unwrap_or(counts.whole) } else { counts.whole }
}

struct State {
    hidden: Vec<Option<Why>>,
    waiting: VecDeque<usize>,
    is_waiting: Vec<bool>,
}

/// What is hidden on one side of a balance, true zeros that are shown elsewhere aside.
#[derive(Debug, Default)]
struct Side {
    figures: u64,
    whole: u64,
    part: Option<u64>,
}

impl Side {
    /// Whether a reader may know the sums of what is hidden.
    ///
    /// As many people as figures would mean one in each: figures known not to be nought must hold
    /// more.
    fn may_be_known(&self, rule: Rule) -> bool {
        let may = |sum: u64| sum >= rule.threshold || (sum == 0 && rule.zeros_shown);
        let not_all_ones = !rule.zeros_shown || self.whole > self.figures;
        let parts = self.part.is_none_or(|part| may(part) && may(self.whole.saturating_sub(part)));
        self.figures >= 2 && may(self.whole) && not_all_ones && parts
    }
}
