//! Why cells were hidden, for those who answer for it. Never for the audience: to know which cell was
//! small and which only protects it is half of undoing the protection.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::calendar::Period;
use crate::definitions::audience::DisclosurePolicy;
use crate::disclosure::{self, Doubt, Form, Protection, Whose, Why};
use crate::measure::{CATEGORY, Cell, Table};
use crate::protect::earlier::Earlier;
use crate::protect::primary;
use crate::protect::release::{FigureKey, Release};

/// What a figure is called.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellName {
    /// The measure.
    pub measure: String,
    /// The breakdowns, in alphabetical order, a distribution's own categories last.
    pub by: Vec<String>,
    /// The level in each.
    pub level: Vec<String>,
    /// The period; nothing for what belongs to no published figure.
    pub period: Option<Period>,
}

/// One hidden cell and the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HiddenCell {
    /// Which cell.
    pub cell: CellName,
    /// What it counts: people or cases that are not shown.
    pub count: u64,
    /// Why it is hidden.
    pub reason: Reason,
}

/// Why a cell is hidden.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// A count of its own is small.
    Primary(PrimaryRule),
    /// It was hidden before and comes to the same today: what is hidden stays hidden.
    HiddenBefore {
        /// The first release that hid it.
        release: String,
    },
    /// With it the number of this cell could be worked out.
    Secondary {
        /// The cell; one without a period is a difference of published figures.
        protects: CellName,
        /// The earlier release that hid the cell, if it is not of this one.
        release: Option<String>,
        /// How that was found.
        found: Found,
    },
}

impl Reason {
    /// The earlier release without which the cell might be shown.
    #[must_use]
    pub fn release(&self) -> Option<&str> {
        match self {
            Self::Primary(_) => None,
            Self::HiddenBefore { release } => Some(release),
            Self::Secondary { release, .. } => release.as_deref(),
        }
    }
}

/// How it was found that a cell has to be hidden for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// The number would follow by adding and subtracting.
    ByArithmetic,
    /// It takes more than that: bounds, and that people are whole.
    ByAttack,
    /// It was not. That the number stays hidden without this cell was not proved either, within the work that is
    /// allowed, so less is published.
    Unproved,
}

/// Which count of a cell is small.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PrimaryRule {
    /// All that were counted, the count itself, or the units behind a mean or a sum.
    Denominator,
    /// Those for which it holds.
    Numerator,
    /// Those for which it does not hold.
    Remainder,
    /// It holds for everybody or for nobody.
    FullOrEmpty,
}

impl CellName {
    /// The name of the figure that a hidden number belongs to.
    pub(super) fn of_number(release: &Release<'_>, whose: Whose) -> Self {
        match whose {
            Whose::Cell(cell) => Self::of(&release.cells[cell].figure),
            Whose::Secret(_) | Whose::Difference(_) => Self::default(),
        }
    }

    /// Where a hidden number is to be looked for, in words: the figure that it belongs to, or for a difference the
    /// smallest figure that counts some of the same people, if need be by a sum that is known.
    pub(super) fn place_of(release: &Release<'_>, whose: Whose) -> String {
        let system = &release.system;
        let of = match whose {
            Whose::Cell(_) => return Self::of_number(release, whose).to_string(),
            Whose::Secret(number) => system.secrets.get(number),
            Whose::Difference(number) => system.differences.get(number),
        };
        let inner_of = |form: &Form| form.terms().iter().map(|(inner, _)| *inner).collect();
        let mut theirs: BTreeSet<usize> = of.map(inner_of).unwrap_or_default();
        let smallest = |theirs: &BTreeSet<usize>| {
            let counts_some = |form: &&Form| form.terms().iter().any(|(i, _)| theirs.contains(i));
            let size = |cell: &disclosure::Cell| {
                cell.shows.iter().filter(counts_some).map(|form| form.terms().len()).min()
            };
            let sizes = release.cells.iter().zip(&system.cells);
            let sizes = sizes.filter_map(|(published, cell)| Some((size(cell)?, published)));
            sizes.min_by_key(|(size, _)| *size).map(|(_, published)| Self::of(&published.figure))
        };
        let near = smallest(&theirs).or_else(|| {
            let known = system.known.iter().map(inner_of);
            let touch = known.filter(|inner: &BTreeSet<usize>| !inner.is_disjoint(&theirs));
            let around: BTreeSet<usize> = touch.flatten().collect();
            theirs.extend(around);
            smallest(&theirs)
        });
        match near {
            Some(figure) => format!("a difference beside {figure}"),
            None => Self::default().to_string(),
        }
    }

    /// The name of a figure.
    pub(super) fn of(figure: &FigureKey<'_>) -> Self {
        let category = figure.category.map(|category| (CATEGORY, category));
        let levels = figure.row.levels.iter().copied().chain(category);
        let (by, level) = levels.map(|(by, level)| (by.to_owned(), level.to_owned())).unzip();
        let measure = figure.row.measure.to_owned();
        Self { measure, by, level, period: Some(figure.period) }
    }
}

/// The hidden cells of a release, by name.
pub(super) fn of(
    tables: &[Table],
    earlier: &Earlier,
    release: &Release<'_>,
    protection: &Protection,
    policy: &DisclosurePolicy,
) -> Vec<HiddenCell> {
    let mut cells: BTreeMap<&FigureKey<'_>, &Cell> = BTreeMap::new();
    for (table, keys) in tables.iter().zip(&release.of_table) {
        for (cell, key) in table.cells.iter().zip(keys) {
            cells.entry(key).or_insert(cell);
        }
    }
    let hidden_in = |number: usize| {
        let of = release.hidden_in.get(&number)?;
        earlier.releases.get(*of).map(|release| release.name.clone())
    };
    let entry = |(key, cell): (&FigureKey<'_>, &Cell)| {
        let number = release.number(key, None)?;
        let reason = match protection.why(number)? {
            Why::Protects { whose, doubt } => Reason::Secondary {
                protects: CellName::of_number(release, whose),
                release: match whose {
                    Whose::Cell(cell) if !release.is_new.contains(&cell) => hidden_in(cell),
                    _ => None,
                },
                found: match doubt {
                    None => Found::ByArithmetic,
                    Some(Doubt::Between(..)) => Found::ByAttack,
                    Some(Doubt::Unproven) => Found::Unproved,
                },
            },
            Why::Small | Why::Withheld | Why::With(_) => {
                let rule = primary::primary(&cell.amount, policy);
                match (rule, hidden_in(number)) {
                    (Some(rule), _) => Reason::Primary(rule),
                    (None, Some(release)) => Reason::HiddenBefore { release },
                    (None, None) => Reason::Primary(PrimaryRule::FullOrEmpty),
                }
            }
        };
        let count = release.system.cells[number].weight;
        Some(HiddenCell { cell: CellName::of(key), count, reason })
    };
    cells.into_iter().filter_map(entry).collect()
}

impl fmt::Display for CellName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(period) = self.period else {
            return f.write_str("a difference of published figures");
        };
        f.write_str(&self.measure)?;
        for (by, level) in self.by.iter().zip(&self.level) {
            write!(f, ", {by} {level}")?;
        }
        write!(f, ", {}", period.code())
    }
}

impl fmt::Display for HiddenCell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.cell, self.reason)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Primary(rule) => rule.fmt(f),
            Self::HiddenBefore { release } => write!(f, "hidden before in {release}"),
            Self::Secondary { protects, release, found } => {
                write!(f, "protects {protects}")?;
                if let Some(release) = release {
                    write!(f, ", hidden in {release}")?;
                }
                f.write_str(match found {
                    Found::ByArithmetic => "",
                    Found::ByAttack => " (found by attack)",
                    Found::Unproved => " (not proved to be safe without)",
                })
            }
        }
    }
}

impl fmt::Display for PrimaryRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Denominator => "small denominator",
            Self::Numerator => "small numerator",
            Self::Remainder => "few outside the numerator",
            Self::FullOrEmpty => "everybody or nobody",
        })
    }
}
