//! Tasks: every test on rows that a set of definitions asks of one unit, each with a name of its
//! own, and the way in which its rows reach the unit.

use crate::definitions::Definitions;
use crate::definitions::expression::{Expr, Name, Reads, RowFunction};
use crate::definitions::source::Source;
use crate::definitions::test::{Asks, RowTest, Test, TestKind};
use crate::definitions::unit::{Unit, UnitRows};
use crate::link::{FAMILY, Linked, PERSON};

/// One test of one definition about one unit.
#[derive(Debug, Clone)]
pub(super) struct Task<'d> {
    /// Its name: `sf2022.need.domestic_abuse.incident`, `fact.reopened_12m`.
    pub(super) key: String,
    /// The test.
    pub(super) test: &'d RowTest,
    /// The need whose people `with_this_need` means: `sf2022.domestic_abuse`.
    pub(super) need: Option<String>,
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
            names_people,
            window: windows.number(&test.window),
            baseline: test.baseline.as_ref().map(|b| windows.number(b)),
        })
        .collect()
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
        let mut found: Vec<(Reads, &'d RowFunction)> = Vec::new();
        collect_functions(self.asks(), &mut found);
        found
    }

    /// The column of the frame of aggregates with a function's raw result.
    pub(super) fn aggregate(&self, number: usize) -> String {
        format!("{}#{number}", self.key)
    }

    /// The column of the frame of aggregates with what the parts of a split test come to.
    pub(super) fn verdict_of_parts(&self) -> String {
        format!("{}#parts", self.key)
    }

    /// The column with the number of rows in the window.
    pub(super) fn row_count(&self) -> String {
        format!("{}#rows", self.key)
    }
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
    linked: &Linked,
    unit: &Unit,
    source: &Source,
    task: &Task<'_>,
) -> Option<Reach> {
    let units = linked.units.get(&unit.id)?;
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
        return match (source.id_column(through), source.id_column("case")) {
            (Some(column), _) if has(&unit_column) => {
                Some(Reach::Shared { unit: unit_column, source: column.name.clone() })
            }
            (None, Some(case)) if through == "family" && has(FAMILY) => {
                Some(Reach::FamilyOfCase { case: case.name.clone() })
            }
            _ => None,
        };
    }
    let parent = unit.of.as_deref().and_then(|p| definitions.unit(p));
    let parents = parent.and_then(|p| identifier(definitions, p));
    let shared = [own, parents, Some(FAMILY), Some(PERSON)];
    let found = shared.into_iter().flatten().find(|c| has(c) && source.column(c).is_some())?;
    Some(Reach::Shared { unit: found.to_owned(), source: found.to_owned() })
}

fn identifier<'d>(definitions: &'d Definitions, unit: &Unit) -> Option<&'d str> {
    match &unit.rows {
        UnitRows::Source(_) => crate::link::own_identifier(definitions, unit),
        UnitRows::CaseNeeds | UnitRows::ScorePairs => None,
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
