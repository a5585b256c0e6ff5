//! What somebody should look at, although it works: rules that nobody has compared with their text,
//! reviews that are overdue, and verdicts that no example proves.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::Day;
use crate::definitions::diagnostic::Diagnostic;
use crate::definitions::example::Example;
use crate::definitions::framework::{Framework, Reference};
use crate::definitions::load::ground::Ground;
use crate::definitions::place::Place;
use crate::definitions::source::Silence;
use crate::definitions::test::{Test, TestKind};
use crate::definitions::verdict::Verdict;

impl Ground<'_> {
    pub(super) fn check_governance(
        &self,
        as_at: Day,
        frameworks: &[Framework],
        examples: &[Example],
    ) {
        let mut shown: BTreeMap<&str, BTreeSet<Verdict>> = BTreeMap::new();
        for example in examples {
            shown
                .entry(&example.of)
                .or_default()
                .extend(example.expect.values().map(|found| found.verdict));
        }
        for rule in frameworks.iter().flat_map(rules) {
            self.check_reference(&rule);
            self.check_examples(&rule, shown.get(rule.name.as_str()));
        }
        self.check_reviews(as_at);
    }

    fn check_reference(&self, rule: &Rule<'_>) {
        if rule.reference.checked {
            return;
        }
        let message = format!("nobody has compared `{}` with its published text", rule.name);
        self.log.push(
            Diagnostic::warning("reference_unchecked", rule.place, message)
                .label(rule.name.clone())
                .mend("compare it and write checked = true in its `reference`, or allow the warning for a while"),
        );
    }

    /// Each verdict that the rule can come to should be shown by an example.
    fn check_examples(&self, rule: &Rule<'_>, shown: Option<&BTreeSet<Verdict>>) {
        let shown = |verdict: &Verdict| shown.is_some_and(|s| s.contains(verdict));
        let mut due = vec![Verdict::Met, Verdict::NotMet];
        if rule.can_wait {
            due.push(Verdict::Pending);
        }
        if rule.can_wait && rule.tests.iter().any(|t| self.may_stay_silent(t)) {
            due.push(Verdict::Unknown);
        }
        let without: Vec<&str> = due.iter().filter(|v| !shown(v)).map(|v| v.word()).collect();
        if without.is_empty() {
            return;
        }
        let message = format!("`{}` has no example for {}", rule.name, without.join(", "));
        self.log.push(
            Diagnostic::warning("no_example", rule.place, message)
                .label(format!("{}: {}", rule.name, without.join(", ")))
                .mend("add an [[example]] that expects it"),
        );
    }

    /// Whether a test can end without anybody knowing.
    fn may_stay_silent(&self, test: &Test) -> bool {
        let TestKind::Rows(rows) = &test.kind else { return false };
        let silent = self.source(&rows.source).is_some_and(|s| s.no_rows == Silence::Unknown);
        silent && rows.missing.is_none()
    }

    /// Files and measures whose review is overdue.
    fn check_reviews(&self, as_at: Day) {
        let late = |what: String, due: Option<Day>, place: &Place| {
            let Some(due) = due.filter(|due| *due < as_at) else { return };
            let message = format!("`{what}` was to be reviewed by {due}");
            self.log.push(
                Diagnostic::warning("review_overdue", place, message)
                    .label(what)
                    .mend("review it and write the next date in `next_review`"),
            );
        };
        for file in &self.folder.files {
            if let Some(due) = file.head.get("next_review") {
                late(file.id.text.clone(), due.date_if_it_is_one(), &due.place());
            }
            for kind in ["defaults", "measure"] {
                for (key, value) in file.each(kind) {
                    let Some(due) = value.get("next_review") else { continue };
                    late(format!("{kind}.{}", key.text), due.date_if_it_is_one(), &due.place());
                }
            }
        }
    }
}

/// A need, outcome or claim, as far as somebody has to look at it.
struct Rule<'a> {
    name: String,
    place: &'a Place,
    reference: &'a Reference,
    tests: &'a [Test],
    /// Whether it has to stay undecided for a time: an outcome does, a need is there or not.
    can_wait: bool,
}

fn rules(framework: &Framework) -> Vec<Rule<'_>> {
    let name = |kind: &str, id: &str| format!("{}.{kind}.{id}", framework.id);
    let needs = framework.needs.iter().map(|n| Rule {
        name: name("need", &n.id),
        place: &n.place,
        reference: &n.reference,
        tests: &n.tests,
        can_wait: false,
    });
    let outcomes = framework.outcomes.iter().map(|o| Rule {
        name: name("outcome", &o.id),
        place: &o.place,
        reference: &o.reference,
        tests: &o.tests,
        can_wait: true,
    });
    let claims = framework.claims.iter().map(|c| Rule {
        name: name("claim", &c.id),
        place: &c.place,
        reference: &c.reference,
        tests: &c.tests,
        can_wait: false,
    });
    needs.chain(outcomes).chain(claims).collect()
}
