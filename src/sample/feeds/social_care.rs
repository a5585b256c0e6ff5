//! Statutory social care: plans that step down to early help, and cases that step up.

use crate::calendar::Day;
use crate::sample::county::AS_AT;
use crate::sample::draw::Draw;
use crate::sample::export::Export;
use crate::sample::needs::Need;
use crate::sample::story::{Case, Fate, Story, known};

/// Every spell of every child of the family.
pub(super) fn spells(story: &Story, draw: &mut Draw, out: &mut Export) {
    let mut desk = Desk { story, out, written: Vec::new() };
    for (at, case) in story.cases.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|b| story.cases.get(b));
        desk.step_down(case, before, draw);
        desk.step_up(case, draw);
    }
    if story.cases.is_empty() && draw.chance(260) {
        let began = story.noticed.plus_days(draw.between(2, 12));
        let ended = began.plus_days(draw.between(20, 63));
        desk.spell("Assessment", began, ended, "Universal");
        if draw.chance(400) {
            let later = ended.plus_days(draw.between(120, 300));
            desk.spell("CIN", ended, later, "Universal");
        }
    }
}

struct Desk<'a> {
    story: &'a Story,
    out: &'a mut Export,
    /// Kinds and first days so far: a child has one spell of a kind from a day.
    written: Vec<(&'static str, Day)>,
}

impl Desk<'_> {
    /// A plan that is open when the case is identified and ends as early help takes over.
    fn step_down(&mut self, case: &Case, before: Option<&Case>, draw: &mut Draw) {
        let Some(problem) = case.problem(Need::Statutory) else { return };
        let earliest = before.map_or(Day(0), |b| b.ends.plus_days(5));
        let began = case.identified.plus_days(-draw.between(90, 420)).max(earliest);
        if began >= case.identified {
            return;
        }
        let plan = if draw.chance(250) { "CP" } else { "CIN" };
        // Mostly the plan ends as help starts; where it is not safe to end it, late or only on paper.
        let ended = match draw.between(0, 99) {
            0..30 if !problem.resolved => case.identified.plus_days(draw.between(200, 350)),
            0..65 => case.started.plus_days(-draw.between(0, 8)),
            _ => case.started.plus_days(draw.between(5, 50)),
        };
        let ended = ended.min(case.ends.plus_days(-1)).max(case.identified.plus_days(1));
        self.spell(plan, began, ended, "Stepped down EH");
        if !problem.resolved && case.fate != Fate::SteppedUp && draw.chance(850) {
            let again = case.ends.plus_days(draw.between(3, 165));
            self.spell(plan, again, again.plus_days(draw.between(90, 300)), "Universal");
        }
    }

    /// A case that ends because social care takes over.
    fn step_up(&mut self, case: &Case, draw: &mut Draw) {
        if case.fate != Fate::SteppedUp {
            return;
        }
        let referred = case.ends.plus_days(-draw.between(5, 25));
        let began = case.ends.plus_days(draw.between(0, 14));
        self.spell("Assessment", referred, began, "Other");
        let plan = if draw.chance(280) { "CP" } else { "CIN" };
        let ended = began.plus_days(draw.between(90, 380));
        if draw.chance(70) {
            self.spell(plan, began.plus_days(1), ended, "Escalated");
            self.spell("CLA", ended, ended.plus_days(draw.between(60, 700)), "Other");
        } else {
            let reason =
                draw.weighted(&[("Stepped down EH", 30), ("Universal", 60), ("Other", 10)]);
            self.spell(plan, began.plus_days(1), ended, reason);
        }
    }

    /// One spell for each child who belongs to the family on its first day.
    fn spell(&mut self, kind: &'static str, began: Day, ended: Day, reason: &str) {
        if began > AS_AT || self.written.contains(&(kind, began)) {
            return;
        }
        self.written.push((kind, began));
        let ended = known(ended);
        for child in self.story.family.children(began, 0, 17) {
            let row = self.out.social_care.row().id("P", child.number).text(kind);
            let row = row.day(began).maybe(ended);
            row.text(if ended.is_some() { reason } else { "" }).end();
        }
    }
}
