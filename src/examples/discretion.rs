//! Do the examples of decisions bite? Every override is changed a little, one thing at a time: who may
//! decide, what, about what and when. Some example with recorded decisions has to come out differently.

use polars::prelude::PolarsResult;

use crate::definitions::Definitions;
use crate::definitions::framework::Framework;
use crate::definitions::overrides::{OVERRIDES, Override, Ruled};
use crate::definitions::test::Window;
use crate::definitions::verdict::Verdict;
use crate::examples::mutate::{Fate, Mutant, Variant, first_anchor, last_anchor, move_edges};
use crate::examples::sites::{EDGES, has_movable_edges, lengths};
use crate::examples::slim::{Judged, units_for, with_only};
use crate::examples::{judged, settings, wrong};
use crate::link::Linked;

/// Whether an example shows what becomes of decisions rather than what a rule means.
pub(super) fn is_about_decisions(definitions: &Definitions, example: usize) -> bool {
    let example = definitions.examples.get(example);
    example.is_some_and(|e| e.given.get(OVERRIDES).is_some_and(|rows| !rows.is_empty()))
}

/// The overrides of all frameworks: framework, place, whole name.
pub(super) fn overrides(definitions: &Definitions) -> Vec<(usize, usize, String)> {
    let mut all = Vec::new();
    for (at, framework) in definitions.frameworks.iter().enumerate() {
        let named = framework.overrides.iter().enumerate();
        all.extend(named.map(|(o, by)| (at, o, format!("{}.override.{}", framework.id, by.id))));
    }
    all
}

/// Changes the override at a place of a framework, one thing at a time, and runs the examples.
pub(super) fn run(
    definitions: &mut Definitions,
    (framework, place, name): (usize, usize, String),
) -> PolarsResult<Vec<Mutant>> {
    let numbers: Vec<usize> = (0..definitions.examples.len())
        .filter(|&number| is_about_decisions(definitions, number))
        .filter(|&number| is_of(definitions, framework, number))
        .collect();
    let Some(of) = definitions.frameworks.get(framework).cloned() else { return Ok(Vec::new()) };
    let Some(sound) = of.overrides.get(place) else { return Ok(Vec::new()) };
    let units = units_for(definitions, "case");
    let mut mutants = Vec::new();
    for (variant, mutant) in changes(definitions, &of, sound) {
        let mut changed = of.clone();
        changed.overrides.splice(place..=place, mutant);
        let judged = Some(Judged { frameworks: vec![changed], facts: Vec::new() });
        let fate = match with_only(definitions, &units, judged, |d| noticed(d, &numbers, &variant))?
        {
            Some(example) => Fate::Noticed(example),
            None if numbers.is_empty() => Fate::Untried,
            None => Fate::Survived,
        };
        mutants.push(Mutant { of: name.clone(), says: variant.says, fate });
    }
    Ok(mutants)
}

fn is_of(definitions: &Definitions, framework: usize, example: usize) -> bool {
    let of = definitions.frameworks.get(framework).zip(definitions.examples.get(example));
    of.is_some_and(|(framework, e)| e.of.split('.').next() == Some(&framework.id))
}

/// The first of these examples that comes out otherwise than it says.
fn noticed(
    definitions: &mut Definitions,
    numbers: &[usize],
    variant: &Variant,
) -> PolarsResult<Option<usize>> {
    let variants = std::slice::from_ref(variant);
    for (setting, numbers) in settings(definitions, numbers) {
        let edges = |definitions: &Definitions, linked: &mut Linked| {
            move_edges(definitions, linked, "case", variants)
        };
        let judged = judged(definitions, &setting, &numbers, &edges)?;
        for number in numbers {
            let Some(example) = definitions.examples.get(number) else { continue };
            if !wrong(definitions, example, number, &judged)?.is_empty() {
                return Ok(Some(number));
            }
        }
    }
    Ok(None)
}

/// Every change to an override; nothing in its place where it is taken away.
fn changes(
    definitions: &Definitions,
    framework: &Framework,
    sound: &Override,
) -> Vec<(Variant, Option<Override>)> {
    let mut all = Vec::new();
    let mut push = |says: String, mutant: Option<Override>, moved| {
        all.push((Variant { says, moved }, mutant));
    };
    push("taken away".to_owned(), None, None);
    let (now, other) = match sound.verdict {
        Verdict::Met => ("met", Verdict::NotMet),
        _ => ("not met", Verdict::Met),
    };
    let says = format!("{} for {now}", other.word().replace('_', " "));
    push(says, Some(Override { verdict: other, ..sound.clone() }), None);
    let roles = definitions.roles().map(|list| list.codes.as_slice()).unwrap_or_default();
    for (role, word) in (0_u32..).zip(roles) {
        let (says, roles) = match sound.roles.contains(&role) {
            true => (format!("without {word}"), without(&sound.roles, &role)),
            false => (format!("{word} too"), [sound.roles.as_slice(), &[role]].concat()),
        };
        push(says, Some(Override { roles, ..sound.clone() }), None);
    }
    // An override of all of a kind names none, and there is nothing to mistake.
    let of_kind: Vec<&String> = match sound.decides {
        Ruled::Need => framework.needs.iter().map(|n| &n.id).collect(),
        Ruled::Outcome => framework.outcomes.iter().map(|o| &o.id).collect(),
        Ruled::Claim => framework.claims.iter().map(|c| &c.id).collect(),
    };
    if sound.only.len() < of_kind.len() {
        for id in of_kind {
            let (says, only) = match sound.only.contains(id) {
                true => (format!("not about {id}"), without(&sound.only, id)),
                false => (
                    format!("about {id} too"),
                    [sound.only.as_slice(), std::slice::from_ref(id)].concat(),
                ),
            };
            push(says, Some(Override { only, ..sound.clone() }), None);
        }
    }
    for (says, window) in lengths(&sound.window) {
        push(format!("window {says}"), Some(Override { window, ..sound.clone() }), None);
    }
    if has_movable_edges(&sound.window) {
        // One mutant is run at a time, so that all may hang from the same anchors.
        let window = Window::FromTo { from: first_anchor(1), to: last_anchor(1) };
        for (says, moved) in EDGES {
            let mutant = Override { window: window.clone(), ..sound.clone() };
            push(says.to_owned(), Some(mutant), Some((sound.window.clone(), moved)));
        }
    }
    all
}

fn without<T: PartialEq + Clone>(all: &[T], one: &T) -> Vec<T> {
    all.iter().filter(|other| *other != one).cloned().collect()
}
