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
    family: String,
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

/// All stays in families, in the order of the file. A link that is not dated lasts for ever.
fn stays(world: &World) -> Vec<Stay> {
    let links = &world.definitions.links;
    let Some(link) = links.iter().find(|l| l.from == "person" && l.to == "family") else {
        return Vec::new();
    };
    let source = world.source(&link.source);
    let (Some(person), Some(family)) = (source.id_column("person"), source.id_column("family"))
    else {
        return Vec::new();
    };
    let words = |row: &Row, column: &str| row.get(column).words().map(str::to_owned);
    let dates = source.shape.dates().filter(|_| link.dated);
    let mut stays = Vec::new();
    for row in world.rows(&source.id) {
        let (Some(person), Some(family)) = (words(row, &person.name), words(row, &family.name))
        else {
            continue;
        };
        let (joined, left) = match dates {
            Some((joined, left)) => (row.get(joined).day(), row.get(left).day()),
            None => (None, None),
        };
        if dates.is_none() || joined.is_some() {
            stays.push(Stay { person, family, joined, left });
        }
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
    stays(world).iter().any(|s| s.family == family && s.person == person && s.touches(first, last))
}

/// The family of a unit. A unit about a person has the family that the person belonged to on the
/// unit's first day: of several the one joined last, then the first in the file.
pub(crate) fn family_of(world: &World, subject: &Subject) -> Option<String> {
    if let Some(family) = subject.identifier("family") {
        return Some(family);
    }
    let person = subject.identifier("person")?;
    let on = subject.anchor(&subject.unit.anchors.first()?.0)?;
    let mut found: Option<Stay> = None;
    for stay in stays(world) {
        let there = stay.person == person && stay.touches(on, Some(on));
        if there && found.as_ref().is_none_or(|other| stay.joined > other.joined) {
            found = Some(stay);
        }
    }
    found.map(|stay| stay.family)
}

/// The first and the last day on which a member belonged to the family of a unit, of those stays that
/// make a member of them; no last day while one of them lasts.
pub(crate) fn belonging(
    world: &World,
    subject: &Subject,
    person: &str,
) -> (Option<Day>, Option<Day>) {
    let mut stays = member_stays(world, subject);
    stays.retain(|stay| stay.person == person);
    let first = stays.iter().map(|stay| stay.joined).min().flatten();
    let still = stays.iter().any(|stay| stay.left.is_none());
    let last = stays.iter().filter_map(|stay| stay.left).max();
    (first, if still { None } else { last })
}

/// The persons of a unit: in its family on the day it was identified, or joined before its end.
pub(crate) fn members(world: &World, subject: &Subject) -> Persons {
    member_stays(world, subject).into_iter().map(|stay| stay.person).collect()
}

/// The stays that make people members of a unit.
fn member_stays(world: &World, subject: &Subject) -> Vec<Stay> {
    let first_anchor = subject.unit.anchors.first().map(|(name, _)| name.as_str());
    let by = match subject.unit.anchor("identified_on") {
        Some(_) => Some("identified_on"),
        None => first_anchor.or(Some("identified_on")),
    };
    let (Some(family), Some(on)) =
        (family_of(world, subject), by.and_then(|name| subject.anchor(name)))
    else {
        return Vec::new();
    };
    // A unit without such an anchor has no end.
    let closed = subject.unit.anchor("closed_on").and_then(|column| subject.row.get(column).day());
    stays(world)
        .into_iter()
        .filter(|stay| stay.family == family)
        .filter(|stay| {
            let there = stay.touches(on, Some(on));
            let later = stay
                .joined
                .is_some_and(|joined| joined > on && closed.is_none_or(|closed| joined <= closed));
            there || later
        })
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
