//! How typed values stand in data frames, and how checked expressions become polars expressions.
//! Ground for `read`, `link`, `evaluate` and `measure`.
//!
//! | type in the language | column in a frame |
//! |---|---|
//! | date | `Int32`, days since 1 January 1970 |
//! | id, text | `UInt32`, place in a [`Ring`] |
//! | code | `UInt32`, place in the code list |
//! | number, proportion, money, score | `Float64` |
//! | yes/no | `Boolean` |
//!
//! There are no strings in the frames: joins and comparisons are on integers.

mod answers;
mod by_key;
mod kernel;
mod lower;
mod parts;
mod ring;
mod texts;
mod threads;

pub(crate) use answers::{held, of_height, yes_no};
pub use by_key::ByKey;
pub use lower::{Lowering, lower};
pub use parts::finer;
pub use ring::{Ring, Rings};
pub use texts::texts;
pub(crate) use threads::in_parallel;

use polars::prelude::{AnyValue, DataType, Expr, JoinArgs, JoinType, Scalar, lit};
use polars_ops::frame::{JoinCoalesce, MaintainOrderJoin};

use crate::definitions::expression::Type;

/// The column of every source frame with the number of the data row in its file, from 1.
pub const ROW: &str = "row";

/// The physical type of a column.
#[must_use]
pub fn physical(ty: &Type) -> DataType {
    match ty {
        Type::YesNo => DataType::Boolean,
        Type::Number(_) | Type::Proportion | Type::Money | Type::Score => DataType::Float64,
        Type::Date => DataType::Int32,
        Type::Text | Type::Code(_) | Type::Id(_) | Type::Null => DataType::UInt32,
    }
}

/// A left join that keeps the rows of the left side as they are: same rows, same order.
#[must_use]
pub fn keeping_left() -> JoinArgs {
    JoinArgs {
        maintain_order: MaintainOrderJoin::Left,
        coalesce: JoinCoalesce::CoalesceColumns,
        ..JoinArgs::new(JoinType::Left)
    }
}

/// A constant of exactly its own type; `lit` leaves the width of integers open.
pub fn exact(value: impl Into<AnyValue<'static>>) -> Expr {
    let value = value.into();
    lit(Scalar::new(value.dtype(), value))
}
