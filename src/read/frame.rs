//! Typed values as the frame of a source.

use polars::prelude::*;

use crate::columns::{ROW, physical};
use crate::definitions::source::Source;
use crate::read::SourceRows;

/// The read columns of a source in declared order, behind the rows' numbers. A column that is not
/// among these is empty.
pub(super) fn typed_frame(
    source: &Source,
    rows: UInt32Chunked,
    columns: Vec<Column>,
) -> PolarsResult<DataFrame> {
    let height = rows.len();
    let read = source.columns.iter().filter(|c| c.formula.is_none()).map(|c| {
        let found = columns.iter().find(|column| *column.name() == c.name);
        found
            .cloned()
            .unwrap_or_else(|| Column::full_null(c.name.as_str().into(), height, &physical(&c.ty)))
    });
    let rows = rows.with_name(ROW.into()).into_column();
    DataFrame::new(height, std::iter::once(rows).chain(read).collect())
}

/// A source that no mapping feeds: no rows, and complete to no day.
pub(super) fn no_feed(source: &Source) -> SourceRows {
    let fields = source.columns.iter().map(|c| Field::new(c.name.as_str().into(), physical(&c.ty)));
    let row = Field::new(ROW.into(), DataType::UInt32);
    let frame = DataFrame::empty_with_schema(&fields.chain([row]).collect());
    SourceRows { frame, complete_to: None, newest: None }
}
