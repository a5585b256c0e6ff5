//! How the work itself is led and joined up: supervision, parenting programmes, and children referred for
//! a mental health assessment.

use crate::sample::county::{AS_AT, County};
use crate::sample::draw::Draw;
use crate::sample::export::Export;
use crate::sample::needs::Need;
use crate::sample::story::{Case, known};

/// Everything about one case.
pub(super) fn case(case: &Case, county: &County, draw: &mut Draw, out: &mut Export) {
    supervision(case, county, draw, out);
    programmes(case, county, draw, out);
    mental_health(case, county, draw, out);
}

/// A manager looks at the case when it is allocated, and mostly every quarter from then on; the worker and the
/// manager talk about it every four to six weeks.
fn supervision(case: &Case, county: &County, draw: &mut Draw, out: &mut Export) {
    let mut write = |after: i32, kind: &str| {
        let on = county.working_day(case.started.plus_days(after));
        let open = on <= case.last_day();
        if open {
            out.supervision.row().id("EH", case.number).day(on).text(kind).end();
        }
        open
    };
    let mut looked = draw.weighted(&[(0, 30), (2, 30), (5, 20), (9, 12), (20, 8)]);
    while write(looked, "Management oversight") {
        looked += if draw.chance(860) { draw.between(60, 88) } else { draw.between(95, 150) };
    }
    let mut after = draw.between(14, 38);
    while write(after, "Supervision") {
        after += if draw.chance(880) { draw.between(25, 40) } else { draw.between(43, 85) };
    }
}

/// Parents who need it are offered a programme; some start, and some of those stay.
fn programmes(case: &Case, county: &County, draw: &mut Draw, out: &mut Export) {
    let Some(problem) = case.problem(Need::Parenting) else { return };
    for person in &problem.people {
        let offered = county.working_day(case.turned().plus_days(draw.between(0, 30)));
        if !draw.chance(720) || offered > case.last_day() {
            continue;
        }
        let programme =
            draw.weighted(&[("Group, 10 weeks", 58), ("Group, teenagers", 20), ("At home", 22)]);
        let row = out.programmes.row().id("EH", case.number).id("P", *person).text(programme);
        let row = row.day(offered);
        let starts = draw.chance(if problem.resolved { 840 } else { 620 });
        let started = county.working_day(offered.plus_days(draw.between(7, 42)));
        let stays = draw.chance(if problem.resolved { 830 } else { 480 });
        let weeks = if stays { draw.between(8, 12) } else { draw.between(1, 6) };
        let ended = known(started.plus_days(weeks * 7)).filter(|_| starts);
        let result = match (ended, stays) {
            (None, _) => "",
            (Some(_), true) => "Completed",
            (Some(_), false) => "Left early",
        };
        row.maybe(known(started).filter(|_| starts)).maybe(ended).text(result).end();
    }
}

/// Children whose mental health is a worry are referred, and wait.
fn mental_health(case: &Case, county: &County, draw: &mut Draw, out: &mut Export) {
    let Some(problem) = case.problem(Need::ChildMental) else { return };
    for (number, person) in (1..).zip(&problem.people) {
        let referred = county.working_day(case.turned().plus_days(draw.between(-20, 40)));
        if !draw.chance(640) || referred > AS_AT {
            continue;
        }
        let waits = match draw.between(0, 99) {
            0..62 => Some(draw.between(9, 41)),
            62..93 => Some(draw.between(42, 130)),
            _ => None,
        };
        let assessed = waits.and_then(|days| known(county.working_day(referred.plus_days(days))));
        let row = out.mental_health.row().id("MH", case.number * 10 + number).id("P", *person);
        row.day(referred).maybe(assessed).end();
    }
}
