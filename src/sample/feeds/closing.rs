//! What is said at the end of a case: judgements and the family's feedback.

use crate::calendar::Day;
use crate::sample::county::{AS_AT, County};
use crate::sample::draw::Draw;
use crate::sample::export::Export;
use crate::sample::story::{Case, Fate, known};

/// Judgements on each need, on the way and at the end, and the feedback form.
pub(super) fn case(case: &Case, county: &County, draw: &mut Draw, out: &mut Export) {
    judgements(case, draw, out);
    feedback(case, county, draw, out);
}

/// Practitioner and family judge on different days, because a day holds one judgement of a need.
fn judgements(case: &Case, draw: &mut Draw, out: &mut Export) {
    let paperwork = case.fate.paperwork();
    let half_way = case.turned().plus_days(draw.between(50, 80));
    let visit = case.ends.plus_days(draw.between(75, 165));
    let followed_up = case.fate == Fate::NeedsMet && draw.chance(640);
    for problem in &case.problems {
        let mut say = |on: Day, whose: &str, better: bool| {
            if known(on).is_some() {
                let row = out.judgements.row().id("EH", case.number).text(problem.need.code());
                row.day(on).text(whose).yes(better).end();
            }
        };
        let likely = |draw: &mut Draw, agrees: i32| {
            draw.chance(if problem.resolved { agrees } else { 1000 - agrees })
        };
        if half_way < case.ends.plus_days(-30) && draw.chance(300) {
            let better = draw.chance(if problem.resolved { 560 } else { 180 });
            say(half_way, "Practitioner", better);
        }
        if draw.chance(paperwork) {
            let on = case.ends.plus_days(-2 * draw.between(0, 4));
            say(on, "Practitioner", likely(draw, 950));
        }
        if draw.chance(paperwork - 60) {
            let on = case.ends.plus_days(-2 * draw.between(0, 5) - 1);
            say(on, "Family", likely(draw, 930));
        }
        if followed_up {
            say(visit, "Practitioner", likely(draw, 970));
        }
    }
}

fn feedback(case: &Case, county: &County, draw: &mut Draw, out: &mut Export) {
    let Some(closed) = case.closed.filter(|_| draw.chance(880)) else { return };
    let asked = county.working_day(closed.plus_days(draw.between(-5, 12)));
    if asked > AS_AT {
        return;
    }
    let answers = if case.fate == Fate::NeedsMet { 590 } else { 330 };
    let resolved = case.problems.iter().filter(|p| p.resolved).count();
    let share = resolved * 1000 / case.problems.len().max(1);
    let happy = 250 + i32::try_from(share).unwrap_or(0) * 13 / 20;
    let row = out.feedback.row().id("FB", case.number).id("EH", case.number).day(asked);
    if !draw.chance(answers) {
        row.text("No reply").text("").text("").end();
        return;
    }
    let row = row.text(if draw.chance(240) { "Child" } else { "Parent" }).yes(draw.chance(happy));
    if draw.chance(40) { row.text("").end() } else { row.yes(draw.chance(640 + happy / 3)).end() }
}
