//! Rows that some test asks for, so that random councils meet every rule and every edge often.

use std::collections::BTreeMap;

use early_help::calendar::{Day, Length, LengthUnit};
use early_help::definitions::Definitions;
use early_help::definitions::expression::{Checked, Comparison, Expr, Literal, Name, Type};
use early_help::definitions::overrides::{OVERRIDES, Override};
use early_help::definitions::source::Source;
use early_help::definitions::test::{RowTest, TestKind, Window};

use super::random_council::{Columns, Maker};
use super::value::Value;

impl Maker<'_> {
    /// Columns of a row that some test of a case asks for, on a day in or about its window.
    pub(super) fn aimed(&mut self, source: &Source, at: usize) -> Columns {
        if source.id == OVERRIDES {
            return self.decision(at);
        }
        let tests: Vec<&RowTest> =
            row_tests(self.definitions).into_iter().filter(|t| t.source == source.id).collect();
        let mut row = Columns::new();
        let (Some(test), Some((case, _))) =
            (self.dice.pick(&tests).copied(), self.dice.pick(&self.families[at].cases).cloned())
        else {
            return row;
        };
        if let Some(condition) = &test.condition {
            self.grant(&condition.expr, &mut row);
        }
        if let (Some((start, _)), Some((first, last))) =
            (source.shape.dates(), self.window_of(&case, &test.window))
        {
            let day = self.in_or_about(first, last);
            row.insert(start.to_owned(), Value::Day(day));
        }
        if let Some(column) = source.id_column("case") {
            row.insert(column.name.clone(), Value::text(&case));
        }
        row
    }

    /// A decision that some override lets be made, mostly by somebody who may, about its window.
    fn decision(&mut self, at: usize) -> Columns {
        let definitions = self.definitions;
        let all: Vec<(&str, &Override)> = (definitions.frameworks.iter())
            .flat_map(|f| f.overrides.iter().map(|o| (f.id.as_str(), o)))
            .collect();
        let mut row = Columns::new();
        let (Some((framework, rule)), Some((case, _))) =
            (self.dice.pick(&all).copied(), self.dice.pick(&self.families[at].cases).cloned())
        else {
            return row;
        };
        let register = definitions.source(OVERRIDES).expect("the register");
        let mut code = |column: &str, word: &str| {
            let Type::Code(list) = &register.column(column).expect("a column").ty else {
                panic!("{column} is no code")
            };
            row.insert(column.to_owned(), Value::code(list, word));
        };
        code("verdict", rule.verdict.word());
        let role = self.dice.pick(&rule.roles).and_then(|role| definitions.roles()?.word(*role));
        if let (Some(role), false) = (role, self.dice.one_in(5)) {
            code("role", role);
        }
        let id = self.dice.pick(&rule.only).expect("something to decide about");
        let about = format!("{framework}.{}.{id}", rule.decides.word());
        row.insert("definition".to_owned(), Value::Text(about));
        row.insert("case_id".to_owned(), Value::text(&case));
        if let Some((first, last)) = self.window_of(&case, &rule.window) {
            let day = self.in_or_about(first, last);
            row.insert("decided_on".to_owned(), Value::Day(day));
        }
        row
    }

    /// A day of a window, or one just outside it.
    fn in_or_about(&mut self, first: Day, last: Day) -> Day {
        let inside = usize::try_from(last.0 - first.0).unwrap_or(0);
        match self.dice.below(8) {
            0 => first.plus_days(-1),
            1 => first,
            2 => last,
            3 => last.plus_days(1),
            _ => first.plus_days(self.dice.between(0, inside) as i32),
        }
    }

    /// Gives columns the values that a condition asks for, as far as it says so plainly.
    fn grant(&mut self, condition: &Expr, row: &mut Columns) {
        match condition {
            Expr::And(a, b) => {
                self.grant(a, row);
                self.grant(b, row);
            }
            Expr::Compare(Comparison::Equal, a, b) => {
                if let (Expr::Name(Name::Column(column)), Expr::Literal(literal)) = (&**a, &**b) {
                    row.insert(column.clone(), Value::from(literal));
                }
            }
            Expr::In { of, list, negated: false } => {
                if let (Expr::Name(Name::Column(column)), Some(literal)) =
                    (&**of, self.dice.pick(list))
                {
                    row.insert(column.clone(), Value::from(literal));
                }
            }
            _ => {}
        }
    }

    /// The days of a window that hangs from the dates of a case. Only where to aim: what a window
    /// means is said elsewhere.
    fn window_of(&self, case: &str, window: &Window) -> Option<(Day, Day)> {
        let rows = self.council.rows("cases");
        let row = rows.iter().find(|row| row.get("case_id").words() == Some(case))?;
        let unit = self.definitions.unit("case")?;
        let day = |anchor: &str| row.get(unit.anchor(anchor)?).day();
        match window {
            Window::After { anchor, length } => {
                Some((day(anchor)?, about(*length).after(day(anchor)?)?))
            }
            Window::Before { anchor, length } | Window::UpTo { anchor, length } => {
                Some((about(*length).before(day(anchor)?)?, day(anchor)?))
            }
            Window::FromTo { from, to } => Some((day(from)?, day(to)?)),
            Window::On { anchor } => Some((day(anchor)?, day(anchor)?)),
            Window::LastPeriods { .. } | Window::NextPeriods { .. } => None,
        }
    }
}

/// A length that needs no calendar and is about as long.
fn about(length: Length) -> Length {
    match length.unit {
        LengthUnit::WorkingDays => Length { count: length.count * 7 / 5, unit: LengthUnit::Days },
        LengthUnit::Terms => Length { count: length.count * 4, unit: LengthUnit::Months },
        _ => length,
    }
}

/// The tests on rows of frameworks and facts.
fn row_tests(definitions: &Definitions) -> Vec<&RowTest> {
    let of_frameworks = definitions.frameworks.iter().flat_map(|f| {
        let needs = f.needs.iter().flat_map(|n| &n.tests);
        let outcomes = f.outcomes.iter().flat_map(|o| &o.tests);
        needs.chain(outcomes).chain(f.claims.iter().flat_map(|c| &c.tests))
    });
    let all = of_frameworks.chain(definitions.facts.iter().map(|f| &f.test));
    all.filter_map(|test| match &test.kind {
        TestKind::Rows(rows) => Some(&**rows),
        TestKind::When(_) => None,
    })
    .collect()
}

/// The words that conditions compare text columns with.
pub(super) fn asked_words(definitions: &Definitions) -> BTreeMap<String, Vec<String>> {
    let tests = row_tests(definitions).into_iter();
    let conditions: Vec<&Checked> = tests.filter_map(|test| test.condition.as_ref()).collect();
    let mut words: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut note = |column: &Expr, literal: &Literal| {
        if let (Expr::Name(Name::Column(column)), Literal::Text(word)) = (column, literal) {
            let words = words.entry(column.clone()).or_default();
            if !words.contains(word) {
                words.push(word.clone());
            }
        }
    };
    for condition in conditions {
        condition.expr.walk(&mut |e| match e {
            Expr::Compare(_, a, b) => {
                if let Expr::Literal(literal) = b.as_ref() {
                    note(a, literal);
                }
            }
            Expr::In { of, list, .. } => list.iter().for_each(|literal| note(of, literal)),
            _ => {}
        });
    }
    words
}
