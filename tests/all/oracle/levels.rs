//! The levels of a breakdown: which there are, in which order, and the level of one unit.

use std::collections::BTreeSet;

use early_help::definitions::Definitions;
use early_help::definitions::measure::Breakdown;
use early_help::measure::{Level, NOT_RECORDED};

use super::value::Value;
use super::world::Subject;

/// The code of a unit's level.
pub(crate) fn level_of(breakdown: &Breakdown, subject: &Subject) -> String {
    let mut of = Some(subject);
    let mut value = None;
    while let (None, Some(subject)) = (&value, of) {
        value = subject.own(&breakdown.column);
        of = subject.parent.as_deref();
    }
    let value = value.unwrap_or_default();
    if breakdown.bands.is_empty() {
        return code_of(&value);
    }
    let band = value
        .number()
        .and_then(|n| breakdown.bands.iter().find(|band| band.from <= n && n <= band.to));
    band.map_or_else(|| NOT_RECORDED.to_owned(), |band| band.name.clone())
}

/// The code of a value as a level.
pub(crate) fn code_of(value: &Value) -> String {
    if value.is_nothing() { NOT_RECORDED.to_owned() } else { value.written() }
}

/// All levels: as declared, then others that occur in alphabetical order, not recorded last.
pub(crate) fn levels(
    definitions: &Definitions,
    breakdown: &Breakdown,
    occurring: &BTreeSet<String>,
) -> Vec<Level> {
    let declared = breakdown.order.iter().chain(breakdown.bands.iter().map(|band| &band.name));
    in_order(declared, occurring)
        .into_iter()
        .map(|code| {
            let given = breakdown.titles.iter().find(|(c, _)| *c == code).map(|(_, t)| t.clone());
            let title = given.or_else(|| title_of(definitions, &breakdown.column, &code));
            Level { title: title.unwrap_or_else(|| code.clone()), code }
        })
        .collect()
}

/// The levels of a distribution's own values: the declared words, then as for any breakdown.
pub(crate) fn categories(words: &[String], occurring: &BTreeSet<String>) -> Vec<Level> {
    in_order(words.iter(), occurring)
        .into_iter()
        .map(|code| {
            let nothing = code == NOT_RECORDED;
            let title = if nothing { "Not recorded".to_owned() } else { code.clone() };
            Level { code, title }
        })
        .collect()
}

fn in_order<'a>(
    declared: impl Iterator<Item = &'a String>,
    occurring: &'a BTreeSet<String>,
) -> Vec<String> {
    let mut codes: Vec<String> = Vec::new();
    for code in declared.chain(occurring) {
        if code != NOT_RECORDED && !codes.contains(code) {
            codes.push(code.clone());
        }
    }
    if occurring.contains(NOT_RECORDED) {
        codes.push(NOT_RECORDED.to_owned());
    }
    codes
}

/// The title of what a code names: a headline, a need, a domain, or nothing recorded.
fn title_of(definitions: &Definitions, column: &str, code: &str) -> Option<String> {
    if code == NOT_RECORDED {
        return Some("Not recorded".to_owned());
    }
    let mut frameworks = definitions.frameworks.iter();
    match column {
        "headline" => frameworks.find_map(|f| f.headline(code)).map(|h| h.title.clone()),
        "need" => frameworks
            .find_map(|f| f.needs.iter().find(|n| n.id == code))
            .map(|need| need.title.clone()),
        "framework" => definitions.framework(code).map(|f| f.title.clone()),
        "domain" => definitions
            .scales
            .iter()
            .find_map(|s| s.domains.iter().find(|(id, _)| id == code))
            .map(|(_, title)| title.clone()),
        _ => None,
    }
}
