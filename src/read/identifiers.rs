//! Identifiers: who owns them, and in which order sources are read therefore.

use crate::definitions::expression::Type;
use crate::definitions::source::Source;

/// The entity whose identifiers a source owns: its key is that one identifier.
pub(super) fn owned_entity(source: &Source) -> Option<&str> {
    source.owned_entity()
}

/// The source that owns an entity's identifiers.
pub(super) fn owner<'s>(sources: &'s [Source], entity: &str) -> Option<&'s Source> {
    sources.iter().find(|s| owned_entity(s) == Some(entity))
}

/// Owners before those that refer to them; otherwise the order of the definitions. Those of one group do
/// not wait for each other.
pub(super) fn reading_order(sources: &[Source]) -> Vec<Vec<&Source>> {
    let mut order: Vec<Vec<&Source>> = Vec::new();
    let mut waiting: Vec<&Source> = sources.iter().collect();
    while !waiting.is_empty() {
        let ready = |s: &Source, done: &[Vec<&Source>]| {
            s.columns.iter().all(|c| match &c.ty {
                Type::Id(e) if owned_entity(s) != Some(e) => {
                    owner(sources, e).is_none_or(|o| done.iter().flatten().any(|d| d.id == o.id))
                }
                _ => true,
            })
        };
        let (now, later): (Vec<_>, Vec<_>) = waiting.iter().partition(|s| ready(s, &order));
        if now.is_empty() {
            // Owners that refer to each other: the order of the definitions decides.
            order.extend(later.into_iter().map(|source| vec![source]));
            break;
        }
        order.push(now);
        waiting = later;
    }
    order
}
