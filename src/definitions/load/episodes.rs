//! Reads how episodes are made of raw spells.

use crate::definitions::diagnostic::{Diagnostic, nearest_or_list};
use crate::definitions::load::ground::Ground;
use crate::definitions::load::keys;
use crate::definitions::load::reader::{Table, Text};
use crate::definitions::source::{Column, Episodes, Overlap, Shape};

/// What may become of spells that overlap. Nothing stands for spells that are kept as they are.
pub(super) const OVERLAPS: [(&str, Option<Overlap>); 3] = [
    ("keep", None),
    ("merge", Some(Overlap::Merge { gap_days: 0 })),
    ("drop_contained", Some(Overlap::DropContained)),
];

impl Ground<'_> {
    /// How episodes are made of the spells of a source, if it says so.
    pub(super) fn episodes(
        &self,
        source: &Table<'_>,
        shape: &Shape,
        columns: &[Column],
    ) -> Option<Episodes> {
        let value = source.get("episodes")?;
        let Shape::Spell { start, end } = shape else {
            let message = "only spells make episodes";
            self.log.push(
                Diagnostic::error("shape", &value.place(), message)
                    .mend("take the key away, or write shape = \"spell\""),
            );
            return None;
        };
        let table = value.table("`episodes`", &value.place(), keys::EPISODES)?;
        let fit: Vec<&str> = columns
            .iter()
            .filter(|c| c.formula.is_none() && c.name != *start && c.name != *end)
            .map(|c| c.name.as_str())
            .collect();
        let named = |key: &str| -> Vec<String> {
            let texts = table.get(key).map(|v| v.texts()).unwrap_or_default();
            texts.into_iter().filter(|t| self.goes_by(t, &fit)).map(|t| t.text).collect()
        };
        let (per, from_last) = (named("per"), named("from_last"));
        let names_nothing = table.get("per").is_some_and(|v| v.texts().is_empty());
        if let (Some(at), true) = (table.key("per"), names_nothing) {
            self.log.push(
                Diagnostic::error("value", &at.place, "`per` does not say whose the spells are")
                    .mend("name the column with the person, and the kind of spell if there are several"),
            );
        }
        let overlap = table.required("overlap")?.one_of(&OVERLAPS)?;
        let gap_days = table.get("merge_gap_days").map(|v| v.whole(0, 366));
        if let Some(Overlap::Merge { .. }) = overlap {
            let gap_days = gap_days.unwrap_or(Some(0))?;
            let gap_days = i32::try_from(gap_days).unwrap_or_default();
            return Some(Episodes { per, overlap: Overlap::Merge { gap_days }, from_last });
        }
        for key in ["merge_gap_days", "from_last"] {
            if let Some(at) = table.key(key) {
                let message = format!("`{key}` is about spells that are merged");
                self.log.push(
                    Diagnostic::error("unused", &at.place, message)
                        .mend("write overlap = \"merge\", or take the key away"),
                );
            }
        }
        Some(Episodes { per, overlap: overlap?, from_last: Vec::new() })
    }

    fn goes_by(&self, column: &Text, fit: &[&str]) -> bool {
        if fit.contains(&column.text.as_str()) {
            return true;
        }
        if !self.is_broken(&column.text) {
            let message = format!("episodes cannot go by `{}`", column.text);
            self.log.push(
                Diagnostic::error("reference", &column.place, message)
                    .mend(nearest_or_list(&column.text, fit)),
            );
        }
        false
    }
}
