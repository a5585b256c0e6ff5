//! Verdicts and units in, cells out.

mod cell;

pub use cell::{
    Amount, CATEGORY, Cell, Flow, Level, NOT_RECORDED, TEN_THOUSANDTHS, Table, TableRequest,
};
