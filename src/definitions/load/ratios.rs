//! What a ratio of two measures may be made of, and for whom.

use std::collections::BTreeMap;

use crate::definitions::audience::{Audience, DisclosurePolicy};
use crate::definitions::diagnostic::Diagnostic;
use crate::definitions::load::ground::Ground;
use crate::definitions::measure::{Interval, Measure, MeasureKind};
use crate::definitions::signal::SignalMethod;

impl Ground<'_> {
    /// Reports ratios whose parts do not divide, or that would show to some from whom small counts are hidden what
    /// is not protected.
    pub(super) fn check_ratios(
        &self,
        measures: &[Measure],
        audiences: &[Audience],
        policies: &BTreeMap<String, DisclosurePolicy>,
    ) {
        let hides = |id: &String| {
            let audience = audiences.iter().find(|a| a.id == *id);
            let policy = audience.and_then(|a| policies.get(&a.disclosure));
            policy.is_some_and(|policy| policy.suppress_below > 0 || policy.cell_key.is_some())
        };
        for measure in measures {
            let MeasureKind::Ratio { over, under } = &measure.kind else { continue };
            let find = |id: &String| measures.iter().find(|m| m.id == *id);
            let (above, below) = (find(over), find(under));
            let is_sum = |m: &Measure| matches!(m.kind, MeasureKind::Sum { .. });
            let counts = |m: &Measure| matches!(m.kind, MeasureKind::Count);
            let divides = |m: Option<&Measure>| m.is_none_or(|m| is_sum(m) || counts(m));
            let of_sum = above.is_some_and(is_sum);
            let without = [above, below].into_iter().flatten().find_map(|part| {
                let by = measure.by.iter().find(|by| !part.by.contains(by))?;
                Some((&part.id, by))
            });
            let watched = measure.signal.as_ref().is_some_and(|s| s.method == SignalMethod::SpcU);
            let (message, mend) = if !divides(above) || !divides(below) {
                (
                    "a ratio divides a count or a sum by a count or a sum".to_owned(),
                    "name measures of kind count or sum in `over` and `under`",
                )
            } else if let Some((part, by)) = without {
                (
                    format!("`{part}` is not split by `{by}`, so the ratio cannot be"),
                    "add the breakdown to both of its parts, or take it away here",
                )
            } else if of_sum && (measure.interval != Interval::None || watched) {
                (
                    "chance counts, and what is above the line is no count".to_owned(),
                    "write interval = { method = \"none\" }, and watch it by xmr or run",
                )
            } else if (of_sum || !measure.by.is_empty()) && measure.audiences.iter().any(hides) {
                (
                    "a ratio of a sum, or one that is split, is not protected".to_owned(),
                    "release it to audiences from whom nothing is hidden",
                )
            } else {
                continue;
            };
            self.log.push(Diagnostic::error("kind", &measure.place, message).mend(mend));
        }
    }
}
