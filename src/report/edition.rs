//! Whether a report is final: what it signals has been answered by whoever answers for the figure.
//!
//! A report is made as a draft as often as anybody likes. It is final when for every signal the register of actions has
//! somebody's word that is still in force: an owner, what is done, by when, when it is looked at again, and what the
//! owner says of it.

use crate::calendar::Day;
use crate::read::Action;
use crate::report::actions;
use crate::report::changes::signals;
use crate::report::document::{Block, Group};
use crate::report::reading::Reading;

/// How far a report has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Edition {
    /// It may still change.
    #[default]
    Draft,
    /// All that it signals is answered.
    Final,
}

impl Edition {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Final => "Final",
        }
    }
}

/// The measures that signal something of which the register does not say yet what is done, and what the owner
/// says of it; by their titles, each once.
pub(super) fn unanswered(readings: &[Reading<'_>], register: &[Action], as_at: Day) -> Vec<String> {
    let mut titles: Vec<String> = signals(readings)
        .into_iter()
        .filter(|reading| {
            !actions::answering(reading, register).any(|action| is_answer(action, as_at))
        })
        .map(|reading| reading.measure.title.clone())
        .collect();
    titles.sort();
    titles.dedup();
    titles
}

/// Says to whoever finishes the report what is missing.
pub(super) fn still_to_answer(unanswered: &[String]) -> Vec<Block> {
    let group = || Group {
        title: "Still to be answered by the owner before this is final".to_owned(),
        findings: unanswered.iter().map(|title| format!("{title}.")).collect(),
    };
    (!unanswered.is_empty()).then(|| Block::Group(group())).into_iter().collect()
}

/// Whether somebody's word on a measure is in force: with a comment, and not long over.
fn is_answer(action: &Action, as_at: Day) -> bool {
    let is_over = action.done_on.is_some() && action.review < as_at;
    action.comment.is_some() && !is_over
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_a_comment_and_is_done_or_looked_at_again_later() {
        let day = |text: &str| Day::parse_iso(text).expect("a day");
        let as_at = day("2026-09-30");
        let action = |done: Option<&str>, review: &str, comment: Option<&str>| Action {
            measure: "contacts".to_owned(),
            of: None,
            noted_on: day("2026-05-04"),
            who: "Partner".to_owned(),
            owner: "Police lead".to_owned(),
            action: "Look at it".to_owned(),
            due: day("2026-06-30"),
            review: day(review),
            done_on: done.map(day),
            audit: None,
            comment: comment.map(str::to_owned),
            tell: Vec::new(),
        };
        let said = Some("Two posts were empty.");
        for (of, answers) in [
            (action(None, "2026-12-01", said), true),
            // Overdue, and not forgotten: it stays an answer until it is done.
            (action(None, "2026-09-01", said), true),
            (action(Some("2026-06-20"), "2026-09-30", said), true),
            (action(Some("2026-06-20"), "2026-09-29", said), false),
            (action(None, "2026-12-01", None), false),
        ] {
            assert_eq!(is_answer(&of, as_at), answers, "{of:?}");
        }
    }
}
