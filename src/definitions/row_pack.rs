//! Row-level packs: lists of single cases with what stands behind them, for those who may see them.
//!
//! They are no figures, so nothing protects them but their audience: the loader takes none that may
//! not see rows about single cases.

use crate::calendar::PeriodKind;
use crate::definitions::place::Place;

/// Lists of single cases that an audience is given together.
#[derive(Debug)]
pub struct RowPack {
    /// Its name, also that of its folder.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Those who get it: audiences that may see rows about single cases.
    pub audiences: Vec<String>,
    /// The runs that it belongs to: those of this kind of period.
    pub period: PeriodKind,
    /// The claims of which every case is listed for which they are met: `sf2022.successful_family`.
    pub claims: Vec<String>,
    /// What is told of each clause that a claim rests on, in this order.
    pub evidence: Vec<Evidence>,
    /// The saved extracts that belong to it.
    pub extracts: Vec<String>,
    /// Where it is defined.
    pub place: Place,
}

/// What can be told of a clause: of a need, an outcome, a claim, or one test of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// Its verdict.
    Status,
    /// What decided it, or what it waits for.
    Reason,
    /// The days that it looks at.
    Window,
    /// Which rows of which source stand behind it.
    Rows,
    /// What stands in those rows, in the columns that the test keeps as evidence.
    Values,
}

impl Evidence {
    /// Everything that can be told.
    pub const ALL: [Self; 5] = [Self::Status, Self::Reason, Self::Window, Self::Rows, Self::Values];

    /// The word for it in definitions.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Reason => "reason",
            Self::Window => "window",
            Self::Rows => "rows",
            Self::Values => "values",
        }
    }

    /// The columns in which it is told.
    #[must_use]
    pub const fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Status => &["status"],
            Self::Reason => &["reason"],
            Self::Window => &["window_start", "window_end"],
            Self::Rows => &["source", "rows"],
            Self::Values => &["values"],
        }
    }
}
