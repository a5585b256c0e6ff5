//! What an auditor holds beside each outcome: the needs of the case, the tests with their windows, and the rows
//! that they rest on.

use std::collections::BTreeMap;

use polars::prelude::PolarsResult;

use crate::audit::draw::{Item, Sample};
use crate::definitions::Definitions;
use crate::evaluate::{Evaluated, need_owner, outcome_owner};
use crate::explain::{Story, Timeline, timeline};

/// What is behind one outcome of the sample.
#[derive(Debug)]
pub struct Behind<'s> {
    /// The outcome.
    pub item: &'s Item,
    /// The case that it is of.
    pub case: &'s Timeline,
    /// The name of its need: `sf2022.need.missing_from_home`.
    pub need: String,
    /// The name of the outcome; nothing where no outcome answers the need.
    pub outcome: Option<String>,
}

impl<'s> Behind<'s> {
    /// The need and the outcome that were drawn.
    pub fn own(&self) -> impl Iterator<Item = &'s Story> {
        let names = [Some(self.need.clone()), self.outcome.clone()];
        let stories = &self.case.stories;
        names.into_iter().flatten().filter_map(move |name| stories.iter().find(|s| s.name == name))
    }
}

/// The timelines of all cases of a sample, by their identifiers.
///
/// # Errors
/// When a column is missing, which is a bug.
pub fn timelines(
    definitions: &Definitions,
    evaluated: &Evaluated,
    sample: &Sample,
) -> PolarsResult<BTreeMap<String, Timeline>> {
    let mut all = BTreeMap::new();
    for item in &sample.items {
        if !all.contains_key(&item.case_id)
            && let Some(told) = timeline::of_case(definitions, evaluated, &item.case_id)?
        {
            all.insert(item.case_id.clone(), told);
        }
    }
    Ok(all)
}

/// What is behind each outcome of a sample, in its order.
#[must_use]
pub fn evidence_of<'s>(
    definitions: &Definitions,
    sample: &'s Sample,
    cases: &'s BTreeMap<String, Timeline>,
) -> Vec<Behind<'s>> {
    let behind = sample.items.iter().filter_map(|item| {
        let framework = definitions.framework(&item.framework)?;
        let outcome = framework.outcome_of(&item.need);
        Some(Behind {
            item,
            case: cases.get(&item.case_id)?,
            need: need_owner(framework, &item.need),
            outcome: outcome.map(|o| outcome_owner(framework, &o.id)),
        })
    });
    behind.collect()
}
