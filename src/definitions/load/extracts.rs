//! Reads saved extracts.

use std::sync::Arc;

use crate::definitions::audience::Audience;
use crate::definitions::diagnostic::{Diagnostic, a, nearest_or_list};
use crate::definitions::expression::check::{Scope, Wanted, named};
use crate::definitions::expression::{Expr, Name, Type};
use crate::definitions::extract::{DateForm, Extract, ExtractColumn, Recent};
use crate::definitions::framework::Reference;
use crate::definitions::load::ground::Ground;
use crate::definitions::load::keys;
use crate::definitions::load::reader::{Table, Text, Value};
use crate::definitions::unit::Unit;

/// The words for how days are written.
pub(super) const DATES: [(&str, DateForm); 2] =
    [("iso", DateForm::Iso), ("day_first", DateForm::DayFirst)];

impl Ground<'_> {
    /// The saved extracts, in file order.
    pub(super) fn extracts(&self, audiences: &[Audience]) -> Vec<Extract> {
        let each = self.folder.each("extract");
        each.iter().filter_map(|(key, value)| self.extract(key, *value, audiences)).collect()
    }

    fn extract(&self, key: &Text, value: Value<'_>, audiences: &[Audience]) -> Option<Extract> {
        let table = value.table(&format!("extract `{}`", key.text), &key.place, keys::EXTRACT)?;
        let title = table.words("title");
        let reference = self.reference(&table, &Reference::default());
        let dates = table.get("dates").map_or(Some(DateForm::Iso), |v| v.one_of(&DATES));
        let agencies = table.get("agencies");
        // A list of everybody's referrals may be there for the agencies alone.
        let named =
            if agencies.is_some() { table.get("audience") } else { table.required("audience") };
        let named = named.map(|v| v.one_or_more_texts()).unwrap_or_default();
        self.check_they_may_see_cases(&named, audiences);
        let named = self.references("audience", named);
        let unit = table.required_text("unit").filter(|u| self.refers("unit", u))?;
        let unit = self.unit(&unit.text)?;
        let scope = self.extract_scope(unit);
        let condition = |key: &str| match table.get(key) {
            Some(value) => Some(Some(self.expression(value, &scope, &Wanted::YesNo)?)),
            None => Some(None),
        };
        let (among, first) = (condition("where"), condition("first"));
        let recent = self.recent(&table, &scope);
        let written = table.required("columns")?.list();
        let columns: Vec<ExtractColumn> =
            written.iter().filter_map(|column| self.extract_column(*column, &scope)).collect();
        let columns = Some(columns).filter(|c| c.len() == written.len())?;
        let agencies = match agencies {
            Some(value) => Some(self.agencies(value, &scope, &columns, &written)?),
            None => None,
        };
        Some(Extract {
            id: key.text.clone(),
            title: title?,
            reference,
            unit: unit.id.clone(),
            recent: recent?,
            among: among?,
            first: first?,
            dates: dates?,
            columns,
            agencies,
            audiences: named,
            place: key.place.clone(),
        })
    }

    /// The unit, everything found out about it, the day of judgement, and a person's age.
    pub(super) fn extract_scope(&self, unit: &Unit) -> Scope {
        let mut scope = self.answers_scope(unit, "an extract");
        let names = Arc::make_mut(&mut scope.names);
        names.insert("as_at".to_owned(), named(Name::AsAt, &Type::Date));
        scope.person = self.own_columns(unit).iter().any(|(name, _)| name == "date_of_birth");
        scope
    }

    /// Rows about single cases are for those who may see them.
    pub(super) fn check_they_may_see_cases(&self, named: &[Text], audiences: &[Audience]) {
        for text in named {
            let known = audiences.iter().find(|a| a.id == text.text);
            if known.is_some_and(|audience| !audience.row_level) {
                let message = format!("`{}` may not see rows about single cases", text.text);
                self.log.push(
                    Diagnostic::error("audience", &text.place, message)
                        .mend("name an audience with row_level = true"),
                );
            }
        }
    }

    /// `date`, `last` and `or_open`: nothing written is no limit.
    fn recent(&self, table: &Table<'_>, scope: &Scope) -> Option<Option<Recent>> {
        let Some(on) = table.text("date") else {
            for key in ["last", "or_open"] {
                if let Some(at) = table.key(key) {
                    let message = format!("`{key}` says nothing without a `date`");
                    self.log.push(
                        Diagnostic::error("when", &at.place, message)
                            .mend("name the date that decides: date = \"closed_on\""),
                    );
                }
            }
            return Some(None);
        };
        let last = self.fixed_length(table.required("last")?)?;
        let or_open = table.get("or_open").and_then(|v| v.yes_no()).unwrap_or(false);
        let (date, parent) = match scope.names.get(&on.text) {
            Some((Expr::Name(Name::Unit(column)), Type::Date)) => (column.clone(), false),
            Some((Expr::Name(Name::Parent(column)), Type::Date)) => (column.clone(), true),
            _ => {
                let is_date = |(_, (e, ty)): &(&String, &(Expr, Type))| {
                    matches!(e, Expr::Name(_)) && *ty == Type::Date
                };
                let known: Vec<&str> =
                    scope.names.iter().filter(is_date).map(|(name, _)| name.as_str()).collect();
                let message = format!("{} has no date `{}`", a("unit"), on.text);
                self.log.push(
                    Diagnostic::error("when", &on.place, message)
                        .mend(nearest_or_list(&on.text, &known)),
                );
                return None;
            }
        };
        Some(Some(Recent { date, parent, last, or_open }))
    }

    fn extract_column(&self, value: Value<'_>, scope: &Scope) -> Option<ExtractColumn> {
        let table = value.table("a column", &value.place(), keys::EXTRACT_COLUMN)?;
        let header = table.words("header");
        let shown = self.expression(table.required("value")?, scope, &Wanted::Anything)?;
        let codes = table.get("codes").and_then(|v| v.open_table("codes", &v.place()));
        let codes = codes.iter().flat_map(Table::entries);
        let codes: Vec<(Text, String)> =
            codes.filter_map(|(word, text)| Some((word.clone(), text.text()?.text))).collect();
        if let Type::Code(list) = &shown.ty {
            let known: Vec<&str> = list.codes.iter().map(String::as_str).collect();
            for (word, _) in codes.iter().filter(|(w, _)| list.index_of(&w.text).is_none()) {
                let message = format!("`{}` is not a code of this column", word.text);
                self.log.push(
                    Diagnostic::error("reference", &word.place, message)
                        .mend(nearest_or_list(&word.text, &known)),
                );
            }
        }
        Some(ExtractColumn {
            header: header?,
            value: shown,
            codes: codes.into_iter().map(|(word, text)| (word.text, text)).collect(),
            missing: table.text("missing").map(|t| t.text).unwrap_or_default(),
        })
    }
}
