//! Reads saved questions.

use std::collections::BTreeMap;

use crate::definitions::audience::{Audience, DisclosurePolicy};
use crate::definitions::diagnostic::Diagnostic;
use crate::definitions::extract::Extract;
use crate::definitions::framework::Reference;
use crate::definitions::load::ground::Ground;
use crate::definitions::load::keys;
use crate::definitions::load::measures::PERIODS;
use crate::definitions::load::reader::{Table, Text, Value};
use crate::definitions::measure::Measure;
use crate::definitions::saved_query::{AnsweredBy, MOST_CROSSED, SavedQuery};

/// What a saved question can name.
#[derive(Clone, Copy)]
pub(super) struct ForQueries<'a> {
    pub(super) measures: &'a [Measure],
    pub(super) extracts: &'a [Extract],
    pub(super) audiences: &'a [Audience],
    pub(super) policies: &'a BTreeMap<String, DisclosurePolicy>,
}

impl Ground<'_> {
    /// The saved questions, in file order.
    pub(super) fn saved_queries(&self, with: ForQueries<'_>) -> Vec<SavedQuery> {
        let each = self.folder.each("query");
        each.iter().filter_map(|(key, value)| self.saved_query(key, *value, with)).collect()
    }

    fn saved_query(
        &self,
        key: &Text,
        value: Value<'_>,
        with: ForQueries<'_>,
    ) -> Option<SavedQuery> {
        let table = value.table(&format!("query `{}`", key.text), &key.place, keys::SAVED_QUERY)?;
        let title = table.words("title");
        let reference = self.reference(&table, &Reference::default());
        let audience = table.required_text("audience").filter(|a| self.refers("audience", a));
        let answer = match (table.key("measures"), table.key("extract")) {
            (Some(_), None) => self.by_measures(&table, audience.as_ref()?, with),
            (None, Some(_)) => self.by_extract(&table, audience.as_ref()?, with),
            (one, _) => {
                let place = one.map_or(&key.place, |key| &key.place);
                let message = "a saved question is answered by measures or by an extract";
                self.log.push(
                    Diagnostic::error("required", place, message)
                        .mend("write one of them: measures = [\"…\"] or extract = \"…\""),
                );
                None
            }
        };
        Some(SavedQuery {
            id: key.text.clone(),
            title: title?,
            reference,
            answer: answer?,
            audience: audience?.text,
            place: key.place.clone(),
        })
    }

    fn by_measures(
        &self,
        table: &Table<'_>,
        audience: &Text,
        with: ForQueries<'_>,
    ) -> Option<AnsweredBy> {
        let period = table.required("period").and_then(|v| v.one_of(&PERIODS));
        let by = table.get("by").map(|v| v.texts()).unwrap_or_default();
        let named = table.required("measures").map(|v| v.texts()).unwrap_or_default();
        let left_out = |text: &Text| self.folder.is_left_out("measure", &text.text);
        // A question of which a part cannot be answered is not answered.
        if named.iter().any(left_out) {
            return None;
        }
        let to = [audience.text.clone()];
        let mut measures = Vec::new();
        for text in named {
            if !self.check_release(&text, &to, period, with.measures) {
                continue;
            }
            let Some(measure) = with.measures.iter().find(|m| m.id == text.text) else { continue };
            if let Some(refused) = by.iter().find(|b| !measure.by.contains(&b.text)) {
                let message =
                    format!("the measure `{}` is not split by `{}`", measure.id, refused.text);
                self.log.push(
                    Diagnostic::error("reference", &refused.place, message)
                        .mend(format!("it can be by: {}", measure.by.join(", "))),
                );
            }
            measures.push(text.text);
        }
        if measures.is_empty() || by.len() > MOST_CROSSED {
            let message = format!("it names no measure, or more than {MOST_CROSSED} breakdowns");
            self.log.push(
                Diagnostic::error("required", table.place(), message)
                    .mend("measures = [\"…\"], and at most three breakdowns"),
            );
        }
        self.check_they_may_ask_by(&by, audience, with);
        let by = by.into_iter().map(|b| b.text).collect();
        Some(AnsweredBy::Measures { measures, by, period: period? })
    }

    /// Questions of those from whom small counts are hidden may be split by what those who answer for releases say.
    fn check_they_may_ask_by(&self, by: &[Text], audience: &Text, with: ForQueries<'_>) {
        let Some(asks) = with.audiences.iter().find(|a| a.id == audience.text) else { return };
        let policy = with.policies.get(&asks.disclosure);
        if policy.is_none_or(|policy| policy.suppress_below == 0) {
            return;
        }
        for refused in by.iter().filter(|b| !asks.query_by.contains(&b.text)) {
            let message =
                format!("questions of {} may not be split by `{}`", audience.text, refused.text);
            self.log.push(
                Diagnostic::error("audience", &refused.place, message).mend(format!(
                    "those who answer for releases name what they may ask by as `query_by` of [audience.{}]",
                    audience.text
                )),
            );
        }
    }

    fn by_extract(
        &self,
        table: &Table<'_>,
        audience: &Text,
        with: ForQueries<'_>,
    ) -> Option<AnsweredBy> {
        for key in ["by", "period"].iter().filter_map(|key| table.key(key)) {
            let message = format!("`{}` is of questions that measures answer", key.text);
            self.log.push(
                Diagnostic::error("unused", &key.place, message)
                    .mend("take it away: the extract says which rows it lists"),
            );
        }
        let named = table.required_text("extract").filter(|e| self.refers("extract", e))?;
        let extract = with.extracts.iter().find(|e| e.id == named.text)?;
        self.check_they_may_see_cases(std::slice::from_ref(audience), with.audiences);
        // Of those who may see no cases at all it has been said already.
        let may = with.audiences.iter().any(|a| a.id == audience.text && a.row_level);
        if may && !extract.audiences.contains(&audience.text) {
            let message = format!("the extract `{}` is not for {}", extract.id, audience.text);
            self.log.push(
                Diagnostic::error("audience", &named.place, message)
                    .mend("add the audience to it, or the question is for another"),
            );
        }
        Some(AnsweredBy::Extract(named.text))
    }
}
