//! All cells that one audience will see in, published cells out.
//!
//! The unit of protection is everything that one audience receives from one run, with what it holds from
//! earlier ones: tables share cells and totals, months add up to quarters, and measures count the same
//! families. The path is
//!
//! 1. `ground`: what definitions say of figures;
//! 2. `parts`: into which parts the units behind each figure fall;
//! 3. `earlier`: what the readers hold already from releases before this one;
//! 4. `release`: every published number as a sum of inner cells, which no table divides further;
//! 5. `ties`, `people`: what holds among inner cells by definition, and every reader knows;
//! 6. [`disclosure`]: what to hide, and the attack that finds nothing;
//! 7. `publish`: the cells, written with rounding, intervals and symbols.
//!
//! Nothing is altered to protect: a figure is shown true (rounded, where the policy says so) or not
//! at all. Rounding is not counted on: the attack assumes that the reader has the number behind it.
//! Nothing outside this folder can make a published number:
//!
//! ```compile_fail,E0451
//! use early_help::protect::{NumberKind, PublishedNumber};
//! use early_help::statistics::Decimal;
//!
//! let leaked = PublishedNumber { decimal: Decimal::whole(1), kind: NumberKind::Count };
//! ```

mod claims;
mod cohorts;
mod considered;
mod cost;
mod data_quality;
mod derived;
mod direction;
mod earlier;
mod effect;
mod funnel;
mod ground;
mod ledger;
mod log;
mod noisy;
mod overrides;
mod parts;
mod people;
mod preference;
mod primary;
mod publish;
mod published;
mod rate_index;
mod release;
mod said;
mod spans;
#[cfg(test)]
mod tests;
mod ties;

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::Period;
use crate::definitions::audience::DisclosurePolicy;
use crate::definitions::measure::Measure;
use crate::disclosure::{self, Audited, Doubt, Protection, Rule, Whose};
use crate::measure::{CATEGORY, Cell, Flow, Table, TableRequest, Within};

use earlier::Holdings;
use publish::Status;
use release::{Beside, FigureKey, Release};

pub use claims::{CasesOfClaim, PublishedClaims};
pub use cohorts::{Followed, followed};
pub use cost::TableCost;
pub use data_quality::{
    PublishedCheck, PublishedQuality, PublishedSplit, PublishedSpread, QualityFigures, SpreadLevel,
};
pub use derived::{PublishedPoint, PublishedSeries, PublishedUsual, watched};
pub use direction::{PublishedDirection, fewest_for_direction};
pub use earlier::{Earlier, EarlierRelease, RecordedFigure};
pub use effect::{PublishedEffect, effect};
pub use funnel::{PublishedFunnel, PublishedLimits, funnel};
pub use ground::Ground;
pub use ledger::{PublishedFeed, PublishedLedger, UnusedRows};
pub use log::{CellName, Found, HiddenCell, PrimaryRule, Reason};
pub use noisy::noisy;
pub use overrides::{DecisionsOfRole, PublishedOverrides};
pub use published::{NumberKind, PublishedCell, PublishedNumber, PublishedTable, Shown, Symbol};
pub use rate_index::{PublishedIndex, rate_index};
pub(crate) use said::crossing;
pub use said::{Moved, Restated, Said, SaidChecks};

/// Why nothing may be published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnprotectedError {
    /// A figure is not the sum of the counts behind it: a bug, and no subtraction could be foreseen.
    #[error(
        "`{measure}` of {period} is not the sum of the counts behind it: nothing was written, because nobody could say what can be worked out from it"
    )]
    DoesNotAddUp {
        /// The measure.
        measure: String,
        /// The period.
        period: String,
    },
    /// The attack found numbers that hiding more cannot protect.
    #[error(
        "{count} hidden numbers could be worked out whatever else is hidden, the first for {first}: nothing was written\n  mend: leave that measure or breakdown out for this audience, or give it wider bands"
    )]
    Exposed {
        /// How many.
        count: usize,
        /// The figure that the first belongs to.
        first: String,
    },
    /// A figure cannot be changed by the keys of those whom it counts.
    #[error(
        "`{measure}` is no count, share or distribution, and only these can be changed by `cell_key`: nothing was written\n  mend: leave the measure out for this audience, or give it a policy that hides"
    )]
    NoCount {
        /// The measure.
        measure: String,
    },
    /// What was released before gives small numbers away that this release would hide.
    #[error(
        "{count} hidden numbers could be worked out with what was released before, whatever is hidden now, the first for {first}: nothing was written\n  mend: leave that measure or breakdown out for this audience, give it wider bands, or wait until a longer period is over; if those who answer for releases accept that what is out is out, add --accept \"WHO: WHY\", which is entered in the ledger"
    )]
    ToldBefore {
        /// How many.
        count: usize,
        /// The figure that the first belongs to.
        first: String,
    },
}

/// The tables of one audience, protected together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protected {
    tables: Vec<PublishedTable>,
    log: Vec<HiddenCell>,
    record: Vec<RecordedFigure>,
    noughts_give_way: bool,
    audited: Audited,
    told_before: usize,
    within: Within,
}

impl Protected {
    /// Tables of which nothing is hidden.
    fn whole(tables: Vec<PublishedTable>, within: Within) -> Self {
        let audited = Audited::default();
        Self {
            tables,
            log: Vec::new(),
            record: Vec::new(),
            noughts_give_way: false,
            audited,
            told_before: 0,
            within,
        }
    }

    /// Only what these requests, merged, ask for of it.
    #[must_use]
    pub fn only(&self, requests: &[TableRequest]) -> Self {
        // The categories of a distribution are in its tables, whether or not they were asked for.
        fn split(by: &[String]) -> BTreeSet<&str> {
            by.iter().map(String::as_str).filter(|by| *by != CATEGORY).collect()
        }
        let wanted: BTreeMap<(&str, BTreeSet<&str>), &[Period]> =
            requests.iter().map(|r| ((&*r.measure, split(&r.by)), &r.periods[..])).collect();
        let tables = self.tables.iter().filter_map(|table| {
            let periods = wanted.get(&(&*table.measure, split(&table.by)))?;
            let cells = table.cells.iter().filter(|cell| periods.contains(&cell.period));
            Some(PublishedTable { cells: cells.cloned().collect(), ..table.clone() })
        });
        let is_wanted = |name: &CellName| {
            let periods = wanted.get(&(&*name.measure, split(&name.by)));
            name.period.zip(periods).is_some_and(|(period, periods)| periods.contains(&period))
        };
        Self {
            tables: tables.collect(),
            log: self.log.iter().filter(|hidden| is_wanted(&hidden.cell)).cloned().collect(),
            record: self.record.iter().filter(|figure| is_wanted(&figure.cell)).cloned().collect(),
            noughts_give_way: self.noughts_give_way,
            audited: self.audited.clone(),
            told_before: self.told_before,
            within: self.within.clone(),
        }
    }

    /// The published tables, in the order of the tables that went in.
    #[must_use]
    pub fn tables(&self) -> &[PublishedTable] {
        &self.tables
    }

    /// Which levels lie within which, as every reader knows.
    #[must_use]
    pub fn within(&self) -> &Within {
        &self.within
    }

    /// Which cells are hidden and why, each once though it may stand in several tables. For those who
    /// answer for the release, never for the audience.
    #[must_use]
    pub fn log(&self) -> &[HiddenCell] {
        &self.log
    }

    /// What of each table is hidden, the table that loses most first. For those who answer for the release.
    #[must_use]
    pub fn costs(&self) -> Vec<TableCost> {
        cost::of(self)
    }

    /// What is released, with what is kept back, for later releases to be put beside. For those who answer
    /// for releases. Empty where nothing is hidden.
    #[must_use]
    pub fn record(&self) -> &[RecordedFigure] {
        &self.record
    }

    /// Whether what is hidden may be nought even where the policy shows noughts, because they would undo what was
    /// hidden before. The audience may know this.
    #[must_use]
    pub fn noughts_give_way(&self) -> bool {
        self.noughts_give_way
    }

    /// How many distinct cells are hidden. The audience may know this.
    #[must_use]
    pub fn hidden(&self) -> usize {
        self.log.len()
    }

    /// How many small counts that are asked for now follow from what was released before, whatever is hidden: only
    /// where those who answer for the release have accepted it.
    #[must_use]
    pub fn told_before(&self) -> usize {
        self.told_before
    }

    /// Words to those who answer for the release: where more is hidden than was shown to be needed, and where small
    /// counts follow from earlier releases.
    #[must_use]
    pub fn caution(&self) -> Option<String> {
        let followed = self.followed_before().map(|count| {
            format!(
                "{count} small counts that are nobody's figure, or were hidden before, follow from what was released before; this release adds nothing to that"
            )
        });
        let both = [self.unproved(), followed].into_iter().flatten();
        both.reduce(|one, other| format!("{one}\n{other}"))
    }

    /// How many small counts follow from earlier releases besides those that are asked for now, if any do.
    fn followed_before(&self) -> Option<usize> {
        let follow = |(_, doubt): &&(Whose, Doubt)| *doubt != Doubt::Unproven;
        let all = self.audited.unsafe_secrets.iter().filter(follow).count();
        Some(all.saturating_sub(self.told_before)).filter(|count| *count > 0)
    }

    /// That more is hidden than was shown to be needed, if it is.
    fn unproved(&self) -> Option<String> {
        let unproved = |cell: &&HiddenCell| {
            matches!(cell.reason, Reason::Secondary { found: Found::Unproved, .. })
        };
        let count = self.log.iter().filter(unproved).count();
        (count > 0).then(|| {
            format!(
                "{count} of {} hidden figures are hidden only because it was not proved in time that they give nothing away\n  mend: cross fewer breakdowns for this audience, or give them wider bands",
                self.hidden()
            )
        })
    }

    /// What the attack on the published cells found. For those who answer for the release.
    #[must_use]
    pub fn audited(&self) -> &Audited {
        &self.audited
    }
}

/// What is to be released, measured, with all that it takes to protect it.
#[derive(Debug, Clone, Copy)]
pub struct ToRelease<'a> {
    /// The tables.
    pub tables: &'a [Table],
    /// What the readers hold already.
    pub earlier: &'a Earlier,
    /// The figures of earlier releases as they are today: the tables of [`Earlier::requests`].
    pub held: &'a [Table],
    /// The tables of [`Ground::behind`], for all of these.
    pub behind: &'a [Table],
}

impl<'a> ToRelease<'a> {
    /// What is released to readers who hold nothing yet.
    #[must_use]
    pub fn first(tables: &'a [Table], behind: &'a [Table]) -> Self {
        static NOTHING: Earlier =
            Earlier { releases: Vec::new(), others_are_apart: false, is_accepted: false };
        Self { tables, earlier: &NOTHING, held: &[], behind }
    }
}

/// Protects all tables that one audience receives from one run, together, and together with what it was
/// given before.
///
/// Hidden cells lose everything that is a function of their counts: numerator, denominator, value,
/// limits and the counts beside them. Counts beside a shown cell (pending, unknown, left out) are
/// protected by themselves. What was shown before and has not changed is shown again, what was hidden stays
/// hidden.
///
/// The same tables give the same cells, in whatever order they come.
///
/// # Errors
/// When figures are not the sums of their months, or when the attack finds what hiding cannot mend.
pub fn protect(
    given: &ToRelease<'_>,
    ground: &Ground<'_>,
    policy: &DisclosurePolicy,
) -> Result<Protected, UnprotectedError> {
    let ToRelease { tables, earlier, held, behind } = *given;
    if policy.suppress_below == 0 {
        let tables = published(tables, ground, policy, |_, _, flow| open(flow));
        return Ok(Protected::whole(tables, ground.within().clone()));
    }
    let holdings = Holdings::of(earlier, held, ground, policy.width());
    let release = Release::new(tables, (held, &holdings), behind, ground, policy)?;
    let noughts_give_way = !holdings.is_empty();
    let rule = Rule { noughts_give_way, ..rule(policy) };
    // What is with its readers already tells them nothing when it comes again.
    let settled = if earlier.is_empty() { None } else { disclosure::settled(&release.system) };
    let protection = settled.unwrap_or_else(|| disclosure::protect(&release.system, &rule));
    // Where something was released before, all that is new around these numbers is hidden by now: what follows of them
    // follows from what is out, and this release adds nothing to it. But nothing may be marked as hidden for the first
    // time that is known already.
    let is_told = |(whose, doubt): &&(Whose, Doubt)| {
        holdings.is_empty() || (*doubt != Doubt::Unproven && release.is_first_asked(*whose))
    };
    let told = protection.audit().unsafe_secrets.iter().filter(is_told);
    let told: Vec<_> = told.map(|(whose, _)| whose).collect();
    let told_before = told.len();
    if let ([whose, ..], false) = (&told[..], earlier.is_accepted) {
        let count = told.len();
        let first = CellName::place_of(&release, **whose);
        return Err(if holdings.is_empty() {
            UnprotectedError::Exposed { count, first }
        } else {
            UnprotectedError::ToldBefore { count, first }
        });
    }
    let shown = published(tables, ground, policy, |table, cell, flow| {
        status(&release, &protection, &release.of_table[table][cell], flow)
    });
    let log = log::of(tables, earlier, &release, &protection, policy);
    // Of the counts beside figures a nought is always shown.
    let noughts_shown = [policy.show_zero, true].map(|shown| shown && !noughts_give_way);
    let record = record(tables, &release, &protection, noughts_shown);
    let (audited, within) = (protection.audit().clone(), ground.within().clone());
    Ok(Protected { tables: shown, log, record, noughts_give_way, audited, told_before, within })
}

/// Each figure of the tables once, as it is released.
fn record(
    tables: &[Table],
    release: &Release<'_>,
    protection: &Protection,
    noughts_shown: [bool; 2],
) -> Vec<RecordedFigure> {
    let mut figures = BTreeMap::new();
    for (table, keys) in tables.iter().zip(&release.of_table) {
        for (cell, key) in table.cells.iter().zip(keys) {
            figures.entry(key).or_insert_with(|| {
                let status = status(release, protection, key, &cell.flow);
                let Status { cell: is_hidden, pending, unknown, left_out } = status;
                let hidden = [pending, unknown].into_iter().chain(left_out);
                RecordedFigure {
                    cell: CellName::of(key),
                    counts: earlier::counts(cell),
                    beside: earlier::beside(cell).collect(),
                    is_hidden,
                    hidden_beside: hidden.map(|beside| beside || is_hidden).collect(),
                    noughts_shown,
                    is_echo: release.is_echo(key),
                }
            });
        }
    }
    figures.into_values().collect()
}

/// The tables as they are, for those who may see single cases.
#[must_use]
pub fn unhidden(tables: &[Table], measures: &[Measure]) -> Vec<PublishedTable> {
    published(tables, &Ground::new(measures), &DisclosurePolicy::open(), |_, _, flow| open(flow))
}

/// The rule of a policy, as numbers.
fn rule(policy: &DisclosurePolicy) -> Rule {
    let rule = Rule::below(policy.suppress_below, policy.show_zero);
    match policy.width {
        Some(width) => Rule { width, width_from_nought: width, ..rule },
        None => rule,
    }
}

/// A count of rows of files in the row ledger, for an audience. Rows are not people, but few rows are
/// about few people.
#[must_use]
pub fn ledger_number(count: u64, policy: &DisclosurePolicy) -> Shown {
    if count > 0 && count < policy.suppress_below {
        Shown::Symbol(Symbol::Confidential)
    } else {
        publish::whole(count)
    }
}

/// What is hidden of a cell of a table.
fn status(
    release: &Release<'_>,
    protection: &Protection,
    figure: &FigureKey<'_>,
    flow: &Flow,
) -> Status {
    let hidden = |beside: Option<Beside>| {
        let number = release.number(figure, beside);
        number.and_then(|number| protection.why(number)).is_some()
    };
    Status {
        cell: hidden(None),
        pending: hidden(Some(Beside::Pending)),
        unknown: hidden(Some(Beside::Unknown)),
        left_out: (0..flow.left_out.len()).map(|n| hidden(Some(Beside::LeftOut(n)))).collect(),
    }
}

fn open(flow: &Flow) -> Status {
    let left_out = vec![false; flow.left_out.len()];
    Status { cell: false, pending: false, unknown: false, left_out }
}

/// The tables, each cell with the status that `status` gives it by table and place.
fn published(
    tables: &[Table],
    ground: &Ground<'_>,
    policy: &DisclosurePolicy,
    status: impl Fn(usize, usize, &Flow) -> Status,
) -> Vec<PublishedTable> {
    let of_table = |(number, table): (usize, &Table)| {
        let measure = ground.measure(&table.measure);
        let cells = table.cells.iter().enumerate().map(|(place, cell): (usize, &Cell)| {
            publish::publish(cell, measure, &status(number, place, &cell.flow), policy)
        });
        PublishedTable {
            measure: table.measure.clone(),
            unit: table.unit.clone(),
            by: table.by.clone(),
            cells: cells.collect(),
        }
    };
    tables.iter().enumerate().map(of_table).collect()
}
