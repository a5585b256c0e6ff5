//! Verdicts and units in, cells out.
//!
//! Each measure is counted once by month and level; quarters, years and rolling twelve months are
//! sums of their months, a stock is that of its last month.

mod behind;
mod cell;
mod fates;
mod levels;
mod monthly;
mod record_keys;
mod standing;
mod tally;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use polars::prelude::{DataFrame, PolarsResult};
use rayon::prelude::*;

pub use behind::Whereabouts;
pub use cell::{
    Amount, CATEGORY, Cell, Flow, Level, NOT_RECORDED, TEN_THOUSANDTHS, Table, TableRequest,
};

use crate::calendar::Period;
use crate::columns::in_parallel;
use crate::definitions::Definitions;
use crate::definitions::measure::{AskedOfPeriod, Breakdown, Counted, Measure, MeasureKind};
use crate::definitions::moves;
use crate::definitions::unit::{Unit, UnitRows};
use crate::evaluate::{Evaluated, met_on};

use levels::{Levels, levels_of};
use monthly::{Counting, Monthly};
use record_keys::record_keys;
use tally::Tally;

/// Computes the tables that were asked for, in the order of the requests. Requests for a measure
/// or breakdown that does not exist give no table: the definitions' checker has refused them.
///
/// # Errors
/// When a date lies beyond the table of bank holidays, or the data frame library refuses.
pub fn measure(
    definitions: &Definitions,
    evaluated: &Evaluated,
    requests: &[TableRequest],
) -> PolarsResult<Vec<Table>> {
    Measurer::new(definitions, evaluated).tables(requests)
}

/// Measures, and remembers what has been counted: audiences and pages ask for much the same.
pub struct Measurer<'a> {
    definitions: &'a Definitions,
    evaluated: &'a Evaluated,
    /// The levels that have been looked up, by unit and breakdown; none where a unit has none.
    levels: BTreeMap<(String, String), Option<Levels>>,
    /// What has been counted, by measure and breakdowns.
    counted: BTreeMap<Split, Counts>,
    /// Two levels of a breakdown that stand as one.
    together: Option<Together>,
    /// The secret behind the record keys that are added up in the place of units.
    secret: Option<String>,
    /// By unit, the record keys.
    keys: BTreeMap<String, Arc<Vec<u8>>>,
}

/// Two levels of a breakdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Together {
    /// The breakdown.
    pub breakdown: String,
    /// The names of its levels in files.
    pub levels: [String; 2],
}

/// The column of the levels of one breakdown says those of another: finer column, coarser column, word by
/// word.
pub type Within = BTreeMap<(String, String), BTreeMap<String, String>>;

/// A measure and the breakdowns that it is split by.
type Split = (String, Vec<String>);

/// The finest cells of one split, and the months or periods that they are of.
#[derive(Default)]
struct Counts {
    periods: BTreeSet<Period>,
    monthly: Monthly,
}

impl<'a> Measurer<'a> {
    /// Measures these units; nothing has been counted yet.
    #[must_use]
    pub fn new(definitions: &'a Definitions, evaluated: &'a Evaluated) -> Self {
        let (levels, counted) = (BTreeMap::new(), BTreeMap::new());
        let (together, secret, keys) = (None, None, BTreeMap::new());
        Self { definitions, evaluated, levels, counted, together, secret, keys }
    }

    /// The same units, adding up their record keys: every count of a table is then the sum of the keys of those
    /// whom it counts. For counts, shares and distributions.
    #[must_use]
    pub(crate) fn of_keys(&self, secret: &str) -> Self {
        let secret = Some(secret.to_owned());
        Self { secret, ..Self::new(self.definitions, self.evaluated) }
    }

    /// Measures as if two levels of a breakdown were one. What figures would be, not what they are: nothing of
    /// it may be published.
    #[must_use]
    pub(crate) fn supposing(mut self, together: Together) -> Self {
        self.together = Some(together);
        self
    }

    /// The tables that were asked for, in the order of the requests.
    ///
    /// # Errors
    /// As [`measure`].
    pub fn tables(&mut self, requests: &[TableRequest]) -> PolarsResult<Vec<Table>> {
        let definitions = self.definitions;
        self.count_ahead(requests)?;
        let table = |request: &TableRequest| {
            let measure = definitions.measure(&request.measure)?;
            match &measure.kind {
                MeasureKind::Ratio { over, under } => self.ratio(measure, over, under, request),
                _ => self.plain(measure, request),
            }
        };
        Ok(requests.par_iter().filter_map(table).collect())
    }

    /// Counts what these requests ask for, all together, for whoever then asks for one after the other.
    ///
    /// # Errors
    /// As [`measure`].
    pub fn count_ahead(&mut self, requests: &[TableRequest]) -> PolarsResult<()> {
        let definitions = self.definitions;
        let parts: Vec<TableRequest> =
            requests.iter().flat_map(|r| counted_for(definitions, r)).collect();
        for part in &parts {
            if let Some((unit, frame)) = self.units_of(&part.measure) {
                self.look_up_levels(unit, frame, &part.by)?;
                if let (Some(secret), false) = (&self.secret, self.keys.contains_key(&unit.id)) {
                    let rings = &self.evaluated.linked.inputs.rings;
                    let keys = record_keys(self.definitions, rings, unit, frame, secret)?;
                    self.keys.insert(unit.id.clone(), keys);
                }
            }
        }
        self.count(&merged(parts))
    }

    /// The newest of these periods in which nearly everything is known; if there is none, the one
    /// in which most is. Says when a figure is ripe without saying what it is.
    ///
    /// # Errors
    /// As [`measure`].
    pub fn newest_ripe(
        &mut self,
        measure: &str,
        periods: &[Period],
    ) -> PolarsResult<Option<Period>> {
        let counted = self.definitions.measure(measure);
        let known_to =
            counted.and_then(|m| met_on::known_to(self.definitions, &self.evaluated.linked, m));
        let known = |period: &&Period| known_to.is_none_or(|day| period.end() <= day);
        let known: Vec<Period> = periods.iter().filter(known).copied().collect();
        let periods = if known.is_empty() { periods } else { &known };
        let by = Vec::new();
        let request = TableRequest { measure: measure.to_owned(), by, periods: periods.to_vec() };
        let tables = self.tables(&[request])?;
        // A distribution has several cells for a period, all with the same flow.
        let filled: Vec<&Cell> =
            tables.iter().flat_map(|t| &t.cells).filter(|c| c.flow.considered > 0).collect();
        let ripe = filled.iter().filter(|c| c.flow.pending * RIPE <= c.flow.considered);
        let newest = ripe.map(|c| c.period).max_by_key(|p| p.number());
        let least_open = || {
            let by_share = |a: &&&Cell, b: &&&Cell| {
                let left = a.flow.pending * b.flow.considered;
                let right = b.flow.pending * a.flow.considered;
                left.cmp(&right).then(b.period.number().cmp(&a.period.number()))
            };
            filled.iter().min_by(by_share).map(|c| c.period)
        };
        Ok(newest.or_else(least_open).or_else(|| periods.last().copied()))
    }

    /// In which level of a coarser breakdown each level of a finer one lies, as far as these tables are split
    /// by it: where most of its units are, should some be recorded elsewhere.
    ///
    /// # Errors
    /// As [`measure`].
    pub fn within(&mut self, requests: &[TableRequest]) -> PolarsResult<Within> {
        let mut found = Within::new();
        for fine in &self.definitions.breakdowns {
            let of_it: Vec<&TableRequest> =
                requests.iter().filter(|r| r.by.contains(&fine.id)).collect();
            let coarser = |b: &&'a Breakdown| self.definitions.breakdown(b.within.as_deref()?);
            let all = self.definitions.breakdowns.len();
            let above = std::iter::successors(coarser(&fine), coarser).take(all);
            for coarse in above.collect::<Vec<_>>() {
                let mut counts = BTreeMap::new();
                let mut seen = BTreeSet::new();
                for request in &of_it {
                    let Some((unit, frame)) = self.units_of(&request.measure) else { continue };
                    if !seen.insert(&unit.id) {
                        continue;
                    }
                    let both = [fine.id.clone(), coarse.id.clone()];
                    self.look_up_levels(unit, frame, &both)?;
                    if let Some([fine, coarse]) = self.levels(unit, &both).as_deref() {
                        levels::count_both(fine, coarse, &mut counts);
                    }
                }
                let mostly = |of: BTreeMap<String, u64>| {
                    let most = of.into_iter().min_by_key(|(_, count)| std::cmp::Reverse(*count));
                    most.map(|(word, _)| word)
                };
                let words = counts.into_iter().filter_map(|(word, of)| Some((word, mostly(of)?)));
                found.insert((fine.column.clone(), coarse.column.clone()), words.collect());
            }
        }
        Ok(found)
    }

    fn look_up_levels(
        &mut self,
        unit: &Unit,
        frame: &DataFrame,
        by: &[String],
    ) -> PolarsResult<()> {
        for by in by {
            let key = (unit.id.clone(), by.clone());
            if self.levels.contains_key(&key) {
                continue;
            }
            let rings = &self.evaluated.linked.inputs.rings;
            let mut found = match self.definitions.breakdown(by) {
                Some(b) => levels_of(self.definitions, rings, unit, frame, b)?,
                None => None,
            };
            if let (Some(together), Some(levels)) = (&self.together, &mut found)
                && together.breakdown == *by
            {
                levels.put_together(&together.levels);
            }
            self.levels.insert(key, found);
        }
        Ok(())
    }

    /// The unit that a measure counts, and its frame.
    fn units_of(&self, measure: &str) -> Option<(&'a Unit, &'a DataFrame)> {
        let unit = self.definitions.unit(&self.definitions.measure(measure)?.unit)?;
        Some((unit, self.evaluated.units.get(&unit.id)?))
    }

    /// The levels of a request's breakdowns; nothing if the unit lacks one of them.
    fn levels(&self, unit: &Unit, by: &[String]) -> Option<Vec<&Levels>> {
        by.iter().map(|b| self.levels.get(&(unit.id.clone(), b.clone()))?.as_ref()).collect()
    }

    fn counting(&self, measure: &'a Measure) -> Option<Counting<'a>> {
        let (unit, frame) = self.units_of(&measure.id)?;
        let (definitions, evaluated) = (self.definitions, self.evaluated);
        let keys = self.keys.get(&unit.id).cloned();
        Some(Counting { definitions, evaluated, measure, unit, frame, keys })
    }

    /// Counts what has not been counted yet, splits side by side.
    fn count(&mut self, requests: &[TableRequest]) -> PolarsResult<()> {
        let missing: Vec<(&TableRequest, &'a Measure, BTreeSet<Period>)> = requests
            .iter()
            .filter_map(|request| {
                let measure = self.definitions.measure(&request.measure)?;
                let known = self.counted.get(&(request.measure.clone(), request.by.clone()));
                let of_period = self.definitions.asked_of_period(measure);
                let asked = request.periods.iter();
                let asked = asked.flat_map(|p| periods_of(measure, of_period, *p));
                let new = |p: &Period| known.is_none_or(|k| !k.periods.contains(p));
                let periods: BTreeSet<Period> = asked.filter(new).collect();
                (!periods.is_empty()).then_some((request, measure, periods))
            })
            .collect();
        // Requests come in order of their measures: its splits are counted from the same fates.
        let is_flow = |measure: &Measure| matches!(measure.counted, Counted::On { .. });
        let groups: Vec<&[(&TableRequest, &'a Measure, BTreeSet<Period>)]> =
            missing.chunk_by(|a, b| a.1.id == b.1.id && (is_flow(a.1) || a.2 == b.2)).collect();
        let found = in_parallel(groups.len(), |number| match groups.get(number) {
            Some(group) => self.count_together(group),
            None => Ok(Vec::new()),
        })?;
        for (split, periods, monthly) in found.into_iter().flatten() {
            let counts = self.counted.entry(split).or_default();
            counts.periods.extend(periods);
            counts.monthly.extend(monthly);
        }
        Ok(())
    }

    /// Counts the splits of one measure for the same periods.
    fn count_together(
        &self,
        group: &[(&TableRequest, &'a Measure, BTreeSet<Period>)],
    ) -> PolarsResult<Vec<(Split, BTreeSet<Period>, Monthly)>> {
        let Some((_, measure, _)) = group.first() else { return Ok(Vec::new()) };
        let periods: BTreeSet<Period> = group.iter().flat_map(|(.., p)| p).copied().collect();
        let Some(counting) = self.counting(measure) else { return Ok(Vec::new()) };
        // Without a unit or a breakdown of this name there is no table.
        let (splits, levels): (Vec<Split>, Vec<Vec<&Levels>>) = group
            .iter()
            .filter_map(|(request, ..)| {
                let levels = self.levels(counting.unit, &request.by)?;
                Some(((request.measure.clone(), request.by.clone()), levels))
            })
            .unzip();
        let counted = counting.monthly(&levels, &periods)?;
        Ok(splits
            .into_iter()
            .zip(counted)
            .map(|(s, monthly)| (s, periods.clone(), monthly))
            .collect())
    }

    /// A table of a measure that is no ratio, from what has been counted.
    fn plain(&self, measure: &'a Measure, request: &TableRequest) -> Option<Table> {
        let counting = self.counting(measure)?;
        let levels = self.levels(counting.unit, &request.by)?;
        let split = (request.measure.clone(), request.by.clone());
        let monthly = &self.counted.get(&split)?.monthly;
        let of_period = self.definitions.asked_of_period(measure);
        let roll_up = |period: Period, place: usize| {
            let mut whole = Tally::default();
            for part in periods_of(measure, of_period, period) {
                if let Some(tally) = monthly.get(&part).and_then(|all| all.get(place)) {
                    whole.add(tally);
                }
            }
            whole
        };
        let mut by = request.by.clone();
        let crossings = crossings(&levels);
        let categories = counting.categories().map(|all| {
            by.push(CATEGORY.to_owned());
            (all.len(), occurring(&roll_up, request, crossings.len(), all))
        });
        // A cell of moves from a level to itself would be a nought that everybody knows.
        let no_move = self.both_levels(counting.unit, &request.by);
        let is_no_move = |level: &[Level]| {
            no_move.is_some_and(|(from, to)| {
                level.get(from).map(|l| &l.code) == level.get(to).map(|l| &l.code)
            })
        };
        let mut cells = Vec::new();
        for &period in &request.periods {
            for (place, level) in crossings.iter().enumerate().filter(|(_, l)| !is_no_move(l)) {
                match &categories {
                    None => {
                        let tally = roll_up(period, place);
                        let flow = tally.flow(measure.reasons().count());
                        let amount = tally.amount(&measure.kind);
                        cells.push(Cell { period, level: level.clone(), amount, flow });
                    }
                    Some((all, shown)) => {
                        let row = (period, place, level.as_slice());
                        let tally = |place| roll_up(period, place);
                        cells.extend(distribution(measure, &tally, row, *all, shown));
                    }
                }
            }
        }
        let unit = counting.unit.plural.clone();
        Some(Table { measure: measure.id.clone(), unit, by, cells })
    }

    /// Where the levels that moves come from, and those that they go to, stand among some breakdowns.
    fn both_levels(&self, unit: &Unit, by: &[String]) -> Option<(usize, usize)> {
        let UnitRows::Moves(_) = unit.rows else { return None };
        let place = |column: &str| {
            let is_of =
                |id: &String| self.definitions.breakdown(id).is_some_and(|b| b.column == column);
            by.iter().position(is_of)
        };
        Some((place(moves::FROM)?, place(moves::TO)?))
    }

    /// One measure over another: level by level of those that either of them has.
    fn ratio(
        &self,
        measure: &Measure,
        over: &str,
        under: &str,
        request: &TableRequest,
    ) -> Option<Table> {
        let part = |id: &str| {
            let request = TableRequest { measure: id.to_owned(), ..request.clone() };
            self.plain(self.definitions.measure(id)?, &request)
        };
        let (over, under) = (part(over)?, part(under)?);
        let mut cells = Vec::new();
        for &period in &request.periods {
            let of_period = |table: &'_ Table| {
                table.cells.iter().filter(|c| c.period == period).cloned().collect::<Vec<Cell>>()
            };
            let (mut above, mut below) = (of_period(&over), of_period(&under));
            let lacking = below.iter().filter(|b| !above.iter().any(|a| a.level == b.level));
            let lacking: Vec<Cell> = lacking.map(empty_beside).collect();
            above.extend(lacking);
            for above in above {
                let at = below.iter().position(|b| b.level == above.level);
                let below = at.map_or_else(|| empty_beside(&above), |at| below.swap_remove(at));
                cells.push(divided(above, &below));
            }
        }
        Some(Table { measure: measure.id.clone(), unit: over.unit, by: request.by.clone(), cells })
    }
}

/// The cell of a measure that has nobody where another has this one.
fn empty_beside(other: &Cell) -> Cell {
    Cell { amount: Amount::Count(0), flow: Flow::default(), ..other.clone() }
}

/// What is above over what is below. A sum above is taken as a whole number.
fn divided(above: Cell, below: &Cell) -> Cell {
    let whole = |units: u64| i64::try_from(units).unwrap_or(i64::MAX);
    let (under, under_units) = match below.amount {
        Amount::Sum { units, sum } => (sum, units),
        _ => (whole(below.flow.counted).saturating_mul(TEN_THOUSANDTHS), below.flow.counted),
    };
    let over = match above.amount {
        Amount::Sum { sum, .. } => {
            let rounded = (sum + TEN_THOUSANDTHS / 2).div_euclid(TEN_THOUSANDTHS);
            u64::try_from(rounded).unwrap_or_default()
        }
        _ => above.flow.counted,
    };
    Cell { amount: Amount::Ratio { over, under, under_units }, ..above }
}

/// What has to be counted for a request: itself, or for a ratio the two measures in it.
fn counted_for(definitions: &Definitions, request: &TableRequest) -> Vec<TableRequest> {
    match definitions.measure(&request.measure).map(|m| &m.kind) {
        Some(MeasureKind::Ratio { over, under }) => {
            let part =
                |measure: &String| TableRequest { measure: measure.clone(), ..request.clone() };
            vec![part(over), part(under)]
        }
        Some(_) => vec![request.clone()],
        None => Vec::new(),
    }
}

/// A period is ripe when at most one unit in this many is still pending.
const RIPE: u64 = 20;

/// A category with its place among the levels of the tallies.
type Category = (usize, Level);

/// The categories of a distribution: every declared word, and "not recorded" where the table has
/// any.
fn occurring(
    roll_up: &impl Fn(Period, usize) -> Tally,
    request: &TableRequest,
    crossings: usize,
    all: Vec<Level>,
) -> Vec<Category> {
    let categories = all.len();
    let occurs = |at: usize| {
        let mut places = (0..crossings).map(|place| place * categories + at);
        places.any(|place| request.periods.iter().any(|p| roll_up(*p, place).counted > 0))
    };
    let levels = all.into_iter().enumerate();
    levels.filter(|(at, level)| level.code != NOT_RECORDED || occurs(*at)).collect()
}

/// The cells of one row of a distribution. Categories that are not shown have no counted units,
/// but pending ones may have no category yet: the flow is that of all.
fn distribution(
    measure: &Measure,
    roll_up: &impl Fn(usize) -> Tally,
    (period, place, level): (Period, usize, &[Level]),
    all: usize,
    shown: &[Category],
) -> Vec<Cell> {
    let tally = |at: usize| roll_up(place * all + at);
    let mut whole = Tally::default();
    (0..all).for_each(|at| whole.add(&tally(at)));
    let flow = whole.flow(measure.reasons().count());
    let denominator = whole.counted;
    let cell = |(at, category): &Category| Cell {
        period,
        level: level.iter().cloned().chain([category.clone()]).collect(),
        amount: Amount::Proportion { numerator: tally(*at).counted, denominator },
        flow: flow.clone(),
    };
    shown.iter().map(cell).collect()
}

/// What the tally of a period is made of: its months added up, or for a stock its last month. A stock
/// that asks when the period began is counted for the period itself.
fn periods_of(measure: &Measure, asked: AskedOfPeriod, period: Period) -> Vec<Period> {
    match measure.counted {
        Counted::AtPeriodEnd => match asked {
            AskedOfPeriod::Start => vec![period],
            AskedOfPeriod::End | AskedOfPeriod::Nothing => vec![period.last_month()],
        },
        Counted::On { .. } | Counted::FromParts => period.months(),
    }
}

/// The periods at whose ends units have to be judged for a request: those of a stock that asks about the period
/// itself. None for all other measures.
#[must_use]
pub fn periods_to_judge(definitions: &Definitions, request: &TableRequest) -> BTreeSet<Period> {
    let mut periods = BTreeSet::new();
    for part in counted_for(definitions, request) {
        let Some(measure) = definitions.measure(&part.measure) else { continue };
        let asked = definitions.asked_of_period(measure);
        if asked != AskedOfPeriod::Nothing {
            periods.extend(part.periods.iter().flat_map(|p| periods_of(measure, asked, *p)));
            // Facts that ask for the end only are judged for the month.
            periods.extend(part.periods.iter().map(|p| p.last_month()));
        }
    }
    periods
}

/// Every combination of levels, the first breakdown slowest.
fn crossings(levels: &[&Levels]) -> Vec<Vec<Level>> {
    let mut all = vec![Vec::new()];
    for breakdown in levels {
        all = all
            .into_iter()
            .flat_map(|before: Vec<Level>| {
                let each = breakdown.levels.iter().cloned();
                each.map(move |level| before.iter().cloned().chain([level]).collect())
            })
            .collect();
    }
    all
}

/// The same requests, each table asked for once with all its periods.
#[must_use]
pub fn merged(requests: Vec<TableRequest>) -> Vec<TableRequest> {
    let mut tables: BTreeMap<(String, Vec<String>), Vec<Period>> = BTreeMap::new();
    for request in requests {
        tables.entry((request.measure, request.by)).or_default().extend(request.periods);
    }
    tables
        .into_iter()
        .map(|((measure, by), mut periods)| {
            periods.sort_by_key(|p| (p.kind, p.number()));
            periods.dedup();
            TableRequest { measure, by, periods }
        })
        .collect()
}
