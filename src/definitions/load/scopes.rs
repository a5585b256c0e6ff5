//! The names that an expression may use, for each place in which it can stand.

use crate::definitions::expression::check::{Names, Rows, Scope, named};
use crate::definitions::expression::{Name, Type};
use crate::definitions::load::ground::{CASE, Ground};
use crate::definitions::scale::{SCORES, pair_columns};
use crate::definitions::source::Source;
use crate::definitions::unit::{Unit, UnitRows};

impl Ground<'_> {
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
            UnitRows::CaseNeeds => case_need_columns(),
            UnitRows::ScorePairs => self.score_pair_columns(),
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

    /// A formula of a column: the other columns of the row.
    pub(super) fn formula_scope(&self, source: &Source) -> Scope {
        let mut names = self.parameters.clone();
        names.extend(Self::columns(source));
        Scope { place: "a formula", names, person: false, rows: None, broken: self.broken() }
    }

    /// The `where` of a test: one row of the source, and the unit it is tested for.
    pub(super) fn row_scope(&self, source: &Source, unit: &Unit) -> Scope {
        let mut names = self.parameters.clone();
        names.extend(self.unit_from_a_row(unit));
        names.extend(Self::columns(source));
        Scope { place: "a `where`", names, person: false, rows: None, broken: self.broken() }
    }

    /// The `expect` or `value` of a test: all rows of the window at once.
    pub(super) fn window_scope(
        &self,
        source: &Source,
        unit: &Unit,
        baseline: bool,
        place: &'static str,
    ) -> Scope {
        let mut names = self.parameters.clone();
        names.extend(self.unit_from_a_row(unit));
        let rows = Rows {
            source: source.id.clone(),
            shape: source.shape.clone(),
            names: self.row_scope(source, unit).names,
            baseline,
        };
        Scope { place, names, person: false, rows: Some(rows), broken: self.broken() }
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
        Scope { place: "a group", names, person: true, rows: None, broken: self.broken() }
    }

    /// A `when`: the unit's own columns.
    pub(super) fn when_scope(&self, unit: &Unit, place: &'static str) -> Scope {
        let mut names = self.parameters.clone();
        names.extend(self.unit_names(unit));
        Scope { place, names, person: false, rows: None, broken: self.broken() }
    }

    /// A measure, or a fact about other facts: the unit's columns and everything found out about it.
    pub(super) fn answers_scope(&self, unit: &Unit, place: &'static str) -> Scope {
        let mut scope = self.when_scope(unit, place);
        let names = &mut scope.names;
        for fact in self.facts.iter().filter(|f| f.unit == unit.id) {
            names.insert(fact.id.clone(), named(Name::Fact(fact.id.clone()), &fact.ty));
        }
        if unit.id == CASE {
            for kind in ["need", "outcome", "claim"] {
                let all = self.of_frameworks(kind);
                for (framework, id) in &all {
                    let of = format!("{framework}.{id}");
                    let name = match kind {
                        "need" => Name::Need(of),
                        "outcome" => Name::Outcome(of),
                        _ => Name::Claim(of),
                    };
                    let found = named(name, &Type::YesNo);
                    names.insert(format!("{framework}.{kind}.{id}"), found.clone());
                    if all.iter().filter(|(_, other)| other == id).count() == 1 {
                        names.insert(format!("{kind}.{id}"), found);
                    }
                }
            }
        }
        scope
    }

    /// The same with the reporting period, for measures.
    pub(super) fn measure_scope(&self, unit: &Unit, place: &'static str) -> Scope {
        let mut scope = self.answers_scope(unit, place);
        scope.names.insert("period.start".into(), named(Name::PeriodStart, &Type::Date));
        scope.names.insert("period.end".into(), named(Name::PeriodEnd, &Type::Date));
        scope
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
        Scope { place: "a rule", names, person: false, rows: None, broken: self.broken() }
    }
}

fn case_need_columns() -> Vec<(String, Type)> {
    vec![
        ("case_id".into(), Type::Id(CASE.into())),
        ("need".into(), Type::Text),
        ("need_title".into(), Type::Text),
        ("framework".into(), Type::Text),
        ("headline".into(), Type::Text),
        ("identified_on".into(), Type::Date),
        ("outcome_verdict".into(), Type::Text),
        ("outcome_met".into(), Type::YesNo),
        ("met_by_decision".into(), Type::YesNo),
    ]
}
