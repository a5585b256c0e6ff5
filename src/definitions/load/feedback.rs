//! Reads how the rows of an extract belong to agencies, and the agreements by which audiences are told of
//! their own. Refuses whatever could tell one agency of another's rows, or of whom a row is about.

use std::collections::BTreeMap;

use crate::calendar::Day;
use crate::definitions::audience::Audience;
use crate::definitions::diagnostic::{Diagnostic, nearest_or_list};
use crate::definitions::expression::check::{Scope, Wanted};
use crate::definitions::expression::{CodeList, Expr, Name, Type};
use crate::definitions::extract::{Extract, ExtractColumn};
use crate::definitions::feedback::{Agencies, Feedback};
use crate::definitions::load::ground::Ground;
use crate::definitions::load::keys;
use crate::definitions::load::reader::{Text, Value};
use crate::definitions::mapping::{CodeMap, Map, MapFrom, Unmapped};
use crate::definitions::place::Place;
use crate::definitions::unit::UnitRows;

/// What an agreement is read with that was read before it.
#[derive(Clone, Copy)]
struct Told<'a> {
    extracts: &'a [Extract],
    maps: &'a [Map],
    codes: &'a BTreeMap<String, CodeMap>,
}

impl Ground<'_> {
    /// `agencies` of an extract, and whether its columns may be shown to an agency.
    pub(super) fn agencies(
        &self,
        value: Value<'_>,
        scope: &Scope,
        columns: &[ExtractColumn],
        written: &[Value<'_>],
    ) -> Option<Agencies> {
        let table = value.table("`agencies`", &value.place(), keys::AGENCIES)?;
        let named = table.required("by")?;
        let by = self.expression(named, scope, &Wanted::Anything)?;
        if !matches!(by.ty, Type::Code(_)) {
            self.refuse_feedback(
                &named.place(),
                "whose a row is has to be a code: free words are written in many ways".to_owned(),
                "name a column of type \"code\"",
            );
            return None;
        }
        let header = table.required_text("reference")?;
        let Some(reference) = columns.iter().position(|c| c.header == header.text) else {
            let known: Vec<&str> = columns.iter().map(|c| c.header.as_str()).collect();
            let message = format!("no column has the header `{}`", header.text);
            self.log.push(
                Diagnostic::error("reference", &header.place, message)
                    .mend(nearest_or_list(&header.text, &known)),
            );
            return None;
        };
        for (at, (column, written)) in columns.iter().zip(written).enumerate() {
            let told = match &column.value.ty {
                Type::Date | Type::YesNo | Type::Code(_) | Type::Number(_) => true,
                Type::Text | Type::Id(_) => at == reference,
                _ => false,
            };
            if !told {
                self.refuse_feedback(
                    &written.place(),
                    format!("`{}` could tell an agency whom a row is about", column.header),
                    "show days, codes, numbers and yes or no; the only identifier is the agency's own reference",
                );
            }
        }
        if let Some(column) = columns.get(reference).filter(|c| !c.missing.is_empty()) {
            self.refuse_feedback(
                &header.place,
                format!("`{}` has words for a reference that is not there", column.header),
                "take `missing` away: such rows are counted and not listed",
            );
        }
        Some(Agencies { by, reference })
    }

    /// The audiences with the agreements by which they are told of their own referrals.
    pub(super) fn with_feedback(
        &self,
        audiences: Vec<Audience>,
        extracts: &[Extract],
        maps: &[Map],
        codes: &BTreeMap<String, CodeMap>,
    ) -> Vec<Audience> {
        let with = Told { extracts, maps, codes };
        let written = self.folder.each("audience");
        // Whose each agency is, so that none is told to two.
        let mut taken: Vec<(String, String)> = Vec::new();
        let read = |mut audience: Audience| {
            let value = written.iter().find(|(key, _)| key.text == audience.id);
            let value = value.and_then(|(_, value)| value.get("feedback"));
            audience.feedback = value.and_then(|v| self.feedback(v, &audience, with, &mut taken));
            audience
        };
        audiences.into_iter().map(read).collect()
    }

    fn feedback(
        &self,
        value: Value<'_>,
        audience: &Audience,
        with: Told<'_>,
        taken: &mut Vec<(String, String)>,
    ) -> Option<Feedback> {
        let table = value.table("`feedback`", &value.place(), keys::FEEDBACK)?;
        let agreement = table.words("agreement");
        let until: Option<Option<Day>> = match table.get("until") {
            Some(day) => day.date().map(Some),
            None => Some(None),
        };
        let named = table.required_text("list");
        let of = table.required("of").map(|v| v.one_or_more_texts()).unwrap_or_default();
        if audience.is_public {
            self.refuse_feedback(
                table.place(),
                format!("everybody may see what `{}` is given", audience.id),
                "take `feedback` away: what became of single referrals is for those who made them",
            );
        }
        let named = named.filter(|n| {
            !self.folder.is_left_out("extract", &n.text) && self.refers("extract", n)
        })?;
        let list = with.extracts.iter().find(|e| e.id == named.text)?;
        let Some(agencies) = &list.agencies else {
            self.refuse_feedback(
                &named.place,
                format!("`{}` does not say which agency a row belongs to", named.text),
                "add `agencies` to it: without it the whole list would be given away",
            );
            return None;
        };
        let Type::Code(known) = &agencies.by.ty else { return None };
        let own = |agency: &Text| self.is_an_agency(agency, known, (list, agencies), with);
        let of: Vec<Text> = of.into_iter().filter(own).collect();
        for agency in &of {
            match taken.iter().find(|(code, _)| *code == agency.text) {
                Some((_, other)) => self.refuse_feedback(
                    &agency.place,
                    format!("`{}` would be told of rows of `{other}`", audience.id),
                    "an agency's own rows go to one audience alone: give each a code of its own",
                ),
                None => taken.push((agency.text.clone(), audience.id.clone())),
            }
        }
        Some(Feedback {
            agreement: agreement?,
            until: until?,
            list: named.text,
            of: of.into_iter().map(|agency| agency.text).collect(),
        })
    }

    /// Whether a code is that of one agency. What unknown words become may be anybody.
    fn is_an_agency(
        &self,
        agency: &Text,
        known: &CodeList,
        (list, agencies): (&Extract, &Agencies),
        with: Told<'_>,
    ) -> bool {
        if known.index_of(&agency.text).is_none() {
            let known: Vec<&str> = known.codes.iter().map(String::as_str).collect();
            let message = format!("there is no agency `{}`", agency.text);
            self.log.push(
                Diagnostic::error("reference", &agency.place, message)
                    .mend(nearest_or_list(&agency.text, &known)),
            );
            return false;
        }
        let Expr::Name(Name::Unit(column)) = &agencies.by.expr else { return true };
        let unit = self.unit(&list.unit).map(|u| &u.rows);
        let Some(UnitRows::Source(source)) = unit else { return true };
        let columns = with.maps.iter().filter(|m| m.source == *source).flat_map(|m| &m.columns);
        let translated = columns.filter(|c| c.name == *column).filter_map(|c| match &c.from {
            MapFrom::Column { codes, .. } => codes.as_ref(),
            _ => None,
        });
        let anybody = |map: &&String| {
            let map = with.codes.get(*map);
            map.is_some_and(|c| c.unmapped == Unmapped::Becomes(agency.text.clone()))
        };
        if let Some(map) = translated.into_iter().find(anybody) {
            self.refuse_feedback(
                &agency.place,
                format!("whatever word `codes.{map}` does not know becomes `{}`: these may be anybody's rows", agency.text),
                "name an agency that the council's own words say",
            );
            return false;
        }
        true
    }

    fn refuse_feedback(&self, place: &Place, message: String, mend: &str) {
        self.log.push(Diagnostic::error("feedback", place, message).mend(mend));
    }
}
