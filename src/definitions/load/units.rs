//! Reads units, their anchors, groups of people and links.

use crate::definitions::diagnostic::{Diagnostic, a, nearest_or_list};
use crate::definitions::expression::Type;
use crate::definitions::expression::check::Wanted;
use crate::definitions::load::ground::Ground;
use crate::definitions::load::keys;
use crate::definitions::load::reader::{Text, Value};
use crate::definitions::unit::{Group, Link, Unit, UnitRows};

/// Units whose rows the engine makes.
pub(super) const DERIVED: [(&str, UnitRows); 2] =
    [("needs", UnitRows::CaseNeeds), ("score_pairs", UnitRows::ScorePairs)];

impl Ground<'_> {
    pub(super) fn read_units(&mut self) {
        for (key, value) in self.folder.each("unit") {
            if let Some(unit) = self.unit_from(&key, value) {
                self.units.push(unit);
            }
        }
    }

    fn unit_from(&self, key: &Text, value: Value<'_>) -> Option<Unit> {
        let what = format!("unit `{}`", key.text);
        let table = value.table(&what, &key.place, keys::UNIT)?;
        let title = table.words("title");
        let plural = table.words("plural");
        let source = table.text("source").filter(|s| self.refers("source", s));
        let derived = table.get("derived").and_then(|v| v.one_of(&DERIVED));
        let of = table.text("of").filter(|of| self.refers("unit", of)).map(|of| of.text);
        let framework =
            table.text("framework").filter(|f| self.is_framework_of(f, derived.as_ref()));
        let rows = match (table.has("source"), table.has("derived")) {
            (true, false) => source.map(|s| UnitRows::Source(s.text)),
            (false, true) => derived,
            _ => {
                let message = format!("{what} needs either `source` or `derived`");
                self.log.push(
                    Diagnostic::error("required", &key.place, message)
                        .mend("say where its rows come from: source = \"cases\""),
                );
                None
            }
        };
        let mut unit = Unit {
            id: key.text.clone(),
            title: title?,
            plural: plural?,
            rows: rows?,
            framework: framework.map(|f| f.text),
            of,
            anchors: Vec::new(),
            place: key.place.clone(),
        };
        if let Some(anchors) = table.get("anchor").and_then(|v| v.open_table("anchors", &key.place))
        {
            let columns = self.own_columns(&unit);
            for (name, value) in anchors.entries() {
                let Some(column) = value.text() else { continue };
                if self.anchor_is_sound(name, &column, &columns) {
                    unit.anchors.push((name.text.clone(), column.text));
                } else {
                    self.mark_broken(&name.text);
                }
            }
        }
        Some(unit)
    }

    /// Whether this names a framework in use, in a unit that is made of needs.
    fn is_framework_of(&self, framework: &Text, rows: Option<&UnitRows>) -> bool {
        if rows != Some(&UnitRows::CaseNeeds) {
            self.log.push(
                Diagnostic::error("key", &framework.place, "only needs belong to a framework")
                    .mend("take the key away, or write derived = \"needs\""),
            );
            return false;
        }
        let mut known: Vec<String> =
            self.of_frameworks("need").into_iter().map(|(framework, _)| framework).collect();
        known.dedup();
        self.refers_among("framework", framework, &known)
    }

    fn anchor_is_sound(&self, name: &Text, column: &Text, columns: &[(String, Type)]) -> bool {
        if columns.is_empty() || self.is_broken(&column.text) {
            return false;
        }
        let dates: Vec<&str> =
            columns.iter().filter(|(_, ty)| *ty == Type::Date).map(|(n, _)| n.as_str()).collect();
        if !dates.contains(&column.text.as_str()) {
            let message = format!("the unit has no date `{}`", column.text);
            self.log.push(
                Diagnostic::error("reference", &column.place, message)
                    .mend(nearest_or_list(&column.text, &dates)),
            );
            return false;
        }
        if name.text != column.text && columns.iter().any(|(n, _)| *n == name.text) {
            let message =
                format!("`{}` is a column of the unit already, and not this one", name.text);
            self.log.push(
                Diagnostic::error("twice", &name.place, message)
                    .mend("give the anchor another name"),
            );
            return false;
        }
        true
    }

    pub(super) fn read_links(&mut self) {
        for (key, value) in self.folder.each("link") {
            let what = format!("link `{}`", key.text);
            let Some(table) = value.table(&what, &key.place, keys::LINK) else { continue };
            let source = table.required_text("source").filter(|s| self.refers("source", s));
            let (from, to) = (table.required_text("from"), table.required_text("to"));
            let dated = table.get("dated").and_then(|v| v.yes_no()).unwrap_or(false);
            let (Some(source), Some(from), Some(to)) = (source, from, to) else { continue };
            for end in [&from, &to] {
                if let Some(s) = self.source(&source.text)
                    && s.id_column(&end.text).is_none()
                {
                    let message = format!("`{}` has no identifier of {}", s.id, a(&end.text));
                    self.log.push(
                        Diagnostic::error("reference", &end.place, message)
                            .mend("name an entity that one of its `id` columns is `of`"),
                    );
                }
            }
            self.links.push(Link {
                id: key.text,
                source: source.text,
                from: from.text,
                to: to.text,
                dated,
            });
        }
    }

    pub(super) fn read_groups(&mut self) {
        let scope = self.group_scope();
        for (key, value) in self.folder.each("group") {
            let what = format!("group `{}`", key.text);
            let Some(table) = value.table(&what, &key.place, keys::GROUP) else { continue };
            let title = table.words("title");
            let condition =
                table.required("where").and_then(|v| self.expression(v, &scope, &Wanted::YesNo));
            if let (Some(title), Some(condition)) = (title, condition) {
                self.groups.push(Group { id: key.text, title, condition, place: key.place });
            }
        }
    }
}
