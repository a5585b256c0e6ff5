//! Tasks: every test on rows that a set of definitions asks of one unit, each with a name of its
//! own, and the way in which its rows reach the unit.

use polars::prelude::DataFrame;

use crate::definitions::Definitions;
use crate::definitions::expression::{Expr, Name, Reads, RowFunction};
use crate::definitions::source::Source;
use crate::definitions::test::{Asks, RowTest, Test, TestKind, Who};
use crate::definitions::unit::{Unit, UnitRows};
use crate::evaluate::unit_scope::need_column;
use crate::link::{FAMILY, PERSON};

/// One test of one definition about one unit.
#[derive(Debug, Clone)]
pub(super) struct Task<'d> {
    /// Its name: `sf2022.need.domestic_abuse.incident`, `fact.reopened_12m`.
    pub(super) key: String,
    /// The test.
    pub(super) test: &'d RowTest,
    /// The need whose people `with_this_need` means: `sf2022.domestic_abuse`.
    pub(super) need: Option<String>,
    /// The verdict that has to be met for the rows behind the test to be told, by its column.
    pub(super) told_if: Option<String>,
    /// Whether the test identifies a need, so that the people behind it have to be named.
    pub(super) names_people: bool,
    /// The number of its window.
    pub(super) window: usize,
    /// The number of its baseline.
    pub(super) baseline: Option<usize>,
}

impl<'d> Task<'d> {
    /// The tasks among the tests of a definition.
    pub(super) fn of(
        owner: &str,
        tests: impl IntoIterator<Item = &'d Test>,
        need: Option<&str>,
        names_people: bool,
        windows: &mut super::windows::Windows,
    ) -> Vec<Self> {
        let rows = tests.into_iter().filter_map(|t| match &t.kind {
            TestKind::Rows(test) => Some((t, test.as_ref())),
            TestKind::When(_) => None,
        });
        rows.map(|(t, test)| Self {
            key: format!("{owner}.{}", t.id),
            test,
            need: need.map(str::to_owned),
            told_if: need.map(need_column),
            names_people,
            window: windows.number(&test.window),
            baseline: test.baseline.as_ref().map(|b| windows.number(b)),
        })
        .collect()
    }

    /// The condition that a row has to meet.
    pub(super) fn condition(&self) -> Option<&'d Expr> {
        self.test.condition.as_ref().map(|c| &c.expr)
    }

    /// Whether the rows of several people, or of the unit itself, are tested once.
    pub(super) fn pools(&self) -> bool {
        matches!(self.test.who, Who::Unit | Who::Together(_))
    }

    /// What the test asks.
    pub(super) fn asks(&self) -> &'d Expr {
        match &self.test.asks {
            Asks::Expect(e) | Asks::Value(e) => &e.expr,
        }
    }

    /// Whether it gives a number rather than a verdict.
    pub(super) fn gives_value(&self) -> bool {
        matches!(self.test.asks, Asks::Value(_))
    }

    /// The distinct functions over rows that it reads, in order.
    pub(super) fn functions(&self) -> Vec<(Reads, &'d RowFunction)> {
        functions(self.asks())
    }
}

/// The distinct functions over rows in an expression, in order.
pub(super) fn functions(asks: &Expr) -> Vec<(Reads, &RowFunction)> {
    let mut found = Vec::new();
    collect_functions(asks, &mut found);
    found
}

fn collect_functions<'d>(expr: &'d Expr, found: &mut Vec<(Reads, &'d RowFunction)>) {
    match expr {
        Expr::Rows(reads, function) => {
            if !found.contains(&(*reads, function)) {
                found.push((*reads, function));
            }
        }
        Expr::Not(a) | Expr::IsNull { of: a, .. } | Expr::In { of: a, .. } => {
            collect_functions(a, found);
        }
        Expr::And(a, b) | Expr::Or(a, b) | Expr::Compare(_, a, b) | Expr::Arithmetic(_, a, b) => {
            collect_functions(a, found);
            collect_functions(b, found);
        }
        Expr::Between { of, low, high, .. } => {
            collect_functions(of, found);
            collect_functions(low, found);
            collect_functions(high, found);
        }
        Expr::Value(_, args) => args.iter().for_each(|a| collect_functions(a, found)),
        Expr::Place(placed) => collect_functions(&placed.of, found),
        Expr::Literal(_) | Expr::Parameter(..) | Expr::Name(_) => {}
    }
}

/// How the rows of a source reach a unit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// Through the members of the unit's family; also by the unit's own identifier, if the rows
    /// carry it.
    Members {
        /// The column of that identifier.
        same_unit: Option<String>,
    },
    /// By an identifier that unit and rows share.
    Shared {
        /// The column of the unit.
        unit: String,
        /// The column of the source.
        source: String,
        /// A column that both have, whose identifier has to be the same too.
        also: Option<String>,
    },
    /// By the families that the unit's person belonged to on a day of the row.
    FamiliesOfPerson {
        /// The column of the source with the family, or with the case whose family it is.
        source: String,
        /// Whether that is the case.
        of_case: bool,
    },
    /// By the family of the case that the rows are about.
    FamilyOfCase {
        /// The column of the source with the case.
        case: String,
    },
}

/// How the rows of a task's source reach the unit; nothing if they cannot.
pub(super) fn reach(
    definitions: &Definitions,
    (unit, units): (&Unit, &DataFrame),
    source: &Source,
    task: &Task<'_>,
) -> Option<Reach> {
    let has = |column: &str| units.column(column).is_ok();
    let own = identifier(definitions, unit);
    if task.test.who.group().is_some() {
        let same_unit = own.filter(|own| source.column(own).is_some()).map(str::to_owned);
        return Some(Reach::Members { same_unit });
    }
    if let Some(through) = &task.test.through {
        let unit_column = match through.as_str() {
            "family" => FAMILY.to_owned(),
            "person" => PERSON.to_owned(),
            other => format!("{other}_id"),
        };
        if let Some(column) = source.id_column(through) {
            let source = column.name.clone();
            return has(&unit_column).then_some(Reach::Shared {
                unit: unit_column,
                source,
                also: None,
            });
        }
        let (family, case) = (source.id_column("family"), source.id_column("case"));
        return match through.as_str() {
            "family" if has(FAMILY) => case.map(|c| Reach::FamilyOfCase { case: c.name.clone() }),
            "person" if has(PERSON) => family.or(case).map(|column| Reach::FamiliesOfPerson {
                source: column.name.clone(),
                of_case: family.is_none(),
            }),
            _ => None,
        };
    }
    let parent = unit.of.as_deref().and_then(|p| definitions.unit(p));
    let parents = parent.and_then(|p| identifier(definitions, p));
    if matches!(unit.rows, UnitRows::Members { .. }) && source.about == "person" {
        // What is about the person, in this case and in no other.
        let person = source.id_column("person")?.name.clone();
        let also = parents.filter(|c| source.column(c).is_some()).map(str::to_owned);
        return Some(Reach::Shared { unit: PERSON.to_owned(), source: person, also });
    }
    let shared = [own, parents, Some(FAMILY), Some(PERSON)];
    let found = shared.into_iter().flatten().find(|c| has(c) && source.column(c).is_some())?;
    Some(Reach::Shared { unit: found.to_owned(), source: found.to_owned(), also: None })
}

fn identifier<'d>(definitions: &'d Definitions, unit: &Unit) -> Option<&'d str> {
    match &unit.rows {
        UnitRows::Source(_) => crate::link::own_identifier(definitions, unit),
        UnitRows::CaseNeeds
        | UnitRows::ScorePairs
        | UnitRows::Moves(_)
        | UnitRows::Members { .. } => None,
    }
}

/// The columns of the unit that an expression over rows uses.
pub(super) fn unit_columns(expr: &Expr) -> Vec<String> {
    let names = expr.names().into_iter();
    names
        .filter_map(|n| match n {
            Name::Unit(column) => Some(column),
            Name::Parent(column) => Some(format!("{}{column}", crate::link::PARENT)),
            _ => None,
        })
        .collect()
}

/// The columns of the source that an expression uses.
pub(super) fn source_columns(expr: &Expr) -> Vec<String> {
    let names = expr.names().into_iter();
    names.filter_map(|n| if let Name::Column(column) = n { Some(column) } else { None }).collect()
}
