//! Reads one value of a TOML file after another, and remembers every fault on the way.
//!
//! A reader never stops at the first fault: each method reports what is wrong and gives nothing,
//! and the caller goes on to the next key. Every table names its allowed keys, so that a key with a
//! slip of the pen is an error and not a silent default.

use std::cell::RefCell;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::calendar::{Day, Length};
use crate::definitions::diagnostic::{Diagnostic, Severity, nearest_or_list};
use crate::definitions::place::{Place, SourceText};

/// Everything that was found wrong so far.
#[derive(Debug, Default)]
pub(super) struct Log {
    found: RefCell<Vec<Diagnostic>>,
}

impl Log {
    pub(super) fn push(&self, diagnostic: Diagnostic) {
        self.found.borrow_mut().push(diagnostic);
    }

    pub(super) fn extend(&self, diagnostics: Vec<Diagnostic>) {
        self.found.borrow_mut().extend(diagnostics);
    }

    pub(super) fn into_found(self) -> Vec<Diagnostic> {
        self.found.into_inner()
    }

    pub(super) fn errors(&self) -> usize {
        self.found.borrow().iter().filter(|d| d.severity == Severity::Error).count()
    }
}

/// A text with the place where it stands, quotes included.
#[derive(Debug, Clone)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) place: Place,
}

/// One value of a file.
#[derive(Clone, Copy)]
pub(super) struct Value<'a> {
    log: &'a Log,
    file: &'a Arc<SourceText>,
    inner: &'a Spanned<DeValue<'a>>,
}

impl<'a> Value<'a> {
    pub(super) fn new(
        log: &'a Log,
        file: &'a Arc<SourceText>,
        inner: &'a Spanned<DeValue<'a>>,
    ) -> Self {
        Self { log, file, inner }
    }

    pub(super) fn place(&self) -> Place {
        Place::new(self.file, self.inner.span())
    }

    fn expected<T>(&self, what: &str, mend: &str) -> Option<T> {
        let found = match self.inner.get_ref() {
            DeValue::String(_) => "text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let message = format!("{what} is needed here, not {found}");
        self.log.push(Diagnostic::error("value", &self.place(), message).mend(mend.to_owned()));
        None
    }

    /// The text, which may not be empty.
    pub(super) fn text(&self) -> Option<Text> {
        let text = self.possibly_empty_text()?;
        if text.text.trim().is_empty() {
            self.log.push(
                Diagnostic::error("value", &text.place, "this text is empty")
                    .mend("write something, or take the key away"),
            );
            return None;
        }
        Some(text)
    }

    /// The text, empty or not.
    pub(super) fn possibly_empty_text(&self) -> Option<Text> {
        match self.inner.get_ref() {
            DeValue::String(s) => Some(Text { text: s.to_string(), place: self.place() }),
            _ => self.expected("text", "write it between double quotes"),
        }
    }

    pub(super) fn is_text(&self) -> bool {
        self.inner.get_ref().is_str()
    }

    pub(super) fn is_table(&self) -> bool {
        self.inner.get_ref().is_table()
    }

    pub(super) fn yes_no_if_it_is_one(&self) -> Option<bool> {
        self.inner.get_ref().as_bool()
    }

    pub(super) fn yes_no(&self) -> Option<bool> {
        match self.inner.get_ref() {
            DeValue::Boolean(b) => Some(*b),
            _ => self.expected("true or false", "write true or false, without quotes"),
        }
    }

    pub(super) fn number(&self) -> Option<f64> {
        let number = match self.inner.get_ref() {
            DeValue::Integer(i) if i.radix() == 10 => i.as_str().parse().ok(),
            DeValue::Float(f) => f.as_str().parse().ok(),
            _ => None,
        };
        match number.filter(|n: &f64| n.is_finite()) {
            Some(n) => Some(n),
            None => self.expected("a number", "write digits, without quotes"),
        }
    }

    /// A whole number from `low` to `high`.
    pub(super) fn whole(&self, low: i64, high: i64) -> Option<i64> {
        let number = match self.inner.get_ref() {
            DeValue::Integer(i) if i.radix() == 10 => i.as_str().parse::<i64>().ok(),
            _ => None,
        };
        let Some(n) = number else {
            return self.expected("a whole number", "write digits, without quotes");
        };
        if (low..=high).contains(&n) {
            return Some(n);
        }
        let message = format!("{n} is out of range");
        self.log.push(
            Diagnostic::error("value", &self.place(), message)
                .mend(format!("write a whole number from {low} to {high}")),
        );
        None
    }

    pub(super) fn date(&self) -> Option<Day> {
        let day = match self.inner.get_ref() {
            DeValue::Datetime(d) if d.time.is_none() => d.date.and_then(|d| {
                Day::from_ymd(i32::from(d.year), u32::from(d.month), u32::from(d.day))
            }),
            _ => None,
        };
        match day {
            Some(day) => Some(day),
            None => self.expected("a date", "write it as 2026-09-30, without quotes"),
        }
    }

    /// A length of time such as "6 months".
    pub(super) fn length(&self) -> Option<Length> {
        let text = self.text()?;
        let length = Length::parse(&text.text).filter(|l| l.count > 0);
        if length.is_none() {
            let message = format!("\"{}\" is not a length of time", text.text);
            self.log.push(Diagnostic::error("length", &text.place, message).mend(
                "write a whole number and days, weeks, months, years or terms: \"6 months\"",
            ));
        }
        length
    }

    /// One of a few words.
    pub(super) fn one_of<T: Clone>(&self, choices: &[(&str, T)]) -> Option<T> {
        let text = self.text()?;
        if let Some((_, found)) = choices.iter().find(|(word, _)| *word == text.text) {
            return Some(found.clone());
        }
        let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
        let message = format!("`{}` is not one of the words allowed here", text.text);
        self.log.push(
            Diagnostic::error("value", &text.place, message)
                .mend(nearest_or_list(&text.text, &words)),
        );
        None
    }

    pub(super) fn list(&self) -> Vec<Value<'a>> {
        match self.inner.get_ref() {
            DeValue::Array(items) => items.iter().map(|i| Value { inner: i, ..*self }).collect(),
            _ => self
                .expected("a list", "write it between square brackets: [\"a\", \"b\"]")
                .unwrap_or_default(),
        }
    }

    pub(super) fn texts(&self) -> Vec<Text> {
        self.list().iter().filter_map(Value::text).collect()
    }

    /// A list of texts, or a single one.
    pub(super) fn one_or_more_texts(&self) -> Vec<Text> {
        if self.is_text() { self.text().into_iter().collect() } else { self.texts() }
    }

    pub(super) fn dates(&self) -> Vec<Day> {
        self.list().iter().filter_map(Value::date).collect()
    }

    /// A table with a closed set of keys. `what` names it in messages; `place` is where to point when
    /// a key is missing.
    pub(super) fn table(&self, what: &str, place: &Place, keys: &[&str]) -> Option<Table<'a>> {
        let table = self.open_table(what, place)?;
        for (key, _) in &table.entries {
            if !keys.contains(&key.text.as_str()) {
                let message = format!("{what} has no key `{}`", key.text);
                self.log.push(
                    Diagnostic::error("key", &key.place, message)
                        .mend(nearest_or_list(&key.text, keys)),
                );
            }
        }
        Some(table)
    }

    /// A table whose keys are names.
    pub(super) fn open_table(&self, what: &str, place: &Place) -> Option<Table<'a>> {
        let DeValue::Table(table) = self.inner.get_ref() else {
            return self
                .expected(&format!("a table for {what}"), "write keys and values between { and }");
        };
        let entries = in_file_order(self.log, self.file, table);
        Some(Table { log: self.log, what: what.to_owned(), place: place.clone(), entries })
    }
}

/// The parser sorts keys by name; definitions are kept in the order of the file.
fn in_file_order<'a>(
    log: &'a Log,
    file: &'a Arc<SourceText>,
    table: &'a DeTable<'a>,
) -> Vec<(Text, Value<'a>)> {
    let mut entries: Vec<(Text, Value<'a>)> = table
        .iter()
        .map(|(key, value)| {
            let place = Place::new(file, key.span());
            (Text { text: key.get_ref().to_string(), place }, Value::new(log, file, value))
        })
        .collect();
    entries.sort_by_key(|(key, _)| key.place.span.start);
    entries
}

/// A table of a file.
pub(super) struct Table<'a> {
    log: &'a Log,
    what: String,
    place: Place,
    entries: Vec<(Text, Value<'a>)>,
}

impl<'a> Table<'a> {
    /// A whole file.
    pub(super) fn root(log: &'a Log, file: &'a Arc<SourceText>, table: &'a DeTable<'a>) -> Self {
        let place = Place::new(file, 0..0);
        Self { log, what: "the file".into(), place, entries: in_file_order(log, file, table) }
    }

    pub(super) fn place(&self) -> &Place {
        &self.place
    }

    pub(super) fn entries(&self) -> &[(Text, Value<'a>)] {
        &self.entries
    }

    pub(super) fn key(&self, key: &str) -> Option<&Text> {
        self.entries.iter().map(|(k, _)| k).find(|k| k.text == key)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.key(key).is_some()
    }

    pub(super) fn get(&self, key: &str) -> Option<Value<'a>> {
        self.entries.iter().find(|(k, _)| k.text == key).map(|(_, v)| *v)
    }

    /// The value of a key that has to be there.
    pub(super) fn required(&self, key: &str) -> Option<Value<'a>> {
        let value = self.get(key);
        if value.is_none() {
            self.missing(key);
        }
        value
    }

    pub(super) fn missing(&self, key: &str) {
        let message = format!("{} has no `{key}`", self.what);
        self.log.push(
            Diagnostic::error("required", &self.place, message).mend(format!("add `{key} = …`")),
        );
    }

    pub(super) fn text(&self, key: &str) -> Option<Text> {
        self.get(key)?.text()
    }

    pub(super) fn required_text(&self, key: &str) -> Option<Text> {
        self.required(key)?.text()
    }

    /// The words of a key that has to be there.
    pub(super) fn words(&self, key: &str) -> Option<String> {
        Some(self.required_text(key)?.text)
    }
}
