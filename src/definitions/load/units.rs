//! Reads units, their anchors, groups of people and links.

use crate::definitions::diagnostic::{Diagnostic, a, nearest_or_list};
use crate::definitions::expression::check::Wanted;
use crate::definitions::expression::{Name, Type};
use crate::definitions::load::ground::Ground;
use crate::definitions::load::keys;
use crate::definitions::load::reader::{Table, Text, Value};
use crate::definitions::unit::{Group, Link, Unit, UnitRows};

/// What the engine makes the rows of a unit of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Derived {
    Needs,
    ScorePairs,
    Moves,
}

/// Units whose rows the engine makes.
pub(super) const DERIVED: [(&str, Derived); 3] =
    [("needs", Derived::Needs), ("score_pairs", Derived::ScorePairs), ("moves", Derived::Moves)];

impl Ground<'_> {
    pub(super) fn read_units(&mut self) {
        // Members have the dates of the unit that they belong to, which is read before them.
        let all = self.folder.each("unit");
        let of_members = |value: &Value<'_>| {
            let table = value.open_table("a unit", &value.place());
            table.is_some_and(|t| t.has("each"))
        };
        let (members, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, v)| of_members(v));
        for (key, value) in others.into_iter().chain(members) {
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
        let of = table.text("of").filter(|of| self.refers("unit", of));
        let each = table.text("each").filter(|group| self.refers("group", group));
        let framework = table.text("framework").filter(|f| self.is_framework_of(f, derived));
        self.check_only_moves_have_levels(&table, derived);
        let rows = match (table.has("source"), table.has("derived"), table.has("each")) {
            (true, false, false) => source.map(|s| UnitRows::Source(s.text)),
            (false, true, false) => match derived {
                Some(Derived::Needs) => Some(UnitRows::CaseNeeds),
                Some(Derived::ScorePairs) => Some(UnitRows::ScorePairs),
                Some(Derived::Moves) => self.ladder(&table).map(UnitRows::Moves),
                None => None,
            },
            (false, false, true) => {
                each.and_then(|group| self.members(&table, &group, of.as_ref()))
            }
            _ => {
                let message = format!("{what} needs one of `source`, `derived` and `each`");
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
            of: of.map(|of| of.text),
            anchors: Vec::new(),
            place: key.place.clone(),
        };
        if let UnitRows::Members { .. } = unit.rows {
            let parent = self.parent(&unit).into_iter();
            unit.anchors =
                parent.flat_map(|p| &p.anchors).map(|(n, _)| (n.clone(), n.clone())).collect();
            return Some(unit);
        }
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

    /// The rows of a unit that is made of the members of a group.
    fn members(&self, table: &Table<'_>, group: &Text, of: Option<&Text>) -> Option<UnitRows> {
        if !table.has("of") {
            let message = "nothing says what they are members of";
            self.log.push(
                Diagnostic::error("required", &group.place, message)
                    .mend("name the unit that they belong to: of = \"case\""),
            );
            return None;
        }
        if let Some(at) = table.key("anchor") {
            let message = "members have the dates of the unit that they belong to";
            self.log.push(
                Diagnostic::error("key", &at.place, message)
                    .mend("take the key away, or add the date to that unit"),
            );
        }
        let of = of?;
        let parent = self.unit(&of.text)?;
        if !matches!(parent.rows, UnitRows::Source(_)) {
            let message = format!("{} is not a row of a source, and has no members", a(&of.text));
            self.log.push(
                Diagnostic::error("reference", &of.place, message)
                    .mend("name a unit with a `source` that says which family it is about"),
            );
            return None;
        }
        Some(UnitRows::Members { group: group.text.clone() })
    }

    /// Whether the groups that units are made of can be told from the unit that they belong to.
    fn check_members(&self) {
        for unit in &self.units {
            let UnitRows::Members { group } = &unit.rows else { continue };
            let Some(group) = self.groups.iter().find(|g| g.id == *group) else { continue };
            let anchors = self.anchors(unit);
            for name in group.condition.expr.names() {
                let (message, mend) = match name {
                    Name::HasThisNeed | Name::WindowStart | Name::WindowEnd => (
                        format!("the group `{}` depends on the test that asks", group.id),
                        "choose a group of people as they were when the unit began",
                    ),
                    Name::Unit(anchor) if !anchors.contains(&anchor.as_str()) => (
                        format!(
                            "the group `{}` needs the date `{anchor}`, which {} does not have",
                            group.id,
                            a(unit.of.as_deref().unwrap_or(&unit.id))
                        ),
                        "choose another group, or make one for this unit",
                    ),
                    _ => continue,
                };
                self.log.push(Diagnostic::error("anchor", &unit.place, message).mend(mend));
            }
        }
    }

    /// Whether this names a framework in use, in a unit that is made of needs.
    fn is_framework_of(&self, framework: &Text, derived: Option<Derived>) -> bool {
        if derived != Some(Derived::Needs) {
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
        self.check_members();
    }
}
