//! Statutory social care: plans that step down to early help, and cases that step up.

use crate::calendar::Day;
use crate::sample::county::AS_AT;
use crate::sample::draw::Draw;
use crate::sample::export::Export;
use crate::sample::needs::Need;
use crate::sample::story::{Case, Fate, Story, known};

/// Every spell of every child of the family.
pub(super) fn spells(story: &Story, draw: &mut Draw, out: &mut Export) {
    for (at, case) in story.cases.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|b| story.cases.get(b));
        step_down(story, case, before, draw, out);
        step_up(story, case, draw, out);
    }
    if story.cases.is_empty() && draw.chance(260) {
        let began = story.noticed.plus_days(draw.between(2, 12));
        let ended = began.plus_days(draw.between(20, 63));
        spell(story, "Assessment", began, ended, "Universal", out);
        if draw.chance(400) {
            let later = ended.plus_days(draw.between(120, 300));
            spell(story, "CIN", ended, later, "Universal", out);
        }
    }
}

/// A plan that is open when the case is identified and ends as early help takes over.
fn step_down(story: &Story, case: &Case, before: Option<&Case>, draw: &mut Draw, out: &mut Export) {
    let Some(problem) = case.problem(Need::Statutory) else { return };
    let earliest = before.map_or(Day(0), |b| b.ends.plus_days(5));
    let began = case.identified.plus_days(-draw.between(90, 420)).max(earliest);
    if began >= case.identified {
        return;
    }
    let plan = if draw.chance(250) { "CP" } else { "CIN" };
    let over = if problem.resolved || draw.chance(700) { 8 } else { 300 };
    let ended =
        case.identified.plus_days(draw.between(over, over + 50)).min(case.ends.plus_days(-1));
    let ended = if problem.resolved { ended } else { ended.max(case.identified.plus_days(1)) };
    spell(story, plan, began, ended, "Stepped down EH", out);
    if !problem.resolved && case.fate != Fate::SteppedUp && draw.chance(850) {
        let again = case.ends.plus_days(draw.between(3, 165));
        spell(story, plan, again, again.plus_days(draw.between(90, 300)), "Universal", out);
    }
}

/// A case that ends because social care takes over.
fn step_up(story: &Story, case: &Case, draw: &mut Draw, out: &mut Export) {
    if case.fate != Fate::SteppedUp {
        return;
    }
    let referred = case.ends.plus_days(-draw.between(5, 25));
    let began = case.ends.plus_days(draw.between(0, 14));
    spell(story, "Assessment", referred, began, "Other", out);
    let plan = if draw.chance(280) { "CP" } else { "CIN" };
    let ended = began.plus_days(draw.between(90, 380));
    if draw.chance(70) {
        spell(story, plan, began.plus_days(1), ended, "Escalated", out);
        spell(story, "CLA", ended, ended.plus_days(draw.between(60, 700)), "Other", out);
    } else {
        let reason = draw.weighted(&[("Stepped down EH", 30), ("Universal", 60), ("Other", 10)]);
        spell(story, plan, began.plus_days(1), ended, reason, out);
    }
}

/// One spell for each child who belongs to the family on its first day.
fn spell(story: &Story, kind: &str, began: Day, ended: Day, reason: &str, out: &mut Export) {
    if began > AS_AT {
        return;
    }
    let ended = known(ended);
    for child in story.family.children(began, 0, 17) {
        let row = out.social_care.row().id("P", child.number).text(kind).day(began).maybe(ended);
        row.text(if ended.is_some() { reason } else { "" }).end();
    }
}
