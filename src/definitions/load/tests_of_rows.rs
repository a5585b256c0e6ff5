//! Reads tests: source, who, where, window and what the rows must show.

use std::collections::BTreeSet;

use crate::definitions::diagnostic::{Diagnostic, a, nearest_or_list};
use crate::definitions::expression::check::Wanted;
use crate::definitions::expression::{Checked, Expr, Name, Reads, Type};
use crate::definitions::load::ground::Ground;
use crate::definitions::load::reader::{Table, Text, Value};
use crate::definitions::load::windows::Stretch;
use crate::definitions::source::{Column, Shape, Source};
use crate::definitions::test::{
    Asks, PartsPass, RowTest, SpellsIn, Splits, Stated, Test, TestKind, Who,
};
use crate::definitions::unit::{Unit, UnitRows};

/// The keys of a test.
pub(super) const TEST_KEYS: [&str; 16] = [
    "source",
    "through",
    "who",
    "combine",
    "where",
    "window",
    "baseline",
    "split_by",
    "at_least",
    "expect",
    "value",
    "missing",
    "missing_why",
    "nobody",
    "when",
    "evidence",
];

/// What the test belongs to; it decides what may stand in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Need,
    Outcome,
    Claim,
    Fact,
}

const STATED: [(&str, Stated); 4] = [
    ("met", Stated::Met),
    ("not_met", Stated::NotMet),
    ("unknown", Stated::Unknown),
    ("not_applicable", Stated::NotApplicable),
];

impl Ground<'_> {
    /// Reads a test from a table whose keys have been checked.
    pub(super) fn test(
        &self,
        id: &Text,
        table: &Table<'_>,
        unit: &Unit,
        owner: Owner,
    ) -> Option<Test> {
        // A fact may find its number in the unit's own columns; then it reads no source.
        let own_value = owner == Owner::Fact && table.has("value") && !table.has("source");
        let kind = if table.has("when") {
            TestKind::When(self.when_test(table, unit, owner, ("when", Wanted::YesNo))?)
        } else if own_value {
            TestKind::When(self.when_test(table, unit, owner, ("value", Wanted::Amount))?)
        } else {
            TestKind::Rows(Box::new(self.row_test(table, unit, owner)?))
        };
        Some(Test { id: id.text.clone(), kind, place: id.place.clone() })
    }

    /// A test that reads the unit's own columns: in `asks`, its key and what that has to give.
    fn when_test(
        &self,
        table: &Table<'_>,
        unit: &Unit,
        owner: Owner,
        asks: (&'static str, Wanted),
    ) -> Option<Checked> {
        let (asks, wanted) = asks;
        for key in TEST_KEYS.iter().filter(|k| **k != asks) {
            if let Some(at) = table.key(key) {
                let (message, mend) = match asks {
                    "when" => (
                        format!(
                            "a test with `when` reads the unit's own columns and has no `{key}`"
                        ),
                        "take the key away, or write `source`, `window` and `expect` instead of `when`",
                    ),
                    _ => (
                        format!(
                            "without a `source`, `value` reads the unit's own columns, and there is no `{key}`"
                        ),
                        "take the key away, or name the `source` whose rows it is about",
                    ),
                };
                self.log.push(Diagnostic::error("key", &at.place, message).mend(mend));
            }
        }
        let place = if asks == "when" { "a `when`" } else { "a `value`" };
        let scope = match owner {
            Owner::Fact => self.answers_scope(unit, place),
            _ => self.when_scope(unit, place),
        };
        self.expression(table.get(asks)?, &scope, &wanted)
    }

    fn row_test(&self, table: &Table<'_>, unit: &Unit, owner: Owner) -> Option<RowTest> {
        let source_id = table.required_text("source").filter(|s| self.refers("source", s));
        let window = table.required("window");
        let who = self.who(table, unit, owner);
        let missing = self.missing(table);
        let nobody = self.nobody(table);
        let window = window.and_then(|v| self.window(v, unit, owner));
        let baseline = table.get("baseline").map(|v| (v, self.window(v, unit, owner)));
        let source_id = source_id?;
        let source = self.source(&source_id.text)?;
        if source.shape == Shape::Entity {
            let message =
                format!("the rows of `{}` have no date, so no window can hold them", source.id);
            self.log.push(
                Diagnostic::error("shape", &source_id.place, message)
                    .mend("use a source of events, readings, periods or spells"),
            );
            return None;
        }
        self.check_reach(table, source, unit, who.as_ref(), &source_id);
        let spells = self.spells(table, source, window.as_ref(), baseline.as_ref());
        let condition = table
            .get("where")
            .map(|v| self.expression(v, &self.row_scope(source, unit), &Wanted::YesNo));
        let asks = self.asks(table, source, unit, owner);
        let splits = self.splits(table, source);
        for (key, stated) in [("missing", missing), ("nobody", Some(nobody))] {
            if let (Some(Asks::Value(_)), Some(Stated::Met | Stated::NotMet), Some(at)) =
                (&asks, stated, table.key(key))
            {
                let message = "a number is neither met nor not met";
                self.log.push(
                    Diagnostic::error("value", &at.place, message)
                        .mend("say \"unknown\" or \"not_applicable\", or take the key away"),
                );
            }
        }
        if let (Some(Who::Any(_) | Who::Every(_)), Some(Asks::Value(_)), Some(at)) =
            (&who, &asks, table.key("combine"))
        {
            let message = "a number for each person is not one number";
            self.log.push(
                Diagnostic::error("who", &at.place, message)
                    .mend("write combine = \"together\", which pools their rows"),
            );
        }
        if let (Some(at), Some(Asks::Expect(c) | Asks::Value(c))) = (table.key("baseline"), &asks) {
            let mut read = false;
            c.expr.walk(&mut |e| read |= matches!(e, Expr::Rows(Reads::Baseline, _)));
            if !read {
                let message = "nothing reads this baseline";
                self.log.push(
                    Diagnostic::error("unused", &at.place, message).mend(
                        "put `baseline.` before a function in `expect`, or take the key away",
                    ),
                );
            }
        }
        let baseline = match baseline {
            Some((_, found)) => Some(found?.0),
            None => None,
        };
        let condition = match condition {
            Some(found) => Some(found?),
            None => None,
        };
        let asks = asks?;
        let kept = self.kept(table, source, condition.as_ref(), &asks);
        Some(RowTest {
            source: source_id.text,
            through: table.text("through").map(|t| t.text),
            who: who?,
            condition,
            window: window?.0,
            spells,
            baseline,
            splits: splits?,
            asks,
            missing,
            nobody,
            kept,
        })
    }

    fn asks(&self, table: &Table<'_>, source: &Source, unit: &Unit, owner: Owner) -> Option<Asks> {
        let baseline = table.has("baseline");
        match (table.get("expect"), table.get("value")) {
            (Some(v), None) => {
                let scope = self.window_scope(source, unit, baseline, "an `expect`");
                self.expression(v, &scope, &Wanted::YesNo).map(Asks::Expect)
            }
            (None, Some(v)) if owner == Owner::Fact => {
                let scope = self.window_scope(source, unit, baseline, "a `value`");
                self.expression(v, &scope, &Wanted::Amount).map(Asks::Value)
            }
            (None, Some(v)) => {
                let message = "only a fact can have a `value`";
                self.log.push(
                    Diagnostic::error("key", &v.place(), message)
                        .mend("compare it with something in `expect`"),
                );
                None
            }
            (Some(_), Some(v)) => {
                let message = "a test has either `expect` or `value`";
                self.log.push(
                    Diagnostic::error("key", &v.place(), message).mend("keep one of the two"),
                );
                None
            }
            (None, None) => {
                table.missing("expect");
                None
            }
        }
    }

    fn who(&self, table: &Table<'_>, unit: &Unit, owner: Owner) -> Option<Who> {
        let group = table.text("who");
        let combine = table.get("combine");
        let Some(group) = group else {
            for key in ["combine", "nobody"] {
                if let Some(at) = table.key(key) {
                    let message = format!(
                        "`{key}` says how people's results become one, but the test names no people"
                    );
                    self.log.push(
                        Diagnostic::error("who", &at.place, message)
                            .mend("add `who`, or take the key away"),
                    );
                }
            }
            return (!table.has("who")).then_some(Who::Unit);
        };
        let known = self.refers("group", &group);
        if known {
            self.check_group(&group, unit, owner);
        }
        let Some(combine) = combine else {
            let message = "the test names people but not how their results become one";
            self.log.push(
                Diagnostic::error("who", &group.place, message)
                    .mend("add combine = \"any\", \"every\" or \"together\""),
            );
            return None;
        };
        let group = group.text;
        let ways = [
            ("any", Who::Any(group.clone())),
            ("every", Who::Every(group.clone())),
            ("together", Who::Together(group)),
        ];
        combine.one_of(&ways).filter(|_| known)
    }

    /// Whether the group's condition makes sense for this unit.
    fn check_group(&self, group: &Text, unit: &Unit, owner: Owner) {
        let Some(found) = self.groups.iter().find(|g| g.id == group.text) else { return };
        let anchors = self.anchors(unit);
        for name in found.condition.expr.names() {
            match name {
                Name::HasThisNeed if owner != Owner::Outcome => {
                    let message = format!(
                        "the group `{}` is made of those with the need, and there is no need here",
                        group.text
                    );
                    self.log.push(Diagnostic::error("scope", &group.place, message).mend(
                        "only the tests of an outcome know who has the need; choose another group",
                    ));
                }
                Name::Unit(anchor) if !anchors.contains(&anchor.as_str()) => {
                    let message = format!(
                        "the group `{}` needs the date `{anchor}`, which a {} does not have",
                        group.text, unit.id
                    );
                    self.log.push(
                        Diagnostic::error("anchor", &group.place, message)
                            .mend("choose another group, or make one for this unit"),
                    );
                }
                _ => {}
            }
        }
    }

    /// Whether the rows of the source can reach the unit.
    fn check_reach(
        &self,
        table: &Table<'_>,
        source: &Source,
        unit: &Unit,
        who: Option<&Who>,
        at: &Text,
    ) {
        let entities = |names: Vec<(String, Type)>| {
            names
                .into_iter()
                .filter_map(|(_, ty)| if let Type::Id(of) = ty { Some(of) } else { None })
        };
        let parent = self.parent(unit).map(|p| self.own_columns(p)).unwrap_or_default();
        let mut of_unit: Vec<String> =
            entities(self.own_columns(unit)).chain(entities(parent)).collect();
        // The family to which its person belonged on the day of its first anchor.
        let has = |entity: &str| of_unit.iter().any(|e| e == entity);
        if has("person") && !has("family") && !unit.anchors.is_empty() {
            of_unit.push("family".to_owned());
        }
        if of_unit.is_empty() {
            return;
        }
        if who.is_some_and(|w| w.group().is_some()) {
            if let UnitRows::Members { .. } = unit.rows {
                let message =
                    format!("{} is one person, and has no people of its own", a(&unit.id));
                self.log.push(
                    Diagnostic::error("who", &at.place, message)
                        .mend("take `who` and `combine` away, or ask the unit that it belongs to"),
                );
            }
            if source.id_column("person").is_none() {
                let message = format!(
                    "the rows of `{}` name no person, so they cannot be about the people of a group",
                    source.id
                );
                self.log.push(
                    Diagnostic::error("who", &at.place, message)
                        .mend("take `who` and `combine` away, or read a source with people"),
                );
            }
            return;
        }
        if let Some(through) = table.text("through") {
            if !of_unit.contains(&through.text) {
                let known: Vec<&str> = of_unit.iter().map(String::as_str).collect();
                let message = format!("a {} has no identifier of a {}", unit.id, through.text);
                self.log.push(
                    Diagnostic::error("reference", &through.place, message)
                        .mend(nearest_or_list(&through.text, &known)),
                );
                return;
            }
            let names = |entity: &str| source.id_column(entity).is_some();
            let reaches = match through.text.as_str() {
                "person" => ["person", "family", "case"].into_iter().any(names),
                "family" => ["family", "case"].into_iter().any(names),
                other => names(other),
            };
            if !reaches {
                let message =
                    format!("the rows of `{}` do not name {}", source.id, a(&through.text));
                self.log.push(
                    Diagnostic::error("reference", &through.place, message)
                        .mend("name an entity that one of its `id` columns is `of`"),
                );
            }
            return;
        }
        if who.is_some() && !of_unit.contains(&source.about) {
            let message = format!(
                "the rows of `{}` are about a {}, which a {} does not name",
                source.id, source.about, unit.id
            );
            let mend = if source.id_column("person").is_some() {
                "say whose rows: add `who` and `combine`"
            } else {
                "say how the rows reach it: add through = \"family\""
            };
            self.log.push(Diagnostic::error("who", &at.place, message).mend(mend));
        }
    }

    /// By what the rows are split; the outer nothing when what is written is at fault.
    fn splits(&self, table: &Table<'_>, source: &Source) -> Option<Option<Splits>> {
        let Some(value) = table.get("split_by") else {
            if let Some(at) = table.key("at_least") {
                let message = "`at_least` counts the values of `split_by`, and there is none";
                self.log.push(Diagnostic::error("unused", &at.place, message).mend(
                    "add split_by = [\"domain\"] with columns of the source, or take the key away",
                ));
                return None;
            }
            return Some(None);
        };
        if let (Some(at), true) = (table.key("split_by"), table.has("value")) {
            let message = "a number is one number, whatever the rows are split by";
            self.log.push(
                Diagnostic::error("key", &at.place, message)
                    .mend("compare it with something in `expect`, or take `split_by` away"),
            );
        }
        let named = value.texts();
        if named.is_empty() {
            self.log.push(
                Diagnostic::error("value", &value.place(), "`split_by` names no column")
                    .mend("name a column of the source, or take the key away"),
            );
            return None;
        }
        let mut sound = true;
        let mut by: Vec<String> = Vec::new();
        for column in named {
            sound &= self.splits_rows(&column, source);
            if by.contains(&column.text) {
                let message = format!("`{}` is listed twice", column.text);
                self.log
                    .push(Diagnostic::error("twice", &column.place, message).mend("list it once"));
            }
            by.push(column.text);
        }
        let pass = match table.get("at_least") {
            Some(value) => PartsPass::AtLeast(self.count(value, None)?),
            None => PartsPass::Every,
        };
        sound.then_some(Some(Splits { by, pass }))
    }

    /// Whether rows can be split by a column: it has to be of a kind whose values recur.
    fn splits_rows(&self, column: &Text, source: &Source) -> bool {
        let of_kind = |c: &&Column| {
            matches!(c.ty, Type::Id(_) | Type::Code(_) | Type::Text | Type::Date | Type::YesNo)
        };
        let fit: Vec<&str> =
            source.columns.iter().filter(of_kind).map(|c| c.name.as_str()).collect();
        if fit.contains(&column.text.as_str()) {
            return true;
        }
        if !self.is_broken(&column.text) {
            let (code, message) = match source.column(&column.text) {
                Some(_) => (
                    "type",
                    format!("`{}` is a number, which is too fine to split by", column.text),
                ),
                None => ("reference", format!("`{}` has no column `{}`", source.id, column.text)),
            };
            self.log.push(
                Diagnostic::error(code, &column.place, message)
                    .mend(nearest_or_list(&column.text, &fit)),
            );
        }
        false
    }

    fn missing(&self, table: &Table<'_>) -> Option<Stated> {
        let value = table.get("missing")?;
        let stated = value.one_of(&STATED)?;
        let why = table.text("missing_why");
        if stated == Stated::Met && why.is_none() {
            let message = "no data is never a success without a reason";
            self.log.push(
                Diagnostic::error("missing", &value.place(), message)
                    .mend("add `missing_why = …`, or leave the silence unknown"),
            );
        }
        Some(stated)
    }

    fn nobody(&self, table: &Table<'_>) -> Stated {
        table.get("nobody").and_then(|v| v.one_of(&STATED)).unwrap_or(Stated::Unknown)
    }

    /// The columns that evidence tells: if the test does not say, the key, the dates, and all that was read to judge
    /// a row, so that somebody else can judge it again.
    fn kept(
        &self,
        table: &Table<'_>,
        source: &Source,
        condition: Option<&Checked>,
        asks: &Asks,
    ) -> Vec<String> {
        let known = source.columns.iter().map(|c| c.name.clone());
        match table.get("evidence") {
            Some(stated) => {
                let known: Vec<String> = known.collect();
                let named = stated.texts().into_iter();
                named.filter(|c| self.refers_among("column", c, &known)).map(|c| c.text).collect()
            }
            None => {
                let dates = source.shape.dates();
                let dates = |name: &String| dates.is_some_and(|(a, b)| name == a || name == b);
                let (Asks::Expect(asked) | Asks::Value(asked)) = asks;
                let names = condition.into_iter().chain([asked]).flat_map(|c| c.expr.names());
                let read: BTreeSet<String> = names
                    .filter_map(
                        |name| if let Name::Column(name) = name { Some(name) } else { None },
                    )
                    .collect();
                let kept =
                    |name: &String| source.key.contains(name) || dates(name) || read.contains(name);
                known.filter(kept).collect()
            }
        }
    }

    fn spells(
        &self,
        table: &Table<'_>,
        source: &Source,
        window: Option<&Stretch>,
        baseline: Option<&(Value<'_>, Option<Stretch>)>,
    ) -> SpellsIn {
        let stated = window.and_then(|(_, s)| *s);
        if stated.is_some() && !matches!(source.shape, Shape::Spell { .. }) {
            let place = table.key("window").map_or(table.place(), |k| &k.place);
            let message = format!("the rows of `{}` are not spells", source.id);
            self.log.push(
                Diagnostic::error("shape", place, message).mend("take `spells` out of the window"),
            );
        }
        let spells = stated.unwrap_or(SpellsIn::Overlapping);
        if let Some((value, Some((_, Some(other))))) = baseline
            && *other != spells
        {
            let message = "the window and the baseline take in spells in different ways";
            self.log.push(
                Diagnostic::error("window", &value.place(), message)
                    .mend("write the same `spells` in both"),
            );
        }
        spells
    }
}
