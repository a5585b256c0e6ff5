//! The row ledger as an audience may see it: counts of rows under the same policy as other counts.

use crate::definitions::audience::DisclosurePolicy;
use crate::protect::{NumberKind, PublishedNumber, Shown, Symbol, ledger_number};
use crate::read::{Ledger, LeftOut, Reason};

/// The ledger of a run for one audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedLedger {
    complete: bool,
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
    repeated: Shown,
    linked: Shown,
    has_unknown_codes: bool,
    reasons: Vec<UnusedRows>,
}

/// Rows of one feed that were not used for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnusedRows {
    /// Why, in words.
    pub reason: String,
    /// How to mend them.
    pub mend: &'static str,
    /// How many.
    pub rows: Shown,
}

impl PublishedLedger {
    /// The ledger under a policy. Where the policy hides small counts, the rows used are given as a
    /// share, and the few that were not used are not counted out: from the sum they could be.
    #[must_use]
    pub fn of(ledger: &Ledger, policy: &DisclosurePolicy) -> Self {
        let complete = policy.suppress_below == 0;
        let shown = |count: u64| ledger_number(count, policy);
        let hidden = Shown::Symbol(Symbol::Confidential);
        let feeds = ledger.sources.iter().map(|feed| {
            let quarantined = feed.reasons().into_iter();
            let quarantined = quarantined.map(|(r, n)| (r.to_string(), r.mend(), n));
            let left_out = feed.rules().into_iter();
            let left_out = left_out.map(|(r, n)| (format!("left out: {r}"), r.mend(), n));
            let reasons = quarantined.chain(left_out).map(|(reason, mend, n)| UnusedRows {
                reason,
                mend,
                rows: shown(n),
            });
            // Rows that are about nobody we know: of an identifier that no crosswalk has, or of nobody in our records.
            let stranger = |(reason, _): &(Reason, u64)| *reason == Reason::NotInCrosswalk;
            let nobody = |(rule, _): &(LeftOut, u64)| matches!(rule, LeftOut::NotIn { .. });
            let unlinked = feed.reasons().into_iter().filter(stranger).map(|(_, n)| n);
            let unlinked = unlinked.chain(feed.rules().into_iter().filter(nobody).map(|(_, n)| n));
            let linked = feed.read.saturating_sub(unlinked.sum());
            let aside = |count: usize| if complete { shown(count as u64) } else { hidden };
            let codes = |(reason, _): &(Reason, u64)| *reason == Reason::UnknownCode;
            let again = |(reason, n): (Reason, u64)| (reason == Reason::KeyRepeated).then_some(n);
            let ruled = |(rule, n): (LeftOut, u64)| rule.is_repeated().then_some(n);
            let repeated = feed.reasons().into_iter().filter_map(again);
            let repeated = repeated.chain(feed.rules().into_iter().filter_map(ruled)).sum();
            PublishedFeed {
                has_unknown_codes: complete && feed.reasons().iter().any(codes),
                source: feed.source.clone(),
                title: feed.title.clone(),
                read: shown(feed.read),
                used: if complete { shown(feed.used) } else { share(feed.used, feed.read) },
                quarantined: aside(feed.quarantined.len()),
                left_out: aside(feed.left_out.len()),
                repeated: if complete { shown(repeated) } else { hidden },
                linked: if complete { share(linked, feed.read) } else { hidden },
                reasons: if complete { reasons.collect() } else { Vec::new() },
            }
        });
        Self { complete, feeds: feeds.collect() }
    }

    /// Whether rows that were not used are counted and explained, rather than given as a share.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// The feeds, in the order of the definitions.
    #[must_use]
    pub fn feeds(&self) -> &[PublishedFeed] {
        &self.feeds
    }
}

/// A share of rows in whole per cent, cut off rather than rounded, so that 100% means all: nothing
/// that a count could be worked out from.
pub(super) fn share(part: u64, whole: u64) -> Shown {
    match (part * 100).checked_div(whole) {
        Some(share) => {
            Shown::Number(PublishedNumber { decimal: share.into(), kind: NumberKind::Percent })
        }
        None => Shown::Symbol(Symbol::NotApplicable),
    }
}

impl PublishedFeed {
    /// Whether rows were set aside because a code map does not know a word in them; never where rows that were
    /// not used are not counted out.
    #[must_use]
    pub fn has_unknown_codes(&self) -> bool {
        self.has_unknown_codes
    }

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

    /// Rows used, or the share of rows used where small counts are hidden.
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

    /// Rows of both that say again what another row says, or something else about the same.
    #[must_use]
    pub fn repeated(&self) -> Shown {
        self.repeated
    }

    /// The share of rows that are about somebody we know, in whole per cent, cut off; not where rows that were not
    /// used are not counted out.
    #[must_use]
    pub fn linked(&self) -> Shown {
        self.linked
    }

    /// Why rows were not used, and how many each.
    #[must_use]
    pub fn reasons(&self) -> &[UnusedRows] {
        &self.reasons
    }
}
