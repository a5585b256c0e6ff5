//! The row ledger as an audience may see it: counts of rows under the same policy as other counts.

use crate::definitions::audience::DisclosurePolicy;
use crate::protect::{Shown, ledger_number};
use crate::read::Ledger;

/// The ledger of a run for one audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedLedger {
    feeds: Vec<PublishedFeed>,
}

/// The ledger of one feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedFeed {
    source: String,
    title: String,
    read: Shown,
    used: Shown,
    quarantined: Shown,
    left_out: Shown,
    reasons: Vec<(String, Shown)>,
}

impl PublishedLedger {
    /// The ledger under a policy.
    #[must_use]
    pub fn of(ledger: &Ledger, policy: &DisclosurePolicy) -> Self {
        let shown = |count: u64| ledger_number(count, policy);
        let feeds = ledger.sources.iter().map(|feed| {
            let quarantined = feed.reasons().into_iter().map(|(r, n)| (r.to_string(), n));
            let left_out = feed.rules().into_iter().map(|(r, n)| (format!("left out: {r}"), n));
            PublishedFeed {
                source: feed.source.clone(),
                title: feed.title.clone(),
                read: shown(feed.read),
                used: shown(feed.used),
                quarantined: shown(feed.quarantined.len() as u64),
                left_out: shown(feed.left_out.len() as u64),
                reasons: quarantined.chain(left_out).map(|(words, n)| (words, shown(n))).collect(),
            }
        });
        Self { feeds: feeds.collect() }
    }

    /// The feeds, in the order of the definitions.
    #[must_use]
    pub fn feeds(&self) -> &[PublishedFeed] {
        &self.feeds
    }
}

impl PublishedFeed {
    /// The source.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Its title.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Rows read.
    #[must_use]
    pub fn read(&self) -> Shown {
        self.read
    }

    /// Rows used.
    #[must_use]
    pub fn used(&self) -> Shown {
        self.used
    }

    /// Rows in quarantine.
    #[must_use]
    pub fn quarantined(&self) -> Shown {
        self.quarantined
    }

    /// Rows left out by rule.
    #[must_use]
    pub fn left_out(&self) -> Shown {
        self.left_out
    }

    /// Why rows were not used, and how many each.
    #[must_use]
    pub fn reasons(&self) -> &[(String, Shown)] {
        &self.reasons
    }
}
