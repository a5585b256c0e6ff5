//! Reads the levels of help that children move between.

use crate::definitions::diagnostic::Diagnostic;
use crate::definitions::expression::check::Wanted;
use crate::definitions::load::ground::Ground;
use crate::definitions::load::keys;
use crate::definitions::load::reader::{Table, Text, Value};
use crate::definitions::load::units::Derived;
use crate::definitions::moves::{Ladder, NO_LEVEL, Rung, RungRows};
use crate::definitions::source::Shape;

impl Ground<'_> {
    /// The levels of a unit of moves.
    pub(super) fn ladder(&self, table: &Table<'_>) -> Option<Ladder> {
        if let Some(of) = table.key("of") {
            let message = "a move belongs to a child, and to no other unit";
            self.log.push(Diagnostic::error("key", &of.place, message).mend("take the key away"));
        }
        let lasts = table.required("lasts").and_then(|v| self.fixed_length(v));
        let written = table.required("levels")?;
        let entries = written.list();
        let mut rungs: Vec<Rung> = Vec::new();
        let mut sound = true;
        for entry in &entries {
            match self.level(*entry, &rungs) {
                Some((same, rows)) if same.is_the_last => {
                    rungs.last_mut().into_iter().for_each(|rung| rung.rows.push(rows.clone()));
                }
                Some((level, rows)) => {
                    rungs.push(Rung { name: level.name, helps: level.helps, rows: vec![rows] });
                }
                None => sound = false,
            }
        }
        if sound && rungs.len() < 2 {
            let message = "with one level there is nothing to move between";
            self.log.push(
                Diagnostic::error("levels", &written.place(), message)
                    .mend("name at least two levels, the lowest first"),
            );
            sound = false;
        }
        sound.then_some(Ladder { lasts: lasts?, rungs })
    }

    /// One entry of `levels`, after those that were read before it.
    fn level(&self, entry: Value<'_>, before: &[Rung]) -> Option<(Entry, RungRows)> {
        let table = entry.table("a level", &entry.place(), keys::LEVEL)?;
        let name = table.required_text("name");
        let source = table.required_text("source").filter(|s| self.refers("source", s));
        let helps = table.get("helps").map_or(Some(true), |v| v.yes_no());
        let source = self.source(&source?.text)?;
        let among = match table.get("where") {
            Some(value) => {
                let scope = self.formula_scope(source);
                Some(self.expression(value, &scope, &Wanted::YesNo)?)
            }
            None => None,
        };
        let place = table.key("source").map(|key| &key.place)?;
        let lasts = matches!(source.shape, Shape::Event { .. } | Shape::Spell { .. });
        if !lasts || (source.id_column("person").is_none() && source.id_column("family").is_none())
        {
            let message = format!(
                "nobody is at a level by rows of `{}`: they are no events or spells of a person or family",
                source.id
            );
            self.log.push(Diagnostic::error("shape", place, message).mend(
                "name a source of events or spells with an identifier of a person or a family",
            ));
            return None;
        }
        let (name, helps) = (name?, helps?);
        let is_the_last = before.last().is_some_and(|rung| rung.name == name.text);
        self.check_level(&name, helps, before)?;
        let rows = RungRows { source: source.id.clone(), among };
        Some((Entry { name: name.text, helps, is_the_last }, rows))
    }

    /// Whether a level can stand above those before it.
    fn check_level(&self, name: &Text, helps: bool, before: &[Rung]) -> Option<()> {
        let (message, mend) = match before {
            _ if name.text == NO_LEVEL => (
                format!("`{NO_LEVEL}` is the level of those who are at no other"),
                "give it another name",
            ),
            [.., last] if last.name == name.text => {
                if last.helps == helps {
                    return Some(());
                }
                (
                    format!("`{}` helps by one entry and does not by the other", name.text),
                    "say the same of both, or give them two names",
                )
            }
            _ if before.iter().any(|rung| rung.name == name.text) => (
                format!("`{}` stands at two places of the order", name.text),
                "write entries of one level one after the other",
            ),
            [.., last] if last.helps && !helps => (
                format!("`{}` does not help, and stands above a level that does", name.text),
                "put levels with helps = false first",
            ),
            _ => return Some(()),
        };
        self.log.push(Diagnostic::error("levels", &name.place, message).mend(mend));
        None
    }

    /// Levels on a unit of another kind would do nothing.
    pub(super) fn check_only_moves_have_levels(&self, table: &Table<'_>, derived: Option<Derived>) {
        if derived == Some(Derived::Moves) {
            return;
        }
        if let Some(at) = ["lasts", "levels"].iter().find_map(|key| table.key(key)) {
            self.log.push(
                Diagnostic::error("key", &at.place, "only moves go from one level to another")
                    .mend("take the key away, or write derived = \"moves\""),
            );
        }
    }
}

/// An entry of `levels`.
struct Entry {
    name: String,
    helps: bool,
    /// Whether it is of the level of the entry before it.
    is_the_last: bool,
}
