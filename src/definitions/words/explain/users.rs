//! Who uses a definition: the outcome that answers a need, claims, measures, packs; and what reads a
//! source.

use std::collections::BTreeSet;

use super::Page;
use crate::definitions::Definitions;
use crate::definitions::expression::{Checked, Name};
use crate::definitions::framework::Need;
use crate::definitions::measure::{Measure, MeasureKind};
use crate::definitions::test::{Test, TestKind};
use crate::definitions::unit::UnitRows;

/// The definitions that a measure rests on, itself among them, through facts, claims and outcomes to needs:
/// `sf2022.outcome.not_missing`.
#[must_use]
pub fn definitions_behind(measure: &Measure, definitions: &Definitions) -> BTreeSet<String> {
    let mut asked = names_of_measure(measure);
    if measure.unit == "case_need" {
        // A need of a case is there because of the needs, and answers with their outcomes.
        for f in &definitions.frameworks {
            asked.extend(f.needs.iter().map(|n| format!("{}.need.{}", f.id, n.id)));
            asked.extend(f.outcomes.iter().map(|o| format!("{}.outcome.{}", f.id, o.id)));
        }
    }
    if let MeasureKind::Ratio { over, under } = &measure.kind {
        asked.extend([over, under].map(|m| format!("measure.{m}")));
        for part in [over, under].into_iter().filter_map(|id| definitions.measure(id)) {
            asked.extend(names_of_measure(part));
        }
    }
    asked.insert(format!("measure.{}", measure.id));
    for f in &definitions.frameworks {
        let of_claims =
            f.claims.iter().any(|c| asked.contains(&format!("{}.claim.{}", f.id, c.id)));
        if of_claims {
            asked.extend(f.outcomes.iter().map(|o| format!("{}.outcome.{}", f.id, o.id)));
            asked.extend(f.needs.iter().map(|n| format!("{}.need.{}", f.id, n.id)));
        }
        for outcome in &f.outcomes {
            if asked.contains(&format!("{}.outcome.{}", f.id, outcome.id)) {
                asked.insert(format!("{}.need.{}", f.id, outcome.need));
            }
        }
    }
    asked
}

/// The needs, outcomes, claims and facts that a measure names.
fn names_of_measure(measure: &Measure) -> BTreeSet<String> {
    let names = measure.expressions().flat_map(|c| c.expr.names());
    names
        .filter_map(|name| match name {
            Name::Need(id) => Some(full(&id, "need")),
            Name::Outcome(id) => Some(full(&id, "outcome")),
            Name::Claim(id) => Some(full(&id, "claim")),
            Name::Fact(id) => Some(format!("fact.{id}")),
            _ => None,
        })
        .collect()
}

impl Page<'_> {
    /// The outcome that answers a need.
    pub(super) fn answered_by(&mut self, name: &str, need: &Need) {
        let frameworks = &self.definitions.frameworks;
        let Some(f) = frameworks.iter().find(|f| name.starts_with(&format!("{}.", f.id))) else {
            return;
        };
        match f.outcome_of(&need.id) {
            _ if self.alone => {}
            Some(outcome) => self.line(format!("Answered by {}.outcome.{}.", f.id, outcome.id)),
            None => self.line("No outcome answers it."),
        }
    }

    /// The claims that rest on a need or an outcome, because they name it or ask of every need.
    pub(super) fn claimed_in(&mut self, name: &str, is_need: bool) {
        let mut claims = Vec::new();
        for f in &self.definitions.frameworks {
            let Some(id) = name.strip_prefix(&format!("{}.", f.id)) else { continue };
            let id = format!("{}.{}", f.id, id.rsplit('.').next().unwrap_or(id));
            let rests = |n: &Name| match n {
                Name::EveryNeedMet => true,
                Name::NeedsIdentified | Name::HeadlinesIdentified => is_need,
                Name::Need(other) => is_need && *other == id,
                Name::Outcome(other) => !is_need && *other == id,
                _ => false,
            };
            let resting = f.claims.iter().filter(|c| c.rule.expr.names().iter().any(rests));
            claims.extend(resting.map(|c| format!("{}.claim.{}", f.id, c.id)));
        }
        if !claims.is_empty() && !self.alone {
            self.line(format!("Part of the claims: {}.", claims.join(", ")));
        }
    }

    pub(super) fn used_by(&mut self, is_it: &dyn Fn(&Name) -> bool) {
        if self.alone {
            return;
        }
        let uses = |c: &Checked| c.expr.names().iter().any(is_it);
        let measures: Vec<&str> = self
            .definitions
            .measures
            .iter()
            .filter(|m| m.expressions().any(uses))
            .map(|m| m.id.as_str())
            .collect();
        if measures.is_empty() {
            self.line("No measure uses it by name.");
            return;
        }
        self.line(format!("Used by the measures: {}.", measures.join(", ")));
        let packs = self.packs_of(&measures);
        if !packs.is_empty() {
            self.line(format!("Shown in the packs: {}.", packs.join(", ")));
        }
    }

    pub(super) fn packs_of(&self, measures: &[&str]) -> Vec<&str> {
        let shown = |id: &String| measures.contains(&id.as_str());
        let packs = self.definitions.packs.iter().filter(|p| {
            let figures = p.sections.iter().flat_map(|s| &s.figures).map(|f| &f.measure);
            figures.chain(&p.headlines).any(shown)
        });
        packs.map(|p| p.id.as_str()).collect()
    }

    /// The row-level packs that list the cases of a claim.
    pub(super) fn listed_in(&mut self, name: &str) {
        let lists = |claim: &String| full(claim, "claim") == name;
        let packs = self.definitions.row_packs.iter().filter(|p| p.claims.iter().any(lists));
        let packs: Vec<&str> = packs.map(|p| p.id.as_str()).collect();
        if !packs.is_empty() && !self.alone {
            self.line(format!("Listed case by case in the packs: {}.", packs.join(", ")));
        }
    }

    /// Everything that reads a source: units, needs, outcomes, claims and facts.
    pub(super) fn readers(&self, source: &str) -> Vec<String> {
        let reads = |tests: &[Test]| {
            tests.iter().any(|t| matches!(&t.kind, TestKind::Rows(r) if r.source == source))
        };
        let d = self.definitions;
        let units = d.units.iter().filter(|u| u.rows == UnitRows::Source(source.to_owned()));
        let mut readers: Vec<String> = units.map(|u| format!("unit {}", u.id)).collect();
        for f in &d.frameworks {
            let needs = f.needs.iter().filter(|n| reads(&n.tests)).map(|n| ("need", &n.id));
            let outcomes =
                f.outcomes.iter().filter(|o| reads(&o.tests)).map(|o| ("outcome", &o.id));
            let claims = f.claims.iter().filter(|c| reads(&c.tests)).map(|c| ("claim", &c.id));
            let all = needs.chain(outcomes).chain(claims);
            readers.extend(all.map(|(kind, id)| format!("{}.{kind}.{id}", f.id)));
        }
        let facts = d.facts.iter().filter(|f| reads(std::slice::from_ref(&f.test)));
        readers.extend(facts.map(|f| format!("fact.{}", f.id)));
        readers
    }
}

/// `framework.name` with the kind between.
pub(super) fn full(id: &str, kind: &str) -> String {
    match id.split_once('.') {
        Some((framework, id)) => format!("{framework}.{kind}.{id}"),
        None => id.to_owned(),
    }
}
