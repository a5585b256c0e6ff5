//! Frameworks: effective-dated sets of headlines, needs, outcomes and claims.

use crate::calendar::{Day, Length};
use crate::definitions::Definitions;
use crate::definitions::expression::Checked;
use crate::definitions::overrides::Override;
use crate::definitions::place::Place;
use crate::definitions::test::Test;

/// A set of rules that was in force for a time.
#[derive(Debug, Clone)]
pub struct Framework {
    /// Its name: the `id` of its file.
    pub id: String,
    /// Its title.
    pub title: String,
    /// In force from and to (both included), by a date of the case.
    pub valid: Option<Valid>,
    /// The document it follows.
    pub reference: Reference,
    /// Headline outcomes, in order.
    pub headlines: Vec<Headline>,
    /// Needs, in file order.
    pub needs: Vec<Need>,
    /// Outcomes, in file order.
    pub outcomes: Vec<Outcome>,
    /// Claims, in file order.
    pub claims: Vec<Claim>,
    /// What may be decided otherwise than its rule says, in file order.
    pub overrides: Vec<Override>,
}

impl Framework {
    /// A headline by name.
    #[must_use]
    pub fn headline(&self, id: &str) -> Option<&Headline> {
        self.headlines.iter().find(|h| h.id == id)
    }

    /// The outcome that answers a need.
    #[must_use]
    pub fn outcome_of(&self, need: &str) -> Option<&Outcome> {
        self.outcomes.iter().find(|o| o.need == need)
    }
}

impl Definitions {
    /// Needs, outcomes and claims whose rule nobody has compared with its published text: whole
    /// names, framework by framework.
    #[must_use]
    pub fn unchecked_rules(&self) -> Vec<String> {
        let of = |framework: &Framework| {
            let needs = framework.needs.iter().map(|n| ("need", &n.id, n.reference.checked));
            let outcomes =
                framework.outcomes.iter().map(|o| ("outcome", &o.id, o.reference.checked));
            let claims = framework.claims.iter().map(|c| ("claim", &c.id, c.reference.checked));
            let unchecked = needs.chain(outcomes).chain(claims).filter(|(_, _, checked)| !checked);
            unchecked.map(|(kind, id, _)| format!("{}.{kind}.{id}", framework.id)).collect()
        };
        self.frameworks.iter().flat_map(|f: &Framework| -> Vec<String> { of(f) }).collect()
    }
}

impl Claim {
    /// The date on which the last condition of the claim was met, as measures name it.
    #[must_use]
    pub fn met_on(&self, framework: &Framework) -> String {
        format!("{}.claim.{}.met_on", framework.id, self.id)
    }
}

/// Effective dates.
#[derive(Debug, Clone)]
pub struct Valid {
    /// First day.
    pub from: Day,
    /// Last day; none means still in force.
    pub to: Option<Day>,
    /// The anchor of the case that decides.
    pub by: String,
}

/// Where a rule comes from, and whether somebody has compared it with the published text.
#[derive(Debug, Clone, Default)]
pub struct Reference {
    /// The document.
    pub document: Option<String>,
    /// The place in it.
    pub section: Option<String>,
    /// Its address.
    pub url: Option<String>,
    /// Compared with the published text; `false` is printed on every report.
    pub checked: bool,
}

/// A headline outcome.
#[derive(Debug, Clone)]
pub struct Headline {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// A few words for charts and sentences, if the title is too long for them.
    pub short: Option<String>,
    /// Its place in the order.
    pub order: i64,
}

/// A problem found at the start.
#[derive(Debug, Clone)]
pub struct Need {
    /// Its name.
    pub id: String,
    /// The headline it belongs to.
    pub headline: String,
    /// The problem in words.
    pub title: String,
    /// A few words for charts and sentences, if the title is too long for them.
    pub short: Option<String>,
    /// Its tests.
    pub tests: Vec<Test>,
    /// How the tests decide; rule scope. With one test, that test.
    pub rule: Checked,
    /// Where the rule comes from.
    pub reference: Reference,
    /// Where it is defined.
    pub place: Place,
}

/// What has to hold afterwards, and for how long.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Its name.
    pub id: String,
    /// The need it answers.
    pub need: String,
    /// What has to hold, in words.
    pub title: String,
    /// For how long, as declared; checked against the windows.
    pub sustained: Option<Length>,
    /// Its tests.
    pub tests: Vec<Test>,
    /// How the tests decide; rule scope.
    pub rule: Checked,
    /// Where the rule comes from.
    pub reference: Reference,
    /// Where it is defined.
    pub place: Place,
}

/// What a council may assert about a case when all of a framework's conditions hold.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Its name.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its own tests.
    pub tests: Vec<Test>,
    /// How needs, outcomes and tests decide; rule scope.
    pub rule: Checked,
    /// Where the rule comes from.
    pub reference: Reference,
    /// Where it is defined.
    pub place: Place,
}
