//! Reads code maps and crosswalks: how a council's words and identifiers become ours.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::definitions::diagnostic::{Diagnostic, nearest_or_list};
use crate::definitions::expression::check::say;
use crate::definitions::expression::{Literal, Type};
use crate::definitions::load::exports::Usual;
use crate::definitions::load::ground::Ground;
use crate::definitions::load::keys;
use crate::definitions::load::mappings::{ID_CHECKS, texts_of};
use crate::definitions::load::reader::{Table, Text, Value};
use crate::definitions::mapping::{CodeMap, Crosswalk, MatchBy, Tier, Unmapped};
use crate::definitions::place::Place;

/// A code map as written; which codes its words stand for depends on the column that uses it.
pub(super) struct WrittenCodes {
    key: Text,
    unmapped: Unmapped,
    pairs: Vec<(String, Word)>,
}

fn tier(value: Value<'_>) -> Option<Tier> {
    let table = value.table("a tier", &value.place(), keys::TIER)?;
    let (title, key) = (table.words("title"), table.required("key"));
    let check = match table.get("check") {
        Some(check) => Some(check.one_of(&ID_CHECKS)?),
        None => None,
    };
    Some(Tier { title: title?, key: texts_of(key?), check })
}

/// The right side of one line of a code map.
enum Word {
    YesNo(bool, Place),
    Code(Text),
}

impl Ground<'_> {
    pub(super) fn code_maps(&self) -> Vec<WrittenCodes> {
        let read = |(key, value): (Text, Value<'_>)| {
            let what = format!("code map `{}`", key.text);
            let table = value.table(&what, &key.place, keys::CODES)?;
            let unmapped = match table.get("unmapped") {
                Some(v) => match v.yes_no_if_it_is_one() {
                    Some(yes) => Unmapped::Becomes(yes.to_string()),
                    None => match v.text()?.text.as_str() {
                        "quarantine" => Unmapped::Quarantine,
                        "stop" => Unmapped::Stop,
                        "missing" => Unmapped::Missing,
                        word => Unmapped::Becomes(word.to_owned()),
                    },
                },
                None => Unmapped::Quarantine,
            };
            let map = table.required("map")?.open_table("the map", &key.place)?;
            let pairs = map
                .entries()
                .iter()
                .filter_map(|(from, to)| {
                    let word = match to.yes_no_if_it_is_one() {
                        Some(b) => Word::YesNo(b, to.place()),
                        None => Word::Code(to.text()?),
                    };
                    Some((from.text.clone(), word))
                })
                .collect();
            Some(WrittenCodes { key, unmapped, pairs })
        };
        self.folder.each("codes").into_iter().filter_map(read).collect()
    }

    pub(super) fn crosswalks(&self) -> BTreeMap<String, Crosswalk> {
        let mut all = BTreeMap::new();
        for file in &self.folder.files {
            let usual = self.usual(&file.each("defaults"));
            for (key, value) in file.each("crosswalk") {
                let what = format!("crosswalk `{}`", key.text);
                let table = value.table(&what, &key.place, keys::CROSSWALK);
                let read = table.and_then(|table| self.crosswalk(&key, &table, &usual));
                all.extend(read.map(|crosswalk| (key.text, crosswalk)));
            }
        }
        all
    }

    fn crosswalk(&self, key: &Text, table: &Table<'_>, usual: &Usual) -> Option<Crosswalk> {
        let files = self.files(table, usual);
        let gives = table.words("gives");
        if let Some(v) = table.get("unmatched") {
            v.one_of(&[("quarantine", ())]);
        }
        let date_formats = table.get("date_formats");
        let date_formats = date_formats.map_or_else(|| usual.date_formats.clone(), texts_of);
        let by = match (table.get("tiers"), table.has("key")) {
            (Some(tiers), false) => {
                MatchBy::Tiers(tiers.list().into_iter().filter_map(|t| tier(t)).collect())
            }
            (Some(tiers), true) => {
                let message = "a crosswalk goes by one `key` or by `tiers`, not by both";
                self.log.push(
                    Diagnostic::error("mapping", &tiers.place(), message)
                        .mend("make the key the first tier: { title = \"…\", key = [\"…\"] }"),
                );
                return None;
            }
            (None, _) => MatchBy::Key(table.words("key")?),
        };
        let place = key.place.clone();
        Some(Crosswalk {
            id: key.text.clone(),
            files: files?,
            gives: gives?,
            date_formats,
            by,
            place,
        })
    }

    /// The code map for columns of the type that uses it.
    pub(super) fn code_map(
        &self,
        written: WrittenCodes,
        users: &BTreeMap<String, Type>,
    ) -> Option<(String, CodeMap)> {
        let WrittenCodes { key, unmapped, pairs } = written;
        let Some(ty) = users.get(&key.text) else {
            let message = format!("no column uses the code map `{}`", key.text);
            self.log.push(
                Diagnostic::warning("unused", &key.place, message)
                    .mend("name it in `codes` of a column, or take it away"),
            );
            return None;
        };
        let literal = |word: &Word| match (ty, word) {
            (Type::YesNo, Word::YesNo(b, _)) => Some(Literal::YesNo(*b)),
            (Type::Text, Word::Code(text)) => Some(Literal::Text(text.text.clone())),
            (Type::Code(list), Word::Code(text)) => {
                let index = list.index_of(&text.text);
                if index.is_none() {
                    let known: Vec<&str> = list.codes.iter().map(String::as_str).collect();
                    let message = format!("`{}` is not one of the declared codes", text.text);
                    self.log.push(
                        Diagnostic::error("code", &text.place, message)
                            .mend(nearest_or_list(&text.text, &known)),
                    );
                }
                Some(Literal::Code(index?, Arc::clone(list)))
            }
            (_, Word::YesNo(_, place) | Word::Code(Text { place, .. })) => {
                let message = format!("this cannot stand in {}", say(ty));
                let mend = if *ty == Type::YesNo {
                    "write true or false"
                } else {
                    "write one of the declared codes"
                };
                self.log.push(Diagnostic::error("code", place, message).mend(mend));
                None
            }
        };
        let unknown_becomes = match (&unmapped, ty) {
            (Unmapped::Becomes(word), Type::Code(list)) => {
                list.index_of(word).is_none().then_some(word)
            }
            (Unmapped::Becomes(word), Type::YesNo) => {
                (word != "true" && word != "false").then_some(word)
            }
            _ => None,
        };
        if let Some(word) = unknown_becomes {
            let message = format!(
                "unmapped words cannot become `{word}`, which is not one of the declared codes"
            );
            self.log.push(
                Diagnostic::error("code", &key.place, message).mend(
                    "write unmapped = \"quarantine\", \"stop\", \"missing\" or a declared code",
                ),
            );
        }
        let pairs =
            pairs.iter().filter_map(|(from, word)| Some((from.clone(), literal(word)?))).collect();
        let map = CodeMap { id: key.text.clone(), pairs, unmapped, place: key.place };
        Some((key.text, map))
    }
}
