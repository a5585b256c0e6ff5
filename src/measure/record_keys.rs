//! Record keys: a number below 256 for every unit, made from its identifier and a secret, and what they add
//! up to in a cell. They say how a count is changed where counts are changed instead of hidden.

use std::sync::Arc;

use polars::prelude::*;
use sha2::{Digest, Sha256};

use crate::columns::Rings;
use crate::definitions::Definitions;
use crate::definitions::expression::Type;
use crate::definitions::unit::Unit;
use crate::link::own_identifier;

/// The key of each unit of a frame, in order. Units without an identifier of their own have that of what they
/// belong to.
pub(super) fn record_keys(
    definitions: &Definitions,
    rings: &Rings,
    unit: &Unit,
    frame: &DataFrame,
    secret: &str,
) -> PolarsResult<Arc<Vec<u8>>> {
    let above = |unit: &&Unit| definitions.unit(unit.of.as_deref()?);
    let identified = std::iter::successors(Some(unit), above).take(definitions.units.len());
    let column = identified.filter_map(|unit| {
        let name = own_identifier(definitions, unit)?;
        match &definitions.source_of(unit)?.column(name)?.ty {
            Type::Id(entity) => Some((name, entity.as_str())),
            _ => None,
        }
    });
    let mut known: Vec<Option<u8>> = Vec::new();
    for (name, entity) in column {
        let Ok(ids) = frame.column(name) else { continue };
        let ids = ids.as_materialized_series().u32()?.rechunk();
        let key = |place: Option<u32>| {
            let Some(place) = place else { return 0 };
            let at = place as usize;
            if at >= known.len() {
                known.resize(at + 1, None);
            }
            let identifier = rings.identifier(entity, place).unwrap_or_default();
            let Some(known) = known.get_mut(at) else { return 0 };
            *known.get_or_insert_with(|| key_of(secret, identifier))
        };
        return Ok(Arc::new(ids.iter().map(key).collect()));
    }
    Ok(Arc::new(vec![0; frame.height()]))
}

/// The first byte of the fingerprint of both: whoever does not know the secret cannot tell it.
fn key_of(secret: &str, identifier: &str) -> u8 {
    let digest = Sha256::new().chain_update(secret).chain_update([0]).chain_update(identifier);
    digest.finalize().first().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn keys_are_the_same_each_time_spread_evenly_and_others_with_another_secret() {
        let ids: Vec<String> = (0..20_000).map(|n| format!("C{n}")).collect();
        let keys = |secret: &str| ids.iter().map(|id| key_of(secret, id)).collect::<Vec<u8>>();
        let (one, other) = (keys("one"), keys("other"));
        assert_eq!(one, keys("one"));
        let same = one.iter().zip(&other).filter(|(a, b)| a == b).count();
        assert!((40..140).contains(&same), "{same}");
        let mut counts: BTreeMap<u8, u32> = BTreeMap::new();
        one.iter().for_each(|key| *counts.entry(*key).or_default() += 1);
        assert!(counts.len() == 256 && counts.values().all(|n| (40..125).contains(n)));
    }
}
