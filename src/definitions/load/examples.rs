//! Reads worked examples: a cast, a few rows of its own, and what must come out: verdicts, or the rows
//! that a check finds or an extract gives.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::calendar::{Day, Period};
use crate::definitions::diagnostic::{Diagnostic, nearest_or_list};
use crate::definitions::example::{Comes, Example, Finding, GivenRow, GivenRows, RecordExample};
use crate::definitions::expression::{Literal, Type};
use crate::definitions::extract::Extract;
use crate::definitions::load::ground::Ground;
use crate::definitions::load::keys;
use crate::definitions::load::reader::{Table, Text, Value};
use crate::definitions::source::Source;
use crate::definitions::verdict::Verdict;

type Given = BTreeMap<String, GivenRows>;

/// What every example says, and its table for the rest.
struct Setting<'a> {
    of: Text,
    says: String,
    given: Given,
    as_at: Day,
    complete_to: BTreeMap<String, Day>,
    table: Table<'a>,
}

/// Whether an example is about rows that are found or listed rather than about verdicts.
fn is_about_records(of: &str) -> bool {
    let parts: Vec<&str> = of.split('.').collect();
    matches!(parts.as_slice(), ["check" | "extract", _])
}

impl Ground<'_> {
    /// The worked examples of what is judged, and those of checks and extracts.
    pub(super) fn examples(
        &self,
        as_at: Day,
        extracts: &[Extract],
    ) -> (Vec<Example>, Vec<RecordExample>) {
        let casts: BTreeMap<String, Given> = self
            .folder
            .each("cast")
            .into_iter()
            .filter_map(|(key, value)| Some((key.text.clone(), self.given(&key, value)?)))
            .collect();
        let judged = self.judged();
        let judged: BTreeSet<&str> = judged.iter().map(String::as_str).collect();
        let (mut examples, mut of_records) = (Vec::new(), Vec::new());
        for file in &self.folder.files {
            for value in file.examples() {
                let Some(setting) = self.setting(value, as_at, &casts, &judged) else { continue };
                let counts = self.still_counts(&setting.of.text, &file.id.text);
                if is_about_records(&setting.of.text) {
                    let example = self.record_example(setting, extracts);
                    of_records.extend(example.filter(|_| counts));
                } else {
                    examples.extend(self.example(setting).filter(|_| counts));
                }
            }
        }
        (examples, of_records)
    }

    /// What every example says, whatever it is about.
    fn setting<'a>(
        &self,
        value: Value<'a>,
        today: Day,
        casts: &BTreeMap<String, Given>,
        known: &BTreeSet<&str>,
    ) -> Option<Setting<'a>> {
        let place = value.place();
        let table = value.table("an example", &place, keys::EXAMPLE)?;
        let of = table.required_text("of").filter(|of| self.is_known(of, known));
        let says = table.words("says");
        let cast = table.text("cast").filter(|c| self.refers("cast", c));
        let as_at = table.get("as_at").map_or(Some(today), |v| v.date());
        let mut given = cast.and_then(|c| casts.get(&c.text).cloned()).unwrap_or_default();
        if let (Some(key), Some(value)) = (table.key("given"), table.get("given")) {
            for (source, rows) in self.given(key, value)? {
                given.entry(source).or_default().extend(rows);
            }
        }
        let complete_to =
            table.get("complete_to").and_then(|v| v.open_table("complete_to", &place));
        let complete_to = complete_to
            .iter()
            .flat_map(|t| t.entries())
            .filter(|(source, _)| self.refers("source", source))
            .filter_map(|(source, day)| Some((source.text.clone(), day.date()?)))
            .collect();
        Some(Setting { of: of?, says: says?, given, as_at: as_at?, complete_to, table })
    }

    fn example(&self, setting: Setting<'_>) -> Option<Example> {
        let Setting { of, says, given, as_at, complete_to, table } = setting;
        self.refuse_of_others(&table, ["finds", "gives"]);
        let period = self.period_of_example(&table, &of);
        let expect = table.required("expect").and_then(|v| v.open_table("expect", &v.place()));
        let expect = expect
            .iter()
            .flat_map(|t| t.entries())
            .filter_map(|(unit, value)| Some((unit.text.clone(), self.finding(*value, &of)?)))
            .collect();
        let Text { text, place } = of;
        Some(Example { of: text, says, given, as_at, complete_to, period, expect, place })
    }

    /// A verdict, or of a fact that gives a number, the number.
    fn finding(&self, value: Value<'_>, of: &Text) -> Option<Finding> {
        if value.text_if_it_is_one().is_some() {
            let verdicts = Verdict::ALL.map(|v| (v.word(), v));
            return Some(Finding { verdict: value.one_of(&verdicts)?, number: None });
        }
        let fact = of.text.strip_prefix("fact.");
        let fact = fact.and_then(|id| self.facts.iter().find(|f| f.id == id));
        if fact.is_none_or(|f| f.ty == Type::YesNo) {
            let message = format!("`{}` gives a verdict, not a number", of.text);
            self.log.push(
                Diagnostic::error("value", &value.place(), message)
                    .mend("write a verdict: \"met\", \"not_met\", \"pending\" or \"unknown\""),
            );
            return None;
        }
        Some(Finding { verdict: Verdict::Met, number: Some(value.number()?) })
    }

    fn record_example(&self, setting: Setting<'_>, extracts: &[Extract]) -> Option<RecordExample> {
        let Setting { of, says, given, as_at, complete_to, table } = setting;
        let comes = match of.text.split_once('.') {
            Some(("check", id)) => {
                self.refuse_of_others(&table, ["expect", "gives", "period"]);
                let source = self.source_of_check(id)?;
                let rows = given.get(&source).map_or(0, Vec::len);
                let rows = i64::try_from(rows).unwrap_or(i64::MAX);
                let found = table.required("finds")?.list();
                let found = found.iter().filter_map(|v| v.whole(1, rows));
                let mut found: Vec<u32> = found.filter_map(|n| u32::try_from(n).ok()).collect();
                found.sort_unstable();
                Comes::Found(found)
            }
            _ => {
                self.refuse_of_others(&table, ["expect", "finds", "period"]);
                let id = of.text.strip_prefix("extract.")?;
                let extract = extracts.iter().find(|e| e.id == id)?;
                let rows = table.required("gives")?.list();
                Comes::Rows(rows.iter().filter_map(|row| self.row_given(*row, extract)).collect())
            }
        };
        let Text { text, place } = of;
        Some(RecordExample { of: text, says, given, as_at, complete_to, comes, place })
    }

    /// The source that a check looks at, read from its table.
    fn source_of_check(&self, id: &str) -> Option<String> {
        let (_, value) = self.folder.each("check").into_iter().find(|(key, _)| key.text == id)?;
        Some(value.get("source")?.text_if_it_is_one()?.text)
    }

    /// Some columns of a row that an extract gives.
    fn row_given(&self, row: Value<'_>, extract: &Extract) -> Option<BTreeMap<String, String>> {
        let headers: Vec<&str> = extract.columns.iter().map(|c| c.header.as_str()).collect();
        let table = row.table(&format!("a row of `{}`", extract.id), &row.place(), &headers)?;
        let field = |(header, value): &(Text, Value<'_>)| {
            Some((header.text.clone(), value.possibly_empty_text()?.text))
        };
        Some(table.entries().iter().filter_map(field).collect())
    }

    /// Keys that belong to examples of something else.
    fn refuse_of_others<const N: usize>(&self, table: &Table<'_>, keys: [&str; N]) {
        for key in keys.iter().filter_map(|key| table.key(key)) {
            let message = format!("`{}` belongs to examples of something else", key.text);
            self.log.push(Diagnostic::error("key", &key.place, message).mend(
                "verdicts stand in `expect`, rows that a check finds in `finds`, those of an extract in `gives`",
            ));
        }
    }

    /// The reporting period of an example; a fact that asks about it needs one.
    fn period_of_example(&self, table: &Table<'_>, of: &Text) -> Option<Period> {
        let by_period = (of.text.strip_prefix("fact."))
            .is_some_and(|fact| self.facts.iter().any(|f| f.id == fact && f.by_period));
        let stated = table.text("period");
        let period = stated.as_ref().and_then(|text| Period::parse(&text.text));
        let fault = match (&stated, period) {
            (Some(text), None) => {
                (&text.place, "there is no such period", "write 2026-09, 2026-27-Q2 or 2026-27")
            }
            (Some(text), Some(_)) if !by_period => {
                (&text.place, "this does not ask about the reporting period", "take the key away")
            }
            (None, _) if by_period => (
                &of.place,
                "this fact is another in each reporting period",
                "say which is meant: period = \"2026-09\"",
            ),
            _ => return period,
        };
        self.log.push(Diagnostic::error("value", fault.0, fault.1).mend(fault.2));
        period
    }

    /// Whether no amendment has put examples of its own in the place of those in a file.
    fn still_counts(&self, of: &str, file: &str) -> bool {
        let mut amendments = self.folder.amendments.iter();
        !amendments.any(|a| a.own_examples && a.of == of && a.file != file)
    }

    /// The names of all needs, outcomes, claims, facts, checks and extracts.
    fn judged(&self) -> Vec<String> {
        let mut known = Vec::new();
        for kind in ["fact", "check", "extract"] {
            known.extend(self.folder.declared(kind).into_iter().map(|id| format!("{kind}.{id}")));
        }
        for kind in ["need", "outcome", "claim"] {
            known.extend(
                self.of_frameworks(kind).into_iter().map(|(f, id)| format!("{f}.{kind}.{id}")),
            );
        }
        known
    }

    /// Whether this names one of them.
    fn is_known(&self, of: &Text, known: &BTreeSet<&str>) -> bool {
        if known.contains(of.text.as_str()) {
            return true;
        }
        let message =
            format!("`{}` is not a need, outcome, claim, fact, check or extract", of.text);
        self.log.push(
            Diagnostic::error("reference", &of.place, message)
                .mend(nearest_or_list(&of.text, &known.iter().copied().collect::<Vec<_>>())),
        );
        false
    }

    fn given(&self, key: &Text, value: Value<'_>) -> Option<Given> {
        let table = value.open_table(&format!("`{}`", key.text), &key.place)?;
        let mut given = Given::new();
        for (name, rows) in table.entries() {
            if !self.refers("source", name) {
                continue;
            }
            let Some(source) = self.source(&name.text) else { continue };
            let written = source.columns.iter().filter(|c| c.formula.is_none());
            let readable: Vec<&str> = written.map(|c| c.name.as_str()).collect();
            let what = format!("a row of `{}`", source.id);
            let row = |row| self.row(row, source, (&what, &readable)).map(Arc::new);
            let rows = rows.list().into_iter().filter_map(row);
            let rows = rows.collect();
            given.insert(name.text.clone(), rows);
        }
        Some(given)
    }

    /// A row of a source, of which these columns can be written.
    fn row(
        &self,
        value: Value<'_>,
        source: &Source,
        (what, readable): (&str, &[&str]),
    ) -> Option<GivenRow> {
        let place = value.place();
        let table = value.table(what, &place, readable)?;
        for column in source.columns.iter().filter(|c| !c.optional && c.formula.is_none()) {
            if !table.has(&column.name) {
                let message = format!("a row of `{}` has to have `{}`", source.id, column.name);
                self.log.push(
                    Diagnostic::error("required", &place, message)
                        .mend(format!("add `{} = …` to the row", column.name)),
                );
            }
        }
        let cells = table.entries().iter().filter_map(|(name, value)| {
            let column = source.column(&name.text)?;
            Some((name.text.clone(), self.cell(*value, &column.ty)?))
        });
        Some(cells.collect())
    }

    pub(super) fn cell(&self, value: Value<'_>, ty: &Type) -> Option<Literal> {
        Some(match ty {
            Type::Date => Literal::Date(value.date()?),
            Type::YesNo => Literal::YesNo(value.yes_no()?),
            Type::Text | Type::Id(_) | Type::Null => Literal::Text(value.text()?.text),
            Type::Code(list) => {
                let text = value.text()?;
                let Some(index) = list.index_of(&text.text) else {
                    let known: Vec<&str> = list.codes.iter().map(String::as_str).collect();
                    let message = format!("`{}` is not one of the codes", text.text);
                    self.log.push(
                        Diagnostic::error("code", &text.place, message)
                            .mend(nearest_or_list(&text.text, &known)),
                    );
                    return None;
                };
                Literal::Code(index, std::sync::Arc::clone(list))
            }
            Type::Number(_) | Type::Proportion | Type::Money | Type::Score => {
                Literal::Number(value.number()?)
            }
        })
    }
}
