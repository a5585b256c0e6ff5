//! Reads audits of outcomes.

use std::collections::BTreeSet;

use crate::definitions::audit::{AuditStratum, OutcomeAudit, RestsOn, Take};
use crate::definitions::diagnostic::Diagnostic;
use crate::definitions::expression::check::{Scope, Wanted};
use crate::definitions::extract::Extract;
use crate::definitions::load::ground::Ground;
use crate::definitions::load::keys;
use crate::definitions::load::reader::{Table, Text, Value};
use crate::definitions::unit::UnitRows;

/// Headers of the sheet that auditors fill in.
const FILLED_IN: [&str; 7] =
    ["No", "Outcome", "Why it was drawn", "Agree?", "Reason", "Auditor", "Note"];

impl Ground<'_> {
    /// The audits, in file order.
    pub(super) fn audits(&self, extracts: &[Extract]) -> Vec<OutcomeAudit> {
        let each = self.folder.each("audit");
        each.iter().filter_map(|(key, value)| self.audit(key, *value, extracts)).collect()
    }

    fn audit(&self, key: &Text, value: Value<'_>, extracts: &[Extract]) -> Option<OutcomeAudit> {
        let table = value.table(&format!("audit `{}`", key.text), &key.place, keys::AUDIT)?;
        let (title, question) = (table.words("title"), table.words("question"));
        let named = table.required_text("extract");
        let reasons = table.required("reasons").and_then(|v| v.open_table("reasons", &v.place()));
        let reasons = reasons.iter().flat_map(Table::entries);
        let reasons: Vec<(String, String)> = reasons
            .filter_map(|(word, text)| Some((word.text.clone(), text.text()?.text)))
            .collect();
        self.check_reasons(&table, &reasons);
        let second = match table.get("second") {
            Some(value) => self.take(value).map(Some),
            None => Some(None),
        };
        let written = table.required("strata").map(|v| v.list()).unwrap_or_default();
        let named = named.filter(|n| self.refers("extract", n))?;
        let extract = extracts.iter().find(|e| e.id == named.text)?;
        let unit = self.unit(&extract.unit)?;
        if unit.rows != UnitRows::CaseNeeds {
            let message = format!("the extract `{}` does not list needs of cases", extract.id);
            self.log.push(
                Diagnostic::error("reference", &named.place, message)
                    .mend("name an extract whose unit is derived from needs: an audit is about their outcomes"),
            );
            return None;
        }
        let scope = self.extract_scope(unit);
        let strata: Vec<AuditStratum> =
            written.iter().filter_map(|stratum| self.stratum(*stratum, &scope)).collect();
        let last = written.last().map_or_else(|| key.place.clone(), |stratum| stratum.place());
        let all_read = strata.len() == written.len();
        if all_read && strata.last().is_none_or(|s| !s.takes_the_rest()) {
            let message =
                "some outcomes may belong to no stratum, and nobody would know about them";
            self.log.push(
                Diagnostic::error("strata", &last, message)
                    .mend("end with a stratum that asks for nothing: { id = \"others\", title = \"All others\", take = 30 }"),
            );
            return None;
        }
        let mut ids = BTreeSet::new();
        if let Some(twice) = strata.iter().find(|s| !ids.insert(s.id.as_str())) {
            let message = format!("two strata are called `{}`", twice.id);
            self.log.push(
                Diagnostic::error("strata", &key.place, message)
                    .mend("give each a name of its own"),
            );
        }
        if let Some(taken) = extract.columns.iter().find(|c| FILLED_IN.contains(&c.header.as_str()))
        {
            let message = format!("auditors fill in a column `{}` themselves", taken.header);
            self.log.push(
                Diagnostic::error("reference", &named.place, message)
                    .mend("call the column of the extract otherwise"),
            );
        }
        let lists = table.get("lists").map(|v| v.texts()).unwrap_or_default();
        let lists = lists.into_iter().filter(|list| self.fits_beside(list, extract, extracts));
        Some(OutcomeAudit {
            lists: lists.map(|list| list.text).collect(),
            id: key.text.clone(),
            title: title?,
            question: question?,
            extract: named.text,
            second: second?,
            strata: Some(strata).filter(|_| all_read)?,
            reasons,
            place: key.place.clone(),
        })
    }

    /// Whether a list can stand beside a sample: it begins with the case, and nobody sees the sample who may not see
    /// it.
    fn fits_beside(&self, named: &Text, drawn: &Extract, extracts: &[Extract]) -> bool {
        let Some(list) = extracts.iter().find(|e| e.id == named.text) else {
            return self.refers("extract", named);
        };
        let say = |message: String, mend: &str| {
            self.log.push(Diagnostic::error("reference", &named.place, message).mend(mend));
        };
        if list.columns.first().is_none_or(|c| c.header != "Case") {
            let message = format!("the first column of `{}` is not the case", list.id);
            say(message, "begin it with { header = \"Case\", value = \"case_id\" }");
            return false;
        }
        if !list.audiences.iter().any(|to| drawn.audiences.contains(to)) {
            let message = format!("nobody who may see the sample is given `{}`", list.id);
            say(message, "add one of them to its `audience`");
            return false;
        }
        true
    }

    /// A list to choose from holds so much and no commas.
    fn check_reasons(&self, table: &Table<'_>, reasons: &[(String, String)]) {
        const MOST: usize = 255;
        let length: usize = reasons.iter().map(|(word, _)| word.chars().count() + 1).sum();
        let comma = reasons.iter().any(|(word, _)| word.contains(','));
        if let (Some(key), true) = (table.key("reasons"), length > MOST || comma) {
            let message = "a spreadsheet cannot offer these words to choose from";
            self.log.push(
                Diagnostic::error("value", &key.place, message)
                    .mend(format!("shorter words, {MOST} letters together, without commas")),
            );
        }
    }

    fn stratum(&self, value: Value<'_>, scope: &Scope) -> Option<AuditStratum> {
        let table = value.table("a stratum", &value.place(), keys::AUDIT_STRATUM)?;
        let (id, title) = (table.required_text("id"), table.words("title"));
        let take = table.required("take").and_then(|v| self.take(v));
        let among = match table.get("where") {
            Some(value) => Some(self.expression(value, scope, &Wanted::YesNo)?),
            None => None,
        };
        let just_over = match table.get("just_over") {
            Some(value) => Some(self.fixed_length(value)?),
            None => None,
        };
        let written = table.get("rests_on").map(|v| v.list()).unwrap_or_default();
        let rests_on: Vec<RestsOn> =
            written.iter().filter_map(|rows| self.rests_on(*rows)).collect();
        let rests_on = Some(rests_on).filter(|found| found.len() == written.len());
        Some(AuditStratum {
            id: id?.text,
            title: title?,
            among,
            just_over,
            rests_on: rests_on?,
            take: take?,
        })
    }

    fn rests_on(&self, value: Value<'_>) -> Option<RestsOn> {
        let table = value.table("rows", &value.place(), keys::AUDIT_RESTS_ON)?;
        let named = table.required_text("source").filter(|s| self.refers("source", s))?;
        let source = self.source(&named.text)?;
        let condition = match table.get("where") {
            Some(value) => {
                let scope = Scope { place: "a row", ..self.formula_scope(source) };
                Some(self.expression(value, &scope, &Wanted::YesNo)?)
            }
            None => None,
        };
        Some(RestsOn { source: named.text, condition })
    }

    /// `"all"`, `30` or `"10%"`.
    fn take(&self, value: Value<'_>) -> Option<Take> {
        let Some(text) = value.text_if_it_is_one() else {
            let number = value.whole(1, 1_000_000)?;
            return Some(Take::Number(u32::try_from(number).ok()?));
        };
        let share = text.text.strip_suffix('%').and_then(|share| share.trim().parse::<u32>().ok());
        match share.filter(|share| (1..=100).contains(share)) {
            Some(share) => Some(Take::PerCent(share)),
            None if text.text == "all" => Some(Take::All),
            None => {
                let message = format!("\"{}\" does not say how many are drawn", text.text);
                self.log.push(
                    Diagnostic::error("value", &text.place, message)
                        .mend("write \"all\", a number, or a share: 30 or \"10%\""),
                );
                None
            }
        }
    }
}

impl AuditStratum {
    /// Whether every outcome fits.
    fn takes_the_rest(&self) -> bool {
        self.among.is_none() && self.just_over.is_none() && self.rests_on.is_empty()
    }
}
