//! Hiding numbers so that no hidden one can be worked out.
//!
//! This room knows no measures and no periods, only counts and sums of counts. [`protect`] takes a
//! [`System`]: inner cells, which are counts of people, and the cells to be published, each of which shows
//! one or more sums of inner cells. It gives back which cells to hide, why, and what an attack on the rest
//! found:
//!
//! 1. **Primary**: cells that show a small number, or from which one follows by subtraction.
//! 2. **Secondary**, by Gaussian elimination: cells are taken from the most important down; one that
//!    would let a hidden number follow is hidden too (`elimination`).
//! 3. **Audit**: for each hidden number two whole tables that agree with everything known and differ in it
//!    by the width of the rule (`audit`, by `swaps` and the `solver`). Where there are none, or none can
//!    be found, the cheapest further cell is hidden, and the audit goes on.
//! 4. Cells that turn out not to be needed are shown after all, as long as the audit holds.
//!
//! A secret is what is small, or may be for all that the reader knows. That a hidden number is large may be
//! worked out, and how large: it was hidden for the sake of others, would be shown if it stood alone, and
//! says nothing that the shown numbers do not say already. A percentage is hidden with its cell, and what
//! is small in a cell is a secret of its own.
//!
//! ```
//! use early_help::disclosure::{Cell, Form, Rule, System, protect};
//!
//! let mut system = System::default();
//! let places: Vec<usize> = [3, 40, 9].into_iter().map(|n| system.add_inner(n)).collect();
//! for &place in &places {
//!     let weight = system.inner[place];
//!     system.add(Cell { weight, ..Cell::count(Form::sum([place])) });
//! }
//! system.add(Cell { rank: 1, weight: 52, ..Cell::count(Form::sum(places)) });
//! let protection = protect(&system, &Rule::below(6, true));
//! let hidden: Vec<bool> = (0..4).map(|cell| protection.why(cell).is_some()).collect();
//! assert_eq!(hidden, [true, false, true, false]);
//! assert!(protection.audit().unsafe_secrets.is_empty());
//! ```

mod audit;
mod cell_key;
mod components;
mod elimination;
mod reader;
mod repair;
mod search;
mod secrets;
mod simplex;
mod solver;
mod suppress;
mod swaps;
mod system;
#[cfg(test)]
mod tests;
mod work;

pub use cell_key::Noise;
pub use secrets::Doubt;
#[cfg(test)]
pub(crate) use suppress::by_elimination_alone;
pub use suppress::{Audited, Protection, Whose, Why, protect, settled};
pub use system::{Cell, Form, Rule, Standing, System};
