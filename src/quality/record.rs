//! The rows of one source as a check sees them: their own columns, what has been found out about
//! them, and columns of what they are about.

use std::collections::BTreeSet;
use std::sync::Arc;

use polars::prelude::{Expr as Plan, *};

use crate::calendar::WorkingDays;
use crate::columns::{ByKey, Lowering, Rings, held, lower};
use crate::definitions::Definitions;
use crate::definitions::expression::{Checked, Expr, Name, ValueFunction};
use crate::definitions::source::Source;
use crate::definitions::unit::UnitRows;
use crate::evaluate::{Evaluated, UnitScope};

const BORN: &str = "date_of_birth";
const BORN_OF_PERSON: &str = "person.date_of_birth";
const HOLDS: &str = "holds";

/// The rows of a source.
pub(super) struct Records<'a> {
    definitions: &'a Definitions,
    evaluated: &'a Evaluated,
    pub(super) source: &'a Source,
}

impl<'a> Records<'a> {
    pub(super) fn new(
        definitions: &'a Definitions,
        evaluated: &'a Evaluated,
        source: &'a Source,
    ) -> Self {
        Self { definitions, evaluated, source }
    }

    /// The rows, or the units made of them: these have the same columns, and verdicts beside them.
    fn frame(&self) -> DataFrame {
        let made_of = UnitRows::Source(self.source.id.clone());
        let unit = self.definitions.units.iter().find(|u| u.rows == made_of);
        let units = unit.and_then(|unit| self.evaluated.units.get(&unit.id));
        let rows = || self.evaluated.linked.inputs.sources.get(&self.source.id).map(|s| &s.frame);
        units.or_else(rows).cloned().unwrap_or_default()
    }

    /// The rows, with the columns of what they are about that are wanted beside them.
    pub(super) fn with_related<'c>(
        &self,
        conditions: impl Iterator<Item = &'c Checked>,
        beside: &[&str],
    ) -> PolarsResult<DataFrame> {
        let mut wanted: BTreeSet<String> = beside.iter().map(|&name| name.to_owned()).collect();
        for condition in conditions {
            condition.expr.walk(&mut |e| match e {
                Expr::Name(Name::Column(column)) => drop(wanted.insert(column.clone())),
                Expr::Value(ValueFunction::AgeOn, _) => drop(wanted.insert(BORN_OF_PERSON.into())),
                _ => {}
            });
        }
        let mut frame = self.frame();
        for related in self.source.related(&self.definitions.sources) {
            let columns = related.owner.columns.iter().map(|c| c.name.as_str());
            let columns: Vec<&str> =
                columns.filter(|name| wanted.contains(&related.name_of(name))).collect();
            let rows = self.evaluated.linked.inputs.sources.get(&related.owner.id);
            let (Some(key), Some(rows), false) =
                (related.owner.key.first(), rows, columns.is_empty())
            else {
                continue;
            };
            let keys = rows.frame.column(key)?.as_materialized_series().u32()?.rechunk();
            let by_key = ByKey::new(&keys);
            let ids = frame.column(related.column)?.as_materialized_series().u32()?;
            let places = by_key.first_rows(ids.iter());
            for name in columns {
                let column = rows.frame.column(name)?.take(&places)?;
                frame.with_column(column.with_name(related.name_of(name).into()))?;
            }
        }
        Ok(frame)
    }

    /// Of which rows a condition is true. What comes to nothing is not.
    pub(super) fn holds(&self, frame: &DataFrame, condition: &Checked) -> PolarsResult<Vec<bool>> {
        let (definitions, linked) = (self.definitions, &self.evaluated.linked);
        let born = if self.source.column(BORN).is_some() { BORN } else { BORN_OF_PERSON };
        let scope = RecordScope { unit: UnitScope { definitions, linked, period: None }, born };
        let holds = lower(&condition.expr, &scope).cast(DataType::Boolean);
        // Put beside the rows, what is the same for all of them is there once for each.
        let found = frame.clone().lazy().with_column(holds.alias(HOLDS)).select([col(HOLDS)]);
        let found = found.collect()?;
        let mut holds = vec![false; frame.height()];
        for row in held(found.column(HOLDS)?.as_materialized_series().bool()?) {
            holds.get_mut(row).into_iter().for_each(|holds| *holds = true);
        }
        Ok(holds)
    }
}

/// Names in conditions about a row.
struct RecordScope<'a> {
    unit: UnitScope<'a>,
    born: &'static str,
}

impl Lowering for RecordScope<'_> {
    fn name(&self, name: &Name) -> Plan {
        self.unit.name(name)
    }

    fn rings(&self) -> &Rings {
        self.unit.rings()
    }

    fn working_days(&self) -> &Arc<WorkingDays> {
        self.unit.working_days()
    }

    fn date_of_birth(&self) -> Plan {
        col(self.born)
    }
}
