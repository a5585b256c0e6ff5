//! What the attack finds unsafe is mended: a further cell is hidden, the cheapest that will do; and what
//! turned out not to be needed is shown again. What cannot be proved safe within the work that is allowed
//! takes all with it that hangs together with it: less is published, never more.

use std::collections::BTreeSet;

use super::audit::{Doubt, LONG, Secret};
use super::suppress::{Suppression, Why};
use super::system::Standing;

/// How many steps a search may take while cells are tried.
const QUICK: usize = 40;
/// How many cells are tried to mend a secret by one further cell.
const TRIALS: usize = 8;

impl Suppression<'_> {
    /// Attacks, and hides a further cell for each secret that is not safe, until all are. Once the work that is
    /// allowed is used up, all goes that hangs together with what is not proved.
    pub(super) fn repair(&mut self) {
        loop {
            let doubts = self.audit.attack(&self.reader);
            let mut changed = false;
            for &(secret, doubt) in &doubts {
                // A cell hidden for another secret may have made this one safe.
                let mended =
                    changed && self.audit.try_swaps(&self.reader, &self.nothing, secret, QUICK);
                if mended {
                    continue;
                }
                changed |= if doubt == Doubt::Unproven && self.audit.is_spent() {
                    self.hide_all_around(secret)
                } else {
                    self.mend(secret, doubt)
                };
            }
            if !changed {
                self.lose(doubts);
                return;
            }
        }
    }

    /// Gives up secrets that nothing further can be hidden for, unless a long search still proves them.
    fn lose(&mut self, doubts: Vec<(usize, Doubt)>) {
        for (secret, doubt) in doubts {
            let unproven = doubt == Doubt::Unproven;
            if !(unproven && self.is_proved(secret, LONG)) {
                self.give_up(secret, doubt);
            }
        }
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
        self.audit.forget(secret);
    }

    /// Hides the cheapest further cell that makes a secret safe, of those that stand closest to it; if no single
    /// one does, the cheapest. Those that go last are tried only where there are no others. Gives false if there
    /// is none at all.
    fn mend(&mut self, secret: usize, doubt: Doubt) -> bool {
        for last in [false, true] {
            let near = self.near(secret, |cell| self.system.cells[cell].last == last);
            let mends = |cell: &&usize| self.is_mended_by(**cell, secret);
            let found = near.iter().take(TRIALS).find(mends).or(near.first());
            if let Some(&cell) = found {
                self.hide(cell, secret, doubt);
                return true;
            }
        }
        false
    }

    /// Whether a search that hides one cell finds a secret safe.
    fn is_mended_by(&mut self, cell: usize, secret: usize) -> bool {
        let before = self.audit.remember();
        self.reader.hide(cell, false);
        let safe = self.audit.try_swaps(&self.reader, &self.nothing, secret, QUICK);
        self.reader.reveal(cell);
        if !safe {
            self.audit.restore(before);
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

    /// Shows hidden cells again, the dearest first, where every secret stays safe without them.
    pub(super) fn spare(&mut self) {
        let mut secondary: Vec<usize> = (0..self.why.len())
            .filter(|cell| matches!(self.why[*cell], Some(Why::Protects { .. })))
            .filter(|cell| self.followers[*cell].is_empty())
            .collect();
        self.sort_dearest_first(&mut secondary);
        let mut bounds = self.reader.bounds();
        for cell in secondary {
            let before = self.audit.remember();
            let why = self.why[cell].take();
            self.reader.reveal(cell);
            let shows = self.reader.cells[cell].shows.clone();
            let mut shaken = self.audit.shaken(&self.reader, &shows);
            shaken.retain(|secret| self.audit.secrets[*secret].cell != Some(cell));
            let narrower = self.reader.tightened(bounds.clone(), shows);
            let told = shaken.iter().any(|s| self.audit.is_told(&self.reader, &narrower, *s));
            let safe = !told
                && shaken.into_iter().all(|secret| {
                    self.audit.is_harmless(&self.reader, &narrower, secret)
                        || self.audit.try_swaps(&self.reader, &narrower, secret, QUICK)
                });
            if safe {
                bounds = narrower;
                self.audited.spared += 1;
                for secret in 0..self.audit.secrets.len() {
                    if self.audit.secrets[secret].cell == Some(cell) {
                        self.audit.forget(secret);
                    }
                }
            } else {
                self.audit.restore(before);
                self.reader.hide(cell, false);
                self.why[cell] = why;
            }
        }
    }
}
