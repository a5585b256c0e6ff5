//! Which cells to hide: primary, secondary, audit, repair, and what turned out not to be needed.

use std::collections::BTreeSet;

use super::audit::{Audit, Doubt, Secret};
use super::elimination::{Elimination, modulo};
use super::reader::{Bounds, Reader};
use super::system::{Rule, Standing, System};

/// Why a cell is hidden.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It shows a small number, or one follows from it.
    Small,
    /// The caller withheld it.
    Withheld,
    /// It goes with another cell.
    With(usize),
    /// With it, a hidden number could be worked out.
    Protects {
        /// Whose number.
        whose: Whose,
        /// What the audit found; nothing if it would follow by adding and subtracting alone.
        doubt: Option<Doubt>,
    },
}

/// To what a hidden number belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// To a hidden cell.
    Cell(usize),
    /// It is a secret of the system's own, by its number.
    Secret(usize),
    /// It is one of its differences.
    Difference(usize),
}

/// What the attack found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audited {
    /// How many hidden numbers were attacked.
    pub attacked: usize,
    /// How many cells were hidden because of what the attack found.
    pub repaired: usize,
    /// How many cells turned out not to be needed and were shown after all.
    pub spared: usize,
    /// The least width within which a hidden number that may be small is proved to be open. It may be wider.
    pub narrowest: Option<u64>,
    /// How often the solver failed or gave up. Each time counted as unsafe.
    pub failures: u64,
    /// Hidden numbers that cannot be kept secret, because too much is known already. Nothing may be
    /// published before somebody has looked at it.
    pub unsafe_secrets: Vec<(Whose, Doubt)>,
}

/// Which cells are hidden, and how well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protection {
    hidden: Vec<Option<Why>>,
    audited: Audited,
}

impl Protection {
    /// Why a cell is hidden; nothing if it is shown.
    #[must_use]
    pub fn why(&self, cell: usize) -> Option<Why> {
        self.hidden.get(cell).copied().flatten()
    }

    /// What the attack on the published cells found.
    #[must_use]
    pub fn audit(&self) -> &Audited {
        &self.audited
    }
}

/// How much work the solver may do for one system, in about tenths of milliseconds.
const WORK: u64 = 300_000;
/// How many steps a search may take while cells are tried.
const QUICK: usize = 40;
/// How many steps a last search may take before a secret is called lost.
const LONG: usize = 20_000;
/// How many cells are tried to mend a secret by one further cell.
const TRIALS: usize = 8;

/// Decides which cells of a system to hide, and attacks what is left until every hidden number is as
/// uncertain as the rule demands. The same system gives the same answer.
#[must_use]
pub fn protect(system: &System, rule: &Rule) -> Protection {
    let mut work = Suppression::new(system, *rule);
    work.primary();
    work.secondary();
    work.repair();
    work.spare();
    // What is shown again is looked at once more, all together.
    work.repair();
    work.finish()
}

struct Suppression<'s> {
    system: &'s System,
    rule: Rule,
    reader: Reader,
    why: Vec<Option<Why>>,
    /// For each cell those that go with it.
    followers: Vec<Vec<usize>>,
    audit: Audit,
    /// No bounds: what is quick to try is tried without working them out.
    nothing: Bounds,
    /// For each secret of the audit, whose it is.
    whose: Vec<Whose>,
    lost: Vec<(Whose, Doubt)>,
    audited: Audited,
}

impl<'s> Suppression<'s> {
    fn new(system: &'s System, rule: Rule) -> Self {
        let mut followers = vec![Vec::new(); system.cells.len()];
        for (number, cell) in system.cells.iter().enumerate() {
            if let Some(leader) = cell.with {
                followers[leader].push(number);
            }
        }
        let reader = Reader::new(system, &rule);
        Self {
            system,
            rule,
            audit: Audit::new(&reader, WORK),
            nothing: Bounds::none(reader.inner.len()),
            reader,
            why: vec![None; system.cells.len()],
            followers,
            whose: Vec::new(),
            lost: Vec::new(),
            audited: Audited::default(),
        }
    }

    /// How uncertain a sum that may be small has to stay.
    fn width(&self, sum: usize) -> i64 {
        let Rule { width, width_from_nought, .. } = self.rule;
        let above_nought = self.reader.sums[sum].is_above_nought();
        i64::try_from(if above_nought { width } else { width_from_nought }).unwrap_or(i64::MAX)
    }

    /// From what number on a count tells of many.
    fn many(&self) -> i64 {
        i64::try_from(self.rule.threshold).unwrap_or(i64::MAX)
    }

    /// Whether a value of a cell is small.
    fn is_small(&self, cell: usize, value: i64) -> bool {
        self.rule.is_small(value) && !(value == 0 && self.system.cells[cell].nought_is_shown)
    }

    /// Whether a cell is shown whatever may follow.
    fn is_forced(&self, cell: usize) -> bool {
        let it = &self.system.cells[cell];
        let nought = self.reader.is_nought(cell) && (self.rule.noughts_shown || it.nought_is_shown);
        it.standing == Standing::Forced || (nought && it.standing == Standing::Open)
    }

    fn primary(&mut self) {
        for number in 0..self.system.cells.len() {
            let cell = &self.system.cells[number];
            let shows = &self.reader.cells[number];
            let mut values =
                shows.shows.iter().chain(&shows.guards).map(|s| self.reader.sums[*s].value);
            let why = match cell.standing {
                Standing::Withheld => Why::Withheld,
                Standing::Open if values.any(|v| self.is_small(number, v)) => Why::Small,
                Standing::Open | Standing::Forced => continue,
            };
            self.withhold(number, why);
        }
    }

    /// Hides a cell that was not shown yet, and all that go with it.
    fn withhold(&mut self, cell: usize, why: Why) {
        if self.why[cell].is_some() {
            return;
        }
        self.why[cell] = Some(why);
        self.reader.withhold(cell, matches!(why, Why::With(_)));
        for at in 0..self.followers[cell].len() {
            let follower = self.followers[cell][at];
            if self.system.cells[follower].standing != Standing::Forced {
                self.withhold(follower, Why::With(cell));
            }
        }
    }

    /// Keeps the numbers of a hidden cell from being found out, each as far as it may tell of few. That a
    /// number is large may be known, and then how large: a cell that is hidden for the sake of others tells
    /// nothing by itself, and what follows from it follows from what is shown.
    fn keep_cell(&mut self, cell: usize) {
        let it = &self.system.cells[cell];
        let nought = self.rule.noughts_shown || it.nought_is_shown;
        let of_cell = &self.reader.cells[cell];
        let mut sums: Vec<usize> = of_cell.shows.iter().chain(&of_cell.guards).copied().collect();
        sums.sort_unstable();
        sums.dedup();
        for sum in sums {
            let width = self.width(sum);
            self.audit.lower(sum, width);
            // That nobody stands beside a figure would be printed: who works out half of it has less than that.
            if it.nought_is_shown && self.reader.sums[sum].value == 0 {
                continue;
            }
            self.keep(Secret { width, nought, ..self.secret(sum) }, Whose::Cell(cell));
        }
    }

    /// A number that may not be found out as long as it may be small.
    fn secret(&self, sum: usize) -> Secret {
        let truth = self.reader.sums[sum].value;
        let (width, many) = (self.width(sum), self.many());
        Secret { sum, width, many, nought: false, open_at_nought: false, truth, cell: None }
    }

    fn keep(&mut self, secret: Secret, whose: Whose) {
        let cell = if let Whose::Cell(cell) = whose { Some(cell) } else { None };
        self.whose.push(whose);
        self.audit.add(&self.reader, Secret { cell, ..secret });
    }

    /// Takes the cells from the most important down; hides those that would give a secret away by
    /// adding and subtracting.
    fn secondary(&mut self) {
        let mut known = Elimination::new(self.reader.inner.len());
        let sum = |reader: &Reader, number: usize| modulo(reader.sums[number].form.terms());
        for number in 0..self.reader.sums.len() {
            if self.reader.sums[number].is_known() {
                known.know(&sum(&self.reader, number));
            }
        }
        let mut open = Vec::new();
        for cell in 0..self.system.cells.len() {
            if self.why[cell].is_some() {
                continue;
            }
            if self.is_forced(cell) {
                self.reader.show(cell);
                for at in 0..self.reader.cells[cell].shows.len() {
                    known.know(&sum(&self.reader, self.reader.cells[cell].shows[at]));
                }
            } else {
                open.push(cell);
            }
        }
        let primary: Vec<bool> = self.why.iter().map(Option::is_some).collect();
        for cell in (0..primary.len()).filter(|cell| primary[*cell]) {
            self.keep_cell(cell);
        }
        for place in 0..self.reader.secrets.len() {
            let secret = self.secret(self.reader.secrets[place]);
            // Of a secret that is not small it is only kept what it is.
            let small = self.rule.is_small(secret.truth);
            let secret = if small { secret } else { Secret { width: 1, many: i64::MAX, ..secret } };
            self.keep(secret, Whose::Secret(place));
        }
        for place in 0..self.reader.differences.len() {
            let secret = self.secret(self.reader.differences[place]);
            let width = i64::try_from(self.rule.width).unwrap_or(i64::MAX);
            self.keep(Secret { width, open_at_nought: true, ..secret }, Whose::Difference(place));
        }
        self.give_up_what_is_known();
        for secret in 0..self.audit.secrets.len() {
            let it = &self.audit.secrets[secret];
            let truth = self.reader.sums[it.sum].value;
            if it.is_told_by((truth, truth)) {
                known.keep_secret(&sum(&self.reader, it.sum), secret);
            }
        }
        open.sort_by_key(|cell| {
            let it = &self.system.cells[*cell];
            (std::cmp::Reverse((it.rank, it.weight)), *cell)
        });
        for cell in open {
            if self.why[cell].is_some() {
                continue;
            }
            let sums: Vec<_> =
                self.reader.cells[cell].shows.iter().map(|s| sum(&self.reader, *s)).collect();
            match known.betrays(&sums) {
                Some(secret) => {
                    let why = Why::Protects { whose: self.whose[secret], doubt: None };
                    self.withhold(cell, why);
                }
                None => {
                    self.reader.show(cell);
                    sums.iter().for_each(|sum| known.know(sum));
                }
            }
        }
        for cell in (0..primary.len()).filter(|cell| !primary[*cell]) {
            if self.why[cell].is_some() {
                self.keep_cell(cell);
            }
        }
    }

    /// Secrets that what the reader has already gives away, even if nothing further is shown. Hiding
    /// cells for their sake would help nobody.
    fn give_up_what_is_known(&mut self) {
        let says_something = |sum: &super::reader::Sum| sum.is_known() && sum.value != 0;
        if !self.reader.sums.iter().any(says_something) {
            return;
        }
        for (secret, doubt) in self.audit.attack(&self.reader) {
            self.lost.push((self.whose[secret], doubt));
            self.audit.forget(secret);
        }
        // What proves them safe now need not do so when more is shown.
        self.audit.restart();
    }

    /// Attacks, and hides a further cell for each secret that is not safe, until all are.
    fn repair(&mut self) {
        loop {
            let doubts = self.audit.attack(&self.reader);
            let mut changed = false;
            for &(secret, doubt) in &doubts {
                // A cell hidden for another secret may have made this one safe.
                let mended =
                    changed && self.audit.try_swaps(&self.reader, &self.nothing, secret, QUICK);
                if !mended {
                    changed |= self.mend(secret, doubt);
                }
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
            if unproven && self.audit.try_swaps(&self.reader, &self.nothing, secret, LONG) {
                continue;
            }
            self.lost.push((self.whose[secret], doubt));
            self.audit.forget(secret);
        }
    }

    /// Hides the cheapest further cell that makes a secret safe; if no single one does, the cheapest
    /// that has to do with it. Gives false if there is none.
    fn mend(&mut self, secret: usize, doubt: Doubt) -> bool {
        let near = self.near(self.audit.secrets[secret].sum);
        for &cell in near.iter().take(TRIALS) {
            let before = self.audit.remember();
            self.reader.hide(cell, false);
            let safe = self.audit.try_swaps(&self.reader, &self.nothing, secret, QUICK);
            self.reader.reveal(cell);
            if safe {
                self.hide(cell, secret, doubt);
                return true;
            }
            self.audit.restore(before);
        }
        match near.first() {
            Some(&cell) => {
                self.hide(cell, secret, doubt);
                true
            }
            None => false,
        }
    }

    /// Shown cells that may be hidden and stand closest to a sum: by the fewest sums that hold, whether they
    /// are shown or hold by definition. Among these the cheapest first, and of those alike the ones in sums
    /// with few members.
    fn near(&self, sum: usize) -> Vec<usize> {
        let reader = &self.reader;
        let mut closest: Vec<Option<usize>> = vec![None; reader.sums.len()];
        let mut reached: BTreeSet<usize> = BTreeSet::new();
        let mut seen = vec![false; reader.sums.len()];
        let mut edge: BTreeSet<usize> =
            reader.sums[sum].form.terms().iter().map(|(inner, _)| *inner).collect();
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
    fn spare(&mut self) {
        let mut secondary: Vec<usize> = (0..self.why.len())
            .filter(|cell| matches!(self.why[*cell], Some(Why::Protects { .. })))
            .filter(|cell| self.followers[*cell].is_empty())
            .collect();
        secondary.sort_by_key(|cell| {
            let it = &self.system.cells[*cell];
            (std::cmp::Reverse((it.rank, it.weight)), *cell)
        });
        for cell in secondary {
            let before = self.audit.remember();
            let why = self.why[cell].take();
            self.reader.reveal(cell);
            let shows = self.reader.cells[cell].shows.clone();
            let shaken = self.audit.shaken(&self.reader, &shows);
            let mut bounds: Option<Bounds> = None;
            let safe = shaken.into_iter().all(|secret| {
                let own = self.audit.secrets[secret].cell == Some(cell);
                own || self.audit.try_swaps(&self.reader, &self.nothing, secret, QUICK) || {
                    let bounds = bounds.get_or_insert_with(|| self.reader.bounds());
                    self.audit.is_harmless(&self.reader, bounds, secret)
                }
            });
            if safe {
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

    fn finish(mut self) -> Protection {
        for secret in self.audit.recheck(&self.reader) {
            self.lost.push((self.whose[secret], Doubt::Unproven));
        }
        // What was settled with the last of the work may be settled once more.
        self.audit.work_left = WORK;
        let doubts = self.audit.attack(&self.reader);
        self.lose(doubts);
        let live = (0..self.audit.secrets.len()).filter(|s| self.audit.secrets[*s].width > 0);
        let open = live.clone().filter(|secret| {
            self.audit.is_safe(*secret) && !self.audit.secrets[*secret].open_at_nought
        });
        let widths = open.map(|secret| self.audit.width(secret));
        self.audited.narrowest = widths.min().and_then(|width| u64::try_from(width).ok());
        self.audited.attacked = live.count();
        self.audited.failures = self.audit.failures;
        self.audited.unsafe_secrets = self.lost;
        Protection { hidden: self.why, audited: self.audited }
    }
}
