//! Who belonged to a family and when, who are the members of a unit, and who is in a group.

use std::collections::BTreeSet;

use early_help::calendar::Day;

use super::expression::{Setting, evaluate};
use super::value::Row;
use super::window::Days;
use super::world::{Subject, World};

/// Identifiers of persons.
pub(crate) type Persons = BTreeSet<String>;

/// One stay of a person in a family.
struct Stay {
    person: String,
    /// None: since ever.
    joined: Option<Day>,
    /// None: still there.
    left: Option<Day>,
}

impl Stay {
    /// Whether it shares a day with a stretch; none as the last day means no end.
    fn touches(&self, first: Day, last: Option<Day>) -> bool {
        last.is_none_or(|last| first <= last && self.joined.is_none_or(|joined| joined <= last))
            && self.left.is_none_or(|left| left >= first)
    }
}

/// All stays in a family. A link that is not dated lasts for ever.
fn stays(world: &World, family: &str) -> Vec<Stay> {
    let links = &world.definitions.links;
    let Some(link) = links.iter().find(|l| l.from == "person" && l.to == "family") else {
        return Vec::new();
    };
    let source = world.source(&link.source);
    let (Some(person), Some(of)) = (source.id_column("person"), source.id_column("family")) else {
        return Vec::new();
    };
    let dates = source.shape.dates().filter(|_| link.dated);
    let mut stays = Vec::new();
    for row in world.rows(&source.id) {
        if row.get(&of.name).words() != Some(family) {
            continue;
        }
        let Some(person) = row.get(&person.name).words().map(str::to_owned) else { continue };
        let (joined, left) = match dates {
            Some((joined, left)) => (row.get(joined).day(), row.get(left).day()),
            None => (None, None),
        };
        if dates.is_some() && joined.is_none() {
            continue;
        }
        stays.push(Stay { person, joined, left });
    }
    stays
}

/// Whether a person belonged to a family on at least one day of a stretch.
pub(crate) fn belonged(
    world: &World,
    family: &str,
    person: &str,
    first: Day,
    last: Option<Day>,
) -> bool {
    stays(world, family).iter().any(|s| s.person == person && s.touches(first, last))
}

/// The persons of a unit: in its family on the day it was identified, or joined before its end.
pub(crate) fn members(world: &World, subject: &Subject) -> Persons {
    let first_anchor = subject.unit.anchors.first().map(|(name, _)| name.as_str());
    let by = match subject.unit.anchor("identified_on") {
        Some(_) => Some("identified_on"),
        None => first_anchor.or(Some("identified_on")),
    };
    let (Some(family), Some(on)) =
        (subject.identifier("family"), by.and_then(|name| subject.anchor(name)))
    else {
        return Persons::new();
    };
    let closed = subject.anchor("closed_on");
    stays(world, &family)
        .into_iter()
        .filter(|stay| {
            let there = stay.touches(on, Some(on));
            let later = stay
                .joined
                .is_some_and(|joined| joined > on && closed.is_none_or(|closed| joined <= closed));
            there || later
        })
        .map(|stay| stay.person)
        .collect()
}

/// The members for whom a group's condition is true.
pub(crate) fn group(
    world: &World,
    subject: &Subject,
    group: &str,
    window: Option<Days>,
    with_need: &Persons,
) -> Persons {
    let Some(group) = world.definitions.group(group) else { return Persons::new() };
    let people = world.source("people");
    members(world, subject)
        .into_iter()
        .filter(|person| {
            let stranger = Row { number: 0, values: std::collections::BTreeMap::new() };
            let row = world
                .rows("people")
                .iter()
                .find(|r| r.get("person_id").words() == Some(person))
                .unwrap_or(&stranger);
            let here = Setting {
                subject: Some(subject),
                window,
                has_need: Some(with_need.contains(person)),
                ..Setting::new(world)
            };
            evaluate(&group.condition.expr, &here.row(people, row)).truth() == Some(true)
        })
        .collect()
}
