//! Reads data checks, with what `[defaults.check]` of their file says for all of them.

use std::sync::Arc;

use crate::definitions::data_check::{DataCheck, Fault, Grade, Quality, Without};
use crate::definitions::diagnostic::{Diagnostic, nearest_or_list};
use crate::definitions::expression::check::{Scope, Wanted, named};
use crate::definitions::expression::{Expr, Name, Type};
use crate::definitions::load::ground::Ground;
use crate::definitions::load::keys;
use crate::definitions::load::reader::{Table, Text, Value};
use crate::definitions::measure::Breakdown;
use crate::definitions::source::{Shape, Source};
use crate::definitions::unit::UnitRows;

/// The words for grades.
pub(super) const GRADES: [(&str, Grade); 3] = [
    (Grade::HighPriority.word(), Grade::HighPriority),
    (Grade::Error.word(), Grade::Error),
    (Grade::Warning.word(), Grade::Warning),
];

/// The words for qualities of data.
pub(super) const QUALITIES: [(&str, Quality); 5] = [
    (Quality::Completeness.word(), Quality::Completeness),
    (Quality::Validity.word(), Quality::Validity),
    (Quality::Consistency.word(), Quality::Consistency),
    (Quality::Uniqueness.word(), Quality::Uniqueness),
    (Quality::Timeliness.word(), Quality::Timeliness),
];

/// The forms in which a check says what is wrong.
const FORMS: [&str; 4] = ["wrong", "repeated", "overlapping", "without"];

impl Ground<'_> {
    /// The data checks, in file order.
    pub(super) fn data_checks(&self, breakdowns: &[Breakdown]) -> Vec<DataCheck> {
        let mut checks = Vec::new();
        for file in &self.folder.files {
            let defaults = file.each("defaults").into_iter().find(|(key, _)| key.text == "check");
            let defaults = defaults.and_then(|(key, value)| {
                value.table("[defaults.check]", &key.place, keys::SHARED_BY_CHECKS)
            });
            for (key, value) in file.each("check") {
                let reading = Reading { ground: self, breakdowns, defaults: &defaults };
                checks.extend(reading.check(&key, value));
            }
        }
        checks
    }

    /// What an expression about a row of a source may name: its columns, those of what it is about
    /// (`case.closed_on`), and the day as of which all is judged.
    fn record_scope(&self, source: &Source, place: &'static str) -> Scope {
        let names = self.parameters.clone();
        let mut scope = self.scope(place, names);
        self.add_record(&mut scope, source);
        scope
    }

    fn add_record(&self, scope: &mut Scope, source: &Source) {
        let names = Arc::make_mut(&mut scope.names);
        names.extend(Self::columns(source));
        for related in source.related(&self.sources) {
            for column in &related.owner.columns {
                let name = related.name_of(&column.name);
                names.insert(name.clone(), named(Name::Column(name), &column.ty));
            }
        }
        names.insert("as_at".to_owned(), named(Name::AsAt, &Type::Date));
        let born = ["date_of_birth", "person.date_of_birth"];
        scope.person = born.iter().any(|name| scope.names.contains_key(*name));
    }

    /// The same for the rows that a check looks at: where a unit is made of them, also everything
    /// that has been found out about it.
    fn check_scope(&self, source: &Source, place: &'static str) -> Scope {
        let made_of = UnitRows::Source(source.id.clone());
        match self.units.iter().find(|u| u.rows == made_of) {
            Some(unit) => {
                let mut scope = self.answers_scope(unit, place);
                self.add_record(&mut scope, source);
                scope
            }
            None => self.record_scope(source, place),
        }
    }
}

/// What checks are read with.
struct Reading<'g, 'a> {
    ground: &'g Ground<'a>,
    breakdowns: &'g [Breakdown],
    defaults: &'g Option<Table<'a>>,
}

impl Reading<'_, '_> {
    fn check(&self, key: &Text, value: Value<'_>) -> Option<DataCheck> {
        let ground = self.ground;
        let table = value.table(&format!("check `{}`", key.text), &key.place, keys::CHECK)?;
        let title = table.words("title");
        let quality = table.required("quality").and_then(|v| v.one_of(&QUALITIES));
        let grade = table.required("grade").and_then(|v| v.one_of(&GRADES));
        let (why, mend) = (table.words("why"), table.words("mend"));
        let mended_by = table.words("mended_by");
        let audiences = self.audiences(&table);
        let source = table.required_text("source").filter(|s| ground.refers("source", s))?;
        let source = ground.source(&source.text)?;
        let scope = ground.check_scope(source, "a check");
        let among = table.get("where").map(|v| ground.expression(v, &scope, &Wanted::YesNo));
        let fault = self.fault(&table, source, &scope);
        let by = self.splits(&table, source);
        Some(DataCheck {
            id: key.text.clone(),
            title: title?,
            source: source.id.clone(),
            among: match among {
                Some(read) => Some(read?),
                None => None,
            },
            fault: fault?,
            quality: quality?,
            grade: grade?,
            why: why?,
            mend: mend?,
            mended_by: mended_by?,
            by,
            audiences: audiences?,
            place: key.place.clone(),
        })
    }

    fn audiences(&self, table: &Table<'_>) -> Option<Vec<String>> {
        let usual = self.defaults.as_ref().and_then(|d| d.get("audience"));
        let Some(value) = table.get("audience").or(usual) else {
            table.missing("audience");
            return None;
        };
        Some(self.ground.references("audience", value.one_or_more_texts()))
    }

    /// What is wrong with a row, in exactly one of the forms.
    fn fault(&self, table: &Table<'_>, source: &Source, scope: &Scope) -> Option<Fault> {
        let ground = self.ground;
        let forms: Vec<&str> = FORMS.into_iter().filter(|form| table.has(form)).collect();
        let [form] = forms[..] else {
            let message = match forms[..] {
                [] => "nothing says what is wrong with a row".to_owned(),
                _ => format!("it says in {} ways what is wrong with a row", forms.len()),
            };
            ground.log.push(
                Diagnostic::error("form", table.place(), message)
                    .mend("write one of `wrong`, `repeated`, `overlapping` and `without`"),
            );
            return None;
        };
        if let Some(at) = table.key("by_chance").filter(|_| form != "wrong") {
            let message = format!("`by_chance` belongs to `wrong`, and this check has `{form}`");
            let mend = "take `by_chance` away";
            ground.log.push(Diagnostic::error("form", &at.place, message).mend(mend));
        }
        let value = table.get(form)?;
        match form {
            "wrong" => {
                let condition = ground.expression(value, scope, &Wanted::YesNo);
                let by_chance = match table.get("by_chance") {
                    Some(share) => Some(self.share(share)?),
                    None => None,
                };
                Some(Fault::Holds { condition: condition?, by_chance })
            }
            "repeated" => Some(Fault::Repeated(self.columns(value, source)?)),
            "overlapping" => {
                if !matches!(source.shape, Shape::Spell { .. }) {
                    let message = format!("the rows of `{}` are no spells", source.id);
                    ground.log.push(
                        Diagnostic::error("shape", &value.place(), message)
                            .mend("use `repeated`, or a source with a start and an end"),
                    );
                    return None;
                }
                Some(Fault::Overlapping(self.columns(value, source)?))
            }
            _ => self.without(value, source).map(Fault::Without),
        }
    }

    fn share(&self, value: Value<'_>) -> Option<f64> {
        let share = value.number()?;
        if (0.0..1.0).contains(&share) {
            return Some(share);
        }
        self.ground.log.push(
            Diagnostic::error("value", &value.place(), "a share lies between 0 and 1")
                .mend("write it as a part of one: by_chance = 0.066"),
        );
        None
    }

    /// Columns that are compared between rows: their own, or those of what they are about.
    fn columns(&self, value: Value<'_>, source: &Source) -> Option<Vec<String>> {
        let scope = self.ground.record_scope(source, "a check");
        let is_column = |name: &str| matches!(scope.names.get(name), Some((Expr::Name(_), _)));
        let known: Vec<String> =
            scope.names.keys().filter(|name| is_column(name)).cloned().collect();
        let texts = value.texts();
        if texts.is_empty() {
            self.ground.log.push(
                Diagnostic::error("form", &value.place(), "no column is named")
                    .mend("name the columns in which rows are the same: [\"family_id\"]"),
            );
        }
        let kind = format!("column of `{}` called", source.id);
        let found: Vec<String> = texts
            .iter()
            .filter(|text| self.ground.refers_among(&kind, text, &known))
            .map(|text| text.text.clone())
            .collect();
        (!found.is_empty() && found.len() == texts.len()).then_some(found)
    }

    fn without(&self, value: Value<'_>, source: &Source) -> Option<Without> {
        let ground = self.ground;
        let table = value.table("`without`", &value.place(), keys::WITHOUT)?;
        let other = table.required_text("source").filter(|s| ground.refers("source", s))?;
        let named = table.text("of");
        let entity = named.as_ref().map(|of| of.text.as_str()).or_else(|| source.owned_entity());
        let Some(entity) = entity else {
            let message = format!("the rows of `{}` are not named by one identifier", source.id);
            ground.log.push(
                Diagnostic::error("reference", &other.place, message)
                    .mend("say what both are about: of = \"person\""),
            );
            return None;
        };
        let there = ground.source(&other.text)?;
        let column = |of: &Source| {
            let found = of.id_column(entity).map(|c| c.name.clone());
            if found.is_none() {
                let known: Vec<&str> = of
                    .columns
                    .iter()
                    .filter_map(|c| if let Type::Id(e) = &c.ty { Some(e.as_str()) } else { None })
                    .collect();
                let place = named.as_ref().map_or(&other.place, |of| &of.place);
                let message = format!("`{}` has no identifier of a {entity}", of.id);
                ground.log.push(
                    Diagnostic::error("reference", place, message)
                        .mend(nearest_or_list(entity, &known)),
                );
            }
            found
        };
        let columns = (column(source)?, column(there)?);
        let scope = ground.record_scope(there, "the `where` of `without`");
        let condition = match table.get("where") {
            Some(v) => Some(ground.expression(v, &scope, &Wanted::YesNo)?),
            None => None,
        };
        Some(Without { source: there.id.clone(), columns, condition })
    }

    /// The breakdowns that findings are split by. Those that are usual in the file are left out
    /// where a row has nothing to be split by; those that the check names itself have to be there.
    fn splits(&self, table: &Table<'_>, source: &Source) -> Vec<String> {
        let ground = self.ground;
        let usual = self.defaults.as_ref().and_then(|d| d.get("by"));
        let named = table.get("by").or(usual).map(|v| v.texts()).unwrap_or_default();
        let mut by = Vec::new();
        for text in named {
            let Some(breakdown) = self.breakdowns.iter().find(|b| b.id == text.text) else {
                ground.refers("breakdown", &text);
                continue;
            };
            let found = source.own_or_related(&breakdown.column, &ground.sources);
            let splits = matches!(found, Some((_, Type::Text | Type::Code(_) | Type::Id(_))));
            if splits {
                by.push(text.text);
            } else if table.has("by") {
                let message = format!("`{}` has no `{}` to split by", source.id, breakdown.column);
                ground.log.push(
                    Diagnostic::error("breakdown", &text.place, message)
                        .mend("choose other breakdowns, or by = []"),
                );
            }
        }
        by
    }
}
