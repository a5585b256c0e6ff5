//! Facts that ask about the reporting period: a verdict for each unit and period.
//!
//! Units that are there at the end of a period stand once for each such period, under each other, with
//! the period's first and last day as two more anchors. They are judged like any other units, all
//! periods in one pass.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use polars::prelude::*;

use crate::calendar::{Day, Period, PeriodKind};
use crate::definitions::Definitions;
use crate::definitions::expression::{Expr as Ask, Name};
use crate::definitions::measure::{AskedOfPeriod, Fact, Measure};
use crate::definitions::test::{PERIOD_END, PERIOD_START, TestKind};
use crate::definitions::unit::Unit;
use crate::evaluate::cohort::Units;
use crate::evaluate::judging::Judging;
use crate::evaluate::parcels;
use crate::evaluate::results::{open_of, value_of};
use crate::evaluate::unit_scope::fact_column;
use crate::link::{FAMILY, Linked, PARENT, PEOPLE, PERSON, Presence, number_units, own_identifier};

/// What has been found about units of one kind in periods, as they were asked about.
#[derive(Debug, Default)]
pub(crate) struct InPeriods {
    asked: Vec<Found>,
}

/// What was found in periods that were judged together.
#[derive(Debug)]
pub(super) struct Found {
    /// Where the rows of each period stand.
    rows: BTreeMap<Period, Range<usize>>,
    /// The places of the units in their own frame, period by period, in order.
    units: Vec<u32>,
    /// The columns of the facts, in the same order.
    found: DataFrame,
}

impl InPeriods {
    /// The places of the units that are there at the end of a period, and what was found about them;
    /// nothing for a period that was not asked about.
    pub(crate) fn of(&self, period: Period) -> Option<(&[u32], DataFrame)> {
        let (found, rows) =
            self.asked.iter().find_map(|found| Some((found, found.rows.get(&period)?)))?;
        let first = i64::try_from(rows.start).ok()?;
        Some((found.units.get(rows.clone())?, found.found.slice(first, rows.len())))
    }

    /// The same of a period in which no unit is there.
    pub(crate) fn of_nobody(&self) -> Option<(&[u32], DataFrame)> {
        Some((&[], self.asked.first()?.found.slice(0, 0)))
    }

    /// Adds what was found in further periods.
    pub(super) fn add(&mut self, found: Found) {
        self.asked.push(found);
    }
}

/// The facts of a unit that ask about the reporting period.
pub(super) fn facts_of<'d>(definitions: &'d Definitions, unit: &Unit) -> Vec<&'d Fact> {
    let facts = definitions.facts.iter().filter(|f| f.unit == unit.id);
    facts.filter(|f| f.test.asks_about_period()).collect()
}

/// The sources whose rows are needed to judge units in periods: those that such facts read, and those that say who
/// people are and to which family they belong.
pub(crate) fn sources_asked_in_periods(definitions: &Definitions) -> BTreeSet<&str> {
    let facts = definitions.facts.iter().filter(|f| f.test.asks_about_period());
    let read = facts.filter_map(|f| match &f.test.kind {
        TestKind::Rows(rows) => Some(rows.source.as_str()),
        TestKind::When(_) => None,
    });
    let links = definitions.links.iter().map(|link| link.source.as_str());
    read.chain(links).chain([PEOPLE]).collect()
}

/// A unit as it stands in periods. A large council's cases stand in millions: their rows, and who their people
/// are, are made for some of them at a time.
pub(super) struct Standing<'d> {
    unit: Unit,
    facts: Vec<&'d Fact>,
    rows: BTreeMap<Period, Range<usize>>,
    units: Vec<u32>,
    /// The columns that are asked for, of each unit once.
    frame: DataFrame,
}

/// How many parcels of units in periods are there at a time.
const PARCELS: usize = 8;

impl<'d> Standing<'d> {
    /// The units that are there at the end of each of these periods, or of all that have ended. Nothing for a unit
    /// of which no fact asks about periods.
    pub(super) fn new(
        definitions: &'d Definitions,
        linked: &Linked,
        of: &Unit,
        asked: Option<&BTreeSet<Period>>,
    ) -> PolarsResult<Option<Self>> {
        let facts = facts_of(definitions, of);
        let Some(frame) = linked.units.get(&of.id).filter(|_| !facts.is_empty()) else {
            return Ok(None);
        };
        let Some(presence) = Presence::new(definitions, of, frame)? else { return Ok(None) };
        let periods = presence
            .begins()
            .map_or_else(BTreeSet::new, |begins| periods_asked_about(definitions, &facts, begins));
        let mut rows = BTreeMap::new();
        let mut units = Vec::new();
        let is_asked = |period: &Period| asked.is_none_or(|asked| asked.contains(period));
        for period in periods.into_iter().filter(is_asked) {
            let first = units.len();
            units.extend(presence.on(period.end()));
            rows.insert(period, first..units.len());
        }
        let wanted = columns_asked_for(definitions, of, &facts);
        let names = frame.get_column_names().into_iter().map(|name| name.as_str());
        let names: Vec<&str> = names.filter(|name| wanted.contains(*name)).collect();
        let frame = frame.select(names)?;
        let mut anchors = of.anchors.clone();
        anchors.extend([PERIOD_START, PERIOD_END].map(|name| (name.to_owned(), name.to_owned())));
        let unit = Unit {
            id: format!("{} in periods", of.id),
            title: of.title.clone(),
            plural: of.plural.clone(),
            rows: of.rows.clone(),
            framework: None,
            of: of.of.clone(),
            anchors,
            place: of.place.clone(),
        };
        Ok(Some(Self { unit, facts, rows, units, frame }))
    }

    /// The units at some places, each with the days of its period.
    fn some(&self, places: Range<usize>) -> PolarsResult<DataFrame> {
        let (mut starts, mut ends) = (Vec::new(), Vec::new());
        // Periods come in order of their rows: those of the first begin with the first.
        for (period, rows) in &self.rows {
            let (from, to) = (rows.start.max(places.start), rows.end.min(places.end));
            starts.resize(starts.len() + to.saturating_sub(from), period.start().0);
            ends.resize(starts.len(), period.end().0);
        }
        let units = self.units.get(places).unwrap_or_default();
        let mut frame = self.frame.take(&IdxCa::from_slice(PlSmallStr::EMPTY, units))?;
        frame.with_column(Column::new(PERIOD_START.into(), starts))?;
        frame.with_column(Column::new(PERIOD_END.into(), ends))?;
        number_units(&frame)
    }

    /// Judges them all.
    pub(super) fn judged(
        self,
        definitions: &Definitions,
        linked: &Linked,
        largest: usize,
        progress: &mut dyn FnMut(&str),
    ) -> PolarsResult<Found> {
        let about_people = self.facts.iter().any(|f| f.test.is_about_people());
        let of = (&self.unit, &self.some(0..0)?);
        let plan = Judging::new(definitions, linked, of, self.facts.clone(), false)?;
        let rows = plan.rows(progress)?;
        let columns = self.facts.iter().map(|f| fact_column(&f.id));
        let columns = columns.flat_map(|fact| [open_of(&fact), value_of(&fact), fact]);
        let columns: Vec<String> = columns.collect();
        let mut found = Vec::new();
        for places in parcels::cut(self.units.len(), largest.saturating_mul(PARCELS)) {
            let frame = self.some(places)?;
            let members = match about_people {
                true => linked.members_of(definitions, &self.unit, &frame)?,
                false => None,
            };
            let units = Units { frame: &frame, members: members.as_ref() };
            for judged in plan.in_parcels(units, &rows, largest)? {
                let there = columns.iter().filter(|c| judged.units.column(c).is_ok());
                found.push(judged.units.select(there)?);
            }
        }
        drop((plan, rows));
        let found = parcels::together(found)?;
        Ok(Found { rows: self.rows, units: self.units, found })
    }
}

/// Months; and the other periods of the measures that ask about a period's first day. All of them have ended.
fn periods_asked_about(
    definitions: &Definitions,
    facts: &[&Fact],
    begins: Day,
) -> BTreeSet<Period> {
    let mut kinds = BTreeSet::from([PeriodKind::Month]);
    let of_unit = |m: &&Measure| facts.iter().any(|fact| fact.unit == m.unit);
    let asks = |m: &&Measure| definitions.asked_of_period(m) == AskedOfPeriod::Start;
    let asking = definitions.measures.iter().filter(of_unit).filter(asks);
    kinds.extend(asking.flat_map(|m| m.periods.iter().copied()));
    let mut periods = BTreeSet::new();
    for kind in kinds {
        let mut period = Period::last_complete(kind, definitions.project.as_at);
        while period.end() >= begins {
            periods.insert(period);
            period = period.earlier(1);
        }
    }
    periods
}

/// The columns of a unit that its tests may read: identifiers, dates, and what they name.
fn columns_asked_for(definitions: &Definitions, unit: &Unit, facts: &[&Fact]) -> BTreeSet<String> {
    let parent = unit.of.as_deref().and_then(|of| definitions.unit(of));
    let own = own_identifier(definitions, unit);
    let parents = parent.and_then(|parent| own_identifier(definitions, parent));
    let mut wanted: BTreeSet<String> = [own, parents, Some(FAMILY), Some(PERSON)]
        .into_iter()
        .flatten()
        .map(str::to_owned)
        .collect();
    wanted.extend(unit.anchors.iter().map(|(name, _)| name.clone()));
    let groups = definitions.groups.iter().map(|g| &g.condition.expr);
    let asked = facts.iter().flat_map(|f| f.test.expressions()).map(|e| &e.expr);
    for name in groups.chain(asked).flat_map(Ask::names) {
        match name {
            Name::Unit(column) => wanted.extend([column]),
            Name::Parent(column) => wanted.extend([format!("{PARENT}{column}")]),
            _ => {}
        }
    }
    for fact in facts {
        if let TestKind::Rows(rows) = &fact.test.kind
            && let Some(through) = &rows.through
        {
            wanted.insert(format!("{through}_id"));
        }
    }
    wanted
}
