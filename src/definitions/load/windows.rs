//! Reads windows: which of the seven forms, from which anchors, for how long.

use crate::definitions::diagnostic::{Diagnostic, a, nearest_or_list};
use crate::definitions::load::ground::Ground;
use crate::definitions::load::keys;
use crate::definitions::load::reader::{Text, Value};
use crate::definitions::test::{Anchor, SpellsIn, Window};
use crate::definitions::unit::Unit;

const WINDOW_FORMS: &str = "write one of { after, for }, { before, for }, { up_to, for }, { from, to }, { on }, { last, of, by }, { next, of, after }";

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
    pub(super) fn window(&self, value: Value<'_>, unit: &Unit) -> Option<Stretch> {
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
        let anchor = |key: &str| self.anchor(&table.required_text(key)?, unit);
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

    /// An anchor of the unit, or of its parent; written bare or with the unit's name before it.
    pub(super) fn anchor(&self, text: &Text, unit: &Unit) -> Option<Anchor> {
        let known = self.anchors(unit);
        let bare = match text.text.split_once('.') {
            Some((prefix, rest)) if prefix == unit.id || Some(prefix) == unit.of.as_deref() => rest,
            _ => text.text.as_str(),
        };
        if known.contains(&bare) {
            return Some(bare.to_owned());
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

    /// The names of the unit's anchors, and of its parent's.
    pub(super) fn anchors(&self, unit: &Unit) -> Vec<&str> {
        let own = self.unit(&unit.id).into_iter().chain(self.parent(unit));
        own.flat_map(|u| u.anchors.iter().map(|(name, _)| name.as_str())).collect()
    }
}
