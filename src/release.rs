//! What leaves, and to whom. Those who may lay what they are given side by side are protected in one go, so that
//! all of them are shown the same figures, and together they learn no more than each of them.

use std::collections::BTreeMap;

use polars::prelude::PolarsError;

use crate::EngineError;
use crate::calendar::Period;
use crate::definitions::Definitions;
use crate::definitions::audience::{Audience, DisclosurePolicy, Pack};
use crate::evaluate::Evaluated;
use crate::measure::{self, Measurer, Table, TableRequest};
use crate::protect::{self, Earlier, Ground, Protected, ToRelease};
use crate::report::Plan;
use crate::run::Place;
use crate::run::releases::{LedgerError, Line, Occasion, Publication, ReleaseLedger};

/// Those who may lay side by side what they are given, each with its packs, under one policy.
pub(crate) struct Circle<'d> {
    pub(crate) policy: &'d DisclosurePolicy,
    members: Vec<(&'d Audience, Vec<&'d Pack>)>,
}

/// What one audience is to be given, protected, and the packs that say how it is set out.
pub(crate) struct Outgoing<'d> {
    pub(crate) audience: &'d Audience,
    pub(crate) plans: Vec<Plan<'d>>,
    pub(crate) released: Released,
}

/// What an audience asks for, and on what occasion.
#[derive(Debug, Clone)]
pub struct Asked<'d> {
    /// The audience.
    pub audience: &'d Audience,
    /// The tables.
    pub requests: Vec<TableRequest>,
    /// On what occasion.
    pub occasion: Occasion,
}

/// What an audience is to be given, protected.
#[derive(Debug)]
pub struct Released {
    /// The published cells.
    pub protected: Protected,
    /// What of them is entered in the ledger; nothing where nothing is hidden.
    pub publication: Option<Publication>,
    /// How many cells were measured.
    pub measured: u64,
}

/// What one audience would receive, protected, and nothing written.
#[derive(Debug)]
pub struct Rehearsed<'d> {
    /// The audience.
    pub audience: &'d Audience,
    /// What it would receive.
    pub protected: Protected,
}

/// Measures and protects what each audience of some packs would receive, and writes nothing: to see what
/// would be hidden before anything is released. What one audience would receive others may lay beside, so it
/// is added to the ledger, which nobody has to write.
///
/// # Errors
/// When something cannot be computed or protected.
pub fn rehearse<'d>(
    definitions: &'d Definitions,
    evaluated: &Evaluated,
    packs: &[&'d Pack],
    place: &Place<'_>,
    ledger: &mut ReleaseLedger,
    progress: &mut dyn FnMut(&str),
) -> Result<Vec<Rehearsed<'d>>, EngineError> {
    let mut measurer = Measurer::new(definitions, evaluated);
    let mut all = Vec::new();
    for circle in circles(definitions, packs) {
        for outgoing in circle.protected(definitions, &mut measurer, place, ledger, progress)? {
            let Outgoing { audience, released, .. } = outgoing;
            released.publication.map(|publication| ledger.add(publication));
            all.push(Rehearsed { audience, protected: released.protected });
        }
    }
    Ok(all)
}

/// The packs that an audience is given.
pub(crate) fn given_to<'d>(
    audience: &Audience,
    packs: &[&'d Pack],
) -> impl Iterator<Item = &'d Pack> {
    packs.iter().copied().filter(|pack| pack.audiences.contains(&audience.id))
}

/// The audiences of some packs, in the circles in which they are protected.
pub(crate) fn circles<'d>(definitions: &'d Definitions, packs: &[&'d Pack]) -> Vec<Circle<'d>> {
    let mut circles: Vec<Circle<'d>> = Vec::new();
    for audience in &definitions.audiences {
        let theirs: Vec<&Pack> = given_to(audience, packs).collect();
        let Some(policy) = definitions.policies.get(&audience.disclosure) else { continue };
        if theirs.is_empty() {
            continue;
        }
        let member = (audience, theirs);
        match circles.iter_mut().find(|circle| circle.takes_in(audience, policy)) {
            Some(circle) => circle.members.push(member),
            None => circles.push(Circle { policy, members: vec![member] }),
        }
    }
    circles
}

impl<'d> Circle<'d> {
    /// The audiences, each with its packs.
    pub(crate) fn members(&self) -> &[(&'d Audience, Vec<&'d Pack>)] {
        &self.members
    }

    /// What has to be measured again of all that the members hold by the ledger.
    pub(crate) fn held(
        &self,
        definitions: &Definitions,
        ledger: &ReleaseLedger,
    ) -> Result<Vec<TableRequest>, LedgerError> {
        if !hides(self.policy) {
            return Ok(Vec::new());
        }
        let readers: Vec<&Audience> = self.members.iter().map(|(audience, _)| *audience).collect();
        Ok(ledger.held_by(&readers, &definitions.audiences, None)?.requests(definitions))
    }

    /// Whether an audience is protected by the same rules, and it and each member may lay side by side what they
    /// have. What everybody is given is protected by itself: it can be laid beside anything.
    fn takes_in(&self, audience: &Audience, policy: &DisclosurePolicy) -> bool {
        let both = |member: &Audience| {
            member.may_lay_beside(&audience.id) || audience.may_lay_beside(&member.id)
        };
        self.policy.id == policy.id
            && hides(policy)
            && !audience.is_public
            && self.members.iter().all(|(member, _)| !member.is_public && both(member))
    }

    /// What each member is given, protected together with what all of them hold already by the ledger.
    pub(crate) fn protected(
        &self,
        definitions: &'d Definitions,
        measurer: &mut Measurer<'_>,
        place: &Place<'_>,
        ledger: &ReleaseLedger,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Vec<Outgoing<'d>>, EngineError> {
        let mut plans_of = Vec::new();
        let mut asked = Vec::new();
        for (audience, packs) in &self.members {
            progress(&audience.title);
            let plans = plans(definitions, measurer, packs, audience, place.period)?;
            asked.push(Asked::by_plans(definitions, audience, &plans, place));
            plans_of.push(plans);
        }
        if let [_, _, ..] = &self.members[..] {
            progress("What all these are given, protected together");
        }
        let released = protected_together(definitions, measurer, asked, self.policy, ledger)?;
        let each = self.members.iter().zip(plans_of).zip(released);
        let outgoing = each.map(|((member, plans), released)| {
            let (audience, _) = *member;
            Outgoing { audience, plans, released }
        });
        Ok(outgoing.collect())
    }
}

impl<'d> Asked<'d> {
    /// All that the plans of one audience ask for.
    pub(crate) fn by_plans(
        definitions: &Definitions,
        audience: &'d Audience,
        plans: &[Plan<'_>],
        place: &Place<'_>,
    ) -> Self {
        let requests = plans.iter().flat_map(|p| p.requests(definitions)).collect();
        let occasion = Occasion {
            run: place.name.to_owned(),
            period: place.period,
            content: plans.iter().map(|plan| plan.pack.id.clone()).collect(),
            accepted: place.accepted.map(str::to_owned),
        };
        Self { audience, requests, occasion }
    }
}

/// How the packs of an audience are set out.
pub(crate) fn plans<'d>(
    definitions: &'d Definitions,
    measurer: &mut Measurer<'_>,
    packs: &[&'d Pack],
    audience: &'d Audience,
    period: Period,
) -> Result<Vec<Plan<'d>>, PolarsError> {
    let early = |pack: &&Pack| Plan::early_requests(definitions, pack, audience, period);
    measurer.count_ahead(&packs.iter().flat_map(early).collect::<Vec<_>>())?;
    let mut ripe = |m: &str, periods: &[Period]| measurer.newest_ripe(m, periods);
    packs.iter().map(|pack| Plan::new(definitions, pack, audience, period, &mut ripe)).collect()
}

/// Whether counts are hidden: where none is, and where they are changed, nothing that was told before can be laid
/// beside.
fn hides(policy: &DisclosurePolicy) -> bool {
    policy.suppress_below > 0 && policy.cell_key.is_none()
}

/// Measures the tables that an audience asks for, and protects them with what it holds already by the ledger.
///
/// # Errors
/// When cases were lost, or something cannot be computed or protected.
pub fn protected_for(
    definitions: &Definitions,
    measurer: &mut Measurer<'_>,
    asked: Asked<'_>,
    policy: &DisclosurePolicy,
    ledger: &ReleaseLedger,
) -> Result<Released, EngineError> {
    let mut released = protected_together(definitions, measurer, vec![asked], policy, ledger)?;
    let only = released.pop();
    only.ok_or_else(|| EngineError::Conservation("what an audience asked for was lost".to_owned()))
}

/// Measures the tables that some audiences ask for, and protects all of them together with what these hold already by
/// the ledger. Gives what each of them is given.
///
/// # Errors
/// When cases were lost, or something cannot be computed or protected.
fn protected_together(
    definitions: &Definitions,
    measurer: &mut Measurer<'_>,
    asked: Vec<Asked<'_>>,
    policy: &DisclosurePolicy,
    ledger: &ReleaseLedger,
) -> Result<Vec<Released>, EngineError> {
    let asked: Vec<Asked<'_>> = asked
        .into_iter()
        .map(|asked| Asked { requests: measure::merged(asked.requests), ..asked })
        .collect();
    let requests = measure::merged(asked.iter().flat_map(|a| a.requests.clone()).collect());
    let tables = measurer.tables(&requests)?;
    if let Some(table) = tables.iter().find(|t| t.cells.iter().any(|c| !c.flow.sums())) {
        let message = format!("units of `{}` were lost", table.measure);
        return Err(EngineError::Conservation(message));
    }
    let is_accepted = asked.iter().any(|asked| asked.occasion.accepted.is_some());
    let mut protected_after = |earlier: Earlier| {
        let earlier = Earlier { is_accepted, ..earlier };
        protected_tables(definitions, measurer, (&requests, &tables), &earlier, policy)
    };
    let to_each = |all: Protected| -> Result<Vec<Released>, EngineError> {
        let to_one = |(asked, protected): (&Asked<'_>, Protected)| {
            let to = (asked.audience, policy);
            let publication = hides(policy)
                .then(|| Publication::of(definitions, &protected, to, &asked.occasion))
                .transpose()?;
            let measured = protected.tables().iter().map(|t| t.cells().len() as u64).sum();
            Ok(Released { protected, publication, measured })
        };
        match &asked[..] {
            // Whoever asks alone is given all: large tables are not copied.
            [only] => Ok(vec![to_one((only, all))?]),
            several => several.iter().map(|one| to_one((one, all.only(&one.requests)))).collect(),
        }
    };
    if !hides(policy) {
        return to_each(protected_after(Earlier::default())?);
    }
    let readers: Vec<&Audience> = asked.iter().map(|asked| asked.audience).collect();
    // Made again, it is the same as long as nothing has changed: what was released after it does not count
    // then.
    let made_before: BTreeMap<&str, &Line> = asked
        .iter()
        .filter_map(|a| Some((&*a.audience.id, ledger.made_before(&a.occasion, &a.audience.id)?)))
        .collect();
    let all_were = made_before.len() == asked.len();
    let first = made_before.values().copied().min_by_key(|line| line.number);
    let before = first.filter(|_| all_were);
    let held_before = ledger.held_by(&readers, &definitions.audiences, before)?;
    let released = to_each(protected_after(held_before)?)?;
    let is_as_before = |released: &Released| {
        released.publication.as_ref().is_none_or(|it| {
            made_before.get(&*it.audience).is_some_and(|line| it.has_figures_of(line))
        })
    };
    if before.is_none() || released.iter().all(is_as_before) {
        return Ok(released);
    }
    let held = ledger.held_by(&readers, &definitions.audiences, None)?;
    to_each(protected_after(held)?)
}

/// Protects the tables of these requests together, and with what their readers hold already; measures what
/// that takes besides.
///
/// # Errors
/// When something cannot be computed or protected.
pub fn protected_tables(
    definitions: &Definitions,
    measurer: &mut Measurer<'_>,
    (requests, tables): (&[TableRequest], &[Table]),
    earlier: &Earlier,
    policy: &DisclosurePolicy,
) -> Result<Protected, EngineError> {
    let of_earlier = earlier.requests(definitions);
    let all = measure::merged([requests, &of_earlier].concat());
    let ground = Ground::of(definitions, &all).with_places(measurer.within(&all)?);
    if let Some(cell_key) = &policy.cell_key {
        let keys = measurer.of_keys(&cell_key.secret).tables(requests)?;
        return Ok(protect::noisy(tables, &keys, &ground, policy, cell_key.most)?);
    }
    let (held, behind) = if policy.suppress_below == 0 {
        (Vec::new(), Vec::new())
    } else {
        (measurer.tables(&of_earlier)?, measurer.tables(&ground.behind(&all))?)
    };
    let given = ToRelease { tables, earlier, held: &held, behind: &behind };
    Ok(protect::protect(&given, &ground, policy)?)
}
