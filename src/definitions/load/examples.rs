//! Reads worked examples: a cast, a few rows of its own, and the verdict that must come out.

use std::collections::BTreeMap;

use crate::calendar::{Day, Period};
use crate::definitions::diagnostic::{Diagnostic, nearest_or_list};
use crate::definitions::example::{Example, GivenRows};
use crate::definitions::expression::{Literal, Type};
use crate::definitions::load::ground::Ground;
use crate::definitions::load::keys;
use crate::definitions::load::reader::{Table, Text, Value};
use crate::definitions::source::Source;
use crate::definitions::verdict::Verdict;

type Given = BTreeMap<String, GivenRows>;

impl Ground<'_> {
    pub(super) fn examples(&self, as_at: Day) -> Vec<Example> {
        let casts: BTreeMap<String, Given> = self
            .folder
            .each("cast")
            .into_iter()
            .filter_map(|(key, value)| Some((key.text.clone(), self.given(&key, value)?)))
            .collect();
        let judged = self.judged();
        let judged: Vec<&str> = judged.iter().map(String::as_str).collect();
        let mut examples = Vec::new();
        for file in &self.folder.files {
            for value in file.examples() {
                let example = self.example(value, as_at, &casts, &judged);
                examples.extend(example.filter(|e| self.still_counts(e, &file.id.text)));
            }
        }
        examples
    }

    fn example(
        &self,
        value: Value<'_>,
        today: Day,
        casts: &BTreeMap<String, Given>,
        judged: &[&str],
    ) -> Option<Example> {
        let place = value.place();
        let table = value.table("an example", &place, keys::EXAMPLE)?;
        let of = table.required_text("of").filter(|of| self.is_judged(of, judged));
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
        let period = self.period_of_example(&table, of.as_ref());
        let verdicts = Verdict::ALL.map(|v| (v.word(), v));
        let expect = table.required("expect").and_then(|v| v.open_table("expect", &place));
        let expect = expect
            .iter()
            .flat_map(|t| t.entries())
            .filter_map(|(unit, verdict)| Some((unit.text.clone(), verdict.one_of(&verdicts)?)))
            .collect();
        let place = of.as_ref().map_or(place, |of| of.place.clone());
        Some(Example {
            of: of?.text,
            says: says?,
            given,
            as_at: as_at?,
            complete_to,
            period,
            expect,
            place,
        })
    }

    /// The reporting period of an example; a fact that asks about it needs one.
    fn period_of_example(&self, table: &Table<'_>, of: Option<&Text>) -> Option<Period> {
        let by_period = of
            .and_then(|of| of.text.strip_prefix("fact."))
            .is_some_and(|fact| self.facts.iter().any(|f| f.id == fact && f.by_period));
        let stated = table.text("period");
        let period = stated.as_ref().and_then(|text| Period::parse(&text.text));
        let fault = match (&stated, period, of) {
            (Some(text), None, _) => {
                (&text.place, "there is no such period", "write 2026-09, 2026-27-Q2 or 2026-27")
            }
            (Some(text), Some(_), Some(_)) if !by_period => {
                (&text.place, "this does not ask about the reporting period", "take the key away")
            }
            (None, _, Some(of)) if by_period => (
                &of.place,
                "this fact is another in each reporting period",
                "say which is meant: period = \"2026-09\"",
            ),
            _ => return period,
        };
        self.log.push(Diagnostic::error("value", fault.0, fault.1).mend(fault.2));
        period
    }

    /// Whether no amendment has put examples of its own in the place of this one.
    fn still_counts(&self, example: &Example, file: &str) -> bool {
        let mut amendments = self.folder.amendments.iter();
        !amendments.any(|a| a.own_examples && a.of == example.of && a.file != file)
    }

    /// The names of all needs, outcomes, claims and facts.
    fn judged(&self) -> Vec<String> {
        let mut known: Vec<String> =
            self.folder.declared("fact").into_iter().map(|f| format!("fact.{f}")).collect();
        for kind in ["need", "outcome", "claim"] {
            known.extend(
                self.of_frameworks(kind).into_iter().map(|(f, id)| format!("{f}.{kind}.{id}")),
            );
        }
        known
    }

    /// Whether this names one of them.
    fn is_judged(&self, of: &Text, known: &[&str]) -> bool {
        if known.contains(&of.text.as_str()) {
            return true;
        }
        let message = format!("`{}` is not a need, outcome, claim or fact", of.text);
        self.log.push(
            Diagnostic::error("reference", &of.place, message)
                .mend(nearest_or_list(&of.text, known)),
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
            let rows = rows.list().iter().filter_map(|row| self.row(*row, source)).collect();
            given.insert(name.text.clone(), rows);
        }
        Some(given)
    }

    fn row(&self, value: Value<'_>, source: &Source) -> Option<BTreeMap<String, Literal>> {
        let place = value.place();
        let readable: Vec<&str> = source
            .columns
            .iter()
            .filter(|c| c.formula.is_none())
            .map(|c| c.name.as_str())
            .collect();
        let table = value.table(&format!("a row of `{}`", source.id), &place, &readable)?;
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
