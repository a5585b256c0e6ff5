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

use crate::protect::constraints::{Balance, Constraints, Membership};
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
            tallies: vec![Tally::default(); self.constraints.len()],
            unsafe_balances: VecDeque::new(),
        };
        for figure in (0..self.counts.len()).filter(|figure| self.counts[*figure].is_none()) {
            for member in self.constraints.of(figure) {
                state.tallies[member.balance].incomplete = true;
            }
        }
        for (figure, why) in first {
            self.hide(figure, why, &mut state);
        }
        while let Some(number) = state.unsafe_balances.pop_front() {
            state.tallies[number].waits = false;
            let balance = self.constraints.balance(number);
            while !self.is_safe(&state.tallies[number]) {
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
            for &member in self.constraints.of(number) {
                self.count_hidden(number, member, state);
            }
            if self.whole_cells {
                self.follow_links(number, why, &state.hidden, &mut to_hide);
            }
        }
    }

    /// Notes in a balance that a member is hidden.
    fn count_hidden(&self, figure: usize, member: Membership, state: &mut State) {
        let Some(counts) = self.counts[figure] else { return };
        let numerators_only = self.constraints.numerators_only(member.balance);
        let tally = &mut state.tallies[member.balance];
        let side = if member.on_right { &mut tally.right } else { &mut tally.left };
        let whole = weight(numerators_only, counts);
        tally.any = true;
        if whole > 0 || !self.rule.zeros_shown {
            side.figures += 1;
            side.whole += whole;
            if let (Some(part), false) = (counts.part, numerators_only) {
                side.part = Some(side.part.unwrap_or(0) + part);
            }
        }
        if !tally.waits && !self.is_safe(tally) {
            tally.waits = true;
            state.unsafe_balances.push_back(member.balance);
        }
    }

    /// What has to go with a figure: those that show its count, and the counts that showed only
    /// through it.
    fn follow_links(
        &self,
        number: usize,
        why: Why,
        hidden: &[Option<Why>],
        to_hide: &mut Vec<(usize, Why)>,
    ) {
        let figure = &self.figures.all[number];
        let why_linked = if figure.own { Why::Linked } else { why };
        to_hide.extend(figure.shows_in.iter().map(|through| (*through, why_linked)));
        for &shown in &figure.shows {
            let implied = &self.figures.all[shown];
            let gone = implied.shows_in.iter().all(|through| hidden[*through].is_some());
            if !implied.own && gone {
                to_hide.push((shown, Why::Linked));
            }
        }
    }

    /// Whether nothing hidden can be found from a balance.
    fn is_safe(&self, tally: &Tally) -> bool {
        match (tally.left.figures, tally.right.figures) {
            _ if tally.incomplete => true,
            // A cell of nought hidden to protect others elsewhere would undo that if it were found.
            (0, 0) => !(self.whole_cells && tally.any),
            (1.., 0) => tally.left.may_be_known(self.rule),
            (0, 1..) => tally.right.may_be_known(self.rule),
            (1.., 1..) => true,
        }
    }

    /// The figure to hide next.
    fn next(&self, balance: Balance<'_>, hidden: &[Option<Why>]) -> Option<usize> {
        let shown = balance.left.iter().chain(balance.right).copied();
        shown.filter(|figure| hidden[*figure].is_none()).min_by_key(|&figure| {
            let key = &self.figures.all[figure].key;
            let weight = self.counts[figure].map_or(0, |c| weight(balance.numerators_only, c));
            let inner = (Reverse(key.levels.len()), key.period.kind.months());
            (weight == 0, inner, weight, figure)
        })
    }
}

/// The count of a figure that a balance is about.
fn weight(numerators_only: bool, counts: Counts) -> u64 {
    if numerators_only { counts.part.unwrap_or(counts.whole) } else { counts.whole }
}

struct State {
    hidden: Vec<Option<Why>>,
    tallies: Vec<Tally>,
    unsafe_balances: VecDeque<usize>,
}

/// What is hidden in one balance.
#[derive(Debug, Clone, Default)]
struct Tally {
    left: Side,
    right: Side,
    /// Whether anything is hidden, true zeros included.
    any: bool,
    /// Whether a member has no count, so that nothing can be subtracted.
    incomplete: bool,
    /// Whether it waits to be made safe.
    waits: bool,
}

/// What is hidden on one side of a balance, true zeros that are shown elsewhere aside.
#[derive(Debug, Clone, Default)]
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
