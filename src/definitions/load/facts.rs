//! Reads facts and breakdowns, which measures share.

use crate::definitions::diagnostic::{Diagnostic, a};
use crate::definitions::expression::Type;
use crate::definitions::load::ground::{Ground, KnownFact};
use crate::definitions::load::keys;
use crate::definitions::load::reader::{Text, Value};
use crate::definitions::load::tests_of_rows::Owner;
use crate::definitions::measure::{Breakdown, Fact, Total};
use crate::definitions::test::{Asks, TestKind};

impl Ground<'_> {
    /// The facts, in file order; a fact with `when` may use those above it.
    pub(super) fn facts(&mut self) -> Vec<Fact> {
        let mut facts = Vec::new();
        for (key, value) in self.folder.each("fact") {
            let Some(fact) = self.fact(&key, value) else {
                self.mark_broken(&key.text);
                continue;
            };
            let ty = match &fact.test.kind {
                TestKind::When(c) => c.ty.clone(),
                TestKind::Rows(test) => match &test.asks {
                    Asks::Expect(_) => Type::YesNo,
                    Asks::Value(c) => c.ty.clone(),
                },
            };
            let by_period = fact.test.asks_about_period();
            let (id, unit) = (fact.id.clone(), fact.unit.clone());
            self.facts.push(KnownFact { id, unit, ty, by_period });
            facts.push(fact);
        }
        facts
    }

    fn fact(&self, key: &Text, value: Value<'_>) -> Option<Fact> {
        let what = format!("fact `{}`", key.text);
        let table = value.table(&what, &key.place, keys::FACT)?;
        let title = table.words("title");
        let unit = table.required_text("unit").filter(|u| self.refers("unit", u))?;
        let unit = self.unit(&unit.text)?;
        if self.own_columns(unit).iter().any(|(column, _)| *column == key.text) {
            let message = format!("{} has a column `{}` already", a(&unit.id), key.text);
            self.log.push(
                Diagnostic::error("twice", &key.place, message).mend("give the fact another name"),
            );
        }
        let test = self.test(key, &table, unit, Owner::Fact)?;
        let value = match &test.kind {
            TestKind::When(value) => Some(value),
            TestKind::Rows(rows) => match &rows.asks {
                Asks::Value(value) => Some(value),
                Asks::Expect(_) => None,
            },
        };
        if let (Some(stated), Some(value)) = (table.text("result_unit"), value) {
            self.check_result_unit(&stated, &value.ty);
        }
        Some(Fact { id: key.text.clone(), title: title?, unit: unit.id.clone(), test })
    }

    /// Whether a value is in the unit that is stated.
    fn check_result_unit(&self, stated: &Text, found: &Type) {
        let word = match found {
            Type::Number(Some(unit)) => unit.as_str(),
            Type::Score => "score",
            Type::Money => "pounds",
            Type::Proportion => "proportion",
            // Plain arithmetic has whatever unit its author knows it to have.
            _ => return,
        };
        if word != stated.text {
            let message = format!("the value is in {word}, not in {}", stated.text);
            self.log.push(
                Diagnostic::error("unit", &stated.place, message)
                    .mend(format!("write result_unit = \"{word}\"")),
            );
        }
    }

    pub(super) fn breakdowns(&self) -> Vec<Breakdown> {
        let read = self.folder.each("breakdown");
        let breakdowns: Vec<Breakdown> =
            read.iter().filter_map(|(key, value)| self.breakdown(key, *value)).collect();
        for (key, value) in &read {
            let within = value.get("within").and_then(|v| v.text_if_it_is_one());
            if let Some(within) = within {
                self.check_lies_within(&breakdowns, key, &within);
            }
        }
        breakdowns
    }

    /// A level lies in one level of a coarser breakdown, and never in itself.
    fn check_lies_within(&self, breakdowns: &[Breakdown], key: &Text, within: &Text) {
        if !self.refers("breakdown", within) {
            return;
        }
        let of = |id: &str| breakdowns.iter().find(|b| b.id == id);
        let coarser = |b: &&Breakdown| of(b.within.as_deref()?);
        let above = std::iter::successors(of(&within.text), coarser).take(breakdowns.len());
        let (message, mend) = if above.map(|b| &b.id).any(|id| *id == key.text) {
            (format!("`{}` would lie within itself", key.text), "name the coarser of the two")
        } else if [&key.text, &within.text]
            .iter()
            .any(|id| of(id).is_some_and(|b| !b.bands.is_empty()))
        {
            let message = "bands of a number do not lie within levels, nor levels within bands";
            (message.to_owned(), "take `within` away")
        } else {
            return;
        };
        self.log.push(Diagnostic::error("within", &within.place, message).mend(mend));
    }

    fn breakdown(&self, key: &Text, value: Value<'_>) -> Option<Breakdown> {
        let what = format!("breakdown `{}`", key.text);
        let table = value.table(&what, &key.place, keys::BREAKDOWN)?;
        let title = table.words("title");
        let column = table.required_text("value");
        let order = table.get("order").map(|v| v.texts()).unwrap_or_default();
        let titles = table.get("titles").and_then(|v| v.open_table("titles", &key.place));
        let titles = titles
            .map(|t| {
                t.entries()
                    .iter()
                    .filter_map(|(k, v)| Some((k.text.clone(), v.text()?.text)))
                    .collect()
            })
            .unwrap_or_default();
        let bands = table.get("bands").map(|v| self.bands(v, 1.0, None)).unwrap_or_default();
        let audiences = table.get("audience").map(|v| v.one_or_more_texts()).unwrap_or_default();
        let audiences = self.references("audience", audiences);
        let within = table.get("within").and_then(|v| v.text());
        let total =
            table.get("total").map_or(Total::WholeCouncil, |v| match v.text_if_it_is_one() {
                Some(words) => Total::Called(words.text),
                None if v.yes_no() == Some(false) => Total::Apart,
                None => Total::WholeCouncil,
            });
        let of_measures = table.get("of_measures").and_then(|v| v.yes_no()).unwrap_or_default();
        let column = column?;
        let of_units = self.units.iter().flat_map(|u| self.own_columns(u));
        let of_sources = self.sources.iter().flat_map(|s| &s.columns);
        let columns: Vec<(String, Type)> =
            of_units.chain(of_sources.map(|c| (c.name.clone(), c.ty.clone()))).collect();
        let column_types: Vec<&Type> =
            columns.iter().filter(|(n, _)| *n == column.text).map(|(_, ty)| ty).collect();
        if column_types.is_empty() {
            let known: Vec<String> = columns.iter().map(|(n, _)| n.clone()).collect();
            self.refers_among("column of any unit or source called", &column, &known);
        }
        let numbers = column_types.iter().any(|t| matches!(t, Type::Number(_) | Type::Score));
        if numbers && bands.is_empty() {
            let message = format!("`{}` is a number, and has no bands to split it by", column.text);
            self.log.push(
                Diagnostic::error("bands", &column.place, message)
                    .mend("add bands = [{ name = \"1 to 4\", from = 1, to = 4 }, …]"),
            );
        }
        Some(Breakdown {
            id: key.text.clone(),
            title: title?,
            column: column.text,
            order: order.into_iter().map(|t| t.text).collect(),
            titles,
            bands,
            within: within.map(|w| w.text),
            audiences,
            total,
            of_measures,
            place: key.place.clone(),
        })
    }
}
