//! The register of claims in numbers, for those from whom nothing is hidden: few claims are about few families.

use std::collections::BTreeMap;

use crate::claims::{Kind, Register, State};
use crate::definitions::Definitions;
use crate::definitions::audience::DisclosurePolicy;
use crate::protect::ledger_number;
use crate::protect::published::Shown;

/// How many cases stand where in the register, by claim and headline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedClaims {
    claims: Vec<CasesOfClaim>,
    twice: Vec<(Kind, Shown)>,
}

/// The cases of one claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CasesOfClaim {
    /// Its title.
    pub title: String,
    /// The framework that it belongs to.
    pub framework: String,
    /// The title of a headline, or nothing for all of them together; with it how many cases stand in each state, in
    /// the order of [`State::ALL`]. A case counts under each of its headlines, and once in all.
    pub rows: Vec<(Option<String>, [Shown; 4])>,
}

impl PublishedClaims {
    /// The register under a policy; nothing where small counts are hidden, and where nothing is registered.
    #[must_use]
    pub fn of(
        register: &Register,
        definitions: &Definitions,
        policy: &DisclosurePolicy,
    ) -> Option<Self> {
        if policy.suppress_below > 0 || register.lines.is_empty() {
            return None;
        }
        let totals = register.totals();
        let mut claims = Vec::new();
        for framework in &definitions.frameworks {
            for claim in &framework.claims {
                let name = format!("{}.claim.{}", framework.id, claim.id);
                let standing = |headline: &str| {
                    let count = |state| totals.get(&(name.as_str(), headline, state)).copied();
                    State::ALL.map(|state| count(state).unwrap_or_default())
                };
                let headlines = framework.headlines.iter();
                let headlines = headlines.map(|h| (h.id.as_str(), Some(h.title.clone())));
                let rows: Vec<(Option<String>, [Shown; 4])> = [("", None)]
                    .into_iter()
                    .chain(headlines)
                    .map(|(id, title)| (title, standing(id)))
                    .filter(|(_, cases)| cases.iter().any(|count| *count > 0))
                    .map(|(title, cases)| (title, cases.map(|n| ledger_number(n as u64, policy))))
                    .collect();
                if !rows.is_empty() {
                    let (title, framework) = (claim.title.clone(), framework.title.clone());
                    claims.push(CasesOfClaim { title, framework, rows });
                }
            }
        }
        let mut twice: BTreeMap<Kind, u64> = BTreeMap::new();
        for pair in &register.twice {
            *twice.entry(pair.kind).or_default() += 1;
        }
        let twice = twice.into_iter().map(|(kind, n)| (kind, ledger_number(n, policy))).collect();
        Some(Self { claims, twice })
    }

    /// Each claim of which any case is registered, in the order of the definitions.
    #[must_use]
    pub fn claims(&self) -> &[CasesOfClaim] {
        &self.claims
    }

    /// How many pairs count for the same thing, by the way in which they do.
    #[must_use]
    pub fn twice(&self) -> &[(Kind, Shown)] {
        &self.twice
    }
}
