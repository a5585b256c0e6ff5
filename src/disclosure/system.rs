//! What is to be protected, as numbers and sums of numbers only: no definitions, no periods, no places.

/// A sum of inner cells, each with its multiplicity: what one published number says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Form {
    /// Inner cell and multiplicity, by inner cell, none of them 0.
    terms: Vec<(usize, i64)>,
}

impl Form {
    /// The sum of these inner cells. One that is named twice counts twice.
    #[must_use]
    pub fn sum(of: impl IntoIterator<Item = usize>) -> Self {
        Self::of(of.into_iter().map(|inner| (inner, 1)))
    }

    /// The sum of these inner cells, each so many times.
    #[must_use]
    pub fn of(terms: impl IntoIterator<Item = (usize, i64)>) -> Self {
        let mut sorted: Vec<(usize, i64)> = terms.into_iter().collect();
        sorted.sort_unstable_by_key(|(inner, _)| *inner);
        let mut terms: Vec<(usize, i64)> = Vec::with_capacity(sorted.len());
        for (inner, times) in sorted {
            match terms.last_mut() {
                Some((last, sum)) if *last == inner => *sum += times,
                _ => terms.push((inner, times)),
            }
        }
        terms.retain(|(_, times)| *times != 0);
        Self { terms }
    }

    /// This and that.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self::of(self.terms.iter().chain(&other.terms).copied())
    }

    /// This less that.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        let negative = other.terms.iter().map(|(inner, times)| (*inner, -times));
        Self::of(self.terms.iter().copied().chain(negative))
    }

    /// Inner cells with their multiplicities, by inner cell.
    #[must_use]
    pub fn terms(&self) -> &[(usize, i64)] {
        &self.terms
    }

    /// What it comes to for these inner cells.
    #[must_use]
    pub fn value(&self, inner: &[u64]) -> i64 {
        let count = |at: usize| inner.get(at).map_or(0, |n| i64::try_from(*n).unwrap_or(i64::MAX));
        self.terms.iter().map(|(at, times)| times * count(*at)).sum()
    }
}

/// Whether a cell may be hidden, must be, or may not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standing {
    /// Published unless protection needs it hidden.
    #[default]
    Open,
    /// Published whatever it says: its reader has it already.
    Forced,
    /// Hidden whatever it says.
    Withheld,
}

/// One published cell: the numbers that are shown or hidden together.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    /// What a reader learns when it is shown: for a share the numerator and the denominator. The last
    /// is the whole: when it is nought, there is nobody in the cell.
    pub shows: Vec<Form>,
    /// What follows from it, and may not be small either: denominator less numerator.
    pub guards: Vec<Form>,
    /// Whether it may be hidden.
    pub standing: Standing,
    /// Cells of low rank are hidden before those of high rank: headline totals rank highest.
    pub rank: u32,
    /// Within a rank, light cells are hidden before heavy ones: what hiding it costs.
    pub weight: u64,
    /// Whether it is hidden to protect others only when nothing else helps.
    pub last: bool,
    /// The cell that takes this one with it when it is hidden.
    pub with: Option<usize>,
    /// Whether a nought is shown even where the policy hides noughts.
    pub nought_is_shown: bool,
}

impl Cell {
    /// Whether it is about anybody: where nobody can be, nothing is said.
    #[must_use]
    pub fn says_something(&self) -> bool {
        self.shows.iter().any(|sum| !sum.terms().is_empty())
    }

    /// A cell that shows one count.
    #[must_use]
    pub fn count(form: Form) -> Self {
        Self { shows: vec![form], ..Self::default() }
    }

    /// A cell that shows so many of so many.
    #[must_use]
    pub fn share(numerator: Form, denominator: Form) -> Self {
        let guards = vec![denominator.minus(&numerator)];
        Self { shows: vec![numerator, denominator], guards, ..Self::default() }
    }
}

/// What may be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Counts from 1 to one less than this are small; 0 and 1 hide nothing.
    pub threshold: u64,
    /// Whether noughts are shown. If not, they are small too.
    pub noughts_shown: bool,
    /// Whether noughts that are shown may be hidden all the same, to protect others: where something was released
    /// before, which they would undo. Then nothing that is hidden is known not to be nought.
    pub noughts_give_way: bool,
    /// A hidden number that may be small must be possible from one value to another at least so far above
    /// it, if the reader knows that it is not nought.
    pub width: u64,
    /// The same for a number that may be nought for all that the reader knows.
    pub width_from_nought: u64,
}

impl Rule {
    /// The rule with the widths that follow from its threshold: counts that are hidden together never
    /// add up to a small one. Where each is at least 1, two that add up to 6 can be 1 or 5; where they
    /// may be nought, nought or 6.
    #[must_use]
    pub fn below(threshold: u64, noughts_shown: bool) -> Self {
        let sure = if noughts_shown { 2 } else { 0 };
        let width = threshold.saturating_sub(sure).max(1);
        let width_from_nought = threshold.max(1);
        Self { threshold, noughts_shown, noughts_give_way: false, width, width_from_nought }
    }

    /// Whether a count is small.
    #[must_use]
    pub fn is_small(&self, count: i64) -> bool {
        let below = i64::try_from(self.threshold).unwrap_or(i64::MAX);
        if count == 0 { below > 0 && !self.noughts_shown } else { count > 0 && count < below }
    }
}

/// Everything that one reader receives and has, as sums over inner cells.
///
/// Inner cells are counts of people (or cases, contacts, …), each in one inner cell only: the finest
/// crossing of whatever is published. A reader knows that they are whole and not below nought, but
/// not what they are.
#[derive(Debug, Clone, Default)]
pub struct System {
    /// What each inner cell truly holds.
    pub inner: Vec<u64>,
    /// The cells to publish.
    pub cells: Vec<Cell>,
    /// What the reader knows whatever is hidden: what was published to them before, and sums that
    /// hold by definition (`a + b − c`, which is nought).
    pub known: Vec<Form>,
    /// What they know not to be nought: what was hidden from them before, where noughts are shown.
    pub above_nought: Vec<Form>,
    /// What they may not find out though no cell shows it, such as what was hidden from them before.
    /// Those that are not small are kept only from being found exactly.
    pub secrets: Vec<Form>,
    /// Small numbers between what is published: differences, that are nobody's figure. Whether there is
    /// anybody at all has to stay open, or else how many, as for secrets.
    pub differences: Vec<Form>,
}

impl System {
    /// Adds an inner cell and gives its number.
    pub fn add_inner(&mut self, count: u64) -> usize {
        self.inner.push(count);
        self.inner.len() - 1
    }

    /// How many a sum comes to that cannot be below nought.
    #[must_use]
    pub fn count(&self, form: &Form) -> u64 {
        u64::try_from(form.value(&self.inner)).unwrap_or(0)
    }

    /// Those of its cells that say something. What is printed of nobody is a cell, too, but no work to keep.
    pub(super) fn saying(&self) -> impl Iterator<Item = &Cell> {
        self.cells.iter().filter(|cell| cell.says_something())
    }

    /// Adds a cell and gives its number.
    pub fn add(&mut self, cell: Cell) -> usize {
        self.cells.push(cell);
        self.cells.len() - 1
    }
}
