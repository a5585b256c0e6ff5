//! Reads discretion: whose recorded decision may set an outcome of a framework to met.

use crate::definitions::diagnostic::{Diagnostic, nearest_or_list};
use crate::definitions::expression::Type;
use crate::definitions::framework::Override;
use crate::definitions::load::folder::File;
use crate::definitions::load::ground::Ground;
use crate::definitions::load::keys;
use crate::definitions::load::reader::{Table, Text, Value};
use crate::definitions::source::{Shape, Source};
use crate::definitions::unit::Unit;

impl Ground<'_> {
    /// The override of a framework; one at most, so that a verdict names one kind of role.
    pub(super) fn discretion(&self, file: &File<'_>, case: &Unit) -> Option<Override> {
        let all = file.each("override");
        if let Some((second, _)) = all.get(1) {
            let message = "a framework has one override at most";
            self.log.push(
                Diagnostic::error("twice", &second.place, message)
                    .mend("join them: `roles` and `outcomes` are lists"),
            );
        }
        let (key, value) = all.into_iter().next()?;
        self.override_from(file, &key, value, case)
    }

    fn override_from(
        &self,
        file: &File<'_>,
        key: &Text,
        value: Value<'_>,
        case: &Unit,
    ) -> Option<Override> {
        let what = format!("override `{}`", key.text);
        let table = value.table(&what, &key.place, keys::OVERRIDE)?;
        let title = table.words("title");
        let from = table.required_text("from").and_then(|t| self.anchor(&t, case));
        let to = table.text("to").map(|t| self.anchor(&t, case));
        let declared: Vec<String> = file.each("outcome").into_iter().map(|(k, _)| k.text).collect();
        let outcomes = match table.get("outcomes") {
            Some(value) => {
                let named = value.texts().into_iter();
                named.filter(|o| self.refers_among("outcome", o, &declared)).map(|o| o.text).collect()
            }
            None => declared.clone(),
        };
        let source = table.required_text("source").filter(|s| self.refers("source", s))?;
        let source = self.source(&source.text).filter(|s| self.holds_decisions(s, &source))?;
        let outcome = self.column_of(&table, source, "outcome", &|ty| *ty == Type::Text, "a text");
        let reason = self.column_of(&table, source, "reason", &|ty| {
            matches!(ty, Type::Text | Type::Code(_))
        }, "a text or a code");
        let role =
            self.column_of(&table, source, "role", &|ty| matches!(ty, Type::Code(_)), "a code");
        let role = role?;
        let Some(Type::Code(list)) = source.column(&role).map(|c| &c.ty) else { return None };
        let mut roles = Vec::new();
        for named in table.required("roles")?.texts() {
            match list.index_of(&named.text) {
                Some(place) => roles.push(place),
                None => {
                    let known: Vec<&str> = list.codes.iter().map(String::as_str).collect();
                    let message = format!("`{}` is not one of the roles", named.text);
                    self.log.push(
                        Diagnostic::error("code", &named.place, message)
                            .mend(nearest_or_list(&named.text, &known)),
                    );
                }
            }
        }
        let to = match to {
            Some(to) => Some(to?),
            None => None,
        };
        Some(Override {
            id: key.text.clone(),
            title: title?,
            source: source.id.clone(),
            outcome: outcome?,
            role,
            reason: reason?,
            roles,
            outcomes,
            from: from?,
            to,
            place: key.place.clone(),
        })
    }

    /// Whether the rows of a source can be decisions: dated, and about a case.
    fn holds_decisions(&self, source: &Source, at: &Text) -> bool {
        let fits = matches!(source.shape, Shape::Event { .. }) && source.id_column("case").is_some();
        if !fits {
            let message = format!("the rows of `{}` are not decisions about cases", source.id);
            self.log.push(
                Diagnostic::error("shape", &at.place, message)
                    .mend("use a source of events with the identifier of the case"),
            );
        }
        fits
    }

    /// A column of the source that every row has, of a type.
    fn column_of(
        &self,
        table: &Table<'_>,
        source: &Source,
        key: &str,
        fits: &dyn Fn(&Type) -> bool,
        kind: &str,
    ) -> Option<String> {
        let named = table.required_text(key)?;
        let columns = || source.columns.iter().filter(|c| fits(&c.ty) && !c.optional);
        if columns().any(|c| c.name == named.text) {
            return Some(named.text);
        }
        if !self.is_broken(&named.text) {
            let fit: Vec<&str> = columns().map(|c| c.name.as_str()).collect();
            let message =
                format!("`{}` has no column `{}` that is {kind} in every row", source.id, named.text);
            self.log.push(
                Diagnostic::error("reference", &named.place, message)
                    .mend(nearest_or_list(&named.text, &fit)),
            );
        }
        None
    }
}
