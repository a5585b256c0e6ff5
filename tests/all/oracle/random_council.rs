//! Small councils made from a seed, with dates crowded around the edges of windows.
//!
//! What makes a council is decided here once for families, people and cases; every other source
//! is filled from its declaration: identifiers of what exists, words that definitions ask for,
//! days near the named dates of cases. Nothing is made that reading would refuse: required
//! columns are there, keys are unique, spells do not end before they start, scores are on their
//! scale. The same seed and size always make the same council; a smaller size makes less of it.

use std::collections::{BTreeMap, BTreeSet};

use early_help::calendar::{Day, Length};
use early_help::definitions::Definitions;
use early_help::definitions::expression::Type;
use early_help::definitions::source::{Column, Shape, Source};

use super::aim::asked_words;
use super::dice::Dice;
use super::value::{Council, Value};

pub(super) type Columns = BTreeMap<String, Value>;

/// A council from a seed, with up to `families` families.
pub(crate) fn random_council(definitions: &Definitions, seed: u64, families: usize) -> Council {
    let mut dice = Dice(seed);
    let as_at = dice.pick(&AS_AT).and_then(|text| Day::parse_iso(text)).expect("a day");
    let mut maker = Maker {
        definitions,
        asked_words: asked_words(definitions),
        dice,
        council: Council { sources: BTreeMap::new(), complete_to: BTreeMap::new(), as_at },
        families: Vec::new(),
        keys: BTreeSet::new(),
        fancies: BTreeMap::new(),
    };
    let count = maker.dice.between(1, families.max(1));
    for number in 1..=count {
        maker.family(number);
    }
    maker.wanderers();
    for source in &definitions.sources {
        maker.council.sources.entry(source.id.clone()).or_default();
        if !["families", "people", "family_members", "cases"].contains(&source.id.as_str()) {
            maker.fill(source);
        }
    }
    maker.feeds();
    maker.council
}

/// Days of judgement: ends of months, a leap day, the middle of a month.
const AS_AT: [&str; 8] = [
    "2024-02-29",
    "2024-09-30",
    "2025-03-31",
    "2025-06-14",
    "2025-10-31",
    "2025-12-31",
    "2026-03-01",
    "2026-09-30",
];

/// Days on which cases are identified; two of them lie about the first day of the framework.
const IDENTIFIED: [&str; 8] = [
    "2023-08-31",
    "2023-03-31",
    "2023-07-21",
    "2024-02-29",
    "2024-01-15",
    "2022-10-02",
    "2022-10-03",
    "2024-11-30",
];

/// Lengths that windows have, in words that [`Length`] reads.
const LENGTHS: [&str; 10] = [
    "0 days",
    "14 days",
    "28 days",
    "6 weeks",
    "13 weeks",
    "3 months",
    "4 months",
    "6 months",
    "12 months",
    "24 months",
];

/// A family as it is being made.
pub(super) struct Family {
    id: String,
    people: Vec<String>,
    /// Each case, and its named days.
    pub(super) cases: Vec<(String, Vec<Day>)>,
}

pub(super) struct Maker<'m> {
    pub(super) definitions: &'m Definitions,
    /// For each text column, the words that some definition asks for.
    asked_words: BTreeMap<String, Vec<String>>,
    pub(super) dice: Dice,
    pub(super) council: Council,
    pub(super) families: Vec<Family>,
    /// Source and key of every row.
    keys: BTreeSet<(String, String)>,
    /// A word for each source and column that this council uses more than others, so that the
    /// several conditions of one test are often true together.
    fancies: BTreeMap<(String, String), Value>,
}

impl Maker<'_> {
    fn family(&mut self, number: usize) {
        let id = format!("F{number}");
        let row = columns([("family_id", Value::text(&id)), ("ward", self.ward())]);
        self.add("families", row);
        let mut family = Family { id, people: Vec::new(), cases: Vec::new() };
        let identified = self.identified();
        for person in 1..=self.dice.between(1, 5) {
            let person = format!("P{number}-{person}");
            self.person(&person, identified);
            self.membership(&person, &family.id, identified);
            family.people.push(person);
        }
        let mut start = identified;
        for case in 1..=self.dice.between(1, 2) {
            let id = format!("C{number}-{case}");
            let days = self.case(&id, &family.id, start);
            start = self.near(&days).max(start.plus_days(1));
            family.cases.push((id, days));
        }
        self.families.push(family);
    }

    fn identified(&mut self) -> Day {
        let day = self.dice.pick(&IDENTIFIED).and_then(|text| Day::parse_iso(text));
        let day = day.expect("a day");
        day.plus_days(if self.dice.one_in(3) { self.dice.within(40) } else { 0 })
    }

    /// Born about the birthdays that groups ask about.
    fn person(&mut self, id: &str, identified: Day) {
        let years = *self.dice.pick(&[0, 4, 5, 8, 10, 14, 15, 16, 17, 18, 30, 45]).expect("an age");
        let edge = if self.dice.one_in(2) { self.dice.within(1) } else { self.dice.within(200) };
        let born = identified.plus_months(-12 * years).plus_days(edge);
        let mut row = self.other_columns("people", &[]);
        row.insert("person_id".into(), Value::text(id));
        row.insert("date_of_birth".into(), Value::Day(born));
        self.add("people", row);
    }

    /// Mostly since long ago and for good; else joining or leaving near the case's days.
    fn membership(&mut self, person: &str, family: &str, identified: Day) {
        let joined = if self.dice.one_in(3) {
            self.near(&[identified])
        } else {
            identified.plus_months(-36)
        };
        let left = self.dice.one_in(3).then(|| self.near(&[identified]).max(joined));
        self.stay(person, family, joined, left);
        if let Some(left) = left.filter(|_| self.dice.one_in(2)) {
            let again = left.plus_days(self.dice.between(1, 120) as i32);
            self.stay(person, family, again, None);
        }
    }

    fn stay(&mut self, person: &str, family: &str, joined: Day, left: Option<Day>) {
        let mut row = self.other_columns("family_members", &[]);
        row.insert("person_id".into(), Value::text(person));
        row.insert("family_id".into(), Value::text(family));
        row.insert("joined_on".into(), Value::Day(joined));
        row.insert("left_on".into(), left.map_or(Value::Nothing, Value::Day));
        self.add("family_members", row);
    }

    /// Some people also belong to another family.
    fn wanderers(&mut self) {
        for at in 1..self.families.len() {
            if self.dice.one_in(3) {
                let person = self.dice.pick(&self.families[at - 1].people).cloned();
                let days = self.days_of(at);
                let joined = self.near(&days);
                let left = self.dice.one_in(2).then(|| self.near(&days).max(joined));
                let family = self.families[at].id.clone();
                self.stay(&person.expect("somebody"), &family, joined, left);
            }
        }
    }

    fn case(&mut self, id: &str, family: &str, identified: Day) -> Vec<Day> {
        let started = identified.plus_days(self.dice.between(0, 12) as i32);
        let mut later = |most: usize| {
            let gap = self.dice.between(0, most) as i32;
            (!self.dice.one_in(6)).then(|| started.plus_days(gap))
        };
        let (assessed, planned) = (later(60), later(80));
        let closed = (!self.dice.one_in(4)).then(|| {
            let length = self.dice.pick(&LENGTHS).and_then(|text| Length::parse(text));
            let day = length.and_then(|length| length.after(started)).unwrap_or(started);
            let day = if self.dice.one_in(2) { end_of_month(day) } else { day };
            day.plus_days(self.dice.within(1)).max(started)
        });
        let optional = |day: Option<Day>| day.map_or(Value::Nothing, Value::Day);
        let mut row = self.other_columns("cases", &[]);
        row.extend(columns([
            ("case_id", Value::text(id)),
            ("family_id", Value::text(family)),
            ("identified_on", Value::Day(identified)),
            ("started_on", Value::Day(started)),
            ("assessed_on", optional(assessed)),
            ("planned_on", optional(planned)),
            ("closed_on", optional(closed)),
            ("ward", self.ward()),
        ]));
        if closed.is_none() {
            row.insert("close_reason".into(), Value::Nothing);
        }
        self.add("cases", row);
        let days = [Some(identified), Some(started), assessed, planned, closed];
        days.into_iter().flatten().collect()
    }

    /// Rows for any other source, made from its declaration.
    fn fill(&mut self, source: &Source) {
        for at in 0..self.families.len() {
            if let Shape::Period { calendar, .. } = &source.shape {
                self.fill_periods(source, calendar, at);
                continue;
            }
            // Now and then nothing at all, so that silence is met often.
            let most = match (self.dice.one_in(4), source.shape == Shape::Entity) {
                (true, _) => 0,
                (_, true) => 1,
                _ => 14,
            };
            let mut last_end: Option<Day> = None;
            for _ in 0..self.dice.between(0, most) {
                let row = self.row(source, at, last_end);
                if let Some((_, end)) = source.shape.dates() {
                    last_end = row.get(end).and_then(Value::day).or(last_end);
                }
                self.add(&source.id, row);
            }
        }
    }

    /// Most periods of most people: tests ask for several in a row.
    fn fill_periods(&mut self, source: &Source, calendar: &str, at: usize) {
        let Some(named) = self.definitions.project.named_periods.get(calendar) else { return };
        let (Some((start, end)), Some(person)) =
            (source.shape.dates(), source.id_column("person").map(|c| c.name.clone()))
        else {
            return;
        };
        let days = self.days_of(at);
        for id in self.families[at].people.clone() {
            if self.dice.one_in(4) {
                continue;
            }
            for period in named.all() {
                let close = days.iter().any(|day| (period.start.0 - day.0).abs() < 400);
                if !close || self.dice.one_in(8) {
                    continue;
                }
                let mut row = columns([
                    (person.as_str(), Value::text(&id)),
                    (start, Value::Day(period.start)),
                    (end, Value::Day(period.end)),
                ]);
                let texts = source
                    .key
                    .iter()
                    .filter(|key| source.column(key).is_some_and(|column| column.ty == Type::Text));
                row.extend(texts.map(|key| (key.clone(), Value::text(&period.name))));
                self.other_values(source, at, &mut row);
                self.add(&source.id, row);
            }
        }
    }

    fn row(&mut self, source: &Source, at: usize, last_end: Option<Day>) -> Columns {
        let mut days = self.days_of(at);
        days.push(self.council.as_at);
        let mut row = if self.dice.one_in(3) { Columns::new() } else { self.aimed(source, at) };
        match &source.shape {
            Shape::Entity => {}
            Shape::Event { date } | Shape::Reading { date } => {
                if !row.contains_key(date) {
                    row.insert(date.clone(), Value::Day(self.near(&days)));
                }
            }
            Shape::Spell { start, end } => {
                // Touching the last spell, one day apart, overlapping it, or anywhere.
                let begins = match last_end {
                    _ if row.contains_key(start) && self.dice.one_in(2) => {
                        row.get(start).and_then(Value::day).expect("a day")
                    }
                    Some(end) if self.dice.one_in(2) => end.plus_days(self.dice.within(2)),
                    _ => self.near(&days),
                };
                let ends = self.near(&days);
                let open = self.dice.one_in(4) && self.optional(source, end);
                let ends = if open || ends < begins { None } else { Some(ends) };
                let must_end = !self.optional(source, end);
                let ends = ends.or(must_end.then_some(begins));
                row.insert(start.clone(), Value::Day(begins));
                row.insert(end.clone(), ends.map_or(Value::Nothing, Value::Day));
            }
            Shape::Period { .. } => {}
        }
        self.other_values(source, at, &mut row);
        row
    }

    /// Fills the columns that have no value yet.
    fn other_values(&mut self, source: &Source, at: usize, row: &mut Columns) {
        for column in &source.columns {
            if column.formula.is_none() && !row.contains_key(&column.name) {
                let value = self.value(source, column, at, row);
                row.insert(column.name.clone(), value);
            }
        }
    }

    fn value(&mut self, source: &Source, column: &Column, at: usize, row: &Columns) -> Value {
        if column.optional && self.dice.one_in(4) {
            return Value::Nothing;
        }
        match &column.ty {
            Type::Id(entity) => self.identifier(source, entity, at),
            Type::Date => {
                let base = source.shape.dates().and_then(|(start, _)| row.get(start)?.day());
                let base = base.unwrap_or(self.council.as_at);
                // Within a day or two, or about the working days that an assessment may take.
                let most = if self.dice.one_in(2) { 3 } else { 70 };
                Value::Day(base.plus_days(self.dice.between(0, most) as i32))
            }
            Type::YesNo => Value::YesNo(self.dice.one_in(2)),
            Type::Code(list) => {
                let word = self.dice.pick(&list.codes).cloned().expect("a code");
                let fresh = Value::code(list, &word);
                self.fancy(source, column, fresh)
            }
            Type::Text if column.name == "domain" => self.words(&column.name, row),
            Type::Text => {
                let fresh = self.words(&column.name, row);
                self.fancy(source, column, fresh)
            }
            Type::Score => self.score(row),
            Type::Proportion => Value::Number(self.dice.between(0, 100) as f64 / 100.0),
            Type::Money => Value::Number(self.dice.between(0, 1000) as f64),
            Type::Number(unit) => Value::Number(self.amount(unit.as_deref(), &column.name)),
            Type::Null => Value::Nothing,
        }
    }

    /// The council's favourite more often than not, else the fresh word.
    fn fancy(&mut self, source: &Source, column: &Column, fresh: Value) -> Value {
        let key = (source.id.clone(), column.name.clone());
        let favourite = self.fancies.entry(key).or_insert_with(|| fresh.clone()).clone();
        if self.dice.one_in(2) { favourite } else { fresh }
    }

    fn amount(&mut self, unit: Option<&str>, column: &str) -> f64 {
        let of: &[f64] = match (unit, column) {
            (_, "possible") => &[100.0, 100.0, 100.0, 120.0, 0.0],
            (Some("sessions"), _) => &[0.0, 40.0, 50.0, 51.0, 80.0, 89.0, 90.0, 91.0, 100.0],
            (Some("years"), _) => &[0.0, 1.0, 4.0, 5.0, 10.0, 11.0, 15.0, 16.0, 17.0, 18.0],
            (Some("fte"), _) => &[0.5, 0.6, 0.8, 1.0],
            _ => &[0.0, 1.0, 3.0, 10.0, 16.0, 40.0],
        };
        self.dice.pick(of).copied().expect("a number")
    }

    fn words(&mut self, column: &str, row: &Columns) -> Value {
        if column == "ward" {
            return self.ward();
        }
        let scale = row.get("scale").and_then(|v| self.definitions.scale(v.words()?));
        let domains: Vec<String> =
            scale.map(|s| s.domains.iter().map(|d| d.0.clone()).collect()).unwrap_or_default();
        let mut among = self.asked_words.get(column).cloned().unwrap_or_default();
        if column == "domain" && !domains.is_empty() {
            // Few, so that starts and closes meet, and those first that somebody asks for.
            among.retain(|word| domains.contains(word));
            among.extend(domains.into_iter().take(2));
        } else {
            let breakdown = self.definitions.breakdowns.iter().find(|b| b.column == column);
            among.extend(breakdown.into_iter().flat_map(|b| b.order.iter().take(2).cloned()));
            among.extend(["Elsewhere".to_owned(), "Beyond".to_owned()]);
        }
        Value::Text(self.dice.pick(&among).cloned().expect("a word"))
    }

    fn ward(&mut self) -> Value {
        if self.dice.one_in(4) {
            return Value::Nothing;
        }
        Value::text(self.dice.pick(&["Abbey", "Bridge"]).copied().expect("a ward"))
    }

    /// Near the figures that definitions ask about, on a step of the scale.
    fn score(&mut self, row: &Columns) -> Value {
        let scale = row.get("scale").and_then(|v| self.definitions.scale(v.words()?));
        let Some(scale) = scale else { return Value::Number(1.0) };
        let steps = ((scale.high - scale.low) / scale.step).floor() as usize;
        Value::Number(scale.low + scale.step * self.dice.between(0, steps) as f64)
    }

    fn identifier(&mut self, source: &Source, entity: &str, at: usize) -> Value {
        // Mostly of this family; now and then of another, which must not count here.
        let at = if self.dice.one_in(12) { self.dice.below(self.families.len()) } else { at };
        let family = &self.families[at];
        let named = match entity {
            "family" => Some(family.id.clone()),
            "person" => self.dice.pick(&family.people).cloned(),
            "case" => self.dice.pick(&family.cases).map(|c| c.0.clone()),
            "worker" => self.dice.pick(&["W1", "W2", "W3"]).map(|w| (*w).to_owned()),
            _ => None,
        };
        // What nothing else names: a few numbers, so that incidents are shared.
        Value::Text(named.unwrap_or_else(|| {
            let alone = source.key.len() == 1;
            let most = if alone { 10_000 } else { 3 };
            let number = self.dice.between(1, most);
            let family = &self.families[at].id;
            format!("{entity}-{family}-{number}")
        }))
    }

    /// The columns of a source that are not identifiers or dates, in its declared ways.
    fn other_columns(&mut self, source: &str, except: &[&str]) -> Columns {
        let definitions = self.definitions;
        let source = definitions.source(source).expect("a core source");
        let mut row = Columns::new();
        for column in &source.columns {
            let skip = matches!(&column.ty, Type::Id(entity) if entity != "worker")
                || matches!(column.ty, Type::Date)
                || column.formula.is_some()
                || except.contains(&column.name.as_str());
            if skip {
                continue;
            }
            let value = if matches!(column.ty, Type::Id(_)) {
                Value::text(self.dice.pick(&["W1", "W2", "W3"]).copied().expect("a worker"))
            } else {
                self.value(source, column, 0, &row)
            };
            row.insert(column.name.clone(), value);
        }
        row
    }

    fn optional(&self, source: &Source, column: &str) -> bool {
        source.column(column).is_some_and(|c| c.optional)
    }

    fn days_of(&self, family: usize) -> Vec<Day> {
        self.families[family].cases.iter().flat_map(|(_, days)| days.clone()).collect()
    }

    /// A day at, or one day off, the end of some window that hangs from one of these days.
    fn near(&mut self, days: &[Day]) -> Day {
        // The first is the day the family was identified, from which most windows hang.
        let first = if self.dice.one_in(3) { days.first() } else { None };
        let base = *first.or_else(|| self.dice.pick(days)).expect("a day");
        match self.dice.below(6) {
            0 => return base.plus_days(self.dice.within(400)),
            1 | 2 => return base.plus_days(self.dice.within(100)),
            _ => {}
        }
        let length = self.dice.pick(&LENGTHS).and_then(|text| Length::parse(text));
        let length = length.expect("a length");
        let day = if self.dice.one_in(2) { length.after(base) } else { length.before(base) };
        day.unwrap_or(base).plus_days(self.dice.within(1))
    }

    /// Some feeds lag behind, often by the length of a window.
    fn feeds(&mut self) {
        let days: Vec<Day> = (0..self.families.len()).flat_map(|at| self.days_of(at)).collect();
        for source in &self.definitions.sources {
            let to = match self.dice.below(8) {
                0 => self.near(&days),
                1 => self.council.as_at.plus_days(-(self.dice.below(200) as i32)),
                _ => self.council.as_at,
            };
            self.council.complete_to.insert(source.id.clone(), to);
        }
    }

    /// Adds a row unless its key is taken: reading would refuse it.
    fn add(&mut self, source: &str, row: Columns) {
        let declared = self.definitions.source(source).expect("a declared source");
        let row: Columns =
            row.into_iter().filter(|(name, _)| declared.column(name).is_some()).collect();
        let key: Vec<String> = declared
            .key
            .iter()
            .map(|k| row.get(k).map(Value::written).unwrap_or_default())
            .collect();
        if self.keys.insert((source.to_owned(), key.join("|"))) {
            self.council.add(source, row);
        }
    }
}

fn columns<const N: usize>(values: [(&str, Value); N]) -> Columns {
    values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn end_of_month(day: Day) -> Day {
    let first = day.plus_days(1 - i32::try_from(day.day_of_month()).unwrap_or(1));
    first.plus_months(1).plus_days(-1)
}
