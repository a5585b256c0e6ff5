//! Decisions in the place of rules on the line of time: one lane for those about one definition, and
//! the words for the one that stands.

use crate::calendar::Day;
use crate::definitions::Definitions;
use crate::definitions::overrides::{OVERRIDES, Override};
use crate::definitions::verdict::Verdict;
use crate::evaluate::{Decision, Effect, Evaluated, may_decide};
use crate::explain::timeline::{Lane, Mark};

/// The recorded decisions about one need, outcome or claim of a case.
pub(super) struct Decided<'e> {
    definitions: &'e Definitions,
    decisions: Vec<&'e Decision>,
}

impl<'e> Decided<'e> {
    pub(super) fn new(
        definitions: &'e Definitions,
        evaluated: &'e Evaluated,
        case: usize,
        definition: &str,
    ) -> Self {
        let of_case = |d: &&Decision| d.case.is_some_and(|place| place as usize == case);
        let about = |d: &&Decision| d.definition == definition;
        let mut decisions: Vec<&Decision> =
            evaluated.decisions.iter().filter(of_case).filter(about).collect();
        decisions.sort_by_key(|d| (d.decided_on, d.row));
        Self { definitions, decisions }
    }

    /// Why a verdict is not that of its rule, if it is not.
    pub(super) fn reason(&self) -> Option<String> {
        let stands = self.decisions.iter().find(|d| d.effect == Effect::Counted)?;
        let when = stands.decided_on.map(|day| format!(" on {day}")).unwrap_or_default();
        let by_rule = stands.by_rule.map_or("something else", Verdict::word);
        Some(format!(
            "{} decided so{when} ({}); by its rule it is {}",
            spaced(&stands.role),
            spaced(&stands.reason),
            spaced(by_rule),
        ))
    }

    /// The decisions as marks, under the time for them; a lane for those that were made to each verdict.
    pub(super) fn lanes(&self, day_of: &dyn Fn(&str) -> Option<Day>) -> Vec<Lane> {
        let source = self.definitions.source(OVERRIDES).map(|s| s.title.clone());
        let mut lanes: Vec<Lane> = Vec::new();
        for decision in &self.decisions {
            let lets = may_decide(self.definitions, decision);
            let days = |rule: &Override| {
                let calendars = self.definitions.project.calendars();
                rule.window.days(day_of, calendars).ok().flatten()
            };
            let stands = decision.effect == Effect::Counted;
            let test = if stands { "decision" } else { "decision_that_does_not_count" };
            let by = if decision.role.is_empty() { "nobody on record" } else { &decision.role };
            let why = if decision.reason.is_empty() { "no reason" } else { &decision.reason };
            let effect = decision.effect.word();
            let label = format!("{OVERRIDES} row {}: {by}, {why}, {effect}", decision.row);
            let mark = Mark {
                from: decision.decided_on,
                to: decision.decided_on,
                label: label.replace('_', " "),
            };
            let same = |l: &&mut Lane| l.test == test && l.verdict == decision.decided;
            match lanes.iter_mut().find(same) {
                Some(lane) => lane.marks.push(mark),
                None => lanes.push(Lane {
                    test: test.to_owned(),
                    source: source.clone(),
                    window: lets.and_then(days),
                    baseline: None,
                    known_to: Some(self.definitions.project.as_at),
                    verdict: decision.decided,
                    marks: vec![mark],
                }),
            }
        }
        lanes
    }
}

fn spaced(word: &str) -> String {
    word.replace('_', " ")
}
