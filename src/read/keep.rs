//! `keep_when`: the rows of a batch that keep the rule, before anything is made of any of them.

use polars::prelude::*;

use crate::definitions::keep_when::KeepWhen;
use crate::read::batch::{Judged, NotUsed};
use crate::read::export::Batch;
use crate::read::ledger::LeftOut;
use crate::read::values::clean;

/// The rule of a map, and where its columns stand among the wanted ones.
pub(super) struct Keep<'a> {
    pub(super) rule: &'a KeepWhen,
    pub(super) at: Vec<usize>,
}

/// Where a row that is left out is at fault: not in one column.
const COLUMN: &str = "(the row)";

/// The kept rows of a batch, and what became of the others.
pub(super) struct Kept {
    pub(super) batch: Batch,
    /// The numbers that the kept rows had.
    numbers: Vec<u32>,
    height: usize,
    left_out: Vec<(usize, LeftOut)>,
}

impl Keep<'_> {
    /// Parts the rows of a batch. Oddities of cells are those of all rows: the file is what it is.
    pub(super) fn part(&self, batch: &Batch, nulls: &[String]) -> PolarsResult<Kept> {
        let mut mask = Vec::with_capacity(batch.height());
        let (mut numbers, mut left_out) = (Vec::new(), Vec::new());
        for row in 0..batch.height() {
            let text = |at: usize| {
                let column = self.at.get(at).and_then(|&at| batch.columns.get(at))?;
                clean(column.get(row), nulls)
            };
            let holds = self.rule.rule.holds(&text);
            match holds {
                Some(true) => numbers.push(u32::try_from(row).unwrap_or(u32::MAX)),
                Some(false) => left_out.push((row, LeftOut::KeepWhen)),
                None => left_out.push((row, LeftOut::KeepWhenUnknown)),
            }
            mask.push(holds == Some(true));
        }
        let mask = BooleanChunked::from_slice(PlSmallStr::EMPTY, &mask);
        let days = batch.days.iter();
        let kept = Batch {
            columns: batch.columns.iter().map(|c| c.filter(&mask)).collect::<PolarsResult<_>>()?,
            overflow: batch.overflow.filter(&mask)?,
            days: days
                .map(|d| d.as_ref().map(|d| d.filter(&mask)).transpose())
                .collect::<PolarsResult<_>>()?,
            odd: batch.odd.clone(),
        };
        Ok(Kept { batch: kept, numbers, height: batch.height(), left_out })
    }
}

impl Kept {
    /// What was judged of the kept rows, with the numbers that they had, and the others beside them.
    pub(super) fn with_the_others(self, mut judged: Judged) -> Judged {
        let number = |row: usize| self.numbers.get(row).copied().unwrap_or(u32::MAX);
        judged.sound = judged.sound.apply_values(|row| number(row as usize));
        let aside = std::mem::take(&mut judged.aside);
        judged.aside = aside.into_iter().map(|(row, why)| (number(row) as usize, why)).collect();
        let left_out = self.left_out.into_iter();
        let left_out = left_out.map(|(row, why)| (row, NotUsed::LeftOut(COLUMN.to_owned(), why)));
        judged.aside.extend(left_out);
        judged.height = self.height;
        judged
    }
}
