//! Every data check over the rows that were read: how many rows it looked at, which it found, and
//! how they spread over teams and providers.
//!
//! Checks look at rows that are used. Rows that could not be used stand in the ledger, each with
//! its reason: together they are all that is known to be wrong with the data.

mod faults;
mod groups;
mod record;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use polars::prelude::*;

use crate::columns::{ROW, Rings, in_parallel};
use crate::definitions::Definitions;
use crate::definitions::data_check::{DataCheck, Fault};
use crate::definitions::expression::Type;
use crate::definitions::measure::Breakdown;
use crate::definitions::source::Source;
use crate::evaluate::Evaluated;
use crate::read::SourceRows;
use crate::statistics::{Confidence, wilson};

use record::Records;

/// What all checks found.
#[derive(Debug, Default)]
pub struct DataQuality {
    /// One for each check, in the order of the definitions.
    pub results: Vec<CheckResult>,
}

impl DataQuality {
    /// The findings of a check.
    #[must_use]
    pub fn result(&self, check: &str) -> Option<&CheckResult> {
        self.results.iter().find(|r| r.check == check)
    }
}

/// What one check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckResult {
    /// The check.
    pub check: String,
    /// How many rows it looked at, and of how many something is wrong.
    pub count: Count,
    /// Whether that is a finding. It is none where there is no more than chance would bring.
    pub told: bool,
    /// The same by each breakdown of the check that this council has.
    pub splits: Vec<Split>,
    /// The rows that were found, in the order of their file.
    pub rows: Vec<FoundRow>,
}

/// Rows looked at, and those of them that were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Count {
    /// Looked at.
    pub checked: u64,
    /// Found.
    pub found: u64,
}

impl Count {
    fn add(&mut self, found: bool) {
        self.checked += 1;
        self.found += u64::from(found);
    }
}

/// Findings by one breakdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The breakdown.
    pub breakdown: String,
    /// The value behind each level, nothing where none is recorded, with its title. Declared levels
    /// first, then the others in alphabetical order, then what is not recorded.
    pub levels: Vec<(Option<String>, String, Count)>,
}

/// A row that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoundRow {
    /// The data row in its file, from 1; nothing for units that no file has.
    pub row: Option<u32>,
    /// The place of its case's identifier, if it has one.
    pub case: Option<u32>,
}

/// Looks at the records with every check.
///
/// # Errors
/// When a date lies beyond the table of bank holidays, or the data frame library refuses.
pub fn examine(definitions: &Definitions, evaluated: &Evaluated) -> PolarsResult<DataQuality> {
    // What the rows of a source are about is looked up once for all its checks. The longest source is begun
    // first: last, it would be waited for.
    let mut of_source: BTreeMap<&str, Vec<(usize, &DataCheck)>> = BTreeMap::new();
    for (number, check) in definitions.checks.iter().enumerate() {
        of_source.entry(&check.source).or_default().push((number, check));
    }
    let sources = &evaluated.linked.inputs.sources;
    let length = |source: &str| sources.get(source).map_or(0, |rows| rows.frame.height());
    let mut of_source: Vec<_> = of_source.into_iter().collect();
    of_source.sort_by_key(|(source, checks)| Reverse(length(source) * checks.len()));
    let found = in_parallel(of_source.len(), |at| {
        let Some((_, numbered)) = of_source.get(at) else { return Ok(Vec::new()) };
        let checks: Vec<&DataCheck> = numbered.iter().map(|(_, check)| *check).collect();
        let results = look_with_all(definitions, evaluated, &checks)?;
        Ok(numbered.iter().map(|(number, _)| *number).zip(results).collect())
    })?;
    let mut found: Vec<(usize, CheckResult)> = found.into_iter().flatten().collect();
    found.sort_by_key(|(number, _)| *number);
    Ok(DataQuality { results: found.into_iter().map(|(_, result)| result).collect() })
}

/// Looks at the records with one check.
///
/// # Errors
/// As [`examine`].
pub(crate) fn look(
    definitions: &Definitions,
    evaluated: &Evaluated,
    check: &DataCheck,
) -> PolarsResult<CheckResult> {
    let mut results = look_with_all(definitions, evaluated, &[check])?;
    Ok(results.pop().unwrap_or_else(|| nothing_found(check)))
}

/// What a check has found that could not look.
fn nothing_found(check: &DataCheck) -> CheckResult {
    CheckResult {
        check: check.id.clone(),
        count: Count::default(),
        told: false,
        splits: Vec::new(),
        rows: Vec::new(),
    }
}

/// Looks at the records of one source with some checks, all of this source. Gives a result for each.
fn look_with_all(
    definitions: &Definitions,
    evaluated: &Evaluated,
    checks: &[&DataCheck],
) -> PolarsResult<Vec<CheckResult>> {
    let is_fed =
        |source: &str| evaluated.linked.inputs.sources.get(source).is_some_and(SourceRows::is_fed);
    // Of a feed that is not there nobody knows what it lacks.
    let can_look = |check: &DataCheck| {
        is_fed(&check.source)
            && match &check.fault {
                Fault::Without(without) => is_fed(&without.source),
                _ => true,
            }
    };
    let source = checks.first().and_then(|check| definitions.source(&check.source));
    let Some(source) = source.filter(|_| checks.iter().any(|check| can_look(check))) else {
        return Ok(checks.iter().map(|check| nothing_found(check)).collect());
    };
    let records = Records::new(definitions, evaluated, source);
    let splits: Vec<Vec<SplitBy<'_>>> =
        checks.iter().map(|check| splits_of(definitions, source, check)).collect();
    let compared = checks.iter().flat_map(|check| check.compared()).map(String::as_str);
    let split = splits.iter().flatten().map(|split| split.column.as_str());
    let beside: Vec<&str> = compared.chain(split).collect();
    let conditions = checks.iter().flat_map(|check| check.conditions());
    let frame = records.with_related(conditions, &beside)?;
    let looked = checks.iter().zip(&splits).map(|(check, splits)| {
        if !can_look(check) {
            return Ok(nothing_found(check));
        }
        look_at(definitions, evaluated, &records, &frame, check, splits)
    });
    looked.collect()
}

/// A breakdown of a check, with the column that it goes by and its type.
struct SplitBy<'d> {
    breakdown: &'d Breakdown,
    column: String,
    ty: Type,
}

fn splits_of<'d>(
    definitions: &'d Definitions,
    source: &Source,
    check: &DataCheck,
) -> Vec<SplitBy<'d>> {
    let breakdowns = check.by.iter().filter_map(|id| definitions.breakdown(id));
    let split = |breakdown: &'d Breakdown| {
        let (column, ty) = source.own_or_related(&breakdown.column, &definitions.sources)?;
        Some(SplitBy { breakdown, column, ty })
    };
    breakdowns.filter_map(split).collect()
}

/// Looks at rows with one check.
fn look_at(
    definitions: &Definitions,
    evaluated: &Evaluated,
    records: &Records<'_>,
    frame: &DataFrame,
    check: &DataCheck,
    splits: &[SplitBy<'_>],
) -> PolarsResult<CheckResult> {
    let among = match &check.among {
        Some(condition) => records.holds(frame, condition)?,
        None => vec![true; frame.height()],
    };
    let wrong = faults::wrong(definitions, evaluated, records, frame, check, &among)?;
    let found: Vec<(bool, bool)> = among.into_iter().zip(wrong).map(|(a, w)| (a, a && w)).collect();
    let mut count = Count::default();
    found.iter().filter(|(among, _)| *among).for_each(|(_, found)| count.add(*found));
    let rings = &evaluated.linked.inputs.rings;
    let split = |by: &SplitBy<'_>| split(rings, by, frame, &found);
    Ok(CheckResult {
        check: check.id.clone(),
        count,
        told: count.found > 0 && beyond_chance(check, count),
        splits: splits.iter().map(split).collect::<PolarsResult<_>>()?,
        rows: found_rows(records.source, frame, &found)?,
    })
}

/// Whether there is more than chance would bring, as far as the check says what that is.
fn beyond_chance(check: &DataCheck, count: Count) -> bool {
    let Fault::Holds { by_chance: Some(usual), .. } = check.fault else { return true };
    let limits = wilson(count.found, count.checked, Confidence::P95);
    limits.is_some_and(|limits| limits.lower > usual)
}

fn split(
    rings: &Rings,
    by: &SplitBy<'_>,
    frame: &DataFrame,
    found: &[(bool, bool)],
) -> PolarsResult<Split> {
    let SplitBy { breakdown, column, ty } = by;
    let values = frame.column(column)?.as_materialized_series().u32()?.rechunk();
    let values = values.downcast_as_array().iter();
    let (mut not_recorded, mut by_value) = (Count::default(), Vec::new());
    for (value, (_, found)) in values.zip(found).filter(|(_, (among, _))| *among) {
        let Some(place) = value.map(|&value| value as usize) else {
            not_recorded.add(*found);
            continue;
        };
        if place >= by_value.len() {
            by_value.resize(place + 1, Count::default());
        }
        by_value.get_mut(place).into_iter().for_each(|count| count.add(*found));
    }
    let counts = [(None, not_recorded)].into_iter().chain((0_u32..).map(Some).zip(by_value));
    let counts = counts.filter(|(_, count)| count.checked > 0);
    let word = |place: u32| match ty {
        Type::Code(list) => list.word(place),
        Type::Id(entity) => rings.identifier(entity, place),
        _ => rings.text.word(place),
    };
    let mut levels: Vec<(Option<String>, String, Count)> = counts
        .map(|(place, count)| {
            let code = place.and_then(word).map(str::to_owned);
            let title = match &code {
                None => "Not recorded".to_owned(),
                Some(code) => breakdown
                    .titles
                    .iter()
                    .find(|(of, _)| of == code)
                    .map_or_else(|| code.clone(), |(_, title)| title.clone()),
            };
            (code, title, count)
        })
        .collect();
    let declared = |code: &Option<String>| {
        let code = code.as_ref()?;
        Some(breakdown.order.iter().position(|c| c == code).unwrap_or(usize::MAX))
    };
    levels.sort_by_cached_key(|(code, _, _)| {
        (code.is_none(), declared(code).unwrap_or(usize::MAX), code.clone())
    });
    Ok(Split { breakdown: breakdown.id.clone(), levels })
}

fn found_rows(
    source: &Source,
    frame: &DataFrame,
    found: &[(bool, bool)],
) -> PolarsResult<Vec<FoundRow>> {
    let places = |column: &str| -> PolarsResult<Option<UInt32Chunked>> {
        match frame.column(column) {
            Ok(column) => Ok(Some(column.as_materialized_series().u32()?.rechunk().into_owned())),
            Err(_) => Ok(None),
        }
    };
    let rows = places(ROW)?;
    let cases = match source.id_column("case") {
        Some(column) => places(&column.name)?,
        None => None,
    };
    let at = |of: &Option<UInt32Chunked>, row: usize| of.as_ref().and_then(|of| of.get(row));
    let found = found.iter().enumerate().filter(|(_, (_, found))| *found);
    Ok(found
        .map(|(at_row, _)| FoundRow { row: at(&rows, at_row), case: at(&cases, at_row) })
        .collect())
}
