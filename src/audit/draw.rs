//! Draws the sample: within each stratum, outcomes in the order of a hash of the seed and of what they are, so
//! that the same seed gives the same sample on every machine, whatever order the exports have.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use crate::calendar::{Day, Length};
use crate::columns::lower;
use crate::definitions::Definitions;
use crate::definitions::audit::{AuditStratum, OutcomeAudit};
use crate::definitions::framework::{Framework, Outcome};
use crate::definitions::test::{RowTest, TestKind};
use crate::evaluate::{Evaluated, UnitScope, Verdict, evidence, outcome_owner, single_rows};
use crate::extract;
use crate::fingerprint::fingerprint;

/// A sample that was drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// What it was drawn with.
    pub seed: u64,
    /// The strata, in the order of the audit.
    pub strata: Vec<Drawn>,
    /// The outcomes that were drawn, stratum by stratum, in the order in which they were.
    pub items: Vec<Item>,
}

/// How many of a stratum there are, and how many were drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drawn {
    /// All of them.
    pub of: usize,
    /// Those drawn.
    pub taken: usize,
}

/// One outcome of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its number in the sample, from 1.
    pub number: usize,
    /// The place of its stratum.
    pub stratum: usize,
    /// The case.
    pub case_id: String,
    /// The framework.
    pub framework: String,
    /// The need that the outcome answers.
    pub need: String,
    /// Whether a second auditor looks at it too.
    pub twice: bool,
    /// What the extract tells of it, column by column.
    pub told: Vec<String>,
}

/// An outcome that may be drawn.
struct Candidate<'d> {
    case: usize,
    item: Item,
    outcome: Option<(&'d Framework, &'d Outcome)>,
    /// By stratum: whether its `where` holds.
    among: Vec<bool>,
}

/// Draws the sample of an audit.
///
/// # Errors
/// When a date lies beyond the table of bank holidays, or the data frame library refuses.
pub fn draw(
    definitions: &Definitions,
    evaluated: &Evaluated,
    audit: &OutcomeAudit,
    seed: u64,
) -> PolarsResult<Sample> {
    let candidates = candidates(definitions, evaluated, audit)?;
    let behind = Rests::of(definitions, evaluated, audit, &candidates)?;
    let mut strata: Vec<Vec<(String, Item)>> = vec![Vec::new(); audit.strata.len()];
    let all = candidates.len();
    for candidate in candidates {
        let fits = |(at, stratum): &(usize, &AuditStratum)| {
            candidate.among.get(*at).copied().unwrap_or(false)
                && behind.fits(definitions, evaluated, stratum, *at, &candidate)
        };
        let found = audit.strata.iter().enumerate().find(fits).map(|(at, _)| at);
        let Some((at, of)) = found.and_then(|at| Some((at, strata.get_mut(at)?))) else { continue };
        let order = order(seed, &audit.id, &candidate.item);
        of.push((order, Item { stratum: at, ..candidate.item }));
    }
    if strata.iter().map(Vec::len).sum::<usize>() != all {
        polars_bail!(ComputeError: "an outcome belongs to no stratum");
    }
    let mut sample = Sample { seed, strata: Vec::new(), items: Vec::new() };
    for (stratum, mut there) in audit.strata.iter().zip(strata) {
        there.sort_by(|(a, _), (b, _)| a.cmp(b));
        let (of, taken) = (there.len(), stratum.take.of(there.len()));
        sample.strata.push(Drawn { of, taken });
        for (_, item) in there.into_iter().take(taken) {
            sample.items.push(Item { number: sample.items.len() + 1, ..item });
        }
    }
    if let Some(second) = audit.second {
        // Those are looked at twice whose hash of their own is least: across strata, whatever their numbers.
        let twice = format!("{} twice", audit.id);
        let items = sample.items.iter().enumerate();
        let mut order: Vec<(String, usize)> =
            items.map(|(at, item)| (order(seed, &twice, item), at)).collect();
        order.sort();
        for (_, at) in order.into_iter().take(second.of(sample.items.len())) {
            sample.items.get_mut(at).into_iter().for_each(|item| item.twice = true);
        }
    }
    Ok(sample)
}

/// Where an outcome stands among others that something is drawn from.
fn order(seed: u64, drawn_for: &str, item: &Item) -> String {
    let Item { case_id, framework, need, .. } = item;
    fingerprint(format!("{seed}\n{drawn_for}\n{case_id}\n{framework}\n{need}").as_bytes())
}

fn candidates<'d>(
    definitions: &'d Definitions,
    evaluated: &Evaluated,
    audit: &OutcomeAudit,
) -> PolarsResult<Vec<Candidate<'d>>> {
    let Some(extract) = definitions.extract(&audit.extract) else { return Ok(Vec::new()) };
    let scope = UnitScope { definitions, linked: &evaluated.linked, period: None };
    let name = |at: usize| format!("stratum {at}");
    let fits = audit.strata.iter().enumerate().map(|(at, stratum)| {
        let among = stratum.among.as_ref().map(|c| lower(&c.expr, &scope).cast(DataType::Boolean));
        among.unwrap_or_else(|| lit(true)).fill_null(lit(false)).alias(name(at))
    });
    let own = ["case_id", "need", "framework"].map(col);
    let listed = extract::listed(definitions, evaluated, extract, fits.chain(own).collect())?;
    let Some(listed) = listed else { return Ok(Vec::new()) };
    let told = extract::written_rows(evaluated, extract, &listed)?;
    let words = |column: &str| listed.column(column)?.as_materialized_series().u32().cloned();
    let (ids, needs, frameworks) = (words("case_id")?, words("need")?, words("framework")?);
    let among: Vec<BooleanChunked> = (0..audit.strata.len())
        .map(|at| listed.column(&name(at))?.as_materialized_series().bool().cloned())
        .collect::<PolarsResult<_>>()?;
    let rings = &evaluated.linked.inputs.rings;
    let cases = places_of_cases(evaluated)?;
    let mut all = Vec::with_capacity(told.len());
    for (at, told) in told.into_iter().enumerate() {
        let id = ids.get(at);
        let case = id.and_then(|id| cases.get(&id).copied());
        let case = case.ok_or_else(|| polars_err!(ComputeError: "an outcome is of no case"))?;
        let word = |words: &UInt32Chunked| words.get(at).and_then(|w| rings.text.word(w));
        let framework = word(&frameworks).unwrap_or_default();
        let need = word(&needs).unwrap_or_default();
        let of = definitions.framework(framework);
        all.push(Candidate {
            case,
            outcome: of.and_then(|f| Some((f, f.outcome_of(need)?))),
            among: among.iter().map(|fits| fits.get(at).unwrap_or(false)).collect(),
            item: Item {
                number: 0,
                stratum: 0,
                case_id: id.and_then(|id| rings.identifier("case", id)).unwrap_or_default().into(),
                framework: framework.to_owned(),
                need: need.to_owned(),
                twice: false,
                told,
            },
        });
    }
    Ok(all)
}

/// The place of each case among the cases, by the place of its identifier.
fn places_of_cases(evaluated: &Evaluated) -> PolarsResult<BTreeMap<u32, usize>> {
    let Some(cases) = evaluated.units.get("case") else { return Ok(BTreeMap::new()) };
    let ids = cases.column("case_id")?.as_materialized_series().u32()?;
    Ok(ids.iter().enumerate().filter_map(|(place, id)| Some((id?, place))).collect())
}

/// The rows behind the tests that hold, and what is asked of them.
struct Rests {
    /// By test and case: the numbers of the rows.
    rows: BTreeMap<(String, usize), Vec<u32>>,
    /// By stratum, source and number: whether it is such a row.
    such: BTreeSet<(usize, String, u32)>,
    /// By source and number: its days.
    days: BTreeMap<(String, u32), (Option<Day>, Option<Day>)>,
}

impl Rests {
    fn of(
        definitions: &Definitions,
        evaluated: &Evaluated,
        audit: &OutcomeAudit,
        candidates: &[Candidate<'_>],
    ) -> PolarsResult<Self> {
        let mut found =
            Self { rows: BTreeMap::new(), such: BTreeSet::new(), days: BTreeMap::new() };
        let mut asked: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
        for candidate in candidates {
            for (key, _) in candidate.holding(evaluated) {
                asked.entry(key).or_default().insert(candidate.case);
            }
        }
        let mut numbers: BTreeMap<&str, BTreeSet<u32>> = BTreeMap::new();
        for test in evidence(definitions, evaluated) {
            let Some(cases) = asked.get(&test.test) else { continue };
            for (case, rows) in test.by_case(0..test.len()) {
                if cases.contains(&(case as usize)) {
                    let rows: Vec<u32> = rows.iter().map(|(_, row)| *row).collect();
                    numbers.entry(test.source).or_default().extend(&rows);
                    found.rows.insert((test.test.clone(), case as usize), rows);
                }
            }
        }
        for (source, numbers) in numbers {
            let Some(source) = definitions.source(source) else { continue };
            let linked = &evaluated.linked;
            for (number, row) in single_rows(linked, source, &numbers, None)? {
                found.days.insert((source.id.clone(), number), (row.from, row.to));
            }
            for (at, stratum) in audit.strata.iter().enumerate() {
                for rests in stratum.rests_on.iter().filter(|r| r.source == source.id) {
                    let rows = single_rows(linked, source, &numbers, rests.condition.as_ref())?;
                    let such = rows.into_iter().filter(|(_, row)| row.holds);
                    found.such.extend(such.map(|(number, _)| (at, source.id.clone(), number)));
                }
            }
        }
        Ok(found)
    }

    fn fits(
        &self,
        definitions: &Definitions,
        evaluated: &Evaluated,
        stratum: &AuditStratum,
        at: usize,
        candidate: &Candidate<'_>,
    ) -> bool {
        let inside = |near: Length| self.is_just_over(definitions, evaluated, candidate, near);
        let rests = || {
            // A test that holds because nothing happened rests on no rows.
            let mut rows = candidate.holding(evaluated).flat_map(|(key, test)| {
                let rows = self.rows.get(&(key, candidate.case)).into_iter().flatten();
                rows.map(|row| (test.source.as_str(), *row))
            });
            let such =
                |(source, row): (&str, u32)| self.such.contains(&(at, source.to_owned(), row));
            rows.next().is_some_and(such) && rows.all(such)
        };
        stratum.just_over.is_none_or(inside) && (stratum.rests_on.is_empty() || rests())
    }

    /// Whether a window of a test that holds ended so shortly before the day of judgement, or a spell behind it
    /// so shortly after its window, that a late row or a few days less might have decided otherwise.
    fn is_just_over(
        &self,
        definitions: &Definitions,
        evaluated: &Evaluated,
        candidate: &Candidate<'_>,
        near: Length,
    ) -> bool {
        let as_at = definitions.project.as_at;
        // That a date lies beyond the bank holidays has been said when the cases were judged.
        let cases = evaluated.units.get("case");
        let day_of = |anchor: &str| {
            let days = cases?.column(anchor).ok()?.as_materialized_series().i32().ok()?;
            days.get(candidate.case).map(Day)
        };
        // Lengths that only a calendar could tell are refused when definitions are read.
        let back = |day: Day| near.before(day).unwrap_or(day);
        candidate.holding(evaluated).any(|(key, test)| {
            let window = test.window.days(day_of, definitions.project.calendars()).ok().flatten();
            let Some((_, last)) = window else { return false };
            let just_ended = last <= as_at && last > back(as_at);
            let rows = self.rows.get(&(key, candidate.case));
            let barely_lasted = rows.into_iter().flatten().any(|row| {
                let spell = self.days.get(&(test.source.clone(), *row));
                // A row of a single day lies in its window or it does not.
                let ended = spell.and_then(|(from, to)| to.filter(|to| Some(*to) != *from));
                ended.is_some_and(|day| day >= last && back(day) <= last)
            });
            just_ended || barely_lasted
        })
    }
}

impl Candidate<'_> {
    /// The tests of its outcome that read rows and hold, by their names.
    fn holding(&self, evaluated: &Evaluated) -> impl Iterator<Item = (String, &RowTest)> {
        let tests =
            self.outcome.into_iter().flat_map(|(f, o)| o.tests.iter().map(move |t| (f, o, t)));
        tests.filter_map(|(framework, outcome, test)| {
            let TestKind::Rows(rows) = &test.kind else { return None };
            let key = format!("{}.{}", outcome_owner(framework, &outcome.id), test.id);
            let verdict = evaluated.of_test(&key)?.get(self.case)?;
            (*verdict == Verdict::Met).then_some((key, &**rows))
        })
    }
}
