//! Reads the project file: the council, its calendars, and its parameters.

use std::collections::BTreeMap;

use crate::calendar::{NamedPeriod, NamedPeriods, Weekday, WorkingDays};
use crate::definitions::diagnostic::Diagnostic;
use crate::definitions::expression::{Expr, Literal, Type};
use crate::definitions::load::ground::Ground;
use crate::definitions::load::keys;
use crate::definitions::load::reader::{Table, Text, Value};
use crate::definitions::project::{LocalAuthority, Parameter, Project};

/// The days of the week.
pub(super) const DAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Mon),
    ("tuesday", Weekday::Tue),
    ("wednesday", Weekday::Wed),
    ("thursday", Weekday::Thu),
    ("friday", Weekday::Fri),
    ("saturday", Weekday::Sat),
    ("sunday", Weekday::Sun),
];

/// The kinds of calendar.
pub(super) const CALENDARS: [(&str, CalendarKind); 3] = [
    ("working_days", CalendarKind::WorkingDays),
    ("named_periods", CalendarKind::NamedPeriods),
    ("year", CalendarKind::Year),
];

/// What a calendar is for.
#[derive(Debug, Clone, Copy)]
pub(super) enum CalendarKind {
    WorkingDays,
    NamedPeriods,
    Year,
}

/// A type of parameter, given the unit of a number.
type OfUnit = fn(Option<String>) -> Type;

/// The types of parameter.
pub(super) const PARAMETER_TYPES: [(&str, OfUnit); 7] = [
    ("number", Type::Number),
    ("proportion", |_| Type::Proportion),
    ("money", |_| Type::Money),
    ("score", |_| Type::Score),
    ("date", |_| Type::Date),
    ("text", |_| Type::Text),
    ("yes_no", |_| Type::YesNo),
];

/// Texts by name, in the order of the file.
fn named_texts(table: &Table<'_>, key: &str) -> Vec<(String, String)> {
    let texts = table.get(key).and_then(|v| v.open_table(key, &v.place()));
    let texts = texts.iter().flat_map(Table::entries);
    texts.filter_map(|(name, text)| Some((name.text.clone(), text.text()?.text))).collect()
}

/// What the `[calendar.…]` tables say together.
struct Calendars {
    working_days: WorkingDays,
    named: BTreeMap<String, NamedPeriods>,
    year_starts_in: u32,
}

impl Ground<'_> {
    pub(super) fn project(&mut self) -> Option<Project> {
        let calendars = self.read_calendars();
        let parameters = self.read_parameters();
        let file = self.folder.files.first()?;
        let value = file.root.get("project")?;
        let place = file.root.key("project").map_or_else(|| value.place(), |k| k.place.clone());
        let table = value.table("[project]", &place, keys::PROJECT)?;
        if let Some(keep_going) = table.get("keep_going") {
            keep_going.yes_no();
        }
        let council = table.words("council");
        let as_at = table.required("as_at").and_then(|v| v.date());
        let begins = table.get("begins").and_then(|v| v.date());
        let title = file.head.words("title");
        let local_authority = table.get("local_authority").and_then(|v| self.local_authority(&v));
        let contacts = named_texts(&table, "contacts");
        let glossary = named_texts(&table, "glossary");
        Some(Project {
            council: council?,
            title: title?,
            as_at: as_at?,
            begins,
            working_days: calendars.working_days,
            named_periods: calendars.named,
            year_starts_in: calendars.year_starts_in,
            local_authority,
            contacts,
            glossary,
            parameters,
        })
    }

    fn local_authority(&self, value: &Value<'_>) -> Option<LocalAuthority> {
        let place = value.place();
        let table = value.table("[project.local_authority]", &place, keys::LOCAL_AUTHORITY)?;
        let coded = |key: &str, letter: &str, digits: usize| {
            let text = table.required_text(key)?;
            let number = text.text.strip_prefix(letter);
            if number.is_some_and(|n| n.len() == digits && n.bytes().all(|b| b.is_ascii_digit())) {
                return Some(text.text);
            }
            let form = format!("{letter}{}", "0".repeat(digits));
            let message = format!("`{key}` is not a code");
            self.log.push(
                Diagnostic::error("code", &text.place, message)
                    .mend(format!("write it in the form \"{form}\"")),
            );
            None
        };
        let code = coded("code", "E", 8);
        let old_code = coded("old_code", "", 3);
        let region_code = coded("region_code", "E", 8);
        let region = table.words("region");
        Some(LocalAuthority {
            code: code?,
            old_code: old_code?,
            region_code: region_code?,
            region: region?,
        })
    }

    fn read_calendars(&mut self) -> Calendars {
        let mut working_days = None;
        let mut named = BTreeMap::new();
        let mut year_starts_in = 4;
        for (key, value) in self.folder.each("calendar") {
            let what = format!("calendar `{}`", key.text);
            let Some(table) = value.table(&what, &key.place, keys::CALENDAR) else { continue };
            match table.required("kind").and_then(|v| v.one_of(&CALENDARS)) {
                Some(CalendarKind::WorkingDays) => {
                    if let Some(h) = table.get("holidays") {
                        h.one_of(&[("england_and_wales", ())]);
                    }
                    let weekend: Vec<Weekday> = match table.get("weekend") {
                        Some(days) => days.list().iter().filter_map(|d| d.one_of(&DAYS)).collect(),
                        None => vec![Weekday::Sat, Weekday::Sun],
                    };
                    let closures = table.get("closures").map(|c| c.dates()).unwrap_or_default();
                    if working_days.replace(WorkingDays::new(&weekend, &closures)).is_some() {
                        let message = "working days are defined twice";
                        self.log.push(
                            Diagnostic::error("twice", &key.place, message)
                                .mend("keep one calendar of working days"),
                        );
                    }
                }
                Some(CalendarKind::NamedPeriods) => {
                    self.calendars.push(key.text.clone());
                    if let Some(periods) =
                        table.required("periods").and_then(|v| self.named_periods(&key, v))
                    {
                        named.insert(key.text, periods);
                    }
                }
                Some(CalendarKind::Year) => {
                    year_starts_in = self.year_start(&table).unwrap_or(year_starts_in);
                }
                None => {}
            }
        }
        let usual = || WorkingDays::new(&[Weekday::Sat, Weekday::Sun], &[]);
        Calendars { working_days: working_days.unwrap_or_else(usual), named, year_starts_in }
    }

    fn year_start(&self, table: &Table<'_>) -> Option<u32> {
        let starts = table.required_text("starts")?;
        if starts.text != "04-01" {
            let message = format!("a year that starts on {} is not supported", starts.text);
            self.log.push(
                Diagnostic::error("calendar", &starts.place, message)
                    .mend("write \"04-01\": quarters and financial years start with April"),
            );
        }
        Some(4)
    }

    fn named_periods(&self, key: &Text, value: Value<'_>) -> Option<NamedPeriods> {
        let table = value.open_table("periods", &key.place)?;
        let mut periods = Vec::new();
        for (name, value) in table.entries() {
            let what = format!("period `{}`", name.text);
            let Some(period) = value.table(&what, &name.place, keys::PERIOD) else { continue };
            let start = period.required("start").and_then(|v| v.date());
            let end = period.required("end").and_then(|v| v.date());
            if let (Some(start), Some(end)) = (start, end) {
                periods.push(NamedPeriod { name: name.text.clone(), start, end });
            }
        }
        match NamedPeriods::new(periods) {
            Ok(periods) => Some(periods),
            Err((one, other)) => {
                let place = table.key(&other).map_or(&key.place, |k| &k.place);
                let message = if one == other {
                    format!("period `{one}` ends before it starts")
                } else {
                    format!("period `{other}` starts before `{one}` has ended")
                };
                self.log
                    .push(Diagnostic::error("calendar", place, message).mend("correct its dates"));
                None
            }
        }
    }

    fn read_parameters(&mut self) -> Vec<Parameter> {
        let mut parameters = Vec::new();
        for (key, value) in self.folder.each("parameter") {
            let Some(parameter) = self.parameter(&key, value) else {
                self.mark_broken(&key.text);
                continue;
            };
            let seen = Expr::Parameter(key.text.clone(), parameter.value.clone());
            self.parameters.insert(format!("param.{}", key.text), (seen, parameter.ty.clone()));
            parameters.push(parameter);
        }
        parameters
    }

    fn parameter(&self, key: &Text, value: Value<'_>) -> Option<Parameter> {
        let what = format!("parameter `{}`", key.text);
        let table = value.table(&what, &key.place, keys::PARAMETER)?;
        let title = table.words("title");
        let unit = table.text("unit").map(|u| u.text);
        let ty = table.required("type").and_then(|v| v.one_of(&PARAMETER_TYPES)).map(|ty| ty(unit));
        let value = table.required("value");
        let (ty, value) = (ty?, value?);
        let literal = match ty {
            Type::Date => Literal::Date(value.date()?),
            Type::Text => Literal::Text(value.text()?.text),
            Type::YesNo => Literal::YesNo(value.yes_no()?),
            _ => Literal::Number(value.number()?),
        };
        if let (Type::Proportion, Literal::Number(n)) = (&ty, &literal)
            && !(0.0..=1.0).contains(n)
        {
            let message = format!("a proportion runs from 0 to 1, and {n} does not");
            let mend = format!("{n}% is {}", n / 100.0);
            self.log.push(Diagnostic::error("unit", &value.place(), message).mend(mend));
            return None;
        }
        let version = table.text("version").map(|version| version.text);
        Some(Parameter { id: key.text.clone(), title: title?, ty, value: literal, version })
    }
}
