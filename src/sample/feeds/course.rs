//! The course of a case: recorded needs, assessments, reviews, services, and who audits it.

use crate::calendar::Day;
use crate::sample::county::{AGENCIES, County};
use crate::sample::draw::Draw;
use crate::sample::export::Export;
use crate::sample::feeds::audits;
use crate::sample::needs::Need;
use crate::sample::story::{Case, Fate, known};

/// A service: its name, who gives it (a place in the list of agencies) and for which needs.
const SERVICES: [(&str, usize, &[Need]); 11] = [
    ("Parenting programme", 2, &[Need::Parenting, Need::Statutory]),
    ("Reducing parental conflict", 2, &[Need::Conflict]),
    ("Domestic abuse recovery", 5, &[Need::DomesticAbuse]),
    ("Attendance support", 7, &[Need::Attendance]),
    ("School counselling", 7, &[Need::ChildMental]),
    ("Adult talking therapy", 1, &[Need::AdultMental, Need::Substance]),
    ("Debt and benefits advice", 3, &[Need::Debt, Need::Workless]),
    ("Tenancy support", 4, &[Need::Housing]),
    ("Youth mentoring", 6, &[Need::YouthCrime, Need::Missing]),
    ("Employment coaching", 6, &[Need::Workless]),
    ("Family support worker", 0, &[]),
];

/// Everything that is written down while the case is open.
pub(super) fn case(
    case: &Case,
    county: &County,
    draw: &mut Draw,
    auditors: &mut Draw,
    out: &mut Export,
) {
    recorded_needs(case, draw, out);
    assessments(case, county, draw, out);
    reviews(case, county, draw, out);
    services(case, county, draw, out);
    audits::case(case, county, draw, auditors, out);
}

fn recorded_needs(case: &Case, draw: &mut Draw, out: &mut Export) {
    let on = case.identified.plus_days(-draw.weighted(&[(0, 55), (1, 20), (5, 15), (12, 10)]));
    for problem in &case.problems {
        let noticed = match problem.need {
            Need::Workless | Need::Housing | Need::AdultCrime => 700,
            Need::Attendance | Need::YouthCrime | Need::Missing | Need::Statutory => 800,
            _ => 940,
        };
        if !draw.chance(noticed) {
            continue;
        }
        for person in &problem.people {
            let row = out.recorded_needs.row().id("EH", case.number).id("P", *person);
            row.text(problem.need.code()).day(on).end();
        }
    }
}

fn assessments(case: &Case, county: &County, draw: &mut Draw, out: &mut Export) {
    let referred = case.started.plus_days(-draw.between(0, 3)).max(case.identified);
    let (closed, mut number) = (case.closed, case.number * 10);
    let mut write = |kind: &str, referred: Day, completed: Option<Day>, status: &str| {
        number += 1;
        let row = out.assessments.row().id("WFA", number).id("EH", case.number).text(kind);
        row.day(referred).maybe(completed).text(status).end();
    };
    match (case.assessed, closed) {
        (Some(done), _) => write("Whole family", referred, Some(done), "Authorised"),
        (None, Some(_)) => write("Whole family", referred, None, "Withdrawn"),
        (None, None) => write("Whole family", referred, None, "In progress"),
    }
    if let Some(planned) = case.planned.filter(|_| draw.chance(220)) {
        let referred = county.working_day(planned.plus_days(draw.between(60, 120)));
        if referred < case.last_day() {
            let done = known(county.working_day(referred.plus_days(draw.between(10, 40))));
            let status = if done.is_some() { "Authorised" } else { "In progress" };
            write("Update", referred, done, status);
        }
    }
    if let Some(closed) = closed.filter(|_| case.fate == Fate::NeedsMet && draw.chance(450)) {
        write("Closure", county.working_day(closed.plus_days(-14)), Some(closed), "Authorised");
    }
}

fn reviews(case: &Case, county: &County, draw: &mut Draw, out: &mut Export) {
    let Some(planned) = case.planned else { return };
    let shows = if case.fate == Fate::Withdrew { 640 } else { 900 };
    let mut next = planned;
    let mut gap = if draw.chance(830) { draw.between(26, 40) } else { draw.between(43, 70) };
    loop {
        next = county.working_day(next.plus_days(gap));
        if next >= case.last_day() {
            return;
        }
        out.reviews.row().id("EH", case.number).day(next).yes(draw.chance(shows)).end();
        gap = if draw.chance(90) { draw.between(80, 120) } else { draw.between(40, 68) };
    }
}

fn services(case: &Case, county: &County, draw: &mut Draw, out: &mut Export) {
    let from = case.turned();
    for (name, agency, for_needs) in SERVICES {
        let fits = for_needs.iter().any(|need| case.problem(*need).is_some());
        if !draw.chance(if fits {
            560
        } else if for_needs.is_empty() {
            500
        } else {
            15
        }) {
            continue;
        }
        let began = county.working_day(from.plus_days(draw.between(0, 70)));
        if began >= case.last_day() {
            continue;
        }
        let ended = began.plus_days(draw.between(35, 150)).min(case.ends);
        let row = out.services.row().id("EH", case.number).text(name);
        let row = row.text(AGENCIES.get(agency).copied().unwrap_or("")).day(began);
        row.maybe(known(ended)).end();
    }
}
