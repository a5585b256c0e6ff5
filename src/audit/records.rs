//! What an auditor holds beside the outcomes that were drawn: their cases and scores as the lists of the audit tell
//! them, what was decided in the place of rules, what would count twice, what stands in the rows behind each test, and
//! the files that all of it was read from.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::{DataFrame, PolarsResult};

use crate::audit::draw::{Item, Sample};
use crate::claims::{Kind, Register, register};
use crate::definitions::Definitions;
use crate::definitions::audit::OutcomeAudit;
use crate::definitions::extract::Extract;
use crate::definitions::test::{RowTest, TestKind};
use crate::definitions::verdict::Verdict;
use crate::definitions::words::said;
use crate::evaluate::{
    Decision, Evaluated, evidence, need_column, need_owner, outcome_column, outcome_owner,
    qualified, row_values,
};
use crate::explain::verdict_at;
use crate::extract;
use crate::link::FAMILY;

/// All that stands beside a sample.
#[derive(Debug)]
pub struct Records<'d> {
    /// The lists of the audit, each with its rows; the first field of a row is the case.
    pub(super) lists: Vec<(&'d Extract, Vec<Vec<String>>)>,
    /// Decisions about the cases of the sample, whether they count or not, in the order of their rows.
    pub(super) decisions: Vec<Decision>,
    /// By the number of the outcome: what would count for the same thing.
    pub(super) twice: BTreeMap<usize, Twice>,
    /// By test and row, as the row is called: what stands in it.
    pub(super) values: BTreeMap<(String, String), String>,
    /// The files that were read, each with its hash.
    pub(super) files: Vec<(String, String)>,
    /// The cases of each family of the sample, by the case that was drawn.
    of_family: BTreeMap<String, BTreeSet<String>>,
}

/// What would count for the same thing as an outcome: the other cases.
#[derive(Debug, Default)]
pub(super) struct Twice {
    /// Those of the family in which the same need counts as met, too.
    pub(super) same_need: BTreeSet<String>,
    /// By the way in which the register of claims has the case twice.
    pub(super) claims: BTreeMap<Kind, BTreeSet<String>>,
}

impl Records<'_> {
    /// Whether a case is that of an outcome that was drawn, or one of the same family.
    pub(super) fn is_of_family(&self, drawn: &str, case: &str) -> bool {
        self.of_family.get(drawn).is_some_and(|cases| cases.contains(case))
    }
}

/// Looks up what stands beside a sample.
///
/// # Errors
/// When a column is missing, which is a bug.
pub fn records<'d>(
    definitions: &'d Definitions,
    evaluated: &Evaluated,
    audit: &OutcomeAudit,
    sample: &Sample,
) -> PolarsResult<Records<'d>> {
    let families = Families::of(evaluated)?;
    let drawn: BTreeSet<&str> = sample.items.iter().map(|i| i.case_id.as_str()).collect();
    let of_family: BTreeMap<String, BTreeSet<String>> =
        drawn.iter().map(|case| ((*case).to_owned(), families.cases_with(case))).collect();
    let related: BTreeSet<&str> = of_family.values().flatten().map(String::as_str).collect();
    let lists = audit.lists.iter().filter_map(|id| definitions.extract(id)).map(|list| {
        // A list of cases tells when the family was helped before, and again.
        let told = if list.unit == CASE { &related } else { &drawn };
        let mut rows = extract::rows(definitions, evaluated, list)?;
        rows.retain(|row| row.first().is_some_and(|case| told.contains(case.as_str())));
        Ok((list, rows))
    });
    let lists = lists.collect::<PolarsResult<_>>()?;
    let of_sample = |d: &&Decision| drawn.contains(d.case_id.as_str());
    let mut decisions: Vec<Decision> =
        evaluated.decisions.iter().filter(of_sample).cloned().collect();
    decisions.sort_by_key(|d| d.row);
    let claims = definitions.claims_registered();
    let claims = register(definitions, evaluated, &claims, &said(definitions))?;
    let twice =
        sample.items.iter().map(|item| (item.number, twice(definitions, &families, &claims, item)));
    let inputs = evaluated.linked.inputs.files.iter().map(|f| (f.name.clone(), f.sha256.clone()));
    let rules = definitions.files.iter().map(|f| (f.name.clone(), f.sha256.clone()));
    Ok(Records {
        lists,
        decisions,
        twice: twice.collect(),
        values: values(definitions, evaluated, &families, sample)?,
        files: inputs.chain(rules).collect(),
        of_family,
    })
}

const CASE: &str = "case";

/// All cases, by their own identifiers, and the families that they are of.
struct Families<'e> {
    cases: Option<&'e DataFrame>,
    /// The identifier and the family of each case, in their order.
    all: Vec<(&'e str, u32)>,
    /// The place of each case.
    places: BTreeMap<&'e str, usize>,
    /// The places of the cases of each family.
    of_family: BTreeMap<u32, Vec<usize>>,
}

impl<'e> Families<'e> {
    fn of(evaluated: &'e Evaluated) -> PolarsResult<Self> {
        let cases = evaluated.units.get(CASE).filter(|cases| cases.height() > 0);
        let mut all = Vec::new();
        if let Some(cases) = cases {
            let rings = &evaluated.linked.inputs.rings;
            let ids = cases.column("case_id")?.as_materialized_series().u32()?;
            let families = cases.column(FAMILY)?.as_materialized_series().u32()?;
            for (id, family) in ids.iter().zip(families.iter()) {
                let id = id.and_then(|id| rings.identifier(CASE, id)).unwrap_or_default();
                all.push((id, family.unwrap_or(u32::MAX)));
            }
        }
        let places = all.iter().enumerate().map(|(at, (id, _))| (*id, at)).collect();
        let mut of_family: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (at, (_, family)) in all.iter().enumerate() {
            of_family.entry(*family).or_default().push(at);
        }
        Ok(Self { cases, all, places, of_family })
    }

    /// The places of the cases of the family of this one, with this one.
    fn beside(&self, case: &str) -> &[usize] {
        let family = self.places.get(case).and_then(|at| self.all.get(*at));
        family.and_then(|(_, family)| self.of_family.get(family)).map_or(&[], Vec::as_slice)
    }

    fn cases_with(&self, case: &str) -> BTreeSet<String> {
        let ids = self.beside(case).iter().filter_map(|at| self.all.get(*at));
        ids.map(|(id, _)| (*id).to_owned()).collect()
    }

    fn verdict(&self, column: &str, at: usize) -> Option<Verdict> {
        self.cases.and_then(|cases| verdict_at(cases, column, at))
    }
}

/// What would count for the same thing as this outcome.
fn twice(
    definitions: &Definitions,
    families: &Families<'_>,
    claims: &Register,
    item: &Item,
) -> Twice {
    let mut found = Twice::default();
    for pair in &claims.twice {
        let (one, other) = (&pair.one.0, &pair.other.0);
        let beside = match () {
            () if *one == item.case_id => other,
            () if *other == item.case_id => one,
            () => continue,
        };
        found.claims.entry(pair.kind).or_default().insert(beside.clone());
    }
    let Some(framework) = definitions.framework(&item.framework) else { return found };
    let Some(outcome) = framework.outcome_of(&item.need) else { return found };
    let met = [
        need_column(&qualified(framework, &item.need)),
        outcome_column(&qualified(framework, &outcome.id)),
    ];
    for &at in families.beside(&item.case_id) {
        let counts = met.iter().all(|column| families.verdict(column, at) == Some(Verdict::Met));
        let other = families.all.get(at).filter(|(id, _)| *id != item.case_id);
        if let (true, Some((id, _))) = (counts, other) {
            found.same_need.insert((*id).to_owned());
        }
    }
    found
}

/// What stands in the rows behind the tests of what was drawn.
fn values(
    definitions: &Definitions,
    evaluated: &Evaluated,
    families: &Families<'_>,
    sample: &Sample,
) -> PolarsResult<BTreeMap<(String, String), String>> {
    let mut of_test: BTreeMap<String, (&RowTest, BTreeSet<u32>)> = BTreeMap::new();
    for item in &sample.items {
        let Some(framework) = definitions.framework(&item.framework) else { continue };
        let place = families.places.get(item.case_id.as_str());
        let Some(place) = place.and_then(|at| u32::try_from(*at).ok()) else { continue };
        let need = framework.needs.iter().find(|n| n.id == item.need);
        let need = need.map(|n| (need_owner(framework, &n.id), n.tests.as_slice()));
        let outcome = framework.outcome_of(&item.need);
        let outcome = outcome.map(|o| (outcome_owner(framework, &o.id), o.tests.as_slice()));
        for (owner, tests) in need.into_iter().chain(outcome) {
            for test in tests {
                let TestKind::Rows(rows) = &test.kind else { continue };
                let of = of_test.entry(format!("{owner}.{}", test.id));
                of.or_insert((rows, BTreeSet::new())).1.insert(place);
            }
        }
    }
    let mut told = BTreeMap::new();
    for behind in evidence(definitions, evaluated) {
        let Some((rows, cases)) = of_test.get(&behind.test) else { continue };
        let theirs = behind.by_case(0..behind.len()).filter(|(case, _)| cases.contains(case));
        let wanted = theirs.flat_map(|(_, rows)| rows).map(|(_, row)| *row).collect();
        for (row, text) in row_values(definitions, evaluated, rows, &wanted)? {
            told.insert((behind.test.clone(), format!("{} row {row}", rows.source)), text);
        }
    }
    Ok(told)
}
