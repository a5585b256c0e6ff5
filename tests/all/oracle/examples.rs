//! The oracle's own tests.
