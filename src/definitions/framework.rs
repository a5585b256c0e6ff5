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

/// A rule that nobody has compared with its published text.
#[derive(Debug, Clone, Copy)]
pub struct UncheckedRule<'a> {
    /// The framework it belongs to.
    pub framework: &'a Framework,
    /// What it is a rule for: `need`, `outcome` or `claim`.
    pub kind: &'static str,
    /// Its name within the framework.
    pub id: &'a str,
    /// The rule in words.
    pub title: &'a str,
    /// Where it comes from.
    pub reference: &'a Reference,
}

impl UncheckedRule<'_> {
    /// Its whole name: `sf2022.need.missing_from_home`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}.{}.{}", self.framework.id, self.kind, self.id)
    }
}

impl Definitions {
    /// Needs, outcomes and claims whose rule nobody has compared with its published text, framework by
    /// framework.
    #[must_use]
    pub fn unchecked_rules(&self) -> Vec<UncheckedRule<'_>> {
        fn of(
            framework: &Framework,
        ) -> impl Iterator<Item = (&'static str, &String, &String, &Reference)> {
            let needs = framework.needs.iter().map(|n| ("need", &n.id, &n.title, &n.reference));
            let outcomes =
                framework.outcomes.iter().map(|o| ("outcome", &o.id, &o.title, &o.reference));
            let claims = framework.claims.iter().map(|c| ("claim", &c.id, &c.title, &c.reference));
            needs.chain(outcomes).chain(claims)
        }
        let all = self.frameworks.iter().flat_map(|f| of(f).map(move |rule| (f, rule)));
        all.filter(|(_, (.., reference))| !reference.checked)
            .map(|(framework, (kind, id, title, reference))| UncheckedRule {
                framework,
                kind,
                id,
                title,
                reference,
            })
            .collect()
    }
}

impl Reference {
    /// The document and the place in it; nothing when none is named.
    #[must_use]
    pub fn words(&self) -> Option<String> {
        let parts: Vec<&str> =
            [&self.document, &self.section].into_iter().flatten().map(String::as_str).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

/// How the name of the day on which a claim was met ends.
pub(super) const MET_ON: &str = ".met_on";

impl Claim {
    /// The date on which the last condition of the claim was met, as measures name it.
    #[must_use]
    pub fn met_on(&self, framework: &Framework) -> String {
        format!("{}.claim.{}{MET_ON}", framework.id, self.id)
    }
}

/// The source with the results that a council has claimed so far.
pub const CLAIMS_MADE: &str = "claims_made";

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
    /// Claims that may not be made for a family besides this one: `tf2015.tf_result`.
    pub not_with: Vec<String>,
    /// Where the rule comes from.
    pub reference: Reference,
    /// Where it is defined.
    pub place: Place,
}
