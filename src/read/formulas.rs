//! The columns of a source that follow from its other columns.

use std::sync::Arc;

use polars::prelude::*;

use crate::calendar::WorkingDays;
use crate::columns::{Lowering, ROW, Rings, lower, physical};
use crate::definitions::expression::{Name, Type};
use crate::definitions::source::Source;
use crate::read::Inputs;

/// A frame with the formula columns of its source.
pub(super) fn with_formulas(
    source: &Source,
    frame: DataFrame,
    inputs: &Inputs,
) -> PolarsResult<DataFrame> {
    let over = RowScope { inputs };
    let mut plan = frame.lazy();
    for column in &source.columns {
        if let Some(formula) = &column.formula {
            let value = lower(&formula.expr, &over).cast(physical(&column.ty));
            plan = plan.with_column(value.alias(column.name.as_str()));
        }
    }
    plan.collect()
}

/// Which rows have a share that can be one.
const POSSIBLE: &str = "possible";

/// The rows whose shares can be shares, and the numbers of the other rows, each with the name of
/// the column that cannot.
pub(super) fn possible_shares(
    source: &Source,
    mut frame: DataFrame,
) -> PolarsResult<(DataFrame, Vec<(u32, &str)>)> {
    let mut impossible = Vec::new();
    for column in source.columns.iter().filter(|c| c.ty == Type::Proportion) {
        let shares = frame.column(&column.name)?.as_materialized_series().f64()?;
        if shares.iter().flatten().all(|share| (0.0..=1.0).contains(&share)) {
            continue;
        }
        let share = col(column.name.as_str());
        let wrong = share.clone().lt(lit(0.0)).or(share.gt(lit(1.0))).fill_null(lit(false));
        let possible = frame.clone().lazy().select([wrong.not().alias(POSSIBLE)]).collect()?;
        let possible = possible.column(POSSIBLE)?.as_materialized_series().bool()?;
        let rows = frame.column(ROW)?.as_materialized_series().u32()?.filter(&!possible)?;
        impossible.extend(rows.iter().flatten().map(|row| (row, column.name.as_str())));
        // Not by a plan: that would leave pieces, to be put together by all who read the rows later.
        frame = frame.filter(possible)?;
    }
    Ok((frame, impossible))
}

/// Formulas and conditions on rows see the columns of their own row.
pub(crate) struct RowScope<'a> {
    pub(crate) inputs: &'a Inputs,
}

impl Lowering for RowScope<'_> {
    fn name(&self, name: &Name) -> Expr {
        match name {
            Name::Column(column) => col(column.as_str()),
            _ => lit(NULL),
        }
    }

    fn rings(&self) -> &Rings {
        &self.inputs.rings
    }

    fn working_days(&self) -> &Arc<WorkingDays> {
        &self.inputs.working_days
    }
}
