//! What a reader can subtract: every sum that holds among the figures of one audience.
//!
//! Each is kept as a balance, left members = right members. Levels come to their total, months to
//! their quarter and year, categories to their denominator; and when a window of twelve months moves
//! on, what it takes in and what it leaves behind account for the change.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::calendar::{Period, PeriodKind};
use crate::protect::figures::Figures;

/// Figures on the left that come to the same as the figures on the right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Balance<'c> {
    /// The parts; for a moving window, what it leaves behind and, last, its later place.
    pub(super) left: &'c [usize],
    /// Their total; for a moving window, what it takes in and, last, its earlier place.
    pub(super) right: &'c [usize],
    /// Whether only numerators balance: the categories of a distribution share one denominator.
    pub(super) numerators_only: bool,
    /// Whether it is a window that moves.
    pub(super) moving: bool,
}

/// That a figure is a member of a balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Membership {
    /// The number of the balance.
    pub(super) balance: usize,
    /// Whether it stands on the right.
    pub(super) on_right: bool,
}

/// All balances of one audience, and where each figure takes part.
#[derive(Debug, Default)]
pub(super) struct Constraints {
    /// The members of all balances, one balance after the other.
    members: Vec<usize>,
    spans: Vec<Span>,
    /// The memberships of all figures, one figure after the other.
    memberships: Vec<Membership>,
    /// Where the memberships of each figure end.
    ends: Vec<usize>,
}

/// Where a balance stands among the members.
#[derive(Debug)]
struct Span {
    left: Range<usize>,
    right: Range<usize>,
    numerators_only: bool,
    moving: bool,
}

impl Constraints {
    /// The balances among these figures, in a fixed order.
    pub(super) fn among(figures: &Figures<'_>) -> Self {
        let mut found = Self::default();
        for (measure, splits) in series(figures) {
            let over_time = figures.adds_over_time.get(measure).copied().unwrap_or(true);
            for (fine_by, fine) in &splits {
                if over_time {
                    fine.rows.iter().for_each(|row| moving_windows(row, &mut found));
                    fine.rows.iter().for_each(|row| years_so_far(row, &mut found));
                }
                for (coarse_by, coarse) in &splits {
                    if coarse_by.iter().all(|by| fine_by.contains(by)) {
                        let same_split = coarse_by.len() == fine_by.len();
                        let among = |by: &[usize]| by.iter().any(|b| Some(*b) == figures.category);
                        let numerators_only = among(fine_by) && !among(coarse_by);
                        let sum = Sum { fine, coarse, same_split, numerators_only, over_time };
                        sum.balances(coarse_by, &mut found);
                    }
                }
            }
        }
        found.note_memberships(figures.all.len());
        found
    }

    /// How many balances there are.
    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }

    /// A balance by number.
    pub(super) fn balance(&self, number: usize) -> Balance<'_> {
        let Span { left, right, numerators_only, moving } = &self.spans[number];
        Balance {
            left: &self.members[left.clone()],
            right: &self.members[right.clone()],
            numerators_only: *numerators_only,
            moving: *moving,
        }
    }

    /// Whether only numerators balance.
    pub(super) fn numerators_only(&self, number: usize) -> bool {
        self.spans[number].numerators_only
    }

    /// The balances of a figure.
    pub(super) fn of(&self, figure: usize) -> &[Membership] {
        let start = if figure == 0 { 0 } else { self.ends[figure - 1] };
        &self.memberships[start..self.ends[figure]]
    }

    fn add(&mut self, left: impl Iterator<Item = usize>, right: impl Iterator<Item = usize>) {
        let start = self.members.len();
        self.members.extend(left);
        let middle = self.members.len();
        self.members.extend(right);
        let (left, right) = (start..middle, middle..self.members.len());
        self.spans.push(Span { left, right, numerators_only: false, moving: false });
    }

    fn note_memberships(&mut self, figures: usize) {
        let mut starts = vec![0; figures + 1];
        self.members.iter().for_each(|figure| starts[figure + 1] += 1);
        for figure in 0..figures {
            starts[figure + 1] += starts[figure];
        }
        let none = Membership { balance: 0, on_right: false };
        self.memberships = vec![none; self.members.len()];
        for (balance, span) in self.spans.iter().enumerate() {
            for place in span.left.start..span.right.end {
                let next = &mut starts[self.members[place]];
                let on_right = span.right.contains(&place);
                self.memberships[*next] = Membership { balance, on_right };
                *next += 1;
            }
        }
        // Each start has moved on to where the memberships of its figure end.
        starts.pop();
        self.ends = starts;
    }
}

/// One measure at one level of a split, over time.
struct Series<'f> {
    levels: &'f [(usize, usize)],
    figures: Vec<(Period, usize)>,
}

impl Series<'_> {
    fn at(&self, period: Period) -> Option<usize> {
        let found = self.figures.binary_search_by_key(&period, |(p, _)| *p).ok()?;
        self.figures.get(found).map(|(_, figure)| *figure)
    }
}

/// One measure split one way.
#[derive(Default)]
struct Split<'f> {
    rows: Vec<Series<'f>>,
    /// The periods of the split. A level without a figure in one of them has nobody in it.
    periods: BTreeSet<Period>,
}

type Splits<'f> = BTreeMap<Vec<usize>, Split<'f>>;

/// The figures that add up, by measure and by the breakdowns that split them.
fn series<'f>(figures: &'f Figures<'_>) -> BTreeMap<usize, Splits<'f>> {
    let mut measures: BTreeMap<usize, Splits<'f>> = BTreeMap::new();
    let numbered: Vec<_> = figures.all.iter().enumerate().filter(|(_, f)| !f.ratio).collect();
    for row in numbered
        .chunk_by(|(_, a), (_, b)| a.key.measure == b.key.measure && a.key.levels == b.key.levels)
    {
        let Some((_, first)) = row.first() else { continue };
        let by = first.key.levels.iter().map(|(by, _)| *by).collect();
        let split = measures.entry(first.key.measure).or_default().entry(by).or_default();
        split.periods.extend(row.iter().map(|(_, f)| f.key.period));
        let figures = row.iter().map(|(number, f)| (f.key.period, *number)).collect();
        split.rows.push(Series { levels: &first.key.levels, figures });
    }
    measures
}

/// A fine split that sums to a coarse one (or to itself, over time only).
struct Sum<'s, 'f> {
    fine: &'s Split<'f>,
    coarse: &'s Split<'f>,
    same_split: bool,
    numerators_only: bool,
    over_time: bool,
}

impl Sum<'_, '_> {
    fn balances(&self, coarse_by: &[usize], out: &mut Constraints) {
        let mut parts: BTreeMap<Vec<(usize, usize)>, Vec<&Series<'_>>> = BTreeMap::new();
        for row in &self.fine.rows {
            let kept = row.levels.iter().copied().filter(|(by, _)| coarse_by.contains(by));
            parts.entry(kept.collect()).or_default().push(row);
        }
        for total in &self.coarse.rows {
            let Some(rows) = parts.get(total.levels) else { continue };
            for &(period, figure) in &total.figures {
                for kind in PeriodKind::ALL {
                    let tiles = self.tiles(period, kind);
                    let left = rows.iter().flat_map(|row| tiles.iter().filter_map(|t| row.at(*t)));
                    if !tiles.is_empty() {
                        out.add(left, std::iter::once(figure));
                        if let Some(span) = out.spans.last_mut() {
                            span.numerators_only = self.numerators_only;
                        }
                    }
                }
            }
        }
    }

    /// The periods of this kind whose fine figures come to the coarse figure of `period`; none if they
    /// do not all stand in the tables.
    ///
    /// A sum over levels and periods at once is kept beside its two steps: when the figure between
    /// them is hidden, the steps by themselves do not show what the whole gives away.
    fn tiles(&self, period: Period, kind: PeriodKind) -> Vec<Period> {
        let (same_split, same_kind) = (self.same_split, kind == period.kind);
        // A financial year is the twelve months to March, and also the year so far; once is enough.
        let mirror = matches!(kind, PeriodKind::FinancialYear | PeriodKind::FinancialYearToDate);
        if (same_split && (same_kind || mirror)) || (!same_kind && !self.over_time) {
            return Vec::new();
        }
        let tiles = tiles(period, kind);
        let standing = tiles.iter().all(|tile| self.fine.periods.contains(tile));
        if standing { tiles } else { Vec::new() }
    }
}

/// The periods of a kind that make up a period exactly; none if they do not.
fn tiles(period: Period, kind: PeriodKind) -> Vec<Period> {
    match (period.kind, kind) {
        (a, b) if a == b => vec![period],
        (_, PeriodKind::Month) => period.months(),
        (PeriodKind::FinancialYear | PeriodKind::Rolling12Months, PeriodKind::Quarter) => {
            quarters(period.number(), 12)
        }
        (PeriodKind::FinancialYearToDate, PeriodKind::Quarter) => {
            quarters(period.number(), i32::try_from(period.months().len()).unwrap_or(1))
        }
        // Two kinds of period that begin and end together: a year so far that is a quarter or a year.
        _ => {
            let same = Period::ending_with(kind, period.end());
            same.filter(|same| same.start() == period.start()).into_iter().collect()
        }
    }
}

/// The quarters that make up the `count` months to this one; none if they do not.
fn quarters(last_month: i32, count: i32) -> Vec<Period> {
    if (last_month + 1) % 3 != 0 || count % 3 != 0 {
        return Vec::new();
    }
    (0..count / 3)
        .map(|back| Period::from_number(PeriodKind::Quarter, last_month - 3 * back))
        .collect()
}

/// The months that make up the `count` months to this one.
fn months(last_month: i32, count: i32) -> Vec<Period> {
    (0..count).map(|back| Period::from_number(PeriodKind::Month, last_month - back)).collect()
}

/// Windows of twelve months that overlap: the later one and what the earlier one alone holds come to
/// the earlier one and what the later one alone holds.
fn moving_windows(row: &Series<'_>, out: &mut Constraints) {
    let windows: BTreeMap<i32, usize> = row
        .figures
        .iter()
        .filter(|(period, _)| period.kind != PeriodKind::FinancialYearToDate)
        .filter(|(period, _)| period.kind.months() == 12)
        .map(|(period, figure)| (period.number(), *figure))
        .collect();
    let standing = |periods: Vec<Period>| -> Option<Vec<usize>> {
        let found: Option<Vec<usize>> = periods.into_iter().map(|p| row.at(p)).collect();
        found.filter(|figures| !figures.is_empty())
    };
    for (&last, &later) in &windows {
        for (&before, &earlier) in windows.range(last - 11..last) {
            let back = last - before;
            for within in [months as fn(i32, i32) -> Vec<Period>, quarters] {
                let taken_in = standing(within(last, back));
                let left_behind = taken_in.is_some().then(|| standing(within(last - 12, back)));
                let (Some(right), Some(left)) = (taken_in, left_behind.flatten()) else { continue };
                let left = left.into_iter().chain([later]);
                out.add(left, right.into_iter().chain([earlier]));
                if let Some(span) = out.spans.last_mut() {
                    span.moving = true;
                }
            }
        }
    }
}

/// Years so far: the later one is the earlier one and the months or quarters between the two.
fn years_so_far(row: &Series<'_>, out: &mut Constraints) {
    let so_far: Vec<(Period, usize)> = row
        .figures
        .iter()
        .filter(|(period, _)| period.kind == PeriodKind::FinancialYearToDate)
        .copied()
        .collect();
    for (later, whole) in &so_far {
        for (earlier, part) in so_far.iter().filter(|(p, _)| p.start() == later.start()) {
            let between = later.number() - earlier.number();
            if between <= 0 {
                continue;
            }
            for within in [months as fn(i32, i32) -> Vec<Period>, quarters] {
                let parts: Option<Vec<usize>> =
                    within(later.number(), between).into_iter().map(|p| row.at(p)).collect();
                if let Some(parts) = parts.filter(|parts| !parts.is_empty()) {
                    out.add(parts.into_iter().chain([*part]), std::iter::once(*whole));
                }
            }
        }
    }
}
