//! The names that an expression may use, for each place in which it can stand.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::definitions::case_need::case_need_columns;
use crate::definitions::expression::check::{Names, Rows, Scope, named};
use crate::definitions::expression::{Expr, Name, Type};
use crate::definitions::load::ground::{CASE, Ground};
use crate::definitions::load::reader::{Text, Value};
use crate::definitions::scale::{SCORES, pair_columns};
use crate::definitions::source::Source;
use crate::definitions::test::{PERIOD_END, PERIOD_START};
use crate::definitions::unit::{Unit, UnitRows, member_columns};

/// What names are in reach of. They are found once: hundreds of expressions stand in the same place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// A row of a source, for a unit.
    Row(String, String),
    /// All rows of a source at once, for a unit.
    Rows(String),
    /// A unit by itself.
    Unit(String),
    /// A unit with all that is found out about it, by as many facts as are known.
    Answers(String, usize),
    /// The same with the reporting period.
    Measure(String, usize),
}

impl Ground<'_> {
    /// The names in reach of something, found now if they are not known.
    fn reach(&self, of: Reach, find: impl FnOnce() -> Names) -> Arc<Names> {
        if let Some(known) = self.reaches.borrow().get(&of) {
            return Arc::clone(known);
        }
        let found = Arc::new(find());
        self.reaches.borrow_mut().insert(of, Arc::clone(&found));
        found
    }

    /// The columns of a source, as a condition on its rows sees them.
    pub(super) fn columns(source: &Source) -> Names {
        let columns = source.columns.iter();
        columns.map(|c| (c.name.clone(), named(Name::Column(c.name.clone()), &c.ty))).collect()
    }

    /// The columns and anchors of a unit itself.
    pub(super) fn own_columns(&self, unit: &Unit) -> Vec<(String, Type)> {
        let mut columns: Vec<(String, Type)> = match &unit.rows {
            UnitRows::Source(source) => self.source(source).map_or_else(Vec::new, |s| {
                s.columns.iter().map(|c| (c.name.clone(), c.ty.clone())).collect()
            }),
            UnitRows::CaseNeeds => {
                case_need_columns().into_iter().map(|(name, ty)| (name.to_owned(), ty)).collect()
            }
            UnitRows::ScorePairs => self.score_pair_columns(),
            UnitRows::Moves(ladder) => {
                ladder.columns().into_iter().map(|(name, ty)| (name.to_owned(), ty)).collect()
            }
            UnitRows::Members { .. } => {
                let parent = self.parent(unit).and_then(|parent| self.source_of(parent));
                member_columns(parent, self.source("people"))
            }
        };
        for (anchor, _) in &unit.anchors {
            if !columns.iter().any(|(name, _)| name == anchor) {
                columns.push((anchor.clone(), Type::Date));
            }
        }
        columns
    }

    fn score_pair_columns(&self) -> Vec<(String, Type)> {
        let columns = pair_columns(self.source(SCORES), &self.scales);
        columns.into_iter().map(|(name, ty)| (name.to_owned(), ty)).collect()
    }

    /// The unit's names as its own expressions see them: bare, and its parent's with a prefix too.
    pub(super) fn unit_names(&self, unit: &Unit) -> Names {
        let mut names = Names::new();
        if let Some(parent) = self.parent(unit) {
            for (column, ty) in self.own_columns(parent) {
                let name = named(Name::Parent(column.clone()), &ty);
                names.insert(format!("{}.{column}", parent.id), name.clone());
                names.insert(column, name);
            }
        }
        for (column, ty) in self.own_columns(unit) {
            let name = named(Name::Unit(column.clone()), &ty);
            names.insert(format!("{}.{column}", unit.id), name.clone());
            names.insert(column, name);
        }
        names
    }

    /// The unit's names as a row of a source sees them: `unit.closed_on`.
    fn unit_from_a_row(&self, unit: &Unit) -> Names {
        let mut names = Names::new();
        let parent = self.parent(unit).map(|p| self.own_columns(p)).unwrap_or_default();
        for (column, ty) in parent {
            names.insert(format!("unit.{column}"), named(Name::Parent(column), &ty));
        }
        for (column, ty) in self.own_columns(unit) {
            names.insert(format!("unit.{column}"), named(Name::Unit(column), &ty));
        }
        names
    }

    /// A scope with these names and no others.
    pub(super) fn scope(&self, place: &'static str, names: impl Into<Arc<Names>>) -> Scope {
        let (scales, broken) = (Arc::clone(&self.scales), self.broken());
        Scope { place, names: names.into(), person: false, rows: None, scales, broken }
    }

    /// A formula of a column: the other columns of the row.
    pub(super) fn formula_scope(&self, source: &Source) -> Scope {
        let mut names = self.parameters.clone();
        names.extend(Self::columns(source));
        self.scope("a formula", names)
    }

    /// The `where` of a test: one row of the source, and the unit it is tested for.
    pub(super) fn row_scope(&self, source: &Source, unit: &Unit) -> Scope {
        let names = self.reach(Reach::Row(source.id.clone(), unit.id.clone()), || {
            let mut names = self.parameters.clone();
            names.extend(self.unit_from_a_row(unit));
            names.extend(Self::columns(source));
            names
        });
        self.scope("a `where`", names)
    }

    /// The `expect` or `value` of a test: all rows of the window at once.
    pub(super) fn window_scope(
        &self,
        source: &Source,
        unit: &Unit,
        baseline: bool,
        place: &'static str,
    ) -> Scope {
        let names = self.reach(Reach::Rows(unit.id.clone()), || {
            let mut names = self.parameters.clone();
            names.extend(self.unit_from_a_row(unit));
            names
        });
        let rows = Rows {
            source: source.id.clone(),
            shape: source.shape.clone(),
            names: self.row_scope(source, unit).names,
            baseline,
        };
        Scope { rows: Some(rows), ..self.scope(place, names) }
    }

    /// The condition of a group: a person, and the dates of whichever unit is tested.
    pub(super) fn group_scope(&self) -> Scope {
        let mut names = self.parameters.clone();
        for (anchor, _) in self.units.iter().flat_map(|u| &u.anchors) {
            names.insert(format!("unit.{anchor}"), named(Name::Unit(anchor.clone()), &Type::Date));
        }
        if let Some(people) = self.source("people") {
            names.extend(Self::columns(people));
        }
        names.insert("window.start".into(), named(Name::WindowStart, &Type::Date));
        names.insert("window.end".into(), named(Name::WindowEnd, &Type::Date));
        names.insert("has_this_need".into(), named(Name::HasThisNeed, &Type::YesNo));
        Scope { person: true, ..self.scope("a group", names) }
    }

    /// A `when`: the unit's own columns.
    pub(super) fn when_scope(&self, unit: &Unit, place: &'static str) -> Scope {
        let names = self.reach(Reach::Unit(unit.id.clone()), || {
            let mut names = self.parameters.clone();
            names.extend(self.unit_names(unit));
            names
        });
        self.scope(place, names)
    }

    /// A measure, or a fact about other facts: the unit's columns and everything found out about it.
    pub(super) fn answers_scope(&self, unit: &Unit, place: &'static str) -> Scope {
        let names = self.reach(Reach::Answers(unit.id.clone(), self.facts.len()), || {
            let mut names = Names::clone(&self.when_scope(unit, place).names);
            for fact in self.facts.iter().filter(|f| f.unit == unit.id && !f.by_period) {
                names.insert(fact.id.clone(), named(Name::Fact(fact.id.clone()), &fact.ty));
            }
            if unit.id == CASE {
                names.extend(self.names_of_frameworks());
            }
            names
        });
        self.scope(place, names)
    }

    /// Needs, outcomes and claims by their whole names, and by short ones where only one framework has
    /// them.
    fn names_of_frameworks(&self) -> Names {
        let mut names = Names::new();
        for kind in ["need", "outcome", "claim"] {
            let all = self.of_frameworks(kind);
            let mut times: BTreeMap<&str, usize> = BTreeMap::new();
            for (_, id) in &all {
                *times.entry(id).or_default() += 1;
            }
            for (framework, id) in &all {
                let of = format!("{framework}.{id}");
                let name = match kind {
                    "need" => Name::Need(of),
                    "outcome" => Name::Outcome(of),
                    _ => Name::Claim(of),
                };
                let found = named(name, &Type::YesNo);
                names.insert(format!("{framework}.{kind}.{id}"), found.clone());
                if times.get(id.as_str()) == Some(&1) {
                    names.insert(format!("{kind}.{id}"), found);
                }
            }
        }
        names.extend(self.names_of_headlines());
        names
    }

    /// Headlines by names alike: yes where any of their needs was found. One of which a need was left out has no
    /// name, because without that need its answer would be too often no.
    fn names_of_headlines(&self) -> Names {
        let mut found: Vec<(&str, String, Expr)> = Vec::new();
        for file in self.folder.files.iter().filter(|f| f.is_framework()) {
            for (headline, _) in file.each("headline") {
                let of_it = |(_, need): &(Text, Value<'_>)| {
                    let named = need.get("headline").and_then(|v| v.text_if_it_is_one());
                    named.is_some_and(|named| named.text == headline.text)
                };
                let lacking = |need: &(Text, Value<'_>)| file.lacks("need", &need.0.text);
                if file.all("need").iter().any(|need| of_it(need) && lacking(need)) {
                    continue;
                }
                let needs = file.each("need").into_iter().filter(of_it);
                let needs = needs.map(|(need, _)| format!("{}.{}", file.id.text, need.text));
                let needs = needs.map(|need| Expr::Name(Name::Need(need)));
                let any = needs.reduce(|a, b| Expr::Or(Box::new(a), Box::new(b)));
                found.extend(any.map(|any| (file.id.text.as_str(), headline.text, any)));
            }
        }
        let mut names = Names::new();
        for (framework, id, any) in &found {
            let seen = (any.clone(), Type::YesNo);
            names.insert(format!("{framework}.headline.{id}"), seen.clone());
            if found.iter().filter(|(_, other, _)| other == id).count() == 1 {
                names.insert(format!("headline.{id}"), seen);
            }
        }
        names
    }

    /// The same with the reporting period, for measures.
    pub(super) fn measure_scope(&self, unit: &Unit, place: &'static str) -> Scope {
        let names = self.reach(Reach::Measure(unit.id.clone(), self.facts.len()), || {
            let mut names = Names::clone(&self.answers_scope(unit, place).names);
            for fact in self.facts.iter().filter(|f| f.unit == unit.id && f.by_period) {
                names.insert(fact.id.clone(), named(Name::Fact(fact.id.clone()), &fact.ty));
            }
            names.insert(PERIOD_START.into(), named(Name::PeriodStart, &Type::Date));
            names.insert(PERIOD_END.into(), named(Name::PeriodEnd, &Type::Date));
            names
        });
        self.scope(place, names)
    }

    /// The rule over the tests of one definition.
    pub(super) fn rule_scope(&self, tests: &[String], claim: bool) -> Scope {
        let mut names = self.parameters.clone();
        if claim {
            let number = Type::Number(None);
            names.insert("needs_identified".into(), named(Name::NeedsIdentified, &number));
            names.insert("headlines_identified".into(), named(Name::HeadlinesIdentified, &number));
            names.insert("every_need_met".into(), named(Name::EveryNeedMet, &Type::YesNo));
        }
        for test in tests {
            names.insert(test.clone(), named(Name::Test(test.clone()), &Type::YesNo));
        }
        self.scope("a rule", names)
    }
}
