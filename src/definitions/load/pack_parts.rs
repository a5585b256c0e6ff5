//! What stands in a pack besides figures: its cover, the lists of single cases, and families' own words.

use crate::calendar::{Period, PeriodKind};
use crate::definitions::audience::{Cover, WordsSpec};
use crate::definitions::diagnostic::Diagnostic;
use crate::definitions::extract::Extract;
use crate::definitions::load::ground::Ground;
use crate::definitions::load::keys;
use crate::definitions::load::reader::{Table, Text, Value};

impl Ground<'_> {
    /// What of families' own words stands in a section, and for whom.
    pub(super) fn words(&self, value: &Value<'_>, pack: &[String]) -> Option<WordsSpec> {
        let table = value.table("words", &value.place(), keys::WORDS)?;
        let most = table.required("most").and_then(|v| v.whole(1, 9));
        let named = table.required("audience").map(|v| v.one_or_more_texts())?;
        let of_pack = |a: &Text| self.refers_among("audience of this pack", a, pack);
        let audiences = named.into_iter().filter(of_pack).map(|a| a.text).collect();
        Some(WordsSpec { most: usize::try_from(most?).ok()?, audiences })
    }

    /// The lists of single cases that go with a section, each for somebody who gets it.
    pub(super) fn lists(
        &self,
        named: Vec<Text>,
        pack: &[String],
        extracts: &[Extract],
    ) -> Vec<String> {
        for text in &named {
            let Some(list) = extracts.iter().find(|e| e.id == text.text) else { continue };
            if !list.audiences.iter().any(|to| pack.contains(to)) {
                let message =
                    format!("nobody who gets this pack is given the list `{}`", text.text);
                self.log.push(
                    Diagnostic::error("audience", &text.place, message)
                        .mend("add one of them to its `audience`, or take it out of the section"),
                );
            }
        }
        self.references("extract", named)
    }

    /// What stands on the cover of a pack that is made for this kind of period.
    pub(super) fn cover(&self, table: &Table<'_>, period: PeriodKind) -> Option<Cover> {
        let pdf = table.get("pdf").map_or(Some(false), |v| v.yes_no());
        let first_issue = match table.text("first_issue") {
            None => None,
            Some(text) => {
                let read = Period::parse(&text.text).filter(|p| p.kind == period);
                if read.is_none() {
                    let like = Period::from_number(period, 24_315).code();
                    let message = format!("\"{}\" is no {}", text.text, period.word());
                    self.log.push(
                        Diagnostic::error("value", &text.place, message)
                            .mend(format!("write it like {like}")),
                    );
                }
                Some(read?)
            }
        };
        let embargo = table.get("embargo").map(|v| self.fixed_length(v));
        let names = table.get("sign_off").and_then(|v| v.open_table("sign_off", &v.place()));
        let names = names.iter().flat_map(Table::entries);
        let sign_off =
            names.filter_map(|(role, name)| Some((role.text.clone(), name.text()?.text)));
        let sign_off = sign_off.collect();
        Some(Cover { pdf: pdf?, embargo: embargo.flatten(), first_issue, sign_off })
    }
}
