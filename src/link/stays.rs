//! The families that people belonged to, and when: found by the person.

use polars::prelude::*;

use crate::columns::ByKey;
use crate::definitions::Definitions;
use crate::link::Linked;
use crate::link::members::{Memberships, Stretch};

/// Everybody's stays in families.
pub(crate) struct Stays {
    by_person: ByKey,
    memberships: Memberships,
}

impl Stays {
    /// Those that were read; nothing where no link says who belonged to which family.
    pub(crate) fn new(definitions: &Definitions, linked: &Linked) -> PolarsResult<Option<Self>> {
        let memberships = Memberships::read(definitions, linked)?;
        Ok(memberships
            .map(|memberships| Self { by_person: ByKey::new(&memberships.persons), memberships }))
    }

    /// The families of a person with the days of each stay, in order of family.
    pub(crate) fn of(&self, person: u32) -> Vec<(u32, Stretch)> {
        let stay = |&row: &u32| {
            let family = self.memberships.families.get(row as usize)?;
            Some((family, self.memberships.stretch(row)))
        };
        let mut stays: Vec<(u32, Stretch)> =
            self.by_person.rows(person).iter().filter_map(stay).collect();
        stays.sort_by_key(|(family, _)| *family);
        stays
    }
}
