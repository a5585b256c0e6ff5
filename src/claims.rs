//! The register of claims: verdicts and the results claimed so far in; for each family, framework and headline
//! what can be claimed, has been, no longer holds or was refused, and what would be claimed twice.
//!
//! Its lines are about single families. Only `run` writes them, into the restricted folder, and only where an
//! audience of the run may see single cases.

mod made;
mod twice;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use polars::prelude::{DataFrame, PolarsResult, UInt32Chunked};

use crate::calendar::{Day, Period};
use crate::definitions::Definitions;
use crate::definitions::framework::{Claim, Framework};
use crate::definitions::words::Said;
use crate::evaluate::{
    Decision, Effect, Evaluated, Verdict, claim_column, need_column, qualified, verdicts_in,
};
use crate::fingerprint::fingerprint;
use crate::link::FAMILY;

use made::{Made, Status};
pub use twice::{Kind, Twice};

const CASE: &str = "case";

/// Where the register stands in a run.
pub const REGISTER: &str = "restricted/claims/register.csv";

/// Where it says what is in it twice.
pub const TWICE: &str = "restricted/claims/twice.csv";

/// Where a claim stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// All that it asks holds, and nobody has claimed it.
    Ready,
    /// It holds, and has been claimed.
    Claimed,
    /// It has been claimed, and does not hold by what is known today.
    Lapsed,
    /// It was refused: by those to whom it was sent, or by a named role in the place of the rule.
    Refused,
}

impl State {
    /// All of them, in the order in which tables have them.
    pub const ALL: [Self; 4] = [Self::Ready, Self::Claimed, Self::Lapsed, Self::Refused];

    /// The word for it in files.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Claimed => "claimed",
            Self::Lapsed => "lapsed",
            Self::Refused => "refused",
        }
    }

    /// Whether the result is or would be counted, so that another one like it would count twice.
    #[must_use]
    pub const fn counts(self) -> bool {
        matches!(self, Self::Ready | Self::Claimed)
    }
}

/// A line of the register: one headline of one claim for one case. There is one for most cases that were ever
/// closed: what many lines say alike, they say with one text.
#[derive(Debug, Clone)]
pub struct Line {
    /// The family, by its own identifier.
    pub family: String,
    /// The case, by its own identifier.
    pub case: String,
    /// The claim: `sf2022.claim.successful_family`.
    pub claim: Arc<str>,
    /// The headline of the needs that were found; empty where none was.
    pub headline: Arc<str>,
    /// How many needs of the headline were found.
    pub needs: usize,
    /// The day on which the last of its conditions was met, where it holds and that is settled.
    pub met_on: Option<Day>,
    /// The day on which it was last claimed.
    pub claimed_on: Option<Day>,
    /// Whether all that it asks holds by what is known today.
    pub holds: bool,
    /// Where it stands.
    pub state: State,
    /// Why, in words of the register and of the definitions; empty where the state says all.
    pub why: Arc<str>,
    /// What the definitions of the claim, and of all needs and outcomes behind it, said: changes when they do.
    pub version: Arc<str>,
}

impl Line {
    /// The quarter that it belongs to: in which it was claimed, else in which it was reached.
    #[must_use]
    pub fn period(&self) -> Option<Period> {
        self.claimed_on.or(self.met_on).map(Period::quarter_of)
    }
}

/// The register, in order of cases, claims and headlines, and what is in it twice.
#[derive(Debug, Default)]
pub struct Register {
    /// Its lines.
    pub lines: Vec<Line>,
    /// What is claimed, or could be, more than once.
    pub twice: Vec<Twice>,
}

impl Register {
    /// How many cases stand in each state: by claim and headline, and over all headlines (empty).
    #[must_use]
    pub fn totals(&self) -> BTreeMap<(&str, &str, State), usize> {
        let mut cases: BTreeMap<(&str, &str, State), BTreeSet<&str>> = BTreeMap::new();
        for line in &self.lines {
            for headline in [&*line.headline, ""] {
                let of = (&*line.claim, headline, line.state);
                cases.entry(of).or_default().insert(&line.case);
            }
        }
        cases.into_iter().map(|(of, cases)| (of, cases.len())).collect()
    }
}

/// The register of these claims (`sf2022.successful_family`), as of the day of judgement. `said` is what all
/// definitions say.
///
/// # Errors
/// When a column is missing, which is a bug.
pub fn register(
    definitions: &Definitions,
    evaluated: &Evaluated,
    claims: &BTreeSet<&str>,
    said: &Said,
) -> PolarsResult<Register> {
    let cases = evaluated.units.get(CASE).filter(|cases| cases.height() > 0);
    let Some(cases) = cases else { return Ok(Register::default()) };
    let made = made::read(definitions, evaluated)?;
    let rings = &evaluated.linked.inputs.rings;
    let numbers = |column: &str| -> PolarsResult<UInt32Chunked> {
        Ok(cases.column(column)?.as_materialized_series().u32()?.rechunk().into_owned())
    };
    let (ids, families) = (numbers("case_id")?, numbers(FAMILY)?);
    let mut lines: Vec<(usize, Line)> = Vec::new();
    for (framework, claim) in all_claims(definitions) {
        if !claims.contains(qualified(framework, &claim.id).as_str()) {
            continue;
        }
        let about: Arc<str> = format!("{}.claim.{}", framework.id, claim.id).into();
        let judged = Judged::new(cases, framework, claim)?;
        let decisions = refusals(evaluated, &about);
        let version: Arc<str> = version(said, framework, &about).into();
        let headlines: Vec<Arc<str>> =
            framework.headlines.iter().map(|h| h.id.as_str().into()).collect();
        let none: Arc<str> = "".into();
        let mut before = Arc::clone(&none);
        for (at, (id, family)) in ids.iter().zip(families.iter()).enumerate() {
            let id = id.and_then(|id| rings.identifier(CASE, id));
            let family = family.and_then(|family| rings.identifier("family", family));
            let (Some(id), Some(family)) = (id, family) else { continue };
            let verdict = judged.verdict(at);
            let claimed = made.as_ref().and_then(|made| made.of(id, &about));
            let refusal = decisions.get(id).copied();
            let Some((state, why)) = stands(verdict, made.is_some(), claimed, refusal) else {
                continue;
            };
            if *before != *why {
                before = why.into();
            }
            let met_on = judged.met_on(at).filter(|_| verdict == Verdict::Met);
            let line = |headline: &Arc<str>, needs: usize| Line {
                family: family.to_owned(),
                case: id.to_owned(),
                claim: Arc::clone(&about),
                headline: Arc::clone(headline),
                needs,
                met_on,
                claimed_on: claimed.map(|made| made.on),
                holds: verdict == Verdict::Met,
                state,
                why: Arc::clone(&before),
                version: Arc::clone(&version),
            };
            let needs = judged.needs_by_headline(framework, at);
            let found = headlines.iter().zip(needs).filter(|(_, needs)| *needs > 0);
            let first = lines.len();
            lines.extend(found.map(|(headline, needs)| (at, line(headline, needs))));
            if lines.len() == first {
                lines.push((at, line(&none, 0)));
            }
        }
    }
    lines.sort_by_key(|(at, _)| *at);
    let lines: Vec<Line> = lines.into_iter().map(|(_, line)| line).collect();
    let twice = twice::twice(definitions, evaluated, &lines, made.as_ref())?;
    Ok(Register { lines, twice })
}

fn all_claims(definitions: &Definitions) -> impl Iterator<Item = (&Framework, &Claim)> {
    definitions.frameworks.iter().flat_map(|f| f.claims.iter().map(move |claim| (f, claim)))
}

/// Where a claim stands, and why; nothing where there is nothing to claim.
fn stands(
    verdict: Verdict,
    fed: bool,
    claimed: Option<&Made>,
    refusal: Option<&Decision>,
) -> Option<(State, String)> {
    let on = |day: Option<Day>| day.map(|day| format!(" on {}", day.iso())).unwrap_or_default();
    let decided =
        |by: &Decision| format!("decided by {}{}: {}", by.role, on(by.decided_on), by.reason);
    match (verdict, claimed.map(|made| made.status), claimed) {
        (Verdict::Met, Some(Status::Sent | Status::Accepted), Some(made)) => {
            Some((State::Claimed, made.status.word().to_owned()))
        }
        (_, Some(Status::Sent | Status::Accepted), _) => {
            let why = refusal.map_or_else(|| verdict.word().to_owned(), decided);
            Some((State::Lapsed, why))
        }
        (_, Some(Status::Refused), Some(made)) => Some((State::Refused, made.reason.clone())),
        (Verdict::Met, Some(Status::Withdrawn), Some(made)) => {
            Some((State::Ready, format!("withdrawn, claimed{}", on(Some(made.on)))))
        }
        (Verdict::Met, ..) => {
            let why = if fed { "" } else { "nobody knows what was claimed so far" };
            Some((State::Ready, why.to_owned()))
        }
        (Verdict::NotMet, ..) => refusal.map(|by| (State::Refused, decided(by))),
        _ => None,
    }
}

/// Decisions by which a claim does not count that holds by its rule, by case.
fn refusals<'e>(evaluated: &'e Evaluated, claim: &str) -> BTreeMap<&'e str, &'e Decision> {
    let refuses = |d: &&Decision| {
        d.definition == claim && d.effect == Effect::Counted && d.decided == Some(Verdict::NotMet)
    };
    evaluated.decisions.iter().filter(refuses).map(|d| (d.case_id.as_str(), d)).collect()
}

/// What was found of a claim, and of the needs of its framework.
struct Judged {
    verdicts: Vec<Verdict>,
    met_on: Vec<Option<i32>>,
    /// Of each need of the framework, in order.
    needs: Vec<Vec<Verdict>>,
}

impl Judged {
    fn new(cases: &DataFrame, framework: &Framework, claim: &Claim) -> PolarsResult<Self> {
        let met_on = cases.column(&claim.met_on(framework))?.as_materialized_series().i32()?;
        let need = |id: &str| verdicts_in(cases, &need_column(&qualified(framework, id)));
        Ok(Self {
            verdicts: verdicts_in(cases, &claim_column(&qualified(framework, &claim.id)))?,
            met_on: met_on.iter().collect(),
            needs: framework.needs.iter().map(|n| need(&n.id)).collect::<PolarsResult<_>>()?,
        })
    }

    fn verdict(&self, at: usize) -> Verdict {
        self.verdicts.get(at).copied().unwrap_or(Verdict::Unknown)
    }

    fn met_on(&self, at: usize) -> Option<Day> {
        self.met_on.get(at).copied().flatten().map(Day)
    }

    /// How many needs of each headline were found, in the order of the framework.
    fn needs_by_headline<'f>(
        &'f self,
        framework: &'f Framework,
        at: usize,
    ) -> impl Iterator<Item = usize> + 'f {
        let found = move |verdicts: &Vec<Verdict>| verdicts.get(at) == Some(&Verdict::Met);
        framework.headlines.iter().map(move |headline| {
            let of = framework.needs.iter().zip(&self.needs);
            of.filter(|(need, verdicts)| need.headline == headline.id && found(verdicts)).count()
        })
    }
}

/// A short name for what a claim and everything behind it said.
fn version(said: &Said, framework: &Framework, claim: &str) -> String {
    let behind = |name: &str| {
        let of = name.strip_prefix(&framework.id).and_then(|rest| rest.strip_prefix('.'));
        name == claim || of.is_some_and(|of| of.starts_with("need.") || of.starts_with("outcome."))
    };
    let mut text = String::new();
    for (name, lines) in said.iter().filter(|(name, _)| behind(name)) {
        text.push_str(&format!("{name}\n{}\n", lines.join("\n")));
    }
    fingerprint(text.as_bytes()).chars().take(12).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(status: Status) -> Made {
        let on = Day::from_ymd(2026, 7, 1).expect("a day");
        Made { on, status, reason: "not_evidenced".to_owned() }
    }

    #[test]
    fn a_claim_stands_where_its_verdict_and_what_became_of_it_put_it() {
        use Status::{Accepted, Refused, Sent, Withdrawn};
        for (verdict, status, state, why) in [
            (Verdict::Met, None, Some(State::Ready), ""),
            (Verdict::Met, Some(Withdrawn), Some(State::Ready), "withdrawn, claimed on 2026-07-01"),
            (Verdict::Met, Some(Sent), Some(State::Claimed), "sent"),
            (Verdict::Met, Some(Accepted), Some(State::Claimed), "accepted"),
            (Verdict::Met, Some(Refused), Some(State::Refused), "not_evidenced"),
            (Verdict::NotMet, Some(Accepted), Some(State::Lapsed), "not_met"),
            (Verdict::Pending, Some(Sent), Some(State::Lapsed), "pending"),
            (Verdict::Unknown, Some(Accepted), Some(State::Lapsed), "unknown"),
            (Verdict::NotMet, Some(Refused), Some(State::Refused), "not_evidenced"),
            (Verdict::NotMet, Some(Withdrawn), None, ""),
            (Verdict::NotMet, None, None, ""),
            (Verdict::Pending, None, None, ""),
            (Verdict::NotApplicable, None, None, ""),
        ] {
            let claimed = status.map(made);
            let stands = stands(verdict, true, claimed.as_ref(), None);
            let expected = state.map(|state| (state, why.to_owned()));
            assert_eq!(stands, expected, "{verdict:?} {status:?}");
        }
    }

    #[test]
    fn what_nobody_knows_to_be_claimed_is_said_so() {
        let (state, why) = stands(Verdict::Met, false, None, None).expect("a line");
        assert_eq!((state, why.as_str()), (State::Ready, "nobody knows what was claimed so far"));
    }
}
