//! The `early-help` command.

fn main() {}
