//! Reads sources and their columns, and checks the formulae of derived columns.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::definitions::diagnostic::{Diagnostic, nearest_or_list};
use crate::definitions::expression::check::Wanted;
use crate::definitions::expression::{CodeList, Name, Type};
use crate::definitions::load::ground::Ground;
use crate::definitions::load::keys;
use crate::definitions::load::reader::{Table, Text, Value};
use crate::definitions::source::{Column, Shape, Silence, Source};

/// What the rows of a source can be, each with its place in the reader.
pub(super) const SHAPES: [(&str, u8); 5] =
    [("entity", 0), ("event", 1), ("reading", 2), ("period", 3), ("spell", 4)];

/// What silence can mean.
pub(super) const SILENCES: [(&str, Silence); 2] =
    [("none", Silence::None), ("unknown", Silence::Unknown)];

/// The types of column, each with the keys that only it has.
pub(super) const COLUMN_TYPES: [(&str, &str); 9] = [
    ("id", "of"),
    ("date", ""),
    ("yes_no", ""),
    ("code", "codes ordered"),
    ("text", ""),
    ("number", "unit"),
    ("proportion", ""),
    ("money", ""),
    ("score", "scale_column"),
];

impl Ground<'_> {
    pub(super) fn read_sources(&mut self) {
        for (key, value) in self.folder.each("source") {
            match self.source_from(&key, value) {
                Some((source, formulae)) => {
                    let found = self.with_formulae(source, formulae);
                    self.sources.push(found);
                }
                None => self.mark_columns_broken(&key, value),
            }
        }
    }

    fn source_from<'v>(
        &self,
        key: &Text,
        value: Value<'v>,
    ) -> Option<(Source, Vec<(String, Value<'v>)>)> {
        let what = format!("source `{}`", key.text);
        let table = value.table(&what, &key.place, keys::SOURCE)?;
        let title = table.words("title");
        let about = table.words("about");
        let mut formulae = Vec::new();
        let columns = table.required("columns").and_then(|v| v.open_table("columns", &key.place));
        let columns: Vec<Column> = columns
            .map(|t| {
                let mut read = |(k, v): &(Text, Value<'v>)| {
                    let column = self.column(k, *v, &mut formulae);
                    if column.is_none() {
                        self.mark_broken(&k.text);
                    }
                    column
                };
                t.entries().iter().filter_map(&mut read).collect()
            })
            .unwrap_or_default();
        let named = |text: Text| self.column_named(&columns, &text, None).then_some(text.text);
        let in_key: Vec<String> = table
            .required("key")
            .map(|v| v.texts())
            .unwrap_or_default()
            .into_iter()
            .filter_map(named)
            .collect();
        let shape = self.shape(&table, &columns);
        let no_rows =
            table.get("no_rows").and_then(|v| v.one_of(&SILENCES)).unwrap_or(Silence::Unknown);
        let shape = shape?;
        let source = Source {
            id: key.text.clone(),
            title: title?,
            episodes: self.episodes(&table, &shape, &columns),
            shape,
            about: about?,
            key: in_key,
            no_rows,
            columns,
            place: key.place.clone(),
        };
        Some((source, formulae))
    }

    /// When a whole source is at fault, those who use its columns stay silent.
    fn mark_columns_broken(&self, key: &Text, value: Value<'_>) {
        let columns = value
            .open_table("a source", &key.place)
            .and_then(|t| t.get("columns"))
            .and_then(|v| v.open_table("columns", &key.place));
        for (column, _) in columns.iter().flat_map(|t| t.entries()) {
            self.mark_broken(&column.text);
        }
    }

    /// Whether a column of this name (and type) exists; if not, that is reported.
    fn column_named(&self, columns: &[Column], name: &Text, ty: Option<&Type>) -> bool {
        let fit: Vec<&str> = columns
            .iter()
            .filter(|c| ty.is_none_or(|ty| c.ty == *ty))
            .map(|c| c.name.as_str())
            .collect();
        if fit.contains(&name.text.as_str()) {
            return true;
        }
        if self.is_broken(&name.text) {
            return false;
        }
        let message = match columns.iter().any(|c| c.name == name.text) {
            true => format!("the column `{}` is not a date", name.text),
            false => format!("there is no column `{}`", name.text),
        };
        self.log.push(
            Diagnostic::error("reference", &name.place, message)
                .mend(nearest_or_list(&name.text, &fit)),
        );
        false
    }

    fn shape(&self, table: &Table<'_>, columns: &[Column]) -> Option<Shape> {
        let shape = table.required("shape")?.one_of(&SHAPES)?;
        let day = |key: &str| {
            let text = table.required_text(key)?;
            self.column_named(columns, &text, Some(&Type::Date)).then_some(text.text)
        };
        let needs: &[&str] = match shape {
            0 => &[],
            1 | 2 => &["date"],
            3 => &["start", "end", "calendar"],
            _ => &["start", "end"],
        };
        for key in ["date", "start", "end", "calendar"] {
            if let (Some(at), false) = (table.key(key), needs.contains(&key)) {
                let message = format!("a source of this shape has no `{key}`");
                self.log.push(
                    Diagnostic::error("shape", &at.place, message)
                        .mend("take the key away, or change the shape"),
                );
            }
        }
        match shape {
            0 => Some(Shape::Entity),
            1 => Some(Shape::Event { date: day("date")? }),
            2 => Some(Shape::Reading { date: day("date")? }),
            3 => {
                let (start, end, calendar) =
                    (day("start"), day("end"), table.required_text("calendar"));
                let calendar = calendar
                    .filter(|c| self.refers_among("calendar of named periods", c, &self.calendars));
                Some(Shape::Period { start: start?, end: end?, calendar: calendar?.text })
            }
            _ => {
                let (start, end) = (day("start"), day("end"));
                Some(Shape::Spell { start: start?, end: end? })
            }
        }
    }

    fn column<'v>(
        &self,
        key: &Text,
        value: Value<'v>,
        formulae: &mut Vec<(String, Value<'v>)>,
    ) -> Option<Column> {
        let what = format!("column `{}`", key.text);
        let table = value.table(&what, &key.place, keys::COLUMN)?;
        const NOT_FOR_NAMES: [&str; 5] = ["interval", "any", "all", "some", "exists"];
        if NOT_FOR_NAMES.contains(&key.text.as_str()) {
            let message = format!("`{}` means something else in an expression", key.text);
            self.log.push(
                Diagnostic::error("name", &key.place, message).mend("give the column another name"),
            );
        }
        let optional = table.get("optional").and_then(|v| v.yes_no()).unwrap_or(false);
        let scale_column = table.text("scale_column").map(|t| t.text);
        if let Some(formula) = table.get("formula") {
            formulae.push((key.text.clone(), formula));
        }
        let ty = self.column_type(&table)?;
        Some(Column { name: key.text.clone(), ty, optional, formula: None, scale_column })
    }

    fn column_type(&self, table: &Table<'_>) -> Option<Type> {
        let words = COLUMN_TYPES.map(|(word, extra)| (word, (word, extra)));
        let (word, extra) = table.required("type")?.one_of(&words)?;
        for key in ["of", "codes", "ordered", "unit", "scale_column"] {
            if let (Some(at), false) = (table.key(key), extra.split(' ').any(|e| e == key)) {
                let message = format!("a column of type `{word}` has no `{key}`");
                self.log.push(
                    Diagnostic::error("key", &at.place, message)
                        .mend("take the key away, or change the type"),
                );
            }
        }
        Some(match word {
            "id" => Type::Id(table.words("of")?),
            "date" => Type::Date,
            "yes_no" => Type::YesNo,
            "code" => {
                let codes: Vec<String> =
                    table.required("codes")?.texts().into_iter().map(|t| t.text).collect();
                let unique: BTreeSet<&String> = codes.iter().collect();
                if unique.len() < codes.len() || codes.is_empty() {
                    let place = table.key("codes").map_or(table.place(), |k| &k.place);
                    self.log.push(
                        Diagnostic::error(
                            "value",
                            place,
                            "a list of codes names each code once, and at least one",
                        )
                        .mend("correct the list"),
                    );
                    return None;
                }
                let ordered = table.get("ordered").and_then(|v| v.yes_no()).unwrap_or(false);
                Type::Code(Arc::new(CodeList { codes, ordered }))
            }
            "text" => Type::Text,
            "number" => Type::Number(table.text("unit").map(|u| u.text)),
            "proportion" => Type::Proportion,
            "money" => Type::Money,
            _ => Type::Score,
        })
    }

    fn with_formulae(&self, mut source: Source, formulae: Vec<(String, Value<'_>)>) -> Source {
        let scope = self.formula_scope(&source);
        for (name, value) in &formulae {
            let Some(column) = source.columns.iter_mut().find(|c| c.name == *name) else {
                continue;
            };
            column.formula = self.expression(*value, &scope, &Wanted::Fits(column.ty.clone()));
            if column.formula.is_none() {
                self.mark_broken(name);
            }
        }
        for (name, value) in &formulae {
            if let Some(way) = circle(&source, name) {
                let message =
                    format!("the formula of `{name}` needs itself: {}", way.join(" needs "));
                self.log.push(
                    Diagnostic::error("circle", &value.place(), message).mend("break the circle"),
                );
            }
        }
        for column in &source.columns {
            if let Some(scale) = &column.scale_column
                && !matches!(source.column(scale).map(|c| &c.ty), Some(Type::Code(_)))
            {
                let message = format!(
                    "`{}` names its scale in the column `{scale}`, which is not a code",
                    column.name
                );
                self.log.push(
                    Diagnostic::error("reference", &source.place, message)
                        .mend("name a column of type code"),
                );
            }
        }
        source
    }
}

/// The way from a formula column back to itself, if there is one.
fn circle(source: &Source, from: &str) -> Option<Vec<String>> {
    let mut ways = vec![vec![from.to_owned()]];
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop() {
        let formula = source.column(way.last()?).and_then(|c| c.formula.as_ref());
        for name in formula.map(|f| f.expr.names()).unwrap_or_default() {
            let Name::Column(column) = name else { continue };
            let mut next = way.clone();
            next.push(column.clone());
            if column == from {
                return Some(next);
            }
            if seen.insert(column) {
                ways.push(next);
            }
        }
    }
    None
}
