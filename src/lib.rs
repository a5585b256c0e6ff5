//! The outcomes engine for Early Help.
//!
//! ```text
//! definitions ─┐
//!              ▼
//! exports → read → link → evaluate → measure → protect → report → render → run folder
//! ```
//!
//! The data travel one way. Each stage is a module that takes the value of the stage before it and
//! gives its own on. [`judge`] is the left half, from exports to verdicts; [`publish`] the right
//! half, from verdicts to a run folder; on the way [`quality`] looks at the rows with every data check.
//! [`protect`] stands between the figures and everybody else: only it can make a
//! [`protect::PublishedNumber`], and no page accepts another kind.

#![forbid(unsafe_code)]

pub mod attack;
pub mod audit;
pub mod calendar;
pub mod claims;
pub mod cli;
pub mod columns;
pub mod definitions;
pub mod disclosure;
pub mod evaluate;
pub mod examples;
pub mod explain;
pub mod extract;
pub mod feedback;
pub mod fingerprint;
pub mod link;
pub mod measure;
pub mod protect;
pub mod quality;
pub mod read;
mod release;
pub mod render;
pub mod report;
pub mod run;
pub mod sample;
pub mod statistics;
mod stocktaking;
pub mod suggest;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use polars::prelude::PolarsError;

use claims::Register;
use definitions::Definitions;
use definitions::audience::{Audience, Pack};
use definitions::row_pack::RowPack;
use definitions::words::{self, Said};
use evaluate::Evaluated;
use feedback::ToldOfOwn;
use measure::Measurer;
use protect::{Protected, PublishedClaims, PublishedLedger, PublishedOverrides, PublishedQuality};
use quality::DataQuality;
use read::Action;
use release::{Outgoing, circles, plans};
use report::document::Document;
use report::{About, Edition, Feed, Plan, SinceLast};
use run::releases::{LedgerError, ReleaseLedger};
use run::{Check, Composed, Delivery, LastRun, Place, ProtectionLog, Restricted, RunError};
use suggest::{Loss, Suggestion};

pub use release::{Asked, Rehearsed, Released, protected_for, protected_tables, rehearse};

/// Why the engine stopped.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The exports could not be read.
    #[error(transparent)]
    Read(#[from] read::ReadError),
    /// Something could not be computed: most often a date beyond the bank holidays that are known.
    #[error("the figures could not be computed: {0}")]
    Compute(#[from] PolarsError),
    /// The run could not be written.
    #[error(transparent)]
    Run(#[from] RunError),
    /// What an audience would receive cannot be protected.
    #[error(transparent)]
    Unprotected(#[from] protect::UnprotectedError),
    /// What was released before cannot be told.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A report is to be final, and signals something that nobody has answered.
    #[error(
        "nobody has said yet what is done about: {}; nothing was written, because a final report answers what it signals\n  mend: give each a line in actions.csv with its owner, action, due and review days and a comment, or leave --final away", .0.join("; ")
    )]
    Unanswered(Vec<String>),
    /// Rows or cases were lost on the way: a bug, and no figure may be trusted.
    #[error("{0}: nothing was written, because no figure could be trusted")]
    Conservation(String),
}

/// Reads the exports of a folder, links people to cases, and decides every need, outcome, fact and
/// claim. `progress` is told what is being done.
///
/// # Errors
/// When exports cannot be read or rows were lost.
pub fn judge(
    definitions: &Definitions,
    exports: &Path,
    with_evidence: bool,
    progress: &mut dyn FnMut(&str),
) -> Result<Evaluated, EngineError> {
    let mut evaluated = judge_to_publish(definitions, exports, with_evidence, progress)?;
    evaluated.judge_in_all_periods(definitions, progress)?;
    Ok(evaluated)
}

/// The same for [`publish`], which knows which periods are shown: what facts ask about periods is not judged yet.
///
/// # Errors
/// As [`judge`].
pub fn judge_to_publish(
    definitions: &Definitions,
    exports: &Path,
    with_evidence: bool,
    progress: &mut dyn FnMut(&str),
) -> Result<Evaluated, EngineError> {
    let inputs = read::read(definitions, exports, progress)?;
    if let Some(source) = inputs.ledger.sources.iter().find(|s| !s.sums()) {
        return Err(EngineError::Conservation(format!("rows of `{}` were lost", source.source)));
    }
    let linked = link::link(definitions, inputs, progress)?;
    Ok(evaluate::evaluate_units(definitions, linked, with_evidence, progress)?)
}

/// The packs that one run gives.
#[derive(Debug)]
pub struct Given<'d> {
    /// Packs of figures.
    pub packs: Vec<&'d Pack>,
    /// Row-level packs.
    pub row_packs: Vec<&'d RowPack>,
    /// How far its reports have come.
    pub edition: Edition,
}

impl<'d> Given<'d> {
    /// The audiences of the run that may see rows about single cases.
    #[must_use]
    pub fn to_those_who_may_see_cases(&self, definitions: &'d Definitions) -> Vec<&'d str> {
        let figures = self.packs.iter().flat_map(|p| &p.audiences);
        let rows = self.row_packs.iter().flat_map(|p| &p.audiences);
        let given: BTreeSet<&String> = figures.chain(rows).collect();
        let may = definitions.audiences.iter().filter(|a| a.row_level && given.contains(&a.id));
        may.map(|a| a.id.as_str()).collect()
    }

    /// Those who are given partners' packs and may see no single cases: with an agreement, they are told what
    /// became of their own referrals. Nobody where no list knows whose a referral is.
    fn to_partners(&self, definitions: &'d Definitions) -> Vec<&'d Audience> {
        if definitions.extracts.iter().all(|list| list.agencies.is_none()) {
            return Vec::new();
        }
        let packs = self.packs.iter().filter(|pack| !pack.is_report);
        let given: BTreeSet<&String> = packs.flat_map(|pack| &pack.audiences).collect();
        let partner = |a: &&Audience| given.contains(&a.id) && !a.row_level && !a.is_public;
        definitions.audiences.iter().filter(partner).collect()
    }
}

/// A run that was written.
#[derive(Debug)]
pub struct Written<'d> {
    /// Its folder.
    pub folder: PathBuf,
    /// What those who answer for it should know before they send it.
    pub cautions: Vec<String>,
    /// Who is told what became of their own referrals, and who is not.
    pub feedback: ToldOfOwn<'d>,
}

/// Measures, protects, reports and renders packs for their audiences, and writes the run folder. What leaves
/// the internal tier is protected against what the ledger says was released before, and entered in it.
/// Judges what facts ask about periods for those that are shown, if it was not judged yet. Lets go of the rows that
/// were read as soon as the data checks, and those facts, have seen them.
///
/// # Errors
/// When cases were lost, or the run cannot be written.
pub fn publish<'d>(
    definitions: &'d Definitions,
    evaluated: &mut Evaluated,
    given: &Given<'d>,
    place: &Place<'_>,
    ledger: &mut ReleaseLedger,
    progress: &mut dyn FnMut(&str),
) -> Result<Written<'d>, EngineError> {
    let audiences = given.to_those_who_may_see_cases(definitions);
    // Its lines are about single families: nobody needs them who may see none.
    let registered = match audiences.is_empty() {
        true => BTreeSet::new(),
        false => definitions.claims_registered(),
    };
    let restricted = Restricted {
        audiences,
        packs: given.row_packs.clone(),
        feedback: feedback::told_of_own(definitions, evaluated, &given.to_partners(definitions))?,
        claims: claims::register(definitions, evaluated, &registered, &words::said(definitions))?,
    };
    progress("Checks of the data");
    let quality = quality::examine(definitions, evaluated)?;
    let told: BTreeSet<&str> =
        given.row_packs.iter().flat_map(|pack| pack.sources_told(definitions)).collect();
    evaluated.forget_rows(&(&told | &evaluate::sources_asked_in_periods(definitions)));
    stocktaking::take_stock(definitions, evaluated, &given.packs, place, ledger, progress)?;
    evaluated.forget_rows(&told);
    evaluated.forget_members();
    let evaluated = &*evaluated;
    let mut cautions = Vec::new();
    let compose = |ledger: &mut ReleaseLedger,
                   progress: &mut dyn FnMut(&str),
                   deliver: &mut dyn FnMut(Vec<Delivery>)| {
        let claims = &restricted.claims;
        let judged = Judged { definitions, evaluated, quality: &quality, claims };
        compose(&judged, given, place, ledger, &mut cautions, progress, deliver)
    };
    let folder = run::write(
        place,
        definitions,
        (evaluated, &quality),
        &restricted,
        ledger,
        progress,
        compose,
    )?;
    Ok(Written { folder, cautions, feedback: restricted.feedback })
}

/// Tries which levels of breakdowns could stand together so that an audience is shown more: each pair is
/// measured and protected as if it were one level. `rehearsed` is what holds as things are. What was released
/// before is left out of both: it was of the levels as they are.
///
/// # Errors
/// When something cannot be computed.
pub fn suggest(
    definitions: &Definitions,
    evaluated: &Evaluated,
    packs: &[&Pack],
    place: &Place<'_>,
    rehearsed: &Rehearsed<'_>,
) -> Result<Vec<Suggestion>, EngineError> {
    let Rehearsed { audience, protected } = rehearsed;
    let mut found = Vec::new();
    let theirs: Vec<&Pack> = release::given_to(audience, packs).collect();
    let Some(policy) = definitions.policies.get(&audience.disclosure) else { return Ok(found) };
    let nothing = ReleaseLedger::default();
    let loss = |mut measurer: Measurer<'_>| {
        let plans = plans(definitions, &mut measurer, &theirs, audience, place.period)?;
        let asked = Asked::by_plans(definitions, audience, &plans, place);
        protected_for(definitions, &mut measurer, asked, policy, &nothing)
            .map(|released| Loss::of(&released.protected))
    };
    let now = loss(Measurer::new(definitions, evaluated))?;
    for pair in suggest::pairs(definitions, protected) {
        let supposed = Measurer::new(definitions, evaluated).supposing(pair.together.clone());
        let then = loss(supposed)?;
        found.push(Suggestion { pair, now, then });
    }
    Ok(suggest::worth_it(found))
}

/// All that figures are made from.
struct Judged<'a> {
    definitions: &'a Definitions,
    evaluated: &'a Evaluated,
    quality: &'a DataQuality,
    claims: &'a Register,
}

/// Measures and protects what each audience receives, and delivers its documents.
fn compose(
    judged: &Judged<'_>,
    given: &Given<'_>,
    place: &Place<'_>,
    ledger: &mut ReleaseLedger,
    cautions: &mut Vec<String>,
    progress: &mut dyn FnMut(&str),
    deliver: &mut dyn FnMut(Vec<Delivery>),
) -> Result<Composed, EngineError> {
    let Judged { definitions, evaluated, quality, claims } = *judged;
    let feeds = feeds(definitions, evaluated);
    let last = LastRun::before(place);
    let said = words::said(definitions);
    let rows = &evaluated.linked.inputs.ledger;
    let mut measurer = Measurer::new(definitions, evaluated);
    let mut protection = Vec::new();
    let mut released = Vec::new();
    let mut cells = 0;
    for circle in circles(definitions, &given.packs) {
        let policy = circle.policy;
        // Everything that those receive who may lay it side by side is protected together, whichever page it is on.
        for outgoing in circle.protected(definitions, &mut measurer, place, ledger, progress)? {
            let Outgoing { audience, plans, released: out } = outgoing;
            let Released { protected, publication, measured } = out;
            released.extend(publication.map(|publication| ledger.add(publication)));
            cells += measured;
            let caution = protected.caution();
            cautions.extend(caution.map(|words| format!("{}: {words}", audience.title)));
            let log = protected.log().to_vec();
            protection.push(ProtectionLog { audience: audience.id.clone(), cells: log });
            let published = PublishedLedger::of(rows, policy);
            let quality = PublishedQuality::of(quality, definitions, audience, policy);
            let overrides = PublishedOverrides::of(&evaluated.decisions, definitions, policy);
            let claims = PublishedClaims::of(claims, definitions, policy);
            let since_last = since_last(definitions, last.as_ref(), &said, audience, &protected);
            // The register is free text for those who keep it: whom small counts are hidden from is given only what
            // is written for them.
            let register = &evaluated.linked.inputs.actions;
            let told = |a: &&Action| policy.suppress_below == 0 || a.tell.contains(&audience.id);
            let actions: Vec<Action> = register.iter().filter(told).cloned().collect();
            let about = About {
                run: place.name,
                said: &said,
                since_last: since_last.as_ref(),
                ledger: &published,
                quality: &quality,
                overrides: overrides.as_ref(),
                claims: claims.as_ref(),
                feeds: &feeds,
                benchmarks: &evaluated.linked.inputs.benchmarks,
                own_words: &evaluated.linked.inputs.own_words,
                audit_themes: &evaluated.linked.inputs.audit_themes,
                actions: &actions,
                // Whoever sees all answers for it.
                register: (policy.suppress_below == 0).then_some(register),
                edition: given.edition,
            };
            let mut documents = Vec::new();
            for plan in &plans {
                let document = report::compose(definitions, plan, &protected, policy, &about);
                if given.edition == Edition::Final && !document.unanswered.is_empty() {
                    return Err(EngineError::Unanswered(document.unanswered));
                }
                documents.push((plan, document));
            }
            let delivery = |(number, (plan, document)): (usize, (&Plan<'_>, Document))| Delivery {
                audience: audience.id.clone(),
                row_level: audience.row_level,
                pdf: plan.pack.cover.pdf,
                page: match number {
                    0 => "index.html".to_owned(),
                    _ => format!("{}.html", plan.pack.id),
                },
                document,
            };
            deliver(documents.into_iter().enumerate().map(delivery).collect());
        }
    }
    let held = |check: &str, checked: u64| Check { check: check.to_owned(), checked };
    let checks = vec![
        held("feeds: rows read = used + quarantined + left out", rows.sources.len() as u64),
        held("cells: units considered = left out + pending + unknown left out + counted", cells),
    ];
    Ok(Composed { checks, protection, last, released })
}

/// What has changed for an audience since the last published run of the same series.
fn since_last(
    definitions: &Definitions,
    last: Option<&LastRun>,
    said: &Said,
    audience: &Audience,
    protected: &Protected,
) -> Option<SinceLast> {
    let last = last?;
    let told = last.told(&audience.id)?;
    // Only what was told then: a measure that is new to the audience is no change of what it was told.
    let now = said.iter().filter(|(name, _)| told.definitions.contains_key(*name));
    let now = now.map(|(name, lines)| (name.clone(), lines.clone())).collect();
    let run = last.name().to_owned();
    let never_waits =
        |id: &str| definitions.measure(id).is_some_and(|m| definitions.never_waits(m));
    let restated = told.figures.restated(protected.tables(), &never_waits);
    let changed = words::changed(&told.definitions, &now);
    let since = SinceLast::new(run, restated, changed, definitions);
    Some(since.with_checks(told.checks).with_questions(told.questions))
}

/// How late each feed is.
fn feeds(definitions: &Definitions, evaluated: &Evaluated) -> Vec<Feed> {
    let sources = definitions.sources.iter();
    sources
        .filter_map(|s| {
            let rows = evaluated.linked.inputs.sources.get(&s.id)?;
            let fed = rows.is_fed();
            fed.then(|| Feed {
                source: s.id.clone(),
                complete_to: rows.complete_to,
                newest: rows.newest,
            })
        })
        .collect()
}
