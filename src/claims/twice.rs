//! What is claimed more than once, or could be: for somebody to look at before an auditor does.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::PolarsResult;

use crate::definitions::Definitions;
use crate::evaluate::Evaluated;
use crate::link::{FAMILY, PERSON};

use super::made::AllMade;
use super::{Line, all_claims};

/// In which way something is there twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// One claim for one case was sent more than once.
    ClaimedAgain,
    /// The same headline counts in two cases of one family.
    SameFamily,
    /// The same headline counts for two families to which one person belongs.
    SamePerson,
    /// A family counts under two claims that may not both be made.
    OtherFramework,
}

impl Kind {
    /// The word for it in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::ClaimedAgain => "claimed_again",
            Self::SameFamily => "same_family",
            Self::SamePerson => "same_person",
            Self::OtherFramework => "other_framework",
        }
    }
}

/// Two lines of the register that count for the same thing. The one that was first in the register comes first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Twice {
    /// In which way.
    pub kind: Kind,
    /// Case and claim of the one.
    pub one: (String, String),
    /// Case and claim of the other; the same where it was claimed again.
    pub other: (String, String),
    /// The headline, where the two share one.
    pub headline: String,
}

/// Finds them among the lines of a register.
pub(super) fn twice(
    definitions: &Definitions,
    evaluated: &Evaluated,
    lines: &[Line],
    made: Option<&AllMade>,
) -> PolarsResult<Vec<Twice>> {
    let listed: BTreeSet<(&str, &str)> =
        lines.iter().map(|line| (line.case.as_str(), &*line.claim)).collect();
    let again = made.into_iter().flat_map(AllMade::again).filter(|again| listed.contains(again));
    let again = again.map(|(case, claim)| {
        let both = (case.to_owned(), claim.to_owned());
        let (one, other) = (both.clone(), both);
        Twice { kind: Kind::ClaimedAgain, one, other, headline: String::new() }
    });
    let relatives = families_with_a_person_in_common(definitions, evaluated)?;
    let among = among(lines, &excluded(definitions), &relatives);
    Ok(again.chain(among).collect::<BTreeSet<Twice>>().into_iter().collect())
}

/// Lines that count for the same thing: in one family, or in two to which one person belongs.
fn among<'l>(
    lines: &'l [Line],
    excluded: &BTreeSet<(String, String)>,
    relatives: &BTreeSet<(String, String)>,
) -> BTreeSet<Twice> {
    let mut all = BTreeSet::new();
    let mut of_family: BTreeMap<&str, Vec<&'l Line>> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.state.counts()) {
        of_family.entry(&line.family).or_default().push(line);
    }
    for lines in of_family.values() {
        for (at, one) in lines.iter().enumerate() {
            for other in lines.iter().skip(at + 1) {
                if one.case != other.case && same_headline(one, other) {
                    all.insert(pair(Kind::SameFamily, one, other, &one.headline));
                }
                let claims = |a: &Line, b: &Line| (a.claim.to_string(), b.claim.to_string());
                if [claims(one, other), claims(other, one)].iter().any(|c| excluded.contains(c)) {
                    all.insert(pair(Kind::OtherFramework, one, other, ""));
                }
            }
        }
    }
    for (one, other) in relatives {
        let of = |family: &String| of_family.get(family.as_str()).map(Vec::as_slice);
        for one in of(one).unwrap_or_default() {
            for other in of(other).unwrap_or_default().iter().filter(|o| same_headline(one, o)) {
                all.insert(pair(Kind::SamePerson, one, other, &one.headline));
            }
        }
    }
    all
}

fn same_headline(one: &Line, other: &Line) -> bool {
    one.claim == other.claim && one.headline == other.headline && !one.headline.is_empty()
}

fn pair(kind: Kind, one: &Line, other: &Line, headline: &str) -> Twice {
    let whose = |line: &Line| (line.case.clone(), line.claim.to_string());
    Twice { kind, one: whose(one), other: whose(other), headline: headline.to_owned() }
}

/// The claims that may not both be made for a family, by their whole names.
fn excluded(definitions: &Definitions) -> BTreeSet<(String, String)> {
    let whole = |framework: &str, claim: &str| format!("{framework}.claim.{claim}");
    let excludes = all_claims(definitions).flat_map(|(framework, claim)| {
        let others = claim.not_with.iter().filter_map(|other| other.split_once('.'));
        others.map(|(other, id)| (whole(&framework.id, &claim.id), whole(other, id)))
    });
    excludes.collect()
}

/// Pairs of families to which one person has belonged, each in the order of their identifiers. Everybody who was
/// ever in a family is looked at, so persons and families are numbers here: only pairs have texts.
fn families_with_a_person_in_common(
    definitions: &Definitions,
    evaluated: &Evaluated,
) -> PolarsResult<BTreeSet<(String, String)>> {
    let link = definitions.links.iter().find(|l| l.from == "person" && l.to == "family");
    let inputs = &evaluated.linked.inputs;
    let rows = link.and_then(|link| inputs.sources.get(&link.source));
    let Some(rows) = rows else { return Ok(BTreeSet::new()) };
    let numbers = |column: &str| rows.frame.column(column)?.as_materialized_series().u32();
    let persons = numbers(PERSON)?.iter();
    let both = persons.zip(numbers(FAMILY)?.iter()).filter_map(|(p, f)| Some((p?, f?)));
    let mut belonged: Vec<(u32, u32)> = both.collect();
    belonged.sort_unstable();
    belonged.dedup();
    let mut pairs = BTreeSet::new();
    for of_person in belonged.chunk_by(|(a, _), (b, _)| a == b).filter(|all| all.len() > 1) {
        let family = |(_, family): &(u32, u32)| inputs.rings.identifier("family", *family);
        let mut families: Vec<&str> = of_person.iter().filter_map(family).collect();
        families.sort_unstable();
        for (at, one) in families.iter().enumerate() {
            let others = families.iter().skip(at + 1);
            pairs.extend(others.map(|other| ((*one).to_owned(), (*other).to_owned())));
        }
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::State;

    const NEW: &str = "new.claim.success";
    const OLD: &str = "old.claim.result";

    fn line(family: &str, case: &str, claim: &str, headline: &str, state: State) -> Line {
        Line {
            family: family.to_owned(),
            case: case.to_owned(),
            claim: claim.into(),
            headline: headline.into(),
            needs: 1,
            met_on: None,
            claimed_on: None,
            holds: state.counts(),
            state,
            why: "".into(),
            version: "".into(),
        }
    }

    fn found(lines: &[Line]) -> Vec<(&'static str, String, String)> {
        let pairs = |one: &str, other: &str| BTreeSet::from([(one.to_owned(), other.to_owned())]);
        let found = among(lines, &pairs(NEW, OLD), &pairs("F1", "F2"));
        found.into_iter().map(|t| (t.kind.word(), t.one.0, t.other.0)).collect()
    }

    fn one(kind: &'static str, one: &str, other: &str) -> Vec<(&'static str, String, String)> {
        vec![(kind, one.to_owned(), other.to_owned())]
    }

    #[test]
    fn a_headline_that_counts_in_two_cases_of_a_family_is_there_twice() {
        let claimed = line("F1", "C1", NEW, "school", State::Claimed);
        let second = |headline, state| line("F1", "C2", NEW, headline, state);
        let twice = |second| found(&[claimed.clone(), second]);
        assert_eq!(twice(second("school", State::Ready)), one("same_family", "C1", "C2"));
        assert_eq!(twice(second("home", State::Ready)), [], "another headline is another result");
        assert_eq!(twice(second("school", State::Lapsed)), [], "what does not count is not there");
        assert_eq!(twice(second("school", State::Refused)), []);
    }

    #[test]
    fn so_is_one_that_counts_for_two_families_with_a_person_in_common() {
        let lines = |family, case| {
            [
                line("F1", "C1", NEW, "school", State::Ready),
                line(family, case, NEW, "school", State::Claimed),
            ]
        };
        assert_eq!(found(&lines("F2", "C2")), one("same_person", "C1", "C2"));
        assert_eq!(found(&lines("F3", "C3")), [], "nobody belongs to both");
    }

    #[test]
    fn and_a_family_that_counts_under_two_frameworks_that_forbid_it() {
        let under = |claim, case| line("F1", case, claim, "school", State::Claimed);
        let both = |first, second| found(&[under(first, "C1"), under(second, "C2")]);
        assert_eq!(both(NEW, OLD), one("other_framework", "C1", "C2"));
        assert_eq!(both(OLD, NEW), one("other_framework", "C1", "C2"), "whichever forbids it");
        assert_eq!(both(NEW, "third.claim.result"), []);
    }
}
