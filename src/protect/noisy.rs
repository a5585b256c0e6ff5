//! Counts that are changed by the keys of those whom they count, in the place of hiding some.

use std::collections::BTreeMap;

use crate::calendar::Period;
use crate::definitions::audience::DisclosurePolicy;
use crate::disclosure::Noise;
use crate::measure::{Amount, Cell, Flow, Level, Table};
use crate::protect::{Ground, Protected, UnprotectedError, open, published};

/// The tables with every count changed by what the keys in `keys`, tables of the same requests, add up to.
/// Shares and their limits are made from changed counts. Nothing is hidden; levels do not add up exactly.
///
/// # Errors
/// When a measure is no count, share or distribution.
pub fn noisy(
    tables: &[Table],
    keys: &[Table],
    ground: &Ground<'_>,
    policy: &DisclosurePolicy,
    most: u64,
) -> Result<Protected, UnprotectedError> {
    let noise = Noise::new(policy.suppress_below, most);
    let changed: Vec<Table> = tables
        .iter()
        .zip(keys)
        .map(|(table, keys)| {
            let keys = by_name(keys);
            let cell = |cell: &Cell| {
                let none = Flow::default();
                let key = keys.get(&(cell.period, cell.level.as_slice()));
                let (amount, flow) =
                    key.map_or((Amount::Count(0), &none), |key| (key.amount, &key.flow));
                let changed = changed(cell, amount, flow, &noise);
                changed.ok_or_else(|| UnprotectedError::NoCount { measure: table.measure.clone() })
            };
            let cells = table.cells.iter().map(cell).collect::<Result<_, _>>()?;
            Ok(Table { cells, ..table.clone() })
        })
        .collect::<Result<_, _>>()?;
    let tables = published(&changed, ground, policy, |_, _, flow| open(flow));
    Ok(Protected::whole(tables, ground.within().clone()))
}

fn by_name(table: &Table) -> BTreeMap<(Period, &[Level]), &Cell> {
    table.cells.iter().map(|cell| ((cell.period, cell.level.as_slice()), cell)).collect()
}

/// A cell with its counts changed; nothing if it is not made of counts. Where a key has no cell, none of its
/// people has one either, and each count of it is changed as by a key of nought.
fn changed(cell: &Cell, key: Amount, keys: &Flow, noise: &Noise) -> Option<Cell> {
    let counted = noise.of(cell.flow.counted, keys.counted);
    let amount = match (cell.amount, key) {
        (Amount::Count(_), _) => Amount::Count(counted),
        (Amount::Proportion { numerator, .. }, key) => {
            let key = if let Amount::Proportion { numerator, .. } = key { numerator } else { 0 };
            Amount::Proportion {
                numerator: noise.of(numerator, key).min(counted),
                denominator: counted,
            }
        }
        _ => return None,
    };
    let of = &cell.flow;
    let left_out = of.left_out.iter().enumerate();
    let left_out = left_out
        .map(|(at, &count)| noise.of(count, keys.left_out.get(at).copied().unwrap_or_default()));
    let mut flow = Flow {
        considered: 0,
        left_out: left_out.collect(),
        pending: noise.of(of.pending, keys.pending),
        pending_as_not_met: noise.of(of.pending_as_not_met, keys.pending_as_not_met),
        unknown: noise.of(of.unknown, keys.unknown),
        unknown_left_out: noise.of(of.unknown_left_out, keys.unknown_left_out),
        counted,
        overridden: 0,
    };
    flow.pending_as_not_met = flow.pending_as_not_met.min(flow.pending);
    flow.considered = flow.left_out.iter().sum::<u64>()
        + (flow.pending - flow.pending_as_not_met)
        + flow.unknown_left_out
        + counted;
    Some(Cell { amount, flow, ..cell.clone() })
}
