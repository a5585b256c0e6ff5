//! Reads discretion: what may be decided otherwise than its rule says, by whom and when.

use crate::definitions::diagnostic::{Diagnostic, nearest_or_list};
use crate::definitions::expression::Type;
use crate::definitions::load::folder::File;
use crate::definitions::load::ground::{CASE, Ground};
use crate::definitions::load::keys;
use crate::definitions::load::reader::{Table, Text, Value};
use crate::definitions::load::tests_of_rows::Owner;
use crate::definitions::overrides::{
    DEFINITION, OVERRIDES, Override, REASON, ROLE, Ruled, VERDICT,
};
use crate::definitions::source::{Shape, Source};
use crate::definitions::unit::Unit;
use crate::definitions::verdict::Verdict;

/// What may be decided about.
pub(super) const DECIDES: [(&str, Ruled); 3] =
    [("need", Ruled::Need), ("outcome", Ruled::Outcome), ("claim", Ruled::Claim)];

/// What may be decided.
pub(super) const DECIDED: [(&str, Verdict); 2] =
    [("met", Verdict::Met), ("not_met", Verdict::NotMet)];

/// The keys that [`Ground::roles`] and the checks of the register read from its columns.
const COLUMNS: &str = "give it the columns case_id (an id of = \"case\"), definition (a text), verdict (a code: met, not_met), role (a code), reason (a code or a text), and shape = \"event\"";

impl Ground<'_> {
    /// The overrides of a framework.
    pub(super) fn overrides(&self, file: &File<'_>, case: &Unit) -> Vec<Override> {
        let mut all: Vec<Override> = Vec::new();
        for (key, value) in file.each("override") {
            let Some(new) = self.override_of(file, &key, value, case) else { continue };
            let same = |o: &&Override| o.decides == new.decides && o.verdict == new.verdict;
            let twice = all.iter().filter(same).find_map(|other| {
                let both = other.only.iter().find(|id| new.only.contains(id))?;
                Some((other, both))
            });
            if let Some((other, both)) = twice {
                let message = format!(
                    "`{}` may already decide that `{both}` is {}",
                    other.id,
                    new.verdict.word()
                );
                self.log.push(
                    Diagnostic::error("twice", &key.place, message)
                        .mend("join them: `roles` and `only` are lists"),
                );
            }
            all.push(new);
        }
        if let Some(first) = all.first() {
            self.check_register(first);
        }
        all
    }

    fn override_of(
        &self,
        file: &File<'_>,
        key: &Text,
        value: Value<'_>,
        case: &Unit,
    ) -> Option<Override> {
        let table = value.table(&format!("override `{}`", key.text), &key.place, keys::OVERRIDE)?;
        let (title, why) = (table.words("title"), table.words("why"));
        let decides = table.required("decides").and_then(|v| v.one_of(&DECIDES));
        let verdict = table.required("verdict").and_then(|v| v.one_of(&DECIDED));
        let window =
            table.required("window").and_then(|v| Some((self.window(v, case, Owner::Outcome)?, v)));
        if let Some(((_, Some(_)), written)) = &window {
            let message = "a decision is made on a day, and `spells` says nothing of it";
            self.log.push(
                Diagnostic::error("window", &written.place(), message).mend("take `spells` away"),
            );
        }
        let only = decides.map(|kind| self.decided_about(file, &table, kind));
        let roles = self.roles(&table);
        Some(Override {
            id: key.text.clone(),
            title: title?,
            decides: decides?,
            only: only?,
            verdict: verdict?,
            roles: roles?,
            window: window?.0.0,
            why: why?,
            place: key.place.clone(),
        })
    }

    /// The definitions that an override is about: those that it names, or all of its kind.
    fn decided_about(&self, file: &File<'_>, table: &Table<'_>, kind: Ruled) -> Vec<String> {
        let declared: Vec<String> =
            file.each(kind.word()).into_iter().map(|(key, _)| key.text).collect();
        let Some(only) = table.get("only") else { return declared };
        let there = |id: &Text| !file.lacks(kind.word(), &id.text);
        let named = only.texts().into_iter().filter(there);
        let mut seen: Vec<String> = Vec::new();
        for id in named.filter(|id| self.refers_among(kind.word(), id, &declared)) {
            if seen.contains(&id.text) {
                let message = format!("`{}` is listed twice", id.text);
                self.log.push(Diagnostic::error("twice", &id.place, message).mend("list it once"));
                continue;
            }
            seen.push(id.text);
        }
        seen
    }

    /// The roles whose decision counts, each a code of the register.
    fn roles(&self, table: &Table<'_>) -> Option<Vec<u32>> {
        let named = table.required("roles")?;
        let texts = named.texts();
        if texts.is_empty() {
            self.log.push(
                Diagnostic::error("value", &named.place(), "nobody may decide so")
                    .mend("name a role, or take the override away"),
            );
        }
        // Without the column the register is at fault, and that is said once.
        let Some(Type::Code(list)) =
            self.source(OVERRIDES).and_then(|s| s.column(ROLE)).map(|c| &c.ty)
        else {
            return Some(Vec::new());
        };
        let place = |role: Text| {
            let place = list.index_of(&role.text);
            if place.is_none() {
                let known: Vec<&str> = list.codes.iter().map(String::as_str).collect();
                let message = format!("`{}` is not a role that the register knows", role.text);
                self.log.push(
                    Diagnostic::error("code", &role.place, message)
                        .mend(nearest_or_list(&role.text, &known)),
                );
            }
            place
        };
        let places: Vec<Option<u32>> = texts.into_iter().map(place).collect();
        places.into_iter().collect()
    }

    /// Whether the decisions can be read: from a source of events about cases with these columns.
    fn check_register(&self, needed_by: &Override) {
        let declared = self.folder.declared("source").iter().any(|s| s == OVERRIDES);
        let Some(register) = self.source(OVERRIDES) else {
            // A source at fault has been reported; one that was left out, by those who check that.
            if !declared && !self.folder.is_left_out("source", OVERRIDES) {
                let message = format!("there is no source `{OVERRIDES}` with the decisions");
                self.log.push(
                    Diagnostic::error("reference", &needed_by.place, message)
                        .mend(format!("define [source.{OVERRIDES}]; {COLUMNS}")),
                );
            }
            return;
        };
        if let Some(lacks) = lacks(register) {
            let message = format!("decisions cannot be read from `{OVERRIDES}`: it has {lacks}");
            self.log.push(Diagnostic::error("reference", &register.place, message).mend(COLUMNS));
        }
    }
}

/// What a register of decisions lacks.
fn lacks(register: &Source) -> Option<String> {
    if !matches!(register.shape, Shape::Event { .. }) {
        return Some("no events".to_owned());
    }
    if register.id_column(CASE).is_none() {
        return Some("no identifier of the case".to_owned());
    }
    let is_verdict = |code: &String| DECIDED.iter().any(|(word, _)| word == code);
    let lacks = |name: &str, what: &str, fits: &dyn Fn(&Type) -> bool| {
        let holds = register.column(name).is_some_and(|c| fits(&c.ty));
        (!holds).then(|| format!("no {what} `{name}`"))
    };
    lacks(DEFINITION, "text", &|ty| *ty == Type::Text)
        .or_else(|| {
            lacks(
                VERDICT,
                "code of met and not_met",
                &|ty| matches!(ty, Type::Code(list) if list.codes.iter().all(is_verdict)),
            )
        })
        .or_else(|| lacks(ROLE, "code", &|ty| matches!(ty, Type::Code(_))))
        .or_else(|| lacks(REASON, "code or text", &|ty| matches!(ty, Type::Code(_) | Type::Text)))
}
