//! SQL expression text to a syntax tree with places, by `sqlparser`.
