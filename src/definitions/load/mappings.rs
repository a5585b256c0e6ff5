//! Reads the mapping: which column of which export feeds which column of which source.

use std::collections::BTreeMap;

use crate::calendar::{Day, Length};
use crate::definitions::diagnostic::{Diagnostic, nearest_or_list};
use crate::definitions::expression::{Literal, Type};
use crate::definitions::load::exports::Usual;
use crate::definitions::load::ground::Ground;
use crate::definitions::load::keys;
use crate::definitions::load::reader::{Table, Text, Value};
use crate::definitions::load::translations::WrittenCodes;
use crate::definitions::mapping::{
    BadRows, CodeMap, CompleteTo, Encoding, IdCheck, Map, MapColumn, MapFrom, RepeatedKeys,
};
use crate::definitions::source::{Column, Source};

pub(super) const ENCODINGS: [(&str, Encoding); 3] = [
    ("utf-8", Encoding::Utf8),
    ("utf-16le", Encoding::Utf16Le),
    ("windows-1252", Encoding::Windows1252),
];

/// What becomes of rows that are wrong.
pub(super) const BAD_ROWS: [(&str, BadRows); 2] =
    [("quarantine", BadRows::Quarantine), ("stop", BadRows::Stop)];

/// What becomes of rows that repeat a key.
pub(super) const REPEATED_KEYS: [(&str, RepeatedKeys); 2] =
    [("quarantine", RepeatedKeys::Quarantine), ("keep_latest", RepeatedKeys::KeepLatest)];

/// Identifiers that carry a check character.
pub(super) const ID_CHECKS: [(&str, IdCheck); 2] =
    [("upn", IdCheck::Upn), ("nhs_number", IdCheck::NhsNumber)];

/// The days of a named period, and whether it is the last.
pub(super) const PARTS: [(&str, bool); 2] = [("start", false), ("end", true)];

impl Ground<'_> {
    /// The maps, and the code maps with the codes of the columns that use them.
    pub(super) fn maps(&self, written: Vec<WrittenCodes>) -> (Vec<Map>, BTreeMap<String, CodeMap>) {
        let mut users: BTreeMap<String, Type> = BTreeMap::new();
        let mut maps = Vec::new();
        for file in &self.folder.files {
            let usual = self.usual(&file.each("defaults"));
            for (key, value) in file.each("map") {
                maps.extend(self.map(&key, value, &usual, &mut users));
            }
        }
        let codes = written.into_iter().filter_map(|w| self.code_map(w, &users)).collect();
        (maps, codes)
    }

    fn map(
        &self,
        key: &Text,
        value: Value<'_>,
        usual: &Usual,
        users: &mut BTreeMap<String, Type>,
    ) -> Option<Map> {
        let what = format!("map `{}`", key.text);
        let table = value.table(&what, &key.place, keys::MAP)?;
        let feeds = table.text("feeds").unwrap_or_else(|| key.clone());
        let known = self.refers("source", &feeds);
        let files = self.files(&table, usual);
        let bad_rows = table.get("bad_rows").map_or(Some(usual.bad_rows), |v| v.one_of(&BAD_ROWS));
        let repeated = table.get("repeated_keys").map(|v| v.one_of(&REPEATED_KEYS));
        let keep_when = table.get("keep_when").map(|v| self.keep_when(v));
        let date_formats = table.get("date_formats");
        let date_formats = date_formats.map_or_else(|| usual.date_formats.clone(), texts_of);
        let null_values = table.get("null_values");
        let null_values = null_values.map_or_else(|| usual.null_values.clone(), nulls_of);
        let null_dates =
            table.get("null_dates").map_or_else(|| usual.null_dates.clone(), |v| v.dates());
        let complete = table.required("complete_to");
        let columns = table.required("columns").and_then(|v| v.open_table("columns", &key.place));
        let source = self.source(&feeds.text).filter(|_| known)?;
        let complete_to = complete.and_then(|v| self.complete_to(v, source));
        let columns = columns?;
        let columns = self.map_columns(&columns, source, key, users);
        Some(Map {
            id: key.text.clone(),
            source: feeds.text,
            files: files?,
            keep_when: match keep_when {
                Some(rule) => Some(rule?),
                None => None,
            },
            bad_rows: bad_rows?,
            repeated_keys: repeated.unwrap_or(Some(RepeatedKeys::Quarantine))?,
            null_values,
            null_dates,
            date_formats,
            complete_to: complete_to?,
            owner: table.text("owner").map(|owner| owner.text),
            columns,
            place: key.place.clone(),
        })
    }

    fn complete_to(&self, value: Value<'_>, source: &Source) -> Option<CompleteTo> {
        if value.is_table() {
            let table = value.table("`complete_to`", &value.place(), keys::NEWEST)?;
            let newest = table.required_text("newest");
            let less: Option<Option<Length>> = table.get("less").map(|v| self.fixed_length(v));
            let newest = newest?;
            let dates: Vec<&str> = source
                .columns
                .iter()
                .filter(|c| c.ty == Type::Date)
                .map(|c| c.name.as_str())
                .collect();
            if !dates.contains(&newest.text.as_str()) {
                let message = format!("`{}` has no date `{}`", source.id, newest.text);
                self.log.push(
                    Diagnostic::error("reference", &newest.place, message)
                        .mend(nearest_or_list(&newest.text, &dates)),
                );
                return None;
            }
            return Some(CompleteTo::Newest { column: newest.text, less: less.flatten() });
        }
        value.date().map(CompleteTo::Day)
    }

    /// How late rows arrive, or how far ahead they reach: a length that needs no calendar.
    pub(super) fn fixed_length(&self, value: Value<'_>) -> Option<Length> {
        let length = self.length(value)?;
        let fixed = length.before(Day(0)).is_some();
        if !fixed {
            let message = format!("{length} have no fixed length");
            self.log.push(
                Diagnostic::error("length", &value.place(), message)
                    .mend("write days, weeks or months: \"14 days\""),
            );
        }
        fixed.then_some(length)
    }

    fn map_columns(
        &self,
        table: &Table<'_>,
        source: &Source,
        key: &Text,
        users: &mut BTreeMap<String, Type>,
    ) -> Vec<MapColumn> {
        let names: Vec<&str> = source.columns.iter().map(|c| c.name.as_str()).collect();
        let mut columns = Vec::new();
        for (name, value) in table.entries() {
            let Some(column) = source.column(&name.text) else {
                if self.is_broken(&name.text) {
                    continue;
                }
                let message = format!("the source `{}` has no column `{}`", source.id, name.text);
                self.log.push(
                    Diagnostic::error("reference", &name.place, message)
                        .mend(nearest_or_list(&name.text, &names)),
                );
                continue;
            };
            if column.formula.is_some() {
                let message = format!("`{}` follows from other columns by its formula", name.text);
                self.log.push(
                    Diagnostic::error("mapping", &name.place, message)
                        .mend("take it out of the map"),
                );
                continue;
            }
            if let Some(from) = self.map_from(name, *value, column, source, users) {
                columns.push(MapColumn {
                    name: name.text.clone(),
                    from,
                    place: name.place.clone(),
                });
            }
        }
        for column in &source.columns {
            let due = !column.optional && column.formula.is_none() && !self.is_broken(&column.name);
            if due && !table.has(&column.name) {
                let message = format!("the map does not say where `{}` comes from", column.name);
                let mend = format!(
                    "add {} = {{ column = \"…\" }}, or declare the column optional",
                    column.name
                );
                self.log.push(Diagnostic::error("mapping", &key.place, message).mend(mend));
            }
        }
        columns
    }

    fn map_from(
        &self,
        name: &Text,
        value: Value<'_>,
        column: &Column,
        source: &Source,
        users: &mut BTreeMap<String, Type>,
    ) -> Option<MapFrom> {
        let what = format!("the map of `{}`", name.text);
        let table = value.table(&what, &name.place, keys::MAP_COLUMN)?;
        if table.has("calendar") {
            let calendar = table
                .required_text("calendar")
                .filter(|c| self.refers_among("calendar of named periods", c, &self.calendars));
            let names: Vec<String> = source.columns.iter().map(|c| c.name.clone()).collect();
            let key = table.required_text("key").filter(|k| self.refers_among("column", k, &names));
            let end = table.required("part").and_then(|v| v.one_of(&PARTS));
            return Some(MapFrom::Calendar { calendar: calendar?.text, key: key?.text, end: end? });
        }
        if table.has("value") {
            return self.constant(&table, column).map(MapFrom::Value);
        }
        let codes = table.text("codes").filter(|c| self.refers("codes", c));
        let via = table.text("via").filter(|c| self.refers("crosswalk", c));
        let format = table.text("format").map(|t| t.text);
        let ahead = table.get("ahead").map(|v| self.fixed_length(v));
        let digits = table.get("digits").map(|v| v.whole(1, 40));
        let check = table.get("check").map(|v| v.one_of(&ID_CHECKS));
        let is_id = matches!(column.ty, Type::Id(_));
        let misplaced = [
            ("via", !is_id, "an identifier"),
            ("with", !is_id, "an identifier"),
            ("digits", !is_id, "an identifier"),
            ("check", !is_id, "an identifier"),
            ("columns", !is_id, "an identifier"),
            ("format", column.ty != Type::Date, "a date"),
            ("ahead", column.ty != Type::Date, "a date"),
            (
                "codes",
                !matches!(column.ty, Type::Code(_) | Type::YesNo | Type::Text),
                "a code, a yes or no, or text",
            ),
        ];
        for (key, wrong, needed) in misplaced {
            if let (true, Some(at)) = (wrong, table.key(key)) {
                let message = format!("`{key}` is for {needed}, and `{}` is none", name.text);
                self.log.push(
                    Diagnostic::error("mapping", &at.place, message).mend("take the key away"),
                );
            }
        }
        if let Some(with) = table.get("with") {
            let with = with.open_table("`with`", &name.place)?;
            let pairs = with.entries().iter();
            let pairs =
                pairs.filter_map(|(ours, theirs)| Some((ours.text.clone(), theirs.text()?.text)));
            let crosswalk =
                if table.has("via") { via?.text } else { table.required_text("via")?.text };
            return Some(MapFrom::Matched { crosswalk, with: pairs.collect() });
        }
        let columns = match table.get("columns") {
            Some(several) => Some(several.texts().into_iter().map(|t| t.text).collect()),
            None => table.words("column").map(|one| vec![one]),
        };
        if let Some(codes) = &codes {
            match users.get(&codes.text) {
                Some(other) if *other != column.ty => {
                    let message = format!(
                        "the code map `{}` is used for two different kinds of column",
                        codes.text
                    );
                    self.log.push(
                        Diagnostic::error("mapping", &codes.place, message)
                            .mend("make a code map for each"),
                    );
                }
                _ => drop(users.insert(codes.text.clone(), column.ty.clone())),
            }
        }
        Some(MapFrom::Column {
            columns: columns?,
            codes: codes.map(|t| t.text),
            via: via.map(|t| t.text),
            format,
            ahead: ahead.flatten(),
            digits: digits.flatten().and_then(|n| usize::try_from(n).ok()),
            check: check.flatten(),
        })
    }

    /// The value that every row has.
    fn constant(&self, table: &Table<'_>, column: &Column) -> Option<Literal> {
        let value = table.required("value")?;
        match &column.ty {
            Type::YesNo => value.yes_no().map(Literal::YesNo),
            Type::Date => value.date().map(Literal::Date),
            Type::Text => value.text().map(|t| Literal::Text(t.text)),
            Type::Code(list) => {
                let word = value.text()?;
                let index = list.index_of(&word.text);
                if index.is_none() {
                    let known: Vec<&str> = list.codes.iter().map(String::as_str).collect();
                    let message = format!("`{}` is not one of the declared codes", word.text);
                    self.log.push(
                        Diagnostic::error("code", &word.place, message)
                            .mend(nearest_or_list(&word.text, &known)),
                    );
                }
                Some(Literal::Code(index?, std::sync::Arc::clone(list)))
            }
            Type::Id(_) => {
                let message = format!("`{}` is an identifier: rows differ in it", column.name);
                self.log.push(
                    Diagnostic::error("mapping", &value.place(), message)
                        .mend("name the column that holds it: { column = \"…\" }"),
                );
                None
            }
            _ => value.number().map(Literal::Number),
        }
    }
}

/// A list of texts.
pub(super) fn texts_of(value: Value<'_>) -> Vec<String> {
    value.texts().into_iter().map(|t| t.text).collect()
}

/// A list of texts, of which one may be empty.
pub(super) fn nulls_of(value: Value<'_>) -> Vec<String> {
    value.list().iter().filter_map(Value::possibly_empty_text).map(|t| t.text).collect()
}
