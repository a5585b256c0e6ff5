//! Kinds of rows: those of which the same conditions hold. Every condition is asked once of every row,
//! however many tests ask it, or, if it is about a code alone, once of every code; from then on a row is
//! known by its kind, and a walk over rows looks at a test only if the kind says that its condition holds.

use std::collections::BTreeMap;

use polars::prelude::*;

use crate::columns::{held, lower, yes_no};
use crate::definitions::expression::{Expr as Condition, Name};
use crate::evaluate::pass::RowScope;
use crate::evaluate::task::{Task, unit_columns};

/// The kinds of the rows of one source.
pub(super) struct Kinds<'d> {
    /// The conditions that tell kinds apart; each is about the row alone.
    conditions: Vec<&'d Condition>,
    /// For each kind, the conditions that hold, by their place. Of the first, none do.
    holding: Vec<Vec<usize>>,
}

/// How many codes a column may have for its conditions to be asked of codes: a code list, not identifiers.
const MOST_CODES: u32 = 1 << 10;

/// The column of which a condition asks, if it asks for nothing else that differs from row to row.
fn only_column(condition: &Condition) -> Option<String> {
    let mut names = condition.names().into_iter().filter(|name| *name != Name::AsAt);
    match names.next()? {
        Name::Column(column) => {
            names.all(|n| matches!(n, Name::Column(c) if c == column)).then_some(column)
        }
        _ => None,
    }
}

/// How many codes a column may hold, by the highest; nothing for a column of something else, or of too many.
fn codes_in(column: &Column) -> Option<u32> {
    let codes = column
        .as_materialized_series()
        .u32()
        .ok()?
        .max()
        .map_or(0, |highest| highest.saturating_add(1));
    (codes <= MOST_CODES).then_some(codes)
}

/// The kind that each kind of before becomes, by which of several answers a row gets.
struct Becomes {
    /// For each answer, the conditions that hold besides.
    holding: Vec<Vec<usize>>,
    /// For each answer, by the kind of before.
    kinds: Vec<Vec<Option<u32>>>,
}

impl Becomes {
    fn of(kinds: usize, holding: Vec<Vec<usize>>) -> Self {
        Self { kinds: vec![vec![None; kinds]; holding.len()], holding }
    }

    /// What a kind becomes by an answer. One that was not there yet is put among the others.
    fn kind(&mut self, kind: u32, answer: usize, all: &mut Vec<Vec<usize>>) -> u32 {
        let (Some(besides), Some(becomes)) = (self.holding.get(answer), self.kinds.get_mut(answer))
        else {
            return kind;
        };
        if besides.is_empty() {
            return kind;
        }
        let Some(becomes) = becomes.get_mut(kind as usize) else { return kind };
        *becomes.get_or_insert_with(|| {
            let mut holds = all.get(kind as usize).cloned().unwrap_or_default();
            holds.extend(besides);
            // Different answers can leave rows of one kind.
            let known = all.iter().position(|other| *other == holds).unwrap_or(all.len());
            if known == all.len() {
                all.push(holds);
            }
            u32::try_from(known).unwrap_or(u32::MAX)
        })
    }
}

/// The condition of a task, if it is about the row alone and can be asked before the row has
/// reached a unit.
pub(super) fn asked_of_rows(condition: Option<&Condition>) -> Option<&Condition> {
    condition.filter(|c| unit_columns(c).is_empty())
}

impl<'d> Kinds<'d> {
    /// Asks all conditions of all rows. Gives the kind of each row as well.
    pub(super) fn of(
        scope: &RowScope<'_>,
        frame: &DataFrame,
        tasks: &[&Task<'d>],
    ) -> PolarsResult<(Self, Vec<u32>)> {
        let mut conditions: Vec<&'d Condition> = Vec::new();
        for condition in tasks.iter().filter_map(|t| asked_of_rows(t.condition())) {
            if !conditions.contains(&condition) {
                conditions.push(condition);
            }
        }
        let height = frame.height();
        let mut kinds = vec![0_u32; height];
        let mut found = Self { conditions, holding: vec![Vec::new()] };
        // Those that ask for the code in one column and nothing else are asked of codes.
        let (mut of_codes, mut of_rows) = (BTreeMap::<_, Vec<_>>::new(), Vec::new());
        for (place, condition) in found.conditions.iter().enumerate() {
            match only_column(condition) {
                Some(column) => of_codes.entry(column).or_default().push(place),
                None => of_rows.push(place),
            }
        }
        for (column, conditions) in of_codes {
            let column = frame.column(&column)?;
            match codes_in(column) {
                Some(codes) => found.by_code(scope, (column, codes), &conditions, &mut kinds)?,
                None => of_rows.extend(conditions),
            }
        }
        found.by_row(scope, frame, &of_rows, &mut kinds)?;
        Ok((found, kinds))
    }

    /// Asks conditions of each code once, however many rows have it.
    fn by_code(
        &mut self,
        scope: &RowScope<'_>,
        (column, codes): (&Column, u32),
        conditions: &[usize],
        kinds: &mut [u32],
    ) -> PolarsResult<()> {
        let each = [None].into_iter().chain((0..codes).map(Some));
        let each = UInt32Chunked::from_iter_options(column.name().clone(), each);
        let each = DataFrame::new_infer_height(vec![each.into_column()])?;
        let mut holding = vec![Vec::new(); each.height()];
        for (&condition, answers) in conditions.iter().zip(self.ask(scope, &each, conditions)?) {
            for code in held(&answers) {
                holding.get_mut(code).into_iter().for_each(|holds| holds.push(condition));
            }
        }
        let mut becomes = Becomes::of(self.holding.len(), holding);
        let values = column.as_materialized_series().u32()?.rechunk();
        for (kind, code) in kinds.iter_mut().zip(values.downcast_as_array().iter()) {
            // The first answer is for rows without a code.
            let answer = code.map_or(0, |&code| code as usize + 1);
            *kind = becomes.kind(*kind, answer, &mut self.holding);
        }
        Ok(())
    }

    /// Asks conditions of every row.
    fn by_row(
        &mut self,
        scope: &RowScope<'_>,
        frame: &DataFrame,
        conditions: &[usize],
        kinds: &mut [u32],
    ) -> PolarsResult<()> {
        for (&condition, answers) in conditions.iter().zip(self.ask(scope, frame, conditions)?) {
            let mut becomes = Becomes::of(self.holding.len(), vec![vec![condition]]);
            for row in held(&answers) {
                let Some(kind) = kinds.get_mut(row) else { continue };
                *kind = becomes.kind(*kind, 0, &mut self.holding);
            }
        }
        Ok(())
    }

    /// What conditions come to, row by row of a frame.
    fn ask(
        &self,
        scope: &RowScope<'_>,
        frame: &DataFrame,
        conditions: &[usize],
    ) -> PolarsResult<Vec<BooleanChunked>> {
        let asked = conditions.iter().filter_map(|&at| Some((at, *self.conditions.get(at)?)));
        let plans: Vec<Expr> = asked
            .map(|(at, c)| lower(c, scope).cast(DataType::Boolean).alias(at.to_string()))
            .collect();
        if plans.is_empty() {
            return Ok(Vec::new());
        }
        let found = frame.clone().lazy().select(plans).collect()?;
        found.columns().iter().map(|answers| yes_no(answers, frame.height())).collect()
    }

    /// For each kind, the places among `sought` of the conditions that hold of it, or may hold
    /// because they ask about the unit as well.
    pub(super) fn where_to_look(&self, sought: &[Option<&'d Condition>]) -> Vec<Vec<usize>> {
        let place = |condition: Option<&'d Condition>| {
            let condition = asked_of_rows(condition)?;
            self.conditions.iter().position(|c| *c == condition)
        };
        let sought: Vec<Option<usize>> = sought.iter().map(|c| place(*c)).collect();
        let of_kind = |holding: &Vec<usize>| {
            let may_hold = |c: &Option<usize>| c.is_none_or(|c| holding.contains(&c));
            sought.iter().enumerate().filter(|(_, c)| may_hold(c)).map(|(n, _)| n).collect()
        };
        self.holding.iter().map(of_kind).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_looked_at_by_tests_whose_condition_holds_and_by_those_without_one() {
        let [a, b] = ["a", "b"].map(|name| {
            Condition::Name(crate::definitions::expression::Name::Column(name.to_owned()))
        });
        let kinds =
            Kinds { conditions: vec![&a, &b], holding: vec![vec![], vec![0], vec![1], vec![0, 1]] };
        let looks = kinds.where_to_look(&[Some(&b), None, Some(&a)]);
        assert_eq!(looks, [vec![1], vec![1, 2], vec![0, 1], vec![0, 1, 2]]);
    }
}
