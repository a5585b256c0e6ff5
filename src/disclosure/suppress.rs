//! Which cells to hide: primary, secondary, audit, repair, and what turned out not to be needed.

use super::audit::Audit;
use super::components;
use super::elimination::{Elimination, modulo};
use super::reader::{Bounds, Reader};
use super::secrets::{Doubt, Secret, ends};
use super::system::{Rule, Standing, System};
use super::work::Work;

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
    /// How many cells are hidden though nobody found what they would give away: that they give nothing away was
    /// not proved within the work that is allowed.
    pub unproved: usize,
    /// Hidden numbers that cannot be kept secret whatever is hidden, because too much is known already. Nothing may be
    /// published before somebody has looked at it.
    pub unsafe_secrets: Vec<(Whose, Doubt)>,
}

/// Which cells are hidden, and how well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protection {
    pub(super) hidden: Vec<Option<Why>>,
    pub(super) audited: Audited,
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

/// How much work may be done for a component, and for each of its cells besides: about four seconds, and 2
/// milliseconds. What of a large table is not settled when it is used up is settled by hiding more. Where nothing was
/// released before, a thousandth of it is enough for most; with two years of releases it has to last longer.
const WORK: (u64, u64) = (12_000_000_000, 2_000_000);
/// How much of it goes into mending step by step before that is given up.
const PATIENCE: (u64, u64) = (8_000_000_000, 1_500_000);

/// Components of which more cells than this are yet to be decided are not mended step by step.
const LARGE: usize = 2_000;

fn is_large(system: &System) -> bool {
    system.saying().filter(|cell| cell.standing == Standing::Open).count() > LARGE
}

/// How what the attack finds is mended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mending {
    /// By one or two cells at a time, and then it is attacked anew: hides least where each step mends much.
    StepByStep,
    /// By as many cells at once as prove a secret: gets there where steps lead nowhere.
    AtAnyPrice,
}

/// Decides which cells of a system to hide, and attacks what is left until every hidden number is as
/// uncertain as the rule demands. The same system gives the same answer, however many threads there are.
#[must_use]
pub fn protect(system: &System, rule: &Rule) -> Protection {
    components::each(system, |component| {
        let cells = component.saying().count() as u64;
        protect_within(component, rule, |(once, each)| Work::of(once + each * cells))
    })
}

/// Protects one component within the work that is allowed. With less, less is published.
pub(super) fn protect_within(
    system: &System,
    rule: &Rule,
    allowed: impl Fn((u64, u64)) -> Work,
) -> Protection {
    let hiding = |mending, work| Suppression::new(system, *rule, mending, allowed(work));
    let step_by_step =
        (!is_large(system)).then(|| hiding(Mending::StepByStep, PATIENCE).run()).flatten();
    step_by_step.unwrap_or_else(|| {
        let mut at_any_price = hiding(Mending::AtAnyPrice, WORK);
        at_any_price.suppress();
        at_any_price.settle();
        at_any_price.finish()
    })
}

/// What is hidden of a system in which nothing is left to decide, because every cell is forced or withheld; nothing
/// where one is open. Nothing is attacked.
#[must_use]
pub fn settled(system: &System) -> Option<Protection> {
    let decided = |cell: &super::system::Cell| match cell.standing {
        Standing::Open => None,
        Standing::Forced => Some(None),
        Standing::Withheld => Some(Some(Why::Withheld)),
    };
    let hidden = system.cells.iter().map(decided).collect::<Option<_>>()?;
    Some(Protection { hidden, audited: Audited::default() })
}

/// What is hidden before anything is attacked: to show what that would miss.
#[cfg(test)]
pub(crate) fn by_elimination_alone(system: &System, rule: &Rule) -> Protection {
    let mut work = Suppression::new(system, *rule, Mending::AtAnyPrice, Work::of(0));
    work.primary();
    work.secondary();
    Protection { hidden: work.why, audited: Audited::default() }
}

pub(super) struct Suppression<'s> {
    pub(super) system: &'s System,
    pub(super) rule: Rule,
    pub(super) reader: Reader,
    pub(super) why: Vec<Option<Why>>,
    pub(super) mending: Mending,
    allowance: Work,
    /// For each cell what it costs to hide it; nothing if it cannot be.
    pub(super) prices: Vec<Option<u64>>,
    /// For each cell those that go with it.
    pub(super) followers: Vec<Vec<usize>>,
    pub(super) audit: Audit,
    /// No bounds: what is quick to try is tried without working them out.
    pub(super) nothing: Bounds,
    /// For each secret of the audit, whose it is.
    pub(super) whose: Vec<Whose>,
    pub(super) lost: Vec<(Whose, Doubt)>,
    pub(super) audited: Audited,
}

impl<'s> Suppression<'s> {
    fn new(system: &'s System, rule: Rule, mending: Mending, allowance: Work) -> Self {
        let mut followers = vec![Vec::new(); system.cells.len()];
        for (number, cell) in system.cells.iter().enumerate() {
            if let Some(leader) = cell.with {
                followers[leader].push(number);
            }
        }
        let reader = Reader::new(system, &rule);
        let mut suppression = Self {
            system,
            rule,
            mending,
            allowance,
            audit: Audit::new(&reader, allowance, !is_large(system)),
            nothing: Bounds::none(reader.inner.len()),
            reader,
            why: vec![None; system.cells.len()],
            followers,
            whose: Vec::new(),
            lost: Vec::new(),
            audited: Audited::default(),
            prices: Vec::new(),
        };
        suppression.set_prices();
        suppression
    }

    /// Hides what has to be hidden, and shows again what need not be.
    fn suppress(&mut self) {
        self.primary();
        self.secondary();
        self.repair();
        self.spare();
        // What is shown again is looked at once more, all together.
        self.repair();
    }

    /// Hides and attacks; nothing if the work that is allowed was used up.
    fn run(mut self) -> Option<Protection> {
        self.suppress();
        if !self.audit.work.is_spent() {
            self.settle();
        }
        // What was broken off is not safe.
        (!self.audit.work.is_spent()).then(|| self.finish())
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
    pub(super) fn is_forced(&self, cell: usize) -> bool {
        let it = &self.system.cells[cell];
        let forces = it.standing == Standing::Open && !self.rule.noughts_give_way;
        it.standing == Standing::Forced || (forces && self.is_shown_nought(cell))
    }

    /// Whether nobody is in a cell, and the rule would have it shown.
    pub(super) fn is_shown_nought(&self, cell: usize) -> bool {
        let shows = self.rule.noughts_shown || self.system.cells[cell].nought_is_shown;
        shows && self.reader.is_nought(cell)
    }

    /// Whether a cell is hidden to protect others only when nothing else helps.
    pub(super) fn goes_last(&self, cell: usize) -> bool {
        self.system.cells[cell].last || self.is_shown_nought(cell)
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
    pub(super) fn keep_cell(&mut self, cell: usize) {
        let it = &self.system.cells[cell];
        let nought = self.rule.noughts_shown || it.nought_is_shown;
        let of_cell = &self.reader.cells[cell];
        let mut sums: Vec<usize> = of_cell.shows.iter().chain(&of_cell.guards).copied().collect();
        sums.sort_unstable();
        sums.dedup();
        for sum in sums {
            let width = self.width(sum);
            self.audit.secrets.lower(sum, width);
            if self.cannot_be_told(sum) {
                continue;
            }
            self.keep(Secret { width, nought, ..self.secret(sum) }, Whose::Cell(cell));
        }
    }

    /// Whether a number is so large that nothing tells of few: who knows it nearer than any width that may be
    /// asked for knows that it is not small.
    fn cannot_be_told(&self, sum: usize) -> bool {
        let Rule { threshold, width, width_from_nought, .. } = self.rule;
        let large = threshold.saturating_add(width.max(width_from_nought)).saturating_sub(1);
        self.reader.sums[sum].value >= i64::try_from(large).unwrap_or(i64::MAX)
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
        self.audit.secrets.add(&self.reader, Secret { cell, ..secret });
    }

    /// Puts cells that readers would miss most before those that they miss less.
    pub(super) fn sort_dearest_first(&self, cells: &mut [usize]) {
        cells.sort_by_key(|cell| {
            let it = &self.system.cells[*cell];
            (std::cmp::Reverse((self.goes_last(*cell), it.rank, it.weight)), *cell)
        });
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
            // What was hidden before is kept as what is hidden now: that it is large may be worked out.
            let sum = self.reader.secrets[place];
            if !self.cannot_be_told(sum) {
                self.keep(self.secret(sum), Whose::Secret(place));
            }
        }
        for place in 0..self.reader.differences.len() {
            let secret = self.secret(self.reader.differences[place]);
            let width = i64::try_from(self.rule.width).unwrap_or(i64::MAX);
            self.keep(Secret { width, open_at_nought: true, ..secret }, Whose::Difference(place));
        }
        let says_something = |sum: &super::reader::Sum| sum.is_known() && sum.value != 0;
        let has_numbers = self.reader.sums.iter().any(says_something);
        if has_numbers {
            self.give_up_what_is_known();
        }
        for secret in 0..self.audit.secrets.len() {
            let it = &self.audit.secrets[secret];
            let truth = self.reader.sums[it.sum].value;
            let follows = it.is_told_by((truth, truth))
                && !known.keep_secret(&sum(&self.reader, it.sum), secret);
            if follows && has_numbers {
                self.give_up(secret, Doubt::Between(truth, truth));
            }
        }
        self.sort_dearest_first(&mut open);
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

    /// Secrets that single sums give away which the reader has already. Hiding cells for their sake would help
    /// nobody.
    fn give_up_what_is_known(&mut self) {
        let bounds = self.reader.bounds();
        let is_told =
            |it: &Self, secret: usize| it.audit.secrets.is_told(&it.reader, &bounds, secret);
        for secret in 0..self.audit.secrets.len() {
            if is_told(self, secret) {
                self.makes_do_with_less(secret);
            }
            if is_told(self, secret) {
                let (low, high) = ends(&self.reader, &bounds, self.audit.secrets[secret].sum);
                self.give_up(secret, Doubt::Between(low, high));
            }
        }
    }

    /// Attacks all once more, and goes through all tables that were found.
    fn settle(&mut self) {
        // What was settled with the last of the work has to be settled once more.
        self.audit.work = self.allowance;
        self.repair();
        for secret in self.audit.secrets.recheck(&self.reader) {
            self.lost.push((self.whose[secret], Doubt::Unproven));
        }
    }

    fn finish(mut self) -> Protection {
        let live = (0..self.audit.secrets.len()).filter(|s| self.audit.secrets[*s].width > 0);
        let open = live.clone().filter(|secret| {
            self.audit.secrets.is_safe(*secret) && !self.audit.secrets[*secret].open_at_nought
        });
        let widths = open.map(|secret| self.audit.secrets.width(secret));
        self.audited.narrowest = widths.min().and_then(|width| u64::try_from(width).ok());
        self.audited.attacked = live.count();
        self.audited.failures = self.audit.failures;
        let unproved = Some(Doubt::Unproven);
        let is_unproved = |why: &&Option<Why>| matches!(why, Some(Why::Protects { doubt, .. }) if *doubt == unproved);
        self.audited.unproved = self.why.iter().filter(is_unproved).count();
        self.audited.unsafe_secrets = self.lost;
        Protection { hidden: self.why, audited: self.audited }
    }
}
