//! Definitions in plain words, for pages and for `explain`.
