//! A council with its formulas filled in, and the units that can be counted in it.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

use early_help::calendar::{Day, Period};
use early_help::definitions::Definitions;
use early_help::definitions::expression::Type;
use early_help::definitions::source::Source;
use early_help::definitions::unit::{Unit, UnitRows};
use early_help::evaluate::Verdict;

use super::episodes::episodes;
use super::expression::{Setting, evaluate};
use super::moves::moves;
use super::people::{self, Persons};
use super::score_pairs::score_pairs;
use super::test_result::TestResult;
use super::value::{Council, Row, Value};
use super::verdicts::{ClaimLine, NeedLine};

/// A fact of one unit: its name, the row of the unit, and the reporting period if it asks about that.
pub(super) type FactKey = (String, u32, Option<Period>);

/// The definitions and a council, ready to be asked.
pub(crate) struct World<'a> {
    pub(crate) definitions: &'a Definitions,
    council: Council,
    pub(crate) need_lines: OnceCell<Vec<NeedLine>>,
    pub(crate) claim_lines: OnceCell<Vec<ClaimLine>>,
    /// What was found of facts.
    pub(super) facts: RefCell<BTreeMap<FactKey, TestResult>>,
    /// What became of decisions, by the number of their row.
    pub(super) effects: RefCell<BTreeMap<u32, String>>,
}

/// One unit: what it is, its values, and its parent.
#[derive(Debug, Clone)]
pub(crate) struct Subject<'a> {
    pub(crate) unit: &'a Unit,
    /// The source its row comes from; none for units that the engine makes.
    pub(crate) source: Option<&'a Source>,
    pub(crate) row: Row,
    pub(crate) parent: Option<Box<Subject<'a>>>,
    /// The reporting period in which it is looked at, if it is.
    pub(crate) period: Option<Period>,
}

impl<'a> World<'a> {
    pub(crate) fn new(definitions: &'a Definitions, council: &Council) -> Self {
        let empty = Council {
            sources: BTreeMap::new(),
            complete_to: council.complete_to.clone(),
            as_at: council.as_at,
        };
        let plain = Self {
            definitions,
            council: council.clone(),
            need_lines: OnceCell::new(),
            claim_lines: OnceCell::new(),
            facts: RefCell::default(),
            effects: RefCell::default(),
        };
        let mut filled = empty;
        for (id, rows) in &council.sources {
            let source = definitions.source(id).expect("a declared source");
            let rows = episodes(source, rows.clone());
            let rows = rows.iter().map(|row| with_formulas(&plain, source, row)).collect();
            filled.sources.insert(id.clone(), rows);
        }
        Self { council: filled, ..plain }
    }

    pub(crate) fn rows(&self, source: &str) -> &[Row] {
        self.council.rows(source)
    }

    pub(crate) fn source(&self, id: &str) -> &'a Source {
        self.definitions.source(id).expect("a declared source")
    }

    pub(crate) fn as_at(&self) -> Day {
        self.council.as_at
    }

    /// The last day of which a source tells us everything.
    pub(crate) fn horizon(&self, source: &str) -> Day {
        let as_at = self.council.as_at;
        self.council.complete_to.get(source).map_or(as_at, |&to| to.min(as_at))
    }

    /// Every one of a unit, in the order of its rows.
    pub(crate) fn subjects(&self, unit: &'a Unit) -> Vec<Subject<'a>> {
        let (source, rows) = match &unit.rows {
            UnitRows::Source(id) => (Some(self.source(id)), self.rows(id).to_vec()),
            UnitRows::CaseNeeds => (None, self.needs_of(unit)),
            UnitRows::ScorePairs => (None, score_pairs(self)),
            UnitRows::Moves(ladder) => (None, moves(self, ladder)),
            UnitRows::Members { group } => (None, self.members_of(unit, group)),
        };
        rows.into_iter()
            .map(|row| {
                let parent = self.parent(unit, source, &row).map(Box::new);
                Subject { unit, source, row, parent, period: None }
            })
            .collect()
    }

    /// One row for each person of a group in each unit that the unit belongs to.
    fn members_of(&self, unit: &Unit, group: &str) -> Vec<Row> {
        let of = unit.of.as_deref().and_then(|of| self.definitions.unit(of)).expect("a parent");
        let people = self.source("people");
        let mut rows = Vec::new();
        for parent in self.subjects(of) {
            let key = &parent.source.expect("a source").key[0];
            for person in people::group(self, &parent, group, None, &Persons::new()) {
                let mut values =
                    vec![("person_id", Value::text(&person)), (key.as_str(), parent.row.get(key))];
                let known = self.rows("people").iter();
                let known = known.into_iter().find(|r| r.get("person_id").words() == Some(&person));
                for column in people.columns.iter().filter(|c| c.name != "person_id") {
                    let value = known.map(|row| row.get(&column.name)).unwrap_or_default();
                    values.push((&column.name, value));
                }
                for (anchor, column) in &of.anchors {
                    values.push((anchor, parent.row.get(column)));
                }
                let born = known.and_then(|row| row.get("date_of_birth").day());
                let anchors = &of.anchors;
                let first = anchors.iter().find(|(name, _)| name == "identified_on");
                let first = first.or(anchors.first()).and_then(|(_, c)| parent.row.get(c).day());
                let age = first.zip(born).map(|(first, born)| f64::from(first.age_of(born)));
                values.push(("age_at_start", age.map_or(Value::Nothing, Value::Number)));
                let (joined, left) = people::belonging(self, &parent, &person);
                values.push(("joined_on", joined.map_or(Value::Nothing, Value::Day)));
                values.push(("left_on", left.map_or(Value::Nothing, Value::Day)));
                push(&mut rows, &values);
            }
        }
        rows
    }

    /// The needs of all frameworks, or of the one that the unit names.
    fn needs_of(&self, unit: &Unit) -> Vec<Row> {
        let wanted = unit.framework.as_deref();
        let mut rows = self.case_needs();
        rows.retain(|row| wanted.is_none_or(|f| row.get("framework").words() == Some(f)));
        rows
    }

    /// Every case, whatever the unit is called.
    pub(crate) fn cases(&self) -> Vec<Subject<'a>> {
        let unit = self.definitions.unit("case").expect("the unit `case`");
        self.subjects(unit)
    }

    fn parent(&self, unit: &Unit, source: Option<&Source>, row: &Row) -> Option<Subject<'a>> {
        let of = self.definitions.unit(unit.of.as_deref()?)?;
        let UnitRows::Source(parents) = &of.rows else { return None };
        let parents = self.source(parents);
        let key = parents.key.first()?;
        let own_column = match source {
            Some(source) => {
                let Type::Id(entity) = &parents.column(key)?.ty else { return None };
                source.id_column(entity)?.name.clone()
            }
            None => key.clone(),
        };
        let wanted = row.get(&own_column);
        let found = self
            .rows(&parents.id)
            .iter()
            .find(|p| !wanted.is_nothing() && p.get(key) == wanted)?
            .clone();
        let parent = self.parent(of, Some(parents), &found).map(Box::new);
        Some(Subject { unit: of, source: Some(parents), row: found, parent, period: None })
    }

    /// One row for each need that is met.
    fn case_needs(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        let cases = self.cases();
        for line in self.need_lines() {
            if !matches!(line.need_verdict, Verdict::Met | Verdict::Pending) {
                continue;
            }
            let framework = self.definitions.framework(&line.framework).expect("a framework");
            let need = framework.needs.iter().find(|n| n.id == line.need).expect("its need");
            let outcome_met = match line.outcome_verdict {
                Some(Verdict::Met) => Value::YesNo(true),
                Some(Verdict::NotMet) => Value::YesNo(false),
                _ => Value::Nothing,
            };
            let verdict = line.outcome_verdict.map_or(Value::Nothing, |v| Value::text(v.word()));
            let case = cases.iter().find(|c| c.identifier("case").as_ref() == Some(&line.case_id));
            let identified_on = case.map(|c| c.value("identified_on")).unwrap_or_default();
            let turns_on = line.turns_on.as_deref().map(|source| self.source(source));
            let ask = turns_on.filter(|_| line.state.lacks_records());
            let ask = ask.and_then(|source| self.definitions.owner_of(&source.id));
            let settled = ["sustained", "lapsed", "not_reached", "not_evidenced", "not_applicable"];
            let state = line.state.word();
            let result = if settled.contains(&state) { Value::text(state) } else { Value::Nothing };
            let others = self.need_lines().iter().filter(|other| {
                let there = matches!(other.need_verdict, Verdict::Met | Verdict::Pending);
                let of_the_same = |l: &NeedLine| (l.case_id.clone(), l.framework.clone());
                there && of_the_same(other) == of_the_same(line) && other.need != line.need
            });
            let others: Vec<_> = others.map(|other| other.outcome_verdict).collect();
            let all_met = Value::YesNo(others.iter().all(|v| *v == Some(Verdict::Met)));
            let others_met = if others.is_empty() { Value::Nothing } else { all_met };
            let values = [
                ("case_id", Value::text(&line.case_id)),
                ("identified_on", identified_on),
                ("need", Value::text(&need.id)),
                ("headline", Value::text(&need.headline)),
                ("framework", Value::text(&framework.id)),
                ("need_title", Value::text(&need.title)),
                ("outcome_verdict", verdict),
                ("outcome_met", outcome_met),
                ("overridden", Value::YesNo(line.need_decided || line.outcome_decided)),
                ("need_verdict", Value::text(line.need_verdict.word())),
                ("outcome_state", Value::text(line.state.word())),
                ("outcome_result", result),
                ("window_ends_on", line.window_ends.map_or(Value::Nothing, Value::Day)),
                ("turns_on", turns_on.map_or(Value::Nothing, |s| Value::text(&s.title))),
                ("ask", ask.map_or(Value::Nothing, |owner| Value::text(&owner))),
                ("others_met", others_met),
            ];
            push(&mut rows, &values);
        }
        rows
    }
}

pub(super) fn push(rows: &mut Vec<Row>, values: &[(&str, Value)]) {
    let values = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    rows.push(Row { number: u32::try_from(rows.len()).expect("a small council"), values });
}

/// The row with every formula of its source evaluated; a formula may use another's result.
fn with_formulas(world: &World, source: &Source, row: &Row) -> Row {
    let mut row = row.clone();
    for _ in &source.columns {
        for column in &source.columns {
            if let Some(formula) = &column.formula {
                let here = Setting::new(world).row(source, &row);
                let value = evaluate(&formula.expr, &here);
                row.values.insert(column.name.clone(), value);
            }
        }
    }
    row
}

impl Subject<'_> {
    /// A column of its own row.
    pub(crate) fn own(&self, column: &str) -> Option<Value> {
        let declared = match self.source {
            Some(source) => source.column(column).is_some(),
            None => self.row.values.contains_key(column),
        };
        declared.then(|| self.row.get(column))
    }

    /// A column or anchor of the unit itself, else of its parent.
    pub(crate) fn value(&self, name: &str) -> Value {
        self.own(name)
            .or_else(|| self.unit.anchor(name).map(|column| self.row.get(column)))
            .or_else(|| self.parent.as_ref().map(|parent| parent.value(name)))
            .unwrap_or_default()
    }

    /// The day of an anchor of the unit, else of its parent.
    pub(crate) fn anchor(&self, name: &str) -> Option<Day> {
        match name {
            "period.start" => return Some(self.period?.start()),
            "period.end" => return Some(self.period?.end()),
            _ => {}
        }
        match self.unit.anchor(name) {
            Some(column) => self.row.get(column).day(),
            None => self.parent.as_ref()?.anchor(name),
        }
    }

    /// The identifier of an entity, in its own columns or through its parent.
    pub(crate) fn identifier(&self, entity: &str) -> Option<String> {
        let own = match self.source {
            Some(source) => source.id_column(entity).map(|c| self.row.get(&c.name)),
            None => self.own(&format!("{entity}_id")),
        };
        match own {
            Some(Value::Text(id)) => Some(id),
            _ => self.parent.as_ref()?.identifier(entity),
        }
    }

    /// The entity whose identifier alone names this unit: `case` for a case.
    pub(crate) fn entity(&self) -> Option<String> {
        let Some(source) = self.source else { return self.parent.as_ref()?.entity() };
        let [only] = source.key.as_slice() else { return None };
        match &source.column(only)?.ty {
            Type::Id(entity) => Some(entity.clone()),
            _ => None,
        }
    }

    /// The identifier by which worked examples and verdicts name it: its own, or for a unit without
    /// one the first identifier of its key.
    pub(crate) fn name(&self) -> Option<String> {
        if let (UnitRows::Members { .. }, Some(parent)) = (&self.unit.rows, &self.parent) {
            return Some(format!("{} in {}", self.identifier("person")?, parent.name()?));
        }
        if let Some(entity) = self.entity() {
            return self.identifier(&entity);
        }
        let source = self.source?;
        let is_key = |name: &str| source.key.iter().any(|k| k == name);
        let mut columns = source.columns.iter();
        let id = columns.find(|c| matches!(c.ty, Type::Id(_)) && is_key(&c.name))?;
        match self.row.get(&id.name) {
            Value::Text(id) => Some(id),
            _ => None,
        }
    }
}
