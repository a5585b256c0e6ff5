//! What has been read so far, and the order in which the rest is read on top of it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::definitions::Definitions;
use crate::definitions::diagnostic::{Diagnostic, nearest_or_list};
use crate::definitions::expression::check::{Names, Scope, Wanted, check};
use crate::definitions::expression::{Checked, Type};
use crate::definitions::load::folder::Folder;
use crate::definitions::load::reader::{Log, Text, Value};
use crate::definitions::load::row_packs::ForCases;
use crate::definitions::load::saved_queries::ForQueries;
use crate::definitions::load::scopes::Reach;
use crate::definitions::project::Project;
use crate::definitions::scale::Scale;
use crate::definitions::source::Source;
use crate::definitions::unit::{Group, Link, Unit, UnitRows};

/// The unit that needs, outcomes and claims are about.
pub(super) const CASE: &str = "case";

/// A fact as other expressions see it.
#[derive(Debug, Clone)]
pub(super) struct KnownFact {
    pub(super) id: String,
    pub(super) unit: String,
    pub(super) ty: Type,
    /// Whether it is another in each reporting period: only measures know of which.
    pub(super) by_period: bool,
}

/// The definitions on which the others stand.
pub(super) struct Ground<'a> {
    pub(super) log: &'a Log,
    pub(super) folder: &'a Folder<'a>,
    /// Parameters as `param.x`.
    pub(super) parameters: Names,
    /// Names of calendars of named periods.
    pub(super) calendars: Vec<String>,
    pub(super) sources: Vec<Source>,
    pub(super) units: Vec<Unit>,
    pub(super) links: Vec<Link>,
    pub(super) groups: Vec<Group>,
    pub(super) facts: Vec<KnownFact>,
    pub(super) scales: Arc<Vec<Scale>>,
    declared: BTreeMap<&'static str, Vec<String>>,
    broken: RefCell<Arc<BTreeSet<String>>>,
    /// The names in reach of what has been asked for so far.
    pub(super) reaches: RefCell<BTreeMap<Reach, Arc<Names>>>,
}

impl<'a> Ground<'a> {
    pub(super) fn new(log: &'a Log, folder: &'a Folder<'a>) -> Self {
        let kinds = [
            "source",
            "unit",
            "group",
            "scale",
            "fact",
            "breakdown",
            "measure",
            "audience",
            "disclosure",
            "pack",
            "codes",
            "crosswalk",
            "extract",
            "cast",
            "calendar",
        ];
        let declared = kinds.into_iter().map(|kind| (kind, folder.declared(kind))).collect();
        Self {
            log,
            folder,
            parameters: Names::new(),
            calendars: Vec::new(),
            sources: Vec::new(),
            units: Vec::new(),
            links: Vec::new(),
            groups: Vec::new(),
            facts: Vec::new(),
            scales: Arc::default(),
            declared,
            broken: RefCell::default(),
            reaches: RefCell::default(),
        }
    }

    /// Reads everything, each kind after those that it refers to.
    pub(super) fn definitions(mut self) -> Option<Definitions> {
        let project = self.project();
        self.read_sources();
        self.read_scales();
        self.read_units();
        self.read_links();
        self.read_groups();
        let frameworks = self.frameworks();
        let facts = self.facts();
        let breakdowns = self.breakdowns();
        let measures = self.measures(&breakdowns);
        let as_at = project.as_ref().map(|p: &Project| p.as_at);
        let checks = self.data_checks(&breakdowns);
        let policies = self.policies();
        let audiences = self.audiences();
        self.check_levels_are_measures(&breakdowns, &measures);
        self.check_ratios(&measures, &audiences, &policies);
        let extracts = self.extracts(&audiences);
        let audits = self.audits(&extracts);
        let queries = self.saved_queries(ForQueries {
            measures: &measures,
            extracts: &extracts,
            audiences: &audiences,
            policies: &policies,
        });
        let packs = self.packs(&measures, &breakdowns, &extracts);
        let for_cases = ForCases { audiences: &audiences, extracts: &extracts };
        let row_packs = self.row_packs(for_cases);
        let codes = self.code_maps();
        let crosswalks = self.crosswalks();
        let (maps, codes) = self.maps(codes);
        let audiences = self.with_feedback(audiences, &extracts, &maps, &codes);
        let (examples, record_examples) = match as_at {
            Some(as_at) => self.examples(as_at, &extracts),
            None => (Vec::new(), Vec::new()),
        };
        let score_examples = self.score_examples();
        self.check_splits_are_released(&packs, &breakdowns);
        self.check_measures_are_shown(&packs, &measures);
        self.check_together(&frameworks, &facts, &measures, &maps);
        if let Some(project) = &project {
            self.check_versions(&project.parameters, &facts, &measures);
            self.check_governance(project.as_at, &frameworks, &examples);
        }
        Some(Definitions {
            project: project?,
            units: self.units,
            links: self.links,
            groups: self.groups,
            sources: self.sources,
            maps,
            codes,
            crosswalks,
            scales: self.scales.to_vec(),
            frameworks,
            facts,
            breakdowns,
            measures,
            checks,
            extracts,
            audits,
            queries,
            policies,
            audiences,
            packs,
            row_packs,
            examples,
            record_examples,
            score_examples,
            amendments: self.folder.amendments.clone(),
            dropped: Vec::new(),
            files: self.folder.definition_files(),
        })
    }

    /// Whether a definition of this kind has this name; if not, that is reported.
    /// A broken definition counts, so that one fault is not reported at each of its users.
    pub(super) fn refers(&self, kind: &'static str, to: &Text) -> bool {
        let known = self.declared.get(kind).map(Vec::as_slice).unwrap_or_default();
        self.refers_among(kind, to, known)
    }

    pub(super) fn refers_among(&self, kind: &str, to: &Text, known: &[String]) -> bool {
        if known.contains(&to.text) {
            return true;
        }
        if self.is_broken(&to.text) {
            return false;
        }
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let message = format!("there is no {kind} `{}`", to.text);
        self.log.push(
            Diagnostic::error("reference", &to.place, message)
                .mend(nearest_or_list(&to.text, &known)),
        );
        false
    }

    /// The names in a list, each of which has to be declared, and only once.
    pub(super) fn references(&self, kind: &'static str, named: Vec<Text>) -> Vec<String> {
        let mut seen = BTreeSet::new();
        named
            .into_iter()
            .filter(|text| self.refers(kind, text))
            .filter(|text| {
                let first = seen.insert(text.text.clone());
                if !first {
                    let message = format!("`{}` is listed twice", text.text);
                    self.log.push(
                        Diagnostic::error("twice", &text.place, message).mend("list it once"),
                    );
                }
                first
            })
            .map(|text| text.text)
            .collect()
    }

    /// Notes that the definition behind a bare name is at fault, so that its users stay silent.
    pub(super) fn mark_broken(&self, name: &str) {
        Arc::make_mut(&mut self.broken.borrow_mut()).insert(name.to_owned());
    }

    pub(super) fn broken(&self) -> Arc<BTreeSet<String>> {
        Arc::clone(&self.broken.borrow())
    }

    pub(super) fn is_broken(&self, name: &str) -> bool {
        self.broken.borrow().contains(name)
    }

    pub(super) fn source(&self, id: &str) -> Option<&Source> {
        self.sources.iter().find(|s| s.id == id)
    }

    pub(super) fn unit(&self, id: &str) -> Option<&Unit> {
        self.units.iter().find(|u| u.id == id)
    }

    /// The source whose rows are units of a kind, or those that its members belong to.
    pub(super) fn source_of(&self, unit: &Unit) -> Option<&Source> {
        match &unit.rows {
            UnitRows::Source(source) => self.source(source),
            UnitRows::Members { .. } => self.source_of(self.parent(unit)?),
            UnitRows::CaseNeeds | UnitRows::ScorePairs | UnitRows::Moves(_) => None,
        }
    }

    pub(super) fn parent(&self, unit: &Unit) -> Option<&Unit> {
        self.unit(unit.of.as_deref()?)
    }

    /// Checks the expression that a key holds.
    pub(super) fn expression(
        &self,
        value: Value<'_>,
        scope: &Scope,
        wanted: &Wanted,
    ) -> Option<Checked> {
        let text = value.possibly_empty_text()?;
        match check(&text.place, scope, wanted) {
            Ok(checked) => Some(checked),
            Err(faults) => {
                self.log.extend(faults);
                None
            }
        }
    }

    /// All frameworks' needs, outcomes or claims: framework and name.
    pub(super) fn of_frameworks(&self, kind: &str) -> Vec<(String, String)> {
        let frameworks = self.folder.files.iter().filter(|f| f.is_framework());
        frameworks
            .flat_map(|f| f.each(kind).into_iter().map(|(key, _)| (f.id.text.clone(), key.text)))
            .collect()
    }
}
