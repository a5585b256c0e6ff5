//! Names, types and units of expressions.
