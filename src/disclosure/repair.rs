//! What the attack finds unsafe is mended: a further cell is hidden, the cheapest that will do; and what
//! turned out not to be needed is shown again. What cannot be proved safe within the work that is allowed
//! takes all with it that hangs together with it: less is published, never more.

use std::collections::BTreeSet;

use super::audit::{Audit, LONG};
use super::secrets::{Doubt, Secret};
use super::suppress::{Mending, Suppression, Why};
use super::swaps::Bargain;
use super::system::{Cell, Standing};

/// How many steps a search may take while cells are tried.
const QUICK: usize = 40;
/// What one cell costs at least, and what it adds that one goes last.
const ONE: u64 = 10_000;
const LAST: u64 = 1_000_000;
/// What a bargain may cost: about one cell, two, four, or whatever it takes.
const LIMITS: [u64; 4] = [3 * ONE / 2, 5 * ONE / 2, 5 * ONE, LAST];
/// How many of these are small.
const SMALL: usize = 2;
/// How many steps a search for a bargain may take from each inner cell of a secret.
const HAGGLE: usize = 120;
/// How many cells are tried to mend a secret by one further cell.
const TRIALS: usize = 8;

impl Suppression<'_> {
    /// Attacks, and hides a further cell for each secret that is not safe, until all are. Once the work that is
    /// allowed is used up, all goes that hangs together with what is not proved.
    pub(super) fn repair(&mut self) {
        loop {
            let doubts = self.audit.attack(&self.reader);
            if self.mending == Mending::StepByStep && self.audit.work.is_spent() {
                return;
            }
            let mut changed = false;
            for &(secret, doubt) in &doubts {
                // A cell hidden for another secret may have made this one safe.
                let mended =
                    changed && self.audit.try_swaps(&self.reader, &self.nothing, secret, QUICK);
                if mended {
                    continue;
                }
                changed |= if self.audit.work.is_spent() {
                    self.strike_a_bargain(secret, doubt, &LIMITS)
                        || (self.makes_do_with_less(secret) && self.audit.secrets.is_safe(secret))
                        || self.hide_all_around(secret)
                } else {
                    self.mend(secret, doubt)
                };
            }
            if !changed && !self.lose(doubts) {
                return;
            }
        }
    }

    /// Gives up secrets that nothing further can be hidden for, unless a long search still proves them. Gives
    /// whether some have to be looked at again.
    fn lose(&mut self, doubts: Vec<(usize, Doubt)>) -> bool {
        let mut again = false;
        for (secret, doubt) in doubts {
            let unproven = doubt == Doubt::Unproven;
            if unproven && self.is_proved(secret, LONG) {
                continue;
            }
            if self.makes_do_with_less(secret) {
                again = true;
            } else {
                self.give_up(secret, doubt);
            }
        }
        again
    }

    /// Where what was released before leaves no more room, a number that may be nought for all that the reader
    /// knows needs no more than others. Gives whether that is less than was asked of this one.
    pub(super) fn makes_do_with_less(&mut self, secret: usize) -> bool {
        let least = i64::try_from(self.rule.width).unwrap_or(i64::MAX);
        let Secret { sum, width, .. } = self.audit.secrets[secret];
        let is_less = self.rule.noughts_give_way && least < width;
        if is_less {
            self.audit.secrets.lower(sum, least);
        }
        is_less
    }

    /// Whether a secret is proved by what would take too long for each, in a search of so many steps.
    fn is_proved(&mut self, secret: usize, steps: usize) -> bool {
        self.audit.try_manifold(&self.reader, secret)
            || self.audit.try_swaps(&self.reader, &self.nothing, secret, steps)
    }

    /// Hides what stands around a secret, further and further out, until it is proved or nothing is left that
    /// has to do with it. Gives false if there was nothing to hide.
    fn hide_all_around(&mut self, secret: usize) -> bool {
        let mut changed = false;
        loop {
            let near = self.near(secret, |_| true);
            if near.is_empty() {
                return changed;
            }
            changed = true;
            near.into_iter().for_each(|cell| self.hide(cell, secret, Doubt::Unproven));
            if self.is_proved(secret, QUICK) {
                return true;
            }
        }
    }

    /// A secret that cannot be kept. That there is nobody beside a figure would be printed: a reader who works
    /// out that there are few at most, where there is nobody, has less than that.
    pub(super) fn give_up(&mut self, secret: usize, doubt: Doubt) {
        let Secret { cell, truth, .. } = self.audit.secrets[secret];
        let beside = cell.is_some_and(|cell| self.system.cells[cell].nought_is_shown);
        if !(beside && truth == 0) {
            self.lost.push((self.whose[secret], doubt));
        }
        self.audit.secrets.forget(secret);
    }

    /// Hides the cheapest further cell that makes a secret safe, of those that stand closest to it; if no single
    /// one does, the cheapest. Those that go last are tried only where there are no others. Gives false if there
    /// is none at all.
    fn mend(&mut self, secret: usize, doubt: Doubt) -> bool {
        let (small, any) = LIMITS.split_at(SMALL);
        if self.strike_a_bargain(secret, doubt, small) {
            return true;
        }
        if self.mending == Mending::AtAnyPrice && self.strike_a_bargain(secret, doubt, any) {
            return true;
        }
        for last in [false, true] {
            let near = self.near(secret, |cell| self.goes_last(cell) == last);
            let mends = |cell: &&usize| self.is_mended_by(**cell, secret);
            let found = near.iter().take(TRIALS).find(mends).or(near.first());
            if let Some(&cell) = found {
                self.hide(cell, secret, doubt);
                return true;
            }
        }
        false
    }

    /// What it costs to hide each cell: one of the highest rank as much as two of the lowest, and one that goes
    /// last more than any number of others. Of those alike light ones are cheaper.
    pub(super) fn set_prices(&mut self) {
        let cells = &self.system.cells;
        let of_all = |of: fn(&Cell) -> u64| cells.iter().map(of).max().unwrap_or(0).max(1);
        let (rank, weight) = (of_all(|cell| cell.rank.into()), of_all(|cell| cell.weight));
        let share = |of: u64, all: u64, price: u64| {
            u64::try_from(u128::from(of) * u128::from(price) / u128::from(all)).unwrap_or(price)
        };
        let price = |number: usize, cell: &Cell| {
            let last = if self.goes_last(number) { LAST } else { 0 };
            ONE + share(cell.rank.into(), rank, ONE) + share(cell.weight, weight, ONE / 20) + last
        };
        let of = |(number, cell)| (!self.is_forced(number)).then(|| price(number, cell));
        self.prices = cells.iter().enumerate().map(of).collect();
    }

    /// Looks for a table that proves a secret if some cells were hidden too, and hides the cheapest such cells.
    fn strike_a_bargain(&mut self, secret: usize, doubt: Doubt, limits: &[u64]) -> bool {
        let Secret { sum, width, open_at_nought, truth, .. } = self.audit.secrets[secret];
        let (low, high) = self.audit.secrets.found(secret);
        // All of it one way, or some of it each way.
        let mut ways = vec![(low + width, None), (high - width, None)];
        if open_at_nought {
            ways.push((-truth, None));
        }
        for up in [width / 2, width - width / 2] {
            if up > high && up - width < low && up > 0 && up < width {
                ways.push((up, Some(up - width)));
            }
        }
        for &limit in limits {
            let mut best: Option<Vec<Bargain>> = None;
            let mut limit = limit;
            for &(by, back) in &ways {
                let form = &self.reader.sums[sum].form;
                let mut haggle = |by: i64, so_far: (&[usize], u64)| {
                    let goal = (&self.nothing, form, by);
                    self.audit.swaps.haggle(&self.reader, goal, &self.prices, so_far, limit, HAGGLE)
                };
                let Some(one) = haggle(by, (&[], 0)) else { continue };
                let other = back.map(|back| haggle(back, (&one.hidden, one.price)));
                let both: Vec<Bargain> = match other {
                    None => vec![one],
                    Some(Some(other)) => vec![one, other],
                    Some(None) => continue,
                };
                limit = both.last().map_or(limit, |last| last.price);
                best = Some(both);
            }
            self.audit.work.charge(self.audit.swaps.gone_through());
            if let Some(bargains) = best {
                for Bargain { table, hidden, .. } in bargains {
                    hidden.into_iter().for_each(|cell| self.hide(cell, secret, doubt));
                    self.audit.secrets.take(&self.reader, table);
                }
                return true;
            }
        }
        false
    }

    /// Whether a search that hides one cell finds a secret safe.
    fn is_mended_by(&mut self, cell: usize, secret: usize) -> bool {
        let before = self.audit.secrets.remember();
        self.reader.hide(cell, false);
        let safe = self.audit.try_swaps(&self.reader, &self.nothing, secret, QUICK);
        self.reader.reveal(cell);
        if !safe {
            self.audit.secrets.restore(before);
        }
        safe
    }

    /// Shown cells that may be hidden, of those that are wanted the ones that stand closest to a secret: by the
    /// fewest sums that hold, whether they are shown or hold by definition. Among these the cheapest first, and of
    /// those alike the ones in sums with few members.
    fn near(&self, secret: usize, is_wanted: impl Fn(usize) -> bool) -> Vec<usize> {
        let reader = &self.reader;
        let form = &reader.sums[self.audit.secrets[secret].sum].form;
        let mut closest: Vec<Option<usize>> = vec![None; reader.sums.len()];
        let mut reached: BTreeSet<usize> = BTreeSet::new();
        let mut seen = vec![false; reader.sums.len()];
        let mut edge: BTreeSet<usize> = form.terms().iter().map(|(inner, _)| *inner).collect();
        while !edge.is_empty() {
            let lines: BTreeSet<usize> = edge
                .iter()
                .flat_map(|inner| reader.sums_of[*inner].iter().map(|(sum, _)| *sum))
                .filter(|sum| reader.sums[*sum].is_known() && !seen[*sum])
                .collect();
            reached.append(&mut edge);
            for &line in &lines {
                seen[line] = true;
                let members = reader.sums[line].form.terms();
                let mut note = |sum: usize| {
                    let known = &mut closest[sum];
                    *known = Some(known.map_or(members.len(), |n: usize| n.min(members.len())));
                };
                note(line);
                for (inner, _) in members {
                    reader.sums_of[*inner].iter().for_each(|(sum, _)| note(*sum));
                    if !reached.contains(inner) {
                        edge.insert(*inner);
                    }
                }
            }
            let mut found: Vec<((u32, usize, u64), usize)> = (0..self.system.cells.len())
                .filter(|cell| self.why[*cell].is_none() && !self.is_forced(*cell))
                .filter(|cell| is_wanted(*cell))
                .filter_map(|cell| {
                    let closest =
                        reader.cells[cell].shows.iter().filter_map(|sum| closest[*sum]).min()?;
                    let it = &self.system.cells[cell];
                    Some(((it.rank, closest, it.weight), cell))
                })
                .collect();
            if !found.is_empty() {
                found.sort_unstable();
                return found.into_iter().map(|(_, cell)| cell).collect();
            }
        }
        Vec::new()
    }

    /// Hides a shown cell because the audit found a secret unsafe.
    fn hide(&mut self, cell: usize, secret: usize, doubt: Doubt) {
        if self.why[cell].is_some() {
            return;
        }
        let why = Why::Protects { whose: self.whose[secret], doubt: Some(doubt) };
        self.audited.repaired += 1;
        self.hide_with_followers(cell, why);
    }

    fn hide_with_followers(&mut self, cell: usize, why: Why) {
        if self.why[cell].is_some() {
            return;
        }
        self.why[cell] = Some(why);
        self.reader.hide(cell, matches!(why, Why::With(_)));
        self.keep_cell(cell);
        for at in 0..self.followers[cell].len() {
            let follower = self.followers[cell][at];
            if self.system.cells[follower].standing != Standing::Forced {
                self.hide_with_followers(follower, Why::With(cell));
            }
        }
    }

    /// Shows hidden cells again, the dearest first, each with those that went with it, where every secret stays
    /// safe without them. What was given up without a proof is watched over by nobody any more: then all that was
    /// hidden around it stays so.
    pub(super) fn spare(&mut self) {
        if self.lost.iter().any(|(_, doubt)| *doubt == Doubt::Unproven) {
            return;
        }
        let mut secondary: Vec<usize> = (0..self.why.len())
            .filter(|cell| matches!(self.why[*cell], Some(Why::Protects { .. })))
            .collect();
        self.sort_dearest_first(&mut secondary);
        let mut bounds = self.reader.bounds();
        for cell in secondary {
            if self.audit.work.is_spent() {
                return;
            }
            let before = self.audit.secrets.remember();
            let why = self.why[cell];
            let goes_with = |other: &usize| self.why[*other] == Some(Why::With(cell));
            let followers: Vec<usize> =
                self.followers[cell].iter().copied().filter(goes_with).collect();
            let again: Vec<usize> = [cell].into_iter().chain(followers.iter().copied()).collect();
            let mut shows = Vec::new();
            for &one in &again {
                self.reader.reveal(one);
                shows.extend_from_slice(&self.reader.cells[one].shows);
            }
            let belongs = |audit: &Audit, secret: usize| {
                audit.secrets[secret].cell.is_some_and(|of| again.contains(&of))
            };
            let mut shaken = self.audit.secrets.shaken(&self.reader, &shows);
            shaken.retain(|secret| !belongs(&self.audit, *secret));
            let narrower = self.reader.tightened(bounds.clone(), shows);
            let told =
                shaken.iter().any(|s| self.audit.secrets.is_told(&self.reader, &narrower, *s));
            let safe = !told
                && shaken.into_iter().all(|secret| {
                    self.audit.secrets.is_harmless(&self.reader, &narrower, secret)
                        || self.audit.try_swaps(&self.reader, &narrower, secret, QUICK)
                });
            if safe {
                bounds = narrower;
                self.audited.spared += again.len();
                again.iter().for_each(|one| self.why[*one] = None);
                for secret in 0..self.audit.secrets.len() {
                    if belongs(&self.audit, secret) {
                        self.audit.secrets.forget(secret);
                    }
                }
            } else {
                self.audit.secrets.restore(before);
                self.reader.hide(cell, false);
                followers.iter().for_each(|one| self.reader.hide(*one, true));
                self.why[cell] = why;
            }
        }
    }
}
