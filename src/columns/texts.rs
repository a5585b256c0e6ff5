//! Values of a column as people read them.

use polars::prelude::*;

use crate::calendar::Day;
use crate::columns::Rings;
use crate::definitions::expression::Type;

/// The values of a column of this type as text; nothing where none is recorded. `day` says how days are
/// written.
///
/// # Errors
/// When the column is not of the type, which is a bug.
pub fn texts(
    rings: &Rings,
    ty: &Type,
    column: &Column,
    day: &dyn Fn(Day) -> String,
) -> PolarsResult<Vec<Option<String>>> {
    let values = column.as_materialized_series();
    let words = |word: &dyn Fn(u32) -> Option<String>| -> PolarsResult<Vec<Option<String>>> {
        let places = values.cast(&DataType::UInt32)?;
        Ok(places.u32()?.iter().map(|place| word(place?)).collect())
    };
    Ok(match ty {
        Type::Id(entity) => words(&|place| rings.identifier(entity, place).map(str::to_owned))?,
        Type::Text => words(&|place| rings.text.word(place).map(str::to_owned))?,
        Type::Code(list) => words(&|place| list.word(place).map(str::to_owned))?,
        Type::YesNo => {
            let values = values.cast(&DataType::Boolean)?;
            let word = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
            values.bool()?.iter().map(|v| v.map(word)).collect()
        }
        Type::Date => {
            let values = values.cast(&DataType::Int32)?;
            values.i32()?.iter().map(|d| d.map(|d| day(Day(d)))).collect()
        }
        Type::Number(_) | Type::Proportion | Type::Money | Type::Score => {
            let values = values.cast(&DataType::Float64)?;
            values.f64()?.iter().map(|number| number.map(|n| n.to_string())).collect()
        }
        Type::Null => vec![None; values.len()],
    })
}
