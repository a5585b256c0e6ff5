//! Police incidents: before the case for those with the need, and after it where help failed.

use crate::calendar::Day;
use crate::sample::county::POLICE_TO;
use crate::sample::draw::Draw;
use crate::sample::export::Export;
use crate::sample::feeds::nominal;
use crate::sample::needs::{Need, Problem};
use crate::sample::story::{Case, Fate, Story};

/// Writes the incidents of a family and gives the numbers of the people in them.
pub(super) fn incidents(story: &Story, draw: &mut Draw, out: &mut Export) -> Vec<u32> {
    let mut desk = Desk { family: story.family.number, written: 0, known: Vec::new() };
    for case in &story.cases {
        for problem in &case.problems {
            desk.problem(story, case, problem, draw, out);
        }
        if draw.chance(70) {
            // Someone who saw or suffered something that was not the family's doing.
            let on = case.identified.plus_days(draw.between(-300, 500));
            let anyone = draw.index(story.family.people.len());
            if let Some(person) = story.family.people.get(anyone).filter(|p| p.age(on) >= 8) {
                let kind = draw.pick(&["CRIME", "ASB", "OTHER"]);
                let role = draw.pick(&["VIC", "WIT"]);
                desk.incident(on, kind, &[(person.number, role)], draw, out);
            }
        }
    }
    desk.known
}

struct Desk {
    family: u32,
    written: u32,
    known: Vec<u32>,
}

impl Desk {
    fn problem(
        &mut self,
        story: &Story,
        case: &Case,
        problem: &Problem,
        draw: &mut Draw,
        out: &mut Export,
    ) {
        let recorded_anyway = match problem.need {
            Need::DomesticAbuse => 620,
            Need::YouthCrime | Need::AdultCrime | Need::Missing => 1000,
            _ => return,
        };
        let mut days = Vec::new();
        if draw.chance(recorded_anyway) {
            for _ in 0..draw.between(1, 3) {
                days.push(case.identified.plus_days(-draw.between(2, 350)));
            }
        }
        let length = (case.ends.0 - case.started.0).max(2);
        if draw.chance(if problem.resolved { 160 } else { 480 }) {
            days.push(case.started.plus_days(draw.between(1, length - 1)));
        }
        if problem.resolved {
            if draw.chance(100) {
                days.push(case.ends.plus_days(draw.between(215, 420)));
            }
        } else if draw.chance(if case.fate == Fate::MovedAway { 450 } else { 880 }) {
            for _ in 0..draw.between(1, 2) {
                days.push(case.ends.plus_days(draw.between(4, 170)));
            }
        }
        days.sort_unstable();
        for on in days {
            self.of_kind(story, problem, on, draw, out);
        }
    }

    fn of_kind(
        &mut self,
        story: &Story,
        problem: &Problem,
        on: Day,
        draw: &mut Draw,
        out: &mut Export,
    ) {
        let at = draw.index(problem.people.len());
        let Some(&person) = problem.people.get(at) else { return };
        match problem.need {
            Need::DomesticAbuse => {
                let mut people: Vec<(u32, &str)> = Vec::new();
                for (place, adult) in story.family.adults(on).take(2).enumerate() {
                    people.push((adult.number, if place == 0 { "VIC" } else { "SUS" }));
                }
                if let Some(child) =
                    story.family.children(on, 0, 17).next().filter(|_| draw.chance(300))
                {
                    people.push((child.number, "WIT"));
                }
                self.incident(on, "DOM", &people, draw, out);
            }
            Need::Missing => self.incident(on, "MISPER", &[(person, "MIS")], draw, out),
            Need::AdultCrime => {
                let kind = draw.weighted(&[("CRIME", 75), ("ASB", 25)]);
                self.incident(on, kind, &[(person, "SUS")], draw, out);
            }
            _ => {
                let kind = draw.weighted(&[("CRIME", 50), ("ASB", 50)]);
                self.incident(on, kind, &[(person, "SUS")], draw, out);
            }
        }
    }

    fn incident(
        &mut self,
        on: Day,
        kind: &str,
        people: &[(u32, &str)],
        draw: &mut Draw,
        out: &mut Export,
    ) {
        if on > POLICE_TO || people.is_empty() {
            return;
        }
        self.written += 1;
        let urn = format!("MP{:08}", self.family * 100 + self.written);
        for (person, role) in people {
            let outcome = match *role {
                "SUS" => {
                    draw.weighted(&[("CHARGED", 18), ("CAUTION", 17), ("NFA", 50), ("OPEN", 15)])
                }
                _ => "NFA",
            };
            let row = out.police.row().text(&urn).text(&nominal(*person)).day(on);
            row.text(kind).text(role).text(outcome).end();
            if !self.known.contains(person) {
                self.known.push(*person);
            }
        }
    }
}
