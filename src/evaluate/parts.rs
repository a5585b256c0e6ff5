//! Tests that have to hold within each value of some columns. The rows of each unit or person are
//! split into parts, each part is judged by itself, and the parts become one verdict.

use polars::prelude::*;

use crate::columns::finer;
use crate::definitions::expression::Reads;
use crate::definitions::test::{PartsPass, Splits};
use crate::evaluate::Verdict;
use crate::evaluate::cohort::Cohort;
use crate::evaluate::folds::{Groups, of_height, yes_no};
use crate::evaluate::pass::{Pass, mask_of};
use crate::evaluate::task::Task;

/// The rows of a split test, part by part.
struct Parts {
    /// Places in the frame of rows, in order of part.
    rows: Vec<IdxSize>,
    /// The part of each of them.
    of_rows: Vec<u32>,
    /// The group of each part. Groups without rows have one part, which is empty.
    groups: Vec<u32>,
}

impl Parts {
    /// Splits rows, each with its group and its values, keeping their order within a part.
    /// `values` holds a list for each column; what has no value has a part of its own.
    fn of(
        rows: Vec<IdxSize>,
        of_rows: Vec<u32>,
        values: &[Vec<Option<i64>>],
        count: usize,
    ) -> Self {
        let mut part_of = of_rows.clone();
        for column in values {
            part_of = finer(&part_of, column);
        }
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|&at| part_of.get(at));
        let mut parts = Self { rows: Vec::new(), of_rows: Vec::new(), groups: Vec::new() };
        let mut has_rows = vec![false; count];
        let mut last = None;
        for at in order {
            let (Some(&row), Some(&group), part) = (rows.get(at), of_rows.get(at), part_of.get(at))
            else {
                continue;
            };
            if last != part {
                parts.groups.push(group);
                last = part;
            }
            if let Some(has) = has_rows.get_mut(group as usize) {
                *has = true;
            }
            parts.rows.push(row);
            parts.of_rows.push(u32::try_from(parts.groups.len() - 1).unwrap_or(u32::MAX));
        }
        let without = (0_u32..).zip(has_rows).filter(|(_, has)| !has);
        parts.groups.extend(without.map(|(group, _)| group));
        parts
    }
}

impl<'d> Pass<'d> {
    /// The verdict of a split test for each group of rows: a unit, or a person of one. `units` are
    /// the units of the groups.
    pub(super) fn judge_parts(
        &self,
        cohort: &Cohort<'d>,
        frame: &DataFrame,
        groups: Groups<'_>,
        units: &[u32],
        (task, splits): (&Task<'d>, &Splits),
    ) -> PolarsResult<Column> {
        let height = frame.height();
        let mut mask = yes_no(frame.column(&mask_of(task, Reads::Window))?, height)?;
        if task.baseline.is_some() {
            mask = &mask | &yes_no(frame.column(&mask_of(task, Reads::Baseline))?, height)?;
        }
        let rows: Vec<IdxSize> = (0..)
            .zip(mask.iter())
            .filter(|(_, holds)| *holds == Some(true))
            .map(|(r, _)| r)
            .collect();
        let at = IdxCa::from_slice(PlSmallStr::EMPTY, &rows);
        let of_rows: Vec<u32> =
            rows.iter().filter_map(|&row| groups.places.get(row as usize).copied()).collect();
        let mut values = Vec::new();
        for column in &splits.by {
            let column = frame.column(column)?.take(&at)?.cast(&DataType::Int64)?;
            values.push(column.as_materialized_series().i64()?.iter().collect());
        }
        let parts = Parts::of(rows, of_rows, &values, groups.count);
        let sorted = frame.take(&IdxCa::from_slice(PlSmallStr::EMPTY, &parts.rows))?;
        let places = Groups { places: &parts.of_rows, count: parts.groups.len() };
        let found = self.aggregate(cohort.linked, &sorted, places, &[task], &[])?;
        let of_units: Vec<u32> =
            parts.groups.iter().filter_map(|&group| units.get(group as usize).copied()).collect();
        let found = found.hstack(&cohort.lent_to(&of_units, &Self::lends_of(task))?)?;
        let asked = [
            self.verdict_of_rows(cohort.linked, task, true).alias("verdict"),
            self.may_grow(task).alias("may grow"),
        ];
        let judged = found.lazy().select(asked).collect()?;
        let verdicts = of_height(judged.column("verdict")?, parts.groups.len());
        let growing = yes_no(judged.column("may grow")?, parts.groups.len())?;
        let with_rows = parts.of_rows.last().map_or(0, |last| *last as usize + 1);
        let mut tallies = vec![Tally::default(); groups.count];
        let codes = verdicts.as_materialized_series().u32()?.iter();
        for (part, ((code, grows), &group)) in
            codes.zip(growing.iter()).zip(&parts.groups).enumerate()
        {
            let verdict = code.and_then(|code| Verdict::ALL.get(code as usize)).copied();
            if let (Some(tally), Some(verdict)) = (tallies.get_mut(group as usize), verdict) {
                tally.add(verdict, grows == Some(true), part < with_rows);
            }
        }
        let codes = tallies.iter().map(|tally| tally.verdict(splits.pass) as u32);
        Ok(Column::new(task.verdict_of_parts().into(), codes.collect::<Vec<u32>>()))
    }
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
    fn rows_keep_their_order_within_a_part_and_groups_without_rows_have_an_empty_one() {
        let values = vec![vec![Some(2), None, Some(1), Some(2), Some(1)]];
        let parts = Parts::of(vec![10, 11, 12, 13, 14], vec![0, 0, 2, 0, 2], &values, 4);
        assert_eq!(parts.rows, [11, 10, 13, 12, 14]);
        assert_eq!(parts.of_rows, [0, 1, 1, 2, 2]);
        assert_eq!(parts.groups, [0, 0, 2, 1, 3]);
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
