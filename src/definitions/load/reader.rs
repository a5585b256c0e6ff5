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
use crate::definitions::load::amendments;
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

    /// What was found so far; after that the log is empty.
    pub(super) fn take(&self) -> Vec<Diagnostic> {
        self.found.take()
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

/// Something as it stands in one file.
#[derive(Clone, Copy)]
pub(super) struct Written<'a> {
    pub(super) file: &'a Arc<SourceText>,
    pub(super) value: &'a Spanned<DeValue<'a>>,
}

impl<'a> Written<'a> {
    pub(super) fn place(&self) -> Place {
        Place::new(self.file, self.value.span())
    }

    /// The words of the file, line breaks and runs of blanks as one blank.
    pub(super) fn text(&self) -> String {
        let words = self.file.text.get(self.value.span()).unwrap_or_default();
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Every byte at which it, or a key or value inside it, starts; in no order.
    pub(super) fn each_start(&self, tell: &mut impl FnMut(usize)) {
        fn within(value: &Spanned<DeValue<'_>>, tell: &mut impl FnMut(usize)) {
            // A table that is written in pieces has no place of its own.
            if !value.span().is_empty() {
                tell(value.span().start);
            }
            match value.get_ref() {
                DeValue::Table(table) => {
                    for (key, inner) in table.iter() {
                        tell(key.span().start);
                        within(inner, tell);
                    }
                }
                DeValue::Array(items) => items.iter().for_each(|inner| within(inner, tell)),
                _ => {}
            }
        }
        within(self.value, tell);
    }

    /// Its items, if it is a list.
    pub(super) fn items(&self) -> Vec<Self> {
        let DeValue::Array(items) = self.value.get_ref() else { return Vec::new() };
        items.iter().map(|value| Self { file: self.file, value }).collect()
    }

    /// Its keys and values in file order, if it is a table.
    pub(super) fn entries(&self) -> Option<Vec<(Text, Self)>> {
        let DeValue::Table(table) = self.value.get_ref() else { return None };
        Some(in_file_order(self.file, table))
    }
}

/// One value of a file; for a table that a council amends, with the amendment over it.
#[derive(Clone, Copy)]
pub(super) struct Value<'a> {
    log: &'a Log,
    written: Written<'a>,
    amended: Option<Written<'a>>,
}

impl<'a> Value<'a> {
    /// A value that nothing amends.
    pub(super) fn new(log: &'a Log, written: Written<'a>) -> Self {
        Self { log, written, amended: None }
    }

    /// The same with an amendment over it.
    pub(super) fn amended(self, by: Option<Written<'a>>) -> Self {
        Self { amended: by, ..self }
    }

    /// The value as it stands in its own file, whatever amends it.
    pub(super) fn written(&self) -> Written<'a> {
        self.written
    }

    fn inner(&self) -> &'a DeValue<'a> {
        self.written.value.get_ref()
    }

    pub(super) fn place(&self) -> Place {
        self.written.place()
    }

    fn expected<T>(&self, what: &str, mend: &str) -> Option<T> {
        let found = match self.inner() {
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
        match self.inner() {
            DeValue::String(s) => Some(Text { text: s.to_string(), place: self.place() }),
            _ => self.expected("text", "write it between double quotes"),
        }
    }

    /// The text, without a word if it is none: somebody else says so.
    pub(super) fn text_if_it_is_one(&self) -> Option<Text> {
        let DeValue::String(s) = self.inner() else { return None };
        Some(Text { text: s.to_string(), place: self.place() })
    }

    pub(super) fn is_text(&self) -> bool {
        self.inner().is_str()
    }

    pub(super) fn is_table(&self) -> bool {
        self.inner().is_table()
    }

    pub(super) fn yes_no_if_it_is_one(&self) -> Option<bool> {
        self.inner().as_bool()
    }

    pub(super) fn yes_no(&self) -> Option<bool> {
        match self.inner() {
            DeValue::Boolean(b) => Some(*b),
            _ => self.expected("true or false", "write true or false, without quotes"),
        }
    }

    pub(super) fn number(&self) -> Option<f64> {
        let number = match self.inner() {
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
        let number = match self.inner() {
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
        match self.date_if_it_is_one() {
            Some(day) => Some(day),
            None => self.expected("a date", "write it as 2026-09-30, without quotes"),
        }
    }

    /// The date, without a word if it is none: somebody else says so.
    pub(super) fn date_if_it_is_one(&self) -> Option<Day> {
        let DeValue::Datetime(d) = self.inner() else { return None };
        let date = d.date.filter(|_| d.time.is_none())?;
        Day::from_ymd(i32::from(date.year), u32::from(date.month), u32::from(date.day))
    }

    /// What a key of a table holds, if this is a table and has it.
    pub(super) fn get(&self, key: &str) -> Option<Value<'a>> {
        let entries = self.written.entries()?;
        let own = entries.into_iter().find(|(k, _)| k.text == key).map(|(_, w)| w);
        let over = self.amended.and_then(|a| a.entries()).unwrap_or_default();
        let over = over.into_iter().find(|(k, _)| k.text == key).map(|(_, w)| w);
        Some(Value::new(self.log, over.or(own)?))
    }

    /// A length of time such as "6 months".
    pub(super) fn length(&self) -> Option<Length> {
        let text = self.text()?;
        let length = Length::parse(&text.text).filter(|l| l.count > 0);
        if length.is_none() {
            let message = format!("\"{}\" is not a length of time", text.text);
            self.log.push(Diagnostic::error("length", &text.place, message).mend(
                "write a whole number and days, weeks, months, years, working days or terms: \"6 months\"",
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

    /// The same without a word if it is none of them: somebody else says so.
    pub(super) fn one_of_if_it_is<T: Clone>(&self, choices: &[(&str, T)]) -> Option<T> {
        let word = self.inner().as_str()?;
        choices.iter().find(|(choice, _)| *choice == word).map(|(_, found)| found.clone())
    }

    pub(super) fn list(&self) -> Vec<Value<'a>> {
        match self.inner() {
            DeValue::Array(items) => {
                let file = self.written.file;
                items.iter().map(|value| Value::new(self.log, Written { file, value })).collect()
            }
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
    pub(super) fn table<K: Keyed>(
        &self,
        what: &str,
        place: &Place,
        keys: &[K],
    ) -> Option<Table<'a>> {
        let table = self.open_table(what, place)?;
        for (key, _) in &table.entries {
            if !keys.iter().any(|k| k.key() == key.text) {
                let message = format!("{what} has no key `{}`", key.text);
                let known: Vec<&str> = keys.iter().map(Keyed::key).collect();
                self.log.push(
                    Diagnostic::error("key", &key.place, message)
                        .mend(nearest_or_list(&key.text, &known)),
                );
            }
        }
        Some(table)
    }

    /// A table whose keys are names.
    pub(super) fn open_table(&self, what: &str, place: &Place) -> Option<Table<'a>> {
        let Some(entries) = self.written.entries() else {
            return self
                .expected(&format!("a table for {what}"), "write keys and values between { and }");
        };
        let new = |(key, written)| (key, Value::new(self.log, written));
        let mut entries: Vec<_> = entries.into_iter().map(new).collect();
        if let Some(amended) = self.amended {
            amendments::lay_over(&mut entries, amended, &new);
        }
        Some(Table { log: self.log, what: what.to_owned(), place: place.clone(), entries })
    }
}

/// The parser sorts keys by name; definitions are kept in the order of the file.
fn in_file_order<'a>(
    file: &'a Arc<SourceText>,
    table: &'a DeTable<'a>,
) -> Vec<(Text, Written<'a>)> {
    let mut entries: Vec<_> = table
        .iter()
        .map(|(key, value)| {
            let place = Place::new(file, key.span());
            (Text { text: key.get_ref().to_string(), place }, Written { file, value })
        })
        .collect();
    entries.sort_by_key(|(key, _)| key.place.span.start);
    entries
}

/// The name of a key, by itself or with what the language says of it.
pub(super) trait Keyed {
    /// The key as it is written in a file.
    fn key(&self) -> &str;
}

impl Keyed for &str {
    fn key(&self) -> &str {
        self
    }
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
        let entries = in_file_order(file, table).into_iter();
        let entries = entries.map(|(key, written)| (key, Value::new(log, written))).collect();
        Self { log, what: "the file".into(), place, entries }
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
