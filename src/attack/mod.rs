//! An outsider who tries to work out what is hidden.
//!
//! Knows what an audience is given, nothing else: the published figures of one or several runs, and
//! what the pages say of definitions. Shares no code with `protect`: a thought that was forgotten
//! there is not forgotten here for the same reason.
//!
//! 1. `published`: the files of an audience;
//! 2. `knowledge`, `series`: all that they say, as sums of whole numbers;
//! 3. `system`: the sums, cut into parts that say nothing of each other;
//! 4. `bounds`, from `propagate`, `moves`, `linear`, `search` and `branch`: between which numbers each count lies;
//! 5. `findings`: which are nearer than the policy allows.

mod bounds;
mod branch;
mod findings;
mod knowledge;
mod linear;
mod moves;
mod propagate;
mod published;
mod search;
mod series;
mod system;

#[cfg(test)]
mod random_cubes;
#[cfg(test)]
mod tests;

pub use findings::{Exposed, Findings, Method, Narrowest, attack};
pub use published::{Figure, Printed, Release, releases};
