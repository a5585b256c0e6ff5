//! Definitions: TOML files in, checked and typed definitions out, or diagnostics that say where
//! and how to mend.
//!
//! The files are read by [`load`]; what is left here are plain structs in which every name is
//! resolved and every expression typed. Nothing in this folder touches data.

use std::collections::BTreeMap;

pub mod audience;
pub mod audit;
pub mod case_need;
pub mod data_check;
pub mod departure;
pub mod diagnostic;
pub mod example;
pub mod expression;
pub mod extract;
pub mod feedback;
pub mod framework;
pub mod keep_when;
pub mod load;
pub mod mapping;
pub mod measure;
pub mod moves;
pub mod overrides;
pub mod place;
pub mod population;
pub mod project;
pub mod row_pack;
pub mod saved_query;
pub mod scale;
pub mod signal;
pub mod source;
pub mod test;
pub mod unit;
pub mod verdict;
pub mod words;

use audience::{Audience, DisclosurePolicy, Pack};
use audit::OutcomeAudit;
use data_check::DataCheck;
use departure::{Amendment, Dropped};
use example::{Example, RecordExample, ScoreExample};
use expression::Name;
use extract::Extract;
use framework::{Claim, Framework};
use mapping::{CodeMap, Crosswalk, Map};
use measure::{AskedOfPeriod, Breakdown, Fact, Measure, MeasureKind};
use project::Project;
use row_pack::RowPack;
use saved_query::SavedQuery;
use scale::Scale;
use source::Source;
use unit::{Group, Link, Unit, UnitRows};

/// Everything a council and its partners have agreed, checked.
#[derive(Debug)]
pub struct Definitions {
    /// The project file.
    pub project: Project,
    /// Units, in file order.
    pub units: Vec<Unit>,
    /// Links between entities.
    pub links: Vec<Link>,
    /// Groups of people, in file order.
    pub groups: Vec<Group>,
    /// Sources, in file order.
    pub sources: Vec<Source>,
    /// The council's mapping, in file order.
    pub maps: Vec<Map>,
    /// Code maps by name.
    pub codes: BTreeMap<String, CodeMap>,
    /// Crosswalks by name.
    pub crosswalks: BTreeMap<String, Crosswalk>,
    /// Assessment scales.
    pub scales: Vec<Scale>,
    /// Frameworks, in the order in which the project uses them.
    pub frameworks: Vec<Framework>,
    /// Facts, in file order.
    pub facts: Vec<Fact>,
    /// Breakdowns, in file order.
    pub breakdowns: Vec<Breakdown>,
    /// Measures, in file order.
    pub measures: Vec<Measure>,
    /// Checks of the data, in file order.
    pub checks: Vec<DataCheck>,
    /// Saved extracts, in file order.
    pub extracts: Vec<Extract>,
    /// Audits of outcomes, in file order.
    pub audits: Vec<OutcomeAudit>,
    /// Saved questions, in file order.
    pub queries: Vec<SavedQuery>,
    /// Disclosure policies by name.
    pub policies: BTreeMap<String, DisclosurePolicy>,
    /// Audiences, in file order.
    pub audiences: Vec<Audience>,
    /// Packs of figures, in file order.
    pub packs: Vec<Pack>,
    /// Row-level packs, in file order.
    pub row_packs: Vec<RowPack>,
    /// Worked examples, in file order.
    pub examples: Vec<Example>,
    /// Worked examples of data checks and saved extracts, in file order.
    pub record_examples: Vec<RecordExample>,
    /// Worked examples of scales, in file order.
    pub score_examples: Vec<ScoreExample>,
    /// Local changes to definitions that somebody else wrote, in the order of the files.
    pub amendments: Vec<Amendment>,
    /// What was left out because of mistakes; empty unless the project says `keep_going`.
    pub dropped: Vec<Dropped>,
    /// The files that were read, with the hash of each, in the order they were read.
    pub files: Vec<DefinitionFile>,
}

/// A definition file that took part.
#[derive(Debug, Clone)]
pub struct DefinitionFile {
    /// Its name within the folder.
    pub name: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

macro_rules! lookup {
    ($(#[$doc:meta])* $name:ident, $list:ident, $ty:ty) => {
        $(#[$doc])*
        #[must_use]
        pub fn $name(&self, id: &str) -> Option<&$ty> {
            self.$list.iter().find(|x| x.id == id)
        }
    };
}

impl Definitions {
    /// The claim by whose day a column puts units in periods, with its framework; nothing for other columns.
    #[must_use]
    pub fn claim_dated_by(&self, column: &str) -> Option<(&Framework, &Claim)> {
        let claims = self.frameworks.iter().flat_map(|f| f.claims.iter().map(move |c| (f, c)));
        claims.into_iter().find(|(framework, claim)| claim.met_on(framework) == column)
    }

    lookup!(/// A unit by name.
        unit, units, Unit);
    lookup!(/// A group by name.
        group, groups, Group);
    lookup!(/// A source by name.
        source, sources, Source);
    lookup!(/// A scale by name.
        scale, scales, Scale);
    lookup!(/// A framework by name.
        framework, frameworks, Framework);
    lookup!(/// A fact by name.
        fact, facts, Fact);
    lookup!(/// A breakdown by name.
        breakdown, breakdowns, Breakdown);
    lookup!(/// A measure by name.
        measure, measures, Measure);
    lookup!(/// A data check by name.
        check, checks, DataCheck);
    lookup!(/// A saved extract by name.
        extract, extracts, Extract);
    lookup!(/// An audit by name.
        audit, audits, OutcomeAudit);
    lookup!(/// A saved question by name.
        query, queries, SavedQuery);
    lookup!(/// An audience by name.
        audience, audiences, Audience);
    lookup!(/// A pack of figures by name.
        pack, packs, Pack);

    /// What a measure asks of the reporting period itself.
    #[must_use]
    pub fn asked_of_period(&self, measure: &Measure) -> AskedOfPeriod {
        let fact = |id: &str| self.fact(id).map(|f| &f.test);
        let asked = measure.expressions().flat_map(|e| e.expr.names()).map(|name| match name {
            Name::PeriodStart => AskedOfPeriod::Start,
            Name::PeriodEnd => AskedOfPeriod::End,
            Name::Fact(id) if fact(&id).is_some_and(|t| t.asks_about_period_start()) => {
                AskedOfPeriod::Start
            }
            Name::Fact(id) if fact(&id).is_some_and(|t| t.asks_about_period()) => {
                AskedOfPeriod::End
            }
            _ => AskedOfPeriod::Nothing,
        });
        asked.max().unwrap_or(AskedOfPeriod::Nothing)
    }

    /// Whether a measure, or a part of its ratio, asks about the reporting period itself.
    #[must_use]
    pub fn asks_about_period(&self, measure: &str) -> bool {
        let Some(measure) = self.measure(measure) else { return false };
        match &measure.kind {
            MeasureKind::Ratio { over, under } => {
                self.asks_about_period(over) || self.asks_about_period(under)
            }
            _ => self.asked_of_period(measure) != AskedOfPeriod::Nothing,
        }
    }

    /// Whether no answer to a measure is ever outstanding, which every reader of its definition knows: it asks
    /// for what is recorded, and for no verdict.
    #[must_use]
    pub fn never_waits(&self, measure: &Measure) -> bool {
        if let MeasureKind::Ratio { over, under } = &measure.kind {
            let part = |id: &str| self.measure(id).is_some_and(|part| self.never_waits(part));
            return part(over) && part(under);
        }
        let of_needs = self.unit(&measure.unit).is_none_or(|u| u.rows == UnitRows::CaseNeeds);
        let is_verdict = |name: Name| {
            matches!(name, Name::Fact(_) | Name::Need(_) | Name::Outcome(_) | Name::Claim(_))
        };
        !of_needs && !measure.expressions().flat_map(|e| e.expr.names()).any(is_verdict)
    }

    /// The source whose rows are units of a kind, or those that its members belong to.
    #[must_use]
    pub fn source_of(&self, unit: &Unit) -> Option<&Source> {
        match &unit.rows {
            UnitRows::Source(source) => self.source(source),
            UnitRows::Members { .. } => self.source_of(self.unit(unit.of.as_deref()?)?),
            UnitRows::CaseNeeds | UnitRows::ScorePairs | UnitRows::Moves(_) => None,
        }
    }

    /// Who sends what a source holds, by role; nothing where our own teams record it.
    #[must_use]
    pub fn owner_of(&self, source: &str) -> Option<String> {
        let mut owners: Vec<&str> =
            self.maps_of(source).filter_map(|map| map.owner.as_deref()).collect();
        owners.sort_unstable();
        owners.dedup();
        (!owners.is_empty()).then(|| owners.join(" or "))
    }

    /// The maps that feed a source, in file order.
    pub fn maps_of(&self, source: &str) -> impl Iterator<Item = &Map> {
        self.maps.iter().filter(move |m| m.source == source)
    }

    /// Whether any map feeds a source.
    #[must_use]
    pub fn is_fed(&self, source: &str) -> bool {
        self.maps_of(source).next().is_some()
    }
}
