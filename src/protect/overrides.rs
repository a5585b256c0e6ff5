//! How many verdicts stand by decision, as far as an audience may see it.

use std::collections::BTreeMap;

use crate::definitions::Definitions;
use crate::definitions::audience::DisclosurePolicy;
use crate::evaluate::{Decision, Effect};
use crate::protect::ledger_number;
use crate::protect::published::Shown;

/// The recorded decisions of a run for one audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedOverrides {
    complete: bool,
    roles: Vec<DecisionsOfRole>,
    refused: Vec<(Effect, Shown)>,
}

/// The decisions of those who have one role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionsOfRole {
    /// The role; empty where none is recorded.
    pub role: String,
    /// How many are recorded.
    pub recorded: Shown,
    /// How many of them stand in the place of what a rule found.
    pub standing: Shown,
}

impl PublishedOverrides {
    /// The decisions under a policy; nothing where no framework leaves room for them. Where the policy
    /// hides small counts nothing is counted: few decisions are about few cases.
    #[must_use]
    pub fn of(
        decisions: &[Decision],
        definitions: &Definitions,
        policy: &DisclosurePolicy,
    ) -> Option<Self> {
        if !definitions.allow_overrides() {
            return None;
        }
        if policy.suppress_below > 0 {
            return Some(Self { complete: false, roles: Vec::new(), refused: Vec::new() });
        }
        let shown = |count: usize| ledger_number(count as u64, policy);
        let listed = definitions.roles().map(|list| list.codes.as_slice()).unwrap_or_default();
        let nobody = String::new();
        let roles = listed.iter().chain([&nobody]).map(|role| {
            let of_role = || decisions.iter().filter(|d| d.role == *role);
            let standing = of_role().filter(|d| d.effect == Effect::Counted);
            (role.clone(), of_role().count(), standing.count())
        });
        let roles = roles.filter(|(_, recorded, _)| *recorded > 0);
        let mut refused: BTreeMap<Effect, usize> = BTreeMap::new();
        for decision in decisions.iter().filter(|d| d.effect != Effect::Counted) {
            *refused.entry(decision.effect).or_default() += 1;
        }
        Some(Self {
            complete: true,
            roles: roles
                .map(|(role, recorded, standing)| DecisionsOfRole {
                    role,
                    recorded: shown(recorded),
                    standing: shown(standing),
                })
                .collect(),
            refused: refused.into_iter().map(|(why, count)| (why, shown(count))).collect(),
        })
    }

    /// Whether they are counted out.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// The decisions by role, in the order of the register's code list; roles without any are left out.
    #[must_use]
    pub fn roles(&self) -> &[DecisionsOfRole] {
        &self.roles
    }

    /// How many decisions do not count, by why.
    #[must_use]
    pub fn refused(&self) -> &[(Effect, Shown)] {
        &self.refused
    }
}
