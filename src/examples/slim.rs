//! Definitions for a while with no more in them than some examples ask about: a pass over a few rows then
//! costs what these ask, not what everything asks.

use std::collections::BTreeSet;
use std::mem;

use crate::definitions::Definitions;
use crate::definitions::framework::Framework;
use crate::definitions::measure::Fact;

/// What stands in for all frameworks and all facts.
pub(super) struct Judged {
    pub(super) frameworks: Vec<Framework>,
    pub(super) facts: Vec<Fact>,
}

/// Runs something with these units alone, and with other frameworks and facts if there are any to put
/// in their place. Afterwards the definitions are as they were.
pub(super) fn with_only<T>(
    definitions: &mut Definitions,
    units: &BTreeSet<String>,
    judged: Option<Judged>,
    run: impl FnOnce(&mut Definitions) -> T,
) -> T {
    let kept = judged.map(|judged| Judged {
        frameworks: mem::replace(&mut definitions.frameworks, judged.frameworks),
        facts: mem::replace(&mut definitions.facts, judged.facts),
    });
    let all = mem::take(&mut definitions.units).into_iter().enumerate();
    let (needed, others): (Vec<_>, Vec<_>) = all.partition(|(_, u)| units.contains(&u.id));
    let places: Vec<usize> = needed.iter().map(|(place, _)| *place).collect();
    definitions.units = needed.into_iter().map(|(_, unit)| unit).collect();
    let found = run(definitions);
    let needed = places.into_iter().zip(mem::take(&mut definitions.units));
    let mut all: Vec<_> = needed.chain(others).collect();
    all.sort_by_key(|(place, _)| *place);
    definitions.units = all.into_iter().map(|(_, unit)| unit).collect();
    if let Some(kept) = kept {
        definitions.frameworks = kept.frameworks;
        definitions.facts = kept.facts;
    }
    found
}

/// The unit, what it belongs to, and cases, through whose families rows may come.
pub(super) fn units_for(definitions: &Definitions, unit: &str) -> BTreeSet<String> {
    let mut needed = BTreeSet::from(["case".to_owned()]);
    let mut next = definitions.unit(unit);
    while let Some(unit) = next {
        if !needed.insert(unit.id.clone()) && unit.id != "case" {
            break;
        }
        next = unit.of.as_deref().and_then(|of| definitions.unit(of));
    }
    needed
}
