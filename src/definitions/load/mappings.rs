//! Reads the mapping: which column of which export feeds which column of which source.

use std::collections::BTreeMap;

use crate::calendar::{Day, Length};
use crate::definitions::diagnostic::{Diagnostic, nearest_or_list};
use crate::definitions::expression::Type;
use crate::definitions::load::ground::Ground;
use crate::definitions::load::keys;
use crate::definitions::load::reader::{Table, Text, Value};
use crate::definitions::load::translations::WrittenCodes;
use crate::definitions::mapping::{CodeMap, CompleteTo, Encoding, Map, MapColumn, MapFrom};
use crate::definitions::source::{Column, Source};

pub(super) const ENCODINGS: [(&str, Encoding); 2] =
    [("utf-8", Encoding::Utf8), ("windows-1252", Encoding::Windows1252)];

/// The days of a named period, and whether it is the last.
pub(super) const PARTS: [(&str, bool); 2] = [("start", false), ("end", true)];

/// What an export is like unless its map says otherwise.
struct Usual {
    encoding: Encoding,
    delimiter: u8,
    null_values: Vec<String>,
    null_dates: Vec<Day>,
    date_formats: Vec<String>,
}

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

    fn usual(&self, defaults: &[(Text, Value<'_>)]) -> Usual {
        let mut usual = Usual {
            encoding: Encoding::Utf8,
            delimiter: b',',
            null_values: vec![String::new()],
            null_dates: Vec::new(),
            date_formats: vec!["%Y-%m-%d".to_owned()],
        };
        for (key, value) in defaults {
            match key.text.as_str() {
                "encoding" => usual.encoding = value.one_of(&ENCODINGS).unwrap_or(usual.encoding),
                "delimiter" => usual.delimiter = self.delimiter(*value).unwrap_or(usual.delimiter),
                "null_values" => usual.null_values = nulls(*value),
                "null_dates" => usual.null_dates = value.dates(),
                "date_formats" => {
                    usual.date_formats = value.texts().into_iter().map(|t| t.text).collect();
                }
                "trim" => drop(value.yes_no()),
                "bad_rows" => drop(value.one_of(&[("quarantine", ())])),
                "measure" | "check" => {}
                other => self.log.push(
                    Diagnostic::error(
                        "key",
                        &key.place,
                        format!("[defaults] has no key `{other}`"),
                    )
                    .mend(nearest_or_list(
                        other,
                        &keys::DEFAULTS.iter().map(|k| k.name).collect::<Vec<_>>(),
                    )),
                ),
            }
        }
        usual
    }

    fn delimiter(&self, value: Value<'_>) -> Option<u8> {
        let text = value.possibly_empty_text()?;
        match text.text.as_bytes() {
            [one] => Some(*one),
            _ => {
                let message = "a delimiter is one character";
                self.log.push(
                    Diagnostic::error("value", &text.place, message)
                        .mend("write \",\", \";\", \"|\" or \"\\t\""),
                );
                None
            }
        }
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
        let known = self.refers("source", key);
        let from = table.words("from");
        let encoding = table.get("encoding").map_or(Some(usual.encoding), |v| v.one_of(&ENCODINGS));
        let delimiter = table.get("delimiter").map_or(Some(usual.delimiter), |v| self.delimiter(v));
        let header_row = table.get("header_row").map_or(Some(1), |v| v.whole(1, 1000));
        let date_formats = table.get("date_formats").map_or_else(
            || usual.date_formats.clone(),
            |v| v.texts().into_iter().map(|t| t.text).collect(),
        );
        let null_values = table.get("null_values").map_or_else(|| usual.null_values.clone(), nulls);
        let null_dates =
            table.get("null_dates").map_or_else(|| usual.null_dates.clone(), |v| v.dates());
        let complete = table.required("complete_to");
        let columns = table.required("columns").and_then(|v| v.open_table("columns", &key.place));
        let source = self.source(&key.text).filter(|_| known)?;
        let complete_to = complete.and_then(|v| self.complete_to(v, source));
        let columns = columns?;
        let columns = self.map_columns(&columns, source, key, users);
        Some(Map {
            source: key.text.clone(),
            from: from?,
            encoding: encoding?,
            delimiter: delimiter?,
            header_row: usize::try_from(header_row?).ok()?,
            null_values,
            null_dates,
            date_formats,
            complete_to: complete_to?,
            columns,
            place: key.place.clone(),
        })
    }

    fn complete_to(&self, value: Value<'_>, source: &Source) -> Option<CompleteTo> {
        if value.is_table() {
            let table = value.table("`complete_to`", &value.place(), keys::NEWEST)?;
            let newest = table.required_text("newest");
            let less: Option<Option<Length>> = table.get("less").map(|v| self.lateness(v));
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

    /// How late rows arrive: a length that needs no calendar.
    fn lateness(&self, value: Value<'_>) -> Option<Length> {
        let length = value.length()?;
        let fixed = length.before(Day(0)).is_some();
        if !fixed {
            let message = format!("a feed cannot be {length} late");
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
        let export = table.words("column");
        let codes = table.text("codes").filter(|c| self.refers("codes", c));
        let via = table.text("via").filter(|c| self.refers("crosswalk", c));
        let format = table.text("format").map(|t| t.text);
        let misplaced = [
            ("via", !matches!(column.ty, Type::Id(_)), "an identifier"),
            ("format", column.ty != Type::Date, "a date"),
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
            column: export?,
            codes: codes.map(|t| t.text),
            via: via.map(|t| t.text),
            format,
        })
    }
}

fn nulls(value: Value<'_>) -> Vec<String> {
    value.list().iter().filter_map(Value::possibly_empty_text).map(|t| t.text).collect()
}
