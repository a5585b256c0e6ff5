//! What the data checks found, as an audience may see it.
//!
//! Where a policy hides small counts, an audience is told what share of the records is in order, in
//! whole per cent and cut off, and not how many records are wrong; no share where either side of it
//! is small. Splits, evidence and sums over checks are for those from whom nothing is hidden, so
//! there is nothing to subtract.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::definitions::Definitions;
use crate::definitions::audience::{Audience, DisclosurePolicy};
use crate::definitions::data_check::{DataCheck, Grade, Quality};
use crate::protect::ledger::share;
use crate::protect::publish::whole;
use crate::protect::published::NumberKind;
use crate::protect::{PublishedNumber, Shown, Symbol, ledger_number};
use crate::quality::{CheckResult, Count, DataQuality};
use crate::statistics::Decimal;

/// What the checks found that an audience is told of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PublishedQuality {
    complete: bool,
    checks: Vec<PublishedCheck>,
    spreads: Vec<PublishedSpread>,
}

/// How findings spread over the levels of one breakdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedSpread {
    /// The breakdown's name.
    pub breakdown: String,
    /// Its title.
    pub title: String,
    /// The levels, in order of their titles, what is not recorded last.
    pub levels: Vec<SpreadLevel>,
}

/// The findings of one level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpreadLevel {
    /// Its title.
    pub title: String,
    /// Findings of each grade: a record counts for each check that found it.
    pub by_grade: [Shown; 3],
    /// Each check with findings here, gravest first, then most findings: title and findings.
    pub checks: Vec<(String, Shown)>,
}

/// What one check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedCheck {
    /// The check's name.
    pub id: String,
    /// What is wrong, in a few words.
    pub title: String,
    /// How grave it is.
    pub grade: Grade,
    /// Which quality of the data it is about.
    pub quality: Quality,
    /// The source that it looks at, and its title.
    pub source: (String, String),
    /// How it is mended.
    pub mend: String,
    /// Who mends it.
    pub mended_by: String,
    /// Whether there is a finding. For an audience to whom small counts are hidden it is not said.
    pub told: bool,
    /// The rows.
    pub figures: QualityFigures,
    /// The same by breakdown: its name, its title, and for each level code, title and figures.
    pub splits: Vec<PublishedSplit>,
}

/// Findings by one breakdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedSplit {
    /// The breakdown's name.
    pub breakdown: String,
    /// Its title.
    pub title: String,
    /// Code (empty where none is recorded), title and figures of each level.
    pub levels: Vec<(String, String, QualityFigures)>,
}

/// Rows looked at, found, and in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QualityFigures {
    /// Rows looked at.
    pub checked: Shown,
    /// Rows of which something is wrong.
    pub found: Shown,
    /// The share of the rows looked at that is in order. Cut off, never rounded up: 100% means all.
    pub in_order: Shown,
}

impl PublishedQuality {
    /// What an audience is told, under its policy.
    #[must_use]
    pub fn of(
        quality: &DataQuality,
        definitions: &Definitions,
        audience: &Audience,
        policy: &DisclosurePolicy,
    ) -> Self {
        let complete = policy.suppress_below == 0;
        let told = definitions.checks.iter().filter(|c| c.audiences.contains(&audience.id));
        let checks = told.filter_map(|check| {
            let result = quality.result(&check.id).filter(|r| r.count.checked > 0)?;
            let source = definitions.source(&check.source)?;
            Some(PublishedCheck {
                id: check.id.clone(),
                title: check.title.clone(),
                grade: check.grade,
                quality: check.quality,
                source: (source.id.clone(), source.title.clone()),
                mend: check.mend.clone(),
                mended_by: check.mended_by.clone(),
                told: complete && result.told,
                figures: figures(result.count, policy),
                splits: if complete { splits(definitions, audience, result) } else { Vec::new() },
            })
        });
        let checks: Vec<PublishedCheck> = checks.collect();
        let spreads = if complete { spreads(quality, definitions, audience) } else { Vec::new() };
        Self { complete, checks, spreads }
    }

    /// How findings spread over teams and providers; nothing where small counts are hidden.
    #[must_use]
    pub fn spreads(&self) -> &[PublishedSpread] {
        &self.spreads
    }

    /// Whether findings are counted, rather than given as a share.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// The checks, in the order of the definitions.
    #[must_use]
    pub fn checks(&self) -> &[PublishedCheck] {
        &self.checks
    }

    /// The findings, gravest first, then those with most rows.
    #[must_use]
    pub fn findings(&self) -> Vec<&PublishedCheck> {
        let mut findings: Vec<&PublishedCheck> = self.checks.iter().filter(|c| c.told).collect();
        findings.sort_by(|a, b| {
            let rows = |c: &PublishedCheck| c.figures.found.number().map_or(0.0, |n| n.as_f64());
            a.grade.cmp(&b.grade).then(rows(b).total_cmp(&rows(a)))
        });
        findings
    }
}

fn spreads(
    quality: &DataQuality,
    definitions: &Definitions,
    audience: &Audience,
) -> Vec<PublishedSpread> {
    let released = definitions.breakdowns.iter().filter(|b| b.released_to(&audience.id));
    let spreads = released.map(|breakdown| {
        let mut levels: BTreeMap<(bool, String), Vec<(&DataCheck, u64)>> = BTreeMap::new();
        for check in definitions.checks.iter().filter(|c| c.audiences.contains(&audience.id)) {
            let Some(result) = quality.result(&check.id).filter(|r| r.told) else { continue };
            for split in result.splits.iter().filter(|s| s.breakdown == breakdown.id) {
                for (code, title, count) in split.levels.iter().filter(|(_, _, c)| c.found > 0) {
                    let level = levels.entry((code.is_none(), title.clone())).or_default();
                    level.push((check, count.found));
                }
            }
        }
        let levels = levels.into_iter().map(|((_, title), mut found)| {
            found.sort_by_key(|(check, n)| (check.grade, Reverse(*n)));
            let of = |grade| found.iter().filter(|(c, _)| c.grade == grade).map(|(_, n)| n).sum();
            SpreadLevel {
                title,
                by_grade: Grade::ALL.map(|grade| whole(of(grade))),
                checks: found.iter().map(|(c, n)| (c.title.clone(), whole(*n))).collect(),
            }
        });
        PublishedSpread {
            breakdown: breakdown.id.clone(),
            title: breakdown.title.clone(),
            levels: levels.collect(),
        }
    });
    spreads.filter(|s| !s.levels.is_empty()).collect()
}

fn splits(
    definitions: &Definitions,
    audience: &Audience,
    result: &CheckResult,
) -> Vec<PublishedSplit> {
    let splits = result.splits.iter().filter_map(|split| {
        let breakdown = definitions.breakdown(&split.breakdown)?;
        breakdown.released_to(&audience.id).then(|| PublishedSplit {
            breakdown: breakdown.id.clone(),
            title: breakdown.title.clone(),
            levels: (split.levels.iter())
                .map(|(code, title, count)| {
                    (code.clone().unwrap_or_default(), title.clone(), open(*count))
                })
                .collect(),
        })
    });
    splits.collect()
}

fn figures(count: Count, policy: &DisclosurePolicy) -> QualityFigures {
    if policy.suppress_below == 0 {
        return open(count);
    }
    let hidden = Shown::Symbol(Symbol::Confidential);
    let is_small = |n: u64| n < policy.suppress_below && (n > 0 || !policy.show_zero);
    let sound = count.checked - count.found;
    let either_small = is_small(count.found) || is_small(sound);
    QualityFigures {
        checked: ledger_number(count.checked, policy),
        found: hidden,
        in_order: if either_small { hidden } else { share(sound, count.checked) },
    }
}

/// Counts from which nothing is hidden. The share has a decimal place, cut off.
fn open(count: Count) -> QualityFigures {
    let tenths = ((count.checked - count.found) * 1000).checked_div(count.checked);
    let in_order = tenths.and_then(|tenths| Decimal::ratio(tenths.into(), 10, 1));
    QualityFigures {
        checked: whole(count.checked),
        found: whole(count.found),
        in_order: in_order.map_or(Shown::Symbol(Symbol::NotApplicable), |decimal| {
            Shown::Number(PublishedNumber { decimal, kind: NumberKind::Percent })
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(suppress_below: u64, show_zero: bool) -> DisclosurePolicy {
        let (id, title) = ("p".to_owned(), "P".to_owned());
        DisclosurePolicy { id, title, suppress_below, show_zero, ..DisclosurePolicy::open() }
    }

    fn shown(checked: u64, found: u64, policy: &DisclosurePolicy) -> [String; 3] {
        let f = figures(Count { checked, found }, policy);
        [f.checked, f.found, f.in_order].map(|s| s.to_string())
    }

    #[test]
    fn a_share_of_all_means_all_and_is_never_rounded_up() {
        assert_eq!(shown(2000, 1, &policy(0, true)), ["2,000", "1", "99.9%"]);
        assert_eq!(shown(2000, 0, &policy(0, true)), ["2,000", "0", "100.0%"]);
        assert_eq!(shown(2000, 10, &policy(6, true)), ["2,000", "[c]", "99%"]);
    }

    #[test]
    fn no_share_is_given_where_either_side_of_it_is_small() {
        let partnership = policy(6, true);
        for (checked, found) in [(2000, 5), (2000, 1995), (8, 4), (3, 0)] {
            assert_eq!(shown(checked, found, &partnership)[2], "[c]", "{found} of {checked}");
        }
        assert_eq!(shown(2000, 0, &partnership)[2], "100%");
        assert_eq!(shown(2000, 0, &policy(6, false))[2], "[c]");
        assert_eq!(shown(2000, 6, &partnership)[1], "[c]");
    }
}
