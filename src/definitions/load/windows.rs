//! Reads windows: which of the eight forms, from which anchors, for how long.

use crate::definitions::diagnostic::{Diagnostic, a, nearest_or_list};
use crate::definitions::load::ground::Ground;
use crate::definitions::load::keys;
use crate::definitions::load::reader::{Text, Value};
use crate::definitions::load::tests_of_rows::Owner;
use crate::definitions::source::Shape;
use crate::definitions::test::{Anchor, PERIOD_END, PERIOD_START, SpellsIn, Window};
use crate::definitions::unit::{Unit, UnitRows};

const WINDOW_FORMS: &str = "write one of { after, for }, { before, for }, { up_to, for }, { from, to }, { on }, { last, of, by }, { next, of, after }, or for a fact { in = \"period\" }";

/// Which spells a window takes in.
pub(super) const SPELLS: [(&str, SpellsIn); 3] = [
    ("overlapping", SpellsIn::Overlapping),
    ("starting", SpellsIn::Starting),
    ("ending", SpellsIn::Ending),
];

/// A window, and which spells it says it takes in.
pub(super) type Stretch = (Window, Option<SpellsIn>);

impl Ground<'_> {
    /// A window whose anchors the unit has.
    pub(super) fn window(&self, value: Value<'_>, unit: &Unit, owner: Owner) -> Option<Stretch> {
        let place = value.place();
        let table = value.table("a window", &place, keys::WINDOW)?;
        let spells = table.get("spells").and_then(|v| v.one_of(&SPELLS));
        let mut form: Vec<&str> = table
            .entries()
            .iter()
            .map(|(k, _)| k.text.as_str())
            .filter(|k| *k != "spells")
            .collect();
        form.sort_unstable();
        let anchor = |key: &str| {
            let text = table.required_text(key)?;
            match text.text.as_str() {
                PERIOD_START | PERIOD_END => self.of_the_period(&text, unit, owner),
                _ => self.anchor(&text, unit),
            }
        };
        let length = || self.length(table.required("for")?);
        let calendar = || {
            let of = table.required_text("of")?;
            self.refers_among("calendar of named periods", &of, &self.calendars).then_some(of.text)
        };
        let count = |key: &str| self.count(table.required(key)?, Some(&table.text("of")?.text));
        let window = match form.as_slice() {
            ["after", "for"] => {
                let (anchor, length) = (anchor("after"), length());
                Window::After { anchor: anchor?, length: length? }
            }
            ["before", "for"] => {
                let (anchor, length) = (anchor("before"), length());
                Window::Before { anchor: anchor?, length: length? }
            }
            ["for", "up_to"] => {
                let (anchor, length) = (anchor("up_to"), length());
                Window::UpTo { anchor: anchor?, length: length? }
            }
            ["from", "to"] => {
                let (from, to) = (anchor("from"), anchor("to"));
                Window::FromTo { from: from?, to: to? }
            }
            ["on"] => Window::On { anchor: anchor("on")? },
            ["by", "last", "of"] => {
                let (count, of, by) = (count("last"), calendar(), anchor("by"));
                Window::LastPeriods { count: count?, of: of?, by: by? }
            }
            ["after", "next", "of"] => {
                let (count, of, after) = (count("next"), calendar(), anchor("after"));
                Window::NextPeriods { count: count?, of: of?, after: after? }
            }
            ["in"] => {
                let of = table.required_text("in")?;
                table.get("in")?.one_of(&[("period", ())])?;
                self.of_the_period(&of, unit, owner)?;
                Window::FromTo { from: PERIOD_START.to_owned(), to: PERIOD_END.to_owned() }
            }
            _ => {
                let said = form.iter().map(|k| format!("`{k}`")).collect::<Vec<_>>().join(", ");
                let message = match form.is_empty() {
                    true => "the window says nothing".to_owned(),
                    false => format!("{said} do not make a window together"),
                };
                self.log.push(Diagnostic::error("window", &place, message).mend(WINDOW_FORMS));
                return None;
            }
        };
        Some((window, spells))
    }

    /// An end of the reporting period, if what is asked is a fact about units that are there in it.
    fn of_the_period(&self, text: &Text, unit: &Unit, owner: Owner) -> Option<Anchor> {
        let lasts = self.source_of(unit).is_some_and(|s| matches!(s.shape, Shape::Spell { .. }));
        let fault = match owner {
            Owner::Fact if lasts => return Some(text.text.clone()),
            Owner::Fact => (
                format!("{} has no start and end, so it is in no period", a(&unit.id)),
                "hang the window from one of its own dates",
            ),
            _ => (
                "only a fact can ask about the reporting period".to_owned(),
                "hang the window from a date of the case; or make a fact of it, for measures",
            ),
        };
        self.log.push(Diagnostic::error("anchor", &text.place, fault.0).mend(fault.1));
        None
    }

    /// An anchor of the unit, or of its parent; written bare or with the unit's name before it.
    pub(super) fn anchor(&self, text: &Text, unit: &Unit) -> Option<Anchor> {
        let known = self.anchors(unit);
        let bare = match text.text.split_once('.') {
            Some((prefix, rest)) if prefix == unit.id || Some(prefix) == unit.of.as_deref() => rest,
            _ => text.text.as_str(),
        };
        if known.contains(&bare) {
            return self.is_in_reach(bare, text, unit).then(|| bare.to_owned());
        }
        if self.is_broken(bare) {
            return None;
        }
        let message = format!("`{}` is not an anchor of {}", text.text, a(&unit.id));
        self.log.push(
            Diagnostic::error("anchor", &text.place, message).mend(nearest_or_list(bare, &known)),
        );
        None
    }

    /// Whether a window of the unit can hang from an anchor that it or its parent has. Members have the dates of
    /// what they belong to; a unit with rows of its own has those of its rows alone.
    fn is_in_reach(&self, anchor: &str, text: &Text, unit: &Unit) -> bool {
        let members = matches!(unit.rows, UnitRows::Members { .. });
        if members || unit.anchor(anchor).is_some() {
            return true;
        }
        let parent = a(unit.of.as_deref().unwrap_or_default());
        let message = format!(
            "`{}` is a date of {parent}, and {} has no such date of its own",
            text.text,
            a(&unit.id)
        );
        let own: Vec<String> = unit.anchors.iter().map(|(name, _)| format!("`{name}`")).collect();
        let own = if own.is_empty() { String::new() } else { format!(" ({})", own.join(", ")) };
        let mend =
            format!("hang the window from a date of its own{own}, or make it a fact of {parent}");
        self.log.push(Diagnostic::error("anchor", &text.place, message).mend(mend));
        false
    }

    /// The names of the unit's anchors, and of its parent's.
    pub(super) fn anchors(&self, unit: &Unit) -> Vec<&str> {
        let own = self.unit(&unit.id).into_iter().chain(self.parent(unit));
        own.flat_map(|u| u.anchors.iter().map(|(name, _)| name.as_str())).collect()
    }
}
