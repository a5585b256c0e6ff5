//! All cells that one audience will see in, published cells out.

mod published;

pub use published::{NumberKind, PublishedCell, PublishedNumber, PublishedTable, Shown, Symbol};
