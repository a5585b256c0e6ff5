//! Tests that have to hold within each value of some columns. The rows of each unit or person are
//! split into parts, each part is judged by itself, and the parts become one verdict.

use std::borrow::Cow;

use polars::prelude::*;

use crate::columns::finer;
use crate::definitions::test::{PartsPass, Splits};
use crate::evaluate::Verdict;
use crate::evaluate::aggregate::Counted;
use crate::evaluate::hits::Hits;
use crate::evaluate::pass::Pass;
use crate::evaluate::questions::{Answer, Answers};
use crate::evaluate::reach::Rows;
use crate::evaluate::standing::Standings;
use crate::evaluate::task::Task;

/// The rows of a split test in parts.
pub(super) struct Parts {
    /// The part of each row: first those of the window, then those of the baseline.
    pub(super) of_rows: Vec<u32>,
    /// The group of each part: a unit, or a person of one.
    pub(super) groups: Vec<u32>,
}

impl Parts {
    /// Splits rows by their values, a list for each column; what has no value has a part of its own.
    fn of(groups: &[u32], values: &[Vec<Option<i64>>]) -> Self {
        let by_group: Vec<Option<i64>> = groups.iter().map(|g| Some(i64::from(*g))).collect();
        let mut of_rows = finer(&vec![0; groups.len()], &by_group);
        for column in values {
            of_rows = finer(&of_rows, column);
        }
        let count = of_rows.iter().max().map_or(0, |last| *last as usize + 1);
        let mut of_parts = vec![0; count];
        for (&part, &group) in of_rows.iter().zip(groups) {
            of_parts.get_mut(part as usize).into_iter().for_each(|slot| *slot = group);
        }
        Self { of_rows, groups: of_parts }
    }
}

impl<'d> Pass<'d> {
    /// The parts of the rows in a window and in a baseline; `groups` are those of all these rows.
    pub(super) fn parts(
        &self,
        rows: &Rows<'d>,
        splits: &Splits,
        groups: &[u32],
        hits: [Option<&Cow<'_, Hits>>; 2],
    ) -> PolarsResult<Parts> {
        let all: Vec<IdxSize> =
            hits.into_iter().flatten().flat_map(|hits| hits.rows.iter().copied()).collect();
        let places = IdxCa::from_slice(PlSmallStr::EMPTY, &all);
        let mut values = Vec::new();
        for column in &splits.by {
            let column = rows.frame.column(column)?.take(&places)?.cast(&DataType::Int64)?;
            values.push(column.as_materialized_series().i64()?.iter().collect());
        }
        Ok(Parts::of(groups, &values))
    }
}

/// Joins the answers of the parts of a split test to one for each group.
pub(super) fn join(
    (task, splits): (&Task<'_>, &Splits),
    standings: &Standings,
    counted: &mut Counted,
    answers: &mut Answers,
) {
    let (mut groups, mut units, mut joined) = (Vec::new(), Vec::new(), Vec::new());
    let parts: Vec<((u32, u32), Answer)> = counted
        .groups
        .iter()
        .copied()
        .zip(counted.units.iter().copied())
        .zip(answers.with_rows.iter().copied())
        .collect();
    for of_group in parts.chunk_by(|((a, _), _), ((b, _), _)| a == b) {
        let Some(((group, unit), _)) = of_group.first().copied() else { continue };
        let grows = standings.may_grow(task, unit as usize);
        let mut tally = Tally::default();
        of_group.iter().for_each(|(_, answer)| tally.add(answer.verdict, grows, true));
        groups.push(group);
        units.push(unit);
        joined.push(Answer { verdict: tally.verdict(splits.pass), value: None });
    }
    (counted.groups, counted.units, answers.with_rows) = (groups, units, joined);
}

/// What a split test comes to where there is no part, from what it says over no rows.
pub(super) fn without_parts(pass: PartsPass, over_nothing: Verdict, grows: bool) -> Verdict {
    let mut tally = Tally::default();
    tally.add(over_nothing, grows, false);
    tally.verdict(pass)
}

/// What has become of the parts of one group.
#[derive(Debug, Clone, Default)]
struct Tally {
    parts: usize,
    by_verdict: [u32; Verdict::ALL.len()],
    /// Whether more rows may still come, and with them more parts.
    may_grow: bool,
}

impl Tally {
    fn add(&mut self, verdict: Verdict, grows: bool, has_rows: bool) {
        self.parts += usize::from(has_rows);
        self.may_grow |= grows;
        if let Some(count) = self.by_verdict.get_mut(verdict as usize) {
            *count += 1;
        }
    }

    fn count(&self, verdict: Verdict) -> u32 {
        self.by_verdict.get(verdict as usize).copied().unwrap_or_default()
    }

    /// One verdict of all parts. While rows may still come, so may parts: one that fails settles a
    /// test of every part, and enough that pass settle a test of so many; nothing else is settled.
    fn verdict(&self, pass: PartsPass) -> Verdict {
        let [met, unknown] = [Verdict::Met, Verdict::Unknown].map(|v| self.count(v));
        let any = |verdict: Verdict| self.count(verdict) > 0;
        match pass {
            PartsPass::Every if any(Verdict::NotMet) => Verdict::NotMet,
            PartsPass::AtLeast(wanted) if self.parts > 0 && met >= wanted => Verdict::Met,
            _ if self.may_grow || any(Verdict::Pending) => Verdict::Pending,
            PartsPass::Every if any(Verdict::Unknown) => Verdict::Unknown,
            PartsPass::Every if any(Verdict::Met) => Verdict::Met,
            // What holds over no rows at all holds within no value.
            PartsPass::AtLeast(_) if self.parts == 0 && any(Verdict::Met) => Verdict::NotMet,
            PartsPass::AtLeast(_) if self.parts == 0 && any(Verdict::Unknown) => Verdict::Unknown,
            _ if met + unknown + self.count(Verdict::NotMet) == 0 => Verdict::NotApplicable,
            PartsPass::AtLeast(wanted) if met + unknown >= wanted => Verdict::Unknown,
            _ => Verdict::NotMet,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Verdict::{Met, NotApplicable, NotMet, Pending, Unknown};

    #[test]
    fn rows_are_split_by_group_and_value_and_no_value_is_a_part_of_its_own() {
        let values = vec![vec![Some(2), None, Some(1), Some(2), Some(1)]];
        let parts = Parts::of(&[5, 5, 7, 5, 7], &values);
        assert_eq!(parts.of_rows, [1, 0, 2, 1, 2]);
        assert_eq!(parts.groups, [5, 5, 7]);
    }

    fn verdict(pass: PartsPass, open: bool, parts: &[Verdict]) -> Verdict {
        let mut tally = Tally::default();
        parts.iter().for_each(|v| tally.add(*v, open, true));
        tally.verdict(pass)
    }

    #[test]
    fn every_part_has_to_pass_and_one_that_fails_settles_it() {
        let every = |open, parts: &[Verdict]| verdict(PartsPass::Every, open, parts);
        assert_eq!(every(false, &[Met, Met]), Met);
        assert_eq!(every(false, &[Met, Unknown]), Unknown);
        assert_eq!(every(false, &[Unknown, NotMet]), NotMet);
        assert_eq!(every(false, &[NotApplicable, Met]), Met);
        assert_eq!(every(false, &[NotApplicable]), NotApplicable);
        assert_eq!(every(true, &[Met, Pending]), Pending);
        assert_eq!(every(true, &[Met, Met]), Pending);
        assert_eq!(every(true, &[Met, NotMet]), NotMet);
    }

    #[test]
    fn so_many_parts_have_to_pass_and_unknown_ones_might_have() {
        let two = |open, parts: &[Verdict]| verdict(PartsPass::AtLeast(2), open, parts);
        assert_eq!(two(false, &[Met, Met, NotMet]), Met);
        assert_eq!(two(true, &[Met, Met]), Met);
        assert_eq!(two(true, &[Met, NotMet]), Pending);
        assert_eq!(two(false, &[Met, Unknown]), Unknown);
        assert_eq!(two(false, &[Met, NotMet]), NotMet);
        assert_eq!(two(false, &[NotApplicable]), NotApplicable);
    }

    #[test]
    fn nothing_that_holds_over_no_rows_is_a_part_that_passes() {
        let no_rows = |pass, verdict| {
            let mut tally = Tally::default();
            tally.add(verdict, false, false);
            tally.verdict(pass)
        };
        assert_eq!(no_rows(PartsPass::Every, Met), Met);
        assert_eq!(no_rows(PartsPass::AtLeast(1), Met), NotMet);
        assert_eq!(no_rows(PartsPass::AtLeast(1), NotMet), NotMet);
        assert_eq!(no_rows(PartsPass::AtLeast(2), Unknown), Unknown);
    }
}
