//! One line of the release ledger: one publication, tied to all that were made before it.

use serde::{Deserialize, Serialize};

use super::{Occasion, QUERY};
use crate::fingerprint::fingerprint;

/// One publication. Nothing of it is a time of day: its place in the chain says when it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its place in the chain, from 1.
    pub number: usize,
    /// The run, or `query`.
    pub run: String,
    /// Who received it.
    pub audience: String,
    /// The period that it was made for.
    pub period: String,
    /// Its packs, or the question.
    pub content: Vec<String>,
    /// The day as of which it was judged.
    pub as_at: String,
    /// The publication of the same run for the same audience that it takes the place of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restates: Option<usize>,
    /// What was accepted, where some of what it hides follows from earlier releases all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Accepted>,
    /// SHA-256 of the published figures.
    pub cells: String,
    /// SHA-256 of what they are.
    pub structure: String,
    /// SHA-256 of the record of what was kept back.
    pub record: String,
    /// The seal of the line before; empty in the first.
    pub previous: String,
    /// SHA-256 of all of this.
    #[serde(default)]
    pub seal: String,
}

/// That something was released though some of what it hides had been given away before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// How many counts.
    pub counts: usize,
    /// Who accepted it, and why.
    pub by: String,
}

impl Line {
    /// With its seal.
    pub(super) fn sealed(mut self) -> Self {
        self.seal = self.expected_seal();
        self
    }

    /// The seal that it has to bear.
    pub(super) fn expected_seal(&self) -> String {
        let unsealed = Self { seal: String::new(), ..self.clone() };
        fingerprint(unsealed.to_text().as_bytes())
    }

    /// As one line of the file.
    pub(super) fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Whether it is of an occasion. Runs have names of their own; questions are told apart by what they ask.
    pub(super) fn is_of(&self, occasion: &Occasion, audience: &str) -> bool {
        let Occasion { run, period, content, .. } = occasion;
        (self.run.as_str(), self.audience.as_str()) == (run, audience)
            && (run != QUERY || (&self.period, &self.content) == (&period.code(), content))
    }

    /// What people call it.
    #[must_use]
    pub fn name(&self) -> String {
        let Self { run, audience, content, .. } = self;
        if run == QUERY {
            format!("query of {audience}: {}", content.join(", "))
        } else {
            format!("{run} to {audience}")
        }
    }

    /// The folder that keeps what was published.
    pub(super) fn folder(&self) -> String {
        format!("{:04}-{}-{}", self.number, self.run, self.audience)
    }
}
