//! Feedback to those who refer: agreements in, and for each the rows of the agency's own referrals.
//!
//! They are rows about single referrals, by the agency's own reference. Only `run` writes them, into the
//! restricted folder; no page and no figure has them.

use polars::prelude::PolarsResult;

use crate::columns::{lower, texts};
use crate::definitions::Definitions;
use crate::definitions::audience::Audience;
use crate::definitions::extract::Extract;
use crate::definitions::feedback::Feedback;
use crate::evaluate::{Evaluated, UnitScope};
use crate::extract::{listed, written_rows};

const AGENCY: &str = "agency";

/// What an audience is told of its own referrals.
#[derive(Debug)]
pub struct Told<'d> {
    /// The audience.
    pub audience: &'d Audience,
    /// The layout.
    pub list: &'d Extract,
    /// One text for each column.
    pub rows: Vec<Vec<String>>,
    /// How many of its referrals came without a reference by which it could be told of them.
    pub without_reference: usize,
}

/// Who of the readers of a run is told of their own referrals, and who is not.
#[derive(Debug, Default)]
pub struct ToldOfOwn<'d> {
    /// Those whose agreement holds.
    pub told: Vec<Told<'d>>,
    /// Those whose agreement has ended.
    pub ended: Vec<&'d Audience>,
    /// Those without any.
    pub without: Vec<&'d Audience>,
}

/// What each of these audiences is told of its own referrals, as of the day of judgement.
///
/// # Errors
/// When a date lies beyond the table of bank holidays, or the data frame library refuses.
pub fn told_of_own<'d>(
    definitions: &'d Definitions,
    evaluated: &Evaluated,
    audiences: &[&'d Audience],
) -> PolarsResult<ToldOfOwn<'d>> {
    let mut all = ToldOfOwn::default();
    for &audience in audiences {
        let agreed = audience.feedback.as_ref();
        let agreed = agreed.and_then(|f| Some((f, definitions.extract(&f.list)?)));
        match agreed {
            Some((feedback, list)) if feedback.holds_on(definitions.project.as_at) => {
                let (rows, without_reference) = own_rows(definitions, evaluated, list, feedback)?;
                all.told.push(Told { audience, list, rows, without_reference });
            }
            Some(_) => all.ended.push(audience),
            None => all.without.push(audience),
        }
    }
    Ok(all)
}

/// The rows of a list that are an agency's own and that it has a reference for, and how many have none.
fn own_rows(
    definitions: &Definitions,
    evaluated: &Evaluated,
    list: &Extract,
    feedback: &Feedback,
) -> PolarsResult<(Vec<Vec<String>>, usize)> {
    let Some(agencies) = &list.agencies else { return Ok(Default::default()) };
    let scope = UnitScope { definitions, linked: &evaluated.linked, period: None };
    let agency = lower(&agencies.by.expr, &scope).alias(AGENCY);
    let Some(found) = listed(definitions, evaluated, list, vec![agency])? else {
        return Ok(Default::default());
    };
    let rings = &evaluated.linked.inputs.rings;
    let of = texts(rings, &agencies.by.ty, found.column(AGENCY)?, &|day| day.iso())?;
    let rows = written_rows(evaluated, list, &found)?;
    let own = rows.into_iter().zip(of).filter(|(_, of)| feedback.is_own(of.as_deref()));
    let has_reference =
        |row: &Vec<String>| row.get(agencies.reference).is_some_and(|r| !r.is_empty());
    let (mut told, without): (Vec<_>, Vec<_>) = own.map(|(row, _)| row).partition(has_reference);
    // The order of our own rows tells which of them are about one family.
    told.sort_by(|a, b| a.get(agencies.reference).cmp(&b.get(agencies.reference)).then(a.cmp(b)));
    Ok((told, without.len()))
}
