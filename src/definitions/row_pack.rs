//! Row-level packs: lists of single cases with what stands behind them, for those who may see them.
//!
//! They are no figures, so nothing protects them but their audience: the loader takes none that may
//! not see rows about single cases.

use std::collections::BTreeSet;

use crate::calendar::PeriodKind;
use crate::definitions::Definitions;
use crate::definitions::framework::Framework;
use crate::definitions::place::Place;
use crate::definitions::test::TestKind;

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

impl RowPack {
    /// The sources of which it tells what stands in their rows: those that its claims rest on, if it tells
    /// any values.
    pub fn sources_told<'d>(&self, definitions: &'d Definitions) -> impl Iterator<Item = &'d str> {
        let whole = |f: &Framework, id: &str| format!("{}.{id}", f.id);
        let claims = if self.evidence.contains(&Evidence::Values) { &self.claims } else { &[][..] };
        let asked = definitions
            .frameworks
            .iter()
            .filter(move |f| f.claims.iter().any(|claim| claims.contains(&whole(f, &claim.id))));
        let tests = asked.flat_map(|f| {
            let needs = f.needs.iter().flat_map(|n| &n.tests);
            let outcomes = f.outcomes.iter().flat_map(|o| &o.tests);
            needs.chain(outcomes).chain(f.claims.iter().flat_map(|c| &c.tests))
        });
        tests.filter_map(|test| match &test.kind {
            TestKind::Rows(rows) => Some(rows.source.as_str()),
            TestKind::When(_) => None,
        })
    }
}

impl Definitions {
    /// The claims that some row-level pack lists, by their names (`sf2022.successful_family`): those that are
    /// asserted to somebody, and so stand in the register of claims.
    #[must_use]
    pub fn claims_registered(&self) -> BTreeSet<&str> {
        self.row_packs.iter().flat_map(|pack| &pack.claims).map(String::as_str).collect()
    }
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
