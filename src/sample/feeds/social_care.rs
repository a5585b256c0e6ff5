//! Statutory social care: plans that step down to early help, cases that step up, and the referrals,
//! assessments and reviews about them.

use crate::calendar::Day;
use crate::sample::county::{AS_AT, County};
use crate::sample::draw::Draw;
use crate::sample::export::Export;
use crate::sample::needs::Need;
use crate::sample::story::{Case, Fate, Story, known};

/// Every spell of every child of the family. Plans and care are drawn from `draw`; how families came to
/// social care, and what is written down about plans, from `notes`.
pub(super) fn spells(
    story: &Story,
    county: &County,
    passed_on: &[Day],
    draw: &mut Draw,
    notes: &mut Draw,
    out: &mut Export,
) {
    let mut desk = Desk { story, county, notes, out, written: Vec::new(), referred: Vec::new() };
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
    desk.before_plans();
    for day in passed_on {
        desk.passed_on(*day);
    }
    desk.before_cases();
    desk.referrals();
}

/// How many families in a thousand, of those long without a case, have a plan that runs when the exports end.
const STILL_ON_A_PLAN: i32 = 110;

/// A plan that will step down to help after the exports end. Without these, plans would seem to become rare towards
/// their end, since only those are told above that lead to a case.
pub(super) fn still_running(story: &Story, county: &County, draw: &mut Draw, out: &mut Export) {
    let quiet = story.cases.last().map_or(story.noticed, |case| case.ends);
    let ended = AS_AT.plus_days(draw.between(1, 420));
    let began = ended.plus_days(-draw.between(90, 420));
    let plan = if draw.chance(250) { "CP" } else { "CIN" };
    // Long after the last case, so that nothing that is asked of that one changes.
    if began > AS_AT || began < quiet.plus_days(480) || !draw.chance(STILL_ON_A_PLAN) {
        return;
    }
    let (written, referred) = (Vec::new(), Vec::new());
    let mut desk = Desk { story, county, notes: draw, out, written, referred };
    desk.spell(plan, began, ended, "Stepped down EH");
    desk.before_plans();
    desk.referrals();
}

struct Desk<'a> {
    story: &'a Story,
    county: &'a County,
    notes: &'a mut Draw,
    out: &'a mut Export,
    /// Kinds with their first and last days so far: a child has one spell of a kind from a day.
    written: Vec<(&'static str, Day, Day)>,
    /// Days on which the family was referred, and whether nothing was done.
    referred: Vec<(Day, bool)>,
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
        if began > AS_AT || self.written.iter().any(|(k, b, _)| (*k, *b) == (kind, began)) {
            return;
        }
        self.written.push((kind, began, ended));
        let last = known(ended);
        let actions = match reason {
            "Stepped down EH" if kind != "Assessment" => {
                self.notes.weighted(&[("Y", 71), ("N", 22), ("", 7)])
            }
            _ => "",
        };
        for child in self.story.family.children(began, 0, 17) {
            let row = self.out.social_care.row().id("P", child.number).text(kind);
            let row = row.day(began).maybe(last);
            let (reason, actions) = if last.is_some() { (reason, actions) } else { ("", "") };
            row.text(reason).text(actions).end();
        }
        if matches!(kind, "CIN" | "CP") {
            self.reviews(kind, began, ended);
        }
    }

    /// Reviews of a plan, about every eight to twelve weeks.
    fn reviews(&mut self, kind: &str, began: Day, ended: Day) {
        let mut on = began;
        loop {
            let late = self.notes.chance(140);
            on = on.plus_days(if late {
                self.notes.between(95, 150)
            } else {
                self.notes.between(50, 86)
            });
            let held = self.county.working_day(on);
            if held >= ended || held > AS_AT {
                return;
            }
            for child in self.story.family.children(held, 0, 17).filter(|c| c.belongs(began)) {
                self.out.plan_reviews.row().id("P", child.number).text(kind).day(held).end();
            }
        }
    }

    /// An assessment, unless another is about that time.
    fn assessment(&mut self, began: Day, ended: Day, reason: &str) {
        let near = |(kind, other, _): &(&str, Day, Day)| {
            *kind == "Assessment" && (other.0 - began.0).abs() < 100
        };
        if ended > began && !self.written.iter().any(near) {
            self.spell("Assessment", began, ended, reason);
        }
    }

    /// Most plans follow an assessment.
    fn before_plans(&mut self) {
        for (kind, began, _) in self.written.clone() {
            let after_plan =
                |(k, _, ended): &(&str, Day, Day)| *k != "Assessment" && *ended == began;
            if matches!(kind, "CIN" | "CP") && !self.written.iter().any(after_plan) {
                let takes = self.takes();
                self.assessment(began.plus_days(-takes), began, "Escalated");
            }
        }
    }

    /// Most families whom the front door passes on are assessed, and many of them hear no more.
    fn passed_on(&mut self, day: Day) {
        let no_action = self.notes.chance(260);
        self.referred.push((day, no_action));
        if no_action {
            return;
        }
        let began = day.plus_days(self.notes.between(0, 2));
        let ended = began.plus_days(self.takes());
        let near = |c: &Case| (-10..=45).contains(&(c.identified.0 - ended.0));
        let reason = if self.story.cases.iter().any(near) {
            "Stepped down EH"
        } else {
            self.notes.weighted(&[
                ("NFA", 56),
                ("Universal", 24),
                ("Stepped down EH", 11),
                ("Other", 9),
            ])
        };
        self.assessment(began, ended, reason);
        if reason == "NFA" && self.notes.chance(320) {
            let again = self.county.working_day(ended.plus_days(self.notes.between(30, 340)));
            let no_action = self.notes.chance(260);
            self.referred.push((again, no_action));
            if !no_action {
                let ended = again.plus_days(self.takes());
                let reason = self.notes.weighted(&[("NFA", 60), ("Universal", 40)]);
                self.assessment(again.plus_days(1), ended, reason);
            }
        }
    }

    /// Some come to early help from an assessment, others after one that led to nothing.
    fn before_cases(&mut self) {
        for case in &self.story.cases {
            let takes = self.takes();
            match self.notes.between(0, 99) {
                0..18 => {
                    let ended = case.identified.plus_days(-self.notes.between(0, 6));
                    self.assessment(ended.plus_days(-takes), ended, "Stepped down EH");
                }
                18..27 => {
                    let ended = case.identified.plus_days(-self.notes.between(40, 300));
                    self.assessment(ended.plus_days(-takes), ended, "NFA");
                }
                _ => {}
            }
        }
    }

    /// Days from the start of an assessment to its end; 45 working days are nine weeks.
    fn takes(&mut self) -> i32 {
        if self.notes.chance(120) {
            self.notes.between(64, 110)
        } else {
            self.notes.bell(44, 12).clamp(5, 63)
        }
    }

    /// Whatever social care began, somebody asked for: on the day, or the working day before.
    fn referrals(&mut self) {
        for (kind, began, _) in self.written.clone() {
            if kind == "Assessment"
                && !self.referred.iter().any(|(d, _)| (0..=2).contains(&(began.0 - d.0)))
            {
                self.referred.push((began, false));
            }
        }
        self.referred.sort_unstable();
        self.referred.dedup_by_key(|(day, _)| *day);
        for (day, no_action) in std::mem::take(&mut self.referred) {
            if day > AS_AT {
                continue;
            }
            let source = self.notes.weighted(&[
                ("School", 24),
                ("Police", 30),
                ("Health", 17),
                ("Early help", 11),
                ("Family", 8),
                ("Housing", 3),
                ("Other", 7),
            ]);
            for child in self.story.family.children(day, 0, 17) {
                let row = self.out.csc_referrals.row().id("P", child.number).day(day);
                row.text(source).yes(no_action).end();
            }
        }
    }
}
