//! The families that people belonged to, and when: found by the person.

use polars::prelude::*;

use crate::columns::ByKey;
use crate::definitions::Definitions;
use crate::link::members::{Stretch, membership_source};
use crate::link::{FAMILY, Linked, PERSON};

/// Everybody's stays in families.
pub(crate) struct Stays {
    by_person: ByKey,
    families: UInt32Chunked,
    joined: Int32Chunked,
    left: Int32Chunked,
}

impl Stays {
    /// Those that were read; nothing where no link says who belonged to which family.
    pub(crate) fn new(definitions: &Definitions, linked: &Linked) -> PolarsResult<Option<Self>> {
        let Some((source, start, end)) = membership_source(definitions) else { return Ok(None) };
        let Some(rows) = linked.inputs.sources.get(&source.id) else { return Ok(None) };
        let day = |name: &str| -> PolarsResult<Int32Chunked> {
            Ok(rows.frame.column(name)?.as_materialized_series().i32()?.rechunk().into_owned())
        };
        let number = |name: &str| -> PolarsResult<UInt32Chunked> {
            Ok(rows.frame.column(name)?.as_materialized_series().u32()?.rechunk().into_owned())
        };
        Ok(Some(Self {
            by_person: ByKey::new(&number(PERSON)?),
            families: number(FAMILY)?,
            joined: day(start)?,
            left: day(end)?,
        }))
    }

    /// The families of a person with the days of each stay, in order of family.
    pub(crate) fn of(&self, person: u32) -> Vec<(u32, Stretch)> {
        let stay = |&row: &u32| {
            let row = row as usize;
            let stretch = Stretch { joined: self.joined.get(row), left: self.left.get(row) };
            Some((self.families.get(row)?, stretch))
        };
        let mut stays: Vec<(u32, Stretch)> =
            self.by_person.rows(person).iter().filter_map(stay).collect();
        stays.sort_by_key(|(family, _)| *family);
        stays
    }
}
