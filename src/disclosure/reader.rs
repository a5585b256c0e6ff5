//! What one reader knows, while cells are being hidden: the numbers that are shown, and that what is
//! hidden is not nought.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::system::{Form, Rule, Standing, System};

/// A number that was not bounded from above.
pub(super) const UNBOUNDED: i64 = i64::MAX / 4;

/// One distinct sum over inner cells.
#[derive(Debug)]
pub(super) struct Sum {
    /// Inner cells, merged, and multiplicities.
    pub(super) form: Form,
    /// What it truly comes to.
    pub(super) value: i64,
    /// How many shown cells and other sources state it.
    stated: u32,
    /// How many hidden cells say that it is at least 1.
    above_nought: u32,
}

impl Sum {
    /// Whether the reader knows it.
    pub(super) fn is_known(&self) -> bool {
        self.stated > 0
    }

    /// Whether the reader would know it without so many of its statements.
    pub(super) fn is_known_without(&self, statements: u32) -> bool {
        self.stated > statements
    }

    /// Whether the reader knows that it is at least 1.
    pub(super) fn is_above_nought(&self) -> bool {
        self.above_nought > 0
    }
}

/// A cell by the numbers of its sums.
#[derive(Debug)]
pub(super) struct Shows {
    /// What it shows; the whole last.
    pub(super) shows: Vec<usize>,
    /// What follows from it.
    pub(super) guards: Vec<usize>,
    /// Whether its being hidden says that it is not nought.
    pub(super) tells_above_nought: bool,
    /// Whether it is shown.
    pub(super) is_shown: bool,
}

/// Smallest and largest possible values.
#[derive(Debug, Clone)]
pub(super) struct Bounds {
    pub(super) low: Vec<i64>,
    pub(super) high: Vec<i64>,
}

impl Bounds {
    /// What everybody knows of so many inner cells: they are not below nought.
    pub(super) fn none(inner: usize) -> Self {
        Self { low: vec![0; inner], high: vec![UNBOUNDED; inner] }
    }

    /// The bounds of a sum, as far as they follow from those of its inner cells.
    pub(super) fn of(&self, form: &Form) -> (i64, i64) {
        let (mut low, mut high) = (0_i64, 0_i64);
        for &(inner, times) in form.terms() {
            let ends = [self.low[inner], self.high[inner]]
                .map(|end| if end >= UNBOUNDED { UNBOUNDED * times.signum() } else { end * times });
            let (least, most) = if times > 0 { (ends[0], ends[1]) } else { (ends[1], ends[0]) };
            low = low.saturating_add(least).max(-UNBOUNDED);
            high = high.saturating_add(most).min(UNBOUNDED);
        }
        (low, high)
    }
}

/// The state of knowledge.
#[derive(Debug)]
pub(super) struct Reader {
    /// What each inner cell truly holds. Inner cells that always stand together are one.
    pub(super) inner: Vec<i64>,
    /// All sums that are spoken of.
    pub(super) sums: Vec<Sum>,
    /// For each inner cell the sums that it is in, with its multiplicity.
    pub(super) sums_of: Vec<Vec<(usize, i64)>>,
    /// The cells.
    pub(super) cells: Vec<Shows>,
    /// For each sum the cells that state it when they are shown.
    pub(super) stating: Vec<Vec<usize>>,
    /// For each cell whether the reader takes it that it is hidden because it is not nought.
    told: Vec<bool>,
    /// The sums of the system's own secrets.
    pub(super) secrets: Vec<usize>,
    /// Those of its differences.
    pub(super) differences: Vec<usize>,
}

impl Reader {
    /// A reader who is shown nothing yet but what they have already, and noughts.
    pub(super) fn new(system: &System, rule: &Rule) -> Self {
        let mut numbers: HashMap<Form, usize> = HashMap::new();
        let mut forms: Vec<Form> = Vec::new();
        let mut number = |form: &Form| match numbers.get(form) {
            Some(number) => *number,
            None => {
                numbers.insert(form.clone(), forms.len());
                forms.push(form.clone());
                forms.len() - 1
            }
        };
        let mut cells = Vec::with_capacity(system.cells.len());
        for cell in &system.cells {
            let shows = cell.shows.iter().map(&mut number).collect();
            let guards = cell.guards.iter().map(&mut number).collect();
            let tells_above_nought = (rule.noughts_shown || cell.nought_is_shown)
                && !rule.noughts_give_way
                && cell.standing != Standing::Withheld;
            cells.push(Shows { shows, guards, tells_above_nought, is_shown: false });
        }
        let known: Vec<usize> = system.known.iter().map(&mut number).collect();
        let above_nought: Vec<usize> = system.above_nought.iter().map(&mut number).collect();
        let secrets: Vec<usize> = system.secrets.iter().map(&mut number).collect();
        let differences: Vec<usize> = system.differences.iter().map(&mut number).collect();

        let (inner, forms) = merged(&system.inner, forms);
        let mut sums_of = vec![Vec::new(); inner.len()];
        for (sum, form) in forms.iter().enumerate() {
            form.terms().iter().for_each(|(at, times)| sums_of[*at].push((sum, *times)));
        }
        let sum = |form: Form| {
            let value = form.terms().iter().map(|(at, times)| inner[*at] * times).sum();
            Sum { form, value, stated: 0, above_nought: 0 }
        };
        let sums: Vec<Sum> = forms.into_iter().map(sum).collect();
        let told = vec![false; cells.len()];
        let mut stating: Vec<Vec<usize>> = vec![Vec::new(); sums.len()];
        for (cell, of_cell) in cells.iter().enumerate() {
            for &sum in &of_cell.shows {
                if stating[sum].last() != Some(&cell) {
                    stating[sum].push(cell);
                }
            }
        }
        let mut reader = Self { inner, sums, sums_of, cells, stating, told, secrets, differences };
        known.into_iter().for_each(|sum| reader.sums[sum].stated += 1);
        above_nought.into_iter().for_each(|sum| reader.sums[sum].above_nought += 1);
        reader
    }

    /// Whether nobody is in a cell.
    pub(super) fn is_nought(&self, cell: usize) -> bool {
        self.cells[cell].shows.last().is_none_or(|whole| self.sums[*whole].value == 0)
    }

    /// Shows a cell for the first time.
    pub(super) fn show(&mut self, cell: usize) {
        self.cells[cell].is_shown = true;
        for at in 0..self.cells[cell].shows.len() {
            let sum = self.cells[cell].shows[at];
            self.sums[sum].stated += 1;
        }
    }

    /// Shows a cell that was hidden.
    pub(super) fn reveal(&mut self, cell: usize) {
        self.tell(cell, false);
        self.show(cell);
    }

    /// Hides a cell that was never shown. One that only goes with another may well be nought.
    pub(super) fn withhold(&mut self, cell: usize, goes_with: bool) {
        self.tell(cell, !goes_with);
    }

    /// Hides a cell that was shown.
    pub(super) fn hide(&mut self, cell: usize, goes_with: bool) {
        self.withhold(cell, goes_with);
        self.cells[cell].is_shown = false;
        for at in 0..self.cells[cell].shows.len() {
            let sum = self.cells[cell].shows[at];
            self.sums[sum].stated -= 1;
        }
    }

    /// Tells the reader, or takes it back, that a cell is not nought.
    fn tell(&mut self, cell: usize, is_hidden: bool) {
        let Shows { shows, tells_above_nought, .. } = &self.cells[cell];
        let tells = is_hidden && *tells_above_nought;
        if let (Some(&whole), true) = (shows.last(), tells != self.told[cell]) {
            let told = &mut self.sums[whole].above_nought;
            *told = if tells { *told + 1 } else { told.saturating_sub(1) };
            self.told[cell] = tells;
        }
    }

    /// The bounds that follow from each known number by itself, again and again.
    pub(super) fn bounds(&self) -> Bounds {
        self.tightened(Bounds::none(self.inner.len()), 0..self.sums.len())
    }

    /// What follows for bounds that hold already, now that these sums may have become known.
    pub(super) fn tightened(
        &self,
        mut bounds: Bounds,
        sums: impl IntoIterator<Item = usize>,
    ) -> Bounds {
        let mut waits = vec![false; self.sums.len()];
        let mut queue: VecDeque<usize> = sums
            .into_iter()
            .filter(|&sum| self.sums[sum].is_known() || self.sums[sum].is_above_nought())
            .inspect(|&sum| waits[sum] = true)
            .collect();
        // Bounds can creep up one by one for long; what has not been found by then the audit finds.
        let mut budget = 40 * self.sums.len() + 400;
        while let Some(number) = queue.pop_front() {
            waits[number] = false;
            let Some(left) = budget.checked_sub(1) else { break };
            budget = left;
            for inner in self.tighten(&self.sums[number], &mut bounds) {
                for &(other, _) in &self.sums_of[inner] {
                    let sum = &self.sums[other];
                    if !waits[other] && (sum.is_known() || sum.is_above_nought()) {
                        waits[other] = true;
                        queue.push_back(other);
                    }
                }
            }
        }
        bounds
    }

    /// Tightens the bounds of the inner cells of one sum; gives those that changed.
    fn tighten(&self, sum: &Sum, bounds: &mut Bounds) -> Vec<usize> {
        let (least, most) = if sum.is_known() { (sum.value, sum.value) } else { (1, UNBOUNDED) };
        let mut low = Ends::default();
        let mut high = Ends::default();
        for &(inner, times) in sum.form.terms() {
            let (a, b) = (bounds.low[inner], bounds.high[inner]);
            low.add(times, if times > 0 { a } else { b });
            high.add(times, if times > 0 { b } else { a });
        }
        let mut changed = Vec::new();
        for &(inner, times) in sum.form.terms() {
            let (a, b) = (bounds.low[inner], bounds.high[inner]);
            let others_low = low.without(times, if times > 0 { a } else { b });
            let others_high = high.without(times, if times > 0 { b } else { a });
            let (mut new_low, mut new_high) = (a, b);
            if let (Some(rest), true) = (others_low, most < UNBOUNDED) {
                let room = most - rest;
                if times > 0 {
                    new_high = new_high.min(room.div_euclid(times));
                } else {
                    new_low = new_low.max(-room.div_euclid(-times));
                }
            }
            if let Some(rest) = others_high {
                let need = least - rest;
                if times > 0 {
                    new_low = new_low.max(-(-need).div_euclid(times));
                } else {
                    new_high = new_high.min((-need).div_euclid(-times));
                }
            }
            if new_low > a || new_high < b {
                bounds.low[inner] = new_low.max(a);
                bounds.high[inner] = new_high.min(b);
                changed.push(inner);
            }
        }
        changed
    }
}

/// A sum of ends, of which some are unbounded.
#[derive(Default)]
struct Ends {
    finite: i64,
    unbounded: u32,
}

impl Ends {
    fn add(&mut self, times: i64, end: i64) {
        if end >= UNBOUNDED { self.unbounded += 1 } else { self.finite += times * end }
    }

    /// The sum without one of its ends, if it is bounded.
    fn without(&self, times: i64, end: i64) -> Option<i64> {
        match (end >= UNBOUNDED, self.unbounded) {
            (true, 1) => Some(self.finite),
            (false, 0) => Some(self.finite - times * end),
            _ => None,
        }
    }
}

/// Inner cells that stand in the same sums, equally often, can never be told apart: they become one.
fn merged(inner: &[u64], forms: Vec<Form>) -> (Vec<i64>, Vec<Form>) {
    let mut stands: Vec<Vec<(usize, i64)>> = vec![Vec::new(); inner.len()];
    for (sum, form) in forms.iter().enumerate() {
        form.terms().iter().for_each(|(at, times)| stands[*at].push((sum, *times)));
    }
    let mut classes: BTreeMap<&[(usize, i64)], usize> = BTreeMap::new();
    let mut counts: Vec<i64> = Vec::new();
    let class_of: Vec<Option<usize>> = stands
        .iter()
        .zip(inner)
        .map(|(stands, count)| {
            if stands.is_empty() {
                return None;
            }
            let class = *classes.entry(stands).or_insert_with(|| {
                counts.push(0);
                counts.len() - 1
            });
            counts[class] += i64::try_from(*count).unwrap_or(i64::MAX);
            Some(class)
        })
        .collect();
    let merge = |form: &Form| {
        let mut terms: Vec<(usize, i64)> =
            form.terms().iter().filter_map(|(at, times)| Some((class_of[*at]?, *times))).collect();
        terms.sort_unstable();
        terms.dedup();
        Form::of(terms)
    };
    let forms = forms.iter().map(merge).collect();
    (counts, forms)
}
