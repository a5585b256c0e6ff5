//! What can be told of a unit: every need, outcome, claim and fact about it, and why a verdict is as
//! it is.

use crate::definitions::Definitions;
use crate::definitions::test::Test;
use crate::definitions::verdict::Verdict;
use crate::evaluate::{by_rule, claim_column, fact_column, need_column, outcome_column, qualified};
use crate::explain::timeline::Lane;

/// One need, outcome, claim or fact, and where its verdict stands.
pub(super) struct Subject<'d> {
    /// `sf2022.outcome.not_missing`.
    pub(super) name: String,
    pub(super) title: &'d str,
    /// The unit it is about.
    pub(super) unit: &'d str,
    /// The column of the unit's frame with its verdict.
    pub(super) column: String,
    /// For an outcome: the column with the verdict on its need.
    pub(super) need_column: Option<String>,
    pub(super) tests: &'d [Test],
}

impl Subject<'_> {
    /// The column with the verdict of one of its tests.
    pub(super) fn key_of(&self, test: &Test) -> String {
        if self.name.starts_with("fact.") {
            self.column.clone()
        } else {
            format!("{}.{}", self.name, test.id)
        }
    }
}

/// Everything that is judged: by framework each need with its outcome after it, then claims; facts.
pub(super) fn subjects(definitions: &Definitions) -> Vec<Subject<'_>> {
    let mut all = Vec::new();
    for f in &definitions.frameworks {
        for need in &f.needs {
            let column = need_column(&qualified(f, &need.id));
            all.push(Subject {
                name: format!("{}.need.{}", f.id, need.id),
                title: &need.title,
                unit: "case",
                column: column.clone(),
                need_column: None,
                tests: &need.tests,
            });
            all.extend(f.outcomes.iter().filter(|o| o.need == need.id).map(|o| Subject {
                name: format!("{}.outcome.{}", f.id, o.id),
                title: &o.title,
                unit: "case",
                column: outcome_column(&qualified(f, &o.id)),
                need_column: Some(column.clone()),
                tests: &o.tests,
            }));
        }
        all.extend(f.claims.iter().map(|c| Subject {
            name: format!("{}.claim.{}", f.id, c.id),
            title: &c.title,
            unit: "case",
            column: claim_column(&qualified(f, &c.id)),
            need_column: None,
            tests: &c.tests,
        }));
    }
    all.extend(definitions.facts.iter().map(|fact| Subject {
        name: format!("fact.{}", fact.id),
        title: &fact.title,
        unit: &fact.unit,
        column: fact_column(&fact.id),
        need_column: None,
        tests: std::slice::from_ref(&fact.test),
    }));
    all
}

/// Why a verdict is as it is: the test that decides, and what that waits for or lacks.
pub(super) fn reason(
    definitions: &Definitions,
    subject: &Subject<'_>,
    verdict: Verdict,
    lanes: &[Lane],
    stands: &dyn Fn(&str) -> Option<Verdict>,
) -> String {
    match subject.need_column.as_deref().and_then(stands) {
        Some(Verdict::NotMet) => return "the need was not found".to_owned(),
        Some(Verdict::Pending) => {
            return "whether the need is there is not decided yet".to_owned();
        }
        Some(Verdict::NotApplicable) => return "outside the framework's dates".to_owned(),
        _ => {}
    }
    if let Some(by_rule) = stands(&by_rule(&subject.column)).filter(|found| *found != verdict) {
        let found = by_rule.word().replace('_', " ");
        return format!("of a recorded decision; by its rule it is {found}");
    }
    let deciding = lanes.iter().find(|l| l.verdict == Some(verdict));
    if subject.name.split('.').nth(1) == Some("claim") {
        return of_claim(definitions, subject, lanes, stands);
    }
    let Some(lane) = deciding else {
        return match verdict {
            Verdict::Met => "what the rule asks holds",
            Verdict::NotMet => "what the rule asks does not hold",
            Verdict::Pending => "something that the rule asks about is not decided yet",
            Verdict::Unknown => "nobody can know what the rule asks about",
            Verdict::NotApplicable => "the question does not arise",
        }
        .to_owned();
    };
    let test = lane.test.replace('_', " ");
    match verdict {
        Verdict::Met => {
            let holding = lanes.iter().filter(|l| l.verdict == Some(Verdict::Met));
            let holding: Vec<String> = holding.map(|l| l.test.replace('_', " ")).collect();
            match holding.as_slice() {
                [most @ .., last] if !most.is_empty() => {
                    format!("{} and {last} hold", most.join(", "))
                }
                _ => format!("{test} holds"),
            }
        }
        Verdict::NotMet => format!("{test} does not hold"),
        Verdict::Unknown if lane.window.is_none() && lane.source.is_some() => {
            format!("{test}: a date that it hangs from is missing and will not come any more")
        }
        Verdict::Unknown => format!("{test}: there is no data to decide it"),
        Verdict::NotApplicable => format!("{test} does not arise"),
        Verdict::Pending => match (lane.window, lane.known_to) {
            (Some((_, last)), _) if last > definitions.project.as_at => {
                format!("{test} waits: its window ends on {last}")
            }
            (Some((_, last)), Some(known_to)) if last > known_to => {
                format!("{test} waits: the feed is known only to {known_to}")
            }
            (Some(_), _) => format!("{test} waits for its baseline"),
            (None, _) => format!("{test} waits for a date that has not come yet"),
        },
    }
}

/// What a claim rests on: the needs of its framework, how they stand, and its own tests.
fn of_claim(
    definitions: &Definitions,
    subject: &Subject<'_>,
    lanes: &[Lane],
    stands: &dyn Fn(&str) -> Option<Verdict>,
) -> String {
    let id = subject.name.split('.').next().unwrap_or_default();
    let Some(framework) = definitions.framework(id) else { return String::new() };
    let (mut found, mut met, mut waiting) = (0, 0, 0);
    for need in &framework.needs {
        if stands(&need_column(&qualified(framework, &need.id))) != Some(Verdict::Met) {
            continue;
        }
        found += 1;
        let outcome = framework.outcome_of(&need.id);
        match outcome.and_then(|o| stands(&outcome_column(&qualified(framework, &o.id)))) {
            Some(Verdict::Met) => met += 1,
            Some(Verdict::Pending) => waiting += 1,
            _ => {}
        }
    }
    let mut said = match found {
        0 => "no need was found".to_owned(),
        1 => format!("1 need was found, {met} of them with its outcome met"),
        n => format!("{n} needs were found, {met} of them with their outcome met"),
    };
    if waiting > 0 {
        said.push_str(&format!(", {waiting} not decided yet"));
    }
    for lane in lanes.iter().filter(|l| l.verdict != Some(Verdict::Met)) {
        let verdict = lane.verdict.map_or("not asked", Verdict::word).replace('_', " ");
        said.push_str(&format!("; {}: {verdict}", lane.test.replace('_', " ")));
    }
    said
}
