//! What practitioners record and judge about further concerns, and the panels, courts, treatment
//! services and landlords that know of a family.

use crate::calendar::Day;
use crate::sample::concerns::{Concern, Kind};
use crate::sample::county::AS_AT;
use crate::sample::draw::Draw;
use crate::sample::export::Export;
use crate::sample::needs::Need;
use crate::sample::story::{Case, Story, known};

/// Recorded needs and judgements: as for the problems of the story, with the same gaps.
pub(super) fn practitioners(case: &Case, concerns: &[Concern], draw: &mut Draw, out: &mut Export) {
    let recorded = case.identified.plus_days(-draw.weighted(&[(0, 60), (2, 25), (9, 15)]));
    let paperwork = case.fate.paperwork();
    for concern in concerns {
        let Some(code) = concern.kind.code() else { continue };
        if draw.chance(930) {
            let row = out.recorded_needs.row().id("EH", case.number).id("P", concern.person);
            row.text(code).day(recorded).end();
        }
        judged(case, code, concern.resolved, paperwork, draw, out);
    }
    // Where the police know of abuse, workers judge these two whether they wrote the need down or not.
    let Some(abuse) = case.problem(Need::DomesticAbuse) else { return };
    for (kind, code) in [(Kind::Abuser, "DAPERP"), (Kind::ChildOfAbuse, "DACHILD")] {
        if concerns.iter().all(|c| c.kind != kind) {
            judged(case, code, abuse.resolved, paperwork, draw, out);
        }
    }
}

fn judged(
    case: &Case,
    code: &str,
    resolved: bool,
    paperwork: i32,
    draw: &mut Draw,
    out: &mut Export,
) {
    let days = [("Practitioner", -2 * draw.between(0, 4)), ("Family", -2 * draw.between(0, 5) - 1)];
    for (whose, back) in days {
        let better = draw.chance(if resolved { 950 } else { 60 });
        let on = case.ends.plus_days(back);
        if draw.chance(paperwork) && known(on).is_some() {
            let row = out.judgements.row().id("EH", case.number).text(code).day(on);
            row.text(whose).yes(better).end();
        }
    }
}

/// The exploitation panel: a risk about the time of identification, and one at the end.
pub(super) fn panel(case: &Case, concerns: &[Concern], draw: &mut Draw, out: &mut Export) {
    for concern in concerns {
        let word = match concern.kind {
            Kind::Sexual => "CSE",
            Kind::Criminal => "CCE",
            Kind::Radicalisation => "Prevent",
            _ => continue,
        };
        let mut write = |on: Day, risk: &str| {
            if on <= AS_AT {
                let row = out.exploitation.row().id("P", concern.person).text(word);
                row.text(risk).day(on).end();
            }
        };
        let raised = |draw: &mut Draw| draw.weighted(&[("Amber", 62), ("Red", 38)]);
        write(case.identified.plus_days(-draw.between(1, 150)), raised(draw));
        let held = draw.chance(940);
        if held {
            let lowered = draw.weighted(&[("Green", 55), ("Closed - no risk", 45)]);
            let risk = if concern.resolved { lowered } else { raised(draw) };
            write(case.ends.plus_days(-draw.between(0, 60)), risk);
        }
        if !concern.resolved && draw.chance(450) {
            write(case.ends.plus_days(draw.between(10, 200)), raised(draw));
        }
    }
}

/// Sentences that adults serve in the community.
pub(super) fn orders(case: &Case, draw: &mut Draw, out: &mut Export) {
    let Some(problem) = case.problem(Need::AdultCrime) else { return };
    for person in &problem.people {
        if !draw.chance(420) {
            continue;
        }
        let order = draw.weighted(&[("CO", 55), ("SSO", 25), ("LIC", 20)]);
        let made = case.identified.plus_days(-draw.between(5, 200));
        let full = draw.pick(&[182, 274, 365]);
        let (length, how) = match (problem.resolved, draw.chance(600)) {
            (false, true) => (draw.between(30, full), "Breach"),
            (false, false) if draw.chance(150) => (draw.between(30, full), "Revoked"),
            _ => (full, "Completed"),
        };
        let ended = known(made.plus_days(length));
        if made <= AS_AT {
            let row = out.court_orders.row().id("P", *person).text(order).day(made).maybe(ended);
            row.text(if ended.is_some() { how } else { "" }).end();
        }
    }
}

/// Treatment that follows the plan: who is better has mostly completed it.
pub(super) fn treatment(case: &Case, concerns: &[Concern], draw: &mut Draw, out: &mut Export) {
    let mut wanted: Vec<(u32, &str, bool)> = Vec::new();
    for (need, service) in [
        (Need::Substance, "Substance misuse"),
        (Need::ChildMental, "CAMHS / MHST"),
        (Need::AdultMental, "Talking Therapies"),
    ] {
        let of_need = case.problem(need).into_iter();
        wanted
            .extend(of_need.flat_map(|p| p.people.iter().map(move |n| (*n, service, p.resolved))));
    }
    let young = concerns.iter().filter(|c| c.kind == Kind::YoungSubstance);
    wanted.extend(young.map(|c| (c.person, "Substance misuse", c.resolved)));
    for (person, service, resolved) in wanted {
        if !draw.chance(if resolved { 880 } else { 620 }) {
            continue;
        }
        let began = case.turned().plus_days(draw.between(1, 60));
        let stays = resolved || draw.chance(250);
        let length = if stays { draw.between(95, 260) } else { draw.between(7, 80) };
        let how = match stays {
            true => draw.weighted(&[("Completed", 86), ("Transferred", 10), ("Other", 4)]),
            false => draw.weighted(&[("Dropped out", 88), ("Other", 12)]),
        };
        let ended = known(began.plus_days(length));
        if began <= AS_AT {
            let row = out.treatment.row().id("P", person).text(service).day(began).maybe(ended);
            row.text(if ended.is_some() { how } else { "" }).end();
        }
    }
}

/// Statements of the rent accounts of council and association tenants, about every six weeks.
pub(super) fn rent(story: &Story, draw: &mut Draw, out: &mut Export) {
    if !draw.chance(520) {
        return;
    }
    let mut last = None;
    for case in &story.cases {
        let debt = case.problem(Need::Debt);
        let small = draw.chance(160);
        if debt.is_none() && !small {
            continue;
        }
        let mut owed = if debt.is_some() { draw.between(420, 2600) } else { draw.between(20, 380) };
        let mut on = case.identified.plus_days(-draw.between(5, 60));
        let until = case.ends.plus_days(draw.between(40, 220)).min(AS_AT);
        while on <= until {
            if last.is_none_or(|last| on > last) {
                let row = out.arrears.row().id("F", story.family.number).day(on);
                row.text(&format!("{owed}.{:02}", draw.between(0, 99))).end();
                last = Some(on);
            }
            on = on.plus_days(draw.between(38, 46));
            let change = match debt {
                Some(debt) if debt.resolved && on > case.started => {
                    -owed * draw.between(14, 30) / 100
                }
                Some(_) => owed * draw.between(-6, 14) / 100,
                None => draw.between(-40, 30),
            };
            owed = (owed + change).max(0);
        }
    }
}
