//! Definitions in plain English: the note under a figure, and the answer to "what does this mean?".

mod agreed;
mod changed;
mod conditions;
mod explain;

pub(crate) use agreed::parameters_of;
pub use changed::{Changed, Said, changed};
pub use explain::{definitions_behind, explain, nearest_definition, said};

use crate::definitions::Definitions;
use crate::definitions::expression::Expr;
use crate::definitions::measure::{
    Counted, Exclusion, ImmatureCounts, Measure, MeasureKind, UnknownCounts,
};
use crate::definitions::test::Stated;
use crate::statistics::Quartile;
pub(crate) use conditions::literal_word as literal;
use conditions::{Voice, name_of_column, sentence, spaced, without_article};

/// The label of the numbers that somebody agreed on.
pub(crate) const AGREED: &str = "Agreed numbers";

/// A name of the definitions as the start of a line: "Social care spell".
#[must_use]
pub(crate) fn capital(name: &str) -> String {
    sentence(&spaced(name)).trim_end_matches('.').to_owned()
}

/// A condition in words. Over rows, bare columns are those of a source and not of the unit.
#[must_use]
pub(crate) fn condition(
    expr: &Expr,
    unit: &str,
    over_rows: bool,
    definitions: &Definitions,
) -> String {
    let voice = Voice::of_unit(definitions, unit);
    if over_rows { voice.over_rows().condition(expr) } else { voice.condition(expr) }
}

/// What is stated where nothing can be computed, in words.
#[must_use]
pub(crate) fn stated(stated: Stated) -> &'static str {
    match stated {
        Stated::Met => "met",
        Stated::NotMet => "not met",
        Stated::Unknown => "unknown",
        Stated::NotApplicable => "not applicable",
    }
}

/// The reason at a place among those for which a measure leaves units out: `left out: moved away`.
#[must_use]
pub(crate) fn reason(measure: &Measure, place: usize) -> String {
    let name = measure.reasons().nth(place).map_or("", |e| e.name.as_str());
    let what = if place < measure.exclude.len() { "left out" } else { "excused" };
    format!("{what}: {}", spaced(name))
}

/// What stands beside every figure of a measure: labels and text, in the order of a page.
#[must_use]
pub fn measure_note(measure: &Measure, definitions: &Definitions) -> Vec<(String, String)> {
    let voice = Voice::of_unit(definitions, &measure.unit);
    let plural = definitions.unit(&measure.unit).map_or("units", |u| u.plural.as_str());
    let mut note = vec![("What is counted".to_owned(), sentence(&measure.description))];
    let mut line = |label: &str, text: String| note.push((label.to_owned(), text));
    if !matches!(measure.kind, MeasureKind::Ratio { .. }) {
        line(
            "Who is in it",
            match &measure.population {
                Some(population) => {
                    sentence(&format!("{plural} where {}", voice.condition(&population.expr)))
                }
                None => sentence(&format!("all {plural}")),
            },
        );
    }
    let reasons = |reasons: &[Exclusion]| {
        let said = reasons.iter().map(|e| {
            sentence(&format!("{plural} where {}: {}", voice.condition(&e.when.expr), e.why))
        });
        said.collect::<Vec<_>>().join(" ")
    };
    if !measure.exclude.is_empty() {
        line("Left out", reasons(&measure.exclude));
    }
    if !measure.except.is_empty() {
        line("Excused", format!("Where they would count as not met: {}", reasons(&measure.except)));
    }
    line("When it counts", when(measure, &voice, definitions));
    if measure.kind.asks_each_unit() {
        line("Unknown", unknown(measure));
    }
    if let Some(rule) = &measure.signal {
        line("Watched", rule.words());
    }
    line("Why it matters", sentence(&measure.why));
    if let Some(caveats) = &measure.caveats {
        line("Caveats", sentence(caveats));
    }
    line("Owner", measure.owner.clone());
    if let Some(rule) = rule(measure, definitions, &voice) {
        line("Rule", rule);
    }
    if let Some(agreed) = agreed::agreed(measure, definitions) {
        line(AGREED, agreed);
    }
    note
}

fn when(measure: &Measure, voice: &Voice<'_>, definitions: &Definitions) -> String {
    match &measure.counted {
        Counted::On { column, .. } if let Some((_, claim)) = definitions.claim_dated_by(column) => {
            format!(
                "In the month in which the last condition of “{}” was met: the last day of its last window, or of a decision that it rests on.",
                claim.title
            )
        }
        Counted::On { column, parent: false } => {
            format!("In the month of {}.", voice.anchor(column))
        }
        Counted::On { column, parent: true } => {
            format!(
                "In the month of {}'s {}.",
                voice.parent(),
                without_article(&name_of_column(column))
            )
        }
        Counted::AtPeriodEnd => "When it is open on the last day of the period.".to_owned(),
        Counted::FromParts => "As the measures above and below it count.".to_owned(),
    }
}

fn unknown(measure: &Measure) -> String {
    let proportion = matches!(measure.kind, MeasureKind::Proportion { .. });
    let not_met = proportion && measure.unknown == UnknownCounts::AsNotMet;
    let unknown = match (measure.missing_is_not_met, not_met) {
        (true, _) => "What is not recorded has not happened: it counts as not met.",
        (false, true) => "When nobody can know the answer it counts as not met.",
        (false, false) => "When nobody can know the answer it is left out.",
    };
    let pending = match measure.immature {
        ImmatureCounts::LeaveOut => "Answers that are not due yet are left out.",
        ImmatureCounts::AsNotMet => {
            "Answers that are not due yet count as not met until they are met."
        }
    };
    format!("{unknown} {pending} Both numbers are shown.")
}

/// What is asked of each unit, or which measures are divided.
fn rule(measure: &Measure, definitions: &Definitions, voice: &Voice<'_>) -> Option<String> {
    let title = |id: &String| {
        definitions
            .measure(id)
            .map_or_else(|| id.clone(), |m| format!("\u{201c}{}\u{201d}", m.title))
    };
    Some(match &measure.kind {
        MeasureKind::Count => return None,
        MeasureKind::Proportion { numerator } => {
            sentence(&format!("it holds when {}", voice.condition(&numerator.expr)))
        }
        MeasureKind::Sum { value } => sentence(&format!("adds up {}", voice.value(&value.expr))),
        MeasureKind::Mean { value } => {
            sentence(&format!("the mean of {}", voice.value(&value.expr)))
        }
        MeasureKind::Quartile { which, value } => {
            let which = match which {
                Quartile::Lower => "the value that a quarter has or is below,",
                Quartile::Middle => "the value in the middle",
                Quartile::Upper => "the value that three quarters have or are below,",
            };
            sentence(&format!("{which} of {}", voice.value(&value.expr)))
        }
        MeasureKind::Distribution { value, .. } => {
            sentence(&format!("split by {}", voice.value(&value.expr)))
        }
        MeasureKind::Ratio { over, under } => {
            format!("{} divided by {}.", title(over), title(under))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions::load::mistakes::town;

    fn explained(id: &str) -> String {
        explain(id, &town::definitions()).unwrap_or_default()
    }

    #[test]
    fn an_outcome_is_said_with_the_dates_of_its_window() {
        let expected = "\
Not missing for six months
rules.outcome.found

Applies to cases with the need “A child went missing”.
It has to hold for 6 months.
The outcome is met when the following holds.
  For each person of the group “those with the need”, in “Police” where the kind is missing, in the 6 months after the closed date: there are none.
    The window: with the closed date on 30 September 2026, that is 1 October 2026 to 30 March 2027, both days included.
    No rows means that nothing happened.
After: The guidance. Nobody has compared the wording with the published text yet.
1 example:
  Still open (C1: pending).
Part of the claims: rules.claim.success.
Used by the measures: met.
Shown in the packs: monthly.
";
        assert_eq!(explained("rules.outcome.found"), expected);
        assert_eq!(explained("found"), expected);
    }

    #[test]
    fn names_may_be_as_short_as_they_are_clear() {
        assert!(explained("police").starts_with("Police\nsource.police"));
        assert!(explained("closed").starts_with("Cases closed\nmeasure.closed"));
        assert!(explained("need.missing").contains("there is at least one"));
        assert_eq!(explained("nothing_of_the_kind"), "");
    }

    #[test]
    fn thresholds_are_said_with_their_unit() {
        let said = explained("fact.attending");
        assert!(said.contains("in every row the share is at least 90%"), "{said}");
        assert!(
            said.contains("in the last 2 complete terms that end by the closed date"),
            "{said}"
        );
        assert!(said.contains("No rows means that nobody knows."), "{said}");
    }

    #[test]
    fn the_note_of_a_measure_answers_in_the_order_of_a_page() {
        let definitions = town::definitions();
        let measure = definitions.measure("met").expect("the measure");
        let note = measure_note(measure, &definitions);
        let labels: Vec<&str> = note.iter().map(|(label, _)| label.as_str()).collect();
        let order = [
            "What is counted",
            "Who is in it",
            "Left out",
            "When it counts",
            "Unknown",
            "Why it matters",
            "Owner",
            "Rule",
            "Agreed numbers",
        ];
        assert_eq!(labels, order);
        let text = |label: &str| note.iter().find(|(l, _)| l == label).map_or("", |(_, t)| t);
        assert_eq!(text("Who is in it"), "Cases where the need “A child went missing” was found.");
        assert_eq!(text("Left out"), "Cases where the reason is moved: Nobody can know.");
        assert_eq!(text("When it counts"), "In the month of the closed date.");
        let rule = "It holds when the outcome “Not missing for six months” was met and attending.";
        assert_eq!(text("Rule"), rule);
    }
}
