//! The results that a council has claimed so far, from its own register.

use std::collections::BTreeMap;

use polars::prelude::PolarsResult;

use crate::calendar::Day;
use crate::columns::texts;
use crate::definitions::Definitions;
use crate::definitions::framework::CLAIMS_MADE;
use crate::evaluate::Evaluated;

/// What has become of a claim that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Sent,
    Accepted,
    Refused,
    Withdrawn,
}

impl Status {
    const ALL: [Self; 4] = [Self::Sent, Self::Accepted, Self::Refused, Self::Withdrawn];

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }

    fn stands(self) -> bool {
        matches!(self, Self::Sent | Self::Accepted)
    }
}

/// A claim that was made.
#[derive(Debug, Clone)]
pub(super) struct Made {
    pub(super) on: Day,
    pub(super) status: Status,
    pub(super) reason: String,
}

/// All of them, by case and claim, the earliest first.
#[derive(Debug, Default)]
pub(super) struct AllMade(BTreeMap<(String, String), Vec<Made>>);

impl AllMade {
    /// The one that says where a claim for a case stands: the newest that was sent or accepted; without one, the
    /// newest of all.
    pub(super) fn of(&self, case: &str, claim: &str) -> Option<&Made> {
        let made = self.0.get(&(case.to_owned(), claim.to_owned()))?;
        made.iter().rev().find(|m| m.status.stands()).or_else(|| made.last())
    }

    /// Case and claim of each that was sent or accepted more than once.
    pub(super) fn again(&self) -> impl Iterator<Item = (&str, &str)> {
        let stands = |made: &Vec<Made>| made.iter().filter(|m| m.status.stands()).count() > 1;
        let again = self.0.iter().filter(move |(_, made)| stands(made));
        again.map(|((case, claim), _)| (case.as_str(), claim.as_str()))
    }
}

/// Reads them; nothing where no feed tells of any.
pub(super) fn read(
    definitions: &Definitions,
    evaluated: &Evaluated,
) -> PolarsResult<Option<AllMade>> {
    let inputs = &evaluated.linked.inputs;
    let source = definitions.source(CLAIMS_MADE);
    let rows = inputs.sources.get(CLAIMS_MADE).filter(|rows| rows.is_fed());
    let (Some(source), Some(rows)) = (source, rows) else { return Ok(None) };
    let column = |name: &str| -> PolarsResult<Vec<Option<String>>> {
        match source.column(name) {
            Some(c) => texts(&inputs.rings, &c.ty, rows.frame.column(name)?, &|d| d.iso()),
            None => Ok(vec![None; rows.frame.height()]),
        }
    };
    let (cases, claims) = (column("case_id")?, column("definition")?);
    let (days, states, reasons) = (column("claimed_on")?, column("status")?, column("reason")?);
    let mut all = AllMade::default();
    for ((((case, claim), day), state), reason) in
        cases.into_iter().zip(claims).zip(days).zip(states).zip(reasons)
    {
        let status = Status::ALL.into_iter().find(|s| Some(s.word()) == state.as_deref());
        let day = day.and_then(|day| Day::parse_iso(&day));
        let (Some(case), Some(claim), Some(on), Some(status)) = (case, claim, day, status) else {
            continue;
        };
        let made = Made { on, status, reason: reason.unwrap_or_default() };
        all.0.entry((case, claim)).or_default().push(made);
    }
    all.0.values_mut().for_each(|made| made.sort_by_key(|m| m.on));
    Ok(Some(all))
}
