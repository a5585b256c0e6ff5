//! Kinds of rows: those of which the same conditions hold. Every condition is asked once of every
//! row, however many tests ask it; from then on a row is known by its kind, and a walk over rows
//! looks at a test only if the kind says that its condition holds.

use polars::prelude::*;

use crate::columns::{held, lower, yes_no};
use crate::definitions::expression::Expr as Condition;
use crate::evaluate::pass::RowScope;
use crate::evaluate::task::{Task, unit_columns};

/// The kinds of the rows of one source.
pub(super) struct Kinds<'d> {
    /// The conditions that tell kinds apart; each is about the row alone.
    conditions: Vec<&'d Condition>,
    /// For each kind, the conditions that hold, by their place. Of the first, none do.
    holding: Vec<Vec<usize>>,
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
        let plans: Vec<Expr> = (conditions.iter().enumerate())
            .map(|(n, c)| lower(c, scope).cast(DataType::Boolean).alias(n.to_string()))
            .collect();
        let height = frame.height();
        let mut kinds = vec![0_u32; height];
        let mut holding = vec![Vec::new()];
        if !plans.is_empty() {
            let found = frame.clone().lazy().select(plans).collect()?;
            for (condition, answers) in found.columns().iter().enumerate() {
                // The kind that each kind becomes where this condition holds as well.
                let mut becomes: Vec<Option<u32>> = vec![None; holding.len()];
                for row in held(&yes_no(answers, height)?) {
                    let Some(kind) = kinds.get_mut(row) else { continue };
                    let Some(becomes) = becomes.get_mut(*kind as usize) else { continue };
                    *kind = *becomes.get_or_insert_with(|| {
                        let before = holding.get(*kind as usize).cloned().unwrap_or_default();
                        holding.push(before.into_iter().chain([condition]).collect());
                        u32::try_from(holding.len() - 1).unwrap_or(u32::MAX)
                    });
                }
            }
        }
        Ok((Self { conditions, holding }, kinds))
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
