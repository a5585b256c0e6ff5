//! What families said, in their own words, for readers for whom there is consent. Whoever keeps the register chose
//! the lines; here only the newest of them are taken.

use crate::definitions::audience::Section;
use crate::report::About;
use crate::report::document::{Block, Group};
use crate::report::figures::distinct;
use crate::report::plan::Plan;
use crate::report::sentences::{capital, listed, lower};

/// How far back somebody's words are shown, in months up to the end of the report's period.
const MONTHS: i32 = 12;

/// The words that go with a section, for those of its readers who are given them.
pub(super) fn blocks(plan: &Plan<'_>, section: &Section, about: &About<'_>) -> Vec<Block> {
    let Some(asked) = section.words.as_ref().filter(|w| w.audiences.contains(&plan.audience.id))
    else {
        return Vec::new();
    };
    let end = plan.period.end();
    let since = end.plus_months(-MONTHS);
    let mut said: Vec<_> = about
        .own_words
        .iter()
        .filter(|w| w.consent_for.contains(&plan.audience.id))
        .filter(|w| since < w.said_on && w.said_on <= end)
        .collect();
    said.sort_by_key(|w| std::cmp::Reverse(w.said_on));
    said.truncate(asked.most);
    if said.is_empty() {
        let words = "No family's own words are shown: nobody has chosen any of the last twelve months for which there is consent for these readers.";
        return vec![Block::Note(words.to_owned())];
    }
    let chosen: Vec<String> = distinct(said.iter().map(|w| lower(&w.chosen_by)));
    let line = |w: &&crate::read::OwnWords| {
        let month = crate::calendar::Period::month_of(w.said_on).label();
        format!("“{}” ({}, {month})", w.words, capital(w.who.words()))
    };
    let group = Group {
        title: "In families’ own words".to_owned(),
        findings: said.iter().map(line).collect(),
    };
    let note = format!(
        "Chosen by the {}, with consent for these readers. A few lines say nothing of how many think so: that is what the answers above are for.",
        listed(&chosen)
    );
    vec![Block::Group(group), Block::Note(note)]
}
